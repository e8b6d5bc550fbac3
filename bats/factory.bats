# The factory's Proxmox side: machines are made, changed, found, and taken back.
# SPDX-License-Identifier: GPL-3.0-or-later
load helper

setup() {
    # The book of ids and the known keys of a test are its own.
    export HOME=$BATS_TEST_TMPDIR XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    journal=$BATS_TEST_TMPDIR/journal.jsons
}

vm_ids() { curl_api '/nodes/px-testing/qemu' | jq -c '[.data[].vmid] | sort'; }

config_of() { curl_api "/nodes/px-testing/qemu/$1/config" | jq -c ".data$2"; }

start_stage() { start_node "${own_token[@]}" "$@"; }

@test 'create makes a machine that boots from the network first, and tells who it is' {
    start_stage
    run_line 'echo "{\"vm_name\":\"web-01\",\"vm_memory\":1024,\"mine\":{\"b\":[true]}}" |
        proxmox_vm.create --memory 4096 --cores 4 --disk 8'
    assert_status 0
    assert_equal "$(jq -c 'del(.timings, .vm_mac, .vm_uuid)' <<<"$output")" \
        "$(tr -d '\n ' <<<'{"action":"vm_create","mine":{"b":[true]},"proxmox_node":"px-testing",
            "source":"proxmox-api","vm_id":108,"vm_installed":false,"vm_memory":1024,
            "vm_name":"web-01","vm_status":"stopped"}')"
    assert_equal "$(config_of 108 '|[.memory,.cores,.boot,.agent,.ostype,.scsi0,.name]')" \
        '["1024",4,"order=net0;scsi0","1","l26","local:108/vm-108-disk-0.qcow2,size=8G","web-01"]'
    assert_equal "$(config_of 108 .smbios1)" "\"uuid=$(jq -r .vm_uuid <<<"$output")\""
    assert_matches "$(jq -r .vm_mac <<<"$output")" '^bc:24:11:[0-9a-f:]{8}$'
}

@test 'a bare line is a name, and a name that is none is refused before anything is asked' {
    start_stage
    run_line 'printf "web-01\nunder_score\nweb 02; reboot\n" | proxmox_vm.create'
    assert_status 1
    assert_equal "$(wc -l <<<"$output")" 1
    assert_contains "$stderr" 'vm_name is not a host name: under_score'
    assert_equal "$(count_requests POST /qemu)" 1
}

@test 'values cannot bring properties of their own' {
    start_stage
    run_line 'echo "{\"vm_name\":\"a\",\"vm_disk_storage\":\"local:1,cache=unsafe\"}" |
        proxmox_vm.create
        echo "{\"vm_name\":\"a\",\"vm_bridge\":\"vmbr0,tag=7\"}" | proxmox_vm.create
        echo "{\"vm_name\":\"a\",\"vm_iso_file\":\"local:iso/x.iso,media=disk\"}" |
            proxmox_vm.create'
    assert_status 1
    assert_equal "$(count_requests POST .)" 0
}

@test 'with cloud-init a machine boots from its image' {
    start_stage
    run_line 'echo web-01 | proxmox_vm.create --image local:import/debian-12.qcow2 --cloud-init \
        --ci-user admin --ci-ip ip=dhcp --ci-ssh-keys "ssh-ed25519 AAAA me@here"'
    assert_status 0
    assert_equal "$(jq .vm_installed <<<"$output")" true
    assert_equal "$(config_of 108 '|[.boot,.ciuser,.ipconfig0,.sshkeys]')" \
        '["order=scsi0;net0","admin","ip=dhcp","ssh-ed25519%20AAAA%20me%40here"]'
    assert_equal "$(config_of 108 .ide2)" '"local:108/vm-108-cloudinit.qcow2,media=cdrom"'
    assert_equal "$(config_of 108 .scsi0)" '"local:108/vm-108-disk-0.qcow2,size=4M"'
    run_line 'echo x | proxmox_vm.create --image local:import/x.qcow2 --storage local --dry-run'
    assert_contains "$output" \
        '"scsi0":"local:0,import-from=local:import/x.qcow2,format={vm_disk_format}"'
}

