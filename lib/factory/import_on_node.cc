// Imports that the API has no way to: the node's own qm does them, over the user's own ssh.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/import_on_node.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "base/shell.h"
#include "way/ssh_words.h"

namespace proxmox {
namespace {

constexpr int connect_limit_s = 10;

std::string qm_command(const Record& record) {
    std::vector<std::string> words{"qm",
                                   "set",
                                   std::string(record["vm_id"]),
                                   "--scsihw",
                                   "virtio-scsi-pci",
                                   "--scsi0",
                                   std::string(record["sent_disk"])};
    if (record.has("sent_drive"))
        words.insert(words.end(), {"--ide2", std::string(record["sent_drive"])});
    words.insert(words.end(), {"--boot", "order=scsi0", "--serial0", "socket", "--vga", "serial0"});
    std::string command = "exec";
    for (const std::string& word : words) command += fmt::format(" {}", shell_word(word));
    return marked(command);
}

/// The user's own configuration says who the node is, by which way, and what proves it.
Execution call_of(const Line& line, const std::string& ssh_name) {
    return {.arguments = {"ssh", "-T", "-o", "BatchMode=yes", "-o", "LogLevel=ERROR", "-o",
                          fmt::format("ConnectTimeout={}", connect_limit_s), "--", ssh_name,
                          qm_command(line.record)},
            .limit = line.run.wait};
}

void tell_change(Line& line, bool is_open) {
    line.stand.doing.change_is_open = line.stand.doing.reply_is_due = is_open;
}

}  // namespace

Way<OverSsh> import_on_node(Line& line, const std::string& ssh_name) {
    Doing& doing = line.stand.doing;
    doing.waits_for = "imports over ssh";
    doing.when_cut_short = fmt::format("{}: interrupted, qm set may run on {} (line {})",
                                       line.subject(), ssh_name, line.record.line_number());
    tell_change(line, true);
    Execute wanted{call_of(line, ssh_name)};
    const Executed executed = *co_await line.stand.told<Executed*>(std::move(wanted));
    const bool has_begun = executed.output.contains(begin_mark);
    const bool has_exited = executed.how == Executed::How::exited;
    const bool is_not_reached =
        !has_begun && (has_exited || executed.how == Executed::How::not_started);
    doing.has_changed = doing.has_changed || !is_not_reached;
    if (executed.how == Executed::How::interrupted)
        co_return ends_by({.sentence = doing.when_cut_short});
    tell_change(line, false);
    doing.when_cut_short.clear();
    std::string words = ssh_words(executed);
    if (is_not_reached) co_return OverSsh{OverSsh::How::not_reached, std::move(words)};
    if (!has_exited || executed.status == ssh_trouble_status)
        co_return OverSsh{OverSsh::How::unknown, std::move(words)};
    if (executed.status != 0)
        co_return ends_by(failure(line, Exit::line_failed,
                                  fmt::format("{}: qm set failed on {}", line.subject(), ssh_name),
                                  std::move(words)));
    co_return OverSsh{};
}

}  // namespace proxmox
