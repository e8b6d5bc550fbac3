// What a program in a guest has said: its proofs, its last words, and what a record keeps of it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/guest_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "base/escape.h"
#include "guest/ssh.h"
#include "json/json.h"

namespace proxmox {
namespace {

/// So much of what a script said on stderr is shown: its end says most.
constexpr std::size_t shown_error_lines = 3;

}  // namespace

milliseconds limit_of(const Record& record, std::string_view key, milliseconds otherwise) {
    const auto number = json::integer_of(record[key]);
    return number && !key.empty() ? milliseconds(seconds(*number)) : otherwise;
}

std::string last_lines(std::string_view text) {
    while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
    std::size_t start = text.size();
    for (std::size_t lines = 0; lines < shown_error_lines && start != std::string_view::npos;
         ++lines)
        start = start == 0 ? std::string_view::npos : text.rfind('\n', start - 1);
    if (start != std::string_view::npos) text.remove_prefix(start + 1);
    std::string shown;
    for (const char byte : text) {
        if (byte == '\n')
            shown += " | ";
        else
            shown += byte;
    }
    return escape(shown);
}

std::string how_it_ended(const Executed& executed, milliseconds limit) {
    switch (executed.how) {
        case Executed::How::overdue:
            return fmt::format("not done after {} s, stopped",
                               std::chrono::ceil<seconds>(limit).count());
        case Executed::How::killed: return fmt::format("ssh died of signal {}", executed.status);
        case Executed::How::not_started:
            return fail_errno(Exit::line_failed, "ssh cannot be started", executed.status)
                .error()
                .message;
        case Executed::How::interrupted:
        case Executed::How::exited: break;
    }
    return fmt::format("status {}", executed.status);
}

std::string with_words(std::string how, std::string_view words) {
    const std::string said = last_lines(words);
    return said.empty() ? how : fmt::format("{}: {}", how, said);
}

bool has_told_end(const Executed& executed) {
    return executed.status != SIGTERM && executed.status != SIGKILL &&
           executed.status != ssh_trouble_status;
}

bool take_proofs(const GuestCommand& command, std::string_view output, Record& record) {
    for (const std::string_view key : command.proofs) {
        std::string value;
        std::string_view rest = output;
        while (!rest.empty()) {
            const std::string_view line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(std::min(line.size() + 1, rest.size()));
            if (line.size() <= key.size() || !line.starts_with(key) || line[key.size()] != ' ')
                continue;
            if (!value.empty()) value += '\n';
            value += line.substr(key.size() + 1);
        }
        if (value.empty()) return false;
        record.set(key, valid_utf8(value));
    }
    return true;
}

void keep_result(const Executed& executed, Line& line) {
    Record& record = line.record;
    record.set("run_status", std::to_string(executed.status));
    record.set("run_output", valid_utf8(executed.output));
    record.set("run_errors", valid_utf8(executed.errors));
    if (executed.was_cut) record.set("run_output_cut", "true");
    if (executed.status == 0) return;
    line.exit = Exit::line_failed;
    line.note(fmt::format("{}: ended with status {} (line {})", line.stand.doing.subject,
                          executed.status, record.line_number()));
}

}  // namespace proxmox
