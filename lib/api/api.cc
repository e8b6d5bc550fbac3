// What an answer of Proxmox proves; the texts are those of its sources and of recorded answers.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/api.h"

#include <fmt/format.h>

#include "api/origin.h"
#include "api/retry.h"
#include "base/escape.h"

namespace proxmox {
namespace {

bool says_missing_vm(std::string_view text) {
    return (text.starts_with("Configuration file 'nodes/") && text.ends_with("does not exist")) ||
           text.starts_with("unable to find configuration file for VM ");
}

/// Where it is a clone that waited for a storage, other words come first; a storage that nodes
/// share has a lock of another kind.
/// Locks that a task of the guest's own making holds until it has ended.
bool says_being_made(std::string_view text) {
    return text.ends_with(" is locked (clone)") || text.ends_with(" is locked (create)");
}

/// What was to do the work was ended before it was told to begin.
bool says_no_worker(std::string_view text) {
    return text == "got no worker upid - start worker failed";
}

bool says_lock_busy(std::string_view text) {
    if (says_being_made(text)) return true;
    const bool is_file =
        text.find("can't lock file '") != std::string_view::npos && text.ends_with("got timeout");
    const bool is_shared = text.find("cfs-lock '") != std::string_view::npos &&
                           text.ends_with("got lock request timeout");
    return is_file || is_shared;
}

/// The worker had already been started when this lock was not to be had.
bool says_task_list_busy(std::string_view text) {
    return says_lock_busy(text) && text.find("/.active.lock") != std::string_view::npos;
}

std::string_view without_newlines(std::string_view text) {
    while (text.ends_with('\n')) text.remove_suffix(1);
    return text;
}

/// The API's own message, with what it has to say of single parameters.
std::string words_of(const Answer& answer, const json::Document& document) {
    const json::Value root = document.root();
    std::string words(without_newlines(root["message"].text()));
    if (words.empty()) words = answer.reason;
    root["errors"].each([&words](const json::Value& error) {
        words += fmt::format(" {}: {}", error.key(), without_newlines(error.text()));
    });
    return words;
}

std::string shape_of(const Answer& answer) {
    return fmt::format("HTTP {} ({}, {} bytes)", answer.status,
                       answer.content_type.empty() ? "no content type" : answer.content_type,
                       answer.body.size());
}

bool is_page(const Answer& answer) {
    return !answer.body.empty() && answer.content_type.starts_with("text/html");
}

/// Whoever says that the request is to be made elsewhere has not passed it on.
bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 307 || status == 308;
}

/// Proxmox refuses with 4xx and 5xx, in words of its own. In those of anybody else no status proves
/// anything: the request may have been passed on before the answer was given in Proxmox's place.
bool may_be_of_another(const Answer& answer, const json::Document& document) {
    constexpr int first_refusal = 400, first_beyond = 600;
    return answer.status < first_refusal || answer.status >= first_beyond ||
           !is_of_proxmox(answer, document);
}

Verdict verdict_of_status(const Answer& answer, const json::Document& document,
                          std::string_view words) {
    if (is_redirect(answer.status)) return Verdict::not_proxmox;
    if (may_be_of_another(answer, document)) return Verdict::unknown;
    switch (answer.status) {
        case 401: return Verdict::credentials;
        case 403: return Verdict::forbidden;
        case 595: return Verdict::cut_off;
        case 502:
        case 503:
        case 504:
        case 596:
        case 597:
        case 599: return Verdict::unknown;
        default: break;
    }
    if (says_task_list_busy(words)) return Verdict::unknown;
    if (says_no_worker(words)) return Verdict::no_worker;
    if (says_lock_busy(words)) return Verdict::lock_busy;
    if (says_missing_vm(words)) return Verdict::no_such_vm;
    return Verdict::refused;
}

Finding of_transport(const Answer& answer) {
    const Transport transport = answer.transport;
    switch (transport) {
        case Transport::not_connected:
        case Transport::unresolved:
        case Transport::port_closed:
            return {Verdict::unreachable, escape(answer.trouble), transport};
        case Transport::refused_identity:
            return {Verdict::identity, escape(answer.trouble, 2000), transport};
        case Transport::too_large:
        case Transport::silent:
        case Transport::lost:
        case Transport::answered: break;
    }
    return {Verdict::unknown, escape(answer.trouble), transport};
}

}  // namespace

Finding understand(const Answer& answer) {
    Finding finding = understand_status(answer);
    if (finding.verdict != Verdict::good) return finding;
    auto document = json::Document::parse(answer.body);
    if (!document) {
        finding.verdict = Verdict::not_proxmox;
        finding.cause = escape(fmt::format("{}: {}", shape_of(answer), document.error().message));
    } else if (!document->root()["data"].exists()) {
        finding.verdict = Verdict::not_proxmox;
        finding.cause = escape(shape_of(answer) + ": there is no data");
    } else {
        finding.document = std::move(*document);
    }
    return finding;
}

Finding understand_status(const Answer& answer) {
    if (answer.transport != Transport::answered) return of_transport(answer);
    if (answer.status == 200) return {Verdict::good};
    Finding finding;
    std::string words = answer.reason;
    if (auto document = json::Document::parse(answer.body)) {
        words = words_of(answer, *document);
        finding.cause = escape(words);
        finding.document = std::move(*document);
    } else {
        finding.cause = escape(is_page(answer) || words.empty() ? shape_of(answer) : words);
    }
    finding.verdict = verdict_of_status(answer, finding.document, words);
    return finding;
}

Verdict verdict_of_task_error(std::string_view text) {
    if (says_lock_busy(text)) return Verdict::lock_busy;
    if (says_missing_vm(text)) return Verdict::no_such_vm;
    return Verdict::refused;
}

Exit exit_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::good: return Exit::ok;
        case Verdict::unreachable:
        case Verdict::cut_off:
        case Verdict::not_proxmox: return Exit::unreachable;
        case Verdict::unknown: return Exit::outcome_unknown;
        case Verdict::identity: return Exit::tls_identity;
        case Verdict::credentials: return Exit::credentials;
        case Verdict::forbidden:
        case Verdict::no_such_vm:
        case Verdict::lock_busy:
        case Verdict::no_worker:
        case Verdict::refused: break;
    }
    return Exit::line_failed;
}

Exit exit_of_read(Verdict verdict) {
    return verdict == Verdict::unknown ? Exit::unreachable : exit_of(verdict);
}

bool may_read_again(Verdict verdict, const Answer& answer, int tries, milliseconds since_asked) {
    if (answer.transport == Transport::too_large) return false;
    if (verdict == Verdict::unreachable)
        return tries + 1 < connect_tries && since_asked < connect_retry_window;
    const bool may_pass = verdict == Verdict::unknown || verdict == Verdict::cut_off;
    return may_pass && tries + 1 < read_tries;
}

bool ends_all(Verdict verdict) {
    return verdict == Verdict::unreachable || verdict == Verdict::credentials ||
           verdict == Verdict::identity;
}

}  // namespace proxmox
