#!/usr/bin/env bats
# What a user sees of list, start and reachable, from the pipe to the exit status.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

# The guests of the recordings: 100 web-01, 101 db-01, 102 without a name, ... then student-NN.
readonly plain=(--vms 4 --plain --task-ms 50)

@test "list prints one compact object a VM, keys in alphabetical order" {
    start_node
    run_line 'proxmox_vm.list ^web-01$'
    assert_status 0
    assert_equal "$output" '{"action":"vm_list","proxmox_node":"px-testing","source":"proxmox-api","vm_id":100,"vm_name":"web-01","vm_status":"stopped","vm_tags":"range42;web","vm_template":0,"vm_uptime":0}'
    assert_equal "$stderr" ''
}

@test "list is sorted by vm_id whatever order the node answers in" {
    local seed
    for seed in 1 2 3; do
        start_node --vms 40 --seed "$seed"
        run_line 'proxmox_vm.list | jq .vm_id'
        assert_equal "$output" "$(seq 100 139)"
        stop_node
    done
}

@test "list filters names by a regular expression, case aside" {
    start_node
    run_line "proxmox_vm.list '^(WEB|db)-0\\d\$' | jq -r .vm_name"
    assert_equal "$output" $'web-01\ndb-01'
    run_line 'proxmox_vm.list no-such-name'
    assert_status 0
    assert_equal "$output" ''
}

@test "list refuses an invalid regular expression as wrong usage" {
    start_node
    run_line "proxmox_vm.list '('"
    assert_status 2
    assert_equal "$output" ''
    assert_equal "$(count_requests GET .)" 0
}

@test "list does not read its standard input" {
    start_node
    run_line 'printf "101\n102\n" | { proxmox_vm.list >/dev/null; cat; }'
    assert_equal "$output" $'101\n102'
}

@test "list --text is for people and still names the VM" {
    start_node
    run_line 'proxmox_vm.list --text ^web-01$'
    assert_status 0
    assert_contains "$output" 'web-01'
    [[ $output != *'{'* ]]
}

@test "start waits for the task and prints what became of the VM" {
    start_node --task-ms 200
    run_line 'echo 100 | proxmox_vm.start'
    assert_status 0
    assert_equal "$output" '{"action":"vm_start","proxmox_node":"px-testing","source":"proxmox-api","vm_id":"100","vm_name":"web-01","vm_status":"running"}'
    assert_equal "$stderr" ''
    assert_equal "$(count_requests POST '/qemu/100/status/start$')" 1
}

@test "list | grep | start starts just those" {
    start_node --vms 20
    local wanted
    wanted=$(proxmox_vm.list | grep -c student)
    [ "$wanted" -gt 0 ]
    run_line 'proxmox_vm.list | grep student | proxmox_vm.start | jq -r .vm_status | sort | uniq -c'
    assert_status 0
    assert_matches "$output" "^ *$wanted running\$"
    assert_equal "$(count_requests POST /status/start)" "$wanted"
}

@test "results come in the order of the lines, however long each takes" {
    start_node "${plain[@]}"
    run_line 'printf "103\n100\n102\n101\n" | proxmox_vm.start | jq -r .vm_id'
    assert_equal "$output" $'103\n100\n102\n101'
}

@test "a bad line in the middle is traced with its number, the batch goes on" {
    start_node "${plain[@]}"
    run_line 'printf "100\nhello\n101\n" | proxmox_vm.start'
    assert_status 1
    assert_equal "$(jq -r .vm_id <<<"$output")" $'100\n101'
    assert_matches "$stderr" '^:: TRACE :: .*line 2[^0-9]'
    assert_equal "$(wc -l <<<"$stderr")" 1
}

@test "control characters of a bad line reach the terminal escaped" {
    start_node "${plain[@]}"
    run_line "printf '\\033]0;owned\\007\\n' | proxmox_vm.start"
    assert_status 1
    [[ $stderr != *$'\e]'* && $stderr != *$'\a'* ]]
}

@test "CRLF, blanks, blank lines, objects and digit strings are all understood" {
    start_node "${plain[@]}"
    run_line "printf '100\\r\\n\\n  101  \\n{\"vm_id\":\"102\",\"x\":[1]}\\r\\n{\"vm_id\":103}\\n' |
        proxmox_vm.start | jq -r .vm_id"
    assert_status 0
    assert_equal "$output" $'100\n101\n102\n103'
    assert_equal "$stderr" ''
}

@test "a last line without a newline counts" {
    start_node "${plain[@]}"
    run_line 'printf "100\n101" | proxmox_vm.start | jq -r .vm_id'
    assert_equal "$output" $'100\n101'
}

