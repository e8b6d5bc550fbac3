// A file of the vault: opened once, judged by its descriptor, read into guarded memory.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <string>
#include <vector>

#include "base/error.h"
#include "descriptor.h"
#include "secret.h"

namespace proxmox::vault {

/// One opened file: what `status` says and what `read` gives belong to the same inode.
class File {
  public:
    /// Never blocks: a FIFO opens without waiting for its writer.
    static Result<File> open(const std::string& path);

    /// Takes over an open descriptor; `name` is what messages call it.
    static Result<File> inherited(int number, const std::string& name);

    const struct stat& status() const { return status_; }
    bool regular() const { return S_ISREG(status_.st_mode); }
    bool fifo() const { return S_ISFIFO(status_.st_mode); }

    /// The whole content; more than `limit` bytes, or a deadline that passes, are an error.
    Result<Secret> read(std::size_t limit, Clock::time_point deadline);

    /// The directory in which the file really is, behind all symbolic links; empty if unknown.
    std::string directory() const;

  private:
    File(std::string path, Descriptor descriptor)
        : path_(path), descriptor_(std::move(descriptor)) {}

    std::string path_;
    Descriptor descriptor_;
    struct stat status_ {};
};

/// The part of `path` before its last slash: "." when there is none.
std::string directory_of(const std::string& path);

/// Who may look into a password or vault file, one sentence for each.
std::vector<std::string> readable_by_others(const std::string& path, const struct stat& status);

}  // namespace proxmox::vault
