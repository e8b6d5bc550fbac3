#!/usr/bin/env bats
# Who is deleted: nobody but the VM that a line or a journal speaks of, proven when it happens.
# SPDX-License-Identifier: GPL-3.0-or-later
load helper
load background

setup() {
    # shellcheck disable=SC2034 # background.bash reads it
    tool_pid=
    export HOME=$BATS_TEST_TMPDIR XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    journal=$BATS_TEST_TMPDIR/journal.jsons
}

start_stage() { start_node "${own_token[@]}" "$@"; }

readonly uuid=5b0a7c2e-0000-4000-8000-00000000abcd

# Makes VM 108 with a journal.
make_vm() { proxmox_vm.create --journal "$journal" <<<a >/dev/null; }

nothing_was_deleted() { assert_equal "$(count_requests DELETE .)" 0; }

@test "undo proves once more after the stop: an id that has become another's is not deleted" {
    # How the stop has ended is told late: time enough for somebody else.
    start_stage --fault 'delay=2000 method=GET path=/tasks'
    make_vm
    start_tool "$journal" range42-undo
    wait_until has_seen 1 POST /qemu/108/status/stop
    curl_api /nodes/px-testing/qemu/108/config -X PUT --data-urlencode "smbios1=uuid=$uuid" \
        >/dev/null
    end_tool
    assert_status 1
    assert_contains "$stderr" "vm_id 108 is not the VM that was made: its uuid is $uuid and was"
    assert_contains "$stderr" 'not deleted'
    refute_contains "$stderr" 'left alone'
    nothing_was_deleted
}

@test "undo keeps to the guard until the end: what is protected during the stop stays" {
    start_stage --fault 'delay=2000 method=GET path=/tasks'
    make_vm
    start_tool "$journal" range42-undo
    wait_until has_seen 1 POST /qemu/108/status/stop
    curl_api /nodes/px-testing/qemu/108/config -X PUT -d tags=protected >/dev/null
    end_tool
    assert_status 1
    assert_contains "$stderr" 'not deleted (line 2: it has the tag protected'
    nothing_was_deleted
}

@test "undo proves again after it has waited for a lock" {
    local lock="can't%20lock%20file%20'/var/lock/qemu-server/lock-108.conf'%20-%20got%20timeout"
    # Made, before the stop, before the deletion, and once more.
    start_stage --fault "fail=500:$lock method=DELETE path=/qemu/108 nth=1 instead" \
        --fault 'replace="name":"a"|"name":"b" method=GET path=/qemu/108/config nth=4'
    make_vm
    run_line "range42-undo <$journal"
    assert_status 1
    assert_contains "$stderr" 'its name is b and was a; stopped and not deleted'
    assert_equal "$(count_requests DELETE .)" 1
    run_line "range42-undo <$journal"
    assert_status 0
}

@test "undo looks where the id is current: a list that still shows what is deleted does not count" {
    start_stage --fault 'replace="vmid":100|"vmid":108 method=GET path=/cluster/resources'
    make_vm
    range42-undo <"$journal" >/dev/null
    run_line "range42-undo <$journal"
    assert_status 0
    assert_equal "$(jq -r .vm_status <<<"$output")" gone
    assert_contains "$stderr" 'vm_id 108 is not there any more'
    refute_contains "$stderr" 'left alone'
}

@test "a mark is whole, and random: what has no grammar is no entry of a journal" {
    start_stage
    local notes='made by hand, see the wiki' mark
    proxmox_vm.set_config --set "description=$notes" <<<100 >/dev/null
    for mark in e "$notes" '' "range42-fastpath $uuid" "${uuid%?}"; do
        jq -nc --arg mark "$mark" '{journal: "begins", vm_id: "100", vm_mark: $mark}' >"$journal"
        run_line "range42-undo <$journal"
        assert_status 1
        nothing_was_deleted
    done
    jq -nc '{journal: "begins", vm_id: "100", vm_mark: "e"}' >"$journal"
    run_line "range42-undo <$journal"
    assert_contains "$stderr" 'skip line 1: not an entry of a journal: vm_mark is not a uuid: e'
    # Nor is a state that no entry has, or a uuid that is none.
    echo '{"journal":"perhaps","vm_id":"100"}' >"$journal"
    run_line "range42-undo <$journal"
    assert_status 1
    assert_contains "$stderr" 'journal is perhaps'
    echo '{"journal":"done","vm_id":"100","vm_uuid":"-"}' >"$journal"
    run_line "range42-undo <$journal"
    assert_status 1
    assert_contains "$stderr" 'vm_uuid is not a uuid'
}

@test "a mark is a line of its own in the notes, beside whatever people write" {
    start_stage
    jq -nc --arg mark "$uuid" '{journal: "begins", vm_id: "100", vm_mark: $mark}' >"$journal"
    local notes
    for notes in "not range42-fastpath $uuid" "range42-fastpath $uuid, or so" "$uuid"; do
        proxmox_vm.set_config --set "description=$notes" <<<100 >/dev/null
        run_line "range42-undo <$journal"
        assert_status 1
        assert_contains "$stderr" 'its mark is missing and was'
        nothing_was_deleted
    done
    proxmox_vm.set_config --set description="$(printf 'one\nrange42-fastpath %s\ntwo' "$uuid")" \
        <<<100 >/dev/null
    run_line "range42-undo <$journal"
    assert_status 0
    assert_equal "$(count_requests DELETE /qemu/100)" 1
}

