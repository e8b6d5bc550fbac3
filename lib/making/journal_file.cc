// The journal's file: a line is on the disk before what it speaks of happens.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "making/journal_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/escape.h"
#include "base/regular_file.h"

namespace proxmox {
namespace {

constexpr mode_t file_mode = 0600;

/// Somebody who was killed may have left half a line: what follows must not become part of it.
bool ends_within_a_line(int descriptor) {
    char last = '\n';
    const off_t size = lseek(descriptor, 0, SEEK_END);
    return size > 0 && pread(descriptor, &last, 1, size - 1) == 1 && last != '\n';
}

}  // namespace

Result<JournalFile> JournalFile::open(const std::string& path) {
    const auto opened = open_regular("journal " + escape(path), path, O_RDWR | O_APPEND | O_CREAT,
                                     file_mode, "name a file that can be written with --journal");
    if (!opened) return std::unexpected(opened.error());
    return JournalFile(path, *opened);
}

JournalFile::JournalFile(JournalFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

JournalFile::~JournalFile() {
    if (descriptor_ >= 0) close(descriptor_);
}

Outcome JournalFile::append(std::string_view line) {
    std::string whole = ends_within_a_line(descriptor_) ? "\n" : "";
    whole.append(line).append("\n");
    ssize_t put = 0;
    do put = write(descriptor_, whole.data(), whole.size());
    while (put < 0 && errno == EINTR);
    const bool is_whole = put == static_cast<ssize_t>(whole.size());
    // What is on no disk cannot be synced and need not be.
    if (is_whole && (fdatasync(descriptor_) == 0 || errno == EINVAL || errno == EROFS)) return {};
    return fail_errno(Exit::line_failed, "journal " + escape(path_),
                      put >= 0 && !is_whole ? ENOSPC : errno);
}

}  // namespace proxmox
