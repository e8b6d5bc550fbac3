// Install tailscale in machines, join their network, and tell the address each one got.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: three scripts and their options.
#include "guest/installation.h"
using namespace proxmox;

constexpr GuestStep installation{
    .commands = {with_service("install tailscale",
                              {"tailscale", "tailscale", "", "tailscale", "tailscaled"}),
                 {.stage = "join the network",
                  .script = scripts::tailscale_join,
                  .arguments = {"{vm_name}"},
                  .wants_secret = true,
                  .limit = 120s,
                  .advice = "is the auth key still valid, does the guest reach the internet"},
                 {.stage = "get a tailscale address",
                  .script = scripts::tailscale_address,
                  .limit = 60s,
                  .repeat = Repeat::until_ready,
                  .proofs = {"tailscale_ip"},
                  .advice = "does the network wait for the machine to be approved"}},
    .secret_key = "auth_key_file",
    .needs_secret = true,
};

constexpr Tool install{
    .name = "tailscale.install",
    .action = "tailscale_install",
    .summary = "install tailscale in machines and tell the address each one got",
    .example = R"(echo '{"vm_id":100}' | guest.wait_ip | tailscale.install --auth-key-file KEY)",
    .subject = a_machine,
    .lines = {.keys = {{"install_timeout", Type::number}},
              .common = one_guest,
              .settings = {user_setting,
                           port_setting,
                           sudo_setting,
                           {"--auth-key-file", "FILE", "its first line is the network's auth key",
                            "auth_key_file"},
                           packages_setting}},
    .wait = 60s,
    .prints = {.columns = {{"vm_ip", text("{vm_ip}")}, {"tailscale_ip", text("{tailscale_ip}")}},
               .carries = true},
};

int main(int argc, char** argv) { return run_in_guest(install, installation, argc, argv); }
