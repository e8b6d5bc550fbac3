// What tools need that make guests: free ids, turns, and a journal.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "making/equipment.h"

#include <utility>

#include "base/state_place.h"

namespace proxmox {

Result<std::unique_ptr<Equipment>> Equipment::open(const std::string& host_and_port,
                                                   const std::string& journal_path) {
    auto equipment = std::make_unique<Equipment>(IdBook(state_path("vm_ids", host_and_port)),
                                                 Turns(state_path("turns", host_and_port)));
    if (journal_path.empty()) return equipment;
    auto journal = JournalFile::open(journal_path);
    if (!journal) return std::unexpected(journal.error());
    equipment->journal.emplace(std::move(*journal));
    return equipment;
}

Outcome Equipment::write_down(const std::string& entry) {
    if (!journal) return {};
    return journal->append(entry);
}

}  // namespace proxmox
