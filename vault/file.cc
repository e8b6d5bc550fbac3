// A file of the vault: opening, reading, and what its permissions give away.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "file.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdint>

namespace proxmox::vault {

Result<File> File::open(const std::string& path) {
    // O_NONBLOCK and O_NOCTTY: opening must neither wait for a FIFO's writer nor adopt a terminal.
    Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!descriptor) return fail_errno(Exit::credentials, path, errno);
    File file(path, std::move(descriptor));
    if (fstat(file.descriptor_.number(), &file.status_) != 0)
        return fail_errno(Exit::credentials, path, errno);
    return file;
}

Result<File> File::inherited(int number, const std::string& name) {
    const int mode = fcntl(number, F_GETFL);
    if (mode < 0) return fail_errno(Exit::credentials, name, errno);
    File file(name, Descriptor(number));
    if (fcntl(number, F_SETFL, mode | O_NONBLOCK) != 0 || fstat(number, &file.status_) != 0)
        return fail_errno(Exit::credentials, name, errno);
    return file;
}

Result<Secret> File::read(std::size_t limit, Clock::time_point deadline) {
    const auto too_large = [&] {
        return fail(Exit::credentials, path_ + ": larger than " + std::to_string(limit) + " bytes",
                    "see whether it is the right file");
    };
    const auto known = static_cast<std::size_t>(std::max<off_t>(status_.st_size, 0));
    if (regular() && known > limit) return too_large();
    // One byte more than expected: a full buffer then means that there is more.
    const std::size_t capacity = (regular() ? known : limit) + 1;
    // What has a size ends there; what has none (or is of /proc, which says 0) ends where it says.
    const Reading how{.deadline = deadline,
                      .enough = regular() && known > 0 ? known : SIZE_MAX,
                      .can_block = !regular()};
    return Secret::filled(capacity, [&](std::span<char> buffer) -> Result<std::size_t> {
        const auto size = read_to_end(descriptor_.number(), buffer, how);
        if (!size) return fail_errno(Exit::credentials, path_, size.error());
        if (*size < buffer.size()) return *size;
        if (regular())
            return fail(Exit::credentials, path_ + ": changed while it was read",
                        "run the command again");
        return too_large();
    });
}

std::string File::directory() const {
    const std::string link = "/proc/self/fd/" + std::to_string(descriptor_.number());
    std::array<char, PATH_MAX> target;
    const ssize_t size = readlink(link.c_str(), target.data(), target.size());
    if (size <= 0 || target[0] != '/') return {};
    return directory_of(std::string(target.data(), static_cast<std::size_t>(size)));
}

std::string directory_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

std::vector<std::string> readable_by_others(const std::string& path, const struct stat& status) {
    if (!(status.st_mode & S_IROTH)) return {};
    return {path + ": every user of this machine can read it (chmod o-rwx makes it private)"};
}

}  // namespace proxmox::vault
