// Keys: what a tool reads from its input lines, and what each value must look like.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/list.h"

namespace proxmox {

/// What a value on an input line must look like before it may come near a URL.
enum class Type : std::uint8_t {
    vm_id,
    node,
    snapshot_name,
    upid,
    text,
    word,  // a storage, a bridge, a pool: what may stand in a list of Proxmox's without quotes
    flag,
    object,
    // Of guests; none of these can be taken for an option or a part of a shell's line.
    host,
    host_name,
    user_name,
    uuid,
    disk,
    url,
    addresses,
    network,
    family,
    number,
    file_mode,
    branch,
    /// Of lines too long for a word; it is sent and shown nowhere, neither in a trace nor in a line
    /// that is carried on.
    secret,
    /// Shown as little, though it is none: keys of ssh, which are compared with what is there.
    hidden,
};

/// Whether values of this type are kept from lines, traces and rehearsals.
constexpr bool is_hidden(Type type) { return type == Type::secret || type == Type::hidden; }

enum class Presence : bool { optional, required };
inline constexpr Presence required = Presence::required;

/// A key that the tool reads from its input lines; every other key is at most carried on.
struct Input {
    std::string_view key{};
    Type type = Type::text;
    Presence presence = Presence::optional;
};
/// However many keys there are, wherever they are kept.
using Inputs = std::span<const Input>;

/// The key of an input that takes the JSON line itself, with all keys that it has.
inline constexpr std::string_view whole_line = "*";

/// What the options say for a key that a line lacks.
struct Given {
    std::string_view key{};
    std::string value{};
    bool overrules = false;
};

inline constexpr List<Input> one_vm{{"vm_id", Type::vm_id, required}, {"proxmox_node", Type::node}};
/// What a line may know of a VM that is to be harmed: all of it has to be true.
inline constexpr List<Input> one_vm_to_harm{{"vm_id", Type::vm_id, required},
                                            {"proxmox_node", Type::node},
                                            {"vm_name"},
                                            {"vm_uuid", Type::uuid}};

}  // namespace proxmox
