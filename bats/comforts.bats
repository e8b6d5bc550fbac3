#!/usr/bin/env bats
# What a pipe is made comfortable with: selections, tables, failed lines that can be fed again.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper
load terminal

teardown() {
    close_terminal
    stop_node
}

ids() { jq -r '.vm_id? // .' <<<"$output" | xargs; }

@test "select passes lines byte for byte, and asks the node nothing that the lines say" {
    run_line 'printf "100\n{\"vm_id\" : 101, \"b\":1.50}\r\n\n 102\t\n103" |
        proxmox_vm.select 100:102 -101 | od -An -c | tr -d " \n"'
    assert_status 0
    assert_equal "$output" '100\n102\t\n'
    run_line 'printf "{\"vm_id\" : 101, \"b\":1.50}\r\n103" | proxmox_vm.select 101: | od -An -c |
        tr -d " \n"'
    assert_equal "$output" '{"vm_id":101,"b":1.50}\r\n103'
    local vm='{"vm_id":100,"vm_name":"web-01","vm_status":"running","vm_tags":"a;x"}'
    run_line "echo '$vm'"' |
        proxmox_vm.select "WEB-*" | proxmox_vm.select @tag-x | proxmox_vm.select @running -@tag-y'
    assert_contains "$output" web-01
}

@test "select asks the node once where a VM is, and once what it is now" {
    start_node
    run_line 'seq 100 107 | proxmox_vm.select "web-*" "*protected*" -@tag-web'
    assert_status 0
    assert_equal "$(ids)" 106
    assert_equal "$(requests GET . | jq -r .path)" \
        $'/api2/json/cluster/resources\n/api2/json/nodes/px-testing/qemu'
    run_line 'seq 100 107 | proxmox_vm.select @tag-range42'
    assert_equal "$(ids)" '100 106'
    run_line 'seq 100 107 | proxmox_vm.select @stopped -103:'
    assert_equal "$(ids)" '100 101 102'
    run_line 'proxmox_vm.list | proxmox_vm.select "db-*" 103'
    assert_equal "$(ids)" '101 103'
}

@test "select goes by what is now, however old the list of the whole cluster is" {
    start_node --vms 6 --plain --task-ms 5 --pools lab --nodes px-a,px-b
    run_line 'cd "$BATS_TEST_TMPDIR" && echo 101 | proxmox_vm.start >started 2>&1
        echo 102 | proxmox_vm.set_config --set name=mail-01 --set tags=mail >set
        seq 100 103 | proxmox_vm.select @running; seq 100 103 | proxmox_vm.select "mail-*"
        seq 100 103 | proxmox_vm.select @tag-mail; echo 101 | proxmox_vm.pause >paused 2>&1
        seq 100 103 | proxmox_vm.select @paused; seq 100 103 | proxmox_vm.select -@stopped'
    assert_status 0
    assert_equal "$stderr" ''
    assert_equal "$output" $'101\n102\n102\n101\n101'
    # Where pools alone are asked for, the first question is the only one.
    : >"$node_log"
    run_line 'seq 100 103 | proxmox_vm.select -@pool-lab'
    assert_equal "$output" $'100\n101\n102\n103'
    assert_equal "$(requests GET . | jq -r .path)" /api2/json/cluster/resources
}

@test "select reads anew what was true of lines that came before" {
    start_node --vms 2 --plain --task-ms 5
    mkfifo "$BATS_TEST_TMPDIR/lines"
    proxmox_vm.select @running <"$BATS_TEST_TMPDIR/lines" >"$BATS_TEST_TMPDIR/passed" 2>&1 3>&- &
    exec 9>"$BATS_TEST_TMPDIR/lines"
    echo 100 >&9
    await '[ "$(count_requests GET /nodes/px-testing/qemu)" = 1 ]'
    echo 100 | proxmox_vm.start
    # What was read before the start is taken to hold for a second.
    await "echo 100 >&9; grep -q 100 '$BATS_TEST_TMPDIR/passed'"
    exec 9>&-
    wait "$!"
}

@test "select drops and tells a VM whose node is down, and goes on with the others" {
    start_node --vms 4 --plain --nodes px-a,px-b=offline
    run_line 'seq 100 103 | proxmox_vm.select @stopped'
    assert_status 1
    assert_equal "$output" $'100\n102'
    assert_equal "$(grep -c 'skip line' <<<"$stderr")" 2
    assert_contains "$stderr" 'skip line 2: '
    assert_equal "$(count_requests GET /nodes/px-b/)" 1
}

