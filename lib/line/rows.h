// Output lines: the columns of an action filled from a record and an answer's row.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "json/json.h"
#include "loop/plan.h"
#include "line/record.h"

namespace proxmox {

/// One output line, newline included; `row` may be missing.
std::string print_row(const Plan& plan, const Record& record, const json::Value& row);

}  // namespace proxmox
