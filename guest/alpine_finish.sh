#!/bin/sh
# Prepares the system on the disk $1: keys, repositories of mirror $2 branch $3, agent, password.
# SPDX-License-Identifier: GPL-3.0-or-later
# stdin: the password's line, empty for none.
set -eu
disk=$1 mirror=$2 branch=$3
IFS= read -r password
part=$disk
case $disk in *[0-9]) part=${disk}p ;; esac
# boot, swap, root; or boot and root, where there is too little room for swap.
root_partition=${part}3
[ -b "$root_partition" ] || root_partition=${part}2
mount "$root_partition" /mnt
# With UEFI the first partition is the one of the firmware, and /boot is part of the root.
if [ ! -d /sys/firmware/efi ]; then mount "${part}1" /mnt/boot; fi
for place in proc dev sys; do
    mkdir -p "/mnt/$place"
    mount --bind "/$place" "/mnt/$place"
done

mkdir -p /mnt/root/.ssh
cp /root/.ssh/authorized_keys /mnt/root/.ssh/authorized_keys
chmod 700 /mnt/root/.ssh
chmod 600 /mnt/root/.ssh/authorized_keys

repositories=/mnt/etc/apk/repositories
if [ -n "$mirror" ]; then
    printf '%s/%s/main\n%s/%s/community\n' "$mirror" "$branch" "$mirror" "$branch" \
        >"$repositories"
else
    # What setup-alpine chose, with the community's packages as well.
    sed -i 's|^# *\(.*/community\)$|\1|' "$repositories"
fi
if [ -e /etc/resolv.conf ]; then cp /etc/resolv.conf /mnt/etc/resolv.conf; fi
chroot /mnt apk update
chroot /mnt apk add qemu-guest-agent
chroot /mnt rc-update add qemu-guest-agent default
if [ -n "$password" ]; then printf 'root:%s\n' "$password" | chroot /mnt chpasswd; fi
password=''

# The machine that starts from this disk shows these keys: we learn them where nobody else speaks.
ssh-keygen -A -f /mnt >/dev/null
for key in /mnt/etc/ssh/ssh_host_*_key.pub; do
    read -r type text _ <"$key"
    echo "vm_host_keys $type $text"
done
sync
echo vm_os alpine
