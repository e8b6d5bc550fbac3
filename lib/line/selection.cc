// A selection of VMs: terms for ids, names, tags, pools and states, and what they exclude.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "line/selection.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <array>

#include "base/escape.h"
#include "json/json.h"
#include "line/grammar.h"

namespace proxmox {
namespace {

constexpr std::string_view tag_prefix = "tag-";
constexpr std::string_view pool_prefix = "pool-";
constexpr std::string_view status_prefix = "status-";
/// What Proxmox says of a VM, where a word alone is clear enough.
constexpr std::array<std::string_view, 5> states{"running", "stopped", "paused", "suspended",
                                                 "prelaunch"};

std::unexpected<Error> refuse(std::string_view term, std::string_view why) {
    return fail(
        Exit::usage, fmt::format("not a term: {} ({})", escape(term), why),
        "terms are ids (100, 100:110), names (web-*), @tag-x, @pool-y, @running, and -TERM");
}

bool is_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// One end of a range of ids; an end that is not given is as far as ids go.
std::optional<std::int64_t> end_of_range(std::string_view text, std::int64_t otherwise) {
    if (text.empty()) return otherwise;
    return is_digits(text) ? json::integer_of(text) : std::nullopt;
}

bool is_like(const std::string& pattern, const std::string& text) {
    return fnmatch(pattern.c_str(), text.c_str(), FNM_CASEFOLD) == 0;
}

bool has_tag_like(const std::string& pattern, std::string_view tags) {
    while (!tags.empty()) {
        const std::size_t end = tags.find_first_of(";, ");
        if (is_like(pattern, std::string(tags.substr(0, end)))) return true;
        tags.remove_prefix(end == std::string_view::npos ? tags.size() : end + 1);
    }
    return false;
}

Judgement judgement(bool holds) { return holds ? Judgement::yes : Judgement::no; }

Judgement match(const std::string& pattern, const std::optional<std::string>& text) {
    return text ? judgement(is_like(pattern, *text)) : Judgement::unknown;
}

}  // namespace

Result<Selection> Selection::parse(std::span<const std::string> terms) {
    Selection selection;
    for (const std::string& text : terms) {
        auto term = parse_term(text);
        if (!term) return std::unexpected(term.error());
        selection.terms_.push_back(std::move(*term));
    }
    return selection;
}

Result<Selection::Term> Selection::parse_term(std::string_view text) {
    Term term{.text = std::string(text)};
    std::string_view rest = text;
    if (rest.starts_with('-')) {
        term.excludes = true;
        rest.remove_prefix(1);
    }
    if (rest.empty() || rest.starts_with('-')) return refuse(text, "nothing is named");
    if (const std::size_t colon = rest.find(':');
        colon != std::string_view::npos || is_digits(rest)) {
        const auto first = end_of_range(rest.substr(0, colon), smallest_vm_id);
        const auto last = colon == std::string_view::npos
                              ? first
                              : end_of_range(rest.substr(colon + 1), largest_vm_id);
        if (!first || !last || rest == ":") return refuse(text, "a range is FIRST:LAST");
        if (*first > *last) return refuse(text, "the range ends before it begins");
        term.about = About::id;
        term.first = *first;
        term.last = *last;
        return term;
    }
    if (rest.starts_with('@')) {
        rest.remove_prefix(1);
        const auto take = [&](std::string_view prefix, About about) {
            if (!rest.starts_with(prefix) || rest.size() == prefix.size()) return false;
            term.about = about;
            term.pattern = rest.substr(prefix.size());
            return true;
        };
        if (take(tag_prefix, About::tag) || take(pool_prefix, About::pool) ||
            take(status_prefix, About::status))
            return term;
        if (std::ranges::find(states, rest) == states.end())
            return refuse(text, "@ begins @tag-x, @pool-y, @status-z or a state such as @running");
        term.about = About::status;
    }
    term.pattern = rest;
    return term;
}

Judgement Selection::holds(const Term& term, const VmFacts& vm) {
    switch (term.about) {
        case About::id: return judgement(vm.id >= term.first && vm.id <= term.last);
        case About::name: return match(term.pattern, vm.name);
        case About::pool: return match(term.pattern, vm.pool);
        case About::status: return match(term.pattern, vm.status);
        case About::tag: break;
    }
    return vm.tags ? judgement(has_tag_like(term.pattern, *vm.tags)) : Judgement::unknown;
}

Judgement Selection::judge(const VmFacts& vm) {
    Judgement included = Judgement::no;
    Judgement excluded = Judgement::no;
    bool includes = false;
    for (const Term& term : terms_) {
        const Judgement held = holds(term, vm);
        includes = includes || !term.excludes;
        Judgement& sum = term.excludes ? excluded : included;
        if (sum != Judgement::yes && held != Judgement::no) sum = held;
    }
    if (!includes) included = Judgement::yes;
    if (excluded == Judgement::yes || included == Judgement::no) return decide(Judgement::no, vm);
    if (excluded == Judgement::unknown) return Judgement::unknown;
    return decide(included, vm);
}

/// Which terms have held counts only where the judgement stands.
Judgement Selection::decide(Judgement judgement, const VmFacts& vm) {
    if (judgement == Judgement::unknown) return judgement;
    for (Term& term : terms_) {
        const Judgement held = holds(term, vm);
        term.has_held = term.has_held || held == Judgement::yes;
        term.was_unknown = term.was_unknown || held == Judgement::unknown;
    }
    return judgement;
}

bool Selection::is_about_state() const {
    return std::ranges::find(terms_, About::status, &Term::about) != terms_.end();
}

std::vector<std::string> Selection::idle_terms() const {
    std::vector<std::string> idle;
    for (const Term& term : terms_)
        if (!term.has_held && !term.was_unknown) idle.push_back(term.text);
    return idle;
}

}  // namespace proxmox
