# The actions of the controller role, each done by a tool: variables in, one fact out.
# SPDX-License-Identifier: GPL-3.0-or-later
# Longer than usual: ansible takes one file for one action, and reads no table but a plugin's own.
import json
import os
import re
import subprocess
from collections import namedtuple

from ansible import constants
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase

OWN_ROLE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
TOOLS = os.path.join(OWN_ROLE, "../../../../bin")
CLONE_WAIT_S = 3600
SETTINGS_LIMIT = 4096  # a pipe takes so much before anybody reads it
SETTINGS = ("proxmox_api_host proxmox_api_user proxmox_api_token_id proxmox_api_token_secret "
            "proxmox_node")
MORE_SETTINGS = "proxmox_api_tls proxmox_api_tls_pin proxmox_dest_vm_storage_name"

# What an action needs, what it may have, and what only upstream's role understands.
Action = namedtuple("Action", "tool needs may_have upstreams", defaults=("vm_id", "", ""))
ACTIONS = {
    "vm_clone": Action("proxmox_vm.clone", "vm_id vm_new_id vm_name vm_description"),
    "vm_set_tag": Action("proxmox_vm.configure", "vm_id vm_tag_name"),
    "cloudinit_set_variables": Action(
        "proxmox_vm.configure", "vm_id vm_ci_ssh_key",
        "vm_ci_user vm_ci_password vm_ci_dns_domain vm_ci_dns_ips vm_ci_ip vm_ci_netmask "
        "vm_ci_ip_gw vm_net_virtio_bridge", "vm_extra_config vm_net_virtio_mac"),
    "vm_create": Action(
        "proxmox_vm.create --as-devkit", "vm_id vm_name vm_cpu vm_cores vm_sockets vm_memory",
        "vm_disk_size vm_iso_file vm_net_virtio_bridge vm_description", "vm_create_require_absent"),
    "vm_start": Action("proxmox_vm.start"),
    "vm_stop": Action("proxmox_vm.stop"),
    "vm_stop_force": Action("proxmox_vm.stop_force"),
    "vm_pause": Action("proxmox_vm.pause"),
    "vm_resume": Action("proxmox_vm.resume"),
    "vm_delete": Action("proxmox_vm.delete", "vm_id vm_name"),
    "template_convert_vm_to_template": Action("proxmox_template.convert_to_template",
                                              "vm_id proxmox_storage"),
    "storage_download_iso": Action("proxmox_storage.download_iso", "proxmox_storage iso_url "
                                   "iso_file_name iso_file_content_type"),
    "snapshot_vm_create": Action("proxmox_snapshot_vm.create_snapshot", "vm_id vm_name "
                                 "vm_snapshot_name vm_snapshot_description"),
    "snapshot_vm_revert": Action("proxmox_snapshot_vm.revert_snapshot",
                                 "vm_id vm_name vm_snapshot_name"),
    "snapshot_vm_delete": Action("proxmox_snapshot_vm.delete_snapshot",
                                 "vm_id vm_name vm_snapshot_name"),
}


class Failed(Exception):
    """Words for the task to fail with, and what else its result has."""

    def __init__(self, message, **result):
        super().__init__(message)
        self.result = dict(result, failed=True, msg=message)


