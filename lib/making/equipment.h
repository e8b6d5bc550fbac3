// What tools need that make guests: free ids, turns, and a journal.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "making/id_book.h"
#include "making/journal_file.h"
#include "making/turns.h"

namespace proxmox {

struct Equipment {
    /// For the API host of this name. There is no journal where its path is empty.
    static Result<std::unique_ptr<Equipment>> open(const std::string& host_and_port,
                                                   const std::string& journal_path);

    /// Into the journal, if there is one.
    Outcome write_down(const std::string& entry);

    IdBook ids;
    Turns turns;
    std::optional<JournalFile> journal{};
};

}  // namespace proxmox
