// The command line of the stand-in node: one table of options, read and explained from it.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: the table of options is read in one piece.
#include "model/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <span>

namespace demo_node {

using proxmox::Exit;
using proxmox::fail;
using proxmox::Outcome;
using proxmox::Result;

namespace {

constexpr int max_vms = 100'000;
constexpr int max_milliseconds = 3'600'000;
constexpr int max_port = 65'535;
constexpr int max_clones = 1'000;
constexpr int max_cards = 32;
constexpr int first_vmid = 100;
constexpr int last_vmid = 999'999'999;

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (true) {
        const std::size_t end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

Outcome read_number(std::string_view option, std::string_view text, auto& number,
                    std::int64_t minimum, std::int64_t maximum) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < minimum ||
        value > maximum)
        return fail(Exit::usage, fmt::format("{}: '{}' is not a number from {} to {}", option, text,
                                             minimum, maximum));
    number = static_cast<std::remove_reference_t<decltype(number)>>(value);
    return {};
}

Outcome read_task_ms(Options& options, std::string_view text) {
    for (const std::string& part : split(text, ',')) {
        const std::size_t equals = part.find('=');
        int& target = equals == std::string::npos ? options.task_ms
                                                  : options.task_ms_of_type[part.substr(0, equals)];
        const auto number = equals == std::string::npos ? part : part.substr(equals + 1);
        if (auto read = read_number("--task-ms", number, target, 0, max_milliseconds); !read)
            return read;
    }
    return {};
}

Outcome read_token(Options& options, std::string_view text) {
    const std::vector<std::string> parts = split(text, ':');
    const std::size_t equals = parts[0].find('=');
    if (parts.size() > 2 || equals == std::string::npos)
        return fail(Exit::usage, fmt::format("--token: '{}' is not USER@REALM!ID=SECRET[:PRIVILEGE,"
                                             "...[@PATH]]",
                                             text));
    ExtraToken token{parts[0].substr(0, equals), parts[0].substr(equals + 1)};
    if (parts.size() == 2) {
        const std::vector<std::string> granted = split(parts[1], '@');
        token.privileges = split(granted[0], ',');
        if (granted.size() > 1) token.path = granted[1];
    }
    options.tokens.push_back(std::move(token));
    return {};
}

Outcome read_faults(Options& options, std::string_view text) {
    auto fault = read_fault(text);
    if (!fault) return std::unexpected(fault.error());
    options.faults.push_back(std::move(*fault));
    return {};
}

/// From a file: every user of the machine sees the arguments of a process.
Outcome read_secret(Options& options, std::string_view path) {
    std::ifstream file{std::string(path)};
    if (std::getline(file, options.secret) && !options.secret.empty()) return {};
    return fail(Exit::usage, fmt::format("{} has no first line", path));
}

Outcome read_storages(Options& options, std::string_view text) {
    options.storages.clear();
    for (const std::string& part : split(text, ',')) {
        const std::size_t equals = part.find('=');
        options.storages.push_back(part.substr(0, equals));
        if (equals != std::string::npos)
            options.storage_types[options.storages.back()] = part.substr(equals + 1);
    }
    return {};
}

template <std::set<int> Options::*field>
Outcome vms(Options& options, std::string_view text) {
    for (const std::string& part : split(text, ',')) {
        int vmid = 0;
        if (auto read = read_number("the id given", part, vmid, first_vmid, last_vmid); !read)
            return read;
        (options.*field).insert(vmid);
    }
    return {};
}

template <int Options::*field, int maximum>
Outcome number(Options& options, std::string_view text) {
    return read_number("the number given", text, options.*field, 0, maximum);
}

template <int Options::*field>
constexpr auto milliseconds = number<field, max_milliseconds>;

template <bool Options::*field>
Outcome flag(Options& options, std::string_view) {
    options.*field = true;
    return {};
}

template <std::string Options::*field>
Outcome text(Options& options, std::string_view value) {
    options.*field = value;
    return {};
}

struct Option {
    std::string_view name;
    std::string_view value;
    std::string_view meaning;
    Outcome (*read)(Options&, std::string_view);
};

constexpr Option table[] = {
    {"--help", "", "show this text", flag<&Options::help>},
    {"--port", "PORT", "listen on 127.0.0.1:PORT; 0 (the default) takes a free one",
     number<&Options::port, max_port>},
    {"--vms", "N", "how many VMs, from id 100 on (8: the special cases)",
     number<&Options::vms, max_vms>},
    {"--containers", "N", "how many containers, from id 200 on or behind the last VM (0)",
     number<&Options::containers, max_vms>},
    {"--cards", "N", "how many network cards each VM has that has one (1)",
     number<&Options::cards, max_cards>},
    {"--ethernet", "", "the node has a card, eth0, and its bridge no address",
     flag<&Options::ethernet>},
    {"--disk-format", "FORMAT",
     "what a dir makes new disks of when nobody says: raw (the default) or qcow2",
     [](Options& options, std::string_view value) -> Outcome {
         if (value != "qcow2" && value != "raw")
             return fail(Exit::usage, fmt::format("'{}' is not qcow2 or raw", value));
         options.disk_format = value;
         return {};
     }},
    {"--plain", "", "all VMs are ordinary, stopped and named vm-NNN", flag<&Options::plain>},
    {"--running", "", "all VMs run from the beginning", flag<&Options::running>},
    {"--agents", "", "all VMs have a guest agent", flag<&Options::agents>},
    {"--snapshot", "NAME", "all VMs have a snapshot of this name", text<&Options::snapshot>},
    {"--node", "NAME", "the name of this node (px-testing)", text<&Options::node>},
    {"--nodes", "A,B,C", "a cluster; the first one is this node; NAME=offline is down",
     [](Options& options, std::string_view value) -> Outcome {
         options.nodes = split(value, ',');
         return {};
     }},
    {"--log", "FILE", "one JSON line for each answered request", text<&Options::log>},
    {"--workspace", "DIR", "write vault, password file and env.sh for the tools",
     text<&Options::workspace>},
    {"--secret-file", "FILE", "its first line is the secret of the workspace's token (random)",
     read_secret},
    {"--no-audit", "", "the workspace's token lacks VM.Audit and Sys.Audit",
     flag<&Options::no_audit>},
    {"--token", "SPEC", "another token: USER@REALM!ID=SECRET[:PRIVILEGE,...[@PATH]]", read_token},
    {"--task-ms", "N,TYPE=N", "how long tasks take (50), by type if given: 50,qmstart=900",
     read_task_ms},
    {"--storages", "A,B=TYPE", "the storages for disks (local); each is a dir, or of this type",
     read_storages},
    {"--pools", "A,B", "the pools that there are",
     [](Options& options, std::string_view value) -> Outcome {
         options.pools = split(value, ',');
         return {};
     }},
    {"--clones-at-once", "N", "how many clones a storage's lock lets through (2)",
     number<&Options::clones_at_once, max_clones>},
    {"--agent-delay-ms", "N", "how long after its start a VM's guest agent answers (0)",
     milliseconds<&Options::agent_delay_ms>},
    {"--address-delay-ms", "N", "... and then, how long its card has no address of use (0)",
     milliseconds<&Options::address_delay_ms>},
    {"--call-ms", "N", "how long a forwarded call occupies one of the three workers (0)",
     milliseconds<&Options::call_ms>},
    {"--stats-ms", "N", "how old status, name and tags in /cluster/resources get (10000)",
     milliseconds<&Options::stats_ms>},
    {"--idle-ms", "N", "close an idle connection after this time (5000)",
     milliseconds<&Options::idle_ms>},
    {"--lock-wait-ms", "N", "how long a task waits for a VM's config lock (10000)",
     milliseconds<&Options::lock_wait_ms>},
    {"--shutdown-timeout-ms", "N", "how long a shutdown waits for a VM that ignores it (180000)",
     milliseconds<&Options::shutdown_timeout_ms>},
    {"--cleanup-lock-ms", "N", "hold the lock so long when a VM is started again at once (0)",
     milliseconds<&Options::cleanup_lock_ms>},
    {"--refusal-ms", "N", "how late a 401 is sent (3000)", milliseconds<&Options::refusal_ms>},
    {"--warn", "VMID,...", "starts of these VMs end with WARNINGS: 1", vms<&Options::warns>},
    {"--managed", "VMID,...", "HA starts and stops these VMs", vms<&Options::managed>},
    {"--ha-ms", "N", "how long HA takes to do what was asked (500)", milliseconds<&Options::ha_ms>},
    {"--fault", "SPEC", "let things go wrong; see below", read_faults},
    {"--unknown", "NAME,...", "parameters that this node does not know, as an older release",
     [](Options& options, std::string_view value) -> Outcome {
         for (std::string& name : split(value, ',')) options.unknown.insert(std::move(name));
         return {};
     }},
    {"--rsa", "", "an RSA-2048 key instead of EC P-256", flag<&Options::rsa>},
    {"--seed", "N", "the seed of every random order (42)",
     [](Options& options, std::string_view value) {
         return read_number("--seed", value, options.seed, 0, INT64_MAX);
     }},
    {"--exit-with-parent", "", "end when its parent does", flag<&Options::exit_with_parent>},
};

}  // namespace

