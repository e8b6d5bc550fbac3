#!/usr/bin/env bats
# Containers: listed and started from the user's side, and never taken for virtual machines.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

# The line of container $1 after its start, with name and status as they are in JSON.
started() {
    printf '{"action":"lxc_start","lxc_name":%s,"lxc_status":%s,"proxmox_node":"px-testing",%s}' \
        "${2-\"ct-$1\"}" "${3-\"running\"}" "\"source\":\"proxmox-api\",\"vm_id\":\"$1\""
}

# The line of container $1, which is off, in a list.
listed() {
    printf '{"action":"lxc_list","lxc_name":"ct-%s","lxc_status":"stopped","lxc_uptime":0,%s}' \
        "$1" "\"proxmox_node\":\"px-testing\",\"source\":\"proxmox-api\",\"vm_id\":$1"
}

@test "containers are listed by their ids, a compact line each; VMs are not among them" {
    start_node --containers 12
    run_line 'proxmox_lxc.list'
    assert_status 0
    assert_equal "$stderr" ''
    assert_equal "$output" "$(for vm_id in {200..211}; do listed "$vm_id" && echo; done)"
    assert_equal "$(jq -r '[.method, .path, .query, .body] | join(" ")' "$node_log")" \
        'GET /api2/json/nodes/px-testing/lxc  '
}

@test "what Proxmox does not say of a container is a question mark" {
    start_node --containers 1 --fault 'replace="uptime"|"x" path=/lxc$'
    run_line 'proxmox_lxc.list | jq -c "[.lxc_name, .lxc_status, .lxc_uptime]"'
    assert_equal "$output" '["ct-200","stopped","?"]'
}

@test "FILTER is a regular expression on the container's name, in any case" {
    start_node --containers 4
    run_line 'proxmox_lxc.list "^CT-20[13]$" | jq .vm_id'
    assert_equal "$output" $'201\n203'
    run_line 'proxmox_lxc.list nosuch'
    assert_status 0
    assert_equal "$output$stderr" ''
    run_line 'proxmox_lxc.list "("'
    assert_status 2
    run_line 'proxmox_lxc.list --text 202'
    assert_equal "$output" $'[lxc_list] 202\tstopped\tct-202'
}

@test "where no container is, no line is printed, and no word is lost on VMs that are there" {
    start_node
    run_line 'proxmox_lxc.list'
    assert_status 0
    assert_equal "$output" ''
    refute_contains "$stderr" 'no VM'
}

@test "containers are started: what the node is asked, and the lines in the order of the input" {
    start_node --containers 2 --task-ms 20
    local second='{"vm_id":"200","lxc_name":"not its own"}'
    run_line "printf '%s\n' 201 '$second' | proxmox_lxc.start"
    assert_status 0
    assert_equal "$stderr" ''
    assert_equal "$output" "$(started 201 && echo && started 200)"
    assert_equal "$(requests POST . | jq -r '"\(.path)\(.query)\(.body)"' | sort)" \
        "$(printf '/api2/json/nodes/px-testing/lxc/%s/status/start\n' 200 201)"
    assert_equal "$(count_requests GET '/lxc/20[01]/status/current$')" 2
}

@test "a list is an input: what was listed is started" {
    start_node --containers 3 --task-ms 20
    run_line 'proxmox_lxc.list 20[02] | proxmox_lxc.start | jq -r .vm_id'
    assert_equal "$output" $'200\n202'
    run_line 'proxmox_lxc.list | jq -r .lxc_status'
    assert_equal "$output" $'running\nstopped\nrunning'
}

@test "bad lines among good ones are told each, and stop nothing" {
    start_node --containers 2 --task-ms 20
    run_line 'printf "%s\n" 200 hello 999 "{\"vm_id\":[201]}" 201 | proxmox_lxc.start'
    assert_status 1
    assert_equal "$output" "$(started 200 && echo && started 201)"
    assert_equal "$(grep -o '(line [0-9]' <<<"$stderr" | xargs)" '(line 2 (line 3 (line 4'
    assert_contains "$stderr" \
        "vm_id 999 (line 3: Configuration file 'nodes/px-testing/lxc/999.conf' does not exist)"
    assert_equal "$(count_requests POST .)" 3
}

