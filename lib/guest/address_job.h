// An AddressJob takes one line to the address of its machine: agent there, same answer twice.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guest/address.h"
#include "api/api.h"
#include "way/ladder.h"
#include "loop/plan.h"
#include "way/work.h"

namespace proxmox {

class AddressJob final : public Rehearsable {
  public:
    AddressJob(const Plan& plan, Record record);

    Step begin(const Moment& now) override;
    Step answered(Answer& answer, const Moment& now) override;
    Step woken(const Moment& now) override;

    /// The requests that this line would lead to, as JSON lines.
    std::string rehearsal() override;

    const Record& record() const override { return record_; }
    bool has_open_change() const override { return false; }
    bool awaits_reply_of_change() const override { return false; }
    std::string when_cut_short() const override;
    std::string subject() const override;
    std::string waits_for() const override;

  private:
    Step config_answered(const Finding& finding);
    Step interfaces_answered(const Finding& finding, const Moment& now);
    Step look_again(const Moment& now, std::string_view cause);
    Step finish(const ChosenAddress& chosen, const Moment& now);
    Step fail_line(Exit exit, std::string_view what, std::string_view cause,
                   std::string_view advice);

    const Plan& plan_;
    Record record_;
    Ladder ladder_;
    Wanted wanted_;
    milliseconds began_at_{};
    std::vector<Card> cards_;
    bool knows_config_ = false;
    std::string seen_;
    Ask asked_{};
};

}  // namespace proxmox
