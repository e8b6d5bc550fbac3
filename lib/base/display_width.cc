// The room that text takes on a terminal, from a table of its own: no locale has to be there.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/display_width.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/escape.h"

namespace proxmox {
namespace {

struct Range {
    std::uint32_t first;
    std::uint32_t last;
};

/// Unicode's East Asian Wide and Fullwidth, in runs; what is unassigned between counts as wide.
constexpr std::array<Range, 38> wide{{
    {0x1100, 0x115F}, {0x231A, 0x231B}, {0x2329, 0x232A},   {0x23E9, 0x23EC}, {0x23F0, 0x23F0},
    {0x23F3, 0x23F3}, {0x25FD, 0x25FE}, {0x2614, 0x2615},   {0x2648, 0x2653}, {0x267F, 0x267F},
    {0x2693, 0x2693}, {0x26A1, 0x26A1}, {0x26AA, 0x26AB},   {0x26BD, 0x26BE}, {0x26C4, 0x26C5},
    {0x26CE, 0x26CE}, {0x26D4, 0x26D4}, {0x26EA, 0x26EA},   {0x26F2, 0x26F3}, {0x26F5, 0x26F5},
    {0x26FA, 0x26FA}, {0x26FD, 0x26FD}, {0x2705, 0x2705},   {0x270A, 0x270B}, {0x2728, 0x2728},
    {0x274C, 0x274C}, {0x274E, 0x274E}, {0x2753, 0x2755},   {0x2757, 0x2757}, {0x2795, 0x2797},
    {0x2E80, 0x303E}, {0x3041, 0xA4CF}, {0xA960, 0xA97C},   {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},
    {0xFE30, 0xFE6F}, {0xFF01, 0xFF60}, {0x1F300, 0x1FAFF},
}};
constexpr Range ideographs{0x20000, 0x3FFFD};

/// What is drawn onto the character before it.
constexpr std::array<Range, 9> combining{{
    {0x0300, 0x036F},
    {0x0483, 0x0489},
    {0x0591, 0x05BD},
    {0x064B, 0x065F},
    {0x0E34, 0x0E3A},
    {0x1AB0, 0x1AFF},
    {0x20D0, 0x20FF},
    {0xFE00, 0xFE0F},
    {0xFE20, 0xFE2F},
}};

bool is_in(std::uint32_t code, const auto& ranges) {
    return std::ranges::any_of(
        ranges, [code](const Range& range) { return code >= range.first && code <= range.last; });
}

std::size_t width_of(std::uint32_t code) {
    if (code < 0x0300) return 1;
    if (is_in(code, combining)) return 0;
    const bool is_ideograph = code >= ideographs.first && code <= ideographs.last;
    return is_ideograph || is_in(code, wide) ? 2 : 1;
}

/// How many bytes fit into `columns`, and how many columns they take.
struct Fitting {
    std::size_t size = 0;
    std::size_t width = 0;
};

Fitting fitting(std::string_view text, std::size_t columns) {
    Fitting fits;
    while (fits.size < text.size()) {
        const Character next = character_at(text.substr(fits.size));
        const std::size_t width = next.size == 0 ? 1 : width_of(next.code);
        if (fits.width + width > columns) break;
        fits.size += std::max(next.size, std::size_t{1});
        fits.width += width;
    }
    return fits;
}

}  // namespace

std::size_t display_width(std::string_view text) {
    return fitting(text, std::string_view::npos).width;
}

std::string cut_to_width(std::string_view text, std::size_t columns) {
    const Fitting whole = fitting(text, columns);
    if (whole.size == text.size()) return std::string(text);
    if (columns == 0) return {};
    return std::string(text.substr(0, fitting(text, columns - 1).size)) + cut_mark;
}

}  // namespace proxmox
