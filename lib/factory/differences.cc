// Differences between what a machine's configuration says and what is wanted, as they are sent.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: each kind of value is compared in its own manner.
#include "factory/differences.h"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "factory/cloud_init.h"
#include "factory/mark.h"
#include "factory/network_card.h"

namespace proxmox {
namespace {

constexpr std::string_view hidden = "redacted";

std::string quoted(std::string_view text) {
    std::string json;
    json::write_string(json, text);
    return json;
}

std::vector<std::string> words_of(std::string_view text, std::string_view separators) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t end = text.find_first_of(separators);
        if (end != 0) words.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return words;
}

std::set<std::string> set_of(std::string_view text, std::string_view separators) {
    std::set<std::string> all;
    for (std::string& word : words_of(text, separators)) all.insert(std::move(word));
    return all;
}

std::string in_small_letters(std::string_view text) {
    std::string small(text);
    std::ranges::transform(small, small.begin(), [](char letter) {
        const bool is_capital = letter >= 'A' && letter <= 'Z';
        return is_capital ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
    return small;
}

std::string_view without_end(std::string_view text) {
    const std::size_t last = text.find_last_not_of(" \t\r\n");
    return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

/// Newer releases write "current=2048" for some numbers.
std::string_view plain_value(std::string_view text) {
    constexpr std::string_view prefix = "current=";
    if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
    return text;
}

bool is_of_cloud_init(std::string_view key) {
    constexpr std::array<std::string_view, 5> keys{"ciuser", "cipassword", "sshkeys", "nameserver",
                                                   "searchdomain"};
    return key.starts_with("ipconfig") || std::ranges::find(keys, key) != keys.end();
}

/// A text is read as Proxmox writes cards; an object has a member for each property.
Outcome put_on(NetworkCard& card, const json::Value& wanted) {
    Outcome outcome;
    const auto put = [&](std::string_view key, std::string_view value) {
        if (outcome) outcome = card.set(key, value);
    };
    if (wanted.is(json::Kind::object)) {
        wanted.each([&](const json::Value& property) {
            const bool is_true = property.is(json::Kind::boolean) && property.text() == "true";
            const bool is_absent =
                property.is(json::Kind::null) || (property.is(json::Kind::boolean) && !is_true);
            put(property.key(), is_absent ? "" : is_true ? "1" : property.text());
        });
        return outcome;
    }
    bool is_first = true;
    for (const std::string& part : words_of(wanted.text(), ",")) {
        const std::size_t equals = part.find('=');
        const std::string key = part.substr(0, equals);
        const std::string value = equals == std::string::npos ? "" : part.substr(equals + 1);
        const bool is_model = is_first && key != "model" && key != "bridge" && key != "macaddr";
        if (is_model) put("model", key);
        put(is_model ? "mac" : key, value);
        is_first = false;
    }
    return outcome;
}

}  // namespace

void Differences::change(std::string_view key, std::string_view value, std::string_view shown) {
    sent_.set(key, quoted(value));
    shown_.set(key, quoted(shown));
    is_empty_ = false;
    concerns_cloud_init_ = concerns_cloud_init_ || is_of_cloud_init(key);
}

void Differences::want(std::string_view key, std::string_view value) {
    if (!value.empty() && plain_value(config_[key].text()) != value) change(key, value);
}

void Differences::want_tags(std::string_view tags) {
    constexpr std::string_view separators = ";, ";
    if (set_of(in_small_letters(tags), separators) !=
        set_of(in_small_letters(config_["tags"].text()), separators))
        if (!tags.empty()) change("tags", tags);
}

void Differences::want_words(std::string_view key, std::string_view words) {
    constexpr std::string_view separators = " ,;";
    const std::vector<std::string> wanted = words_of(words, separators);
    if (wanted.empty() || wanted == words_of(config_[key].text(), separators)) return;
    std::string text;
    for (const std::string& word : wanted) text += (text.empty() ? "" : " ") + word;
    change(key, text);
}

void Differences::want_notes(std::string_view notes) {
    if (without_end(notes).empty()) return;
    const std::string_view present = config_["description"].text();
    std::string wanted(without_end(notes));
    if (const std::string marks = marks_in(present); marks_in(wanted + '\n') != marks)
        wanted += '\n' + marks;
    if (without_end(present) != without_end(wanted)) change("description", without_end(wanted));
}

void Differences::want_properties(std::string_view key, std::string_view value) {
    if (!value.empty() && set_of(value, ",") != set_of(config_[key].text(), ","))
        change(key, value);
}

Outcome Differences::want_card(std::string_view key, const json::Value& card) {
    const NetworkCard present(config_[key].text());
    NetworkCard wanted = present;
    if (const auto put = put_on(wanted, card); !put) return put;
    if (wanted != present || !config_[key].exists()) change(key, wanted.text());
    return {};
}

void Differences::want_keys(std::string_view public_keys) {
    const std::string wanted = sent_keys(public_keys);
    if (wanted.empty() || sent_keys(kept_keys(config_["sshkeys"].text())) == wanted) return;
    change("sshkeys", wanted, hidden);
}

void Differences::want_password(std::string_view password, bool insisted) {
    if (password.empty() || (config_["cipassword"].exists() && !insisted)) return;
    change("cipassword", password, hidden);
}

std::string Differences::sent() const {
    if (is_empty_) return {};
    Carried all = sent_;
    // Who has changed something since it was read must not be overruled.
    if (config_["digest"].exists()) all.set("digest", quoted(config_["digest"].text()));
    return all.text();
}

}  // namespace proxmox
