// A ControlDirectory holds the sockets of connections that calls of ssh share, and closes them.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace proxmox {

/// A private directory. At its end the connections behind its sockets are closed and it is gone;
/// what killed runs left is swept away when the next one is made.
class ControlDirectory {
  public:
    /// Where the user's own place for such cannot be had, it is elsewhere.
    static Result<std::unique_ptr<ControlDirectory>> make();
    /// One more beside this one, which others can find by the end of its name; null where it
    /// cannot be had.
    std::unique_ptr<ControlDirectory> beside(std::string_view ending) const;
    /// The path of one that a process of this user has made beside this one with that ending.
    std::string find_beside(std::string_view ending) const;
    /// Ends one connection, while others are at work.
    void end_connection(const std::string& name) const;

    ~ControlDirectory();
    ControlDirectory(const ControlDirectory&) = delete;
    ControlDirectory& operator=(const ControlDirectory&) = delete;

    const std::string& path() const { return path_; }

  private:
    ControlDirectory(std::string base, std::string path)
        : base_(std::move(base)), path_(std::move(path)) {}

    std::string base_;
    std::string path_;
};

}  // namespace proxmox
