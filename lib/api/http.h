// Requests to one Proxmox API host, many at a time on one thread.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "api/exchange.h"
#include "api/stand_ins.h"
#include "base/error.h"
#include "base/notify.h"
#include "secret.h"
#include "trust/trust.h"

namespace proxmox {

/// Proxmox runs three API workers on each node: a fourth request would only wait there.
inline constexpr std::size_t requests_per_node = 3;
/// A finished transfer: the number that `start` gave, and the answer.
struct Finished {
    std::uint64_t ticket = 0;
    Answer answer;
};

/// Where and as whom: everything a request needs besides itself.
struct Endpoint {
    std::string host_and_port;
    /// The whole header line, with a NUL at its end: "Authorization: PVEAPIToken=..."; where it is
    /// empty, none is sent.
    vault::Secret authorization;
};

/// Sends requests, at most `requests_per_node` at once to each node; changes go on connections of
/// their own, so that nothing below us ever sends one twice.
class Transfers {
  public:
    /// What the judgement of the server's key has to say is told at once.
    static Result<std::unique_ptr<Transfers>> open(Endpoint endpoint, Trust& trust, Notify notify);
    ~Transfers();

    std::uint64_t start(Request request);
    /// Secrets that come into the bodies of requests when these are sent.
    StandIns& stand_ins();
    /// Changes that are still queued will not be sent; gives back their tickets.
    std::vector<std::uint64_t> forget_unsent_changes();

    /// Works until a transfer ends, a descriptor is readable, `writable` takes bytes, or the time
    /// is up.
    Outcome wait(milliseconds time, std::span<const int> descriptors, int writable = -1);
    std::vector<Finished> take_finished();
    /// Whether `descriptors[at]` of the last wait had something to read.
    bool was_readable(std::size_t at) const;

  private:
    struct Machinery;
    explicit Transfers(std::unique_ptr<Machinery> machinery);
    std::unique_ptr<Machinery> machinery_;
};

}  // namespace proxmox
