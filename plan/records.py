# From the calls of the role to records: one for each image, template and machine.
# SPDX-License-Identifier: GPL-3.0-or-later
# Longer than usual: what each action hands over, and the key that later stages know it by.
import ipaddress
import re
from dataclasses import dataclass, field

from trouble import Trouble

# More would not fit a node, and a plan of that size is a mistake in a loop.
MACHINES_LIMIT = 1000
LOWEST_ID, HIGHEST_ID = 100, 999_999_999
DISK_SIZE = re.compile(r"^(\d+)\s*([gGtT])?(?:i?[bB])?$")
EXTRA_CARD = re.compile(r"^(net|ipconfig)([1-9]|[12]\d|3[01])$")
HOST_NAME = re.compile(r"^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
                       r"(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$")
TRUE_WORDS = ("1", "true", "yes", "on")


@dataclass
class Machine:
    """What becomes one line, and where each of its keys was written."""
    kind: str
    place: tuple
    keys: dict = field(default_factory=dict)
    places: dict = field(default_factory=dict)
    # Names of the variables behind a key, of which one may be the vault's.
    sources: dict = field(default_factory=dict)
    conditions: list = field(default_factory=list)
    left: list = field(default_factory=list)
    starts: bool = False

    def set(self, key, value, place=None):
        if value is not None:
            self.keys[key] = value
            self.places[key] = place or self.place


