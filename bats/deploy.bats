#!/usr/bin/env bats
# range42-deploy: a whole scenario, from its playbooks to machines that are ready.
# SPDX-License-Identifier: GPL-3.0-or-later
load helper
load guest

readonly scenarios=$root/bats/scenarios

setup() {
    command -v ansible-playbook >/dev/null || skip 'no ansible is installed'
    needs_guest
    make_guest 'r42.*'
    export HOME=$BATS_TEST_TMPDIR XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    # The scenario's machines are what is tested; their templates are what create_templates makes.
    lab=$BATS_TEST_TMPDIR/lab
    cp -r "$scenarios/lab" "$lab"
    rm -r "$lab/01_templates" "$lab/manifest"
    sed -i /01_templates/d "$lab/main.yml"
    restart_node --task-ms 100
    export RANGE42_ACTIVE_CONFIG_DIR=$workspace/devkit RANGE42_BUNDLE_DIR=$scenarios/bundles
}
teardown() {
    [ -z "${server:-}" ] || kill "$server"
    stop_machine
    stop_node
}

# A node that has the scenario's templates and a vault with its secrets.
restart_node() {
    stop_node
    start_node "${own_token[@]}" --plain --vms 2 "$@"
    add_to_vault
    create_templates
}

add_to_vault() {
    local vault=$workspace/devkit/secrets/default_vault.yml plain=$BATS_TEST_TMPDIR/plain
    ansible-vault view --vault-password-file "$RANGE42_VAULT_PASSWORD_FILE" "$vault" >"$plain"
    cat "$scenarios/vault.yml" >>"$plain"
    ansible-vault encrypt --vault-password-file "$RANGE42_VAULT_PASSWORD_FILE" --output "$vault" \
        "$plain" 2>/dev/null
    rm "$plain"
}

create_templates() {
    printf '{"vm_id":%s,"vm_name":"template-%s","vm_disk_storage":"local"}\n' 9221 small \
        9232 medium | proxmox_vm.create >/dev/null
    printf '{"vm_id":%s,"vm_config":{"ide2":"local:cloudinit","boot":"order=scsi0"}}\n' 9221 9232 |
        proxmox_vm.set_config >/dev/null
    printf '%s\n' 9221 9232 | proxmox_template.convert_to_template >/dev/null
    templates_done=$(wc -l <"$node_log")
}

deploy() {
    run_line "range42-deploy --inventory '$scenarios/inventory.yml' -e INSTALL_DATABASE=YES \
        $* '$lab'"
    refute_contains "$output$stderr" 'canary-47'
}

# Methods and paths of what was changed since the templates were made.
changes() {
    tail -n "+$((templates_done + 1))" "$node_log" |
        jq -r 'select(.method != "GET") | "\(.method) \(.path)"'
}

# Columns are set apart by two blanks and more; their width is nobody's business here.
columns() { sed -E 's/^ +//; s/ {2,}/|/g; s/\|$//' <<<"$output"; }

@test "a dry run shows what would become of each machine, and makes nothing" {
    deploy --dry-run
    assert_status 0
    assert_equal "$(columns)" 'vm_id|name|state|what
8110|lab-web|new
8111|lab-db|new

2 new'
    assert_equal "$(changes)" ''
}

@test "a scenario becomes machines that are ready; a second run finds them so" {
    start_guest
    deploy --timeline "$BATS_TEST_TMPDIR/when.svg" --journal "$BATS_TEST_TMPDIR/journal"
    assert_status 0
    assert_contains "$(columns)" '
8110|lab-web|ready|10.20.41.110
8111|lab-db|ready|10.20.41.111'
    assert_matches "$output" '[0-9.]+ s in all; medians of a machine: vm_clone [0-9.]+ s, vm_conf'
    assert_contains "$stderr" 'cloned 2/2  configured 2/2  started 2/2  reachable 2/2  set up 2/2'
    assert_contains "$(cat "$BATS_TEST_TMPDIR/when.svg")" 'lab-web'
    assert_equal "$(jq -r 'select(.journal == "done") | .vm_id' "$BATS_TEST_TMPDIR/journal" |
        sort | tr '\n' ' ')" '8110 8111 '
    assert_equal "$(proxmox_vm.list | jq -c 'select(.vm_id > 8000 and .vm_id < 9000) |
        [.vm_id,.vm_name,.vm_status]')" $'[8110,"lab-web","running"]\n[8111,"lab-db","running"]'
    templates_done=$(wc -l <"$node_log")
    deploy
    assert_status 0
    assert_contains "$(columns)" '8110|lab-web|as wanted'
    assert_contains "$(columns)" '2 as wanted'
    assert_contains "$(columns)" '8111|lab-db|ready|10.20.41.111'
    assert_equal "$(changes)" ''
}

