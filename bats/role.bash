# The controller role in front of upstream's, an inventory, and plays as deployments have them.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# The bats file that loads this has loaded helper.bash, which sets build, root and the workspace.
# shellcheck disable=SC2154

readonly role=range42-ansible_roles-proxmox_controller

# A prefix as an installation makes one, and a role that says that it is upstream's.
make_roles() {
    prefix=$BATS_TEST_TMPDIR/prefix
    upstream=$BATS_TEST_TMPDIR/git/$role
    mkdir -p "$prefix/share/range42-fastpath" "$upstream/tasks"
    ln -s "$build/tools" "$prefix/bin"
    cp -r "$root/roles" "$prefix/share/range42-fastpath/"
    cat >"$upstream/tasks/main.yml" <<'YAML'
- ansible.builtin.include_tasks: include/any.yaml
YAML
    mkdir "$upstream/tasks/include"
    cat >"$upstream/tasks/include/any.yaml" <<'YAML'
- ansible.builtin.set_fact:
    "{{ proxmox_vm_action }}": {source: upstream, path: "{{ role_path }}"}
- ansible.builtin.debug: {var: "{{ proxmox_vm_action }}"}
YAML
    export ANSIBLE_ROLES_PATH=$prefix/share/range42-fastpath/roles:$BATS_TEST_TMPDIR/git
    export ANSIBLE_NOCOWS=1 ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_HOME=$BATS_TEST_TMPDIR/ansible
    export ANSIBLE_LOCAL_TEMP=$BATS_TEST_TMPDIR/ansible/tmp ANSIBLE_STDOUT_CALLBACK=results
    export ANSIBLE_CALLBACK_PLUGINS=$root/tests/role PYTHONDONTWRITEBYTECODE=1
    printf '%s\n' '[proxmox]' 'px-lab ansible_connection=local' >"$BATS_TEST_TMPDIR/inventory"
}

# A long object without its blanks.
whole() { tr -d '\n ' <<<"$1"; }

# Plays file $1, as deployments do; the rest are options. What the tasks gave is in $output.
play() {
    local book=$1
    shift
    run --separate-stderr timeout 300 ansible-playbook -i "$BATS_TEST_TMPDIR/inventory" -l all \
        --vault-password-file "$RANGE42_VAULT_PASSWORD_FILE" "$@" "$book"
}

# The results of all tasks that were not skipped, one a line.
results() { grep '^{' <<<"$output" | jq -c '.result // empty'; }
# What the one result with the key $1 has there, last of several.
of_action() { results | jq -c --arg key "$1" 'select(has($key)) | .[$key]' | tail -1; }
changed() { grep '^{' <<<"$output" | jq '.stats // empty | .[].changed'; }

# One play with the role calls on stdin, each the YAML mapping of its variables; a line that begins
# with a blank belongs to the one before.
write_play() {
    {
        printf '%s\n' '- hosts: proxmox' '  gather_facts: false' \
            "  vars_files: [$RANGE42_ANSIBLE_ROLES__DEVKITS_DIR/secrets/default_vault.yml]" \
            '  tasks:'
        while read -r variables; do
            printf '%s\n' '    - ansible.builtin.include_role:' "        name: $role" \
                "      vars: $variables"
        done < <(sed -z 's/\n  */ /g')
    } >"$BATS_TEST_TMPDIR/$1.yml"
}

# Two VMs of a scenario: four role runs each, with variables from imports, as scenarios have them.
write_scenario() {
    write_play vm <<'YAML'
{proxmox_vm_action: vm_clone, vm_id: "{{ global_template_vm_id }}", vm_new_id: "{{ global_vm_id }}",
 vm_name: "{{ global_vm_name }}", vm_description: "{{ global_vm_description }}"}
{proxmox_vm_action: vm_set_tag, vm_id: "{{ vm_clone.vm_id }}",
 vm_tag_name: "{{ global_vm_tag_name }}"}
{proxmox_vm_action: cloudinit_set_variables, vm_id: "{{ global_vm_id }}",
 vm_ci_user: "{{ default_admin_vm_ci_user }}", vm_ci_password: "{{ default_admin_vm_ci_password }}",
 vm_ci_ssh_key: "ssh-ed25519 AAAAC3key me@here", vm_ci_dns_ips: "1.1.1.1",
 vm_ci_ip: "{{ global_vm_ci_ip }}", vm_ci_netmask: "24", vm_ci_ip_gw: "192.168.42.1",
 vm_net_virtio_bridge: vmbr0}
{proxmox_vm_action: vm_start, vm_id: "{{ global_vm_id }}"}
YAML
    cat >"$BATS_TEST_TMPDIR/main.yml" <<'YAML'
- import_playbook: vm.yml
  vars:
    {global_template_vm_id: 100, global_vm_id: 4000, global_vm_name: web-01,
     global_vm_description: "", global_vm_tag_name: admin, global_vm_ci_ip: 192.168.42.170}
- import_playbook: vm.yml
  when: INSTALL_DB | default("YES") | upper == "YES"
  vars:
    {global_template_vm_id: 100, global_vm_id: 4001, global_vm_name: db-01,
     global_vm_description: "a database", global_vm_tag_name: "db,team",
     global_vm_ci_ip: 192.168.42.171}
YAML
}
