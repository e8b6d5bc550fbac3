// Who else could have written a file: its owner, its mode, and all directories above it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/ownership.h"

#include <unistd.h>

#include <array>
#include <climits>

#include "base/escape.h"

namespace proxmox {
namespace {

/// As many as the kernel follows.
constexpr int symbolic_link_limit = 40;

std::string working_directory() {
    std::array<char, PATH_MAX> place{};
    return getcwd(place.data(), place.size()) == nullptr ? "" : place.data();
}

std::string target_of_link(const std::string& path) {
    std::array<char, PATH_MAX> target{};
    const ssize_t size = readlink(path.c_str(), target.data(), target.size());
    return size <= 0 ? "" : std::string(target.data(), static_cast<std::size_t>(size));
}

/// Takes the first name off a path.
std::string next_name(std::string& rest) {
    const std::size_t start = rest.find_first_not_of('/');
    if (start == std::string::npos) return {};
    const std::size_t end = std::min(rest.find('/', start), rest.size());
    std::string name = rest.substr(start, end - start);
    rest.erase(0, end);
    return name;
}

}  // namespace

std::vector<std::string> changeable_by_others(const std::string& path, const struct stat& status) {
    std::vector<std::string> findings;
    if (status.st_uid != 0 && status.st_uid != geteuid())
        findings.push_back(escape(path) + ": belongs to another user, who can exchange it");
    // A link has no mode. A private group of one's own (umask 002) lets nobody else in; a sticky
    // directory such as /tmp lets others add files, but not exchange ours.
    if (S_ISLNK(status.st_mode)) return findings;
    const bool by_group = (status.st_mode & S_IWGRP) != 0 && status.st_gid != getegid();
    const bool is_sticky = S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0;
    if (!is_sticky && (by_group || (status.st_mode & S_IWOTH) != 0))
        findings.push_back(escape(path) +
                           ": other users can change it (chmod go-w makes it yours alone)");
    return findings;
}

std::vector<std::string> changeable_on_the_way(const std::string& path) {
    std::string rest = path.starts_with('/') ? path : working_directory() + '/' + path;
    // Free of links, so that what is above it has been looked at.
    std::string reached;
    for (int links = 0; links <= symbolic_link_limit;) {
        struct stat status {};
        if (lstat(reached.empty() ? "/" : reached.c_str(), &status) != 0) return {};
        if (auto findings = changeable_by_others(reached.empty() ? "/" : reached, status);
            !findings.empty())
            return findings;
        if (S_ISLNK(status.st_mode)) {
            const std::string target = target_of_link(reached);
            rest = target + rest;
            reached.erase(target.starts_with('/') ? 0 : reached.rfind('/'));
            ++links;
        }
        const std::string name = next_name(rest);
        if (name.empty()) return {};
        if (name == "..")
            reached.erase(reached.empty() ? 0 : reached.rfind('/'));
        else if (name != ".")
            reached += '/' + name;
    }
    return {escape(path) + ": leads through too many symbolic links"};
}

}  // namespace proxmox
