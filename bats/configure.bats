#!/usr/bin/env bats
# proxmox_vm.configure and clones that are there: one change where something differs, else none.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

readonly password=n0t-to-be-seen key='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0Yz5B8Zb1 me@here'

setup() { export HOME=$BATS_TEST_TMPDIR XDG_STATE_HOME=$BATS_TEST_TMPDIR/state; }

config_of() { curl_api "/nodes/px-testing/qemu/$1/config" | jq -c ".data$2"; }
change_config() { curl_api "/nodes/px-testing/qemu/$1/config" -X PUT "${@:2}" >/dev/null; }
start_stage() { start_node "${own_token[@]}" --task-ms 50 "$@"; }
# Runs $2 with $1 as its line; the line is on no command line.
with_line() { RANGE42_LINE=$1 run_line "printf '%s\n' \"\$RANGE42_LINE\" | $2"; }
# What changed anything since the log had $1 lines.
changes_after() {
    tail -n "+$(($1 + 1))" "$node_log" | jq -c 'select(.method != "GET") | [.method, .path]'
}

# A line of a plan for VM $1, with all that a machine can be told.
wanted_line() {
    jq -nc --argjson id "$1" --arg key "$key" --arg password "$password" '{vm_id: $id,
        vm_tags: "web;Admin", vm_description: "a web server", vm_cores: 4, vm_memory: 4096,
        vm_cards_wanted: {net0: "virtio,bridge=net98", net1: {bridge: "vmbr1", tag: 7},
                          ipconfig1: "ip=dhcp"},
        vm_ci_user: "ada", vm_ci_password: $password, vm_ci_ssh_keys: $key,
        vm_ci_ip: "ip=10.9.8.110/24,gw=10.9.8.1", vm_ci_nameserver: "1.1.1.1,9.9.9.9",
        vm_ci_searchdomain: "lab.test", vm_disk_size: 8}'
}

give_drive() {
    change_config "$1" --data-urlencode ide2=local:cloudinit \
        --data-urlencode 'net0=virtio=BC:24:11:00:00:65,bridge=vmbr0,firewall=1'
}

@test "all that differs goes into one change with the digest, and is read back" {
    start_stage
    give_drive 101
    with_line "$(wanted_line 101)" proxmox_vm.configure
    assert_status 0
    assert_equal "$(jq -c '[.vm_as_wanted, .vm_grown_to, .vm_changes.cipassword,
        .vm_changes.sshkeys, .vm_changes.net0, .vm_ci_password]' <<<"$output")" \
        '[false,"8G","redacted","redacted","virtio=BC:24:11:00:00:65,bridge=net98,firewall=1",null]'
    refute_contains "$output$stderr" "$password"
    refute_contains "$output$stderr" AAAAC3
    assert_equal "$(count_requests PUT /101/config)" 2
    assert_matches "$(requests PUT /101/config | jq -r .body | tail -1)" 'digest=[0-9a-f]{40}'
    assert_equal "$(config_of 101 '|[.cores,.memory,.tags,.description,.ciuser,.ipconfig0,
        .ipconfig1,.nameserver,.searchdomain,.net0]')" \
        "$(tr -d '\n' <<<'[4,"4096","Admin;web","a web server","ada",
"ip=10.9.8.110/24,gw=10.9.8.1","ip=dhcp","1.1.1.1 9.9.9.9","lab.test",
"virtio=BC:24:11:00:00:65,bridge=net98,firewall=1"]')"
    assert_matches "$(config_of 101 .net1)" 'virtio=BC:24:11:[0-9A-F:]*,bridge=vmbr1,tag=7'
    assert_contains "$(config_of 101 .scsi0)" size=8G
    assert_equal "$(count_requests PUT /101/cloudinit)" 1
}

