#!/usr/bin/env bats
# Images: downloaded onto a node's storage with a checksum, and imported through the API.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

readonly download=proxmox_storage.download_iso import=proxmox_storage.import_cloudinit_image_to_vm

setup() {
    export HOME=$BATS_TEST_TMPDIR XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    files=$BATS_TEST_TMPDIR/files
    mkdir -p "$files/images"
    printf 'an image' >"$files/images/tiny.img"
    start_server
}
teardown() {
    kill "$server" 2>/dev/null || true
    stop_node
}

# A web server for what is in $files; what it is asked for is in its log.
start_server() {
    python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$files" \
        >"$BATS_TEST_TMPDIR/server.out" 2>"$BATS_TEST_TMPDIR/server.log" 3>&- &
    server=$!
    await 'grep -q "Serving HTTP" "$BATS_TEST_TMPDIR/server.out"'
    origin=http://127.0.0.1:$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$BATS_TEST_TMPDIR/server.out")
}

line_for() {
    jq -nc --arg url "$origin/images/$1" --arg name "$2" --arg content "${3:-iso}" \
        '{proxmox_storage: "local", iso_file_content_type: $content, iso_url: $url,
          iso_file_name: $name}'
}
volumes() { curl_api "/nodes/px-testing/storage/local/content?content=$1" | jq -r .data[].volid; }
config_of() { curl_api "/nodes/px-testing/qemu/$1/config" | jq -c ".data$2"; }
checksum() { sha256sum <"$files/images/$1" | cut -d' ' -f1; }
form() { requests POST /download-url | jq -r .body; }

@test "a download gets the checksum from the list beside the file, and is awaited" {
    start_node "${own_token[@]}" --task-ms 300
    (cd "$files/images" && sha256sum tiny.img >SHA256SUMS && echo "0000  other.img" >>SHA256SUMS)
    run_line "echo '$(line_for tiny.img tiny.iso)' |
        '$build/shims/proxmox_storage.urls.download_iso.to.jsons.sh'"
    assert_status 0
    assert_equal "$(jq -c 'del(.raw_info, .iso_url)' <<<"$output")" "$(tr -d '\n' <<<'{
"action":"storage_download_iso","iso_file_content_type":"iso","iso_file_name":"tiny.iso",
"proxmox_node":"px-testing","proxmox_storage":"local","source":"proxmox-api"}')"
    assert_equal "$(jq -r .iso_url <<<"$output")" "$origin/images/tiny.img"
    assert_matches "$(jq -r .raw_info.data <<<"$output")" '^UPID:.*:download:tiny.iso:'
    assert_equal "$(volumes iso)" local:iso/tiny.iso
    assert_contains "$(form)" "checksum=$(checksum tiny.img)&checksum-algorithm=sha256"
    refute_contains "$(cat "$BATS_TEST_TMPDIR/server.log")" Authorization
}

@test "SHA512SUMS and lists for one file are found as well" {
    start_node "${own_token[@]}" --task-ms 20
    cp "$files/images/tiny.img" "$files/images/one.img"
    (cd "$files/images" && sha512sum --tag tiny.img >SHA512SUMS &&
        sha256sum <one.img | cut -d' ' -f1 >one.img.sha256)
    run_line "printf '%s\n' '$(line_for tiny.img a.iso)' '$(line_for one.img b.iso)' | $download"
    assert_status 0
    assert_contains "$(form)" "checksum=$(sha512sum <"$files/images/tiny.img" | cut -d' ' -f1)"
    assert_contains "$(form)" "checksum=$(checksum one.img)&checksum-algorithm=sha256"
}

@test "a file that is not what its list says is no download" {
    start_node "${own_token[@]}" --task-ms 20
    printf '%064d  tiny.img\n' 0 >"$files/images/SHA256SUMS"
    run_line "echo '$(line_for tiny.img tiny.iso)' | $download"
    assert_status 1
    assert_contains "$stderr" 'checksum mismatch'
    assert_equal "$(volumes iso)" ''
}

