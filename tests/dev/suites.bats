#!/usr/bin/env bats
# Holds scripts/test to stopping what hangs and to judging a home of the suites' own, in a tree of
# its own whose suites are lines of bash.
# SPDX-License-Identifier: GPL-3.0-or-later

bats_require_minimum_version 1.5.0

setup() {
    tree=$BATS_TEST_TMPDIR/tree
    mkdir -p "$tree"/{scripts,stand-ins,build,bats,tests} "$BATS_TEST_TMPDIR/home"
    cp "$BATS_TEST_DIRNAME"/../../scripts/{test,limit} "$tree/scripts/"
    export PATH=$tree/stand-ins:$PATH HOME=$BATS_TEST_TMPDIR/home XDG_CONFIG_HOME=
    unset "${!XDG_@}" GIT_CONFIG_GLOBAL
    printf '#!/bin/sh\necho 1..1\necho ok 1 nothing\n' |
        tee "$tree/scripts/find-token" >"$tree/scripts/watch-processes"
    printf '#!/bin/sh\ncat "%s"\n' "$tree/suites" >"$tree/stand-ins/meson"
    chmod +x "$tree"/scripts/* "$tree"/stand-ins/*
    export passes='printf "[ RUN      ] a.b\n[       OK ] a.b (0 ms)\n"'
}

# Runs one suite, named word, that is line $1 and passes its case.
run_suite() {
    jq -n --arg line "$1; $passes" '[{name: "word", cmd: ["bash", "-c", $line]}]' >"$tree/suites"
    run timeout 100 "$tree/scripts/test" '^unit/word$' 3>&-
}

@test "a suite that passes passes" {
    run_suite true
    [ "$status" -eq 0 ]
    [[ $output == *'4 passed, 0 failed'* ]]
}

@test "a suite that waits longer than its processor time may be is not stopped" {
    sed -i 's/suite_work_limit_s=[0-9]*/suite_work_limit_s=1/' "$tree/scripts/test"
    run_suite 'sleep 3'
    [ "$status" -eq 0 ]
}

@test "a suite that works too long is stopped, and so is one that hangs" {
    sed -i 's/suite_work_limit_s=[0-9]*/suite_work_limit_s=1/' "$tree/scripts/test"
    run_suite 'while :; do :; done'
    [ "$status" -ne 0 ]
    [[ $output == *'FAILED  unit/word'*"stopped after 1 s of the processor's time"* ]]
    sed -i 's/suite_idle_limit_s=[0-9]*/suite_idle_limit_s=2/' "$tree/scripts/test"
    run_suite 'sleep 50'
    [ "$status" -ne 0 ]
    [[ $output == *'FAILED  unit/word'*'it used no processor for 2 s'* ]]
}

@test "what somebody does at home meanwhile is no breach of the tests" {
    run_suite "mkdir -p '$HOME/.config/range42'; touch '$HOME/.config/range42/known_proxmox'"
    [ "$status" -eq 0 ]
    [[ $output == *'ok      home/untouched'* ]]
}

@test "a suite that writes to its user's home fails the run" {
    for place in .config .local/state .cache; do
        # shellcheck disable=SC2016 # the suite's home
        run_suite 'mkdir -p "$HOME/'"$place"'/range42"; echo "$HOME" >&2'
        [ "$status" -ne 0 ]
        [[ $output == *'FAILED  home/untouched'*"build/test-home/$place/range42"* ]]
    done
    [ -z "$(find "$HOME" -mindepth 1)" ]
}

@test "ccache and git find in that home's stead what they know of their user" {
    command -v ccache >/dev/null || skip 'ccache is not installed'
    export CCACHE_DIR=$BATS_TEST_TMPDIR/ccache
    git config --file "$HOME/.gitconfig" user.name somebody
    printf '%s\n' '[ "$HOME" = "$1/build/test-home" ] &&' \
        '[ "$(git config user.name)" = somebody ] &&' \
        '[ "$(ccache --get-config cache_dir)" = "$CCACHE_DIR" ]' >"$tree/look"
    run_suite "bash '$tree/look' '$tree' || exit"
    [ "$status" -eq 0 ]
}
