// The way to a machine's address: its agent is there, and gives the same answer twice.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/address_way.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "api/checks.h"
#include "guest/guest_answer.h"
#include "guest/machine.h"
#include "line/address.h"
#include "line/expand.h"
#include "line/grammar.h"
#include "stage/read.h"

namespace proxmox {
namespace {

enum RungNumber : std::size_t { connection, node, agent, address };

constexpr std::string_view config_path = "/nodes/{proxmox_node}/qemu/{vm_id}/config";
constexpr std::string_view interfaces_path =
    "/nodes/{proxmox_node}/qemu/{vm_id}/agent/network-get-interfaces";

std::vector<Rung> rungs_of(const Record& record) {
    // Asking for an agent that is not there occupies a worker of the node for 3 s.
    return {
        connection_rung,
        {.name = "answer of the node", .limit = 30s, .advice = "does the node answer others"},
        {.name = "guest agent",
         .limit = limit_of(record, "agent_timeout", 120s),
         .advice = "has the guest started, is qemu-guest-agent installed and running in it"},
        {.name = "address",
         .limit = limit_of(record, "address_timeout", 60s),
         .advice = "does a DHCP server answer on the bridge, do --net, --family and --cidr fit"}};
}

Wanted wanted_of(const Record& record) {
    Wanted wanted;
    if (const auto card = json::integer_of(record["net"]))
        wanted.card = static_cast<unsigned>(*card);
    if (record.has("family")) wanted.is_ipv6 = record["family"] == "6";
    if (record.has("cidr")) wanted.network = parse_network(record["cidr"]);
    return wanted;
}

/// What others may know: whose address it is, and which rung is missing.
void tell_doing(Line& line, const Ladder& ladder) {
    Doing& doing = line.stand.doing;
    doing.subject = machine_name(line.record);
    doing.waits_for = ladder.missing().name;
    doing.when_cut_short =
        fmt::format("{}: interrupted while waiting for {} (line {}); the VM still runs",
                    doing.subject, doing.waits_for, line.record.line_number());
}

void miss(Line& line, Ladder& ladder, RungNumber rung) {
    ladder.miss(rung, line.stand.elapsed());
    tell_doing(line, ladder);
}

/// Whether the answer is one that waiting may change.
bool may_change(Line& line, const Ladder& ladder, const Finding& finding, bool knows_config) {
    switch (finding.verdict) {
        case Verdict::unreachable: return !ladder.is_over_at(connection, line.stand.elapsed());
        case Verdict::unknown:
        case Verdict::cut_off:
        case Verdict::lock_busy: return true;
        // One look that shows nonsense does not end a wait that is under way.
        case Verdict::not_proxmox:
        case Verdict::refused: return knows_config;
        default: return false;
    }
}

Failure no_address(const Line& line, const Finding& finding) {
    if (finding.verdict == Verdict::forbidden)
        return machine_failure(line, Exit::line_failed, "no address", finding.cause,
                               "the token needs VM.Audit and VM.GuestAgent.Audit");
    const Check check = check_answer(finding, line.run.home.host_and_port, line.run.home.user);
    Failure failed =
        machine_failure(line, exit_of(finding.verdict), "no address", check.finding, check.remedy);
    if (ends_all(finding.verdict)) failed.hopeless = check.finding;
    return failed;
}

/// A machine that is off gets no agent by waiting.
bool says_it_is_off(std::string_view cause) {
    return !cause.contains("agent is not running") && cause.contains("not running");
}

/// How long to pause before it is asked again; else why there will be no good answer.
Reached<milliseconds> time_to_next_try(Line& line, Ladder& ladder, const Finding& finding,
                                       bool knows_config) {
    if (!may_change(line, ladder, finding, knows_config)) return ends_by(no_address(line, finding));
    if (finding.verdict == Verdict::refused && says_it_is_off(finding.cause))
        return ends_by(machine_failure(line, Exit::line_failed, "no address", finding.cause,
                                       "start it first: proxmox_vm.start"));
    if (finding.verdict == Verdict::refused) miss(line, ladder, agent);
    return time_to_next_look(line, ladder, finding.cause);
}

/// A good answer, asked for until it comes.
Way<Finding> await_answer(Line& line, Ladder& ladder, std::string_view pattern, bool knows_config) {
    const auto path = expand_path(pattern, line.record);
    if (!path)
        co_return ends_by(machine_failure(line, Exit::line_failed, path.error().message, ""));
    while (true) {
        Ask question{.request = {.path = *path}};
        const Answer& answer = *co_await line.stand.told<Answer*>(std::move(question));
        Finding finding = understand(answer);
        if (finding.verdict != Verdict::unreachable) miss(line, ladder, node);
        if (finding.verdict == Verdict::good) co_return finding;
        const milliseconds wait = co_await time_to_next_try(line, ladder, finding, knows_config);
        co_await pause_for(line, wait);
    }
}

/// The machine's own cards, of which its agent is to tell the addresses.
Reached<std::vector<Card>> cards_with_agent(const Line& line, const json::Value& config) {
    if (!has_agent(config))
        return ends_by(machine_failure(line, Exit::line_failed,
                                       "no address: its configuration has no guest agent", "",
                                       "proxmox_vm.set_config --agent 1, then stop and start it"));
    std::vector<Card> cards = cards_of(config);
    if (cards.empty())
        return ends_by(machine_failure(line, Exit::line_failed,
                                       "no address: its configuration has no network card", "",
                                       "add one: net0"));
    return cards;
}

/// What the machine's configuration says of it: who it is, and which cards are its own.
Way<std::vector<Card>> find_cards(Line& line, Ladder& ladder) {
    const Finding finding = co_await await_answer(line, ladder, config_path, false);
    const json::Value config = finding.data();
    Record& record = line.record;
    if (!config["name"].text().empty()) record.set("vm_name", config["name"].text());
    if (const std::string uuid = uuid_of(config); is_of(Type::uuid, uuid))
        record.set("vm_uuid", uuid);
    tell_doing(line, ladder);
    co_return cards_with_agent(line, config);
}

/// While it starts, a machine may show an address that the next answer takes back.
Way<ChosenAddress> find_address(Line& line, Ladder& ladder, const std::vector<Card>& cards) {
    const Wanted wanted = wanted_of(line.record);
    std::string seen;
    while (true) {
        const Finding finding = co_await await_answer(line, ladder, interfaces_path, true);
        miss(line, ladder, address);
        auto chosen = choose_address(finding.data()["result"], cards, wanted);
        if (chosen && chosen->address == seen) co_return std::move(*chosen);
        seen = chosen ? chosen->address : "";
        const std::string_view cause =
            chosen ? "the address still changes" : "no interface of the VM's own has a fitting one";
        const milliseconds wait = co_await time_to_next_look(line, ladder, cause);
        co_await pause_for(line, wait);
    }
}

void rehearse(Line& line) {
    for (const std::string_view path : {config_path, interfaces_path})
        line.rehearsal += fmt::format("{{\"method\":\"GET\",\"path\":\"{}\"}}\n",
                                      expand_path(path, line.record).value_or(""));
}

}  // namespace

Way<Printed> wait_for_address(Line& line) {
    Record& record = line.record;
    if (!record.has("proxmox_node")) record.set("proxmox_node", line.run.home.node);
    if (line.is_rehearsed) {
        rehearse(line);
        co_return Printed{};
    }
    Ladder ladder(rungs_of(record));
    ladder.begin(line.stand.elapsed(), line.run.wait);
    tell_doing(line, ladder);
    const std::vector<Card> cards = co_await find_cards(line, ladder);
    const ChosenAddress chosen = co_await find_address(line, ladder, cards);
    record.set("vm_ip", chosen.address);
    record.set("vm_mac", chosen.mac);
    co_return print(line);
}

}  // namespace proxmox
