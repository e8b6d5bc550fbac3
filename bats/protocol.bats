#!/usr/bin/env bats
# The devkit's line protocol through every tool that reads ids, and what must never reach a URL.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

# shellcheck disable=SC2034 # read through the tools' names
readonly id_tools=(proxmox_vm.start proxmox_vm.stop proxmox_vm.stop_force proxmox_vm.pause
    proxmox_vm.resume proxmox_vm.list_vm_and_extract_vm_name proxmox_snapshot_vm.list_snapshot
    proxmox_snapshot_vm.create_snapshot proxmox_snapshot_vm.revert_snapshot
    proxmox_snapshot_vm.delete_snapshot proxmox_vm.delete)

# Prints id lines in every accepted form but for the last, which has no newline; all mean VM 100.
accepted_forms() {
    printf '\357\273\277100\n{"vm_id":100,"extra":"z"}\n{"vm_id":"100"}\n"100"\n\n   \n\r\n'
    printf '100\r\n{"vm_id":100}\r\n  100  \n\t100\n0100\n100.0\n{"vm_id":100.0}\n'
    printf '{"vm_id":100,"proxmox_node":"px-testing"}\n{"vm_id":100,"proxmox_node":null}\n'
    printf '{"vm_id":100,"proxmox_node":"px-elsewhere"}\n'
    printf '{ "vm_name" : "x" , "vm_id" : 100 }\n{"vm_id":100}'
}
readonly accepted_count=16

refused_forms() {
    printf 'hello\n[100,101]\nnull\ntrue\n{"foo":1}\n{"vm_id":null}\n{"vm_id":[100]}\n007\n99\n'
    printf '1000000000\n-100\n100.5\n{"vm_id":100,"vm_id":101}\n{"vm_id":100}{"vm_id":101}\n'
    printf '{"vm_id":100} 101\n100 101\n{\n  "vm_id": 100\n}\n{"vm_id":100,"proxmox_node":"../x"}\n'
}
readonly refused_count=20

@test "every accepted form means the same VM, line for line" {
    local tool
    start_node --vms 4 --plain --task-ms 5
    accepted_forms >"$BATS_TEST_TMPDIR/forms"
    for tool in proxmox_vm.list_vm_and_extract_vm_name proxmox_snapshot_vm.list_snapshot \
        proxmox_vm.start; do
        run_line "$tool <'$BATS_TEST_TMPDIR/forms'"
        assert_status 0
        assert_equal "$(jq -r .vm_id <<<"$output" | uniq -c | xargs)" "$accepted_count 100"
    done
}

@test "each accepted form alone makes each tool act once, on the right VM" {
    local form tool number=0
    start_node --vms 1 --plain --task-ms 5
    proxmox_vm.start <<<100 >/dev/null
    # create must come before what needs a snapshot, delete comes last and finds nothing after it.
    for tool in create_snapshot list_snapshot revert_snapshot delete_snapshot; do
        while IFS= read -r form; do
            number=$((number + 1))
            printf '{"vm_id":100,"vm_snapshot_name":"s-%d"}' "$number" |
                proxmox_snapshot_vm.create_snapshot >/dev/null
            run_line "printf '%s' '$form' | proxmox_snapshot_vm.$tool"
            assert_status 0
            assert_equal "$(jq -r .vm_id <<<"$output" | sort -u)" 100
        done < <(printf '100\n"100"\n{"vm_id":"100","vm_name":"vm-100","vm_template":0}\n')
    done
}

@test "every refused form is one traced line for every tool, and nothing is asked for it" {
    local tool
    start_node --vms 4 --plain --task-ms 5
    refused_forms >"$BATS_TEST_TMPDIR/forms"
    for tool in "${id_tools[@]}"; do
        run_line "$tool <'$BATS_TEST_TMPDIR/forms'"
        assert_status 1
        assert_equal "$output" ''
        # The last one has a good id; what is wrong with it is its node.
        assert_equal "$(grep -c '^:: TRACE :: .*skip line, cannot extract integer vm_id: ' \
            <<<"$stderr")" "$((refused_count - 1))"
        assert_contains "$stderr" \
            'skip line, not taken: {"vm_id":100,"proxmox_node":"../x"} (line 20'
        assert_equal "$(wc -l <<<"$stderr")" "$refused_count"
    done
    assert_equal "$(count_requests . .)" 0
}

