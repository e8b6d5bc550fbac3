"""The timed rows: ours and the peers in turns, medians, ratios, and the goals they are held to."""
# SPDX-License-Identifier: GPL-3.0-or-later
import math
import os
import shutil
import statistics
import subprocess

import rows as counts
import web
from stage import Measured, Node

BASH_PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peer_bash")
POLLING = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peer_poll")
PROXMOXER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peer_proxmoxer.py")
PLAYBOOK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peer_playbook.yml")
# A slow peer is not asked as often: its median does not need it.
SLOW_PEER_ROUNDS = 3


class Row(dict):
    """One measurement: what, how much, and the goal it has, if any."""

    def __init__(self, name, value, unit, goal=None):
        super().__init__(name=name, value=value, unit=unit)
        if goal is not None:
            self["goal"] = goal
            self["met"] = value <= goal


def interleaved(commands, environment, rounds):
    """Seconds by name, A B A B: what slows the machine slows all of them."""
    times = {name: [] for name in commands}
    for turn in range(rounds + 1):
        for name, (command, is_slow) in commands.items():
            if is_slow and turn > SLOW_PEER_ROUNDS:
                continue
            seconds = Measured(command, environment).seconds
            if turn > 0:  # the first meets cold files
                times[name].append(seconds)
    return {name: statistics.median(samples) for name, samples in times.items()}


def peers(node, tools):
    settings = node.settings()
    header = ("Authorization: PVEAPIToken={proxmox_api_user}!{proxmox_api_token_id}="
              "{proxmox_api_token_secret}").format(**settings)
    path = f"/nodes/{settings['proxmox_node']}/qemu"
    url = f"https://{settings['proxmox_api_host']}/api2/json{path}"
    node.environment |= {"BENCH_URL": url, "BENCH_HEADER": header, "BENCH_VAULT": node.vault(),
                         "ANSIBLE_LOCALHOST_WARNING": "False"}
    curl = ["curl", "-sk", "-H", header, url]
    filtered = 'curl -sk -H "$BENCH_HEADER" "$BENCH_URL" | jq -c ".data | sort_by(.vmid)[]"'
    commands = {"ours": ([os.path.join(tools, "proxmox_vm.list")], False), "curl": (curl, False)}
    if shutil.which("jq"):
        commands["curl | jq"] = (["bash", "-c", filtered], False)
    if subprocess.run(["/usr/bin/python3", "-c", "import proxmoxer"],
                      capture_output=True).returncode == 0:
        commands["proxmoxer"] = (["/usr/bin/python3", PROXMOXER], False)
    if shutil.which("yq"):
        commands["bash fast path"] = ([BASH_PATH], True)
        commands["bash, without its probe"] = ([BASH_PATH, "alone"], True)
    if shutil.which("ansible-playbook"):
        commands["ansible-playbook"] = (["ansible-playbook", "-i", "localhost,", PLAYBOOK], True)
    return commands


