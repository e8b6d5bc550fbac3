# For cases about identity and secrets: a home, key pairs, and servers that count bytes.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

readonly witness_limit_s=20
witness_pids=()
# shellcheck disable=SC2154 # canary.bash sets it
readonly canary=$run_canary

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    make_home
    write_answer >answer
}

teardown() {
    stop_witnesses
    stop_node
}

# A home without known keys, and a workspace that leads to no server yet.
make_home() {
    export HOME=$BATS_TEST_TMPDIR/home
    unset XDG_CONFIG_HOME
    mkdir -p "$HOME"
    # shellcheck disable=SC2034 # the tests read it
    store=$HOME/.config/range42/known_proxmox
}

# A workspace whose vault names the host $1; further arguments are lines of the vault.
make_workspace() {
    local root=$BATS_TEST_TMPDIR/by-hand
    mkdir -p "$root/devkit/secrets"
    (umask 077 && {
        printf '%s\n' "proxmox_api_host: \"$1\"" 'proxmox_api_user: "root@pam"' \
            'proxmox_api_token_id: "tools"' "proxmox_api_token_secret: \"$canary\"" \
            'proxmox_node: "px-testing"' "${@:2}" >"$root/plain.yml"
        echo "password-$canary" >"$root/password"
    })
    (umask 077 && ansible-vault encrypt --vault-password-file "$root/password" \
        --output "$root/devkit/secrets/default_vault.yml" "$root/plain.yml" 2>/dev/null)
    rm "$root/plain.yml"
    export RANGE42_ANSIBLE_ROLES__DEVKITS_DIR=$root/devkit
    export RANGE42_VAULT_PASSWORD_FILE=$root/password
}

# A key pair $1.key and its certificate $1.pem for the names $2, with further options of openssl.
make_certificate() {
    local name=$1 names=${2:-IP:127.0.0.1}
    if [ ! -f "$name.key" ]; then
        openssl ecparam -genkey -noout -name prime256v1 -out "$name.key" 2>/dev/null
    fi
    openssl req -x509 -new -key "$name.key" -out "$name.pem" -subj /CN=pve -days 30 \
        -set_serial "$RANDOM" -addext "subjectAltName=$names" 2>/dev/null
}

pin_of() {
    printf 'sha256//%s' "$(openssl x509 -in "$1" -pubkey -noout |
        openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64)"
}

# Starts a witness with certificate $1 (none: plain TCP) and its further options; sets $port.
start_witness() {
    local certificate=$1 out deadline=$((SECONDS + witness_limit_s))
    shift
    out=$(mktemp -p "$BATS_TEST_TMPDIR")
    witness_log=$out.log
    if [ -n "$certificate" ]; then
        set -- --cert "$certificate.pem" --key "$certificate.key" "$@"
    fi
    : >"$witness_log"
    # shellcheck disable=SC2154 # helper.bash sets it
    "$build/tests/trust/witness" --log "$witness_log" "$@" >"$out" 3>&- &
    witness_pids+=($!)
    until [ -s "$out" ]; do
        kill -0 "${witness_pids[-1]}" || fail 'the witness did not start'
        [ "$SECONDS" -lt "$deadline" ] || fail 'the witness did not listen in time'
        sleep 0.02
    done
    # shellcheck disable=SC2034 # the tests read it
    port=$(<"$out")
}

stop_witnesses() {
    local pid
    for pid in "${witness_pids[@]}"; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    witness_pids=()
}

# Waits until $1 connections have ended, and prints a line for each.
witnessed() {
    local deadline=$((SECONDS + witness_limit_s))
    until [ "$(wc -l <"$witness_log")" -ge "$1" ]; do
        [ "$SECONDS" -lt "$deadline" ] || fail "fewer than $1 connections: $(<"$witness_log")"
        sleep 0.02
    done
    cat "$witness_log"
}

# No connection to the last witness carried a byte of a request.
assert_nothing_sent() {
    local seen
    seen=$(witnessed "${1:-1}")
    ! grep -qv ' request_bytes=0 token=no$' <<<"$seen" || fail "sent: $seen"
}

# The answer of a node with one VM, for --say.
write_answer() {
    printf 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n'
    printf '{"data":[{"vmid":100,"name":"web","status":"stopped"}]}'
}
