// A ControlDirectory holds the sockets of connections that calls of ssh share, and closes them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/control_directory.h"

#include <dirent.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <span>
#include <vector>

#include "base/environment.h"

namespace proxmox {
namespace {

using std::chrono::milliseconds;

/// How long the shared connections may take to close at the end.
constexpr milliseconds control_close_limit{2'000};
/// ... and one while others are at work.
constexpr milliseconds single_close_limit{100};
constexpr std::string_view directory_prefix = "range42-ssh-";
constexpr char suffix_of_ended = '~';
constexpr mode_t private_directory = 0700;
constexpr std::string_view base_for_all = "/tmp";
/// A socket's path has 107 bytes, and ssh adds a word of its own to it for a moment.
constexpr std::size_t longest_base = 56;

/// What may hold the sockets: a path that is short enough, in which ssh sees nothing of its own.
bool is_base(std::string_view path) {
    return path.starts_with('/') && path.size() <= longest_base &&
           path.find_first_of("%$\"\\ \t\n'#") == std::string_view::npos;
}

std::vector<std::string> names_in(const std::string& directory) {
    std::vector<std::string> names;
    DIR* const listing = opendir(directory.c_str());
    if (listing == nullptr) return names;
    while (const dirent* entry = readdir(listing))
        if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
    closedir(listing);
    return names;
}

/// OpenSSH's PROTOCOL.mux: a greeting in its version 4, and the request to end the connection.
constexpr std::array<unsigned char, 24> greeting_and_end{
    0, 0, 0, 8, 0,    0, 0, 1, 0, 0, 0, 4,   // hello
    0, 0, 0, 8, 0x10, 0, 0, 5, 0, 0, 0, 0};  // terminate, request 0

/// A socket on which the ssh behind this path was asked to go; -1 where nobody is behind it.
int ask_to_end(const std::string& path) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    if (path.size() >= sizeof address.sun_path) return -1;
    path.copy(static_cast<char*>(address.sun_path), path.size());
    const int asked = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (asked < 0) return -1;
    if (connect(asked, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
        send(asked, greeting_and_end.data(), greeting_and_end.size(), MSG_NOSIGNAL) > 0)
        return asked;
    close(asked);
    return -1;
}

/// Whether the other end of the socket has gone; what it says before is not of interest.
bool has_gone(int socket) {
    std::array<char, 256> answer{};
    ssize_t got = 0;
    while ((got = read(socket, answer.data(), answer.size())) > 0) {
    }
    return got == 0 || errno != EAGAIN;
}

/// Asks the background ssh behind each of these sockets to go, and waits so long until they have.
void close_connections(const std::string& directory, std::span<const std::string> names,
                       milliseconds limit) {
    std::vector<pollfd> open;
    for (const std::string& name : names)
        if (const int asked = ask_to_end(fmt::format("{}/{}", directory, name)); asked >= 0)
            open.push_back({.fd = asked, .events = POLLIN, .revents = 0});
    const auto until = std::chrono::steady_clock::now() + limit;
    while (!open.empty()) {
        const auto left =
            std::chrono::duration_cast<milliseconds>(until - std::chrono::steady_clock::now());
        const bool is_over =
            poll(open.data(), open.size(), std::max(static_cast<int>(left.count()), 0)) <= 0;
        std::erase_if(open, [is_over](const pollfd& waiting) {
            const bool ends = is_over || (waiting.revents != 0 && has_gone(waiting.fd));
            if (ends) close(waiting.fd);
            return ends;
        });
    }
}

void remove_directory(const std::string& directory) {
    for (const std::string& name : names_in(directory))
        (void)unlink((directory + '/' + name).c_str());
    (void)rmdir(directory.c_str());
}

bool is_ours(const std::string& path) {
    struct stat status {};
    return lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
           status.st_uid == geteuid();
}

/// The process whose id stands in the name, if it is a name of ours; else 0.
pid_t maker_of(std::string_view name) {
    if (!name.starts_with(directory_prefix)) return 0;
    name.remove_prefix(directory_prefix.size());
    pid_t process = 0;
    const auto [stop, error] = std::from_chars(name.data(), name.data() + name.size(), process);
    return error == std::errc{} && process > 0 && std::string_view(stop).starts_with('-') ? process
                                                                                          : 0;
}

/// The run that has made it was killed before it could tidy up.
bool is_left_over(const std::string& base, const std::string& name) {
    const pid_t maker = maker_of(name);
    return maker != 0 && kill(maker, 0) != 0 && errno == ESRCH && is_ours(base + '/' + name);
}

void sweep(const std::string& base) {
    for (const std::string& name : names_in(base)) {
        if (!is_left_over(base, name)) continue;
        close_connections(base + '/' + name, names_in(base + '/' + name), control_close_limit);
        remove_directory(base + '/' + name);
    }
}

}  // namespace

Result<std::unique_ptr<ControlDirectory>> ControlDirectory::make() {
    int error = 0;
    for (std::string base : {environment("XDG_RUNTIME_DIR"), std::string(base_for_all)}) {
        if (!is_base(base)) continue;
        sweep(base);
        std::string path = fmt::format("{}/{}{}-XXXXXX", base, directory_prefix, getpid());
        if (mkdtemp(path.data()) != nullptr)
            return std::unique_ptr<ControlDirectory>(
                new ControlDirectory(std::move(base), std::move(path)));
        error = errno;
    }
    return fail_errno(Exit::line_failed, base_for_all, error);
}

std::unique_ptr<ControlDirectory> ControlDirectory::beside(std::string_view ending) const {
    std::string path = fmt::format("{}/{}{}-{}", base_, directory_prefix, getpid(), ending);
    if (mkdir(path.c_str(), private_directory) != 0) return nullptr;
    return std::unique_ptr<ControlDirectory>(new ControlDirectory(base_, std::move(path)));
}

std::string ControlDirectory::find_beside(std::string_view ending) const {
    for (const std::string& name : names_in(base_)) {
        std::string path = fmt::format("{}/{}", base_, name);
        if (maker_of(name) != 0 && name.ends_with(fmt::format("-{}", ending)) && is_ours(path))
            return path;
    }
    return {};
}

void ControlDirectory::end_connection(const std::string& name) const {
    close_connections(path_, std::span(&name, 1), single_close_limit);
    (void)unlink(fmt::format("{}/{}", path_, name).c_str());
}

ControlDirectory::~ControlDirectory() {
    // Under another name nobody leaves anything in it any more.
    const std::string hidden = path_ + suffix_of_ended;
    const std::string& path = rename(path_.c_str(), hidden.c_str()) == 0 ? hidden : path_;
    close_connections(path, names_in(path), control_close_limit);
    remove_directory(path);
}

}  // namespace proxmox
