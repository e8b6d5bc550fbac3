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
    run_tool 'guest.run -- \
        sh -c "printf \"[%s]\" \"\$@\"; echo oops >&2; exit 7" x "a b" "\$(id)" "'"'"'"'
    assert_status 1
    assert_equal "$(field .run_status)" 7
    assert_equal "$(field .run_output)" "[a b][\$(id)][']"
    assert_equal "$(field .run_errors)" oops
}

@test "upload puts a file there, all of it, with its mode" {
    start_guest
    head -c 300000 /dev/urandom >"$BATS_TEST_TMPDIR/data"
    run_tool "guest.upload --mode 0640 $BATS_TEST_TMPDIR/data '/tmp/some file'"
    assert_status 0
    cmp "$BATS_TEST_TMPDIR/data" "$guest/tmp/some file"
    assert_equal "$(stat -c %a "$guest/tmp/some file")" 640
}

@test "alpine.install does every step in order, and leaves nothing mounted" {
    guest_can_install
    add_disk sda3
    echo 's3cret word' >"$BATS_TEST_TMPDIR/password"
    start_guest
    run_tool "alpine.install --password-file $BATS_TEST_TMPDIR/password"
    assert_status 0
    assert_equal "$(guest_commands)" 'chpasswd < root:s3cret\ word
setup-alpine -e -f /tmp/range42-answers
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

@test "alpine.install names the partitions of any disk as the kernel does" {
    local disk part
    for disk in nvme0n1:nvme0n1p vda:vda; do
        part=${disk#*:}
        disk=${disk%:*}
        rm -rf "$guest_place" "$BATS_TEST_TMPDIR/config"
        make_guest
        guest_can_install
        add_disk "$disk"
        add_disk "${part}3"
        start_guest
        run_tool "alpine.install --disk /dev/$disk"
        assert_status 0
        assert_equal "$(guest_commands | grep '^mount /dev')" "mount /dev/${part}3 /mnt
mount /dev/${part}1 /mnt/boot"
        stop_guest
    done
}

@test "alpine.install waits for the disk, and loads its drivers meanwhile" {
    guest_can_install
    rm "$guest/dev/sda"
    guest_behaves mdev 'echo >>/guest/count
        [ "$(wc -l </guest/count)" -lt 3 ] || mknod /dev/sda b 7 250'
    start_guest
    run_tool 'alpine.install'
    assert_status 0
    assert_equal "$(guest_commands | grep -c '^modprobe virtio_scsi$')" 3
    run_tool 'guest.wait_ssh --device /dev/sdz --device-timeout 1'
    assert_status 1
    assert_contains "$stderr" 'failed to find the disk (line 1: not yet after 1 s)'
    assert_contains "$stderr" 'the VM still runs'
}

@test "mirror, branch and name servers are the user's to choose" {
    guest_can_install
    start_guest
    run_tool 'alpine.install --mirror http://mirror.example/alpine --branch v3.22 \
        --dns "192.0.2.1 192.0.2.2"'
    assert_status 0
    assert_equal "$(cat "$guest/mnt/etc/apk/repositories")" 'http://mirror.example/alpine/v3.22/main
http://mirror.example/alpine/v3.22/community'
    grep -q '^DNSOPTS="192.0.2.1 192.0.2.2"$' "$guest/guest/answers"
}

@test "docker.install proves that the daemon answers" {
    guest_behaves docker 'echo >>/guest/count
        [ "$(wc -l </guest/count)" -ge 3 ] || exit 1; echo 27.3.1'
    mv "$guest/guest/bin/docker" "$guest/guest/docker"
    guest_behaves apk 'cp -P /guest/docker /guest/bin/docker'
    start_guest
    run_tool 'docker.install'
    assert_status 0
    assert_equal "$(field .docker_version)" 27.3.1
    assert_equal "$(guest_commands | head -4)" 'apk add docker
rc-update add docker default
rc-service docker start
docker version --format \{\{.Server.Version\}\}'
    guest_behaves docker 'exit 1'
    run_tool 'docker.install --daemon-timeout 1'
    assert_status 1
    assert_contains "$stderr" 'failed to reach the docker daemon'
}

@test "tailscale.install takes the key by stdin and tells the address" {
    echo tskey-auth-s3cret >"$BATS_TEST_TMPDIR/key"
    guest_behaves tailscale 'case $1 in
        up) cp "${2#--auth-key=file:}" /guest/key
            find /tmp /root /run -type f -newer /guest/commands.log >/guest/written ;;
        ip) echo 100.64.0.7 ;;
    esac'
    start_guest
    run_tool 'tailscale.install'
    assert_status 2
    run_tool "tailscale.install --auth-key-file $BATS_TEST_TMPDIR/key"
    assert_status 0
    assert_equal "$(field .tailscale_ip)" 100.64.0.7
    assert_equal "$(cat "$guest/guest/key")" tskey-auth-s3cret
    assert_equal "$(cat "$guest/guest/written")" ''
    refute_contains "$output$stderr$(guest_commands)" s3cret
}

@test "a line that lacks the address is told who gives it, and others go on" {
    start_guest
    run_line "printf '%s\n' '{\"vm_id\":1000}' '$web_01' '{\"vm_ip\":\"-oProxyCommand=x\"}' |
        guest.wait_ssh"
    assert_status 1
    assert_contains "$stderr" 'there is no vm_ip: guest.wait_ip or proxmox_vm.lookup gives it'
    assert_contains "$stderr" 'vm_ip is not a host'
    assert_equal "$(field .vm_id)" 100
}

@test "what is in a line cannot become a part of a command" {
    start_guest
    for bad in 'a;b' '$(id)' "a'b" 'a b' '-x' $'a\nb'; do
        bad_line=$(jq -nc --arg name "$bad" '{vm_ip: "127.0.0.1", vm_name: $name}')
        export bad_line
        run_line 'alpine.install <<<"$bad_line"'
        assert_status 1
        assert_contains "$stderr" 'vm_name is not a host name'
    done
    assert_equal "$(guest_commands)" ''
}

@test "the dry run shows each call of ssh and makes none" {
    run_tool 'alpine.install --dry-run'
    assert_status 0
    assert_equal "$(jq -r .stage <<<"$output")" 'find the disk
install Alpine
prepare the installed system'
    assert_equal "$(jq -r '.command[0]' <<<"$output" | sort -u)" ssh
}