@test "what differs is changed and said; another's machine under an id stops all before it begins" {
    start_guest
    deploy
    assert_status 0
    echo 8110 | proxmox_vm.set_config --set cores=1 >/dev/null
    # What cannot be read is compared by whether it is there.
    curl_api /nodes/px-testing/qemu/8110/config -X PUT -d delete=cipassword >/dev/null
    deploy --dry-run
    assert_status 0
    assert_matches "$(columns)" '8110\|lab-web\|to change\|.*cipassword.*cores'
    assert_contains "$(columns)" '1 as wanted, 1 to change'
    deploy
    assert_status 0
    assert_equal "$(curl_api "/nodes/px-testing/qemu/8110/config" | jq -c .data.cores)" 4
    sed -i 's/8111/101/' "$lab/02_machines/_main.yml"
    templates_done=$(wc -l <"$node_log")
    deploy
    assert_status 1
    assert_contains "$stderr" '101 is vm-101 on the node, and lab-db in the plan'
    assert_equal "$(changes)" ''
}

@test "one machine that fails is told with its reason, and the others get ready" {
    restart_node --fault 'fail=500:no%20space%20left method=POST path=/9232/clone$ instead'
    start_guest
    deploy
    assert_status 1
    assert_contains "$(columns)" '8110|lab-web|ready|10.20.41.110'
    assert_matches "$(columns)" '8111\|lab-db\|failed\|not cloned: .*no space left'
    assert_contains "$stderr" 'run again to go on, or take it back: range42-undo < '
    assert_contains "$stderr" 'failed 1'
}

@test "an interrupted deployment says what there is, and a second run goes on" {
    restart_node --task-ms 100,qmclone=1500
    start_guest
    # As a terminal does it: the signal goes to all that run in the foreground.
    setsid --wait env --default-signal=INT,TERM range42-deploy -e INSTALL_DATABASE=YES \
        --inventory "$scenarios/inventory.yml" --journal "$BATS_TEST_TMPDIR/journal" "$lab" \
        >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
    local deploying=$!
    await 'changes | grep -q /clone'
    kill -INT -- "-$(pgrep -f "range42_deploy[.]py .*$lab\$" | head -n 1)"
    local ended=0
    wait "$deploying" || ended=$?
    assert_equal "$ended" 130
    assert_contains "$(cat "$BATS_TEST_TMPDIR/out")" "take it back: range42-undo <"
    deploy
    assert_status 0
    assert_contains "$(columns)" '8110|lab-web|ready|10.20.41.110'
    assert_equal "$(changes | grep -c '/clone$')" 2
}

@test "a stage that cannot begin is told with its words, and no machine is lost sight of" {
    export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/'a"b'
    deploy
    assert_status 1
    assert_contains "$stderr" 'ssh cannot be told of a file in there'
    assert_contains "$(columns)" '8110|lab-web|failed|not '
    assert_contains "$(columns)" '8111|lab-db|failed|not '
}

@test "a plan that cannot be read is told as range42.plan tells it, and nothing is asked for" {
    echo '- nonsense: [' >"$lab/02_machines/_main.yml"
    deploy
    assert_status 1
    assert_contains "$stderr" '02_machines/_main.yml'
    assert_equal "$(changes)" ''
}

@test "examples/deploy-scenario.sh is the same taken apart" {
    start_guest
    cd "$BATS_TEST_TMPDIR"
    run_line "'$root/examples/deploy-scenario.sh' '$lab' --inventory '$scenarios/inventory.yml' \
        -e INSTALL_DATABASE=YES"
    assert_status 0
    assert_equal "$(columns | sort)" '8110|lab-web|10.20.41.110|running
8111|lab-db|10.20.41.111|running
vm_id|vm_name|vm_ip|vm_status'
    assert_contains "$(cat lab.svg)" 'lab-db'
    assert_equal "$(jq -r .journal lab.journal | sort | tr '\n' ' ')" 'begins begins done done '
}

@test "a node that is lost in the middle fails what it was asked, and a later run goes on" {
    restart_node --task-ms 100 --fault 'reset path=/qemu/811[01]/config nth=3-34'
    start_guest
    deploy
    assert_status 1
    assert_contains "$(columns)" '|failed|not '
    for _ in 2 3 4 5 6; do
        deploy
        if [ "$status" -eq 0 ]; then break; fi
    done
    assert_status 0
    assert_contains "$(columns)" '8110|lab-web|ready|10.20.41.110'
    assert_contains "$(columns)" '8111|lab-db|ready|10.20.41.111'
    assert_equal "$(changes | grep -c '/clone$')" 2
}

