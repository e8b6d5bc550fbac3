// What tools need that make VMs: free ids, turns, a journal, and the way to take things back.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "loop/id_book.h"
#include "loop/journal_file.h"
#include "loop/plan.h"
#include "loop/turns.h"

namespace proxmox {

struct Equipment {
    /// There is no journal where its path is empty.
    static Result<std::unique_ptr<Equipment>> open(const Plan& plan,
                                                   const std::string& journal_path);

    IdBook ids;
    Turns turns;
    /// How the failed lines of the run are taken back.
    Plan undo;
    std::optional<JournalFile> journal{};
};

}  // namespace proxmox
