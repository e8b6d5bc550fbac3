// A stand-in node that lives as long as this object does.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace demo_node::replay {

/// Starts the node named by RANGE42_DEMO_NODE on a free port, and ends it by its pid.
class NodeProcess {
  public:
    explicit NodeProcess(const std::vector<std::string>& options);
    NodeProcess(const NodeProcess&) = delete;
    NodeProcess& operator=(const NodeProcess&) = delete;
    ~NodeProcess();

    /// 0 when it did not start.
    int port() const { return port_; }

  private:
    pid_t pid_ = -1;
    int port_ = 0;
};

}  // namespace demo_node::replay
