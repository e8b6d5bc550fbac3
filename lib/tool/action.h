// An Action is a tool written down as a value: what it reads, asks, waits for and prints.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: the whole vocabulary of a tool, to be read in one piece.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/error.h"
#include "base/list.h"

namespace proxmox {

using std::chrono::seconds;
using namespace std::chrono_literals;

namespace json {
class Value;
}
class Record;
struct Moment;

enum class Method : std::uint8_t { none, get, post, put, del };

/// What a value on an input line must look like before it may come near a URL.
enum class Type : std::uint8_t {
    vm_id,
    node,
    snapshot_name,
    upid,
    text,
    word,  // a storage, a bridge, a pool: what may stand in a list of Proxmox's without quotes
    flag,
    object,
    // Of guests; none of these can be taken for an option or a part of a shell's line.
    host,
    host_name,
    user_name,
    uuid,
    disk,
    url,
    addresses,
    network,
    family,
    number,
    file_mode,
    branch,
};

enum class Presence : bool { optional, required };
inline constexpr Presence required = Presence::required;

/// A key that the tool reads from its input lines; every other key is at most carried on.
struct Input {
    std::string_view key{};
    Type type = Type::text;
    Presence presence = Presence::optional;
};

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
/// The key of an input that takes the JSON line itself, with all keys that it has.
inline constexpr std::string_view whole_line = "*";

/// Marks a parameter that older nodes do not know: left out when this one says so.
inline constexpr bool dispensable = true;

/// One form parameter; `value` is a template over the record ("{vm_snapshot_name}"). The key "*"
/// stands for all members of the JSON object that the template gives.
struct Parameter {
    std::string_view key{};
    std::string_view value{};
    bool may_be_left_out = false;
};

/// The request that changes something; it answers with the id of a task (UPID). A PUT sets a state:
/// it may answer without a task, and may be sent again.
struct Act {
    Method method = Method::none;
    std::string_view path{};
    List<Parameter, 16> form{};
    /// What Proxmox calls the task, in its id: "qmstart", or "hastart" where HA manages the VM.
    List<std::string_view, 2> task_types{};
    /// Passed over when the record lacks this key.
    std::string_view when{};
    /// The key of the VM that stands in the task's id.
    std::string_view task_of = "vm_id";
    /// It makes a VM: written into the journal, and taken back if need be.
    bool creates = false;
    /// Not more than `turns_at_once` at a time where this template gives the same text.
    std::string_view turn{};
};

/// Fills the record from an answer (`data`, missing when it could not be had); a note is
/// traced. Pure: the time comes in.
using Prepare = Result<std::string> (*)(const json::Value& data, Record& record,
                                        const Moment& moment);

/// A question asked before acting, whose answer `prepare` turns into values of the record. Without
/// a path nothing is asked, and `prepare` works on what the record has.
struct Look {
    std::string_view path{};
    /// Not asked when the record already has this key.
    std::string_view unless{};
    /// Not asked when the record lacks this key.
    std::string_view when{};
    Prepare prepare = nullptr;
    /// The keys that it gives to a line that lacks them.
    List<std::string_view, 4> gives{};
    /// Without a good answer the line goes on.
    bool may_fail = false;
};

/// Rows go by the number in this field, smallest first; `lacking` is the place of a row without.
struct Order {
    std::string_view field{};
    std::int64_t lacking = 0;
};

/// One key of an output line. `source` is a field of the row read ("name"), a template over the
/// record ("{vm_id}"), or one that gives JSON already ("={raw_data}"). `otherwise` is the JSON
/// printed when there is none; empty leaves the key out.
struct Column {
    std::string_view key{};
    std::string_view source{};
    std::string_view otherwise = R"("?")";
    /// What --text shows where JSON leaves the key out.
    std::string_view shown_otherwise{};
};

/// A word of a tool's own and its meaning: an option beyond those that follow from its shape, of
/// which one counts at a time, or a form of its operands.
struct Choice {
    std::string_view name{};
    std::string_view meaning{};
};

/// Whether VMs that are not ours to harm are left alone (doc/factory.md): never, where the
/// environment asks for it, or in any case.
enum class Guard : std::uint8_t { none, on_request, always };

/// How many output lines one answer gives.
enum class Rows : std::uint8_t { none, one, every };

/// Because Proxmox's lock on a storage gives up when more wait for it.
inline constexpr std::size_t turns_at_once = 2;

struct Action {
    std::string_view tool;
    std::string_view name;
    std::string_view summary;
    /// What one input line holds; a tool without input works on nodes and never reads stdin.
    List<Input, 32> input{};
    /// What the lines are, where no key of them is read: "a JSON object".
    std::string_view lines{};

