// Proxmox's own grammars: what may stand in a URL, and nothing else may.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "line/key.h"

namespace proxmox {

inline constexpr std::int64_t smallest_vm_id = 100;
inline constexpr std::int64_t largest_vm_id = 999'999'999;
inline constexpr std::size_t longest_node_name = 63;
inline constexpr std::size_t shortest_snapshot_name = 2;
inline constexpr std::size_t longest_snapshot_name = 40;
inline constexpr std::size_t longest_secret = std::size_t{64} << 10;

bool is_vm_id(std::string_view text);
bool is_node_name(std::string_view text);
/// Labels of letters, digits and '-' with dots between them, as DNS has them.
bool is_host_name(std::string_view text);
/// Also refuses `current` and `pending`, which Proxmox keeps for itself.
bool is_snapshot_name(std::string_view text);
bool is_of(Type type, std::string_view text);

/// What a value of this type is called in a message.
std::string_view name_of(Type type);

/// The parts of a task's id that decide what it is and who asked for it.
struct Upid {
    std::string_view node;
    std::int64_t start_time = 0;
    std::string_view type;
    std::string_view id;
    std::string_view user;
};

/// Nothing when the text is no UPID by Proxmox's grammar; the parts point into `text`.
std::optional<Upid> parse_upid(std::string_view text);

}  // namespace proxmox
