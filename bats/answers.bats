#!/usr/bin/env bats
# Answers that are too large, too late or from somebody else, and files that are none.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

# Far above what a tool takes.
readonly memory_limit_kib=300000
# Nothing here may wait for what never comes.
readonly hang_limit_s=25

@test "row 24: a state that is too large is refused as it begins, once" {
    start_node --vms 1 --plain --task-ms 10 --fault 'huge=4 path=/status/current'
    run_line "ulimit -v $memory_limit_kib; echo 100 | proxmox_vm.start"
    assert_contains "$stderr" 'the answer is larger than its question can need'
    assert_equal "$(count_requests GET /status/current)" 1
}

@test "row 24: a list of noughts is no list, and takes no memory" {
    start_node --vms 1 --plain --fault 'huge=8 path=/qemu$'
    run_line "ulimit -v $memory_limit_kib; proxmox_vm.list"
    assert_status 6
    assert_contains "$stderr" 'a row is not an object'
    assert_equal "$output" ''
}

@test "row 20: what somebody in between says of a change proves nothing" {
    start_node --vms 6 --plain --task-ms 10 \
        --fault 'between=408:Request%20Timeout method=POST path=/100/' \
        --fault 'between=425:Too%20Early method=POST path=/101/' \
        --fault 'between=429:Too%20Many%20Requests method=POST path=/102/' \
        --fault 'between=500:Internal%20Server%20Error method=POST path=/103/' \
        --fault 'between=403:Forbidden method=POST path=/104/'
    run_line 'seq 100 105 | proxmox_vm.start'
    assert_status 0
    assert_equal "$(jq -r .vm_status <<<"$output" | sort | uniq -c | xargs)" '6 running'
    assert_equal "$(count_requests POST /status/start)" 6
}

@test "row 12: who is waited for is told meanwhile, and the end names the remedy" {
    start_node --vms 1 --plain --fault 'hang method=GET path=/qemu$'
    run_line "RANGE42_PROXMOX_API_TIMEOUT=6 timeout $hang_limit_s proxmox_vm.list"
    assert_status 6
    local node="https://127.0.0.1:$node_port"
    assert_contains "$stderr" "$node has not answered GET /nodes/px-testing/qemu for 5 s yet"
    assert_contains "$stderr" "$node takes connections, but no answer came within 6 s"
    assert_contains "$stderr" 'systemctl restart pvedaemon pveproxy'
    assert_contains "$stderr" 'RANGE42_PROXMOX_API_TIMEOUT'
    assert_equal "$(grep -c 'has not answered' <<<"$stderr")" 1
}

@test "row 12: a shorter limit ends sooner and tells nothing meanwhile; the doctor says the same" {
    start_node --vms 1 --plain --fault 'hang method=GET'
    run_line "RANGE42_PROXMOX_API_TIMEOUT=1 timeout $hang_limit_s proxmox_vm.list"
    assert_status 6
    refute_contains "$stderr" 'has not answered'
    local words="https://127.0.0.1:$node_port takes connections, but no answer came within 1 s"
    assert_contains "$stderr" "$words"
    run_line "RANGE42_PROXMOX_API_TIMEOUT=1 timeout $hang_limit_s range42-doctor"
    assert_contains "$output" "$words"
    assert_contains "$output" 'systemctl restart pvedaemon pveproxy'
}

@test "a limit that is no number of seconds is told" {
    start_node --vms 1 --plain
    local wrong
    for wrong in 0 x 1.5 99999; do
        run_line "RANGE42_PROXMOX_API_TIMEOUT=$wrong proxmox_vm.list"
        assert_status 2
        assert_contains "$stderr" "API_TIMEOUT is no number of seconds from 1 to 3600: $wrong"
    done
}

@test "a FILTER that gives up on a name is a failed list, not a shorter one" {
    local long_name=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    start_node --vms 3 --plain --fault "replace=vm-101|$long_name-"
    run_line "proxmox_vm.list '^(a+)+\$'"
    assert_status 1
    assert_equal "$output" ''
    assert_contains "$stderr" "FILTER gives up on $long_name-: match limit exceeded"
}

# Runs $1, which must end at once with status $2 and the words $3.
refuses() {
    run_line "timeout $hang_limit_s $1"
    assert_status "$2"
    assert_contains "$stderr" "$3"
}

@test "a FIFO, a device or a directory is refused at once where a file is expected" {
    start_node --vms 1 --plain --task-ms 10
    local place=$BATS_TEST_TMPDIR fifo=$BATS_TEST_TMPDIR/fifo book
    mkfifo "$fifo"
    export XDG_STATE_HOME=$place/fifos XDG_CONFIG_HOME=$place/config
    book=$XDG_STATE_HOME/range42/vm_ids/127.0.0.1_$node_port
    mkdir -p "${book%/*}"
    mkfifo "$book"
    refuses 'proxmox_vm.create --range 200:210 <<<"a"' 1 \
        "the book of VM ids: $book: a FIFO, no regular file"
    rm "$book"
    mkdir "$book"
    refuses 'proxmox_vm.create --range 200:210 <<<"a"' 1 "$book: Is a directory"
    rmdir "$book"
    refuses "proxmox_vm.create --journal '$fifo' <<<a" 1 "journal $fifo: a FIFO, no regular file"
    refuses "proxmox_vm.create --journal /dev/null <<<a" 1 '/dev/null: a device, no regular file'
    refuses "proxmox_vm.create --journal '$place' <<<a" 1 "journal $place: Is a directory"
    refuses "proxmox_vm.start --failed '$fifo' <<<100" 2 "cannot write $fifo: nobody reads from it"
    refuses "proxmox_vm.start --failed '$place' <<<100" 2 "cannot write $place: Is a directory"
    assert_equal "$(count_requests POST .)" 0
    mkdir -p "$XDG_CONFIG_HOME/range42"
    rm -f "$XDG_CONFIG_HOME/range42/known_proxmox"
    mkfifo "$XDG_CONFIG_HOME/range42/known_proxmox"
    refuses 'env RANGE42_PROXMOX_API_TLS=tofu proxmox_vm.list' 5 'not a regular file'
    rm "$XDG_CONFIG_HOME/range42/known_proxmox"
    local vault=$RANGE42_ANSIBLE_ROLES__DEVKITS_DIR/secrets/default_vault.yml
    mv "$vault" "$place/vault"
    mkfifo "$vault"
    refuses proxmox_vm.list 4 'not a regular file'
}
