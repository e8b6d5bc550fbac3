# What every bats file starts from: a stand-in node of its own, that node's log, and assertions.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

bats_require_minimum_version 1.5.0

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${BUILD_DIR:-$root/build}
# shellcheck source=bats/canary.bash
source "$root/bats/canary.bash"
readonly node_start_limit_s=20 await_limit_s=30
node_pid=

# A test sees no workspace, proxy or locale but those it makes itself; only ./dev's cache stays.
for variable in "${!RANGE42_@}"; do
    [ "$variable" = RANGE42_FASTPATH_CACHE ] || unset "$variable"
done
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
export LC_ALL=C.UTF-8 PATH=$build/tools:$PATH
readonly users_home=$HOME

# Starts a node with its own workspace and sources that; the arguments are the node's.
start_node() {
    local place=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR} deadline=$((SECONDS + node_start_limit_s))
    workspace=$place/workspace
    node_log=$place/requests.jsons
    mkdir -p "$workspace"
    : | tee "$node_log" >"$place/node.out"
    "$build/tests/node/range42-demo-node" --port 0 --workspace "$workspace" --log "$node_log" \
        --secret-file "$canary_file" --exit-with-parent "$@" \
        >"$place/node.out" 2>"$place/node.err" 3>&- &
    node_pid=$!
    until grep -q '^listening on ' "$place/node.out"; do
        if ! kill -0 "$node_pid" 2>/dev/null || [ "$SECONDS" -ge "$deadline" ]; then
            cat "$place/node.out" "$place/node.err" >&2
            fail "the node did not start within $node_start_limit_s s"
        fi
        sleep 0.02
    done
    # shellcheck disable=SC2034 # the tests read it
    node_port=$(sed -n 's/^listening on .*:\([0-9]*\).*/\1/p' "$place/node.out")
    # What the tools keep of a node that is gone tomorrow is nothing for the user's home.
    [ "$HOME" != "$users_home" ] || export XDG_CONFIG_HOME=$place/config XDG_STATE_HOME=$place/state
    # shellcheck source=/dev/null
    source "$workspace/env.sh"
}

# Also looks for the token in all that the test has printed and left behind.
stop_node() {
    [ -n "$node_pid" ] || return 0
    kill "$node_pid" 2>/dev/null || true
    wait "$node_pid" 2>/dev/null || true
    node_pid=
    local place=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR} found
    printf '%s\n' "${output-}" "${stderr-}" >"$place/last-output"
    found=$(find_canary "$place")
    [ -z "$found" ] || fail "the token is in $found"
}

# A bats file that needs more defines its own teardown and calls stop_node in it.
teardown() { stop_node; }

# The log's requests with method $1 whose path matches $2, one JSON object a line.
requests() {
    jq -c --arg method "$1" --arg path "$2" \
        'select(.method == $method and (.path | test($path)))' "$node_log"
}

count_requests() { requests "$@" | wc -l; }

# Runs a shell command line as `run` does, with $stderr apart from $output.
run_line() { run --separate-stderr env --default-signal=PIPE bash -c "$1"; }

# Until $1, a shell condition, holds; it is looked at often and for long.
await() {
    local deadline=$((SECONDS + await_limit_s))
    until eval "$1"; do
        [ "$SECONDS" -lt "$deadline" ] || fail "never came: $1"
        sleep 0.05
    done
}

# What the node itself says of $1, past our tools; it has to know the token: "${own_token[@]}".
# shellcheck disable=SC2034 # the tests use it
own_token=(--token 'range42@pam!bats=bats-secret')
curl_api() {
    curl -sk -H 'Authorization: PVEAPIToken=range42@pam!bats=bats-secret' "${@:2}" \
        "https://127.0.0.1:$node_port/api2/json$1"
}

# Skips where no terminal can be opened, as in a chroot without /dev/pts.
needs_terminal() {
    script -qec true /dev/null </dev/null >/dev/null 2>&1 || skip 'no terminal can be opened here'
}

fail() {
    printf '%s\n' "$*" >&2
    return 1
}

# shellcheck disable=SC2154 # status, output and stderr are set by `run`
assert_status() {
    [ "$status" -eq "$1" ] && return
    fail "exit status $status instead of $1
stdout: $output
stderr: $stderr"
}

assert_equal() {
    [ "$1" = "$2" ] && return
    fail "is:        $1
should be: $2"
}

assert_contains() {
    [[ $1 == *"$2"* ]] && return
    fail "lacks: $2
in:    $1"
}

refute_contains() {
    [[ $1 != *"$2"* ]] && return
    fail "holds: $2
in:    $1"
}

assert_matches() {
    [[ $1 =~ $2 ]] && return
    fail "does not match: $2
in:             $1"
}
