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
    assert_equal "$(jq -r .health <<<"$output" | sort -u)" ok
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
    assert_equal "$(faults)" 'api reachable'
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
    assert_contains "$stderr" VM.Audit
}
