// What can be wrong between here and the node: said once, for the doctor and for every tool.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/checks.h"

#include <fmt/format.h>

#include "api/config.h"
#include "base/escape.h"
#include "base/shell.h"

namespace proxmox {
namespace {

Check bad(std::string_view name, std::string finding, std::string remedy = {}) {
    return {std::string(name), Health::bad, std::move(finding), std::move(remedy)};
}

std::string out_of_reach(std::string_view host_and_port, std::string_view why) {
    return fmt::format("cannot reach https://{}: {}", escape(host_and_port), why);
}

Check silent(std::string_view host_and_port, std::string_view cause) {
    return bad("api reachable",
               fmt::format("https://{} takes connections, but {}", escape(host_and_port), cause),
               fmt::format("on the node: systemctl restart pvedaemon pveproxy; {} sets how many "
                           "seconds an answer is awaited",
                           patience_variable));
}

Check unreachable(const Finding& finding, std::string_view host_and_port) {
    switch (finding.transport) {
        case Transport::unresolved: return host_unresolved(host_and_port);
        case Transport::port_closed: return port_closed(host_and_port, finding.cause);
        case Transport::silent: return silent(host_and_port, finding.cause);
        default: break;
    }
    return bad("api reachable", out_of_reach(host_and_port, finding.cause),
               "see that proxmox_api_host in the vault names Proxmox's API and its port (8006)");
}

Check token_refused(std::string_view user, std::string_view cause) {
    const std::string_view owner = user.substr(0, user.find('!'));
    return bad("token",
               fmt::format("authentication failed for token {} (401 {})", escape(user), cause),
               fmt::format("compare the vault with the node's tokens: pveum user token list {}",
                           shell_word(owner)));
}

/// A node that the API host does not know is looked for by name.
bool says_unknown_node(std::string_view cause) { return cause.starts_with("hostname lookup '"); }

}  // namespace

Check variable_unset(std::string_view variable) {
    return bad(variable, fmt::format("{} is not set", variable),
               "activate a workspace first (range42-context use ...)");
}

Check host_unresolved(std::string_view host_and_port) {
    return bad("name resolution", out_of_reach(host_and_port, "its name has no address"),
               "correct proxmox_api_host in the vault, or add the name to DNS or /etc/hosts");
}

Check port_closed(std::string_view host_and_port, std::string_view trouble) {
    return bad("port", out_of_reach(host_and_port, trouble),
               "is the node up, is this its port, and does no firewall stand between?");
}

Check node_unknown(std::string finding, const std::set<std::string>& known) {
    if (known.empty())
        return bad("node name", std::move(finding),
                   "range42-doctor tells whether the cluster knows the node, and which it has");
    std::string names;
    for (const std::string& name : known) names += (names.empty() ? "" : ", ") + escape(name);
    return bad("node name", std::move(finding),
               fmt::format("set proxmox_node in the vault to one of: {}", names));
}

Check check_answer(const Finding& finding, std::string_view host_and_port, std::string_view user) {
    switch (finding.verdict) {
        case Verdict::good: return {};
        case Verdict::unreachable: return unreachable(finding, host_and_port);
        case Verdict::identity: return bad("TLS identity", finding.cause);
        case Verdict::credentials: return token_refused(user, finding.cause);
        case Verdict::cut_off: return node_unknown(finding.cause);
        case Verdict::not_proxmox:
            return bad("api reachable", finding.cause,
                       "whoever answers at proxmox_api_host of the vault is not Proxmox's API");
        case Verdict::unknown:
            if (finding.transport == Transport::silent) return silent(host_and_port, finding.cause);
            break;
        case Verdict::forbidden:
        case Verdict::no_such_vm:
        case Verdict::lock_busy:
        case Verdict::no_worker:
        case Verdict::refused: break;
    }
    if (says_unknown_node(finding.cause)) return node_unknown(finding.cause);
    return bad("api reachable", finding.cause);
}

}  // namespace proxmox
