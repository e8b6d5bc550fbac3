// A GuestPlace is where a run keeps what its connections to guests need, and what it learnt there.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/guest_place.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/environment.h"
#include "base/escape.h"
#include "base/private_file.h"

namespace proxmox {
namespace {

constexpr std::string_view configuration_name = "config";
constexpr mode_t private_directory = 0700;

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
    auto connections = ControlDirectory::make();
    if (!connections) return std::unexpected(connections.error());
    std::unique_ptr<GuestPlace> place(new GuestPlace(std::move(*connections), users));
    const std::string& directory = place->connections_->path();
    place->ssh_ = {.configuration = fmt::format("{}/{}", directory, configuration_name),
                   .control_directory = directory,
                   .known_hosts_directory = *known_hosts};
    make_directories(place->ssh_.known_hosts_directory);
    if (const auto written = write_private_file(place->ssh_.configuration, configuration(users));
        !written)
        return std::unexpected(written.error());
    return place;
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
