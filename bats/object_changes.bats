#!/usr/bin/env bats
# Changes of what is no machine: aliases of firewalls, the colours of tags, the network in force.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

readonly aliases=/nodes/px-testing/qemu/101/firewall/aliases
readonly forbidden='fail=403:Permission%20check%20failed instead'
readonly lab='{"vm_id":101,"vm_fw_alias_name":"lab","vm_fw_alias_cidr":"10.0.0.0/24"}'
readonly colours='{"proxmox_cluster_color_mapping":"color-map=web:ff0000:ffffff"}'

# What a tool prints for an alias of VM $1 with name $2, network $3, and what stands behind them.
added() {
    printf '{"action":"firewall_vm_add_iptables_alias","proxmox_node":"px-testing",%s' \
        '"source":"proxmox-api",'
    printf '"vm_fw_alias_cidr":"%s","vm_fw_alias_name":"%s",%s"vm_id":"%s"}' "$3" "$2" "${4-}" "$1"
}

coloured() {
    printf '{"action":"cluster_set_tag","color_mapping":"color-map=%s","source":"proxmox-api"}' "$1"
}

# The line of an application whose task is $1, which has run on node $2.
applied() {
    printf '{"action":"network_apply_sdn","apply_exitstatus":"OK","apply_node":"%s",%s' "$2" \
        "\"apply_status\":\"stopped\",\"apply_upid\":\"$1\","
    printf '"proxmox_node":"%s","source":"proxmox-api"}' "${3-px-testing}"
}

@test "an alias is sent as JSON, and its line says what was asked for" {
    start_node "${own_token[@]}"
    local more='"vm_fw_alias_comment":"the \"lab\" of ü","vm_fw_comment":"told","pos":1'
    run_line "echo '${lab%\}},$more}' | proxmox_firewall_vm.add_alias"
    assert_status 0
    assert_equal "$stderr" ''
    assert_equal "$output" "$(added 101 lab 10.0.0.0/24 '"vm_fw_comment":"told",')"
    assert_equal "$(requests POST . | jq -r .path)" "/api2/json$aliases"
    assert_equal "$(requests POST . | jq -r .body)" \
        '{"name":"lab","cidr":"10.0.0.0/24","comment":"the \"lab\" of ü"}'
    assert_equal "$(curl_api "$aliases/lab" | jq -c '.data | [.name, .cidr, .comment]')" \
        '["lab","10.0.0.0/24","the \"lab\" of ü"]'
    # What was not given is not sent, and not printed.
    run_line "echo '${lab/lab/next}' | proxmox_firewall_vm.add_alias"
    assert_equal "$output" "$(added 101 next 10.0.0.0/24)"
    assert_equal "$(requests POST . | tail -n 1 | jq -r .body)" \
        '{"name":"next","cidr":"10.0.0.0/24"}'
}

@test "aliases: bad lines among good ones are told each, and stop nothing" {
    start_node
    run_line "printf '%s\n' '$lab' hello 101 '${lab/lab/..}' '${lab/10.0.0.0/nowhere}' \
        '${lab/101/\"102\"}' '${lab/:101/:[101]}' | proxmox_firewall_vm.add_alias"
    assert_status 1
    assert_equal "$output" "$(added 101 lab 10.0.0.0/24 && echo && added 102 lab 10.0.0.0/24)"
    assert_equal "$(grep -o '(line [0-9]' <<<"$stderr" | xargs)" \
        '(line 2 (line 3 (line 4 (line 5 (line 7'
    assert_contains "$stderr" '(line 3: there is no vm_fw_alias_name)'
    assert_contains "$stderr" 'cidr: invalid format - value does not look like a valid IP address'
    assert_equal "$(count_requests POST .)" 3
}

@test "an alias that there is already is a failed line, in the node's own words" {
    start_node
    run_line "printf '%s\n' '$lab' '$lab' '${lab/lab/next}' | proxmox_firewall_vm.add_alias"
    assert_status 1
    assert_equal "$output" "$(added 101 lab 10.0.0.0/24 && echo && added 101 next 10.0.0.0/24)"
    assert_contains "$stderr" \
        "(line 2: Parameter verification failed. name: alias 'lab' already exists)"
    assert_equal "$(grep -c . <<<"$stderr")" 1
    assert_equal "$(requests POST . | jq .code | xargs)" '200 400 200'
}

