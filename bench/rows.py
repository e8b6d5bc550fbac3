"""The rows that do not depend on the clock: instructions, system calls, requests, bytes, memory."""
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import re
import subprocess
import tempfile

from stage import BUILD, Measured, Node

# What a version of OpenSSL, glibc or valgrind decides along with us.
LIBRARIES = "libraries"
# What we alone decide.
OURS = "ours"
# The compression, and what of it the processor at hand decides.
KEY_DERIVATION = r"(?:SHA256_Transform|sha256_block_data_order\w*)"


def traffic(stderr):
    found = re.search(r"requests (\d+), handshakes (\d+), bytes sent (\d+), bytes received (\d+)",
                      stderr)
    if not found:
        raise SystemExit("bench: --timings says nothing of the traffic: " + stderr)
    return dict(zip(("requests", "handshakes", "bytes_sent", "bytes_received"),
                    map(int, found.groups())))


def instructions(tool, node):
    """All user instructions of one run, and those outside the vault's key derivation.

    Of the tool as it was built: the installed library has lost the names of its functions.
    """
    tool = os.path.join(BUILD, "tools", os.path.basename(tool))
    with tempfile.TemporaryDirectory() as place:
        path = os.path.join(place, "callgrind")
        Measured(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + path, tool],
                 node.environment)
        with open(path) as profile:
            total = int(re.search(r"^(?:summary|totals): (\d+)", profile.read(), re.M).group(1))
        listing = subprocess.run(["callgrind_annotate", "--auto=no", "--threshold=99.9", path],
                                 check=True, capture_output=True, text=True).stdout
    derivation = re.findall(rf"^ *([\d,]+) .*:{KEY_DERIVATION}(?!\w)", listing, re.M)
    if not derivation:
        raise SystemExit(f"bench: callgrind saw no {KEY_DERIVATION}")
    return total, total - sum(int(count.replace(",", "")) for count in derivation)


def system_calls(tool, node):
    """The least of nine runs: how often a socket is asked again depends on its timing."""
    return min(system_calls_once(tool, node) for _ in range(9))


def system_calls_once(tool, node):
    with tempfile.NamedTemporaryFile("r") as trace:
        Measured(["strace", "-f", "-o", trace.name, tool], node.environment)
        calls = re.findall(r"^\d+ +(\w+)\(", trace.read(), re.M)
    return len(calls), sum(call == "mmap" for call in calls)


def peak_rss_kb(tool, node, runs):
    """Through GNU time: a child of this interpreter would count the interpreter's own memory."""
    return min(int(Measured(["time", "-f", "%M", "-q", tool], node.environment)
                   .stderr.splitlines()[-1]) for _ in range(runs))


def list_rows(tools):
    tool = os.path.join(tools, "proxmox_vm.list")
    with Node("--vms", 30) as node:
        # The first run meets cold files; it is not counted.
        Measured([tool], node.environment)
        rows = {"list/30/" + name: (count, OURS) for name, count
                in traffic(Measured([tool, "--timings"], node.environment).stderr).items()}
        total, rest = instructions(tool, node)
        rows["list/30/instructions"] = (total, LIBRARIES)
        rows["list/30/instructions_without_key_derivation"] = (rest, LIBRARIES)
        calls, mmaps = system_calls(tool, node)
        rows["list/30/system_calls"] = (calls, LIBRARIES)
        rows["list/30/mmaps"] = (mmaps, LIBRARIES)
        rows["list/30/peak_rss_kb"] = (peak_rss_kb(tool, node, 5), LIBRARIES)
    with Node("--vms", 20000) as node:
        rows["list/20000/peak_rss_kb"] = (peak_rss_kb(tool, node, 3), LIBRARIES)
    return rows


def batch_rows(tools):
    """One by one and with tasks that end at once, so that no clock decides how often is asked."""
    tool = os.path.join(tools, "proxmox_vm.start")
    rows = {}
    for count in (1, 10, 100):
        with Node("--vms", count, "--task-ms", 0) as node:
            ids = "".join(f"{100 + at}\n" for at in range(count))
            run = Measured([tool, "--jobs", "1", "--timings"], node.environment, ids)
            if len(run.stdout.splitlines()) != count:
                raise SystemExit(f"bench: {count} starts gave other output: {run.stderr}")
            for name, value in traffic(run.stderr).items():
                rows[f"start/{count}/{name}"] = (value, OURS)
    return rows


def deterministic_rows(tools):
    return list_rows(tools) | batch_rows(tools)
