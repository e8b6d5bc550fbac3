// A run under a legacy name: by the API where it is reachable, else the devkit's script takes over.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "edge/legacy.h"
#include "edge/line_work.h"

namespace proxmox {

class LegacyRun {
  public:
    LegacyRun(const Session& session, const Legacy& call)
        : tool_(session.tool),
          output_(session.output),
          signals_(session.signals),
          call_(call),
          work_(session) {}

    Exit work();

  private:
    /// Why the ansible path is taken, where the user has not asked for it.
    struct Retreat {
        std::optional<Error> reason{};
        /// What he should know of that path.
        std::string warning{};
    };

    std::expected<Exit, Retreat> by_api();
    std::expected<Exit, Retreat> without_vault(const Error& error);
    Exit hand_over(const Retreat& retreat);
    Exit refuse(const Error& error);
    Exit report(const Error& error);

    const Tool& tool_;
    Output& output_;
    Signals& signals_;
    const Legacy& call_;
    LineWork work_;
};

}  // namespace proxmox
