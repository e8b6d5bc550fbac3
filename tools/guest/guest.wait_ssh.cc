// Wait until machines take a login over ssh, and have a disk if one is asked for.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: each rung of the ladder has an option of its own.
#include "guest/guest.h"
using namespace proxmox;

constexpr GuestStep ready{
    .commands = {{.stage = "find the disk",
                  .script = scripts::find_disk,
                  .arguments = {"{device}"},
                  .limit = 60s,
                  .limit_key = "device_timeout",
                  .repeat = Repeat::until_ready,
                  .proofs = {"disk_found"},
                  .needs = "device",
                  .advice = "has the VM a disk of this name, is its driver in the guest's kernel"}},
    .forgets_key = "forget_key",
};

constexpr Setting settings[]{
    user_setting,
    port_setting,
    sudo_setting,
    {"--port-timeout", "SECONDS", "until the port is open (60)", "port_timeout"},
    {"--banner-timeout", "SECONDS", "... sshd says who it is (30)", "banner_timeout"},
    {"--login-timeout", "SECONDS", "... the login is taken (60)", "login_timeout"},
    {"--device", "DISK", "wait for this disk as well, and load its driver", "device"},
    {"--device-timeout", "SECONDS", "... so long (60)", "device_timeout"},
    {"--forget-key", "", "it was installed or started anew: forget its host key", "forget_key"}};

constexpr Tool wait_ssh{
    .name = "guest.wait_ssh",
    .action = "guest_wait_ssh",
    .summary = "wait until machines take a login over ssh",
    .example = R"(echo '{"vm_id":100}' | guest.wait_ip | guest.wait_ssh --user root)",
    .subject = a_machine,
    .lines = {.keys = {{"port_timeout", Type::number},
                       {"banner_timeout", Type::number},
                       {"login_timeout", Type::number},
                       {"device", Type::disk},
                       {"device_timeout", Type::number},
                       {"forget_key", Type::number}},
              .common = one_guest,
              .settings = settings},
    .wait = 180s,
    .prints = {.columns = {{"vm_ip", text("{vm_ip}")}, {"ssh_ready", "", "true"}}, .carries = true},
};

int main(int argc, char** argv) { return run_in_guest(wait_ssh, ready, argc, argv); }