@test "a clone keeps the words in its notes that only look like a mark" {
    start_stage
    run_line "jq -nc '{vm_id: 103, vm_name: \"c\",
            vm_description: \"range42-fastpath rules\nyes\"}' |
        proxmox_vm.clone --journal $journal"
    assert_status 0
    local mark
    mark=$(jq -r 'select(.journal == "begins").vm_mark' "$journal")
    run_line "proxmox_vm.get_config <<<'$(jq -r .vm_id <<<"$output")' | jq -r '.. | .description? //
        empty' | head -n 3"
    assert_contains "$output" "range42-fastpath rules
yes
range42-fastpath $mark"
}

# Each tool that harms, with what it needs on a line.
harm() {
    printf '%s\n' 'proxmox_vm.delete {}' 'proxmox_vm.stop_force {}' \
        'proxmox_snapshot_vm.revert_snapshot {"vm_snapshot_name":"clean"}' \
        'proxmox_snapshot_vm.delete_snapshot {"vm_snapshot_name":"clean"}' \
        'proxmox_vm.set_config {"vm_config":{"cores":2}}' \
        'proxmox_template.promote {"template_recipe":{"os":"x"}}'
}

@test "what harms never follows an id to another node than the one on its line" {
    start_stage --nodes px-testing,b --vms 12 --plain --snapshot clean
    local id tool needs
    id=$(proxmox_vm.list --node b | jq -s '.[0].vm_id')
    while read -r tool needs; do
        run_line "jq -c '.vm_id = $id | .proxmox_node = \"px-testing\"' <<<'$needs' | $tool"
        assert_status 1
        assert_equal "$output" ''
        assert_contains "$stderr" "it is on node b, and the line says px-testing"
    done < <(harm)
    assert_equal "$(jq -r 'select(.method != "GET") | .path' "$node_log" | grep -c /nodes/b/)" 0
    # A line without a node means the VM, wherever it is.
    run_line "echo $id | proxmox_vm.delete"
    assert_status 0
    assert_equal "$(count_requests DELETE "/nodes/b/qemu/$id")" 1
}

@test "what harms refuses a line whose name, uuid or node is not that of the VM" {
    start_stage --plain --snapshot clean
    local tool needs fact
    while read -r tool needs; do
        for fact in '.vm_name = "vm-101"' ".vm_uuid = \"$uuid\"" '.proxmox_node = "px-elsewhere"' \
            '.vm_uuid = "none"'; do
            run_line "jq -c '.vm_id = 100 | $fact' <<<'$needs' | $tool"
            assert_status 1
            assert_equal "$output" ''
        done
    done < <(harm)
    assert_equal "$(jq -r 'select(.method != "GET") | .path' "$node_log")" ''
    run_line "echo '{\"vm_id\":100,\"vm_name\":\"vm-101\"}' | proxmox_vm.delete"
    assert_contains "$stderr" \
        'vm_id 100 was left alone (line 1: its name is vm-100, and the line says vm-101'
    run_line "echo '{\"vm_id\":100,\"proxmox_node\":\"px-elsewhere\"}' | proxmox_vm.delete"
    assert_contains "$stderr" 'proxmox node px-elsewhere is not a node of this cluster'
}

@test "what harms takes the lines of its own pipe, and refuses them once they are stale" {
    start_stage --plain --running
    proxmox_vm.list >"$BATS_TEST_TMPDIR/list"
    proxmox_vm.set_config --set name=other <<<102 >/dev/null
    run_line "proxmox_vm.stop_force <$BATS_TEST_TMPDIR/list | proxmox_vm.delete"
    assert_status 0
    assert_contains "$stderr" 'vm_id 102 was left alone (line 3: its name is other'
    assert_equal "$(jq -r .vm_id <<<"$output" | xargs)" '100 101 103 104 105 106 107'
    # One without a name is listed under its id.
    curl_api /nodes/px-testing/qemu/102/config -X PUT -d delete=name >/dev/null
    run_line 'proxmox_vm.list | proxmox_vm.stop_force | proxmox_vm.delete'
    assert_status 0
    assert_equal "$(jq -r .vm_name <<<"$output")" 'VM 102'
}

@test "under a legacy name a node of somebody else's cluster means the vault's, and a name binds" {
    start_stage --nodes px-testing,b --vms 12 --plain
    local id
    id=$(proxmox_vm.list --node b | jq -s '.[0].vm_id')
    export PATH=$build/shims:/usr/bin:/bin
    run_line "printf '{\"vm_id\":$id,\"proxmox_node\":\"%s\"}\n' px-testing px-elsewhere |
        proxmox_vm.vm_id.delete.to.jsons.sh"
    nothing_was_deleted
    run_line "echo '{\"vm_id\":100,\"vm_name\":\"other\"}' | proxmox_vm.vm_id.delete.to.jsons.sh"
    nothing_was_deleted
    run_line "echo '{\"vm_id\":100,\"proxmox_node\":\"px-elsewhere\"}' |
        proxmox_vm.vm_id.delete.to.jsons.sh"
    assert_status 0
    assert_equal "$(count_requests DELETE /nodes/px-testing/qemu/100)" 1
}
