#!/usr/bin/env bats
# Whether the comparison with the baseline finds what got worse, and only that.
# SPDX-License-Identifier: GPL-3.0-or-later

# $1: rows as a Python dict, compared with the baseline's row "requests": 100, libraries the same.
compare() {
    cd "$BATS_TEST_DIRNAME/../../bench" || return
    BASELINE=$BATS_TEST_TMPDIR/baseline.json ROWS=$1 KNOWN=${2:-same} run /usr/bin/python3 -B -c '
import json, os, sys
import check
check.BASELINE = os.environ["BASELINE"]
known = check.versions_of_libraries() if os.environ["KNOWN"] == "same" else {"libssl3": "another"}
with open(check.BASELINE, "w") as file:
    json.dump({"libraries": known, "rows": {"requests": 100}}, file)
rows = {name: tuple(row) for name, row in json.loads(os.environ["ROWS"]).items()}
sys.exit(0 if check.compare(rows) else 1)'
}

@test "three percent more is let pass" {
    compare '{"requests": [103, "ours"]}'
    [ "$status" -eq 0 ]
}

@test "more than three percent more fails and is named" {
    compare '{"requests": [104, "ours"]}'
    [ "$status" -eq 1 ]
    [[ $output == *'not ok 1 requests: 104, baseline 100'* ]]
}

@test "less is no regression" {
    compare '{"requests": [1, "ours"]}'
    [ "$status" -eq 0 ]
}

@test "a row that is gone, or that no baseline knows, fails" {
    compare '{}'
    [ "$status" -eq 1 ]
    compare '{"requests": [100, "ours"], "handshakes": [1, "ours"]}'
    [ "$status" -eq 1 ]
}

@test "other libraries excuse what they decide and nothing else" {
    compare '{"requests": [110, "libraries"]}' other
    [ "$status" -eq 0 ]
    compare '{"requests": [110, "ours"]}' other
    [ "$status" -eq 1 ]
}
