// A GuestJob's commands: the calls of ssh that they become, and what their output proves.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "escape.h"
#include "expand.h"
#include "guest_job.h"
#include "json.h"

namespace proxmox {

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
    if (run_.step.uploads) {
        words.insert(words.end(),
                     {std::string(command.script), "upload", run_.operands[1],
                      std::to_string(run_.file_size), std::string(record_["file_mode"])});
        execution.input_file = run_.operands[0];
    } else {
        words.insert(words.end(),
                     {std::string(scripts::guard), "guard",
                      run_.step.runs_operands ? R"("$@")" : std::string(command.script),
                      std::string(command.cleanup), command.wants_secret ? "1" : "0"});
        for (const std::string_view argument : command.arguments)
            words.push_back(expand_text(argument, record_));
        if (run_.step.runs_operands)
            words.insert(words.end(), run_.operands.begin(), run_.operands.end());
    }
    if (command.wants_secret) {
        const std::string_view secret = run_.secret.reveal();
        auto input = vault::Secret::filled(secret.size() + 1,
                                           [secret](std::span<char> place) -> Result<std::size_t> {
                                               std::ranges::copy(secret, place.begin());
                                               place[secret.size()] = '\n';
                                               return secret.size() + 1;
                                           });
        if (!input) return std::unexpected(input.error());
        execution.input = std::move(*input);
    }
    execution.arguments =
        ssh_call(run_.ssh, record_, control_name_, longest_knock,
                 (record_.has("vm_sudo") ? "exec sudo -n " : "exec ") + shell_line(words));
    return execution;
}

bool GuestJob::take_proofs(const GuestCommand& command, const Executed& executed) {
    for (const std::string_view key : command.proofs) {
        std::string value;
        std::string_view rest = executed.output;
        while (!rest.empty()) {
            const std::string_view line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(std::min(line.size() + 1, rest.size()));
            if (line.size() <= key.size() || !line.starts_with(key) || line[key.size()] != ' ')
                continue;
            if (!value.empty()) value += '\n';
            value += line.substr(key.size() + 1);
        }
        if (value.empty()) return false;
        record_.set(key, value);
    }
    return true;
}

Outcome GuestJob::keep_host_keys() {
    const std::string file = known_hosts_file(run_.ssh, record_);
    if (run_.step.host_keys.empty() || file.empty()) return {};
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
