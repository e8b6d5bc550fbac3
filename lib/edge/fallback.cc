// The way back: which executable it is, and how it gets our place.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/fallback.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <vector>

#include "api/config.h"
#include "base/escape.h"
#include "json/json.h"
#include "line/lines.h"
#include "process/output.h"

namespace proxmox {
namespace {

/// What is in every shim and in no script of the devkit, within this many bytes.
constexpr std::string_view shim_mark = "\" --legacy \"$0\" ";
constexpr std::size_t longest_shim = 1024;
/// The names whose ansible path is already being sought in this process or above it.
constexpr std::string_view sought_variable = "RANGE42_FASTPATH_FALLBACKS";

/// Which file a path leads to, whatever it is called.
struct Identity {
    dev_t device;
    ino_t inode;
    bool operator==(const Identity&) const = default;
};

std::optional<Identity> identity_of(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) return std::nullopt;
    return Identity{status.st_dev, status.st_ino};
}

bool is_executable_file(const std::string& path) {
    struct stat status {};
    return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
           access(path.c_str(), X_OK) == 0;
}

/// Another copy of our shims: it would only look for the ansible path in its turn.
bool is_shim(const std::string& path) {
    const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return false;
    std::string opening(longest_shim, '\0');
    const ssize_t got = read(descriptor, opening.data(), opening.size());
    close(descriptor);
    return got > 0 && opening.find(shim_mark) != std::string::npos;
}

std::vector<std::string> directories_on_path() {
    std::vector<std::string> directories;
    const std::string path = environment("PATH");
    for (std::size_t start = 0; start <= path.size();) {
        const std::size_t end = std::min(path.find(':', start), path.size());
        directories.push_back(end == start ? "." : path.substr(start, end - start));
        start = end + 1;
    }
    return directories;
}

bool holds_danger(const json::Value& value) {
    const std::string_view text = value.text();
    bool found = text.find("{{") != std::string_view::npos ||
                 text.find("{%") != std::string_view::npos ||
                 text.find_first_of("\\\n\r") != std::string_view::npos;
    value.each([&found](const json::Value& child) { found = found || holds_danger(child); });
    return found;
}

/// Until stdin has something to read; false once nobody reads what is written to `target`.
bool awaits_input(int target) {
    std::array<pollfd, 2> ends{{{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0},
                                {.fd = target, .events = 0, .revents = 0}}};
    while (poll(ends.data(), ends.size(), -1) < 0)
        if (errno != EINTR) return false;
    return (ends[1].revents & POLLERR) == 0;
}

/// Copies lines from stdin to the fallback and leaves the dangerous ones out.
void copy_harmless_lines(int target) {
    Output output("fallback");
    LineReader input(STDIN_FILENO);
    while (!input.exhausted()) {
        while (const auto line = input.next()) {
            if (line->too_long || is_dangerous_to_ansible(line->text)) {
                output.trace(
                    fmt::format("not handed to the ansible path, which would execute what is in "
                                "it: {} (line {})",
                                escape(line->text), line->number));
                continue;
            }
            const std::string bytes = line->text + (line->has_newline ? "\n" : "");
            for (std::size_t put = 0; put < bytes.size();) {
                const ssize_t more = write(target, bytes.data() + put, bytes.size() - put);
                if (more < 0 && errno != EINTR) return;
                if (more > 0) put += static_cast<std::size_t>(more);
            }
        }
        if (!input.exhausted() && (!awaits_input(target) || !input.fill())) return;
    }
}

/// Puts a child of ours between stdin and the process to come; that one must not have to wait for
/// a child it does not know, so the copier is a grandchild.
bool guard_stdin() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    const pid_t child = fork();
    if (child < 0) return false;
    if (child == 0) {
        const pid_t copier = fork();
        if (copier != 0) _exit(copier < 0 ? 1 : 0);
        // What others wait for the end of must not last as long as our input does.
        if (dup2(ends[1], STDOUT_FILENO) != STDOUT_FILENO) _exit(1);
        close_range(STDERR_FILENO + 1, UINT_MAX, 0);
        copy_harmless_lines(STDOUT_FILENO);
        _exit(0);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    const bool is_started = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return is_started && dup2(ends[0], STDIN_FILENO) == STDIN_FILENO;
}

}  // namespace

bool is_dangerous_to_ansible(std::string_view line) {
    const auto document = json::Document::parse(line);
    if (document && document->root().is(json::Kind::object)) return holds_danger(document->root());
    return line.find("{{") != std::string_view::npos || line.find("{%") != std::string_view::npos ||
           line.find('\\') != std::string_view::npos;
}

Result<std::string> find_fallback(const std::string& shim_path) {
    // The ansible path would take others from a vault, and inherit what is in the descriptor.
    if (is_given_credentials())
        return fail(
            Exit::line_failed,
            fmt::format("there is no ansible path with credentials of {}", credentials_variable));
    const std::size_t slash = shim_path.rfind('/');
    const std::string name = slash == std::string::npos ? shim_path : shim_path.substr(slash + 1);
    if (fmt::format(" {} ", environment(sought_variable)).contains(fmt::format(" {} ", name)))
        return fail(Exit::line_failed,
                    fmt::format("the ansible path of {} leads back to it", escape(name)));
    const auto shim = identity_of(shim_path);
    const auto own_directory =
        identity_of(slash == std::string::npos ? "." : shim_path.substr(0, slash + 1));
    std::vector<std::string> candidates;
    for (const std::string& directory : directories_on_path()) {
        // What stands before us on PATH has already had its turn.
        if (own_directory && identity_of(directory) == own_directory)
            candidates.clear();
        else
            candidates.push_back(directory + '/' + name);
    }
    if (const std::string devkit = environment(devkit_variable); !devkit.empty())
        candidates.push_back(devkit + '/' + name);
    for (const std::string& candidate : candidates)
        if (is_executable_file(candidate) && identity_of(candidate) != shim && !is_shim(candidate))
            return candidate;
    return fail(Exit::line_failed,
                fmt::format("there is no ansible path: no other {} on PATH or in {}", escape(name),
                            devkit_variable));
}

Error exec_fallback(const std::string& path, char** arguments, bool guard_input) {
    setenv(std::string(force_variable).c_str(), "off", 1);
    if (guard_input && isatty(STDIN_FILENO) == 0 && !guard_stdin())
        return {Exit::line_failed, "cannot guard the input of the ansible path"};
    std::string name = path;
    const std::string sought =
        fmt::format("{} {}", environment(sought_variable), path.substr(path.rfind('/') + 1));
    setenv(std::string(sought_variable).c_str(), sought.c_str(), 1);
    arguments[0] = name.data();
    execv(path.c_str(), arguments);
    return fail_errno(Exit::line_failed, escape(path), errno).error();
}

}  // namespace proxmox
