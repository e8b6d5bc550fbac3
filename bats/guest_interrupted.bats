#!/usr/bin/env bats
# An installation cut short at every step: nothing stays mounted, nothing stays behind.
# SPDX-License-Identifier: GPL-3.0-or-later
load helper
load guest

setup() {
    needs_guest
    make_guest
    guest_can_install
    echo secret >"$BATS_TEST_TMPDIR/password"
    mounting=$(cat "$guest/guest/behaviour/mount")
}
teardown() { stop_guest; }

readonly web_01='{"vm_ip":"127.0.0.1","vm_id":100,"vm_name":"web-01"}'
# Each command of the installation at which it is cut: its name and which of its calls.
readonly steps='chpasswd:1 setup-alpine:1 mount:1 mount:4 chroot:1 apk:2 rc-update:1 chpasswd:2'

# Lets an installation run into the step $1 and hang there; $tool is its process.
begin_installation() {
    local before=
    rm -f "$guest"/guest/behaviour/{chroot,apk,rc-update,chpasswd,setup-alpine}
    guest_behaves mount "$mounting"
    if [ "${1%:*}" = mount ]; then before=$mounting; fi
    begin_step "$1" "$before" alpine.install --password-file "$BATS_TEST_TMPDIR/password"
}

# Lets the tool $3... run into its guest's command $1, which then hangs after $2.
begin_step() {
    guest_hangs_in "${1%:*}" "${1#*:}" "$2"
    "${@:3}" <<<"$web_01" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
    tool=$!
    await '[ -e "$guest/guest/reached" ]'
}

# Interrupts $tool, and looks at what is left.
interrupt_step() {
    local status=0
    kill "-$1" "$tool"
    wait "$tool" || status=$?
    assert_equal "$status" $((128 + $(kill -l "$1")))
    guest_is_tidy || fail "$(cat "$guest/guest/mounts"; ls "$guest/tmp")"
    assert_contains "$(cat "$BATS_TEST_TMPDIR/err")" 'undo what it had begun'
    assert_no_connection_left
}

# What the run kept for itself is gone, and no background ssh is left of it.
assert_no_connection_left() {
    assert_equal "$(find "$XDG_RUNTIME_DIR" -mindepth 1)" ''
    run pgrep -f "$XDG_RUNTIME_DIR/range42-ssh-"
    assert_equal "$output" ''
}

@test "an interruption at any step is passed on, and undone in the guest before the tool ends" {
    local step signal=INT
    start_guest
    for step in $steps; do
        begin_installation "$step"
        # bash lets its background children ignore INT; TERM takes turns with HUP here.
        if [ "$signal" = TERM ]; then signal=HUP; else signal=TERM; fi
        interrupt_step "$signal"
    done
}

@test "docker.install and tailscale.install, interrupted at any of their steps" {
    echo tskey >"$BATS_TEST_TMPDIR/key"
    start_guest
    mv "$guest/guest/bin/docker" "$guest/guest/bin/tailscale" "$guest/guest/"
    local step
    for step in apk:1 rc-update:1 rc-service:1; do
        rm -f "$guest"/guest/behaviour/{apk,rc-update,rc-service}
        begin_step "$step" '' docker.install
        interrupt_step TERM
        begin_step "$step" '' tailscale.install --auth-key-file "$BATS_TEST_TMPDIR/key"
        interrupt_step HUP
    done
    mv "$guest/guest/docker" "$guest/guest/tailscale" "$guest/guest/bin/"
    rm -f "$guest"/guest/behaviour/{apk,rc-update,rc-service}
    begin_step docker:1 '' docker.install
    interrupt_step TERM
    # "up" holds the key in a file, which must not stay; then the address is asked for.
    for step in tailscale:1 tailscale:2; do
        rm -f "$guest/guest/behaviour/tailscale"
        begin_step "$step" '' tailscale.install --auth-key-file "$BATS_TEST_TMPDIR/key"
        interrupt_step TERM
    done
}

@test "guest.run, interrupted, ends the program with all that it has started" {
    start_guest
    begin_step apk:1 '' guest.run -- sh -c 'apk add x; sleep 1'
    interrupt_step TERM
}

@test "guest.upload, interrupted, is not finished behind the user's back, and leaves no part" {
    local status=0
    truncate -s 1G "$BATS_TEST_TMPDIR/data"
    start_guest
    guest.upload "$BATS_TEST_TMPDIR/data" /tmp/range42-data <<<"$web_01" 3>&- 2>/dev/null &
    local upload=$!
    await '[ -n "$(find "$guest/tmp" -name "range42-data.*" -size +1M)" ]'
    kill -TERM "$upload"
    wait "$upload" || status=$?
    assert_equal "$status" 143
    await guest_is_tidy
    assert_no_connection_left
}

@test "killed at any step, the guest notices and undoes what was begun" {
    local step
    start_guest
    for step in $steps; do
        begin_installation "$step"
        kill -KILL "$tool"
        wait "$tool" || true
        await guest_is_tidy
    done
    # The next run tidies up what the killed ones could not, their connections among it.
    run_line "echo '$web_01' | guest.wait_ssh"
    assert_status 0
    assert_no_connection_left
}

@test "a connection cut at any step is told as such, and undone in the guest" {
    local step status
    start_guest
    for step in $steps; do
        begin_installation "$step"
        cut_connections
        status=0
        wait "$tool" || status=$?
        assert_equal "$status" 3
        assert_contains "$(cat "$BATS_TEST_TMPDIR/err")" 'connection lost while it was to'
        await guest_is_tidy
        assert_no_connection_left
    done
}

@test "a command that hangs is stopped at its deadline, and undone" {
    start_guest
    guest_hangs_in apk 1
    run_line "echo '$web_01' | alpine.install --install-timeout 1"
    assert_status 1
    assert_contains "$stderr" 'prepare the installed system (line 1: not done after 1 s, stopped'
    assert_contains "$stderr" 'the VM still runs'
    guest_is_tidy
    assert_no_connection_left
}

@test "an umount that fails is tried again, and told" {
    start_guest
    guest_behaves umount '[ "${*: -1}" != /mnt/boot ] ||
        { echo /mnt/boot >>/guest/mounts; exit 1; }'
    run_line "echo '$web_01' | alpine.install"
    assert_status 1
    assert_contains "$stderr" 'the cleanup failed'
    assert_equal "$(cat "$guest/guest/mounts")" /mnt/boot
}
