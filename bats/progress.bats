#!/usr/bin/env bats
# The progress line on real terminals: one, calm, of the right width, and gone in the end.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper
load terminal

readonly for_ever_ms=600000

teardown() {
    close_terminal
    stop_node
}

# A shell in a terminal of $1 columns that is ready to be typed into.
open_shell() {
    open_terminal "$1" env "${@:2}" PATH="$PATH" PS1='$ ' bash --norc --noprofile
    await_screen '^[$]'
}

@test "a long batch shows one line, which is gone when the batch is" {
    start_node --vms 6 --plain --task-ms $for_ever_ms
    open_shell 80
    type_keys 'seq 100 105 | proxmox_vm.start --jobs 4' Enter
    await_screen '4 running'
    assert_golden progress-80.txt
    type_keys C-c
    await_screen '^[$]$'
    look
    refute_progress
    assert_contains "$screen" 'still running: UPID'
}

refute_progress() { if grep -qE '^[0-9]+:[0-9]{2} ' <<<"$screen"; then fail "$screen"; fi; }

@test "results and messages begin on lines of their own, and the line stays the last" {
    start_node --vms 3 --plain --task-ms "10,qmstart=1800"
    open_shell 100
    type_keys "printf '100\nhello\n101\n' | proxmox_vm.start --jobs 1" Enter
    await_screen '^[0-9]:[0-9]{2} 0 done, 1 failed, 1 running'
    await_screen '^[{].*"vm_id":"100"'
    await_screen '^[0-9]:[0-9]{2} 1 done, 1 failed, 1 running . vm_id 101: task qmstart$'
    await_screen '^[{].*"vm_id":"101"'
    await_screen '^[$]$'
    look
    refute_progress
    assert_golden progress-results.txt
}

@test "the token that a task's log sends back is not shown, whole or cut by the terminal's edge" {
    local secret=0f0f0f0f-1111-2222-3333-444444444444 vault columns
    start_node --vms 3 --plain --task-ms $for_ever_ms --token "range42@pam!shown=$secret" \
        --fault "replace=no%20content|$secret path=/log"
    vault=$RANGE42_ANSIBLE_ROLES__DEVKITS_DIR/secrets/default_vault.yml
    ansible-vault decrypt --vault-password-file "$RANGE42_VAULT_PASSWORD_FILE" "$vault" 2>/dev/null
    sed -i "s/^proxmox_api_token_id:.*/proxmox_api_token_id: \"shown\"/
        s/^proxmox_api_token_secret:.*/proxmox_api_token_secret: \"$secret\"/" "$vault"
    ansible-vault encrypt --vault-password-file "$RANGE42_VAULT_PASSWORD_FILE" "$vault" 2>/dev/null
    for columns in 100 70; do
        open_shell $columns
        # A VM that the first task still holds would have other words in its log.
        type_keys "echo $((100 + columns / 100)) | proxmox_vm.start" Enter
        await_screen 'qmstart, .hidden'
        refute_contains "$screen" 0f0f0f0f
        type_keys C-c
        await_screen '^[$]$'
        close_terminal
    done
    printed=$BATS_TEST_TMPDIR/printed
    proxmox_vm.start --progress=always <<<102 >"$printed" 2>&1 3>&- &
    local tool=$!
    await 'grep -qF "[hidden]" "$printed"'
    kill "$tool"
    wait "$tool" || true
    refute_contains "$(<"$printed")" 0f0f0f0f
}

@test "20 columns are enough" {
    start_node --vms 2 --plain --task-ms $for_ever_ms
    open_shell 20
    type_keys 'seq 100 101 | proxmox_vm.start' Enter
    await_screen '0/0/2'
    assert_golden progress-20.txt
    type_keys C-c
}

