# A guest of the test's own: a real sshd whose machine records what it is told to do.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # tests read what is set here; root comes from helper

readonly guest_start_limit_s=20
guest_pid=

needs_guest() {
    "$root/tests/guest/stage" possible ||
        skip 'no sshd, or no namespaces for one, to be had here (openssh-server, unshare)'
}

# Lays the guest out, for ssh under the name $1 (127.0.0.1); start_guest lets its sshd run. Tests
# may put things into $guest in between.
make_guest() {
    guest_place=$BATS_TEST_TMPDIR/guest
    guest=$guest_place/root
    "$root/tests/guest/stage" make "$guest_place"
    guest_port=$(free_port)
    export RANGE42_SSH_CONFIG=$guest_place/ssh_config XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config
    export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/run
    mkdir -p "$XDG_RUNTIME_DIR" && chmod 700 "$XDG_RUNTIME_DIR"
    "$root/tests/guest/stage" config "$guest_place" "$guest_port" "${1:-}" >"$RANGE42_SSH_CONFIG"
}

# Nobody else takes a port in the moment between this and its use, or the test's start fails aloud.
free_port() {
    python3 -c 'import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])'
}

start_guest() {
    local deadline=$((SECONDS + guest_start_limit_s))
    "$root/tests/guest/stage" run "$guest_place" "$guest_port" \
        >"$guest_place/stage.out" 2>&1 3>&- &
    guest_pid=$!
    until grep -qs 'Server listening' "$guest/guest/sshd.log"; do
        if ! kill -0 "$guest_pid" 2>/dev/null || [ "$SECONDS" -ge "$deadline" ]; then
            cat "$guest_place/stage.out" "$guest/guest/sshd.log" >&2
            fail "the guest's sshd did not start within $guest_start_limit_s s"
        fi
        sleep 0.02
    done
}

# Everything in the guest dies with the first process of its namespace.
stop_guest() {
    [ -n "$guest_pid" ] || return 0
    pkill -KILL -P "$guest_pid" 2>/dev/null || true
    wait "$guest_pid" 2>/dev/null || true
    guest_pid=
}

# The guest is there while the node says that its machine runs; what starts for the second time
# starts from its disk, with the keys that were made on that.
follow_node() {
    (
        exec 3>&-
        trap 'stop_guest; exit 0' TERM
        done_so_far=0
        while sleep 0.05; do
            mapfile -t -s "$done_so_far" calls \
                < <(grep -oE '"POST","path":"[^"]*/status/(start|stop)"' "$node_log")
            for call in "${calls[@]}"; do
                done_so_far=$((done_so_far + 1))
                case $call in
                    */stop\") stop_guest && boot_from_disk ;;
                    *) start_guest ;;
                esac
            done
        done
    ) &
    follower_pid=$!
}

boot_from_disk() {
    cp "$guest"/mnt/etc/ssh/ssh_host_* "$guest/etc/ssh/"
    : >"$guest/guest/sshd.log"
}

stop_machine() {
    if [ -n "${follower_pid:-}" ]; then
        kill -TERM "$follower_pid" 2>/dev/null || true
        wait "$follower_pid" 2>/dev/null || true
    fi
    stop_guest
}

# Ends what serves this guest's connections, and neither its listener nor another guest's.
cut_connections() {
    local listener
    listener=$(pgrep -P "$guest_pid")
    pkill -KILL -P "$listener" -f '^sshd: root@notty'
}

# What the guest's command $1 does from now on, besides being recorded: shell text.
guest_behaves() { printf '%s\n' "$2" >"$guest/guest/behaviour/$1"; }

# The guest's commands so far, one a line.
guest_commands() { cat "$guest/guest/commands.log"; }

guest_can_install() {
    "$root/tests/guest/stage" alpine "$guest_place" || skip 'no device node can be made here'
}

# A block device by name; which one it is does not matter, since nobody opens it.
add_disk() { mknod "$guest/dev/$1" b 7 250 2>/dev/null || skip 'no device node can be made here'; }

# Nothing of a step is left in the guest: no mount, no file, no process that ran in it.
guest_is_tidy() {
    [ ! -s "$guest/guest/mounts" ] && [ -z "$(find "$guest/tmp" -name 'range42-*')" ] &&
        ! pgrep -f "$guest_nap" >/dev/null
}

# How long a command hangs that a test lets hang; no other test has this number.
guest_nap="sleep 9$BASHPID.5"

# The command $1 hangs from now on when it is called for the time $2 (the first), and says so.
guest_hangs_in() {
    local count=$guest/guest/count
    rm -f "$count" "$guest/guest/reached"
    guest_behaves "$1" "${3:-}
echo >>/guest/count
[ \"\$(wc -l </guest/count)\" -ne ${2:-1} ] || { touch /guest/reached; $guest_nap; }"
}