@test 'what Proxmox refuses elsewhere than on the VMs is advised there' {
    start_stage
    run_line 'echo web-01 | proxmox_vm.create --pool nosuch; echo 103 | proxmox_vm.clone --pool no'
    assert_status 1
    assert_contains "$stderr" 'there is no pool nosuch: name another, or make it, on the node: '
    assert_contains "$stderr" 'pvesh create /pools --poolid no'
    refute_contains "$stderr" 'pveum'
    stop_node
    local refused='Permission%20check%20failed%20(/storage/local,%20Datastore.AllocateSpace)'
    start_node --fault "fail=403:$refused method=POST path=/qemu\$ instead"
    run_line 'echo web-01 | proxmox_vm.create'
    assert_status 1
    assert_contains "$stderr" '--privs Datastore.AllocateSpace; pveum acl modify /storage/local '
    stop_node
    start_node --fault 'fail=403:Permission%20check%20failed%20(/pool/a;reboot) method=POST instead'
    run_line 'echo web-01 | proxmox_vm.create'
    assert_contains "$stderr" 'pveum acl modify /vms '
    refute_contains "$stderr" 'poolid'
}

@test 'a disk is one that takes snapshots, by what its storage says of formats' {
    start_stage --storages local,thin=lvmthin,thick=lvm
    run_line 'for storage in local thin thick; do
        echo "on-$storage" | proxmox_vm.create --storage $storage --disk 4; done'
    assert_status 0
    assert_equal "$(for id in 108 109 110; do config_of "$id" .scsi0; done)" \
        '"local:108/vm-108-disk-0.qcow2,size=4G"
"thin:vm-109-disk-0,size=4G"
"thick:vm-110-disk-0,size=4G"'
    assert_equal "$(requests POST '/qemu$' | grep -c 'format%3Dqcow2')" 1
    run_line 'printf "108\n109\n" | proxmox_snapshot_vm.create_snapshot'
    assert_status 0
    # A storage that nobody sees is left to Proxmox, in its own words.
    run_line 'echo x | proxmox_vm.create --storage nosuch'
    assert_status 1
    assert_contains "$stderr" "storage 'nosuch' does not exist"
}

@test 'two hundred creations by eight processes get two hundred ids' {
    start_stage --vms 3 --plain --task-ms 20
    run_line 'for p in 1 2 3 4 5 6 7 8; do
        seq -f "vm-$p-%g" 25 | proxmox_vm.create --storage local --jobs 8 &
    done; wait'
    assert_equal "$(jq .vm_id <<<"$output" | sort -n | uniq | wc -l)" 200
    assert_equal "$(vm_ids | jq length)" 203
    assert_equal "$(vm_ids | jq '.[-1]')" 302
    # Nobody was ever refused: each id was handed out once.
    assert_equal "$(count_requests POST '/qemu$')" 200
}

@test 'an id that another takes in between costs one more try, five times at most' {
    local taken='fail=500:unable%20to%20create%20VM%20108%20-%20VM%20108%20already%20exists'
    start_stage --fault "$taken method=POST path=/qemu\$ nth=1 instead"
    run_line 'echo web-01 | proxmox_vm.create'
    assert_status 0
    assert_equal "$(jq .vm_id <<<"$output")" 109
}

@test 'ids that are always taken in between end the line after five more tries' {
    local taken='fail=500:unable%20to%20create%20VM%20'
    local -a faults=()
    local id
    for id in 108 109 110 111 112 113 114; do
        local words=$taken$id%20-%20VM%20$id%20already%20exists
        faults+=(--fault "$words method=POST path=/qemu\$ nth=$((id - 107)) instead")
    done
    start_stage "${faults[@]}"
    run_line 'echo web-01 | proxmox_vm.create'
    assert_status 1
    assert_equal "$(count_requests POST '/qemu$')" 6
}

