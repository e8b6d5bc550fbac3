#!/usr/bin/env bash
# Make a machine that boots from the network, and print its line: create-stateful-vm.sh NAME [MIB].
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail

# The journal is what range42-undo takes it back by, should anything go wrong later.
name=${1:?usage: create-stateful-vm.sh NAME [MIB]}
journal=${JOURNAL:-$name.journal}

jq -nc --arg name "$name" --argjson memory "${2:-2048}" '{vm_name: $name, vm_memory: $memory}' |
    proxmox_vm.create --journal "$journal" --rollback |
    proxmox_vm.start --carry
