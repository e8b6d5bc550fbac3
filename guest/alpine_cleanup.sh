#!/bin/sh
# Undoes what an installation leaves: mounts under /mnt, the last one first, and the answer file.
# SPDX-License-Identifier: GPL-3.0-or-later
# Some of the mounts are ours, some were setup-alpine's, and any of them may not have been made.
failed=0
rm -f /tmp/range42-answers
for place in /mnt/sys /mnt/dev /mnt/proc /mnt/boot/efi /mnt/boot /mnt; do
    tries=0
    while mountpoint -q "$place"; do
        umount "$place" && break
        tries=$((tries + 1))
        # What still runs in there gets a moment, then the mount goes once nobody uses it.
        if [ "$tries" -ge 3 ]; then
            umount -l "$place" || failed=1
            break
        fi
        sleep 1
    done
done
exit $failed
