#!/usr/bin/env bats
# The controller role: unchanged playbooks do the same over the tools, and find done what is done.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper
load role

readonly key=AAAAC3key

setup() {
    command -v ansible-playbook >/dev/null || skip 'ansible-playbook is not installed'
    unset RANGE42_FASTPATH_CACHE
    export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    make_roles
}

# A node with a template that has a cloud-init drive.
start_stage() {
    start_node --vms 2 --plain --task-ms 20 --token 'range42@pam!bats=bats-secret' "$@"
    curl_api /nodes/px-testing/qemu/100/config -X PUT --data-urlencode ide2=local:cloudinit \
        --data-urlencode agent=1 >/dev/null
    curl_api /nodes/px-testing/qemu/100/template -X POST >/dev/null
    await '[ "$(config_of 100 .template)" = 1 ]'
    : >"$node_log"
}

config_of() { curl_api "/nodes/px-testing/qemu/$1/config" | jq -c ".data$2"; }
status_of() { curl_api "/nodes/px-testing/qemu/$1/status/current" | jq -r .data.status; }
# Whose token began the last start.
last_user() {
    curl_api '/nodes/px-testing/tasks?typefilter=qmstart' | jq -r '.data[0].upid | split(":")[7]'
}
# What was asked to change, by whichever way: methods and paths behind the node's.
changes() {
    jq -r 'select(.method != "GET") |
        .method + " " + (.path | sub(".*px-testing/(qemu/)?"; ""))' "$node_log"
}
done_well() {
    [ "$status" -eq 0 ] && return
    fail "$output $stderr"
}

@test "a scenario's unchanged playbooks deploy it, and a second run finds it done" {
    start_stage --task-ms 20,qmclone=1500
    write_scenario
    play "$BATS_TEST_TMPDIR/main.yml"
    done_well
    assert_equal "$(changes)" 'POST 100/clone
PUT 4000/config
PUT 4000/config
PUT 4000/cloudinit
POST 4000/status/start
POST 100/clone
PUT 4001/config
PUT 4001/config
PUT 4001/cloudinit
POST 4001/status/start'
    assert_equal "$(config_of 4001 '|[.name, .tags, .ciuser, .ipconfig0, .lock]')" \
        '["db-01","db;team","admin","ip=192.168.42.171/24,gw=192.168.42.1",null]'
    assert_equal "$(status_of 4000) $(status_of 4001)" 'running running'
    assert_contains "$(requests POST /clone | jq -r .body)" full=1
    assert_equal "$(changed)" 8
    # Each action's own key once, on its last result; no secret in any.
    assert_equal "$(results | jq -r 'keys[] | select(. == "vm_clone" or . == "vm_set_tag" or
        . == "cloudinit_set_variables" or . == "vm_start")' | sort | uniq -c | tr -s ' ')" \
        ' 2 cloudinit_set_variables
 2 vm_clone
 2 vm_set_tag
 2 vm_start'
    refute_contains "$output$stderr" "$key"
    refute_contains "$output$stderr" PVEAPIToken
    : >"$node_log"
    play "$BATS_TEST_TMPDIR/main.yml"
    done_well
    assert_equal "$(changes)" ''
    assert_equal "$(changed)" 0
    assert_equal "$(status_of 4000)" running
}

