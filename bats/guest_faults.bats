#!/usr/bin/env bats
# The fault matrix over ssh: whatever goes wrong, each line is told once and nobody waits long.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2016,SC2154 # the guest or a test's shell expands; helpers set the rest
load helper
load guest

readonly web_01='{"vm_ip":"127.0.0.1","vm_id":100,"vm_name":"web-01"}'
# Far above what a slow machine needs, and below the minute that a run may doze at most.
readonly doze_limit_s=45

setup() {
    needs_guest
    make_guest '127.0.0.1 198.18.*'
}
teardown() { stop_guest; }

# In the place of ssh: shell text that ends, or else hands over to the system's.
ssh_is() {
    mkdir -p "$BATS_TEST_TMPDIR/bin"
    printf '#!/bin/sh\n%s\nexec %q "$@"\n' "$1" "$(type -P ssh)" >"$BATS_TEST_TMPDIR/bin/ssh"
    chmod +x "$BATS_TEST_TMPDIR/bin/ssh"
}

# Runs $1 with that ssh.
run_spoilt() { run_line "PATH='$BATS_TEST_TMPDIR/bin':\$PATH; $1"; }

# Lines for $1 machines, each with an address and an id of its own.
machines() {
    local number
    for number in $(seq "$1"); do
        echo "{\"vm_ip\":\"198.18.0.$number\",\"vm_id\":10$number}"
    done
}

# Each of the lines 1 to $1 is told once: by its id on stdout, or by its number or its id on stderr.
assert_each_line_told() {
    local line
    for line in $(seq "$1"); do
        assert_equal "$line: $({
            grep -o '"vm_id":10'"$line"'\b' <<<"$output"
            grep -oE "\(line ${line}[:)]|not written: .*\"vm_id\":10$line\b" <<<"$stderr"
        } | wc -l)" "$line: 1"
    done
}

assert_nothing_left() {
    assert_equal "$(find "$XDG_RUNTIME_DIR" -mindepth 1)" ''
    run pgrep -f "$XDG_RUNTIME_DIR/range42-ssh-"
    assert_equal "$output" ''
}

@test "row 49: a machine is worked on once at a time, by its address and by its id" {
    start_guest
    local first='{"vm_ip":"198.18.0.1","vm_id":101}' others
    for others in $'{"vm_ip":"198.18.0.1","vm_id":102}\n{"vm_ip":"198.18.0.1"}' \
        '{"vm_ip":"198.18.0.2","vm_id":101}'; do
        printf '%s\n' "$first" "$others" >"$BATS_TEST_TMPDIR/lines"
        run_line "timeout $doze_limit_s guest.run --jobs 8 -- \
            sh -c 'mkdir /tmp/alone && sleep 0.5 && rmdir /tmp/alone' <'$BATS_TEST_TMPDIR/lines'"
        assert_status 0
        assert_equal "$(jq -c '{vm_ip, vm_id} | del(..|nulls)' <<<"$output")" \
            "$(cat "$BATS_TEST_TMPDIR/lines")"
    done
}

@test "row 49: a line whose turn has come is not kept waiting" {
    ssh_is 'exec sh -c "for word; do :; done; eval \"\$word\"" sh "$@"'
    machines 6 >"$BATS_TEST_TMPDIR/lines"
    run_spoilt "timeout $doze_limit_s guest.run --jobs 1 -- true <'$BATS_TEST_TMPDIR/lines'"
    assert_status 0
    assert_each_line_told 6
}

@test "noise of a login, with and without an end, is no part of what a command says" {
    sed -i 's|:/bin/sh$|:/bin/bash|' "$guest/etc/passwd"
    echo 'echo welcome; echo vm_os noise; printf "no end"' >"$guest/root/.bashrc"
    guest_behaves docker 'echo 27.3.1'
    start_guest
    run_line "echo '$web_01' | guest.wait_ssh --timeout 10 | docker.install |
        guest.run -- printf '%s' exact | jq -c '[.docker_version, .run_output]'"
    assert_equal "$output" '["27.3.1","exact"]'
    assert_equal "$stderr" ''
}

@test "what takes the place of the user's shell is quoted" {
    sed -i 's|:/bin/sh$|:/usr/sbin/nologin|' "$guest/etc/passwd"
    start_guest
    run_line "echo '$web_01' | guest.wait_ssh --timeout 2"
    assert_status 6
    assert_contains "$stderr" 'This account is currently not available'
}

