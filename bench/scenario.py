"""A scenario of many machines: our pipe beside one machine after the other, on one scaled clock."""
# SPDX-License-Identifier: GPL-3.0-or-later
# Longer than usual: the model of a deployment and both ways through it are to be compared.
import contextlib
import json
import os
import shutil
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.parse
import urllib.request

from factory import STAGE, free_port
from stage import RUN_LIMIT_S, START_LIMIT_S, Node

# What is assumed of a node and its guests, in seconds.
FULL_CLONE_S, LINKED_CLONE_S, START_S, BOOT_S, CLOUD_INIT_S = 15, 1, 2, 25, 10
# What upstream's playbooks take besides: a role run (four for each machine), the pause after a
# clone, what plays take to begin, the pause between two tries of ssh, the first look at cloud-init.
ROLE_RUN_S, CLONE_PAUSE_S, PLAYS_S, SSH_PAUSE_S, CLOUD_INIT_LOOK_S = 3, 20, 0.8, 5, 10
TEMPLATE, FIRST = 9000, 4000
GOALS = {"full clones": 7.5, "linked clones": 30}
SECOND_RUN_GOAL_S, PROCESSOR_GOAL_S = 2, 1
STEPS = ("range42.plan", "proxmox_vm.clone", "proxmox_vm.configure", "proxmox_vm.start",
         "guest.wait_ssh", "guest.wait_cloudinit")
# As many as wait: a clone's turn comes with its storage, and the others cost nothing meanwhile.
OPTIONS = {"proxmox_vm.clone": ["--jobs", "32"], "proxmox_vm.configure": ["--jobs", "8"],
           "proxmox_vm.start": ["--jobs", "8"], "guest.wait_ssh": ["--jobs", "64"],
           "guest.wait_cloudinit": ["--jobs", "64"]}
LOOK_PAUSE_S = 0.005
CLOUD_INIT = """[ -e "/guest/ready.$RANGE42_BENCH_VM" ] && echo 'status: done' || echo 'status: running'
"""


def machines(count):
    return [(FIRST + at, f"vm-{at:02}") for at in range(count)]


def write_scenario(place, count):
    """A manifest of version 3, which is a plan without any playbook."""
    os.makedirs(os.path.join(place, "manifest"))
    vms = [{"vm_id": vm_id, "vm_name": name, "template_vm_id": TEMPLATE, "ip": f"10.20.1.{at + 2}",
            "bridge": "vmbr0", "role": "lab", "storage": "local", "cores": 2, "memory_mb": 2048,
            "nics": [{"index": 0, "bridge": "vmbr0", "ip": f"10.20.1.{at + 2}", "prefix": 24,
                      "gateway": "10.20.1.1"}],
            "cloud_init": {"ssh_user": "ada"}}
           for at, (vm_id, name) in enumerate(machines(count))]
    with open(os.path.join(place, "manifest", "scenario_vms.json"), "w") as file:
        json.dump({"scenario": "bench", "version": 3, "guest_preferences_version": 2, "vms": vms},
                  file)


class Guests:
    """One sshd that is all machines: to ssh each is there when its boot would have ended."""

    def __init__(self, count, scale):
        self.count, self.scale = count, scale

    def __enter__(self):
        if subprocess.run([STAGE, "possible"]).returncode != 0:
            raise SystemExit("bench: no sshd, or no namespaces for one, to be had here")
        self.place = place = tempfile.mkdtemp(prefix="range42-bench-guests-")
        subprocess.run([STAGE, "make", place], check=True)
        root = os.path.join(place, "root")
        self._write(os.path.join(root, "guest", "behaviour", "cloud-init"), CLOUD_INIT)
        os.symlink("../recorder", os.path.join(root, "guest", "bin", "cloud-init"))
        self.port = free_port()
        self.config = os.path.join(place, "ssh_config")
        self._write(self.config, "".join(self._host(vm_id, name)
                                         for vm_id, name in machines(self.count)))
        log = os.path.join(root, "guest", "sshd.log")
        with open(os.path.join(place, "stage.out"), "w") as out:
            self.process = subprocess.Popen([STAGE, "run", place, str(self.port)], stdout=out,
                                            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + START_LIMIT_S
        while not (os.path.exists(log) and "Server listening" in open(log).read()):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("bench: the guests' sshd did not start")
            time.sleep(0.02)
        os.mkdir(os.path.join(place, "run"), 0o700)
        self.ended = threading.Event()
        self.booting = threading.Thread(target=self._boot)
        self.booting.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.booting.join()
        self.process.kill()  # everything in its namespace goes with it
        self.process.wait()
        shutil.rmtree(self.place)

    def environment(self):
        return {"RANGE42_SSH_CONFIG": self.config, "HOME": self.place, "SHELL": "/bin/sh",
                "XDG_RUNTIME_DIR": os.path.join(self.place, "run"), "XDG_CONFIG_HOME": self.place,
                "XDG_STATE_HOME": self.place}

    def _boot(self):
        """A machine begins to boot when ssh asks for it first; then it is up, and then set up."""
        steps = [("asked", self.place + "/up", BOOT_S),
                 ("up", os.path.join(self.place, "root", "guest", "ready"), CLOUD_INIT_S)]
        due = {}
        while not self.ended.wait(LOOK_PAUSE_S):
            now = time.monotonic()
            for vm_id, _ in machines(self.count):
                for after, path, seconds in steps:
                    if not os.path.exists(f"{self.place}/{after}.{vm_id}"):
                        continue
                    end = due.setdefault((vm_id, path), now + seconds * self.scale)
                    if now >= end and not os.path.exists(f"{path}.{vm_id}"):
                        self._write(f"{path}.{vm_id}", "")

    def _host(self, vm_id, name):
        # Port 1 refuses at once, as a machine does whose sshd is not there yet.
        up, asked = f"{self.place}/up.{vm_id}", f"{self.place}/asked.{vm_id}"
        return (f"Match originalhost r42.{name} "
                f'exec "[ -e {up} ] || {{ : >>{asked}; false; }}"\n'
                f"    Port {self.port}\n"
                f"Match originalhost r42.{name}\n"
                f"    HostName 127.0.0.1\n    Port 1\n    User root\n"
                f"    SetEnv RANGE42_BENCH_VM={vm_id}\n"
                f"    IdentityFile {self.place}/identity\n    IdentitiesOnly yes\n"
                # The guests' half of each handshake burns here, too: the quicker exchange stands for
                # a machine of their own.
                f"    KexAlgorithms curve25519-sha256\n"
                f"    UserKnownHostsFile {self.place}/known_hosts\n")

    @staticmethod
    def _write(path, text, mode=0o600):
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, mode)