@test "facts have upstream's keys, and the caller's types where it gave the values" {
    start_stage
    write_play facts <<'YAML'
{proxmox_vm_action: vm_clone, vm_id: 100, vm_new_id: 4000, vm_name: web-01, vm_description: d}
{proxmox_vm_action: vm_set_tag, vm_id: 4000, vm_tag_name: "b,a"}
{proxmox_vm_action: cloudinit_set_variables, vm_id: 4000, vm_ci_user: ada,
 vm_ci_password: n0t-seen, vm_ci_ssh_key: "ssh-ed25519 AAAAC3key me", vm_ci_ip: 10.0.0.9,
 vm_ci_netmask: "24", vm_ci_dns_ips: "{{ omit }}"}
{proxmox_vm_action: vm_start, vm_id: "{{ vm_clone.vm_id | string }}"}
YAML
    play "$BATS_TEST_TMPDIR/facts.yml"
    done_well
    assert_equal "$(of_action vm_clone | jq -c 'del(.raw_info)')" \
        "$(whole '{"action":"vm_clone","proxmox_node":"px-testing","source":"proxmox",
            "vm_description":"d","vm_id":4000,"vm_id_clone_from":100,"vm_name":"web-01"}')"
    assert_matches "$(of_action vm_clone | jq -r .raw_info.data)" '^UPID:px-testing:.*:qmclone:'
    assert_equal "$(of_action vm_set_tag)" \
        '{"action":"vm_set_tag","source":"proxmox","tags":"b,a"}'
    assert_equal "$(of_action cloudinit_set_variables)" \
        "$(whole '{"action":"cloudinit_set_variables","cipassword":"redacted","ciuser":"ada",
            "proxmox_node":"px-testing","source":"proxmox","sshkeys":"redacted",
            "template_status":"regenerated","vm_ci_ip":"10.0.0.9","vm_ci_netmask":"24",
            "vm_id":4000}')"
    assert_equal "$(of_action vm_start)" \
        "$(whole '{"action":"vm_start","proxmox_node":"px-testing","source":"proxmox",
            "vm_id":"4000","vm_name":"web-01","vm_status":"running"}')"
    refute_contains "$output" n0t-seen
    assert_equal "$(config_of 4000 .nameserver)" null
}

@test "vm_clone begins, and whatever comes next for that machine awaits its end and its failure" {
    start_stage --task-ms 20,qmclone=2000
    write_play begun <<'YAML'
{proxmox_vm_action: vm_clone, vm_id: 100, vm_new_id: 4000, vm_name: web-01, vm_description: d}
{proxmox_vm_action: vm_clone, vm_id: 100, vm_new_id: 4001, vm_name: web-02, vm_description: d}
{proxmox_vm_action: vm_start, vm_id: 4000}
{proxmox_vm_action: vm_start, vm_id: 4001}
YAML
    play "$BATS_TEST_TMPDIR/begun.yml"
    done_well
    assert_equal "$(status_of 4000) $(status_of 4001)" 'running running'
    # The second clone was asked for while the first one ran.
    assert_equal "$(jq -r '.method + (.path | sub(".*/"; ""))' "$node_log" |
        grep -nE '^POST' | cut -d: -f2 | paste -sd ' ')" 'POSTclone POSTclone POSTstart POSTstart'
    stop_node
    start_stage --task-ms 500 --lock-wait-ms 500 --clones-at-once 0
    write_play failing <<'YAML'
{proxmox_vm_action: vm_clone, vm_id: 100, vm_new_id: 4000, vm_name: web-01, vm_description: d}
{proxmox_vm_action: vm_start, vm_id: 4000}
YAML
    play "$BATS_TEST_TMPDIR/failing.yml"
    assert_equal "$status" 2
    assert_contains "$(results | jq -r 'select(.failed) | .msg')" "can't lock file"
    assert_equal "$(count_requests POST /start)" 0
}

@test "a machine that stands under the clone's id is kept when it is the same, else refused" {
    start_stage
    write_play there <<'YAML'
{proxmox_vm_action: vm_clone, vm_id: 100, vm_new_id: 101, vm_name: vm-101, vm_description: d}
{proxmox_vm_action: vm_clone, vm_id: 100, vm_new_id: 101, vm_name: other, vm_description: d}
YAML
    play "$BATS_TEST_TMPDIR/there.yml"
    assert_equal "$status" 2
    assert_equal "$(of_action vm_clone | jq -c '[.vm_id, .raw_info]')" '[101,{}]'
    assert_contains "$(results | jq -r 'select(.failed) | .msg')" \
        'vm_id 101 is vm-101, and not other'
    assert_equal "$(changes)" ''
}

@test "what is undefined is told before anything is sent, and says which variable" {
    start_stage
    write_play undefined <<'YAML'
{proxmox_vm_action: vm_delete, vm_id: 101}
YAML
    play "$BATS_TEST_TMPDIR/undefined.yml"
    assert_equal "$status" 2
    assert_contains "$(results | jq -r 'select(.failed) | .msg')" "'vm_name' is undefined"
    write_play nested <<'YAML'
{proxmox_vm_action: vm_start, vm_id: "{{ nobody_has_this }}"}
YAML
    play "$BATS_TEST_TMPDIR/nested.yml"
    assert_equal "$status" 2
    assert_contains "$(results | jq -r 'select(.failed) | .msg')" "nobody_has_this"
    assert_equal "$(wc -l <"$node_log")" 0
}

