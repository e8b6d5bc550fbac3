// A GuestJob's commands: the calls of ssh that they become, and what their output proves.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "guest/agent_words.h"
#include "base/escape.h"
#include "line/expand.h"
#include "guest/guest_job.h"
#include "json/json.h"

namespace proxmox {
namespace {

/// The line that a script reads, kept as a secret is.
Result<vault::Secret> line_of(std::string_view text) {
    return vault::Secret::filled(text.size() + 1,
                                 [text](std::span<char> place) -> Result<std::size_t> {
                                     std::ranges::copy(text, place.begin());
                                     place[text.size()] = '\n';
                                     return text.size() + 1;
                                 });
}

}  // namespace

std::string GuestJob::rehearsal() {
    std::string lines;
    for (const GuestCommand& each : run_.step.commands) {
        if (!each.needs.empty() && !record_.has(each.needs)) continue;
        const auto execution = execution_of(each, each.limit);
        if (!execution) continue;
        lines += "{\"command\":[";
        for (const std::string& word : execution->arguments) {
            if (!lines.ends_with('[')) lines += ',';
            json::write_string(lines, valid_utf8(word));
        }
        lines += "],\"stage\":";
        json::write_string(lines, each.stage);
        lines += "}\n";
    }
    return lines;
}

Result<Execution> GuestJob::execution_of(const GuestCommand& command, milliseconds limit) const {
    std::vector<std::string> words{"sh", "-c"};
    Execution execution{.limit = limit};
    const GuestOperands& operands = run_.operands;
    if (run_.step.uploads) {
        words.insert(words.end(),
                     {std::string(command.script), "upload", operands.words[1],
                      std::to_string(operands.file_size), std::string(record_["file_mode"])});
        execution.input_file = operands.words[0];
        // Its stdin does not end when we want it to; ssh's own end is what the guest sees.
        execution.stop_limit = {};
    } else {
        const bool has_line = command.wants_secret || !operands.input.empty();
        const std::string_view script = !run_.step.runs_operands ? command.script
                                        : has_line               ? decoding_script
                                                                 : R"("$@")";
        words.insert(words.end(), {std::string(scripts::guard), "guard", std::string(script),
                                   std::string(command.cleanup), has_line ? "1" : "0"});
        for (const std::string_view argument : command.arguments)
            words.push_back(expand_text(argument, record_));
        if (run_.step.runs_operands)
            words.insert(words.end(), operands.words.begin(), operands.words.end());
    }
    std::string encoded;
    if (!operands.input.empty()) encoded = base64_of(operands.input);
    if (command.wants_secret || !encoded.empty()) {
        auto line = line_of(command.wants_secret ? run_.secret.reveal() : encoded);
        if (!line) return std::unexpected(line.error());
        execution.input = std::move(*line);
    }
    execution.arguments = ssh_call(
        run_.ssh, record_, control_name_, longest_knock,
        (record_.has("vm_sudo") ? "exec sudo -n " : "exec ") + shell_line(words), Opens::no);
    return execution;
}

Outcome GuestJob::keep_host_keys() {
    const std::string file = known_hosts_file(run_.ssh, record_);
    if (!record_.has(run_.step.host_keys) || file.empty()) return {};
    std::string lines;
    std::string_view rest = record_[run_.step.host_keys];
    while (!rest.empty()) {
        const std::string_view key = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(key.size() + 1, rest.size()));
        lines += fmt::format("range42-vm-{} {}\n", record_["vm_uuid"], key);
    }
    return run_.remember_keys(file, lines);
}

}  // namespace proxmox
