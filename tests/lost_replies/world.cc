// A world without sockets and without time of its own: a node, a network that loses, a clock.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "world.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>

namespace lost_replies {
namespace {

constexpr std::time_t first_second = 1'790'000'000;
constexpr std::string_view secret = "none";

/// What becomes of a request and of its reply.
struct Fate {
    enum class Reply : std::uint8_t {
        whole,
        /// Not one byte of it comes.
        none,
        /// It begins, and breaks off.
        cut,
        /// Who passes requests on has waited in vain.
        proxied,
        /// The worker works, but could not be written into the list of tasks at once.
        unlisted,
    };
    bool arrives = true;
    Reply reply = Reply::whole;
    Time arrival{};
    /// When the client hears that there is no answer.
    Time given_up{};
    Time way_back{};
    bool worker_dies = false;
};

constexpr long quick_ms = 40, slow_ms = 3'000, latest_ms = 20'000;
constexpr int lost_percent = 50, question_lost_percent = 1, late_percent = 10, slow_percent = 15;
constexpr int no_worker_percent = 4;

Fate fate_of(const proxmox::Request& request, Dice& dice) {
    Fate fate{.arrival = Time{between(dice, 1, quick_ms)},
              .given_up = request.limit,
              .way_back = Time{between(dice, 1, quick_ms)}};
    const bool is_change = request.method != proxmox::Method::get;
    if (!chance(dice, is_change ? lost_percent : question_lost_percent)) {
        fate.worker_dies = is_change && chance(dice, no_worker_percent);
        return fate;
    }
    fate.arrives = chance(dice, 50);
    const long kind = between(dice, 0, 9);
    fate.reply = !fate.arrives || kind < 4 ? Fate::Reply::none
                 : kind < 6                ? Fate::Reply::cut
                 : kind < 8                ? Fate::Reply::proxied
                                           : Fate::Reply::unlisted;
    if (!fate.arrives && kind > 6) fate.reply = Fate::Reply::proxied;
    // Mostly the connection breaks at once; now and then the client waits for as long as it does.
    if (!chance(dice, slow_percent)) fate.given_up = fate.arrival + Time{between(dice, 1, slow_ms)};
    // ... and now and then the node begins only after it has given up.
    if (chance(dice, late_percent))
        fate.arrival = fate.given_up + Time{between(dice, 1, latest_ms)};
    return fate;
}

demo_node::Request on_the_wire(const proxmox::Request& request) {
    const std::string target = "/api2/json" + request.path;
    const std::size_t question = std::min(target.find('?'), target.size());
    demo_node::Request sent{.method = std::string(name_of(request.method)),
                            .raw_path = target.substr(0, question),
                            .path = demo_node::percent_decode(target.substr(0, question), false),
                            .query = question < target.size() ? target.substr(question + 1) : "",
                            .content_length = request.body.size(),
                            .body = request.body};
    sent.headers = {{"authorization", fmt::format("PVEAPIToken={}={}", token_name, secret)},
                    {"content-type", request.body_is_json ? "application/json"
                                                          : "application/x-www-form-urlencoded"}};
    return sent;
}

/// "newid=300&name=..." or "vmid=300&...": the id of the guest that is to be made.
long made_by(const std::string& body) {
    for (const std::string_view key : {"newid=", "vmid="})
        if (const std::size_t at = body.find(key); at != std::string::npos)
            return std::strtol(body.c_str() + at + key.size(), nullptr, 10);
    return 0;
}

proxmox::Answer nothing_came() {
    return {.transport = proxmox::Transport::lost, .trouble = "the connection broke"};
}

proxmox::Answer error(int status, std::string reason) {
    return {.transport = proxmox::Transport::answered,
            .status = status,
            .reason = std::move(reason),
            .body = {}};
}

proxmox::Answer as_received(const demo_node::Answer& answer, Fate::Reply reply) {
    proxmox::Answer received{.transport = proxmox::Transport::answered,
                             .status = answer.code,
                             .reason = answer.reason,
                             .content_type = answer.json ? "application/json;charset=UTF-8" : "",
                             .body = answer.body};
    if (reply == Fate::Reply::cut) {
        received.transport = proxmox::Transport::lost;
        received.body.resize(received.body.size() / 2);
        received.trouble = "the answer broke off";
    }
    if (reply == Fate::Reply::unlisted && !answer.upid.empty())
        return error(500, "can't lock file '/var/log/pve/tasks/.active.lock' - got timeout");
    return received;
}

demo_node::Options options_for(Dice& dice) {
    demo_node::Options options;
    options.node = node_name;
    options.nodes = {options.node};
    options.plain = true;
    // The world ends when nothing is due any more, and that would be due for ever.
    options.stats_ms = 0;
    options.vms = 7;
    options.running = chance(dice, 50);
    options.snapshot = "before";
    options.call_ms = static_cast<int>(between(dice, 0, 200));
    options.task_ms = static_cast<int>(between(dice, 50, 2'000));
    options.task_ms_of_type = {{"qmreboot", static_cast<int>(between(dice, 500, 9'000))},
                               {"qmshutdown", static_cast<int>(between(dice, 500, 9'000))},
                               {"qmclone", static_cast<int>(between(dice, 500, 20'000))}};
    // Some tasks outlive the time that their lines have for them.
    if (chance(dice, 10)) options.task_ms = 45'000;
    return options;
}

}  // namespace

long between(Dice& dice, long lowest, long highest) {
    return std::uniform_int_distribution<long>{lowest, highest}(dice);
}

bool chance(Dice& dice, int percent) { return between(dice, 1, 100) <= percent; }

struct World::Underway {
    std::size_t line;
    proxmox::Request request;
    Reply reply;
    Fate fate;
    Time sent_at;
    /// Among those of its line; nothing where it is a question.
    std::optional<std::size_t> change{};
    bool is_over = false;
};

World::World(std::uint64_t seed)
    : dice(seed),
      options((demo_node::Clock::hold(first_second), options_for(dice))),
      stage(options),
      date_is_ahead_s(chance(dice, 50) ? 0 : between(dice, -20, 20)) {
    stage.access.tokens.push_back(
        {std::string(token_name), std::string(secret), demo_node::administrator()});
    ledger.observe(stage, now_);
}

std::time_t World::wall() const { return demo_node::Clock::wall(); }

void World::at(Time when, std::function<void()> what) { events_.emplace(when, std::move(what)); }

void World::send(std::size_t line, const proxmox::Request& request, Reply reply) {
    auto call = std::make_shared<Underway>(
        Underway{line, request, std::move(reply), fate_of(request, dice), now_});
    if (request.method != proxmox::Method::get) {
        auto& sent = ledger.lines[line].sent;
        call->change = sent.size();
        sent.push_back(
            {.at = now_,
             .what = fmt::format("{} {} {}", name_of(request.method), request.path, request.body),
             .makes = made_by(request.body)});
    }
    if (call->fate.arrives) at(now_ + call->fate.arrival, [this, call] { arrive(call); });
    at(now_ + std::min(call->fate.given_up, request.limit), [this, call] {
        if (call->fate.reply == Fate::Reply::proxied)
            answer(call, error(596, "Connection timed out"));
        else
            answer(call, nothing_came());
    });
}

void World::arrive(const std::shared_ptr<Underway>& call) {
    stage.answer(on_the_wire(call->request), call->fate.worker_dies,
                 [this, call](const demo_node::Answer& given) {
                     if (call->change)
                         ledger.lines[call->line].sent[*call->change].upid = given.upid;
                     const Fate::Reply reply = call->fate.reply;
                     if (reply == Fate::Reply::none || reply == Fate::Reply::proxied) return;
                     at(now_ + call->fate.way_back,
                        [this, call, given, reply] { answer(call, as_received(given, reply)); });
                 });
}

void World::answer(const std::shared_ptr<Underway>& call, proxmox::Answer answer) {
    if (std::exchange(call->is_over, true)) return;
    answer.took = now_ - call->sent_at;
    const bool came = answer.transport == proxmox::Transport::answered;
    if (came) answer.date = wall() + date_is_ahead_s;
    if (call->change && (!came || call->fate.reply != Fate::Reply::whole))
        ledger.lines[call->line].sent[*call->change].is_lost = true;
    call->reply(std::move(answer));
}

void World::pass_until(Time then) {
    demo_node::Clock::pass(then - now_);
    now_ = then;
}

void World::run() {
    while (true) {
        const int node_ms = stage.deadlines.next_ms();
        if (node_ms < 0 && events_.empty()) return;
        const bool is_nodes =
            node_ms >= 0 && (events_.empty() || now_ + Time{node_ms} < events_.begin()->first);
        if (is_nodes) {
            pass_until(now_ + Time{node_ms});
            stage.deadlines.run_due();
        } else {
            auto event = events_.extract(events_.begin());
            pass_until(std::max(now_, event.key()));
            event.mapped()();
        }
        ledger.observe(stage, now_);
    }
}

}  // namespace lost_replies
