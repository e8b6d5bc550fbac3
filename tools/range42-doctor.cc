// Say what is wrong between this machine and the node, and what to do about it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action.h"
using namespace proxmox;

constexpr Action doctor{
    .tool = "range42-doctor",
    .name = "doctor",
    .summary = "check workspace, vault, network, identity, token and privileges",
    .example = "range42-doctor --json",
};

int main(int argc, char** argv) { return examine_workspace(doctor, argc, argv); }
