// A GuestJob takes one line through a GuestStep: it waits for the login, then runs the scripts.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: a line's way through a step, from the knock to its end.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guest/guest.h"
#include "guest/guest_operands.h"
#include "way/ladder.h"
#include "loop/plan.h"
#include "secret.h"
#include "guest/ssh.h"
#include "way/work.h"

namespace proxmox {

/// One attempt to get in may take so long.
inline constexpr milliseconds longest_knock{10'000};

/// So often a line may lose its connection between two commands.
inline constexpr int longest_returns = 3;

/// What all lines of a run in guests share.
struct GuestRun {
    const Plan& plan;
    const GuestStep& step;
    SshPlace ssh{};
    vault::Secret secret{};
    GuestOperands operands{};
    /// Stores the host keys that count from now on; an effect, so that it comes from outside.
    std::function<Outcome(const std::string& file, std::string_view keys)> remember_keys{};
};

class GuestJob final : public Rehearsable {
  public:
    GuestJob(const GuestRun& run, std::uint64_t number, Record record);

    Step begin(const Moment& now) override;
    Step woken(const Moment& now) override;
    Step executed(Executed& executed, const Moment& now) override;

    /// The calls of ssh that this line would lead to, as JSON lines, without what goes to stdin.
    std::string rehearsal() override;

    const Record& record() const override { return record_; }
    bool has_open_change() const override { return is_changing_; }
    bool awaits_reply_of_change() const override { return is_changing_; }
    std::string when_cut_short() const override;
    std::string subject() const override;
    std::string waits_for() const override;

  private:
    Step knock(const Moment& now);
    Step knocked(const Executed& executed, SshTrouble trouble, const Moment& now);
    Step begin_command(std::size_t at, const Moment& now);
    Step run_command(const Moment& now);
    Step command_ended(Executed& executed, SshTrouble trouble, const Moment& now);
    Step command_failed(const Executed& executed, milliseconds limit);
    Step skip(const Moment& now);
    Step finish(const Moment& now);
    Step fail_line(Exit exit, std::string_view what, std::string_view cause,
                   std::string_view advice);
    Step refuse_identity(const Executed& executed);

    Result<Execution> execution_of(const GuestCommand& command, milliseconds limit) const;
    Outcome keep_host_keys();
    const GuestCommand& command() const { return *(run_.step.commands.begin() + at_); }

    const GuestRun& run_;
    const std::string control_name_;
    Record record_;
    Ladder ladder_;
    milliseconds began_at_{};
    bool is_in_ = false;
    /// So often the connection had gone before a command was sent.
    int returns_ = 0;
    std::size_t at_ = 0;
    milliseconds knock_limit_{};
    milliseconds command_began_at_{};
    milliseconds pause_{};
    bool is_changing_ = false;
    Exit exit_ = Exit::ok;
};

}  // namespace proxmox
