// Calls that change a virtual machine's configuration: at once, as a task, and the size of a disk.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "calls/calls.h"
#include "calls/creation.h"
#include "model/config_keys.h"

namespace demo_node {

namespace {

std::vector<std::string> list_of(std::string_view text) {
    std::vector<std::string> names;
    while (!text.empty()) {
        const std::size_t end = text.find_first_of(",; ");
        if (end != 0) names.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return names;
}

/// What both forms of the call refuse before they change anything.
std::optional<Answer> refuse_change(const Call& call) {
    const Vm* vm = call.vm();
    if (!vm) return die(no_config_file(call));
    for (const std::string& key : list_of(call.parameters.text("delete")))
        if (!is_config_key(key))
            return refuse_parameter("delete", fmt::format("unknown option '{}'", key));
    if (!call.got_lock)
        return die(
            fmt::format("can't lock file '{}' - got timeout", ConfigLocks::path(call.vmid())));
    if (const auto locked = locked_text(*vm); !locked.empty()) return die(locked);
    const std::string digest = call.parameters.text("digest");
    if (!digest.empty() && digest != vm->config.digest())
        return die("checksum mismatch (file change by other user?)");
    return std::nullopt;
}

std::string change(Stage& stage, Vm& vm, const Parameters& parameters) {
    if (const auto error = write_parameters(stage, vm, parameters); !error.empty()) return error;
    for (const std::string& key : list_of(parameters.text("delete"))) vm.config.erase(key);
    vm.touch();
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

Answer vm_config_put(Call& call) {
    if (auto refusal = refuse_change(call)) return std::move(*refusal);
    if (const auto error = change(call.stage, *call.vm(), call.parameters); !error.empty())
        return die(error);
    return success("null");
}

Answer vm_config_post(Call& call) {
    if (auto refusal = refuse_change(call)) return std::move(*refusal);
    Plan plan;
    plan.begin = [&stage = call.stage](Task& task) -> Plan::Duration {
        return stage.tasks.duration_ms(task.type);
    };
    plan.end = [&stage = call.stage, node = call.node(), id = call.vmid(),
                parameters = call.parameters](Task&) -> Plan::Status {
        Vm* vm = stage.cluster.vm(node, id);
        if (!vm) return "OK";
        const std::string error = change(stage, *vm, parameters);
        if (!error.empty()) return std::unexpected(error);
        return "OK";
    };
    return begin_task(call, "qmconfig", std::move(plan));
}

Answer vm_resize(Call& call) {
    if (!call.vm()) return die(no_config_file(call));
    Plan plan;
    plan.begin = [&stage = call.stage](Task& task) -> Plan::Duration {
        return stage.tasks.duration_ms(task.type);
    };
    plan.end = [&stage = call.stage, node = call.node(), id = call.vmid(),
                disk = call.parameters.text("disk"),
                size = call.parameters.text("size")](Task& task) -> Plan::Status {
        constexpr long gigabyte = 1L << 30;
        Vm* vm = stage.cluster.vm(node, id);
        const std::string value(vm ? vm->config.get(disk) : "");
        const std::size_t at = value.find("size=");
        if (at == std::string::npos)
            return std::unexpected(fmt::format("disk '{}' does not exist", disk));
        const long now = bytes_of(value.substr(at + 5, value.find(',', at) - at - 5));
        const bool grows = size.starts_with('+');
        const long wanted = grows ? now + bytes_of(size.substr(1)) : bytes_of(size);
        if (wanted < now) return std::unexpected("shrinking disks is not supported");
        vm->config.set(disk, value.substr(0, at) + (wanted % gigabyte == 0
                                                        ? fmt::format("size={}G", wanted / gigabyte)
                                                        : fmt::format("size={}M", wanted >> 20)));
        vm->touch();
        task.log.emplace_back("Image resized.");
        return "OK";
    };
    return begin_task(call, "resize", std::move(plan));
}

}  // namespace demo_node
