#!/usr/bin/env bats
# What is only read: configurations, network cards, storages, each line as a user gets it.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

readonly config=/nodes/px-testing/qemu/101/config storages=/nodes/px-testing/storage
readonly forbidden='fail=403:Permission%20check%20failed instead'

# Changes VM 101's configuration past our tools: change_config KEY=VALUE...
change_config() {
    local pairs=() pair
    for pair in "$@"; do pairs+=(--data-urlencode "$pair"); done
    curl_api "$config" -X PUT "${pairs[@]}" >/dev/null
}

# The line of card $1 of VM 101: its number, bridge, model, and what stands behind the device.
card() {
    printf '{"action":"network_list_interfaces_vm","proxmox_node":"px-testing",%s' \
        '"source":"proxmox-api","vm_id":"101",'
    printf '"vm_network_bridge":"%s","vm_network_device":"net%s",%s"vm_network_mac":"%s",' \
        "$2" "$1" "${5-}" "$4"
    printf '"vm_network_type":"%s","vm_vmnet_id":%s}\n' "$3" "$1"
}

@test "a configuration is printed as the node keeps it, its keys in alphabetical order" {
    start_node "${own_token[@]}"
    change_config $'description=first "line"\nsecond\tline, \\ and ü' 'tags=b;a'
    run_line 'echo 101 | proxmox_vm.get_config'
    assert_status 0
    assert_equal "$stderr" ''
    local kept
    kept=$(curl_api "$config" | jq -cS .)
    assert_equal "$output" '{"action":"vm_get_config","proxmox_node":"px-testing","raw_data":'"$kept"',"source":"proxmox-api","vm_id":"101"}'
    assert_equal "$(jq -r .raw_data.data.description <<<"$output")" \
        $'first "line"\nsecond\tline, \\ and ü'
    assert_equal "$(jq -c '.raw_data.data | [.cores, .memory]' <<<"$output")" '[1,"64"]'
}

@test "configurations: bad lines among good ones are told each, and stop nothing" {
    start_node --containers 1
    run_line 'printf "%s\n" 101 hello 999 200 "{\"vm_id\":\"100\"}" | proxmox_vm.get_config'
    assert_status 1
    assert_equal "$(jq -r '[.vm_id, .raw_data.data.name] | join(" ")' <<<"$output")" \
        $'101 db-01\n100 web-01'
    assert_equal "$(grep -o '(line [0-9]' <<<"$stderr" | xargs)" '(line 2 (line 3 (line 4'
    assert_contains "$stderr" "nodes/px-testing/qemu-server/999.conf' does not exist)"
    assert_contains "$stderr" "qemu-server/200.conf' does not exist; it is a container)"
    run_line 'proxmox_vm.get_config </dev/null'
    assert_status 0
    assert_equal "$output$stderr" ''
}

@test "configurations: --text and --dry-run, and an argument that is none" {
    start_node
    run_line 'echo 101 | proxmox_vm.get_config --dry-run'
    assert_equal "$output" "{\"method\":\"GET\",\"path\":\"$config\"}"
    assert_equal "$(wc -l <"$node_log")" 0
    run_line 'echo 101 | proxmox_vm.get_config --text'
    assert_status 0
    assert_contains "$output" $'vm_id=101\nboot=order=scsi0\ncores=1\n'
    assert_contains "$output" $'\nname=db-01\n'
    run_line 'echo 101 | proxmox_vm.get_config argument'
    assert_status 2
    assert_contains "$stderr" 'unexpected argument argument'
}

@test "what the token may not read is told with the privilege and its path" {
    start_node --fault "$forbidden"
    local tool
    for tool in proxmox_vm.get_config proxmox_network_vm.list_interfaces; do
        run_line "echo 101 | $tool"
        assert_status 1
        assert_equal "$output" ''
        assert_contains "$stderr" '(line 1: Permission check failed)'
        assert_contains "$stderr" '--privs VM.Audit; pveum acl modify /vms '
    done
    run_line 'proxmox_storage.list'
    assert_status 1
    assert_equal "$output" ''
    assert_contains "$stderr" '--privs Datastore.Audit; pveum acl modify /storage '
}

