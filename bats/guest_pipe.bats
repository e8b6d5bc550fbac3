#!/usr/bin/env bats
# The pipe as a workflow: the stand-in node for the machine, a real sshd for the guest in it.
# SPDX-License-Identifier: GPL-3.0-or-later
load helper
load guest

setup() {
    needs_guest
    # The stand-in's machines have addresses that lead nowhere: to ssh they are the guest.
    make_guest '198.18.*'
    guest_can_install
    guest_behaves docker 'echo 27.3.1'
    guest_behaves tailscale '[ "$1" != ip ] || echo 100.64.0.7'
    export HOME=$BATS_TEST_TMPDIR XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    start_node --vms 2 --plain --agent-delay-ms 300 --address-delay-ms 200
}
teardown() {
    stop_machine
    stop_node
}

# A machine as the issue's pipe makes one, running with its guest.
start_machine() {
    run_line 'echo web-01 | proxmox_vm.create | proxmox_vm.start'
    assert_status 0
    start_guest
}

@test "from a name to docker on its own installed system, in one pipe" {
    follow_node
    run_line "set -o pipefail
        echo '{\"vm_name\":\"web-01\",\"vm_memory\":2048}' | proxmox_vm.create |
        proxmox_vm.start | guest.wait_ip | guest.wait_ssh | alpine.install |
        proxmox_vm.set_boot_order --order scsi0,net0 | proxmox_vm.stop_force |
        proxmox_vm.start | guest.wait_ip | guest.wait_ssh | docker.install"
    assert_status 0
    assert_equal "$(jq -c '[.vm_id, .vm_name, .vm_ip, .docker_version]' <<<"$output")" \
        '["102","web-01","198.18.0.102","27.3.1"]'
    # The network first, then the disk: two starts, and the order changed before the second.
    assert_equal "$(jq -r 'select(.method != "GET") | "\(.method) \(.path)"' "$node_log" |
        sed 's|.*/qemu||; s|^/102||')" "
/status/start
/config
/status/stop
/status/start"
    # The system on the disk speaks with keys of its own, and is known by them.
    cmp "$guest/mnt/etc/ssh/ssh_host_ed25519_key" "$guest/etc/ssh/ssh_host_ed25519_key"
    assert_equal "$(cat "$guest/guest/mounts")" ''
    assert_equal "$(guest_commands | tail -1)" 'docker version --format \{\{.Server.Version\}\}'
}

@test "a record that is carried all the way keeps its keys and the time of every stage" {
    follow_node
    run_line "set -o pipefail
        echo '{\"vm_name\":\"web-01\",\"role\":\"web\"}' | proxmox_vm.create |
        proxmox_vm.start --carry | guest.wait_ip | guest.wait_ssh --device /dev/sda |
        alpine.install | proxmox_vm.set_boot_order --order scsi0,net0 |
        proxmox_vm.stop_force --carry | proxmox_vm.start --carry | guest.wait_ip |
        guest.wait_ssh | docker.install"
    assert_status 0
    assert_equal "$(jq -c '[.vm_id, .vm_ip, .role, .vm_os, .docker_version]' <<<"$output")" \
        '[102,"198.18.0.102","web","alpine","27.3.1"]'
    assert_equal "$(jq -r '.timings | keys | join(" ")' <<<"$output")" \
        "$(printf '%s ' alpine_install docker_install guest_wait_ip{,_2} guest_wait_ssh{,_2} \
            vm_create vm_set_boot_order vm_start{,_2})vm_stop_force"
}

@test "examples/create-stateful-vm.sh makes a machine that runs from its own disk" {
    follow_node
    cd "$BATS_TEST_TMPDIR"
    run_line "'$root/examples/create-stateful-vm.sh' web-09 1024"
    assert_status 0
    assert_equal "$(jq -c '[.vm_name,.vm_memory,.vm_status,.vm_os,.vm_boot_order,.ssh_ready]' \
        <<<"$output")" '["web-09",1024,"running","alpine","order=scsi0;net0",true]'
    assert_equal "$(jq -r .journal web-09.journal | tr '\n' ' ')" 'begins done '
}

@test "examples/setup-docker.sh and examples/setup-tailscale.sh do what they say" {
    echo tskey >"$BATS_TEST_TMPDIR/key"
    start_machine
    run_line "'$root/examples/setup-docker.sh' 102"
    assert_status 0
    assert_equal "$(jq -r .docker_version <<<"$output")" 27.3.1
    run_line "'$root/examples/setup-tailscale.sh' '$BATS_TEST_TMPDIR/key' 102"
    assert_status 0
    assert_equal "$(jq -r .tailscale_ip <<<"$output")" 100.64.0.7
}

@test "a machine that fails in the middle of the pipe does not stop the others" {
    start_machine
    run_line "printf '{\"vm_id\":%d}\n' 101 102 | proxmox_vm.start --carry | guest.wait_ip |
        guest.wait_ssh | docker.install"
    assert_contains "$stderr" 'vm-101 vm_id 101: no address: its configuration has no guest agent'
    assert_equal "$(jq -r .vm_id <<<"$output")" 102
}
