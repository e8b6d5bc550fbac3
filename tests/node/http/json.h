// Writing JSON the way a Perl hash does: correct, and with its members in any order.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <concepts>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace demo_node {

using Random = std::mt19937_64;

/// Where <filesystem> is included, std::quoted fits a std::string better: then name the namespace.
std::string quoted(std::string_view text);

/// One JSON object; its members come out in an order that a client must not rely on.
class JsonObject {
  public:
    JsonObject& text(std::string_view key, std::string_view value);
    JsonObject& raw(std::string_view key, std::string_view json);
    JsonObject& number(std::string_view key, std::integral auto value) {
        return raw(key, std::to_string(value));
    }

    std::string str(Random& random) const;

  private:
    std::vector<std::string> members_;
};

/// "[a,b,c]" of values that are JSON already.
std::string array(const std::vector<std::string>& items);
std::string array(const std::vector<const std::string*>& items);

}  // namespace demo_node