def make_template(tools, environment):
    """A template with a disk and a cloud-init drive, as upstream's are."""
    line = json.dumps({"vm_id": TEMPLATE, "vm_name": "template", "vm_disk_storage": "local"})
    for tool, text, options in (
            ("proxmox_vm.create", line, []),
            ("proxmox_vm.set_config", str(TEMPLATE), ["--set", "ide2=local:cloudinit"]),
            ("proxmox_template.convert_to_template", str(TEMPLATE), [])):
        subprocess.run([os.path.join(tools, tool), *options], input=text + "\n", text=True,
                       check=True, env=environment, stdout=subprocess.DEVNULL)


def own_processor_time(pid):
    """Of the process itself, without the ssh that it has waited for; of one that has ended."""
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run_pipe(tools, environment, scenario, linked):
    """The pipe as people type it; its time, that of the processor, and what has become ready."""
    plan_options = ["--manifest", scenario] + ["--linked"] * linked
    began = time.monotonic()
    steps, source = [], subprocess.DEVNULL
    errors = tempfile.TemporaryFile()
    for name in STEPS:
        options = plan_options if name == "range42.plan" else OPTIONS[name]
        step = subprocess.Popen([os.path.join(tools, name), *options], stdin=source,
                                stdout=subprocess.PIPE, stderr=errors, env=environment)
        if source is not subprocess.DEVNULL:
            source.close()
        source = step.stdout
        steps.append(step)
    ready = [json.loads(line) for line in source]
    # The plan is Python's, and is told beside.
    processor = [own_processor_time(step.pid) for step in steps]
    statuses = [step.wait(RUN_LIMIT_S) for step in steps]
    seconds = time.monotonic() - began
    if any(statuses):
        errors.seek(0)
        raise SystemExit(f"bench: {dict(zip(STEPS, statuses))}: {errors.read().decode()}")
    return seconds, sum(processor[1:]), ready


