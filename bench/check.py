"""Compares the deterministic rows with the committed ones and says, as TAP, which got worse."""
# SPDX-License-Identifier: GPL-3.0-or-later
import json
import os
import subprocess
import sys

from rows import LIBRARIES

BASELINE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "baseline.json")
TOLERANCE = 0.03
# Memory depends on where the kernel puts things; another OpenSSL or glibc has other counts.
MEMORY_TOLERANCE = 0.06
OTHER_LIBRARIES_TOLERANCE = 0.25
DECIDING_PACKAGES = ("libc6", "libssl3", "valgrind", "libcurl4-openssl-dev")


def versions_of_libraries():
    asked = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Version}\n",
                            *DECIDING_PACKAGES], capture_output=True, text=True).stdout
    versions = dict(line.split(" ", 1) for line in asked.splitlines())
    with open("/proc/cpuinfo") as processor:
        versions["avx2"] = "yes" if " avx2 " in processor.read() else "no"
    return versions


def write_baseline(rows):
    with open(BASELINE, "w") as file:
        json.dump({"libraries": versions_of_libraries(),
                   "rows": {name: value for name, (value, _) in sorted(rows.items())}},
                  file, indent=2)
        file.write("\n")


def tolerance_of(name, kind, same_libraries):
    if kind == LIBRARIES and not same_libraries:
        return OTHER_LIBRARIES_TOLERANCE
    return MEMORY_TOLERANCE if name.endswith("rss_kb") else TOLERANCE


def compare(rows):
    """True when no row is worse than its baseline by more than its tolerance."""
    with open(BASELINE) as file:
        baseline = json.load(file)
    same_libraries = baseline["libraries"] == versions_of_libraries()
    names = sorted(set(rows) | set(baseline["rows"]))
    print(f"1..{len(names)}")
    if not same_libraries:
        print("# other libraries than the baseline's: wide tolerance for what they decide")
    failures = 0
    for number, name in enumerate(names, 1):
        was = baseline["rows"].get(name)
        value, kind = rows.get(name, (None, None))
        good = was is not None and value is not None
        words = f"{name}: {value}, baseline {was}"
        if good:
            allowed = tolerance_of(name, kind, same_libraries)
            good = value <= was * (1 + allowed)
            words += f" ({(value - was) / max(was, 1):+.1%}, allowed +{allowed:.0%})"
        failures += not good
        print(f"{'ok' if good else 'not ok'} {number} {words}")
    sys.stdout.flush()
    return failures == 0
