// The event loop: one thread, one epoll set, every connection and every deadline.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "calls/stage.h"
#include "edge/connection.h"
#include "edge/request_log.h"
#include "faults/faults.h"

namespace demo_node {

/// Serves a stage on a loopback port until a signal ends it.
class Server {
  public:
    Server(Stage& stage, SSL_CTX* context, RequestLog& log)
        : stage_(stage),
          context_(context),
          log_(log),
          faults_(stage.options.faults, stage.options.seed) {}
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    /// Gives the port that was taken.
    proxmox::Result<int> listen(int port);
    proxmox::Outcome run();

  private:
    void accept_all();
    void serve(std::uint64_t number);
    void advance(Connection& connection);
    void dispatch(Connection& connection);
    void finish(std::uint64_t number, const RequestPlace& place, const Request& request,
                Answer answer);
    void receive(Connection& connection);
    void drip(std::uint64_t number, int pause_ms);
    void watch_idle(std::uint64_t number, int delay_ms);
    void settle(Connection& connection);

    Stage& stage_;
    SSL_CTX* context_;
    RequestLog& log_;
    Faults faults_;
    int listener_ = -1;
    int signals_ = -1;
    int epoll_ = -1;
    std::uint64_t last_number_ = 0;
    std::uint64_t serving_ = 0;
    std::vector<std::uint64_t> answered_late_{};
    std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
};

}  // namespace demo_node
