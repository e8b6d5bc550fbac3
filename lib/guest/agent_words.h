// What is said to a guest agent and by it: words, bytes, and what its refusals mean.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace proxmox {

/// As much of a file as one call takes: Proxmox's limit is 61 440 characters of base64.
inline constexpr std::size_t agent_piece_limit = 61'440 / 4 * 3;
/// More goes over ssh: each piece is a call of its own.
inline constexpr std::size_t agent_file_limit = std::size_t{4} << 20;
/// As much as a program gets as its stdin, through the agent and over ssh: both take it in one
/// piece of base64.
inline constexpr std::size_t program_input_limit = std::size_t{45} << 10;

std::string base64_of(std::string_view bytes);
/// A file in pieces of base64; at least one, and be it empty.
std::vector<std::string> pieces_of(std::string_view file);

/// Runs its arguments in its own place. A program that is not there is the shell's business: told
/// to run one itself, the agent answers with words that end the worker of Proxmox's daemon. Only
/// exec takes a first word with a dash for an option.
inline constexpr std::string_view running_script = R"(case $1 in -*) "$@" ;; *) exec "$@" ;; esac)";
/// Runs its arguments with what it reads, decoded, as their stdin.
inline constexpr std::string_view decoding_script = R"(base64 -d | "$@")";
/// Words by which the guest's shell runs this program, where its stdin is text or none; Proxmox
/// takes text alone, so that other bytes come in base64.
std::vector<std::string> through_shell(std::vector<std::string> words, bool is_input_plain);
/// Text that stays what it is, whoever takes it for what encoding.
bool is_plain(std::string_view input);

/// What a program has written: Proxmox shows each of its bytes as a character of its own.
std::string bytes_of(std::string_view text);

/// Nothing ran: the agent did not answer before anything was asked of it.
bool says_agent_is_missing(std::string_view cause);
/// It was asked and its answer did not come: what was asked may have been done.
bool says_agent_was_late(std::string_view cause);

}  // namespace proxmox
