// Calls that read virtual machines, and the one that destroys them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "calls/calls.h"

namespace demo_node {

Answer vm_list(Call& call) {
    Stage& stage = call.stage;
    const std::string node = call.node();
    const bool full = call.parameters.flag("full");
    std::vector<const std::string*> rows;
    std::vector<std::string> full_rows;
    full_rows.reserve(full ? stage.cluster.vms.size() : 0);
    for (auto& [id, vm] : stage.cluster.vms) {
        if (vm.node != node || !may_audit(call, id)) continue;
        if (full) full_rows.push_back(vm_row(stage, vm, VmDetail::full));
        rows.push_back(full ? &full_rows.back() : &list_row(stage, vm));
    }
    std::ranges::shuffle(rows, stage.random);
    return success(array(rows));
}

Answer vm_index(Call&) {
    return success(R"([{"subdir":"config"},{"subdir":"status"},{"subdir":"snapshot"}])");
}

Answer vm_status_index(Call&) {
    return success(
        R"([{"subdir":"current"},{"subdir":"start"},{"subdir":"stop"},{"subdir":"reset"},)"
        R"({"subdir":"shutdown"},{"subdir":"suspend"},{"subdir":"reboot"}])");
}

Answer vm_current(Call& call) {
    const Vm* vm = call.vm();
    if (!vm) return die(no_config_file(call));
    return success(vm_row(call.stage, *vm, VmDetail::current));
}

Answer vm_config(Call& call) {
    Vm* vm = call.vm();
    if (!vm) return die(no_config_file(call));
    const std::string name = call.parameters.text("snapshot");
    const std::string digest = vm->config.digest();
    if (name.empty()) return success(config_object(vm->config, call.stage.random, digest));
    const Snapshot* snapshot = vm->snapshot(name);
    if (!snapshot) return die(fmt::format("snapshot '{}' does not exist", name));
    return success(config_object(snapshot->config, call.stage.random, digest));
}

/// qcow2 takes snapshots itself; what else there is on a dir or an LVM does not.
Answer vm_feature(Call& call) {
    const Vm* vm = call.vm();
    if (!vm) return die(no_config_file(call));
    const bool is_able = std::ranges::none_of(vm->config.entries(), [](const auto& entry) {
        return entry.value.find("-disk-") != std::string::npos &&
               entry.value.find(".qcow2") == std::string::npos;
    });
    JsonObject feature;
    feature.raw("hasFeature", is_able ? "1" : "0");
    return success(feature.raw("nodes", fmt::format("[\"{}\"]", vm->node)).str(call.stage.random));
}

Answer vm_destroy(Call& call) {
    Stage& stage = call.stage;
    const Vm* vm = call.vm();
    if (!vm) return die(no_config_file(call));
    if (vm->config.has("protection"))
        return die(fmt::format("can't remove VM {} - protection mode enabled", vm->id));
    if (vm->running) return die(fmt::format("VM {} is running - destroy failed", vm->id));
    const std::string node = call.node();
    const long id = call.vmid();
    Plan plan;
    plan.begin = [&stage, node, id, missing = no_config_file(call),
                  purge = call.parameters.flag("purge")](Task& task) -> Plan::Duration {
        const Vm* target = stage.cluster.vm(node, id);
        if (!target) return std::unexpected(missing);
        if (const auto locked = locked_text(*target); !locked.empty())
            return std::unexpected(locked);
        if (target->running)
            return std::unexpected(fmt::format("VM {} is running - destroy failed", id));
        if (purge)
            task.log.push_back(fmt::format("purging VM {} from related configurations..", id));
        return stage.tasks.duration_ms(task.type);
    };
    plan.end = [&stage, id](Task&) -> Plan::Status {
        const std::string base = fmt::format("/base-{}-disk-", id);
        for (const auto& [other, user] : stage.cluster.vms)
            for (const Config::Entry& entry : user.config.entries())
                if (const std::size_t at = entry.value.find(base);
                    other != id && at != std::string::npos)
                    return std::unexpected(
                        fmt::format("base volume '{}' is still in use by linked cloned",
                                    entry.value.substr(0, entry.value.find('/', at + 1))));
        stage.cluster.vms.erase(id);
        return "OK";
    };
    return begin_task(call, "qmdestroy", std::move(plan));
}

}  // namespace demo_node
