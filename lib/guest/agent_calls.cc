// The calls of a guest agent: what they are given, and how they look to a person.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/agent_calls.h"

#include <fmt/format.h>

#include "base/escape.h"
#include "guest/agent_words.h"
#include "json/json.h"
#include "line/expand.h"
#include "line/parameters.h"

namespace proxmox {
namespace {

std::string quoted(std::string_view text) {
    std::string out;
    json::write_string(out, valid_utf8(text));
    return out;
}

std::string path_of(const Record& record, std::string_view call) {
    return expand_path("/nodes/{proxmox_node}/qemu/{vm_id}/agent", record).value_or("") + '/' +
           std::string(call);
}

Request call_of(const Record& record, std::string_view call, const std::vector<Sent>& parameters) {
    return {.method = Method::post,
            .path = path_of(record, call),
            .body = form_of(parameters).value_or(""),
            .limit = change_limit};
}

std::vector<Sent> command_of(const std::vector<std::string>& words) {
    std::vector<Sent> parameters;
    for (const std::string& word : words) parameters.push_back({"command", word});
    return parameters;
}

std::vector<std::string> words_of_program(const AgentRun& run, const Record& record) {
    if (!run.step.uploads) return through_shell(run.operands.words, is_plain(run.operands.input));
    std::vector<std::string> words{"sh",
                                   "-c",
                                   std::string(run.command().script),
                                   "upload",
                                   run.operands.words[1],
                                   std::to_string(run.operands.file_size),
                                   std::string(record["file_mode"])};
    for (std::size_t at = 0; at < run.pieces.size(); ++at) words.push_back(piece_name(run, at));
    return words;
}

}  // namespace

std::string piece_name(const AgentRun& run, std::size_t at) {
    return fmt::format("{}.range42-{}.{}", run.operands.words[1], run.token, at);
}

Request call_of_piece(const AgentRun& run, const Record& record, std::size_t at) {
    return call_of(record, "file-write",
                   {{"content", run.pieces[at]}, {"encode", "0"}, {"file", piece_name(run, at)}});
}

Request call_of_program(const AgentRun& run, const Record& record) {
    const std::string& input = run.operands.input;
    std::vector<Sent> parameters = command_of(words_of_program(run, record));
    if (!input.empty())
        parameters.push_back({"input-data", is_plain(input) ? input : base64_of(input)});
    return call_of(record, "exec", parameters);
}

Request call_of_words(const Record& record, const std::vector<std::string>& words) {
    return call_of(record, "exec", command_of(words));
}

Request call_of_status(const Record& record, std::int64_t process) {
    return {.path = fmt::format("{}?pid={}", path_of(record, "exec-status"), process)};
}

std::string calls_of_agent(const AgentRun& run, const Record& record) {
    std::string lines;
    for (std::size_t at = 0; at < run.pieces.size(); ++at)
        lines += fmt::format(R"({{"form":{{"encode":0,"file":{}}},"method":"POST","path":{}}})"
                             "\n",
                             quoted(piece_name(run, at)), quoted(path_of(record, "file-write")));
    std::string words;
    for (const std::string& word : words_of_program(run, record))
        words += fmt::format("{}{}", words.empty() ? "" : ",", quoted(word));
    return lines + fmt::format(R"({{"form":{{"command":[{}]}},"method":"POST","path":{}}})"
                               "\n",
                               words, quoted(path_of(record, "exec")));
}

}  // namespace proxmox
