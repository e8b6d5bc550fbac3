#!/usr/bin/env bats
# Work inside machines, against a real sshd whose guest records what it is told.
# SPDX-License-Identifier: GPL-3.0-or-later
load helper
load guest

setup() {
    needs_guest
    make_guest
}
teardown() { stop_guest; }

readonly uuid=5b0a7c2e-0000-4000-8000-000000000100
web_01="{\"vm_ip\":\"127.0.0.1\",\"vm_id\":100,\"vm_name\":\"web-01\",\"vm_uuid\":\"$uuid\"}"

# The line with the port that its machine listens on.
run_tool() { run_line "echo '$web_01' | $1"; }

field() { jq -r "$1" <<<"$output"; }

@test "wait_ssh waits for the login and lets the record grow" {
    start_guest
    run_tool 'guest.wait_ssh'
    assert_status 0
    assert_equal "$(field '[.vm_ip, .vm_id, .vm_name, .ssh_ready] | @csv')" '"127.0.0.1",100,"web-01",true'
    [ "$(field '.timings.guest_wait_ssh > 0')" = true ]
}

@test "run gives back status, output and errors, and keeps arguments apart" {
    start_guest
    run_tool 'guest.run -- sh -c "printf \"[%s]\" \"\$@\"; echo oops >&2; exit 7" x "a b" "\$(id)" "'"'"'"'
    assert_status 1
    assert_equal "$(field .run_status)" 7
    assert_equal "$(field .run_output)" "[a b][\$(id)][']"
    assert_equal "$(field .run_errors)" oops
}

@test "upload puts a file there, all of it, with its mode" {
    start_guest
    head -c 300000 /dev/urandom >"$BATS_TEST_TMPDIR/data"
    run_tool "guest.upload --mode 0640 $BATS_TEST_TMPDIR/data '/root/some file'"
    assert_status 0
    cmp "$BATS_TEST_TMPDIR/data" "$guest/root/some file"
    assert_equal "$(stat -c %a "$guest/root/some file")" 640
}
