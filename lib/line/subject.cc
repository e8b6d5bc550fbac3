// The subject of a line: how its guest's paths begin.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "line/subject.h"

namespace proxmox {

std::string whole_path(const Subject& subject, std::string_view path) {
    if (subject.guest == nullptr || !path.starts_with(guest_mark)) return std::string(path);
    std::string whole = "/nodes/{proxmox_node}/";
    whole += subject.guest->segment;
    whole += "/{vm_id}";
    return whole += path.substr(guest_mark.size());
}

}  // namespace proxmox