@test "select: a VM that the node does not know is dropped and told, an idle term is told" {
    start_node
    run_line 'printf "100\n4711\nhello\n" | proxmox_vm.select -db-01 -nothing-like-it'
    assert_status 1
    assert_equal "$output" 100
    assert_contains "$stderr" 'skip line 2: the node does not know this VM'
    assert_contains "$stderr" 'skip line 3: vm_id is not a VM id: hello'
    assert_contains "$stderr" 'no line is meant by -nothing-like-it'
    stop_node
    run_line 'echo 100 | proxmox_vm.select web-01'
    assert_status 6
    assert_equal "$output" ''
}

@test "select refuses what is no term, before anything is read" {
    local term
    for term in '' - -- 110:100 : 1x:2 @nonsense @tag- --- ; do
        run_line "printf '100\n' | { proxmox_vm.select '$term'; cat; }"
        assert_equal "$output" 100
    done
    run_line 'echo 100 | proxmox_vm.select 110:100'
    assert_status 2
    assert_contains "$stderr" 'the range ends before it begins'
}

@test "table aligns what is in the lines, chosen or named" {
    run_line 'printf "%s\n" "{\"vm_id\":100,\"vm_name\":\"a\",\"action\":\"x\",\"n\":1}" \
        "{\"vm_id\":12345,\"vm_name\":\"\u540d\u524d\",\"more\":null,\"n\":22}" | devkit.table'
    assert_status 0
    assert_equal "$output" 'vm_id  vm_name   n  more
  100  a         1     -
12345  名前     22     -'
    run_line 'echo "{\"vm_id\":100,\"vm_name\":\"a\"}" | devkit.table vm_name nothing'
    assert_equal "$output" 'vm_name  nothing
a              -'
    run_line 'devkit.table </dev/null'
    assert_status 0
    assert_equal "$output" ''
}

