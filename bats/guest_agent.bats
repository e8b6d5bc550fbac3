#!/usr/bin/env bats
# guest.run and guest.upload through the guest agent: no address, no login, at most once.
# SPDX-License-Identifier: GPL-3.0-or-later
load helper
load background

# Four machines that run; the first has an agent in its configuration.
start_guests() {
    start_node --vms 4 --plain --running "$@"
    proxmox_vm.set_config --set agent=1 <<<100 >/dev/null
}

field() { jq -r "$1" <<<"$output"; }

# The words that the agent was asked to run, one call a line.
asked_words() {
    requests POST /agent/exec | jq -r '[.body | split("&")[] | select(startswith("command=")) |
        ltrimstr("command=") | @json] | join(" ")'
}

@test "a program runs by the VM's id alone; its arguments stay what they are" {
    start_guests
    run_line "echo '{\"vm_id\":100,\"role\":\"web\"}' |
        guest.run --agent -- printf 'a b' '\$(id)' '&x=1' é"
    assert_status 0
    assert_equal "$(field '[.vm_id, .role, .run_status, .source] | @json')" \
        '[100,"web",0,"guest-agent"]'
    assert_equal "$(field .run_output)" $'printf\na b\n$(id)\n&x=1\né'
    [ "$(field '.timings.guest_run > 0')" = true ]
    run_line 'echo 100 | guest.run --agent --no-carry -- true'
    assert_equal "$(field .vm_id)" 100
}

@test "a program that fails is a failed line that still tells its status" {
    start_guests
    run_line 'echo 100 | guest.run --agent --results all -- false'
    assert_status 1
    assert_equal "$(field '[.run_status, .ok] | @json')" '[1,false]'
    assert_contains "$stderr" 'ended with status 1'
    run_line 'echo 100 | guest.run --agent -- no-such-program'
    assert_status 1
    assert_equal "$(field .run_status)" 127
    assert_contains "$(field .run_errors)" 'no-such-program: not found'
}

@test "stdin comes from a file: text as it is, other bytes decoded in the guest" {
    start_guests
    printf 'one & two\n' >"$BATS_TEST_TMPDIR/text"
    run_line "echo 100 | guest.run --agent --input $BATS_TEST_TMPDIR/text -- cat"
    assert_status 0
    assert_equal "$(field .run_output)" $'cat\none & two'
    printf 'a\0\377' >"$BATS_TEST_TMPDIR/bytes"
    run_line "echo 100 | guest.run --agent --input $BATS_TEST_TMPDIR/bytes -- cat"
    assert_status 0
    assert_contains "$(field .run_output)" 'base64 -d | "$@"'
    assert_contains "$(field .run_output)" "$(base64 "$BATS_TEST_TMPDIR/bytes")"
    head -c 50000 /dev/zero >"$BATS_TEST_TMPDIR/bytes"
    run_line "echo 100 | guest.run --agent --input $BATS_TEST_TMPDIR/bytes -- cat"
    assert_status 2
    assert_contains "$stderr" 'more than 45 KiB'
}

@test "an agent that is late is waited for, and one that never comes is named" {
    start_guests --agent-delay-ms 1000
    proxmox_vm.stop_force <<<100 | proxmox_vm.start >/dev/null
    run_line 'echo 100 | guest.run --agent -- true'
    assert_status 0
    [ "$(count_requests POST /agent/exec)" -ge 2 ]
    stop_node
    start_guests --agent-delay-ms 3600000
    run_line 'echo 100 | guest.run --agent --timeout 1 -- true'
    assert_status 6
    assert_contains "$stderr" 'no guest agent after 1 s'
    assert_contains "$stderr" 'is qemu-guest-agent installed'
    assert_contains "$stderr" 'the VM still runs'
}

@test "without an agent in the configuration, or off, it fails at once, with the remedy" {
    start_guests
    run_line 'printf "101\n100\n" | guest.run --agent -- true'
    assert_status 1
    assert_contains "$stderr" 'vm_id 101: failed to run the program (line 1: No QEMU guest agent'
    assert_contains "$stderr" 'proxmox_vm.set_config --set agent=1'
    assert_equal "$(field .vm_id)" 100
    proxmox_vm.stop_force <<<100 >/dev/null
    run_line 'echo 100 | guest.run --agent -- true'
    assert_status 1
    assert_contains "$stderr" 'proxmox_vm.start'
}

@test "a program that takes too long is told to stop, and its outcome is unknown" {
    start_guests
    run_line 'echo 100 | guest.run --agent --run-timeout 1 -- sleep 3600'
    assert_status 3
    assert_contains "$stderr" 'failed to run the program: not done after 1 s; it was told to stop'
    assert_contains "$(asked_words | tail -1)" '"kill" "-TERM"'
}

@test "a reply that is lost is an unknown outcome, and never a second call" {
    local late="fail=500:VM%20100%20qga%20command%20'guest-exec'%20failed%20-%20got%20timeout"
    start_guests --fault 'cut=0 method=POST path=/agent/exec$ nth=1' \
        --fault "$late method=POST path=/agent/exec$ nth=2"
    for _ in 1 2; do
        run_line 'echo 100 | guest.run --agent -- touch /x'
        assert_status 3
        assert_contains "$stderr" 'outcome unknown, the program may run in the guest'
    done
    assert_equal "$(count_requests POST '/agent/exec$')" 2
}

