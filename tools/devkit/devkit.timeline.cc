// Draw when each machine of a pipe was in which stage, and where the pipe waited.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool timeline{
    .name = "devkit.timeline",
    .action = "timeline",
    .summary = "draw the stages of machines as SVG, or as text, with the critical path marked",
    .example = "proxmox_vm.start --carry < vms.jsons | devkit.timeline --text",
    .lines = {.described = "a JSON object with a timeline or timings"},
    .prints = {.rows = Rows::none},
    .choices = {{"--begin", "pass lines on that keep when their stages begin and end"},
                {"--text", "draw with letters, for a terminal"}},
};

int main(int argc, char** argv) { return draw_timeline(timeline, argc, argv); }
