// A rehearsal: one run of a tool against a stand-in node of its own, and what both say of it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rehearsal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>

namespace faults {
namespace {

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

void open_as(int descriptor, const std::string& path, int flags) {
    const int opened = open(path.c_str(), flags | O_CLOEXEC, 0600);
    if (opened >= 0) dup2(opened, descriptor);
}

std::vector<std::string> environment_for(const Place& place, const Setting& setting) {
    std::vector<std::string> all{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"};
    std::ifstream file(place.path("workspace/env.sh"));
    constexpr std::string_view exporting = "export ";
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with(exporting)) continue;
        line.erase(0, exporting.size());
        std::erase_if(line, [](char byte) { return byte == '\'' || byte == '"'; });
        all.push_back(line);
    }
    for (const std::string& word : setting.environment) {
        const std::string name = word.substr(0, word.find('=')) + '=';
        std::erase_if(all, [&name](const std::string& other) { return other.starts_with(name); });
        if (word.find('=') != std::string::npos) all.push_back(word);
    }
    return all;
}

}  // namespace

/// The build directory: a test stands in DIR/tests/TOPIC.
std::string built(std::string_view name) {
    std::error_code unknown;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", unknown);
    return self.parent_path().parent_path().parent_path() / name;
}

Place::Place() {
    std::string pattern = std::filesystem::temp_directory_path() / "range42-faults-XXXXXX";
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
}

std::string canary_path() { return built("tests/canary"); }

std::string canary() { return lines_of(read_file(canary_path())).front(); }

Place::~Place() {
    // One search for all kinds of tests: the script's.
    const std::string command =
        fmt::format("BUILD_DIR='{}' '{}' '{}' >'{}.found'", built(""), FIND_TOKEN, path_, path_);
    EXPECT_EQ(std::system(command.c_str()), 0) << read_file(path_ + ".found");
    std::error_code ignored;
    std::filesystem::remove(path_ + ".found", ignored);
    std::filesystem::remove_all(path_, ignored);
}

Node::Node(const Place& place, const std::vector<std::string>& options) {
    const std::string program = built("tests/node/range42-demo-node");
    std::vector<std::string> words{program,       "--exit-with-parent", "--secret-file",
                                   canary_path(), "--workspace",        place.path("workspace"),
                                   "--log",       place.path("log")};
    words.insert(words.end(), options.begin(), options.end());
    std::vector<char*> raw = pointers_to(words);
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return;
    std::filesystem::create_directory(place.path("workspace"));
    pid_ = fork();
    if (pid_ == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execv(program.c_str(), raw.data());
        _exit(127);
    }
    close(ends[1]);
    std::string line;
    char byte = 0;
    while (read(ends[0], &byte, 1) == 1 && byte != '\n') line += byte;
    close(ends[0]);
    is_up_ = line.starts_with("listening on ");
    port_ = std::atoi(line.c_str() + line.rfind(':') + 1);
}

Node::~Node() { stop(); }

void Node::stop() {
    if (pid_ <= 0) return;
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

int Run::exit_code() const { return WIFEXITED(status) ? WEXITSTATUS(status) : -1; }

bool Run::died_of_signal() const { return WIFSIGNALED(status); }

Run run_tool(const Place& place, const Setting& setting, int limit_s) {
    std::ofstream(place.path(setting.label + "in")) << setting.input;
    std::vector<std::string> words{built("tools/") + setting.program};
    words.insert(words.end(), setting.arguments.begin(), setting.arguments.end());
    std::vector<std::string> variables = environment_for(place, setting);
    std::vector<char*> raw_words = pointers_to(words);
    std::vector<char*> raw_variables = pointers_to(variables);
    const auto own = [&](std::string_view name) {
        return place.path(setting.label + std::string(name));
    };
    const std::string input = setting.input_path.empty() ? own("in") : setting.input_path;
    const std::string output = setting.output_path.empty() ? own("out") : setting.output_path;
    const std::string traces = own("err");
    const pid_t pid = fork();
    if (pid == 0) {
        open_as(STDIN_FILENO, input, O_RDONLY);
        open_as(STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC | setting.output_flags);
        open_as(STDERR_FILENO, traces, O_WRONLY | O_CREAT | O_TRUNC);
        for (const char digit : setting.closed) close(digit - '0');
        alarm(static_cast<unsigned>(limit_s));
        for (const auto& [resource, value] : setting.limits) {
            const rlimit limit{value, value};
            setrlimit(static_cast<__rlimit_resource>(resource), &limit);
        }
        execve(raw_words[0], raw_words.data(), raw_variables.data());
        _exit(127);
    }
    Run run;
    rusage used{};
    wait4(pid, &run.status, 0, &used);
    run.peak_kib = used.ru_maxrss;
    run.output = read_file(own("out"));
    run.traces = read_file(traces);
    return run;
}

std::vector<Seen> seen_requests(const Place& place) {
    std::vector<Seen> all;
    for (const std::string& line : lines_of(read_file(place.path("log")))) {
        const auto document = parsed(line);
        if (!document) continue;
        const auto row = document->root();
        all.push_back({.method = std::string(row["method"].text()),
                       .path = std::string(row["path"].text()),
                       .vm_id = static_cast<long>(row["vmid"].integer().value_or(0)),
                       .code = static_cast<int>(row["code"].integer().value_or(0)),
                       .body = std::string(row["body"].text()),
                       .has_upid = row["upid"].exists(),
                       .has_fault = row["fault"].exists()});
    }
    return all;
}

proxmox::Result<proxmox::json::Document> parsed(std::string_view line) {
    static std::mutex reading;
    const std::scoped_lock lock(reading);
    return proxmox::json::Document::parse(line);
}

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

bool is_harmless(std::string_view text) {
    constexpr std::string_view colours[] = {"\x1b[0;33m", "\x1b[0m"};
    while (!text.empty()) {
        bool is_colour = false;
        for (const std::string_view colour : colours) {
            if (!text.starts_with(colour)) continue;
            text.remove_prefix(colour.size());
            is_colour = true;
        }
        if (is_colour) continue;
        const auto byte = static_cast<unsigned char>(text.front());
        if ((byte < ' ' && byte != '\n') || byte == 0x7f) return false;
        text.remove_prefix(1);
    }
    return true;
}

}  // namespace faults
