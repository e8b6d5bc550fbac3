#!/usr/bin/env bats
# guest.wait_ssh: the ladder to a login, and what is said of the rung that is missing.
# SPDX-License-Identifier: GPL-3.0-or-later
load helper
load guest

setup() {
    needs_guest
    make_guest
}
teardown() {
    [ -z "${front:-}" ] || kill "$front" 2>/dev/null || true
    stop_guest
}

readonly web_01='{"vm_ip":"127.0.0.1","vm_id":100,"vm_name":"web-01"}'

# Waits in the background; `ended` gives its status.
begin_waiting() {
    guest.wait_ssh <<<"$web_01" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
    waiting=$!
}
ended() {
    local status=0
    wait "$waiting" || status=$?
    [ "$status" -eq 0 ] || cat "$BATS_TEST_TMPDIR/err" >&2
    return "$status"
}

# Takes connections at the guest's port, and does with each what $1 says.
start_front() {
    python3 "$root/tests/guest/front" "$guest_port" "$@" >"$BATS_TEST_TMPDIR/front" 3>&- &
    front=$!
    await 'grep -qs ready "$BATS_TEST_TMPDIR/front"'
}

@test "sshd may come late" {
    begin_waiting
    sleep 1
    start_guest
    ended
}

@test "the banner may come late" {
    start_front silent
    begin_waiting
    await '[ "$(grep -c connection "$BATS_TEST_TMPDIR/front")" -ge 1 ]'
    kill "$front" && wait "$front" || true
    start_guest
    ended
}

@test "the login may be refused for a while" {
    mv "$guest/root/.ssh/authorized_keys" "$guest/root/.ssh/later"
    start_guest
    begin_waiting
    await 'grep -q "Connection closed by authenticating" "$guest/guest/sshd.log"'
    mv "$guest/root/.ssh/later" "$guest/root/.ssh/authorized_keys"
    ended
}

@test "without a port, the port is named" {
    run_line "echo '$web_01' | guest.wait_ssh --port-timeout 1"
    assert_status 6
    assert_contains "$stderr" 'web-01 vm_id 100 at 127.0.0.1: no open port after 1 s'
    assert_contains "$stderr" 'Connection refused'
    assert_contains "$stderr" 'does sshd run'
    assert_contains "$stderr" 'the VM still runs'
}

@test "without a banner, the banner is named" {
    start_front close
    run_line "echo '$web_01' | guest.wait_ssh --banner-timeout 1"
    assert_status 6
    assert_contains "$stderr" 'no ssh banner after 1 s'
}

@test "without a login, the login is named" {
    rm "$guest/root/.ssh/authorized_keys"
    start_guest
    run_line "echo '$web_01' | guest.wait_ssh --login-timeout 3"
    assert_status 6
    # On a slow machine one attempt takes longer than its limit is.
    assert_matches "$stderr" 'no login after [0-9]+ s'
    assert_contains "$stderr" 'Permission denied (publickey'
    assert_contains "$stderr" "is your key in the guest's authorized_keys"
}

@test "--timeout tops the rungs" {
    run_line "echo '$web_01' | guest.wait_ssh --timeout 1 --port-timeout 3600"
    assert_status 6
    assert_contains "$stderr" 'no open port after 1 s'
}

@test "another key than the known one is refused, and can be forgotten" {
    local named="${web_01%\}},\"vm_uuid\":\"5b0a7c2e-0000-4000-8000-000000000100\"}"
    start_guest
    run_line "echo '$named' | guest.wait_ssh"
    assert_status 0
    stop_guest
    rm "$guest"/etc/ssh/ssh_host_ed25519_key*
    ssh-keygen -q -t ed25519 -N '' -f "$guest/etc/ssh/ssh_host_ed25519_key"
    start_guest
    run_line "echo '$named' | guest.wait_ssh"
    assert_status 5
    assert_contains "$stderr" 'the guest is not the one that is known'
    assert_contains "$stderr" 'guest.wait_ssh --forget-key'
    run_line "echo '$named' | guest.wait_ssh --forget-key"
    assert_status 0
}

@test "the user's own configuration holds: who wants strict checking gets it" {
    printf '    StrictHostKeyChecking yes\n' >>"$RANGE42_SSH_CONFIG"
    start_guest
    run_line "echo '$web_01' | guest.wait_ssh"
    assert_status 5
}

@test "several machines at once, printed in the order of the lines" {
    start_guest
    run_line "printf '{\"vm_ip\":\"127.0.0.1\",\"vm_id\":%d}\n' 101 102 103 104 105 106 107 108 |
        guest.wait_ssh --jobs 8"
    assert_status 0
    assert_equal "$(jq -r .vm_id <<<"$output" | tr '\n' ' ')" '101 102 103 104 105 106 107 108 '
    # One connection for each machine, however many commands it took.
    assert_equal "$(grep -c 'Accepted publickey' "$guest/guest/sshd.log")" 8
}

@test "one machine that does not answer stops no other" {
    start_guest
    run_line "printf '%s\n' '{\"vm_ip\":\"127.0.0.1\",\"vm_ssh_port\":1,\"vm_id\":101}' '$web_01' |
        guest.wait_ssh --port-timeout 1"
    assert_status 6
    assert_equal "$(jq -r .vm_id <<<"$output")" 100
}

@test "an interruption ends the wait on any rung, and leaves no connection" {
    local rung status
    for rung in banner login; do
        if [ "$rung" = banner ]; then
            start_front silent
        else
            kill "$front" && wait "$front" || true
            rm "$guest/root/.ssh/authorized_keys"
            start_guest
        fi
        begin_waiting
        if [ "$rung" = banner ]; then
            await 'grep -q connection "$BATS_TEST_TMPDIR/front"'
        else
            await 'grep -q "Connection closed by authenticating" "$guest/guest/sshd.log"'
        fi
        kill -TERM "$waiting"
        status=0
        wait "$waiting" || status=$?
        assert_equal "$status" 143
        assert_contains "$(cat "$BATS_TEST_TMPDIR/err")" 'interrupted before the login'
        assert_equal "$(find "$XDG_RUNTIME_DIR" -mindepth 1)" ''
    done
}
