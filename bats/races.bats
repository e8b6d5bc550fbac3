#!/usr/bin/env bats
# Speed's own dangers: locks still held, names of the same second, one tool right behind another.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

readonly plain=(--vms 4 --plain --task-ms 20)

# A VM that is started right after its stop: half a second later Proxmox's clean-up of the stop
# comes for the lock and, finding the VM running, holds it for a while.
readonly until_cleanup_s=0.8

@test "start right after stop needs no pause, and what follows waits until the clean-up is over" {
    start_node "${plain[@]}" --cleanup-lock-ms 2000 --lock-wait-ms 300
    proxmox_vm.start <<<100 >/dev/null
    run_line "echo 100 | proxmox_vm.stop && echo 100 | proxmox_vm.start && sleep $until_cleanup_s &&
        echo 100 | proxmox_vm.stop_force && echo 100 | proxmox_vm.start"
    assert_status 0
    assert_equal "$(jq -r .vm_status <<<"$output" | xargs)" 'stopped running stopped running'
    assert_equal "$stderr" ''
}

@test "a lock that outlasts the deadline is a failed line, and its reason is told" {
    start_node "${plain[@]}" --cleanup-lock-ms 60000 --lock-wait-ms 100
    proxmox_vm.start <<<100 >/dev/null
    run_line "echo 100 | proxmox_vm.stop && echo 100 | proxmox_vm.start && sleep $until_cleanup_s"
    assert_status 0
    run_line 'echo 100 | proxmox_vm.stop_force --timeout 3'
    assert_status 1
    assert_equal "$output" ''
    assert_contains "$stderr" "can't lock file"
    [ "$(count_requests POST '/status/stop$')" -ge 2 ]
}

@test "stop_force overrules a shutdown that still waits for its guest" {
    start_node --task-ms 20 --lock-wait-ms 300
    proxmox_vm.start <<<104 >/dev/null # this guest ignores a shutdown
    run_line 'echo 104 | proxmox_vm.stop --timeout 1'
    assert_status 3
    assert_contains "$stderr" "did not reach 'stopped' within 1s (last: running)."
    assert_equal "$(jq -r .vm_status <<<"$output")" running
    run_line 'echo 104 | proxmox_vm.stop_force'
    assert_status 0
    assert_equal "$(jq -r .vm_status <<<"$output")" stopped
}

@test "on a node that does not know overrule-shutdown, stop_force does without" {
    start_node --task-ms 20 --unknown overrule-shutdown
    proxmox_vm.start <<<100 >/dev/null
    run_line 'echo 100 | proxmox_vm.stop_force'
    assert_status 0
    assert_equal "$(jq -r .vm_status <<<"$output")" stopped
    assert_equal "$(requests POST '/status/stop$' | jq -r .body)" \
        $'timeout=10&overrule-shutdown=1\ntimeout=10'
}

@test "stop_force | delete at once deletes every VM" {
    start_node --vms 6 --plain --task-ms 100
    seq 100 105 | proxmox_vm.start >/dev/null
    run_line 'seq 100 105 | proxmox_vm.stop_force | proxmox_vm.delete'
    assert_status 0
    assert_equal "$(jq -r .vm_status <<<"$output" | sort | uniq -c | xargs)" '6 deleted'
    run_line 'proxmox_vm.list'
    assert_equal "$output" ''
}

@test "revert | start at once starts from the snapshot" {
    start_node "${plain[@]}" --cleanup-lock-ms 500
    seq 100 103 | proxmox_snapshot_vm.create_snapshot >/dev/null
    seq 100 103 | proxmox_vm.start >/dev/null
    run_line 'seq 100 103 | proxmox_snapshot_vm.revert_snapshot | proxmox_vm.start'
    assert_status 0
    assert_equal "$(jq -r .vm_status <<<"$output" | sort | uniq -c | xargs)" '4 running'
}

@test "two default names for one VM in one batch differ" {
    start_node "${plain[@]}"
    run_line 'printf "100\n100\n100\n" | proxmox_snapshot_vm.create_snapshot'
    assert_status 0
    assert_equal "$(jq -r .vm_snapshot_name <<<"$output" | sort -u | wc -l)" 3
    run_line 'echo 100 | proxmox_snapshot_vm.list_snapshot | wc -l'
    assert_equal "$output" 4
}

@test "default names of several processes in one second differ" {
    start_node "${plain[@]}" --task-ms 1
    run_line 'for i in 1 2 3 4; do echo 100 | proxmox_snapshot_vm.create_snapshot; done'
    assert_status 0
    assert_equal "$(jq -r .vm_snapshot_name <<<"$output" | sort -u | wc -l)" 4
    run_line 'echo 100 | proxmox_snapshot_vm.list_snapshot | wc -l'
    assert_equal "$output" 5
}
