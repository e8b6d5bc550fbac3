#!/usr/bin/env bats
# Holds scripts/limit to stopping what works too long and what hangs, and nothing else.
# SPDX-License-Identifier: GPL-3.0-or-later

bats_require_minimum_version 1.5.0

limit=$BATS_TEST_DIRNAME/../../scripts/limit
readonly never_s=1000

# The arguments after the limits are a line of bash.
run_limited() { run timeout 60 "$limit" "$1" "$2" "$3" bash -c "$4" 3>&-; }

# The processes whose arguments hold a word of this test alone.
left_over() { pgrep -f "$BATS_TEST_TMPDIR" || true; }

@test "what ends in time ends with its own status and says nothing more" {
    run_limited "$never_s" "$never_s" "$never_s" 'echo word; exit 7'
    [ "$status" -eq 7 ]
    [ "$output" = word ]
}

@test "what works longer than its limit is stopped, and its children with it" {
    run_limited 1 "$never_s" "$never_s" "while :; do :; done & exec -a '$BATS_TEST_TMPDIR' sleep 50"
    [ "$status" -eq 124 ]
    [ "$output" = "limit: stopped after 1 s of the processor's time" ]
    [ -z "$(left_over)" ]
}

@test "work that children did who have ended counts" {
    run_limited 1 "$never_s" "$never_s" \
        'while :; do (for ((i = 0; i < 20000; i++)); do :; done); done'
    [ "$status" -eq 124 ]
    [[ $output == *"of the processor's time" ]]
}

@test "a clock that goes on while the processor is taken by others stops nothing" {
    # Two seconds of clock, of which it works next to none; the limit of its work is one.
    run_limited 1 "$never_s" "$never_s" 'for i in 1 2 3; do sleep 0.8; done; echo done'
    [ "$status" -eq 0 ]
    [ "$output" = 'done' ]
}

@test "what hangs without any work is stopped" {
    run_limited "$never_s" 3 "$never_s" "exec -a '$BATS_TEST_TMPDIR' sleep 50"
    [ "$status" -eq 124 ]
    [ "$output" = 'limit: stopped: it used no processor for 3 s' ]
    [ -z "$(left_over)" ]
}

@test "what looks busy and never ends is stopped by the clock" {
    run_limited "$never_s" "$never_s" 3 'while :; do sleep 0.01; done'
    [ "$status" -eq 124 ]
    [ "$output" = 'limit: stopped: it has not ended in 3 s' ]
}

@test "what does not heed TERM is killed" {
    run_limited "$never_s" 2 "$never_s" \
        "trap '' TERM; (exec -a '$BATS_TEST_TMPDIR' sleep 50); sleep 50; sleep 50"
    [ "$status" -eq 124 ]
    [ -z "$(left_over)" ]
}

@test "INT is not ignored by what it runs" {
    # bit 1 of the ignored signals is INT, bit 2 QUIT.
    run_limited "$never_s" "$never_s" "$never_s" \
        'echo $((0x$(sed -n "s/^SigIgn:\t*//p" /proc/self/status) & 6))'
    [ "$output" = 0 ]
}
