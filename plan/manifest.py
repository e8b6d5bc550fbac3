# Reads manifest/scenario_vms.json, versions 1 to 3, and knows the line of each machine in it.
# SPDX-License-Identifier: GPL-3.0-or-later
# Longer than usual: how it is read, what it becomes, and how it is compared.
import bisect
import ipaddress
import json
import os
import re

from records import MACHINES_LIMIT, Machine, judged_id, set_address, whole
from trouble import Trouble

NAME = os.path.join("manifest", "scenario_vms.json")
SIZE_LIMIT = 8 * 1024 * 1024
SPEC = re.compile(r"^(\d+)cpu/(\d+)gb/(\d+)gb$")
# What upstream's bundle falls back to where nobody says otherwise.
USUAL_MASK = "24"


class Placed(dict):
    """An object of the file that knows its line."""

    line = 1


def read(path):
    """The manifest, or None where there is none."""
    try:
        with open(path, encoding="utf-8") as file:
            content = file.read(SIZE_LIMIT + 1)
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(f"cannot read the manifest: {error}", [(path, 1)]) from error
    if len(content) > SIZE_LIMIT:
        raise Trouble(f"the manifest has more than {SIZE_LIMIT} bytes", [(path, 1)])
    try:
        document = parse(content)
    except json.JSONDecodeError as error:
        raise Trouble(f"the manifest is no JSON: {error.msg}", [(path, error.lineno)]) from error
    except RecursionError as error:
        raise Trouble("the manifest is no JSON: too deep", [(path, 1)]) from error
    return Manifest(path, document)


def parse(content):
    ends = [at for at, sign in enumerate(content) if sign == "\n"]
    decoder = json.JSONDecoder()
    inner = decoder.parse_object

    def placed_object(state, *arguments):
        found, end = inner(state, *arguments)
        placed = Placed(found)
        placed.line = bisect.bisect_left(ends, state[1] - 1) + 1
        return placed, end

    decoder.parse_object = placed_object
    decoder.scan_once = json.scanner.py_make_scanner(decoder)
    return decoder.decode(content)