@test "a second run sends nothing and says so" {
    start_stage
    give_drive 101
    with_line "$(wanted_line 101)" proxmox_vm.configure
    assert_status 0
    local before
    before=$(wc -l <"$node_log")
    with_line "$(wanted_line 101)" proxmox_vm.configure
    assert_status 0
    assert_equal "$(jq -c '[.vm_as_wanted, .vm_changes]' <<<"$output")" '[true,{}]'
    assert_contains "$stderr" 'is as wanted; nothing was sent'
    assert_equal "$(changes_after "$before")" ''
    assert_equal "$(($(wc -l <"$node_log") - before))" 1
    # A password that is there cannot be compared; who insists on another one gets it.
    with_line "$(wanted_line 101)" 'proxmox_vm.configure --set-password'
    assert_status 0
    assert_equal "$(jq -c .vm_changes <<<"$output")" '{"cipassword":"redacted"}'
}

@test "what stands there under another name, uuid or mark is left alone" {
    start_stage
    local trait
    for trait in '"vm_name":"other"' '"vm_uuid":"00000000-0000-4000-8000-000000000001"' \
        '"vm_mark":"00000000-0000-4000-8000-000000000001"'; do
        with_line "{\"vm_id\":101,\"vm_cores\":7,$trait}" proxmox_vm.configure
        assert_status 1
        assert_contains "$stderr" 'left alone'
        assert_matches "$stderr" 'its (name|uuid|mark) is'
    done
    assert_equal "$(count_requests PUT .)" 0
    with_line "{\"vm_id\":101,\"vm_cores\":7,\"vm_name\":\"db-01\"}" proxmox_vm.configure
    assert_status 0
}

@test "who changes the machine in between is not overruled, and nothing of his is lost" {
    local words='detected%20modified%20configuration%20-%20file%20changed%20by%20other%20user?'
    start_stage --fault "fail=500:$words method=PUT path=/config\$ nth=1 instead"
    with_line '{"vm_id":101,"vm_cores":7}' proxmox_vm.configure
    assert_status 0
    assert_equal "$(count_requests PUT /101/config)" 2
    assert_equal "$(config_of 101 .cores)" 7
}

@test "a change whose reply is lost is made once, as the digest shows" {
    start_stage --fault 'cut=0 method=PUT path=/101/config$ nth=1'
    with_line '{"vm_id":101,"vm_cores":7,"vm_tags":"web"}' proxmox_vm.configure
    assert_status 0
    assert_equal "$(jq -c '[.vm_as_wanted, .vm_changes]' <<<"$output")" \
        '[false,{"cores":"7","tags":"web"}]'
    assert_equal "$(config_of 101 '|[.cores, .tags]')" '[7,"web"]'
}

@test "cloud-init without a drive, a disk that is not there, a card that is none: nothing is sent" {
    start_stage
    with_line '{"vm_id":101,"vm_ci_user":"ada"}' proxmox_vm.configure
    assert_status 1
    assert_contains "$stderr" 'has no cloud-init drive'
    with_line '{"vm_id":101,"vm_disk":"scsi5","vm_disk_size":9}' proxmox_vm.configure
    assert_status 1
    assert_contains "$stderr" 'has no disk scsi5 of a known size'
    with_line '{"vm_id":101,"vm_cards_wanted":{"eth0":"virtio,bridge=vmbr0"}}' proxmox_vm.configure
    assert_status 1
    with_line '{"vm_id":101,"vm_cards_wanted":{"net0":{"bridge":"a,tag=7"}}}' proxmox_vm.configure
    assert_status 1
    assert_contains "$stderr" 'not a property of a network card'
    assert_equal "$(count_requests PUT .)" 0
}

@test "a disk is never made smaller, and notes keep the marks of ours" {
    start_stage
    local mark='range42-fastpath 11111111-2222-4333-8444-555555555555'
    change_config 101 --data-urlencode "description=old
$mark"
    with_line '{"vm_id":101,"vm_disk_size":"512M","vm_description":"new"}' proxmox_vm.configure
    assert_status 0
    assert_contains "$stderr" 'more than the 512M that are wanted'
    assert_equal "$(config_of 101 .description | jq -r .)" "new
$mark"
    assert_equal "$(count_requests PUT /resize)" 0
    with_line '{"vm_id":101,"vm_description":"new"}' proxmox_vm.configure
    assert_equal "$(jq .vm_as_wanted <<<"$output")" true
}

