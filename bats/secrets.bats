#!/usr/bin/env bats
# Where the token and the password may be: on the wire and in locked memory, nowhere else.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper
load witness

serve() {
    make_certificate a
    start_witness a --say "${1:-answer}"
    make_workspace "127.0.0.1:$port"
    RANGE42_PROXMOX_API_TLS=pin:$(pin_of a.pem)
    export RANGE42_PROXMOX_API_TLS
}

# Fails when any form of the canary stands in one of the files.
assert_no_canary() {
    local found
    found=$(find_canary "$@")
    [ -z "$found" ] || fail "the canary is in $found"
}

# A process name $1 whose parent is $2, waited for.
child_named() {
    local deadline=$((SECONDS + 20)) pid
    until pid=$(pgrep -P "$2" -x "$1"); do
        [ "$SECONDS" -lt "$deadline" ] || fail "no child $1 of $2"
        sleep 0.02
    done
    echo "$pid"
}

@test "the search finds each form" {
    local form=0
    printf '%s' "$canary" | sed 's/-/%2D/g' >percent
    printf '%s' "$canary" | sed 's/-/\\u002d/g' >json
    for offset in '' x xx; do
        printf '%stoken=%s.' "$offset" "$canary" | base64 -w 0 >"base64$offset"
    done
    printf '\0\0%s' "$canary" >raw
    for form in raw percent json base64 base64x base64xx; do
        run assert_no_canary "$form"
        assert_status 1
    done
}

# The verdict of the watch over all processes, about a canary of this test's own.
end_watch() {
    kill "$watcher"
    wait "$watcher"
    run_line 'cat verdict'
}

