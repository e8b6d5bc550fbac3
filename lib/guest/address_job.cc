// An AddressJob takes one line to the address of its machine: agent there, same answer twice.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/address_job.h"

#include <fmt/format.h>

#include "api/checks.h"
#include "base/escape.h"
#include "line/expand.h"
#include "line/grammar.h"
#include "guest/guest_answer.h"
#include "line/rows.h"

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

}  // namespace

AddressJob::AddressJob(const Plan& plan, Record record)
    : plan_(plan),
      record_(std::move(record)),
      ladder_(rungs_of(record_)),
      wanted_(wanted_of(record_)) {}

Step AddressJob::begin(const Moment& now) {
    began_at_ = now.elapsed;
    ladder_.begin(now.elapsed, plan_.wait);
    if (!record_.has("proxmox_node")) record_.set("proxmox_node", plan_.node);
    auto path = expand_path(config_path, record_);
    if (!path) return fail_line(Exit::line_failed, path.error().message, "", "");
    asked_ = {{.path = std::move(*path)}};
    return asked_;
}

std::string AddressJob::rehearsal() {
    if (!record_.has("proxmox_node")) record_.set("proxmox_node", plan_.node);
    std::string lines;
    for (const std::string_view path : {config_path, interfaces_path})
        lines += fmt::format("{{\"method\":\"GET\",\"path\":\"{}\"}}\n",
                             expand_path(path, record_).value_or(""));
    return lines;
}

Step AddressJob::woken(const Moment&) { return asked_; }

Step AddressJob::answered(Answer& answer, const Moment& now) {
    const Finding finding = understand(answer);
    if (finding.verdict != Verdict::unreachable) ladder_.miss(node, now.elapsed);
    switch (finding.verdict) {
        case Verdict::good: break;
        case Verdict::unreachable:
            if (ladder_.is_over_at(connection, now.elapsed)) break;
            return look_again(now, finding.cause);
        case Verdict::unknown:
        case Verdict::cut_off:
        case Verdict::lock_busy: return look_again(now, finding.cause);
        case Verdict::not_proxmox:
            // One look that shows nonsense does not end a wait that is under way.
            if (!knows_config_) break;
            return look_again(now, finding.cause);
        case Verdict::refused:
            if (!knows_config_) break;
            // A machine that is off gets no agent by waiting.
            if (!finding.cause.contains("agent is not running") &&
                finding.cause.contains("not running"))
                return fail_line(Exit::line_failed, "no address", finding.cause,
                                 "start it first: proxmox_vm.start");
            ladder_.miss(agent, now.elapsed);
            return look_again(now, finding.cause);
        default: break;
    }
    if (finding.verdict == Verdict::forbidden)
        return fail_line(Exit::line_failed, "no address", finding.cause,
                         "the token needs VM.Audit and VM.GuestAgent.Audit");
    if (finding.verdict != Verdict::good) {
        const Check check = check_answer(finding, plan_.host_and_port, plan_.user);
        Step step = fail_line(exit_of(finding.verdict), "no address", check.finding, check.remedy);
        if (ends_all(finding.verdict)) std::get<Ending>(step).hopeless = check.finding;
        return step;
    }
    return knows_config_ ? interfaces_answered(finding, now) : config_answered(finding);
}

Step AddressJob::config_answered(const Finding& finding) {
    const json::Value config = finding.data();
    knows_config_ = true;
    cards_ = cards_of(config);
    if (!config["name"].text().empty()) record_.set("vm_name", config["name"].text());
    if (const std::string uuid = uuid_of(config); is_of(Type::uuid, uuid))
        record_.set("vm_uuid", uuid);
    if (!has_agent(config))
        return fail_line(Exit::line_failed, "no address: its configuration has no guest agent", "",
                         "proxmox_vm.set_config --agent 1, then stop and start it");
    if (cards_.empty())
        return fail_line(Exit::line_failed, "no address: its configuration has no network card", "",
                         "add one: net0");
    auto path = expand_path(interfaces_path, record_);
    if (!path) return fail_line(Exit::line_failed, path.error().message, "", "");
    asked_ = {{.path = std::move(*path)}};
    return asked_;
}

Step AddressJob::interfaces_answered(const Finding& finding, const Moment& now) {
    ladder_.miss(address, now.elapsed);
    const auto chosen = choose_address(finding.data()["result"], cards_, wanted_);
    // While it starts, a machine may show an address that the next answer takes back.
    if (chosen && chosen->address == seen_) return finish(*chosen, now);
    seen_ = chosen ? chosen->address : "";
    return look_again(now, chosen ? "the address still changes"
                                  : "no interface of the VM's own has a fitting one");
}

Step AddressJob::look_again(const Moment& now, std::string_view cause) {
    if (!ladder_.is_over(now.elapsed)) return Sleep{ladder_.next_look(now.elapsed)};
    const auto waited_s = std::chrono::round<seconds>(ladder_.waited(now.elapsed)).count();
    return fail_line(Exit::unreachable,
                     fmt::format("no {} after {} s", ladder_.missing().name, waited_s), cause,
                     fmt::format("{}; the VM still runs", ladder_.missing().advice));
}

Step AddressJob::finish(const ChosenAddress& chosen, const Moment& now) {
    record_.set("vm_ip", chosen.address);
    record_.set("vm_mac", chosen.mac);
    record_.set("ok", "true");
    if (plan_.carries) record_.carried().add_timing(plan_.action.name, now.elapsed - began_at_);
    return Ending{.output = print_row(plan_, record_, {})};
}

Step AddressJob::fail_line(Exit exit, std::string_view what, std::string_view cause,
                           std::string_view advice) {
    std::string text = fmt::format("{}: {} (line {}{}{})", subject(), what, record_.line_number(),
                                   cause.empty() ? "" : ": ", cause);
    if (!advice.empty()) text += fmt::format("; {}", advice);
    return Ending{.traces = {text}, .exit = exit, .reason = text};
}

std::string AddressJob::when_cut_short() const {
    return fmt::format("{}: interrupted while waiting for {} (line {}); the VM still runs",
                       subject(), ladder_.missing().name, record_.line_number());
}

std::string AddressJob::waits_for() const { return std::string(ladder_.missing().name); }

std::string AddressJob::subject() const {
    if (!record_.has("vm_name")) return fmt::format("vm_id {}", record_["vm_id"]);
    return fmt::format("{} vm_id {}", escape(record_["vm_name"]), record_["vm_id"]);
}

}  // namespace proxmox