@test "a secret of the vault is named on the line, and fetched when it is needed" {
    start_stage
    give_drive 101
    local vault=$RANGE42_ANSIBLE_ROLES__DEVKITS_DIR/secrets/default_vault.yml
    local password_file=$RANGE42_VAULT_PASSWORD_FILE
    ansible-vault decrypt --vault-password-file "$password_file" "$vault" 2>/dev/null
    printf 'default_ci_password: "%s"\ndefault_ci_user: ada\n' "$password" >>"$vault"
    ansible-vault encrypt --vault-password-file "$password_file" "$vault" 2>/dev/null
    with_line '{"vm_id":101,"vm_ci_password":{"vault":"default_ci_password"}}' proxmox_vm.configure
    assert_status 0
    assert_contains "$(requests PUT /101/config | jq -r .body | tail -1)" "cipassword=$password"
    refute_contains "$output$stderr" "$password"
    with_line '{"vm_id":101,"vm_ci_user":{"vault":"default_ci_user"}}' proxmox_vm.configure
    assert_status 0
    assert_equal "$(config_of 101 .ciuser)" '"ada"'
    with_line '{"vm_id":101,"vm_ci_password":{"vault":"not_there"}}' proxmox_vm.configure
    assert_status 1
    assert_contains "$stderr" "vm_ci_password is to come from the vault's not_there"
    with_line '{"vm_id":101,"vm_ci_password":{"vault":"not_there"}}' \
        'proxmox_vm.configure --dry-run'
    assert_status 0
    assert_contains "$output" '"cipassword":"redacted"'
}

@test "a plan's pipe runs once; a second time it finds all as wanted and changes nothing" {
    start_stage --task-ms 100
    local plan='{"vm_id":4000,"vm_template_id":103,"vm_name":"web","vm_tags":"a","vm_cores":2}
{"vm_id":4001,"vm_template_id":103,"vm_name":"db","vm_tags":"b","vm_cores":2,"vm_full_clone":true}'
    with_line "$plan" 'proxmox_vm.clone | proxmox_vm.configure | proxmox_vm.start --carry'
    assert_status 0
    assert_equal "$(jq -c '[.vm_id,.vm_name,.vm_status]' <<<"$output" | sort)" \
        $'[4000,"web","running"]\n[4001,"db","running"]'
    local before
    before=$(wc -l <"$node_log")
    with_line "$plan" 'proxmox_vm.clone | proxmox_vm.configure'
    assert_status 0
    assert_equal "$(jq -c '[.vm_id,.vm_status,.vm_as_wanted]' <<<"$output" | sort)" \
        $'[4000,"running",true]\n[4001,"running",true]'
    assert_equal "$(changes_after "$before")" ''
}

@test "another's machine under a plan's id is refused, whatever it is" {
    start_stage
    local line
    for line in '{"vm_id":103,"vm_new_id":101,"vm_name":"db-01"}' \
        '{"vm_id":103,"vm_new_id":101,"vm_name":"web"}' \
        '{"vm_id":101,"vm_new_id":103,"vm_name":"web"}'; do
        with_line "$line" proxmox_vm.clone
        assert_status 1
        assert_equal "$output" ''
        assert_contains "$stderr" "is another machine's"
    done
    assert_equal "$(count_requests POST /clone)" 0
}

@test "a clone that another run is still making is waited for" {
    start_stage --task-ms 1500
    local line='{"vm_id":101,"vm_new_id":4000,"vm_name":"web"}'
    with_line "$line" 'proxmox_vm.clone --async'
    assert_status 0
    with_line "$line" proxmox_vm.clone
    assert_status 0
    assert_equal "$(jq -c '[.vm_id,.vm_as_wanted]' <<<"$output")" '[4000,true]'
    assert_equal "$(count_requests POST /clone)" 1
}
