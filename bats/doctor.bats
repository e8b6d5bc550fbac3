#!/usr/bin/env bats
# range42-doctor: every fault that is switched on names its own cause, and no other does.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper
load terminal

teardown() {
    close_terminal
    stop_node
}

# The names of the checks that are bad, on one line.
faults() { jq -r 'select(.health == "bad") | .check' <<<"$output" | paste -sd ' '; }

# The one check that is bad, named $1, is told by a tool in the doctor's words and with its remedy.
assert_tool_agrees() {
    local finding remedy
    run_line 'range42-doctor --json'
    assert_equal "$(faults)" "$1"
    finding=$(jq -r 'select(.health == "bad") | .finding' <<<"$output")
    remedy=$(jq -r 'select(.health == "bad") | .remedy' <<<"$output")
    [ -n "$finding" ] && [ -n "$remedy" ]
    run_line 'proxmox_vm.list'
    assert_contains "$stderr" "$finding"
    assert_contains "$stderr" "$remedy"
    run_line 'seq 100 103 | proxmox_vm.start'
    assert_equal "$output" ''
    assert_contains "$stderr" "$finding"
    assert_equal "$(grep -cF "$remedy" <<<"$stderr")" 1
}

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
    start_node --storages thick=lvm
    run_line 'range42-doctor --json'
    assert_status 1
    assert_equal "$(faults)" snapshots
    stop_node
    start_node --storages local,thick=lvm,thin=lvmthin
    run_line 'range42-doctor'
    assert_status 0
    assert_contains "$output" \
        'possible on local (dir, if a disk is made as qcow2), thin (lvmthin); not: thick (lvm)'
}

@test "a storage of files is not called fit: what it makes unasked is raw" {
    start_node
    run_line 'range42-doctor --json'
    assert_status 0
    assert_equal "$(jq -r 'select(.check == "snapshots") | .health' <<<"$output")" advice
    assert_contains "$output" 'possible on local (dir, if a disk is made as qcow2)'
    stop_node
    start_node --fault 'replace="default":"raw"|"default":"qcow2" path=/storage'
    run_line 'range42-doctor --json'
    assert_equal "$(jq -r 'select(.check == "snapshots") | .health' <<<"$output")" ok
}

@test "an LVM whose snapshots are a chain of volumes can take them" {
    start_node --storages thick=lvm --fault 'replace=["raw"]|["raw","qcow2"] path=/storage'
    run_line 'range42-doctor --json'
    assert_status 0
    assert_equal "$(faults)" ''
}

