// References: what a line only names is looked up in the vault right before the line begins.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>

#include "base/error.h"
#include "line/record.h"
#include "secret.h"

namespace proxmox {

/// The values that lines have named so far; each is read once.
class References {
  public:
    /// Gives the record the values that it names.
    Outcome fill(Record& record);

  private:
    std::map<std::string, vault::Secret, std::less<>> known_;
};

}  // namespace proxmox
