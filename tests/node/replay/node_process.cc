// A stand-in node that lives as long as this object does.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "node_process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace demo_node::replay {

namespace {

/// The one that was asked for, else the one that was built beside this test.
std::string program_path() {
    if (const char* chosen = std::getenv("RANGE42_DEMO_NODE")) return chosen;
    std::error_code unknown;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", unknown);
    return self.parent_path() / "range42-demo-node";
}

}  // namespace

NodeProcess::NodeProcess(const std::vector<std::string>& options) {
    const std::string program = program_path();
    std::array<int, 2> pipe_ends{};
    if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) return;
    std::vector<std::string> arguments{program, "--exit-with-parent"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    std::vector<char*> raw;
    for (std::string& argument : arguments) raw.push_back(argument.data());
    raw.push_back(nullptr);
    pid_ = fork();
    if (pid_ == 0) {
        dup2(pipe_ends[1], STDOUT_FILENO);
        execv(program.c_str(), raw.data());
        _exit(127);
    }
    close(pipe_ends[1]);
    std::string line;
    char byte = 0;
    while (read(pipe_ends[0], &byte, 1) == 1 && byte != '\n') line += byte;
    close(pipe_ends[0]);
    if (line.starts_with("listening on "))
        port_ = std::atoi(line.substr(line.rfind(':') + 1).c_str());
}

NodeProcess::~NodeProcess() {
    if (pid_ <= 0) return;
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
}

}  // namespace demo_node::replay