@test "an id of the other kind is told as what it is, and nothing of it is started" {
    start_node --containers 1 --task-ms 20 "${own_token[@]}"
    run_line 'printf "100\n200\n" | proxmox_lxc.start'
    assert_status 1
    assert_equal "$output" "$(started 200)"
    assert_contains "$stderr" 'it is a virtual machine'
    run_line 'printf "200\n101\n" | proxmox_vm.start'
    assert_status 1
    assert_equal "$(jq -r .vm_id <<<"$output")" 101
    assert_contains "$stderr" 'it is a container'
    assert_equal "$(curl_api /nodes/px-testing/qemu/100/status/current | jq -r .data.status)" stopped
}

@test "a container that runs already is as it was asked for: told, and a success" {
    start_node --containers 1 --running
    run_line 'echo 200 | proxmox_lxc.start'
    assert_status 0
    assert_equal "$output" "$(started 200)"
    assert_contains "$stderr" 'CT 200 already running'
}

@test "--text and --dry-run: the same to read, and the requests that would be sent" {
    start_node --containers 1 --task-ms 20
    run_line 'echo 200 | proxmox_lxc.start --dry-run'
    assert_status 0
    assert_equal "$output" '{"method":"POST","path":"/nodes/px-testing/lxc/200/status/start"}
{"method":"GET","path":"/nodes/px-testing/lxc/200/status/current"}'
    assert_equal "$(wc -l <"$node_log")" 0
    run_line 'echo 200 | proxmox_lxc.start --text | sort'
    assert_equal "$output" "$(printf '%s\n' action=lxc_start lxc_name=ct-200 lxc_status=running \
        proxmox_node=px-testing source=proxmox-api vm_id=200)"
}

@test "--async leaves open what is not known yet, and wait gives the line of a start that waits" {
    start_node --containers 2 --task-ms 300
    run_line "echo 200 | proxmox_lxc.start --async | tee '$BATS_TEST_TMPDIR/open'"
    assert_status 0
    assert_equal "$(jq -c 'del(.upid)' <<<"$output")" "$(started 200 null null)"
    assert_equal "$(jq -r .upid <<<"$output")" "$(requests POST /200/status/start | jq -r .upid)"
    assert_contains "$output" ':vzstart:200:'
    run_line "proxmox_task.wait <'$BATS_TEST_TMPDIR/open'"
    assert_status 0
    assert_equal "$stderr" ''
    assert_equal "$output" "$(started 200)"
    run_line 'echo 201 | proxmox_lxc.start --async | proxmox_task.wait'
    assert_equal "$output" "$(started 201)"
}

@test "a start task that fails, or outlives its time, is no success" {
    start_node --containers 1 --task-ms 20 \
        --fault 'replace="status":"OK"|"status":"no%20space%20left" path=/tasks$'
    run_line 'echo 200 | proxmox_lxc.start'
    assert_status 1
    assert_equal "$output" ''
    assert_contains "$stderr" 'no space left'
    stop_node
    start_node --containers 1 --task-ms 600000
    run_line 'echo 200 | proxmox_lxc.start --timeout 1'
    assert_status 3
    assert_contains "$stderr" "$(requests POST . | jq -r .upid) still running after 1s"
    refute_contains "$output" '"lxc_status":"running"'
}

@test "a start whose reply got lost is known by the state, and sent once" {
    start_node --containers 1 --task-ms 20 --fault 'cut=0 method=POST'
    run_line 'echo 200 | proxmox_lxc.start'
    assert_status 0
    assert_equal "$output" "$(started 200)"
    assert_contains "$stderr" 'the reply was lost'
    assert_contains "$stderr" 'but it is done'
    assert_equal "$(count_requests POST .)" 1
}

@test "a container that HA manages is awaited until HA has started it" {
    start_node --containers 1 --managed 200 --ha-ms 800 --task-ms 20
    run_line 'echo 200 | proxmox_lxc.start'
    assert_status 0
    assert_equal "$output" "$(started 200)"
    assert_contains "$(requests POST . | jq -r .upid)" ':hastart:200:'
}

@test "what the token may not do is told with the privilege and its path" {
    local denied='fail=403:Permission%20check%20failed%20(/vms/200,%20VM.PowerMgmt) instead'
    start_node --containers 1 --fault "$denied method=POST"
    run_line 'echo 200 | proxmox_lxc.start'
    assert_status 1
    assert_equal "$output" ''
    assert_contains "$stderr" '(line 1: Permission check failed (/vms/200, VM.PowerMgmt))'
    assert_contains "$stderr" '--privs VM.PowerMgmt,VM.Audit; pveum acl modify /vms '
    stop_node
    start_node --containers 1 --no-audit
    run_line 'proxmox_lxc.list'
    assert_equal "$output" ''
    assert_contains "$stderr" 'lacks VM.Audit'
    assert_contains "$stderr" 'pveum acl modify /vms '
}
