// Words for a shell: what is run there, and what a person may paste there.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/shell.h"

#include <algorithm>

#include "base/escape.h"

namespace proxmox {
namespace {

bool is_plain(char byte) {
    const bool is_letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    const bool is_digit = byte >= '0' && byte <= '9';
    return is_letter || is_digit || std::string_view("._/:@,+-").contains(byte);
}

}  // namespace

std::string shell_quoted(std::string_view word) {
    std::string quoted = "'";
    for (const char byte : word) {
        if (byte == '\'')
            quoted += R"('\'')";
        else
            quoted += byte;
    }
    return quoted + '\'';
}

std::string shell_word(std::string_view text) {
    const bool is_plain_word = !text.empty() && std::ranges::all_of(text, is_plain);
    return is_plain_word ? std::string(text) : shell_quoted(escape(text));
}

}  // namespace proxmox
