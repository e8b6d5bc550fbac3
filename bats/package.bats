#!/usr/bin/env bats
# The Debian package and the tarball: sound, working where they are put, gone without a trace.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

setup_file() {
    command -v dh >/dev/null || skip 'debhelper is not installed'
    "$root/dev" deb >"$BATS_FILE_TMPDIR/deb"
}

@test "lintian finds nothing in the package" {
    command -v lintian >/dev/null || skip 'lintian is not installed'
    run_line "lintian --allow-root --fail-on error,warning '$(tail -n 1 "$BATS_FILE_TMPDIR/deb")'"
    assert_status 0
    assert_equal "$output" ''
}

@test "installed it works, removed it leaves nothing" {
    local deb place=$BATS_TEST_TMPDIR/root
    deb=$(tail -n 1 "$BATS_FILE_TMPDIR/deb")
    mkdir -p "$place"/var/lib/dpkg/{info,updates}
    : >"$place/var/lib/dpkg/status"
    run_line "fakeroot dpkg --root='$place' --log=/dev/null --force-depends \
        --force-not-root --force-script-chrootless -i '$deb'"
    assert_status 0
    start_node
    run_line "'$place/usr/bin/proxmox_vm.list' ^web-01\$ | jq -r .vm_name"
    assert_equal "$output" web-01
    run_line "ldd '$place/usr/bin/proxmox_vm.list'"
    assert_contains "$output" "$place/usr/bin/../lib/range42-fastpath"
    [ -s "$place/usr/share/man/man7/range42-fastpath.7.gz" ]
    [ -s "$place/usr/share/man/man1/proxmox_vm.start.1.gz" ]
    [ -s "$place/usr/share/bash-completion/completions/proxmox_vm.start" ]
    [ -s "$place/usr/share/zsh/vendor-completions/_range42-fastpath" ]
    run_line "fakeroot dpkg --root='$place' --log=/dev/null --force-depends \
        --force-not-root --force-script-chrootless -P range42-fastpath"
    assert_status 0
    run find "$place" -path "$place/var/lib/dpkg" -prune -o -type f -print -o -type l -print
    assert_equal "$output" ''
}

@test "the tarball works where it is unpacked, and is the same each time" {
    local archive place="$BATS_TEST_TMPDIR/some where"
    archive=$("$root/dev" tarball | tail -n 1)
    cp "$archive" "$BATS_TEST_TMPDIR/first"
    archive=$("$root/dev" tarball | tail -n 1)
    cmp "$archive" "$BATS_TEST_TMPDIR/first"
    mkdir "$place"
    tar -C "$place" --strip-components=1 -xf "$archive"
    start_node
    run_line "'$place/bin/proxmox_vm.list' ^web-01\$ | jq -r .vm_name"
    assert_status 0
    assert_equal "$output" web-01
}
