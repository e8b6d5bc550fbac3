#!/bin/sh
# Says as whom commands run here and on which machine: its uuid (by sudo, if $1) and its cards.
# SPDX-License-Identifier: GPL-3.0-or-later
# The uuid is for root alone to read; the addresses of the cards are for everybody.
echo "ready $(id -un)"
uuid=
file=/sys/class/dmi/id/product_uuid
{ IFS= read -r uuid <"$file"; } 2>/dev/null
[ -n "$uuid" ] || [ -z "$1" ] || uuid=$(sudo -n cat "$file" 2>/dev/null)
[ -z "$uuid" ] || echo "uuid $uuid"
for card in /sys/class/net/*/address; do
    { IFS= read -r address <"$card"; } 2>/dev/null && echo "card $address"
done
exit 0
