#!/usr/bin/env bats
# guest.wait_ip: the address of the machine's own card, polled for, and what is said without one.
# SPDX-License-Identifier: GPL-3.0-or-later
load helper
load background

# Two machines; the first has an agent in its configuration.
start_guests() {
    start_node "${own_token[@]}" --vms 4 --plain --running "$@"
    set_config 100 agent=1
    set_config 101 agent=enabled=1,fstrim_cloned_disks=1
}

set_config() {
    curl_api "/nodes/px-testing/qemu/$1/config" -fSo /dev/null -X PUT --data-urlencode "$2"
}

@test "the address is that of the machine's own card, and the record grows" {
    start_guests
    run_line "echo '{\"vm_id\":100,\"role\":\"web\"}' | guest.wait_ip"
    assert_status 0
    assert_equal "$(jq -c '[.vm_id, .vm_ip, .vm_mac, .vm_name, .role]' <<<"$output")" \
        '[100,"198.18.0.100","bc:24:11:00:00:64","vm-100","web"]'
    assert_equal "$(jq -r .vm_uuid <<<"$output")" 5b0a7c2e-0000-4000-8000-000000000100
    # The same answer twice, and no more than that.
    assert_equal "$(count_requests GET network-get-interfaces)" 2
}

@test "agent and address may come late; nothing is slept through" {
    start_guests --agent-delay-ms 1500 --address-delay-ms 1000
    run_line "echo 100 | guest.wait_ip"
    assert_status 0
    assert_equal "$(jq -r .vm_ip <<<"$output")" 198.18.0.100
    [ "$(count_requests GET network-get-interfaces)" -ge 4 ]
}

@test "without an agent in the configuration it fails at once, with the remedy" {
    start_guests
    run_line "printf '102\n100\n' | guest.wait_ip"
    assert_status 1
    assert_contains "$stderr" 'vm-102 vm_id 102: no address: its configuration has no guest agent'
    assert_contains "$stderr" 'proxmox_vm.set_config'
    assert_equal "$(jq -r .vm_id <<<"$output")" 100
    assert_equal "$(count_requests GET '102/agent')" 0
}

@test "the rung that is missing is named: agent, address" {
    start_guests --agent-delay-ms 3600000
    run_line 'echo 100 | guest.wait_ip --agent-timeout 1'
    assert_status 6
    assert_contains "$stderr" 'vm-100 vm_id 100: no guest agent after 1 s (line 1: QEMU guest agent'
    assert_contains "$stderr" 'the VM still runs'
    stop_node
    start_guests --address-delay-ms 3600000
    run_line 'echo 100 | guest.wait_ip --address-timeout 1'
    assert_status 6
    assert_contains "$stderr" 'no address after 1 s'
    assert_contains "$stderr" 'does a DHCP server answer'
}

@test "--timeout tops every rung, and ten machines wait at the same time" {
    start_guests --agent-delay-ms 3600000
    run_line "printf '100\n101\n' | guest.wait_ip --timeout 1 --jobs 2"
    assert_status 6
    assert_contains "$stderr" 'vm_id 100: no guest agent'
    assert_contains "$stderr" 'vm_id 101: no guest agent'
}

@test "family, network and card narrow the choice" {
    start_guests
    run_line 'echo 100 | guest.wait_ip --cidr 198.18.0.0/15 --family 4 --net 0'
    assert_status 0
    run_line 'echo 100 | guest.wait_ip --cidr 10.0.0.0/8 --address-timeout 1'
    assert_status 6
    run_line 'echo 100 | guest.wait_ip --net 1 --address-timeout 1'
    assert_status 6
    run_line 'echo 100 | guest.wait_ip --cidr 10.0.0.0/99'
    assert_status 2
}

@test "a machine that is off is told at once" {
    start_node --vms 1 --plain "${own_token[@]}"
    set_config 100 agent=1
    run_line 'echo 100 | guest.wait_ip'
    assert_status 1
    assert_contains "$stderr" 'VM 100 is not running'
    assert_contains "$stderr" 'proxmox_vm.start'
}

@test "an interruption ends the wait at once" {
    start_guests --agent-delay-ms 3600000
    start_tool <(echo 100) guest.wait_ip
    signal_after 1 GET network-get-interfaces TERM
    end_tool
    assert_status 143
    assert_contains "$stderr" 'interrupted while waiting for guest agent'
}
