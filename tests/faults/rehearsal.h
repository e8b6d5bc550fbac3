// A rehearsal: one run of a tool against a stand-in node of its own, and what both say of it.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: a run, its place and what both saw of it are one vocabulary.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/json.h"

namespace faults {

/// What the build has made.
std::string built(std::string_view name);

/// The file with the token of each node, which no run may leave anywhere.
std::string canary_path();
std::string canary();

/// A directory that goes with this object; a token that is left in it fails the test.
class Place {
  public:
    Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place();
    std::string path(std::string_view name) const { return path_ + '/' + std::string(name); }

  private:
    std::string path_;
};

/// A stand-in node with its workspace and its log in a place.
class Node {
  public:
    Node(const Place& place, const std::vector<std::string>& options);
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;
    ~Node();
    bool is_up() const { return is_up_; }
    int port() const { return port_; }
    /// Its workspace and its log stay.
    void stop();

  private:
    pid_t pid_ = -1;
    bool is_up_ = false;
    int port_ = 0;
};

/// How a tool is run: its input and outputs are files of the place unless a path is given here.
struct Setting {
    std::string program;
    /// Sets its files apart from those of other runs in the same place.
    std::string label{};
    std::vector<std::string> arguments{};
    std::string input{};
    std::string input_path{};
    std::string output_path{};
    /// More flags to open the output with.
    int output_flags = 0;
    /// Descriptors that are closed when the tool starts.
    std::string closed{};
    /// "NAME=VALUE" comes instead of what the workspace says, "NAME" takes it away.
    std::vector<std::string> environment{};
    /// RLIMIT_..., and its value.
    std::vector<std::pair<int, std::size_t>> limits{};
};

struct Run {
    int status = -1;  // as wait(2) gives it
    std::string output{};
    std::string traces{};
    /// The most memory it ever had.
    long peak_kib = 0;

    int exit_code() const;
    bool died_of_signal() const;
};

/// Runs the tool to its end; `limit_s` bounds it.
Run run_tool(const Place& place, const Setting& setting, int limit_s);

/// A request that the node has seen.
struct Seen {
    std::string method;
    std::string path;
    long vm_id = 0;
    int code = 0;
    std::string body{};
    bool has_upid = false, has_fault = false;
};
std::vector<Seen> seen_requests(const Place& place);

/// The library reads for one thread at a time, and there may be many players.
proxmox::Result<proxmox::json::Document> parsed(std::string_view line);

std::string read_file(const std::string& path);
std::vector<std::string> lines_of(const std::string& text);

/// Whether a terminal can show this without doing anything but showing it: our own colours aside.
bool is_harmless(std::string_view text);

}  // namespace faults
