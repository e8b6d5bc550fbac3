// What an answer of Proxmox proves: whether something ran, may have run, or surely did not.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "api/exchange.h"
#include "json/json.h"

namespace proxmox {

enum class Verdict : std::uint8_t {
    good,
    unreachable,  // nothing ran: no connection to the API
    cut_off,      // nothing ran: the API host cannot reach the node that was meant (595)
    unknown,      // it may have run: the reply was lost, or another's time-out came instead
    identity,     // the server's key was refused; nothing was sent
    credentials,  // 401: the token is not valid
    forbidden,    // 403
    no_such_vm,   // nothing ran: this node does not have the VM
    lock_busy,    // nothing ran: the VM's lock was held for too long
    no_worker,    // nothing ran: the task's process was ended before it had begun
    not_proxmox,  // an answer, but not of this API
    refused,      // any other error of the API: nothing ran
};

/// An answer understood: the verdict, its cause in words for a person, and the JSON when there is
/// one.
struct Finding {
    Verdict verdict = Verdict::unknown;
    /// Already safe to print.
    std::string cause{};
    Transport transport = Transport::answered;
    /// 400 names the parameters it did not like; this is their `errors` object's keys and texts.
    json::Document document{};

    json::Value data() const { return document.root()["data"]; }
};

/// Reads an answer whose JSON is small; the body of a list of rows is for json::each_row.
Finding understand(const Answer& answer);
/// The same without looking at the body of a good answer.
Finding understand_status(const Answer& answer);

/// The same judgement on the error text of a task that has failed.
Verdict verdict_of_task_error(std::string_view text);

/// Which exit status a line that ends with this verdict asks for.
Exit exit_of(Verdict verdict);

/// The same of a question: it has no outcome to be unknown about.
Exit exit_of_read(Verdict verdict);

/// Whether a question that was asked so often, first so long ago, is worth asking again.
bool may_read_again(Verdict verdict, const Answer& answer, int tries, milliseconds since_asked);

/// Whether no other line could fare better.
bool ends_all(Verdict verdict);

}  // namespace proxmox
