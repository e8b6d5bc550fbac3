// Columns: what an output line holds, and which rows of an answer become lines.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

#include "base/list.h"
#include "line/source.h"

namespace proxmox {

/// One key of an output line. `otherwise` is the JSON printed where the source has nothing; empty
/// leaves the key out.
struct Column {
    std::string_view key{};
    Source source{};
    std::string_view otherwise = R"("?")";
    /// What --text shows where JSON leaves the key out.
    std::string_view shown_otherwise{};
};

/// How many output lines one answer gives.
enum class Rows : std::uint8_t { none, one, every };

/// Rows go by the value of this field, smallest first.
struct Order {
    std::string_view field{};
    /// The place of a row that has no number there.
    std::int64_t lacking = 0;
    enum class By : std::uint8_t { number, text };
    By by = By::number;
};

/// What a tool prints.
struct Prints {
    Rows rows = Rows::one;
    /// In the order of --text; JSON lines have their keys in alphabetical order.
    List<Column> columns{};
    Order order{};
    /// Only rows whose field equals the record's value: {"vmid", "vm_id"}.
    struct Match {
        std::string_view field{};
        std::string_view key{};
    } match{};
    /// The column that FILTER looks at; empty: the tool takes no FILTER.
    std::string_view filter{};
    /// The form of a --text line; empty: one key=value a line.
    std::string_view text{};
    /// The line's other keys are printed, too, unless --no-carry says otherwise.
    bool carries = false;
};

}  // namespace proxmox
