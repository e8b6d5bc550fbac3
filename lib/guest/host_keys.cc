// HostKeys: what is known of the keys by which machines show who they are, in a file for each.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/host_keys.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "base/escape.h"
#include "base/private_file.h"

namespace proxmox {
namespace {

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

bool are_known(const std::string& file) { return !start_of_file(file, 1).empty(); }

}  // namespace

HostKeys host_keys_in_files() { return {.are_known = are_known, .keep = keep, .adopt = adopt}; }

}  // namespace proxmox
