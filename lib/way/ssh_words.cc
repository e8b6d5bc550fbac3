// What a call of ssh has to say: whether its command began, and ssh's own words.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "way/ssh_words.h"

#include <fmt/format.h>

#include "base/escape.h"

namespace proxmox {

std::string marked(std::string_view command) {
    return fmt::format("echo '{}'; {}", begin_mark.substr(0, begin_mark.size() - 1), command);
}

std::string ssh_words(const Executed& executed) {
    std::string_view errors = executed.errors;
    while (errors.ends_with('\n') || errors.ends_with('\r')) errors.remove_suffix(1);
    const std::size_t start = errors.rfind('\n');
    if (start != std::string_view::npos) errors.remove_prefix(start + 1);
    if (errors.empty()) return "ssh says nothing";
    return escape(errors);
}

}  // namespace proxmox
