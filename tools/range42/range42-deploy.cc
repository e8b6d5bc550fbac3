// Deploy a scenario: show its plan, make and start its machines, and wait until they are ready.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/scenario_settings.h"
using namespace proxmox;

constexpr Setting settings[]{
    {"--dry-run", "", "show what would be made and changed, and stop", "dry_run"},
    {"--linked", "", "make linked clones, not full ones", "linked"},
    extra_vars_setting,
    short_extra_vars_setting,
    inventory_setting,
    playbook_setting,
    password_setting,
    manifest_setting,
    {"--journal", "FILE", "keep what is made, for range42-undo < FILE", "journal"},
    {"--timeline", "FILE", "draw when each machine was in which stage, as SVG", "timeline"},
};

constexpr Tool deploy{
    .name = "range42-deploy",
    .action = "deploy",
    .summary = "deploy a scenario: plan, clone, configure, start, and wait until all is ready",
    .example = "range42-deploy --dry-run scenarios/demo_lab",
    .lines = {.settings = settings},
    .prints = {.rows = Rows::none},
    .operands = {"DIR"},
};

int main(int argc, char** argv) { return plan_scenario(deploy, argc, argv); }