@test "a second line for the same VM waits for the first" {
    local task_ms=300 first second
    start_node --vms 4 --plain --task-ms "$task_ms"
    run_line 'printf "100\n100\n" | proxmox_vm.start --jobs 4'
    assert_contains "$stderr" 'VM 100 already running'
    read -r first second < <(requests POST '/qemu/100/status/start$' | jq -s -r \
        'map(.time_ms) | "\(.[0]) \(.[1])"')
    awk -v gap="$((task_ms / 2))" -v first="$first" -v second="$second" \
        'BEGIN { exit !(second - first >= gap) }'
}

@test "four lines are under way at once unless --jobs says less" {
    start_node --vms 4 --plain --task-ms 1500
    run_line 'seq 100 103 | proxmox_vm.start'
    assert_status 0
    assert_equal "$(jq -r 'select(.method == "POST" or (.path | endswith("/status/current")))
        | .method' "$node_log" | head -n 4 | sort -u)" POST
}

@test "--jobs 1 and RANGE42_PROXMOX_JOBS=1 are strictly serial" {
    local how order
    for how in 'proxmox_vm.start --jobs 1' 'RANGE42_PROXMOX_JOBS=1 proxmox_vm.start'; do
        start_node "${plain[@]}"
        run_line "seq 100 102 | $how"
        assert_status 0
        order=$(jq -r 'select(.method == "POST" or (.path | endswith("/status/current")))
            | .method' "$node_log" | tr '\n' ' ')
        assert_equal "$order" 'POST GET POST GET POST GET '
        stop_node
    done
}

@test "a VM that is not there is a failed line, the others are done" {
    start_node "${plain[@]}"
    run_line 'printf "999\n100\n" | proxmox_vm.start'
    assert_status 1
    assert_equal "$(jq -r .vm_id <<<"$output")" 100
    assert_contains "$stderr" 999
}

@test "empty input succeeds and touches neither vault nor network" {
    start_node
    echo 'not a vault' >"$workspace/devkit/secrets/default_vault.yml"
    run_line 'proxmox_vm.start </dev/null'
    assert_status 0
    assert_equal "$output$stderr" ''
    assert_equal "$(wc -l <"$node_log")" 0
}

@test "a stopped node: exit 6, node and cause named, nothing printed" {
    start_node
    stop_node
    run_line 'proxmox_vm.list'
    assert_status 6
    assert_equal "$output" ''
    assert_matches "$stderr" 'px-testing.*Connection refused'
    run_line 'echo 100 | proxmox_vm.start'
    assert_status 6
    assert_equal "$output" ''
}

@test "a wrong vault password: exit 4, the file named, no network" {
    start_node
    echo wrong >"$RANGE42_VAULT_PASSWORD_FILE"
    run_line 'proxmox_vm.list'
    assert_status 4
    assert_contains "$stderr" default_vault.yml
    run_line 'echo 100 | proxmox_vm.start'
    assert_status 4
    assert_equal "$(wc -l <"$node_log")" 0
}

@test "an unset variable: exit 4, the variable named, no network" {
    local variable
    start_node
    for variable in RANGE42_ANSIBLE_ROLES__DEVKITS_DIR RANGE42_VAULT_PASSWORD_FILE; do
        run_line "unset $variable; echo 100 | proxmox_vm.start"
        assert_status 4
        assert_equal "$output" ''
        assert_contains "$stderr" "$variable"
    done
    assert_equal "$(wc -l <"$node_log")" 0
}

@test "another key than the pinned one: exit 5, no token sent" {
    start_node
    export RANGE42_PROXMOX_API_TLS=pin:sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
    run_line 'proxmox_vm.list'
    assert_status 5
    assert_equal "$output" ''
    assert_equal "$(wc -l <"$node_log")" 0
}

@test "--help goes to stdout, exits 0 and lists the exit statuses" {
    local tool
    for tool in proxmox_vm.list proxmox_vm.start proxmox_api.reachable; do
        run_line "$tool --help"
        assert_status 0
        assert_contains "$output" "$tool"
        assert_contains "$output" 74
        assert_equal "$stderr" ''
    done
}

@test "an unknown option is wrong usage: exit 2, on stderr" {
    run_line 'proxmox_vm.start --no-such-option </dev/null'
    assert_status 2
    assert_equal "$output" ''
    assert_contains "$stderr" '--no-such-option'
}

@test "list | head -1 dies of SIGPIPE in silence" {
    start_node --vms 3000
    run_line 'proxmox_vm.list | head -n 1 | wc -l; echo "${PIPESTATUS[0]}"'
    assert_equal "$output" $'1\n141'
    assert_equal "$stderr" ''
}

@test "a full disk: exit 74" {
    start_node
    run_line 'proxmox_vm.list >/dev/full'
    assert_status 74
    assert_contains "$stderr" 'No space left on device'
}

@test "reachable is silent: 0 with the node there, 6 without" {
    start_node
    run_line 'proxmox_api.reachable'
    assert_status 0
    assert_equal "$output$stderr" ''
    stop_node
    run_line 'proxmox_api.reachable'
    assert_status 6
    assert_equal "$output$stderr" ''
}
