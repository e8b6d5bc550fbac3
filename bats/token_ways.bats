#!/usr/bin/env bats
# Who gets the token: no way round the proof of who somebody is, and no first meeting in silence.
# SPDX-License-Identifier: GPL-3.0-or-later

# shellcheck disable=SC2030,SC2031 # each test has its own environment
load helper
load terminal
load witness
load fake_devkit

readonly list=proxmox_vm.list.to.jsons.sh start=proxmox_vm.vm_id.start.to.jsons.sh
readonly no_fallback='not falling back to ansible'

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    make_home
    write_answer >answer
    make_certificate a
    export record=$PWD/record
    make_fake_devkit "$PWD/devkit" "$list" "$start"
    export PATH=$build/shims:$PATH:$PWD/devkit
}

teardown() {
    close_terminal
    stop_witnesses
    stop_node
}

# The node's own key is trusted by nothing but what a test says.
start_unknown_node() {
    start_node --vms 2 --plain --refusal-ms 0 "$@"
    node_pin=${RANGE42_PROXMOX_API_TLS#pin:}
    unset RANGE42_PROXMOX_API_TLS
}

make_known() {
    mkdir -p "${store%/*}"
    echo "127.0.0.1:$node_port $node_pin 2026-01-01" >"$store"
}

assert_no_ansible() {
    run_line "echo 100 | $start"
    [ "$status" -ne 0 ] || fail "exit status 0: $output"
    assert_equal "$output" ''
    assert_contains "$stderr" "$no_fallback"
    assert_contains "$stderr" 'RANGE42_PROXMOX_API_FORCE=off'
    assert_equal "$(calls_of_devkit)" 0
}

@test "where the user has said whom to trust, no broken connection leads to ansible" {
    local fault mode
    for fault in tls-cut refuse plain reset 'fail=500:no' 'fail=401:no' 'cut=0'; do
        start_unknown_node --fault "$fault"
        for mode in "pin:$node_pin" strict "ca:$PWD/a.pem" system; do
            RANGE42_PROXMOX_API_TLS=$mode assert_no_ansible
        done
        stop_node
    done
}

@test "where the server's key is known, neither a reset nor an error leads to ansible" {
    local fault
    for fault in tls-cut refuse plain reset 'fail=500:no' 'fail=401:no' 'cut=0'; do
        start_unknown_node --fault "$fault"
        make_known
        assert_no_ansible
        stop_node
    done
    # Whoever is on the way can answer a connection as a port does that is closed.
    assert_no_ansible
    assert_contains "$stderr" 'cannot reach'
    RANGE42_PROXMOX_STRICT=1 assert_no_ansible
    assert_equal "$status" 6
}

@test "a store that cannot be read may know the server: no way leads to ansible" {
    start_unknown_node
    make_known
    echo garbage >>"$store"
    stop_node
    assert_no_ansible
}

@test "a known server that comes back within the tools' patience is asked, not ansible" {
    start_unknown_node --fault 'refuse nth=1-2'
    make_known
    run_line "echo 100 | $start"
    assert_status 0
    assert_equal "$(jq -r .vm_status <<<"$output")" running
    assert_equal "$(calls_of_devkit)" 0
}

@test "where nothing is known, ansible takes over, and it is said what that means" {
    local fault
    for fault in tls-cut refuse; do
        start_unknown_node --fault "$fault"
        run_line "echo 100 | $start"
        assert_status 7
        assert_equal "$(grep -c "nothing proves who answers at 127.0.0.1:$node_port" \
            <<<"$stderr")" 1
        [ ! -e "$store" ]
        stop_node
    done
    run_line "$list"
    assert_status 7
    assert_contains "$stderr" 'nothing proves who answers'
    assert_equal "$(calls_of_devkit)" 3
    # To check nobody is the user's own choice, and has a warning of its own.
    forget_calls
    RANGE42_PROXMOX_API_TLS=insecure run_line "$list"
    assert_status 7
    assert_equal "$(calls_of_devkit)" 1
}

@test "API_FORCE=off is the user's own choice, whatever is known" {
    start_unknown_node
    make_known
    RANGE42_PROXMOX_API_TLS=strict RANGE42_PROXMOX_API_FORCE=off run_line "echo 100 | $start"
    assert_status 7
    assert_equal "$stderr" ''
    assert_equal "$(calls_of_devkit)" 1
}

@test "a vault that does not open: ansible takes over, but where somebody is meant" {
    start_unknown_node
    echo wrong >"$workspace/vault_pass.txt"
    run_line "echo 100 | $start"
    assert_status 7
    assert_equal "$stderr" "$(trace 'proxmox API not reachable - using ansible slow path')"
    forget_calls
    local mode
    for mode in "pin:$node_pin" strict system none; do
        RANGE42_PROXMOX_API_TLS=$mode assert_no_ansible
    done
    RANGE42_PROXMOX_NO_FIRST_USE=1 assert_no_ansible
}

@test "a plain vault that others could have written leads neither to the API nor to ansible" {
    start_unknown_node
    ansible-vault decrypt --vault-password-file "$RANGE42_VAULT_PASSWORD_FILE" \
        "$RANGE42_ANSIBLE_ROLES__DEVKITS_DIR/secrets/default_vault.yml" 2>/dev/null
    chmod 666 "$RANGE42_ANSIBLE_ROLES__DEVKITS_DIR/secrets/default_vault.yml"
    assert_no_ansible
    assert_equal "$status" 5
    assert_equal "$(wc -l <"$node_log")" 0
    [ ! -e "$store" ]
}

# The entry point $1 meets the server of this test: stored, and announced once.
assert_announced() {
    rm -f "$store"
    run_line "$1"
    assert_equal "$(grep -c "is new, its key $node_pin" <<<"$stderr")" 1
    assert_contains "$(<"$store")" "$node_pin"
    run_line "$1"
    refute_contains "$stderr" 'is new'
}

@test "whoever meets a server first says so, each entry point by itself" {
    start_unknown_node
    local upid
    upid=$(proxmox_vm.start --async <<<100 2>/dev/null | jq -r .upid)
    assert_announced 'proxmox_vm.list'
    assert_announced 'proxmox_vm.list --dry-run; proxmox_vm.list'
    assert_announced 'range42-doctor'
    assert_announced 'range42-doctor --json'
    assert_announced 'echo 100 | proxmox_vm.select @running'
    assert_announced "echo '$upid' | proxmox_task.log"
    assert_announced "echo '$upid' | proxmox_task.wait"
    assert_announced "$list"
    assert_announced "echo 100 | $start"
    local mark
    for mark in 401 403 500; do
        stop_node
        start_unknown_node --fault "fail=$mark:no"
        assert_announced "$list"
        assert_announced "echo 100 | $start"
        assert_announced 'range42-doctor'
        assert_announced 'echo 100 | proxmox_vm.select @running'
    done
    # Met a moment ago is known: what follows went to nobody else.
    assert_equal "$(calls_of_devkit)" 0
}

@test "the probe says nothing, so it keeps nothing, under either name" {
    start_unknown_node
    run_line 'proxmox_api.reachable'
    assert_status 0
    run_line 'proxmox__inc.api_reachable.sh'
    assert_status 0
    assert_equal "$output$stderr" ''
    [ ! -e "$store" ]
}

@test "NO_FIRST_USE makes tofu strict, and leaves every other policy as it is" {
    start_unknown_node
    export RANGE42_PROXMOX_NO_FIRST_USE=1
    local mode
    for mode in '' tofu strict; do
        RANGE42_PROXMOX_API_TLS=$mode run_line 'proxmox_vm.list'
        assert_status 5
        assert_contains "$stderr" 'no key is known'
    done
    assert_equal "$(wc -l <"$node_log")" 0
    [ ! -e "$store" ]
    for mode in "pin:$node_pin" insecure; do
        RANGE42_PROXMOX_API_TLS=$mode run_line 'proxmox_vm.list'
        assert_status 0
    done
    make_known
    run_line 'proxmox_vm.list'
    assert_status 0
}

@test "completion meets nobody: a server that was never met is not sent a byte" {
    start_unknown_node
    local shell
    # A tool of the test's own notes when completion has run it to its end.
    mkdir asked
    cat >asked/proxmox_vm.list <<END
#!/bin/sh
'$build/tools/proxmox_vm.list' "\$@"
status=\$?
[ "\$1" = --describe ] || echo "\$status" >>'$PWD/listed'
exit \$status
END
    chmod +x asked/proxmox_vm.list
    for shell in bash zsh; do
        rm -f listed "$store"
        : >"$node_log"
        open_terminal 100 env PATH="$PWD/asked:$PATH" PS1='> ' "$shell" \
            "$(if [ "$shell" = zsh ]; then echo -f; else echo --norc; fi)"
        if [ "$shell" = zsh ]; then
            type_keys "fpath=('$build/doc' \$fpath); autoload -Uz compinit; compinit -u -D; clear" \
                Enter
        else
            type_keys "source '$build/doc/range42-fastpath'; clear" Enter
        fi
        await_screen '^>'
        type_keys 'proxmox_vm.list ' Tab Tab
        await '[ -s listed ]'
        assert_equal "$(sort -u listed)" 5
        assert_equal "$(wc -l <"$node_log")" 0
        [ ! -e "$store" ]
        # Once it is known, its names are there.
        make_known
        type_keys C-u C-l 'proxmox_vm.list ' Tab Tab
        await_screen 'vm-100'
        close_terminal
    done
}

# The ansible path as a script that shows what it was left, and then waits for its input.
make_curious_devkit() {
    cat >"devkit/$start" <<SCRIPT
#!/bin/bash
ls -l /proc/\$\$/fd >'$PWD/descriptors'
tr '\\0' '\\n' </proc/\$\$/environ >'$PWD/environment'
exec cat >'$PWD/input'
SCRIPT
}

@test "the ansible path inherits no socket of ours, and its copier knows no token" {
    start_unknown_node
    make_curious_devkit
    stop_node
    mkfifo lines
    "$build/shims/$start" <lines 2>err 3>&- 9>kept &
    local script=$! copier
    exec 8>lines
    await '[ -e input ]'
    assert_equal "$(grep -c 'socket:' descriptors)" 0
    # What the caller left open for the script stays open.
    assert_contains "$(<descriptors)" "$PWD/kept"
    # The process between our input and the script has our name, and is not the script.
    local pid
    for pid in $(pgrep -x proxmox_vm.star); do
        if [ "$(readlink "/proc/$pid/fd/0")" = "$PWD/lines" ] && [ "$pid" != "$script" ]; then
            copier=$pid
        fi
    done
    [ -n "$copier" ] || fail "no copier: $(ps -ef)"
    assert_equal "$(find "/proc/$copier/fd" -mindepth 1 -printf '%f\n' | sort -n | paste -sd ' ')" \
        '0 1 2'
    if : <"/proc/$copier/mem"; then
        # The search finds what is there: the name of the script.
        "$build/tests/trust/memory_search" "$copier" <<<"$start" >found || true
        [ -s found ] || fail 'the search found nothing at all'
        "$build/tests/trust/memory_search" "$copier" <<<"$canary" >found || true
        assert_equal "$(<found)" ''
    fi
    echo 100 >&8
    await '[ -s input ]'
    # It lasts no longer than the script, whatever is left of its input.
    kill "$script"
    await "! kill -0 $copier 2>/dev/null"
    exec 8>&-
    assert_equal "$(<input)" 100
}
