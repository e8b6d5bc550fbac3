// Say by the exit status alone whether the API can be used: reached, trusted, and the token good.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/listing.h"
using namespace proxmox;

constexpr Action reachable{
    .tool = "proxmox_api.reachable",
    .name = "api_reachable",
    .summary = "say by the exit status whether the Proxmox API can be used",
    .read = vm_list_path,
    .rows = Rows::none,
    .example = "proxmox_api.reachable && echo reachable",
};

int main(int argc, char** argv) { return probe(reachable, argc, argv); }
