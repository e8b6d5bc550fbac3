// A password script: its start without our secrets and descriptors, its output, its end.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "script.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

// glibc 2.36 forgot to say that these are C functions.
extern "C" {
#include <sys/pidfd.h>
}

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

#include "base/shell.h"

#include "password.h"

namespace proxmox::vault {
namespace {

constexpr int unknown_vault_id_status = 2;
constexpr std::string_view secret_suffix = "_SECRET";

/// The environment without the variables that hold secrets of ours.
std::vector<char*> script_environment() {
    std::vector<char*> kept;
    for (char** variable = environ; *variable; ++variable) {
        const std::string_view text = *variable;
        if (!text.substr(0, text.find('=')).ends_with(secret_suffix)) kept.push_back(*variable);
    }
    kept.push_back(nullptr);
    return kept;
}

/// A running script: destroyed, it is dead and reaped.
class Child {
  public:
    static std::expected<Child, int> start(const std::string& path, int output);
    Child(Child&& other) noexcept
        : process_(std::exchange(other.process_, 0)), own_group_(other.own_group_) {}
    ~Child() {
        if (process_ == 0) return;
        kill(own_group_ ? -process_ : process_, SIGKILL);
        static_cast<void>(reap());
    }

    /// The wait status, or ETIMEDOUT.
    std::expected<int, int> wait(Clock::time_point deadline);

  private:
    Child() = default;
    int reap();

    pid_t process_ = 0;
    bool own_group_ = false;
};

struct SpawnSettings {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;

    SpawnSettings() {
        posix_spawn_file_actions_init(&actions);
        posix_spawnattr_init(&attributes);
    }
    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;
    ~SpawnSettings() {
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
    }
};

std::expected<Child, int> Child::start(const std::string& path, int output) {
    SpawnSettings settings;
    // Standard input carries our lines, not the script's; a terminal is for its questions.
    posix_spawn_file_actions_adddup2(&settings.actions, output, STDOUT_FILENO);
    if (!isatty(STDIN_FILENO))
        posix_spawn_file_actions_addopen(&settings.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&settings.actions, STDERR_FILENO + 1);

    Child child;
    // A group of its own makes a kill reach its children too, but takes the terminal from it.
    child.own_group_ = !Descriptor(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&settings.attributes, &none);
    posix_spawnattr_setsigdefault(&settings.attributes, &all);
    posix_spawnattr_setpgroup(&settings.attributes, 0);
    const int group = child.own_group_ ? POSIX_SPAWN_SETPGROUP : 0;
    posix_spawnattr_setflags(
        &settings.attributes,
        static_cast<short>(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group));

    std::string script = path;
    std::string option = "--vault-id";
    std::string vault_id = "default";
    std::vector<char*> arguments{script.data()};
    if (is_client_script(path)) {
        arguments.push_back(option.data());
        arguments.push_back(vault_id.data());
    }
    arguments.push_back(nullptr);
    const int error =
        posix_spawn(&child.process_, script.c_str(), &settings.actions, &settings.attributes,
                    arguments.data(), script_environment().data());
    if (error == 0) return child;
    child.process_ = 0;
    return std::unexpected(error);
}

std::expected<int, int> Child::wait(Clock::time_point deadline) {
    const Descriptor ended(pidfd_open(process_, 0));
    // ESRCH: who started us ignores SIGCHLD, so the kernel has reaped it already.
    if (!ended && errno != ESRCH) return std::unexpected(errno);
    if (ended)
        if (const int error = wait_readable(ended.number(), deadline))
            return std::unexpected(error);
    const int status = reap();
    process_ = 0;
    return status;
}

int Child::reap() {
    int status = 0;
    while (waitpid(process_, &status, 0) < 0)
        if (errno != EINTR) return 0;
    return status;
}

std::string absolute_path(const std::string& path) {
    std::error_code error;
    const std::filesystem::path absolute = std::filesystem::absolute(path, error);
    return error ? path : absolute.string();
}

std::unexpected<Error> about_script(const std::string& path, const std::string& cause) {
    return fail(Exit::credentials, "vault password script " + path + ": " + cause,
                "run it by hand: it must print the password within " +
                    std::to_string(password_wait.count()) + " s and end with status 0");
}

std::unexpected<Error> ended_badly(const std::string& path, int status) {
    if (WIFSIGNALED(status))
        return about_script(path, "killed by signal " + std::to_string(WTERMSIG(status)));
    if (is_client_script(path) && WEXITSTATUS(status) == unknown_vault_id_status)
        return about_script(path, "it knows no password of vault id default");
    return about_script(path, "ended with status " + std::to_string(WEXITSTATUS(status)));
}

}  // namespace

bool is_client_script(std::string_view path) {
    const std::string_view name = path.substr(path.rfind('/') + 1);
    const std::size_t dot = name.rfind('.');
    const bool has_extension = dot != name.npos && name.find_first_not_of('.') < dot;
    return (has_extension ? name.substr(0, dot) : name).ends_with("-client");
}

Result<Secret> run_password_script(const std::string& path, Clock::time_point deadline) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return fail_errno(Exit::credentials, "pipe", errno);
    const Descriptor output(ends[0]);
    Descriptor input(ends[1]);
    fcntl(output.number(), F_SETFL, O_NONBLOCK);

    std::expected<Child, int> child = Child::start(absolute_path(path), input.number());
    if (!child)
        return fail_errno(
            Exit::credentials, "vault password script " + path, child.error(),
            "if this is not a script, remove its executable bit: chmod -x " + shell_word(path));
    input.close();
    const auto read_failed = [&](int error) {
        if (error == ETIMEDOUT) return about_script(path, "not done in time");
        return fail_errno(Exit::credentials, "vault password script " + path, error);
    };
    return Secret::filled(password_limit + 1, [&](std::span<char> buffer) -> Result<std::size_t> {
        const auto size = read_to_end(output.number(), buffer, {.deadline = deadline});
        if (!size) return read_failed(size.error());
        if (*size > password_limit)
            return about_script(path,
                                "prints more than " + std::to_string(password_limit) + " bytes");
        const auto status = child->wait(deadline);
        if (!status) return read_failed(status.error());
        if (*status != 0) return ended_badly(path, *status);
        return *size;
    });
}

}  // namespace proxmox::vault
