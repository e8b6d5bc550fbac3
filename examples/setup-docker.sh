#!/usr/bin/env bash
# Gives running machines docker: setup-docker.sh VMID...
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail

[ $# -gt 0 ] || {
    echo 'usage: setup-docker.sh VMID...' >&2
    exit 2
}
printf '{"vm_id":%d}\n' "$@" | guest.wait_ip | guest.wait_ssh | docker.install
