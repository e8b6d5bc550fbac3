// File descriptors: waiting and reading, both bounded by a deadline.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "descriptor.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace proxmox::vault {

// Longer waits are cut into these, so that any deadline fits poll's int.
constexpr std::chrono::milliseconds longest_poll{60'000};

int wait_readable(int descriptor, Clock::time_point deadline) {
    using namespace std::chrono;
    for (;;) {
        const auto left = ceil<milliseconds>(deadline - Clock::now());
        if (left <= 0ms) return ETIMEDOUT;
        const auto wait_ms = std::min(left, longest_poll).count();
        pollfd waiting{.fd = descriptor, .events = POLLIN, .revents = 0};
        const int ready = poll(&waiting, 1, static_cast<int>(wait_ms));
        if (ready > 0) return 0;
        if (ready < 0 && errno != EINTR) return errno;
    }
}

std::expected<std::size_t, int> read_to_end(int descriptor, std::span<char> buffer,
                                            const Reading& how) {
    std::size_t size = 0;
    // A FIFO whose writer has not come yet would read as an end: so the first step is to wait.
    bool must_wait = how.can_block;
    while (size < std::min(buffer.size(), how.enough)) {
        if (must_wait)
            if (const int error = wait_readable(descriptor, how.deadline))
                return std::unexpected(error);
        const ssize_t got = read(descriptor, buffer.data() + size, buffer.size() - size);
        if (got == 0) break;
        if (got < 0 && errno != EAGAIN && errno != EINTR) return std::unexpected(errno);
        must_wait = got < 0;
        size += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
    }
    return size;
}

}  // namespace proxmox::vault
