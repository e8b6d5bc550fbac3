#!/usr/bin/env bats
# What deployments are made of under the devkit's names: create, clone, tag, cloud-init, template.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

readonly password=n0t-to-be-seen key='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0Yz5B8Zb1 me@here'

setup() {
    export HOME=$BATS_TEST_TMPDIR XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    shims=$build/shims
}

config_of() { curl_api "/nodes/px-testing/qemu/$1/config" | jq -c ".data$2"; }
status_of() { curl_api "/nodes/px-testing/qemu/$1/status/current" | jq -r .data.status; }
change_config() { curl_api "/nodes/px-testing/qemu/$1/config" -X PUT "${@:2}" >/dev/null; }
start_stage() { start_node "${own_token[@]}" --task-ms 50 "$@"; }
legacy() { printf '%s/%s.to.jsons.sh' "$shims" "$1"; }

# The devkit's line for a clone: its description, its id, its source's id, its name.
clone_line() {
    printf '{"action":"vm_clone","proxmox_node":"px-testing","source":"proxmox-api",'
    printf '"vm_description":"%s","vm_id":"%s","vm_id_clone_from":"%s","vm_name":"%s"}' "$@"
}

# Nothing that was printed, told or logged by the tools has the password or the key in it.
refute_secrets() {
    refute_contains "$output$stderr" "$password"
    refute_contains "$output$stderr" AAAAC3
}

@test "create: the devkit's keys, its parameters and its line; nothing is added" {
    start_stage
    run_line "echo '{\"vm_id\":9901,\"vm_name\":\"tpl\",\"vm_cpu\":\"host\",\"vm_cores\":1,
        \"vm_sockets\":1,\"vm_memory\":1024}' | tr -d '\n' | $(legacy proxmox_vm.jsons.create)"
    assert_status 0
    assert_equal "$(jq -c 'del(.raw_data)' <<<"$output")" "$(tr -d '\n ' <<<'{"action":"vm_create",
        "proxmox_node":"px-testing","source":"proxmox-api","vm_cores":"1","vm_cpu":"host",
        "vm_id":"9901","vm_memory":"1024","vm_name":"tpl","vm_net0":"virtio,bridge=vmbr0",
        "vm_sockets":"1"}')"
    assert_matches "$(jq -r .raw_data.data <<<"$output")" '^UPID:.*:qmcreate:9901:'
    local form='vmid=9901&name=tpl&cpu=host&cores=1&sockets=1&memory=1024&balloon=0'
    form+='&net0=virtio%2Cbridge%3Dvmbr0'
    assert_equal "$(requests POST '/qemu$' | jq -r .body)" "$form"
    assert_equal "$(config_of 9901 '|[.balloon, .memory]')" '[0,"1024"]'
}

@test "create: a disk and an image, and what is there already is left alone without a line" {
    start_stage
    local line='{"vm_id":9901,"vm_name":"tpl","vm_cpu":"host","vm_cores":1,"vm_sockets":1,
        "vm_memory":1024,"vm_disk_size":"8","vm_iso_file":"local:iso/a.iso"}'
    RANGE42_LINE=$(tr -d '\n ' <<<"$line") run_line "echo \"\$RANGE42_LINE\" |
        $(legacy proxmox_vm.jsons.create)"
    assert_status 0
    assert_equal "$(jq -c '[.vm_scsi0, .ide2, .boot]' <<<"$output")" \
        '["local:8,format=raw","local:iso/a.iso,media=cdrom","order=ide2"]'
    RANGE42_LINE=$(tr -d '\n ' <<<"$line") run_line "echo \"\$RANGE42_LINE\" |
        $(legacy proxmox_vm.jsons.create)"
    assert_status 0
    assert_equal "$output" ''
    assert_contains "$stderr" 'is there already (tpl)'
    assert_equal "$(count_requests POST '/qemu$')" 1
    run_line "echo '{\"vm_id\":9902,\"vm_name\":\"x\"}' | $(legacy proxmox_vm.jsons.create)"
    assert_status 1
    assert_equal "$(count_requests POST '/qemu$')" 1
}

