// How YAML 1.1 types a scalar without quotes: what ansible would make of it.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace proxmox::vault {

enum class PlainScalar {
    text,     ///< used as it is written: text, and whole numbers in their usual form
    null,     ///< no value at all
    retyped,  ///< `yes`, `0100`, `12:30:45`, `1.50`, a date: ansible would send something else
};

PlainScalar classify_plain_scalar(std::string_view text);

}  // namespace proxmox::vault
