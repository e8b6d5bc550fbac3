// The file of failed lines: whole or not there, and never what is still being read.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "print/failed_lines.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "base/escape.h"

namespace proxmox {
namespace {

constexpr mode_t default_mode = 0666;

std::unexpected<Error> refuse(const std::string& path, int error_number) {
    return fail_errno(Exit::usage, "--failed: cannot write " + escape(path), error_number);
}

/// What somebody reads from, the other end of >(...) for instance. A FIFO that nobody reads from
/// would be waited for.
int open_at_once(const std::string& path) {
    const int descriptor =
        ::open(path.c_str(), O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (descriptor == -1) return -1;
    const int flags = fcntl(descriptor, F_GETFL);
    (void)fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK);
    return descriptor;
}

}  // namespace

Result<FailedLines> FailedLines::open(const std::string& path, bool has_secrets) {
    struct stat status {};
    const bool is_there = lstat(path.c_str(), &status) == 0;
    if (is_there && S_ISDIR(status.st_mode)) return refuse(path, EISDIR);
    if (is_there && !S_ISREG(status.st_mode)) {
        const int descriptor = open_at_once(path);
        if (descriptor == -1 && errno == ENXIO)
            return fail(Exit::usage, "--failed: cannot write " + escape(path) +
                                         ": nobody reads from it, and it is no regular file");
        if (descriptor == -1) return refuse(path, errno);
        return FailedLines(path, {}, descriptor);
    }
    std::string draft = path + ".XXXXXX";
    const int descriptor = mkostemp(draft.data(), O_CLOEXEC);
    if (descriptor == -1) return refuse(path, errno);
    const mode_t mask = umask(0);
    umask(mask);
    // A draft is its owner's alone; the file is as open as any other that is written, unless its
    // lines may hold secrets.
    if (!has_secrets)
        (void)fchmod(descriptor, is_there ? status.st_mode & 0777U : default_mode & ~mask);
    return FailedLines(path, std::move(draft), descriptor);
}

FailedLines::FailedLines(FailedLines&& other) noexcept
    : path_(std::move(other.path_)),
      draft_(std::exchange(other.draft_, {})),
      descriptor_(std::exchange(other.descriptor_, -1)),
      trouble_(other.trouble_) {}

FailedLines::~FailedLines() {
    if (descriptor_ != -1) close(descriptor_);
    if (!draft_.empty()) (void)unlink(draft_.c_str());
}

void FailedLines::add(std::string_view line) {
    while (!line.empty() && trouble_ == 0) {
        const ssize_t put = write(descriptor_, line.data(), line.size());
        if (put >= 0)
            line.remove_prefix(static_cast<std::size_t>(put));
        else if (errno != EINTR)
            trouble_ = errno;
    }
}

Outcome FailedLines::commit() {
    const std::string draft = std::exchange(draft_, {});
    if (trouble_ == 0 && !draft.empty() && std::rename(draft.c_str(), path_.c_str()) != 0)
        trouble_ = errno;
    if (trouble_ == 0) return {};
    if (!draft.empty()) (void)unlink(draft.c_str());
    return fail_errno(Exit::write_failed, "--failed: cannot write " + escape(path_), trouble_);
}

}  // namespace proxmox
