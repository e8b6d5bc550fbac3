# The examples, run as they stand.
# SPDX-License-Identifier: GPL-3.0-or-later
load helper

setup() {
    export HOME=$BATS_TEST_TMPDIR XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    cd "$BATS_TEST_TMPDIR"
}

@test 'create-stateful-vm says how to take back what was made, should it fail' {
    start_node --fault 'fail=500:no%20such%20luck method=POST path=/status/start instead'
    run_line "$root/examples/create-stateful-vm.sh web-09 1024"
    [ "$status" -ne 0 ]
    assert_contains "$stderr" 'range42-undo <web-09.journal'
    assert_equal "$(jq -r .journal web-09.journal | tr '\n' ' ')" 'begins done '
    range42-undo <web-09.journal >/dev/null
    assert_equal "$(proxmox_vm.list web-09)" ''
}

@test 'delete-vm stops a machine and deletes it' {
    start_node
    echo web-09 | proxmox_vm.create | proxmox_vm.start >/dev/null
    run_line "$root/examples/delete-vm.sh web-09"
    assert_status 0
    assert_equal "$(proxmox_vm.list web-09)" ''
}

@test 'lifecycle-test leaves nothing behind' {
    # An empty machine hears no request of ACPI's.
    start_node --fault 'fail=500:got%20timeout method=POST path=/status/(reboot|shutdown)$ instead'
    run_line "$root/examples/lifecycle-test.sh"
    assert_status 0
    assert_equal "$(jq -c 'select(.action == "vm_lookup") | [.vm_boot_order,.vm_config.memory]' \
        <<<"$output")" '["order=scsi0;net0","128"]'
    assert_equal "$(proxmox_vm.list lifecycle-test)" ''
    assert_equal "$(proxmox_vm.list | wc -l)" 8
}
