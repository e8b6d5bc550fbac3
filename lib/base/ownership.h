// Who else could have written a file: its owner, its mode, and all directories above it.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/stat.h>

#include <string>
#include <vector>

namespace proxmox {

/// What owner and mode let users other than root and us do to a file or directory, one sentence
/// each.
std::vector<std::string> changeable_by_others(const std::string& path, const struct stat& status);

/// The same for what comes first on the way from the root to `path`: whoever can change a
/// directory or a symbolic link there decides what is found at its end. The way ends early at what
/// does not exist.
std::vector<std::string> changeable_on_the_way(const std::string& path);

}  // namespace proxmox
