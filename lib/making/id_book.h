// The book of VM ids: which ones have been handed out and cannot be seen on the node yet.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "line/id_range.h"

namespace proxmox {

/// Shared by all processes of a user that work on one API host. A hand-out is forgotten when it has
/// had time to become visible; until then nobody else is given it.
class IdBook {
  public:
    explicit IdBook(std::string path) : path_(std::move(path)) {}

    /// The lowest id of the range that is not handed out; `taken` is known not to be free.
    Result<std::int64_t> reserve(const IdRange& range, std::optional<std::int64_t> taken);
    /// Nothing was made of it, so that others may have it.
    void release(std::int64_t id);

  private:
    std::string path_;
};

}  // namespace proxmox
