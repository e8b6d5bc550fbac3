#!/usr/bin/env bash
# Deploy a scenario as range42-deploy does, taken apart: deploy-scenario.sh DIR [PLAN-OPTION]...
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail

directory=${1:?usage: deploy-scenario.sh DIR [PLAN-OPTION]...}
name=$(basename "$(realpath "$directory")")
journal=${JOURNAL:-$name.journal}
trap '[ $? -eq 0 ] || echo "run again to go on, or take it back: range42-undo <$journal" >&2' EXIT

# Each machine goes on as soon as it can; the picture shows where the deployment waits.
range42.plan "${@:2}" "$directory" | devkit.timeline --begin |
    proxmox_vm.clone --jobs 16 --journal "$journal" |
    proxmox_vm.configure --jobs 8 |
    proxmox_vm.start --jobs 8 |
    guest.wait_ssh --jobs 64 | guest.wait_cloudinit --jobs 64 |
    tee "$name.jsons" | devkit.table vm_id vm_name vm_ip vm_status
devkit.timeline <"$name.jsons" >"$name.svg"