@test "aliases: --text and --dry-run" {
    start_node
    run_line "echo '$lab' | proxmox_firewall_vm.add_alias --dry-run"
    assert_status 0
    assert_equal "$output" "{\"json\":{\"name\":\"lab\",\"cidr\":\"10.0.0.0/24\"},\"method\":\"POST\",\"path\":\"$aliases\"}"
    assert_equal "$(wc -l <"$node_log")" 0
    run_line "echo '$lab' | proxmox_firewall_vm.add_alias --text | sort"
    assert_equal "$output" "$(printf '%s\n' action=firewall_vm_add_iptables_alias \
        proxmox_node=px-testing source=proxmox-api vm_fw_alias_cidr=10.0.0.0/24 \
        vm_fw_alias_name=lab vm_id=101)"
}

@test "an alias whose reply got lost is proven by what the node shows, and sent once" {
    start_node --fault 'cut=0 method=POST'
    local line=${lab/\}/',"vm_fw_alias_comment":"mine"}'}
    run_line "echo '$line' | proxmox_firewall_vm.add_alias"
    assert_status 0
    assert_equal "$output" "$(added 101 lab 10.0.0.0/24)"
    assert_contains "$stderr" 'the reply was lost'
    assert_equal "$(count_requests POST .)" 1
    assert_equal "$(requests GET . | jq -r .path)" "/api2/json$aliases/lab"
}

@test "an alias that was lost before the work is told as unknown, and never sent again" {
    start_node --fault 'cut=0 method=POST instead'
    run_line "echo '$lab' | proxmox_firewall_vm.add_alias"
    assert_status 3
    assert_equal "$output" ''
    assert_contains "$stderr" 'outcome unknown'
    assert_contains "$stderr" "check with: pvesh get $aliases/lab)"
    assert_equal "$(count_requests POST .)" 1
}

@test "an alias of another network that is there in its place proves nothing" {
    start_node "${own_token[@]}" --fault 'cut=0 method=POST nth=2 instead'
    curl_api "$aliases" -d name=lab -d cidr=10.9.0.0/16 >/dev/null
    run_line "echo '$lab' | proxmox_firewall_vm.add_alias"
    assert_status 3
    assert_equal "$output" ''
    assert_contains "$stderr" 'outcome unknown'
    assert_equal "$(count_requests POST .)" 2
}

@test "colours are set line after line, as a form; a text is a line, too" {
    start_node "${own_token[@]}"
    run_line "printf '%s\n' '$colours' '{}' color-map=nosuch color-map=db:00ff00 |
        proxmox_cluster.set_tag_color"
    assert_status 1
    assert_equal "$output" "$(coloured web:ff0000:ffffff && echo && coloured db:00ff00)"
    assert_equal "$(grep -o '(line [0-9]' <<<"$stderr" | xargs)" '(line 2 (line 3'
    assert_equal "$(requests PUT . | jq -r '.path + " " + .body')" \
        '/api2/json/cluster/options tag-style=color-map%3Dweb%3Aff0000%3Affffff
/api2/json/cluster/options tag-style=color-map%3Dnosuch
/api2/json/cluster/options tag-style=color-map%3Ddb%3A00ff00'
    assert_equal "$(curl_api /cluster/options | jq -c '.data["tag-style"]["color-map"]')" \
        '"db:00ff00"'
}

@test "colours: --text, --dry-run, and no line" {
    start_node
    run_line "echo '$colours' | proxmox_cluster.set_tag_color --dry-run"
    assert_equal "$output" '{"form":{"tag-style":"color-map=web:ff0000:ffffff"},"method":"PUT","path":"/cluster/options"}'
    run_line 'proxmox_cluster.set_tag_color </dev/null'
    assert_status 0
    assert_equal "$output$stderr" ''
    assert_equal "$(wc -l <"$node_log")" 0
    run_line "echo '$colours' | proxmox_cluster.set_tag_color --text | sort"
    assert_equal "$output" $'action=cluster_set_tag\ncolor_mapping=color-map=web:ff0000:ffffff\nsource=proxmox-api'
}

@test "colours whose reply got lost are set again, whether they were set or not" {
    local when
    for when in '' ' instead'; do
        start_node --fault "cut=0 method=PUT nth=1$when"
        run_line "echo '$colours' | proxmox_cluster.set_tag_color"
        assert_status 0
        assert_equal "$output" "$(coloured web:ff0000:ffffff)"
        assert_equal "$stderr" ''
        assert_equal "$(count_requests PUT /cluster/options)" 2
        stop_node
    done
}

