#!/usr/bin/env bats
# guest.wait_cloudinit: until cloud-init has ended, well or not, or is not there at all.
# SPDX-License-Identifier: GPL-3.0-or-later
load helper
load guest

readonly web_01='{"vm_ip":"127.0.0.1","vm_id":100,"vm_name":"web-01"}'

setup() {
    needs_guest
    make_guest
}
teardown() { stop_guest; }

# The guest has a cloud-init from now on, and this is what it does.
cloud_init_does() {
    ln -sf ../recorder "$guest/guest/bin/cloud-init"
    guest_behaves cloud-init "$1"
}

run_wait() { run_line "echo '$web_01' | guest.wait_cloudinit $*"; }

@test "a machine whose cloud-init runs is waited for, and then is done" {
    cloud_init_does 'echo >>/guest/count
[ "$(wc -l </guest/count)" -ge 3 ] || { echo "status: running"; exit 0; }
echo "status: done"'
    start_guest
    run_wait
    assert_status 0
    assert_equal "$(jq -c '[.cloud_init,.vm_id]' <<<"$output")" '["done",100]'
    assert_equal "$(wc -l <"$guest/guest/count")" 3
}

@test "a cloud-init that has failed is a failed line, with its own words" {
    cloud_init_does 'echo "status: error"; echo "detail: no datasource"; exit 1'
    start_guest
    run_wait
    assert_status 1
    assert_equal "$output" ''
    assert_contains "$stderr" 'failed to await cloud-init'
    assert_contains "$stderr" 'no datasource'
}

@test "a machine that has none says so, and so does one in which it is off" {
    start_guest
    run_wait
    assert_status 0
    assert_equal "$(jq -r .cloud_init <<<"$output")" absent
    cloud_init_does 'echo "status: disabled"; exit 0'
    run_wait
    assert_status 0
    assert_equal "$(jq -r .cloud_init <<<"$output")" disabled
}

@test "one that never ends is given up after its time" {
    cloud_init_does 'echo "status: running"'
    start_guest
    run_wait --cloudinit-timeout 1
    assert_status 1
    assert_contains "$stderr" 'not yet after 1 s'
}

@test "a machine that starts again meanwhile is waited for, and asked again" {
    cloud_init_does 'echo >>/guest/count
[ -e /guest/over ] && echo "status: done" || echo "status: running"'
    start_guest
    (
        exec 3>&-
        trap 'stop_guest; exit 0' TERM
        await '[ -s "$guest/guest/count" ]'
        stop_guest
        sleep 0.5
        : >"$guest/guest/over"
        start_guest
        while sleep 0.05; do :; done
    ) &
    local guests=$!
    run_wait --timeout 15
    kill "$guests"
    wait "$guests"
    assert_status 0
    assert_equal "$(jq -r .cloud_init <<<"$output")" 'done'
}

@test "row 61: an ssh that is lost while it waits is begun anew, some times" {
    cloud_init_does 'echo "status: done"'
    start_guest
    mkdir -p "$BATS_TEST_TMPDIR/bin"
    printf '#!/bin/sh\ncase $* in *guard*) [ -e %q ] || { : >%q; echo gone >&2; exit 255; } ;; esac
exec %q "$@"\n' "$BATS_TEST_TMPDIR/once" "$BATS_TEST_TMPDIR/once" "$(type -P ssh)" \
        >"$BATS_TEST_TMPDIR/bin/ssh"
    chmod +x "$BATS_TEST_TMPDIR/bin/ssh"
    run_line "PATH='$BATS_TEST_TMPDIR/bin':\$PATH; echo '$web_01' | guest.wait_cloudinit"
    assert_status 0
    assert_equal "$(jq -r .cloud_init <<<"$output")" 'done'
    sed -i 's/\[ -e .* \] ||//' "$BATS_TEST_TMPDIR/bin/ssh"
    run_line "PATH='$BATS_TEST_TMPDIR/bin':\$PATH; echo '$web_01' | guest.wait_cloudinit"
    assert_status 6
    assert_contains "$stderr" 'connection lost while it was to await cloud-init'
    refute_contains "$stderr" unknown
}
