// A Record is an input line understood: the keys that the tool reads, checked by their grammars.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "action.h"
#include "lines.h"

namespace proxmox {

/// Text values by key; a key that is not there reads as empty.
class [[gnu::visibility("default")]] Record {
  public:
    explicit Record(std::uint64_t line_number = 0) : line_number_(line_number) {}

    std::uint64_t line_number() const { return line_number_; }
    std::string_view operator[](std::string_view key) const;
    bool has(std::string_view key) const { return !(*this)[key].empty(); }
    void set(std::string_view key, std::string_view value);

  private:
    std::uint64_t line_number_;
    std::vector<std::pair<std::string, std::string>> values_;
};

using Inputs = List<Input, 16>;

/// Nothing for a blank line; an Error whose message is the reason for a line that must not act.
Result<std::optional<Record>> parse_record(const Line& line, const Inputs& inputs);

}  // namespace proxmox
