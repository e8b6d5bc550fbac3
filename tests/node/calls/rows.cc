// How a VM, its configuration and a task look in an answer.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "calls/calls.h"

namespace demo_node {

namespace {

constexpr long memory_bytes = 64L << 20;
constexpr long disk_bytes = 1L << 30;

void add_pressures(JsonObject& row) {
    for (const std::string_view kind : {"cpu", "io", "memory"})
        for (const std::string_view share : {"full", "some"})
            row.raw(fmt::format("pressure{}{}", kind, share), "0");
}

void add_config_marks(JsonObject& row, const Vm& vm) {
    if (vm.config.has("tags")) row.text("tags", vm.config.get("tags"));
    if (!vm.lock().empty()) row.text("lock", vm.lock());
}

void add_usage(JsonObject& row, const Vm& vm) {
    for (const std::string_view key : {"cpu", "disk", "mem", "memhost", "netin", "netout"})
        row.raw(key, "0");
    row.number("maxdisk", vm.config.has("scsi0") ? disk_bytes : 0);
    row.number("maxmem", memory_bytes).number("uptime", vm.uptime());
}

std::string render_resource(Stage& stage, const Vm& vm) {
    JsonObject row;
    row.text("id", fmt::format("qemu/{}", vm.id)).number("vmid", vm.id);
    row.text("type", "qemu").text("node", vm.node);
    const ClusterNode* node = stage.cluster.node(vm.node);
    if (!node->online) return row.text("status", "unknown").str(stage.random);
    add_usage(row, vm);
    row.text("name", vm.name()).raw("maxcpu", "1").raw("diskread", "0").raw("diskwrite", "0");
    row.text("status", vm.paused ? "paused" : vm.running ? "running" : "stopped");
    row.raw("template", vm.is_template() ? "1" : "0");
    if (!vm.pool.empty()) row.text("pool", vm.pool);
    add_config_marks(row, vm);
    return row.str(stage.random);
}

}  // namespace

std::string vm_row(Stage& stage, const Vm& vm, VmDetail detail) {
    JsonObject row;
    add_usage(row, vm);
    row.number("vmid", vm.id).text("name", vm.name()).raw("cpus", "1");
    row.text("status", vm.running ? "running" : "stopped");
    add_config_marks(row, vm);
    if (vm.is_template()) row.raw("template", "1");
    if (vm.running) {
        row.number("pid", vm.pid);
        add_pressures(row);
        if (detail != VmDetail::list && vm.config.has("net0"))
            row.raw("nics", fmt::format(R"({{"tap{}i0":{{"netin":0,"netout":0}}}})", vm.id));
    }
    if (detail != VmDetail::list)
        row.text("qmpstatus", vm.paused ? "paused" : vm.running ? "running" : "stopped");
    if (detail == VmDetail::current)
        row.raw("ha", fmt::format(R"({{"managed":{}}})",
                                  stage.options.managed.contains(static_cast<int>(vm.id)) ? 1 : 0));
    return row.str(stage.random);
}

const std::string& list_row(Stage& stage, Vm& vm) {
    const long uptime = vm.uptime();
    if (vm.list_row.uptime != uptime) vm.list_row = {vm_row(stage, vm, VmDetail::list), uptime};
    return vm.list_row.text;
}

const std::string& resource_row(Stage& stage, Vm& vm) {
    const long uptime = vm.uptime();
    if (vm.resource_row.uptime != uptime) vm.resource_row = {render_resource(stage, vm), uptime};
    return vm.resource_row.text;
}

bool may_audit(const Call& call, long vmid) {
    return call.token.may("VM.Audit", "/vms") ||
           call.token.may("VM.Audit", fmt::format("/vms/{}", vmid));
}

std::string config_object(const Config& config, Random& random, std::string_view digest) {
    JsonObject object;
    for (const Config::Entry& entry : config.entries())
        object.raw(entry.key, entry.number ? entry.value : demo_node::quoted(entry.value));
    if (!digest.empty()) object.text("digest", digest);
    return object.str(random);
}

std::string task_row(const Task& task, Random& random, bool in_cluster_list) {
    JsonObject row;
    row.text("upid", task.upid).text("node", task.node).text("type", task.type);
    row.text("id", task.id).number("starttime", task.starttime);
    if (!in_cluster_list || task.running) row.number("pid", task.pid).number("pstart", task.pstart);
    if (task.running) {
        row.text("status", "RUNNING").text("user", task.user).text("saved", "0");
        return row.str(random);
    }
    const std::size_t mark = task.user.find('!');
    row.text("user", task.user.substr(0, mark)).text("tokenid", task.user.substr(mark + 1));
    row.number("endtime", task.endtime).text("status", task.exit_status);
    // Seen as both: a number until the index file is read again.
    if (in_cluster_list) row.raw("saved", random() % 2 == 0 ? "1" : "\"1\"");
    return row.str(random);
}

std::string no_config_file(const Call& call) {
    return fmt::format("Configuration file 'nodes/{}/qemu-server/{}.conf' does not exist",
                       call.node(), call.vmid());
}

std::string no_such_vm(const Call& call) {
    return fmt::format("unable to find configuration file for VM {} on node '{}'", call.vmid(),
                       call.node());
}

Answer die(std::string_view reason) { return failure(500, fmt::format("{}\n", reason)); }

Answer begin_task(Call& call, std::string_view type, Plan plan) {
    plan.node = call.node();
    plan.type = type;
    plan.vmid = call.vmid();
    plan.user = call.token.name;
    std::string upid = call.stage.tasks.start(std::move(plan));
    Answer answer = success(demo_node::quoted(upid));
    answer.upid = std::move(upid);
    return answer;
}

std::string locked_text(const Vm& vm, std::string_view except) {
    if (vm.lock().empty() || vm.lock() == except) return {};
    return fmt::format("VM is locked ({})", vm.lock());
}

}  // namespace demo_node
