// A TLS client that sees everything: raw bytes out, raw bytes in, and whether it was hung up on.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "edge/identity.h"
#include "recording.h"

namespace demo_node::replay {

/// A response as it came, or what came instead.
struct Reply {
    RecordedResponse response{};
    bool arrived = false;
};

/// One blocking connection to a port of this machine; every wait has an end.
class Client {
  public:
    explicit Client(int port);
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client();

    bool connected() const { return tls_ != nullptr; }
    bool send(const std::string& bytes);
    Reply receive();

    /// True when the server hangs up without sending anything more.
    bool is_hung_up();

  private:
    bool read_more();

    int socket_ = -1;
    std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>> context_;
    std::unique_ptr<SSL, FreeWith<SSL_free>> tls_;
    std::string input_{};
};

}  // namespace demo_node::replay