@test "an end that was told to nobody is not made up" {
    start_guests --fault 'cut=0 method=GET path=/exec-status nth=2'
    run_line 'echo 100 | guest.run --agent -- touch /x'
    assert_status 3
    assert_contains "$stderr" 'the program has begun, and its end is not known (line 1: Agent error'
}

@test "an interruption stops the program in the guest before the tool ends" {
    start_guests
    start_tool <(echo 100) guest.run --agent -- sleep 3600
    signal_after 1 GET /exec-status TERM
    end_tool
    assert_status 143
    assert_contains "$stderr" 'vm_id 100: interrupted; it was told to stop'
    assert_contains "$(asked_words | tail -1)" '"kill" "-TERM"'
}

# What the guest has under this name.
guest_file() {
    curl_api "/nodes/px-testing/qemu/100/agent/file-read?file=$1" |
        jq -j '.data.content // .message' | iconv -t latin1
}

@test "upload puts a file of any bytes there in pieces, and leaves none of them" {
    start_guests "${own_token[@]}"
    head -c 150000 /dev/urandom >"$BATS_TEST_TMPDIR/data"
    run_line "echo 100 | guest.upload --agent --mode 0600 $BATS_TEST_TMPDIR/data '/tmp/a file'"
    assert_status 0
    assert_equal "$(field .uploaded)" '/tmp/a file'
    guest_file '/tmp/a%20file' | cmp - "$BATS_TEST_TMPDIR/data"
    assert_equal "$(count_requests POST /agent/file-write)" 4
    piece=$(requests POST /agent/file-write | jq -r .body | grep -o 'file=.*' | head -1)
    assert_contains "$(guest_file "${piece#file=}")" 'No such file'
    # An empty file is a file, too.
    : >"$BATS_TEST_TMPDIR/empty"
    run_line "echo 100 | guest.upload --agent $BATS_TEST_TMPDIR/empty /tmp/empty"
    assert_status 0
    assert_equal "$(guest_file /tmp/empty)" ''
}

@test "a piece whose reply is lost is put there again, since it says what shall be" {
    start_guests "${own_token[@]}" \
        --fault 'cut=0 method=POST path=/agent/file-write nth=2'
    head -c 100000 /dev/urandom >"$BATS_TEST_TMPDIR/data"
    run_line "echo 100 | guest.upload --agent $BATS_TEST_TMPDIR/data /tmp/data"
    assert_status 0
    guest_file /tmp/data | cmp - "$BATS_TEST_TMPDIR/data"
}

@test "pieces of a file that cannot be put there whole are taken away" {
    local full='fail=500:Agent%20error%3A%20disk%20full'
    start_guests --fault "$full method=POST path=/agent/file-write nth=2 instead"
    head -c 100000 /dev/urandom >"$BATS_TEST_TMPDIR/data"
    run_line "echo 100 | guest.upload --agent $BATS_TEST_TMPDIR/data /tmp/data"
    assert_status 1
    assert_contains "$stderr" 'failed to put the file there: Agent error: disk full'
    assert_contains "$(asked_words)" '"rm" "-f" "--" "%2Ftmp%2Fdata.range42-'
}

@test "an interrupted upload leaves nothing in the guest" {
    start_guests --fault 'delay=1500 method=POST path=/agent/file-write nth=2'
    head -c 150000 /dev/urandom >"$BATS_TEST_TMPDIR/data"
    start_tool <(echo 100) guest.upload --agent "$BATS_TEST_TMPDIR/data" /tmp/data
    signal_after 1 POST /agent/file-write TERM
    end_tool
    assert_status 143
    assert_contains "$stderr" 'interrupted; nothing was put there'
    assert_contains "$(asked_words)" '"rm" "-f" "--" "%2Ftmp%2Fdata.range42-'
}

@test "what is too large for the agent is refused before anything is asked" {
    start_guests
    head -c 5000000 /dev/zero >"$BATS_TEST_TMPDIR/data"
    run_line "echo 100 | guest.upload --agent $BATS_TEST_TMPDIR/data /tmp/data"
    assert_status 2
    assert_contains "$stderr" 'more than 4096 KiB'
    assert_contains "$stderr" 'it goes over ssh'
    run_line 'echo 100 | guest.run --agent --user me -- true'
    assert_status 2
    assert_contains "$stderr" '--agent and --user exclude one another'
    assert_equal "$(count_requests POST /agent)" 0
}

@test "the dry run shows each call and makes none" {
    start_guests
    run_line 'echo 100 | guest.run --agent --dry-run -- ls -l'
    assert_status 0
    assert_equal "$(jq -c '[.method, .path, .form.command[3:]]' <<<"$output")" \
        '["POST","/nodes/px-testing/qemu/100/agent/exec",["sh","ls","-l"]]'
    assert_equal "$(count_requests POST /agent)" 0
}
