// Differences between what a machine's configuration says and what is wanted, as they are sent.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "json/json.h"
#include "line/carried.h"

namespace proxmox {

/// Collects what differs; nothing is wanted where a value is empty.
class Differences {
  public:
    explicit Differences(const json::Value& config) : config_(config) {}

    /// A plain text or number.
    void want(std::string_view key, std::string_view value);
    /// Words whose order, case and separators mean nothing.
    void want_tags(std::string_view tags);
    /// Words in their order: name servers, search domains.
    void want_words(std::string_view key, std::string_view words);
    /// Notes, below which the marks of ours stay.
    void want_notes(std::string_view notes);
    /// Properties whose order means nothing: "ip=10.0.0.2/24,gw=10.0.0.1".
    void want_properties(std::string_view key, std::string_view value);
    /// Each property of a card that is named; a value that is null takes it away.
    Outcome want_card(std::string_view key, const json::Value& card);
    void want_keys(std::string_view public_keys);
    /// Proxmox never says what the password is: one that is there is right, unless it is `insisted`
    /// on this one.
    void want_password(std::string_view password, bool insisted);

    /// Empty where nothing differs.
    std::string sent() const;
    /// The same without what nobody is to see; an object in any case.
    std::string shown() const { return shown_.text(); }
    bool concerns_cloud_init() const { return concerns_cloud_init_; }

  private:
    void change(std::string_view key, std::string_view value, std::string_view shown);
    void change(std::string_view key, std::string_view value) { change(key, value, value); }

    const json::Value& config_;
    Carried sent_{};
    Carried shown_{};
    bool is_empty_ = true;
    bool concerns_cloud_init_ = false;
};

}  // namespace proxmox
