// One client's TLS connection: bytes in, one request at a time, bytes out.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "deadlines.h"
#include "http.h"
#include "identity.h"
#include "request_log.h"

namespace demo_node {

using Tls = std::unique_ptr<SSL, FreeWith<SSL_free>>;

/// Does no waiting: it is told when its socket is ready, and says what it waits for.
class Connection {
  public:
    enum class State { shaking_hands, reading_head, reading_body, answering, deaf, closing, gone };

    Connection(int socket, std::uint64_t number, SSL_CTX* context);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    /// Reads and writes all that can be done now.
    void pump();

    /// Takes the next request head from what has come; nothing when there is none in full.
    bool take_request();
    bool body_complete() const { return input_.size() >= request.content_length; }
    void take_body();

    /// Queues the answer and decides whether the connection lives on.
    void send(const Answer& answer);

    bool wants_to_write() const { return !output_.empty() && state != State::closing; }
    bool input_is_full() const;
    std::uint64_t number() const { return place.connection; }
    int socket() const { return socket_; }

    State state = State::shaking_hands;
    Request request{};
    RequestPlace place{};
    Clock::time_point last_activity = Clock::now();

    /// What epoll was last told to watch for.
    std::uint32_t interest = 0;

  private:
    void shake_hands();
    void read();
    void write();
    void drain();
    void close_politely();

    int socket_;
    Tls tls_;
    bool close_after_output_ = false;
    std::string input_{};
    std::string output_{};
    std::size_t written_ = 0;
};

}  // namespace demo_node