@test "a VM with a disk that takes no snapshots is named" {
    start_node --vms 3 --plain --fault 'replace="hasFeature":1|"hasFeature":0 path=/101/feature'
    run_line 'range42-doctor'
    assert_status 0
    assert_contains "$output" 'advice   VM snapshots: possible in 2 of 3 VMs looked at; not in 101'
    assert_contains "$output" 'qm disk move 101 '
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

@test "a clock that is ahead, and one that is behind" {
    local seconds
    for seconds in 300 -300; do
        start_node --fault "clock=$seconds"
        run_line 'range42-doctor --json'
        assert_status 1
        assert_equal "$(faults)" clock
        stop_node
    done
}

@test "a tool says of each fault on the way what the doctor says of it" {
    start_node --refusal-ms 0 --fault 'fail=401:no%20such%20token'
    assert_tool_agrees token
    stop_node
    assert_tool_agrees port
    echo wrong >"$workspace/vault_pass.txt"
    assert_tool_agrees vault
    rm "$workspace/vault_pass.txt"
    assert_tool_agrees 'password file'
    unset RANGE42_VAULT_PASSWORD_FILE
    assert_tool_agrees RANGE42_VAULT_PASSWORD_FILE
}

@test "something that is not the API: a tool says what the doctor says" {
    start_node --fault plain
    assert_tool_agrees 'api reachable'
}

@test "a server that answers HTML, or anything but a version, to everything is not the API" {
    local answer
    for answer in body=html body=empty body=null body=array \
        'replace="version"|"weather" path=/version'; do
        start_node --fault "$answer"
        run_line 'range42-doctor --json'
        assert_status 6
        assert_equal "$(faults)" 'api reachable'
        assert_contains "$output" 'is not Proxmox'
        stop_node
    done
}

@test "an identity that nobody checks is no ok" {
    start_node
    RANGE42_PROXMOX_API_TLS=insecure run_line 'range42-doctor --json'
    assert_status 1
    assert_equal "$(faults)" 'TLS identity'
    assert_contains "$output" 'whoever answers at'
}

@test "a vault in plain text is no ok, and one that others could have written is refused" {
    start_node
    local vault=$RANGE42_ANSIBLE_ROLES__DEVKITS_DIR/secrets/default_vault.yml
    chmod 644 "$vault"
    run_line 'range42-doctor --json'
    assert_status 1
    assert_equal "$(faults)" vault
    assert_contains "$output" 'every user of this machine can read it'
    ansible-vault decrypt --vault-password-file "$RANGE42_VAULT_PASSWORD_FILE" "$vault" 2>/dev/null
    chmod 600 "$vault"
    run_line 'range42-doctor --json'
    assert_status 1
    assert_equal "$(faults)" vault
    assert_contains "$output" 'not encrypted'
    chmod 666 "$vault"
    run_line 'range42-doctor --json'
    assert_status 5
    assert_equal "$(faults)" vault
    chmod 600 "$vault"
    chmod 777 "$workspace"
    run_line 'range42-doctor --json'
    assert_status 5
    assert_equal "$(faults)" vault
    assert_contains "$output" "$workspace: other users can change it"
}

@test "a host whose name has no address: doctor and tool say so, and what to do" {
    start_node
    local vault=$RANGE42_ANSIBLE_ROLES__DEVKITS_DIR/secrets/default_vault.yml
    ansible-vault decrypt --vault-password-file "$RANGE42_VAULT_PASSWORD_FILE" "$vault" 2>/dev/null
    sed -i 's|^proxmox_api_host:.*|proxmox_api_host: "nowhere.invalid:8006"|' "$vault"
    ansible-vault encrypt --vault-password-file "$RANGE42_VAULT_PASSWORD_FILE" "$vault" 2>/dev/null
    assert_tool_agrees 'name resolution'
    assert_contains "$stderr" 'cannot reach https://nowhere.invalid:8006: its name has no address'
    run_line 'range42-doctor'
    assert_status 6
    assert_equal "$(wc -l <"$node_log")" 0
}

@test "a node that the cluster does not have: a tool sends its user to the doctor" {
    start_node --fault "fail=500:hostname%20lookup%20'px-testing'%20failed path=/qemu$"
    run_line 'proxmox_vm.list'
    assert_status 1
    assert_contains "$stderr" "hostname lookup 'px-testing' failed"
    assert_contains "$stderr" '  range42-doctor tells whether the cluster knows the node'
}

@test "a tool that is not allowed to says which line grants it, once" {
    start_node --vms 3 --plain \
        --fault 'fail=403:Permission%20check%20failed%20(/vms,%20VM.PowerMgmt) method=POST'
    run_line 'seq 100 102 | proxmox_vm.start'
    assert_status 1
    assert_equal "$(grep -c 'pveum role add Range42Tools --privs VM.PowerMgmt,VM.Audit' \
        <<<"$stderr")" 1
    run_line "seq 100 102 | '$build/shims/proxmox_vm.vm_id.start.to.jsons.sh'"
    if [[ $stderr == *pveum* ]]; then fail "$stderr"; fi
}

# Leaves out what another machine or run, or one more tool, would show otherwise.
without_places() {
    # shellcheck disable=SC2154 # terminal.bash sets it
    screen=$(sed -E 's/(127\.0\.0\.1):[0-9]+/\1:PORT/
        s/^[a-z]+ +OpenSSL: .*/HEALTH   OpenSSL: BUILD/
        s/^(ok +VM[.].*: for ).*/\1TOOLS/' <<<"$screen")
}

@test "what a person sees: a report without a fault, and one with a node that is down" {
    start_node --vms 3 --plain
    # A row for each privilege.
    open_terminal 80x32 env PATH="$PATH" PS1='$ ' bash --norc --noprofile
    await_screen '^[$]'
    type_keys 'clear; range42-doctor' Enter
    await_screen 'install qemu-guest-agent'
    await_screen '^[$]$'
    without_places
    assert_golden doctor-80.txt
    stop_node
    type_keys 'clear; range42-doctor' Enter
    await_screen '^unknown '
    await_screen '^[$]$'
    without_places
    assert_golden doctor-down-80.txt
}
