"""The factory's pipe, stage by stage: a stand-in node for the machines, a real sshd for the guest."""
# SPDX-License-Identifier: GPL-3.0-or-later
import contextlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

from stage import Measured, Node, ROOT, START_LIMIT_S

STAGE = os.path.join(ROOT, "tests", "guest", "stage")
# As people type it; --carry keeps the times of the stages whose tools would leave them out.
PIPE = """set -o pipefail
proxmox_vm.create | proxmox_vm.start --carry | guest.wait_ip | guest.wait_ssh |
    alpine.install | proxmox_vm.set_boot_order --order scsi0,net0 |
    proxmox_vm.stop_force --carry | proxmox_vm.start --carry | guest.wait_ip | guest.wait_ssh |
    docker.install"""
STAGES = ["vm_create", "vm_start", "guest_wait_ip", "guest_wait_ssh", "alpine_install",
          "vm_set_boot_order", "vm_stop_force", "vm_start_2", "guest_wait_ip_2",
          "guest_wait_ssh_2", "docker_install"]
WHOLE = "the whole pipe"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def guest(place):
    """A guest on loopback; gives the variables by which ssh finds it under every VM's address."""
    if subprocess.run([STAGE, "possible"]).returncode != 0:
        raise SystemExit("bench: no sshd, or no namespaces for one, to be had here")
    for verb in ("make", "alpine"):
        subprocess.run([STAGE, verb, place], check=True)
    with open(os.path.join(place, "root", "guest", "behaviour", "docker"), "w") as file:
        file.write("echo 27.3.1\n")
    port = free_port()
    config = os.path.join(place, "ssh_config")
    with open(config, "w") as file:
        subprocess.run([STAGE, "config", place, str(port), "198.18.*"], check=True, stdout=file)
    log = os.path.join(place, "root", "guest", "sshd.log")
    with open(os.path.join(place, "stage.out"), "w") as out:
        process = subprocess.Popen([STAGE, "run", place, str(port)], stdout=out,
                                   stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + START_LIMIT_S
        while not (os.path.exists(log) and "Server listening" in open(log).read()):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("bench: the guest's sshd did not start")
            time.sleep(0.02)
        private = os.path.join(place, "run")
        os.mkdir(private, 0o700)
        yield {"RANGE42_SSH_CONFIG": config, "HOME": place, "XDG_RUNTIME_DIR": private,
               "XDG_CONFIG_HOME": place, "XDG_STATE_HOME": place}
    finally:
        process.kill()  # everything in its namespace goes with it
        process.wait()


def run_once(tools, node, variables, number):
    line = json.dumps({"vm_name": f"bench-{number}"}) + "\n"
    environment = node.environment | variables
    environment["PATH"] = tools + ":" + environment["PATH"]
    measured = Measured(["bash", "-c", PIPE], environment, line)
    record = json.loads(measured.stdout)
    timings = record["timings"]
    if sorted(timings) != sorted(STAGES) or record["docker_version"] != "27.3.1":
        raise SystemExit(f"bench: not the record of the whole pipe: {measured.stdout}")
    return timings | {WHOLE: measured.seconds}


def rows_of(samples):
    rows = []
    for stage in STAGES + [WHOLE]:
        seconds = [sample[stage] for sample in samples]
        rows.append({"name": f"factory: {stage}", "value": statistics.median(seconds),
                     "min": min(seconds), "max": max(seconds), "unit": "s", "runs": len(seconds)})
    return rows


def print_table(rows):
    print(f"{'stage':<28} {'median s':>9} {'min s':>9} {'max s':>9}")
    for row in rows:
        print(f"{row['name']:<28} {row['value']:>9.3f} {row['min']:>9.3f} {row['max']:>9.3f}")


def measure(tools, runs, results):
    place = tempfile.mkdtemp(prefix="range42-factory-")
    try:
        with Node("--vms", 1) as node, guest(place) as variables:
            samples = [run_once(tools, node, variables, number) for number in range(runs)]
    finally:
        shutil.rmtree(place)
    rows = rows_of(samples)
    print_table(rows)
    os.makedirs(results, exist_ok=True)
    path = os.path.join(results, "factory.jsonl")
    with open(path, "w") as file:
        for row in rows:
            file.write(json.dumps(row) + "\n")
    print(f"written: {os.path.relpath(path, ROOT)}, of {runs} runs on the stand-in node")
