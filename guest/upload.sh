#!/bin/sh
# Puts stdin's $2 bytes, or those of the pieces $4..., into the file $1 with mode $3, or nothing.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
target=$1 size=$2 mode=$3
shift 3
part=$target.range42-$$
umask 077
trap 'rm -f -- "$part" "$@"' EXIT
trap 'exit 143' HUP INT TERM
# When the connection goes, a word about it must not end us before we are tidy.
trap '' PIPE
cat -- "$@" >"$part"
came=$(wc -c <"$part")
if [ "$came" -ne "$size" ]; then
    echo "only $came of $size bytes came" >&2
    exit 74
fi
chmod "$mode" "$part"
mv -f -- "$part" "$target"
echo "uploaded $target"
