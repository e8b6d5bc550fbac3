// The probe: is the API there, is the token good, is the node known; the answer is the exit status.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <span>

#include "api/config.h"
#include "api/connection.h"
#include "edge/arguments.h"
#include "edge/help.h"
#include "edge/legacy.h"
#include "line/expand.h"
#include "process/process.h"

namespace proxmox {
namespace {

/// 2 s to connect are in it, and the 3 s after which Proxmox answers a wrong token.
constexpr milliseconds answer_limit{7'000};

Exit attempt(const Tool& tool) {
    // It says nothing, so it must not store a key either: nobody would see that announced.
    auto connection = Connection::open([](std::string_view) {}, Memory::forgets);
    if (!connection) return connection.error().exit;
    Record record;
    record.set("proxmox_node", (*connection)->node());
    auto path = expand_path(whole_path(tool.subject, tool.plain.reading.path), record);
    if (!path) return path.error().exit;
    const auto reached = (*connection)->prefetch({.path = std::move(*path), .limit = answer_limit});
    return reached ? Exit::ok : reached.error().exit;
}

Exit attempt_as_called(const Tool& tool, std::span<char*> arguments, Output& output) {
    if (const auto call = legacy_call(arguments); call) {
        if (!call->asks_for_help()) {
            const Exit exit = attempt(tool);
            return exit == Exit::ok || Legacy::is_strict() ? exit : Exit::line_failed;
        }
        output.put(help_of(tool, call->name));
        return Exit::line_failed;
    }
    const auto options = parse_arguments(tool, arguments.subspan(1));
    if (!options) {
        output.error(options.error());
        return options.error().exit;
    }
    if (options->wish == Wish::run) return attempt(tool);
    output.put(words_for(tool, *options));
    return Exit::ok;
}

}  // namespace

int probe(const Tool& tool, int argc, char** argv) {
    harden_process();
    claim_given_credentials();
    const Signals signals;
    Output output{std::string(tool.name)};
    const Exit exit =
        attempt_as_called(tool, std::span(argv, static_cast<std::size_t>(argc)), output);
    end_process(output.is_broken() ? Exit::write_failed : exit, output, signals);
}

}  // namespace proxmox
