// Lines from a file descriptor, as they arrive, in bounded memory.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace proxmox {

inline constexpr std::size_t line_length_limit = std::size_t{1} << 20;

/// One line without its newline; `text` is empty where the line was too long to keep.
struct InputLine {
    std::uint64_t number = 0;
    std::string text;
    bool too_long = false;
    bool has_newline = true;
};

/// Cuts what a descriptor gives into lines; reads only when told to, and never blocks for more.
class LineReader {
  public:
    explicit LineReader(int descriptor) : descriptor_(descriptor) {}

    /// One read(2) of what is there; blocks only if nothing is.
    Outcome fill();
    /// Blocks until something has come or nothing ever will, without taking any of it: true for the
    /// latter.
    bool is_empty() const;
    /// Blocks until something other than blank lines has come; false when nothing ever will, or
    /// once `interrupt` can be read.
    Result<bool> await_content(int interrupt = -1);
    /// The next whole line; at the end of input also a last one without newline.
    std::optional<InputLine> next();

    /// The next line, however long it takes to come; nothing at the end of the input.
    Result<std::optional<InputLine>> await_next();
    /// `next` has something to give: then there is no need to read more, or to wait for it.
    bool has_line();

    int descriptor() const { return descriptor_; }
    /// The input has ended; lines may still be left.
    bool ended() const { return ended_; }
    bool exhausted() const { return ended_ && start_ == buffer_.size() && !skipping_; }

  private:
    std::optional<InputLine> take(std::size_t size, std::size_t newline);
    bool is_interrupted(int interrupt) const;

    int descriptor_;
    std::string buffer_;
    std::size_t start_ = 0;
    std::size_t searched_ = 0;
    std::uint64_t number_ = 0;
    bool skipping_ = false;
    bool ended_ = false;
};

}  // namespace proxmox
