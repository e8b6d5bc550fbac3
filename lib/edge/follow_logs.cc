// The logs of tasks, line by line as they grow, one task after the other.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <unistd.h>

#include "api/checks.h"
#include "base/escape.h"
#include "edge/edge.h"
#include "edge/open_connection.h"
#include "line/expand.h"
#include "line/grammar.h"
#include "line/record.h"

namespace proxmox {
namespace {

constexpr std::int64_t log_page_lines = 500;
constexpr milliseconds growth_pause{500};

/// One run: its tasks come from stdin.
class LogReader {
  public:
    LogReader(const Options& options, Connection& connection, Output& output)
        : options_(options), connection_(connection), output_(output) {}

    /// Prints the task's log until its end or the deadline.
    Outcome follow(const std::string& upid);
    /// The last failure was none of its task alone.
    bool is_hopeless() const { return is_hopeless_; }

  private:
    Result<Finding> ask(const std::string& path);
    std::unexpected<Error> failure(const Finding& finding);
    Result<std::int64_t> print_page(const std::string& upid, const std::string& path,
                                    std::int64_t seen);
    std::string line_of(const std::string& upid, std::int64_t number, std::string_view text) const;

    const Options& options_;
    Connection& connection_;
    Output& output_;
    bool is_hopeless_ = false;
};

std::unexpected<Error> LogReader::failure(const Finding& finding) {
    is_hopeless_ = ends_all(finding.verdict);
    const Check check = check_answer(finding, connection_.host_and_port(), connection_.user());
    return fail(exit_of_read(finding.verdict), check.finding, check.remedy);
}

Result<Finding> LogReader::ask(const std::string& path) {
    Finding finding = connection_.read(path);
    if (finding.verdict == Verdict::good) return finding;
    if (const Error& refusal = connection_.trust().refusal(); !refusal.message.empty()) {
        is_hopeless_ = true;
        return std::unexpected(refusal);
    }
    return failure(finding);
}

std::string LogReader::line_of(const std::string& upid, std::int64_t number,
                               std::string_view text) const {
    if (options_.form == Form::text) return escape(text, line_length_limit) + '\n';
    std::string line = R"({"action":"task_log","line":)" + std::to_string(number);
    const auto put = [&line](std::string_view key, std::string_view value) {
        line += fmt::format(R"(,"{}":)", key);
        json::write_string(line, value);
    };
    put("proxmox_node", parse_upid(upid)->node);
    put("source", "proxmox-api");
    put("text", text);
    put("upid", upid);
    return line + "}\n";
}

/// Gives back how many lines of the log have been seen now.
Result<std::int64_t> LogReader::print_page(const std::string& upid, const std::string& path,
                                           std::int64_t seen) {
    const auto page = ask(fmt::format("{}/log?start={}&limit={}", path, seen, log_page_lines));
    if (!page) return std::unexpected(page.error());
    if (!page->data().is(json::Kind::array))
        return fail(Exit::unreachable, "the answer is no list of lines");
    std::string lines;
    page->data().each([&](const json::Value& row) {
        const std::string_view text = row["t"].text();
        const std::int64_t number = row["n"].integer().value_or(seen + 1);
        // What Proxmox says in the place of a log that is still empty.
        if (number <= seen || (number == 1 && text == "no content")) return;
        lines += line_of(upid, number, text);
        seen = number;
    });
    output_.put(lines);
    return seen;
}

Outcome LogReader::follow(const std::string& upid) {
    const std::string path =
        fmt::format("/nodes/{}/tasks/{}", parse_upid(upid)->node, percent_encode(upid));
    const seconds limit = options_.timeout.value_or(seconds{timeout_limit_s});
    const auto deadline = std::chrono::steady_clock::now() + limit;
    std::int64_t seen = 0;
    while (!output_.is_broken()) {
        // Asked before the log: what a task wrote before its end is in the page that follows.
        const auto status = ask(path + "/status");
        if (!status) return std::unexpected(status.error());
        const bool has_ended = status->data()["status"].text() == "stopped";
        auto now_seen = print_page(upid, path, seen);
        if (!now_seen) return std::unexpected(now_seen.error());
        const bool has_more = *now_seen - seen >= log_page_lines;
        seen = *now_seen;
        if (has_more) continue;
        if (has_ended) return {};
        if (std::chrono::steady_clock::now() >= deadline)
            return fail(Exit::outcome_unknown, "the task still runs");
        if (const auto paused = connection_.transfers().wait(growth_pause, {}); !paused)
            return paused;
    }
    return {};
}

Result<Exit> follow_given(const Tool& tool, const Options& options, Output& output) {
    if (isatty(STDIN_FILENO) == 1)
        return fail(Exit::line_failed, "no input on stdin",
                    "pipe task ids or JSON lines with upid into it; see --help");
    const std::vector<Input> keys = keys_of(tool.lines);
    LineReader input(STDIN_FILENO);
    const auto has_content = input.await_content();
    if (!has_content) return std::unexpected(has_content.error());
    if (!*has_content) return Exit::ok;
    const auto connection = open_connection(output);
    if (!connection) return std::unexpected(connection.error());
    const Output::Hidden hidden(output, (*connection)->token_secret());
    LogReader reader(options, **connection, output);
    Exit exit = Exit::ok;
    /// Why no further task is asked about; the lines that are left say so.
    std::string hopeless;
    while (!output.is_broken()) {
        const auto line = input.await_next();
        if (!line) return std::unexpected(line.error());
        if (!*line) break;
        const auto record = parse_record(**line, keys);
        if (record && !*record) continue;
        if (!hopeless.empty()) {
            output.trace(fmt::format("not attempted (line {}: {})", (*line)->number, hopeless));
            continue;
        }
        const Outcome followed = record ? reader.follow(std::string((**record)["upid"]))
                                        : std::unexpected(record.error());
        if (followed) continue;
        const Error& error = followed.error();
        exit = worse(exit, error.exit);
        output.trace(fmt::format("no log (line {}: {})", (*line)->number, error.message));
        if (!reader.is_hopeless()) continue;
        hopeless = error.message;
        if (!error.remedy.empty()) output.advice(error.remedy);
    }
    return exit;
}

}  // namespace

int follow_logs(const Tool& tool, int argc, char** argv) {
    return run_work(tool, argc, argv, follow_given);
}

}  // namespace proxmox
