// Wait until cloud-init has ended in machines; one that it failed in is a failed line.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/guest.h"
using namespace proxmox;

constexpr GuestStep finished{
    .commands = {{.stage = "await cloud-init",
                  .script = scripts::wait_cloudinit,
                  .limit = 600s,
                  .limit_key = "cloudinit_timeout",
                  .repeat = Repeat::until_ready,
                  .proofs = {"cloud_init"},
                  .advice = "what do cloud-init status --long and /var/log/cloud-init-output.log "
                            "in the guest say"}},
};

constexpr Tool wait_cloudinit{
    .name = "guest.wait_cloudinit",
    .action = "guest_wait_cloudinit",
    .summary = "wait until cloud-init has ended in machines",
    .example = R"(echo '{"vm_id":100}' | guest.wait_ip | guest.wait_cloudinit)",
    .subject = a_machine,
    .lines = {.keys = {{"cloudinit_timeout", Type::number}},
              .common = one_guest,
              .settings = {user_setting,
                           port_setting,
                           sudo_setting,
                           {"--cloudinit-timeout", "SECONDS", "until it has ended (600)",
                            "cloudinit_timeout"}}},
    .wait = 60s,
    .prints = {.columns = {{"vm_ip", text("{vm_ip}")}, {"cloud_init", text("{cloud_init}")}},
               .carries = true},
};

int main(int argc, char** argv) { return run_in_guest(wait_cloudinit, finished, argc, argv); }
