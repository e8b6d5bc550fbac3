// Lines from a file descriptor, as they arrive, in bounded memory.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "line/lines.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace proxmox {
namespace {

constexpr std::size_t read_size = std::size_t{64} << 10;
constexpr std::string_view blanks = " \t\r\v\f\n";

}  // namespace

Outcome LineReader::fill() {
    if (ended_) return {};
    buffer_.erase(0, start_);
    searched_ -= start_;
    start_ = 0;
    const std::size_t kept = buffer_.size();
    buffer_.resize(kept + read_size);
    ssize_t got = 0;
    do got = read(descriptor_, buffer_.data() + kept, read_size);
    while (got < 0 && errno == EINTR);
    const int reason = errno;
    buffer_.resize(kept + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got > 0 || (got < 0 && reason == EAGAIN)) return {};
    ended_ = true;
    if (got < 0) return fail_errno(Exit::line_failed, "cannot read the input", reason);
    return {};
}

bool LineReader::is_empty() const {
    pollfd input{.fd = descriptor_, .events = POLLIN, .revents = 0};
    while (poll(&input, 1, -1) < 0 && errno == EINTR) {
    }
    struct stat status {};
    if (fstat(descriptor_, &status) != 0) return false;
    if (S_ISREG(status.st_mode)) return lseek(descriptor_, 0, SEEK_CUR) >= status.st_size;
    int bytes = 0;
    const bool is_pipe = S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode);
    return is_pipe && ioctl(descriptor_, FIONREAD, &bytes) == 0 && bytes == 0;
}

Result<bool> LineReader::await_content(int interrupt) {
    // Blank lines are counted and dropped, so that a long run of them needs no memory.
    while (true) {
        const std::size_t content = buffer_.find_first_not_of(blanks, start_);
        const std::size_t end = std::min(content, buffer_.size());
        for (; searched_ < end; ++searched_) {
            if (buffer_[searched_] != '\n') continue;
            ++number_;
            start_ = searched_ + 1;
        }
        searched_ = start_;
        if (content != std::string::npos) return true;
        if (ended_ || is_interrupted(interrupt)) return false;
        if (const auto filled = fill(); !filled) return std::unexpected(filled.error());
    }
}

/// Waits for input or for that; a negative descriptor never comes.
bool LineReader::is_interrupted(int interrupt) const {
    if (interrupt < 0) return false;
    std::array<pollfd, 2> either{{{.fd = descriptor_, .events = POLLIN, .revents = 0},
                                  {.fd = interrupt, .events = POLLIN, .revents = 0}}};
    while (poll(either.data(), either.size(), -1) < 0 && errno == EINTR) {
    }
    return either[1].revents != 0;
}

bool LineReader::has_line() {
    searched_ = std::min(buffer_.find('\n', searched_), buffer_.size());
    return searched_ < buffer_.size() || (ended_ && (start_ < buffer_.size() || skipping_));
}

std::optional<InputLine> LineReader::next() {
    const std::size_t newline = buffer_.find('\n', searched_);
    if (newline != std::string::npos) return take(newline - start_, 1);
    searched_ = buffer_.size();
    const std::size_t held = buffer_.size() - start_;
    if (ended_) {
        if (held > 0 || skipping_) return take(held, 0);
        return std::nullopt;
    }
    if (held > line_length_limit) {
        // Too long to be a line of ours: forget it piece by piece until its newline comes.
        skipping_ = true;
        start_ = buffer_.size();
    }
    return std::nullopt;
}

Result<std::optional<InputLine>> LineReader::await_next() {
    while (true) {
        if (auto line = next()) return line;
        if (exhausted()) return std::nullopt;
        if (const auto filled = fill(); !filled) return std::unexpected(filled.error());
    }
}

std::optional<InputLine> LineReader::take(std::size_t size, std::size_t newline) {
    InputLine line{.number = ++number_,
                   .text = {},
                   .too_long = skipping_ || size > line_length_limit,
                   .has_newline = newline > 0};
    if (!line.too_long) line.text = buffer_.substr(start_, size);
    skipping_ = false;
    start_ += size + newline;
    searched_ = start_;
    return line;
}

}  // namespace proxmox
