// The tools under test: what each asks of the node, and what a line for it looks like.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: a tool as the tests see it is one table's row.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rehearsal.h"

namespace faults {

inline constexpr std::string_view one_vm = R"({"vm_id":@})";

/// One executable. In its texts "@" stands for the guest's id, "#" for that of a clone of it,
/// and "~" for the port of a server that has files.
struct Subject {
    std::string_view program;
    /// The line for a VM; a tool that reads no lines has none.
    std::string_view line = one_vm;
    /// The change: its method, its path as a regular expression, and what its form holds.
    std::string_view method{};
    std::string_view act{};
    std::string_view form{};
    /// What is asked about the VM for its line alone; empty where all lines share a question.
    std::string_view read{};
    bool on_running = false;
    bool on_snapshot = false;
    /// It makes the VM of its line.
    bool on_nothing = false;
    /// Each line works on a storage of its own, or else lines would take turns.
    bool on_own_storage = false;
    /// Any word may be a line: a name.
    bool takes_names = false;
    bool prints_clone = false;
    /// Who makes its input out of lines for VMs, and the key by which what was made is known.
    std::string_view maker{};
    std::string_view made{};
    /// One after the other, whatever --jobs says.
    bool is_serial = false;
    /// What it is called with, set apart by blanks.
    std::string_view arguments{};
    /// It asks the VMs' guest agents, of whose programs no task tells; what failed is tidied away.
    bool on_agent = false;
    /// Its lines are not one for each VM.
    bool prints_others = false;
    /// Its guests are containers.
    bool on_containers = false;
    /// Nobody gives it a task, and it sets no state: what it has made can be looked at.
    bool is_proven = false;
    /// The guests are already as it wants them, so that it is done although nothing ran.
    bool is_so_already = false;
    /// Its request sets a state, and begins a task for that.
    bool puts_by_task = false;
    /// What its guest's lock refuses it asks for again, so often.
    int tries_at_lock = 1;
    /// What it did could as well be another's, but for its own task.
    bool needs_own_task = false;
    /// What stands before the line's number in what is sent and printed, where there is no guest.
    std::string_view marked{};

    bool takes_lines() const { return !line.empty(); }
    bool changes() const { return !method.empty(); }
    /// It sets a state: no task tells of it, and it may be asked for again.
    bool sets_state() const { return method == "PUT" && !puts_by_task; }
    bool has_tasks() const { return changes() && !sets_state() && !is_proven; }
    /// Whether its lines tell that the change is not done yet.
    bool tells_state() const {
        return act.ends_with("/start") || act.ends_with("/shutdown") || act.ends_with("/stop") ||
               is_so_already;
    }
    /// Whether what it changes for one line can be told from what it changes for another.
    bool is_told_apart() const { return !changes() || takes_lines(); }
    /// How many changes so many lines are.
    long changes_for(int lines) const;
    /// The guest of the first line.
    long first_id() const;
    bool is_change(const Seen& seen) const;
    /// For which line it was asked.
    long id_of(const Seen& seen) const;
    /// Whether the output line is about this guest.
    bool prints(std::string_view output, long vm_id) const;
    std::string line_for(long vm_id) const;
    /// The id that the output line for this VM bears.
    long printed_id(long vm_id) const;
    /// The words that let a fault strike the change, or the read, of this VM alone.
    std::string where_act(long vm_id) const;
    std::string where_read(long vm_id) const;
    /// The same for its change of any VM.
    std::string where_any_act() const;
    std::vector<std::string> words() const;
    std::size_t fewest_lines(int vms) const { return prints_others ? 1 : std::size_t(vms); }
    std::vector<std::string> node_options(int vms) const;
};

/// Those that take lines of VMs.
std::span<const Subject> subjects();

/// Those that find their VMs themselves.
std::span<const Subject> listing_subjects();

/// Those that work through guest agents.
std::span<const Subject> agent_subjects();

/// Those whose lines another tool makes.
std::span<const Subject> later_subjects();

/// All whose lines can be written here.
std::vector<const Subject*> single_subjects();

}  // namespace faults
