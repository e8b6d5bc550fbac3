#!/usr/bin/env bats
# Credentials from the caller: over a descriptor, read once, and of no use to anybody else.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper
load background

# A node whose settings only `credentials` prints; there is no workspace.
start_node_without_workspace() {
    start_node "$@"
    local bin=$BATS_TEST_TMPDIR/bin
    mkdir -p "$bin"
    cat >"$bin/credentials" <<SCRIPT
#!/usr/bin/env bash
jq -nc --rawfile secret '$canary_file' '{proxmox_api_host: "127.0.0.1:$node_port",
    proxmox_api_user: "range42@pam", proxmox_api_token_id: "devkit",
    proxmox_api_token_secret: (\$secret | rtrimstr("\n")), proxmox_node: "px-testing"}'
SCRIPT
    chmod +x "$bin/credentials"
    export PATH=$bin:$PATH RANGE42_PROXMOX_CREDENTIALS_FD=3
    unset RANGE42_ANSIBLE_ROLES__DEVKITS_DIR RANGE42_VAULT_PASSWORD_FILE
}

@test "where a descriptor holds the settings, no vault is needed" {
    start_node_without_workspace --vms 2 --plain
    run_line 'proxmox_vm.list 3< <(credentials)'
    assert_status 0
    assert_equal "$(jq -s length <<<"$output")" 2
    run_line 'seq 100 101 | proxmox_vm.start 3< <(credentials)'
    assert_status 0
    run_line 'RANGE42_PROXMOX_CREDENTIALS_FD=17 proxmox_api.reachable 17< <(credentials)'
    assert_status 0
    run_line 'echo vm-100 | proxmox_vm.lookup 3< <(credentials) | proxmox_vm.select @running \
        3< <(credentials)'
    assert_status 0
    assert_equal "$(jq .vm_id <<<"$output")" 100
}

@test "they outrank a vault that could be opened" {
    start_node --vms 1 --plain
    run_line 'RANGE42_PROXMOX_CREDENTIALS_FD=3 proxmox_vm.list 3<<<"{\"proxmox_api_host\":1}"'
    assert_status 4
    assert_contains "$stderr" 'handed credentials: '
    assert_equal "$(wc -l <"$node_log")" 0
}

@test "the descriptor is closed once it is read" {
    start_node_without_workspace --vms 1 --plain --running --task-ms 20000
    echo 100 >"$BATS_TEST_TMPDIR/lines"
    start_tool "$BATS_TEST_TMPDIR/lines" bash -c \
        'exec 3< <(credentials); readlink /proc/self/fd/3 >"$1"; exec proxmox_vm.stop_force' \
        shell "$BATS_TEST_TMPDIR/pipe"
    wait_until has_seen 1 POST /status/stop
    assert_matches "$(cat "$BATS_TEST_TMPDIR/pipe")" '^pipe:'
    readlink "/proc/$tool_pid/fd/"* >"$BATS_TEST_TMPDIR/descriptors"
    [ -s "$BATS_TEST_TMPDIR/descriptors" ]
    if grep -qxFf "$BATS_TEST_TMPDIR/pipe" "$BATS_TEST_TMPDIR/descriptors"; then
        fail "still open: $(cat "$BATS_TEST_TMPDIR/descriptors")"
    fi
}

@test "a program that a tool runs has not got the descriptor" {
    start_node_without_workspace --vms 1 --plain --running
    cat >"$BATS_TEST_TMPDIR/bin/ssh" <<'SCRIPT'
#!/usr/bin/env bash
ls -l /proc/self/fd | sed "s/.* \([0-9]* -> \)/\1/" >>"$BATS_TEST_TMPDIR/descriptors"
exit 255
SCRIPT
    chmod +x "$BATS_TEST_TMPDIR/bin/ssh"
    run_line 'exec 3< <(credentials); readlink /proc/self/fd/3 >"$BATS_TEST_TMPDIR/pipe"
        echo "{\"vm_id\":100,\"vm_ip\":\"127.0.0.1\"}" | guest.run --timeout 5 -- true'
    assert_status 6
    [ -s "$BATS_TEST_TMPDIR/descriptors" ]
    if grep -qFf "$BATS_TEST_TMPDIR/pipe" "$BATS_TEST_TMPDIR/descriptors"; then
        fail "inherited: $(cat "$BATS_TEST_TMPDIR/descriptors")"
    fi
}

