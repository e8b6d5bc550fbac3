// The bytes that stand for themselves in addresses and forms; every other one is %NN there.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace proxmox {

constexpr bool is_unreserved(char byte) {
    constexpr std::string_view others = "-._~";
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z') || others.find(byte) != std::string_view::npos;
}

}  // namespace proxmox
