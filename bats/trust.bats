#!/usr/bin/env bats
# Whom the tools talk to: every trust mode against servers that count the bytes they are sent.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper
load witness

# A server with the key pair $1 that answers, and a workspace that leads to it.
serve() {
    make_certificate "$1" "${2:-IP:127.0.0.1}"
    start_witness "$1" --say answer
    make_workspace "127.0.0.1:$port"
}

# The same address with another key: the port of the server that is gone is known already.
known_as() { sed -i "s|sha256//[^ ]*|$(pin_of "$1.pem")|" "$store"; }

@test "tofu: the first meeting is stored and announced once, the second is silent" {
    serve a
    run_line 'proxmox_vm.list'
    assert_status 0
    assert_contains "$stderr" "127.0.0.1:$port is new, its key $(pin_of a.pem)"
    assert_contains "$stderr" "$store"
    assert_matches "$(<"$store")" "^127.0.0.1:$port $(pin_of a.pem | sed 's/[+]/[+]/g') 20..-..-..$"
    assert_equal "$(stat -c %a "$store")" 600
    run_line 'proxmox_vm.list'
    assert_status 0
    assert_equal "$stderr" ''
}

@test "tofu: the remedy in the announcement shows the server's key" {
    serve a
    run_line 'proxmox_vm.list'
    local command
    command=$(grep -oE 'openssl x509 .*base64' <<<"$stderr")
    command=${command/\/etc\/pve\/local\/pve-ssl.pem/a.pem}
    assert_equal "sha256//$(bash -c "$command")" "$(pin_of a.pem)"
}

@test "tofu: a changed key is refused with 5 and not a byte of the request" {
    serve a
    run_line 'proxmox_vm.list'
    make_certificate b
    known_as b
    : >"$witness_log"
    run_line 'echo 100 | proxmox_vm.start'
    assert_status 5
    assert_equal "$output" ''
    assert_contains "$stderr" "the key of 127.0.0.1:$port changed"
    assert_contains "$stderr" "expected $(pin_of b.pem)"
    assert_contains "$stderr" "got $(pin_of a.pem)"
    assert_contains "$stderr" "$store:1"
    assert_contains "$stderr" 'no credentials were sent'
    assert_nothing_sent
}

@test "tofu: the remedy for a changed key works as it stands" {
    serve a
    run_line 'proxmox_vm.list'
    make_certificate b
    known_as b
    run_line 'proxmox_vm.list'
    assert_status 5
    local remedy
    remedy=$(grep -oE 'proxmox_api.trust [^ ]+ --replace' <<<"$stderr")
    : >"$witness_log"
    run_line "$remedy"
    assert_status 0
    assert_nothing_sent
    run_line 'proxmox_vm.list'
    assert_status 0
    assert_equal "$stderr" ''
}

@test "tofu: a renewed certificate with the same key is the same server" {
    serve a
    run_line 'proxmox_vm.list'
    local before
    before=$(sha256sum <a.pem)
    stop_witnesses
    make_certificate a
    [ "$before" != "$(sha256sum <a.pem)" ]
    start_witness a --say answer
    make_workspace "127.0.0.1:$port"
    sed -i "s|^[^ ]*|127.0.0.1:$port|" "$store"
    run_line 'proxmox_vm.list'
    assert_status 0
    assert_equal "$stderr" ''
}

@test "a relay in the middle with a key of its own gets nothing to relay" {
    start_node --vms 2 --plain
    local real_port=$node_port
    unset RANGE42_PROXMOX_API_TLS
    run_line 'proxmox_vm.list'
    assert_status 0
    make_certificate relay
    start_witness relay --to "$real_port"
    # The relay stands where the vault's address leads.
    sed -i "s|^127.0.0.1:[0-9]*|127.0.0.1:$port|" "$store"
    make_workspace "127.0.0.1:$port"
    run_line 'proxmox_vm.list'
    assert_status 5
    assert_nothing_sent
    # It does relay for whoever lets it: so the refusal is what keeps the token in.
    RANGE42_PROXMOX_API_TLS=insecure run_line 'proxmox_vm.list'
    assert_contains "$(witnessed 2)" 'token=yes'
}

