#!/usr/bin/env bats
# What becomes of a batch that is interrupted, whose reader goes, or whose node misbehaves.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper
load background

for_each_line() { seq 100 "$((99 + $1))" >"$BATS_TEST_TMPDIR/lines"; }

@test "row 62: INT during polling names the task, cancels nothing, and dies of INT" {
    start_node --vms 12 --plain --task-ms 20000
    for_each_line 12
    start_tool "$BATS_TEST_TMPDIR/lines" proxmox_vm.start --jobs 1
    signal_after 1 GET '/tasks$' INT
    end_tool
    assert_status 130
    assert_contains "$stderr" 'still running: UPID:px-testing:'
    assert_equal "$(count_requests POST /status/start)" 1
    assert_equal "$(count_requests DELETE .)" 0
    assert_equal "$(grep -c '(line [0-9]*' <<<"$stderr")" 12
}

@test "row 60: TERM between lines sends no further change and dies of TERM" {
    start_node --vms 40 --plain --task-ms 200
    for_each_line 40
    start_tool "$BATS_TEST_TMPDIR/lines" proxmox_vm.start --jobs 1
    signal_after 3 POST /status/start TERM
    end_tool
    assert_status 143
    local sent printed traced
    sent=$(count_requests POST /status/start)
    printed=$(grep -c . <<<"$output")
    traced=$(grep -c '(line [0-9]*' <<<"$stderr")
    [ "$sent" -lt 40 ]
    assert_equal "$((printed + traced))" 40
}

@test "row 61: INT while a change has no reply says that it may run" {
    start_node --vms 2 --plain --fault 'hang method=POST'
    echo 100 >"$BATS_TEST_TMPDIR/lines"
    start_tool "$BATS_TEST_TMPDIR/lines" proxmox_vm.start
    signal_after 1 POST /status/start INT
    end_tool
    assert_status 130
    assert_contains "$stderr" 'interrupted; the request may run on the server (line 1'
    assert_equal "$(count_requests POST /status/start)" 1
}

# Whether the tool still catches signal number $1.
catches() {
    local caught
    caught=$(sed -n 's/^SigCgt:\t//p' "/proc/$tool_pid/status")
    [ $((0x$caught >> ($1 - 1) & 1)) -eq 1 ]
}

catches_neither() { ! catches "$1" && ! catches "$2"; }

@test "row 63: the second signal, whichever it is, ends the tool at once and in silence" {
    local first second
    start_node --vms 2 --plain --fault 'hang method=POST'
    echo 100 >"$BATS_TEST_TMPDIR/lines"
    for first in INT TERM; do
        for second in INT TERM; do
            : >"$node_log"
            start_tool "$BATS_TEST_TMPDIR/lines" proxmox_vm.start
            signal_after 1 POST /status/start "$first"
            wait_until catches_neither 2 15
            kill "-$second" "$tool_pid"
            end_tool
            assert_status $((128 + $(kill -l "$second")))
            # After one signal alone it says what may still run; it had no time to.
            assert_equal "$stderr" ''
        done
    done
}

@test "row 54: a reader that leaves stops further changes, and the tool dies of PIPE" {
    start_node --vms 60 --plain --task-ms 20
    run_line 'seq 100 159 | proxmox_vm.start --jobs 2 | head -1; echo "${PIPESTATUS[1]}"'
    assert_equal "$(tail -1 <<<"$output")" 141
    [ "$(count_requests POST /status/start)" -lt 60 ]
    # What the reader's pipe did not take any more is told on stderr, nothing twice.
    local told
    told=$(grep -c 'not written: ' <<<"$stderr")
    [ "$told" -ge 1 ]
    [ "$told" -lt "$(count_requests POST /status/start)" ]
}

@test "row 13: a 401 in the middle of a batch stops it, and the lines left are told" {
    start_node --vms 30 --plain --task-ms 20 \
        --fault 'status=401:Authentication%20failed! instead method=POST nth=5-'
    run_line 'seq 100 129 | proxmox_vm.start --jobs 1'
    assert_status 4
    assert_equal "$(count_requests POST /status/start)" 5
    assert_equal "$(wc -l <<<"$output")" 4
    assert_equal "$(grep -c '(line [0-9]*' <<<"$stderr")" 26
    assert_equal "$(grep -c 'not attempted (line ' <<<"$stderr")" 25
}

