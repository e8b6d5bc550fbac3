#!/usr/bin/env bats
# The conditions that tools run under: idle connections, terminals, slow producers, other processes.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper
load background

@test "row 9: connections that the server closes while they idle cost nothing but a new one" {
    start_node --vms 60 --plain --task-ms 900 --idle-ms 20
    run_line 'seq 100 159 | proxmox_vm.start --jobs 20'
    assert_status 0
    assert_equal "$(wc -l <<<"$output")" 60
    assert_equal "$stderr" ''
    assert_equal "$(count_requests POST /status/start)" 60
    # The polls were worth the name: many of them, each on a connection that had idled.
    [ "$(count_requests GET '/tasks$')" -ge 20 ]
}

@test "row 28: proxy variables lead nothing of ours to a proxy" {
    start_node --vms 1 --plain --task-ms 5
    run_line 'https_proxy=http://127.0.0.1:1 ALL_PROXY=socks5://127.0.0.1:1 \
        proxmox_vm.start <<<100'
    assert_status 0
}

@test "row 38: a VM that has moved is found on its new node, and that is said" {
    start_node --vms 6 --plain --task-ms 5 --nodes px-a,px-b
    run_line 'echo 101 | proxmox_vm.start'
    assert_status 0
    assert_equal "$(jq -r .proxmox_node <<<"$output")" px-b
    assert_contains "$stderr" 'is on node px-b'
}

@test "row 41: a terminal for input is refused at once by every tool that reads lines" {
    needs_terminal
    start_node --vms 1 --plain
    local tool
    for tool in proxmox_vm.start proxmox_vm.delete proxmox_snapshot_vm.list_snapshot \
        proxmox_vm.list_vm_and_extract_vm_name; do
        run_line "script -qec $tool /dev/null </dev/null"
        assert_status 1
        assert_contains "$output" 'no input on stdin'
    done
    assert_equal "$(wc -l <"$node_log")" 0
}

@test "row 44: NUL and bytes that are no UTF-8 make a refused line, shown escaped" {
    start_node --vms 4 --plain --task-ms 5
    printf '100\0\n\0\n\xff100\n{"vm_id":"100\0"}\n{"vm_id":"\xc0\x80"}\n101\n' \
        >"$BATS_TEST_TMPDIR/lines"
    run_line "proxmox_vm.start <'$BATS_TEST_TMPDIR/lines'"
    assert_status 1
    assert_equal "$(jq -r .vm_id <<<"$output")" 101
    assert_equal "$(grep -c '(line [0-9]' <<<"$stderr")" 5
    assert_contains "$stderr" '\x00'
    assert_equal "$(LC_ALL=C tr -d '\n\033' <<<"$stderr" | LC_ALL=C tr -d ' -~' | wc -c)" 0
}

@test "row 46: many ids that are answered at once are not held up" {
    start_node --vms 4 --plain
    run_line 'yes 100 | head -n 20000 | timeout 60 proxmox_vm.list_vm_and_extract_vm_name |
        jq -r .vm_id | sort | uniq -c | xargs'
    assert_equal "$output" '20000 100'
    assert_equal "$(count_requests GET '/qemu$')" 1
}

@test "row 49: a hundred lines for one VM run one after the other, in their order" {
    start_node --vms 1 --plain --task-ms 10
    run_line 'yes 100 | head -n 100 | proxmox_vm.stop_force --jobs 50 | wc -l'
    assert_equal "$output" 100
    assert_equal "$(count_requests POST /status/stop)" 100
    # Had two been under way at once, one would have waited for the other's lock.
    run_line 'proxmox_vm.list'
    assert_equal "$(jq -r .vm_id <<<"$output")" 100
}

@test "row 52: a line is acted on when it comes, not when the input ends" {
    start_node --vms 4 --plain --task-ms 5
    mkfifo "$BATS_TEST_TMPDIR/lines"
    start_tool "$BATS_TEST_TMPDIR/lines" proxmox_vm.start
    exec 9>"$BATS_TEST_TMPDIR/lines"
    echo 100 >&9
    wait_until has_lines 1 "$BATS_TEST_TMPDIR/out"
    printf '{"vm_id":10' >&9
    printf '1}\n' >&9
    wait_until has_lines 2 "$BATS_TEST_TMPDIR/out"
    exec 9>&-
    end_tool
    assert_status 0
    assert_equal "$(jq -r .vm_id <<<"$output")" $'100\n101'
}

@test "row 54: where SIGPIPE is ignored a reader that leaves is a write error, exit 74" {
    start_node --vms 60 --plain --task-ms 20
    run --separate-stderr bash -c 'trap "" PIPE
        { seq 100 159 | proxmox_vm.start --jobs 2; echo "status $?" >&2; } | head -n 1'
    assert_contains "$stderr" 'status 74'
    [ "$(count_requests POST /status/start)" -lt 60 ]
}

