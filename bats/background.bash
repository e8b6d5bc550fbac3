# A tool in the background: started on lines, watched, signalled, and ended with its test.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

readonly wait_limit_s=30

setup() { tool_pid=; }

teardown() {
    if [ -n "$tool_pid" ]; then kill -KILL "$tool_pid" 2>/dev/null || true; fi
    stop_node
}

# Waits until the command given succeeds.
wait_until() {
    local deadline=$((SECONDS + wait_limit_s))
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || fail "never came true: $*"
        sleep 0.02
    done
}

# Whether the node has seen $1 requests that match $2 $3; whether file $2 has $1 lines.
has_seen() { [ "$(count_requests "$2" "$3")" -ge "$1" ]; }
has_lines() { [ "$(wc -l <"$2")" -ge "$1" ]; }

# Starts a tool on the lines of a file; its pid is in $tool_pid.
start_tool() {
    local lines=$1
    shift
    env --default-signal=INT,TERM,PIPE "$@" <"$lines" >"$BATS_TEST_TMPDIR/out" \
        2>"$BATS_TEST_TMPDIR/err" 3>&- &
    tool_pid=$!
}

# Waits until the node has seen $1 requests that match $2 $3, then sends the tool signal $4.
signal_after() {
    wait_until has_seen "$1" "$2" "$3"
    kill "-$4" "$tool_pid"
}

# Waits for the tool, whose status and words are then where `run` puts them.
# shellcheck disable=SC2034 # the tests read them
end_tool() {
    status=0
    wait "$tool_pid" || status=$?
    tool_pid=
    output=$(cat "$BATS_TEST_TMPDIR/out")
    stderr=$(cat "$BATS_TEST_TMPDIR/err")
}
