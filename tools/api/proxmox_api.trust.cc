// Show, add, replace and remove the known keys of Proxmox API servers.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
using namespace proxmox;

constexpr Tool trust{
    .name = "proxmox_api.trust",
    .action = "api_trust",
    .summary = "show or change which key is known for an API server; sends no credentials",
    .example = "proxmox_api.trust 192.168.1.100:8006 --replace",
    .prints = {.rows = Rows::none},
    .operands = {"HOST:PORT"},
    .choices = {{"--add", "store the key that the server shows now, if none is known"},
                {"--replace", "store it in the place of the known one"},
                {"--remove", "forget the server"}},
};

int main(int argc, char** argv) { return keep_keys(trust, argc, argv); }