@test 'ids come from the range that is given, and an end of the range is said' {
    start_stage
    run_line 'printf "a\nb\nc\n" | proxmox_vm.create --range 104:108 --jobs 1
        printf "d\ne\n" | proxmox_vm.create --range 500:500 --jobs 1'
    assert_status 1
    assert_equal "$(jq -c '[.vm_name,.vm_id]' <<<"$output")" $'["a",108]\n["d",500]'
    assert_contains "$stderr" 'no VM id from 104 to 108 is free (line 2)'
    run_line 'echo x | proxmox_vm.create --range 9:5'
    assert_status 2
}

@test 'an id on the line is used as it is or not at all' {
    start_stage
    run_line 'echo "{\"vm_name\":\"a\",\"vm_id\":100}" | proxmox_vm.create'
    assert_status 1
    assert_contains "$stderr" 'VM 100 already exists on node'
    assert_equal "$(count_requests POST '/qemu$')" 1
}

@test 'a creation whose reply is cut is found again and not asked for twice' {
    start_stage --task-ms 300 --fault 'cut=0 method=POST path=/qemu$ nth=1'
    run_line 'echo web-01 | proxmox_vm.create'
    assert_status 0
    assert_equal "$(jq -c '[.vm_id,.vm_name]' <<<"$output")" '[108,"web-01"]'
    assert_contains "$stderr" 'the reply was lost'
    assert_contains "$stderr" 'but it is done'
    assert_equal "$(count_requests POST '/qemu$')" 1
}

@test 'templates are cloned linked, machines in full, and never more than two at a time' {
    start_stage --task-ms 150 --lock-wait-ms 50 --clones-at-once 2
    run_line 'jq -nc "range(6) | {vm_id: 103, vm_name: \"linked-\(.)\"}" |
        proxmox_vm.clone --jobs 6; echo 101 | proxmox_vm.clone'
    assert_status 0
    assert_equal "$(jq -c '[.vm_id,.vm_id_clone_from,.vm_name]' <<<"$output" | tail -1)" \
        '[114,101,"db-01-cloned"]'
    assert_equal "$(config_of 108 .scsi0)" \
        '"local:103/base-103-disk-0.qcow2/108/vm-108-disk-0.qcow2,size=1G"'
    assert_equal "$(count_requests POST /clone)" 7
}

@test 'a clone that the storage kept waiting too long is asked for again' {
    start_stage --task-ms 800 --lock-wait-ms 50 --clones-at-once 1
    run_line 'jq -nc "range(2) | {vm_id: 103, vm_name: \"linked-\(.)\"}" | proxmox_vm.clone'
    assert_status 0
    assert_equal "$(wc -l <<<"$output")" 2
}

@test 'a machine is made from a template and keeps what nobody asked to change' {
    start_stage
    run_line 'echo "{\"vm_name\":\"t1\",\"vm_template_id\":103,\"vm_cores\":3}" |
        proxmox_vm.create --disk 5'
    assert_status 0
    assert_equal "$(jq -c '[.vm_id,.vm_installed]' <<<"$output")" '[108,true]'
    assert_equal "$(config_of 108 '|[.name,.memory,.cores,.scsi0]')" \
        '["t1","64",3,"local:103/base-103-disk-0.qcow2/108/vm-108-disk-0.qcow2,size=5G"]'
}

@test 'the boot order is taken in every spelling, and an option overrules the line' {
    start_stage
    run_line 'echo 100 | proxmox_vm.set_boot_order --order scsi0,net0'
    assert_equal "$(config_of 100 .boot)" '"order=scsi0;net0"'
    run_line 'echo "{\"vm_id\":100,\"vm_boot_order\":\"order=net0;scsi0\"}" |
        proxmox_vm.set_boot_order'
    assert_equal "$(config_of 100 .boot)" '"order=net0;scsi0"'
    run_line 'echo "{\"vm_id\":100,\"vm_boot_order\":\"net0\"}" |
        proxmox_vm.set_boot_order --order scsi0'
    assert_status 0
    assert_equal "$(jq -r .vm_boot_order <<<"$output")" 'order=scsi0'
    run_line 'echo 100 | proxmox_vm.set_boot_order --order "scsi0;net9"'
    assert_status 1
    assert_contains "$stderr" "device 'net9' does not exist"
    run_line 'echo 100 | proxmox_vm.set_boot_order'
    assert_contains "$stderr" 'there is no vm_boot_order'
}