@test "row 58: many writers to one file tear no line" {
    start_node --vms 40 --plain --task-ms 5
    local copy pids=()
    for copy in $(seq 20); do
        proxmox_vm.list >>"$BATS_TEST_TMPDIR/all" 3>&- &
        pids+=($!)
    done
    for copy in "${pids[@]}"; do wait "$copy"; done
    assert_equal "$(jq -c .vm_id "$BATS_TEST_TMPDIR/all" | wc -l)" 800
}

@test "row 64: a tool that was stopped for longer than it may wait still learns what happened" {
    start_node --vms 1 --plain --task-ms 700
    echo 100 >"$BATS_TEST_TMPDIR/lines"
    start_tool "$BATS_TEST_TMPDIR/lines" proxmox_vm.start --timeout 1
    wait_until has_seen 1 GET '/tasks$'
    kill -STOP "$tool_pid"
    sleep 3 # three times as long as the tool may wait
    kill -CONT "$tool_pid"
    end_tool
    assert_status 0
    assert_equal "$(jq -r .vm_status <<<"$output")" running
    assert_equal "$stderr" ''
}

@test "row 68: a hundred processes at once all do their work, each with three requests at most" {
    [ -z "${SANITIZED:-}" ] || skip 'so many of them, each several times as slow, find no connection'
    start_node --vms 300 --plain --task-ms 20
    local copy pids=() failed=0
    for copy in $(seq 0 99); do
        seq $((100 + 3 * copy)) $((102 + 3 * copy)) | proxmox_vm.start >/dev/null 3>&- &
        pids+=($!)
    done
    for copy in "${pids[@]}"; do wait "$copy" || failed=$((failed + 1)); done
    assert_equal "$failed" 0
    assert_equal "$(requests POST /status/start | jq .vmid | sort -u | wc -l)" 300
    assert_equal "$(count_requests POST /status/start)" 300
}

@test "row 80: opposite verbs on one VM: each process tells how its own task ended" {
    start_node --vms 20 --plain --task-ms 30
    local vm_id
    for vm_id in $(seq 100 119); do
        echo "$vm_id" | proxmox_vm.start >"$BATS_TEST_TMPDIR/start" 2>/dev/null 3>&- &
        local starting=$! stopped=0 started=0
        proxmox_vm.stop_force <<<"$vm_id" >"$BATS_TEST_TMPDIR/stop" 2>/dev/null || stopped=$?
        wait "$starting" || started=$?
        assert_equal "$started $stopped" '0 0'
        assert_equal "$(count_requests POST "/qemu/$vm_id/status/start")" 1
        assert_equal "$(count_requests POST "/qemu/$vm_id/status/stop")" 1
    done
}

@test "row 81: of two snapshots of one name the second fails, and nothing is deleted or repeated" {
    start_node --vms 1 --plain --task-ms 100
    local line='{"vm_id":100,"vm_snapshot_name":"same"}' first=0 second=0
    proxmox_snapshot_vm.create_snapshot <<<"$line" >"$BATS_TEST_TMPDIR/one" 2>&1 3>&- &
    local other=$!
    proxmox_snapshot_vm.create_snapshot <<<"$line" >"$BATS_TEST_TMPDIR/two" 2>&1 || second=$?
    wait "$other" || first=$?
    assert_equal "$((first + second))" 1
    assert_equal "$(cat "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two" | grep -c '^{')" 1
    assert_equal "$(count_requests POST '/snapshot$')" 2
    assert_equal "$(count_requests DELETE .)" 0
}

@test "row 85: once a change was sent, no status invites anybody to go another way" {
    start_node --vms 4 --plain --task-ms 5
    mkfifo "$BATS_TEST_TMPDIR/lines"
    start_tool "$BATS_TEST_TMPDIR/lines" proxmox_vm.start
    exec 9>"$BATS_TEST_TMPDIR/lines"
    echo 100 >&9
    wait_until has_lines 1 "$BATS_TEST_TMPDIR/out"
    stop_node
    echo 101 >&9
    exec 9>&-
    end_tool
    assert_status 1
    assert_contains "$stderr" 'cannot reach'
}

@test "row 83: a list that is out of date: the node decides, and its words are told" {
    start_node --vms 3 --plain --task-ms 5
    proxmox_vm.list >"$BATS_TEST_TMPDIR/list"
    proxmox_vm.delete <<<101 >/dev/null
    run_line "proxmox_vm.start <'$BATS_TEST_TMPDIR/list'"
    assert_status 1
    assert_equal "$(jq -r .vm_id <<<"$output" | xargs)" '100 102'
    assert_contains "$stderr" 'does not exist'
}
