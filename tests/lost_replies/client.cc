// A client: runs of tools over lines, as a shift has them, in a world without time of its own.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: each want of a way and how it is met stand beside one another.
#include "client.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "edge/run_of.h"
#include "loop/task_watch.h"

namespace lost_replies {
namespace {

constexpr std::size_t lines_at_once = 3;
constexpr long lines_at_most = 8, longest_pause_ms = 3'000;
constexpr int in_fashion_percent = 40, own_guest_percent = 40, named_percent = 60;
constexpr long shared_guests = 4;
constexpr long first_guest = 100;
constexpr long first_made = first_guest + 7;
constexpr std::string_view snapshot_names[] = {"before", "after", "clean"};

template <typename Choices>
const auto& one_of(const Choices& choices, Dice& dice) {
    return choices[static_cast<std::size_t>(between(dice, 0, std::ssize(choices) - 1))];
}

}  // namespace

void Fashion::change(Dice& dice) {
    constexpr long first_new = 300, last_new = 302;
    subject = &one_of(subjects(), dice);
    vm_id = first_guest + between(dice, 0, shared_guests - 1);
    new_id = between(dice, first_new, last_new);
    snapshot = one_of(snapshot_names, dice);
    description = chance(dice, 30) ? "base" : "";
}

/// One process: a tool, its lines, and what they share.
struct Client::Run {
    Run(const Subject& of_subject, Time at)
        : subject(&of_subject),
          keys(proxmox::keys_of(of_subject.tool->lines)),
          shared(proxmox::run_of(*of_subject.tool, {}, keys)),
          began(at) {
        shared.home = {.node = std::string(node_name), .user = std::string(token_name)};
    }

    const Subject* subject;
    std::vector<proxmox::Input> keys;
    proxmox::Run shared;
    Time began;
    proxmox::ClaimedTasks claimed{};
    proxmox::Lanes lanes{};
    std::size_t underway = 0;
    bool is_over = false;
    /// The server's time, and when it was told.
    std::optional<std::pair<std::time_t, Time>> server{};

    proxmox::Moment moment(const World& world) const {
        proxmox::Moment moment{.elapsed = world.now() - began, .wall = world.wall()};
        if (server)
            moment.server = server->first + std::chrono::duration_cast<std::chrono::seconds>(
                                                world.now() - server->second)
                                                .count();
        return moment;
    }
};

struct Client::Walking {
    Walking(const Run& run, proxmox::ClaimedTasks& claimed, std::size_t of_line,
            proxmox::Waiting waiting)
        : line(of_line),
          lanes(std::move(waiting.lanes)),
          walk(run.shared, claimed, std::move(waiting.record),
               proxmox::way_of(*run.subject->tool)) {}

