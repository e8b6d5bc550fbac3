// A GuestPlace is where a run keeps what its connections to guests need, and what it learnt there.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/guest_place.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <vector>

#include "api/config.h"
#include "base/escape.h"
#include "loop/executions.h"

namespace proxmox {
namespace {

constexpr std::string_view directory_prefix = "range42-ssh-";
constexpr std::string_view configuration_name = "config";
/// A socket's path has 107 bytes, and ssh adds a word of its own to it for a moment.
constexpr std::size_t longest_base = 60;
constexpr std::size_t host_keys_limit = std::size_t{64} << 10;
constexpr mode_t private_file = 0600;
constexpr mode_t private_directory = 0700;

constexpr std::string_view base_for_all = "/tmp";
/// What may hold the sockets: a path that is short enough, in which ssh sees nothing of its own.
bool is_base(std::string_view path) {
    return path.starts_with('/') && path.size() <= longest_base &&
           path.find_first_of("%$\"\\ \t\n'#") == std::string_view::npos;
}

/// Empty where there is none; a path that is not absolute counts as not given, as XDG has it.
Result<std::string> known_hosts_directory() {
    std::string config = environment("XDG_CONFIG_HOME");
    if (!config.starts_with('/')) {
        const std::string home = environment("HOME");
        if (!home.starts_with('/')) return std::string();
        config = home + "/.config";
    }
    if (config.find_first_of("\"\n") != std::string::npos || config.contains("${"))
        return fail(Exit::usage,
                    fmt::format("{}: ssh cannot be told of a file in there", escape(config)),
                    "set XDG_CONFIG_HOME to a path without quotes, newlines and ${");
    return config + "/range42/guest_keys";
}

void make_directories(const std::string& path) {
    // What cannot be made shows when a file in it is.
    for (std::size_t slash = path.find('/', 1); slash != std::string::npos;
         slash = path.find('/', slash + 1))
        (void)mkdir(path.substr(0, slash).c_str(), private_directory);
    (void)mkdir(path.c_str(), private_directory);
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

/// Asks the background ssh behind each socket to go, and waits a moment until they have.
void close_connections(const std::string& directory) {
    Executions executions;
    std::size_t open = 0;
    for (const std::string& name : names_in(directory)) {
        if (name == configuration_name || name.ends_with(fresh_keys_suffix)) continue;
        executions.start({.arguments = {"ssh", "-F", "none", "-o",
                                        fmt::format("ControlPath={}/{}", directory, name), "-O",
                                        "exit", "--", "guest"},
                          .limit = control_close_limit,
                          .stop_limit = {}},
                         {});
        ++open;
    }
    const auto began = std::chrono::steady_clock::now();
    for (milliseconds now{}; open > 0 && now < control_close_limit;) {
        pollfd waiting{.fd = executions.descriptor(), .events = POLLIN, .revents = 0};
        (void)poll(&waiting, 1, static_cast<int>((control_close_limit - now).count()));
        now = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began);
        executions.work(now);
        open -= executions.take_ended().size();
    }
}

void remove_directory(const std::string& directory) {
    for (const std::string& name : names_in(directory))
        (void)unlink((directory + '/' + name).c_str());
    (void)rmdir(directory.c_str());
}

/// The run whose process id stands in the name was killed before it could tidy up.
bool is_left_over(const std::string& base, std::string_view name) {
    if (!name.starts_with(directory_prefix)) return false;
    name.remove_prefix(directory_prefix.size());
    pid_t process = 0;
    const auto [stop, error] = std::from_chars(name.data(), name.data() + name.size(), process);
    if (error != std::errc{} || process <= 0 || !std::string_view(stop).starts_with('-'))
        return false;
    struct stat status {};
    const std::string path = fmt::format("{}/{}{}", base, directory_prefix, name);
    return kill(process, 0) != 0 && errno == ESRCH && lstat(path.c_str(), &status) == 0 &&
           S_ISDIR(status.st_mode) && status.st_uid == geteuid();
}

void sweep(const std::string& base) {
    for (const std::string& name : names_in(base)) {
        if (!is_left_over(base, name)) continue;
        close_connections(base + '/' + name);
        remove_directory(base + '/' + name);
    }
}

/// A new private directory; where the user's own place for such cannot be had, elsewhere.
Result<std::string> make_control_directory() {
    int error = 0;
    for (const std::string& base : {environment("XDG_RUNTIME_DIR"), std::string(base_for_all)}) {
        if (!is_base(base)) continue;
        sweep(base);
        std::string directory = fmt::format("{}/{}{}-XXXXXX", base, directory_prefix, getpid());
        if (mkdtemp(directory.data()) != nullptr) return directory;
        error = errno;
    }
    return fail_errno(Exit::line_failed, base_for_all, error);
}

/// As much as a file of host keys may hold; empty when there is none.
std::string text_of(const std::string& path) {
    std::string text(host_keys_limit, '\0');
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const ssize_t got = file < 0 ? 0 : read(file, text.data(), text.size());
    if (file >= 0) close(file);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
}

Outcome write_file(const std::string& path, std::string_view text) {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, private_file);
    if (file < 0) return fail_errno(Exit::line_failed, escape(path), errno);
    const ssize_t put = write(file, text.data(), text.size());
    const int error = put < 0 ? errno : ENOSPC;
    close(file);
    if (put == static_cast<ssize_t>(text.size())) return {};
    return fail_errno(Exit::line_failed, escape(path), error);
}

/// The user's words come first and so hold; ours only fill what they leave open.
std::string configuration(const std::string& users) {
    return fmt::format(
        "Include \"{}\"\n"
        "Include /etc/ssh/ssh_config\n"
        "Host *\n"
        "    StrictHostKeyChecking accept-new\n"
        "    ServerAliveInterval {}\n"
        "    ServerAliveCountMax {}\n",
        users, alive_interval_s, alive_count);
}

}  // namespace

