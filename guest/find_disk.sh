#!/bin/sh
# Loads the drivers of virtual disks, once, and says whether the block device $1 is there.
# SPDX-License-Identifier: GPL-3.0-or-later
# A guest that has just started may have loaded none, and needs none where they are built in.
if [ ! -b "$1" ]; then
    for driver in virtio_pci virtio_blk virtio_scsi sd_mod nvme; do
        modprobe "$driver" 2>/dev/null
    done
    mdev -s 2>/dev/null
fi
[ -b "$1" ] || exit 75
echo "disk_found $1"
