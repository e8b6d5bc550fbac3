# A stand-in node for each test, and curl to ask it.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

setup() {
    node_program=${RANGE42_DEMO_NODE:-$BATS_TEST_DIRNAME/../../build/tests/node/range42-demo-node}
    # shellcheck disable=SC2034 # the tests read it
    workspace=$BATS_TEST_TMPDIR/workspace
    log=$BATS_TEST_TMPDIR/requests.jsons
    token='range42@pam!devkit=bats-secret'
}

teardown() {
    if [ -n "${node_pid:-}" ]; then
        kill "$node_pid" 2>/dev/null || true
        wait "$node_pid" 2>/dev/null || true
    fi
}

start_node() {
    # Looked into before the node's own shell may have made it.
    : >"$BATS_TEST_TMPDIR/out"
    "$node_program" --exit-with-parent --log "$log" --token "$token" "$@" \
        >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
    node_pid=$!
    for _ in $(seq 500); do
        address=$(sed -n '1s/^listening on //p' "$BATS_TEST_TMPDIR/out")
        [ -n "$address" ] && return 0
        kill -0 "$node_pid" 2>/dev/null || break
        sleep 0.02
    done
    cat "$BATS_TEST_TMPDIR/err"
    return 1
}

# api METHOD PATH [CURL ARGUMENTS...]: the body of the answer.
api() {
    local method=$1 path=$2
    shift 2
    curl -sk -X "$method" -H "Authorization: PVEAPIToken=$token" "$@" \
        "https://$address/api2/json$path"
}

# status METHOD PATH [CURL ARGUMENTS...]: the status code and the reason phrase.
status() {
    local method=$1 path=$2
    shift 2
    api "$method" "$path" -D - -o /dev/null "$@" | sed -n '1s/^HTTP.1.1 //p' | tr -d '\r'
}

wait_for_tasks() {
    for _ in $(seq 500); do
        [ "$(api GET "/nodes/${1:-px-testing}/tasks?source=active")" = '{"data":[]}' ] && return 0
        sleep 0.02
    done
    return 1
}
