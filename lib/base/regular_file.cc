// Opening a file that has to be one: what else may have its name is refused instead of waited for.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/regular_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace proxmox {
namespace {

std::string_view word_for(mode_t mode) {
    if (S_ISFIFO(mode)) return "a FIFO";
    if (S_ISDIR(mode)) return "a directory";
    if (S_ISCHR(mode) || S_ISBLK(mode)) return "a device";
    return "something else";
}

}  // namespace

Result<int> open_regular(const std::string& subject, const std::string& path, int flags,
                         mode_t mode, std::string remedy) {
    // Neither a FIFO's other end nor a device is waited for; to a file it makes no difference.
    const int descriptor = open(path.c_str(), flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, mode);
    if (descriptor < 0) return fail_errno(Exit::line_failed, subject, errno, std::move(remedy));
    struct stat status {};
    if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) return descriptor;
    close(descriptor);
    return fail(Exit::line_failed,
                subject + ": " + std::string(word_for(status.st_mode)) + ", no regular file",
                std::move(remedy));
}

}  // namespace proxmox
