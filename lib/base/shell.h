// Words for a shell: what is run there, and what a person may paste there.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace proxmox {

/// One word for a POSIX shell that stands for exactly these bytes.
std::string shell_quoted(std::string_view word);

/// One word of a command that we tell a person to run, often as root: whatever it comes from, a
/// server or a file, no shell makes more of it than a word, and no terminal either. Quoted only
/// where it has to be.
std::string shell_word(std::string_view text);

}  // namespace proxmox
