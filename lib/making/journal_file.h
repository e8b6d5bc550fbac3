// The journal's file: a line is on the disk before what it speaks of happens.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace proxmox {

/// Several processes may append to one file: each line is one write.
class JournalFile {
  public:
    static Result<JournalFile> open(const std::string& path);
    JournalFile(JournalFile&& other) noexcept;
    JournalFile& operator=(JournalFile&&) = delete;
    ~JournalFile();

    Outcome append(std::string_view line);

  private:
    JournalFile(std::string path, int descriptor)
        : path_(std::move(path)), descriptor_(descriptor) {}

    std::string path_;
    int descriptor_;
};

}  // namespace proxmox
