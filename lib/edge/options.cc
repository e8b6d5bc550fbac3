// The options of a tool, as they follow from the shape of its Tool, and which exclude others.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/arguments.h"

namespace proxmox {

namespace {

/// What is done with lines besides the work itself.
void add_comforts(std::vector<OptionText>& options, const Tool& tool, bool asks) {
    const bool reads = reads_lines(tool);
    if ((asks || tool.plain.looks.size() > 0) && reads && tool.prints.rows != Rows::none &&
        !tool.own.awaits)
        options.push_back(tool.prints.carries
                              ? OptionText{"--no-carry", "", "print this tool's keys only"}
                              : OptionText{"--carry", "", "print the line's other keys, too"});
    const bool is_backwards = tool.lines.from == LinesFrom::journal;
    const bool may_rehearse = reads || (acts(tool) && !has_keys(tool));
    if (asks && may_rehearse && !tool.own.awaits && !is_backwards)
        options.push_back({"--dry-run", "", "print the requests as JSON lines and send none"});
    if (asks && reads)
        options.push_back({"--failed", "FILE", "write the lines that failed, to be fed again"});
    if (asks && tool.prints.rows != Rows::none)
        options.push_back(
            {"--results", "WHICH", "done (default), or all: failures are lines, too"});
    if (asks && tool.prints.rows != Rows::none)
        options.push_back({"--progress", "WHEN", "auto (default), always or never, on stderr"});
    if (asks) options.push_back({"--timings", "", "say on stderr where the time of this run went"});
}

}  // namespace

std::vector<OptionText> options_of(const Tool& tool) {
    std::vector<OptionText> options;
    const bool acts = proxmox::acts(tool);
    const bool waits = proxmox::waits(tool);
    const bool asks = proxmox::asks(tool);
    if (lists_by_node(tool)) {
        options.push_back(
            {"--node", "NAME", "a node to ask; may be repeated (default: the vault's)"});
        options.push_back({"--nodes-from-stdin", "", "ask the nodes whose names stand on stdin"});
        options.push_back({"--cluster", "", "ask every node of the cluster"});
    }
    if (tool.lines.from == LinesFrom::every_guest)
        options.push_back({"--cluster", "", "tell of the VMs of every node of the cluster"});
    const bool makes = tool.own.makes;
    // What takes no lines does one thing, and what is taken back goes one by one.
    if (has_keys(tool) && tool.lines.from != LinesFrom::journal && !tool.own.awaits) {
        if (acts)
            options.push_back(
                {"--jobs", "N", "tasks at a time (default 4; 1 is strictly one by one)"});
        else if (waits)
            options.push_back({"--jobs", "N", "machines at a time (default 4)"});
    }
    if (waits)
        options.push_back(
            {"--timeout", "SECONDS",
             acts || tool.own.awaits ? "how long a task may take" : "how long until it is ready"});
    // Where more follows, or a VM would be left half made, a line cannot end with its first task.
    if (acts && may_be_asynchronous(tool))
        options.push_back({"--async", "", "print the task's upid as soon as it is accepted"});
    if (tool.prints.rows != Rows::none) {
        // A report is for people first, lines are for programs.
        const bool is_report = !asks && !has_keys(tool);
        options.push_back(
            {"--json", "", is_report ? "print JSON lines" : "print JSON lines (default)"});
        options.push_back(
            {"--text", "",
             is_report ? "print text for a person (default)" : "print text for a person"});
    }
    for (const Setting& setting : tool.lines.settings)
        options.push_back({setting.option, setting.value, setting.meaning});
    if (makes) {
        options.push_back({"--range", "A:B", "take new ids from A to B (default: any free one)"});
        options.push_back({"--journal", "FILE", "keep what is made, for range42-undo < FILE"});
        options.push_back({"--rollback", "", "take back at once what a failed line has made"});
    }
    add_comforts(options, tool, asks);
    for (const Choice& choice : tool.choices) options.push_back({choice.name, "", choice.meaning});
    options.push_back({"--help", "", "print this help"});
    options.push_back({"--version", "", "print the version"});
    return options;
}

std::string conflict_of(const Options& options) {
    const int sources = (options.nodes.empty() ? 0 : 1) + (options.nodes_from_stdin ? 1 : 0) +
                        (options.whole_cluster ? 1 : 0);
    if (sources > 1) return "--node, --nodes-from-stdin and --cluster exclude one another";
    const bool is_text = options.form == Form::text;
    if (is_text && options.prints_failures) return "--text and --results=all exclude one another";
    if (is_text && options.is_asynchronous) return "--text and --async exclude one another";
    if (options.timeout && options.is_asynchronous)
        return "--timeout and --async exclude one another";
    if (options.dry_run && options.is_asynchronous)
        return "--dry-run and --async exclude one another";
    if (options.dry_run && !options.failed_path.empty())
        return "--dry-run and --failed exclude one another";
    if (options.dry_run && options.prints_failures)
        return "--dry-run and --results=all exclude one another";
    return {};
}

}  // namespace proxmox