@test "a session that is resumed leads to no other key: one that changes in mid-run is refused" {
    start_node --vms 8 --plain
    make_certificate a
    make_certificate b
    # The relay ends each connection with its answer: every request is another handshake.
    start_witness a --to "$node_port" --after 6 --then-cert b.pem --then-key b.key
    local workspace_of_node=$RANGE42_ANSIBLE_ROLES__DEVKITS_DIR/secrets/default_vault.yml
    ansible-vault decrypt --vault-password-file "$RANGE42_VAULT_PASSWORD_FILE" \
        "$workspace_of_node" 2>/dev/null
    sed -i "s|^proxmox_api_host:.*|proxmox_api_host: \"127.0.0.1:$port\"|" "$workspace_of_node"
    chmod 600 "$workspace_of_node"
    unset RANGE42_PROXMOX_API_TLS
    run_line 'seq 100 107 | proxmox_vm.start --jobs 1'
    assert_status 5
    assert_contains "$stderr" 'changed during this run'
    local seen
    seen=$(witnessed 7)
    assert_equal "$(head -n 1 <<<"$seen" | grep -o 'resumed=[a-z]*')" resumed=no
    [ "$(head -n 6 <<<"$seen" | grep -c 'resumed=yes.*token=yes')" -ge 4 ] || fail "$seen"
    assert_equal "$(tail -n +7 <<<"$seen" | grep -vc 'resumed=no request_bytes=0 token=no$')" 0
    assert_equal "$(wc -l <"$node_log")" 6
}

@test "a server that asks for another handshake on a connection gets none" {
    make_certificate a
    write_answer >answer
    start_witness a --say answer --again 1
    make_workspace "127.0.0.1:$port"
    run_line 'proxmox_vm.list'
    assert_contains "$(<"$store")" "$(pin_of a.pem)"
    local seen
    seen=$(witnessed 1)
    assert_equal "$(grep -c '^hellos=1 ' <<<"$seen")" "$(wc -l <<<"$seen")"
    # It does ask: another client begins a second one.
    (printf 'GET / HTTP/1.1\r\n\r\n' && sleep 2) |
        openssl s_client -quiet -connect "127.0.0.1:$port" >client 2>&1 || true
    assert_equal "$(grep -c '^hellos=2 ' "$witness_log")" 1
}

@test "two first uses at once of the same key agree" {
    serve a
    run_line 'for i in 1 2 3 4 5 6; do proxmox_vm.list 2>err.$i & pids="$pids $!"; done
        for pid in $pids; do wait $pid || exit 1; done'
    assert_status 0
    assert_equal "$(wc -l <"$store")" 1
    assert_equal "$(cat err.* | grep -c 'is new')" 1
}

@test "two first uses at once of different keys: one of them is refused" {
    make_certificate a
    make_certificate b
    start_witness a --say answer
    make_workspace "127.0.0.1:$port"
    # The lock is held while both find no key; whoever writes first decides.
    mkdir -p "${store%/*}"
    : >"$store"
    chmod 600 "$store"
    exec 7<"$store"
    flock 7
    local waiting
    waiting="-> .*:$(stat -c %i "$store") "
    run_line "proxmox_vm.list 7<&- & pid=\$!
        for i in \$(seq 1000); do grep -q -- '$waiting' /proc/locks && break; sleep 0.01; done
        echo '127.0.0.1:$port $(pin_of b.pem) 2026-01-01' >>'$store'
        flock -u 7
        wait \$pid"
    exec 7<&-
    assert_status 5
    assert_contains "$stderr" "expected $(pin_of b.pem)"
    assert_nothing_sent
}

