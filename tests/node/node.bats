#!/usr/bin/env bats
# The stand-in node as any client sees it: curl and jq, a workspace, a log.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

@test "help says that it is a test double, and wrong options are refused" {
    run "$node_program" --help
    [ "$status" -eq 0 ]
    [[ "$output" == *"test double"* ]]
    run "$node_program" --vms many
    [ "$status" -eq 2 ]
    [[ "$output" == *"--vms: the number given: 'many' is not a number"* ]]
    run "$node_program" --nosuch
    [ "$status" -eq 2 ]
}

@test "SIGTERM ends it cleanly" {
    start_node
    kill "$node_pid"
    wait "$node_pid"
    node_pid=
}

@test "the workspace leads to the node, and its pin is the node's key" {
    start_node --workspace "$workspace"
    [ "$(stat -c %a "$workspace/vault_pass.txt")" = 600 ]
    # shellcheck source=/dev/null
    . "$workspace/env.sh"
    [ -f "${RANGE42_ANSIBLE_ROLES__DEVKITS_DIR}secrets/default_vault.yml" ]
    curl -sk --pinnedpubkey "${RANGE42_PROXMOX_API_TLS#pin:}" -o /dev/null "https://$address/"
    run curl -sk --pinnedpubkey "sha256//$(printf '%044d' 0)" -o /dev/null "https://$address/"
    [ "$status" -ne 0 ]
}

@test "ansible-vault opens the workspace's vault" {
    command -v ansible-vault >/dev/null || skip "no ansible-vault"
    start_node --workspace "$workspace"
    run ansible-vault view --vault-password-file "$workspace/vault_pass.txt" \
        "$workspace/devkit/secrets/default_vault.yml"
    [ "$status" -eq 0 ]
    [[ "$output" == *"proxmox_api_host: \"$address\""* ]]
    [[ "$output" == *'proxmox_api_token_secret: "bats-secret"'* ]]
}

@test "the first eight machines are the special ones, the others ordinary" {
    start_node --vms 30
    names=$(api GET /nodes/px-testing/qemu | jq -r '[.data | sort_by(.vmid)[] | .name] | join(" ")')
    [[ "$names" == "web-01 db-01 VM 102 tpl-tiny no-os-01 locked-01 protected-01 nodisk-01 "* ]]
    [ "$(api GET /nodes/px-testing/qemu | jq '.data | length')" = 30 ]
}

@test "the order of a list is random and repeats with the seed" {
    start_node --vms 30 --seed 7
    first=$(api GET /nodes/px-testing/qemu | jq -c '[.data[].vmid]')
    second=$(api GET /nodes/px-testing/qemu | jq -c '[.data[].vmid]')
    [ "$first" != "$second" ]
    teardown
    start_node --vms 30 --seed 7
    [ "$(api GET /nodes/px-testing/qemu | jq -c '[.data[].vmid]')" = "$first" ]
}

@test "a hundred requests on one connection, and the hundredth says close" {
    start_node
    seq -f "url=https://$address/api2/json/version?_dc=%g" 101 >"$BATS_TEST_TMPDIR/urls"
    curl -sk -D "$BATS_TEST_TMPDIR/heads" -H "Authorization: PVEAPIToken=$token" \
        -K "$BATS_TEST_TMPDIR/urls" >/dev/null
    [ "$(jq -s 'map(select(.connection == 2)) | length' "$log")" = 100 ]
    [ "$(grep -ci '^connection: close' "$BATS_TEST_TMPDIR/heads")" = 1 ]
}

@test "the log has every request once, and no secret" {
    start_node
    api POST /nodes/px-testing/qemu/100/status/start
    wait_for_tasks
    [ "$(api GET /nodes/px-testing/qemu/100/status/current | jq -r .data.status)" = running ]
    [ "$(jq -s 'map(select(.method == "POST" and .vmid == 100 and .upid)) | length' "$log")" = 1 ]
    [ "$(jq -s 'map(select(.body + .path + .query | test("bats-secret"))) | length' "$log")" = 0 ]
}

