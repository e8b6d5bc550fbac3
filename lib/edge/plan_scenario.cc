// Scenarios as lines: the tool's place is taken by a Python program under the user's own ansible.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>

#include "base/environment.h"
#include "base/escape.h"
#include "edge/edge.h"
#include "edge/interpreter.h"
#include "process/process.h"

namespace proxmox {
namespace {

/// Where the program is, seen from the tools: as it is installed, and as it is built.
constexpr std::array<std::string_view, 2> places{"/../share/range42-fastpath/plan/", "/../plan/"};
constexpr std::string_view ansible = "ansible-playbook";
/// A plan that needs no ansible needs a Python all the same.
constexpr std::string_view any_python = "python3";
constexpr std::size_t opening_bytes = 4096;

bool is_file(const std::string& path) {
    struct stat status {};
    return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

/// The directory that this very tool is in, links followed.
std::string own_directory() {
    // The kernel's word, since what argv says is the caller's.
    const auto executed = reinterpret_cast<const char*>(getauxval(AT_EXECFN));  // NOLINT
    char real[PATH_MAX];
    if (executed == nullptr || realpath(executed, real) == nullptr) return {};
    const std::string path = real;
    return path.substr(0, path.rfind('/'));
}

/// A file of PATH; empty where there is none.
std::string sought_on_path(std::string_view name) {
    const std::string path = environment("PATH");
    for (std::size_t start = 0; start <= path.size();) {
        const std::size_t end = std::min(path.find(':', start), path.size());
        const std::string found =
            fmt::format("{}/{}", end == start ? "." : path.substr(start, end - start), name);
        if (is_file(found) && access(found.c_str(), X_OK) == 0) return found;
        start = end + 1;
    }
    return {};
}

std::string opening_of(const std::string& path) {
    const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return {};
    std::string opening(opening_bytes, '\0');
    const ssize_t got = read(descriptor, opening.data(), opening.size());
    close(descriptor);
    opening.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return opening;
}

/// The Python that ansible runs under, else any.
std::vector<std::string> python_to_use() {
    const std::string found = sought_on_path(ansible);
    std::vector<std::string> command;
    if (!found.empty()) command = interpreter_of(opening_of(found));
    if (command.empty()) command.emplace_back(any_python);
    return command;
}

/// "range42.plan" is range42_plan.py.
std::string program_of(std::string_view tool) {
    std::string program(tool);
    for (char& byte : program)
        if (byte == '.' || byte == '-') byte = '_';
    return program + ".py";
}

Result<Exit> take_place(const Session& session) {
    const std::string program = program_of(session.tool.name);
    const std::string tools = own_directory();
    std::string script;
    for (const std::string_view place : places)
        if (const std::string path = fmt::format("{}{}{}", tools, place, program);
            script.empty() && is_file(path))
            script = path;
    if (script.empty())
        return fail(Exit::line_failed, fmt::format("{} is not installed with the tools", program));
    std::vector<std::string> command = python_to_use();
    // Nothing is left beside the program, which may be anywhere.
    command.insert(command.end(), {"-B", script, "--tools", tools});
    for (const char* argument : session.arguments) command.emplace_back(argument);
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (std::string& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    session.signals.restore();
    unharden_process();
    execvp(arguments.front(), arguments.data());
    return fail_errno(Exit::line_failed, escape(command.front()), errno);
}

Result<Exit> plan(const Session& session) {
    // The words are judged here; the program understands them once more.
    const auto options = parse_arguments(session.tool, session.arguments);
    if (!options) return std::unexpected(options.error());
    if (*tell_words(session, *options)) return Exit::ok;
    return take_place(session);
}

}  // namespace

int plan_scenario(const Tool& tool, int argc, char** argv) {
    return run_session(tool, argc, argv, plan);
}

}  // namespace proxmox