@test "strict: an unknown server is refused; --add makes it known" {
    serve a
    export RANGE42_PROXMOX_API_TLS=strict
    run_line 'proxmox_vm.list'
    assert_status 5
    assert_contains "$stderr" "no key is known for 127.0.0.1:$port"
    assert_contains "$stderr" "$(pin_of a.pem)"
    assert_nothing_sent
    run_line "$(grep -oE 'proxmox_api.trust [^ ]+ --add' <<<"$stderr")"
    assert_status 0
    run_line 'proxmox_vm.list'
    assert_status 0
    assert_equal "$stderr" ''
}

@test "pin: one of several is enough, none of them is refused" {
    serve a
    make_certificate b
    RANGE42_PROXMOX_API_TLS="pin:$(pin_of b.pem);$(pin_of a.pem)" run_line 'proxmox_vm.list'
    assert_status 0
    [ ! -e "$store" ]
    witnessed 1
    : >"$witness_log"
    RANGE42_PROXMOX_API_TLS="pin:$(pin_of b.pem)" run_line 'proxmox_vm.list'
    assert_status 5
    assert_contains "$stderr" "expected $(pin_of b.pem), got $(pin_of a.pem)"
    assert_nothing_sent
}

@test "pin: in the vault it travels with the token" {
    make_certificate a
    make_certificate b
    start_witness a --say answer
    make_workspace "127.0.0.1:$port" "proxmox_api_tls_pin: \"$(pin_of a.pem)\""
    run_line 'proxmox_vm.list'
    assert_status 0
    witnessed 1
    : >"$witness_log"
    make_workspace "127.0.0.1:$port" "proxmox_api_tls_pin: \"$(pin_of b.pem)\""
    run_line 'proxmox_vm.list'
    assert_status 5
    assert_nothing_sent
}

@test "ca: the authority's certificate for the address is accepted" {
    serve a
    RANGE42_PROXMOX_API_TLS="ca:$PWD/a.pem" run_line 'proxmox_vm.list'
    assert_status 0
    assert_equal "$stderr" ''
}

@test "ca: another authority, another name and a date in the past are refused by reason" {
    serve a DNS:pve.lab
    make_certificate b
    RANGE42_PROXMOX_API_TLS="ca:$PWD/b.pem" run_line 'proxmox_vm.list'
    assert_status 5
    assert_contains "$stderr" "the authority in $PWD/b.pem"
    RANGE42_PROXMOX_API_TLS="ca:$PWD/a.pem" run_line 'proxmox_vm.list'
    assert_status 5
    assert_contains "$stderr" '127.0.0.1'
    RANGE42_PROXMOX_API_TLS="ca:$PWD/none.pem" run_line 'proxmox_vm.list'
    assert_status 5
    assert_nothing_sent 2
}

@test "ca: an expired certificate is refused" {
    make_certificate a
    openssl req -new -key a.key -subj /CN=pve -out a.csr 2>/dev/null
    openssl x509 -req -in a.csr -signkey a.key -days -1 -out a.pem \
        -extfile <(echo 'subjectAltName=IP:127.0.0.1') 2>/dev/null
    start_witness a --say answer
    make_workspace "127.0.0.1:$port"
    RANGE42_PROXMOX_API_TLS="ca:$PWD/a.pem" run_line 'proxmox_vm.list'
    assert_status 5
    assert_contains "$stderr" 'expired'
    assert_nothing_sent
}

@test "ca: name= is the name that the certificate must carry" {
    serve a DNS:pve.lab
    RANGE42_PROXMOX_API_TLS="ca:$PWD/a.pem;name=pve.lab" run_line 'proxmox_vm.list'
    assert_status 0
    RANGE42_PROXMOX_API_TLS="ca:$PWD/a.pem;name=other.lab" run_line 'proxmox_vm.list'
    assert_status 5
}

@test "system: an authority that the system does not know is refused" {
    serve a
    RANGE42_PROXMOX_API_TLS=system run_line 'proxmox_vm.list'
    assert_status 5
    assert_contains "$stderr" "this system's authorities"
    assert_nothing_sent
}

