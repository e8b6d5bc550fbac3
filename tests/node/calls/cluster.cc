// Calls about the whole: version, nodes, cluster, storage, permissions.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "calls/calls.h"

namespace demo_node {

namespace {

constexpr long total_memory = 25'276'514'304;
constexpr long used_memory = 1'145'069'568;
constexpr long total_disk = 270'553'174'016;
constexpr long used_disk = 22'720'827'392;
constexpr std::string_view version_number = "9.2.11";

long uptime(const Stage& stage) {
    return std::chrono::floor<std::chrono::seconds>(Clock::now() - stage.booted).count();
}

std::string node_path(const std::string& name) { return "/nodes/" + name; }

void add_node_usage(JsonObject& row, const Stage& stage) {
    row.raw("cpu", "0.0421").raw("maxcpu", "2").number("uptime", uptime(stage));
    row.number("mem", used_memory).number("maxmem", total_memory);
    row.number("disk", used_disk).number("maxdisk", total_disk);
}

std::string node_resource(Call& call, const ClusterNode& node) {
    JsonObject row;
    row.text("id", "node/" + node.name).text("type", "node").text("node", node.name);
    row.text("status", node.online ? "online" : "offline");
    if (node.online && call.token.may("Sys.Audit", node_path(node.name))) {
        row.text("level", "").raw("cgroup-mode", "2");
        add_node_usage(row, call.stage);
    }
    return row.str(call.stage.random);
}

std::string storage_resource(Call& call, const ClusterNode& node, const Item& storage) {
    JsonObject row;
    row.text("id", fmt::format("storage/{}/{}", node.name, storage.key)).text("type", "storage");
    row.text("node", node.name).text("storage", storage.key);
    row.text("plugintype", storage.values.get("type"));
    row.text("content", storage.values.get("content")).raw("shared", "0");
    row.text("status", node.online ? "available" : "unknown");
    row.number("disk", used_disk).number("maxdisk", total_disk);
    return row.str(call.stage.random);
}

std::string network_resource(Call& call, const ClusterNode& node) {
    JsonObject row;
    row.text("id", fmt::format("network/{}/zone/localnetwork", node.name));
    row.text("network", "localnetwork").text("network-type", "zone").text("type", "network");
    row.text("node", node.name).text("status", "ok");
    return row.str(call.stage.random);
}

}  // namespace

Answer version(Call& call) {
    JsonObject object;
    object.text("release", "9.2").text("version", version_number);
    object.text("repoid", "14a22df35955d97d");
    return success(object.str(call.stage.random));
}

Answer api_index(Call&) {
    return success(R"([{"subdir":"version"},{"subdir":"cluster"},{"subdir":"nodes"},)"
                   R"({"subdir":"storage"},{"subdir":"access"},{"subdir":"pools"}])");
}

Answer node_list(Call& call) {
    std::vector<std::string> rows;
    for (const ClusterNode& node : call.stage.cluster.nodes) {
        JsonObject row;
        row.text("id", "node/" + node.name).text("type", "node").text("node", node.name);
        row.text("status", node.online ? "online" : "offline").text("level", "");
        row.text("ssl_fingerprint", call.stage.fingerprint);
        if (node.online && call.token.may("Sys.Audit", node_path(node.name)))
            add_node_usage(row, call.stage);
        rows.push_back(row.str(call.stage.random));
    }
    std::ranges::shuffle(rows, call.stage.random);
    return success(array(rows));
}

Answer node_status(Call& call) {
    Random& random = call.stage.random;
    JsonObject status;
    status.raw("cpu", "0.0421").number("uptime", uptime(call.stage));
    status.text("pveversion", fmt::format("pve-manager/{}/14a22df35955d97d", version_number));
    status.raw("loadavg", R"(["0.11","0.05","0.01"])").raw("boot-info", R"({"mode":"efi"})");
    status.raw("cpuinfo",
               R"({"cores":2,"cpus":2,"sockets":1,"model":"stand-in","family":"1","flags":"fpu",)"
               R"("hvm":"","mhz":"2000.000","user_hz":100,"vendor":"stand-in"})");
    status.raw("idle", "0").raw("wait", "0").raw("ksm", R"({"shared":0})");
    status.raw("swap", R"({"total":0,"used":0,"free":0})");
    status.text("kversion", "Linux 6.14.0 #1 SMP");
    status.raw("current-kernel",
               R"({"machine":"x86_64","release":"6.14.0","sysname":"Linux","version":"#1 SMP"})");
    JsonObject memory;
    memory.number("total", total_memory).number("used", used_memory);
    memory.number("free", total_memory - used_memory);
    memory.number("available", total_memory - used_memory);
    JsonObject disk;
    disk.number("total", total_disk).number("used", used_disk);
    disk.number("free", total_disk - used_disk).number("avail", total_disk - used_disk);
    status.raw("memory", memory.str(random)).raw("rootfs", disk.str(random));
    return success(status.str(random));
}

Answer cluster_resources(Call& call) {
    Stage& stage = call.stage;
    const std::string type = call.parameters.text("type");
    const auto wanted = [&](std::string_view kind) { return type.empty() || type == kind; };
    std::vector<const std::string*> rows;
    if (wanted("vm"))
        for (auto& [id, guest] : stage.cluster.guests)
            if (may_audit(call, id)) rows.push_back(&resource_row(stage, guest));
    std::vector<std::string> others;
    for (const ClusterNode& node : stage.cluster.nodes) {
        if (wanted("node")) others.push_back(node_resource(call, node));
        for (const Item& storage : stage.objects.look(std::string(storages_path)))
            if (wanted("storage") && !storage.values.has("disable") &&
                call.token.may("Datastore.Audit", fmt::format("/storage/{}", storage.key)))
                others.push_back(storage_resource(call, node, storage));
        if (type.empty() && call.token.may("SDN.Audit", "/sdn/zones/localnetwork"))
            others.push_back(network_resource(call, node));
    }
    for (const std::string& other : others) rows.push_back(&other);
    std::ranges::shuffle(rows, stage.random);
    return success(array(rows));
}

Answer cluster_status(Call& call) {
    Stage& stage = call.stage;
    const auto& nodes = stage.cluster.nodes;
    std::vector<std::string> rows;
    if (nodes.size() > 1) {
        JsonObject cluster;
        cluster.text("type", "cluster").text("id", "cluster").text("name", "range42");
        cluster.number("nodes", nodes.size()).raw("quorate", "1").raw("version", "1");
        rows.push_back(cluster.str(stage.random));
    }
    for (std::size_t at = 0; at < nodes.size(); ++at) {
        JsonObject node;
        node.text("type", "node").text("id", "node/" + nodes[at].name).text("name", nodes[at].name);
        node.raw("local", at == 0 ? "1" : "0").number("nodeid", at + 1).text("level", "");
        node.raw("online", nodes[at].online ? "1" : "0").text("ip", "127.0.0.1");
        rows.push_back(node.str(stage.random));
    }
    return success(array(rows));
}

Answer cluster_next_id(Call& call) {
    const std::string wanted = call.parameters.text("vmid");
    if (wanted.empty()) return success(quoted(std::to_string(call.stage.cluster.next_free_id())));
    if (call.stage.cluster.guests.contains(call.vmid()))
        return refuse_parameter("vmid", fmt::format("VM {} already exists", wanted));
    return success(quoted(wanted));
}

Answer permissions(Call& call) {
    constexpr std::string_view paths[] = {"/",     "/access", "/access/groups", "/nodes",
                                          "/pool", "/sdn",    "/storage",       "/vms"};
    JsonObject by_path;
    const auto add = [&](std::string_view path, bool is_asked_for) {
        JsonObject granted;
        bool any = false;
        for (const std::string_view privilege : all_privileges()) {
            if (!call.token.may(privilege, path)) continue;
            granted.raw(privilege, "1");
            any = true;
        }
        if (any || is_asked_for) by_path.raw(path, granted.str(call.stage.random));
    };
    const std::string wanted = call.parameters.text("path");
    if (!wanted.empty()) add(wanted, true);
    for (const std::string_view path : paths)
        if (wanted.empty()) add(path, false);
    return success(by_path.str(call.stage.random));
}

}  // namespace demo_node