class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        self.variables = task_vars
        try:
            result.update(self.act(self.needed("proxmox_vm_action")))
        except Failed as failure:
            result.update(failure.result)
        return result

    def act(self, name):
        action = ACTIONS.get(name)
        if self.is_upstreams(action):
            return {"upstream": self.upstreams_role(name)}
        line = {key: self.needed(key) for key in action.needs.split()}
        wanted = {key: self.value(key) for key in action.may_have.split()}
        line.update((key, value) for key, value in wanted.items() if value is not None)
        self.settings = self.callers_settings()
        if self._task.check_mode:
            requests = self.call(action.tool, self.shaped(name, line), "--dry-run")
            return {"requests": requests, "changed": True, "_ansible_verbose_always": True}
        self.await_clone(line.get("vm_id"))
        result = {"vm_clone": self.clone, "vm_set_tag": self.configure,
                  "cloudinit_set_variables": self.configure}.get(name, self.do)(name, action, line)
        fact = result.pop("fact", None)
        if fact is not None:
            fact.update(action=name, source="proxmox")
            result.update({name: fact, "ansible_facts": {name: fact}})
        return dict(result, _ansible_verbose_always=True)

    # What the caller says.

    def value(self, name):
        """The variable with its type; None where it is absent or omitted."""
        if name not in self.variables:
            return None
        try:
            value = self._templar.template(self.variables[name])
        except Exception as error:
            if type(error).__name__ == "AnsibleValueOmittedError":
                return None
            raise
        return None if value == self.variables.get("omit") else value

    def needed(self, name):
        value = self.value(name)
        if value is None:
            raise Failed("'%s' is undefined" % name)
        return value

    def callers_settings(self):
        settings = {key: str(self.needed(key)) for key in SETTINGS.split()}
        more = {key: self.value(key) for key in MORE_SETTINGS.split()}
        settings.update((key, str(value)) for key, value in more.items() if value)
        if boolean(self.value("proxmox_api_validate_certs") or False, strict=False):
            file = os.environ.get("RANGE42_PROXMOX_CA_FILE") or os.environ.get("SSL_CERT_FILE")
            settings.setdefault("proxmox_api_tls", "ca:" + file if file else "system")
        if len(json.dumps(settings)) > SETTINGS_LIMIT:
            raise Failed("the settings of the API are longer than %d bytes" % SETTINGS_LIMIT)
        return settings

    # What is left to upstream's role.

    def is_upstreams(self, action):
        return (action is None or os.environ.get("RANGE42_PROXMOX_API_FORCE") == "off"
                or not constants.INJECT_FACTS_AS_VARS
                or any(self.value(key) is not None for key in action.upstreams.split())
                or not os.access(os.path.join(TOOLS, action.tool.split()[0]), os.X_OK))

    def upstreams_role(self, name):
        if self.value("range42_fastpath_above") is not None:
            raise Failed("%s: upstream's role leads back to this one" % name)
        for directory in constants.DEFAULT_ROLES_PATH:
            role = os.path.join(directory, os.path.basename(OWN_ROLE))
            own_plugin = os.path.join(role, "action_plugins", os.path.basename(__file__))
            if os.path.isdir(role) and not os.path.exists(own_plugin):
                return os.path.realpath(role)
        raise Failed("%s is for upstream's role, and there is none on the roles path" % name)

    # What the tools do.

    def call(self, tool, line, *options):
        """The objects that the tool prints for this line; the credentials go through a pipe."""
        tool, *contract = tool.split()
        reader, writer = os.pipe()
        try:
            with os.fdopen(writer, "w") as pipe:
                json.dump(self.settings, pipe)
            ended = subprocess.run(
                [os.path.join(TOOLS, tool), *contract, *options], input=json.dumps(line) + "\n",
                capture_output=True, text=True, errors="replace", check=False, pass_fds=[reader],
                env=dict(os.environ, RANGE42_PROXMOX_CREDENTIALS_FD=str(reader)))
        finally:
            os.close(reader)
        words = re.sub(r"\x1b\[[0-9;]*m|^:: [A-Z]+ +:: ", "", ended.stderr, flags=re.M).strip()
        if ended.returncode != 0:
            raise Failed(words or tool, rc=ended.returncode)
        self.words = words
        return [json.loads(text) for text in ended.stdout.splitlines()]

    def listed(self, vm_id):
        rows = self.call("proxmox_vm.list_vm_and_extract_vm_name", {"vm_id": vm_id})
        return rows[0] if rows else {}

    def runs(self, vm_id):
        """Whether it runs; a list calls a paused machine running, too."""
        return bool(self.call("proxmox_vm.select", {"vm_id": vm_id}, "@running"))

    def await_clone(self, vm_id):
        """A clone that this play has begun ends before anything else happens to its machine."""
        begun = self.variables.get("vm_clone")
        upid = begun.get("raw_info", {}).get("data") if isinstance(begun, dict) else None
        if upid and str(begun.get("vm_id")) == str(vm_id):
            self.call("proxmox_task.wait", {"upid": upid}, "--timeout", str(CLONE_WAIT_S))

    def shaped(self, name, line):
        """The line as our tool knows it, where that is not as the devkit's does."""
        storage = self.settings.get("proxmox_dest_vm_storage_name")
        if name == "vm_clone":
            line = dict(line, vm_full_clone=1)
            if storage:
                line["vm_disk_storage"] = storage
        return line

    def do(self, name, action, line):
        if "vm_id" in line and name != "vm_create":
            # Wants nothing of the machine but that no task has locked it.
            self.call("proxmox_vm.configure", {"vm_id": line["vm_id"]})
        if name == "vm_start" and self.runs(line["vm_id"]):
            return {"changed": False, "fact": {
                "proxmox_node": self.settings["proxmox_node"], "vm_id": line["vm_id"],
                "vm_name": self.listed(line["vm_id"])["vm_name"], "vm_status": "running"}}
        rows = self.call(action.tool, self.shaped(name, line))
        # A value that came from the caller keeps the caller's type.
        fact = {key: line[key] if str(value) == str(line.get(key)) else value
                for row in rows for key, value in row.items()}
        if not rows and name == "template_convert_vm_to_template":
            fact = dict(line, proxmox_node=self.settings["proxmox_node"],
                        status="template created")
        return {"fact": fact or None, "changed": bool(rows), "msg": self.words}

    def clone(self, name, action, line):
        """Begins the clone; what is done to it next awaits its end."""
        there = self.listed(line["vm_new_id"])
        if there and (there["vm_name"] != line["vm_name"] or there["vm_template"]):
            raise Failed("vm_id %s is %s%s, and not %s" % (
                line["vm_new_id"], "the template " if there["vm_template"] else "",
                there["vm_name"], line["vm_name"]), rc=1)
        raw = {}
        if not there:
            row, = self.call(action.tool, self.shaped(name, line), "--async")
            raw = {"data": row["upid"]}
        return {"changed": not there, "fact": {
            "proxmox_node": self.settings["proxmox_node"], "vm_id": line["vm_new_id"],
            "vm_id_clone_from": line["vm_id"], "vm_name": line["vm_name"],
            "vm_description": line["vm_description"], "raw_info": raw}}

    def configure(self, name, action, line):
        """Changes what differs. A machine that runs would not see it: it is stopped then."""
        config, = self.call("proxmox_vm.get_config", {"vm_id": line["vm_id"]})
        before = config["raw_data"]["data"]
        # Proxmox hides the password: what we have made has it from here.
        is_ours = re.search(r"^range42-fastpath \S+( clone of \d+)?$",
                            before.get("description", ""), re.M)
        insists = [] if is_ours or "vm_ci_password" not in line else ["--set-password"]
        row, = self.call(action.tool, line, *insists)
        changes = row["vm_changes"]
        if name == "vm_set_tag":
            fact = {"tags": line["vm_tag_name"]}
        else:
            if changes and self.runs(line["vm_id"]):
                self.call("proxmox_vm.stop_force", {"vm_id": line["vm_id"]})
            fact = {key: value for key, value in line.items()
                    if key == "vm_id" or key.startswith(("vm_ci_ip", "vm_ci_netm", "vm_ci_dns"))}
            fact.update(proxmox_node=self.settings["proxmox_node"], cipassword="redacted",
                        sshkeys="redacted", template_status="regenerated")
            if "vm_ci_user" in line:
                fact["ciuser"] = line["vm_ci_user"]
        hidden = {key for key, value in changes.items() if value == "redacted"}
        shown = {key: "redacted" if key in hidden else before.get(key) for key in changes}
        return {"fact": fact, "changed": bool(changes), "diff": {"before": shown,
                                                                 "after": changes}}
