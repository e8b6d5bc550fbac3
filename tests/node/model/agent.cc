// The agent in a guest, as it is played: programs that are never run, files that are remembered.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/agent.h"

#include <fmt/format.h>
#include <sysexits.h>

#include <csignal>
#include <cstdlib>
#include <utility>

namespace demo_node {

namespace {

constexpr std::string_view missing_program = "no-such-program";
/// sh -c SCRIPT sh PROGRAM..., where the script runs what follows and nothing else.
constexpr std::size_t shell_script = 2, shell_words = 4;
constexpr std::string_view running_end = R"(exec "$@" ;; esac)";
constexpr int not_found_status = 127;
/// sh -c SCRIPT upload TARGET SIZE MODE PIECE...
constexpr std::size_t upload_name = 3, upload_target = 4, upload_size = 5, first_piece = 7;

}  // namespace

std::optional<long> Agent::run(std::vector<std::string> words, const std::string& input) {
    if (words.empty() || words[0] == missing_program) return std::nullopt;
    const bool is_in_shell = words.size() > shell_words && words[0] == "sh" &&
                             words[shell_script].ends_with(running_end);
    if (is_in_shell) words.erase(words.begin(), words.begin() + shell_words);
    AgentProgram program{.words = std::move(words), .ends = Clock::now()};
    if (is_in_shell && program.words[0] == missing_program) {
        program.status = not_found_status;
        program.errors = fmt::format("sh: 1: exec: {}: not found\n", missing_program);
    } else {
        play(program, input);
    }
    programs_.emplace(++last_process_, std::move(program));
    return last_process_;
}

void Agent::play(AgentProgram& program, const std::string& input) {
    const std::vector<std::string>& words = program.words;
    const std::string& name = words[0];
    if (name == "false") {
        program.status = 1;
    } else if (name == "sleep" && words.size() > 1) {
        program.ends += std::chrono::seconds(std::atol(words[1].c_str()));
    } else if (name == "kill" && words.size() > 2) {
        const auto other = programs_.find(std::atol(words[2].c_str()));
        program.status = other == programs_.end() ? 1 : 0;
        if (other != programs_.end()) {
            other->second.signal = SIGTERM;
            other->second.ends = Clock::now();
        }
    } else if (name == "rm") {
        for (const std::string& word : words) files_.erase(word);
    } else if (words.size() > first_piece && words[upload_name] == "upload") {
        program.status = upload(words, program.output);
    } else {
        for (const std::string& word : words) program.output += word + '\n';
        program.output += input;
    }
}

int Agent::upload(const std::vector<std::string>& words, std::string& output) {
    std::string content;
    for (std::size_t at = first_piece; at < words.size(); ++at)
        if (const auto piece = files_.extract(words[at])) content += piece.mapped();
    if (content.size() != std::strtoul(words[upload_size].c_str(), nullptr, 10)) return EX_IOERR;
    files_[words[upload_target]] = std::move(content);
    output = "uploaded " + words[upload_target] + '\n';
    return 0;
}

AgentProgram* Agent::look(long process) {
    const auto found = programs_.find(process);
    return found == programs_.end() ? nullptr : &found->second;
}

const std::string* Agent::read(const std::string& file) const {
    const auto found = files_.find(file);
    return found == files_.end() ? nullptr : &found->second;
}

}  // namespace demo_node
