// Parameters: what is sent with a request, made of a line's values, as a form or as JSON.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "line/record.h"
#include "line/source.h"

namespace proxmox {

/// A parameter with its value: a text, or anything as JSON.
struct Sent {
    std::string key;
    std::string value;
    bool is_json = false;
};

/// Those that have a value, in their order, without `left_out`.
std::vector<Sent> parameters_of(const List<Parameter>& parameters, const Record& record,
                                std::string_view left_out = {});
/// The same of a body, with the members of its object.
std::vector<Sent> parameters_of(const Body& body, const Record& record,
                                std::string_view left_out = {});

/// "key=value&...", an array as its elements under the same key; an error for what a form has no
/// place for.
Result<std::string> form_of(const std::vector<Sent>& parameters);
/// A JSON object.
std::string json_of(const std::vector<Sent>& parameters);

}  // namespace proxmox