@test "only system and ca read certificates" {
    serve a
    local mode
    for mode in tofu strict insecure "pin:$(pin_of a.pem)"; do
        RANGE42_PROXMOX_API_TLS=$mode run_line \
            'strace -f -e trace=openat,open -o trace proxmox_vm.list'
        assert_status 0
        assert_equal "$(grep -E 'certs|\.pem|\.crt|cacert' trace)" ''
    done
    RANGE42_PROXMOX_API_TLS=system run_line \
        'strace -f -e trace=openat,open,stat,newfstatat -o trace proxmox_vm.list'
    assert_contains "$(<trace)" /etc/ssl/certs
}

# What a list costs in mode $1, in instructions: time would be another one each time.
cost_of_list() {
    RANGE42_PROXMOX_API_TLS=$1 valgrind --tool=callgrind --callgrind-out-file=cost \
        "$build/tools/proxmox_vm.list" >/dev/null 2>&1
    sed -nE 's/^(summary|totals): *([0-9]+).*/\2/p' cost | head -n 1
}

@test "tofu: a known key costs at most 3 % over no check at all" {
    start_node
    # The derivation of the vault's key would cost ten times as much as all the rest.
    ansible-vault decrypt --vault-password-file "$RANGE42_VAULT_PASSWORD_FILE" \
        "$RANGE42_ANSIBLE_ROLES__DEVKITS_DIR/secrets/default_vault.yml" 2>/dev/null
    RANGE42_PROXMOX_API_TLS=tofu run_line 'proxmox_vm.list'
    assert_contains "$stderr" 'is new'
    local checked unchecked
    checked=$(cost_of_list tofu)
    unchecked=$(cost_of_list insecure)
    [ "$unchecked" -gt 1000000 ] || fail "no cost: $unchecked"
    [ $((100 * checked)) -le $((103 * unchecked)) ] || fail "$checked instead of $unchecked"
}

@test "insecure: whoever it is, with one warning" {
    serve a
    RANGE42_PROXMOX_API_TLS=insecure run_line 'proxmox_vm.list'
    assert_status 0
    assert_equal "$(grep -c 'is not checked' <<<"$stderr")" 1
    [ ! -e "$store" ]
}

# The workspace's vault as plain text, with further lines.
make_plain_workspace() {
    make_workspace "127.0.0.1:$port" "$@"
    vault=$RANGE42_ANSIBLE_ROLES__DEVKITS_DIR/secrets/default_vault.yml
    ansible-vault decrypt --vault-password-file "$RANGE42_VAULT_PASSWORD_FILE" "$vault" 2>/dev/null
    chmod 600 "$vault"
}

@test "a vault without encryption asks for more proof than the environment, never for none" {
    serve a
    make_plain_workspace 'proxmox_api_tls: "insecure"'
    run_line 'proxmox_vm.list'
    assert_status 0
    assert_contains "$stderr" 'insecure is not followed'
    refute_contains "$stderr" 'is not checked'
    assert_contains "$(<"$store")" "$(pin_of a.pem)"
    make_certificate b
    known_as b
    : >"$witness_log"
    run_line 'proxmox_vm.list'
    assert_status 5
    assert_nothing_sent
    # What the user says himself holds, and so does what was encrypted.
    RANGE42_PROXMOX_API_TLS=insecure run_line 'proxmox_vm.list'
    assert_status 0
    make_workspace "127.0.0.1:$port" 'proxmox_api_tls: "insecure"'
    run_line 'proxmox_vm.list'
    assert_status 0
    rm "$store"
    witnessed 3
    : >"$witness_log"
    make_plain_workspace 'proxmox_api_tls: "strict"'
    run_line 'proxmox_vm.list'
    assert_status 5
    make_plain_workspace 'proxmox_api_tls: "insecure"' "proxmox_api_tls_pin: \"$(pin_of b.pem)\""
    run_line 'proxmox_vm.list'
    assert_status 5
    assert_nothing_sent 2
}