@test "a line whose id is well is told by the key that is not, under every name" {
    start_node --vms 4 --plain
    run_line "echo '{\"vm_id\":100,\"vm_snapshot_name\":\"x\"}' |
        proxmox_snapshot_vm.create_snapshot"
    assert_status 1
    assert_contains "$stderr" 'skip line, not taken: {"vm_id":100,"vm_snapshot_name":"x"} '
    assert_contains "$stderr" '(line 1: vm_snapshot_name is not'
    run_line 'echo 100 | proxmox_firewall_vm.add_alias'
    assert_status 1
    assert_contains "$stderr" 'skip line, not taken: 100 (line 1: there is no vm_fw_alias_name'
    run_line "echo '{\"vm_id\":\"x\",\"vm_snapshot_name\":\"x\"}' |
        proxmox_snapshot_vm.create_snapshot"
    assert_contains "$stderr" 'cannot extract integer vm_id: '
    assert_equal "$(count_requests . .)" 0
}

@test "a snapshot name that is none never reaches a URL, whatever it is dressed as" {
    local name tool
    start_node --vms 4 --plain --task-ms 5
    for tool in create revert delete; do
        for name in .. . a/b ../100 current pending %2e%2e a%2fb '\u002e\u002e' 'a\u0000' 1st x \
            'a b' '{{x}}' 'x?y' 'x#y' 'x;y' '\n' "$(printf 'a%.0s' {1..41})"; do
            run_line "printf '%s\n' '{\"vm_id\":100,\"vm_snapshot_name\":\"$name\"}' |
                proxmox_snapshot_vm.${tool}_snapshot"
            assert_status 1
            assert_equal "$output" ''
        done
    done
    assert_equal "$(count_requests . .)" 0
    run_line 'proxmox_vm.list | wc -l'
    assert_equal "$output" 4
}

@test "a list line, and jq -c of it, is an id line with its node" {
    start_node --vms 8 --task-ms 5
    run_line "proxmox_vm.list 'VM 102|web' | proxmox_vm.start | jq -r .vm_id"
    assert_equal "$output" $'100\n102'
    run_line "proxmox_vm.list 'VM 102|web' | jq -c . | proxmox_vm.stop_force | jq -r .vm_status"
    assert_equal "$output" $'stopped\nstopped'
}

@test "nodes: the cluster's own are honoured, a foreign one falls back to the vault's, asked once" {
    start_node --vms 6 --plain --task-ms 5 --nodes px-a,px-b
    run_line "printf '%s\n' '{\"vm_id\":101,\"proxmox_node\":\"px-b\"}' \
        '{\"vm_id\":100,\"proxmox_node\":\"px-foreign\"}' \
        '{\"vm_id\":102,\"proxmox_node\":\"px-a\"}' \
        '{\"vm_id\":103,\"proxmox_node\":\"px-foreign\"}' | proxmox_vm.start"
    assert_status 1
    assert_equal "$(jq -r '"\(.vm_id) \(.proxmox_node)"' <<<"$output")" \
        $'101 px-b\n100 px-a\n102 px-a'
    assert_contains "$stderr" 'px-foreign is not a node of this cluster, using px-a'
    assert_equal "$(count_requests GET '^(/api2/json)?/nodes$')" 1
}

@test "a VM that lives on another node of the cluster is found there, with one question for all" {
    start_node --vms 6 --plain --task-ms 5 --nodes px-a,px-b
    run_line 'seq 100 105 | proxmox_vm.start'
    assert_status 0
    assert_equal "$(jq -r '"\(.vm_id) \(.proxmox_node)"' <<<"$output")" \
        $'100 px-a\n101 px-b\n102 px-a\n103 px-b\n104 px-a\n105 px-b'
    assert_equal "$(count_requests GET /cluster/resources)" 1
    assert_equal "$(grep -c 'is on node px-b' <<<"$stderr")" 3
    run_line 'seq 100 101 | proxmox_vm.list_vm_and_extract_vm_name | jq -r .proxmox_node'
    assert_equal "$output" $'px-a\npx-b'
}

@test "list --cluster lists every node that is online and names the others, which is no failure" {
    start_node --vms 6 --plain --nodes px-a,px-b,px-c=offline
    run_line 'proxmox_vm.list --cluster'
    assert_status 0
    assert_equal "$(jq -r .proxmox_node <<<"$output" | uniq -c | xargs)" '2 px-a 2 px-b'
    assert_contains "$stderr" 'px-c'
}