@test 'set_config sets what the line or the option says, and waits for a lock' {
    start_stage --task-ms 700 --lock-wait-ms 200
    run_line 'echo 100 | proxmox_vm.set_config --set memory=256 --set tags=b,a
        echo "{\"vm_id\":101,\"vm_config\":{\"onboot\":true,\"description\":\"a&b=c;d\"}}" |
        proxmox_vm.set_config
        echo 102 | proxmox_vm.start >&2 & sleep 0.1; echo 102 | proxmox_vm.set_config --set cores=2
        wait'
    assert_status 0
    assert_equal "$(config_of 100 '|[.memory,.tags]')" '["256","a;b"]'
    assert_equal "$(config_of 101 '|[.onboot,.description]')" '[1,"a&b=c;d"]'
    assert_equal "$(config_of 102 .cores)" 2
    run_line 'echo 100 | proxmox_vm.set_config; echo 100 | proxmox_vm.set_config --set memory'
    assert_status 2
    assert_contains "$stderr" 'nothing to set'
}

@test 'a setting whose reply is cut is sent again, since it says what shall be' {
    start_stage --fault 'cut=0 method=PUT path=/config$ nth=1'
    run_line 'echo 100 | proxmox_vm.set_config --set cores=2'
    assert_status 0
    assert_equal "$(config_of 100 .cores)" 2
    assert_equal "$(count_requests PUT /config)" 2
}

@test 'reboot reboots' {
    start_stage --running
    run_line 'echo 100 | proxmox_vm.reboot'
    assert_status 0
    assert_equal "$(jq -c '[.vm_id,.vm_status]' <<<"$output")" '[100,"running"]'
    assert_equal "$(count_requests POST /status/reboot)" 1
}

@test 'the journal has a line before and one after, and undo goes through it backwards' {
    start_stage
    run_line "printf 'a\nb\n' | proxmox_vm.create --jobs 1 --journal $journal |
        proxmox_vm.clone --journal $journal --name c --jobs 1"
    assert_status 0
    assert_equal "$(jq -r .journal "$journal" | sort | uniq -c | tr -s ' \n' ' ')" \
        ' 4 begins 4 done '
    echo 111 | proxmox_vm.start >/dev/null
    run_line "range42-undo <$journal"
    assert_status 0
    assert_equal "$(vm_ids)" '[100,101,102,103,104,105,106,107]'
    assert_equal "$(jq -r .vm_status <<<"$output" | uniq)" gone
    # Once more changes nothing.
    run_line "range42-undo <$journal"
    assert_status 0
    assert_contains "$stderr" 'is not there any more'
}

@test 'undo leaves alone what is no longer the VM that was made' {
    start_stage
    run_line "echo a | proxmox_vm.create --journal $journal"
    echo 108 | proxmox_vm.set_config --set name=other >/dev/null
    run_line "range42-undo <$journal"
    assert_status 1
    assert_contains "$stderr" 'vm_id 108 is not the VM that was made: its name is other and was a'
    echo 108 | proxmox_vm.set_config --set name=a \
        --set smbios1=uuid=00000000-0000-4000-8000-000000000000 >/dev/null
    run_line "range42-undo <$journal"
    assert_status 1
    assert_contains "$stderr" 'its uuid is 00000000-0000-4000-8000-000000000000'
    assert_equal "$(count_requests DELETE .)" 0
}

# Runs the tool $3... on line $2 until the node has taken its POST to $1, and no further.
kill_after_request() {
    "${@:3}" <<<"$2" >/dev/null 2>&1 3>&- &
    local tool=$!
    await "[ \$(count_requests POST '$1') -ge 1 ]"
    kill -KILL "$tool"
    wait "$tool" || true
}

