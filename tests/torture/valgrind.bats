#!/usr/bin/env bats
# Each tool's happy path, and a lost reply, under valgrind: scripts/sanitize says how it is called.
# SPDX-License-Identifier: GPL-3.0-or-later

load ../../bats/helper

setup() {
    [ -n "${VALGRIND:-}" ] || skip 'part of ./dev sanitize'
    # The book of ids and the known keys of a test are its own.
    export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
}

# Runs a tool on lines under valgrind, which has a status of its own for what it finds. The tool's
# is not asked for: it has limits of time that valgrind may well use up.
watched() {
    run_line "$VALGRIND $build/tools/$1 <<<'$2'"
    [ "$status" -ne 99 ] || fail "$1: $stderr"
}

@test "happy paths: no invalid access, nothing undefined, nothing lost" {
    start_node --vms 4 --plain --task-ms 5
    local snapshot='{"vm_id":100,"vm_snapshot_name":"clean"}' tool
    watched proxmox_vm.list ''
    for tool in start pause resume stop start stop_force; do watched "proxmox_vm.$tool" 100; done
    for tool in create list revert delete; do
        watched "proxmox_snapshot_vm.${tool}_snapshot" "$snapshot"
    done
    watched proxmox_vm.list_vm_and_extract_vm_name 100
    watched proxmox_vm.delete 100
    watched proxmox_api.reachable ''
}

@test "the tools of the factory are as clean, and a rollback is" {
    start_node --vms 4 --plain --task-ms 5
    watched 'proxmox_vm.create --storage local --journal "$BATS_TEST_TMPDIR/journal"' web-01
    watched proxmox_vm.clone 100
    watched proxmox_vm.set_config '{"vm_id":101,"vm_config":{"cores":2}}'
    watched proxmox_vm.lookup vm-101
    watched proxmox_vm.sync ''
    watched proxmox_template.promote '{"vm_id":102,"template_recipe":{"os":"x"}}'
    watched range42-undo "$(cat "$BATS_TEST_TMPDIR/journal")"
    watched 'proxmox_vm.create --storage local --rollback' web-02
}

@test "a change, a creation and a setting whose replies are lost are as clean" {
    start_node --vms 4 --plain --task-ms 5 --fault 'cut=0 method=POST nth=1-2' \
        --fault 'reset method=PUT nth=1' --fault 'twice method=GET path=/current$'
    watched proxmox_vm.start 100
    watched 'proxmox_vm.create --storage local' web-01
    watched proxmox_vm.set_config '{"vm_id":101,"vm_config":{"cores":2}}'
}

@test "lost replies, refused lines and failed tasks are as clean" {
    start_node --vms 4 --plain --task-ms 5 --fault 'cut=half method=POST nth=1' \
        --fault 'replace="status":"OK"|"status":"no" path=/tasks$ nth=4-'
    watched proxmox_vm.start $'100\nnonsense\n101\n999'
}
