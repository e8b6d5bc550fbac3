// Print a scenario as JSON lines, one for each machine, before anything is made.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
using namespace proxmox;

constexpr Setting settings[]{
    {"--extra-vars", "VARS", "NAME=VALUE, or @FILE, as for ansible-playbook", "extra_vars"},
    {"-e", "VARS", "the same", "extra_vars"},
    {"--inventory", "FILE", "the inventory (the workspace's)", "inventory"},
    {"--playbook", "FILE", "the scenario's playbook (main.yml)", "playbook"},
    {"--vault-password-file", "FILE", "the password (the workspace's)", "vault_password_file"},
    {"--manifest", "", "plan from the manifest, without playbooks", "manifest"},
    {"--templates", "", "images and templates instead of machines", "templates"},
    {"--all", "", "images, templates and machines, in their order", "all"},
    {"--linked", "", "want linked clones, not full ones", "linked"},
    {"--offline", "", "do not ask the node what is there", "offline"},
};

constexpr Tool plan{
    .name = "range42.plan",
    .action = "plan",
    .summary = "print a scenario as lines, one for each machine; run and make nothing",
    .example = "range42.plan --offline scenarios/demo_lab",
    .lines = {.settings = settings},
    .prints = {.rows = Rows::none},
    .operands = {"DIR"},
};

int main(int argc, char** argv) { return plan_scenario(plan, argc, argv); }
