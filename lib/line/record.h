// A Record is an input line understood: the keys that the tool reads, checked by their grammars.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "line/carried.h"
#include "line/key.h"
#include "line/lines.h"

namespace proxmox {

/// Text values by key; a key that is not there reads as empty.
class [[gnu::visibility("default")]] Record {
  public:
    explicit Record(std::uint64_t line_number = 0) : line_number_(line_number) {}

    std::uint64_t line_number() const { return line_number_; }
    std::string_view operator[](std::string_view key) const;
    bool has(std::string_view key) const { return !(*this)[key].empty(); }
    void set(std::string_view key, std::string_view value);
    /// Keys whose values are in the vault, under another key there: `{"vault":"KEY"}`.
    struct Reference {
        std::string key;
        std::string in_vault;
        Type type = Type::text;
    };
    std::vector<Reference>& references() { return references_; }
    /// What the line held, where the run carries it on; else empty.
    Carried& carried() { return carried_; }
    const Carried& carried() const { return carried_; }

  private:
    std::uint64_t line_number_;
    std::vector<std::pair<std::string, std::string>> values_;
    Carried carried_;
    std::vector<Reference> references_;
};

/// Which lines keep the keys that the tool does not know. Those of a plan grow from tool to tool.
enum class Carry : std::uint8_t { none, plans, all };
inline constexpr std::string_view plan_key = "plan_kind";

/// What a run does with its lines beyond reading the tool's keys.
struct Extras {
    Carry carry = Carry::none;
    std::span<const Given> given{};
};

/// Nothing for a blank line; an Error whose message is the reason for a line that must not act.
Result<std::optional<Record>> parse_record(const InputLine& line, Inputs inputs,
                                           const Extras& intake = {});

}  // namespace proxmox
