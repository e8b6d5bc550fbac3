// Downloads onto a node's storage, checked by the checksum that the file's own server tells.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "tool/tool.h"

namespace proxmox {

/// The checksum of the file `name` in a list of them, as sha256sum or BSD's tools write it, or the
/// only one where the list names none; empty where there is none of so many hexadecimal digits.
[[gnu::visibility("default")]] std::string checksum_in(std::string_view list, std::string_view name,
                                                       std::size_t digits);

/// Has a node fetch the line's `iso_url`.
[[gnu::visibility("default")]] Way<Printed> download(Line& line);

}  // namespace proxmox