Result<Options> read_options(const std::vector<std::string>& arguments) {
    Options options;
    for (std::size_t at = 0; at < arguments.size(); ++at) {
        std::string name = arguments[at];
        std::string value;
        const std::size_t equals = name.find('=');
        if (equals != std::string::npos) {
            value = name.substr(equals + 1);
            name.resize(equals);
        }
        const auto* option = std::ranges::find(table, name, &Option::name);
        if (option == std::end(table))
            return fail(Exit::usage, fmt::format("unknown option '{}'", name),
                        "--help lists the options");
        if (!option->value.empty() && equals == std::string::npos) {
            if (++at == arguments.size())
                return fail(Exit::usage, fmt::format("{} needs a value", name));
            value = arguments[at];
        }
        if (auto read = option->read(options, value); !read)
            return fail(Exit::usage, fmt::format("{}: {}", name, read.error().message));
    }
    if (options.nodes.empty()) options.nodes = {options.node};
    options.node = options.nodes[0];
    return options;
}

std::string usage() {
    std::string text =
        "usage: range42-demo-node [OPTION]...\n\n"
        "A stand-in for a Proxmox VE node on 127.0.0.1: a test double and a rehearsal stage,\n"
        "nothing more. It runs no machines, and what it answers proves nothing about a real node.\n"
        "Its first line on stdout is 'listening on 127.0.0.1:PORT'; SIGTERM or SIGINT ends it.\n\n";
    for (const Option& option : table)
        text += fmt::format("  {:<28} {}\n", fmt::format("{} {}", option.name, option.value),
                            option.meaning);
    return text + fault_usage();
}

}  // namespace demo_node
