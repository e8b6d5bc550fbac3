// Replies: what an answer to a change says of it, and what it only seems to say.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

#include "api/api.h"
#include "stage/changes.h"
#include "way/line.h"

namespace proxmox {

/// What a reply means for the change that was sent.
struct Reply {
    enum class How : std::uint8_t { done, has_task, lost, nothing_ran };
    How how = How::lost;
    std::string why_lost{};
};

Reply reply_of(const Line& line, const Change& change, const Finding& finding,
               const Answer& answer);

/// Not a page, which may be of anybody in between.
bool began_as_success(const Answer& answer);

}  // namespace proxmox
