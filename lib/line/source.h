// Sources: where a value comes from that is printed or sent.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

#include "base/list.h"

namespace proxmox {

struct Source {
    enum class From : std::uint8_t {
        /// Nowhere: what stands in for it is printed.
        nothing,
        /// A field of the row read.
        field,
        /// The whole answer, as an object with `data` in it.
        answer,
        /// A template over the line's keys, which gives a text.
        text,
        /// A key of the line whose value is JSON already: a number, a flag, an object.
        json,
    };

    constexpr Source() = default;
    /// A plain word is a field of the answer.
    explicit(false) constexpr Source(const char* name)
        : from(*name == '\0' ? From::nothing : From::field), what(name) {}
    constexpr Source(From place, std::string_view name) : from(place), what(name) {}

    /// It is known before an answer is.
    constexpr bool is_of_line() const { return from == From::text || from == From::json; }

    From from = From::nothing;
    std::string_view what{};
};

/// "{vm_id}", or any text with the line's values in it.
constexpr Source text(std::string_view pattern) { return {Source::From::text, pattern}; }
constexpr Source json_of(std::string_view key) { return {Source::From::json, key}; }
inline constexpr Source whole_answer{Source::From::answer, ""};

/// Marks a parameter that older nodes do not know: left out when this one says so.
inline constexpr bool dispensable = true;

/// One parameter of a request; it is left out where its value is empty.
struct Parameter {
    std::string_view key{};
    Source value{};
    bool may_be_left_out = false;
};

enum class Encoding : std::uint8_t { form, json };

/// What is sent with a change.
struct Body {
    List<Parameter> parameters{};
    /// The key of a JSON object whose members are parameters, too.
    std::string_view members_of{};
    Encoding encoding = Encoding::form;
};

}  // namespace proxmox
