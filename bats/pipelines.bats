#!/usr/bin/env bats
# The pipelines of the scenario scripts and of range42-context, run as they are written there.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

setup() {
    export PATH=$build/shims:/usr/bin:/bin
}

# The scripts sleep between VMs; that is all that is changed in them.
without_sleep() { run_line "sleep() { :; }; $1"; }

start_range() { start_node --vms 28 --task-ms 5 "$@"; }

@test "list 2>&1 | grep vm_id, then stop_force and delete everything" {
    start_range --plain
    seq 100 110 | proxmox_vm.vm_id.start.to.jsons.sh >/dev/null 2>&1
    without_sleep '
        VM_LIST_JSON=$(proxmox_vm.list.to.jsons.sh 2>&1 | grep "\"vm_id\":[0-9]")
        [ -z "$VM_LIST_JSON" ] && exit 1
        echo "$VM_LIST_JSON" | jq -c | proxmox_vm.vm_id.stop_force.to.jsons.sh >/dev/null
        echo "$VM_LIST_JSON" | jq -c | proxmox_vm.vm_id.delete.to.jsons.sh'
    assert_status 0
    assert_equal "$(jq -r .vm_status <<<"$output" | uniq -c | xargs)" '28 deleted'
}

@test "a list that fails gives no line to grep, whatever it says" {
    start_range
    export RANGE42_PROXMOX_API_TLS=pin:sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
    run_line 'proxmox_vm.list.to.jsons.sh 2>&1 | grep "\"vm_id\":[0-9]"'
    assert_status 1
    unset RANGE42_PROXMOX_API_TLS
    stop_node
    run_line 'proxmox_vm.list.to.jsons.sh 2>&1 | grep "\"vm_id\":[0-9]"'
    assert_status 1
}

@test "ids of a manifest select by ID_REGEX" {
    start_range
    without_sleep '
        ID_REGEX="108|109|110"
        proxmox_vm.list.to.jsons.sh | jq -c | grep -E "\"vm_id\":($ID_REGEX)([^0-9]|\$)" |
            proxmox_vm.vm_id.stop_force.to.jsons.sh'
    assert_equal "$(jq -r .vm_id <<<"$output" | xargs)" '108 109 110'
    without_sleep '
        proxmox_vm.list.to.jsons.sh | grep -vi "template-vm" | grep -vi "\"vm_template\":1" | wc -l'
    assert_equal "$output" 27
    without_sleep '
        proxmox_vm.list.to.jsons.sh | grep -vi template | grep -vi group |
            grep -iE "(admin-)|(testing-)" | jq -c "." | wc -l'
    assert_equal "$output" 0 # each line has the key vm_template: so it is on both of their paths
}

@test "snapshot without a name, revert without a name, start" {
    start_range
    without_sleep '
        echo '\''{"proxmox_node":"px-elsewhere","vm_id":100,"vm_snapshot_description":"base"}'\'' |
            proxmox_snapshot_vm.vm_id.create_snapshot.to.jsons.sh
        echo '\''{"proxmox_node":"px-elsewhere","vm_id":100 }'\'' |
            proxmox_snapshot_vm.vm_id.revert_snapshot.to.jsons.sh
        echo '\''{"proxmox_node":"px-elsewhere","vm_id":100 }'\'' |
            proxmox_vm.vm_id.start.to.jsons.sh'
    assert_status 0
    assert_equal "$(jq -r .action <<<"$output" | xargs)" \
        'snapshot_vm_create snapshot_vm_revert vm_start'
    assert_equal "$(jq -r 'select(.vm_snapshot_name) | .vm_snapshot_name' <<<"$output" | uniq |
        wc -l)" 1
    assert_equal "$(jq -r .vm_status <<<"$output" | tail -n 1)" running
}

