// An AgentJob takes one line through the guest agent: pieces of a file, a program, how it ended.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: what a line through the agent may be doing belongs together.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/api.h"
#include "guest/guest.h"
#include "guest/guest_operands.h"
#include "way/ladder.h"
#include "loop/plan.h"
#include "way/work.h"

namespace proxmox {

/// What all lines of a run through guest agents share.
struct AgentRun {
    const GuestStep& step;
    GuestOperands operands{};
    /// The file, in base64, each piece as long as one call takes; put beside the target first.
    std::vector<std::string> pieces{};
    /// By which the pieces of this run are told from others'.
    std::string token{};
};

class AgentJob final : public Rehearsable {
  public:
    AgentJob(const Plan& plan, const AgentRun& run, Record record);

    Step begin(const Moment& now) override;
    Step answered(Answer& answer, const Moment& now) override;
    Step woken(const Moment& now) override;
    std::optional<Step> wind_up(const Moment& now) override;

    std::string rehearsal() override;

    const Record& record() const override { return record_; }
    bool has_open_change() const override { return is_changing_; }
    bool awaits_reply_of_change() const override { return is_changing_; }
    std::string when_cut_short() const override;
    std::string subject() const override;
    std::string waits_for() const override;

  private:
    enum class State : std::uint8_t { piece, program, status, stop, tidy };

    using Parameters = std::vector<std::pair<std::string, std::string>>;

    Step ask(State state, std::string_view call, const Parameters& parameters);
    Step ask_next();
    Step ask_to_stop(std::string why, Exit exit);
    Step ask_to_tidy(std::string why, Exit exit);
    Step program_answered(const Finding& finding, const Moment& now);
    Step status_answered(const Finding& finding, const Moment& now);
    Step program_ended(const json::Value& status, const Moment& now);
    Step not_answered(const Finding& finding, const Moment& now);
    Step look_again(const Moment& now, std::string_view cause);
    Step fail_line(Exit exit, std::string_view what, std::string_view cause,
                   std::string_view advice = {});
    milliseconds program_limit() const;
    std::string piece_name(std::size_t at) const;
    std::string call_path(std::string_view call) const;
    static Parameters command_of(const std::vector<std::string>& words);
    Parameters call_of_piece(std::size_t at) const;
    Parameters call_of_program() const;
    static std::string form_of(const Parameters& parameters);

    const Plan& plan_;
    const AgentRun& run_;
    Record record_;
    Ladder ladder_;
    State state_ = State::piece;
    Ask asked_{};
    milliseconds began_at_{};
    std::size_t piece_at_ = 0;
    bool may_have_pieces_ = false;
    /// Something may be in the guest, or be running there, that this line has brought.
    bool is_changing_ = false;
    std::optional<std::int64_t> process_{};
    milliseconds program_due_{};
    milliseconds pause_{};
    /// How the line ends once the guest is in order again.
    std::string ends_because_{};
    Exit ends_with_ = Exit::ok;
};

}  // namespace proxmox
