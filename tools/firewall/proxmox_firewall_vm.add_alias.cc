// Give networks and addresses names in the firewalls of virtual machines.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
using namespace proxmox;

/// The alias is there, as it was asked for.
Shown shows_alias(const Seen& seen) {
    const json::Value alias = seen.data();
    const bool is_there = alias["cidr"].text() == seen.record["vm_fw_alias_cidr"] &&
                          alias["comment"].text() == seen.record["vm_fw_alias_comment"];
    return is_there ? Shown::yes : Shown::no;
}

constexpr Tool add_alias{
    .name = "proxmox_firewall_vm.add_alias",
    .action = "firewall_vm_add_iptables_alias",
    .summary = "add aliases to the firewalls of virtual machines",
    .example = "proxmox_firewall_vm.add_alias < aliases.jsons",
    .lines = {.keys = {{"vm_id", Type::vm_id, required},
                       {"proxmox_node", Type::node},
                       {"vm_fw_alias_name", Type::word, required},
                       {"vm_fw_alias_cidr", Type::text, required},
                       {"vm_fw_alias_comment"},
                       {"vm_fw_comment"}}},
    .plain = {.changes = {{.method = Method::post,
                           .path = "{guest}/firewall/aliases",
                           .body = {.parameters = {{"name", text("{vm_fw_alias_name}")},
                                                   {"cidr", text("{vm_fw_alias_cidr}")},
                                                   {"comment", text("{vm_fw_alias_comment}")}},
                                    .encoding = Encoding::json},
                           .proof = {"{guest}/firewall/aliases/{vm_fw_alias_name}", shows_alias}}}},
    .prints = {.columns = {{"vm_id", text("{vm_id}")},
                           {"vm_fw_alias_name", text("{vm_fw_alias_name}")},
                           {"vm_fw_alias_cidr", text("{vm_fw_alias_cidr}")},
                           {"vm_fw_comment", text("{vm_fw_comment}"), ""}}},
    .words = {"POST alias"},
    .needs = {{"VM.Config.Network"}, {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(add_alias, argc, argv); }
