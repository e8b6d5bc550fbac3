# The examples, run as they stand.
# SPDX-License-Identifier: GPL-3.0-or-later
load helper

setup() {
    export HOME=$BATS_TEST_TMPDIR XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    cd "$BATS_TEST_TMPDIR"
}

@test 'create-stateful-vm makes a machine and starts it, delete-vm deletes it' {
    start_node
    run_line "$root/examples/create-stateful-vm.sh web-09 1024"
    assert_status 0
    assert_equal "$(jq -c '[.vm_name,.vm_memory,.vm_status]' <<<"$output")" \
        '["web-09",1024,"running"]'
    assert_equal "$(jq -r .journal web-09.journal | tr '\n' ' ')" 'begins done '
    run_line "$root/examples/delete-vm.sh web-09"
    assert_status 0
    assert_equal "$(proxmox_vm.list web-09)" ''
}

@test 'lifecycle-test leaves nothing behind' {
    start_node
    run_line "$root/examples/lifecycle-test.sh"
    assert_status 0
    assert_equal "$(jq -c 'select(.action == "vm_lookup") | [.vm_boot_order,.vm_config.memory]' \
        <<<"$output")" '["order=scsi0;net0","128"]'
    assert_equal "$(proxmox_vm.list lifecycle-test)" ''
    assert_equal "$(proxmox_vm.list | wc -l)" 8
}
