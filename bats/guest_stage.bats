#!/usr/bin/env bats
# The guest that other tests rely on: a real sshd, its own root, its commands recorded.
# SPDX-License-Identifier: GPL-3.0-or-later
load helper
load guest

setup() {
    needs_guest
    make_guest
}
teardown() { stop_guest; }

guest_ssh() {
    ssh -F "$RANGE42_SSH_CONFIG" -o BatchMode=yes -o StrictHostKeyChecking=accept-new 127.0.0.1 "$@"
}

@test "the guest takes our key, and records what it is told" {
    start_guest
    echo root:secret | guest_ssh 'chpasswd; setup-alpine -e -f "a b"'
    assert_equal "$(guest_commands)" $'chpasswd < root:secret\nsetup-alpine -e -f a\\ b'
    assert_contains "$(cat "$guest/guest/sshd.log")" 'Accepted publickey'
}

@test "the guest's root is its own" {
    start_guest
    guest_ssh 'echo mark >/etc/motd; echo $HOME; ls /'
    assert_equal "$(cat "$guest/etc/motd")" mark
    [ ! -e /guest ]
}

@test "mounts are remembered until they are undone" {
    start_guest
    guest_ssh 'mount /dev/sda3 /mnt; mount /dev/sda1 /mnt/boot; umount /mnt/boot'
    assert_equal "$(cat "$guest/guest/mounts")" /mnt
    guest_ssh 'umount /mnt'
    assert_equal "$(cat "$guest/guest/mounts")" ''
}

@test "a stopped guest leaves no process behind" {
    start_guest
    guest_ssh 'sleep 1000 >/dev/null 2>&1 & echo up'
    stop_guest
    run guest_ssh true
    assert_equal "$status" 255
}
