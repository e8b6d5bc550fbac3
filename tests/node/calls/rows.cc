// How a guest, its configuration and a task look in an answer.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "calls/calls.h"

namespace demo_node {

namespace {

constexpr long memory_bytes = 64L << 20;
constexpr long disk_bytes = 1L << 30;
constexpr long container_disk_bytes = 8L << 20;

void add_pressures(JsonObject& row) {
    for (const std::string_view kind : {"cpu", "io", "memory"})
        for (const std::string_view share : {"full", "some"})
            row.raw(fmt::format("pressure{}{}", kind, share), "0");
}

void add_config_marks(JsonObject& row, std::string_view tags, std::string_view lock) {
    if (!tags.empty()) row.text("tags", tags);
    if (!lock.empty()) row.text("lock", lock);
}

std::string ha_mark(const Stage& stage, const Guest& guest) {
    const bool is_managed = stage.options.managed.contains(static_cast<int>(guest.id));
    return fmt::format(R"({{"managed":{}}})", is_managed ? 1 : 0);
}

void add_usage(JsonObject& row, const Guest& guest, long uptime) {
    for (const std::string_view key : {"cpu", "disk", "mem", "netin", "netout"}) row.raw(key, "0");
    if (guest.kind == &containers) {
        row.raw("diskread", "0").raw("diskwrite", "0");
        row.number("maxdisk", container_disk_bytes);
    } else {
        row.raw("memhost", "0");
        row.number("maxdisk", guest.config.has("scsi0") ? disk_bytes : 0);
    }
    row.number("maxmem", memory_bytes).number("uptime", uptime);
}

long uptime_of(const Told& told) {
    if (!told.running) return 0;
    return std::chrono::floor<std::chrono::seconds>(Clock::now() - told.started).count();
}

std::string render_container(Stage& stage, const Guest& guest, GuestDetail detail) {
    JsonObject row;
    add_usage(row, guest, guest.uptime());
    row.number("vmid", guest.id).text("name", guest.name()).raw("cpus", "1").text("type", "lxc");
    row.raw("swap", "0").number("maxswap", 0);
    row.text("status", guest.running ? "running" : "stopped");
    add_config_marks(row, guest.config.get("tags"), guest.lock());
    if (guest.is_template()) row.raw("template", "1");
    if (guest.running) {
        row.number("pid", guest.pid);
        add_pressures(row);
    }
    if (detail == GuestDetail::current) row.raw("ha", ha_mark(stage, guest));
    return row.str(stage.random);
}

/// A cluster that is always up to date is told before anybody looks.
void tell_if_at_once(const Stage& stage, Guest& guest) {
    if (stage.options.stats_ms == 0) guest.tell();
}

/// Of one that nobody has told of yet it is known where it is, and no more.
std::string render_resource(Stage& stage, const Guest& guest) {
    JsonObject row;
    const std::string_view type = guest.kind->segment;
    row.text("id", fmt::format("{}/{}", type, guest.id)).number("vmid", guest.id);
    row.text("type", type).text("node", guest.node);
    if (!guest.pool.empty()) row.text("pool", guest.pool);
    const ClusterNode* node = stage.cluster.node(guest.node);
    if (!node->online || !guest.told) return row.text("status", "unknown").str(stage.random);
    const Told& told = *guest.told;
    add_usage(row, guest, uptime_of(told));
    row.text("name", told.name).raw("maxcpu", "1");
    if (guest.kind == &machines) row.raw("diskread", "0").raw("diskwrite", "0");
    row.text("status", told.paused ? "paused" : told.running ? "running" : "stopped");
    row.raw("template", told.is_template ? "1" : "0");
    add_config_marks(row, told.tags, told.lock);
    return row.str(stage.random);
}

}  // namespace

std::string guest_row(Stage& stage, const Guest& guest, GuestDetail detail) {
    if (guest.kind == &containers) return render_container(stage, guest, detail);
    JsonObject row;
    add_usage(row, guest, guest.uptime());
    row.number("vmid", guest.id).text("name", guest.name()).raw("cpus", "1");
    row.text("status", guest.running ? "running" : "stopped");
    add_config_marks(row, guest.config.get("tags"), guest.lock());
    if (guest.is_template()) row.raw("template", "1");
    if (guest.running) {
        row.number("pid", guest.pid);
        add_pressures(row);
        if (detail != GuestDetail::list && guest.config.has("net0"))
            row.raw("nics", fmt::format(R"({{"tap{}i0":{{"netin":0,"netout":0}}}})", guest.id));
    }
    if (detail != GuestDetail::list)
        row.text("qmpstatus", guest.paused ? "paused" : guest.running ? "running" : "stopped");
    if (detail == GuestDetail::current) row.raw("ha", ha_mark(stage, guest));
    return row.str(stage.random);
}

const std::string& list_row(Stage& stage, Guest& guest) {
    const long uptime = guest.uptime();
    if (guest.list_row.uptime != uptime)
        guest.list_row = {guest_row(stage, guest, GuestDetail::list), uptime};
    return guest.list_row.text;
}

const std::string& resource_row(Stage& stage, Guest& guest) {
    tell_if_at_once(stage, guest);
    const long uptime = guest.told ? uptime_of(*guest.told) : 0;
    if (guest.resource_row.uptime != uptime)
        guest.resource_row = {render_resource(stage, guest), uptime};
    return guest.resource_row.text;
}

std::string member_row(Stage& stage, Guest guest) {
    tell_if_at_once(stage, guest);
    guest.pool.clear();
    return render_resource(stage, guest);
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
    return fmt::format("Configuration file 'nodes/{}/{}/{}.conf' does not exist", call.node(),
                       call.kind->directory, call.vmid());
}

std::string no_such_guest(const Call& call) {
    return fmt::format("unable to find configuration file for {} {} on node '{}'", call.kind->noun,
                       call.vmid(), call.node());
}

Answer die(std::string_view reason) { return failure(500, fmt::format("{}\n", reason)); }

Answer begin_task(Call& call, std::string_view type, Plan plan) {
    plan.node = call.node();
    plan.type = type;
    plan.kind = call.kind;
    plan.vmid = call.vmid();
    if (plan.vmid != 0) plan.id = std::to_string(plan.vmid);
    plan.user = call.token.name;
    if (plan.node.empty()) plan.node = call.stage.options.node;
    if (call.worker_dies) {
        call.stage.tasks.bury(std::move(plan));
        return die("got no worker upid - start worker failed");
    }
    std::string upid = call.stage.tasks.start(std::move(plan));
    Answer answer = success(demo_node::quoted(upid));
    answer.upid = std::move(upid);
    return answer;
}

std::string task_type(const GuestKind& kind, std::string_view verb) {
    return fmt::format("{}{}", kind.task_prefix, verb);
}

Answer guest_task(Call& call, std::string_view verb, Plan plan) {
    return begin_task(call, task_type(*call.kind, verb), std::move(plan));
}

std::string locked_text(const Guest& guest, std::string_view except) {
    if (guest.lock().empty() || guest.lock() == except) return {};
    return fmt::format("{} is locked ({})", guest.kind->noun, guest.lock());
}

}  // namespace demo_node