@test "a plain vault that others could have written is not followed to any server" {
    serve a
    make_plain_workspace
    local place
    for place in "$vault" "${vault%/*}" "$RANGE42_ANSIBLE_ROLES__DEVKITS_DIR" "$PWD"; do
        run_line 'proxmox_vm.list'
        assert_status 0
        local mode
        mode=$(stat -c %a "$place")
        chmod o+w "$place"
        : >"$witness_log"
        run_line 'proxmox_vm.list'
        assert_status 5
        assert_contains "$stderr" "others could have written it: $place: other users can change it"
        assert_contains "$stderr" "ansible-vault encrypt $vault"
        assert_equal "$(<"$witness_log")" ''
        chmod "$mode" "$place"
    done
    # A link to it in a place of others: they can let it lead elsewhere.
    mkdir -m 777 lent
    ln -s "$RANGE42_ANSIBLE_ROLES__DEVKITS_DIR/secrets" lent/secrets
    RANGE42_ANSIBLE_ROLES__DEVKITS_DIR=$PWD/lent run_line 'proxmox_vm.list'
    assert_status 5
    [ "$(id -u)" -eq 0 ] || return 0
    chown 65534 "$vault"
    run_line 'proxmox_vm.list'
    assert_status 5
    assert_contains "$stderr" "$vault: belongs to another user"
}

@test "a mode that is none fails closed, from the environment and from the vault" {
    serve a
    local mode
    for mode in Tofu 'insecure,' none 0 pin: pin:sha256//x ca:relative; do
        RANGE42_PROXMOX_API_TLS=$mode run_line 'proxmox_vm.list'
        assert_status 5
        assert_contains "$stderr" 'RANGE42_PROXMOX_API_TLS'
    done
    make_workspace "127.0.0.1:$port" 'proxmox_api_tls: "insecrue"'
    run_line 'proxmox_vm.list'
    assert_status 5
    make_workspace "127.0.0.1:$port" 'proxmox_api_tls_pin: "sha256//AAAA"'
    run_line 'proxmox_vm.list'
    assert_status 5
    assert_equal "$(<"$witness_log")" ''
}

@test "IPv6: one server, however it is written" {
    [ -e /proc/net/if_inet6 ] && grep -q ' lo$' /proc/net/if_inet6 || skip 'no IPv6 loopback'
    make_certificate a IP:::1
    start_witness a --host ::1 --say answer
    make_workspace "[::1]:$port"
    run_line 'proxmox_vm.list'
    assert_status 0
    make_workspace "[0:0:0:0:0:0:0:1]:$port"
    run_line 'proxmox_vm.list'
    assert_status 0
    assert_equal "$stderr" ''
    assert_equal "$(cut -d ' ' -f 1 "$store")" "[::1]:$port"
}

@test "another port is another server" {
    serve a
    run_line 'proxmox_vm.list'
    start_witness a --say answer
    make_workspace "127.0.0.1:$port"
    run_line 'proxmox_vm.list'
    assert_contains "$stderr" 'is new'
    assert_equal "$(wc -l <"$store")" 2
}

@test "the store: XDG_CONFIG_HOME is its home, and without any home the run goes on" {
    serve a
    XDG_CONFIG_HOME=$PWD/xdg run_line 'proxmox_vm.list'
    assert_status 0
    [ -s xdg/range42/known_proxmox ] && [ ! -e "$store" ]
    run_line 'env -u HOME proxmox_vm.list'
    assert_status 0
    assert_contains "$stderr" 'in this run only'
    : >in-the-way
    XDG_CONFIG_HOME=$PWD/in-the-way run_line 'proxmox_vm.list'
    assert_status 0
    assert_contains "$stderr" 'could not be stored'
}

