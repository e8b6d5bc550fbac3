// The doctor's visit: gathers the facts, has them judged, and prints a line for each check.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <ctime>

#include "api.h"
#include "connection.h"
#include "doctor.h"
#include "edge.h"
#include "json.h"

namespace proxmox {
namespace {

/// Of all paths that lead to VMs: a privilege on one pool is enough for the VMs in it.
void gather_privileges(const json::Value& paths, Facts& facts) {
    auto& privileges = facts.privileges.emplace();
    paths.each([&privileges](const json::Value& path) {
        const std::string_view key = path.key();
        if (key != "/" && !key.starts_with("/vms") && !key.starts_with("/pool")) return;
        path.each([&privileges](const json::Value& granted) { privileges.emplace(granted.key()); });
    });
}

Facts gather() {
    Facts facts{.has_devkit = !environment(devkit_variable).empty(),
                .has_password_file = !environment(password_variable).empty()};
    auto opened = Connection::open();
    if (!opened) {
        facts.closed = opened.error();
        return facts;
    }
    Connection& connection = **opened;
    facts.host_and_port = connection.host_and_port();
    facts.node = connection.node();
    facts.token = connection.user();
    if (const auto reached = connection.prefetch({.path = "/version"}); !reached) {
        facts.refused = reached.error();
        return facts;
    }
    if (const auto known = connection.take_prefetched(); known && known->second.date)
        facts.clock_difference_s = *known->second.date - std::time(nullptr);
    if (const Finding found = understand(connection.ask({.path = "/nodes"}));
        found.verdict == Verdict::good)
        found.data().each([names = &facts.nodes.emplace()](const json::Value& row) {
            names->emplace(row["node"].text());
        });
    const Finding permissions = understand(connection.ask({.path = "/access/permissions"}));
    if (permissions.verdict == Verdict::good) gather_privileges(permissions.data(), facts);
    return facts;
}

std::string_view word_of(Health health) {
    switch (health) {
        case Health::good: return "ok";
        case Health::bad: return "bad";
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

Result<Exit> visit(const Action&, const Options& options, Output& output) {
    const Facts facts = gather();
    Exit exit = Exit::ok;
    if (facts.closed) exit = facts.closed->exit;
    if (facts.refused) exit = facts.refused->exit;
    for (const Check& check : examine(facts)) {
        output.put(options.form == Form::json ? json_of(check) : text_of(check));
        if (check.health == Health::bad) exit = worse(exit, Exit::line_failed);
    }
    return exit;
}

}  // namespace

int examine_workspace(const Action& action, int argc, char** argv) {
    return run_work(action, argc, argv, visit);
}

}  // namespace proxmox
