#!/bin/sh
# Runs a step's script in a guest and its cleanup on every way out, a lost connection among them.
# SPDX-License-Identifier: GPL-3.0-or-later
# guard.sh SCRIPT CLEANUP LINES [ARGUMENT]...   stdin: so many lines for the script, then silence;
# its end means stop. The script sees the arguments and the lines, never our stdin.
# shellcheck disable=SC2317 # the traps call them
script=$1 cleanup=$2 count=$3
shift 3
body='' watcher=''

clean() {
    [ -n "$cleanup" ] || return 0
    sh -c "$cleanup" cleanup "$@" >&2 && return 0
    echo 'the cleanup failed' >&2
    return 1
}

# The watcher is a child like any other: it must not outlive us, nor be waited for. It is killed
# and not asked: a child that was forked just now has our traps still, and a request is lost there.
leave() {
    status=$1
    shift
    trap '' HUP INT TERM PIPE
    trap - EXIT
    clean "$@" || [ "$status" -ne 0 ] || status=70
    # ssh says 255 where it has lost us.
    [ "$status" -ne 255 ] || echo 'range42: ended with 255' >&2
    exec 2>/dev/null # bash tells of a child that was killed
    [ -z "$watcher" ] || kill -KILL "$watcher"
    exit "$status"
}

# All of the script's processes are one group, or one process that is about to lead it. There is no
# spelling with "--" that dash and busybox both take.
signal_body() {
    [ -n "$body" ] || return 1
    kill "-$1" "-$body" 2>/dev/null || kill "-$1" "$body" 2>/dev/null
}

# First they are asked, then they are ended.
stop() {
    trap '' HUP INT TERM PIPE
    tries=0
    while [ "$tries" -lt 5 ] && signal_body TERM; do
        sleep 1
        tries=$((tries + 1))
    done
    signal_body KILL
    leave 143 "$@"
}

trap 'leave $? "$@"' EXIT
trap 'stop "$@"' HUP INT TERM PIPE

lines='' newline='
'
while [ "$count" -gt 0 ]; do
    IFS= read -r line || exit 74
    lines=$lines$line$newline
    count=$((count - 1))
done
exec 3<&0 </dev/null
printf '%s' "$lines" | setsid sh -c "$script" step "$@" 3<&- &
body=$!
lines='' line=''
{
    while read -r line; do :; done
    kill -TERM $$
} <&3 >/dev/null 2>&1 &
watcher=$!
exec 3<&-
wait "$body"
exit $?
