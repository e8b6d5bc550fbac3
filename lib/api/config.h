// The workspace: which vault, which password, and what the environment says about the API.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/http.h"
#include "base/environment.h"
#include "base/error.h"
#include "trust/trust.h"

namespace proxmox {

inline constexpr std::string_view devkit_variable = "RANGE42_ANSIBLE_ROLES__DEVKITS_DIR";
inline constexpr std::string_view password_variable = "RANGE42_VAULT_PASSWORD_FILE";
/// The number of a descriptor with the vault's settings, from a caller who has no vault to give.
inline constexpr std::string_view credentials_variable = "RANGE42_PROXMOX_CREDENTIALS_FD";
inline constexpr std::string_view trust_variable = "RANGE42_PROXMOX_API_TLS";
/// Where it is set to anything, a server that was never met is refused, as in mode strict; what is
/// stated otherwise stays. For calls whose words nobody reads, such as completion.
inline constexpr std::string_view no_first_use_variable = "RANGE42_PROXMOX_NO_FIRST_USE";
inline constexpr std::string_view patience_variable = "RANGE42_PROXMOX_API_TIMEOUT";
inline constexpr std::string_view jobs_variable = "RANGE42_PROXMOX_JOBS";
inline constexpr std::string_view force_variable = "RANGE42_PROXMOX_API_FORCE";
inline constexpr std::string_view strict_variable = "RANGE42_PROXMOX_STRICT";

/// Everything about the API that a run needs to know, out of the vault and the environment.
struct Workspace {
    Endpoint endpoint;
    std::string node;
    /// Where new disks come, if the vault says so.
    std::string vm_storage;
    /// "user@realm!token"
    std::string user;
    TrustPolicy trust;
    milliseconds patience = answer_patience;
    std::vector<std::string> warnings;
};

/// The last part of the header line, which is the secret itself.
std::string_view token_secret_of(const Endpoint& endpoint);

/// A caller has handed over the settings: no vault is opened, and no other path has them.
bool is_given_credentials();

/// No program that this process starts gets them; to be called before anything is opened.
void claim_given_credentials();

/// The variables that name a workspace, or what stands in for one, are set; nothing is opened.
Outcome require_workspace();

/// What the environment alone says of whom to trust.
Result<TrustPolicy> trust_in_environment();

/// The text that the workspace's vault has under this key.
Result<vault::Secret> value_of_vault(std::string_view key);

/// How long an answer is awaited: what the variable says, in seconds, or as long as usual.
inline constexpr std::int64_t longest_patience_s = 3'600;
Result<milliseconds> patience_of_environment();

/// Opens the vault of the active workspace, or takes what the caller has handed over, which can be
/// done once. No network is touched.
Result<Workspace> open_workspace();

}  // namespace proxmox
