// A VM's configuration file, as keys and values.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/config.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

namespace demo_node {

void Config::put(Entry entry) {
    const auto found = std::ranges::find(entries_, entry.key, &Entry::key);
    if (found == entries_.end())
        entries_.push_back(std::move(entry));
    else
        *found = std::move(entry);
}

void Config::set(std::string_view key, std::string_view value) {
    put({std::string(key), std::string(value)});
}

void Config::set_number(std::string_view key, long value) {
    put({std::string(key), std::to_string(value), true});
}

void Config::erase(std::string_view key) {
    std::erase_if(entries_, [&](const Entry& entry) { return entry.key == key; });
}

std::string_view Config::get(std::string_view key) const {
    const auto found = std::ranges::find(entries_, key, &Entry::key);
    return found == entries_.end() ? std::string_view{} : found->value;
}

std::string Config::digest() const {
    std::string text;
    for (const Entry& entry : entries_)
        text.append(entry.key).append(": ").append(entry.value).append("\n");
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    return fmt::format("{:02x}", fmt::join(digest, ""));
}

}  // namespace demo_node