@test "check mode asks for nothing, and tells the requests" {
    start_stage
    write_play check <<'YAML'
{proxmox_vm_action: vm_clone, vm_id: 100, vm_new_id: 4000, vm_name: web-01, vm_description: d}
{proxmox_vm_action: cloudinit_set_variables, vm_id: 101, vm_ci_password: n0t-seen,
 vm_ci_ssh_key: "ssh-ed25519 AAAAC3key me"}
{proxmox_vm_action: vm_start, vm_id: 101}
YAML
    play "$BATS_TEST_TMPDIR/check.yml" --check
    done_well
    assert_equal "$(wc -l <"$node_log")" 0
    assert_equal "$(changed)" 3
    assert_contains "$(results | jq -c .requests)" /qemu/100/clone
    assert_contains "$(results | jq -c .requests)" /qemu/101/status/start
    refute_contains "$output" n0t-seen
    refute_contains "$output" "$key"
    assert_equal "$(results | jq -r 'keys[]' | grep -cx vm_start)" 0
}

@test "credentials come from the caller, extra vars before the vault, and leave no trace" {
    start_stage
    write_play start <<'YAML'
{proxmox_vm_action: vm_start, vm_id: 101}
YAML
    unset RANGE42_ANSIBLE_ROLES__DEVKITS_DIR
    play "$BATS_TEST_TMPDIR/start.yml" -vvv
    done_well
    assert_equal "$(last_user)" 'range42@pam!devkit'
    curl_api /nodes/px-testing/qemu/101/status/stop -X POST >/dev/null
    await '[ "$(status_of 101)" = stopped ]'
    # No vault at all: everything is an extra var, as a backend has it.
    sed -i '/vars_files/d' "$BATS_TEST_TMPDIR/start.yml"
    cat >"$BATS_TEST_TMPDIR/extra.json" <<JSON
{"proxmox_api_host": "127.0.0.1:$node_port", "proxmox_api_user": "range42@pam",
 "proxmox_api_token_id": "bats", "proxmox_api_token_secret": "bats-secret",
 "proxmox_node": "px-testing"}
JSON
    play "$BATS_TEST_TMPDIR/start.yml" -vvv -e "@$BATS_TEST_TMPDIR/extra.json"
    done_well
    assert_equal "$(last_user)" 'range42@pam!bats'
    refute_contains "$output$stderr" bats-secret
    play "$BATS_TEST_TMPDIR/start.yml"
    assert_contains "$(results | jq -r 'select(.failed) | .msg')" "'proxmox_api_host' is undefined"
}

@test "what we do not do is upstream's, by its own path; so is everything when the API is off" {
    start_stage
    write_play others <<'YAML'
{proxmox_vm_action: network_list_interfaces_vm, vm_id: 101}
{proxmox_vm_action: cloudinit_set_variables, vm_id: 101, vm_ci_ssh_key: k,
 vm_extra_config: {cores: 2}}
YAML
    play "$BATS_TEST_TMPDIR/others.yml"
    done_well
    for action in network_list_interfaces_vm cloudinit_set_variables; do
        assert_equal "$(of_action "$action")" "{\"path\":\"$upstream\",\"source\":\"upstream\"}"
    done
    write_play off <<'YAML'
{proxmox_vm_action: vm_start, vm_id: 101}
YAML
    RANGE42_PROXMOX_API_FORCE=off play "$BATS_TEST_TMPDIR/off.yml"
    done_well
    assert_equal "$(of_action vm_start | jq -r .source)" upstream
    assert_equal "$(wc -l <"$node_log")" 0
    rm -r "$upstream"
    RANGE42_PROXMOX_API_FORCE=off play "$BATS_TEST_TMPDIR/off.yml"
    assert_equal "$status" 2
    assert_contains "$(results | jq -r 'select(.failed) | .msg')" 'none on the roles path'
}

