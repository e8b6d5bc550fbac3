// Print a scenario as JSON lines, one for each machine, before anything is made.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/scenario_settings.h"
using namespace proxmox;

constexpr Setting settings[]{
    extra_vars_setting,
    short_extra_vars_setting,
    inventory_setting,
    playbook_setting,
    password_setting,
    manifest_setting,
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
