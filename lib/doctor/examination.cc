// The doctor's visit: gathers the facts, has them judged, and prints a line for each check.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <memory>
#include <optional>

#include "api/api.h"
#include "api/connection.h"
#include "api/network_way.h"
#include "api/privileges.h"
#include "api/storage_formats.h"
#include "doctor/doctor.h"
#include "edge/edge.h"
#include "json/json.h"
#include "trust/openssl_builds.h"

namespace proxmox {
namespace {

/// A file that is a program has to be read as well.
std::string trouble_of_password_file() {
    const std::string path = environment(password_variable);
    if (path.empty() || access(path.c_str(), R_OK) == 0) return {};
    return fmt::format("vault password file {}: {}", path, std::strerror(errno));
}

std::string without_answer(const Finding& finding) { return "no answer: " + finding.cause; }

/// Still empty where the answer was good.
template <typename Value>
Learnt<Value> learnt_from(const Finding& finding) {
    if (finding.verdict == Verdict::good) return Value{};
    return std::unexpected(without_answer(finding));
}

void gather_storages(Connection& connection, Facts& facts) {
    const Finding found = connection.read(
        fmt::format("/nodes/{}/storage?content=images&enabled=1&format=1", facts.node));
    facts.storages = learnt_from<std::vector<Storage>>(found);
    if (!facts.storages) return;
    found.data().each([&facts](const json::Value& row) {
        facts.storages->push_back({std::string(row["storage"].text()),
                                   std::string(row["type"].text()), offers_qcow2(row),
                                   makes_qcow2(row)});
    });
}

/// "1", "1,fstrim_cloned_disks=1" or "enabled=1", as Proxmox writes it.
bool is_agent_on(std::string_view option) {
    return option.starts_with('1') || option.find("enabled=1") != std::string_view::npos;
}

void look_at_vm(Connection& connection, const std::string& vm, const std::string& id,
                LookedAtVms& vms) {
    const auto is_good = [&vms](const Finding& finding) {
        if (finding.verdict == Verdict::good) return true;
        vms.trouble = without_answer(finding);
        return false;
    };
    const Finding config = connection.read(vm + "/config");
    if (!is_good(config)) return;
    ++vms.count;
    if (!is_agent_on(config.data()["agent"].text())) vms.without_agent.push_back(id);
    const Finding feature = connection.read(vm + "/feature?feature=snapshot");
    if (is_good(feature) && feature.data()["hasFeature"].integer() == 0)
        vms.without_snapshots.push_back(id);
}

void gather_vms(Connection& connection, Facts& facts) {
    const std::string path = fmt::format("/nodes/{}/qemu", facts.node);
    const Finding listed = connection.read(path);
    facts.vms = learnt_from<LookedAtVms>(listed);
    if (!facts.vms) return;
    std::vector<std::int64_t> ids;
    listed.data().each([&ids](const json::Value& row) {
        const auto id = row["vmid"].integer();
        if (id && row["template"].text() != "1") ids.push_back(*id);
    });
    std::ranges::sort(ids);
    if (ids.size() > vms_looked_at_limit) ids.resize(vms_looked_at_limit);
    for (const std::int64_t id : ids)
        look_at_vm(connection, fmt::format("{}/{}", path, id), std::to_string(id), *facts.vms);
}

void gather_from_node(Connection& connection, Facts& facts) {
    const Finding found = connection.read("/nodes");
    facts.nodes = learnt_from<std::set<std::string>>(found);
    if (facts.nodes)
        found.data().each(
            [&](const json::Value& row) { facts.nodes->emplace(row["node"].text()); });
    const Finding permissions = connection.read(std::string(permissions_path));
    facts.privileges = learnt_from<std::set<std::string>>(permissions);
    if (facts.privileges) *facts.privileges = privileges_below(vms_path, permissions.data());
    if (!facts.nodes || !facts.nodes->contains(facts.node)) return;
    gather_storages(connection, facts);
    gather_vms(connection, facts);
}

/// Anybody can say 200; whoever is Proxmox says which version he is.
Outcome understand_version(const Answer& answer, const Connection& connection, Facts& facts) {
    Finding finding = understand(answer);
    facts.version = finding.data()["version"].text();
    if (answer.date) facts.clock_difference_s = *answer.date - std::time(nullptr);
    if (!facts.version.empty()) return {};
    if (finding.verdict == Verdict::good)
        finding = {Verdict::not_proxmox, "its answer to /version names none"};
    const Check check = check_answer(finding, connection.host_and_port(), connection.user());
    return fail(exit_of(finding.verdict), check.finding, check.remedy);
}

Facts gather(std::span<const ToolNeeds> tools, const Result<std::unique_ptr<Connection>>& opened) {
    Facts facts{.is_given_credentials = is_given_credentials(),
                .has_devkit = !environment(devkit_variable).empty(),
                .has_password_file = !environment(password_variable).empty(),
                .password_trouble = trouble_of_password_file(),
                .tools = {tools.begin(), tools.end()},
                .roles = look_for_roles(environment("ANSIBLE_ROLES_PATH")),
                .linked_openssl = linked_openssl(),
                .installed_openssl = installed_openssl()};
    if (!opened) {
        facts.closed = opened.error();
        return facts;
    }
    Connection& connection = **opened;
    facts.exposures = connection.warnings();
    facts.trust = connection.trust().policy().mode;
    facts.host_and_port = connection.host_and_port();
    facts.node = connection.node();
    facts.token = connection.user();
    NetworkWay way = look_at_way(facts.host_and_port);
    facts.addresses = std::move(way.addresses);
    facts.port_trouble = std::move(way.port_trouble);
    if (const auto reached = connection.prefetch({.path = "/version"}); !reached) {
        facts.refused = reached.error();
        return facts;
    }
    const auto greeted = connection.take_prefetched();
    if (const auto understood = understand_version(greeted->second, connection, facts);
        !understood) {
        facts.refused = understood.error();
        return facts;
    }
    gather_from_node(connection, facts);
    return facts;
}

std::string_view word_of(Health health) {
    switch (health) {
        case Health::good: return "ok";
        case Health::bad: return "bad";
        case Health::advice: return "advice";
        case Health::unknown: break;
    }
    return "unknown";
}

std::string text_of(const Check& check) {
    std::string text =
        fmt::format("{:<8} {}: {}\n", word_of(check.health), check.name, check.finding);
    if (!check.remedy.empty()) text += fmt::format("         {}\n", check.remedy);
    return text;
}

std::string json_of(const Check& check) {
    std::string line = "{";
    const auto put = [&line](std::string_view key, std::string_view value) {
        line += fmt::format("{}\"{}\":", line.size() > 1 ? "," : "", key);
        json::write_string(line, value);
    };
    put("check", check.name);
    put("finding", check.finding);
    put("health", word_of(check.health));
    put("remedy", check.remedy);
    return line + "}\n";
}

/// What follows from one fault is one line for a person, and not a screen full of them.
std::string text_of(std::span<const Check> checks) {
    std::string text;
    std::string hidden;
    for (const Check& check : checks) {
        if (check.health == Health::unknown && check.finding == see_above)
            hidden += (hidden.empty() ? "" : ", ") + check.name;
        else
            text += text_of(check);
    }
    if (!hidden.empty()) text += text_of({hidden, Health::unknown, std::string(see_above)});
    return text;
}

Result<Exit> visit(std::span<const ToolNeeds> tools, const Options& options, Output& output) {
    const auto opened =
        Connection::open([&output](std::string_view words) { output.warning(words); });
    // A server's own words are in the findings.
    std::optional<Output::Hidden> hidden;
    if (opened) hidden.emplace(output, (*opened)->token_secret());
    const Facts facts = gather(tools, opened);
    Exit exit = Exit::ok;
    if (facts.closed) exit = facts.closed->exit;
    if (facts.refused) exit = facts.refused->exit;
    const std::vector<Check> checks = examine(facts);
    for (const Check& check : checks) {
        if (options.form == Form::json) output.put(json_of(check));
        if (check.health == Health::bad) exit = worse(exit, Exit::line_failed);
    }
    if (options.form != Form::json) output.put(text_of(checks));
    return exit;
}

}  // namespace

int examine_workspace(const Tool& tool, std::span<const ToolNeeds> tools, int argc, char** argv) {
    return run_work(tool, argc, argv, [tools](const Tool&, const Options& options, Output& output) {
        return visit(tools, options, output);
    });
}

}  // namespace proxmox
