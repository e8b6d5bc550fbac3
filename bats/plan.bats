#!/usr/bin/env bats
# Plans: a scenario read by ansible's own parser and printed as lines; nothing is run or made.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

readonly scenarios=$root/bats/scenarios
# No test may find a value of the vault in what is printed.
readonly secret='canary-47'

setup() {
    command -v ansible-playbook >/dev/null || skip 'no ansible is installed'
    lab=$BATS_TEST_TMPDIR/lab
    cp -r "$scenarios/lab" "$lab"
    mkdir -p "$BATS_TEST_TMPDIR/active/secrets"
    echo of-the-tests >"$BATS_TEST_TMPDIR/password"
    { cat "$scenarios/vault.yml"; echo 'proxmox_node: "px-testing"'; } |
        ansible-vault encrypt --vault-password-file "$BATS_TEST_TMPDIR/password" \
            --output "$BATS_TEST_TMPDIR/active/secrets/default_vault.yml" 2>/dev/null
    export RANGE42_BUNDLE_DIR=$scenarios/bundles
    export RANGE42_ACTIVE_CONFIG_DIR=$BATS_TEST_TMPDIR/active
    export RANGE42_VAULT_PASSWORD_FILE=$BATS_TEST_TMPDIR/password
}

# Replaces $2 by $3 in the lab's file $1.
edit() {
    before=$(cat "$lab/$1")
    sed -i "s~$2~$3~" "$lab/$1"
    [ "$before" != "$(cat "$lab/$1")" ] || fail "nothing to edit in $1: $2"
}

plan() {
    run_line "range42.plan --inventory '$scenarios/inventory.yml' ${*:---offline} '$lab'"
    refute_contains "$output$stderr" "$secret"
}

# There is no plan, the exit status is 1, and what is wrong is said with $1, its place.
refuses() {
    plan --offline -e INSTALL_DATABASE=YES
    assert_status "${2:-1}"
    assert_equal "$output" ''
    assert_contains "$stderr" "$1"
}

values() { jq -r "$1" <<<"$output"; }

@test "a machine is one line with all that later stages read" {
    plan --offline
    assert_status 0
    assert_equal "$(wc -l <<<"$output")" 1
    assert_equal "$(jq -cS 'del(.plan_at)' <<<"$output")" "$(jq -cnS '{
        action: "plan", plan_kind: "machine", plan_order: 2, plan_starts: true,
        proxmox_node: "px-testing", vm_id: 8110, vm_template_id: 9221, vm_full_clone: true,
        vm_name: "lab-web", vm_ssh_name: "r42.lab-web", vm_description: "the web server",
        vm_tags: "admin;web", vm_disk_storage: "local", vm_ip: "10.20.41.110",
        vm_ci_ip: "ip=10.20.41.110/24,gw=10.20.41.1", vm_ci_nameserver: "1.1.1.1",
        vm_ci_user: "ada", vm_ci_password: {vault: "default_admin_vm_ci_password"},
        vm_ci_ssh_keys: {vault: "default_admin_vm_ci_ssh_key"},
        vm_cores: 4, vm_memory: 6144, vm_disk: "scsi0", vm_disk_size: 40,
        vm_cards_wanted: {net0: "virtio,bridge=vmbr0", net1: "virtio,bridge=vmbr0",
                          ipconfig1: "ip=dhcp"}}')"
    assert_equal "$(values .plan_at)" 02_machines/_main.yml:5
    assert_contains "$stderr" 'the node was not asked'
}

