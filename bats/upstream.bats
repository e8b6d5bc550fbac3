#!/usr/bin/env bats
# Upstream's own runs on a real node, repeated through the shims: the same keys, types and values.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

# The record of upstream's runs is not part of this repository; it may lie beside it.
examples=${SHARED_DIR:-$root/../shared}/contract/examples.jsons

setup() {
    [ -f "$examples" ] || skip "no record of upstream's runs in ${examples%/*}"
    export PATH=$build/shims:$PATH
}

# Cases that are decided otherwise: list does not read stdin; a key twice is refused; a batch goes
# on behind a bad line; default names fit; a node that is none falls back to the vault's.
readonly decided_otherwise='^(list_stdin_null|list_stdin_two_nodes|list_node_unknown|list_env_.*|
    start_dup_key|delete_two_first_bad|snap_create_noname_vm|start_node_unknown|.*_wrong_token|
    .*_api_down|.*_help|.*_tty|.*_arg|list_unknown_flag|list_two_positionals)$'

prepare() {
    case $1 in
        'VM 100 running' | 'VM 100 started 7 s before'*) proxmox_vm.start <<<100 ;;
        'VM 100 started and paused') proxmox_vm.start <<<100 | proxmox_vm.pause ;;
        'VM 100 running, VM 101 paused')
            printf '100\n101\n' | proxmox_vm.start | tail -n 1 | proxmox_vm.pause
            ;;
        'VM 100 stopped, snapshots s-one then s-two (descriptions first, second)'*)
            printf '{"vm_id":100,"vm_snapshot_name":"s-%s","vm_snapshot_description":"%s"}\n' \
                one first two second | proxmox_snapshot_vm.create_snapshot
            ;;
        'VM 100 stopped, snapshots s-one then s-two, then rolled back to s-one'*)
            printf '{"vm_id":100,"vm_snapshot_name":"s-%s"}\n' one two |
                proxmox_snapshot_vm.create_snapshot
            proxmox_snapshot_vm.revert_snapshot <<<'{"vm_id":100,"vm_snapshot_name":"s-one"}'
            ;;
        'initial state, all VMs stopped') ;;
        *) return 1 ;;
    esac >/dev/null
}

# Runs one recorded case under its own script's name; leaves our stdout in $ours.
repeat_case() {
    local script arguments
    script=$(jq -r .script <<<"$1")
    mapfile -t arguments < <(jq -r '.args[]' <<<"$1")
    ours=$(jq -j '.stdin // ""' <<<"$1" |
        "$script" "${arguments[@]}" 2>"$BATS_TEST_TMPDIR/stderr") || true
}

compare_lines() {
    local wanted given
    wanted=$(jq -c -L "$root/bats" 'include "upstream"; failed(.tasks) as $failed | .stdout |
        split("\n")[] | select(. != "") | fromjson |
        select(.vm_id | tostring | IN($failed[]) | not) | level' <<<"$1" | sort)
    given=$(jq -c -L "$root/bats" 'include "upstream"; level' <<<"$ours" | sort)
    [ "$wanted" = "$given" ] || fail "$(jq -r .case <<<"$1")
upstream: $wanted
ours:     $given
$(cat "$BATS_TEST_TMPDIR/stderr")"
}

# All cases of path $1 that can be set up here and pass jq's filter $2.
recorded() {
    jq -c --arg path "$1" --arg but "${decided_otherwise//[$'\n ']/}" 'select(.path == $path and
        .via == null and (.script | startswith("proxmox_")) and (.case | test($but) | not) and
        (.case | test("_text$|no_os|noaudit") | not))' "$examples" | jq -c "$2"
}

@test "lines of the ansible path: same keys, types and values, none for what has failed" {
    local case compared=0
    while IFS= read -r case; do
        start_node --task-ms 5
        if prepare "$(jq -r .setup <<<"$case")"; then
            repeat_case "$case"
            compare_lines "$case"
            compared=$((compared + 1))
        fi
        stop_node
    done < <(recorded slow .)
    [ "$compared" -ge 40 ]
}

@test "--text lines are the twins', byte for byte but for the time" {
    local case compared=0
    while IFS= read -r case; do
        start_node --task-ms 5
        prepare "$(jq -r .setup <<<"$case")"
        repeat_case "$case"
        assert_equal "$(sed -E 's/time=[1-9][0-9]+/time=T/' <<<"$ours" | sort)" \
            "$(jq -r .stdout <<<"$case" | sed -E 's/time=[1-9][0-9]+/time=T/; /^$/d' | sort)"
        compared=$((compared + 1))
        stop_node
    done < <(jq -c 'select(.path == "twin" and (.case | test("_text$")))' "$examples")
    [ "$compared" -ge 3 ]
}

@test "what the twins print is in our lines, but for the two defaults that they make up" {
    local case compared=0 missing
    while IFS= read -r case; do
        start_node --task-ms 5
        if prepare "$(jq -r .setup <<<"$case")"; then
            repeat_case "$case"
            # Every key that a twin's line has, ours has with the same type.
            missing=$(jq -n -c --argjson case "$case" --arg ours "$ours" -L "$root/bats" '
                include "upstream"; failed($case.tasks) as $failed |
                [$ours | split("\n")[] | select(. != "") | fromjson] as $ours |
                $case.stdout | split("\n")[] | select(. != "") | fromjson |
                select(.vm_id | tostring | IN($failed[]) | not) |
                select(.vm_name != "?") |
                if .vm_snapshot_time == 0 then del(.vm_snapshot_time) else . end | . as $theirs |
                select([$ours[] | select(.vm_id == $theirs.vm_id and
                    (($theirs | map_values(type) | to_entries) - (map_values(type) | to_entries)
                    | length) == 0)] | length == 0)')
            [ -z "$missing" ] || fail "$(jq -r .case <<<"$case"): $missing is not in: $ours"
            compared=$((compared + 1))
        fi
        stop_node
    done < <(recorded twin 'select(.case | test("dotdot|_two_ids|extract_leading") | not)')
    [ "$compared" -ge 40 ]
}
