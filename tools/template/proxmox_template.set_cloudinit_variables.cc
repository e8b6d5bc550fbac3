// Set what cloud-init does in virtual machines, and make their cloud-init drives anew.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: tables of keys and of columns.
#include "factory/cloud_init.h"
using namespace proxmox;

constexpr Input keys[]{{"vm_id", Type::vm_id, required},
                       {"proxmox_node", Type::node},
                       {"vm_ci_ssh_key", Type::hidden, required},
                       {"vm_ci_user"},
                       {"vm_ci_password", Type::secret},
                       {"vm_ci_dns_ips"},
                       {"vm_ci_dns_domain"},
                       {"vm_ci_ip"},
                       {"vm_ci_netmask"},
                       {"vm_ci_ip_gw"},
                       {"vm_net_virtio_bridge", Type::word}};

constexpr Column columns[]{{"vm_id", text("{vm_id}")},
                           {"ciuser", text("{vm_ci_user}"), ""},
                           {"cipassword", "", R"("redacted")"},
                           {"sshkeys", "", R"("redacted")"},
                           {"template_status", "", R"("regenerated")"},
                           {"vm_ci_dns_domain", text("{vm_ci_dns_domain}"), ""},
                           {"vm_ci_dns_ips", text("{vm_ci_dns_ips}"), ""},
                           {"vm_ci_ip", text("{vm_ci_ip}"), ""},
                           {"vm_ci_ip_gw", text("{vm_ci_ip_gw}"), ""},
                           {"vm_ci_netmask", text("{vm_ci_netmask}"), ""}};

constexpr Tool set_cloudinit_variables{
    .name = "proxmox_template.set_cloudinit_variables",
    .action = "cloudinit_set_variables",
    .summary = "set what cloud-init does in virtual machines",
    .example = "range42.plan --templates DIR | proxmox_template.set_cloudinit_variables",
    .lines = {.keys = keys},
    .plain = {.looks = {{.path = "{guest}/config", .prepare = compose_cloud_init}},
              .changes = {cloud_init_values, cloud_init_drive},
              .outlasts_locks = true},
    .wait = 600s,
    .prints = {.columns = columns},
    .words = {"PUT cloud-init"},
    .needs = {{"VM.Config.Cloudinit"}, {"VM.Config.Network"}, {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(set_cloudinit_variables, argc, argv); }
