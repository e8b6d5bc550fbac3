// Install Alpine Linux onto the disks of machines that were started from its image.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: a system's installation with its options and its three scripts.
#include "guest.h"
using namespace proxmox;

constexpr GuestStep installation{
    .commands = {{.stage = "find the disk",
                  .script = scripts::find_disk,
                  .arguments = {"{vm_disk}"},
                  .limit = 60s,
                  .limit_key = "device_timeout",
                  .repeat = Repeat::until_ready,
                  .proofs = {"disk_found"},
                  .advice = "has the VM a disk of this name (--disk)"},
                 {.stage = "install Alpine",
                  .script = scripts::alpine_install,
                  .arguments = {"{vm_disk}", "{vm_name}", "{dns}"},
                  .cleanup = scripts::alpine_cleanup,
                  .limit = 600s,
                  .limit_key = "install_timeout",
                  .proofs = {"installed"},
                  .advice = "does the guest reach a mirror, is the disk large enough"},
                 {.stage = "prepare the installed system",
                  .script = scripts::alpine_finish,
                  .arguments = {"{vm_disk}", "{mirror}", "{branch}"},
                  .cleanup = scripts::alpine_cleanup,
                  .wants_secret = true,
                  .limit = 300s,
                  .limit_key = "install_timeout",
                  .proofs = {"vm_host_keys"},
                  .advice = "does the guest reach a mirror"}},
    .secret_key = "password_file",
    .host_keys = "vm_host_keys",
};

constexpr Action install{
    .tool = "alpine.install",
    .name = "alpine_install",
    .summary = "install Alpine Linux onto the disks of machines that run its image",
    .input = with(one_guest, {{"vm_disk", Type::disk},
                              {"vm_name", Type::host_name, required},
                              {"dns", Type::addresses},
                              {"mirror", Type::url},
                              {"branch", Type::branch},
                              {"device_timeout", Type::number},
                              {"install_timeout", Type::number}}),
    .wait = 180s,
    .settings =
        {user_setting,
         port_setting,
         {"--disk", "DISK", "the disk to install onto: all on it is lost (/dev/sda)", "vm_disk",
          "/dev/sda"},
         {"--password-file", "FILE", "its first line becomes root's password", "password_file"},
         {"--dns", "ADDRESSES", "name servers (else: what DHCP says)", "dns"},
         {"--mirror", "URL", "packages come from here (else: what setup-alpine takes)", "mirror"},
         {"--branch", "NAME", "the branch of --mirror (latest-stable)", "branch", "latest-stable"},
         {"--device-timeout", "SECONDS", "until the disk is there (60)", "device_timeout"},
         {"--install-timeout", "SECONDS", "for the installation (600), then for the rest",
          "install_timeout"}},
    .carries = true,
    .output = {{"vm_ip", "{vm_ip}"}, {"vm_os", R"(="alpine")"}, {"vm_disk", "{vm_disk}"}},
    .example = R"(echo '{"vm_id":100}' | guest.wait_ip | alpine.install --disk /dev/sda)",
};

int main(int argc, char** argv) { return run_in_guest(install, installation, argc, argv); }
