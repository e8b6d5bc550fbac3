#!/usr/bin/env bats
# --dry-run: every request is told, none is sent.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

@test "--dry-run prints the requests in their order and sends none" {
    start_node
    run_line 'printf "100\n101\n" | proxmox_vm.start --dry-run'
    assert_status 0
    assert_equal "$output" '{"method":"POST","path":"/nodes/px-testing/qemu/100/status/start"}
{"method":"GET","path":"/nodes/px-testing/qemu/100/status/current"}
{"method":"POST","path":"/nodes/px-testing/qemu/101/status/start"}
{"method":"GET","path":"/nodes/px-testing/qemu/101/status/current"}'
    assert_equal "$(wc -l <"$node_log")" 0
}

@test "--dry-run shows the form, and names in braces what only the node could tell" {
    start_node
    run_line "echo '{\"vm_id\":100,\"vm_snapshot_name\":\"clean\",\"proxmox_node\":\"other\"}' |
        proxmox_snapshot_vm.create_snapshot --dry-run | jq -c 'select(.method == \"POST\")'"
    assert_equal "$output" '{"form":{"snapname":"clean","description":"{vm_snapshot_description}"},"method":"POST","path":"/nodes/other/qemu/100/snapshot"}'
    run_line 'echo 100 | proxmox_snapshot_vm.create_snapshot --dry-run | jq -r .form.snapname'
    assert_equal "$output" $'null\n{vm_snapshot_name}'
    assert_equal "$(wc -l <"$node_log")" 0
}

@test "--dry-run refuses the lines that a run would refuse" {
    start_node
    run_line 'printf "100\n../1\n" | proxmox_vm.stop_force --dry-run'
    assert_status 1
    assert_contains "$stderr" 'line 2'
    assert_contains "$output" '/nodes/px-testing/qemu/100/status/stop'
    assert_equal "$(wc -l <<<"$output")" 2
    assert_equal "$(wc -l <"$node_log")" 0
}