@test "a failure is the tool's, and is not tried again by upstream's role" {
    start_stage --fault 'fail=500:no%20room method=POST path=/101/status/start instead'
    write_play start <<'YAML'
{proxmox_vm_action: vm_start, vm_id: 101}
YAML
    play "$BATS_TEST_TMPDIR/start.yml"
    assert_equal "$status" 2
    assert_contains "$(results | jq -r 'select(.failed) | .msg')" 'no room'
    assert_equal "$(results | jq -r 'select(.failed) | .rc')" 1
    assert_equal "$(of_action vm_start)" ''
    RANGE42_PROXMOX_API_TLS=pin:sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
        play "$BATS_TEST_TMPDIR/start.yml"
    assert_equal "$(results | jq -r 'select(.failed) | .rc')" 5
    stop_node
    play "$BATS_TEST_TMPDIR/start.yml"
    assert_equal "$(results | jq -r 'select(.failed) | .rc')" 6
    refute_contains "$output" '"source": "upstream"'
}

@test "a template's life: created, converted once, deleted; snapshots; tags of a play reach them" {
    start_stage
    write_play life <<'YAML'
{proxmox_vm_action: vm_create, vm_id: 9901, vm_name: tpl, vm_cpu: host, vm_cores: 1,
 vm_sockets: 1, vm_memory: 1024, vm_net_virtio_bridge: vmbr0}
{proxmox_vm_action: snapshot_vm_create, vm_id: 9901, vm_name: tpl, vm_snapshot_name: first,
 vm_snapshot_description: d}
{proxmox_vm_action: snapshot_vm_revert, vm_id: 9901, vm_name: tpl, vm_snapshot_name: first}
{proxmox_vm_action: snapshot_vm_delete, vm_id: 9901, vm_name: tpl, vm_snapshot_name: first}
{proxmox_vm_action: template_convert_vm_to_template, vm_id: 9901, proxmox_storage: local}
{proxmox_vm_action: template_convert_vm_to_template, vm_id: 9901, proxmox_storage: local}
{proxmox_vm_action: vm_delete, vm_id: 101, vm_name: vm-101}
YAML
    sed -i 's/^- hosts: proxmox/&\n  tags: [life]/' "$BATS_TEST_TMPDIR/life.yml"
    play "$BATS_TEST_TMPDIR/life.yml" --tags life
    done_well
    assert_equal "$(config_of 9901 .template)" 1
    assert_equal "$(changes)" 'POST qemu
POST 9901/snapshot
POST 9901/snapshot/first/rollback
DELETE 9901/snapshot/first
POST 9901/template
DELETE 101'
    assert_equal "$(requests POST 'qemu$' | jq -r .body)" "$(whole 'vmid=9901&name=tpl&cpu=host
        &cores=1&sockets=1&memory=1024&balloon=0&net0=virtio%2Cbridge%3Dvmbr0')"
    assert_equal "$(of_action template_convert_vm_to_template | tr -d ' ')" \
        "$(whole '{"action":"template_convert_vm_to_template","proxmox_node":"px-testing",
            "proxmox_storage":"local","source":"proxmox","status":"template created",
            "vm_id":9901}')"
    assert_equal "$(changed)" 6
}

@test "what runs is stopped once its cloud-init has changed, and a paused machine does not run" {
    start_stage
    write_play later <<'YAML'
{proxmox_vm_action: vm_clone, vm_id: 100, vm_new_id: 4000, vm_name: web-01, vm_description: d}
{proxmox_vm_action: cloudinit_set_variables, vm_id: 4000, vm_ci_ssh_key: "ssh-ed25519 AAAAC3key me",
 vm_ci_password: one, vm_ci_user: "{{ user }}"}
{proxmox_vm_action: vm_start, vm_id: 4000}
YAML
    play "$BATS_TEST_TMPDIR/later.yml" -e user=ada
    done_well
    : >"$node_log"
    play "$BATS_TEST_TMPDIR/later.yml" -e user=bob --diff
    done_well
    assert_equal "$(changes)" 'PUT 4000/config
PUT 4000/cloudinit
POST 4000/status/stop
POST 4000/status/start'
    assert_equal "$(results | jq -c '.diff // empty')" \
        '{"after":{"ciuser":"bob"},"before":{"ciuser":"ada"}}'
    assert_equal "$(config_of 4000 .ciuser)" '"bob"'
    echo 4000 | proxmox_vm.pause
    play "$BATS_TEST_TMPDIR/later.yml" -e user=bob
    assert_equal "$status" 2
    assert_contains "$(results | jq -r 'select(.failed) | .msg')" paused
}
