// A GuestPlace is where a run keeps what its connections to guests need, and what it learnt there.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "guest/control_directory.h"
#include "guest/handover.h"
#include "guest/ssh.h"
#include "secret.h"

namespace proxmox {

inline constexpr std::string_view ssh_config_variable = "RANGE42_SSH_CONFIG";
inline constexpr std::size_t secret_file_limit = 4096;

/// A private place with ssh's configuration and the shared connections; all of it goes at its end.
class GuestPlace {
  public:
    static Result<std::unique_ptr<GuestPlace>> make();

    const SshPlace& ssh() const { return ssh_; }
    const Handover& handover() const { return handover_; }

  private:
    GuestPlace(std::unique_ptr<ControlDirectory> connections, std::string users_configuration)
        : connections_(std::move(connections)),
          handover_(*connections_, std::move(users_configuration)) {}

    std::unique_ptr<ControlDirectory> connections_;
    Handover handover_;
    SshPlace ssh_;
};

/// The first line of the file, kept where secrets are kept.
Result<vault::Secret> secret_in(const std::string& file);

}  // namespace proxmox
