// A Line is one line on its way: what it holds, what it has said, and what its run has decided.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: what a way works on, and the questions that every stage asks with it.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/api.h"
#include "api/privileges.h"
#include "line/id_range.h"
#include "line/record.h"
#include "line/subject.h"
#include "print/printing.h"
#include "way/stand.h"
#include "way/way.h"

namespace proxmox {

/// Ids of tasks that already belong to a line of this run: a lost reply is never matched to one.
using ClaimedTasks = std::set<std::string, std::less<>>;

/// Where the API is and as whom it is asked.
struct Home {
    /// The vault's node: where a line goes that names none.
    std::string node{};
    /// Where new disks come, if the vault says so.
    std::string vm_storage{};
    /// For messages.
    std::string host_and_port{};
    /// "user@realm!token", as it stands in the ids of our tasks.
    std::string user{};
    milliseconds patience = answer_patience;
};

/// Upstream's words: what the act is called, and what is traced when the task outlives the wait.
struct Words {
    std::string_view verb{};
    std::string_view overdue{};
};

/// How far a line is led from the node that it names.
enum class Reach : std::uint8_t {
    /// To whichever node has its guest.
    cluster,
    /// From the node of somebody else's cluster to the vault's, no further: scripts carry such
    /// names.
    vaults_node,
    /// Not at all.
    named_node,
};

/// Which guests destructive tools leave alone.
struct Guarding {
    bool is_on = false;
    /// Below `cluster`, too, its name and uuid have to be those that the line has.
    Reach reach = Reach::cluster;
    /// Only guests with this tag; empty: nobody asked for that.
    std::string required_tag{};
};

/// How new guests are made.
struct Making {
    /// The key of a new guest's id.
    std::string_view new_id = "vm_id";
    /// New ids come from this range; nothing: the node names a free one.
    std::optional<IdRange> range{};
    bool keeps_journal = false;
    bool rolls_back = false;
};

/// What one run of a tool shares among all its lines: fixed when its first line begins.
struct Run {
    Printing printing;
    Subject subject{};
    Words words{};
    List<Need> needs{};
    Home home{};
    milliseconds wait{};
    /// How long a lock on a guest may be in the way.
    milliseconds lock_patience{};
    /// A line ends when its task was accepted.
    bool is_asynchronous = false;
    /// What would help is said once, on a line of its own.
    bool gives_advice = false;
    Guarding guarding{};
    Making making{};
    /// Sets this process's pauses apart from those of others.
    std::uint64_t seed = 0;
};

struct [[gnu::visibility("default")]] Line {
    Line(const Run& of_run, ClaimedTasks& of_others, Stand& where, Record of_line)
        : run(of_run), claimed(of_others), stand(where), record(std::move(of_line)) {}
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    const Run& run;
    ClaimedTasks& claimed;
    Stand& stand;
    Record record;
    /// What it has to say on stderr when it ends.
    std::vector<std::string> notes{};
    /// Not ok for a line that goes on although the outcome of its change is unknown.
    Exit exit = Exit::ok;
    /// Until when its tasks are awaited. None before the first change was sent: a request that
    /// queues here uses up nobody's time.
    std::optional<milliseconds> deadline{};
    bool has_extended_deadline = false;
    /// A guest that it was to make may exist.
    bool has_created = false;
    /// The id of its last task.
    std::string upid{};
    /// Nothing is sent: what it would ask for is told, as JSON lines.
    bool is_rehearsed = false;
    std::string rehearsal{};

    void note(std::string text) { notes.push_back(std::move(text)); }
    /// "vm_id 100"
    std::string subject() const;
    /// A template over the record, or the path of a question, with the values put in.
    std::string text(std::string_view pattern) const;
    Result<std::string> path(std::string_view pattern, const List<Parameter>& query = {}) const;
    /// "line 4: " in front of words about it; empty where no input line led to it.
    std::string place() const;
    /// A pause that does not fall in step with other lines'.
    milliseconds jittered_pause(milliseconds pause) const;
};

/// The failure of a line: what failed, and why. No change of it is open then.
[[gnu::visibility("default")]] Failure failure(Line& line, Exit exit, std::string phrase,
                                               std::string cause = {});
/// ... because of this answer.
[[gnu::visibility("default")]] Failure failure(Line& line, const Finding& finding,
                                               std::string phrase);
/// ... because its node does not have the guest; another one may.
Failure guest_missing(Line& line, std::string phrase, std::string cause);
inline Failure guest_missing(Line& line, std::string phrase, const Finding& finding) {
    return guest_missing(line, std::move(phrase), finding.cause);
}
/// `co_await` or `co_return` of it ends the way.
inline std::unexpected<Failure> ends_by(Failure failure) {
    return std::unexpected(std::move(failure));
}

/// The answer to a question, asked again while that may help. What is shared is asked once.
[[gnu::visibility("default")]] Way<Finding> ask(Line& line, std::string path, bool shared = false);
/// The same for an answer that is a long list: the body is for json::each_row. Only lent.
Way<Answer*> ask_for_list(Line& line, std::string path, bool shared = false);
[[gnu::visibility("default")]] Way<void> pause_for(Line& line, milliseconds time);

}  // namespace proxmox
