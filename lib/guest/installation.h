// Installing in guests: the steps of the tools that do it, and the options that they share.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "guest/guest.h"

namespace proxmox {

inline constexpr std::string_view mirror_advice =
    "does the guest reach a mirror, is the community repository enabled";

inline constexpr Setting packages_setting{"--install-timeout", "SECONDS", "for the packages (300)",
                                          "install_timeout"};

/// `names`: the command, its packages for apk and apt-get, its service for OpenRC and systemd. They
/// are a named value of the tool's file, which outlives the step.
constexpr GuestCommand with_service(std::string_view stage, const List<std::string_view>& names) {
    return {.stage = stage,
            .script = scripts::install_service,
            .arguments = names,
            .limit = 300s,
            .limit_key = "install_timeout",
            .advice = mirror_advice};
}

/// A machine that came with a system, from a template or an image, is left as it is.
inline constexpr GuestStep alpine_installation{
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
                  .wants_secret = true,
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
                  .proofs = {"vm_host_keys", "vm_os"},
                  .advice = "does the guest reach a mirror"}},
    .secret_key = "password_file",
    .done_by = "vm_installed",
    .host_keys = "vm_host_keys",
};

}  // namespace proxmox