@test "without a list the file is downloaded, and that nothing proves it is said" {
    start_node "${own_token[@]}" --task-ms 20
    run_line "echo '$(line_for tiny.img tiny.iso)' | $download"
    assert_status 0
    assert_contains "$stderr" 'no checksum is known'
    refute_contains "$(form)" checksum
    # Once more: what is there is not downloaded again, and is no failure.
    run_line "echo '$(line_for tiny.img tiny.iso)' | $download"
    assert_status 0
    assert_contains "$stderr" 'is there already, and stays as it is'
}

@test "a checksum on the line comes before any list" {
    start_node "${own_token[@]}" --task-ms 20
    printf '%064d  tiny.img\n' 0 >"$files/images/SHA256SUMS"
    run_line "echo '$(line_for tiny.img tiny.iso)' |
        jq -c '.iso_checksum = \"$(checksum tiny.img)\"' | $download"
    assert_status 0
    refute_contains "$(cat "$BATS_TEST_TMPDIR/server.log")" SUMS
}

@test "a server that is not there, a file that is not there, and an address that is none" {
    start_node "${own_token[@]}" --task-ms 20
    run_line "echo '$(line_for nope.img a.iso)' | $download"
    assert_status 1
    assert_contains "$stderr" 'exit code 8'
    run_line "echo '$(line_for tiny.img a.iso)' | jq -c '.iso_url = \"ftp://127.0.0.1/a.iso\"' |
        $download; echo '$(line_for tiny.img a.iso)' |
        jq -c '.iso_url = \"http://127.0.0.1:1/a.iso\"' | $download"
    assert_status 1
    assert_contains "$stderr" 'iso_url is no http or https address'
    assert_contains "$stderr" 'Connection refused'
    assert_equal "$(count_requests POST /download-url)" 2
}

@test "an image is imported by the name that its file has, and its disk grows" {
    start_node "${own_token[@]}" --task-ms 20
    run_line "echo '$(line_for tiny.img noble.qcow2 import)' | $download
        echo '{\"vm_name\":\"tpl\",\"vm_id\":9001}' | proxmox_vm.create --disk 0 --storage local
        echo '{\"vm_id\":9001,\"proxmox_node\":\"px-testing-cli\",\"vm_disk_size\":\"16g\",
            \"dest_proxmox_storage\":\"local\",
            \"cloudinit_image_full_path\":\"/var/lib/vz/template/iso/noble.img\"}' | tr -d '\n' |
        '$build/shims/proxmox_storage.vm_id.import_cloudinit_image_to_vm.to.jsons.sh'"
    assert_status 0
    assert_contains "$(tail -1 <<<"$output")" '"action":"template_cloudinit_import_disk"'
    assert_contains "$(requests POST /9001/config | jq -r .body)" \
        'scsi0=local%3A0%2Cimport-from%3Dlocal%3Aimport%2Fnoble.qcow2'
    assert_contains "$(config_of 9001 .scsi0)" size=16G
    assert_equal "$(config_of 9001 '|[.boot,.serial0,.vga]')" '["order=scsi0","socket","serial0"]'
    assert_contains "$(config_of 9001 .ide2)" cloudinit
    # Once more: the disk is there, and large enough.
    run_line "echo '{\"vm_id\":9001,\"vm_disk_size\":\"16g\",\"dest_proxmox_storage\":\"local\",
        \"cloudinit_image_full_path\":\"local:import/noble.qcow2\"}' | tr -d '\n' | $import"
    assert_status 0
    assert_equal "$(count_requests POST /9001/config) $(count_requests PUT /9001/resize)" '1 1'
    assert_contains "$stderr" 'has its scsi0 already'
}

