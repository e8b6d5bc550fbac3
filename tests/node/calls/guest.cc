// Calls that read guests, and the one that destroys them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "calls/calls.h"
#include "calls/creation.h"

namespace demo_node {

namespace {

std::string running_text(const Guest& guest) {
    return guest.kind == &containers
               ? fmt::format("unable to destroy CT {} - container is running", guest.id)
               : fmt::format("VM {} is running - destroy failed", guest.id);
}

std::string guest_path(const Call& call) {
    return fmt::format("/nodes/{}/{}/{}", call.node(), call.kind->segment, call.vmid());
}

}  // namespace

Answer guest_list(Call& call) {
    Stage& stage = call.stage;
    const std::string node = call.node();
    const bool full = call.parameters.flag("full");
    std::vector<const std::string*> rows;
    std::vector<std::string> full_rows;
    full_rows.reserve(full ? stage.cluster.guests.size() : 0);
    for (auto& [id, guest] : stage.cluster.guests) {
        if (guest.kind != call.kind || guest.node != node || !may_audit(call, id)) continue;
        if (full) full_rows.push_back(guest_row(stage, guest, GuestDetail::full));
        rows.push_back(full ? &full_rows.back() : &list_row(stage, guest));
    }
    std::ranges::shuffle(rows, stage.random);
    return success(array(rows));
}

Answer guest_index(Call&) {
    return success(R"([{"subdir":"config"},{"subdir":"status"},{"subdir":"snapshot"}])");
}

Answer guest_status_index(Call&) {
    return success(
        R"([{"subdir":"current"},{"subdir":"start"},{"subdir":"stop"},{"subdir":"reset"},)"
        R"({"subdir":"shutdown"},{"subdir":"suspend"},{"subdir":"reboot"}])");
}

Answer guest_current(Call& call) {
    const Guest* guest = call.guest();
    if (!guest) return die(no_config_file(call));
    return success(guest_row(call.stage, *guest, GuestDetail::current));
}

Answer guest_config(Call& call) {
    Guest* guest = call.guest();
    if (!guest) return die(no_config_file(call));
    const std::string name = call.parameters.text("snapshot");
    const std::string digest = guest->config.digest();
    if (name.empty()) return success(config_object(guest->config, call.stage.random, digest));
    const Snapshot* snapshot = guest->snapshot(name);
    if (!snapshot) return die(fmt::format("snapshot '{}' does not exist", name));
    return success(config_object(snapshot->config, call.stage.random, digest));
}

Answer guest_feature(Call& call) {
    const Guest* guest = call.guest();
    if (!guest) return die(no_config_file(call));
    JsonObject feature;
    feature.raw("hasFeature", takes_snapshots(call.stage, *guest) ? "1" : "0");
    if (call.kind == &containers) return success(feature.str(call.stage.random));
    return success(
        feature.raw("nodes", fmt::format("[\"{}\"]", guest->node)).str(call.stage.random));
}

Answer guest_destroy(Call& call) {
    Stage& stage = call.stage;
    const Guest* guest = call.guest();
    if (!guest) return die(no_config_file(call));
    if (guest->config.has("protection"))
        return die(fmt::format("can't remove {} {} - protection mode enabled", call.kind->noun,
                               guest->id));
    if (guest->running) return die(running_text(*guest));
    const std::string node = call.node();
    const long id = call.vmid();
    Plan plan;
    plan.begin = [&stage, &kind = *call.kind, node, id, missing = no_config_file(call),
                  purge = call.parameters.flag("purge")](Task& task) -> Plan::Duration {
        const Guest* target = stage.cluster.guest(kind, node, id);
        if (!target) return std::unexpected(missing);
        if (const auto locked = locked_text(*target); !locked.empty())
            return std::unexpected(locked);
        if (target->running) return std::unexpected(running_text(*target));
        if (purge)
            task.log.push_back(
                fmt::format("purging {} {} from related configurations..", kind.noun, id));
        return stage.tasks.duration_ms(task.type);
    };
    plan.end = [&stage, id, below = guest_path(call)](Task&) -> Plan::Status {
        const std::string base = fmt::format("/base-{}-disk-", id);
        for (const auto& [other, user] : stage.cluster.guests)
            for (const Config::Entry& entry : user.config.entries())
                if (const std::size_t at = entry.value.find(base);
                    other != id && at != std::string::npos)
                    return std::unexpected(
                        fmt::format("base volume '{}' is still in use by linked cloned",
                                    entry.value.substr(0, entry.value.find('/', at + 1))));
        stage.cluster.guests.erase(id);
        stage.objects.forget(below);
        return "OK";
    };
    return guest_task(call, "destroy", std::move(plan));
}

/// Here a change takes effect at once, so nothing is ever pending: the keys and their values.
Answer guest_pending(Call& call) {
    const Guest* guest = call.guest();
    if (!guest) return die(no_config_file(call));
    std::vector<std::string> rows;
    const auto add = [&](std::string_view key, const std::string& json) {
        JsonObject row;
        rows.push_back(row.text("key", key).raw("value", json).str(call.stage.random));
    };
    for (const Config::Entry& entry : guest->config.entries())
        add(entry.key, entry.number ? entry.value : quoted(entry.value));
    add("digest", quoted(guest->config.digest()));
    return success(array(rows));
}

/// The drive is written anew; what stands in it nobody sees here.
Answer guest_cloudinit(Call& call) {
    if (!call.guest()) return die(no_config_file(call));
    return success("null");
}

/// The addresses inside, as the node sees them itself; a container that is off has none to show.
Answer container_interfaces(Call& call) {
    const Guest* guest = call.guest();
    if (!guest) return die(no_config_file(call));
    if (!guest->running) return success("null");
    JsonObject loopback;
    loopback.text("name", "lo").text("hwaddr", "00:00:00:00:00:00").text("inet", "127.0.0.1/8");
    return success(fmt::format("[{}]", loopback.str(call.stage.random)));
}

}  // namespace demo_node
