#!/usr/bin/env bats
# Legacy names: found however they are called, and the way to ansible when the API is not there.
# SPDX-License-Identifier: GPL-3.0-or-later

# shellcheck disable=SC2030,SC2031 # each test has its own environment
load helper
load fake_devkit

readonly list=proxmox_vm.list.to.jsons.sh start=proxmox_vm.vm_id.start.to.jsons.sh
readonly not_reachable='proxmox API not reachable - using ansible slow path'
# The entry scripts for which upstream has no `_with_api` script; they say nothing of their way.
readonly without_twin='proxmox_cluster.jsons.set_tag_color.to.jsons.sh
proxmox_firewall.vm_id.add_iptables_alias.to.jsons.sh
proxmox_lxc.list.to.jsons.sh
proxmox_lxc.vm_id.start.to.jsons.sh
proxmox_network.vm_id.list_interfaces_vm.to.jsons.sh
proxmox_storage.list.to.jsons.sh
proxmox_storage.urls.download_iso.to.jsons.sh
proxmox_storage.vm_id.import_cloudinit_image_to_vm.to.jsons.sh
proxmox_template.vm_id.convert_to_template.to.jsons.sh
proxmox_template.vm_id.set_cloudinit_variables.to.jsons.sh
proxmox_vm.jsons.clone.to.jsons.sh
proxmox_vm.jsons.create.to.jsons.sh
proxmox_vm.jsons.set_tag.to.jsons.sh
proxmox_vm.vm_id.get_config.to.jsons.sh'
readonly plain=(--vms 4 --plain --task-ms 20)

setup() {
    shims=$build/shims
    devkit=$BATS_TEST_TMPDIR/devkit
    export record=$BATS_TEST_TMPDIR/record
    plain_path=$PATH
}

has_twin() { ! grep -qxF "$1" <<<"$without_twin"; }

# Shims first, then the tools' own directory is not needed any more, then the devkit.
use_shims() {
    make_fake_devkit "$devkit" "$list" "$start" "$@"
    export PATH=$shims:$plain_path:$devkit
}

@test "thirteen names have an entry and a twin, fourteen an entry alone, the probe has its own" {
    assert_equal "$(legacy_names | wc -l)" $((2 * 13 + 14 + 1))
    assert_equal "$(legacy_names | sed -n 's/_with_api//p' | sort)" \
        "$(legacy_names | grep -v -e _with_api -e inc | grep -vxF "$without_twin")"
    assert_equal "$(legacy_names | grep -xF "$without_twin")" "$without_twin"
}