    Guard guard = Guard::none;
    /// A line that lacks this key gets a free VM id for it.
    std::string_view new_id{};
    List<Look, 4> looks{};
    Act act{};
    /// What is asked for after it, each when the one before has ended well.
    List<Act, 3> then{};
    seconds wait{};
    /// Asks for no change: the task to be awaited is the line's `upid`, and the line goes on with
    /// what was left open in it.
    bool awaits = false;
    /// A task that fails with this text found the VM as it should be: success, traced.
    std::string_view settled{};
    /// The VM's status in the end. HA only takes the request, and brings it about later.
    std::string_view reaches{};
    std::string_view read{};
    /// Fills the record from the answer to `read`, before it is printed.
    Prepare learn = nullptr;
    /// Reads no lines: there is one for every VM of the vault's node.
    bool takes_every_vm = false;
    /// The lines are a journal: they are read to their end and then gone through backwards.
    bool goes_backwards = false;
    /// A VM that is not there is as it should be.
    bool may_be_gone = false;
    /// One answer to `read` serves every line of the run.
    bool read_once = false;

    Rows rows = Rows::one;
    Order order{};
    /// Only rows whose field equals the record's value: {"vmid", "vm_id"}.
    struct Match {
        std::string_view field{};
        std::string_view key{};
    } match{};
    /// The column that FILTER looks at; empty: the tool takes no FILTER.
    std::string_view filter{};
    /// What an operand is called, where that is no FILTER: "X" takes one, "X..." any number, and
    /// "[-]X..." also those that begin with a dash.
    std::string_view operand{};
    /// How operands are written.
    List<Choice, 8> terms{};
    List<Choice, 4> choices{};
    List<Setting, 24> settings{};
    /// The line's other keys are printed, too, unless --no-carry says otherwise.
    bool carries = false;
    /// In the order of --text; JSON lines have their keys in alphabetical order.
    List<Column, 16> output{};

    /// Upstream's words: what the act is called, and what is traced when the task outlives the
    /// wait.
    std::string_view verb{};
    std::string_view overdue{};
    /// The form of a --text line; empty: one key=value a line.
    std::string_view text{};
    std::string_view example{};
};

/// Runs the tool: the only thing that a tool's main does.
[[gnu::visibility("default")]] int run(const Action& action, int argc, char** argv);

/// The privileges that a tool needs on VMs, set apart by commas.
struct ToolNeeds {
    std::string_view tool{};
    std::string_view privileges{};
};

/// Looks at the workspace and the node, and prints a line for each check.
[[gnu::visibility("default")]] int examine_workspace(const Action& action,
                                                     std::span<const ToolNeeds> tools, int argc,
                                                     char** argv);

/// Asks `read` of the vault's node and prints nothing: the exit status is the answer.
[[gnu::visibility("default")]] int probe(const Action& action, int argc, char** argv);

/// Passes the input lines on whose VMs the operands mean.
[[gnu::visibility("default")]] int select_lines(const Action& action, int argc, char** argv);

/// Prints the logs of the tasks on the input lines, each until its task has ended.
[[gnu::visibility("default")]] int follow_logs(const Action& action, int argc, char** argv);

/// Shows the input lines as a table for a person.
[[gnu::visibility("default")]] int tabulate(const Action& action, int argc, char** argv);

/// Shows or changes which server has which key, and never sends a request.
[[gnu::visibility("default")]] int keep_keys(const Action& action, int argc, char** argv);

using Inputs = List<Input, 32>;

inline constexpr Inputs one_vm{{"vm_id", Type::vm_id, required}, {"proxmox_node", Type::node}};
inline constexpr Inputs one_snapshot{{"vm_id", Type::vm_id, required},
                                     {"proxmox_node", Type::node},
                                     {"vm_snapshot_name", Type::snapshot_name}};

}  // namespace proxmox
