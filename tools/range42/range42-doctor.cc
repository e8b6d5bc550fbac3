// Say what is wrong between this machine and the node, and what to do about it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
#include "tool_needs.h"
using namespace proxmox;

constexpr Tool doctor{
    .name = "range42-doctor",
    .action = "doctor",
    .summary = "check workspace, vault, network, identity, token, privileges and storage",
    .example = "range42-doctor --json",
};

int main(int argc, char** argv) { return examine_workspace(doctor, tool_needs, argc, argv); }
