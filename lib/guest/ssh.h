// The system's ssh: how it is called, what a shell makes of words, and what ssh's troubles mean.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: all that is said to ssh, and all that is understood of it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/shell.h"
#include "line/record.h"
#include "way/execution.h"
#include "way/ssh_words.h"

namespace proxmox {

/// A connection that nobody closes goes by itself after this time.
inline constexpr int control_persist_s = 30;
/// So often, and so many times in vain, ssh asks whether the other side is still there.
inline constexpr int alive_interval_s = 5;
inline constexpr int alive_count = 3;

/// What all calls of ssh in a run share.
struct SshPlace {
    /// What stands in for the user's file and the system's: it includes both.
    std::string configuration{};
    /// Private; holds the sockets of the connections that are shared.
    std::string control_directory{};
    /// Holds a file of host keys for each machine whose identity is known.
    std::string known_hosts_directory{};
};

/// The end of stderr where the command itself, and not ssh, has ended with ssh's status of trouble.
inline constexpr std::string_view own_status_mark = "range42: ended with 255\n";

/// The words as one line for a POSIX shell.
std::string shell_line(std::span<const std::string> words);

/// Whether a call of ssh may open a connection. One that may not fails where there is none to
/// share: ssh would run a line twice if it lost sight of the first time.
enum class Opens : bool { no, yes };

/// The call of ssh that runs `remote_line` in the record's machine. `control_name` keeps machines
/// apart.
std::vector<std::string> ssh_call(const SshPlace& place, const Record& record,
                                  std::string_view control_name, milliseconds connect_limit,
                                  std::string_view remote_line, Opens opens);

/// The call again, with an option that overrules the same one in it and in every configuration.
std::vector<std::string> overruled(std::vector<std::string> call, std::string_view option);

/// The call that asks ssh which options hold for this machine, instead of going there.
std::vector<std::string> question_of(std::vector<std::string> call);
/// Whether its answer takes every host key, one that has changed as well.
bool takes_any_key(std::string_view options);

/// Where a login first puts the key of a machine that was not known, until it is proven to be that.
std::string fresh_keys_file(const SshPlace& place, std::string_view control_name);
inline constexpr std::string_view fresh_keys_suffix = ".keys";

/// The value of UserKnownHostsFile for these files; ssh adds new keys to the first.
std::string known_hosts_option(std::span<const std::string> files);

/// Where the host keys of this machine are kept; empty where its identity is not known.
std::string known_hosts_file(const SshPlace& place, const Record& record);

/// The rung of the ladder that was missing when ssh gave up; `none`: the script's own doing.
enum class SshTrouble : std::uint8_t { none, name, port, banner, login, identity, lost };

/// Whether a call that may not open a connection has found none: then nothing ran.
bool found_no_connection(const Executed& executed, SshTrouble trouble);

/// Leaves of the output what the command has printed. What a command has said is never taken for
/// ssh's words.
SshTrouble take_marks(Executed& executed);

}  // namespace proxmox