@test "list | grep | revert takes list lines, each to its own newest snapshot" {
    start_range
    without_sleep '
        proxmox_vm.list.to.jsons.sh | grep -i vuln-box-0 |
            proxmox_snapshot_vm.vm_id.create_snapshot.to.jsons.sh >/dev/null
        proxmox_vm.list.to.jsons.sh | grep -i vuln-box-0 |
            proxmox_snapshot_vm.vm_id.revert_snapshot.to.jsons.sh'
    assert_status 0
    [ "$(wc -l <<<"$output")" -gt 2 ]
    assert_equal "$(jq -r 'select(.vm_snapshot_name | startswith("vuln-box-")) | .vm_id' \
        <<<"$output" | wc -l)" "$(wc -l <<<"$output")"
}

@test "an unquoted for loop over list lines stops each VM" {
    start_range
    without_sleep '
        for line in $(proxmox_vm.list.to.jsons.sh | grep -i "vuln-box" | jq -c "."); do
            printf "%s\n" "$line" | proxmox_vm.vm_id.stop.to.jsons.sh; sleep 2
        done'
    assert_status 0
    assert_equal "$(jq -r .action <<<"$output" | uniq)" vm_stop
    assert_equal "$(wc -l <<<"$output")" "$(proxmox_vm.list.to.jsons.sh vuln-box 2>&- | wc -l)"
}

@test "list | jq -r .vm_id | start, and list with a filter | stop_force" {
    start_range --plain
    without_sleep "proxmox_vm.list.to.jsons.sh | jq -r '.vm_id' |
        proxmox_vm.vm_id.start.to.jsons.sh"
    assert_status 0
    assert_equal "$(jq -r .vm_status <<<"$output" | uniq -c | xargs)" '28 running'
    without_sleep 'proxmox_vm.list.to.jsons.sh "vm-10[0-3]" |
        proxmox_vm.vm_id.stop_force.to.jsons.sh'
    assert_equal "$(jq -r .vm_status <<<"$output" | uniq -c | xargs)" '4 stopped'
}

@test "range42-context: start, snapshot, snapshot-list and revert of a manifest" {
    start_range --plain
    printf '{"vms":[{"vm_id":100,"vm_name":"a"},{"vm_id":101},{"vm_id":102}]}' \
        >"$BATS_TEST_TMPDIR/manifest"
    local vms="jq -c '.vms[] | {vm_id: .vm_id}' '$BATS_TEST_TMPDIR/manifest'"
    local named="jq -c '.vms[] | {vm_id: .vm_id, vm_snapshot_name: \"r42_demo_20260101_120000\",
        vm_snapshot_description: \"range42 snapshot of demo\"}' '$BATS_TEST_TMPDIR/manifest'"
    run_line "$named | proxmox_snapshot_vm.vm_id.create_snapshot.to.jsons.sh"
    assert_equal "$(jq -r .vm_snapshot_description <<<"$output" | uniq -c | xargs)" \
        '3 range42 snapshot of demo'
    run_line "$vms | proxmox_snapshot_vm.vm_id.list_snapshot.to.jsons.sh r42_"
    assert_equal "$(jq -r .vm_snapshot_name <<<"$output" | uniq -c | xargs)" \
        '3 r42_demo_20260101_120000'
    run_line "$named | proxmox_snapshot_vm.vm_id.revert_snapshot.to.jsons.sh"
    assert_equal "$(jq -r .vm_id <<<"$output" | xargs)" '100 101 102'
    local verb
    for verb in start pause resume stop stop_force; do
        run_line "$vms | proxmox_vm.vm_id.$verb.to.jsons.sh"
        assert_status 0
        assert_equal "$(jq -r .action <<<"$output" | uniq -c | xargs)" "3 vm_$verb"
    done
}

@test "a last line without newline is started, as printf without one writes it" {
    start_range
    run_line "printf '{\"vm_id\":%s,\"vm_name\":\"x\"}' 101 | proxmox_vm.vm_id.start.to.jsons.sh"
    assert_equal "$(jq -r .vm_status <<<"$output")" running
}