def list_rows(tools, rounds):
    with Node("--vms", 30) as node:
        medians = interleaved(peers(node, tools), node.environment, rounds)
    rows = [Row(f"list 30: {name}", 1e3 * seconds, "ms") for name, seconds in medians.items()]
    rows.append(Row("list 30: ours / curl", medians["ours"] / medians["curl"], "ratio", 0.75))
    if "bash fast path" in medians:
        rows.append(Row("list 30: ours / bash fast path",
                        medians["ours"] / medians["bash fast path"], "ratio", 0.01))
    rows += beside_curl("list 20000", Node("--vms", 20000), tools, max(3, rounds // 3), 1.35)
    if web.is_here():
        rows += beside_curl("nginx, list 30", web.StaticNode("--vms", 30), tools, rounds, 0.75)
        rows += beside_curl("nginx, list 20000", web.StaticNode("--vms", 20000), tools, rounds,
                            1.35)
    return rows


def beside_curl(name, server, tools, rounds, goal):
    with server as node:
        commands = {peer: command for peer, command in peers(node, tools).items()
                    if peer in ("ours", "curl")}
        medians = interleaved(commands, node.environment, rounds)
    rows = [Row(f"{name}: {peer}", 1e3 * seconds, "ms") for peer, seconds in medians.items()]
    return rows + [Row(f"{name}: ours / curl", medians["ours"] / medians["curl"], "ratio", goal)]


def input_rows(tools):
    """Lines that end at once: what reading them costs, whatever the node does."""
    start = os.path.join(tools, "proxmox_vm.start")
    points, memory = [], []
    for count in (1_000, 10_000, 100_000, 1_000_000):
        with Node("--vms", 1) as node:
            run = Measured(["time", "-f", "%M", "-q", start, "--dry-run"], node.environment,
                           "".join(f"{100 + at}\n" for at in range(count)))
        if run.stdout.count("\n") < count:
            raise SystemExit(f"bench: {count} lines gave {run.stdout.count(chr(10))}")
        points.append((count, run.seconds))
        memory.append((count, int(run.stderr.splitlines()[-1])))
    return ([Row(f"{count} lines, --dry-run", 1e3 * seconds, "ms") for count, seconds in points]
            + [Row(f"{count} lines, peak memory", kb, "kB") for count, kb in memory]
            + [Row("10^4..10^6 lines: exponent", exponent(points[1:]), "exponent", 1.05),
               Row("10^3..10^6 lines: exponent of memory", exponent(memory), "exponent", 0.05)])


def growth_rows(tools, rounds):
    tool = [os.path.join(tools, "proxmox_vm.list")]
    points = []
    for count in (10, 100, 1000, 10000):
        with Node("--vms", count) as node:
            median = interleaved({"ours": (tool, False)}, node.environment, rounds)["ours"]
        points.append((count, median))
    rows = [Row(f"list {count}", 1e3 * seconds, "ms") for count, seconds in points]
    rows.append(Row("list 10..10000: exponent", exponent(points), "exponent", 1.05))
    # The fixed cost hides the slope of the small ones: this is the slope of the large ones alone.
    rows.append(Row("list 1000..10000: exponent", exponent(points[-2:]), "exponent", 1.05))
    return rows


def exponent(points):
    """The slope of the least-squares line through the logarithms."""
    logs = [(math.log(count), math.log(seconds)) for count, seconds in points]
    mean_x = statistics.fmean(x for x, _ in logs)
    mean_y = statistics.fmean(y for _, y in logs)
    return (sum((x - mean_x) * (y - mean_y) for x, y in logs)
            / sum((x - mean_x) ** 2 for x, _ in logs))


def ids(count):
    return "".join(f"{100 + at}\n" for at in range(count))


def batch_seconds(command, environment_of, count, task_ms, rounds, stdin=None):
    samples = []
    for _ in range(rounds):
        with Node("--vms", count, "--task-ms", task_ms) as node:
            samples.append(Measured(command, node.environment | environment_of,
                                    ids(count) if stdin is None else stdin).seconds)
    return statistics.median(samples)


def batch_rows(tools, rounds):
    start = os.path.join(tools, "proxmox_vm.start")
    path = {"PATH": tools + ":/usr/bin:/bin"}
    pipe = "set -o pipefail; proxmox_vm.list | proxmox_vm.{}"
    rows = [Row("start 1, task 50 ms", 1e3 * batch_seconds([start], {}, 1, 50, 2 * rounds), "ms",
                70),
            Row("start 100, --jobs 8",
                1e3 * batch_seconds([start, "--jobs", "8"], {}, 100, 50, rounds), "ms", 1000),
            Row("start 100, --jobs 1",
                1e3 * batch_seconds([start, "--jobs", "1"], {}, 100, 50, 1), "ms", 6000),
            Row("list | start, 50 VMs, --jobs 8",
                1e3 * batch_seconds(["bash", "-c", pipe.format("start --jobs 8")], path, 50, 50,
                                    rounds, ""), "ms", 500)]
    points = []
    for count in (1, 10, 100, 1000):
        seconds = batch_seconds([start, "--jobs", "8"], {}, count, 0, 1)
        points.append((count, seconds))
        rows.append(Row(f"start {count}, tasks of 0 ms, --jobs 8", 1e3 * seconds, "ms"))
    rows.append(Row("start 10..1000: exponent", exponent(points[1:]), "exponent", 1.05))
    rows += traffic_rows(start)
    for task_ms in (20, 50, 200, 1000):
        seconds = batch_seconds([start], {}, 1, task_ms, rounds)
        rows.append(Row(f"task {task_ms} ms: start", 1e3 * seconds, "ms"))
        with Node("--vms", 1, "--task-ms", task_ms) as node:
            peers(node, tools)
            seconds = Measured([POLLING], node.environment).seconds
        rows.append(Row(f"task {task_ms} ms: bash, sleep 1", 1e3 * seconds, "ms"))
    return rows


def traffic_rows(start):
    """What a clock decides along: eight tasks at a time share connections and polls."""
    rows = []
    for count in (1, 10, 100):
        with Node("--vms", count, "--task-ms", 50) as node:
            run = Measured([start, "--jobs", "8", "--timings"], node.environment, ids(count))
        for what, number in counts.traffic(run.stderr).items():
            rows.append(Row(f"start {count}, --jobs 8: {what.replace('_', ' ')}", number, "count"))
    return rows


def timed_rows(tools, rounds):
    return list_rows(tools, rounds) + input_rows(tools) + \
        growth_rows(tools, max(3, rounds // 3)) + \
        batch_rows(tools, max(3, rounds // 3))
