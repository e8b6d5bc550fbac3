// One client's TLS connection: bytes in, one request at a time, bytes out.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: a connection's life and the ways a fault cuts it short belong together.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "edge/identity.h"
#include "edge/request_log.h"
#include "http/http.h"
#include "model/deadlines.h"

namespace demo_node {

using Tls = std::unique_ptr<SSL, FreeWith<SSL_free>>;

/// Does no waiting: it is told when its socket is ready, and says what it waits for.
class Connection {
  public:
    enum class State {
        cold,
        shaking_hands,
        reading_head,
        reading_body,
        answering,
        deaf,
        closing,
        gone
    };

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

    /// Bytes that go out as they are, without TLS; the connection ends with them.
    void send_plain(std::string_view bytes);
    /// Lets so many more bytes of a dripping answer go out.
    void allow(std::size_t bytes) { allowed_ += bytes; }
    bool is_dripping() const { return allowed_ != unlimited && written_ < output_.size(); }

    bool wants_to_write() const {
        return written_ < std::min(allowed_, output_.size()) && state != State::closing;
    }
    bool input_is_full() const;
    std::uint64_t number() const { return place.connection; }
    int socket() const { return socket_; }

    State state = State::shaking_hands;
    Request request{};
    RequestPlace place{};
    Clock::time_point last_activity = Clock::now();

    /// A fault: the handshake gets no answer but the end.
    bool closes_at_first_byte = false;

    /// What epoll was last told to watch for.
    std::uint32_t interest = 0;

  private:
    static constexpr std::size_t unlimited = SIZE_MAX;

    void shake_hands();
    void read();
    void write();
    void drain();
    void close_politely();
    void reset();

    int socket_;
    Tls tls_;
    bool close_after_output_ = false;
    std::string input_{};
    std::string output_{};
    std::size_t written_ = 0;
    std::size_t allowed_ = unlimited;
    std::size_t piece_ = INT32_MAX;
};

}  // namespace demo_node