@test "cards come by their numbers, each property by its name" {
    start_node "${own_token[@]}"
    change_config delete=net0
    change_config 'net10=virtio=52:54:00:00:00:10,bridge=vmbr0,firewall=0' \
        'net2=e1000=52:54:00:00:00:02,bridge=vmbr1,tag=7,firewall=1,rate=5' \
        'net0=virtio=52:54:00:00:00:00,bridge=vmbr0,tag=12'
    run_line 'echo 101 | proxmox_network_vm.list_interfaces'
    assert_status 0
    assert_equal "$stderr" ''
    assert_equal "$output" "$(card 0 vmbr0 virtio 52:54:00:00:00:00
        card 2 vmbr1 e1000 52:54:00:00:00:02 '"vm_network_firewall":"1",'
        card 10 vmbr0 virtio 52:54:00:00:00:10 '"vm_network_firewall":"0",')"
    assert_equal "$(requests GET . | jq -r .path)" "/api2/json$config"
}

@test "cards: FILTER is a regular expression on the bridge, in any case" {
    start_node "${own_token[@]}" --cards 2
    change_config 'net2=virtio=52:54:00:00:00:02,bridge=vmbr1'
    run_line 'echo 101 | proxmox_network_vm.list_interfaces "VMBR[1-9]" | jq .vm_vmnet_id'
    assert_equal "$output" 2
    run_line 'printf "%s\n" 101 100 | proxmox_network_vm.list_interfaces vmbr0 |
        jq -c "[.vm_id, .vm_vmnet_id]"'
    assert_equal "$output" $'["101",0]\n["101",1]\n["100",0]\n["100",1]'
    run_line 'echo 101 | proxmox_network_vm.list_interfaces nosuch'
    assert_status 0
    assert_equal "$output$stderr" ''
}

@test "a VM without cards is no line and no failure" {
    start_node "${own_token[@]}"
    change_config delete=net0
    run_line 'echo 101 | proxmox_network_vm.list_interfaces'
    assert_status 0
    assert_equal "$output$stderr" ''
}

@test "cards: bad lines among good ones, --text, --dry-run" {
    start_node --containers 1
    run_line 'printf "%s\n" 101 hello 999 200 100 | proxmox_network_vm.list_interfaces'
    assert_status 1
    assert_equal "$(jq -r .vm_id <<<"$output" | xargs)" '101 100'
    assert_equal "$(grep -o '(line [0-9]' <<<"$stderr" | xargs)" '(line 2 (line 3 (line 4'
    assert_contains "$stderr" 'it is a container'
    run_line 'echo 101 | proxmox_network_vm.list_interfaces --text'
    assert_contains "$output" $'vm_network_bridge=vmbr0\nvm_network_device=net0\n'
    : >"$node_log"
    run_line 'echo 101 | proxmox_network_vm.list_interfaces --dry-run'
    assert_equal "$output" "{\"method\":\"GET\",\"path\":\"$config\"}"
    assert_equal "$(wc -l <"$node_log")" 0
}

@test "storages that the token may not see are told from storages that are not there" {
    start_node --token 'range42@pam!devkit=another-secret:VM.Audit'
    run_line 'proxmox_storage.list'
    assert_status 0
    assert_equal "$output" ''
    assert_contains "$stderr" 'nothing to be seen on proxmox node px-testing: token '
    assert_contains "$stderr" 'lacks Datastore.Audit; on the node: pveum role add Range42Tools '
    assert_contains "$stderr" 'pveum acl modify /storage --users '
    stop_node
    start_node "${own_token[@]}"
    local name
    for name in $(curl_api "$storages" | jq -r '.data[].storage'); do
        curl_api "/storage/$name" -X DELETE
    done
    run_line 'proxmox_storage.list'
    assert_contains "$stderr" 'nothing to be seen on proxmox node px-testing: there is none'
    refute_contains "$stderr" 'Datastore.Audit'
}

