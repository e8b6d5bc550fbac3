#!/usr/bin/env bash
# Stop a machine at once and delete it with its disks: delete-vm.sh NAME-OR-ID.
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail

printf '%s\n' "${1:?usage: delete-vm.sh NAME-OR-ID}" |
    proxmox_vm.lookup |
    proxmox_vm.stop_force |
    proxmox_vm.delete
