// The agent in a guest, as it is played: programs that are never run, files that are remembered.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/deadlines.h"

namespace demo_node {

/// A program that was asked for. It ends at the second look at the earliest.
struct AgentProgram {
    std::vector<std::string> words{};
    std::string output{};
    std::string errors{};
    int status = 0;
    int signal = 0;
    Clock::time_point ends{};
    bool was_looked_at = false;
};

/// What a program and its files are while the VM runs. Told to "sleep N" it takes so long, "kill"
/// ends another one, "false" fails, "sh ... upload" and "rm" know the files, and the shell that is
/// to run a program does; all others print their words and what they were given.
class Agent {
  public:
    /// The process; nothing where there is no such program.
    std::optional<long> run(std::vector<std::string> words, const std::string& input);
    /// The program, while it is known: how it ended is told once.
    AgentProgram* look(long process);
    void forget(long process) { programs_.erase(process); }
    /// With the machine its programs are gone; its files are not.
    void power_off() { programs_.clear(); }

    void write(const std::string& file, std::string content) { files_[file] = std::move(content); }
    const std::string* read(const std::string& file) const;

  private:
    void play(AgentProgram& program, const std::string& input);
    int upload(const std::vector<std::string>& words, std::string& output);

    long last_process_ = 1000;
    std::map<long, AgentProgram> programs_;
    std::map<std::string, std::string> files_;
};

}  // namespace demo_node