@test "the watch over all processes finds a planted token in arguments and environment" {
    local planted
    mkdir -p own/tests
    "$root/tests/make_canary" own/tests/canary{,.forms}
    planted=$(<own/tests/canary)
    BUILD_DIR=$PWD/own "$root/scripts/watch-processes" >verdict 3>&- &
    watcher=$!
    local deadline=$((SECONDS + 20))
    until [ -s verdict ]; do
        [ "$SECONDS" -lt "$deadline" ] || fail 'the watch did not begin'
        sleep 0.02
    done
    mkfifo never
    LEAK=${planted//-/%2D} proxmox_vm.select x <>never >/dev/null 3>&- &
    local careless=($!)
    proxmox_vm.select "$planted" <>never >/dev/null 3>&- &
    careless+=($!)
    end_watch
    kill "${careless[@]}"
    assert_contains "$output" 'not ok 1'
    assert_matches "$output" 'proxmox_vm.sele: cmdline'
    [ "$(id -u)" -ne 0 ] || assert_matches "$output" 'proxmox_vm.sele: environ'
}

@test "what a server sends back of the token is hidden, on stdout and on stderr" {
    local head='HTTP/1.1 %s\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n%s'
    # shellcheck disable=SC2059
    printf "$head" '200 OK' \
        '{"data":[{"vmid":100,"name":"@REQUEST@","status":"running"}]}' >answer
    serve
    run_line 'proxmox_vm.list'
    assert_status 0
    assert_contains "$output" 'root@pam!tools=[hidden]'
    assert_equal "$(jq -r .vm_id <<<"$output")" 100
    printf '%s\n' "$output" "$stderr" >printed
    # shellcheck disable=SC2059
    printf "$head" '500 no, @REQUEST@' '{"data":null,"message":"no, @REQUEST@"}' >answer
    run_line 'proxmox_vm.list'
    assert_status 1
    assert_contains "$stderr" '[hidden]'
    printf '%s\n' "$output" "$stderr" >>printed
    local line upid=UPID:px-testing:0000ABCD:00ABCDEF:65000000:qmstart:100:root@pam:
    for line in 'echo 100 | proxmox_vm.select @running' 'range42-doctor' 'range42-doctor --json' \
        "echo $upid | proxmox_task.log"; do
        run_line "$line"
        [ "$status" -ne 0 ]
        assert_contains "$output$stderr" '[hidden]'
        printf '%s\n' "$output" "$stderr" >>printed
    done
    # shellcheck disable=SC2059
    printf "$head" '400 no' '<html>@REQUEST@' >answer
    run_line 'echo 100 | proxmox_vm.start'
    printf '%s\n' "$output" "$stderr" >>printed
    assert_no_canary printed
    assert_contains "$(witnessed 7)" 'token=yes'
}

@test "a redirection is not followed" {
    make_certificate a
    start_witness a --say answer
    local elsewhere=$witness_log
    printf 'HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:%s/\r\nContent-Length: 0\r\n\r\n' \
        "$port" >redirection
    serve redirection
    run_line 'proxmox_vm.list'
    assert_status 6
    witnessed 1
    assert_equal "$(<"$elsewhere")" ''
}

@test "proxies, .netrc, key logs, CA variables and OpenSSL's configuration change nothing" {
    serve
    local proxy real=$witness_log
    start_witness ''
    proxy=127.0.0.1:$port
    printf 'machine 127.0.0.1 login intruder password %s\n' wrong >"$HOME/.netrc"
    printf '%s\n' 'openssl_conf = all' '[all]' 'providers = p' '[p]' 'evil = e' '[e]' \
        "module = $PWD/evil.so" 'activate = 1' >openssl.cnf
    export http_proxy=http://$proxy https_proxy=http://$proxy HTTPS_PROXY=http://$proxy \
        all_proxy=socks5://$proxy ALL_PROXY=socks5://$proxy SSLKEYLOGFILE=$PWD/keys \
        CURL_CA_BUNDLE=$PWD/a.pem SSL_CERT_FILE=$PWD/a.pem SSL_CERT_DIR=$PWD CURL_HOME=$HOME \
        OPENSSL_CONF=$PWD/openssl.cnf OPENSSL_MODULES=$PWD OPENSSL_ENGINES=$PWD
    run_line 'strace -f -e trace=openat,connect -o trace proxmox_vm.list'
    assert_status 0
    assert_equal "$(<"$witness_log")" ''
    [ ! -e keys ]
    assert_equal "$(grep -E 'netrc|evil|curlrc' trace)" ''
    assert_equal "$(grep -F "$PWD/openssl.cnf" trace)" ''
    assert_contains "$(<"$real")" 'token=yes'
    RANGE42_PROXMOX_API_TLS=system run_line 'proxmox_vm.list'
    assert_status 5
}

@test "neither arguments nor environment of a tool and its children hold a secret" {
    serve
    cat >script <<END
#!/bin/sh
tr '\\0' '\\n' </proc/\$\$/environ >'$PWD/child.environ'
tr '\\0' '\\n' </proc/\$\$/cmdline >'$PWD/child.cmdline'
tr '\\0' '\\n' </proc/\$PPID/cmdline >'$PWD/tool.cmdline'
ls -l /proc/\$\$/fd >'$PWD/child.descriptors'
cat '$PWD/by-hand/password'
END
    chmod 700 script
    RANGE42_VAULT_PASSWORD_FILE=$PWD/script run_line 'proxmox_vm.list'
    assert_status 0
    [ -s child.environ ] && [ -s child.cmdline ] && [ -s tool.cmdline ]
    assert_no_canary child.environ child.cmdline tool.cmdline
    assert_equal "$(grep -cE 'socket:|vault' child.descriptors)" 0
    RANGE42_VAULT_PASSWORD_FILE=$PWD/script \
        run_line 'strace -f -v -s 65536 -e trace=execve -o trace proxmox_vm.list'
    assert_status 0
    [ "$(grep -c execve trace)" -ge 2 ]
    assert_no_canary trace
}

# A tool that waits for a task: its requests are done, the next one is not due.
start_waiting_tool() {
    start_node --vms 2 --plain --task-ms 60000
    secret=$(ansible-vault view --vault-password-file "$RANGE42_VAULT_PASSWORD_FILE" \
        "$RANGE42_ANSIBLE_ROLES__DEVKITS_DIR/secrets/default_vault.yml" |
        sed -n 's/^proxmox_api_token_secret: *"\(.*\)"/\1/p')
    [ "${#secret}" -ge 20 ]
    (ulimit -c unlimited; exec proxmox_vm.start) <<<100 >printed 2>&1 3>&- &
    tool_pid=$!
    local deadline=$((SECONDS + 20))
    until [ "$(count_requests GET '/tasks$')" -ge 20 ]; do
        [ "$SECONDS" -lt "$deadline" ] || fail 'the tool does not wait for its task'
        sleep 0.02
    done
}

# The flags of each place that holds the token while the tool is stopped.
places_of_token() {
    kill -STOP "$tool_pid"
    "$build/tests/trust/memory_search" "$tool_pid" <<<"$secret" || true
    kill -CONT "$tool_pid"
}

@test "while a tool waits, the token is in locked memory alone" {
    start_waiting_tool
    if ! : <"/proc/$tool_pid/mem"; then
        kill -KILL "$tool_pid"
        skip 'only root may look into a tool'
    fi
    # Some moments may fall into a request; a copy that stays would be there in all of them.
    local unlocked=none
    for _ in {1..20}; do
        places_of_token >places
        [ -s places ] || fail 'the search found nothing at all'
        # lo: locked; dd: left out of core dumps.
        unlocked=$(grep -vE '\blo\b.*\bdd\b|\bdd\b.*\blo\b' places || true)
        [ -n "$unlocked" ] || break
        sleep 0.05
    done
    kill -KILL "$tool_pid"
    assert_equal "$unlocked" ''
}

@test "a tool that crashes leaves no core, and no other process of the user looks in" {
    start_waiting_tool
    assert_matches "$(grep 'core file' "/proc/$tool_pid/limits")" 'core file size +0 '
    # What is not dumpable belongs to root, whoever started it: ptrace and /proc follow from that.
    assert_equal "$(stat -c %u "/proc/$tool_pid/mem")" 0
    kill -SEGV "$tool_pid"
    local ended=0
    wait "$tool_pid" || ended=$?
    assert_equal "$ended" 139
    assert_equal "$(find . "$workspace" -name 'core*')" ''
    assert_no_canary printed
}

@test "another user of the machine sees neither environment nor memory of a tool" {
    [ "$(id -u)" -eq 0 ] || skip 'needs root to become somebody else'
    chmod o+x "$BATS_TEST_TMPDIR" 2>/dev/null || true
    start_waiting_tool
    run_line "setpriv --reuid 65534 --regid 65534 --clear-groups cat /proc/$tool_pid/environ"
    kill -KILL "$tool_pid"
    [ "$status" -ne 0 ]
    assert_equal "$output" ''
}

@test "warnings about the vault and the password file come once, and name a remedy" {
    serve
    chmod 644 by-hand/devkit/secrets/default_vault.yml
    chmod 666 by-hand/password
    run_line 'proxmox_vm.list'
    assert_status 0
    assert_equal "$(grep -c 'default_vault.yml: every user' <<<"$stderr")" 1
    assert_equal "$(grep -c 'password: every user' <<<"$stderr")" 1
    assert_equal "$(grep -c 'password: other users can change it' <<<"$stderr")" 1
    chmod 600 by-hand/devkit/secrets/default_vault.yml by-hand/password
    chmod 777 by-hand
    run_line 'seq 100 109 | proxmox_vm.list_vm_and_extract_vm_name'
    assert_equal "$(grep -c 'by-hand: other users can change it' <<<"$stderr")" 1
}

@test "a plaintext vault is read with one warning, a template in it is refused" {
    serve
    local vault=by-hand/devkit/secrets/default_vault.yml
    (umask 077 && ansible-vault view --vault-password-file by-hand/password "$vault" >plain)
    cp plain "$vault"
    run_line 'proxmox_vm.list'
    assert_status 0
    assert_equal "$(grep -c 'not encrypted' <<<"$stderr")" 1
    sed 's/^\(proxmox_api_token_secret\):.*/\1: "{{ lookup(1) }}"/' plain >"$vault"
    run_line 'proxmox_vm.list'
    assert_status 4
    assert_contains "$stderr" 'template'
    assert_no_canary <(printf '%s' "$stderr")
}

@test "where memory cannot be locked, each run says so once, and goes on" {
    serve
    local unprivileged=(bash -c 'ulimit -l 0; exec "$@"' bash)
    if [ "$(id -u)" -eq 0 ]; then unprivileged+=(setpriv --bounding-set=-ipc_lock); fi
    run_line "${unprivileged[*]@Q} proxmox_vm.list"
    assert_status 0
    assert_equal "$(grep -c 'memory cannot be locked' <<<"$stderr")" 1
    run_line "${unprivileged[*]@Q} range42-doctor --json"
    assert_contains "$(jq -r 'select(.check == "vault") | .health + .finding' <<<"$output")" \
        'memory cannot be locked'
    run_line 'proxmox_vm.list'
    assert_equal "$stderr" ''
}

@test "a failed line that is kept to be fed again does not keep the token that was sent back" {
    printf 'HTTP/1.1 500 no\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n%s' \
        '{"data":null,"message":"no, @REQUEST@"}' >answer
    serve
    run_line 'echo 100 | proxmox_vm.start --failed kept --results all'
    [ "$status" -ne 0 ]
    assert_contains "$(<kept)" '[hidden]'
    assert_contains "$output" '[hidden]'
    printf '%s\n' "$output" "$stderr" >printed
    assert_no_canary kept printed
}

@test "settings that would lead the token elsewhere are refused before anything is sent" {
    serve
    local setting
    for setting in 'proxmox_api_host: "127.0.0.1:8006@evil"' 'proxmox_api_host: "evil/127.0.0.1"' \
        'proxmox_api_host: "127.0.0.1:8006?x"' 'proxmox_api_host: "127.0.0.1#x"' \
        'proxmox_api_host: "https://127.0.0.1"' 'proxmox_api_host: "127.0.0.1 evil"' \
        'proxmox_api_user: "root@pam\r\nX: y"' 'proxmox_api_token_id: "a=b"' \
        'proxmox_api_token_secret: "a\r\nHost: evil"' 'proxmox_api_token_secret: "a\0b"' \
        'proxmox_node: "../../access"'; do
        make_workspace "127.0.0.1:$port"
        ansible-vault decrypt --vault-password-file by-hand/password \
            by-hand/devkit/secrets/default_vault.yml 2>/dev/null
        sed -i "/^${setting%%:*}:/d" by-hand/devkit/secrets/default_vault.yml
        printf '%s\n' "$setting" >>by-hand/devkit/secrets/default_vault.yml
        run_line 'proxmox_vm.list'
        assert_status 4
    done
    assert_equal "$(<"$witness_log")" ''
}