class Taker:
    """Takes what the walk finds and puts together what belongs to one machine."""

    # What a plan neither makes nor could pass over.
    AGAINST = ("vm_delete", "vm_stop_force", "vm_stop", "snapshot_vm_revert",
               "snapshot_vm_delete", "lxc_delete")

    def __init__(self):
        self.machines = {}
        self.images = []
        # Calls and tasks that are no machine's: (what, place).
        self.others = []
        self._last = {}

    def take(self, find):
        action = getattr(find, "action", None)
        if action is None:
            self._take_other(find)
            return
        work = getattr(self, "_" + action, None)
        if work is not None:
            try:
                work(find, find.scope)
            except Trouble as trouble:
                # In a file that serves many machines, a line alone does not say which one it was.
                place = find.scope.place_of("vm_name") if "vm_name" in find.scope.variables \
                    else self._place_of_last(find.host)
                if place and place not in trouble.places:
                    trouble.places.append(place)
                raise
        elif action in self.AGAINST:
            raise Trouble(f"{action} is nothing that a plan makes", [find.place])
        else:
            self.others.append((action, find.place))

    def _place_of_last(self, host):
        return self._last[host].place if host in self._last else None

    def _take_other(self, find):
        machine = self._last.get(find.host)
        if machine is not None:
            machine.left.append((find.name, find.place))
        else:
            self.others.append((find.name, find.place))

    # -- the actions ---------------------------------------------------------------------------

    def _vm_clone(self, call, scope):
        machine = self._new("machine", call, "vm_new_id")
        machine.set("vm_template_id", vm_id(scope, "vm_id"), scope.place_of("vm_id"))
        take_name(machine, scope)
        machine.set("vm_description", text(scope, "vm_description") or "",
                    scope.place_of("vm_description"))
        take_extra(machine, scope)

    def _vm_create(self, call, scope):
        machine = self._new("machine", call, "vm_id")
        take_name(machine, scope)
        for key, name in (("vm_cores", "vm_cores"), ("vm_sockets", "vm_sockets"),
                          ("vm_memory", "vm_memory")):
            machine.set(key, number(scope, name), scope.place_of(name))
        machine.set("vm_cpu", text(scope, "vm_cpu"), scope.place_of("vm_cpu"))
        machine.set("vm_description", text(scope, "vm_description"))
        machine.set("vm_iso_file", text(scope, "vm_iso_file"))
        machine.set("vm_disk_size", gibibytes(scope, "vm_disk_size"))
        take_bridge(machine, scope, "vmbr0")

    def _vm_set_tag(self, call, scope):
        machine = self._known(call, "vm_id")
        tags = text(scope, "vm_tag_name")
        if machine is not None and tags:
            machine.set("vm_tags", ";".join(re.split(r"[,; ]+", tags.strip())),
                        scope.place_of("vm_tag_name"))

    def _cloudinit_set_variables(self, call, scope):
        machine = self._known(call, "vm_id")
        if machine is None:
            return
        for key, name in (("vm_ci_user", "vm_ci_user"), ("vm_ci_password", "vm_ci_password"),
                          ("vm_ci_ssh_keys", "vm_ci_ssh_key"),
                          ("vm_ci_nameserver", "vm_ci_dns_ips"),
                          ("vm_ci_searchdomain", "vm_ci_dns_domain")):
            machine.set(key, text(scope, name), scope.place_of(name))
            machine.sources[key] = scope.names_behind(name)
        require(scope, "vm_ci_ssh_key")
        take_address(machine, scope)
        take_bridge(machine, scope)
        take_config(machine, scope, "vm_extra_config")

    def _vm_start(self, call, scope):
        machine = self._known(call, "vm_id")
        if machine is not None:
            machine.starts = True

    def _template_convert_vm_to_template(self, call, scope):
        machine = self._known(call, "vm_id")
        if machine is not None:
            machine.kind = "template"

    def _template_cloudinit_import_disk(self, call, scope):
        machine = self._known(call, "vm_id", scope)
        if machine is None:
            return
        machine.set("vm_image_path", require(scope, "cloudinit_image_full_path"),
                    scope.place_of("cloudinit_image_full_path"))
        machine.set("vm_disk_size", gibibytes(scope, "vm_disk_size"),
                    scope.place_of("vm_disk_size"))

    def _storage_download_iso(self, call, scope):
        image = Machine("image", call.place, conditions=call.conditions)
        for name in ("proxmox_storage", "iso_file_content_type", "iso_url", "iso_file_name"):
            image.set(name, require(scope, name), scope.place_of(name))
        image.set("proxmox_node", text(scope, "proxmox_node"))
        self.images.append(image)

    # -- what they share -----------------------------------------------------------------------

    def _new(self, kind, call, name):
        scope = call.scope
        place = scope.place_of("vm_name")
        number_of_it = vm_id(scope, name)
        former = self.machines.get(number_of_it)
        if former is not None:
            raise Trouble(f"two machines with the id {number_of_it}", [former.place, place])
        if len(self.machines) == MACHINES_LIMIT:
            raise Trouble(f"more than {MACHINES_LIMIT} machines in one plan", [place])
        machine = Machine(kind, place, conditions=call.conditions)
        machine.set("vm_id", number_of_it, scope.place_of(name))
        machine.set("proxmox_node", text(scope, "proxmox_node"), scope.place_of("proxmox_node"))
        machine.set("vm_disk_storage", text(scope, "proxmox_dest_vm_storage_name"),
                    scope.place_of("proxmox_dest_vm_storage_name"))
        self.machines[number_of_it] = machine
        self._last[call.host] = machine
        return machine

    def _known(self, call, name, scope=None):
        """The machine that the call is about, if this scenario makes it."""
        found = self.machines.get(vm_id(call.scope, name))
        if found is None:
            self.others.append((call.action, call.place))
        return found


def require(scope, name):
    value = text(scope, name)
    if value is None or value == "":
        raise Trouble(f"'{name}' is undefined", [scope.place])
    return value


def text(scope, name):
    value = scope.value(name)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (dict, list)):
        raise Trouble(f"'{name}' is no text", [scope.place_of(name)])
    return str(value)


def whole(value, what, place):
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,12}", str(value).strip()):
        raise Trouble(f"{what} is no number", [place])
    return int(value)


def number(scope, name):
    value = scope.value(name)
    return None if value is None else whole(value, f"'{name}'", scope.place_of(name))


