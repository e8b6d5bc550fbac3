// A Connection is the workspace opened and its API ready to be asked.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/connection.h"

#include <algorithm>

#include "api/checks.h"
#include "api/retry.h"
#include "trust/known_keys.h"
#include "trust/openssl_start.h"

namespace proxmox {

Result<std::unique_ptr<Connection>> Connection::open(Notify notify, Memory memory) {
    if (!start_openssl()) return fail(Exit::unreachable, "cannot start OpenSSL: out of memory");
    auto workspace = open_workspace();
    if (!workspace) return std::unexpected(workspace.error());
    std::unique_ptr<Connection> connection(new Connection);
    connection->host_and_port_ = workspace->endpoint.host_and_port;
    connection->node_ = workspace->node;
    connection->vm_storage_ = workspace->vm_storage;
    connection->user_ = workspace->user;
    connection->patience_ = workspace->patience;
    connection->warnings_ = std::move(workspace->warnings);
    connection->trust_ = std::make_unique<Trust>(
        std::move(workspace->trust), connection->host_and_port_, known_keys_path(), memory);
    connection->token_secret_ = token_secret_of(workspace->endpoint);
    auto transfers =
        Transfers::open(std::move(workspace->endpoint), *connection->trust_, std::move(notify));
    if (!transfers) return std::unexpected(transfers.error());
    connection->transfers_ = std::move(*transfers);
    return connection;
}

Answer Connection::ask(Request request) {
    const milliseconds limit = request.limit = std::min(request.limit, patience_);
    const std::uint64_t ticket = transfers_->start(std::move(request));
    while (true) {
        if (const auto waited = transfers_->wait(limit, {}); !waited)
            return {.trouble = waited.error().message};
        // What was given up where waiting failed may be answered yet.
        for (Finished& finished : transfers_->take_finished())
            if (finished.ticket == ticket) return std::move(finished.answer);
    }
}

Finding Connection::read(const std::string& path) {
    milliseconds since{};
    for (int tries = 0;; ++tries) {
        const Answer answer = ask({.path = path});
        since += answer.took;
        Finding finding = understand(answer);
        if (since >= patience_ || !may_read_again(finding.verdict, answer, tries, since))
            return finding;
        if (const auto paused = transfers_->wait(first_recovery_pause, {}); !paused) return finding;
    }
}

Outcome Connection::prefetch(Request request) {
    std::string path = request.path;
    Answer answer = ask(std::move(request));
    Finding finding = understand_status(answer);
    // Nothing was to be changed, so that an unknown outcome is as good as no answer.
    if (finding.verdict == Verdict::unknown) finding.verdict = Verdict::unreachable;
    if (finding.verdict == Verdict::identity && !trust_->refusal().message.empty())
        return std::unexpected(trust_->refusal());
    if (finding.verdict != Verdict::good) {
        const Check check = check_answer(finding, host_and_port_, user_);
        return fail(exit_of(finding.verdict), check.finding, check.remedy);
    }
    prefetched_.emplace(std::move(path), std::move(answer));
    return {};
}

std::optional<std::pair<std::string, Answer>> Connection::take_prefetched() {
    return std::exchange(prefetched_, std::nullopt);
}

}  // namespace proxmox
