// Lines as a timeline: all are read, then drawn; or they are made to keep their moments.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <unistd.h>

#include "edge/edge.h"
#include "line/carried.h"
#include "line/lines.h"
#include "print/timeline.h"
#include "process/terminal.h"

namespace proxmox {
namespace {

/// As many as one plan may have.
constexpr std::size_t machines_limit = 10'000;

constexpr std::string_view begin_choice = "--begin", text_choice = "--text";

/// A line that keeps the moments of its stages from now on; "100" becomes a record.
std::string with_timeline(const json::Value& line) {
    Carried record;
    if (line.is(json::Kind::object)) record.take(line);
    if (line.is(json::Kind::number)) record.set("vm_id", std::string(line.text()));
    if (record[timeline_key].empty()) record.set(timeline_key, "{}");
    return record.text() + '\n';
}

std::string drawn(Timeline& timeline, bool as_text) {
    timeline.settle();
    if (!as_text) return svg_of(timeline);
    const auto columns = terminal_width(STDOUT_FILENO);
    return text_of(timeline, columns > 0 ? columns : usual_terminal_width);
}

Result<Exit> draw(const Tool& tool, const Options& options, Output& output) {
    if (isatty(STDIN_FILENO) == 1)
        return fail(Exit::line_failed, "no input on stdin",
                    fmt::format("pipe JSON lines into it; see {} --help", tool.name));
    const bool is_begin = options.choice == begin_choice;
    LineReader input(STDIN_FILENO);
    Timeline timeline;
    Exit exit = Exit::ok;
    while (!output.is_broken()) {
        const auto line = input.await_next();
        if (!line) return std::unexpected(line.error());
        if (!*line) break;
        const std::string& text = (*line)->text;
        if (!(*line)->too_long && text.find_first_not_of(" \t\r") == std::string::npos) continue;
        const auto document = json::Document::parse(text);
        std::string trouble;
        if (!document)
            trouble = document.error().message;
        else if (is_begin)
            output.put(with_timeline(document->root()));
        else if (timeline.rows().size() >= machines_limit)
            trouble = fmt::format("more than {} machines", machines_limit);
        else if (!timeline.add(document->root()))
            trouble = "no timeline and no timings in it";
        if (trouble.empty()) continue;
        exit = Exit::line_failed;
        output.trace(fmt::format("skip line {}: {}", (*line)->number, trouble));
    }
    if (is_begin) return exit;
    if (timeline.rows().empty()) return fail(Exit::line_failed, "there is nothing to draw");
    output.put(drawn(timeline, options.choice == text_choice));
    return exit;
}

}  // namespace

int draw_timeline(const Tool& tool, int argc, char** argv) {
    return run_work(tool, argc, argv, draw);
}

}  // namespace proxmox