@test "a shim is a POSIX script of three to six lines, and leads to a tool that is there" {
    local name tool
    for name in $(legacy_names); do
        [ "$(wc -l <"$shims/$name")" -le 6 ]
        dash -n "$shims/$name"
        tool=$(sed -n 's|^exec .*/\([^/"]*\)" --legacy .*|\1|p' "$shims/$name")
        [ -x "$build/tools/$tool" ]
    done
    shellcheck "$shims"/*.sh
}

@test "each legacy name explains itself on stdout, with upstream's status 1, whatever the API" {
    local name
    for name in $(legacy_names); do
        for option in -h --help; do
            run_line "'$shims/$name' $option"
            assert_status 1
            assert_contains "$output" "$name"
            assert_equal "$stderr" ''
        done
    done
}

@test "an entry name announces the delegation in upstream's bytes, a twin says nothing" {
    start_node "${plain[@]}"
    use_shims
    run_line "echo 100 | $start"
    assert_status 0
    assert_equal "$(jq -r .vm_status <<<"$output")" running
    assert_equal "$stderr" "$(trace \
        'proxmox API reachable - delegating to proxmox_vm.vm_id.start_with_api.to.jsons.sh')"
    run_line "echo 101 | ${start/.to/_with_api.to}"
    assert_status 0
    assert_equal "$stderr" ''
    assert_equal "$(calls_of_devkit)" 0
}

@test "a name that has no twin says nothing of its way, and does its work" {
    local name line alias='{"vm_id":100,"vm_fw_alias_name":"lab","vm_fw_alias_cidr":"10.0.0.0/8"}'
    start_node "${plain[@]}" --containers 1
    echo 102 | proxmox_vm.set_config --set ide2=local:cloudinit >/dev/null
    # shellcheck disable=SC2046 # one word a name
    use_shims $(legacy_names)
    for name in $without_twin; do
        case $name in
            # They need a web server and an image: images.bats has both.
            *download*|*import*) continue ;;
            *.create.*) line='{"vm_id":900,"vm_name":"new","vm_cpu":"host","vm_cores":1,
                "vm_sockets":1,"vm_memory":1024}' ;;
            *.clone.*) line='{"vm_id":101,"vm_new_id":901,"vm_name":"c","vm_description":"d"}' ;;
            *set_tag.*) line='{"vm_id":102,"vm_tag_name":"t"}' ;;
            *cloudinit*) line='{"vm_id":102,"vm_ci_ssh_key":"ssh-ed25519 AAAA"}' ;;
            *alias*) line=$alias ;;
            *color*) line='{"proxmox_cluster_color_mapping":"color-map=web:ff0000"}' ;;
            *lxc*) line=200 ;;
            *) line=100 ;;
        esac
        run_line "echo '${line//$'\n'/}' | $name"
        assert_status 0
        assert_equal "$stderr" ''
        assert_equal "$(jq -r .source <<<"$output" | sort -u)" proxmox-api
    done
    assert_equal "$(calls_of_devkit)" 0
}

@test "a symlink to an entry name announces the delegation as the name itself does" {
    start_node "${plain[@]}"
    mkdir "$BATS_TEST_TMPDIR/links"
    ln -s "$shims/$start" "$BATS_TEST_TMPDIR/links/$start"
    run_line "echo 100 | '$BATS_TEST_TMPDIR/links/$start'"
    assert_status 0
    assert_equal "$stderr" "$(trace \
        'proxmox API reachable - delegating to proxmox_vm.vm_id.start_with_api.to.jsons.sh')"
}

@test "a shim is found by path, relatively, through PATH, in its own directory and by symlinks" {
    local place=$BATS_TEST_TMPDIR/elsewhere how
    start_node "${plain[@]}"
    mkdir "$place"
    ln -s "$shims/$list" "$place/link.sh"
    ln -s link.sh "$place/second.sh"
    ln -s "$shims" "$place/directory"
    for how in "'$shims/$list'" "cd '$build' && shims/$list" "cd '$shims' && ./$list" \
        "cd '$shims' && sh $list" "PATH='$shims':\$PATH $list" \
        "cd '$build' && PATH=shims:\$PATH $list" \
        "'$place/link.sh'" "'$place/second.sh'" "'$place/directory/$list'"; do
        run_line "$how | jq .vm_id | tr '\n' ' '"
        assert_equal "$output" '100 101 102 103 '
    done
}

@test "installed shims work where the prefix is moved to" {
    run_line "cd '$root' && ./dev install '$BATS_TEST_TMPDIR/first'"
    assert_status 0
    mv "$BATS_TEST_TMPDIR/first" "$BATS_TEST_TMPDIR/second"
    start_node "${plain[@]}"
    assert_equal "$(ls "$BATS_TEST_TMPDIR/second/share/range42-fastpath/shims")" \
        "$(find "$shims" -maxdepth 1 -name '*.sh' -printf '%f\n' | sort)"
    run_line "'$BATS_TEST_TMPDIR/second/share/range42-fastpath/shims/$list' | jq .vm_id"
    assert_equal "$output" $'100\n101\n102\n103'
}

@test "API_FORCE=off, exactly so, is ansible without a word; any other value tries the API" {
    start_node "${plain[@]}"
    use_shims
    run_line "echo 100 | RANGE42_PROXMOX_API_FORCE=off $start"
    assert_status 7
    assert_equal "$output" '{"source":"proxmox"}'
    assert_equal "$stderr" ''
    assert_equal "$(count_requests . .)" 0
    for value in OFF no 0 auto '' 'off '; do
        run_line "RANGE42_PROXMOX_API_FORCE='$value' $list | wc -l"
        assert_equal "$output" 4
    done
    assert_equal "$(calls_of_devkit)" 1
}

@test "without the API the devkit's script gets process, arguments and input as they came" {
    start_node "${plain[@]}"
    use_shims
    api_down
    printf '100\r\n{"vm_id":101,"x":"\303\274"}\n\n  102' >"$BATS_TEST_TMPDIR/input"
    run_line "sh -c 'echo \$\$ >\"$record.shell\"; exec $start \"\$@\"' sh \
        '' 'a  b' '*' \$'x\ny' -- \
        <'$BATS_TEST_TMPDIR/input'"
    assert_status 7
    assert_equal "$output" '{"source":"proxmox"}'
    assert_equal "$stderr" "$(warning_of_unproven)
$(trace "$not_reachable")"
    printf '%s\0' '' 'a  b' '*' $'x\ny' -- | cmp - "$record.arguments"
    cmp "$BATS_TEST_TMPDIR/input" "$record.stdin"
    cmp "$record.shell" "$record.pid"
    assert_equal "$(cat "$record.force")" off
    assert_equal "$(cat "$record.path")" "$devkit/$start"
    assert_equal "$(calls_of_devkit)" 1
}

@test "every entry name that has a twin falls back to its own script announced, others silently" {
    local name
    start_node "${plain[@]}"
    # shellcheck disable=SC2046 # one word a name
    use_shims $(legacy_names)
    api_down
    for name in $(legacy_names | grep -v inc); do
        forget_calls
        run_line "$name </dev/null"
        assert_status 7
        assert_equal "$(cat "$record.path")" "$devkit/$name"
        case $name in
            *_with_api*) assert_equal "$stderr" "$(warning_of_unproven)" ;;
            *)
                assert_equal "$stderr" "$(warning_of_unproven
                    if has_twin "$name"; then echo && trace "$not_reachable"; fi)"
                ;;
        esac
    done
}

@test "an unopened vault or a missing variable are as good as no API" {
    local spoil
    start_node "${plain[@]}"
    use_shims
    unset RANGE42_PROXMOX_API_TLS
    echo wrong >"$BATS_TEST_TMPDIR/password"
    for spoil in "RANGE42_VAULT_PASSWORD_FILE='$BATS_TEST_TMPDIR/password'" \
        'env -u RANGE42_VAULT_PASSWORD_FILE' 'env -u RANGE42_ANSIBLE_ROLES__DEVKITS_DIR' \
        'RANGE42_ANSIBLE_ROLES__DEVKITS_DIR=/nonexistent'; do
        run_line "echo 100 | $spoil $start"
        assert_status 7
        assert_equal "$stderr" "$(trace "$not_reachable")"
        assert_equal "$(cat "$record.stdin")" 100
    done
    assert_equal "$(count_requests . .)" 0
}

@test "the next script on PATH wins over the devkit's directory, and what stands before us is out" {
    local before=$BATS_TEST_TMPDIR/before behind=$BATS_TEST_TMPDIR/behind
    start_node "${plain[@]}"
    make_fake_devkit "$before" "$list"
    make_fake_devkit "$behind" "$list"
    make_fake_devkit "$devkit" "$list"
    export RANGE42_ANSIBLE_ROLES__DEVKITS_DIR=$devkit/ RANGE42_PROXMOX_API_FORCE=off
    run_line "PATH='$before:$shims:$plain_path:$behind' '$shims/$list'"
    assert_equal "$(cat "$record.path")" "$behind/$list"
    run_line "PATH='$before:$shims:$plain_path' '$shims/$list'"
    assert_equal "$(cat "$record.path")" "$devkit//$list"
    chmod -x "$behind/$list"
    run_line "PATH='$shims:$plain_path:$behind' '$shims/$list'"
    assert_equal "$(cat "$record.path")" "$devkit//$list"
}

@test "with no ansible path there is a clear error, and no line is read" {
    start_node "${plain[@]}"
    export PATH=$shims:$plain_path
    api_down
    run_line "echo 100 | { $start; cat; }"
    assert_equal "$output" 100
    assert_contains "$stderr" 'cannot reach https://'
    assert_contains "$stderr" "no other $start on PATH"
    run_line "echo 100 | $start"
    assert_status 1
    run_line "echo 100 | RANGE42_PROXMOX_STRICT=1 $start"
    assert_status 6
}

@test "a loop cannot be: the shims twice on PATH, copied, linked, or called back" {
    local copies=$BATS_TEST_TMPDIR/copies links=$BATS_TEST_TMPDIR/links
    start_node "${plain[@]}"
    mkdir "$copies" "$links" "$devkit"
    cp -r "$shims/." "$copies"
    ln -s "$shims"/*.sh "$links"
    ln -s "$build/tools" "$BATS_TEST_TMPDIR/tools"
    export RANGE42_ANSIBLE_ROLES__DEVKITS_DIR=$copies/ RANGE42_PROXMOX_API_FORCE=off
    run_line "PATH='$copies:$shims:$links:$shims:$plain_path' timeout 20 $list"
    assert_status 1
    assert_contains "$stderr" 'there is no ansible path'
    # The real one is found behind all of them.
    make_fake_devkit "$devkit" "$list"
    run_line "PATH='$links:$shims:$copies:$shims:$plain_path:$devkit' timeout 20 $list"
    assert_status 7
    # A devkit script that calls the shim again.
    printf '#!/bin/sh\n"%s" "$@"\n' "$shims/$list" >"$devkit/$list"
    run_line "PATH='$shims:$plain_path:$devkit' timeout 20 $list"
    assert_status 1
    assert_contains "$stderr" 'leads back to it'
}

@test "a TLS identity that is refused ends with 5: the slow path would send the token there" {
    start_node "${plain[@]}"
    use_shims
    export RANGE42_PROXMOX_API_TLS=pin:sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
    run_line "echo 100 | $start"
    assert_status 5
    assert_equal "$output" ''
    assert_contains "$stderr" 'not falling back'
    assert_equal "$(calls_of_devkit)" 0
}

@test "lines that the slow path would execute are kept from it, the others arrive" {
    start_node "${plain[@]}"
    use_shims
    api_down
    cat >"$BATS_TEST_TMPDIR/input" <<'LINES'
100
{"vm_id":101,"vm_snapshot_description":"{{ proxmox_api_token_secret }}"}
{"vm_id":102,"vm_snapshot_description":"\u007b{ x }}"}
{"vm_id":103,"vm_snapshot_description":"two\nlines"}
{"vm_id":104,"vm_snapshot_description":"back\\slash"}
{"vm_id":105,"x":{"y":["{% z %}"]}}
{"vm_id":106,"vm_snapshot_description":"{ fine }"}
LINES
    run_line "$start <'$BATS_TEST_TMPDIR/input'"
    assert_status 7
    assert_equal "$(jq -c 'if type == "object" then .vm_id else . end' "$record.stdin")" $'100\n106'
    assert_equal "$(grep -c 'not handed to the ansible path' <<<"$stderr")" 5
}

@test "an unknown argument is refused in upstream's words" {
    start_node "${plain[@]}"
    export PATH=$shims:$plain_path
    local twin=${start/.to/_with_api.to}
    run_line "echo 100 | $twin foo"
    assert_status 1
    assert_equal "$output" ''
    assert_equal "$(head -n 1 <<<"$stderr")" "ERROR: unknown arg 'foo'"
    run_line 'proxmox_vm.list_with_api.to.jsons.sh --bogus'
    assert_status 1
    assert_equal "$(head -n 1 <<<"$stderr")" 'ERROR: unknown flag: --bogus'
    run_line 'proxmox_vm.list_with_api.to.jsons.sh web db'
    assert_status 1
    assert_equal "$(head -n 1 <<<"$stderr")" 'ERROR: wrong number of arguments.'
    assert_equal "$(count_requests POST .)" 0
}

@test "a terminal for input is refused in upstream's words" {
    needs_terminal
    start_node "${plain[@]}"
    export PATH=$shims:$plain_path
    local twin=${start/.to/_with_api.to}
    run_line "script -qec '$twin 2>&1' /dev/null </dev/null | head -n 1 | tr -d '\r'"
    assert_equal "$output" \
        'ERROR: no input on stdin. Pipe vm_id(s) (plain text or JSON lines).'
    for twin in revert delete; do
        twin=proxmox_snapshot_vm.vm_id.${twin}_snapshot_with_api.to.jsons.sh
        run_line "script -qec '$twin 2>&1' \
            /dev/null </dev/null | head -n 1 | tr -d '\r'"
        assert_equal "$output" \
            'ERROR: no input on stdin. Pipe JSON lines with .vm_id and .vm_snapshot_name.'
    done
    assert_equal "$(count_requests POST .)" 0
}

@test "arguments that either path accepts are accepted" {
    start_node --task-ms 20 --containers 1
    export PATH=$shims:$plain_path
    export alias='{"vm_id":100,"vm_fw_alias_name":"lab","vm_fw_alias_cidr":"10.0.0.0/8"}'
    local line
    while IFS= read -r line; do
        run_line "$line"
        assert_status 0
        [ -n "$output" ] || fail "nothing from: $line"
    done <<'LINES'
proxmox_vm.list.to.jsons.sh --json '^(web|db)-0[1-9]$'
proxmox_vm.list.to.jsons.sh WEB --text
proxmox_vm.list.to.jsons.sh --text
echo 100 | proxmox_vm.vm_id.list_vm_and_extract_vm_name.to.jsons.sh whatever it was
echo 100 | proxmox_snapshot_vm.vm_id.list_snapshot.to.jsons.sh curr --json
echo 100 | proxmox_vm.vm_id.start.to.jsons.sh --json ignored
echo 100 | proxmox_snapshot_vm.vm_id.create_snapshot.to.jsons.sh --text
proxmox_lxc.list.to.jsons.sh '^CT-200$' --text
echo 200 | proxmox_lxc.vm_id.start.to.jsons.sh --json ignored
proxmox_storage.list.to.jsons.sh --json LOC
echo 100 | proxmox_vm.vm_id.get_config.to.jsons.sh whatever it was
echo 100 | proxmox_network.vm_id.list_interfaces_vm.to.jsons.sh --text VMBR
echo "$alias" | proxmox_firewall.vm_id.add_iptables_alias.to.jsons.sh --json ignored
echo color-map=web:ff0000 | proxmox_cluster.jsons.set_tag_color.to.jsons.sh --text
proxmox_network.datacenter.apply_sdn.to.jsons.sh --json
LINES
}

@test "statuses are upstream's: 0, or 1 when nothing succeeded; STRICT=1 is honest" {
    start_node "${plain[@]}"
    export PATH=$shims:$plain_path
    run_line "printf '100\n999\n' | $start"
    assert_status 0
    run_line "printf '998\n999\n' | $start"
    assert_status 1
    run_line "$start </dev/null"
    assert_status 0
    run_line "printf '101\n999\n' | RANGE42_PROXMOX_STRICT=1 $start"
    assert_status 1
    run_line "echo 100 | RANGE42_PROXMOX_STRICT=1 $start foo"
    assert_status 2
    run_line 'echo 999 | proxmox_vm.vm_id.list_vm_and_extract_vm_name.to.jsons.sh'
    assert_status 0
    assert_equal "$output" ''
    run_line 'echo hello | proxmox_vm.vm_id.list_vm_and_extract_vm_name.to.jsons.sh'
    assert_equal "$output" ''
}

@test "an API that dies between connecting and the first action fails the lines, once" {
    start_node "${plain[@]}"
    use_shims
    mkfifo "$BATS_TEST_TMPDIR/lines"
    "$shims/$start" <"$BATS_TEST_TMPDIR/lines" >"$BATS_TEST_TMPDIR/out" \
        2>"$BATS_TEST_TMPDIR/err" 3>&- &
    local tool=$! deadline=$((SECONDS + 20)) status=0
    exec 9>"$BATS_TEST_TMPDIR/lines"
    until grep -q delegating "$BATS_TEST_TMPDIR/err"; do
        [ "$SECONDS" -lt "$deadline" ]
        sleep 0.02
    done
    stop_node
    printf '100\n101\n' >&9
    exec 9>&-
    wait "$tool" || status=$?
    assert_equal "$status" 1
    assert_equal "$(cat "$BATS_TEST_TMPDIR/out")" ''
    assert_equal "$(count_requests POST .)" 0
    assert_equal "$(calls_of_devkit)" 0
    assert_contains "$(cat "$BATS_TEST_TMPDIR/err")" 'line 1'
    assert_contains "$(cat "$BATS_TEST_TMPDIR/err")" 'line 2'
}

@test "the probe under its legacy name is silent and ends with 0 or 1" {
    start_node "${plain[@]}"
    run_line "echo kept | { '$shims/proxmox__inc.api_reachable.sh'; echo \$?; cat; }"
    assert_equal "$output" $'0\nkept'
    assert_equal "$stderr" ''
    api_down
    run_line "'$shims/proxmox__inc.api_reachable.sh'"
    assert_status 1
    assert_equal "$output$stderr" ''
    run_line "RANGE42_PROXMOX_STRICT=1 '$shims/proxmox__inc.api_reachable.sh'"
    assert_status 6
}
