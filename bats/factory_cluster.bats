#!/usr/bin/env bats
# The factory on a cluster: templates of other nodes, addresses of all, turns that processes share.
# SPDX-License-Identifier: GPL-3.0-or-later
load helper

setup() { export HOME=$BATS_TEST_TMPDIR XDG_STATE_HOME=$BATS_TEST_TMPDIR/state; }

start_stage() { start_node "${own_token[@]}" "$@"; }

# An id of an ordinary VM on node b.
on_b() { proxmox_vm.list --node b | jq -s '[.[] | select(.vm_template == 0)][0].vm_id'; }

@test "a template of another node is cloned there, unless the line names a node" {
    start_stage --nodes px-testing,b --vms 12 --plain
    run_line "echo '{\"vm_id\":$(on_b),\"proxmox_node\":\"b\"}' |
        proxmox_template.promote --recipe os=x"
    assert_status 0
    template=$(jq -r .vm_id <<<"$output")
    run_line 'echo "{\"vm_name\":\"web-01\"}" | proxmox_template.lookup --recipe os=x |
        proxmox_vm.create'
    assert_status 0
    assert_contains "$stderr" "template $template is on node b: its clones are made there"
    assert_equal "$(jq -c '[.proxmox_node, .vm_installed]' <<<"$output")" '["b",true]'
    assert_equal "$(curl_api "/nodes/b/qemu/$(jq .vm_id <<<"$output")/config" | jq -r .data.name)" \
        web-01
    run_line 'echo "{\"vm_name\":\"web-02\",\"proxmox_node\":\"px-testing\"}" |
        proxmox_template.lookup --recipe os=x'
    assert_equal "$(jq -c '[.proxmox_node, .vm_template_id]' <<<"$output")" '["px-testing",null]'
    # One at home comes first, however old it is.
    run_line 'echo 100 | proxmox_template.promote --recipe os=x
        echo web-03 | jq -R "{vm_name: .}" | jq -c . | proxmox_template.lookup --recipe os=x'
    assert_equal "$(tail -1 <<<"$output" | jq -c '[.proxmox_node, .vm_template_id]')" \
        '["px-testing",100]'
}

@test "sync tells of the vault's node, and with --cluster of all" {
    start_stage --nodes px-testing,b --vms 6 --plain --running
    here=$(proxmox_vm.list | jq .vm_id | sort -n | tr '\n' ' ')
    run_line 'proxmox_vm.sync'
    assert_status 0
    assert_equal "$(jq .vm_id <<<"$output" | tr '\n' ' ')" "$here"
    run_line 'proxmox_vm.sync --cluster'
    assert_status 0
    assert_equal "$(jq .vm_id <<<"$output" | tr '\n' ' ')" '100 101 102 103 104 105 '
    assert_equal "$(jq -r .proxmox_node <<<"$output" | sort -u | tr '\n' ' ')" 'b px-testing '
}

@test "lookup and sync choose addresses as guest.wait_ip does" {
    start_stage --vms 2 --plain --running
    echo 100 | proxmox_vm.set_config --set agent=enabled=1,fstrim_cloned_disks=1 >/dev/null
    run_line 'echo 100 | proxmox_vm.lookup; proxmox_vm.sync; echo 100 | guest.wait_ip'
    assert_status 0
    assert_equal "$(jq -c 'select(.vm_id == 100) | [.vm_ip, .vm_mac]' <<<"$output" | sort -u)" \
        '["198.18.0.100","bc:24:11:00:00:64"]'
}

@test "two clones at a time come onto a storage, however many processes make them" {
    start_stage --task-ms 150 --lock-wait-ms 50 --clones-at-once 2
    run_line 'for p in 1 2 3; do
            jq -nc "range(3) | {vm_id: 103, vm_name: \"c-$p-\(.)\"}" | proxmox_vm.clone --jobs 3 &
            jq -nc "range(2) | {vm_template_id: 103, vm_name: \"t-$p-\(.)\"}" |
                proxmox_vm.create --jobs 3 &
        done; wait'
    assert_equal "$(jq .vm_id <<<"$output" | sort -u | wc -l)" 15
    # The storage never had to turn one away.
    assert_equal "$(count_requests POST /clone)" 15
}

@test "where no turn can be kept the clones are made all the same" {
    start_stage
    mkdir -p "$XDG_STATE_HOME/range42"
    : >"$XDG_STATE_HOME/range42/turns"
    run_line 'echo 103 | proxmox_vm.clone --name c'
    assert_status 0
}

@test "a clone that has moved to another node since is known there, and no other is made" {
    start_stage "${own_token[@]}" --nodes px-testing,b --vms 6 --plain --task-ms 20
    local here
    here=$(proxmox_vm.list --node px-testing | jq -s '.[0].vm_id')
    # As it is there after it was made here and moved.
    curl_api /nodes/b/qemu -d vmid=4000 -d name=web --data-urlencode \
        "description=range42-fastpath 11111111-2222-4333-8444-555555555555 clone of $here" \
        >/dev/null
    await '[ "$(curl_api /nodes/b/qemu/4000/config | jq -r .data.name)" = web ]'
    run_line "echo '{\"vm_id\":$here,\"vm_new_id\":4000,\"vm_name\":\"web\"}' |
        proxmox_vm.clone"
    assert_status 0
    assert_equal "$(jq -c '[.proxmox_node,.vm_id,.vm_as_wanted]' <<<"$output")" '["b",4000,true]'
    assert_equal "$(proxmox_vm.list --node px-testing | jq -c 'select(.vm_id == 4000)')" ''
}

@test "a clone of another template under that id and name is another machine" {
    start_stage --vms 4 --plain --task-ms 20
    run_line "echo '{\"vm_id\":100,\"vm_new_id\":4000,\"vm_name\":\"web\"}' | proxmox_vm.clone"
    assert_status 0
    run_line "echo '{\"vm_id\":101,\"vm_new_id\":4000,\"vm_name\":\"web\"}' | proxmox_vm.clone"
    assert_status 1
    assert_contains "$stderr" 'left alone: it is a clone of 100'
    assert_equal "$(count_requests POST /clone)" 1
}