class Manifest:
    def __init__(self, path, document):
        self.path = path
        if not isinstance(document, Placed) or not isinstance(document.get("vms"), list):
            raise Trouble("the manifest has no list 'vms'", [(path, 1)])
        self.version = document.get("version", 1)
        if self.version not in (1, 2, 3):
            raise Trouble("of manifests, versions 1 to 3 are understood", [(path, 1)])
        self.machines = self._by_id(document["vms"])
        templates = document.get("templates", [])
        self.templates = self._by_id(templates if isinstance(templates, list) else [])

    def _by_id(self, rows):
        found = {}
        for row in rows:
            if not isinstance(row, Placed):
                raise Trouble("an entry of the manifest is no object", [(self.path, 1)])
            number = judged_id(row.get("vm_id", ""), "'vm_id'", (self.path, row.line))
            if number in found:
                raise Trouble(f"two machines with the id {number}",
                              [(self.path, found[number].line), (self.path, row.line)])
            found[number] = row
            if len(found) > MACHINES_LIMIT:
                raise Trouble(f"more than {MACHINES_LIMIT} machines in one plan",
                              [(self.path, row.line)])
        return found

    # -- as a plan of its own ------------------------------------------------------------------

    def plan(self):
        """Machines, where the manifest says enough of each."""
        machines = {number: self._machine(number, row) for number, row in self.machines.items()}
        for machine in machines.values():
            machine.starts = True
        return machines

    def _machine(self, number, row):
        place = (self.path, row.line)
        for key in ("vm_name", "template_vm_id", "ip", "bridge"):
            if not row.get(key):
                raise Trouble(f"the manifest alone is no plan: {number} lacks '{key}'", [place],
                              "plan from the scenario's playbooks, or write a manifest of"
                              " version 3")
        machine = Machine("machine", place)
        machine.set("vm_id", number)
        machine.set("vm_template_id", judged_id(row["template_vm_id"], "'template_vm_id'", place))
        machine.set("vm_name", str(row["vm_name"]))
        machine.set("vm_ssh_name", "r42." + str(row["vm_name"]))
        machine.set("vm_description", str(row.get("description") or ""))
        machine.set("vm_tags", str(row["role"]) if row.get("role") else None)
        machine.set("vm_disk_storage", row.get("storage") or {"vault":
                                                               "proxmox_dest_vm_storage_name"})
        self._cards(machine, row, place)
        for key, name in (("vm_cores", "cores"), ("vm_memory", "memory_mb"),
                          ("vm_disk_size", "disk_gb")):
            if row.get(name) is not None:
                machine.set(key, whole(row[name], f"'{name}'", place))
        machine.set("vm_disk", row.get("disk_device"))
        self._cloud_init(machine, row.get("cloud_init") or {})
        return machine

    def _cards(self, machine, row, place):
        cards = row.get("nics") or [{"index": 0, "bridge": row["bridge"], "ip": row["ip"]}]
        wanted = {}
        for at, card in enumerate(cards):
            if not isinstance(card, dict) or card.get("index") != at or not card.get("bridge"):
                raise Trouble("'nics' counts from 0, and each has a bridge", [place])
            wanted[f"net{at}"] = f"virtio,bridge={card['bridge']}"
            mask = card.get("prefix") or USUAL_MASK
            if at == 0:
                set_address(machine, card.get("ip"), mask, card.get("gateway"), place)
            elif card.get("ip"):
                wanted[f"ipconfig{at}"] = f"ip={card['ip']}/{mask}"
        machine.set("vm_cards_wanted", wanted)

    def _cloud_init(self, machine, wanted):
        machine.set("vm_ci_user", wanted.get("ssh_user") or {"vault": "default_admin_vm_ci_user"})
        machine.set("vm_ci_password", {"vault": "default_admin_vm_ci_password"})
        machine.set("vm_ci_ssh_keys", {"vault": "default_admin_vm_ci_ssh_key"})
        machine.set("vm_ci_nameserver", " ".join(wanted.get("dns_servers") or []) or None)
        machine.set("vm_ci_searchdomain", wanted.get("dns_search_domain"))

    # -- as a witness --------------------------------------------------------------------------

    def check(self, machines):
        """What the playbooks plan must not differ from what the manifest says."""
        for number, machine in machines.items():
            row = (self.templates if machine.kind == "template" else self.machines).get(number)
            if row is None:
                if machine.kind == "template":
                    continue
                raise Trouble(f"the manifest lacks {number} ({machine.keys.get('vm_name')})",
                              [machine.place, (self.path, 1)])
            self._compare(number, machine, row)

    def _compare(self, number, machine, row):
        for key, name in (("vm_name", "vm_name"), ("vm_ip", "ip"), ("bridge", "bridge"),
                          ("vm_template_id", "template_vm_id"), ("vm_cores", "cores"),
                          ("vm_memory", "memory_mb"), ("vm_disk_size", "disk_gb")):
            planned = bridge_of(machine) if key == "bridge" else machine.keys.get(key)
            told = row.get(name)
            if planned is None or told is None or same(planned, told):
                continue
            place = machine.places.get("vm_cards_wanted" if key == "bridge" else key,
                                       machine.place)
            raise Trouble(f"{number}: '{name}' is {planned} in the playbooks and {told} in the"
                          " manifest", [place, (self.path, row.line)])
        spec = SPEC.match(str(row.get("spec", "")))
        if spec is not None and machine.keys.get("vm_disk_size") not in (None, int(spec.group(3))):
            raise Trouble(f"{number}: the disk has {machine.keys['vm_disk_size']} GiB in the"
                          f" playbooks and {spec.group(3)} in the manifest",
                          [machine.places["vm_disk_size"], (self.path, row.line)])


def bridge_of(machine):
    card = machine.keys.get("vm_cards_wanted", {}).get("net0", "")
    found = re.search(r"bridge=([^,]+)", card)
    return found.group(1) if found else None


def same(planned, told):
    if str(planned) == str(told):
        return True
    try:
        return ipaddress.ip_address(str(planned)) == ipaddress.ip_address(str(told))
    except ValueError:
        return False
