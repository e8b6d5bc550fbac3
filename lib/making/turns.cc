// Turns: of what must not be done too often at a time, counted over all processes of a user.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "making/turns.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/state_place.h"
#include "line/expand.h"

namespace proxmox {
namespace {

constexpr mode_t file_mode = 0600;

}  // namespace

Turn::Turn(Turn&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

Turn& Turn::operator=(Turn&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

Turn::~Turn() {
    if (descriptor_ >= 0) close(descriptor_);
}

std::optional<Turn> Turns::take(std::string_view turn) {
    if (directory_.empty()) return Turn(-1);
    const std::string base = fmt::format("{}/{}", directory_, percent_encode(turn));
    make_directories_above(base);
    for (std::size_t place = 0; place < turns_at_once; ++place) {
        Turn taken(open(fmt::format("{}.{}", base, place).c_str(),
                        O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, file_mode));
        if (taken.lock() != EWOULDBLOCK) return taken;
    }
    return std::nullopt;
}

int Turn::lock() const { return flock(descriptor_, LOCK_EX | LOCK_NB) == 0 ? 0 : errno; }

}  // namespace proxmox
