# Growing records: what a line brings is still there when the tool has added its own.
# SPDX-License-Identifier: GPL-3.0-or-later
load helper

@test 'a tool keeps its exact shape unless asked to carry' {
    start_node --vms 2 --plain
    run_line 'echo "{\"vm_id\":100,\"mine\":1}" | proxmox_vm.start'
    assert_status 0
    assert_equal "$(jq -cr 'keys | join(" ")' <<<"$output")" \
        'action proxmox_node source vm_id vm_name vm_status'
}

@test 'with --carry every key of the line comes out, byte for byte, in alphabetical order' {
    start_node --vms 2 --plain
    line='{"zebra":1.50e+02,"vm_id":100,"vm_status":"asleep","Über":{"b":[1,null,"é"],"a":-0}}'
    run_line "proxmox_vm.start --carry <<<'$line'"
    assert_status 0
    # Cut out as it stands: jq would print 0.060 as 0.06.
    timings=$(grep -o '{"vm_start":0\.[0-9]*}' <<<"$output")
    assert_equal "${output/"$timings"/T}" '{"action":"vm_start","proxmox_node":"px-testing","source":"proxmox-api","timings":T,"vm_id":100,"vm_name":"vm-100","vm_status":"running","zebra":1.50e+02,"Über":{"a":-0,"b":[1,null,"é"]}}'
}

@test 'each step adds its own time to those that are there' {
    start_node --vms 2 --plain
    run_line 'echo 100 | proxmox_vm.start --carry | proxmox_vm.stop_force --carry |
        proxmox_vm.start --carry'
    assert_status 0
    assert_equal "$(jq -cr '.timings | to_entries | map("\(.key) \(.value | type)") | join(" ")' \
        <<<"$output")" 'vm_start number vm_start_2 number vm_stop_force number'
    assert_matches "$output" '"vm_start":[0-9]+\.[0-9]{3}[,}]'
}

@test 'each row of a list carries the line that asked for it' {
    start_node --vms 1 --plain --snapshot clean
    run_line 'echo "{\"vm_id\":100,\"mine\":[7]}" | proxmox_snapshot_vm.list_snapshot --carry'
    assert_status 0
    assert_equal "$(jq -c .mine <<<"$output")" $'[7]\n[7]'
}

@test 'a line that lacks what the step needs says which key, and who gives it' {
    start_node --vms 1
    run_line 'echo "{\"vm_name\":\"web-01\"}" | proxmox_vm.start --carry'
    assert_status 1
    assert_contains "$stderr" \
        'there is no vm_id: proxmox_vm.list, proxmox_vm.create or proxmox_vm.lookup gives it'
    assert_equal "$(count_requests POST .)" 0
}

@test 'a tool that reads no lines has nothing to carry' {
    start_node --vms 1
    run_line 'proxmox_vm.list --carry'
    assert_status 2
    assert_contains "$stderr" 'unknown option --carry'
}

@test "a line of a plan grows in every tool without being asked, but under the devkit's names" {
    start_node "${own_token[@]}" --plain --vms 1 --task-ms 20
    local line='{"plan_kind":"machine","vm_id":100,"vm_ip":"10.0.0.5"}'
    run_line "echo '$line' | proxmox_vm.start | proxmox_vm.stop_force |
        jq -c '[.plan_kind, .vm_ip, .vm_status, (.timings | keys)]'"
    assert_equal "$output" '["machine","10.0.0.5","stopped",["vm_start","vm_stop_force"]]'
    run_line "echo '$line' | proxmox_vm.start --no-carry | jq -c 'keys'"
    refute_contains "$output" plan_kind
    run_line "echo '$line' |
        '$build/shims/proxmox_vm.vm_id.stop_force.to.jsons.sh' | jq -c 'keys'"
    refute_contains "$output" plan_kind
    run_line "echo '{\"vm_id\":100,\"vm_ip\":\"10.0.0.5\"}' | proxmox_vm.start | jq -c 'keys'"
    refute_contains "$output" vm_ip
}
