// A Connection is the workspace opened and its API ready to be asked.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/api.h"
#include "api/config.h"
#include "api/exchange.h"
#include "api/http.h"
#include "trust/trust.h"

namespace proxmox {

class Connection {
  public:
    /// Opens the vault; nothing is sent yet.
    /// Whoever opens it says who is told what a person should know.
    static Result<std::unique_ptr<Connection>> open(Notify notify, Memory memory = Memory::keeps);

    /// Asks and waits for the answer.
    Answer ask(Request request);
    /// Asks for what can be read, again where the answer gets lost.
    Finding read(const std::string& path);
    /// Asks one question before anything else and keeps its answer; an error unless that is good.
    Outcome prefetch(Request request);
    /// The path that was asked in advance, and its answer.
    std::optional<std::pair<std::string, Answer>> take_prefetched();

    const std::string& host_and_port() const { return host_and_port_; }
    const std::string& node() const { return node_; }
    const std::string& vm_storage() const { return vm_storage_; }
    const std::string& user() const { return user_; }
    /// Where the token's secret is; the connection keeps it.
    std::string_view token_secret() const { return token_secret_; }
    /// How long an answer is awaited.
    milliseconds patience() const { return patience_; }
    const std::vector<std::string>& warnings() const { return warnings_; }
    Transfers& transfers() { return *transfers_; }
    const Trust& trust() const { return *trust_; }

  private:
    Connection() = default;

    std::string host_and_port_;
    std::string node_;
    std::string vm_storage_;
    std::string user_;
    milliseconds patience_ = answer_patience;
    std::string_view token_secret_;
    std::vector<std::string> warnings_;
    std::unique_ptr<Trust> trust_;
    std::unique_ptr<Transfers> transfers_;
    std::optional<std::pair<std::string, Answer>> prefetched_;
};

}  // namespace proxmox
