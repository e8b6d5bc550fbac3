#!/bin/sh
# Installs Alpine Linux onto the disk $1 with the host name $2 and the name servers $3.
# SPDX-License-Identifier: GPL-3.0-or-later
# stdin: the password's line, empty for none.
set -eu
disk=$1 name=$2 servers=$3
umask 077
# Until it starts anew, the running system is not open to all either.
IFS= read -r password
if [ -n "$password" ]; then printf 'root:%s\n' "$password" | chpasswd; fi
password=''
answers=/tmp/range42-answers
cat >"$answers" <<ANSWERS
KEYMAPOPTS="us us"
HOSTNAMEOPTS="$name"
DEVDOPTS=mdev
INTERFACESOPTS="auto lo
iface lo inet loopback

auto eth0
iface eth0 inet dhcp
    hostname $name
"
${servers:+DNSOPTS=\"$servers\"}
TIMEZONEOPTS="UTC"
PROXYOPTS="none"
APKREPOSOPTS="-1"
USEROPTS="none"
SSHDOPTS="openssh"
NTPOPTS="chrony"
DISKOPTS="-m sys $disk"
LBUOPTS="none"
APKCACHEOPTS="none"
ANSWERS
# setup-alpine asks nothing with an answer file; what it would ask finds no answer.
ERASE_DISKS=$disk setup-alpine -e -f "$answers" </dev/null
echo "installed $disk"
