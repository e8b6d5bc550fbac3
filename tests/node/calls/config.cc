// Calls that change a guest's configuration: at once, as a task, and the size of a disk.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "calls/calls.h"
#include "calls/creation.h"
#include "http/forms.h"
#include "model/config_keys.h"

namespace demo_node {

namespace {

/// Nobody but root, in person, may set these for a machine.
constexpr std::string_view keys_of_root[] = {"args", "lock"};

/// What is asked for, as "-memory 48 -delete name"; in the order of the keys.
std::string change_text(const GuestKind& kind, const Parameters& parameters) {
    std::vector<std::string> words;
    for (const Value& value : parameters.all())
        if (is_config_key(kind, value.name) || value.name == "delete" || value.name == "revert")
            words.push_back(fmt::format("-{} {}", value.name,
                                        value.name == "cipassword" ? "<hidden>" : value.text));
    std::ranges::sort(words);
    return fmt::format("{}", fmt::join(words, " "));
}

std::string key_of_root(const Call& call, const std::vector<std::string>& deleted) {
    if (call.kind != &machines) return {};
    for (const std::string_view key : keys_of_root)
        if (call.parameters.has(key) || std::ranges::find(deleted, key) != deleted.end())
            return fmt::format("only root can set '{}' config", key);
    return {};
}

/// What both forms of the call refuse before they change anything.
std::optional<Answer> refuse_change(const Call& call) {
    const Guest* guest = call.guest();
    const std::vector<std::string> deleted = split_list(call.parameters.text("delete"));
    if (change_text(*call.kind, call.parameters).empty() && !call.parameters.has_null())
        return die("no options specified");
    for (const std::string& key : deleted)
        if (!is_config_key(*call.kind, key))
            return refuse_parameter("delete", fmt::format("unknown option '{}'", key));
    if (const auto refused = key_of_root(call, deleted); !refused.empty()) return die(refused);
    if (!guest) return die(no_config_file(call));
    if (!call.got_lock)
        return die(fmt::format("can't lock file '{}' - got timeout",
                               ConfigLocks::path(*call.kind, call.vmid())));
    if (const auto locked = locked_text(*guest); !locked.empty()) return die(locked);
    const std::string digest = call.parameters.text("digest");
    if (!digest.empty() && digest != guest->config.digest()) return die(call.kind->digest_mismatch);
    return std::nullopt;
}

std::string change(Stage& stage, Guest& guest, const Parameters& parameters) {
    if (auto error = write_parameters(stage, guest, parameters); !error.empty()) return error;
    for (const std::string& key : split_list(parameters.text("delete"))) guest.config.erase(key);
    guest.touch();
    return {};
}

/// Bytes of "20G", "64M"; a bare number is bytes.
long bytes_of(std::string_view text) {
    constexpr std::string_view units = "KMGT";
    long bytes = std::strtol(std::string(text).c_str(), nullptr, 10);
    const std::size_t unit = text.empty() ? std::string_view::npos : units.find(text.back());
    for (std::size_t step = 0; unit != std::string_view::npos && step <= unit; ++step)
        bytes *= 1024;
    return bytes;
}

}  // namespace

Answer guest_config_put(Call& call) {
    if (auto refusal = refuse_change(call)) return std::move(*refusal);
    if (const auto error = change(call.stage, *call.guest(), call.parameters); !error.empty())
        return die(error);
    return success("null");
}

Answer guest_config_post(Call& call) {
    if (auto refusal = refuse_change(call)) return std::move(*refusal);
    Plan plan;
    const std::string title = fmt::format("update {} {}: {}", call.kind->noun, call.vmid(),
                                          change_text(*call.kind, call.parameters));
    plan.begin = [&stage = call.stage, title](Task& task) -> Plan::Duration {
        task.log.push_back(title);
        return stage.tasks.duration_ms(task.type);
    };
    plan.end = [&stage = call.stage, &kind = *call.kind, node = call.node(), id = call.vmid(),
                parameters = call.parameters](Task&) -> Plan::Status {
        Guest* guest = stage.cluster.guest(kind, node, id);
        if (!guest) return "OK";
        const std::string error = change(stage, *guest, parameters);
        if (!error.empty()) return std::unexpected(error);
        return "OK";
    };
    return guest_task(call, "config", std::move(plan));
}

Answer guest_resize(Call& call) {
    if (!call.guest()) return die(no_config_file(call));
    Plan plan;
    plan.begin = [&stage = call.stage](Task& task) -> Plan::Duration {
        return stage.tasks.duration_ms(task.type);
    };
    plan.end = [&stage = call.stage, &kind = *call.kind, node = call.node(), id = call.vmid(),
                disk = call.parameters.text("disk"),
                size = call.parameters.text("size")](Task& task) -> Plan::Status {
        constexpr long gigabyte = 1L << 30;
        Guest* guest = stage.cluster.guest(kind, node, id);
        const std::string value(guest ? guest->config.get(disk) : "");
        const std::size_t at = value.find("size=");
        if (at == std::string::npos)
            return std::unexpected(fmt::format("disk '{}' does not exist", disk));
        const long now = bytes_of(value.substr(at + 5, value.find(',', at) - at - 5));
        const bool grows = size.starts_with('+');
        const long wanted = grows ? now + bytes_of(size.substr(1)) : bytes_of(size);
        if (wanted < now) return std::unexpected("shrinking disks is not supported");
        guest->config.set(disk,
                          value.substr(0, at) + (wanted % gigabyte == 0
                                                     ? fmt::format("size={}G", wanted / gigabyte)
                                                     : fmt::format("size={}M", wanted >> 20)));
        guest->touch();
        task.log.emplace_back("Image resized.");
        return "OK";
    };
    return begin_task(call, "resize", std::move(plan));
}

}  // namespace demo_node
