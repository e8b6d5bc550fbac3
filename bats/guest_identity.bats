#!/usr/bin/env bats
# Whose machine a login came to: an address may be claimed by a guest that does not have it.
# SPDX-License-Identifier: GPL-3.0-or-later
load helper
load guest

setup() {
    needs_guest
    make_guest
    dmi=$guest/sys/class/dmi/id
    card=$guest/sys/class/net/eth0
    mkdir -p "$dmi" "$card"
    keys=$XDG_CONFIG_HOME/range42/guest_keys/$uuid
}
teardown() { stop_guest; }

readonly uuid=5b0a7c2e-0000-4000-8000-0000000000ab other=11111111-2222-4333-8444-555555555555
# A line without its end, to which more may be added.
readonly web_01='{"vm_ip":"127.0.0.1","vm_id":100,"vm_name":"web-01","vm_uuid":"'$uuid\"

has_run() { [ -e "$guest/tmp/ran" ]; }
has_not_run() { [ ! -e "$guest/tmp/ran" ]; }

# Another key than before, as another machine at the same address has it.
change_key() {
    stop_guest
    rm "$guest"/etc/ssh/ssh_host_ed25519_key*
    ssh-keygen -q -t ed25519 -N '' -f "$guest/etc/ssh/ssh_host_ed25519_key"
    : >"$guest/guest/sshd.log"
    start_guest
}

@test "in another machine than the line's nothing is run, and its key is not kept" {
    echo "$other" >"$dmi/product_uuid"
    echo data >"$BATS_TEST_TMPDIR/data"
    start_guest
    local tool
    for tool in 'guest.run -- touch /tmp/ran' 'guest.run --sudo -- touch /tmp/ran' \
        "guest.upload $BATS_TEST_TMPDIR/data /tmp/ran" guest.wait_ssh docker.install; do
        run_line "echo '$web_01}' | $tool"
        assert_status 5
        assert_equal "$output" ''
        assert_contains "$stderr" "web-01 vm_id 100 at 127.0.0.1: another machine answers there"
        assert_contains "$stderr" "its uuid is $other, and the line says $uuid"
        has_not_run
    done
    assert_equal "$(guest_commands)" ''
    [ ! -e "$keys" ]
}

@test "in the line's own machine it is run, however its uuid is spelt, and the key is kept" {
    tr a-f A-F <<<"$uuid" >"$dmi/product_uuid"
    start_guest
    run_line "echo '$web_01}' | guest.run -- touch /tmp/ran"
    assert_status 0
    assert_equal "$stderr" ''
    has_run
    # The name in front may be hashed.
    assert_contains "$(<"$keys")" "$(cut -d ' ' -f 1,2 "$guest/etc/ssh/ssh_host_ed25519_key.pub")"
}

@test "what may not read the uuid is known by the network card that the address is on" {
    # Not even root reads what is a directory.
    mkdir "$dmi/product_uuid"
    echo bc:24:11:00:00:64 >"$card/address"
    start_guest
    run_line "echo '$web_01,\"vm_mac\":\"bc:24:11:00:00:65\"}' | guest.run -- touch /tmp/ran"
    assert_status 5
    assert_contains "$stderr" 'it has no network card bc:24:11:00:00:65'
    has_not_run
    run_line "echo '$web_01,\"vm_mac\":\"BC:24:11:00:00:64\"}' | guest.run -- touch /tmp/ran"
    assert_status 0
    assert_equal "$stderr" ''
    has_run
}

@test "where neither can be read it is said, and lines without a uuid are as before" {
    start_guest
    run_line "echo '$web_01}' | guest.run -- touch /tmp/ran"
    assert_status 0
    assert_contains "$stderr" 'nothing there shows this user which machine it is'
    echo "$other" >"$dmi/product_uuid"
    run_line 'echo "{\"vm_ip\":\"127.0.0.1\",\"vm_id\":100}" | guest.run -- true'
    assert_status 0
    assert_equal "$stderr" ''
}

@test "with --sudo root reads the uuid for a user who may not" {
    mkdir "$dmi/product_uuid"
    printf '#!/bin/sh\nshift\ncase $1 in cat) echo %s ;; *) exec "$@" ;; esac\n' "$other" \
        >"$guest/guest/bin/sudo"
    chmod +x "$guest/guest/bin/sudo"
    start_guest
    run_line "echo '$web_01}' | guest.run --sudo -- touch /tmp/ran"
    assert_status 5
    has_not_run
}

@test "a changed key is refused, even where the user's configuration takes any" {
    printf '    StrictHostKeyChecking no\n' >>"$RANGE42_SSH_CONFIG"
    echo "$uuid" >"$dmi/product_uuid"
    start_guest
    local known="$web_01}" plain='{"vm_ip":"127.0.0.1"}' which
    for which in "$known" "$plain"; do
        run_line "echo '$which' | guest.run -- true"
        assert_status 0
    done
    change_key
    for which in "$known" "$plain"; do
        run_line "echo '$which' | guest.run -- touch /tmp/ran"
        assert_status 5
        assert_contains "$stderr" 'the guest is not the one that is known'
        has_not_run
    done
    assert_equal "$(grep -c 'Accepted publickey' "$guest/guest/sshd.log")" 0
}
