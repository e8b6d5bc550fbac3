// The plain shape of a tool: look, act, wait, read, print; and the way that is made of it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/plain.h"

#include <fmt/format.h>

#include <utility>

#include "print/unfinished.h"
#include "stage/find.h"
#include "stage/lock.h"
#include "stage/look.h"
#include "stage/read.h"
#include "stage/task.h"

namespace proxmox {
namespace {

/// No line may say that something is done while it may still be under way: only a state that cannot
/// be taken for that of a success is printed.
bool may_tell_of_overdue(const Line& line, const Change& change, const Reading& reading) {
    return !reading.path.empty() && !line.has_created && change.proof.path == reading.path &&
           !change.proof.status.empty();
}

Way<Printed> read_result(Line& line, const Reading& reading, Acted acted) {
    if (line.run.printing.prints.rows == Rows::every) co_return co_await read_rows(line, reading);
    co_return co_await read_state(line, reading, acted);
}

Way<Made> make_as_wanted(Line& line, const Plain& plain, const Change& change) {
    if (plain.outlasts_locks) co_return co_await make_unlocked(line, change);
    co_return co_await make(line, change);
}

/// A machine that the stages before have found as wanted was brought into its state by an earlier
/// run: where it still is in it, nothing is to be sent.
Way<bool> is_there_already(Line& line, const Change& change) {
    const Proof& proof = change.proof;
    const bool is_found = line.record.carried().means("vm_as_wanted", "true");
    if (!is_found || line.is_rehearsed || proof.status.empty() || proof.needs_task())
        co_return false;
    const Finding state = co_await see(line, proof.path);
    const Seen seen{state, line.record};
    co_return proof.shows(seen) == Shown::yes;
}

Way<Printed> go_on_node(Line& line, const Plain& plain) {
    co_await keep_guard(line);
    Acted acted;
    for (const Look& question : plain.looks) co_await look(line, question);
    for (const Change& change : plain.changes) {
        const bool is_there = co_await is_there_already(line, change);
        if (is_there) continue;
        Reached<Made> made = co_await make_as_wanted(line, plain, change).tried();
        if (!made && made.error().kind == Failure::Kind::state_would_help)
            co_await fail_with_state(line, plain.reading, std::move(made.error()));
        const Made known = co_await std::move(made);
        const bool is_last = &change + 1 == plain.changes.end();
        // What was to follow does not: nothing that is printed then would be true.
        if (known.how == Made::How::still_running && !is_last)
            co_return ends_by(failure(line, line.exit, overdue_words(line)));
        if (known.how != Made::How::done)
            co_return co_await finish(line, known, change, plain.reading);
        acted = {&change, known.was_so};
    }
    co_return co_await read_result(line, plain.reading, acted);
}

}  // namespace

Way<Printed> finish(Line& line, Made made, const Change& change, const Reading& reading) {
    if (made.how == Made::How::accepted)
        co_return Printed{.output = print_accepted(line.run.printing, line.record)};
    if (made.how == Made::How::still_running) {
        std::string overdue = overdue_words(line);
        if (!may_tell_of_overdue(line, change, reading))
            co_return ends_by(failure(line, line.exit, std::move(overdue)));
        line.note(std::move(overdue));
    }
    const Acted acted{&change, made.was_so};
    co_return co_await read_result(line, reading, acted);
}

Way<Printed> where_it_is(Line& line, OnNode way, Known known) {
    const bool is_proven = known == Known::by_proof;
    const bool stays = line.run.guarding.reach != Reach::cluster && line.record.has("proxmox_node");
    const bool is_foreign = co_await settle_node(line);
    line.stand.doing.subject = line.subject();
    Reached<Printed> went = co_await way(line).tried();
    if (went || went.error().kind != Failure::Kind::guest_is_elsewhere ||
        line.run.subject.guest == nullptr)
        co_return went;
    Failure missing = std::move(went.error());
    // A line for a node that is not ours must not end up on a third one.
    if (is_foreign && !is_proven) co_return ends_by(std::move(missing));
    const std::string node = co_await find_guest(line, missing);
    if (!node.empty() && stays) {
        missing.cause = fmt::format("it is on node {}, and the line says {}", node,
                                    line.record["proxmox_node"]);
        co_return ends_by(std::move(missing));
    }
    if (!node.empty()) {
        follow(line, node);
        co_return co_await way(line);
    }
    bool has_gone = false;
    if (is_proven) has_gone = co_await is_id_free(line);
    if (has_gone) {
        line.note(line.subject() + " is not there any more");
        co_return print(line);
    }
    if (line.run.printing.prints.match.field.empty()) co_return ends_by(std::move(missing));
    line.note(missing.phrase);  // a miss is no failure, as upstream has it
    co_return Printed{};
}

Way<Printed> go_plainly(Line& line, const Plain& plain) {
    const OnNode on_node = [&plain](Line& there) { return go_on_node(there, plain); };
    co_return co_await where_it_is(line, on_node);
}

}  // namespace proxmox