@test "what is no descriptor, or none that the caller has opened, is told before any request" {
    local number
    start_node_without_workspace --vms 1 --plain
    for number in 0 1 2 -1 3x 99999999999 x 41 3; do
        run_line "RANGE42_PROXMOX_CREDENTIALS_FD=$number proxmox_vm.list --progress=never 3>&-"
        assert_status 4
        assert_contains "$stderr" 'is the number, from 3 on, of a descriptor that is open'
        # A file that the tool has opened itself is not meant, whatever its number.
        run_line "echo 100 | RANGE42_PROXMOX_CREDENTIALS_FD=$number proxmox_vm.start 3>&- \
            --failed '$BATS_TEST_TMPDIR/failed'"
        assert_status 4
        assert_contains "$stderr" 'is the number, from 3 on, of a descriptor that is open'
    done
    assert_equal "$(wc -l <"$node_log")" 0
}

@test "what is lacking or malformed in them is named, never shown" {
    start_node_without_workspace --vms 1 --plain
    run_line 'proxmox_vm.list 3< <(credentials | jq -c "del(.proxmox_node)")'
    assert_status 4
    assert_contains "$stderr" 'handed credentials: proxmox_node is missing'
    run_line 'proxmox_vm.list 3< <(credentials | jq -c ".proxmox_api_token_secret += \" x\"")'
    assert_status 4
    assert_contains "$stderr" 'proxmox_api_token_secret is malformed'
    run_line 'proxmox_vm.list 3</dev/null'
    assert_status 4
    run_line 'proxmox_vm.list 3< <(head -c 100000 /dev/zero | tr "\0" x)'
    assert_status 4
    assert_contains "$stderr" 'larger than 65536 bytes'
    assert_equal "$(wc -l <"$node_log")" 0
}

@test "under a devkit's name there is no ansible path for them, whatever is wrong" {
    start_node_without_workspace --vms 1 --plain
    local devkit=$BATS_TEST_TMPDIR/devkit shim=$build/shims/proxmox_vm.list.to.jsons.sh
    mkdir "$devkit"
    printf '#!/bin/sh\necho called\n' >"$devkit/${shim##*/}"
    chmod +x "$devkit/${shim##*/}"
    export RANGE42_ANSIBLE_ROLES__DEVKITS_DIR=$devkit
    run_line "'$shim' 3< <(credentials)"
    assert_status 0
    run_line "RANGE42_PROXMOX_API_FORCE=off '$shim' 3< <(credentials)"
    assert_status 1
    assert_equal "$output" ''
    assert_contains "$stderr" 'no ansible path with credentials of RANGE42_PROXMOX_CREDENTIALS_FD'
    stop_node
    run_line "'$shim' 3< <(credentials)"
    assert_status 1
    assert_equal "$output" ''
}

@test "the doctor looks at them instead of a vault" {
    start_node_without_workspace --vms 1 --plain
    run_line 'range42-doctor --json 3< <(credentials)'
    assert_status 0
    assert_equal "$(jq -r 'select(.check | test("^RANGE42|vault|password")) | .check + .health' \
        <<<"$output")" RANGE42_PROXMOX_CREDENTIALS_FDok
    run_line 'range42-doctor --json 3<&-'
    assert_status 4
    assert_equal "$(jq -r 'select(.health == "bad") | .check' <<<"$output")" \
        RANGE42_PROXMOX_CREDENTIALS_FD
}