@test 'a creation that was killed in the middle is taken back by its journal' {
    start_stage --task-ms 1500
    kill_after_request '/qemu$' a proxmox_vm.create --journal "$journal"
    kill_after_request '/clone$' 103 proxmox_vm.clone --name c --journal "$journal"
    assert_equal "$(jq -r .journal "$journal" | uniq)" begins
    printf '{"journal":"begins","vm_i' >>"$journal"
    await '[ "$(curl_api "/nodes/px-testing/tasks?source=active" | jq ".data | length")" = 0 ]'
    run_line "range42-undo <$journal"
    assert_status 0
    assert_contains "$stderr" 'not an entry of a journal'
    assert_equal "$(vm_ids)" '[100,101,102,103,104,105,106,107]'
}

@test 'without its journal nothing is begun' {
    start_stage
    run_line 'echo a | proxmox_vm.create --journal /nowhere/at/all'
    assert_status 1
    run_line 'echo a | proxmox_vm.create --journal /dev/full'
    assert_status 1
    assert_contains "$stderr" '/dev/full: a device, no regular file'
    assert_equal "$(count_requests POST .)" 0
}

@test 'with --rollback a failed line leaves nothing behind, and its failure is said first' {
    start_stage
    run_line 'echo "{\"vm_name\":\"t1\",\"vm_template_id\":103,\"vm_tags\":\"ä\"}" |
        proxmox_vm.create --rollback'
    assert_status 1
    assert_matches "$stderr" 'invalid characters in tag.*rollback: taken back'
    assert_equal "$(vm_ids)" '[100,101,102,103,104,105,106,107]'
    run_line 'echo "{\"vm_name\":\"t1\",\"vm_template_id\":103,\"vm_tags\":\"ä\"}" |
        proxmox_vm.create'
    assert_status 1
    assert_equal "$(vm_ids)" '[100,101,102,103,104,105,106,107,109]'
}

@test 'a rollback that fails is told after the failure that it could not mend' {
    start_stage --fault 'fail=500:no%20such%20luck method=DELETE path=/qemu/108 instead'
    run_line 'echo "{\"vm_name\":\"t1\",\"vm_template_id\":103,\"vm_tags\":\"ä\"}" |
        proxmox_vm.create --rollback'
    assert_status 1
    assert_matches "$stderr" 'invalid characters in tag.*rollback: .*no such luck.*NOT taken back'
}

@test 'the guard keeps destructive tools to VMs with the tag' {
    start_stage --running --snapshot clean
    export RANGE42_PROXMOX_REQUIRE_TAG=range42
    run_line 'printf "100\n101\n106\n" | proxmox_vm.stop_force'
    assert_status 1
    assert_equal "$(jq -r .vm_id <<<"$output")" 100
    assert_contains "$stderr" 'vm_id 101 was left alone (line 2: it lacks the tag range42 (RANGE42_'
    assert_contains "$stderr" 'vm_id 106 was left alone (line 3: its protection is on)'
    for tool in proxmox_vm.delete proxmox_snapshot_vm.revert_snapshot \
        proxmox_snapshot_vm.delete_snapshot proxmox_vm.set_config; do
        line='{"vm_id":101,"vm_snapshot_name":"clean","vm_config":{"cores":2}}'
        run_line "$tool <<<'$line'"
        assert_status 1
        assert_contains "$stderr" 'vm_id 101 was left alone'
    done
    assert_equal "$(count_requests POST .)" 1
    assert_equal "$(count_requests DELETE .)$(count_requests PUT .)" 00
    run_line 'echo 101 | proxmox_vm.stop'
    assert_status 0
}

@test 'the tag protected protects, and what we make carries the tag that is required' {
    start_stage
    export RANGE42_PROXMOX_REQUIRE_TAG=range42
    run_line "proxmox_vm.create --journal $journal <<<'{\"vm_name\":\"a\",\"vm_tags\":\"mine\"}' |
        proxmox_vm.clone --name b --journal $journal"
    assert_status 0
    assert_equal "$(config_of 108 .tags)$(config_of 109 .tags)" '"mine;range42""mine;range42"'
    echo 108 | proxmox_vm.set_config --set 'tags=range42;protected' >/dev/null
    run_line 'echo 108 | proxmox_vm.delete'
    assert_status 1
    assert_contains "$stderr" 'it has the tag protected'
    unset RANGE42_PROXMOX_REQUIRE_TAG
    run_line "range42-undo <$journal"
    assert_status 1
    assert_contains "$stderr" 'vm_id 108 was left alone'
    assert_equal "$(vm_ids)" '[100,101,102,103,104,105,106,107,108]'
}

