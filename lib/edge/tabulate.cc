// Lines as a table: a first part is kept to measure it, all that follows is shown as it comes.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <unistd.h>

#include "edge/edge.h"
#include "line/lines.h"
#include "print/table.h"
#include "process/terminal.h"

namespace proxmox {
namespace {

/// After so many rows the columns are taken for known, and memory does not grow any more.
constexpr std::size_t rows_measured_limit = 2'000;

constexpr std::string_view blanks = " \t\r\v\f";

Result<Exit> show_table(const Tool& tool, const Options& options, Output& output) {
    if (isatty(STDIN_FILENO) == 1)
        return fail(Exit::line_failed, "no input on stdin",
                    fmt::format("pipe JSON lines into it; see {} --help", tool.name));
    LineReader input(STDIN_FILENO);
    Table table(options.operands, terminal_width(STDOUT_FILENO));
    Exit exit = Exit::ok;
    bool is_settled = false;
    while (!output.is_broken()) {
        const auto line = input.await_next();
        if (!line) return std::unexpected(line.error());
        if (!*line) break;
        const std::string& text = (*line)->text;
        if (!(*line)->too_long && text.find_first_not_of(blanks) == std::string::npos) continue;
        const auto document = json::Document::parse(text);
        if (!document || !document->root().is(json::Kind::object)) {
            exit = Exit::line_failed;
            output.trace(fmt::format("skip line {}: {}", (*line)->number,
                                     document ? "not a JSON object" : document.error().message));
        } else if (is_settled) {
            output.put(table.line(document->root()));
        } else {
            table.keep(document->root());
            is_settled = table.rows_kept() == rows_measured_limit;
            if (is_settled) output.put(table.settle());
        }
    }
    if (!is_settled) output.put(table.settle());
    return exit;
}

}  // namespace

int tabulate(const Tool& tool, int argc, char** argv) {
    return run_work(tool, argc, argv, show_table);
}

}  // namespace proxmox
