// New VM ids: one that nobody else has been given, and the next one where it turns out to be taken.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "way/line.h"

namespace proxmox {

/// The id that a line gets for its new guest, under the key of its run.
struct NewId {
    /// Reserved for this line; nothing where the line itself names an id.
    std::optional<std::int64_t> own{};
    int used = 0;
    int probed = 0;
};

/// Gives the record an id where it has none.
Way<void> take_id(Line& line, NewId& id);
/// Gives it the next one.
Way<void> take_next_id(Line& line, NewId& id);
/// Whether a refusal in these words says that the reserved id is another guest's, and another may
/// be tried: a name that is taken is no reason.
bool may_take_next_id(const NewId& id, std::string_view words);
/// Nothing was made of it.
Way<void> release_id(Line& line, const NewId& id);

}  // namespace proxmox
