# One case on one build: a fresh node, a fresh place, the tool, and what came of it.
# SPDX-License-Identifier: GPL-3.0-or-later
import glob
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field

import normal

NODE_START_LIMIT_S = 30
AWAIT_LIMIT_S = 30
PAUSE_S = 0.005
# A request that the node holds back is in no log yet: this is how long it may take to get there.
UNSEEN_REQUEST_S = 0.8
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


@dataclass
class Case:
    """What is run. Names of files are relative to the case's own directory."""

    group: str
    name: str
    argv: list  # the tool or shims/NAME, and its arguments
    stdin: object = b""  # bytes; or "null", "closed", "@FILE"
    node: object = None  # options of the node; None for no node
    env: dict = field(default_factory=dict)  # None unsets
    files: dict = field(default_factory=dict)
    before: list = field(default_factory=list)  # (argv, stdin, file for stdout)
    keeps: tuple = ()  # files that are compared
    stdout: str = "file"  # or "head", "full", "closed", "ignored pipe"
    stderr: str = "file"  # or "full", "closed"
    signal: object = None  # (signal, requests to be seen first, their pattern, is one more unseen)
    serial: bool = False  # whether the order of the requests is decided
    frees_ids: bool = False  # whether lines side by side take ids that are free
    polls_state: bool = False  # whether the tool looks at a VM until HA has done its part
    node_down: bool = False  # ended before the tool is run
    guest: object = None  # {"behaviour": {command: text}, "alpine": bool}
    devkit: tuple = ()  # legacy names for which a script only records how it was called
    terminal: bool = False
    slow: bool = False  # waits for long and does nothing: many of them at a time
    quick: bool = False
    limit_s: float = 60


class Build:
    """Where a build or an installed prefix has its things."""

    def __init__(self, directory):
        self.root = os.path.abspath(directory)
        installed = os.path.join(self.root, "bin")
        self.is_prefix = not os.path.isdir(os.path.join(self.root, "tools"))
        self.tools = installed if self.is_prefix else os.path.join(self.root, "tools")
        share = "share/range42-fastpath/shims" if self.is_prefix else "shims"
        self.shims = os.path.join(self.root, share)
        found = glob.glob(os.path.join(self.root, "libexec/**/range42-demo-node"), recursive=True)
        built = os.path.join(self.root, "tests/node/range42-demo-node")
        self.node = found[0] if found else built
        told = subprocess.run([self.program("proxmox_vm.list"), "--version"], capture_output=True,
                              text=True, timeout=AWAIT_LIMIT_S).stdout.split()
        self.version = told[-1] if told else "none"

    def program(self, name):
        if name.startswith("shims/"):
            return os.path.join(self.shims, name[len("shims/"):])
        return os.path.join(self.tools, name) if "/" not in name else name

    def texts(self):
        """Manual pages and completion, by name."""
        places = ["share/man/**/*", "share/bash-completion/**/*", "share/zsh/**/*"]
        if not self.is_prefix:
            places = ["doc/*"]
        found = [path for place in places
                 for path in glob.glob(os.path.join(self.root, place), recursive=True)]
        return {os.path.basename(path): path for path in found if os.path.isfile(path)}


def wait_for(condition, what, limit_s=AWAIT_LIMIT_S):
    deadline = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"never came: {what}")
        time.sleep(PAUSE_S)


