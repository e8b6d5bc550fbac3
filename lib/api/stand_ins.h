// Stand-ins: random words in the place of secrets, which only come in when a request is sent.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "secret.h"

namespace proxmox {

/// Secrets by the words that stand for them. Whoever composes a request has only the words, which
/// look alike in a form and in JSON and which nobody can guess.
class StandIns {
  public:
    /// The word that stands for this secret from now on.
    std::string keep(vault::Secret secret);
    bool are_in(std::string_view body) const;
    /// The body with the secrets in the place of their words, in locked memory.
    Result<vault::Secret> filled(std::string_view body, bool is_json) const;

  private:
    std::vector<std::pair<std::string, vault::Secret>> kept_;
};

}  // namespace proxmox