@test "a program's own status 255 is its result, whatever it says in ssh's words" {
    start_guest
    run_line "echo '$web_01' | guest.run -- sh -c 'echo Host key verification failed >&2; exit 255'"
    assert_status 1
    assert_equal "$(jq -c '[.run_status, .run_errors]' <<<"$output")" \
        '[255,"Host key verification failed\n"]'
    run_line "echo '$web_01' | guest.run -- sh -c 'echo Host key verification failed >&2
        kill -KILL \$(ps -o ppid= -p \$(ps -o ppid= -p \$PPID))'"
    assert_status 3
    assert_contains "$stderr" 'connection lost'
}

@test "row 44: what a guest proves is text on stdout, whatever its bytes" {
    guest_behaves docker "printf '27\\377\\033[2J\\n'"
    start_guest
    run_line "echo '$web_01' | docker.install"
    assert_status 0
    assert_equal "$(python3 -c 'import json, sys; print(json.loads(sys.stdin.buffer.read().decode())["docker_version"])' \
        <<<"$output" | od -An -c | tr -d ' \n')" '27357277275033[2J\n'
}

@test "row 66: an ssh that is missing, no program, killed, or hangs is told of each line" {
    local how tool
    tool=$(type -P guest.run)
    machines 3 >"$BATS_TEST_TMPDIR/lines"
    start_guest
    for how in rm 'chmod -x' 'truncate -s 4'; do
        ssh_is ''
        $how "$BATS_TEST_TMPDIR/bin/ssh"
        run_line "PATH='$BATS_TEST_TMPDIR/bin' '$tool' -- id <'$BATS_TEST_TMPDIR/lines'"
        assert_status 1
        assert_contains "$stderr" 'ssh cannot be started'
        assert_each_line_told 3
    done
    for how in 'kill -KILL $$' 'exec sleep 1000' 'exit 0' 'exit 255' \
        'head -c 300000000 /dev/zero; head -c 300000000 /dev/zero >&2; exit 255'; do
        ssh_is "$how"
        run_spoilt "guest.run --jobs 3 --timeout 1 -- id <'$BATS_TEST_TMPDIR/lines'"
        assert_status 6
        assert_each_line_told 3
    done
    assert_nothing_left
}

@test "row 61: an ssh that is killed while it works leaves the outcome unknown" {
    start_guest
    ssh_is 'case $* in *guard*) kill -KILL $$ ;; esac'
    run_spoilt "echo '$web_01' | guest.run -- id"
    assert_status 3
    assert_contains "$stderr" 'ssh died of signal 9'
    run_spoilt "echo '$web_01' | docker.install"
    assert_status 3
}

@test "row 16: hostile words of ssh reach the terminal escaped" {
    ssh_is 'printf "\033]0;owned\007\342\200\256\n" >&2; exit 255'
    run_spoilt "echo '$web_01' | guest.wait_ssh --timeout 1"
    assert_status 6
    assert_contains "$stderr" owned
    [[ $stderr != *$'\e]'* && $stderr != *$'\a'* && $stderr != *$'\u202e'* ]]
}

@test "rows 53, 55, 59: a stdout or stderr that takes nothing" {
    start_guest
    machines 3 >"$BATS_TEST_TMPDIR/lines"
    run_line "guest.run --jobs 1 -- touch /tmp/ran <'$BATS_TEST_TMPDIR/lines' >/dev/full"
    assert_status 74
    assert_each_line_told 3
    assert_contains "$stderr" 'write error: No space left on device'
    rm "$guest/tmp/ran"
    for how in '>&-' '<&- >&-' '>&- 2>&-' '<&- >&- 2>&-'; do
        run_line "guest.run -- touch /tmp/ran <'$BATS_TEST_TMPDIR/lines' $how"
        assert_status 74
        [ ! -e "$guest/tmp/ran" ]
    done
    for how in '2>&-' '2>/dev/full'; do
        run_line "{ echo '{'; cat '$BATS_TEST_TMPDIR/lines'; } | guest.run -- true $how"
        assert_status 1
        assert_equal "$(jq -r .vm_id <<<"$output" | xargs)" '101 102 103'
    done
    assert_nothing_left
}

@test "row 54: nothing more begins in a machine once the reader is gone" {
    start_guest
    machines 9 >"$BATS_TEST_TMPDIR/lines"
    run_line "guest.run --jobs 1 -- sh -c 'echo >>/tmp/ran' <'$BATS_TEST_TMPDIR/lines' | head -1
        echo \${PIPESTATUS[0]}"
    assert_equal "$(tail -1 <<<"$output")" 141
    assert_each_line_told 9
    [ "$(wc -l <"$guest/tmp/ran")" -lt 9 ]
    assert_nothing_left
}