@test "table shows a terminal nothing that it would obey, and skips what is no object" {
    run_line 'printf "%s\n" "{\"a\":\"\\u001b[2Jx\\ny\\u202e\"}" hello "[1]" "{" | devkit.table'
    assert_status 1
    assert_equal "$output" 'a
\x1b[2Jx\ny\u{202e}'
    assert_equal "$(grep -c 'skip line' <<<"$stderr")" 3
}

@test "table takes more lines than it measures" {
    run_line 'for i in $(seq 100 4099); do echo "{\"vm_id\":$i}"; done | devkit.table | tail -n 1'
    assert_equal "$output" ' 4099'
}

@test "a terminal of 20 columns: every line fits" {
    needs_terminal
    start_node
    proxmox_vm.list >"$BATS_TEST_TMPDIR/list"
    run_line "script -qec \"stty cols 20; devkit.table <'$BATS_TEST_TMPDIR/list'\" /dev/null \
        </dev/null | tr -d '\r'"
    assert_status 0
    assert_equal "$(wc -l <<<"$output")" 9
    [ "$(wc -L <<<"$output")" -le 20 ] || fail "$output"
}

@test "a table on terminals of 80 and of 30 columns" {
    local columns
    start_node
    for columns in 80 30; do
        open_terminal $columns env PATH="$PATH" PS1='$ ' bash --norc --noprofile
        await_screen '^[$]'
        type_keys 'proxmox_vm.list | devkit.table' Enter
        await_screen '^  107 '
        await_screen '^[$]$'
        assert_golden table-$columns.txt
        close_terminal
    done
}

@test "--failed keeps the lines that failed, with their keys and the reason, in order" {
    start_node
    run_line "printf '100\nhello\n{\"vm_id\":99999,\"x\":1.50}\n0101\n' |
        proxmox_vm.start --failed '$BATS_TEST_TMPDIR/failed'"
    assert_status 1
    assert_equal "$(jq -r .vm_id <<<"$output" | xargs)" '100 101'
    run_line "sed -E 's/\"error\":\"[^\"]*\",//' '$BATS_TEST_TMPDIR/failed'"
    assert_equal "$output" '{"line":"hello"}
{"vm_id":99999,"x":1.50}'
    run_line "jq -r .error '$BATS_TEST_TMPDIR/failed'"
    assert_contains "$output" 'vm_id is not a VM id: hello'
    assert_contains "$output" 'does not exist'
}

@test "--failed: fed again from the file that it replaces, until nothing is left in it" {
    start_node --fault 'fail=500:nothing%20today method=POST path=/qemu/10[12]/ nth=1-2'
    local file=$BATS_TEST_TMPDIR/failed
    run_line "printf '100\n{\"vm_id\":101,\"proxmox_node\":\"px-testing\"}\n102\n' |
        proxmox_vm.start --failed '$file'"
    assert_status 1
    assert_equal "$(jq -r .vm_id "$file" | xargs)" '101 102'
    run_line "proxmox_vm.start --failed '$file' <'$file'"
    assert_status 0
    assert_equal "$(jq -r .vm_id <<<"$output" | xargs)" '101 102'
    [ -f "$file" ] && [ ! -s "$file" ]
    assert_equal "$(find "$BATS_TEST_TMPDIR" -name 'failed*' | wc -l)" 1
    echo left >"$file"
    run_line "proxmox_vm.start --failed '$file' </dev/null"
    [ ! -s "$file" ]
}

@test "--failed: a run that cannot begin leaves the file alone; one not to be written is told" {
    start_node
    stop_node
    echo kept >"$BATS_TEST_TMPDIR/failed"
    run_line "echo 100 | RANGE42_VAULT_PASSWORD_FILE=/nowhere \
        proxmox_vm.start --failed '$BATS_TEST_TMPDIR/failed'"
    assert_status 4
    assert_equal "$(cat "$BATS_TEST_TMPDIR/failed")" kept
    run_line "printf '100\n' | { proxmox_vm.start --failed /nowhere/failed; cat; }"
    assert_equal "$output" 100
    assert_contains "$stderr" '/nowhere/failed'
    run_line "printf '100\n' | proxmox_vm.start --failed /dev/stdout"
    assert_contains "$output" '"vm_id":"100"'
}

@test "--results all: failures are lines in their place, and no later tool acts on them" {
    start_node
    run_line "printf '100\nhello\n4711\n101\n' | proxmox_vm.start --results all"
    assert_status 1
    assert_equal "$(jq -c '[.ok, .vm_id]' <<<"$output" | xargs)" \
        '[true,100] [false,null] [false,4711] [true,101]'
    assert_equal "$(jq -r 'select(.ok == false) | .error' <<<"$output" | wc -l)" 2
    assert_equal "$(jq -cS . <<<"$output")" "$(jq -c . <<<"$output")"
    run_line "printf '%s\n' '$output' | proxmox_vm.stop_force --results all"
    assert_status 1
    assert_equal "$(jq -c '[.action, .ok]' <<<"$output" | xargs)" \
        '[vm_stop_force,true] [vm_start,false] [vm_start,false] [vm_stop_force,true]'
    assert_equal "$(count_requests POST /4711/)" 1
    run_line "printf '%s\n' '$output' | proxmox_vm.start"
    assert_status 1
    assert_equal "$(count_requests POST /4711/)" 1
}

@test "--results all: rows of a list say that they are good, a node that is down is a line" {
    start_node --nodes px-testing,away=offline
    run_line 'proxmox_vm.list --results=all | jq -r .ok | sort -u'
    assert_equal "$output" true
    run_line 'proxmox_vm.list --results=all --node nowhere | jq -c "[.ok,.proxmox_node]"'
    assert_equal "$output" '[false,"nowhere"]'
}

@test "options that exclude one another are refused before anything is read" {
    local options
    for options in '--text --json' '--text --results=all' '--async --text' '--async --timeout 5' \
        '--dry-run --async' '--dry-run --failed x' '--dry-run --results all' '--results some' \
        '--progress=maybe' '--failed='; do
        run_line "printf '100\n' | { proxmox_vm.start $options; echo \$?; cat; }"
        assert_equal "$output" $'2\n100'
    done
}

@test "the nodes of a cluster are lines that proxmox_vm.list takes" {
    start_node --nodes px-testing,px-empty,away=offline
    run_line 'proxmox_node.list'
    assert_status 0
    assert_equal "$(jq -r '"\(.proxmox_node) \(.node_status)"' <<<"$output" | sort)" 'away offline
px-empty online
px-testing online'
    run_line 'proxmox_node.list "^px-" | proxmox_vm.list --nodes-from-stdin'
    assert_status 0
    assert_equal "$(wc -l <<<"$output")" 8
    run_line 'proxmox_node.list --node px-testing'
    assert_status 2
}
