"""What every measurement needs: the installed tools, a stand-in node of its own, a child measured."""
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("BUILD_DIR", os.path.join(ROOT, "build"))
START_LIMIT_S = 20
RUN_LIMIT_S = 180


def clean_environment():
    """No workspace, proxy or locale of the caller's may colour a measurement."""
    kept = {key: value for key, value in os.environ.items()
            if not key.startswith("RANGE42_") and not key.lower().endswith("_proxy")}
    kept["LC_ALL"] = "C.UTF-8"
    # The distribution's python3 has the distribution's modules; another one may stand before it.
    kept["PATH"] = "/usr/bin:/bin:/usr/sbin:" + kept.get("PATH", "")
    return kept


def install(directory):
    """The tools as a user has them: in a prefix, where the loader searches differently."""
    installed = subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--quiet",
                                "--destdir", directory], check=False, capture_output=True, text=True)
    if installed.returncode != 0:
        raise SystemExit("bench: " + installed.stdout + installed.stderr)
    for place, directories, _ in os.walk(directory):
        if os.path.exists(os.path.join(place, "bin", "proxmox_vm.list")):
            return os.path.join(place, "bin")
        directories.sort()
    raise SystemExit("bench: the build installs no proxmox_vm.list")


class Node:
    """A stand-in node on a free port with a workspace of its own; ends with the `with` block."""

    def __init__(self, *options):
        self.options = ["--rsa", "--plain", *map(str, options)]

    def __enter__(self):
        self.place = tempfile.mkdtemp(prefix="range42-bench-")
        out_path = os.path.join(self.place, "node.out")
        self.log = os.path.join(self.place, "requests.jsons")
        with open(out_path, "w") as out:
            self.process = subprocess.Popen(
                [os.path.join(BUILD, "tests/node/range42-demo-node"), "--port", "0", "--workspace",
                 self.place, "--log", self.log, "--exit-with-parent", *self.options],
                stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + START_LIMIT_S
        while True:
            with open(out_path) as out:
                found = re.search(r"^listening on .*:(\d+)", out.read(), re.M)
            if found:
                break
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("bench: the stand-in node did not start: " + out_path)
            time.sleep(0.01)
        self.port = int(found.group(1))
        self.environment = clean_environment()
        with open(os.path.join(self.place, "env.sh")) as lines:
            for name, value in re.findall(r"^export (\w+)='(.*)'$", lines.read(), re.M):
                self.environment[name] = value
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.place)

    def settings(self):
        """The vault's settings, for the peers that are given them for nothing."""
        text = subprocess.run(
            ["ansible-vault", "view", "--vault-password-file",
             self.environment["RANGE42_VAULT_PASSWORD_FILE"], self.vault()],
            check=True, capture_output=True, text=True, env=self.environment).stdout
        return dict(re.findall(r'^(proxmox_\w+): "(.*)"$', text, re.M))

    def vault(self):
        return (self.environment["RANGE42_ANSIBLE_ROLES__DEVKITS_DIR"].rstrip("/")
                + "/secrets/default_vault.yml")


class Measured:
    """One child: its wall time and what it printed."""

    def __init__(self, command, environment, stdin="", expect=(0,)):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, \
                tempfile.TemporaryFile() as lines:
            lines.write(stdin.encode())
            lines.seek(0)
            began = time.monotonic()
            child = subprocess.Popen(command, stdin=lines, stdout=out, stderr=err, env=environment)
            # Python's wait with a limit sleeps ever longer between looks, up to 50 ms.
            limit = threading.Timer(RUN_LIMIT_S, child.kill)
            limit.start()
            child.wait()
            self.seconds = time.monotonic() - began
            limit.cancel()
            out.seek(0)
            err.seek(0)
            self.stdout = out.read().decode()
            self.stderr = err.read().decode()
        if child.returncode not in expect:
            raise SystemExit(f"bench: {command[0]} ended with {child.returncode}: {self.stderr}")
