// A step's commands: the calls of ssh that they become, and the host keys that they prove.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/guest_command.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/escape.h"
#include "guest/agent_words.h"
#include "json/json.h"
#include "line/expand.h"

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

Result<Execution> execution_of(const GuestRun& run, const Record& record,
                               std::string_view control_name, const GuestCommand& command,
                               milliseconds limit) {
    std::vector<std::string> words{"sh", "-c"};
    Execution execution{.limit = limit};
    const GuestOperands& operands = run.operands;
    if (run.step.uploads) {
        words.insert(words.end(),
                     {std::string(command.script), "upload", operands.words[1],
                      std::to_string(operands.file_size), std::string(record["file_mode"])});
        execution.input_file = operands.words[0];
        // Its stdin does not end when we want it to; ssh's own end is what the guest sees.
        execution.stop_limit = {};
    } else {
        const bool has_line = command.wants_secret || !operands.input.empty();
        const std::string_view script = !run.step.runs_operands ? command.script
                                        : has_line              ? decoding_script
                                                                : R"("$@")";
        words.insert(words.end(), {std::string(scripts::guard), "guard", std::string(script),
                                   std::string(command.cleanup), has_line ? "1" : "0"});
        for (const std::string_view argument : command.arguments)
            words.push_back(expand_text(argument, record));
        if (run.step.runs_operands)
            words.insert(words.end(), operands.words.begin(), operands.words.end());
    }
    std::string encoded;
    if (!operands.input.empty()) encoded = base64_of(operands.input);
    if (command.wants_secret || !encoded.empty()) {
        auto line = line_of(command.wants_secret ? run.secret.reveal() : encoded);
        if (!line) return std::unexpected(line.error());
        execution.input = std::move(*line);
    }
    const std::string_view shell = record.has("vm_sudo") ? "exec sudo -n " : "exec ";
    execution.arguments = ssh_call(run.ssh, record, control_name, longest_knock,
                                   fmt::format("{}{}", shell, shell_line(words)), Opens::no);
    return execution;
}

std::string calls_of_step(const GuestRun& run, const Record& record,
                          std::string_view control_name) {
    std::string lines;
    for (const GuestCommand& command : run.step.commands) {
        if (!command.needs.empty() && !record.has(command.needs)) continue;
        const auto execution = execution_of(run, record, control_name, command, command.limit);
        if (!execution) continue;
        lines += "{\"command\":[";
        for (const std::string& word : execution->arguments) {
            if (!lines.ends_with('[')) lines += ',';
            json::write_string(lines, valid_utf8(word));
        }
        lines += "],\"stage\":";
        json::write_string(lines, command.stage);
        lines += "}\n";
    }
    return lines;
}

Outcome forget_host_keys(const GuestRun& run, const Record& record) {
    const std::string file = known_hosts_file(run.ssh, record);
    if (!record.has(run.step.forgets_key) || file.empty()) return {};
    return run.host_keys.keep(file, {});
}

Outcome remember_host_keys(const GuestRun& run, const Record& record) {
    const std::string file = known_hosts_file(run.ssh, record);
    if (!record.has(run.step.host_keys) || file.empty()) return {};
    std::string lines;
    std::string_view rest = record[run.step.host_keys];
    while (!rest.empty()) {
        const std::string_view key = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(key.size() + 1, rest.size()));
        lines += fmt::format("range42-vm-{} {}\n", record["vm_uuid"], key);
    }
    return run.host_keys.keep(file, lines);
}

}  // namespace proxmox