# In the place of ssh: what it was called with is kept, and then the text $1 runs.
ssh_is() {
    mkdir -p "$BATS_TEST_TMPDIR/bin"
    printf '#!/bin/sh\nprintf "%%s\\n" "$@" >>%q\n%s\n' "$BATS_TEST_TMPDIR/called" "$1" \
        >"$BATS_TEST_TMPDIR/bin/ssh"
    chmod +x "$BATS_TEST_TMPDIR/bin/ssh"
    PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

# What qm set would do on a node: the disk that the API cannot make from a path.
readonly qm_sets='echo "range42: begins"
curl -sk -X PUT -H "Authorization: PVEAPIToken=range42@pam!bats=bats-secret" \
    "https://127.0.0.1:$NODE_PORT/api2/json/nodes/px-testing/qemu/101/config" \
    -d scsi0=local:8 >/dev/null'

machine_without_disk() {
    start_node "${own_token[@]}" --task-ms 20
    export NODE_PORT=$node_port
    curl_api /nodes/px-testing/qemu/101/config -X PUT -d delete=scsi0 >/dev/null
    line=$(tr -d '\n' <<<'{"vm_id":101,"proxmox_node":"px-testing-cli",
"dest_proxmox_storage":"local","vm_disk_size":"40G",
"cloudinit_image_full_path":"/var/lib/vz/template/iso/x y.img"}')
}

@test "a file that is only the node's is imported there, by qm over the user's own ssh" {
    machine_without_disk
    ssh_is "$qm_sets"
    run_line "echo '$line' |
        '$build/shims/proxmox_storage.vm_id.import_cloudinit_image_to_vm.to.jsons.sh'"
    assert_status 0
    assert_contains "$(tail -n 2 "$BATS_TEST_TMPDIR/called")" "px-testing-cli
echo 'range42: begins'; exec qm set 101 --scsihw virtio-scsi-pci --scsi0 \
'local:0,import-from=/var/lib/vz/template/iso/x y.img' --ide2 'local:cloudinit,media=cdrom'"
    assert_contains "$stderr" 'imported by qm on px-testing-cli, over ssh'
    assert_contains "$(config_of 101 .scsi0)" size=40G
    assert_equal "$(count_requests POST /101/config)" 0
    # Once more: the disk is there.
    : >"$BATS_TEST_TMPDIR/called"
    run_line "echo '$line' | $import"
    assert_status 0
    assert_equal "$(cat "$BATS_TEST_TMPDIR/called")" ''
}

@test "of an ssh that is lost the configuration tells; what nothing shows is unknown" {
    machine_without_disk
    ssh_is "$qm_sets; echo gone >&2; exit 255"
    run_line "echo '$line' | $import"
    assert_status 0
    assert_contains "$stderr" 'the connection was lost (gone), but it is done'
    machine_without_disk
    ssh_is 'echo "range42: begins"; exit 255'
    run_line "echo '$line' | $import"
    assert_status 3
    assert_contains "$stderr" 'outcome unknown, qm set may run on px-testing-cli'
    ssh_is 'echo "range42: begins"; echo "no such image" >&2; exit 2'
    run_line "echo '$line' | $import"
    assert_status 1
    assert_contains "$stderr" 'qm set failed on px-testing-cli (line 1: no such image)'
}

@test "a node that is lost after its qm has begun is no reason to go another way" {
    machine_without_disk
    ssh_is "$qm_sets; kill $node_pid"
    run_line "echo '$line' | $import --timeout 5"
    assert_status 1
    assert_contains "$stderr" 'imported by qm on px-testing-cli'
}

@test "what neither can import is said with what would make it possible" {
    ssh_is 'echo "ssh: Could not resolve hostname" >&2; exit 255'
    start_node "${own_token[@]}" --task-ms 20
    local line='{"vm_id":101,"dest_proxmox_storage":"local",
"cloudinit_image_full_path":"/var/lib/vz/template/iso/x.img"}'
    line=$(tr -d '\n' <<<"$line")
    curl_api /nodes/px-testing/qemu/101/config -X PUT -d delete=scsi0 >/dev/null
    run_line "echo '$line' | $import"
    assert_status 1
    assert_contains "$stderr" 'it is not among the content "import" of'
    assert_contains "$stderr" 'ssh px-testing does not lead there: ssh: Could not resolve hostname'
    curl_api /storage/local -X PUT -d content=iso,images >/dev/null
    for storage in $(curl_api /storage |
        jq -r '.data[] | select(.content | test("import")).storage')
    do
        curl_api "/storage/$storage" -X PUT -d content=iso,images >/dev/null
    done
    run_line "echo '$line' | $import"
    assert_status 1
    assert_contains "$stderr" 'allows the content "import": on the node, pvesm set'
    assert_equal "$(count_requests POST /101/config)" 0
}
