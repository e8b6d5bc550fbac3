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

@test "alpine.install does every step in order, and leaves nothing mounted" {
    guest_can_install
    add_disk sda3
    echo 's3cret word' >"$BATS_TEST_TMPDIR/password"
    start_guest
    run_tool "alpine.install --password-file $BATS_TEST_TMPDIR/password"
    assert_status 0
    assert_equal "$(guest_commands)" 'setup-alpine -e -f /tmp/range42-answers
mount /dev/sda3 /mnt
mount /dev/sda1 /mnt/boot
mount --bind /proc /mnt/proc
mount --bind /dev /mnt/dev
mount --bind /sys /mnt/sys
chroot /mnt apk update
apk update
chroot /mnt apk add qemu-guest-agent
apk add qemu-guest-agent
chroot /mnt rc-update add qemu-guest-agent default
rc-update add qemu-guest-agent default
chroot /mnt chpasswd
chpasswd < root:s3cret\ word
umount /mnt/sys
umount /mnt/dev
umount /mnt/proc
umount /mnt/boot
umount /mnt'
    assert_equal "$(cat "$guest/guest/mounts")" ''
    [ ! -e "$guest/tmp/range42-answers" ]
    cmp "$guest/root/.ssh/authorized_keys" "$guest/mnt/root/.ssh/authorized_keys"
    assert_contains "$(cat "$guest/mnt/etc/apk/repositories")" $'main\nhttp://mirror/v3/community'
    grep -q '^HOSTNAMEOPTS="web-01"$' "$guest/guest/answers"
    grep -q '^DISKOPTS="-m sys /dev/sda"$' "$guest/guest/answers"
    grep -q '^ERASE_DISKS=/dev/sda$' "$guest/guest/answers"
    refute_contains "$output$stderr$(cat "$guest/guest/sshd.log")" s3cret
}

@test "after alpine.install the installed system's keys are the known ones" {
    guest_can_install
    start_guest
    run_tool 'alpine.install'
    assert_status 0
    stop_guest
    cp "$guest"/mnt/etc/ssh/ssh_host_ed25519_key* "$guest/etc/ssh/"
    start_guest
    run_tool 'guest.wait_ssh'
    assert_status 0
}
