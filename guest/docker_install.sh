#!/bin/sh
# Installs docker from the guest's own packages, and waits until its daemon answers.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
if ! command -v docker >/dev/null; then
    if command -v apk >/dev/null; then
        apk add docker
    elif command -v apt-get >/dev/null; then
        apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y docker.io
    else
        echo 'neither apk nor apt-get is here' >&2
        exit 1
    fi
fi
if command -v rc-update >/dev/null; then
    rc-update add docker default
    rc-service docker start
else
    systemctl enable --now docker
fi