class OneByOne:
    """Upstream's manner: four role runs for a machine, and then the next machine."""

    def __init__(self, node, guests, scale):
        settings = node.settings()
        self.base = (f"https://127.0.0.1:{node.port}/api2/json/nodes/"
                     f"{settings['proxmox_node']}/qemu")
        self.authorization = "PVEAPIToken={proxmox_api_user}!{proxmox_api_token_id}=" \
            "{proxmox_api_token_secret}".format(**settings)
        self.trust = ssl.create_default_context()
        self.trust.check_hostname = False
        self.trust.verify_mode = ssl.CERT_NONE
        self.guests, self.scale = guests, scale

    def pause(self, seconds):
        time.sleep(seconds * self.scale)

    def role_run(self, method, path, **form):
        self.pause(ROLE_RUN_S)
        body = urllib.parse.urlencode(form, quote_via=urllib.parse.quote).encode()
        request = urllib.request.Request(self.base + path, body, method=method,
                                         headers={"Authorization": self.authorization})
        with urllib.request.urlopen(request, context=self.trust) as answer:
            return json.load(answer)

    def says(self, name, command, wanted):
        done = subprocess.run(["ssh", "-F", self.guests.config, "-o", "LogLevel=ERROR",
                               "-o", "StrictHostKeyChecking=accept-new", "r42." + name, command],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return done.returncode == 0 and wanted in done.stdout

    def deploy(self, count):
        began = time.monotonic()
        for at, (vm_id, name) in enumerate(machines(count)):
            self.role_run("POST", f"/{TEMPLATE}/clone", newid=vm_id, name=name, full=1)
            self.pause(CLONE_PAUSE_S)
            self.role_run("POST", f"/{vm_id}/config", tags="lab")
            self.role_run("PUT", f"/{vm_id}/config", ciuser="ada",
                          ipconfig0=f"ip=10.20.1.{at + 2}/24,gw=10.20.1.1")
            self.role_run("POST", f"/{vm_id}/status/start")
            self.pause(PLAYS_S)
            while not self.says(name, "true", ""):
                self.pause(SSH_PAUSE_S)
            self.pause(CLOUD_INIT_LOOK_S)
            while not self.says(name, "cloud-init status", "done"):
                self.pause(1)
        return time.monotonic() - began


def count_requests(node):
    with open(node.log) as log:
        return sum(1 for _ in log)


@contextlib.contextmanager
def stage_for(tools, count, scale, clone_s):
    """A node with the template, guests, and a scenario of so many machines."""
    times = f"20,qmclone={int(clone_s * scale * 1000)},qmstart={int(START_S * scale * 1000)}"
    with Node("--vms", 0, "--task-ms", times, "--clones-at-once", 2) as node, \
            Guests(count, scale) as guests, \
            tempfile.TemporaryDirectory(prefix="range42-bench-scenario-") as scenario:
        environment = node.environment | guests.environment()
        environment["PATH"] = tools + ":" + environment["PATH"]
        make_template(tools, environment)
        write_scenario(scenario, count)
        add_secrets(node)
        yield node, guests, environment, scenario


def add_secrets(node):
    """What a manifest leaves to the vault."""
    password = ["--vault-password-file", node.environment["RANGE42_VAULT_PASSWORD_FILE"]]
    plain = subprocess.run(["ansible-vault", "view", *password, node.vault()], check=True,
                           capture_output=True, text=True, env=node.environment).stdout
    plain += ('default_admin_vm_ci_user: "ada"\ndefault_admin_vm_ci_password: "bench"\n'
              'default_admin_vm_ci_ssh_key: "ssh-ed25519 AAAAbench ada"\n')
    subprocess.run(["ansible-vault", "encrypt", *password, "--output", node.vault()], check=True,
                   input=plain, text=True, stderr=subprocess.DEVNULL, env=node.environment)


def ours(tools, count, scale, linked=False):
    clone_s = LINKED_CLONE_S if linked else FULL_CLONE_S
    with stage_for(tools, count, scale, clone_s) as (node, _, environment, scenario):
        before = count_requests(node)
        seconds, processor, ready = run_pipe(tools, environment, scenario, linked)
        requests = count_requests(node) - before
        if len(ready) != count:
            raise SystemExit(f"bench: {len(ready)} of {count} machines are ready")
        again, again_processor, _ = run_pipe(tools, environment, scenario, linked)
        with open(node.log) as log:
            second = [json.loads(line) for line in log][before + requests:]
        changes = sum(request["method"] != "GET" for request in second)
        if changes:
            raise SystemExit(f"bench: the second run has sent {changes} changes")
    return {"seconds": seconds, "processor": processor, "requests": requests, "again": again,
            "again_processor": again_processor}


def one_by_one(tools, count, scale):
    with stage_for(tools, count, scale, FULL_CLONE_S) as (node, guests, _, _):
        return OneByOne(node, guests, scale).deploy(count)


def tell(name, value, unit, met=None, goal=""):
    verdict = "" if met is None else f"{'met' if met else 'MISSED'}, goal {goal}"
    print(f"{name:<56} {value:>10.2f} {unit:<9} {verdict}".rstrip(), flush=True)


def measure(tools, count, scale):
    print(f"{count} machines; 1 s of the model is {scale:g} s here", flush=True)
    peer = one_by_one(tools, count, scale)
    tell("one machine after the other", peer / scale, "s (model)")
    for what, linked in (("full clones", False), ("linked clones", True)):
        run = ours(tools, count, scale, linked)
        ratio = peer / run["seconds"]
        tell(f"the pipe, {what}", run["seconds"] / scale, "s (model)")
        tell("  so much faster", ratio, "times", ratio >= GOALS[what], f"{GOALS[what]:g}")
        tell("  our own processor time, not scaled", run["processor"], "s",
             run["processor"] < PROCESSOR_GOAL_S, f"< {PROCESSOR_GOAL_S} s")
        tell("  requests to the node a machine", run["requests"] / count, "")
        tell("  a second run, not scaled", run["again"], "s", run["again"] < SECOND_RUN_GOAL_S,
             f"< {SECOND_RUN_GOAL_S} s")
    for fewer in (count // 4, count // 2):
        run = ours(tools, fewer, scale, True)
        tell(f"  requests to the node a machine, of {fewer}", run["requests"] / fewer, "")
