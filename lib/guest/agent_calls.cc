// An AgentJob's calls: what they are given, and how they look to a person.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "guest/agent_job.h"
#include "guest/agent_words.h"
#include "base/escape.h"
#include "line/expand.h"
#include "json/json.h"

namespace proxmox {
namespace {

std::string quoted(std::string_view text) {
    std::string out;
    json::write_string(out, valid_utf8(text));
    return out;
}

}  // namespace

std::string AgentJob::piece_name(std::size_t at) const {
    return fmt::format("{}.range42-{}.{}", run_.operands.words[1], run_.token, at);
}

std::string AgentJob::call_path(std::string_view call) const {
    return expand_path("/nodes/{proxmox_node}/qemu/{vm_id}/agent", record_).value_or("") + '/' +
           std::string(call);
}

AgentJob::Parameters AgentJob::command_of(const std::vector<std::string>& words) {
    Parameters parameters;
    for (const std::string& word : words) parameters.emplace_back("command", word);
    return parameters;
}

AgentJob::Parameters AgentJob::call_of_piece(std::size_t at) const {
    return {{"content", run_.pieces[at]}, {"encode", "0"}, {"file", piece_name(at)}};
}

AgentJob::Parameters AgentJob::call_of_program() const {
    std::vector<std::string> words = run_.operands.words;
    if (run_.step.uploads) {
        words = {"sh",
                 "-c",
                 std::string(run_.step.commands.begin()->script),
                 "upload",
                 run_.operands.words[1],
                 std::to_string(run_.operands.file_size),
                 std::string(record_["file_mode"])};
        for (std::size_t at = 0; at < run_.pieces.size(); ++at) words.push_back(piece_name(at));
    }
    const bool is_text = is_plain(run_.operands.input);
    if (!is_text) words = decoding_input(std::move(words));
    Parameters parameters = command_of(words);
    if (!run_.operands.input.empty())
        parameters.emplace_back("input-data",
                                is_text ? run_.operands.input : base64_of(run_.operands.input));
    return parameters;
}

std::string AgentJob::form_of(const Parameters& parameters) {
    std::string form;
    for (const auto& [key, value] : parameters)
        form += fmt::format("{}{}={}", form.empty() ? "" : "&", key, percent_encode(value));
    return form;
}

std::string AgentJob::rehearsal() {
    if (!record_.has("proxmox_node")) record_.set("proxmox_node", plan_.node);
    std::string lines;
    for (std::size_t at = 0; at < run_.pieces.size(); ++at)
        lines += fmt::format(R"({{"form":{{"encode":0,"file":{}}},"method":"POST","path":{}}})"
                             "\n",
                             quoted(piece_name(at)), quoted(call_path("file-write")));
    std::string words;
    for (const auto& [key, value] : call_of_program())
        if (key == "command") words += fmt::format("{}{}", words.empty() ? "" : ",", quoted(value));
    return lines + fmt::format(R"({{"form":{{"command":[{}]}},"method":"POST","path":{}}})"
                               "\n",
                               words, quoted(call_path("exec")));
}

}  // namespace proxmox
