#!/usr/bin/env bats
# Holds the build to the compiler's defences, for every source of what is installed.
# SPDX-License-Identifier: GPL-3.0-or-later

bats_require_minimum_version 1.5.0

build=${BUILD_DIR:-$BATS_TEST_DIRNAME/../../build}
library=$build/librange42-fastpath.so

# The sources of library and tools that are compiled without the flag $1.
sources_without() {
    jq -r --arg flag "$1" '.[]
        | select(.file | test("(^|/)\\.\\./(lib|vault|tools)/|^guest/"))
        | select(.output | test("^(tests|tests/.*|libbeside-tools.*)/|^libbeside") | not)
        | select(.command | split(" ") | index($flag) | not)
        | .file' "$build/compile_commands.json"
}

@test "every source of what is installed has the compiler's defences" {
    [ "$(jq '[.[] | select(.file | test("^\\.\\./lib/"))] | length' \
        "$build/compile_commands.json")" -gt 100 ]
    local flag
    for flag in -fstack-protector-strong -fcf-protection -D_GLIBCXX_ASSERTIONS \
        -D_FORTIFY_SOURCE=3; do
        [ -z "$(sources_without "$flag")" ] || {
            echo "without $flag:"
            sources_without "$flag"
            return 1
        }
    done
}

@test "the library checks its indices and marks where jumps may lead" {
    local functions marked
    grep -q '__n < this->size()' "$library"
    # Only what nobody can jump to without its name is not marked.
    read -r functions marked < <(objdump -d --section=.text "$library" | awk '
        /^[0-9a-f]+ <_ZNK?7proxmox/ { getline; functions++; if (/endbr64/) marked++ }
        END { print functions, marked + 0 }')
    [ "$functions" -gt 500 ]
    [ "$marked" -gt $((functions / 2)) ]
}
