// Output lines: the columns of a tool filled from a record and an answer's row.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "json/json.h"
#include "line/record.h"
#include "print/printing.h"

namespace proxmox {

/// One output line, newline included; `row` may be missing.
std::string print_row(const Printing& printing, const Record& record, const json::Value& row);

}  // namespace proxmox
