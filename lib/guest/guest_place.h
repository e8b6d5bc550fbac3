// A GuestPlace is where a run keeps what its connections to guests need, and what it learnt there.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "guest/ssh.h"
#include "secret.h"

namespace proxmox {

inline constexpr std::string_view ssh_config_variable = "RANGE42_SSH_CONFIG";
/// How long the shared connections may take to close at the end.
inline constexpr milliseconds control_close_limit{2'000};
inline constexpr std::size_t secret_file_limit = 4096;

/// A private directory with ssh's configuration and the sockets of shared connections. At its end
/// the connections are closed and the directory is gone; what killed runs left is swept away.
class GuestPlace {
  public:
    static Result<std::unique_ptr<GuestPlace>> make();
    ~GuestPlace();
    GuestPlace(const GuestPlace&) = delete;
    GuestPlace& operator=(const GuestPlace&) = delete;

    const SshPlace& ssh() const { return ssh_; }

  private:
    GuestPlace() = default;
    SshPlace ssh_;
};

/// Adds these lines to what is known of the machine: until it starts anew, it shows its old keys.
/// Without lines it is forgotten.
Outcome keep_host_keys(const std::string& file, std::string_view lines);

/// The same for those that a login has put into the file `fresh`, which is gone then.
Outcome adopt_host_keys(const std::string& fresh, const std::string& file);

/// The first line of the file, kept where secrets are kept.
Result<vault::Secret> secret_in(const std::string& file);

}  // namespace proxmox
