// Say by the exit status alone whether the API can be used: reached, trusted, and the token good.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/listing.h"
using namespace proxmox;

constexpr Tool reachable{
    .name = "proxmox_api.reachable",
    .action = "api_reachable",
    .summary = "say by the exit status whether the Proxmox API can be used",
    .example = "proxmox_api.reachable && echo reachable",
    .plain = {.reading = {.path = vm_list_path}},
    .prints = {.rows = Rows::none},
    .needs = {{"VM.Audit"}},
};

int main(int argc, char** argv) { return probe(reachable, argc, argv); }
