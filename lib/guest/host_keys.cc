// HostKeys: what is known of the keys by which machines show who they are, in a file for each.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/host_keys.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "base/escape.h"
#include "base/private_file.h"

namespace proxmox {
namespace {

constexpr int words_of_key = 3;
constexpr std::size_t host_keys_limit = std::size_t{64} << 10;

Outcome keep(const std::string& file, std::string_view lines) {
    if (lines.empty()) {
        if (unlink(file.c_str()) == 0 || errno == ENOENT) return {};
        return fail_errno(Exit::line_failed, escape(file), errno);
    }
    std::string known = start_of_file(file, host_keys_limit);
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find('\n') + 1);
        lines.remove_prefix(line.size());
        if (!known.contains(line)) known += line;
    }
    const std::string fresh = fmt::format("{}.{}", file, getpid());
    (void)unlink(fresh.c_str());
    if (const auto written = write_private_file(fresh, known); !written) return written;
    if (rename(fresh.c_str(), file.c_str()) == 0) return {};
    return fail_errno(Exit::line_failed, escape(file), errno);
}

Outcome adopt(const std::string& fresh, const std::string& file) {
    const std::string keys = start_of_file(fresh, host_keys_limit);
    (void)unlink(fresh.c_str());
    return keys.empty() ? Outcome{} : keep(file, keys);
}

/// "NAMES TYPE KEY", as ssh has it.
bool is_key(std::string_view line) {
    constexpr std::string_view blanks = " \t\r";
    int words = 0;
    std::size_t at = line.find_first_not_of(blanks);
    if (at == std::string_view::npos || line[at] == '#') return false;
    for (; at < line.size(); at = std::min(line.find_first_not_of(blanks, at), line.size())) {
        at = std::min(line.find_first_of(blanks, at), line.size());
        ++words;
    }
    return words >= words_of_key;
}

bool are_known(const std::string& file) {
    const std::string text = start_of_file(file, host_keys_limit);
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        if (is_key(line)) return true;
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    }
    return false;
}

}  // namespace

HostKeys host_keys_in_files() { return {.are_known = are_known, .keep = keep, .adopt = adopt}; }

}  // namespace proxmox
