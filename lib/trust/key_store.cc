// The store's file: opened safely, locked, read whole, appended to or exchanged whole.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trust/key_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "base/escape.h"
#include "base/ownership.h"
#include "base/shell.h"
#include "trust/known_keys.h"

namespace proxmox {
namespace {

/// How often the file may be exchanged by others while we wait for its lock; each time is a wait.
constexpr int lock_attempts = 1'000;
constexpr mode_t directory_mode = 0700;
constexpr mode_t file_mode = 0600;

std::unexpected<Error> refuse_errno(const std::string& path, int error_number) {
    if (error_number == ELOOP)
        return refuse_store(path, "a symbolic link, which is never written through",
                            "put the file itself there, or name its place with XDG_CONFIG_HOME");
    return fail_errno(Exit::tls_identity, "known keys: " + escape(path), error_number);
}

void make_directories_above(const std::string& path) {
    // What cannot be made shows when the file is opened.
    for (std::size_t slash = path.find('/', 1); slash != std::string::npos;
         slash = path.find('/', slash + 1))
        (void)mkdir(path.substr(0, slash).c_str(), directory_mode);
}

/// All bytes or the errno; a write to a file that was interrupted goes on.
int write_whole(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t put = write(descriptor, bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return put == 0 ? ENOSPC : errno;
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return fsync(descriptor) == 0 ? 0 : errno;
}

}  // namespace

std::unexpected<Error> refuse_store(const std::string& path, std::string_view why,
                                    std::string remedy) {
    return fail(Exit::tls_identity, "known keys: " + escape(path) + ": " + std::string(why),
                std::move(remedy));
}

KeyStore::KeyStore(KeyStore&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      text_(std::move(other.text_)) {}

KeyStore::~KeyStore() {
    if (descriptor_ >= 0) close(descriptor_);
}

Result<KeyStore> KeyStore::open(const std::string& path, Access access, int& error_number) {
    const bool changes = access == Access::change;
    const int flags = changes ? O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW : O_RDONLY | O_NONBLOCK;
    if (changes) make_directories_above(path);
    for (int attempt = 0; attempt < lock_attempts; ++attempt) {
        error_number = 0;
        KeyStore store(path, ::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY, file_mode));
        if (store.descriptor_ < 0) {
            error_number = errno;
            return refuse_errno(path, error_number);
        }
        if (changes)
            if (const auto locked = store.lock(); !locked) return std::unexpected(locked.error());
        // Whoever held the lock may have exchanged the file for a new one.
        if (changes && !store.is_current()) continue;
        if (const auto read = store.read_whole(); !read) return std::unexpected(read.error());
        return store;
    }
    return refuse_store(path, "other processes keep exchanging it");
}

Outcome KeyStore::lock() {
    while (flock(descriptor_, LOCK_EX) != 0)
        if (errno != EINTR) return refuse_errno(path_, errno);
    return {};
}

bool KeyStore::is_current() const {
    struct stat ours {};
    struct stat named {};
    return fstat(descriptor_, &ours) == 0 && lstat(path_.c_str(), &named) == 0 &&
           ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
}

Outcome KeyStore::read_whole() {
    struct stat status {};
    if (fstat(descriptor_, &status) != 0) return refuse_errno(path_, errno);
    if (!S_ISREG(status.st_mode)) return refuse_store(path_, "not a regular file");
    std::vector<std::string> findings = changeable_by_others(path_, status);
    if (findings.empty()) findings = changeable_on_the_way(path_);
    if (!findings.empty())
        return refuse_store(
            path_, "others could have written it, and so decide whom we trust: " + findings.front(),
            "see that its lines are yours, then take it and what is above it away "
            "from others: chmod 600 " +
                shell_word(path_));
    if (static_cast<std::size_t>(status.st_size) > known_keys_size_limit)
        return refuse_store(path_, "too large to be a list of keys");
    text_.resize(static_cast<std::size_t>(status.st_size));
    std::size_t held = 0;
    while (held < text_.size()) {
        const ssize_t got =
            pread(descriptor_, text_.data() + held, text_.size() - held, static_cast<off_t>(held));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return refuse_errno(path_, errno);
        if (got == 0) break;
        held += static_cast<std::size_t>(got);
    }
    text_.resize(held);
    return {};
}

Outcome KeyStore::append(std::string_view lines) {
    std::string whole(lines);
    if (!text_.empty() && text_.back() != '\n') whole.insert(0, 1, '\n');
    const int error = write_whole(descriptor_, whole);
    if (error == 0) return {};
    // Half a line would make the whole store unreadable.
    [[maybe_unused]] const int trouble = ftruncate(descriptor_, static_cast<off_t>(text_.size()));
    return refuse_errno(path_, error);
}

Outcome KeyStore::exchange(std::string_view text) {
    const std::string fresh_path = path_ + ".new";
    // Whatever lies there was left by somebody who did not end: the lock is ours.
    unlink(fresh_path.c_str());
    const int fresh =
        ::open(fresh_path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file_mode);
    if (fresh < 0) return refuse_errno(fresh_path, errno);
    int error = write_whole(fresh, text);
    close(fresh);
    if (error == 0 && rename(fresh_path.c_str(), path_.c_str()) != 0) error = errno;
    if (error == 0) return {};
    unlink(fresh_path.c_str());
    return refuse_errno(path_, error);
}

}  // namespace proxmox
