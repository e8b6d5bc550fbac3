// The subject of a line: a guest of some kind, or something else that has a name.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "base/list.h"

namespace proxmox {

/// All that is said in another way of one kind of guest than of the other.
struct Guest {
    /// In paths: "/nodes/N/qemu/100", and in the list of the cluster's resources.
    std::string_view segment;
    /// In front of the keys of its lines: "vm_name".
    std::string_view prefix;
    /// In front of the types of its tasks: "qmstart".
    std::string_view task_prefix;
    /// What one is called where its kind is the news, and where it is not.
    std::string_view noun;
    std::string_view word;
};

inline constexpr Guest qemu{"qemu", "vm_", "qm", "a virtual machine", "VM"};
inline constexpr Guest lxc{"lxc", "lxc_", "vz", "a container", "container"};

/// The kind of guest that a task of this type is about; nothing for one about something else.
constexpr const Guest* guest_of_task(std::string_view type) {
    for (const Guest* kind : {&qemu, &lxc})
        if (type.starts_with(kind->task_prefix)) return kind;
    return nullptr;
}

/// What a line is about: who is named in messages, whose lines wait for one another, and by what
/// its tasks are known.
struct Subject {
    /// The kind of guest; none where it is about something else.
    const Guest* guest = &qemu;
    /// Templates over the line's keys. In messages:
    std::string_view called = "vm_id {vm_id}";
    /// What stands in the id of its tasks.
    std::string_view task_id = "{vm_id}";
    /// Lines that share one of these texts are worked on one after the other; an empty text is in
    /// nobody's way.
    List<std::string_view> lanes{"{vm_id}"};
    /// Its tasks may run on any node: which one, their ids say.
    bool is_everywhere = false;
};

inline constexpr Subject a_vm{};
inline constexpr Subject a_container{.guest = &lxc};
inline constexpr Subject a_node{.guest = nullptr,
                                .called = "proxmox node {proxmox_node}",
                                .task_id = "",
                                .lanes = {"{proxmox_node}"}};
inline constexpr Subject the_cluster{.guest = nullptr,
                                     .called = "the cluster",
                                     .task_id = "",
                                     .lanes = {"the cluster"},
                                     .is_everywhere = true};
/// All guests of one kind on a node.
inline constexpr Subject vms_of_a_node{.lanes = {"{proxmox_node}"}};
inline constexpr Subject containers_of_a_node{.guest = &lxc, .lanes = {"{proxmox_node}"}};

/// In front of a path it stands for the subject's guest.
inline constexpr std::string_view guest_mark = "{guest}";

/// "{guest}/config" as "/nodes/{proxmox_node}/qemu/{vm_id}/config"; any other path as it is.
std::string whole_path(const Subject& subject, std::string_view path);

}  // namespace proxmox
