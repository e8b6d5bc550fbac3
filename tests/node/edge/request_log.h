// The record of every answered request, one JSON line each, for tests that count.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "base/error.h"
#include "http/http.h"

namespace demo_node {

/// Where a request stood: which connection, and the how-manieth on it.
struct RequestPlace {
    std::uint64_t connection = 0;
    int number = 0;
    bool pipelined = false;
};

/// Appends to a file; without one it does nothing.
class RequestLog {
  public:
    RequestLog() = default;
    RequestLog(const RequestLog&) = delete;
    RequestLog& operator=(const RequestLog&) = delete;
    ~RequestLog();

    proxmox::Outcome open(const std::string& path);
    void write(const RequestPlace& place, const Request& request, const Answer& answer);

  private:
    int file_ = -1;
};

}  // namespace demo_node
