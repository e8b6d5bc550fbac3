#!/usr/bin/env bats
# What the tools tell of themselves: help, manual, completion and README, all from their Actions.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper
load terminal

readonly screen_lines=24 screen_columns=80

tools() { sed -n "s/^ *'\(.*\)',\$/\1/p" "$root/tools/meson.build"; }

teardown() {
    close_terminal
    stop_node
}

@test "every --help fits a screen and ends with an example" {
    local tool
    for tool in $(tools); do
        run_line "'$tool' --help"
        assert_status 0
        [ "$(wc -l <<<"$output")" -le $screen_lines ] || fail "$tool --help is too long"
        [ "$(wc -L <<<"$output")" -le $screen_columns ] || fail "$tool --help is too wide"
        assert_contains "$(tail -n 2 <<<"$output")" $'Example:\n  '
        assert_contains "$(tail -n 1 <<<"$output")" "$tool"
    done
}

@test "the example of every --help is a command that its tool understands" {
    local tool example
    for tool in $(tools); do
        start_node
        example=$("$tool" --help | tail -n 1)
        # Loopback is the only network that tests use.
        run_line "${example/192.168.1.100:8006/127.0.0.1:$node_port}"
        [[ $status -le 1 ]] || fail "$tool: the example ended with $status: $stderr"
        stop_node
    done
}

@test "every manual page is sound and knows every option that --help knows" {
    local tool option
    for tool in $(tools); do
        run mandoc -T lint -W warning "$build/doc/$tool.1"
        assert_equal "$output" ''
        for option in $("$tool" --help | grep -oE '^  --[a-z-]+'); do
            grep -qF "\\fB${option//-/\\-}\\fR" "$build/doc/$tool.1" || fail "$tool.1 lacks $option"
        done
    done
}

@test "range42-fastpath(7) is sound and lists every tool and exit status" {
    local word
    run mandoc -T lint -W warning "$build/doc/range42-fastpath.7"
    assert_equal "$output" ''
    run cat "$build/doc/range42-fastpath.7"
    for word in $(tools) 0 1 2 3 4 5 6 74; do
        grep -qxF ".B ${word//-/\\-}" <<<"$output" || fail "$word is missing"
    done
}

@test "the README's table is what the tools say of themselves" {
    run_line "'$root/scripts/readme' --check"
    assert_status 0
}

@test "an unknown option is refused with the nearest one, before anything is read" {
    start_node
    run_line 'echo 100 | { proxmox_vm.start --job 2; cat; }'
    assert_equal "$output" 100
    assert_contains "$stderr" '--jobs'
    assert_equal "$(count_requests POST .)" 0
    run_line 'proxmox_vm.list --cluster --node px-testing'
    assert_status 2
    run_line 'proxmox_vm.list --describe nonsense'
    assert_status 2
}

@test "every tool is completed in bash and in zsh" {
    local tool
    for tool in $(tools); do
        bash -c "source '$build/doc/range42-fastpath'; complete -p '$tool'" >/dev/null
        head -n 1 "$build/doc/_range42-fastpath" | tr ' ' '\n' | grep -qxF "$tool" ||
            fail "zsh does not complete $tool"
    done
}

@test "bash completes options, and on the second Tab names from the node" {
    start_node --nodes px-testing,px-empty
    open_terminal 100 env PATH="$PATH" PS1='$ ' bash --norc --noprofile
    type_keys "source '$build/doc/range42-fastpath'; clear" Enter
    await_screen '^[$]'
    type_keys 'proxmox_vm.start --jo' Tab
    await_screen 'proxmox_vm.start --jobs'
    type_keys C-u 'proxmox_vm.list ' Tab
    assert_equal "$(count_requests GET .)" 0
    type_keys Tab
    await_screen 'web-01'
    type_keys C-u 'proxmox_vm.list web-' Tab Tab
    await_screen 'web-01'
    type_keys C-u C-l 'proxmox_vm.select 10' Tab Tab
    await_screen '^100 +101 '
    type_keys C-u C-l 'proxmox_vm.select @tag-r' Tab Tab
    await_screen '@tag-range42'
    type_keys C-u C-l 'proxmox_vm.list --node px-e' Tab Tab
    await_screen 'list --node px-empty'
    type_keys C-u C-l 'proxmox_vm.list | devkit.table vm_st' Tab
    await_screen 'devkit.table vm_status'
    type_keys C-u C-l 'proxmox_vm.start --progress al' Tab
    await_screen 'progress always'
}

@test "zsh completes options, and on the second Tab names from the node" {
    start_node --nodes px-testing,px-empty
    open_terminal 100 env PATH="$PATH" PS1='> ' zsh -f
    type_keys "fpath=('$build/doc' \$fpath); autoload -Uz compinit; compinit -u -D; clear" Enter
    await_screen '^>'
    type_keys 'proxmox_vm.start --jo' Tab
    await_screen 'proxmox_vm.start --jobs'
    type_keys C-u 'proxmox_vm.list ' Tab
    await_screen 'regular expression on vm_name'
    assert_equal "$(count_requests GET .)" 0
    type_keys Tab
    await_screen 'web-01'
    type_keys C-u C-l 'proxmox_vm.select 10' Tab
    await_screen 'a TERM'
    type_keys Tab
    await_screen '^100 +101 '
    type_keys C-u C-l 'proxmox_vm.list --node px-e' Tab
    await_screen 'a node to ask'
    type_keys Tab
    await_screen 'list --node px-empty'
    type_keys C-u C-l 'proxmox_vm.list | devkit.table vm_st' Tab
    await_screen 'devkit.table vm_status'
    type_keys C-u C-l 'proxmox_vm.start --results a' Tab
    await_screen 'results all'
}