@test "an id that is not there is no failure to extract, with or without others" {
    start_node --vms 2 --plain
    run_line "printf '101\n999\n101\n' | proxmox_vm.list_vm_and_extract_vm_name"
    assert_status 0
    assert_equal "$(jq -r .vm_id <<<"$output")" $'101\n101'
    assert_contains "$stderr" 'vm_id 999 not found in proxmox node px-testing.'
    assert_equal "$(count_requests GET '/nodes/px-testing/qemu$')" 1
}

@test "what jq would read as an id, records read the same" {
    local line ours theirs
    start_node --vms 1 --plain
    # Lines around the edges of the rules; jq decides like the ansible path, the grammar after it.
    while IFS= read -r line; do
        theirs=$(jq -R -r '(fromjson? // .) |
            if type == "object" then .vm_id else . end | if type == "string"
            then sub("^\\s+"; "") | sub("\\s+$"; "") else . end |
            tostring | if test("^0*100$") then "100" else "none" end' <<<"$line" 2>/dev/null ||
            echo none)
        ours=$(proxmox_vm.list_vm_and_extract_vm_name <<<"$line" 2>/dev/null |
            jq -r .vm_id)
        [ "${ours:-none}" = "${theirs:-none}" ] || fail "$line: ${ours:-none}, jq: $theirs"
    done < <(seed_lines)
}

# Random lines, the same for each run: pieces of ids, objects, blanks and rubbish.
seed_lines() {
    awk 'BEGIN {
        srand(7)
        # JSON has no leading zeros: what jq makes of them in an object is left to jq.
        count = split("100|101|\"100\"|100.0|100.5|true|null|[100]|{}|\"\"|99", ids, "|")
        print "0100"
        for (n = 0; n < 200; n++) {
            id = ids[int(rand() * count) + 1]
            blank = substr("      ", 1, int(rand() * 3))
            form = int(rand() * 4)
            if (form == 0) print blank id blank
            if (form == 1) print blank "{" blank "\"vm_id\":" blank id blank "}"
            if (form == 2) print "{\"x\":{\"vm_id\":5},\"vm_id\":" id ",\"y\":[1,{}]}" blank
            if (form == 3) print "{\"vm_ids\":100,\"vm_id\" :" id ",\"vm_name\":\"a \\\" b\"}\r"
        }
    }'
}

# Descriptions of random characters, the same for each run; C1 controls are left out, because a
# terminal obeys them and jq prints them as they are.
random_descriptions() {
    jq -n -c 'def next: (. * 1103515245 + 12345) % 2147483648;
        def pick: [34, 92, 47, 8, 9, 10, 12, 13, 0, 1, 27, 31, 127, 32, 65, 48, 228, 8364, 8232,
            65533, 128512, 1114111, 55295, 57344, 123, 125, 37, 38, 43, 61];
        [limit(60; 42 | recurse(next))] | to_entries[] | .key as $n |
        [limit(20; .value | recurse(next)) | pick[(. / 65536 | floor) % 30]] | implode |
        {vm_id: (100 + $n % 4), vm_snapshot_name: "s-\($n)", vm_snapshot_description: .}'
}

@test "strings are printed as jq -c prints them, whatever is in them" {
    start_node --vms 4 --plain --task-ms 1
    random_descriptions >"$BATS_TEST_TMPDIR/lines"
    run_line "proxmox_snapshot_vm.create_snapshot <'$BATS_TEST_TMPDIR/lines'"
    assert_status 0
    assert_equal "$(wc -l <<<"$output")" 60
    assert_equal "$output" "$(jq -c . <<<"$output")"
    assert_equal "$(jq -c .vm_snapshot_description <<<"$output")" \
        "$(jq -c .vm_snapshot_description "$BATS_TEST_TMPDIR/lines")"
}

@test "--text of an action has the twins' keys in their order" {
    start_node --vms 2 --plain --task-ms 1
    local keys='action source proxmox_node vm_id vm_name'
    while read -r tool more; do
        run_line "echo 100 | $tool --text | cut -d= -f1 | xargs"
        assert_equal "$output" "$keys${more:+ $more}"
    done <<'TOOLS'
proxmox_snapshot_vm.create_snapshot vm_snapshot_name vm_snapshot_description
proxmox_snapshot_vm.revert_snapshot vm_status vm_snapshot_name
proxmox_snapshot_vm.delete_snapshot vm_snapshot_name
proxmox_vm.start vm_status
proxmox_vm.pause vm_status
proxmox_vm.resume vm_status
proxmox_vm.stop vm_status
proxmox_vm.stop_force vm_status
proxmox_vm.delete vm_status
TOOLS
}
