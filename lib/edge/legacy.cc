// Calls under a legacy name: what upstream's scripts do with arguments, words and statuses.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/legacy.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>

#include "api/config.h"
#include "base/escape.h"
#include "line/expand.h"

namespace proxmox {
namespace {

constexpr std::string_view twin_mark = "_with_api.";
constexpr std::string_view ending = ".to.jsons.sh";
/// The probe's patience: longer than the 3 s after which Proxmox answers a wrong token.
constexpr milliseconds reachability_limit{7'000};

std::unexpected<Error> misuse(std::string message) { return fail(Exit::usage, std::move(message)); }

/// What no caller may take for an ordinary failure, whatever upstream does.
bool tells_always(Exit exit) { return exit == Exit::tls_identity || exit == Exit::write_failed; }

bool take_form(Options& options, std::string_view argument) {
    if (argument == "--json") options.form = Form::json;
    if (argument == "--text") options.form = Form::text;
    return argument == "--json" || argument == "--text";
}

/// The lifecycle scripts look at their first argument only; the ansible path's extract script at
/// none, so that whatever it was given before goes on working.
Result<Options> parse_first(const Tool& tool, std::span<char*> arguments) {
    Options options;
    for (const std::string_view argument : arguments) {
        const bool is_known = take_form(options, argument) || argument.empty();
        if (!is_known && acts(tool))
            return misuse(fmt::format("unknown arg '{}'", escape(argument)));
        if (acts(tool)) break;
    }
    return options;
}

Result<Options> parse_with_filter(const Tool& tool, std::span<char*> arguments) {
    Options options;
    const bool is_list = !has_keys(tool);
    for (const std::string_view argument : arguments) {
        if (take_form(options, argument)) continue;
        if (argument.starts_with('-'))
            return misuse(is_list ? fmt::format("unknown flag: {}", escape(argument))
                                  : fmt::format("unknown arg '{}'", escape(argument)));
        if (options.filter) return misuse("wrong number of arguments.");
        if (!argument.empty()) options.filter = argument;
    }
    return options;
}

}  // namespace

bool Legacy::announces() const {
    if (name.find(twin_mark) != std::string::npos) return false;
    // The shim may have been called by a link to it, which has no twin beside it.
    const std::unique_ptr<char, decltype(&std::free)> real(realpath(shim_path.c_str(), nullptr),
                                                           &std::free);
    const std::string path = real ? real.get() : shim_path;
    const std::size_t end = path.rfind(ending);
    if (end == std::string::npos) return false;
    const std::string twin = path.substr(0, end) + "_with_api" + std::string(ending);
    return access(twin.c_str(), F_OK) == 0;
}

std::string Legacy::notice_of_delegation() const {
    const std::string_view script = std::string_view(name).substr(0, name.rfind(ending));
    return fmt::format("proxmox API reachable - delegating to {}_with_api{}", script, ending);
}

std::string Legacy::notice_of_terminal(const Tool& tool) {
    // Of the snapshot scripts only these two could not do without a name.
    const bool is_about_names =
        tool.plain.looks.size() > 0 && tool.plain.looks.begin()->fills == "vm_snapshot_name";
    return fmt::format("no input on stdin. Pipe {}.",
                       is_about_names ? "JSON lines with .vm_id and .vm_snapshot_name"
                                      : "vm_id(s) (plain text or JSON lines)");
}

std::string Legacy::warning_of_unproven(std::string_view server) {
    return fmt::format(
        "TLS: nothing proves who answers at {}: the ansible path sends the token "
        "there",
        server);
}

bool Legacy::asks_for_help() const {
    if (arguments.size() < 2) return false;
    const std::string_view first = arguments[1];
    return first == "-h" || first == "--help";
}

bool Legacy::is_strict() { return environment(strict_variable) == "1"; }

bool Legacy::is_forced_off() { return environment(force_variable) == "off"; }

std::optional<Legacy> legacy_call(std::span<char*> arguments) {
    if (arguments.size() < 3 || arguments[1] != legacy_option) return std::nullopt;
    const std::string path = arguments[2];
    return Legacy{.shim_path = path,
                  .name = path.substr(path.rfind('/') + 1),
                  .arguments = arguments.subspan(2)};
}

Result<Options> parse_legacy_arguments(const Tool& tool, const Legacy& call) {
    const std::span<char*> arguments = call.arguments.subspan(1);
    auto options = tool.prints.filter.empty() ? parse_first(tool, arguments)
                                              : parse_with_filter(tool, arguments);
    if (!options) return options;
    if (const auto taken = take_environment(tool, *options); !taken)
        return std::unexpected(taken.error());
    options->progress = ShowProgress::never;
    options->is_legacy = true;
    return options;
}

Request reachability_request(const Tool& tool, const std::string& node) {
    Record record;
    record.set("proxmox_node", node);
    // Served by pveproxy itself on a connection that stays open: it proves node and token, cheaply.
    const std::string path = tool.plain.reading.once
                                 ? whole_path(tool.subject, tool.plain.reading.path)
                                 : "/nodes/{proxmox_node}/tasks?limit=1";
    return {.path = expand_path(path, record).value_or(""), .limit = reachability_limit};
}

Exit legacy_exit(const RunEnd& end) {
    const bool is_failure = end.lines_failed > 0 && end.lines_done == 0;
    if (Legacy::is_strict() || tells_always(end.exit)) return end.exit;
    return is_failure ? Exit::line_failed : Exit::ok;
}

Exit legacy_exit(Exit honest) {
    return honest == Exit::ok || Legacy::is_strict() || tells_always(honest) ? honest
                                                                             : Exit::line_failed;
}

}  // namespace proxmox
