#!/usr/bin/env bats
# What an installed tool needs of the machine, and that its prefix can be moved.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

needed_by() { ldd "$1" | awk '{ print $1 }'; }

@test "no tool loads libcurl.so or what it brings" {
    grep -q 'curl/lib/libcurl\.a' "$build/build.ninja" || skip 'built with the system libcurl'
    run needed_by "$build/tools/proxmox_vm.list"
    [[ $output == *range42* && $output != *libcurl* && $output != *libnghttp2* ]]
    [ "${#lines[@]}" -le 10 ]
}

@test "an installed prefix works where it is moved to" {
    run_line "cd '$root' && ./dev install '$BATS_TEST_TMPDIR/first'"
    assert_status 0
    mv "$BATS_TEST_TMPDIR/first" "$BATS_TEST_TMPDIR/second"
    start_node
    run_line "'$BATS_TEST_TMPDIR/second/bin/proxmox_vm.list' ^web-01\$ | jq -r .vm_name"
    assert_status 0
    assert_equal "$output" web-01
    run ldd "$BATS_TEST_TMPDIR/second/bin/proxmox_vm.list"
    assert_matches "$output" "$BATS_TEST_TMPDIR/second/bin/../lib/.*/librange42"
}

@test "./dev explains its verbs, and refuses one it does not know" {
    run_line "'$root/dev' help"
    assert_status 0
    assert_contains "$output" 'install DIR'
    run_line "'$root/dev' no-such-verb"
    assert_status 2
    assert_contains "$stderr" no-such-verb
}
