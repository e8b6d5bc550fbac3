# A secret that must not be found anywhere, and the search for it in every form it could take.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

# The token of every stand-in node of the tests: no output, log, file or process may hold it.
# shellcheck disable=SC2034 # helper.bash gives it to the nodes
readonly canary_file=${BUILD_DIR:-$(dirname "${BASH_SOURCE[0]}")/../build}/tests/canary
# shellcheck disable=SC2034
run_canary=$(<"$canary_file") && readonly run_canary
# In every form it could take: extended regular expressions.
readonly canary_forms=$canary_file.forms

# Prints the files at or below $@ that hold a form of the canary. A vault and a password hold it
# by right. A search for nothing would find nothing: then it is the forms that are at fault.
find_canary() {
    [ -s "$canary_forms" ] || { echo "$canary_forms" && return; }
    grep -rslaE --exclude={default_vault.yml,password} -f "$canary_forms" "$@" || true
}
