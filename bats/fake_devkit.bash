# A devkit whose scripts only write down how they were called.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# The bats file that loads this has loaded helper.bash, which sets build, and sets record itself.
# shellcheck disable=SC2154

# Every legacy name that the shims answer to.
legacy_names() { find "$build/shims" -maxdepth 1 -name 'proxmox*.sh' -printf '%f\n' | sort; }

# Puts a script for each name given into directory $1; their records go to $record.*.
make_fake_devkit() {
    local directory=$1 name
    shift
    mkdir -p "$directory"
    for name in "$@"; do
        cat >"$directory/$name" <<'SCRIPT'
#!/bin/bash
printf '%s\n' "$0" >"$record.path"
printf '%s\0' "$@" >"$record.arguments"
printf '%s\n' "$$" >"$record.pid"
printf '%s\n' "${RANGE42_PROXMOX_API_FORCE-unset}" >"$record.force"
cat >"$record.stdin"
echo "called" >>"$record.calls"
echo '{"source":"proxmox"}'
exit 7
SCRIPT
        chmod +x "$directory/$name"
    done
}

forget_calls() { rm -f "$record".*; }

calls_of_devkit() { if [ -f "$record.calls" ]; then wc -l <"$record.calls"; else echo 0; fi; }

trace() { printf ':: TRACE :: \e[0;33m%s\e[0m' "$1"; }

# What is said before the ansible path is taken to a server of which nothing is known.
warning_of_unproven() {
    printf ':: WARNING :: \e[0;33mTLS: nothing proves who answers at 127.0.0.1:%s: %s\e[0m' \
        "$node_port" 'the ansible path sends the token there'
}

# The workspace as it was, but nothing listens at its API any more, and nothing is known of it:
# whoever is known leaves no way to ansible.
api_down() {
    stop_node
    unset RANGE42_PROXMOX_API_TLS
}
