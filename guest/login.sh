#!/bin/sh
# Says that commands run here, and as whom.
# SPDX-License-Identifier: GPL-3.0-or-later
echo "ready $(id -un)"