@test "clone: in full, awaited to its end, with the defaults of each line" {
    start_stage --task-ms 300
    run_line "printf '%s\n' '{\"vm_id\":103,\"vm_new_id\":4000}' \
        '{\"vm_id\":101,\"vm_new_id\":4001,\"vm_name\":\"b\",\"vm_description\":\"mine\"}' |
        $(legacy proxmox_vm.jsons.clone)"
    assert_status 0
    local name
    name=$(config_of 103 .name | jq -r .)
    assert_equal "$(jq -c 'del(.raw_info)' <<<"$output")" \
        "$(clone_line "FULL clone from $name" 4000 103 "$name-cloned")
$(clone_line mine 4001 101 b)"
    assert_equal "$(requests POST /101/clone | jq -r .body)" \
        'vmid=101&newid=4001&name=b&description=mine&full=1&storage=local'
    assert_equal "$(config_of 4001 .lock)" null
}

@test "set_tag: the tags as given, and no other key" {
    start_stage
    run_line "echo '{\"vm_id\":\"101\",\"vm_tag_name\":\"web,admin\"}' |
        $(legacy proxmox_vm.jsons.set_tag)"
    assert_status 0
    assert_equal "$output" '{"action":"vm_set_tag","source":"proxmox-api","tags":"web,admin"}'
    assert_equal "$(config_of 101 .tags)" '"admin;web"'
}

@test "an earlier task's lock is waited for, and then the change is made once" {
    start_stage --task-ms 1500
    run_line 'echo "{\"vm_id\":101,\"vm_new_id\":4000,\"vm_name\":\"a\"}" |
        proxmox_vm.clone --async >/dev/null
        echo "{\"vm_id\":4000,\"vm_tag_name\":\"web\"}" | proxmox_vm.set_tag'
    assert_status 0
    assert_equal "$(config_of 4000 .tags)" '"web"'
    # The first one came too early.
    [ "$(count_requests PUT /4000/config)" -ge 2 ]
}

@test "a lock that no task holds fails the line, with the command that takes it away" {
    start_stage
    run_line 'echo "{\"vm_id\":105,\"vm_tag_name\":\"web\"}" | proxmox_vm.set_tag'
    assert_status 1
    assert_contains "$stderr" 'vm_id 105 is locked'
    assert_contains "$stderr" 'qm unlock 105'
}

@test "a lock whose task fails leaves nothing to change, and says so" {
    start_stage --task-ms 1500 --lock-wait-ms 1500 --clones-at-once 0
    run_line 'echo "{\"vm_id\":101,\"vm_new_id\":4000,\"vm_name\":\"a\"}" |
        proxmox_vm.clone --async >/dev/null
        echo "{\"vm_id\":4000,\"vm_tag_name\":\"web\"}" | proxmox_vm.set_tag'
    assert_status 1
    assert_contains "$stderr" 'does not exist'
    assert_equal "$output" ''
}

@test "set_cloudinit_variables: values, drive and line, and neither password nor key in sight" {
    start_stage
    change_config 101 --data-urlencode 'net0=virtio=BC:24:11:00:00:65,bridge=vmbr0,firewall=1' \
        --data-urlencode ide2=local:cloudinit
    RANGE42_LINE=$(jq -nc --arg key "$key" --arg password "$password" '{vm_id: 101,
        vm_ci_user: "ada", vm_ci_password: $password, vm_ci_ssh_key: ($key + "\n"),
        vm_ci_ip: "10.9.8.110", vm_ci_netmask: "24", vm_ci_ip_gw: "10.9.8.1",
        vm_ci_dns_ips: "1.1.1.1", vm_ci_dns_domain: "lab.test", vm_net_virtio_bridge: "net98"}') \
        run_line "echo \"\$RANGE42_LINE\" |
        $(legacy proxmox_template.vm_id.set_cloudinit_variables)"
    assert_status 0
    assert_equal "$output" "$(tr -d '\n ' <<<'{"action":"cloudinit_set_variables",
        "cipassword":"redacted","ciuser":"ada","proxmox_node":"px-testing","source":"proxmox-api",
        "sshkeys":"redacted","template_status":"regenerated","vm_ci_dns_domain":"lab.test",
        "vm_ci_dns_ips":"1.1.1.1","vm_ci_ip":"10.9.8.110","vm_ci_ip_gw":"10.9.8.1",
        "vm_ci_netmask":"24","vm_id":"101"}')"
    refute_secrets
    assert_equal "$(config_of 101 '|[.ciuser,.ipconfig0,.nameserver,.searchdomain,.net0]')" \
        "$(tr -d '\n' <<<'["ada","ip=10.9.8.110/24,gw=10.9.8.1","1.1.1.1","lab.test",
