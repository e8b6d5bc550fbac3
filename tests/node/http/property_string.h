// Values that are lists of properties, "virtio,tag=5", checked as PVE::JSONSchema checks them.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace demo_node {

/// Why a value is not in its form, with the line end that Perl's `die` wants; empty when it is.
using FormCheck = std::string (*)(std::string_view value);

/// One property that may stand in such a value.
struct Property {
    enum class Type { text, integer, number, boolean };

    std::string_view name;
    Type type = Type::text;
    bool required = false;
    /// It may be given without its name.
    bool is_default = false;
    std::optional<long> minimum{};
    std::optional<long> maximum{};
    /// The values that there are, as they are listed in the message.
    std::string_view choices{};
    FormCheck form = nullptr;
    /// Another property that has to be there, too.
    std::string_view needs{};
    /// Its choices are names of their own: "virtio=ADDRESS" sets this one and the one named here.
    std::string_view value_belongs_to{};
};

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// The properties by name; one that has no name is the default's.
Pairs read_pairs(std::string_view text, std::span<const Property> known);

/// Everything that is wrong, as "format error\nnet0.tag: ...\n", or an empty text.
std::string property_errors(std::string_view key, std::string_view text,
                            std::span<const Property> known);

}  // namespace demo_node
