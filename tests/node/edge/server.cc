// The event loop: one thread, one epoll set, every connection and every deadline.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>

namespace demo_node {

using proxmox::Exit;
using proxmox::fail_errno;
using proxmox::Outcome;
using proxmox::Result;

namespace {

constexpr std::size_t max_connections = 4096;
constexpr int backlog = 512;
constexpr int max_events = 256;

// Connection numbers start after these two.
constexpr std::uint64_t listener_event = 0;
constexpr std::uint64_t signal_event = 1;
constexpr std::uint64_t first_connection = 2;

bool watch(int epoll, int operation, int descriptor, std::uint64_t number, std::uint32_t events) {
    epoll_event event{.events = events, .data = {.u64 = number}};
    return epoll_ctl(epoll, operation, descriptor, &event) == 0;
}

void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

Server::~Server() {
    connections_.clear();
    for (const int descriptor : {listener_, signals_, epoll_})
        if (descriptor >= 0) close(descriptor);
}

Result<int> Server::listen(int port) {
    raise_descriptor_limit();
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    sigprocmask(SIG_BLOCK, &ending, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    signals_ = signalfd(-1, &ending, SFD_NONBLOCK | SFD_CLOEXEC);
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{.sin_family = AF_INET,
                        .sin_port = htons(static_cast<std::uint16_t>(port)),
                        .sin_addr = {htonl(INADDR_LOOPBACK)},
                        .sin_zero = {}};
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (signals_ < 0 || epoll_ < 0 || bind(listener_, generic, size) != 0 ||
        ::listen(listener_, backlog) != 0 || getsockname(listener_, generic, &size) != 0 ||
        !watch(epoll_, EPOLL_CTL_ADD, listener_, listener_event, EPOLLIN) ||
        !watch(epoll_, EPOLL_CTL_ADD, signals_, signal_event, EPOLLIN))
        return fail_errno(Exit::usage, "127.0.0.1:" + std::to_string(port), errno);
    last_number_ = first_connection - 1;
    return ntohs(address.sin_port);
}

Outcome Server::run() {
    // Each round: sleep until a socket is ready or a deadline is near, serve the sockets, run what
    // is due, and go on with the connections whose answer was not ready at once. Connections are
    // named by number: an event, or an answer, for one that is gone finds nothing.
    std::array<epoll_event, max_events> events;
    while (true) {
        const int count = epoll_wait(epoll_, events.data(), max_events, stage_.deadlines.next_ms());
        if (count < 0 && errno != EINTR) return fail_errno(Exit::usage, "epoll", errno);
        for (int at = 0; at < count; ++at) {
            const std::uint64_t number = events[static_cast<std::size_t>(at)].data.u64;
            if (number == signal_event) return {};
            if (number == listener_event)
                accept_all();
            else
                serve(number);
        }
        stage_.deadlines.run_due();
        while (!answered_late_.empty())
            for (const std::uint64_t number : std::exchange(answered_late_, {})) serve(number);
    }
}

void Server::accept_all() {
    while (true) {
        const int client = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (client < 0) return;
        if (connections_.size() >= max_connections) {
            close(client);
            continue;
        }
        const int on = 1;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        const std::uint64_t number = ++last_number_;
        auto connection = std::make_unique<Connection>(client, number, context_);
        connection->interest = EPOLLIN;
        if (!watch(epoll_, EPOLL_CTL_ADD, client, number, EPOLLIN)) continue;
        receive(*connection);
        if (connection->state == Connection::State::gone) continue;
        connections_.emplace(number, std::move(connection));
        watch_idle(number, stage_.options.idle_ms);
    }
}

void Server::serve(std::uint64_t number) {
    const auto found = connections_.find(number);
    if (found == connections_.end()) return;
    Connection& connection = *found->second;
    serving_ = number;
    connection.pump();
    advance(connection);
    serving_ = 0;
    settle(connection);
}

void Server::advance(Connection& connection) {
    using State = Connection::State;
    // Requests that were sent in one go are taken one after the other; each is answered in turn.
    while (true) {
        if (connection.state == State::reading_head) {
            // Who does not read the answers gets no more of them.
            if (connection.wants_to_write() || !connection.take_request()) return;
            connection.state = State::reading_body;
            auto refusal = connection.request.method.empty()
                               ? std::optional(plain_failure(400, "bad request"))
                               : stage_.refuse_head(connection.request);
            if (refusal) {
                connection.state = State::answering;
                finish(connection.number(), connection.place, connection.request,
                       std::move(*refusal));
            }
        }
        if (connection.state != State::reading_body || !connection.body_complete()) return;
        connection.take_body();
        dispatch(connection);
    }
}

void Server::dispatch(Connection& connection) {
    const std::uint64_t number = connection.number();
    const auto faults = faults_.choose(connection.request);
    const auto reply = [this, number, place = connection.place, request = connection.request,
                        faults](Answer answer) {
        spoil(faults, answer);
        finish(number, place, request, std::move(answer));
    };
    if (any_instead(faults)) return reply(success("null"));
    stage_.answer(connection.request, any_dead_worker(faults), reply);
}

/// A new connection may meet a fault before it can ask for anything.
void Server::receive(Connection& connection) {
    switch (faults_.welcome()) {
        case Welcome::kind: return;
        case Welcome::refuse: connection.state = Connection::State::gone; return;
        case Welcome::mute: connection.state = Connection::State::cold; return;
        case Welcome::plain:
            return connection.send_plain("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi\n");
        case Welcome::tls_cut: connection.closes_at_first_byte = true; return;
    }
}

void Server::drip(std::uint64_t number, int pause_ms) {
    stage_.deadlines.in(pause_ms, [this, number, pause_ms] {
        const auto found = connections_.find(number);
        if (found == connections_.end() || !found->second->is_dripping()) return;
        found->second->allow(1);
        serve(number);
        drip(number, pause_ms);
    });
}

void Server::finish(std::uint64_t number, const RequestPlace& place, const Request& request,
                    Answer answer) {
    if (answer.delay_ms > 0) {
        const int delay_ms = std::exchange(answer.delay_ms, 0);
        stage_.deadlines.in(delay_ms, [this, number, place, request, late = std::move(answer)] {
            finish(number, place, request, late);
        });
        return;
    }
    // Logged even when the client is gone: what was done was done.
    log_.write(place, request, answer);
    const auto found = connections_.find(number);
    if (found == connections_.end()) return;
    found->second->send(answer);
    if (answer.sending.drip_ms > 0) drip(number, answer.sending.drip_ms);
    if (number != serving_) answered_late_.push_back(number);
}

void Server::settle(Connection& connection) {
    if (connection.state == Connection::State::gone) {
        connections_.erase(connection.number());
        return;
    }
    const std::uint32_t interest = (connection.input_is_full() ? 0u : std::uint32_t{EPOLLIN}) |
                                   (connection.wants_to_write() ? std::uint32_t{EPOLLOUT} : 0u);
    if (std::exchange(connection.interest, interest) != interest)
        watch(epoll_, EPOLL_CTL_MOD, connection.socket(), connection.number(), interest);
}

void Server::watch_idle(std::uint64_t number, int delay_ms) {
    stage_.deadlines.in(delay_ms, [this, number] {
        const auto found = connections_.find(number);
        if (found == connections_.end()) return;
        const Connection& connection = *found->second;
        const int limit_ms = stage_.options.idle_ms;
        const auto idle = std::chrono::duration_cast<std::chrono::milliseconds>(
            Clock::now() - connection.last_activity);
        const bool busy = connection.state == Connection::State::answering;
        if (!busy && idle.count() >= limit_ms)
            connections_.erase(found);
        else
            watch_idle(number, busy ? limit_ms : limit_ms - static_cast<int>(idle.count()));
    });
}

}  // namespace demo_node
