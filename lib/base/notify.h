// Who is told what a person should know, as soon as it is known.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string_view>

namespace proxmox {

/// The edge gives it to whatever may have something to say, so that no word depends on somebody
/// asking for it.
using Notify = std::function<void(std::string_view words)>;

}  // namespace proxmox
