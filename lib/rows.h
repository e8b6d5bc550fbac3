// Output lines: the columns of an action filled from a record and an answer's row.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "json.h"
#include "plan.h"
#include "record.h"

namespace proxmox {

/// One output line, newline included; `row` may be missing.
std::string print_row(const Plan& plan, const Record& record, const json::Value& row);

}  // namespace proxmox
