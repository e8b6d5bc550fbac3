// The account of a run's time: one clock that is charged to one stage at a time.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/timings.h"

#include <fmt/format.h>

#include <array>
#include <ctime>
#include <string_view>
#include <utility>

namespace proxmox {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array<std::string_view, stages> stage_names{
    "other", "vault", "http library", "network", "parse and format", "print"};

struct Account {
    bool is_wanted = false;
    microseconds loader{};
    Clock::time_point charged_until{};
    std::array<Clock::duration, stages> spent{};
    Stage stage = Stage::other;
    std::size_t requests = 0;
    Trip all;
};
constinit Account account{};

Stage charge_and_turn_to(Stage next) {
    const Clock::time_point now = Clock::now();
    account.spent[static_cast<std::size_t>(account.stage)] += now - account.charged_until;
    account.charged_until = now;
    return std::exchange(account.stage, next);
}

std::string line(std::string_view what, Clock::duration time) {
    const auto rounded = std::chrono::duration_cast<microseconds>(time).count();
    return fmt::format("  {:<18} {:>5}.{:03} ms\n", what, rounded / 1000, rounded % 1000);
}

}  // namespace

Timed::Timed(Stage stage) : before_(charge_and_turn_to(stage)) {}
Timed::~Timed() { charge_and_turn_to(before_); }

void begin_timings() { account.charged_until = Clock::now(); }

void count_trip(const Trip& trip) {
    ++account.requests;
    account.all.handshakes += trip.handshakes;
    account.all.bytes_sent += trip.bytes_sent;
    account.all.bytes_received += trip.bytes_received;
    account.all.connecting += trip.connecting;
    account.all.asking += trip.asking;
}

void want_timings() {
    account.is_wanted = true;
    // The wall time since exec is known in ticks of 10 ms only.
    timespec used{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    account.loader = std::chrono::duration_cast<microseconds>(
        std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec));
}
bool timings_wanted() { return account.is_wanted; }

std::string timings_text() {
    charge_and_turn_to(account.stage);
    std::string text = line("exec and loader", account.loader);
    for (const Stage stage : {Stage::vault, Stage::http_library, Stage::network})
        text += line(stage_names[static_cast<std::size_t>(stage)],
                     account.spent[static_cast<std::size_t>(stage)]);
    text += line("  TCP and TLS", account.all.connecting);
    text += line("  requests", account.all.asking);
    for (const Stage stage : {Stage::parse_and_format, Stage::print, Stage::other})
        text += line(stage_names[static_cast<std::size_t>(stage)],
                     account.spent[static_cast<std::size_t>(stage)]);
    const Trip& all = account.all;
    return text + fmt::format("  requests {}, handshakes {}, bytes sent {}, bytes received {}\n",
                              account.requests, all.handshakes, all.bytes_sent, all.bytes_received);
}

}  // namespace proxmox
