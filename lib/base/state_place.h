// Where runs keep what other runs have to know: a directory of the user's, apart for each API host.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace proxmox {

/// A file or directory for this kind of thing; empty when there is no place for it.
std::string state_path(std::string_view kind, std::string_view host_and_port);

/// All directories that lead to the path; one that cannot be made shows when the path is used.
void make_directories_above(const std::string& path);

}  // namespace proxmox