Result<std::unique_ptr<GuestPlace>> GuestPlace::make() {
    std::string users = environment(ssh_config_variable);
    if (users.empty()) users = "~/.ssh/config";
    if (users.find_first_of("\"\n") != std::string::npos)
        return fail(Exit::usage, fmt::format("{} names a file with a quote or a newline in it",
                                             ssh_config_variable));
    const auto known_hosts = known_hosts_directory();
    if (!known_hosts) return std::unexpected(known_hosts.error());
    const auto directory = make_control_directory();
    if (!directory) return std::unexpected(directory.error());
    std::unique_ptr<GuestPlace> place(new GuestPlace);
    place->ssh_ = {.configuration = fmt::format("{}/{}", *directory, configuration_name),
                   .control_directory = *directory,
                   .known_hosts_directory = *known_hosts};
    make_directories(place->ssh_.known_hosts_directory);
    if (const auto written = write_file(place->ssh_.configuration, configuration(users)); !written)
        return std::unexpected(written.error());
    return place;
}

GuestPlace::~GuestPlace() {
    if (ssh_.control_directory.empty()) return;
    close_connections(ssh_.control_directory);
    remove_directory(ssh_.control_directory);
}

Outcome keep_host_keys(const std::string& file, std::string_view lines) {
    if (lines.empty()) {
        if (unlink(file.c_str()) == 0 || errno == ENOENT) return {};
        return fail_errno(Exit::line_failed, escape(file), errno);
    }
    std::string known = text_of(file);
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find('\n') + 1);
        lines.remove_prefix(line.size());
        if (!known.contains(line)) known += line;
    }
    const std::string fresh = fmt::format("{}.{}", file, getpid());
    (void)unlink(fresh.c_str());
    if (const auto written = write_file(fresh, known); !written) return written;
    if (rename(fresh.c_str(), file.c_str()) == 0) return {};
    return fail_errno(Exit::line_failed, escape(file), errno);
}

Outcome adopt_host_keys(const std::string& fresh, const std::string& file) {
    const std::string keys = text_of(fresh);
    (void)unlink(fresh.c_str());
    return keys.empty() ? Outcome{} : keep_host_keys(file, keys);
}

Result<vault::Secret> secret_in(const std::string& file) {
    const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return fail_errno(Exit::usage, escape(file), errno);
    auto secret = vault::Secret::filled(
        secret_file_limit, [descriptor](std::span<char> place) -> Result<std::size_t> {
            std::size_t size = 0;
            while (size < place.size()) {
                const ssize_t got = read(descriptor, &place[size], place.size() - size);
                if (got < 0 && errno == EINTR) continue;
                if (got <= 0) break;
                size += static_cast<std::size_t>(got);
            }
            const auto line = place.first(size);
            const auto end = std::ranges::find_if(
                line, [](char byte) { return byte == '\n' || byte == '\r' || byte == '\0'; });
            return static_cast<std::size_t>(end - line.begin());
        });
    close(descriptor);
    if (secret && secret->empty())
        return fail(Exit::usage, fmt::format("{}: its first line is empty", escape(file)));
    return secret;
}

}  // namespace proxmox
