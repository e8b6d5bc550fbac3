// A VM's configuration file, as keys and values.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace demo_node {

/// A VM's configuration file: keys in the order they were written.
class Config {
  public:
    struct Entry {
        std::string key;
        std::string value;
        bool number = false;
    };

    void set(std::string_view key, std::string_view value);
    void set_number(std::string_view key, long value);
    void erase(std::string_view key);

    /// The value of a key, or an empty text: no key of a configuration is ever empty.
    std::string_view get(std::string_view key) const;
    bool has(std::string_view key) const { return !get(key).empty(); }
    const std::vector<Entry>& entries() const { return entries_; }
    std::string digest() const;

  private:
    void put(Entry entry);
    std::vector<Entry> entries_;
};

}  // namespace demo_node
