// Small files of the user's own: one made for nobody else, and the start of one that is there.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/private_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/escape.h"
#include "base/regular_file.h"

namespace proxmox {
namespace {

constexpr mode_t private_file = 0600;

}  // namespace

Outcome write_private_file(const std::string& path, std::string_view text) {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, private_file);
    if (file < 0) return fail_errno(Exit::line_failed, escape(path), errno);
    const ssize_t put = write(file, text.data(), text.size());
    const int error = put < 0 ? errno : ENOSPC;
    close(file);
    if (put == static_cast<ssize_t>(text.size())) return {};
    return fail_errno(Exit::line_failed, escape(path), error);
}

std::string start_of_file(const std::string& path, std::size_t limit) {
    const auto file = open_regular(path, path, O_RDONLY, 0, {});
    if (!file) return {};
    std::string text(limit, '\0');
    const ssize_t got = read(*file, text.data(), text.size());
    close(*file);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
}

}  // namespace proxmox
