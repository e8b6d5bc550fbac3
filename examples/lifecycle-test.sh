#!/usr/bin/env bash
# Make a machine, start, pause and change it, and take it back: lifecycle-test.sh [NAME].
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail

journal=$(mktemp)
take_back() {
    range42-undo <"$journal"
    rm -f "$journal"
}
trap take_back EXIT

# Its disk is empty: nothing in it hears a request to shut down or to reboot.
printf '%s\n' "${1:-lifecycle-test}" |
    proxmox_vm.create --disk 1 --memory 64 --journal "$journal" |
    proxmox_vm.start --carry |
    proxmox_vm.pause --carry |
    proxmox_vm.resume --carry |
    proxmox_vm.set_boot_order --order scsi0,net0 |
    proxmox_vm.stop_force --carry |
    proxmox_vm.set_config --set memory=128 |
    proxmox_vm.lookup