@test 'a golden template is made once and cloned wherever its recipe fits' {
    start_stage
    run_line 'echo 101 | proxmox_template.promote --recipe os=alpine --recipe docker=27'
    assert_status 0
    local fingerprint
    fingerprint=$(jq -r .template_fingerprint <<<"$output")
    assert_matches "$fingerprint" '^[0-9a-f]{16}$'
    assert_matches "$(config_of 101 .tags)" "golden-$fingerprint-[0-9]{14}"
    assert_equal "$(config_of 101 .template)" 1
    line='{"vm_name":"web-01","template_recipe":{"docker":"27","os":"alpine"}}'
    run_line "proxmox_template.lookup <<<'$line' | proxmox_vm.create"
    assert_status 0
    assert_equal "$(jq -c '[.vm_template_id,.vm_installed,.vm_id]' <<<"$output")" '[101,true,108]'
    # Another recipe has no template: a full install.
    run_line 'echo "{\"vm_name\":\"web-02\"}" | proxmox_template.lookup --recipe os=debian |
        proxmox_vm.create'
    assert_status 0
    assert_equal "$(jq -c '[.vm_template_id,.vm_installed]' <<<"$output")" '[null,false]'
    assert_contains "$stderr" 'no template fits'
    run_line 'echo 106 | proxmox_template.promote --recipe os=alpine'
    assert_status 1
    assert_contains "$stderr" 'vm_id 106 was left alone'
}

@test 'a template is found at once, and a lookup tells the state and the name of now' {
    start_stage --vms 3 --plain --nodes px-testing,b
    run_line 'printf "{\"vm_id\":101,\"proxmox_node\":\"b\"}" |
        proxmox_template.promote --recipe os=x >"$BATS_TEST_TMPDIR/promoted"
        echo "{\"vm_name\":\"web-01\"}" | proxmox_template.lookup --recipe os=x'
    assert_status 0
    assert_equal "$(jq -c '[.vm_template_id,.proxmox_node]' <<<"$output")" '[101,"b"]'
    assert_equal "$(curl_api '/cluster/resources?type=vm' |
        jq -c '[.data[] | select(.vmid == 101) | .template,.tags]')" '[0,null]'
    run_line 'cd "$BATS_TEST_TMPDIR" && echo 100 | proxmox_vm.start >started
        echo 100 | proxmox_vm.set_config --set name=now >set; echo now | proxmox_vm.lookup'
    assert_status 0
    assert_equal "$(jq -c '[.vm_id,.vm_name,.vm_status]' <<<"$output")" '[100,"now","running"]'
}

@test 'a template is not looked for in vain where a node cannot be asked' {
    start_stage --vms 2 --plain --nodes px-testing,b --fault 'fail=500:no method=GET path=/nodes/b/'
    run_line 'echo "{\"vm_name\":\"web-01\"}" | proxmox_template.lookup --recipe os=x'
    assert_status 1
    assert_equal "$output" ''
    assert_contains "$stderr" 'look-up failed for proxmox node b'
}

@test 'lookup finds a VM by name or id, and sync finds all, with null for no address' {
    start_stage
    run_line 'printf "db-01\n100\n{\"vm_name\":\"no-os-01\",\"mine\":1}\n" | proxmox_vm.lookup'
    assert_status 0
    assert_equal "$(jq -c '[.vm_id,.vm_name,.vm_status,.vm_ip]' <<<"$output")" \
        '[101,"db-01","stopped",null]
[100,"web-01","stopped",null]
[104,"no-os-01","stopped",null]'
    run_line 'echo nobody | proxmox_vm.lookup'
    assert_status 1
    assert_contains "$stderr" 'no VM on px-testing is named nobody'
    run_line 'proxmox_vm.sync'
    assert_status 0
    assert_equal "$(jq -c '[.vm_id,.vm_ip]' <<<"$output" | wc -l)" 8
    assert_equal "$(jq .vm_id <<<"$output" | head -1)" 100
}
