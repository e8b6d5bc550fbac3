// Faults on purpose: reading --fault, and choosing the requests that it meets.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "faults/faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "faults/fault_kinds.h"

namespace demo_node {

using proxmox::Exit;
using proxmox::fail;
using proxmox::Outcome;

namespace {

constexpr std::string_view random_kind = "random";
constexpr std::string_view dead_worker = "no-worker";

bool read_whole(std::string_view text, auto& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}

Outcome read_range(std::string_view text, Fault& fault) {
    const std::size_t dash = text.find('-');
    const bool is_open = dash != std::string_view::npos && dash + 1 == text.size();
    if (!read_whole(text.substr(0, dash), fault.first) || fault.first < 1)
        return fail(Exit::usage, fmt::format("'{}' is no range such as 2, 2-3 or 2-", text));
    fault.last = fault.first;
    if (is_open) fault.last = 0;
    if (!is_open && dash != std::string_view::npos &&
        (!read_whole(text.substr(dash + 1), fault.last) || fault.last < fault.first))
        return fail(Exit::usage, fmt::format("'{}' is no range such as 2, 2-3 or 2-", text));
    return {};
}

Outcome read_pattern(const std::string& text, std::shared_ptr<regex_t>& place) {
    auto pattern = std::make_unique<regex_t>();
    if (regcomp(pattern.get(), text.c_str(), REG_EXTENDED | REG_NOSUB) != 0)
        return fail(Exit::usage, fmt::format("'{}' is no regular expression", text));
    place = std::shared_ptr<regex_t>(pattern.release(), FreeRegex{});
    return {};
}

Outcome read_word(std::string_view word, Fault& fault) {
    const std::size_t equals = std::min(word.find('='), word.size());
    const std::string_view key = word.substr(0, equals);
    const std::string value = percent_decode(word.substr(std::min(equals + 1, word.size())), false);
    if (key == "instead") return fault.instead = true, Outcome{};
    if (key == "method") return fault.method = value, Outcome{};
    if (key == "path") return read_pattern(value, fault.path);
    if (key == "form") return read_pattern(value, fault.form);
    if (key == "nth") return read_range(value, fault);
    if (key == "rate" && read_whole(value, fault.rate) && fault.rate >= 0 && fault.rate <= 1)
        return {};
    const FaultKind* kind = find_fault_kind(key);
    if (kind == nullptr || fault.kind != nullptr)
        return fail(Exit::usage, fmt::format("'{}' is not a word of a fault", word));
    fault.kind = kind;
    fault.value = value;
    return {};
}

bool matches(const std::shared_ptr<regex_t>& pattern, const std::string& text) {
    return !pattern || regexec(pattern.get(), text.c_str(), 0, nullptr, 0) == 0;
}

bool fits(const Fault& fault, const Request& request) {
    if (fault.kind->welcome != Welcome::kind) return false;
    if (!fault.method.empty() && fault.method != request.method) return false;
    return matches(fault.path, request.path) && matches(fault.form, request.body);
}

/// What can go wrong on a network between a request and its answer.
Fault any_of_network(bool instead, Random& random) {
    constexpr std::string_view ways[][2] = {{"cut", "0"},     {"cut", "status"}, {"cut", "headers"},
                                            {"cut", "half"},  {"reset", ""},     {"status", "596"},
                                            {"status", "502"}};
    const auto& [name, value] = ways[random() % std::size(ways)];
    return {.kind = find_fault_kind(name), .value = std::string(value), .instead = instead};
}

}  // namespace

proxmox::Result<Fault> read_fault(std::string_view spec) {
    Fault fault;
    while (!spec.empty()) {
        const std::size_t end = std::min(spec.find(' '), spec.size());
        if (end > 0)
            if (auto read = read_word(spec.substr(0, end), fault); !read)
                return std::unexpected(read.error());
        spec.remove_prefix(std::min(end + 1, spec.size()));
    }
    if (fault.kind == nullptr) return fail(Exit::usage, "the fault has no kind");
    return fault;
}

bool Fault::strikes(Random& random) {
    ++matches;
    constexpr double range = static_cast<double>(Random::max());
    return matches >= first && (last == 0 || matches <= last) &&
           (rate >= 1 || static_cast<double>(random()) < rate * range);
}

Welcome Faults::welcome() {
    for (Fault& fault : faults_)
        if (fault.kind->welcome != Welcome::kind && fault.strikes(random_))
            return fault.kind->welcome;
    return Welcome::kind;
}

std::vector<Fault> Faults::choose(const Request& request) {
    std::vector<Fault> chosen;
    for (Fault& fault : faults_) {
        if (!fits(fault, request) || !fault.strikes(random_)) continue;
        chosen.push_back(fault.kind->name == random_kind ? any_of_network(fault.instead, random_)
                                                         : fault);
    }
    return chosen;
}

bool any_instead(const std::vector<Fault>& faults) {
    return std::ranges::any_of(faults, &Fault::instead);
}

bool any_dead_worker(const std::vector<Fault>& faults) {
    return std::ranges::any_of(faults,
                               [](const Fault& fault) { return fault.kind->name == dead_worker; });
}

void spoil(const std::vector<Fault>& faults, Answer& answer) {
    for (const Fault& fault : faults) {
        answer.fault += (answer.fault.empty() ? "" : " ") + std::string(fault.kind->name);
        if (!fault.value.empty()) answer.fault += '=' + fault.value;
        fault.kind->spoil(answer, fault.value);
    }
}

}  // namespace demo_node
