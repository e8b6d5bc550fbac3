// The intake: lines as they come in, read no faster than they are worked on.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "line/lines.h"
#include "line/record.h"
#include "print/printing.h"
#include "way/want.h"

namespace proxmox {

/// Lines taken in and not yet printed; at the limit reading stops, and the pipe pushes back.
inline constexpr std::size_t lines_held_limit = 512;

class Intake {
  public:
    /// `input` may be null: then there are no lines but those that are added.
    Intake(LineReader* input, const Printing& printing, std::span<const Given> given)
        : input_(input), printing_(printing), given_(given) {}

    /// The next line that has come: its text, and its record or how it is refused.
    struct Taken {
        std::string text;
        Record record;
        std::optional<Ending> refusal{};
    };
    std::optional<Taken> next();

    /// No line is read any more.
    void close() { input_ = nullptr; }
    bool is_at_end() const { return input_ == nullptr || input_->exhausted(); }
    /// Something is there already: there is nothing to wait for.
    bool has_line() const { return input_ != nullptr && input_->has_line(); }
    /// What to wait for where nothing is there; -1 where nothing will come.
    int descriptor() const {
        return input_ == nullptr || input_->ended() ? -1 : input_->descriptor();
    }
    Outcome fill() { return input_->fill(); }

  private:
    bool lacks_vm_id(const InputLine& line) const;
    Ending refuse(const InputLine& line, const Error& error) const;

    LineReader* input_;
    const Printing& printing_;
    std::span<const Given> given_;
};

}  // namespace proxmox
