#!/usr/bin/env bats
# Pipelines overlap: what is known is worked on and told before the rest is known.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

setup() {
    export PATH=$build/tools:/usr/bin:/bin
}

# The places in the node's log, counted from 1, of answers to method $1 with path $2.
places() {
    jq -s --arg method "$1" --arg path "$2" 'to_entries[]
        | select(.value.method == $method and (.value.path | test($path))) | .key + 1' "$node_log"
}

@test "the first VM's line is there before the second VM is named" {
    start_node --vms 2 --plain --task-ms 10
    local started=$BATS_TEST_TMPDIR/started
    one_by_one() {
        echo 100
        await '[ "$(jq -r .vm_id <"$started" 2>/dev/null)" = 100 ]'
        echo 101
    }
    : >"$started"
    one_by_one | proxmox_vm.start >"$started"
    assert_equal "$(jq -r '"\(.vm_id) \(.vm_status)"' "$started" | xargs)" '100 running 101 running'
}

@test "lines that keep a timeline go on as they end, others in their order" {
    start_node --vms 3 --plain --task-ms 10 --fault 'delay=1500 method=POST path=/100/status/start$'
    run_line 'seq 100 102 | devkit.timeline --begin | proxmox_vm.start --carry | jq -r .vm_id'
    assert_status 0
    assert_equal "$(tail -n 1 <<<"$output")" 100
    stop_node
    start_node --vms 3 --plain --task-ms 10 --fault 'delay=1500 method=POST path=/100/status/start$'
    run_line 'seq 100 102 | proxmox_vm.start --carry | jq -r .vm_id'
    assert_equal "$(xargs <<<"$output")" '100 101 102'
}

@test "a timeline is drawn of what a pipe has done" {
    start_node --vms 3 --plain --task-ms 200
    run_line 'seq 100 102 | devkit.timeline --begin | proxmox_vm.start --carry |
        proxmox_vm.stop_force --carry | devkit.timeline --text'
    assert_status 0
    assert_contains "$output" 'vm-101'
    assert_contains "$output" 'vm_stop_force 0.'
    run_line 'seq 100 102 | proxmox_vm.start --carry | devkit.timeline'
    assert_status 0
    assert_contains "$output" '<svg xmlns='
    run_line 'seq 100 102 | devkit.timeline'
    assert_status 1
    assert_equal "$output" ''
}

@test "list | start acts on one node's VMs while list waits for another node" {
    start_node --vms 3 --plain --task-ms 10 --node pve1 --nodes pve1,pve2 \
        --fault 'delay=4000 method=GET path=/nodes/pve2/qemu$'
    run_line 'proxmox_vm.list --node pve1 --node pve2 | proxmox_vm.start | jq -r .vm_status'
    assert_status 0
    assert_equal "$(xargs <<<"$output")" 'running running running'
    local first_start late_list
    first_start=$(places POST '/status/start$' | head -n 1)
    late_list=$(places GET '/nodes/pve2/qemu$' | tail -n 1)
    [ "$first_start" -lt "$late_list" ] || fail "started at $first_start, listed at $late_list"
}
