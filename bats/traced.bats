#!/usr/bin/env bats
# What strace sees of every tool: which programs it starts, and which files it writes.
# SPDX-License-Identifier: GPL-3.0-or-later
load helper
load guest

readonly installation_secret='s3cret word'
readonly guest_tools='alpine.install docker.install guest.run guest.upload guest.wait_cloudinit
    guest.wait_ip guest.wait_ssh tailscale.install'
readonly scenario_tools='range42.plan range42-deploy'

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    export HOME=$PWD XDG_RUNTIME_DIR=$PWD/run
    mkdir -m 700 run
}
teardown() {
    stop_machine
    stop_node
}

# A program that it starts is let go: what ssh reads and writes is ssh's own matter.
traced() {
    strace -f -b execve -v -s 65536 -e trace=execve,execveat,openat,open,creat,connect \
        -o trace "$@"
}

# The names of the programs that the traced one started, each once.
started_programs() {
    tail -n +2 trace | sed -nE 's/^[0-9]+ +execve(at)?\([^"]*"([^"]*)".*/\2/p' |
        sed 's|.*/||' | sort -u
}

# What it wrote, or could have, besides the stores that doc/security.md names.
written_files() {
    grep -E 'O_CREAT|O_WRONLY|O_RDWR|creat\(' trace |
        grep -vF -e '/range42/known_proxmox"' -e '/range42/vm_ids/' -e '/range42/turns/' \
            -e '/range42/guest_keys/' -e "\"$XDG_RUNTIME_DIR/range42-ssh-" \
            -e '"/dev/null"' -e '"/dev/tty"' || true
}

assert_starts_only() {
    assert_equal "$(started_programs)" "$1"
    assert_equal "$(written_files)" ''
    assert_equal "$(find_canary trace)" ''
    refute_contains "$(<trace)" "$installation_secret"
}

@test "the trace shows a program that is started, and a file that is written" {
    traced sh -c 'cat /dev/null; echo >careless'
    assert_equal "$(started_programs)" cat
    assert_matches "$(written_files)" 'careless'
}

@test "no tool for the node starts anything, and none writes a file but its stores" {
    start_node --vms 2 --plain
    unset RANGE42_PROXMOX_API_TLS
    local tool input='{"vm_id":100,"vm_snapshot_name":"s1"}'
    for tool in "$build"/tools/{proxmox_*,range42-*,devkit.*}; do
        [ -f "$tool" ] && [ -x "$tool" ] || continue
        [[ " $scenario_tools " != *" ${tool##*/} "* ]] || continue
        traced "$tool" <<<"$input" >>printed 2>&1 || true
        assert_starts_only ''
    done
    [ -s printed ] && [ -s .config/range42/known_proxmox ]
}

@test "a tool for guests starts ssh alone, and hands it no secret" {
    needs_guest
    make_guest '198.18.*'
    guest_can_install
    guest_behaves docker 'echo 27.3.1'
    guest_behaves tailscale '[ "$1" != ip ] || echo 100.64.0.7'
    start_node --vms 2 --plain --running
    proxmox_vm.set_config --set agent=1 <<<100 >/dev/null
    start_guest
    echo "$installation_secret" | tee password >key
    local record call tool
    record=$(traced guest.wait_ip <<<100)
    assert_starts_only ''
    while read -r tool call; do
        eval "traced $tool $call" <<<"$record" >printed 2>errors || fail "$tool: $(<errors)"
        assert_starts_only ssh
        echo "$tool"
    done >tried <<'END'
guest.wait_ssh
guest.wait_cloudinit
guest.run -- id
guest.upload password /tmp/there
alpine.install --password-file password
docker.install
tailscale.install --auth-key-file key
END
    for call in "guest.run --agent -- id" "guest.upload --agent trace.old /tmp/there"; do
        cp trace trace.old
        eval "traced $call" <<<100 >printed 2>errors || fail "$call: $(<errors)"
        assert_starts_only ''
    done
    assert_equal "$(ls run)" ''
    assert_equal "$({ echo guest.wait_ip && cat tried; } | sort | xargs)" "$(xargs <<<"$guest_tools")"
}

@test "a tool for scenarios starts the Python of its program alone" {
    start_node --vms 2 --plain
    cp -r "$root/bats/scenarios/manifest_only" scenario
    traced range42.plan --manifest --offline scenario >printed 2>&1 || true
    assert_starts_only python3
    traced range42-deploy --manifest --dry-run scenario >printed 2>&1 || true
    assert_starts_only python3
}

@test "no tool is left out" {
    local tool tools=()
    for tool in "$build"/tools/*; do
        tool=${tool##*/}
        [ -f "$build/tools/$tool" ] && [ -x "$build/tools/$tool" ] || continue
        case $tool in
            proxmox_* | range42-* | range42.* | devkit.* | skeleton) ;;
            *) tools+=("$tool") ;;
        esac
    done
    assert_equal "${tools[*]}" "$(xargs <<<"$guest_tools")"
}
