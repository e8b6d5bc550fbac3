#!/usr/bin/env bats
# Changes that never arrived, while others' changes look like them: nothing of others is taken.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

teardown() { stop_node; }

# Runs a line in the background; its stdout, stderr and status go into files of this name.
run_aside() {
    local name=$BATS_TEST_TMPDIR/$1
    { bash -c "$2" >"$name.out" 2>"$name.err" 3>&- && echo 0 || echo $?; } >"$name.status" 3>&- &
    aside+=($!)
}

assert_unknown() {
    local name=$BATS_TEST_TMPDIR/$1
    assert_equal "$(cat "$name.status")" 3
    assert_equal "$(cat "$name.out")" ''
    assert_contains "$(cat "$name.err")" 'outcome unknown'
    assert_contains "$(cat "$name.err")" 'check with: pvesh get '
}

@test "what an earlier run has done is never taken for a change that got lost" {
    start_node --vms 8 --running --snapshot clean --task-ms 20 \
        --fault 'cut=0 instead method=POST path=/100/snapshot$ nth=2' \
        --fault 'cut=0 instead method=POST path=/101/snapshot/clean/rollback nth=2' \
        --fault 'cut=0 instead method=POST path=/102/status/reboot nth=2' \
        --fault 'cut=0 instead method=POST path=/103/clone nth=2'
    run_line "jq -nc '{vm_id:100, vm_snapshot_name:\"before\"}' |
        proxmox_snapshot_vm.create_snapshot"
    assert_status 0
    run_line "jq -nc '{vm_id:101, vm_snapshot_name:\"clean\"}' |
        proxmox_snapshot_vm.revert_snapshot"
    assert_status 0
    run_line 'echo 102 | proxmox_vm.reboot'
    assert_status 0
    run_line "jq -nc '{vm_id:103, vm_new_id:500}' | proxmox_vm.clone"
    assert_status 0

    aside=()
    run_aside snapshot "jq -nc '{vm_id:100, vm_snapshot_name:\"after\"}' |
        proxmox_snapshot_vm.create_snapshot"
    run_aside revert "jq -nc '{vm_id:101, vm_snapshot_name:\"clean\"}' |
        proxmox_snapshot_vm.revert_snapshot"
    run_aside reboot 'echo 102 | proxmox_vm.reboot'
    run_aside clone "jq -nc '{vm_id:103, vm_new_id:501}' |
        proxmox_vm.clone --journal $BATS_TEST_TMPDIR/journal"
    # Another client takes the id that the lost clone was to have.
    sleep 3
    run_line "jq -nc '{vm_id:104, vm_new_id:501, vm_name:\"theirs\"}' | proxmox_vm.clone"
    assert_status 0
    wait "${aside[@]}"
    for name in snapshot revert reboot clone; do assert_unknown "$name"; done
    assert_equal "$(jq -r .journal "$BATS_TEST_TMPDIR/journal")" begins
    run_line "range42-undo < $BATS_TEST_TMPDIR/journal"
    assert_contains "$stderr" 'left alone'
    run_line "echo 501 | proxmox_vm.get_config"
    assert_status 0
    assert_contains "$output" theirs
}

@test "a change that ran is known by what it has brought about" {
    start_node --vms 8 --running --task-ms 100 --fault 'cut=0 method=POST' \
        --fault 'cut=0 method=DELETE'
    run_line "jq -nc '{vm_id:103, vm_new_id:501}' | proxmox_vm.clone"
    assert_status 0
    assert_contains "$stderr" 'but it is done'
    assert_equal "$(jq -r .vm_id <<<"$output")" 501
    run_line 'echo 104 | proxmox_vm.stop_force | proxmox_vm.delete'
    assert_status 0
    assert_equal "$(grep -c 'but it is done' <<<"$stderr")" 2
    refute_contains "$output" UPID
    assert_equal "$(count_requests POST .)" 2
    assert_equal "$(count_requests DELETE .)" 1
}

# One line for each tool whose change leaves nothing behind that would tell it from another's.
change_without_trace() {
    case $1 in
        revert_snapshot) echo '{"vm_id":101,"vm_snapshot_name":"clean"}' ;;
        reboot) echo 102 ;;
    esac
}

command_of() {
    case $1 in
        reboot) echo proxmox_vm.reboot ;;
        *) echo "proxmox_snapshot_vm.$1" ;;
    esac
}

@test "what another could have done is known by its task where the reply had begun" {
    local tool
    start_node --vms 8 --running --snapshot clean --task-ms 100 --fault 'cut=half method=POST'
    for tool in revert_snapshot reboot; do
        run_line "echo '$(change_without_trace $tool)' | $(command_of $tool)"
        assert_status 0
        assert_contains "$stderr" 'found its task'
    done
    assert_equal "$(count_requests POST .)" 2
}

@test "what another could have done is unknown where nothing of the reply came" {
    local tool
    start_node --vms 8 --running --snapshot clean --task-ms 100 --fault 'cut=0 method=POST'
    for tool in revert_snapshot reboot; do
        run_line "echo '$(change_without_trace $tool)' | $(command_of $tool)"
        assert_status 3
        assert_equal "$output" ''
        assert_contains "$stderr" "its task may be another's"
    done
    assert_equal "$(count_requests POST .)" 2
}

@test "a snapshot whose reply got lost is known by its name" {
    start_node --vms 8 --running --task-ms 100 --fault 'cut=0 method=POST path=/100/snapshot'
    run_line "echo '{\"vm_id\":100,\"vm_snapshot_name\":\"after\"}' |
        proxmox_snapshot_vm.create_snapshot"
    assert_status 0
    assert_contains "$stderr" 'but it is done'
    assert_equal "$(count_requests POST /100/snapshot)" 1
}

@test "a worker that was ended before it began is asked for again" {
    start_node --plain --vms 8 --task-ms 20 --fault 'no-worker method=POST path=/100/ nth=1-2'
    run_line 'seq 100 107 | proxmox_vm.start --jobs 8'
    assert_status 0
    assert_equal "$(wc -l <<<"$output")" 8
    assert_equal "$(count_requests POST /100/status/start)" 3
}

@test "a start finds a paused machine and does not say that it runs" {
    start_node --vms 1 --running --task-ms 20
    run_line 'echo 100 | proxmox_vm.pause'
    assert_status 0
    run_line 'echo 100 | proxmox_vm.start'
    assert_status 1
    assert_equal "$output" ''
    assert_contains "$stderr" 'paused'
}

@test "a pause waits for the lock that Proxmox's own clean-up holds" {
    start_node --vms 1 --running --task-ms 20 --cleanup-lock-ms 14000 --lock-wait-ms 2000
    run_line 'echo 100 | proxmox_vm.stop_force | proxmox_vm.start | proxmox_vm.pause'
    assert_status 0
    run_line 'echo 100 | proxmox_vm.resume'
    assert_status 0
}
