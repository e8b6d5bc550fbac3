// HostKeys: what is known of the keys by which machines show who they are, in a file for each.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace proxmox {

/// Effects, so that they come from outside.
struct HostKeys {
    std::function<bool(const std::string& file)> are_known{};
    /// Adds these lines to what is known of the machine: until it starts anew, it shows its old
    /// keys. Without lines it is forgotten.
    std::function<Outcome(const std::string& file, std::string_view lines)> keep{};
    /// The same for those that a login has put into the file `fresh`, which is gone then.
    std::function<Outcome(const std::string& fresh, const std::string& file)> adopt{};
};

HostKeys host_keys_in_files();

}  // namespace proxmox
