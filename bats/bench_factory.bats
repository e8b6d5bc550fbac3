#!/usr/bin/env bats
# ./dev bench factory, in short: a row for each stage of the pipe, out of the records' own times.
# SPDX-License-Identifier: GPL-3.0-or-later
load helper
load guest

@test "each stage of the pipe has its median between its least and its most" {
    needs_guest
    run_line "'$root/bench/run' factory --runs 2 --results '$BATS_TEST_TMPDIR/results'"
    assert_status 0
    assert_contains "$output" 'factory: alpine_install'
    assert_equal "$(wc -l <"$BATS_TEST_TMPDIR/results/factory.jsonl")" 12
    jq -se 'all(.[]; .runs == 2 and .min > 0 and .min <= .value and .value <= .max) and
        (map(.name) | unique | length == 12)' "$BATS_TEST_TMPDIR/results/factory.jsonl"
    # No stage takes longer than the whole, which comes last.
    jq -se 'map(.max) | max == .[-1]' "$BATS_TEST_TMPDIR/results/factory.jsonl"
}

@test "no runs are no measurement" {
    run_line "'$root/bench/run' factory --runs 0"
    assert_status 2
}