@test "flags decide, and images come before templates before their clones" {
    plan --offline --all -e INSTALL_DATABASE=yes
    assert_status 0
    assert_equal "$(values '"\(.plan_order) \(.plan_kind) \(.vm_id // .iso_file_name)"')" \
        '0 image noble.img
1 template 9221
1 template 9232
2 machine 8110
2 machine 8111'
    printf 'INSTALL_DATABASE: "YES"\n' >"$BATS_TEST_TMPDIR/flags.yml"
    plan --offline -e "@$BATS_TEST_TMPDIR/flags.yml" --linked
    assert_equal "$(values '"\(.vm_id) \(.vm_full_clone)"')" $'8110 false\n8111 false'
}

@test "templates are planned, with what only a run could decide" {
    plan --offline --templates
    assert_equal "$(jq -c 'select(.plan_kind == "template") |
        [.vm_id, .vm_memory, .vm_disk_size, .vm_ip, .vm_image_path]' <<<"$output")" \
        '[9221,4096,32,"10.20.40.221","/var/lib/vz/template/iso/noble.img"]
[9232,8192,64,"10.20.40.232","/var/lib/vz/template/iso/noble.img"]'
    assert_equal "$(values 'select(.plan_condition) | .plan_condition' | sort -u)" \
        'small_template.rc != 0'
}

@test "roles, imports, blocks, facts and loops of the old kind lead to calls as well" {
    export ANSIBLE_ROLES_PATH=$scenarios/roles
    lab=$scenarios/shapes plan --offline
    assert_status 0
    assert_equal "$(values '"\(.vm_id) \(.vm_name)"')" '5000 by-role
5001 by-import
5003 by-other-role
5002 by-imported-tasks
5010 of-5000-a
5011 of-5000-b'
    assert_equal "$(values 'select(.plan_left) | .plan_left[]')" 'main.yml:41 something else'
}

@test "nothing of a playbook is run: no program, no plugin beside it" {
    edit 02_machines/_main.yml '"the web server"' \
        "\"{{ lookup('pipe', 'touch $BATS_TEST_TMPDIR/ran', errors='ignore') }}\""
    refuses "02_machines/_main.yml:8"
    assert_contains "$stderr" "the lookup 'pipe' is not done"
    cp "$scenarios/lab/02_machines/_main.yml" "$lab/02_machines/"
    edit 02_machines/_main.yml '"the web server"' '"{{ 1 | touching }}"'
    local place
    for place in "$lab" "$lab/02_machines"; do
        mkdir -p "$place/filter_plugins"
        printf 'open("%s", "w")\n\nclass FilterModule:\n    def filters(self):\n' \
            "$BATS_TEST_TMPDIR/ran" >"$place/filter_plugins/touching.py"
        printf '        return {"touching": str}\n' >>"$place/filter_plugins/touching.py"
    done
    refuses "02_machines/_main.yml:8"
    assert_contains "$stderr" touching
    [ ! -e "$BATS_TEST_TMPDIR/ran" ]
}

@test "a syntax error is told with its file and line" {
    edit 02_machines/_main.yml '"lab-web"' '"lab-web'
    refuses "02_machines/_main.yml:6: no YAML"
}

@test "an unknown variable is told with its line, and whose machine it is" {
    edit 02_machines/_main.yml 'global_vm_ci_ip_gw: "10.20.41.1"' 'something_else: 1'
    refuses "vm.bootstrap/main.yml:41 and 02_machines/_main.yml:5:"
    assert_contains "$stderr" "'global_vm_ci_ip_gw' is undefined"
    cp "$scenarios/lab/02_machines/_main.yml" "$lab/02_machines/"
    edit 02_machines/_main.yml 'when: INSTALL' 'when: NO_SUCH_FLAG == 1 and INSTALL'
    refuses "02_machines/_main.yml:18: 'NO_SUCH_FLAG' is undefined"
}

@test "a playbook that is not there is told with the line that imports it" {
    edit main.yml 02_machines/_main.yml 02_machines/_none.yml
    refuses 'main.yml:4: there is no playbook'
}

@test "a vault that does not open is told with its file" {
    echo wrong >"$BATS_TEST_TMPDIR/password"
    refuses 'active/secrets/default_vault.yml:1: the vault does not open' 4
    assert_contains "$stderr" RANGE42_VAULT_PASSWORD_FILE
}

@test "a manifest that is no JSON is told with its line" {
    edit manifest/scenario_vms.json '"vm_id": 8110,' '"vm_id": 8110'
    refuses 'manifest/scenario_vms.json:5: the manifest is no JSON'
}

@test "playbooks and manifest that disagree are both named" {
    edit manifest/scenario_vms.json 10.20.41.110 10.20.41.119
    refuses "02_machines/_main.yml:10 and manifest/scenario_vms.json:5: 8110: 'ip' is"
    cp "$scenarios/lab/manifest/scenario_vms.json" "$lab/manifest/"
    edit manifest/scenario_vms.json '"vm_id": 8111' '"vm_id": 8112'
    refuses '02_machines/_main.yml:20 and manifest/scenario_vms.json:1: the manifest lacks 8111'
    cp "$scenarios/lab/manifest/scenario_vms.json" "$lab/manifest/"
    edit manifest/scenario_vms.json 2cpu/8gb/64gb 2cpu/8gb/32gb
    refuses 'and manifest/scenario_vms.json:10: 9232: the disk has 64 GiB'
}

@test "an id out of range, an id twice and an address twice are told with both places" {
    edit 02_machines/_main.yml 8111 99
    refuses '99, and an id is from 100 to 999999999'
    assert_contains "$stderr" 02_machines/_main.yml:2
    cp "$scenarios/lab/02_machines/_main.yml" "$lab/02_machines/"
    edit 02_machines/_main.yml 8111 8110
    refuses '02_machines/_main.yml:5 and 02_machines/_main.yml:20: two machines with the id 8110'
    cp "$scenarios/lab/02_machines/_main.yml" "$lab/02_machines/"
    rm -r "$lab/manifest"
    edit 02_machines/_main.yml 10.20.41.111 10.20.41.110
    refuses '02_machines/_main.yml:10 and 02_machines/_main.yml:24: the address 10.20.41.110'
}

@test "ten thousand machines are refused with the line of the one that is too many" {
    rm -r "$lab/manifest"
    cat >"$lab/main.yml" <<'TEXT'
- hosts: proxmox
  tasks:
    - include_role:
        name: range42-ansible_roles-proxmox_controller
      vars:
        {proxmox_vm_action: vm_clone, vm_id: 9221, vm_new_id: "{{ item }}", vm_name: "m{{ item }}"}
      loop: "{{ range(2000, 12000) | list }}"
TEXT
    refuses 'main.yml:6: more than 1000 machines in one plan'
    local number
    for ((number = 2000; number < 12000; number++)); do
        printf -- '- import_playbook: one.yml\n  vars: {global_vm_id: %s}\n' "$number"
    done >"$lab/main.yml"
    refuses 'main.yml:8001: the scenario imports more than 4000 playbooks'
}

@test "no secret of the vault gets into a plan, nor a password from elsewhere" {
    edit 02_machines/_main.yml '"the web server"' '"{{ default_admin_vm_ci_password }}"'
    refuses "02_machines/_main.yml:8: 'vm_description' would show a secret"
    cp "$scenarios/lab/02_machines/_main.yml" "$lab/02_machines/"
    {
        printf 'own: '
        printf canary-4713 | ansible-vault encrypt_string \
            --vault-password-file "$RANGE42_VAULT_PASSWORD_FILE" 2>/dev/null
    } >"$lab/own.yml"
    edit 02_machines/_main.yml '"the web server"' '"seen: {{ own }}"'
    plan --offline -e "@$lab/own.yml"
    assert_status 1
    assert_contains "$stderr" "02_machines/_main.yml:8: 'vm_description' would show a secret"
    cp "$scenarios/lab/02_machines/_main.yml" "$lab/02_machines/"
    plan --offline -e default_admin_vm_ci_password=another
    assert_status 1
    assert_contains "$stderr" 'the password of cloud-init comes from no vault'
    refute_contains "$stderr" another
}

@test "a manifest of version 3 is a plan without playbooks, and without ansible" {
    lab=$scenarios/manifest_only plan --offline
    assert_status 0
    assert_equal "$(values '"\(.vm_id) \(.vm_template_id) \(.vm_name) \(.vm_ci_ip) \(.vm_ip)"')" \
        '8210 9221 alone-web ip=10.20.42.110/24,gw=10.20.42.1 10.20.42.110
8211 9221 alone-db ip=10.20.42.111/24,gw=10.20.42.1 10.20.42.111'
    assert_equal "$(jq -r 'select(.vm_id == 8210) | .vm_cards_wanted[]' <<<"$output")" \
        'ip=10.20.43.110/24
virtio,bridge=vmbr0
virtio,bridge=vmbr1'
    mkdir "$BATS_TEST_TMPDIR/bin"
    # One that finds no package, and so no ansible.
    printf '#!/bin/sh\nexec %s -S "$@"\n' "$(python3 -c 'import sys; print(sys.executable)')" \
        >"$BATS_TEST_TMPDIR/bin/python3"
    chmod +x "$BATS_TEST_TMPDIR/bin/python3"
    run env PATH="$BATS_TEST_TMPDIR/bin" "$build/tools/range42.plan" --offline \
        "$scenarios/manifest_only"
    assert_status 0
    run env PATH="$BATS_TEST_TMPDIR/bin" "$build/tools/range42.plan" --offline "$lab"
    assert_status 1
    assert_contains "$output" 'there is no ansible-playbook'
}

@test "a manifest of version 2 alone says what it lacks" {
    rm "$lab/main.yml"
    refuses "manifest/scenario_vms.json:5: the manifest alone is no plan: 8110 lacks"
}

@test "what the node lacks is told before anything is made" {
    local vault=$BATS_TEST_TMPDIR/vault
    start_node --plain --vms 3
    ansible-vault view --vault-password-file "$RANGE42_VAULT_PASSWORD_FILE" \
        "$workspace/devkit/secrets/default_vault.yml" >"$vault"
    cat "$scenarios/vault.yml" >>"$vault"
    ansible-vault encrypt --vault-password-file "$RANGE42_VAULT_PASSWORD_FILE" \
        --output "$workspace/devkit/secrets/default_vault.yml" "$vault" 2>/dev/null
    rm "$vault"
    export RANGE42_ACTIVE_CONFIG_DIR=$workspace/devkit RANGE42_BUNDLE_DIR=$scenarios/bundles
    plan --all
    assert_status 0
    refute_contains "$stderr" 'not asked'
    rm -r "$lab/01_templates" "$lab/manifest"
    sed -i /01_templates/d "$lab/main.yml"
    plan ' '
    assert_status 1
    # Before 2.19 ansible knows no line of a number: that of the name beside it is told.
    assert_matches "$stderr" '02_machines/_main.yml:(5|12): 9221, to be cloned, is nothing on the'
    edit 02_machines/_main.yml 9221 101
    plan ' '
    assert_contains "$stderr" '101, to be cloned, is no template on the node'
    cp -r "$scenarios/lab/." "$lab"
    edit 02_machines/_main.yml 'bridge: vmbr0' 'bridge: vmbr77'
    rm -r "$lab/manifest"
    plan ' '
    assert_contains "$stderr" 'the node has no bridge vmbr77'
    cp -r "$scenarios/lab/." "$lab"
    plan -e proxmox_dest_vm_storage_name=nowhere
    assert_contains "$stderr" 'the node has no storage nowhere'
    edit 02_machines/_main.yml 8110 101
    rm -r "$lab/manifest"
    plan ' '
    assert_contains "$stderr" '101 is vm-101 on the node, and lab-web in the plan'
    assert_equal "$(count_requests 'POST|PUT|DELETE' .)" 0
    stop_node
    plan ' '
    assert_status 6
    assert_contains "$stderr" '--offline'
}

@test "the vault that was read has to be the workspace's, which the names are looked up in" {
    start_node --plain --vms 1
    export RANGE42_VAULT_PASSWORD_FILE=$BATS_TEST_TMPDIR/password
    plan --offline
    assert_status 1
    assert_contains "$stderr" "the scenario's vault is not the workspace's"
}
