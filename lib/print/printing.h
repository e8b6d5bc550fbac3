// Printing: what a run has decided about the form of its lines, once for all of them.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

#include "line/filter.h"
#include "line/key.h"
#include "line/subject.h"
#include "print/columns.h"

namespace proxmox {

enum class Form : std::uint8_t { json, text };

struct Printing {
    const Prints& prints;
    /// The value of `action` in each line.
    std::string_view action;
    /// Where what is printed comes from.
    std::string_view source = "proxmox-api";
    Form form = Form::json;
    const Filter* filter = nullptr;
    /// Whether the line's other keys are printed, too.
    bool carries = false;
    /// Failures are printed, too: each line says whether it is "ok".
    bool prints_failures = false;
    /// What a line that failed had to say of itself.
    Inputs inputs{};
};

}  // namespace proxmox
