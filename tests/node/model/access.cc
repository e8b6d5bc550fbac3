// Who may call: API tokens and their privileges.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/access.h"

#include <algorithm>

namespace demo_node {

namespace {

constexpr std::string_view privilege_names[] = {
    "Datastore.Allocate",
    "Datastore.AllocateSpace",
    "Datastore.AllocateTemplate",
    "Datastore.Audit",
    "Group.Allocate",
    "Mapping.Audit",
    "Mapping.Modify",
    "Mapping.Use",
    "Permissions.Modify",
    "Pool.Allocate",
    "Pool.Audit",
    "Realm.Allocate",
    "Realm.AllocateUser",
    "SDN.Allocate",
    "SDN.Audit",
    "SDN.Use",
    "Sys.AccessNetwork",
    "Sys.Audit",
    "Sys.Console",
    "Sys.Incoming",
    "Sys.Modify",
    "Sys.PowerMgmt",
    "Sys.Syslog",
    "User.Modify",
    "VM.Allocate",
    "VM.Audit",
    "VM.Backup",
    "VM.Clone",
    "VM.Config.CDROM",
    "VM.Config.CPU",
    "VM.Config.Cloudinit",
    "VM.Config.Disk",
    "VM.Config.HWType",
    "VM.Config.Memory",
    "VM.Config.Network",
    "VM.Config.Options",
    "VM.Console",
    "VM.GuestAgent.Audit",
    "VM.GuestAgent.FileRead",
    "VM.GuestAgent.FileSystemMgmt",
    "VM.GuestAgent.FileWrite",
    "VM.GuestAgent.Unrestricted",
    "VM.Migrate",
    "VM.PowerMgmt",
    "VM.Replicate",
    "VM.Snapshot",
    "VM.Snapshot.Rollback",
};
static_assert(std::size(privilege_names) <= max_privileges);

}  // namespace

std::span<const std::string_view> all_privileges() { return privilege_names; }

std::optional<std::size_t> privilege_index(std::string_view name) {
    const auto* found = std::ranges::find(privilege_names, name);
    if (found == std::end(privilege_names)) return std::nullopt;
    return static_cast<std::size_t>(found - privilege_names);
}

Privileges administrator() {
    Privileges all;
    for (std::size_t bit = 0; bit < std::size(privilege_names); ++bit) all.set(bit);
    return all;
}

bool Token::may(std::string_view privilege, std::string_view where) const {
    if (where.empty()) return false;
    const bool below =
        path == "/" || where == path || (where.starts_with(path) && where[path.size()] == '/');
    const auto bit = privilege_index(privilege);
    return below && bit && privileges.test(*bit);
}

std::expected<const Token*, std::string_view> Access::authenticate(const Request& request) const {
    constexpr std::string_view scheme = "PVEAPIToken";
    const std::string* header = request.header("authorization");
    if (!header || !header->starts_with(scheme) || header->size() == scheme.size() ||
        ((*header)[scheme.size()] != '=' && (*header)[scheme.size()] != ' '))
        return std::unexpected("No ticket");
    const std::string credentials =
        percent_decode(std::string_view(*header).substr(scheme.size() + 1), false);
    const std::size_t equals = credentials.find('=');
    const std::string_view name = std::string_view(credentials).substr(0, equals);
    const auto found = std::ranges::find(tokens, name, &Token::name);
    if (equals == std::string::npos || found == tokens.end() ||
        credentials.substr(equals + 1) != found->secret)
        return std::unexpected("Authentication failed!");
    return &*found;
}

}  // namespace demo_node