@test "the network is applied without any input, and what was pending is in force" {
    start_node "${own_token[@]}" --task-ms 50
    curl_api /cluster/sdn/zones -d zone=lab -d type=simple >/dev/null
    curl_api /cluster/sdn/vnets -d vnet=vnet0 -d zone=lab >/dev/null
    run_line 'echo kept | { proxmox_sdn.apply; cat; }'
    assert_status 0
    assert_equal "$stderr" ''
    assert_equal "$output" "$(applied "$(requests PUT . | jq -r .upid)" px-testing)
kept"
    assert_equal "$(requests PUT . | jq -r '.path + .query + .body')" /api2/json/cluster/sdn
    assert_equal "$(curl_api '/cluster/sdn/vnets?running=1' | jq -r '.data[].vnet')" vnet0
    run_line 'proxmox_sdn.apply --text | sort | grep -v apply_upid='
    assert_equal "$output" "$(printf '%s\n' action=network_apply_sdn apply_exitstatus=OK \
        apply_node=px-testing apply_status=stopped proxmox_node=px-testing source=proxmox-api)"
}

@test "the network: --dry-run sends nothing, and names in braces what only the node could tell" {
    start_node
    run_line 'proxmox_sdn.apply --jobs 2'
    assert_status 2
    run_line 'proxmox_sdn.apply --help'
    refute_contains "$output" '--jobs'
    run_line 'proxmox_sdn.apply --dry-run </dev/null'
    assert_status 0
    assert_equal "$output" '{"method":"PUT","path":"/cluster/sdn"}
{"method":"GET","path":"/nodes/{upid_node}/tasks/{upid}/status"}'
    assert_equal "$(wc -l <"$node_log")" 0
}

@test "the network's task is followed on the node that its id names" {
    start_node --nodes px-testing,px-other --task-ms 50
    local vault=$RANGE42_ANSIBLE_ROLES__DEVKITS_DIR/secrets/default_vault.yml
    ansible-vault decrypt --vault-password-file "$RANGE42_VAULT_PASSWORD_FILE" "$vault" 2>/dev/null
    sed -i 's|^proxmox_node:.*|proxmox_node: "px-other"|' "$vault"
    run_line 'proxmox_sdn.apply'
    assert_status 0
    refute_contains "$stderr" TRACE
    assert_equal "$output" "$(applied "$(requests PUT . | jq -r .upid)" px-testing px-other)"
    assert_equal "$(count_requests GET /nodes/px-other)" 0
}

@test "the network's task that fails is told with its reason, and nothing is printed" {
    start_node --task-ms 20 \
        --fault 'replace="status":"OK"|"status":"no%20such%20bridge" path=/tasks$'
    run_line 'proxmox_sdn.apply'
    assert_status 1
    assert_equal "$output" ''
    assert_contains "$stderr" 'PUT sdn failed for the cluster: no such bridge'
    assert_equal "$(count_requests PUT .)" 1
}

@test "the network's task whose worker dies is of unknown outcome, and is no VM" {
    start_node --task-ms 20 \
        --fault 'replace="status":"OK"|"status":"unexpected%20status" path=/tasks$'
    run_line 'proxmox_sdn.apply'
    assert_status 3
    assert_equal "$output" ''
    assert_contains "$stderr" 'the worker died'
    refute_contains "$stderr" 'the VM is'
}

@test "the network's task that outlives its time is not told as done" {
    start_node --task-ms 600000
    run_line 'proxmox_sdn.apply --timeout 1'
    assert_status 3
    assert_contains "$stderr" "task $(requests PUT . | jq -r .upid) still running after 1s"
    refute_contains "$output" '"apply_status":"stopped"'
    refute_contains "$output" '"apply_exitstatus":"OK"'
    assert_equal "$(count_requests PUT .)" 1
}

@test "the network's lost reply ends with a task that the node has, or is unknown" {
    start_node --task-ms 20 --fault 'cut=0 method=PUT nth=1'
    run_line 'proxmox_sdn.apply'
    assert_status 0
    assert_equal "$output" "$(applied "$(requests PUT . | jq -r .upid)" px-testing)"
    stop_node
    start_node --task-ms 20 --fault 'cut=0 method=PUT nth=1 instead'
    run_line 'proxmox_sdn.apply'
    assert_status 3
    assert_contains "$stderr" 'outcome unknown'
    assert_equal "$(count_requests PUT .)" 1
}

@test "what the token may not do is told with the privilege and its path" {
    start_node --fault "$forbidden"
    local call
    while read -r call; do
        local words=${call%%: *}
        run_line "${call#*: }"
        assert_status 1
        assert_equal "$output" ''
        assert_contains "$stderr" 'Permission check failed'
        assert_contains "$stderr" "--privs ${words% *}; pveum acl modify ${words#* } --users"
    done <<CALLS
VM.Config.Network,VM.Audit /vms: echo '$lab' | proxmox_firewall_vm.add_alias
Sys.Modify /: echo '$colours' | proxmox_cluster.set_tag_color
SDN.Allocate /sdn: proxmox_sdn.apply
CALLS
    assert_equal "$(jq -r .method "$node_log" | xargs)" 'POST PUT GET PUT'
}
