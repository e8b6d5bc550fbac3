#!/usr/bin/env bats
# The factory's Proxmox side, interrupted at each request: nothing is lost, locked or unsaid.
# SPDX-License-Identifier: GPL-3.0-or-later
load helper

setup() {
    export HOME=$BATS_TEST_TMPDIR XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    journal=$BATS_TEST_TMPDIR/journal.jsons
    stage=()
}

vm_ids() { curl_api /nodes/px-testing/qemu | jq -c '[.data[].vmid] | sort'; }

readonly initial_ids='[100,101,102,103,104,105,106,107]'
readonly most_requests=25

tasks_have_ended() {
    [ "$(curl_api '/nodes/px-testing/tasks?source=active' | jq '.data | length')" = 0 ]
}

# Runs the shell line $2 on a fresh node where the answer to request $1 comes late, as $3 says, and
# interrupts it meanwhile. Its output is in $place/out and $place/err. Fails once there is no such
# request any more.
interrupted_at() {
    local number=$1 line=$2 signal=TERM ended=0
    place=$BATS_TEST_TMPDIR/$number
    mkdir -p "$place"
    rm -rf "$journal" "$XDG_STATE_HOME"
    start_node "${own_token[@]}" "${stage[@]}" --fault "$3 nth=$number"
    bash -c "exec $line" >"$place/out" 2>"$place/err" 3>&- &
    local tool=$!
    # The log knows an answer once it is sent, and so at most those before the late one.
    await "[ \$(wc -l <'$node_log') -ge $((number - 1)) ] || ! kill -0 $tool 2>/dev/null"
    sleep 0.2
    if [ $((number % 2)) = 0 ]; then signal=HUP; fi
    kill "-$signal" "$tool" 2>/dev/null || ended=1
    local status=0
    wait "$tool" || status=$?
    if [ "$ended" = 1 ] || [ "$status" = 0 ]; then
        stop_node
        return 1
    fi
    # Output that came too late to be interrupted ends a tool by the signal, too.
    [ "$status" -gt 128 ] || fail "request $number: status $status: $(cat "$place/err")"
    await tasks_have_ended
    # That one is locked from the beginning.
    assert_equal "$(curl_api /nodes/px-testing/qemu | jq -c '[.data[] | select(.lock) | .vmid]')" '[105]'
}

# What was begun is done, told, or both; what exists is in the journal, and goes with it.
nothing_is_lost() {
    [ -s "$place/out" ] || [ -s "$place/err" ] || fail "request $1: not a word"
    local id
    for id in $(vm_ids | jq ".[] | select(. > 107)"); do
        grep -q "\"vm_id\":\"$id\"" "$journal" || fail "request $1: $id is in no journal"
    done
    [ ! -e "$journal" ] || range42-undo <"$journal" >/dev/null
    assert_equal "$(vm_ids)" "$initial_ids"
}

# Interrupts the line $1 at each request that it makes; $2 says what has to hold then.
at_every_request() {
    local number
    for number in $(seq "$most_requests"); do
        interrupted_at "$number" "$1" "${3:-delay=600}" || break
        "$2" "$number"
        stop_node
    done
    # Two at least, and the last one was found.
    [ "$number" -gt 2 ] || fail "it made $((number - 1)) requests"
    [ "$number" -lt "$most_requests" ] || fail "it made too many requests"
}

@test "create" {
    at_every_request "proxmox_vm.create --journal $journal <<<web-01" nothing_is_lost
}

@test "create from a template, with changes" {
    local line='{"vm_name":"t1","vm_template_id":103,"vm_cores":3,"vm_disk_size":5}'
    at_every_request "proxmox_vm.create --journal $journal <<<'$line'" nothing_is_lost
}

@test "clone" {
    at_every_request "proxmox_vm.clone --journal $journal --name c <<<101" nothing_is_lost
}

@test "a clone whose reply never comes is in the journal, and its outcome is said to be unknown" {
    interrupted_at 3 "proxmox_vm.clone --journal $journal --name c <<<101" hang
    assert_contains "$(cat "$place/err")" 'the request may run on the server'
    assert_equal "$(jq -r .journal "$journal")" begins
    nothing_is_lost 3
}

# The same again does what the interrupted one may have left undone.
can_be_done_again() {
    [ -s "$place/out" ] || [ -s "$place/err" ] || fail "request $1: not a word"
    bash -c "$again" >"$place/out" 2>"$place/err" || fail "request $1: $(cat "$place/err")"
}

@test "set_boot_order" {
    again='proxmox_vm.set_boot_order --order scsi0 <<<100'
    at_every_request "$again" can_be_done_again
}

@test "set_config" {
    again='proxmox_vm.set_config --set cores=2 <<<100'
    at_every_request "$again" can_be_done_again
}

@test "reboot" {
    stage=(--running)
    again='proxmox_vm.reboot <<<100'
    at_every_request "$again" can_be_done_again
}

# A VM that became a template half way is one in the end; what is one already says so.
is_promoted_or_can_be() {
    local config
    config=$(curl_api /nodes/px-testing/qemu/102/config)
    if [ "$(jq .data.template <<<"$config")" = 1 ]; then
        assert_contains "$(jq -r .data.tags <<<"$config")" golden-
    else
        proxmox_template.promote --recipe os=x <<<102 >/dev/null
        assert_equal "$(curl_api /nodes/px-testing/qemu/102/config | jq .data.template)" 1
    fi
}

@test "promote" {
    at_every_request 'proxmox_template.promote --recipe os=x <<<102' is_promoted_or_can_be
}
