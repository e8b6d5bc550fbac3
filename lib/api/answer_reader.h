// An AnswerReader puts an Answer together from header lines and pieces of body, within the limits.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "api/exchange.h"

namespace proxmox {

class AnswerReader {
  public:
    explicit AnswerReader(std::size_t body_limit) : body_limit_(body_limit) {}

    /// One header line as it came; false when there are too many.
    bool take_header(std::string_view line);
    /// A piece of the body; false when it has grown too large.
    bool take_body(std::string_view piece);

    /// The blank line that ends the headers has come.
    bool has_whole_head() const { return has_whole_head_; }
    bool has_overflowed() const { return has_overflowed_; }
    Answer& answer() { return answer_; }

  private:
    Answer answer_;
    std::size_t body_limit_;
    std::size_t header_bytes_ = 0;
    bool has_overflowed_ = false;
    bool has_whole_head_ = false;
};

}  // namespace proxmox