def vm_id(scope, name):
    value = scope.value(name)
    if value is None:
        raise Trouble(f"'{name}' is undefined", [scope.place])
    return judged_id(value, f"'{name}'", scope.place_of(name))


def judged_id(value, what, place):
    found = whole(value, what, place)
    if not LOWEST_ID <= found <= HIGHEST_ID:
        raise Trouble(f"{what} is {found}, and an id is from {LOWEST_ID} to {HIGHEST_ID}", [place])
    return found


def gibibytes(scope, name):
    """`16g`, `16G`, `1t` or `16`, as GiB."""
    value = text(scope, name)
    if value is None:
        return None
    found = DISK_SIZE.match(value.strip())
    if found is None:
        raise Trouble(f"'{name}' is no size of a disk", [scope.place_of(name)])
    return int(found.group(1)) * (1024 if (found.group(2) or "g") in "tT" else 1)


def take_name(machine, scope):
    name = require(scope, "vm_name")
    if not HOST_NAME.match(name):
        raise Trouble("'vm_name' is no host name", [scope.place_of("vm_name")])
    machine.set("vm_name", name, scope.place_of("vm_name"))
    known = text(scope, "global_vm_ssh_name")
    machine.set("vm_ssh_name", known or f"r42.{name}",
                scope.place_of("global_vm_ssh_name") if known else None)
    machine.set("vm_pool", text(scope, "vm_pool"), scope.place_of("vm_pool"))


def take_bridge(machine, scope, otherwise=None):
    bridge = text(scope, "vm_net_virtio_bridge") or otherwise
    if bridge:
        cards = machine.keys.setdefault("vm_cards_wanted", {})
        cards["net0"] = f"virtio,bridge={bridge}"
        machine.places["vm_cards_wanted"] = scope.place_of("vm_net_virtio_bridge")


def take_address(machine, scope):
    address = text(scope, "vm_ci_ip")
    if not address:
        return
    place = scope.place_of("vm_ci_ip")
    if address == "dhcp":
        machine.set("vm_ci_ip", "ip=dhcp", place)
        return
    mask = require(scope, "vm_ci_netmask")
    gateway = text(scope, "vm_ci_ip_gw")
    set_address(machine, address, mask, gateway, place)


def set_address(machine, address, mask, gateway, place):
    try:
        own = ipaddress.ip_interface(f"{address}/{mask}")
        if gateway:
            ipaddress.ip_address(gateway)
    except ValueError as error:
        raise Trouble(f"no address: {error}", [place]) from error
    key = "ip" if own.version == 4 else "ip6"
    behind = f",{'gw' if own.version == 4 else 'gw6'}={gateway}" if gateway else ""
    machine.set("vm_ci_ip", f"{key}={own.ip}/{own.network.prefixlen}{behind}", place)
    machine.set("vm_ip", str(own.ip), place)


def take_extra(machine, scope):
    """What the bundle for machines sets besides the role: resources, further cards, the disk."""
    take_config(machine, scope, "global_vm_extra_config")
    disk = mapping(scope, "global_vm_disk")
    place = scope.place_of("global_vm_disk")
    if disk:
        machine.set("vm_disk", str(disk.get("disk", "scsi0")), place)
        machine.set("vm_disk_size", whole(disk.get("size_gb"), "'size_gb'", place), place)


def take_config(machine, scope, name):
    place = scope.place_of(name)
    for key, value in mapping(scope, name).items():
        if key in ("cores", "memory"):
            machine.set("vm_" + key, whole(value, f"'{key}'", place), place)
        elif EXTRA_CARD.match(key):
            machine.keys.setdefault("vm_cards_wanted", {})[key] = str(value)
            machine.places.setdefault("vm_cards_wanted", place)
        else:
            raise Trouble(f"'{name}' may hold cores, memory, netN and ipconfigN, not '{key}'",
                          [place])


def mapping(scope, name):
    value = scope.value(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Trouble(f"'{name}' is no mapping", [scope.place_of(name)])
    return value
