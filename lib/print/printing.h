// Printing: what a run has decided about the form of its lines, once for all of them.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

#include "line/filter.h"
#include "line/key.h"
#include "line/record.h"
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
    /// Which lines' other keys are printed, too.
    Carry carry = Carry::none;
    /// Failures are printed, too: each line says whether it is "ok".
    bool prints_failures = false;
    /// What a line that failed had to say of itself.
    Inputs inputs{};

    bool carries(const Record& record) const {
        return carry == Carry::all || (carry == Carry::plans && !record.carried().is_empty());
    }
};

}  // namespace proxmox
