// Install Alpine Linux onto the disks of machines that were started from its image.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: nine options, each with its words.
#include "guest/installation.h"
using namespace proxmox;

constexpr Setting settings[]{
    user_setting,
    port_setting,
    {"--disk", "DISK", "the disk to install onto: all on it is lost (/dev/sda)", "vm_disk",
     "/dev/sda"},
    {"--password-file", "FILE", "its first line becomes root's password", "password_file"},
    {"--dns", "ADDRESSES", "name servers (else: what DHCP says)", "dns"},
    {"--mirror", "URL", "packages come from here (else: what setup-alpine takes)", "mirror"},
    {"--branch", "NAME", "the branch of --mirror (latest-stable)", "branch", "latest-stable"},
    {"--device-timeout", "SECONDS", "until the disk is there (60)", "device_timeout"},
    {"--install-timeout", "SECONDS", "for the installation (600), then for the rest",
     "install_timeout"}};

constexpr Tool install{
    .name = "alpine.install",
    .action = "alpine_install",
    .summary = "install Alpine Linux onto the disks of machines that run its image",
    .example = R"(echo '{"vm_id":100}' | guest.wait_ip | alpine.install --disk /dev/sda)",
    .subject = a_machine,
    .lines = {.keys = {{"vm_disk", Type::disk},
                       {"vm_name", Type::host_name, required},
                       {"vm_installed", Type::flag},
                       {"dns", Type::addresses},
                       {"mirror", Type::url},
                       {"branch", Type::branch},
                       {"device_timeout", Type::number},
                       {"install_timeout", Type::number}},
              .common = one_guest,
              .settings = settings},
    .wait = 180s,
    .prints = {.columns = {{"vm_ip", text("{vm_ip}")},
                           {"vm_os", text("{vm_os}"), ""},
                           {"vm_disk", text("{installed}"), ""}},
               .carries = true},
};

int main(int argc, char** argv) { return run_in_guest(install, alpine_installation, argc, argv); }