    std::size_t line;
    std::vector<std::string> lanes;
    proxmox::Walk walk;
    proxmox::Answer answer{};
    proxmox::Executed executed{};
};

Client::Client(World& world, const Fashion& fashion, int number, int runs)
    : world_(world), fashion_(fashion), number_(number), runs_left_(runs) {
    world_.at(Time{between(world_.dice, 0, longest_pause_ms)}, [this] { begin_run(); });
}

Client::~Client() = default;

void Client::begin_run() {
    if (runs_left_-- == 0) return;
    const bool is_in_fashion = chance(world_.dice, in_fashion_percent);
    const Subject& subject = is_in_fashion ? *fashion_.subject : one_of(subjects(), world_.dice);
    run_ = std::make_unique<Run>(subject, world_.now());
    run_->shared.seed = world_.dice();
    const long lines = between(world_.dice, 1, lines_at_most);
    for (long line = 0; line < lines; ++line) {
        proxmox::Record made = record(subject, is_in_fashion && line == 0);
        const std::string lane(made["vm_id"]), other(made["vm_new_id"]);
        run_->lanes.add({static_cast<std::size_t>(line), std::move(made), {lane, other}});
    }
    begin_lines();
}

long Client::some_guest(const Subject& subject) {
    std::vector<long> made;
    for (const auto& [id, _] : world_.stage.cluster.guests)
        if (id >= first_made) made.push_back(id);
    const bool is_removed = subject.name() == "proxmox_vm.delete";
    if (!made.empty() && chance(world_.dice, is_removed ? 95 : 20))
        return one_of(made, world_.dice);
    if (chance(world_.dice, own_guest_percent)) return first_guest + shared_guests + number_;
    return first_guest + between(world_.dice, 0, shared_guests - 1);
}

proxmox::Record Client::record(const Subject& subject, bool is_in_fashion) {
    Dice& dice = world_.dice;
    proxmox::Record record(++lines_begun_);
    const bool is_created = subject.name() == "proxmox_vm.create";
    const bool is_removed = subject.name() == "proxmox_vm.delete";
    const long vm_id = is_in_fashion && !is_removed ? fashion_.vm_id : some_guest(subject);
    if (!is_created) record.set("vm_id", std::to_string(vm_id));
    if (subject.names_snapshot() && (is_in_fashion || chance(dice, named_percent))) {
        record.set("vm_snapshot_name",
                   is_in_fashion ? fashion_.snapshot : one_of(snapshot_names, dice));
        if (is_in_fashion) record.set("vm_snapshot_description", fashion_.description);
    }
    if (!subject.makes()) return record;
    record.set("vm_name", "web");
    record.set("fresh_uuid", fmt::format("{:08x}-0000-4000-8000-{:012x}", dice() & 0xffff'ffff,
                                         dice() & 0xffff'ffff'ffff));
    if (is_created) record.set("vm_disk_size", "0");
    if (is_in_fashion || chance(dice, 30))
        record.set(is_created ? "vm_id" : "vm_new_id", std::to_string(fashion_.new_id));
    return record;
}

void Client::begin_lines() {
    while (run_->underway < lines_at_once) {
        auto next = run_->lanes.take_next();
        if (!next) break;
        begin_line(std::move(*next));
    }
    if (run_->underway > 0 || std::exchange(run_->is_over, true)) return;
    world_.at(world_.now() + Time{between(world_.dice, 0, longest_pause_ms)},
              [this] { begin_run(); });
}

void Client::begin_line(proxmox::Waiting waiting) {
    const std::size_t line = world_.ledger.lines.size();
    const std::string vm_id(waiting.record["vm_id"]);
    world_.ledger.lines.push_back({.subject = run_->subject,
                                   .client = number_,
                                   .vm_id = vm_id.empty() ? 0 : std::stol(vm_id),
                                   .snapshot = std::string(waiting.record["vm_snapshot_name"])});
    ++run_->underway;
    run_->lanes.occupy(waiting.lanes);
    auto walking = std::make_shared<Walking>(*run_, run_->claimed, line, std::move(waiting));
    take(walking, walking->walk.begin(run_->moment(world_)));
}

void Client::take(const std::shared_ptr<Walking>& walking, proxmox::Step step) {
    if (auto* wanted = std::get_if<proxmox::Want>(&step)) return want(walking, std::move(*wanted));
    Line& line = world_.ledger.lines[walking->line];
    line.ended = world_.now();
    line.snapshot = walking->walk.record()["vm_snapshot_name"];
    line.description = walking->walk.record()["vm_snapshot_description"];
    line.ending = std::get<proxmox::Ending>(std::move(step));
    run_->lanes.leave(walking->lanes);
    --run_->underway;
    // Not from inside the call in which it has ended.
    world_.at(world_.now(), [this] { begin_lines(); });
}

void Client::want(const std::shared_ptr<Walking>& walking, proxmox::Want wanted) {
    const auto later = [this, walking](Time when, proxmox::Told told) {
        world_.at(when, [this, walking, told] { tell(walking, told); });
    };
    const Time now = world_.now();
    if (const auto* ask = std::get_if<proxmox::Ask>(&wanted)) {
        world_.send(walking->line, ask->request, [this, walking](proxmox::Answer answer) {
            walking->answer = std::move(answer);
            // What is done with an answer goes by the time that was known before it.
            const auto date = walking->answer.date;
            tell(walking, &walking->answer);
            if (date) run_->server = {*date, world_.now()};
        });
    } else if (const auto* task = std::get_if<proxmox::AwaitTask>(&wanted)) {
        look_at_task(walking, *task, now);
    } else if (const auto* sleep = std::get_if<proxmox::Sleep>(&wanted)) {
        later(std::max(now, run_->began + sleep->until), {});
    } else if (const auto* reserved = std::get_if<proxmox::ReserveId>(&wanted)) {
        later(now, proxmox::Result<std::int64_t>(reserve(*reserved)));
    } else if (const auto* released = std::get_if<proxmox::ReleaseId>(&wanted)) {
        reserved_.erase(released->id);
        later(now, {});
    } else if (std::holds_alternative<proxmox::AwaitTurn>(wanted)) {
        later(now, proxmox::HeldTurn(std::make_shared<int>()));
    } else if (std::holds_alternative<proxmox::WriteDown>(wanted)) {
        later(now, proxmox::Outcome{});
    } else {
        later(now, &walking->executed);
    }
}

void Client::look_at_task(const std::shared_ptr<Walking>& walking, const proxmox::AwaitTask& task,
                          Time since) {
    const demo_node::Task* const seen = world_.stage.tasks.find(task.upid);
    proxmox::TaskEnd end;
    if (seen == nullptr)
        end.how = proxmox::TaskEnd::How::vanished;
    else if (!seen->running)
        end.exit_status = seen->exit_status;
    else if (world_.now() >= run_->began + task.deadline)
        end.how = proxmox::TaskEnd::How::still_running;
    else
        return world_.at(
            world_.now() + std::clamp((world_.now() - since) / proxmox::age_per_pause,
                                      proxmox::shortest_poll_pause, proxmox::longest_poll_pause),
            [this, walking, task, since] { look_at_task(walking, task, since); });
    world_.at(world_.now(), [this, walking, end] { tell(walking, end); });
}

void Client::tell(const std::shared_ptr<Walking>& walking, proxmox::Told told) {
    take(walking, walking->walk.go_on(std::move(told), run_->moment(world_)));
}

std::int64_t Client::reserve(const proxmox::ReserveId& wanted) {
    std::int64_t id = wanted.range.lowest;
    while (!reserved_.insert(id).second) ++id;
    return id;
}

}  // namespace lost_replies
