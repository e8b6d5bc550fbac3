// The parameters of a call: read from query and body, checked against the call's schema.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: what a parameter can be asked to look like stands with the parameters.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/http.h"
#include "http/json.h"
#include "http/property_string.h"

namespace demo_node {

/// One value as the API sees it; only text is ever valid, the rest exists to be refused by name.
struct Value {
    enum class Kind { text, array, object };
    std::string name;
    std::string text{};
    Kind kind = Kind::text;
    /// The elements of an array, as far as they are texts.
    std::vector<std::string> elements{};
};

/// Named values; a name given twice has become an array, as it does in Perl.
class Parameters {
  public:
    void add(Value value);
    const Value* find(std::string_view name) const;
    const std::vector<Value>& all() const { return values_; }

    std::string text(std::string_view name, std::string_view otherwise = {}) const;
    /// The elements of a list; a list of one may have come as a text.
    std::vector<std::string> words(std::string_view name) const;
    bool flag(std::string_view name) const;
    long number(std::string_view name, long otherwise = 0) const;
    bool has(std::string_view name) const { return find(name) != nullptr; }

    /// A null was given: it sets nothing, and yet something was asked for.
    void note_null() { has_null_ = true; }
    bool has_null() const { return has_null_; }

  private:
    std::vector<Value> values_;
    bool has_null_ = false;
};

/// Adds what the query and the body hold; an answer means that they cannot be read.
std::optional<Answer> read_parameters(const Request& request, Parameters& parameters);

enum class Type { text, integer, boolean, list };
enum class Format {
    any,
    vmid,
    config_id,
    node,
    task_status_list,
    dns_name,
    tag_list,
    memory,
    boot_order
};

/// What one parameter must look like.
struct Field {
    std::string_view name;
    Type type = Type::text;
    bool required = false;
    bool root_only = false;
    Format format = Format::any;
    std::optional<long> minimum{};
    std::optional<long> maximum{};
    std::size_t max_length = 0;
    std::string_view choices{};
    /// Any other form; see forms.h.
    FormCheck form = nullptr;
    /// The value is a list of these.
    std::span<const Property> properties{};
    /// Another parameter that has to be there, too.
    std::string_view needs{};
};

/// 400 with every bad parameter at once, or nothing when all fit.
std::optional<Answer> check_parameters(const Parameters& parameters, std::span<const Field> path,
                                       std::span<const Field> fields, Random& random);

/// 400 that blames one parameter.
Answer refuse_parameter(std::string_view name, std::string_view reason);

}  // namespace demo_node
