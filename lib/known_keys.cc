// The store of known servers: read whole, appended to under a lock.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "known_keys.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "escape.h"

namespace proxmox {
namespace {

/// A descriptor that is closed when its owner goes.
class File {
  public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File() {
        if (descriptor_ >= 0) close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int descriptor() const { return descriptor_; }
    bool is_open() const { return descriptor_ >= 0; }

  private:
    int descriptor_;
};

std::unexpected<Error> refuse(const std::string& path, std::string_view why) {
    return fail(Exit::tls_identity, "known keys: " + escape(path) + ": " + std::string(why));
}

std::unexpected<Error> refuse_errno(const std::string& path) {
    return fail_errno(Exit::tls_identity, "known keys: " + escape(path), errno);
}

Result<std::string> read_whole(const File& file, const std::string& path) {
    struct stat status {};
    if (fstat(file.descriptor(), &status) != 0) return refuse_errno(path);
    if (!S_ISREG(status.st_mode)) return refuse(path, "not a regular file");
    if (static_cast<std::size_t>(status.st_size) > known_keys_size_limit)
        return refuse(path, "the file is too large to be a list of keys");
    std::string text(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t held = 0;
    while (held < text.size()) {
        const ssize_t got = pread(file.descriptor(), text.data() + held, text.size() - held,
                                  static_cast<off_t>(held));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return refuse_errno(path);
        if (got == 0) break;
        held += static_cast<std::size_t>(got);
    }
    text.resize(held);
    return text;
}

std::string_view next_word(std::string_view& line) {
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    line.remove_prefix(first);
    const std::string_view word = line.substr(0, line.find_first_of(" \t\r"));
    line.remove_prefix(word.size());
    return word;
}

std::vector<KnownKey> parse(std::string_view text) {
    std::vector<KnownKey> keys;
    for (std::size_t number = 1; !text.empty(); ++number) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const std::string host(next_word(line));
        const std::string pin(next_word(line));
        const std::string date(next_word(line));
        if (host.empty() || host.front() == '#' || !pin.starts_with("sha256//")) continue;
        keys.push_back({host, pin, date, number});
    }
    return keys;
}

Outcome append(const File& file, const std::string& path, const std::string& line) {
    // One write: a reader without the lock sees the whole line or nothing of it.
    const ssize_t put = write(file.descriptor(), line.data(), line.size());
    if (put < 0) return refuse_errno(path);
    if (static_cast<std::size_t>(put) != line.size()) return refuse(path, "the disk is full");
    if (fsync(file.descriptor()) != 0) return refuse_errno(path);
    return {};
}

}  // namespace

std::string known_keys_path() {
    const auto absolute = [](const char* name) -> std::string {
        const char* value = std::getenv(name);
        return value != nullptr && value[0] == '/' ? value : "";
    };
    if (const std::string home = absolute("XDG_CONFIG_HOME"); !home.empty())
        return home + "/range42/known_proxmox";
    if (const std::string home = absolute("HOME"); !home.empty())
        return home + "/.config/range42/known_proxmox";
    return {};
}

Result<std::vector<KnownKey>> read_known_keys(const std::string& path) {
    const File file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.is_open() && (errno == ENOENT || errno == ENOTDIR)) return std::vector<KnownKey>{};
    if (!file.is_open()) return refuse_errno(path);
    const auto text = read_whole(file, path);
    if (!text) return std::unexpected(text.error());
    return parse(*text);
}

Result<KnownKey> add_known_key(const std::string& path, const KnownKey& key) {
    std::error_code ignored;  // what really matters shows when the file is opened
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
    const File file(open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.is_open()) return refuse_errno(path);
    if (flock(file.descriptor(), LOCK_EX) != 0) return refuse_errno(path);
    const auto text = read_whole(file, path);
    if (!text) return std::unexpected(text.error());
    for (const KnownKey& known : parse(*text))
        if (known.host_and_port == key.host_and_port) return known;
    const bool is_cut = !text->empty() && text->back() != '\n';
    const std::string line =
        (is_cut ? "\n" : "") + key.host_and_port + ' ' + key.pin + ' ' + key.first_seen + '\n';
    if (const auto added = append(file, path, line); !added) return std::unexpected(added.error());
    return key;
}

}  // namespace proxmox
