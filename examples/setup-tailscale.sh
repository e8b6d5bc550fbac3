#!/usr/bin/env bash
# Joins running machines to a tailscale network: setup-tailscale.sh KEYFILE VMID...
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail

[ $# -gt 1 ] || {
    echo 'usage: setup-tailscale.sh KEYFILE VMID...' >&2
    exit 2
}
key_file=$1
shift
printf '{"vm_id":%d}\n' "$@" | guest.wait_ip | guest.wait_ssh |
    tailscale.install --auth-key-file "$key_file"
