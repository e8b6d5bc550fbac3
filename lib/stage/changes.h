// Looks and changes: the questions and requests of a way, written down as values.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "api/exchange.h"
#include "base/error.h"
#include "base/list.h"
#include "base/moment.h"
#include "json/json.h"
#include "line/record.h"
#include "line/source.h"
#include "stage/proofs.h"

namespace proxmox {

/// Fills the record from an answer (`data`, missing when it could not be had); a note is traced.
/// Pure: the time comes in.
using Prepare = Result<std::string> (*)(const json::Value& data, Record& record,
                                        const Moment& moment);

/// A question asked before acting, whose answer `prepare` turns into values of the record. Without
/// a path nothing is asked, and `prepare` works on what the record has.
struct Look {
    std::string_view path{};
    /// Left out where their values are empty.
    List<Parameter> query{};
    /// Not asked where the line has this key already.
    std::string_view fills{};
    Prepare prepare = nullptr;
    /// The keys that it gives to a line that lacks them.
    List<std::string_view> gives{};
    /// Without a good answer the line goes on.
    bool may_fail = false;
};

/// The request that changes something. It answers with the id of a task (UPID) or, where it has
/// nothing to wait for, with null.
struct Change {
    Method method = Method::none;
    std::string_view path{};
    Body body{};
    /// What Proxmox calls its tasks, behind the prefix of the guest's kind: "start". A change
    /// without is done when it is answered; if a task comes all the same, it is awaited.
    List<std::string_view> tasks{};
    /// The type of one that has no such prefix: "hastart", by which HA takes the request.
    std::string_view bare_task{};
    /// It has tasks, and may be done without one.
    bool may_be_done_at_once = false;
    /// The template of what stands in the task's id, where that is not the line's subject.
    std::string_view task_id{};
    /// It makes a guest: written into the journal, and taken back if need be.
    bool creates = false;
    /// A task that fails with this text found the guest as it should be: success, traced.
    std::string_view settled{};
    /// What shows that it has taken effect.
    Proof proof{};
};

/// How a line's result is read, once all is done.
struct Reading {
    /// Nothing is read where it is empty.
    std::string_view path{};
    List<Parameter> query{};
    /// One answer serves every line of the run.
    bool once = false;
    /// Fills the record from the answer, before it is printed.
    Prepare learn = nullptr;
    /// Gives the answer the form of a list: {"data":[{...},...]}, where it has another one.
    Result<std::string> (*rows)(const json::Value& data) = nullptr;
};

}  // namespace proxmox
