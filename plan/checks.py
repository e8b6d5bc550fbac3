# What must not stand twice in a plan, and what must be there on the node before anything is made.
# SPDX-License-Identifier: GPL-3.0-or-later
import json
import os
import re
import subprocess

from trouble import Trouble

ASK_LIMIT_S = 60
UNREACHABLE = 6


def check_alone(machines):
    """Names and addresses that two machines would share, and cards that have none to hang on."""
    for key, what in (("vm_ip", "the address"), ("vm_name", "the name"),
                      ("vm_ssh_name", "the ssh name")):
        seen = {}
        for machine in machines.values():
            value = machine.keys.get(key)
            if value is None:
                continue
            former = seen.setdefault(value, machine)
            if former is not machine:
                raise Trouble(f"{what} {value} is that of {former.keys['vm_id']} and of"
                              f" {machine.keys['vm_id']}",
                              [former.places.get(key), machine.places.get(key)])


def order(machines, images):
    """All of the plan in the order in which it can be made: images, templates, their clones."""
    waves = {}

    def wave(number, trail=()):
        if number in trail:
            raise Trouble(f"{number} is cloned from itself in the end", [machines[number].place])
        if number not in waves:
            source = machines[number].keys.get("vm_template_id")
            waves[number] = wave(source, (*trail, number)) + 1 if source in machines else 1
        return waves[number]

    for image in images:
        image.keys["plan_order"] = 0
    for number, machine in machines.items():
        machine.keys["plan_order"] = wave(number)
    return images + sorted(machines.values(), key=lambda machine: machine.keys["plan_order"])


class Node:
    """What the node has, as our own tools say."""

    def __init__(self, tools):
        self._tools = tools

    def ask(self, tool, *arguments):
        """The tool's lines; where it fails, its words are ours."""
        command = [os.path.join(self._tools, tool), *arguments]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                                  timeout=ASK_LIMIT_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Trouble(f"cannot ask the node: {error}") from error
        if done.returncode != 0:
            words = done.stderr.decode(errors="replace").strip() or f"{tool} failed"
            remedy = "to plan without the node: --offline" if done.returncode == UNREACHABLE else ""
            raise Trouble(f"cannot ask the node: {words}", remedy=remedy, status=done.returncode)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def check(self, machines, images):
        storages = {row["storage_name"] for row in self.ask("proxmox_storage.list")}
        guests = {int(row["vm_id"]): row for row in self.ask("proxmox_vm.list")}
        wanted = [(number, machine) for number, machine in machines.items()]
        for machine in [machine for _, machine in wanted] + images:
            key = "proxmox_storage" if machine.kind == "image" else "vm_disk_storage"
            named = machine.keys.get(key)
            if isinstance(named, str) and named not in storages:
                raise Trouble(f"the node has no storage {named}", [machine.places[key]])
        for number, machine in wanted:
            self._check_template(machine, machines, guests)
            present = guests.get(number)
            # While it is being cloned it has no name, and Proxmox calls it so.
            names = (machine.keys["vm_name"], f"VM {number}")
            if present is not None and present.get("vm_name") not in names:
                raise Trouble(f"{number} is {present.get('vm_name')} on the node, and"
                              f" {machine.keys['vm_name']} in the plan", [machine.place])
        self._check_bridges(machines)

    def _check_template(self, machine, machines, guests):
        source = machine.keys.get("vm_template_id")
        if source is None or source in machines:
            return
        found = guests.get(source)
        what = "nothing" if found is None else "no template"
        if found is None or not int(found.get("vm_template") or 0):
            raise Trouble(f"{source}, to be cloned, is {what} on the node",
                          [machine.places["vm_template_id"]])

    def _check_bridges(self, machines):
        needed = {}
        for machine in machines.values():
            for name, card in machine.keys.get("vm_cards_wanted", {}).items():
                for bridge in re.findall(r"(?:^|,)bridge=([^,]+)", card):
                    if name.startswith("net"):
                        needed.setdefault(bridge, machine)
        if not needed:
            return
        present = {row["iface"] for row in self.ask("proxmox_network_node.list_bridges")}
        for bridge, machine in needed.items():
            if bridge not in present:
                raise Trouble(f"the node has no bridge {bridge}",
                              [machine.places["vm_cards_wanted"]])
