# A secret that must not be found anywhere, and the search for it in every form it could take.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

# The token of every stand-in node of the tests: no output, log, file or process may hold it.
# shellcheck disable=SC2034 # helper.bash gives it to the nodes
readonly canary_file=${BUILD_DIR:-$(dirname "${BASH_SOURCE[0]}")/../build}/tests/canary
# shellcheck disable=SC2034
run_canary=$(<"$canary_file") && readonly run_canary

# The canary $1 as it is, and as percent, base64 (at each of three offsets) and JSON encoding
# write it: extended regular expressions.
canary_forms() {
    local offset encoded
    echo "$1"
    # shellcheck disable=SC2001 # what follows each byte is not a constant
    sed 's/-/%2[Dd]/g' <<<"$1"
    # shellcheck disable=SC2001
    sed 's/-/\\\\u002[Dd]/g' <<<"$1"
    for offset in '' x xx; do
        encoded=$(printf '%s%s' "$offset" "$1" | base64 -w 0)
        echo "${encoded:4:40}"
    done
}

# Prints the files at or below $2... that hold a form of the canary $1. A vault and a password
# hold it by right.
find_canary() {
    grep -rslaE --exclude={default_vault.yml,password} -f <(canary_forms "$1") "${@:2}" || true
}
