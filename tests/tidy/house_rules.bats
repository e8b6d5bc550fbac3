#!/usr/bin/env bats
# Holds the tree to the house rules, and each rule to finding what it is there to find.
# SPDX-License-Identifier: GPL-3.0-or-later

rules=$BATS_TEST_DIRNAME/house_rules

obeys() { "$rules" "$1"; }

# A small tree that breaks no rule.
setup() {
    tree=$BATS_TEST_TMPDIR/tree
    mkdir -p "$tree"/{lib/base,lib/loop,lib/tool,vault,tools/vm}
    add lib/tool/tool.h '#pragma once'
    add lib/base/good.h '#pragma once'
    add lib/base/good.cc '#include "base/good.h"'
    add tools/vm/proxmox_vm.good.cc '#include "tool/tool.h"'
    echo "tools = ['proxmox_vm.good']" >"$tree/tools/meson.build"
}

# Adds file $1 with text $2 below a head that is in order.
add() {
    printf '// %s\n' 'Says what it is.' 'SPDX-License-Identifier: GPL-3.0-or-later' >"$tree/$1"
    printf '%b\n' "$2" >>"$tree/$1"
}

# The rule $1 finds nothing, but once file $2 with text $3 is there it names it (or $4).
finds() {
    "$rules" "$1" "$tree"
    add "$2" "$3"
    run "$rules" "$1" "$tree"
    rm "$tree/$2"
    [ "$status" -eq 1 ] && [[ $output == *"${4:-$2}"* ]]
}

@test "the root holds what belongs there" { obeys root_names; }
@test "every file begins with a sentence and the licence" { obeys opening_sentence; }
@test "no line is longer than 100 columns" { obeys line_width; }
@test "no tabs" { obeys no_tabs; }
@test "no file is longer than agreed without saying why" { obeys file_length; }
@test "includes point down" { obeys include_direction; }
@test "no include cycle" { obeys no_include_cycle; }
@test "no two headers share a name" { obeys one_header_a_name; }
@test "one file includes simdjson, one includes curl" { obeys one_includer; }
@test "the list of tools is the directory" { obeys tools_list; }
@test "one edge prints and exits" { obeys one_edge; }
@test "no empty words, nothing unfinished" { obeys plain_words; }
@test "no coroutine hides in a lambda that captures" { obeys no_capturing_coroutines; }
@test "what is awaited has a name" { obeys named_before_awaited; }
@test "no path or host of one machine" { obeys no_host_paths; }

@test "root_names finds what a command has left, and passes over what is built" {
    mkdir "$tree/build-asan" "$tree/stage"
    finds root_names started '' 'started: nothing for the root'
    finds root_names .hidden ''
    mkdir "$tree/output"
    run "$rules" root_names "$tree"
    [ "$status" -eq 1 ] && [ "$output" = 'output: nothing for the root' ]
}
@test "opening_sentence finds a file without a sentence, and one without a licence" {
    echo '#include <string>' >"$tree/lib/bare.h"
    run "$rules" opening_sentence "$tree"
    [ "$status" -eq 1 ] && [[ $output == 'lib/bare.h: no SPDX line'* ]]
    printf '// Says what it is.\n\n' >"$tree/lib/bare.h"
    run "$rules" opening_sentence "$tree"
    [ "$status" -eq 1 ] && [[ $output == 'lib/bare.h: no SPDX line'* ]]
    printf '// SPDX-License-Identifier: GPL-3.0-or-later\n' >"$tree/lib/bare.h"
    run "$rules" opening_sentence "$tree"
    [ "$status" -eq 1 ] && [[ $output == 'lib/bare.h: does not begin'* ]]
}
@test "line_width finds 101 columns" {
    finds line_width lib/wide.cc "// $(printf 'x%.0s' {1..98})" lib/wide.cc:3
}
@test "no_tabs finds a tab" { finds no_tabs lib/tab.cc '\tint x;'; }
@test "file_length finds a long tool, and believes a reason" {
    local lines reason='// Longer than usual: the table has one line a field\n'
    lines=$(printf '\\n%.0s' {1..40})
    finds file_length tools/long.cc "$lines"
    add tools/long.cc "$reason$lines"
    "$rules" file_length "$tree"
}
@test "include_direction finds a tool that looks inside" {
    finds include_direction tools/vm/nosy.cc '#include "loop/shift.h"'
    finds include_direction tools/vm/nosy.cc '#include "base/good.h"'
}
@test "include_direction finds a room that climbs, and one that looks up" {
    finds include_direction lib/base/up.cc '#include "../loop/shift.h"'
    finds include_direction lib/base/up.cc '#include "loop/shift.h"'
    finds include_direction lib/tool/up.cc '#include "loop/shift.h"'
}
@test "include_direction finds a room that nobody knows, and a file in none" {
    mkdir "$tree/lib/attic"
    finds include_direction lib/attic/new.cc '#include "base/good.h"' 'no room'
    finds include_direction lib/stray.cc '#include "base/good.h"' 'no room'
}
@test "include_direction finds a vault that knows the library, and who may not know the vault" {
    finds include_direction vault/nosy.cc '#include "tool/tool.h"'
    add vault/secret.h '#pragma once'
    finds include_direction lib/tool/nosy.cc '#include "secret.h"'
}
@test "no_include_cycle finds a cycle over two headers" {
    add lib/base/one.h '#include "base/two.h"'
    finds no_include_cycle lib/base/two.h '#include "base/one.h"' 'include cycle:'
}
@test "one_header_a_name finds a second" {
    finds one_header_a_name vault/good.h '#pragma once'
}
@test "one_includer finds a second file, and a header" {
    add lib/json.cc '#include <simdjson.h>'
    finds one_includer lib/second.cc '#include <simdjson.h>'
    finds one_includer lib/http.h '#include <curl/curl.h>'
}
@test "tools_list finds an unlisted tool and a listed ghost" {
    finds tools_list tools/vm/proxmox_vm.new.cc '#include "tool/tool.h"' proxmox_vm.new
    echo "tools = ['proxmox_vm.good', 'proxmox_vm.ghost']" >"$tree/tools/meson.build"
    run "$rules" tools_list "$tree"
    [ "$output" = 'tools has no file for proxmox_vm.ghost' ]
}
@test "one_edge finds a library that prints, and one that exits" {
    finds one_edge lib/loud.cc '    std::fprintf(stderr, "no");'
    finds one_edge vault/rash.cc '    std::exit(1);'
}
@test "plain_words finds an empty word and an unfinished place" {
    finds plain_words lib/vague.cc 'int ctx;'
    finds plain_words lib/later.cc '// TO''DO: later'
}
@test "no_host_paths finds a home directory" {
    finds no_host_paths lib/mine.cc "auto path = \"/ho""me/someone/x\";"
}
@test "no_capturing_coroutines finds one, and leaves those alone that capture nothing" {
    add lib/loop/fine.cc 'auto way = [](int& x) -> Way<int> { co_return x; };'
    finds no_capturing_coroutines lib/loop/trap.cc 'auto way = [&x]() -> Way<int> {};'
    finds no_capturing_coroutines lib/loop/trap.cc 'auto way = [this](Line& l) -> Way<void> {};'
}
@test "named_before_awaited finds braces and a choice, on one line and on two" {
    add lib/loop/fine.cc 'Failure f{.exit = e};\nco_await ends_by(f);\nif (co_await is_it(f)) {'
    finds named_before_awaited lib/loop/trap.cc '    co_await ends_by({.exit = e});'
    finds named_before_awaited lib/loop/trap.cc '    int x = co_await a(b,\n        a ? b : c);'
}
