// The workspace: the vault's settings become an endpoint and a trust policy.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/config.h"

#include <fmt/format.h>

#include <cstdlib>
#include <cstring>

#include "api/checks.h"
#include "base/escape.h"
#include "base/timings.h"
#include "handed.h"
#include "json/json.h"
#include "vault.h"

namespace proxmox {
namespace {

constexpr std::string_view vault_file = "/secrets/default_vault.yml";

Result<std::string> needed(std::string_view name) {
    std::string value = environment(name);
    if (!value.empty()) return value;
    const Check check = variable_unset(name);
    return fail(Exit::credentials, check.finding, check.remedy);
}

struct VaultFiles {
    std::string vault;
    std::string password;
};

Result<VaultFiles> vault_files() {
    auto devkit = needed(devkit_variable);
    if (!devkit) return std::unexpected(devkit.error());
    auto password = needed(password_variable);
    if (!password) return std::unexpected(password.error());
    while (devkit->ends_with('/')) devkit->pop_back();
    return VaultFiles{*devkit + std::string(vault_file), std::move(*password)};
}

/// The header line with the token, assembled in locked memory.
Result<vault::Secret> authorization_of(const vault::Settings& settings) {
    const std::string start =
        fmt::format("Authorization: PVEAPIToken={}!{}=", settings.api_user, settings.token_id);
    const std::string_view token = settings.token_secret.reveal();
    return vault::Secret::filled(
        start.size() + token.size() + 1, [&](std::span<char> bytes) -> Result<std::size_t> {
            std::memcpy(bytes.data(), start.data(), start.size());
            std::memcpy(bytes.data() + start.size(), token.data(), token.size());
            bytes.back() = '\0';
            return bytes.size();
        });
}

Result<TrustPolicy> policy_of(std::string_view text) {
    auto policy = parse_trust(text);
    if (policy && policy->mode == TrustMode::first_use &&
        !environment(no_first_use_variable).empty())
        policy->mode = TrustMode::strict;
    return policy;
}

/// Nothing authenticates what stands in a vault without encryption: it may ask for more proof than
/// the environment does, never for none.
bool lowers_trust(vault::Settings& settings) {
    const auto stated = parse_trust(settings.tls);
    if (settings.is_encrypted || !stated || stated->mode != TrustMode::insecure) return false;
    settings.warnings.push_back(
        fmt::format("TLS: proxmox_api_tls: insecure is not followed, since its vault is not "
                    "encrypted (set {} to mean it)",
                    trust_variable));
    return true;
}

/// The environment wins over the vault, and in the vault the mode over the mere pin.
std::string trust_of(vault::Settings& settings) {
    if (std::string text = environment(trust_variable); !text.empty()) return text;
    if (!settings.tls.empty() && !lowers_trust(settings)) return settings.tls;
    return settings.tls_pin.empty() ? "" : "pin:" + settings.tls_pin;
}

void warn_of_unlocked_memory(std::vector<std::string>& warnings) {
    if (vault::memory_is_locked()) return;
    warnings.emplace_back(
        "memory cannot be locked: password and token may be written to swap (raise ulimit -l)");
}

Result<vault::Settings> settings_of_workspace() {
    if (is_given_credentials()) return vault::take_handed(environment(password_variable));
    const auto files = vault_files();
    if (!files) return std::unexpected(files.error());
    return vault::open_vault(files->vault, files->password);
}

}  // namespace

bool is_given_credentials() { return !environment(credentials_variable).empty(); }

void claim_given_credentials() {
    if (is_given_credentials()) vault::claim_handed(environment(credentials_variable));
}

std::string_view token_secret_of(const Endpoint& endpoint) {
    std::string_view line = endpoint.authorization.reveal();
    // Neither the user nor the token's name can have an equals sign in it.
    for (int part = 0; part < 2; ++part) line.remove_prefix(line.find('=') + 1);
    line.remove_suffix(1);
    return line;
}

Result<TrustPolicy> trust_in_environment() { return policy_of(environment(trust_variable)); }

Outcome require_workspace() {
    if (is_given_credentials()) return {};
    for (const std::string_view name : {devkit_variable, password_variable})
        if (const auto value = needed(name); !value) return std::unexpected(value.error());
    return {};
}

Result<vault::Secret> value_of_vault(std::string_view key) {
    const Timed timed(Stage::vault);
    if (is_given_credentials())
        return fail(Exit::credentials, "the caller has handed over no vault");
    const auto files = vault_files();
    if (!files) return std::unexpected(files.error());
    return vault::value_of_vault(files->vault, files->password, key);
}

Result<milliseconds> patience_of_environment() {
    const std::string text = environment(patience_variable);
    if (text.empty()) return answer_patience;
    const auto number = json::integer_of(text);
    if (number && *number >= 1 && *number <= longest_patience_s) return seconds{*number};
    return fail(Exit::usage, fmt::format("{} is no number of seconds from 1 to {}: {}",
                                         patience_variable, longest_patience_s, escape(text)));
}

Result<Workspace> open_workspace() {
    const Timed timed(Stage::vault);
    const auto patience = patience_of_environment();
    if (!patience) return std::unexpected(patience.error());
    auto settings = settings_of_workspace();
    if (!settings) return std::unexpected(settings.error());
    auto policy = policy_of(trust_of(*settings));
    if (!policy) return std::unexpected(policy.error());
    auto authorization = authorization_of(*settings);
    if (!authorization) return std::unexpected(authorization.error());
    authorization->seal();
    warn_of_unlocked_memory(settings->warnings);
    return Workspace{.endpoint = {settings->api_host, std::move(*authorization)},
                     .node = settings->node,
                     .vm_storage = settings->vm_storage,
                     .user = settings->api_user + '!' + settings->token_id,
                     .trust = std::move(*policy),
                     .patience = *patience,
                     .warnings = std::move(settings->warnings)};
}

}  // namespace proxmox
