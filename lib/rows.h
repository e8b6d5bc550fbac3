// Output lines: the columns of an action filled from a record and an answer's row.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json.h"
#include "plan.h"
#include "record.h"

namespace proxmox {

/// One output line, newline included; `row` may be missing.
std::string print_row(const Plan& plan, const Record& record, const json::Value& row);

/// The lines of all rows of an answer that match, in the action's order; an error leaves none.
Result<std::string> print_rows(const Plan& plan, const Record& record, std::string& answer);

}  // namespace proxmox
