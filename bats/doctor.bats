#!/usr/bin/env bats
# range42-doctor: every fault that is switched on names its own cause, and no other does.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

# The names of the checks that are bad, on one line.
faults() { jq -r 'select(.health == "bad") | .check' <<<"$output" | paste -sd ' '; }

@test "a healthy workspace: every check is ok, the exit status is 0" {
    start_node
    run_line 'range42-doctor --json'
    assert_status 0
    assert_equal "$(jq -r .health <<<"$output" | grep -cvxE 'ok|advice')" 0
    run_line 'range42-doctor'
    assert_status 0
    assert_contains "$output" 'ok       VM.Audit: '
}

@test "an unset variable" {
    start_node
    run_line 'env -u RANGE42_VAULT_PASSWORD_FILE range42-doctor --json'
    assert_status 4
    assert_equal "$(faults)" RANGE42_VAULT_PASSWORD_FILE
    run_line 'env -u RANGE42_ANSIBLE_ROLES__DEVKITS_DIR range42-doctor --json'
    assert_status 4
    assert_equal "$(faults)" RANGE42_ANSIBLE_ROLES__DEVKITS_DIR
}

@test "a wrong password" {
    start_node
    echo wrong >"$workspace/vault_pass.txt"
    run_line 'range42-doctor --json'
    assert_status 4
    assert_equal "$(faults)" vault
}

@test "a node that does not listen" {
    start_node
    stop_node
    run_line 'range42-doctor --json'
    assert_status 6
    assert_equal "$(faults)" port
}

@test "a key that is not the trusted one" {
    start_node
    run_line "RANGE42_PROXMOX_API_TLS=pin:sha256//$(printf '0%.0s' {1..43} | tr 0 A)= \
        range42-doctor --json"
    assert_status 5
    assert_equal "$(faults)" 'TLS identity'
    assert_equal "$(wc -l <"$node_log")" 0
}

@test "a token without VM.Audit, which a list would show as emptiness" {
    start_node --no-audit
    run_line 'range42-doctor --json'
    assert_status 1
    assert_equal "$(faults)" VM.Audit
    assert_contains "$output" 'pveum acl modify'
    run_line 'proxmox_vm.list'
    assert_equal "$output" ''
    assert_contains "$stderr" 'lacks VM.Audit; on the node: pveum role add'
}

@test "an empty list of a token that may see everything says that there is none" {
    start_node --vms 0
    run_line 'proxmox_vm.list'
    assert_status 0
    assert_contains "$stderr" 'there is none'
    if [[ $stderr == *VM.Audit* ]]; then fail "$stderr"; fi
}

@test "a password file that is not there" {
    start_node
    rm "$workspace/vault_pass.txt"
    run_line 'range42-doctor --json'
    assert_status 4
    assert_equal "$(faults)" 'password file'
}

@test "something that listens and speaks no TLS" {
    start_node --fault plain
    run_line 'range42-doctor --json'
    assert_status 6
    assert_equal "$(faults)" 'api reachable'
}

@test "a token that is not valid" {
    start_node --refusal-ms 0 --fault 'fail=401:no%20such%20token path=/version'
    run_line 'range42-doctor --json'
    assert_status 4
    assert_equal "$(faults)" token
}

@test "a privilege for some of the tools: they are named, and the line that grants it" {
    start_node --fault 'replace="VM.Snapshot"|"VM.Nothing" path=/access/permissions'
    run_line 'range42-doctor --json'
    assert_status 1
    assert_equal "$(faults)" VM.Snapshot
    assert_contains "$output" proxmox_snapshot_vm.create_snapshot
    assert_contains "$output" 'pveum role add Range42Tools --privs VM.Snapshot'
}

@test "a storage that cannot take snapshots" {
    start_node --fault 'replace="dir"|"lvm" path=/storage'
    run_line 'range42-doctor --json'
    assert_status 1
    assert_equal "$(faults)" snapshots
}

@test "an agent that is off is advice, one that is on is well" {
    start_node --vms 1 --plain
    run_line 'range42-doctor --json'
    assert_status 0
    assert_equal "$(jq -r 'select(.check == "agent") | .health' <<<"$output")" advice
    assert_contains "$output" 'qm set 100 --agent 1'
    stop_node
    start_node --vms 1 --plain \
        --fault 'replace="name":"vm-100"|"agent":"1","name":"vm-100" path=/config'
    run_line 'range42-doctor --json'
    assert_equal "$(jq -r 'select(.check == "agent") | .health' <<<"$output")" ok
}

@test "a node name that the cluster does not know" {
    start_node --fault 'replace="px-testing"|"px-elsewhere" path=/nodes$'
    run_line 'range42-doctor --json'
    assert_status 1
    assert_equal "$(faults)" 'node name'
}
