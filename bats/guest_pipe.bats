#!/usr/bin/env bats
# The pipe as a workflow: the stand-in node for the machine, a real sshd for the guest in it.
# SPDX-License-Identifier: GPL-3.0-or-later
load helper
load guest

readonly test_token='range42@pam!test=11111111-2222-3333-4444-555555555555'

setup() {
    needs_guest
    make_guest
    guest_can_install
    guest_behaves docker 'echo 27.3.1'
    guest_behaves tailscale '[ "$1" != ip ] || echo 100.64.0.7'
    # The stand-in's machines have addresses that lead nowhere: to ssh they are the guest.
    sed -i 's/^Host 127.0.0.1/Host 198.18.*\n    HostName 127.0.0.1/' "$RANGE42_SSH_CONFIG"
    start_node --vms 2 --plain --agent-delay-ms 300 --address-delay-ms 200 --token "$test_token"
    api PUT 100/config agent=1
}
teardown() {
    stop_guest
    stop_node
}

api() {
    curl -sSkf -X "$1" "https://127.0.0.1:$node_port/api2/json/nodes/px-testing/qemu/$2" \
        -H "Authorization: PVEAPIToken=$test_token" --data-urlencode "$3" >/dev/null
}

@test "from a machine that is off to docker on its installed system, in one pipe" {
    start_guest
    run_line "set -o pipefail
        echo '{\"vm_id\":100,\"role\":\"web\"}' | proxmox_vm.start --carry | guest.wait_ip |
        guest.wait_ssh --device /dev/sda | alpine.install | proxmox_vm.stop_force --carry |
        proxmox_vm.start --carry | guest.wait_ip | guest.wait_ssh | docker.install"
    assert_status 0
    assert_equal "$(jq -c '[.vm_id, .vm_ip, .role, .vm_os, .docker_version]' <<<"$output")" \
        '[100,"198.18.0.100","web","alpine","27.3.1"]'
    # Every stage has left its time, also those that were gone through twice.
    assert_equal "$(jq -r '.timings | keys | join(" ")' <<<"$output")" \
        "$(printf '%s ' alpine_install docker_install guest_wait_ip{,_2} guest_wait_ssh{,_2} \
            vm_start{,_2})vm_stop_force"
    assert_equal "$(cat "$guest/guest/mounts")" ''
}

@test "examples/setup-docker.sh and examples/setup-tailscale.sh do what they say" {
    echo tskey >"$BATS_TEST_TMPDIR/key"
    api POST 100/status/start ''
    start_guest
    run_line "'$root/examples/setup-docker.sh' 100"
    assert_status 0
    assert_equal "$(jq -r .docker_version <<<"$output")" 27.3.1
    run_line "'$root/examples/setup-tailscale.sh' '$BATS_TEST_TMPDIR/key' 100"
    assert_status 0
    assert_equal "$(jq -r .tailscale_ip <<<"$output")" 100.64.0.7
}

@test "a machine that fails in the middle of the pipe does not stop the others" {
    start_guest
    run_line "printf '{\"vm_id\":%d}\n' 101 100 | proxmox_vm.start --carry | guest.wait_ip |
        guest.wait_ssh | docker.install"
    assert_contains "$stderr" 'vm-101 vm_id 101: no address: its configuration has no guest agent'
    assert_equal "$(jq -r .vm_id <<<"$output")" 100
}