@test "an encoded slash is a slash: such a name reaches another call, as on a real node" {
    start_node
    run status DELETE /nodes/px-testing/qemu/101/snapshot%2Fx%2F..
    [ "$output" = "501 Method 'DELETE /nodes/px-testing/qemu/101/snapshot/x/..' not implemented" ]
    run status DELETE /nodes/px-testing/qemu/101/snapshot/
    [[ "$output" == "501 "* ]]
    run status DELETE /nodes/px-testing/qemu%2F101%2F
    [ "$output" = "200 OK" ]
    wait_for_tasks
    run status GET /nodes/px-testing/qemu/101/config
    [[ "$output" == "500 Configuration file "* ]]
}

@test "a cluster: other nodes are reached through this one, a dead one is not" {
    start_node --nodes px-a,px-b,px-c=offline --vms 20
    [ "$(api GET /nodes | jq -c '[.data[] | [.node, .status]] | sort')" = \
        '[["px-a","online"],["px-b","online"],["px-c","offline"]]' ]
    id=$(api GET /nodes/px-b/qemu | jq '[.data[].vmid] | min')
    api POST "/nodes/px-b/qemu/$id/status/start"
    wait_for_tasks px-b
    [ "$(api GET "/nodes/px-b/qemu/$id/status/current" | jq -r .data.status)" = running ]
    run status GET /nodes/px-c/qemu
    [ "$output" = "595 No route to host" ]
    [ "$(api GET /cluster/status | jq '[.data[] | select(.type == "node")] | length')" = 3 ]
    [ "$(api GET '/cluster/resources?type=vm' |
        jq '[.data[] | select(.node == "px-c") | .status] | unique[]')" = '"unknown"' ]
}

@test "what the cluster knows of a guest's state, name and tags is as old as it may be" {
    start_node --stats-ms 3600000 --pools lab
    row() {
        api GET '/cluster/resources?type=vm' | jq -c --argjson id "$1" \
            '.data[] | select(.vmid == $id) | [.name, .status, .template, .tags, .pool]'
    }
    api POST /nodes/px-testing/qemu/101/status/start
    api PUT /nodes/px-testing/qemu/101/config -d name=other -d tags=new
    api POST /nodes/px-testing/qemu/102/template
    api POST /nodes/px-testing/qemu -d vmid=150 -d pool=lab
    wait_for_tasks
    [ "$(row 101)" = '["db-01","stopped",0,null,null]' ]
    [ "$(row 102)" = '["VM 102","stopped",0,null,null]' ]
    [ "$(row 150)" = '[null,"unknown",null,null,"lab"]' ]
    [ "$(api GET /nodes/px-testing/qemu | jq -c '[.data[] | select(.vmid > 100 and .vmid < 103) |
        [.name, .status, .template, .tags]] | sort')" = \
        '[["VM 102","stopped",1,null],["other","running",null,"new"]]' ]
    teardown
    start_node --stats-ms 100
    api POST /nodes/px-testing/qemu/101/status/start
    for _ in $(seq 100); do
        [ "$(row 101)" = '["db-01","running",0,null,null]' ] && break
        sleep 0.1
    done
    [ "$(row 101)" = '["db-01","running",0,null,null]' ]
}

@test "three workers: a fourth call waits for the first" {
    start_node --call-ms 300
    started=$(date +%s%N)
    pids=
    for _ in 1 2 3 4; do
        api GET /nodes/px-testing/qemu -o /dev/null &
        pids="$pids $!"
    done
    # shellcheck disable=SC2086
    wait $pids
    [ $((($(date +%s%N) - started) / 1000000)) -ge 600 ]
}

@test "an idle connection is closed without a word" {
    start_node --idle-ms 200
    mkfifo "$BATS_TEST_TMPDIR/silence"
    run timeout 20 openssl s_client -quiet -connect "$address" <>"$BATS_TEST_TMPDIR/silence"
    [ "$status" -ne 124 ]
}

@test "a head without an end is not read for ever" {
    start_node --idle-ms 200
    run timeout 20 openssl s_client -quiet -connect "$address" </dev/zero
    [ "$status" -ne 124 ]
}

@test "a token without VM.Audit sees nothing and can still act" {
    start_node --token 'ops@pve!x=other-secret:VM.PowerMgmt'
    token='ops@pve!x=other-secret'
    [ "$(api GET /nodes/px-testing/qemu)" = '{"data":[]}' ]
    run status GET /nodes/px-testing/qemu/100/status/current
    [ "$output" = "403 Permission check failed (/vms/100, VM.Audit)" ]
    run status POST /nodes/px-testing/qemu/100/status/start
    [ "$output" = "200 OK" ]
}

