#!/bin/sh
# Says how cloud-init has ended; asked again while it runs.
# SPDX-License-Identifier: GPL-3.0-or-later
if ! command -v cloud-init >/dev/null 2>&1; then
    echo 'cloud_init absent'
    exit 0
fi
# It is told as "status: WORD" in every release; the exit status means different things in each.
told=$(cloud-init status --long 2>&1)
word=$(printf '%s\n' "$told" | sed -n 's/^status: *//p' | head -n 1)
case $word in
    done*) echo 'cloud_init done' ;;
    disabled*) echo 'cloud_init disabled' ;;
    'not run' | 'not started' | running* | '')
        # Before its first stage it may not be known yet whether it will run at all.
        exit 75
        ;;
    *)
        printf '%s\n' "$told" >&2
        tail -n 5 /var/log/cloud-init-output.log >&2 2>/dev/null
        exit 1
        ;;
esac
