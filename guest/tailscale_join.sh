#!/bin/sh
# Joins the network as $1 with the key on stdin's first line, which goes through a file of 0600.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
umask 077
IFS= read -r key
printf '%s' "$key" >/tmp/range42-auth-key
key=''
tailscale up --auth-key=file:/tmp/range42-auth-key --hostname="$1" >&2