@test "bridges come by their names, and no card that is none" {
    start_node "${own_token[@]}" --ethernet
    curl_api /nodes/px-testing/network -X POST -d iface=vmbr7 -d type=bridge >/dev/null
    run_line 'proxmox_network_node.list_bridges'
    assert_status 0
    assert_equal "$(jq -r '"\(.iface) \(.iface_type)"' <<<"$output")" $'vmbr0 bridge\nvmbr7 bridge'
    run_line 'proxmox_network_node.list_bridges 7$'
    assert_equal "$(jq -r .iface <<<"$output")" vmbr7
}

@test "storages come by their names however the node sends them, with every key" {
    local seed
    for seed in 1 2 3; do
        start_node "${own_token[@]}" --seed "$seed" --storages zeta,alpha=zfspool,tank,local
        run_line 'proxmox_storage.list'
        assert_status 0
        assert_equal "$stderr" ''
        # Which contents come first is the node's own mood.
        assert_equal "$(jq -cS '.storage_content_types |= (split(",") | sort)' <<<"$output")" \
            "$(curl_api "$storages" | jq -cS '.data | sort_by(.storage)[] | {
                action: "storage_list", proxmox_node: "px-testing", source: "proxmox-api",
                storage_active: .active, storage_content_types: (.content | split(",") | sort),
                storage_is_enable: .enabled, storage_is_share: .shared, storage_name: .storage,
                storage_space_available: .avail, storage_space_total: .total,
                storage_space_used: .used, storage_space_used_fraction: (.used_fraction // -1),
                storage_type: .type}')"
        assert_equal "$(jq -r .storage_name <<<"$output" | xargs)" 'alpha local tank templates zeta'
        stop_node
    done
}

@test "a storage's line, byte for byte" {
    start_node --storages local,alpha=zfspool
    run_line 'proxmox_storage.list alpha | sed "s/rootdir,images/images,rootdir/"'
    assert_equal "$output" '{"action":"storage_list","proxmox_node":"px-testing","source":"proxmox-api","storage_active":1,"storage_content_types":"images,rootdir","storage_is_enable":1,"storage_is_share":0,"storage_name":"alpha","storage_space_available":247832346624,"storage_space_total":270553174016,"storage_space_used":22720827392,"storage_space_used_fraction":0.0839,"storage_type":"zfspool"}'
}

@test "what the node does not say of a storage is -1, and a question mark for a text" {
    local said of
    for said in active=storage_active content=storage_content_types enabled=storage_is_enable \
        shared=storage_is_share avail=storage_space_available total=storage_space_total \
        used=storage_space_used used_fraction=storage_space_used_fraction type=storage_type; do
        start_node --fault "replace=\"${said%=*}\"|\"x\" path=/storage$"
        of=-1
        if [ "${said%=*}" = type ]; then of='"?"'; fi
        run_line "proxmox_storage.list '^local$' | jq -c .${said#*=}"
        assert_equal "${said%=*} $output" "${said%=*} $of"
        stop_node
    done
}

@test "storages: FILTER, --text, and the nodes that are asked" {
    start_node --storages local,tank --nodes px-testing,px-other
    run_line 'proxmox_storage.list "^(LOCAL|x)$" | jq -r .storage_name'
    assert_equal "$output" local
    run_line 'proxmox_storage.list nosuch'
    assert_status 0
    assert_equal "$output$stderr" ''
    run_line 'proxmox_storage.list --text tank | sed "s/images,rootdir/rootdir,images/"'
    assert_matches "$output" $'^\[storage_list\] tank\tdir\t[a-z,]+$'
    run_line 'proxmox_storage.list --cluster tank | jq -r .proxmox_node | sort'
    assert_equal "$output" $'px-other\npx-testing'
    run_line 'echo px-other | proxmox_storage.list --nodes-from-stdin tank | jq -r .proxmox_node'
    assert_equal "$output" px-other
}
