// The lines of an answer's rows, chosen, in order, made while they are written.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "json/json_table.h"
#include "line/record.h"
#include "print/printer.h"
#include "print/printing.h"

namespace proxmox {

/// The lines of those rows of an answer that are wanted, in their order. Twenty thousand of
/// them are larger than the answer: they are made a piece at a time.
class RowLines {
  public:
    /// An answer with anything wrong in it has no lines at all. It has to stay where it is, or to
    /// be kept.
    static Result<std::shared_ptr<RowLines>> read(const Printing& printing, Record record,
                                                  std::string& answer);
    void keep(std::string answer);

    bool is_empty() const { return rows_.empty(); }
    /// Some whole lines in the place of what `lines` held; false behind the last one.
    bool next_piece(std::string& lines);

  private:
    RowLines(const Printing& printing, Record record);

    const Record record_;
    WantedFields wanted_;
    const Printer printer_;
    json::Table table_{{}, 0};
    std::string answer_;
    /// In their order.
    std::vector<std::size_t> rows_;
    std::size_t printed_ = 0;
};

}  // namespace proxmox
