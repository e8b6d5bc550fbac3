// The only place that prints. Rules for words: the tool first, the subject second, the cause last;
// lower case, no full stop; what to do stands on a line of its own.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <utility>

#include "base/timings.h"
#include "trust/redaction.h"

namespace proxmox {
namespace {

constexpr std::size_t file_piece_size = std::size_t{64} << 10;
/// How long stderr may refuse before a message is dropped.
constexpr int stderr_patience_ms = 1'000;

constexpr std::string_view erase_line = "\r\x1b[K";

/// /dev/null and its like, which look like terminals otherwise.
constexpr unsigned memory_devices = 1;

/// What a descriptor leads to, as far as it matters for writing.
struct Outlet {
    /// A pipe takes this much in one piece, whoever else writes to it.
    std::size_t piece_size;
    bool may_be_terminal;
};

Outlet outlet_of(int descriptor) {
    struct stat status {};
    const bool is_known = fstat(descriptor, &status) == 0;
    return {is_known && S_ISFIFO(status.st_mode) ? PIPE_BUF : file_piece_size,
            is_known && S_ISCHR(status.st_mode) && major(status.st_rdev) != memory_devices};
}

/// The right to have a line of progress on the terminal: one process has it, until it ends.
struct flock progress_lock() {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_len = 1;
    return lock;
}

bool shows_progress_of_another(int descriptor) {
    struct flock lock = progress_lock();
    return fcntl(descriptor, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/// All bytes, whatever interrupts; 0 or the errno that ended it.
int write_all(int descriptor, std::string_view bytes, int patience_ms) {
    while (!bytes.empty()) {
        const ssize_t put = write(descriptor, bytes.data(), bytes.size());
        if (put >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(put));
        } else if (errno == EAGAIN) {
            pollfd waiting{.fd = descriptor, .events = POLLOUT, .revents = 0};
            if (poll(&waiting, 1, patience_ms) == 0) return EAGAIN;
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

bool takes_bytes(int descriptor) {
    pollfd waiting{.fd = descriptor, .events = POLLOUT, .revents = 0};
    return poll(&waiting, 1, 0) != 0;
}

/// As many whole lines as fit, or one line that is longer than that.
std::string_view first_piece(std::string_view lines, std::size_t limit) {
    if (lines.size() <= limit) return lines;
    std::size_t end = lines.rfind('\n', limit - 1);
    if (end == std::string_view::npos) end = lines.find('\n');
    return lines.substr(0, end == std::string_view::npos ? end : end + 1);
}

}  // namespace

bool Output::put(std::string_view lines) {
    const Timed timed(Stage::print);
    std::string safe;
    if (holds_secret(lines, hidden_)) lines = safe = without_secret(lines, hidden_);
    const std::size_t limit = piece_limit();
    if (!lines.empty()) make_room_on(STDOUT_FILENO, stdout_may_be_terminal_);
    while (!lines.empty() && !is_broken()) {
        const std::string_view piece = first_piece(lines, limit);
        broken_by_ = write_all(STDOUT_FILENO, piece, -1);
        lines.remove_prefix(piece.size());
    }
    return !is_broken();
}

std::size_t Output::offer(std::string_view lines) {
    const Timed timed(Stage::print);
    if (holds_secret(lines, hidden_)) {
        put(lines);
        return lines.size();
    }
    const std::size_t limit = piece_limit();
    if (!lines.empty()) make_room_on(STDOUT_FILENO, stdout_may_be_terminal_);
    std::size_t taken = 0;
    while (taken < lines.size() && !is_broken() && takes_bytes(STDOUT_FILENO)) {
        if (taken == 0) make_room_on(STDOUT_FILENO, stdout_may_be_terminal_);
        // Even of a line that is longer a pipe takes no more than this without waiting.
        const std::string_view piece = first_piece(lines.substr(taken), limit).substr(0, limit);
        broken_by_ = write_all(STDOUT_FILENO, piece, -1);
        if (!is_broken()) taken += piece.size();
    }
    return taken;
}

void Output::give_up() { broken_by_ = EINTR; }

std::size_t Output::piece_limit() {
    if (piece_limit_ == 0) {
        const Outlet outlet = outlet_of(STDOUT_FILENO);
        piece_limit_ = outlet.piece_size;
        stdout_may_be_terminal_ = outlet.may_be_terminal;
    }
    return piece_limit_;
}

void Output::trace(std::string_view text) {
    say(fmt::format(":: TRACE :: \x1b[0;33m{}\x1b[0m\n", text));
}

void Output::warning(std::string_view text) {
    say(fmt::format(":: WARNING :: \x1b[0;33m{}\x1b[0m\n", text));
}

void Output::error(const Error& error) {
    say(fmt::format("{}: {}\n", tool_, error.message));
    if (!error.remedy.empty()) advice(error.remedy);
}

void Output::advice(std::string_view text) { say(fmt::format("  {}\n", text)); }

void Output::upstream_error(std::string_view text, std::string_view usage) {
    say(fmt::format("ERROR: {}\n{}", text, usage));
}

void Output::account(std::string_view title, std::string_view lines) {
    say(fmt::format("{}: {}\n{}", tool_, title, lines));
}

std::string Output::shown(std::string_view text) const {
    return holds_secret(text, hidden_) ? without_secret(text, hidden_) : std::string(text);
}

bool Output::show_progress(std::string_view progress) {
    const std::string text = shown(progress);
    struct flock lock = progress_lock();
    if (fcntl(STDERR_FILENO, F_SETLK, &lock) != 0 && (errno == EACCES || errno == EAGAIN))
        return false;
    const char* colour = std::getenv("NO_COLOR");
    const bool is_plain = colour != nullptr && *colour != '\0';
    // The cursor waits at the beginning, where a line of someone else may begin as well.
    const std::string line = is_plain ? fmt::format("{}{}\r", erase_line, text)
                                      : fmt::format("{}\x1b[2m{}\x1b[0m\r", erase_line, text);
    (void)write_all(STDERR_FILENO, line, stderr_patience_ms);
    has_progress_ = true;
    return true;
}

void Output::hide_progress() {
    if (std::exchange(has_progress_, false))
        (void)write_all(STDERR_FILENO, erase_line, stderr_patience_ms);
}

void Output::plain_progress(std::string_view text) { say(fmt::format("{}\n", text)); }

/// Lines begin where nothing stands: neither our own progress nor, on a terminal, another's.
void Output::make_room_on(int descriptor, bool is_terminal) {
    if (has_progress_) return hide_progress();
    if (is_terminal && shows_progress_of_another(descriptor))
        (void)write_all(descriptor, erase_line, stderr_patience_ms);
}

void Output::say(std::string text) {
    if (guards_quotes_) {
        for (std::size_t at = text.find('"'); at != std::string::npos; at = text.find('"', at + 2))
            text.insert(at, 1, '\\');
    }
    if (holds_secret(text, hidden_)) text = without_secret(text, hidden_);
    make_room_on(STDERR_FILENO, outlet_of(STDERR_FILENO).may_be_terminal);
    // A message that cannot be said changes nothing of what is done.
    (void)write_all(STDERR_FILENO, text, stderr_patience_ms);
}

}  // namespace proxmox