@test "a dumb terminal gets no line, and one for each look where that is asked for" {
    start_node --vms 1 --plain --task-ms "10,qmstart=2500"
    open_shell 80 TERM=dumb
    type_keys 'echo 100 | TERM=dumb proxmox_vm.start && echo en''ded' Enter
    await_screen '^ended'
    if grep -q 'running |' <<<"$screen"; then fail "$screen"; fi
    run_line 'echo 100 | proxmox_vm.stop_force; echo 100 | proxmox_vm.start --progress=always'
    assert_status 0
    assert_contains "$stderr" '0 done, 0 failed, 1 running | vm_id 100: task qmstart'
    if [[ $stderr == *$'\e'* ]]; then fail "$stderr"; fi
}

@test "no terminal and --progress=never: nothing is said" {
    start_node --vms 1 --plain --task-ms "10,qmstart=1500"
    run_line 'echo 100 | proxmox_vm.start'
    assert_equal "$stderr" ''
    echo 100 | proxmox_vm.stop_force >/dev/null
    open_shell 80
    type_keys 'echo 100 | proxmox_vm.start --progress=never && echo en''ded' Enter
    while ! grep -q '^ended' <<<"${screen:-}"; do
        look
        refute_progress
    done
}

@test "NO_COLOR is obeyed" {
    start_node --vms 1 --plain --task-ms $for_ever_ms
    open_shell 80
    type_keys 'echo 100 | proxmox_vm.start' Enter
    await_screen '1 running'
    look_at_colours
    assert_contains "$screen" $'\e[2m'
    type_keys C-c
    await_screen 'still running'
    type_keys 'clear; echo 100 | NO_COLOR=1 proxmox_vm.start' Enter
    await_screen '1 running'
    look_at_colours
    if [[ $screen == *$'\e[2m'* ]]; then fail "$screen"; fi
    type_keys C-c
}

@test "the processes of one pipe have one line among them" {
    start_node --vms 8 --plain --task-ms 10,qmstart=1500,qmstop=1500
    open_shell 100
    type_keys 'seq 100 107 | proxmox_vm.start --jobs 2 | proxmox_vm.stop_force --jobs 2' \
        ' && echo en''ded' Enter
    local most=0 seen
    while ! grep -q '^ended' <<<"${screen:-}"; do
        look
        seen=$(grep -cE '[0-9]+:[0-9]{2} [0-9]+ done' <<<"$screen" || true)
        if [ "$seen" -gt "$most" ]; then most=$seen; fi
    done
    assert_equal "$most" 1
    refute_progress
    assert_equal "$(grep -c '^{"action":"vm_stop_force"' <<<"$screen")" 8
}

@test "how far a task is comes from its log, where Proxmox says so" {
    local line='transferred%201.0%20GiB%20of%202.0%20GiB%20(50.42%25)'
    start_node --vms 1 --plain --task-ms $for_ever_ms \
        --fault "replace=no%20content|$line path=/log"
    open_shell 80
    local began=$SECONDS
    type_keys 'echo 100 | proxmox_vm.start' Enter
    await_screen 'task qmstart, 50 %'
    # One a second at most, however long it took.
    local asked most=$((SECONDS - began + 2))
    asked=$(count_requests GET '/log$')
    [ "$asked" -ge 1 ] && [ "$asked" -le "$most" ] || fail "$asked questions for a log"
}

@test "how far a clone is comes from the log that Proxmox writes of it" {
    local begun='transferred%200.0%20B%20of%201.0%20GiB%20(0.00%25)'
    local later='transferred%201.2%20GiB%20of%208.0%20GiB%20(15.00%25)'
    start_node --vms 1 --plain --task-ms $for_ever_ms --fault "replace=$begun|$later path=/log"
    open_shell 80
    type_keys 'echo 100 | proxmox_vm.clone --full' Enter
    await_screen 'task qmclone, 15 %'
    assert_golden progress-clone.txt
    type_keys C-c
}

@test "a job in the background shows nothing, and its line when it comes to the fore" {
    start_node --vms 1 --plain --task-ms $for_ever_ms
    open_shell 80
    type_keys 'echo 100 | proxmox_vm.start &' Enter
    # Between so many polls more than the second has passed after which a line would come.
    await "[ \$(count_requests GET '/tasks\$') -ge 16 ]"
    look
    refute_progress
    type_keys 'fg' Enter
    await_screen '1 running'
    type_keys C-c
}
