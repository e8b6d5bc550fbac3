// The book of VM ids: a small file, locked for as long as it takes to read and write it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "making/id_book.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <map>

#include "base/escape.h"
#include "base/regular_file.h"
#include "base/state_place.h"
#include "json/json.h"

namespace proxmox {
namespace {

/// Longer than any call that creates a VM takes to show it, and short enough that an id whose
/// process died is not lost for the day.
constexpr std::time_t hand_out_lasts_s = 180;
constexpr std::size_t book_size_limit = std::size_t{1} << 20;
/// The lock is held for a read and a write: whoever holds it longer has been stopped.
constexpr int lock_tries = 5'000;
constexpr timespec look_again_pause{.tv_sec = 0, .tv_nsec = 1'000'000};
constexpr mode_t file_mode = 0600;

using HandOuts = std::map<std::int64_t, std::time_t>;

constexpr std::string_view remedy =
    "give each line a vm_id, or name another place with XDG_STATE_HOME";

std::string called(const std::string& path) { return "the book of VM ids: " + escape(path); }

std::unexpected<Error> refuse(const std::string& path, int error_number) {
    return fail_errno(Exit::line_failed, called(path), error_number, std::string(remedy));
}

Result<int> open_book(const std::string& path) {
    return open_regular(called(path), path, O_RDWR | O_CREAT | O_NOFOLLOW, file_mode,
                        std::string(remedy));
}

/// The book, open and locked; both end with it.
class OpenBook {
  public:
    explicit OpenBook(int descriptor) : descriptor_(descriptor) {}
    ~OpenBook() { close(descriptor_); }
    OpenBook(const OpenBook&) = delete;
    OpenBook& operator=(const OpenBook&) = delete;

    /// 0 or the errno.
    int lock() const {
        for (int tries = 0; tries < lock_tries; ++tries) {
            if (flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return 0;
            if (errno != EWOULDBLOCK && errno != EINTR) return errno;
            nanosleep(&look_again_pause, nullptr);
        }
        return EWOULDBLOCK;
    }

    /// "ID TIME" a line; what cannot be read as that is dropped, since it reserves nothing.
    HandOuts read() const {
        std::string text;
        std::array<char, 4096> piece{};
        for (ssize_t got = 1; got > 0 && text.size() < book_size_limit;) {
            got = ::read(descriptor_, piece.data(), piece.size());
            if (got > 0) text.append(piece.data(), static_cast<std::size_t>(got));
        }
        HandOuts hand_outs;
        for (std::string_view rest = text; !rest.empty();) {
            const std::string_view line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(std::min(rest.size(), line.size() + 1));
            const std::size_t blank = line.find(' ');
            if (blank == std::string_view::npos) continue;
            const auto id = json::integer_of(line.substr(0, blank));
            const auto time = json::integer_of(line.substr(blank + 1));
            if (id && time) hand_outs[*id] = *time;
        }
        return hand_outs;
    }

    /// 0 or the errno.
    int write(const HandOuts& hand_outs) const {
        std::string text;
        for (const auto& [id, time] : hand_outs) text += fmt::format("{} {}\n", id, time);
        if (lseek(descriptor_, 0, SEEK_SET) != 0 || ftruncate(descriptor_, 0) != 0) return errno;
        for (std::string_view rest = text; !rest.empty();) {
            const ssize_t put = ::write(descriptor_, rest.data(), rest.size());
            if (put < 0 && errno != EINTR) return errno;
            rest.remove_prefix(put > 0 ? static_cast<std::size_t>(put) : 0);
        }
        return 0;
    }

  private:
    int descriptor_;
};

}  // namespace

Result<std::int64_t> IdBook::reserve(const IdRange& range, std::optional<std::int64_t> taken) {
    if (path_.empty()) return refuse("no home directory", ENOENT);
    make_directories_above(path_);
    const auto opened = open_book(path_);
    if (!opened) return std::unexpected(opened.error());
    const OpenBook book(*opened);
    if (const int error = book.lock(); error != 0) return refuse(path_, error);
    const std::time_t now = std::time(nullptr);
    HandOuts hand_outs = book.read();
    std::erase_if(hand_outs, [&](const auto& entry) {
        return entry.second > now || now - entry.second > hand_out_lasts_s;
    });
    if (taken) hand_outs[*taken] = now;
    std::int64_t id = range.lowest;
    while (hand_outs.contains(id)) ++id;
    if (id > range.highest)
        return fail(Exit::line_failed,
                    fmt::format("no VM id from {} to {} is free", range.lowest, range.highest));
    hand_outs[id] = now;
    if (const int error = book.write(hand_outs); error != 0) return refuse(path_, error);
    return id;
}

void IdBook::release(std::int64_t id) {
    const auto opened = open_book(path_);
    if (!opened) return;
    const OpenBook book(*opened);
    if (book.lock() != 0) return;
    HandOuts hand_outs = book.read();
    // An id that stays reserved only costs its time.
    if (hand_outs.erase(id) > 0) (void)book.write(hand_outs);
}

}  // namespace proxmox
