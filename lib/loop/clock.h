// The clock of a run: when it began, and what time it is on the server.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ctime>
#include <optional>
#include <utility>

#include "api/exchange.h"
#include "base/moment.h"

namespace proxmox {

class Clock {
  public:
    Moment now() const {
        Moment moment{
            .elapsed = time_since_boot() - began_, .wall = std::time(nullptr), .date = date_now()};
        if (server_)
            moment.server =
                server_->first +
                std::chrono::duration_cast<seconds>(moment.elapsed - server_->second).count();
        return moment;
    }
    /// Every answer tells the server's time; what is done with that one goes by the time before.
    void learn(std::optional<std::time_t> date) {
        if (date) server_ = {*date, now().elapsed};
    }

  private:
    milliseconds began_ = time_since_boot();
    std::optional<std::pair<std::time_t, milliseconds>> server_{};
};

}  // namespace proxmox