@test "row 34: polls that fail at random never become the verdict" {
    start_node --vms 20 --plain --task-ms 600 --fault 'random method=GET path=/tasks$ rate=0.4'
    run_line 'seq 100 119 | proxmox_vm.start --jobs 20'
    assert_status 0
    assert_equal "$(wc -l <<<"$output")" 20
    assert_equal "$stderr" ''
}

@test "row 7: the question that a run opens with is asked again like any other" {
    start_node --vms 3 --plain --fault 'cut=half method=GET path=/nodes/[^/]*/qemu$ nth=1-2' \
        --fault 'status=502 method=GET path=/nodes$ nth=1-2'
    run_line 'proxmox_vm.sync | jq -r .vm_id'
    assert_equal "$output" $'100\n101\n102'
    assert_equal "$stderr" ''
    run_line 'proxmox_vm.list --cluster | jq -r .vm_id'
    assert_equal "$output" $'100\n101\n102'
    assert_equal "$stderr" ''
}

@test "row 38: an answer that cannot be read is no proof that a VM is gone" {
    start_node --vms 1 --plain --fault 'body=half method=GET path=/cluster/nextid'
    local uuid=5b0a7c2e-0000-4000-8000-000000000100
    run_line "echo '{\"journal\":\"done\",\"vm_id\":\"999\",\"vm_uuid\":\"$uuid\"}' | range42-undo"
    assert_status 1
    assert_equal "$output" ''
    assert_contains "$stderr" "qemu-server/999.conf' does not exist"
}

@test "row 27: an answer that nobody asked for never becomes another VM's state" {
    start_node --vms 40 --plain --task-ms 5 --fault 'twice method=GET path=/status/current$'
    run_line 'seq 100 139 | proxmox_vm.start --jobs 8'
    assert_status 0
    assert_equal "$(wc -l <<<"$output")" 40
    assert_equal "$(jq -r 'select(.vm_name != "?" and .vm_name != "vm-" + .vm_id)' <<<"$output")" ''
    local unread
    unread=$(jq -r 'select(.vm_name == "?").vm_id' <<<"$output" | wc -l)
    assert_equal "$(grep -c 'its state cannot be read' <<<"$stderr")" "$unread"
}

@test "row 27: a state that is another VM's is told as unread" {
    start_node --vms 2 --plain --fault 'replace="vmid":100|"vmid":101 path=/100/status/current'
    run_line 'echo 100 | proxmox_vm.start'
    assert_status 0
    assert_equal "$(jq -r .vm_name <<<"$output")" '?'
    assert_contains "$stderr" 'its state cannot be read: the answer is about VM 101'
    run_line 'echo 100 | proxmox_vm.lookup'
    assert_status 6
    assert_equal "$output" ''
}

@test "rows 21, 25, 26: polls answered with anything but a list never become the verdict" {
    local body
    for body in html empty null data-null text number string nan array object duplicate deep \
        bad-utf8 glued trailing half nul; do
        start_node --vms 1 --plain --task-ms 20 \
            --fault "body=$body method=GET path=/tasks\$ nth=1-2"
        run_line 'echo 100 | proxmox_vm.start'
        assert_status 0
        assert_equal "$(jq -r .vm_status <<<"$output")" running
        assert_equal "$(requests GET '/tasks$' | jq -s 'map(select(.fault)) | length')" 2
        stop_node
    done
}

@test "row 11: an answer that drips in is waited for" {
    start_node --vms 1 --plain --task-ms 20 --fault 'drip=1 method=POST'
    run_line 'echo 100 | proxmox_vm.start'
    assert_status 0
    assert_equal "$(count_requests POST /status/start)" 1
}

@test "row 29: what a failed task says reaches the terminal escaped" {
    start_node --vms 1 --plain --task-ms 20 \
        --fault 'replace="status":"OK"|"status":"\u001b]0;owned\u0007\u202e" path=/tasks$'
    run_line 'echo 100 | proxmox_vm.start'
    assert_status 1
    [[ $stderr != *$'\e]'* && $stderr != *$'\a'* && $stderr != *$'\u202e'* ]]
    assert_contains "$stderr" owned
}

@test "row 59: a full stderr changes nothing of what is done" {
    start_node --vms 4 --plain
    run_line 'printf "100\nbad\n101\n" | proxmox_vm.start 2>/dev/full | jq -r .vm_id'
    assert_equal "$output" $'100\n101'
}
