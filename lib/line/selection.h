// A selection of VMs: terms for ids, names, tags, pools and states, and what they exclude.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace proxmox {

/// What is known of a VM; what nobody has said is not there.
struct VmFacts {
    std::int64_t id = 0;
    std::optional<std::string> name{};
    std::optional<std::string> status{};
    /// Set apart as Proxmox does it, by ';'.
    std::optional<std::string> tags{};
    std::optional<std::string> pool{};
};

enum class Judgement : std::uint8_t { no, yes, unknown };

/// Any of the terms without a dash is enough, where there is one; none of those with a dash may
/// hold.
class Selection {
  public:
    /// Exit::usage for a term that is none.
    static Result<Selection> parse(std::span<const std::string> terms);

    /// Unknown where facts are missing that would decide it.
    Judgement judge(const VmFacts& vm);
    /// Some term asks for the state of VMs.
    bool is_about_state() const;
    /// Terms that held for no VM although all was known about each.
    std::vector<std::string> idle_terms() const;

  private:
    enum class About : std::uint8_t { id, name, tag, pool, status };
    struct Term {
        std::string text;
        bool excludes = false;
        About about = About::name;
        std::string pattern{};
        std::int64_t first = 0;
        std::int64_t last = 0;
        bool has_held = false;
        bool was_unknown = false;
    };

    static Result<Term> parse_term(std::string_view text);
    static Judgement holds(const Term& term, const VmFacts& vm);

    Judgement decide(Judgement judgement, const VmFacts& vm);

    std::vector<Term> terms_;
};

}  // namespace proxmox
