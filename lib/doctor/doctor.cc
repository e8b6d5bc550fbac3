// The doctor's judgement: pure functions over gathered facts.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "api/config.h"
#include "base/escape.h"
#include "password.h"

namespace proxmox {
namespace {

Check check_variable(std::string_view name, bool is_set) {
    if (is_set) return {std::string(name), Health::good, "is set"};
    return variable_unset(name);
}

Check check_password_file(const Facts& facts) {
    if (!facts.has_password_file) return unknown("password file", "not looked for");
    if (facts.password_trouble.empty()) return {"password file", Health::good, "can be read"};
    return {"password file", Health::bad, escape(facts.password_trouble),
            std::string(vault::password_file_remedy)};
}

Check check_vault(const Facts& facts) {
    if (!facts.has_devkit || !facts.has_password_file || !facts.password_trouble.empty())
        return unknown("vault", "not looked for");
    if (facts.closed) return {"vault", Health::bad, facts.closed->message, facts.closed->remedy};
    if (facts.exposures.empty())
        return {"vault", Health::good, "opened, and all settings are there"};
    return {"vault", Health::bad, fmt::format("{}", fmt::join(facts.exposures, "; ")),
            "do for each what is said there: the token is at stake"};
}

/// What has to be there before the node can be asked.
std::vector<Check> checks_of_workspace(const Facts& facts) {
    if (!facts.is_given_credentials)
        return {check_variable(devkit_variable, facts.has_devkit),
                check_variable(password_variable, facts.has_password_file),
                check_password_file(facts), check_vault(facts)};
    const std::string name(credentials_variable);
    if (facts.closed) return {{name, Health::bad, facts.closed->message, facts.closed->remedy}};
    return {{name, Health::good, "credentials were handed over, no vault is needed"}};
}

Check check_resolution(const Facts& facts) {
    constexpr std::string_view name = "name resolution";
    if (facts.host_and_port.empty()) return unknown(std::string(name), see_above);
    if (facts.addresses.empty()) return host_unresolved(facts.host_and_port);
    return {std::string(name), Health::good, fmt::format("{}", fmt::join(facts.addresses, ", "))};
}

Check check_port(const Facts& facts) {
    if (facts.addresses.empty()) return unknown("port", see_above);
    if (facts.port_trouble.empty()) return {"port", Health::good, "takes connections"};
    return port_closed(facts.host_and_port, facts.port_trouble);
}

Check identity_unchecked(std::string_view host_and_port) {
    return {"TLS identity", Health::bad,
            fmt::format("not checked (insecure): whoever answers at {} gets the token",
                        escape(host_and_port)),
            "take insecure out of RANGE42_PROXMOX_API_TLS and of the vault's proxmox_api_tls"};
}

/// One request finds out about network, identity and token; only one of them can be at fault.
void examine_reach(const Facts& facts, std::vector<Check>& checks) {
    constexpr std::array<std::pair<std::string_view, Exit>, 3> stages{
        {{"api reachable", Exit::unreachable},
         {"TLS identity", Exit::tls_identity},
         {"token", Exit::credentials}}};
    bool is_past_fault = facts.addresses.empty() || !facts.port_trouble.empty();
    for (const auto& [name, exit] : stages) {
        if (is_past_fault) {
            checks.push_back(unknown(std::string(name), see_above));
            continue;
        }
        is_past_fault = facts.refused && (facts.refused->exit == exit || exit == Exit::credentials);
        if (is_past_fault)
            checks.push_back(
                {std::string(name), Health::bad, facts.refused->message, facts.refused->remedy});
        else if (exit == Exit::tls_identity && facts.trust == TrustMode::insecure)
            checks.push_back(identity_unchecked(facts.host_and_port));
        else
            checks.push_back(
                {std::string(name), Health::good,
                 exit == Exit::credentials ? escape(facts.token) : escape(facts.host_and_port)});
    }
}

/// Fixes reach the system's library by themselves, and ours only with a new build.
Check check_openssl(const Facts& facts) {
    constexpr std::string_view name = "OpenSSL";
    if (facts.installed_openssl.empty())
        return unknown(std::string(name), "this system has no libcrypto.so.3 to compare with");
    if (facts.linked_openssl == facts.installed_openssl)
        return {std::string(name), Health::good, facts.linked_openssl};
    return {std::string(name), Health::advice,
            fmt::format("{} is linked in, this system has {}", facts.linked_openssl,
                        escape(facts.installed_openssl)),
            "install a newer package of these tools, or build them anew: ./dev build"};
}

Check check_clock(const Facts& facts) {
    if (!facts.clock_difference_s) return unknown("clock", see_above);
    const std::int64_t off = *facts.clock_difference_s;
    if (std::abs(off) <= clock_difference_limit_s)
        return {"clock", Health::good, fmt::format("{} s apart", std::abs(off))};
    return {"clock", Health::bad,
            fmt::format("the node's clock is {} s {} ours", std::abs(off),
                        off > 0 ? "ahead of" : "behind"),
            "set both by NTP: timedatectl set-ntp true"};
}

Check check_node_name(const Facts& facts) {
    if (!facts.nodes) return unknown("node name", facts.nodes.error());
    if (facts.nodes->contains(facts.node)) return {"node name", Health::good, facts.node};
    return node_unknown(fmt::format("{} is not a node of this cluster", escape(facts.node)),
                        *facts.nodes);
}

}  // namespace

Check unknown(std::string name, std::string_view why) {
    return {std::move(name), Health::unknown, std::string(why)};
}

std::vector<Check> examine(const Facts& facts) {
    std::vector<Check> checks = checks_of_workspace(facts);
    checks.push_back(check_openssl(facts));
    if (!facts.roles.path.empty()) checks.push_back(check_role(facts.roles));
    checks.push_back(check_resolution(facts));
    checks.push_back(check_port(facts));
    examine_reach(facts, checks);
    checks.push_back(check_clock(facts));
    checks.push_back(check_node_name(facts));
    examine_node(facts, checks);
    return checks;
}

}  // namespace proxmox
