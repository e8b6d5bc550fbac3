// Show, add, replace and remove the known keys of Proxmox API servers.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/action.h"
using namespace proxmox;

constexpr Action trust{
    .tool = "proxmox_api.trust",
    .name = "api_trust",
    .summary = "show or change which key is known for an API server; sends no credentials",
    .rows = Rows::none,
    .operand = "HOST:PORT",
    .choices = {{"--add", "store the key that the server shows now, if none is known"},
                {"--replace", "store it in the place of the known one"},
                {"--remove", "forget the server"}},
    .example = "proxmox_api.trust 192.168.1.100:8006 --replace",
};

int main(int argc, char** argv) { return keep_keys(trust, argc, argv); }
