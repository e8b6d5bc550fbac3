// The system's ssh: how it is called, what a shell makes of words, and what ssh's troubles mean.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/ssh.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace proxmox {
namespace {

using std::chrono::seconds;

struct TroubleText {
    std::string_view text;
    SshTrouble trouble;
};

/// OpenSSH's words, which no locale changes, in the order in which they decide.
constexpr std::array trouble_texts{
    TroubleText{"Host key verification failed", SshTrouble::identity},
    TroubleText{"HOST IDENTIFICATION HAS CHANGED", SshTrouble::identity},
    TroubleText{"Could not resolve hostname", SshTrouble::name},
    TroubleText{"banner exchange", SshTrouble::banner},
    TroubleText{"kex_exchange_identification", SshTrouble::banner},
    TroubleText{"ssh: connect to host", SshTrouble::port},
    TroubleText{"Permission denied", SshTrouble::login},
    TroubleText{"Too many authentication failures", SshTrouble::login},
    TroubleText{"Connection closed by", SshTrouble::banner},
    TroubleText{"Connection reset by", SshTrouble::banner},
};

/// A file's name where ssh would replace %h and the like.
std::string literal_name(std::string_view path) {
    std::string name;
    for (const char byte : path) name.append(byte == '%' ? 2 : 1, byte);
    return name;
}

}  // namespace

std::string shell_line(std::span<const std::string> words) {
    std::string line;
    for (const std::string& word : words) {
        if (!line.empty()) line += ' ';
        line += shell_quoted(word);
    }
    return line;
}

std::string known_hosts_file(const SshPlace& place, const Record& record) {
    if (!record.has("vm_uuid") || place.known_hosts_directory.empty()) return {};
    return fmt::format("{}/{}", place.known_hosts_directory, record["vm_uuid"]);
}

std::vector<std::string> ssh_call(const SshPlace& place, const Record& record,
                                  std::string_view control_name, milliseconds connect_limit,
                                  std::string_view remote_line, Opens opens) {
    const auto connect_limit_s = std::chrono::ceil<seconds>(connect_limit).count();
    std::vector<std::string> call{"ssh", "-F", place.configuration, "-T"};
    const auto set = [&call](std::string option) {
        call.emplace_back("-o");
        call.push_back(std::move(option));
    };
    set("BatchMode=yes");
    set("LogLevel=ERROR");
    set(fmt::format("ConnectTimeout={}", std::max<std::int64_t>(connect_limit_s, 1)));
    set(fmt::format("ControlPath={}/{}", place.control_directory, control_name));
    set("ControlMaster=auto");
    set(fmt::format("ControlPersist={}", control_persist_s));
    if (opens == Opens::no) set("ProxyCommand=false");
    if (const std::string file = known_hosts_file(place, record); !file.empty()) {
        // An address is lent to one machine after the other: the key belongs to the machine.
        set(fmt::format("HostKeyAlias=range42-vm-{}", record["vm_uuid"]));
        set(known_hosts_option(std::array{file}));
    }
    if (record.has("vm_ssh_port")) set(fmt::format("Port={}", record["vm_ssh_port"]));
    if (record.has("vm_user")) set(fmt::format("User={}", record["vm_user"]));
    call.emplace_back("--");
    // A name of the user's own configuration may lead there by another host, and as whom.
    call.emplace_back(record[record.has("vm_ssh_name") ? "vm_ssh_name" : "vm_ip"]);
    call.push_back(marked(remote_line));
    return call;
}

std::vector<std::string> overruled(std::vector<std::string> call, std::string_view option) {
    // Of several the first holds.
    call.insert(call.begin() + 1, {"-o", std::string(option)});
    return call;
}

std::vector<std::string> question_of(std::vector<std::string> call) {
    call.insert(call.begin() + 1, "-G");
    return call;
}

bool takes_any_key(std::string_view options) {
    constexpr std::string_view name = "\nstricthostkeychecking ";
    const std::size_t at = options.find(name);
    // What says nothing may say anything.
    if (at == std::string_view::npos) return true;
    options.remove_prefix(at + name.size());
    const std::string_view value = options.substr(0, options.find('\n'));
    return value != "true" && value != "yes" && value != "ask" && value != "accept-new";
}

std::string fresh_keys_file(const SshPlace& place, std::string_view control_name) {
    return fmt::format("{}/{}{}", place.control_directory, control_name, fresh_keys_suffix);
}

std::string known_hosts_option(std::span<const std::string> files) {
    std::string option = "UserKnownHostsFile=";
    for (const std::string& file : files)
        option += fmt::format("{}\"{}\"", option.ends_with('=') ? "" : " ", literal_name(file));
    return option;
}

bool found_no_connection(const Executed& executed, SshTrouble trouble) {
    // After it has spoken to the one that is shared, it is too late to know.
    return trouble == SshTrouble::banner && !executed.errors.contains("mux_client");
}

SshTrouble take_marks(Executed& executed) {
    const std::size_t begin = executed.output.find(begin_mark);
    const bool has_begun = begin != std::string::npos;
    if (has_begun) executed.output.erase(0, begin + begin_mark.size());
    const bool has_ended = has_begun && executed.errors.ends_with(own_status_mark);
    if (has_ended) executed.errors.resize(executed.errors.size() - own_status_mark.size());
    if (executed.how != Executed::How::exited) return SshTrouble::none;
    // Not even a shell of the user's: what came is its words, or those of what took its place.
    if (executed.status != ssh_trouble_status)
        return has_begun ? SshTrouble::none : SshTrouble::login;
    if (has_begun) return has_ended ? SshTrouble::none : SshTrouble::lost;
    for (const auto& [text, trouble] : trouble_texts)
        if (executed.errors.contains(text)) return trouble;
    return SshTrouble::lost;
}

}  // namespace proxmox