@test "the store: symbolic link, garbage, foreign writers and a huge file are refused" {
    serve a
    mkdir -p "${store%/*}"
    : >target
    ln -s "$PWD/target" "$store"
    run_line 'proxmox_vm.list'
    assert_status 5
    assert_contains "$stderr" 'symbolic link'
    assert_equal "$(<target)" ''
    rm "$store"
    printf '\x00\xff garbage\n' >"$store"
    run_line 'proxmox_vm.list'
    assert_status 5
    assert_contains "$stderr" 'line 1'
    : >"$store" && chmod 666 "$store"
    run_line 'proxmox_vm.list'
    assert_status 5
    assert_contains "$stderr" 'chmod 600'
    head -c 1048577 /dev/zero >"$store" && chmod 600 "$store"
    run_line 'proxmox_vm.list'
    assert_status 5
    assert_contains "$stderr" 'too large'
    assert_nothing_sent 4
}

@test "the store: another owner's, or in a directory that everybody can write, is refused" {
    serve a
    mkdir -p "${store%/*}"
    local place
    # Neither one that is to be made there nor one that knows the server.
    for place in "${store%/*}" "$HOME/.config" "$HOME"; do
        chmod o+w "$place"
        run_line 'proxmox_vm.list'
        assert_status 5
        assert_contains "$stderr" "$place: other users can change it"
        echo "127.0.0.1:$port $(pin_of a.pem) 2026-01-01" >"$store"
        run_line 'proxmox_vm.list'
        assert_status 5
        chmod o-w "$place"
        run_line 'proxmox_vm.list'
        assert_status 0
        rm "$store"
    done
    witnessed 9
    [ "$(grep -c 'request_bytes=0 token=no$' "$witness_log")" -eq 6 ]
    [ "$(id -u)" -eq 0 ] || return 0
    echo "127.0.0.1:$port $(pin_of a.pem) 2026-01-01" >"$store"
    for place in "$store" "${store%/*}"; do
        chown 65534 "$place"
        : >"$witness_log"
        run_line 'proxmox_vm.list'
        assert_status 5
        assert_contains "$stderr" "$place: belongs to another user"
        assert_nothing_sent
        chown 0 "$place"
    done
}

@test "the probe looks without storing, and still refuses a changed key" {
    serve a
    run_line 'proxmox_api.reachable'
    assert_status 0
    assert_equal "$output$stderr" ''
    [ ! -e "$store" ]
    run_line 'proxmox_vm.list'
    make_certificate b
    known_as b
    run_line 'proxmox_api.reachable'
    assert_status 5
}

@test "trust: shows what is known and what the server presents, and sends nothing" {
    serve a
    run_line "proxmox_api.trust 127.0.0.1:$port"
    assert_status 5
    assert_equal "$(jq -r '.trust, .presented_key, .known_key' <<<"$output")" \
        "unknown
$(pin_of a.pem)"
    run_line "proxmox_api.trust 127.0.0.1:$port --add && proxmox_api.trust 127.0.0.1:$port"
    assert_status 0
    run_line 'proxmox_api.trust'
    assert_equal "$(jq -r .server <<<"$output")" "127.0.0.1:$port"
    make_certificate b
    known_as b
    run_line "proxmox_api.trust 127.0.0.1:$port"
    assert_status 5
    assert_equal "$(jq -r .trust <<<"$output")" changed
    run_line "proxmox_api.trust --add 127.0.0.1:$port"
    assert_status 5
    assert_contains "$stderr" --replace
    run_line "proxmox_api.trust --remove 127.0.0.1:$port"
    assert_status 0
    assert_equal "$(<"$store")" ''
    assert_nothing_sent 5
}

@test "trust: needs neither vault nor password, and says what it cannot do" {
    run_line 'proxmox_api.trust'
    assert_status 0
    run_line 'proxmox_api.trust --add'
    assert_status 2
    run_line 'proxmox_api.trust user@host:1'
    assert_status 2
    run_line 'proxmox_api.trust --add --remove host:1'
    assert_status 2
    run_line 'proxmox_api.trust --remove host:1'
    assert_status 1
    run_line 'proxmox_api.trust 127.0.0.1:1'
    assert_status 6
}
