// Which machine a login came to: what it says of itself, compared with what the line knows.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "line/record.h"

namespace proxmox {

struct Identity {
    enum class How : std::uint8_t {
        /// The line knows no uuid: nobody asked.
        not_asked,
        proven,
        /// It is another machine; an address may be anybody's claim.
        other,
        /// It shows neither its uuid nor the line's network card to this user.
        unproven,
    };
    How how = How::not_asked;
    /// Why it is another.
    std::string why{};
};

/// `said` is what guest/login.sh prints. The uuid decides where it can be read; else the card that
/// the address belongs to, which Proxmox has given to one machine alone.
Identity identity_of(std::string_view said, const Record& record);

}  // namespace proxmox
