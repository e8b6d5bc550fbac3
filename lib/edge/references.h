// References: what a line only names is looked up in the vault right before the line begins.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <utility>

#include "api/stand_ins.h"
#include "base/error.h"
#include "line/record.h"

namespace proxmox {

/// The values that lines have named so far; each is read once.
class References {
  public:
    /// What is only sent on is kept there, and a word stands for it meanwhile.
    explicit References(StandIns& stand_ins) : stand_ins_(stand_ins) {}

    /// Gives the record the values that it names.
    Outcome fill(Record& record);

  private:
    Result<std::string> value_of(const Record::Reference& reference);

    StandIns& stand_ins_;
    std::map<std::pair<std::string, bool>, std::string> known_;
};

}  // namespace proxmox
