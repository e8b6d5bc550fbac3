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

constexpr Action wait_ssh{
    .tool = "guest.wait_ssh",
    .name = "guest_wait_ssh",
    .summary = "wait until machines take a login over ssh",
    .input = with(one_guest, {{"port_timeout", Type::number},
                              {"banner_timeout", Type::number},
                              {"login_timeout", Type::number},
                              {"device", Type::disk},
                              {"device_timeout", Type::number},
                              {"forget_key", Type::number}}),
    .wait = 180s,
    .settings = {user_setting,
                 port_setting,
                 sudo_setting,
                 {"--port-timeout", "SECONDS", "until the port is open (60)", "port_timeout"},
                 {"--banner-timeout", "SECONDS", "... sshd says who it is (30)", "banner_timeout"},
                 {"--login-timeout", "SECONDS", "... the login is taken (60)", "login_timeout"},
                 {"--device", "DISK", "wait for this disk as well, and load its driver", "device"},
                 {"--device-timeout", "SECONDS", "... so long (60)", "device_timeout"},
                 {"--forget-key", "", "it was installed or started anew: forget its host key",
                  "forget_key"}},
    .carries = true,
    .output = {{"vm_ip", "{vm_ip}"}, {"ssh_ready", "=true"}},
    .example = R"(echo '{"vm_id":100}' | guest.wait_ip | guest.wait_ssh --user root)",
};

int main(int argc, char** argv) { return run_in_guest(wait_ssh, ready, argc, argv); }
