// One client's TLS connection: bytes in, one request at a time, bytes out.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/connection.h"

#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace demo_node {

namespace {

constexpr std::size_t read_chunk_bytes = 16 * 1024;

/// One client that never stops talking must not keep the others waiting.
constexpr int max_reads_per_turn = 64;

constexpr std::size_t max_input_bytes = max_request_line + max_header_bytes + max_body_bytes;
constexpr int first_error_code = 400;

}  // namespace

Connection::Connection(int socket, std::uint64_t number, SSL_CTX* context)
    : place{.connection = number}, socket_(socket), tls_(SSL_new(context)) {
    if (!tls_ || SSL_set_fd(tls_.get(), socket) != 1) {
        state = State::gone;
        return;
    }
    SSL_set_accept_state(tls_.get());
}

Connection::~Connection() { close(socket_); }

bool Connection::input_is_full() const { return input_.size() >= max_input_bytes; }

void Connection::pump() {
    if (state == State::closing || state == State::cold) return drain();
    // Who is not listened to any more is not kept alive by talking either.
    if (state != State::deaf) last_activity = Clock::now();
    // OpenSSL keeps its errors per thread: one connection's must not be read as another's.
    ERR_clear_error();
    if (state == State::shaking_hands) shake_hands();
    if (state == State::shaking_hands || state == State::gone) return;
    read();
    write();
}

void Connection::shake_hands() {
    if (closes_at_first_byte) {
        state = State::gone;
        return;
    }
    const int done = SSL_do_handshake(tls_.get());
    if (done == 1) {
        state = State::reading_head;
        return;
    }
    const int error = SSL_get_error(tls_.get(), done);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) state = State::gone;
}

void Connection::read() {
    std::array<char, read_chunk_bytes> chunk;
    for (int turn = 0; turn < max_reads_per_turn && !input_is_full(); ++turn) {
        const int size = SSL_read(tls_.get(), chunk.data(), static_cast<int>(chunk.size()));
        if (size <= 0) {
            const int error = SSL_get_error(tls_.get(), size);
            if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) state = State::gone;
            return;
        }
        // Once too much was said, nothing is heard any more until the idle limit ends it.
        if (state != State::deaf) input_.append(chunk.data(), static_cast<std::size_t>(size));
    }
}

void Connection::write() {
    const std::size_t end = std::min(allowed_, output_.size());
    while (state != State::gone && written_ < end) {
        const std::size_t left = std::min(end - written_, piece_);
        const int size = SSL_write(tls_.get(), output_.data() + written_, static_cast<int>(left));
        if (size <= 0) {
            const int error = SSL_get_error(tls_.get(), size);
            if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) state = State::gone;
            return;
        }
        written_ += static_cast<std::size_t>(size);
        last_activity = Clock::now();
    }
    if (written_ < output_.size()) return;
    output_.clear();
    written_ = 0;
    allowed_ = unlimited;
    if (close_after_output_ && state != State::gone) close_politely();
}

void Connection::close_politely() {
    SSL_shutdown(tls_.get());
    // Closing with unread bytes would reset the connection and take the answer with it.
    shutdown(socket_, SHUT_WR);
    state = State::closing;
    drain();
}

void Connection::drain() {
    std::array<char, read_chunk_bytes> chunk;
    ssize_t size = 1;
    for (int turn = 0; turn < max_reads_per_turn && size > 0; ++turn)
        size = recv(socket_, chunk.data(), chunk.size(), 0);
    if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) state = State::gone;
}

bool Connection::take_request() {
    Request next;
    switch (take_head(input_, next)) {
        case HeadState::incomplete: return false;
        case HeadState::too_large:
            state = State::deaf;
            input_.clear();
            return false;
        case HeadState::malformed:
            next.minor_version = 0;
            next.method.clear();
            break;
        case HeadState::complete:
            if (next.major_version != 1) next.minor_version = 0;
            break;
    }
    request = std::move(next);
    ++place.number;
    place.pipelined = input_.size() > request.content_length;
    return true;
}

void Connection::take_body() {
    request.body = input_.substr(0, request.content_length);
    input_.erase(0, request.content_length);
    place.pipelined = !input_.empty();
    state = State::answering;
}

void Connection::send(const Answer& answer) {
    const Sending& sending = answer.sending;
    const bool keep_alive = answer.code < first_error_code && request.wants_keep_alive() &&
                            place.number < max_requests_per_connection && !sending.ends_by_closing;
    if (sending.hang) return;
    if (sending.reset) return reset();
    const int minor_version = sending.ends_by_closing ? 0 : request.minor_version;
    const std::string rendered = render(answer, minor_version, keep_alive);
    const std::size_t sent = bytes_to_send(answer, rendered);
    if (sending.drip_ms > 0) allowed_ = written_;
    piece_ = sending.is_split ? 1 : INT32_MAX;
    output_.append(sending.prelude).append(rendered, 0, sent);
    close_after_output_ = !keep_alive || !sending.is_whole();
    // What was sent behind a request that ends the connection is dropped, as on a real node.
    state = !close_after_output_ ? State::reading_head : State::deaf;
    last_activity = Clock::now();
    ERR_clear_error();
    write();
    if (!sending.is_doubled || state == State::gone) return;
    output_.append(rendered);
    write();
}

void Connection::send_plain(std::string_view bytes) {
    (void)::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    shutdown(socket_, SHUT_WR);
    state = State::closing;
}

void Connection::reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    state = State::gone;
}

}  // namespace demo_node