# The scenario with its templates, on a node that has none; their image is on a server of this
# machine.
with_templates() {
    rm -r "$lab"
    cp -r "$scenarios/lab" "$lab"
    mkdir "$BATS_TEST_TMPDIR/files"
    printf 'an image' >"$BATS_TEST_TMPDIR/files/noble.img"
    python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$BATS_TEST_TMPDIR/files" \
        >"$BATS_TEST_TMPDIR/server.out" 2>/dev/null 3>&- &
    server=$!
    await 'grep -q "Serving HTTP" "$BATS_TEST_TMPDIR/server.out"'
    local port
    port=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$BATS_TEST_TMPDIR/server.out")
    sed -i "s|https://images.example|http://127.0.0.1:$port|" "$lab/01_templates/_main.yml"
    stop_node
    start_node "${own_token[@]}" --plain --vms 2 --task-ms 100 "$@"
    add_to_vault
    templates_done=0
}

@test "templates that are missing are made first, through the API, from the plan's image" {
    with_templates
    start_guest
    deploy --dry-run
    assert_status 0
    assert_equal "$(columns)" 'vm_id|name|state|what
9221|template-small|new
9232|template-medium|new
8110|lab-web|new
8111|lab-db|new

4 new'
    assert_equal "$(changes)" ''
    deploy --journal "$BATS_TEST_TMPDIR/journal"
    assert_status 0
    assert_contains "$(columns)" '
8110|lab-web|ready|10.20.41.110
8111|lab-db|ready|10.20.41.111
9221|template-small|made
9232|template-medium|made'
    assert_equal "$(changes | grep -c download-url)" 1
    assert_equal "$(curl_api /nodes/px-testing/qemu/9232/config |
        jq -c '.data | [.template, .cores, .memory, .ipconfig0, .ciuser]')" \
        '[1,2,"8192","ip=10.20.40.232/24,gw=10.20.40.1","tom"]'
    assert_contains "$(curl_api /nodes/px-testing/qemu/9232/config | jq -r .data.scsi0)" size=64G
    assert_equal "$(jq -r 'select(.journal == "done") | .vm_id' "$BATS_TEST_TMPDIR/journal" |
        sort | tr '\n' ' ')" '8110 8111 9221 9232 '
    templates_done=$(wc -l <"$node_log")
    deploy
    assert_status 0
    assert_contains "$(columns)" '9221|template-small|as wanted|a template'
    assert_contains "$(columns)" '4 as wanted'
    assert_equal "$(changes)" ''
}

@test "a template that is unfinished is finished, and one without an image is refused" {
    with_templates --fault 'fail=500:no%20more method=POST path=/9232/template$ instead nth=1'
    start_guest
    sed -i 's|noble.img|jammy.img|' "$lab/01_templates/template.yml"
    deploy
    assert_status 1
    assert_contains "$(columns)" '9221|template-small|refused|the plan downloads no jammy.img'
    assert_contains "$stderr" 'nothing was made'
    assert_equal "$(changes)" ''
    sed -i 's|jammy.img|noble.img|' "$lab/01_templates/template.yml"
    deploy
    assert_status 1
    assert_contains "$stderr" 'no checksum is known'
    assert_matches "$(columns)" '9232\|template-medium\|failed\|not converted: .*no more'
    # What is made of a template that is not whole would stay wrong.
    assert_contains "$(columns)" '8111|lab-db|failed|not begun: its template 9232 was not made'
    assert_contains "$(columns)" '8110|lab-web|ready|10.20.41.110'
    assert_equal "$(changes | grep -c /9232/clone)" 0
    deploy
    assert_contains "$(columns)" '8111|lab-db|ready|10.20.41.111'
    assert_contains "$(columns)" '9232|template-medium|to change|no template yet'
    assert_equal "$(curl_api /nodes/px-testing/qemu/9232/config | jq .data.template)" 1
    # One that no machine of the plan needs stops nobody.
    sed -i 's|9221|9223|; s|noble.img|jammy.img|' "$lab/01_templates/sizes.yml" \
        "$lab/01_templates/template.yml"
    templates_done=$(wc -l <"$node_log")
    deploy
    assert_status 0
    assert_contains "$(columns)" '9223|template-small|left out|the plan downloads no jammy.img'
    assert_equal "$(changes)" ''
}