"virtio=BC:24:11:00:00:65,bridge=net98,firewall=1"]')"
    assert_equal "$(config_of 101 .sshkeys)" "$(jq -n --arg key "$key" '$key | @uri')"
    assert_equal "$(count_requests PUT /101/cloudinit)" 1
}

@test "set_cloudinit_variables: what is missing or of no form, and what a dry run shows" {
    start_stage
    local tool=proxmox_template.set_cloudinit_variables
    run_line "echo '{\"vm_id\":101,\"vm_ci_ssh_key\":\"$key\",\"vm_ci_ip\":\"10.0.0.2\"}' | $tool
        echo '{\"vm_id\":101,\"vm_ci_user\":\"a\"}' | $tool
        echo '{\"vm_id\":101,\"vm_ci_ssh_key\":\"$key\",\"vm_ci_ip\":\"1,gw=2\"}' | $tool"
    assert_status 1
    assert_contains "$stderr" 'vm_ci_ip comes without its vm_ci_netmask'
    assert_contains "$stderr" 'there is no vm_ci_ssh_key'
    assert_equal "$(count_requests PUT .)" 0
    run_line "echo '{\"vm_id\":101,\"vm_ci_ssh_key\":\"$key\",\"vm_ci_password\":\"$password\"}' |
        $tool --dry-run"
    assert_status 0
    refute_secrets
    assert_contains "$output" '"cipassword":"redacted"'
    assert_equal "$(count_requests PUT .)" 0
}

@test "a failed line neither shows its password nor prints it with --results all" {
    start_stage
    run_line "echo '{\"vm_id\":999,\"vm_ci_ssh_key\":\"$key\",\"vm_ci_password\":\"$password\"}' |
        proxmox_template.set_cloudinit_variables --results all"
    assert_status 1
    assert_equal "$(jq -r .ok <<<"$output")" false
    refute_secrets
    run_line "echo '{\"vm_id\":999,\"vm_ci_ssh_key\":\"$key\",\"vm_ci_password\":\"$password\"}' |
        proxmox_template.set_cloudinit_variables --failed '$BATS_TEST_TMPDIR/failed'"
    assert_equal "$(stat -c %a "$BATS_TEST_TMPDIR/failed")" 600
    assert_equal "$(jq -r .vm_ci_password "$BATS_TEST_TMPDIR/failed")" "$password"
}

@test "convert_to_template: once, and a template stays as it is without a line" {
    start_stage
    run_line "echo '{\"vm_id\":101,\"proxmox_storage\":\"local\"}' |
        $(legacy proxmox_template.vm_id.convert_to_template)
        echo 101 | $(legacy proxmox_template.vm_id.convert_to_template)"
    assert_status 0
    assert_equal "$output" "$(tr -d '\n' <<<'{"action":"template_convert_vm_to_template",
"proxmox_node":"px-testing","proxmox_storage":"local","source":"proxmox-api",
"status":"template created","vm_id":"101"}')"
    assert_equal "$(config_of 101 .template)" 1
    assert_equal "$(count_requests POST /template)" 1
    assert_contains "$stderr" 'is a template already'
}
