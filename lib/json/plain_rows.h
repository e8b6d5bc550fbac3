// Rows in the one form in which Proxmox writes lists, read where they stand, without a parser.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "json/json_table.h"

namespace proxmox::json {

/// Fills `table` from {"data":[{"key":1,"other":"text"},...]}: no space, nothing escaped, nothing
/// nested, no key twice. False for all else, right or wrong: that is then for the parser to say.
/// `answer` is UTF-8, and `padding` bytes behind it can be read.
bool read_plain_rows(std::string_view answer, std::span<const std::string_view> keys, Table& table);

}  // namespace proxmox::json
