#!/usr/bin/env bats
# The guard that runs in a guest, in each shell that a guest may have: undone on every way out.
# SPDX-License-Identifier: GPL-3.0-or-later
load ../../bats/helper

readonly shells='dash,bash,busybox sh'

# Runs the guard in the shell $1 with script $2, cleanup $3, $4 lines and further arguments.
guard() {
    local shell=$1
    shift
    $shell -c "$(sed '/^#/d' "$root/guest/guard.sh")" guard "$@"
}

# Calls `check` once for each shell that is here.
in_each_shell() {
    local shell IFS=,
    for shell in $shells; do
        command -v "${shell%% *}" >/dev/null || continue
        IFS=' ' check "$shell"
    done
}

# Fails when a process with the arguments $1 stays; the last may be on its way out of the kernel.
none_left() {
    local left=$BATS_TEST_TMPDIR/left deadline=$((SECONDS + 15))
    while pgrep -f "$1" >"$left" && [ "$SECONDS" -lt "$deadline" ]; do
        sleep 0.05
    done
    assert_equal "$(<"$left")" ''
}

# A pipe that stays open behind what it was given: the connection as long as it lives.
held_open() {
    printf '%s' "$1"
    sleep "${2:-20}"
}

@test "arguments, lines, status and output come through" {
    check() {
        local script='IFS= read -r a; IFS= read -r b; printf "[%s]" "$a" "$b" "$@"; cat; exit 9'
        run --separate-stderr guard "$1" "$script" '' 2 'x y' "it's" \
            < <(held_open $'  one \ntwo\nrest\n' 3)
        assert_equal "$status $output" "9 [  one ][two][x y][it's]"
    }
    in_each_shell
}

@test "the cleanup runs after success and after failure, with the same arguments" {
    check() {
        local file=$BATS_TEST_TMPDIR/undone
        for status_wanted in 0 3; do
            rm -f "$file"
            run guard "$1" "exit $status_wanted" 'echo "$1" >"$2"' 0 word "$file" \
                < <(held_open '' 3)
            assert_equal "$status $(cat "$file")" "$status_wanted word"
        done
    }
    in_each_shell
}

@test "a cleanup that fails makes a success a failure, and leaves a failure what it is" {
    check() {
        run guard "$1" 'exit 0' 'exit 1' 0 < <(held_open '' 3)
        assert_equal "$status" 70
        run guard "$1" 'exit 5' 'exit 1' 0 < <(held_open '' 3)
        assert_equal "$status" 5
        assert_contains "$output" 'the cleanup failed'
    }
    in_each_shell
}

@test "the end of input stops a script that hangs, its children too, and undoes it" {
    check() {
        local file=$BATS_TEST_TMPDIR/undone
        rm -f "$file"
        run guard "$1" 'sleep 987.25; echo never' 'echo done >"$1"' 0 "$file" </dev/null
        assert_equal "$status $(cat "$file")" '143 done'
        run pgrep -f 'sleep 987.25'
        assert_equal "$output" ''
    }
    in_each_shell
}

@test "a script that ignores the word to stop is killed, and undone" {
    check() {
        local file=$BATS_TEST_TMPDIR/undone
        rm -f "$file"
        run guard "$1" 'trap "" TERM; while :; do sleep 0.3; done' 'echo done >"$1"' 0 "$file" \
            </dev/null
        assert_equal "$status $(cat "$file")" '143 done'
    }
    in_each_shell
}

@test "nothing of the guard is left behind, and nobody waits for it" {
    check() {
        SECONDS=0
        run guard "$1" 'exit 0' '' 0 < <(held_open '')
        assert_equal "$status" 0
        [ "$SECONDS" -lt 15 ] || fail "it waited ${SECONDS} s"
        none_left 'guard exit 0'
    }
    in_each_shell
}

@test "a watcher that has hardly begun is ended too, without a word" {
    # So many quick ends that a lost signal shows: on a busy machine one in thirty was, in busybox.
    check() {
        local round input=$BATS_TEST_TMPDIR/input
        [ -p "$input" ] || mkfifo "$input"
        exec 8<>"$input"
        exec 9<"$input"
        for ((round = 0; round < 100; ++round)); do
            guard "$1" 'exit 0; : quick' '' 0 <&9 8<&- 9<&- >>"$BATS_TEST_TMPDIR/said" 2>&1
        done
        assert_equal "$(<"$BATS_TEST_TMPDIR/said")" ''
        none_left 'guard exit 0; : quick'
        exec 8<&- 9<&-
    }
    in_each_shell
}
