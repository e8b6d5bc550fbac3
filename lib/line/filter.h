// FILTER: a case-insensitive Perl-like regular expression.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string_view>

#include "base/error.h"

namespace proxmox {

/// A compiled pattern; matching anywhere in the text is enough.
class Filter {
  public:
    /// Exit::usage for a pattern that is none.
    static Result<Filter> compile(std::string_view pattern);
    /// An error where the pattern backtracks for so long that it says neither yes nor no.
    Result<bool> matches(std::string_view text) const;

    Filter(Filter&&) noexcept;
    ~Filter();

  private:
    struct Compiled;
    explicit Filter(std::unique_ptr<Compiled> compiled);
    std::unique_ptr<Compiled> compiled_;
};

}  // namespace proxmox
