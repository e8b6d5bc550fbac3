// A newcomer is a guest that a line makes: its name, and what becomes of it if the line fails.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/newcomer.h"

#include <utility>

#include "base/random_uuid.h"
#include "factory/undo.h"
#include "stage/journal.h"
#include "stage/rehearsal.h"
#include "way/walk.h"

namespace proxmox {
namespace {

/// How the failed lines of a run are taken back.
Run run_of_undo(const Run& run) {
    return {.printing = {.prints = take_back.prints, .action = take_back.action},
            .subject = take_back.subject,
            .words = take_back.words,
            .home = run.home,
            .wait = take_back.wait,
            .guarding = {.is_on = true, .required_tag = run.guarding.required_tag},
            .seed = run.seed};
}

/// Takes the line's guest back. What is said of that comes after the failure, which stays the end
/// of the line.
Way<Failure> roll_back(Line& line, Failure failed) {
    const Ending first = ending_of(line, failed);
    const Run run = run_of_undo(line.run);
    Record record = line.record;
    record.set("vm_id", line.record[line.run.making.new_id]);
    Line undo(run, line.claimed, line.stand, std::move(record));
    Doing& doing = line.stand.doing;
    doing.subject = undo.subject();
    doing.began_at = line.stand.elapsed();
    doing.when_cut_short.clear();
    doing.before_rollback = first;
    const Reached<Printed> gone = co_await take_back_guest(undo).tried();
    const Ending second =
        gone ? Ending{.traces = undo.notes, .exit = undo.exit} : ending_of(undo, gone.error());
    doing.before_rollback.reset();
    line.notes = joined(first, second.traces, second.exit == Exit::ok).traces;
    failed.sentence = first.reason;
    failed.is_told = true;
    co_return failed;
}

}  // namespace

void christen(Record& record, const Run& run) {
    record.set("fresh_uuid", random_uuid());
    record.set("required_tag", run.guarding.required_tag);
}

Way<Printed> keep_track(Line& line, NewId& id, Way<Printed> making) {
    if (line.is_rehearsed) stand_for_itself(line.record, "fresh_uuid");
    Reached<Printed> made;
    {
        // Ends with the turn that it holds, which others may wait for.
        Way<Printed> way = std::move(making);
        made = co_await std::move(way).tried();
    }
    if (made) {
        co_await note_end(line);
        co_return made;
    }
    Failure failed = std::move(made.error());
    // What may still come to be is nobody's to take back; the journal knows of it.
    const bool may_come_to_be = worse(failed.exit, line.exit) == Exit::outcome_unknown;
    if (!line.has_created && !may_come_to_be) co_await release_id(line, id);
    const bool is_to_go = line.has_created && !may_come_to_be && line.run.making.rolls_back &&
                          !line.stand.is_interrupted();
    if (is_to_go) failed = co_await roll_back(line, std::move(failed));
    co_return ends_by(std::move(failed));
}

}  // namespace proxmox
