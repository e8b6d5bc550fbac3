// The keys of an input line that a growing record passes on, whoever reads them later.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>

#include "json/json.h"

namespace proxmox {

using std::chrono::milliseconds;

inline constexpr std::string_view timeline_key = "timeline";

/// Values as JSON text by key. Printed, they are one object with its keys in alphabetical order.
class [[gnu::visibility("default")]] Carried {
  public:
    void take(const json::Value& object);
    void set(std::string_view key, std::string json_text);
    void erase(std::string_view key) { values_.erase(std::string(key)); }

    bool is_empty() const { return values_.empty(); }
    /// The value as JSON text; empty when there is none.
    std::string_view operator[](std::string_view key) const;
    /// The value stands for this text, as a string or bare.
    bool means(std::string_view key, std::string_view text) const;

    /// Adds to "timings" how long a stage took that ended at `end`. A stage that was gone through
    /// before keeps its time, and this one is numbered: "vm_start", "vm_start_2". A record that has
    /// a "timeline" keeps there when the stage began and ended.
    void add_timing(std::string_view stage, milliseconds duration, milliseconds end);

    /// One compact JSON object without a newline.
    std::string text() const;

  private:
    std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace proxmox
