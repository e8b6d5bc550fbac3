// What a storage says of the formats of its disks, asked with `format=1`.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "json/json.h"

namespace proxmox {

/// Disks of this format take snapshots wherever a storage offers it.
inline constexpr std::string_view qcow2 = "qcow2";

/// The storage itself tells: it depends on its type, on its settings and on the release.
inline bool offers_qcow2(const json::Value& storage) {
    bool is_offered = false;
    storage["formats"]["supported"].each(
        [&is_offered](const json::Value& format) { is_offered |= format.text() == qcow2; });
    return is_offered;
}

/// ... and makes its disks of it where nobody names a format.
inline bool makes_qcow2(const json::Value& storage) {
    return storage["formats"]["default"].text() == qcow2;
}

}  // namespace proxmox