class Node:
    def __init__(self, program, place, options):
        self.log = os.path.join(place, "requests.jsons")
        workspace = os.path.join(place, "workspace")
        os.makedirs(workspace)
        self.process = subprocess.Popen(
            [program, "--port", "0", "--workspace", workspace, "--log", self.log,
             "--exit-with-parent", *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        first = self.process.stdout.readline().decode()
        told = re.match(r"listening on .*:(\d+)", first)
        if not told:
            self.process.kill()
            self.process.wait()
            raise RuntimeError(f"the node does not start with {options}: {first}")
        self.port = told.group(1)
        self.env = {}
        with open(os.path.join(workspace, "env.sh")) as file:
            for line in file:
                said = re.match(r"export (\w+)='(.*)'$", line)
                if said:
                    self.env[said.group(1)] = said.group(2)

    def entries(self):
        try:
            with open(self.log, "rb") as file:
                whole = file.read().rpartition(b"\n")[0]
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in whole.decode("utf-8", "surrogateescape").split("\n")
                if line]

    def seen(self, pattern):
        return sum(1 for entry in self.entries()
                   if re.search(pattern, f"{entry['method']} {entry['path']}"))

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()


class Guest:
    """The guest of bats/guest.bash: a real sshd whose commands are recorded."""

    script = os.path.join(ROOT, "tests/guest/stage")

    def __init__(self, place, wanted):
        self.place = os.path.join(place, "guest")
        self.root = os.path.join(self.place, "root")
        subprocess.run([self.script, "make", self.place], check=True)
        if wanted.get("alpine"):
            subprocess.run([self.script, "alpine", self.place], check=True)
            os.mknod(os.path.join(self.root, "dev/sda3"), 0o60600, os.makedev(7, 250))
        for command, text in wanted.get("behaviour", {}).items():
            with open(os.path.join(self.root, "guest/behaviour", command), "w") as file:
                file.write(text + "\n")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = str(free.getsockname()[1])
        self.config = os.path.join(self.place, "ssh_config")
        with open(self.config, "w") as file:
            subprocess.run([self.script, "config", self.place, self.port], check=True, stdout=file)
        self.process = None
        if not wanted.get("absent"):
            self.start()

    def start(self):
        with open(os.path.join(self.place, "stage.out"), "w") as out:
            self.process = subprocess.Popen([self.script, "run", self.place, self.port],
                                            stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        log = os.path.join(self.root, "guest/sshd.log")

        def listens():
            if self.process.poll() is not None:
                raise RuntimeError("the guest's sshd does not start")
            return os.path.exists(log) and "Server listening" in open(log).read()

        wait_for(listens, "the guest's sshd")

    def commands(self):
        with open(os.path.join(self.root, "guest/commands.log"), "rb") as file:
            return file.read()

    def stop(self):
        if self.process is not None:
            # The first process of its namespace, with which everything in there ends.
            children = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True)
            for child in children.stdout.split():
                os.kill(int(child), signal.SIGKILL)
            self.process.wait()


DEVKIT_SCRIPT = """#!/bin/bash
printf '%s\\n' "$0" >record.path
printf '%s\\0' "$@" >record.arguments
printf '%s\\n' "${RANGE42_PROXMOX_API_FORCE-unset}" >record.force
cat >record.stdin
echo called >>record.calls
echo '{"source":"proxmox"}'
exit 7
"""
DEVKIT_RECORDS = ("record.path", "record.arguments", "record.force", "record.stdin",
                  "record.calls")


def lay_out(case, place, build):
    """The case's own directory with its files, and the variables that a tool sees."""
    here = os.path.join(place, "here")
    for directory in ("here", "home", "config", "state", "run", "devkit"):
        os.makedirs(os.path.join(place, directory), mode=0o700)
    for name, content in case.files.items():
        with open(os.path.join(here, name), "wb") as file:
            file.write(content)
    path = f"{build.tools}:/usr/bin:/bin:/usr/sbin:/sbin"
    if case.devkit:
        path = f"{build.shims}:{path}:{place}/devkit"
    for name in case.devkit:
        script = os.path.join(place, "devkit", name)
        with open(script, "w") as file:
            file.write(DEVKIT_SCRIPT)
        os.chmod(script, 0o755)
    return here, {"PATH": path, "HOME": f"{place}/home", "XDG_CONFIG_HOME": f"{place}/config",
                  "XDG_STATE_HOME": f"{place}/state", "XDG_RUNTIME_DIR": f"{place}/run",
                  "LC_ALL": "C.UTF-8", "TZ": "UTC", "TMPDIR": f"{place}/run"}


def open_stdin(stdin, here):
    if stdin == "null" or stdin == "closed":
        return open(os.devnull, "rb")
    if isinstance(stdin, str):
        return open(os.path.join(here, stdin[1:]), "rb")
    path = os.path.join(here, ".stdin")
    with open(path, "wb") as file:
        file.write(stdin)
    return open(path, "rb")


def command_line(case, program):
    """The tool's words, in a shell where its streams are to be odd."""
    words = [program, *case.argv[1:]]
    redirections = {("stdin", "closed"): "<&-", ("stdout", "full"): ">/dev/full",
                    ("stdout", "closed"): ">&-", ("stderr", "full"): "2>/dev/full",
                    ("stderr", "closed"): "2>&-"}
    streams = [("stdin", case.stdin), ("stdout", case.stdout), ("stderr", case.stderr)]
    odd = " ".join(redirections[stream] for stream in streams
                   if isinstance(stream[1], str) and stream in redirections)
    if case.stdout == "head":
        return ["bash", "-c", '"$@" | head -n 1; exit "${PIPESTATUS[0]}"', "-", *words]
    if case.stdout == "ignored pipe":
        script = 'trap "" PIPE; "$@" | head -n 1; exit "${PIPESTATUS[0]}"'
        return ["bash", "-c", script, "-", *words]
    if case.terminal:
        line = " ".join(f"'{word}'" for word in words)
        return ["script", "-qec", f"stty cols 60; {line}", "/dev/null"]
    if odd:
        return ["bash", "-c", f'exec "$@" {odd}', "-", *words]
    return words


def run_tool(case, build, here, env, node):
    out_path, err_path = os.path.join(here, ".stdout"), os.path.join(here, ".stderr")
    program = build.program(case.argv[0])
    with open(out_path, "wb") as out, open(err_path, "wb") as err, \
            open_stdin(case.stdin, here) as stdin:
        # What this process ignores is nothing that the tool should.
        words = ["env", "--default-signal=INT,TERM,HUP,PIPE", *command_line(case, program)]
        tool = subprocess.Popen(words, cwd=here, env=env, stdin=stdin, stdout=out,
                                stderr=err)
        try:
            if case.signal:
                number, count, pattern, one_more = case.signal
                wait_for(lambda: tool.poll() is not None or node.seen(pattern) >= count,
                         f"{count} requests {pattern}")
                if one_more:
                    time.sleep(UNSEEN_REQUEST_S)
                if tool.poll() is None:
                    tool.send_signal(number)
            status = str(tool.wait(case.limit_s))
        except subprocess.TimeoutExpired:
            status = f"none after {case.limit_s} s"
        finally:
            if tool.poll() is None:
                tool.kill()
                tool.wait()
    with open(out_path, "rb") as out, open(err_path, "rb") as err:
        return status, out.read(), err.read()


def run_before(case, build, here, env):
    for argv, stdin, kept in case.before:
        with open_stdin(stdin, here) as source:
            done = subprocess.run([build.program(argv[0]), *argv[1:]], cwd=here, env=env,
                                  stdin=source, capture_output=True, timeout=AWAIT_LIMIT_S)
        if kept:
            with open(os.path.join(here, kept), "wb") as file:
                file.write(done.stdout)


def transcript(case, normalize, outcome, here, entries, commands):
    status, out, err = outcome
    lines = [f"status: {status}"]
    sections = [("request", normal.requests(entries, normalize, case.polls_state,
                                            case.argv[0] == "proxmox_task.log")),
                ("stdout", normalize.text(out).split("\n")),
                ("stderr", normalize.text(err).split("\n"))]
    for name in (*case.keeps, *(DEVKIT_RECORDS if case.devkit else ())):
        try:
            with open(os.path.join(here, name), "rb") as file:
                content = normalize.text(file.read()).split("\n")
        except FileNotFoundError:
            content = ["(there is no such file)"]
        # Of lines that run side by side nobody decides which one writes first.
        is_journal = "journal" in name and not case.serial
        sections.append((name, sorted(content) if is_journal else content))
    if commands is not None:
        sections.append(("guest", normalize.text(commands).split("\n")))
    for name, section in sections:
        lines += [f"{name}: {line}" for line in section]
    return lines


def run_case(case, build, place, node_program):
    """Runs the case and gives what is compared, as lines."""
    shutil.rmtree(place, ignore_errors=True)
    os.makedirs(place)
    node = guest = None
    try:
        here, env = lay_out(case, place, build)
        if case.node is not None:
            node = Node(node_program, place, case.node)
            env.update(node.env)
        if case.guest is not None:
            guest = Guest(place, case.guest)
            env["RANGE42_SSH_CONFIG"] = guest.config
        for name, value in case.env.items():
            if value is None:
                env.pop(name, None)
            else:
                env[name] = value.replace("@PLACE@", place)
        run_before(case, build, here, env)
        skipped = len(node.entries()) if node and case.before else 0
        if case.node_down:
            node.stop()
        outcome = run_tool(case, build, here, env, node)
        # Its log is whole once it has ended.
        if node:
            node.stop()
        entries = node.entries()[skipped:] if node else []
        places = [(place, "PLACE")]
        if guest:
            places.append((guest.port, "GUESTPORT"))
        normalize = normal.Normal(build, places, node.port if node else None, case.serial,
                                  case.frees_ids)
        return transcript(case, normalize, outcome, here, entries,
                          guest.commands() if guest else None)
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        return [f"cannot be run: {error}"]
    finally:
        if node:
            node.stop()
        if guest:
            guest.stop()
