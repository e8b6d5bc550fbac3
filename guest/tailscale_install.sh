#!/bin/sh
# Installs tailscale from the guest's own packages and starts its daemon.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
if ! command -v tailscale >/dev/null; then
    if command -v apk >/dev/null; then
        apk add tailscale
    else
        echo 'no apk here: install tailscale by the means of this system first' >&2
        exit 1
    fi
fi
if command -v rc-update >/dev/null; then
    rc-update add tailscale default
    rc-service tailscale start
else
    systemctl enable --now tailscaled
fi
