// Rehearsals: a way that is gone without sending anything tells what it would ask for.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "line/parameters.h"
#include "stage/changes.h"
#include "way/line.h"

namespace proxmox {

/// Adds a request to what the line would lead to.
void rehearse(Line& line, Method method, std::string_view path, const List<Parameter>& query = {});
void rehearse(Line& line, const Change& change);
/// What is prepared without an answer is prepared; a refusal becomes a line of the rehearsal.
Reached<void> rehearse_preparation(Line& line, Prepare prepare);
/// A key that an answer would fill is shown by its name: "{vm_id}".
void stand_for_itself(Record& record, std::string_view key);

}  // namespace proxmox
