// Wait until the agents of machines have told an address.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/guest.h"
using namespace proxmox;

constexpr Tool wait_ip{
    .name = "guest.wait_ip",
    .action = "guest_wait_ip",
    .summary = "wait until machines have an address, as their agents tell",
    .example = R"(echo '{"vm_id":100}' | proxmox_vm.start | guest.wait_ip)",
    .lines =
        {.keys = {{"vm_id", Type::vm_id, required},
                  {"proxmox_node", Type::node},
                  {"net", Type::number},
                  {"family", Type::family},
                  {"cidr", Type::network},
                  {"agent_timeout", Type::number},
                  {"address_timeout", Type::number}},
         .settings = {{"--net", "N", "the address of this card, netN (default: the first)", "net"},
                      {"--family", "4|6", "only IPv4 or only IPv6 (default: IPv4 first)", "family"},
                      {"--cidr", "NETWORK", "only an address in this network", "cidr"},
                      {"--agent-timeout", "SECONDS", "how long the agent may take (120)",
                       "agent_timeout"},
                      {"--address-timeout", "SECONDS", "... and then the address (60)",
                       "address_timeout"}}},
    .wait = 180s,
    .prints = {.columns = {{"vm_id", json_of("vm_id")},
                           {"vm_name", text("{vm_name}"), ""},
                           {"vm_ip", text("{vm_ip}")},
                           {"vm_mac", text("{vm_mac}")},
                           {"vm_uuid", text("{vm_uuid}"), ""}},
               .carries = true},
};

int main(int argc, char** argv) { return await_address(wait_ip, argc, argv); }
