#!/usr/bin/env bats
# Servers that lie: about who is meant, when it is, what is over, and where an answer begins.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper
load background

# The reply to the change of VM 100 gets lost, and the work is done.
readonly lost=(--fault 'cut=0 method=POST path=/qemu/100/ nth=1')

@test "row 27: answers that come twice never become another VM's snapshots" {
    start_node --vms 12 --plain --task-ms 5 --fault 'twice method=GET path=/snapshot$'
    run_line 'for vm in {100..111}; do
            echo "{\"vm_id\":$vm,\"vm_snapshot_name\":\"of-$vm\"}"
        done | proxmox_snapshot_vm.create_snapshot >/dev/null
        seq 100 111 | proxmox_snapshot_vm.list_snapshot'
    assert_status 0
    assert_equal "$stderr" ''
    assert_equal "$(jq -r 'select(.vm_snapshot_name != "current").vm_snapshot_name' <<<"$output" |
        xargs)" "$(printf 'of-%s ' {100..111} | xargs)"
    assert_equal "$(jq -r 'select(.vm_snapshot_name | startswith("of-"))
        | select(.vm_snapshot_name != "of-\(.vm_id)")' <<<"$output")" ''
}

@test "row 35: a reply that names another VM's task, or another node's, is looked into" {
    local lie
    for lie in ':100:|:101:' 'UPID:px-testing|UPID:px-other' ':qmstart:100|:qmstart:'; do
        start_node --vms 3 --plain --task-ms 20 --fault "replace=$lie method=POST path=/qemu/100/"
        run_line 'printf "100\n101\n" | proxmox_vm.start'
        assert_status 0
        assert_equal "$(jq -r '[.vm_id, .vm_status] | join(" ")' <<<"$output" | xargs)" \
            '100 running 101 running'
        assert_contains "$stderr" 'the reply was lost (the answer names no task that can be its own'
        assert_equal "$(count_requests POST /status/start)" 2
        stop_node
    done
}

@test "row 35: a list that lies about a lost change's user, VM or type finds nothing" {
    local lie
    for lie in '@pam|@pve' ':qmreboot:100:|:qmreboot:101:' ':qmreboot:|:qmstop:' \
        'UPID:px-testing|UPID:px_testing' 'UPID:px-testing|UPID:..%2f..'; do
        start_node --vms 1 --plain --running --task-ms 20 "${lost[@]}" \
            --fault "replace=$lie method=GET path=/tasks\$"
        start_tool_with_limit 5
        assert_equal "$(count_requests POST /status/reboot)" 1
        [ "$(count_requests GET '/tasks$')" -ge 2 ]
        assert_equal "$output" ''
        assert_contains "$stderr" 'interrupted; the request may run on the server (line 1'
        stop_node
    done
}

# What is not found within $1 looks would not be found after more of them: it is told to end then.
start_tool_with_limit() {
    start_tool <(echo 100) proxmox_vm.reboot
    signal_after "$1" GET /tasks TERM
    end_tool
    assert_status 143
}

@test "row 8: of two tasks that could be the lost one none is taken" {
    # What another tells of twice, under two ids, may be another's as well.
    local task=UPID:px-testing:00000001:00000001:67E00000:qmreboot:100:range42@pam!devkit:
    local another="{\"upid\":\"$task\"}"
    start_node --vms 1 --plain --running --task-ms 5 \
        --fault 'cut=0 method=POST path=/status/reboot' \
        --fault "replace=\"data\":[{|\"data\":[$another,{ method=GET path=/tasks\$ nth=2-"
    run_line 'echo 100 | proxmox_vm.reboot'
    assert_status 3
    assert_contains "$stderr" 'outcome unknown, the request was sent and several tasks could be it'
    assert_contains "$stderr" 'check with: pvesh get /nodes/px-testing/tasks'
    assert_equal "$(count_requests POST /status/reboot)" 1
}

@test "row 65: a clock that is nowhere near neither hides the lost change nor makes one" {
    local clock
    for clock in 86400 -86400; do
        start_node --vms 1 --plain --running --task-ms 1200 --fault "clock=$clock" \
            --fault 'cut=half method=POST path=/status/reboot'
        run_line 'echo 100 | proxmox_vm.reboot'
        assert_status 0
        assert_contains "$stderr" 'found its task'
        assert_equal "$(count_requests POST /status/reboot)" 1
        stop_node
    done
}

@test "row 65: a clock that is behind makes no old task the lost one" {
    start_node --vms 1 --plain --running --task-ms 5 \
        --fault 'cut=0 method=POST path=/status/reboot nth=2 instead' \
        --fault 'clock=-3600 method=GET path=/tasks$ nth=3-'
    run_line 'echo 100 | proxmox_vm.reboot'
    assert_status 0
    run_line 'echo 100 | proxmox_vm.reboot'
    assert_status 3
    assert_equal "$output" ''
}

@test "row 65: without a date, or with one that is none, nothing is taken for the lost change" {
    local date
    for date in '' 'Sat,%2031%20Feb%20x' '0' '%1b[2J'; do
        start_node --vms 1 --plain --task-ms 20 "${lost[@]}" \
            --fault "date=$date method=GET path=/tasks\$ nth=1-3"
        run_line 'echo 100 | proxmox_vm.start'
        assert_status 0
        assert_contains "$stderr" 'the reply was lost'
        assert_equal "$(count_requests POST /status/start)" 1
        stop_node
    done
}

@test "row 23: nothing that stands behind a body becomes part of the answer" {
    start_node --vms 2 --plain --task-ms 5 --fault 'framing=trailers'
    run_line 'printf "100\n101\n" | proxmox_vm.start'
    assert_status 0
    assert_equal "$(jq -r .vm_status <<<"$output" | xargs)" 'running running'
    assert_equal "$stderr" ''
}

@test "row 32: an end that is no text is no end" {
    local ending
    for ending in 7 null {} %22%22; do
        start_node --vms 1 --plain --task-ms 5 \
            --fault "replace=%22status%22:%22OK%22|%22status%22:$ending path=/tasks\$ nth=1-3"
        run_line 'echo 100 | proxmox_vm.start'
        assert_status 0
        assert_equal "$stderr" ''
        [ "$(count_requests GET '/tasks$')" -ge 4 ]
        stop_node
    done
}
