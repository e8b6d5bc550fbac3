// Which interpreter runs a script, by the script's first lines.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace proxmox {

/// The interpreter and what goes before the script's own name: {"/usr/bin/python3", "-s"}. A name
/// without a slash is to be sought on PATH. Empty where the text begins no script.
[[gnu::visibility("default")]] std::vector<std::string> interpreter_of(std::string_view opening);

}  // namespace proxmox
