#!/usr/bin/env bats
# What other tools do with their lines, the tools for guests do as well.
# SPDX-License-Identifier: GPL-3.0-or-later
load helper
load guest

setup() {
    needs_guest
    make_guest
}
teardown() {
    stop_guest
    stop_node
}

readonly web_01='{"vm_ip":"127.0.0.1","vm_id":100,"vm_name":"web-01"}'
readonly nobody='{"vm_ip":"127.0.0.1","vm_id":101,"vm_ssh_port":1}'

@test "--failed keeps the lines that failed, and they can be fed again" {
    start_guest
    run_line "printf '%s\n' '$nobody' '$web_01' |
        guest.wait_ssh --port-timeout 0 --failed '$BATS_TEST_TMPDIR/failed'"
    assert_status 6
    assert_equal "$(jq -r .vm_id <<<"$output")" 100
    assert_equal "$(jq -c '[.vm_id, .vm_ssh_port]' "$BATS_TEST_TMPDIR/failed")" '[101,1]'
    assert_contains "$(jq -r .error "$BATS_TEST_TMPDIR/failed")" 'no open port'
    # Its port is found to have been wrong.
    run_line "jq -c 'del(.vm_ssh_port)' '$BATS_TEST_TMPDIR/failed' | guest.wait_ssh"
    assert_status 0
    assert_equal "$(jq -r .vm_id <<<"$output")" 101
}

@test "--results all tells of every line whether it is ok, and no later step acts on a failure" {
    start_guest
    run_line "printf '%s\n' '$nobody' '$web_01' |
        guest.wait_ssh --port-timeout 0 --results all | guest.run --results all -- true"
    assert_equal "$(jq -r '"\(.vm_id) \(.ok)"' <<<"$output")" $'101 false\n100 true'
    # One login, or two where the second tool was not there yet when the first was done.
    [ "$(grep -c 'Accepted publickey' "$guest/guest/sshd.log")" -le 2 ]
    run_line "echo '$web_01' | guest.run --results all -- false"
    assert_status 1
    assert_equal "$(jq -c '[.ok, .run_status]' <<<"$output")" '[false,1]'
    assert_contains "$(jq -r .error <<<"$output")" 'ended with status 1'
    start_node --vms 1 --plain --running
    proxmox_vm.set_config --set agent=1 <<<100 >/dev/null
    run_line 'printf "100\n999\n" | guest.wait_ip --results all'
    assert_equal "$(jq -r '"\(.vm_id) \(.ok)"' <<<"$output")" $'100 true\n999 false'
}

@test "--progress shows what a guest is waited for" {
    needs_terminal
    local words
    words=$(script -qec "echo '$nobody' | guest.wait_ssh --port-timeout 3 --progress always" \
        /dev/null </dev/null || true)
    assert_contains "$words" 'open port'
}

@test "stdin of a program comes from a file, byte for byte" {
    start_guest
    head -c 46000 /dev/urandom >"$BATS_TEST_TMPDIR/bytes"
    run_line "echo '$web_01' | guest.run --input '$BATS_TEST_TMPDIR/bytes' -- sha256sum"
    assert_status 0
    assert_equal "$(jq -r .run_output <<<"$output")" \
        "$(sha256sum <"$BATS_TEST_TMPDIR/bytes")"
    # Who does not read it is not kept.
    run_line "echo '$web_01' | guest.run --input '$BATS_TEST_TMPDIR/bytes' -- true"
    assert_status 0
}

@test "alpine.install passes on a machine that came with a system, and says so" {
    run_line "echo '${web_01%\}},\"vm_installed\":true,\"role\":\"web\"}' | alpine.install"
    assert_status 0
    assert_contains "$stderr" 'web-01 vm_id 100 at 127.0.0.1: nothing to do, it came with that'
    assert_equal "$(jq -c '[.vm_installed, .role, .vm_os]' <<<"$output")" '[true,"web",null]'
    # One without a system is not passed on, and nobody answers here.
    run_line "echo '${web_01%\}},\"vm_installed\":false}' | alpine.install --timeout 1"
    assert_status 6
}

@test "pieces become one file, or nothing" {
    cd "$BATS_TEST_TMPDIR"
    printf one >a && printf two >b
    run sh "$root/guest/upload.sh" "$PWD/target" 6 0640 a b
    assert_equal "$status" 0
    assert_equal "$(cat target) $(stat -c %a target)" 'onetwo 640'
    [ ! -e a ] && [ ! -e b ]
    printf one >a
    run sh "$root/guest/upload.sh" "$PWD/other" 6 0640 a b
    [ "$status" -ne 0 ]
    [ ! -e other ] && [ ! -e a ]
    assert_equal "$(find . -name '*.range42-*')" ''
}