@test "row 66: with few descriptors each line is told, and none twice" {
    local limit
    start_guest
    machines 4 >"$BATS_TEST_TMPDIR/lines"
    for limit in 4 6 9 12 16 24 64; do
        : >"$guest/tmp/ran"
        run_line "ulimit -n $limit
            guest.run --jobs 4 --timeout 5 -- sh -c 'echo >>/tmp/ran' <'$BATS_TEST_TMPDIR/lines'"
        [ "$status" -eq 0 ] || [ "$status" -eq 1 ] || fail "$status"
        if grep -q '(line ' <<<"$output$stderr"; then assert_each_line_told 4; fi
        assert_equal "$(wc -l <"$guest/tmp/ran")" "$(grep -c . <<<"$output")"
    done
    assert_status 0
}

@test "row 67: no place for sockets, or one whose name ssh would read as more" {
    local place
    start_guest
    mkdir -p "$BATS_TEST_TMPDIR"/{'a b',a%hb,'a"b','a${HOME}b'}
    for place in /nonexistent /proc relative "$BATS_TEST_TMPDIR"/a*; do
        export place
        run_line "echo '$web_01' | XDG_RUNTIME_DIR=\$place guest.run -- true"
        assert_status 0
    done
}

@test "row 67: a place for host keys whose name ssh would read as more" {
    local place keys=5b0a7c2e-0000-4000-8000-000000000100 web_02
    web_02="${web_01%\}},\"vm_uuid\":\"$keys\"}"
    start_guest
    for place in "$BATS_TEST_TMPDIR"/{'a b',a%hb}; do
        export place
        run_line "echo '$web_02' | XDG_CONFIG_HOME=\$place guest.wait_ssh --timeout 10"
        assert_status 0
        [ -s "$place/range42/guest_keys/$keys" ]
    done
    for place in "$BATS_TEST_TMPDIR"/{'a"b','a${HOME}b'}; do
        run_line "echo '$web_02' | XDG_CONFIG_HOME=\$place guest.wait_ssh --timeout 10"
        assert_status 2
    done
}

@test "a disk that is full leaves no part of a file" {
    sed -i 's|:/bin/sh$|:/bin/bash|' "$guest/etc/passwd"
    echo 'ulimit -f 64' >"$guest/root/.bashrc"
    head -c 300000 /dev/zero >"$BATS_TEST_TMPDIR/data"
    start_guest
    run_line "echo '$web_01' | guest.upload '$BATS_TEST_TMPDIR/data' /tmp/range42-data"
    assert_status 1
    assert_equal "$(find "$guest/tmp" -type f)" ''
}

has_run() { grep -qx "$number" "$guest/tmp/ran"; }

@test "row 66: whichever of ssh's own calls fails, a program runs once at most" {
    local number failed=0
    : >"$guest/tmp/ran"
    start_guest
    for number in $(seq 1 2 60); do
        ssh_is "case \$* in *guard*)
            export TORTURE=call:$number LD_PRELOAD='$build/tests/torture/libfailing.so' ;; esac"
        run_spoilt "echo '$web_01' | guest.run --timeout 5 -- sh -c 'echo $number >>/tmp/ran'"
        [ "$status" -ne 0 ] || has_run || fail "call $number: a false success"
        [ "$status" -eq 0 ] || failed=$((failed + 1))
    done
    [ "$failed" -gt 3 ]
    # One whose call ended early may have run a moment later.
    assert_equal "$(sort "$guest/tmp/ran" | uniq -d)" ''
}

@test "a connection that has gone before a command was sent is opened again" {
    start_guest
    ssh_is 'case $* in *guard*) [ -e "$XDG_RUNTIME_DIR/gone" ] || {
        : >"$XDG_RUNTIME_DIR/gone"; rm "$XDG_RUNTIME_DIR"/range42-ssh-*/c1; } ;; esac'
    run_spoilt "echo '$web_01' | guest.run -- sh -c 'echo >>/tmp/ran'"
    assert_status 0
    assert_equal "$(wc -l <"$guest/tmp/ran")" 1
    assert_equal "$(grep -c 'Accepted publickey' "$guest/guest/sshd.log")" 2
}
