#!/usr/bin/env bats
# Waiting as a tool: a task is begun in one place, awaited and read in another, as often as wanted.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

readonly nobodys_task='UPID:NODE:00001234:00000001:66000000:qmstart:100:range42@pam!devkit:'

@test "--async ends when the tasks are accepted, and wait gives the lines of a tool that waits" {
    local tool
    for tool in proxmox_vm.start proxmox_vm.pause proxmox_vm.resume proxmox_vm.stop_force \
        proxmox_vm.stop proxmox_snapshot_vm.create_snapshot proxmox_snapshot_vm.revert_snapshot \
        proxmox_snapshot_vm.delete_snapshot proxmox_vm.delete; do
        start_node --vms 2 --plain --task-ms 5
        case $tool in
            *.pause | *.stop* | *.resume) seq 100 101 | proxmox_vm.start >/dev/null ;;
            *.revert* | *.delete_*)
                seq 100 101 | proxmox_snapshot_vm.create_snapshot >/dev/null 2>&1
                ;;
        esac
        if [ "$tool" = proxmox_vm.resume ]; then seq 100 101 | proxmox_vm.pause >/dev/null; fi
        local line='{"vm_id":100}' second='{"vm_id":101}'
        case $tool in *create*)
            line='{"vm_id":100,"vm_snapshot_name":"one","vm_snapshot_description":"d"}'
            second=${line/100/101}
            ;;
        esac
        run_line "printf '%s\n' '$line' | $tool"
        assert_status 0
        local waited=$output
        run_line "printf '%s\n' '$second' | $tool --async | tee '$BATS_TEST_TMPDIR/open'"
        assert_status 0
        jq -e '.upid | startswith("UPID:px-testing:")' "$BATS_TEST_TMPDIR/open" >/dev/null
        run_line "proxmox_task.wait <'$BATS_TEST_TMPDIR/open'"
        assert_status 0
        neutral() { sed -E 's/10[01]|UPID:[^"\\]*|[0-9]{8}[_-][0-9]{6}/N/g' <<<"$1"; }
        assert_equal "$(neutral "$output")" "$(neutral "$waited")"
        stop_node
    done
}

@test "--async does not wait: the task is still running when it ends" {
    start_node --vms 1 --plain --task-ms 600000
    run_line "echo 100 | proxmox_vm.start --async | tee '$BATS_TEST_TMPDIR/open'"
    assert_status 0
    assert_equal "$(jq -c '[.vm_id, .vm_status]' <<<"$output")" '["100",null]'
    assert_equal "$(count_requests GET /tasks)" 0
    run_line "proxmox_task.wait --timeout 1 --failed '$BATS_TEST_TMPDIR/again' \
        <'$BATS_TEST_TMPDIR/open'"
    assert_status 3
    assert_equal "$output" ''
    assert_contains "$stderr" 'still running after 1s'
    assert_equal "$(jq -r .upid "$BATS_TEST_TMPDIR/again")" \
        "$(jq -r .upid "$BATS_TEST_TMPDIR/open")"
}

@test "wait can be run again, and takes bare task ids" {
    start_node --vms 3 --plain --task-ms 20
    seq 100 102 | proxmox_vm.start --async >"$BATS_TEST_TMPDIR/open"
    run_line "proxmox_task.wait <'$BATS_TEST_TMPDIR/open'"
    local first=$output
    assert_equal "$(jq -r .vm_status <<<"$output" | sort -u)" running
    run_line "proxmox_task.wait <'$BATS_TEST_TMPDIR/open'"
    assert_equal "$output" "$first"
    run_line "jq -r .upid '$BATS_TEST_TMPDIR/open' | proxmox_task.wait |
        jq -c '[.task_type,.vm_id]'"
    assert_equal "$output" $'["qmstart","100"]\n["qmstart","101"]\n["qmstart","102"]'
}

@test "wait: a task that failed is a failed line with its log, one that nobody knows is unknown" {
    start_node
    {
        printf '107\n104\n' | proxmox_vm.start --async
        echo "${nobodys_task/NODE/px-testing}"
        echo "${nobodys_task/NODE/px-testing\/..}"
        echo 105 | proxmox_vm.start --async
    } >"$BATS_TEST_TMPDIR/open"
    run_line "proxmox_task.wait --results all <'$BATS_TEST_TMPDIR/open'"
    assert_status 3
    assert_contains "$output" 'the node no longer knows task'
    assert_contains "$output" 'upid is not a task id (UPID)'
    assert_contains "$output" 'VM is locked'
    assert_equal "$(count_requests POST .)" 3
}

@test "log streams the log of a task until its end" {
    start_node --vms 1 --plain --task-ms 300
    run_line 'echo 100 | proxmox_vm.start --async | proxmox_task.log --text'
    assert_status 0
    assert_equal "$(tail -n 1 <<<"$output")" 'TASK OK'
    run_line 'echo 100 | proxmox_vm.stop_force --async | proxmox_task.log | jq -c "[.action,.text]"'
    assert_equal "$(tail -n 1 <<<"$output")" '["task_log","TASK OK"]'
    run_line "echo '${nobodys_task/NODE/px-testing}' | proxmox_task.log"
    assert_status 1
    assert_contains "$stderr" 'line 1: '
    run_line 'echo hello | proxmox_task.log'
    assert_status 1
}

@test "log asks a task's own node, and gives up where nobody answers" {
    start_node --vms 1 --plain
    local open
    open=$(echo 100 | proxmox_vm.start --async)
    run_line "echo '$open' | sed 's/UPID:px-testing/UPID:elsewhere/' | proxmox_task.log"
    [ "$status" -ne 0 ]
    assert_equal "$(count_requests GET /nodes/px-testing/tasks/.*/log)" 0
    stop_node
    run_line "printf '%s\n%s\n' '$open' '$open' | proxmox_task.log"
    assert_status 6
    assert_equal "$(grep -c '(line [12]: cannot reach https' <<<"$stderr")" 2
}
