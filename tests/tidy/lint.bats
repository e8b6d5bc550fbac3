#!/usr/bin/env bats
# Holds the linters' groups to what clang-tidy says of each file alone.
# SPDX-License-Identifier: GPL-3.0-or-later

setup() {
    command -v clang-tidy-19 >/dev/null || skip 'clang-tidy-19 is not installed'
    tree=$BATS_TEST_TMPDIR/tree
    mkdir -p "$tree"/{lib,build}
    cp "$BATS_TEST_DIRNAME/../../.clang-tidy" "$tree/"
    sound first 'int first() { return 1; }'
    sound second 'int second() { return 2; }'
    sound third 'int main() { return 3; }'
    sound fourth 'int main(int count, char**) { return count; }'
}

# Adds file lib/$1.cc with text $2, and how it is compiled.
sound() {
    local file="$tree/lib/$1.cc"
    printf '%s\n' "$2" >"$file"
    jq -n '[inputs]' < <(for file in "$tree"/lib/*.cc; do
        jq -n --arg file "$file" --arg directory "$tree/build" \
            '{$file, $directory, command: "c++ -std=c++23 -c \($file)"}'
    done) >"$tree/build/compile_commands.json"
}

format() { run "$BATS_TEST_DIRNAME/lint" clang-format "$tree"; }
lint() { BUILD_DIR=$tree/build run "$BATS_TEST_DIRNAME/lint" clang-tidy "$tree"; }

# How often clang-tidy was called for a group.
groups_read() { find "$tree/build/clang-tidy" -name group.cc | wc -l; }

@test "files that can be one are read at once, two main functions among them" {
    lint
    [ "$status" -eq 0 ]
    [ "$(grep -c '^ok' <<<"$output")" -eq 4 ]
    [ "$(groups_read)" -eq 1 ]
}

@test "a breach in the middle of a group is found, and told of its file alone" {
    local name
    # One that looks at the flow, one at a type, one at the length.
    declare -A breaches=(
        [moved]=$'#include <string>\n#include <utility>\nstd::string take(std::string a) {
    std::string b = std::move(a);\n    return a + b;\n}'
        [explicit]=$'struct Number {\n    Number(int value);\n};'
        [long]="int count(int n) {$(printf '\n    n += %d;' {1..60})"$'\n    return n;\n}'
    )
    for name in "${!breaches[@]}"; do
        sound middle "${breaches[$name]}"
        lint
        [ "$status" -eq 1 ]
        [ "$(grep -c '^ok' <<<"$output")" -eq 4 ]
        [ "$(grep -c '^not ok' <<<"$output")" -eq 1 ]
        [[ $output == *'clang-tidy lib/middle.cc'*'# '*'middle.cc:'*'error:'* ]]
    done
}

@test "a breach in a header of the library is found" {
    echo 'struct Number { Number(int value); };' >"$tree/lib/number.h"
    sound second $'#include "number.h"\nint second() { return 2; }'
    lint
    [ "$status" -eq 1 ]
    [[ $output == *'not ok'*'lib/second.cc'*'number.h:1:17: error:'* ]]
}

@test "files that cannot be one are judged all the same" {
    sound same_a $'namespace {\n    struct Same {};\n}\nSame a();'
    sound same_b $'namespace {\n    struct Same {};\n}\nSame b();'
    lint
    [ "$status" -eq 0 ]
    [ "$(grep -c '^ok' <<<"$output")" -eq 6 ]
    [ "$(groups_read)" -gt 1 ]
}

@test "what has passed is not read again, what has changed is" {
    lint
    rm -r "$tree"/build/clang-tidy/group-*
    lint
    [ "$status" -eq 0 ]
    [ "$(groups_read)" -eq 0 ]
    sound second 'struct Number { Number(int value); };'
    lint
    [ "$status" -eq 1 ]
    [[ $output == *'not ok'*'lib/second.cc'* ]]
}

@test "clang-format tells of the one file that is laid out otherwise" {
    command -v clang-format-14 >/dev/null || skip 'clang-format-14 is not installed'
    cp "$BATS_TEST_DIRNAME/../../.clang-format" "$tree/"
    format
    [ "$status" -eq 0 ]
    [ "$(grep -c '^ok' <<<"$output")" -eq 4 ]
    sound third 'int main( ) { return 3; }'
    format
    [ "$status" -eq 1 ]
    [ "$(grep -c '^ok' <<<"$output")" -eq 3 ]
    [[ $output == *'not ok'*'lib/third.cc'* ]]
}
