// The file of failed lines: whole or not there, and never what is still being read.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace proxmox {

/// Written beside its place and put there by `commit`, so that a run may read the file that it
/// will replace; what is no file of its own, a pipe or a link for instance, is appended to.
class FailedLines {
  public:
    /// Exit::usage when nothing can be written there.
    static Result<FailedLines> open(const std::string& path, bool has_secrets);
    FailedLines(FailedLines&& other) noexcept;
    FailedLines& operator=(FailedLines&&) = delete;
    /// Without `commit` nothing was changed.
    ~FailedLines();

    void add(std::string_view line);
    Outcome commit();

  private:
    FailedLines(std::string path, std::string draft, int descriptor)
        : path_(std::move(path)), draft_(std::move(draft)), descriptor_(descriptor) {}

    std::string path_;
    std::string draft_;  // empty where the file itself is written
    int descriptor_;
    int trouble_ = 0;
};

}  // namespace proxmox
