// A Job takes one line from its record to its output: a state machine that does no I/O itself.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: the states of a line and what leads from one to the next belong together.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/api.h"
#include "loop/plan.h"
#include "line/record.h"
#include "way/recovery.h"
#include "way/work.h"

namespace proxmox {

/// A line of an Action.
class Job final : public Work {
  public:
    Job(const Plan& plan, ClaimedTasks& claimed, Record record);

    Step begin(const Moment& now) override;
    Step answered(Answer& answer, const Moment& now) override;
    Step task_ended(const TaskEnd& end, const Moment& now) override;
    Step woken(const Moment& now) override;
    Step reserved(const Result<std::int64_t>& id, const Moment& now) override;

    const Record& record() const override { return record_; }
    milliseconds began_at() const override { return began_at_; }
    bool has_open_change() const override { return change_is_open_; }
    bool awaits_reply_of_change() const override { return change_is_open_ && state_ == State::act; }
    std::string when_cut_short() const override;
    std::string_view awaited_task() const override;
    std::string waits_for() const override;
    std::string subject() const override;

  private:
    enum class State : std::uint8_t {
        nodes,
        guard,
        id,
        look,
        turn,
        act,
        recover,
        task,
        log,
        read,
        locate,
        permissions,
    };

    // What the job asks, in the order of a line's way.
    Step ask_guard(const Moment& now);
    Step ask_id(const Moment& now);
    Step ask_looks(const Moment& now);
    Step ask_next_look(const Moment& now);
    Step ask_next_act(const Moment& now);
    Step ask_act(const Moment& now);
    Step ask_read();
    Step ask(State state, Request request, bool shared = false);
    Step sleep(milliseconds pause, const Moment& now);

    // What the answers mean.
    Step nodes_answered(const Finding& finding, const Moment& now);
    Step guard_answered(const Finding& finding, const Moment& now);
    Step id_answered(const Finding& finding, const Moment& now);
    Step look_answered(const Finding& finding, const Moment& now);
    Step look_prepared(const json::Value& data, const Moment& now);
    Step act_answered(const Finding& finding, const Answer& answer, const Moment& now);
    Step recover_answered(const Finding& finding, const Answer& answer, const Moment& now);
    Step log_answered(const Finding& finding);
    Step read_answered(Answer& answer, const Moment& now);
    Step rows_answered(Answer& answer);
    std::string what_is_wrong_with(const json::Value& state) const;
    Step permissions_answered(const Finding& finding);
    Step locate_answered(Answer& answer, const Moment& now);

    // What an act can turn into.
    Step await(std::string_view upid, const Moment& now);
    Step await_given_task(const Moment& now);
    Step recover(std::string_view cause, const Moment& now);
    Step act_again(milliseconds pause, const Moment& now);
    Step take_next_id(const Moment& now);
    bool may_take_next_id(std::string_view cause) const;
    bool names_our_task(std::string_view text) const;
    Step task_stopped_badly(const std::string& text, const Moment& now);
    bool is_left_to_ha(const Finding& finding) const;
    Step fail_with_state();
    bool may_tell_of_overdue() const;
    Step await_ha(const Finding& finding, const Moment& now);
    Step locate(std::string phrase, std::string cause);

    /// Ends with this row; a growing record takes the time of its stage with it.
    Step finish(const json::Value& row);
    Ending finish(std::string output);
    Step fail_line(Exit exit, std::string_view phrase, std::string_view cause);
    Step fail_line(const Finding& finding, std::string_view phrase);

    bool may_ask_again(const Finding& finding, const Moment& now) const;
    milliseconds pause_after_tries() const;
    std::string how_to_grant() const;
    const Act& act() const;
    std::string journal_entry(std::string_view state, std::string_view upid = {}) const;
    LostChange lost_change(const Moment& now) const;
    std::string no_upid_phrase(const Answer& answer) const;
    std::string how_to_check() const;
    void note(std::string text);

    const Plan& plan_;
    ClaimedTasks& claimed_;
    Record record_;
    std::vector<std::string> traces_;
    Exit exit_ = Exit::ok;

    State state_ = State::nodes;
    Ask asked_{};
    milliseconds began_at_{};
    milliseconds now_{};
    milliseconds asked_at_{};
    int tries_ = 0;
    /// None before the first change was sent: a request that queues here uses up nobody's time.
    std::optional<milliseconds> deadline_{};
    bool has_extended_deadline_ = false;

    milliseconds acted_at_{};
    bool change_is_open_ = false;
    std::string upid_;
    std::string_view left_out_parameter_;
    milliseconds recover_until_{};
    std::string lost_because_;
    std::size_t look_at_ = 0;
    std::size_t act_at_ = 0;
    bool has_turn_ = false;
    bool has_created_ = false;
    std::optional<std::int64_t> own_id_{};
    std::optional<std::int64_t> proven_id_{};
    int ids_tried_ = 0;
    int ids_probed_ = 0;
    bool name_is_ours_ = false;
    bool description_is_ours_ = false;
    int names_tried_ = 0;

    bool is_located_ = false;
    bool node_is_foreign_ = false;
    /// A failure that stands unless another look (locate, log, read) finds something better to say.
    std::string failure_phrase_;
    std::string failure_cause_;
};

}  // namespace proxmox
