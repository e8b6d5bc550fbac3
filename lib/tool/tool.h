// A Tool is written down as small values: what it is called, its lines, its way, what it prints.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: the whole vocabulary of a tool's own file, to be read in one piece.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

#include "api/privileges.h"
#include "base/list.h"
#include "line/key.h"
#include "line/subject.h"
#include "print/columns.h"
#include "stage/plain.h"

namespace proxmox {

using namespace std::chrono_literals;

/// An option that speaks for the lines that lack a key: "--memory MIB" for `vm_memory`.
struct Setting {
    std::string_view option{};
    /// What the option takes; empty: it is a flag and stands for "1".
    std::string_view value{};
    std::string_view meaning{};
    std::string_view key{};
    /// What holds where neither line nor option says anything.
    std::string_view otherwise{};
    /// The option holds for lines that have the key as well: a step may be gone through twice.
    bool overrules = false;
};

/// Where lines come from.
enum class LinesFrom : std::uint8_t {
    /// One after the other from stdin; a tool without keys works without lines.
    input,
    /// There is one for every guest of the vault's node.
    every_guest,
    /// A journal: it is read to its end and then gone through backwards.
    journal,
};

/// What one input line holds.
struct Lines {
    List<Input> keys{};
    /// Keys that tools of a kind have in common; they come before the tool's own, which take the
    /// place of those of the same name.
    List<Input> common{};
    /// What the lines are, where no key of them is read: "a JSON object".
    std::string_view described{};
    LinesFrom from = LinesFrom::input;
    List<Setting> settings{};
};

/// A word of a tool's own and its meaning: an option of which one counts at a time, or a form of
/// its operands.
struct Choice {
    std::string_view name{};
    std::string_view meaning{};
};

/// The words behind the options.
struct Operands {
    /// What one is called: "X" takes one, "X..." any number, and "[-]X..." also those that begin
    /// with a dash. Empty: there are none but FILTER.
    std::string_view called{};
    List<Choice> terms{};
};

/// A request as manuals show it.
struct Requested {
    Method method{};
    std::string_view path{};
};

/// A way of the tool's own, where the plain shape cannot say what it does, and what others have to
/// know of it.
struct OwnWay {
    Way<Printed> (*way)(Line& line) = nullptr;
    bool acts = false;
    /// It makes guests: it has ids, a journal and rollback.
    bool makes = false;
    /// It waits for the task that its line names.
    bool awaits = false;
    /// Its lines may end with their task accepted.
    bool has_one_task = false;
    /// The key of the id of what it makes.
    std::string_view new_id = "vm_id";
    List<Requested> requests{};
};

/// Whether guests that are not ours to harm are left alone (doc/factory.md): never, where the
/// environment asks for it, or in any case.
enum class Guard : std::uint8_t { none, on_request, always };

struct Tool {
    /// The executable.
    std::string_view name;
    /// The value of `action` in each line.
    std::string_view action;
    std::string_view summary;
    std::string_view example{};
    Subject subject{};
    Lines lines{};
    Guard guard = Guard::none;
    Plain plain{};
    OwnWay own{};
    std::chrono::seconds wait{};
    Prints prints{};
    Words words{};
    List<Need> needs{};
    Operands operands{};
    List<Choice> choices{};
};

/// Runs the tool: the only thing that a tool's main does.
[[gnu::visibility("default")]] int run(const Tool& tool, int argc, char** argv);
/// The same for a tool that is another one under the devkit's name: other keys, other lines.
[[gnu::visibility("default")]] int run(const Tool& tool, const Tool& under_legacy_name, int argc,
                                       char** argv);

/// The privileges that a tool needs on VMs, set apart by commas.
struct ToolNeeds {
    std::string_view tool{};
    std::string_view privileges{};
};

/// Looks at the workspace and the node, and prints a line for each check.
[[gnu::visibility("default")]] int examine_workspace(const Tool& tool,
                                                     std::span<const ToolNeeds> tools, int argc,
                                                     char** argv);

/// Asks `plain.reading` of the vault's node and prints nothing: the exit status is the answer.
[[gnu::visibility("default")]] int probe(const Tool& tool, int argc, char** argv);

/// Passes the input lines on whose VMs the operands mean.
[[gnu::visibility("default")]] int select_lines(const Tool& tool, int argc, char** argv);

/// Prints the logs of the tasks on the input lines, each until its task has ended.
[[gnu::visibility("default")]] int follow_logs(const Tool& tool, int argc, char** argv);

/// Shows the input lines as a table for a person.
[[gnu::visibility("default")]] int tabulate(const Tool& tool, int argc, char** argv);

/// Draws when the machines of the input lines were in which stage.
[[gnu::visibility("default")]] int draw_timeline(const Tool& tool, int argc, char** argv);

/// Prints a scenario as lines: the user's own ansible reads it.
[[gnu::visibility("default")]] int plan_scenario(const Tool& tool, int argc, char** argv);

/// Shows or changes which server has which key, and never sends a request.
[[gnu::visibility("default")]] int keep_keys(const Tool& tool, int argc, char** argv);

}  // namespace proxmox
