// A child process that is stopped between its steps, and a search through its memory.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace proxmox::vault::test {

/// A child that works step by step: each step begins when we say so.
class Watched {
  public:
    explicit Watched(const std::vector<std::function<bool()>>& steps);
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;
    ~Watched();

    /// Whether the next step was done and gave true.
    bool step();
    pid_t process() const { return process_; }

  private:
    pid_t process_ = -1;
    int go_ = -1;
    int done_ = -1;
};

/// The flags of the mapping of each place where `needle` lies in the memory of the process.
std::vector<std::string> places_of(pid_t process, std::string_view needle);

}  // namespace proxmox::vault::test