@test "a warned start ends with WARNINGS: 1" {
    start_node --warn 101
    api POST /nodes/px-testing/qemu/101/status/start
    wait_for_tasks
    [ "$(api GET /nodes/px-testing/tasks | jq -r '.data[0].status')" = 'WARNINGS: 1' ]
}

@test "ten thousand machines are listed whole" {
    start_node --vms 10000 --plain
    [ "$(api GET /nodes/px-testing/qemu | jq '[.data[].vmid] | unique | length')" = 10000 ]
}

@test "a clone beyond those that the storage's lock lets through gives up" {
    start_node --task-ms 400 --lock-wait-ms 100 --clones-at-once 1
    api POST /nodes/px-testing/qemu/103/clone -d newid=201 >/dev/null
    api POST /nodes/px-testing/qemu/103/clone -d newid=202 >/dev/null
    wait_for_tasks
    [ "$(api GET '/nodes/px-testing/tasks?typefilter=qmclone' |
        jq -r '[.data[].status] | sort[]')" = \
        "OK
clone failed: can't lock file '/var/lock/pve-manager/pve-storage-local' - got timeout" ]
    [ "$(status GET /nodes/px-testing/qemu/202/config)" = \
        "500 Configuration file 'nodes/px-testing/qemu-server/202.conf' does not exist" ]
}

@test "a VM that is being made is there at once, locked, and its name comes with its end" {
    start_node --task-ms 300
    api POST /nodes/px-testing/qemu -d vmid=150 -d name=new-01 >/dev/null
    [ "$(api GET /nodes/px-testing/qemu/150/config | jq -r .data.lock)" = create ]
    [ "$(api GET '/cluster/nextid?vmid=150' | jq -r .errors.vmid)" = 'VM 150 already exists' ]
    wait_for_tasks
    [ "$(api GET /nodes/px-testing/qemu/150/config | jq -r '"\(.data.name) \(.data.lock)"')" = \
        'new-01 null' ]
}

@test "the agent plays programs: their end is told once, and a signal ends them" {
    start_node --plain --running
    local agent=/nodes/px-testing/qemu/100/agent pid
    [[ "$(status POST $agent/exec -d command=true)" == '500 No QEMU guest agent configured' ]]
    api PUT /nodes/px-testing/qemu/100/config -d agent=1
    pid=$(api POST $agent/exec -d command=echo -d command=%C3%A9 -d input-data=in | jq .data.pid)
    [ "$(api GET "$agent/exec-status?pid=$pid")" = '{"data":{"exited":0}}' ]
    # Proxmox shows each byte of a guest's as a character of its own.
    [ "$(api GET "$agent/exec-status?pid=$pid" | jq -c '[.data.exitcode, .data."out-data"]')" = \
        '[0,"echo\nÃ©\nin"]' ]
    [[ "$(status GET "$agent/exec-status?pid=$pid")" == "500 Agent error: PID $pid does not"* ]]
    pid=$(api POST $agent/exec -d command=sleep -d command=3600 | jq .data.pid)
    api POST $agent/exec -d command=kill -d command=-TERM -d command="$pid"
    api GET "$agent/exec-status?pid=$pid"
    [ "$(api GET "$agent/exec-status?pid=$pid" | jq .data.signal)" = 15 ]
    # The worker dies of the guest's words.
    [[ "$(status POST $agent/exec -d command=no-such-program)" == '596 '* ]]
}

@test "the agent remembers files: content as it is or as base64, within the limit" {
    start_node --plain --running
    local agent=/nodes/px-testing/qemu/100/agent
    api PUT /nodes/px-testing/qemu/100/config -d agent=1
    api POST $agent/file-write -d file=/a --data-urlencode content='a b'
    [ "$(api GET "$agent/file-read?file=/a" | jq -r .data.content)" = 'a b' ]
    api POST $agent/file-write -d file=/a -d encode=0 --data-urlencode content=YWJjZA==
    [ "$(api GET "$agent/file-read?file=/a" | jq -r .data.content)" = abcd ]
    [[ "$(status GET "$agent/file-read?file=/b")" == '500 Agent error: failed to open file'* ]]
    [[ "$(status POST $agent/file-write -d file=/a \
        -d content="$(head -c 61441 /dev/zero | tr '\0' a)")" == '400 Parameter verification'* ]]
}
