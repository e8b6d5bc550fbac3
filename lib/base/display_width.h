// The room that text takes on a terminal: wide characters two columns, combining ones none.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace proxmox {

/// What stands in the place of what was cut.
inline constexpr char cut_mark = '~';

/// Columns of a text that `escape` has made safe.
std::size_t display_width(std::string_view text);

/// The text where it fits into `columns`, else its beginning with a mark; never more than that.
std::string cut_to_width(std::string_view text, std::size_t columns);

}  // namespace proxmox
