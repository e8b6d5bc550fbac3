// A random UUID, by which a VM of ours can be told from any other.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/random_uuid.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <array>

namespace proxmox {

std::string random_uuid() {
    std::array<unsigned char, 16> bytes{};
    // So few bytes come whole; should the kernel refuse, two VMs of a run would look alike, and
    // their names and times would still tell them apart.
    [[maybe_unused]] const ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        if (at == 4 || at == 6 || at == 8 || at == 10) text += '-';
        text += fmt::format("{:02x}", bytes[at]);
    }
    return text;
}

}  // namespace proxmox
