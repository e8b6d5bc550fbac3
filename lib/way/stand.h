// A Stand is where a way stands: what it wants, what it was told, what a person may know.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: what others may know of a line stands beside where its way stands.
#pragma once

#include <coroutine>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/moment.h"
#include "way/want.h"
#include "way/way.h"

namespace proxmox {

/// What a line prints when its way has come to its end.
struct Printed {
    std::string output{};
    std::shared_ptr<RowLines> rows{};
    std::vector<Record> further{};
};

/// What others may know of a line that is under way, and what an interruption has to.
struct Doing {
    /// What it works on, for messages: "vm_id 100".
    std::string subject{};
    /// What it waits for, for the progress line.
    std::string waits_for{};
    /// The task that it waits for; empty while there is none.
    std::string task{};
    /// A change was asked for, and its line has not ended.
    bool change_is_open = false;
    /// ... and its outcome can still be learnt, so that an interrupted run waits a little for it.
    bool reply_is_due = false;
    /// A change of it was accepted or may have been: nobody may go another way and make it twice.
    bool has_changed = false;
    /// When the line was begun: no change of it was sent before.
    milliseconds began_at{};
    /// What is said when the run is cut short here.
    std::string when_cut_short{};
    /// The run was interrupted, and this way would go on: the way that is gone instead, so that
    /// nothing stays half-done.
    std::function<Way<Printed>()> wind_up{};
    /// What the line had to say of its failure before it began to take back what it has made.
    std::optional<Ending> before_rollback{};
};

/// Wants go out of it, and what is told comes in; it has no clock and does no I/O.
class [[gnu::visibility("default")]] Stand {
  public:
    /// `co_await stand.told<Answer*>(want)` suspends the way until the loop tells the answer.
    template <typename T>
    struct Asked {
        Stand& stand;
        static bool await_ready() noexcept { return false; }
        void await_suspend(std::coroutine_handle<> way) noexcept { stand.goes_on_ = way; }
        T await_resume() {
            if constexpr (!std::is_void_v<T>) return std::move(std::get<T>(stand.told_));
        }
    };
    template <typename T>
    Asked<T> told(Want want) {
        want_ = std::move(want);
        return {*this};
    }

    const Moment& now() const { return now_; }
    milliseconds elapsed() const { return now_.elapsed; }
    bool is_interrupted() const { return is_interrupted_; }

    /// For whoever drives the way.
    void interrupt() { is_interrupted_ = true; }
    void set_clock(const Moment& now) { now_ = now; }
    void go_on(Told told) {
        told_ = std::move(told);
        std::exchange(goes_on_, {}).resume();
    }
    Want take_want() { return std::move(*std::exchange(want_, std::nullopt)); }

    Doing doing{};

  private:
    Moment now_{};
    bool is_interrupted_ = false;
    std::optional<Want> want_{};
    std::coroutine_handle<> goes_on_{};
    Told told_{};
};

}  // namespace proxmox
