# The tools that are compared: how each is called, on which stage, and what it asks the node.
# SPDX-License-Identifier: GPL-3.0-or-later
from dataclasses import dataclass

STAGE = ("--refusal-ms", "10", "--task-ms", "20")
SNAPSHOT_LINE = '{"vm_id":@,"vm_snapshot_name":"clean"}'


@dataclass(frozen=True)
class Subject:
    tool: str
    line: str = "@"  # @ is the VM's id, # is the id of one that is new
    args: tuple = ()
    node: tuple = ()
    method: str = "POST"
    act: str = ""  # the path of what changes something; none for tools that only read
    form: str = ""
    read: str = "/qemu"
    quick: bool = False
    on_nothing: bool = False  # makes the VMs of its lines
    is_config: bool = False  # says what shall be, and so may say it again
    is_program: bool = False  # starts something in a guest

    def has_jobs(self):
        return bool(self.act) or self.tool == "guest.wait_ip"

    def stage(self, *more, plain=True):
        return [*STAGE, *(["--plain"] if plain else []), *self.node, *more]

    def line_for(self, vm_id):
        return self.line.replace("@", str(vm_id)).replace("#", str(vm_id + 100_000))

    def lines(self, *vm_ids):
        return "".join(self.line_for(vm_id) + "\n" for vm_id in vm_ids).encode()

    def where(self, template, vm_id):
        path = template.replace("@", str(vm_id)).replace("#", str(vm_id + 100_000))
        return f"path={path}$"

    def where_act(self, vm_id):
        form = f" form={self.form.replace('@', str(vm_id))}" if self.form else ""
        return f"method={self.method} {self.where(self.act, vm_id)}{form}"

    def where_read(self, vm_id):
        return f"method=GET {self.where(self.read, vm_id)}"


CURRENT = "/qemu/@/status/current"
CONFIG = "/qemu/@/config"
RUNNING = ("--running",)
WITH_SNAPSHOT = ("--snapshot", "clean")
WITH_AGENTS = ("--running", "--agents")


def power(tool, act, node=RUNNING, quick=False):
    return Subject(tool, node=node, act=f"/qemu/@/status/{act}", read=CURRENT, quick=quick)


# What reads lines and asks the node about the VM of each.
SUBJECTS = [
    power("proxmox_vm.start", "start", (), quick=True),
    power("proxmox_vm.stop", "shutdown"),
    power("proxmox_vm.stop_force", "stop"),
    power("proxmox_vm.pause", "suspend"),
    power("proxmox_vm.resume", "resume"),
    power("proxmox_vm.reboot", "reboot"),
    Subject("proxmox_vm.delete", method="DELETE", act="/qemu/@"),
    # Named, since the tool's own names are made of the second.
    Subject("proxmox_snapshot_vm.create_snapshot", '{"vm_id":@,"vm_snapshot_name":"one"}',
            act="/qemu/@/snapshot"),
    Subject("proxmox_snapshot_vm.delete_snapshot", SNAPSHOT_LINE, node=WITH_SNAPSHOT,
            method="DELETE", act="/qemu/@/snapshot/clean", read=CURRENT),
    Subject("proxmox_snapshot_vm.revert_snapshot", SNAPSHOT_LINE, node=WITH_SNAPSHOT,
            act="/qemu/@/snapshot/clean/rollback", read=CURRENT, quick=True),
    Subject("proxmox_vm.create", '{"vm_id":#,"vm_name":"vm-@","vm_disk_storage":"local"}',
            act="/qemu", form="vmid=100@(&|$)", read="/qemu/#/config", on_nothing=True,
            quick=True),
    Subject("proxmox_vm.clone",
            '{"vm_id":@,"vm_new_id":#,"vm_name":"c-@","vm_full_clone":1,"vm_disk_storage":"s@"}',
            node=("--storages", ",".join(["local", *(f"s{vm}" for vm in range(100, 200))])),
            act="/qemu/@/clone", read="/qemu/#/config", on_nothing=True),
    Subject("proxmox_vm.set_config", args=("--set", "cores=3"), method="PUT", act=CONFIG,
            read=CONFIG, is_config=True, quick=True),
    Subject("proxmox_vm.set_tag", '{"vm_id":@,"vm_tag_name":"web"}', method="PUT", act=CONFIG,
            is_config=True),
    Subject("proxmox_vm.configure", '{"vm_id":@,"vm_cores":3,"vm_tags":"web"}', method="PUT",
            act=CONFIG, read=CONFIG, is_config=True),
    Subject("proxmox_template.set_cloudinit_variables",
            '{"vm_id":@,"vm_ci_ssh_key":"ssh-ed25519 AAAA"}', method="PUT", act="/qemu/@/cloudinit",
            read=CONFIG, is_config=True),
    Subject("proxmox_template.convert_to_template", act="/qemu/@/template", read=CONFIG),
    Subject("proxmox_vm.set_boot_order", args=("--order", "scsi0"), method="PUT", act=CONFIG,
            read=CONFIG, is_config=True),
    Subject("proxmox_template.promote", args=("--recipe", "os=x"), act="/qemu/@/template",
            read=CONFIG),
    Subject("proxmox_snapshot_vm.list_snapshot", node=WITH_SNAPSHOT, read="/qemu/@/snapshot",
            quick=True),
    Subject("proxmox_vm.list_vm_and_extract_vm_name"),
    Subject("proxmox_template.lookup", '{"vm_id":@,"template_recipe":{"os":"x"}}'),
    Subject("proxmox_vm.lookup", read=CURRENT, node=WITH_AGENTS, quick=True),
    Subject("guest.run", args=("--agent", "--run-timeout", "3", "--", "true"), node=WITH_AGENTS,
            act="/qemu/@/agent/exec", read="/qemu/@/agent/exec-status", is_program=True,
            quick=True),
    Subject("guest.upload", args=("--agent", "--upload-timeout", "5", "data", "/tmp/data"),
            node=WITH_AGENTS,
            act="/qemu/@/agent/file-write", read="/qemu/@/agent/exec-status", is_program=True,
            is_config=True),
    Subject("guest.wait_ip", args=("--timeout", "3"), node=WITH_AGENTS,
            read="/qemu/@/agent/network-get-interfaces"),
]
BY_TOOL = {subject.tool: subject for subject in SUBJECTS}

# What lists without lines, and what else speaks to the node.
LISTINGS = {
    "proxmox_vm.list": "/qemu",
    "proxmox_vm.sync": "/qemu",
    "proxmox_node.list": "/nodes",
    "proxmox_api.reachable": ".*",
    "range42-doctor": ".*",
}
OVER_SSH = {
    "guest.wait_ssh": (),
    "guest.run": ("--", "sh", "-c", "echo out; echo err >&2; exit 0"),
    "guest.upload": ("data", "/tmp/data"),
    "alpine.install": (),
    "docker.install": (),
    "tailscale.install": ("--auth-key-file", "key"),
}
