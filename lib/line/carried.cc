// The keys of an input line that a growing record passes on, whoever reads them later.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "line/carried.h"

#include <fmt/format.h>

namespace proxmox {
namespace {

constexpr std::string_view timings_key = "timings";
constexpr std::int64_t milliseconds_per_second = 1000;

std::string seconds_text(milliseconds time) {
    return fmt::format("{}.{:03}", time.count() / milliseconds_per_second,
                       time.count() % milliseconds_per_second);
}

}  // namespace

void Carried::take(const json::Value& object) {
    if (!object.is(json::Kind::object)) return;
    object.each([this](const json::Value& field) {
        std::string text;
        json::write(text, field);
        set(field.key(), std::move(text));
    });
}

void Carried::set(std::string_view key, std::string json_text) {
    values_.insert_or_assign(std::string(key), std::move(json_text));
}

std::string_view Carried::operator[](std::string_view key) const {
    const auto found = values_.find(key);
    return found == values_.end() ? std::string_view{} : found->second;
}

bool Carried::means(std::string_view key, std::string_view text) const {
    const std::string_view value = (*this)[key];
    if (value.empty() || value == text) return !value.empty();
    std::string quoted;
    json::write_string(quoted, text);
    return value == quoted;
}

void Carried::add_timing(std::string_view stage, milliseconds duration, milliseconds end) {
    Carried timings;
    // Whatever else stands under this key is not ours to keep.
    if (const auto before = json::Document::parse((*this)[timings_key]); before)
        timings.take(before->root());
    std::string name(stage);
    for (int number = 2; !timings[name].empty(); ++number)
        name = fmt::format("{}_{}", stage, number);
    timings.set(name, seconds_text(duration));
    set(timings_key, timings.text());
    const auto moments = json::Document::parse((*this)[timeline_key]);
    if (!moments || !moments->root().is(json::Kind::object)) return;
    Carried timeline;
    timeline.take(moments->root());
    timeline.set(name, fmt::format("[{},{}]", seconds_text(end - duration), seconds_text(end)));
    set(timeline_key, timeline.text());
}

std::string Carried::text() const {
    std::string text = "{";
    for (const auto& [key, value] : values_) {
        if (text.size() > 1) text += ',';
        json::write_string(text, key);
        text += ':';
        text += value;
    }
    return text + '}';
}

}  // namespace proxmox
