#!/bin/sh
# Installs what gives the command $1 (apk's package $2, apt's $3) and starts its service $4 or $5.
# SPDX-License-Identifier: GPL-3.0-or-later
# A package without a name is none of that system's; $4 is OpenRC's word for the service.
set -eu
if ! command -v "$1" >/dev/null; then
    if [ -n "$2" ] && command -v apk >/dev/null; then
        apk add "$2"
    elif [ -n "$3" ] && command -v apt-get >/dev/null; then
        apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y "$3"
    else
        echo "no package manager that has $1 is here: install it by other means first" >&2
        exit 1
    fi
fi
if command -v rc-update >/dev/null; then
    rc-update add "$4" default
    rc-service "$4" start
else
    systemctl enable --now "$5"
fi
