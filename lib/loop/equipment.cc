// What tools need that make VMs: free ids, turns, a journal, and the way to take things back.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "loop/equipment.h"

#include <utility>

#include "base/state_place.h"
#include "factory/undo_plan.h"

namespace proxmox {

Result<std::unique_ptr<Equipment>> Equipment::open(const Plan& plan,
                                                   const std::string& journal_path) {
    auto equipment = std::make_unique<Equipment>(IdBook(state_path("vm_ids", plan.host_and_port)),
                                                 Turns(state_path("turns", plan.host_and_port)),
                                                 undo_plan(plan));
    if (journal_path.empty()) return equipment;
    auto journal = JournalFile::open(journal_path);
    if (!journal) return std::unexpected(journal.error());
    equipment->journal.emplace(std::move(*journal));
    return equipment;
}

}  // namespace proxmox
