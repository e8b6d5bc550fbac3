#!/usr/bin/env bats
# Tools of one pipe log in to a machine once: each leaves its connection to the tool that reads it.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2002,SC2154 # cat opens what a tool must not wait for; helpers set the rest
load helper
load guest

setup() {
    needs_guest
    make_guest
    ln -sf ../recorder "$guest/guest/bin/cloud-init"
    guest_behaves cloud-init 'echo "status: done"'
    # Short whatever the tests' own place is: a place for sockets has to be.
    XDG_RUNTIME_DIR=$(mktemp -d /tmp/range42-handover.XXXXXX)
    start_guest
}
teardown() {
    stop_guest
    rm -rf "$XDG_RUNTIME_DIR"
}

readonly web='{"vm_ip":"127.0.0.1","vm_id":100,"vm_name":"web-01"}'

# Writes the lines behind $1 into a FIFO, once so many tools of the pipe are there. It is read by
# cat, since a tool whose stdin is yet to be opened is not there.
feed() {
    mkfifo "$BATS_TEST_TMPDIR/fed"
    (
        exec 3>&-
        # Each has a directory of its own, and one in which it is handed connections.
        await "[ \"\$(ls '$XDG_RUNTIME_DIR' | wc -l)\" -ge $((2 * $1)) ]"
        printf '%s\n' "${@:2}" >"$BATS_TEST_TMPDIR/fed"
    ) &
}

# Does $1 to the connection of the second line, once it lies there for the reader, who works in one
# machine once at a time.
signal_second() {
    local handed='.*/range42-ssh-[0-9]+-.{11}/[^/]+'
    await "find '$XDG_RUNTIME_DIR' -regextype posix-extended -regex '$handed' | grep -q ."
    await "pkill $1 -f \"^ssh: \$XDG_RUNTIME_DIR/.*/c2 .mux\""
}

logins() { grep -c 'Accepted publickey' "$guest/guest/sshd.log"; }

# What a run needs is gone with it: its directories, and the connections behind their sockets.
assert_nothing_left() {
    assert_equal "$(ls -A "$XDG_RUNTIME_DIR")" ''
    refute_contains "$(pgrep -af '^ssh: ' || true)" "$XDG_RUNTIME_DIR"
}

@test "three tools and one login, and the last one closes it" {
    feed 3 "$web"
    run_line "cat '$BATS_TEST_TMPDIR/fed' |
        guest.wait_ssh | guest.wait_cloudinit | guest.run -- hostname"
    assert_status 0
    assert_equal "$(jq -r '"\(.ssh_ready) \(.cloud_init) \(.run_status)"' <<<"$output")" \
        'true done 0'
    assert_equal "$(logins)" 1
    assert_nothing_left
}

@test "what stands between two tools takes the lines alone: each logs in" {
    run_line "echo '$web' | guest.wait_ssh | jq -c . | guest.wait_cloudinit"
    assert_status 0
    assert_equal "$(logins)" 2
    run_line "echo '$web' | guest.wait_ssh >'$BATS_TEST_TMPDIR/kept' &&
        guest.wait_cloudinit <'$BATS_TEST_TMPDIR/kept'"
    assert_status 0
    assert_equal "$(logins)" 4
    assert_nothing_left
}

@test "a connection by other words, as through a port of one's own, is not taken" {
    feed 2 "$web"
    run_line "cat '$BATS_TEST_TMPDIR/fed' | guest.wait_ssh | guest.run --port $guest_port -- true"
    assert_status 0
    assert_equal "$(logins)" 2
    assert_nothing_left
}

@test "two lines for one machine each have a connection of their own" {
    feed 2 "$web" "$web"
    run_line "cat '$BATS_TEST_TMPDIR/fed' | guest.wait_ssh | guest.run -- true"
    assert_status 0
    assert_equal "$(wc -l <<<"$output")" 2
    assert_nothing_left
}

@test "a reader that ends early leaves the closing to the writer" {
    run_line "printf '%s\n' '$web' '$web' | guest.wait_ssh | guest.run --no-such-option || true"
    assert_nothing_left
    run_line "echo '$web' | guest.wait_ssh | head -c 1 >/dev/null"
    assert_nothing_left
}

@test "a connection that has gone meanwhile is opened again" {
    feed 2 "$web" "${web/100/101}"
    (
        exec 3>&-
        cat "$BATS_TEST_TMPDIR/fed" | guest.wait_ssh |
            guest.run -- sleep 3 >"$BATS_TEST_TMPDIR/out"
    ) &
    local pipe=$!
    signal_second -TERM
    wait "$pipe"
    assert_equal "$(jq -r '"\(.vm_id) \(.run_status)"' "$BATS_TEST_TMPDIR/out")" $'100 0\n101 0'
    assert_equal "$(logins)" 3
    assert_nothing_left
}

@test "a tool that is there for the login makes its own" {
    feed 2 "$web"
    run_line "cat '$BATS_TEST_TMPDIR/fed' | guest.run -- true | guest.wait_ssh"
    assert_status 0
    assert_equal "$(logins)" 2
    assert_nothing_left
}

@test "a connection that answers no more costs a moment, and no doubt about what ran" {
    feed 2 "$web" "${web/100/101}"
    (
        exec 3>&-
        cat "$BATS_TEST_TMPDIR/fed" | guest.wait_ssh |
            guest.run -- sh -c 'echo ran >>/tmp/ran; sleep 2' >"$BATS_TEST_TMPDIR/out"
    ) &
    local pipe=$!
    signal_second -STOP
    wait "$pipe"
    pkill -KILL -f "^ssh: $XDG_RUNTIME_DIR/.*/c2 .mux"
    assert_equal "$(jq -r '"\(.vm_id) \(.run_status)"' "$BATS_TEST_TMPDIR/out")" $'100 0\n101 0'
    assert_equal "$(wc -l <"$guest/tmp/ran") $(logins)" '2 3'
    assert_nothing_left
}

@test "an interrupted reader that has had no line leaves nothing behind" {
    mkfifo "$BATS_TEST_TMPDIR/lines" # a pipe by name
    env --default-signal=INT,TERM guest.run -- true <"$BATS_TEST_TMPDIR/lines" 3>&- &
    local reader=$!
    exec {writer}>"$BATS_TEST_TMPDIR/lines"
    await '[ "$(ls "$XDG_RUNTIME_DIR" | wc -l)" = 2 ]'
    kill -TERM "$reader"
    local ended=0
    wait "$reader" || ended=$?
    exec {writer}>&-
    assert_equal "$ended" 143
    assert_nothing_left
}
