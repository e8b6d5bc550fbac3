#!/usr/bin/env bash
# Make a machine with Alpine Linux on its disk, ready for a login: create-stateful-vm.sh NAME [MIB].
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail

# The journal is what range42-undo takes it back by, should anything go wrong on the way.
name=${1:?usage: create-stateful-vm.sh NAME [MIB]}
journal=${JOURNAL:-$name.journal}
trap '[ $? -eq 0 ] || echo "to take back what was made: range42-undo <$journal" >&2' EXIT

# It starts from the network, is installed, and then starts from its disk.
jq -nc --arg name "$name" --argjson memory "${2:-2048}" '{vm_name: $name, vm_memory: $memory}' |
    proxmox_vm.create --journal "$journal" --rollback |
    proxmox_vm.start --carry | guest.wait_ip | guest.wait_ssh |
    alpine.install |
    proxmox_vm.set_boot_order --order scsi0,net0 |
    proxmox_vm.stop_force --carry | proxmox_vm.start --carry | guest.wait_ip | guest.wait_ssh
