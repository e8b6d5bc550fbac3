# The user's own ansible, opened so that it reads a scenario and runs nothing of it.
# SPDX-License-Identifier: GPL-3.0-or-later
# Longer than usual: all that knows how ansible 2.14 and 2.19 differ stands here.
import copy
import os

from trouble import VAULT, Trouble, causes_of, place_of, place_of_error, words_of_error

# Imports of playbooks in one scenario; a machine needs one or two, its software some more.
IMPORTS_LIMIT = 4000
VAULT_MARK = b"$ANSIBLE_VAULT;"
# What looks things up in variables, the environment and files; all others may run programs, ask
# the network or write, and are refused.
HARMLESS_LOOKUPS = frozenset(
    "cartesian dict env file fileglob first_found flattened indexed_items items lines_of list"
    " nested sequence subelements together varnames vars".split())
PLUGIN_KINDS = ("ACTION", "CALLBACK", "CACHE", "CONNECTION", "FILTER", "INVENTORY", "LOOKUP",
                "STRATEGY", "TEST", "VARS")


def prepare_environment():
    """Before ansible is imported: no plugins but those that came with it, no inventory scripts."""
    for kind in PLUGIN_KINDS:
        os.environ[f"ANSIBLE_{kind}_PLUGINS"] = os.devnull
    os.environ["ANSIBLE_INVENTORY_ENABLED"] = "host_list,yaml,ini"
    os.environ["ANSIBLE_VARS_ENABLED"] = "host_group_vars"
    os.environ["ANSIBLE_NOCOLOR"] = "1"


prepare_environment()

import ansible.playbook  # noqa: E402
import ansible.playbook.role  # noqa: E402
from ansible import constants, context  # noqa: E402
from ansible.errors import AnsibleError, AnsibleFileNotFound  # noqa: E402
from ansible.inventory.manager import InventoryManager  # noqa: E402
from ansible.module_utils.common.collections import ImmutableDict  # noqa: E402
from ansible.parsing.dataloader import DataLoader  # noqa: E402
from ansible.parsing import vault  # noqa: E402
from ansible.parsing.vault import VaultLib, get_file_vault_secret  # noqa: E402
from ansible.playbook import Playbook  # noqa: E402
from ansible.playbook.block import Block  # noqa: E402
from ansible.playbook.conditional import Conditional  # noqa: E402
from ansible.playbook.helpers import load_list_of_blocks  # noqa: E402
from ansible.playbook.role_include import IncludeRole  # noqa: E402
from ansible.plugins import loader as plugins  # noqa: E402
from ansible.template import Templar  # noqa: E402
from ansible.utils.display import Display  # noqa: E402
from ansible.vars.hostvars import HostVars  # noqa: E402
from ansible.vars.manager import VariableManager  # noqa: E402

__all__ = ["AnsibleError", "Block", "IncludeRole", "Side", "told_by"]


def told_by(error, place=None):
    """What ansible says of the scenario, as one of our troubles."""
    if isinstance(error, Trouble):
        return error
    for cause in causes_of(error):
        if isinstance(cause, Trouble):
            return cause
    words = words_of_error(error)
    found = place_of_error(error) or place
    # A text that was parsed without its file's name.
    if found and place and found[0].startswith("<"):
        found = (place[0], found[1])
    everything = " ".join(str(cause) for cause in causes_of(error)).lower()
    if "vault" in everything and ("decrypt" in everything or "password" in everything):
        return Trouble(f"the vault does not open: {words}", [found],
                       "is RANGE42_VAULT_PASSWORD_FILE, or --vault-password-file, the right one?",
                       VAULT)
    return Trouble(words, [found])


class QuietLoader(DataLoader):
    """Reads files, remembers which were vaults, and stops a plan that grows past its limit."""

    def __init__(self):
        super().__init__()
        self.vaults = {}
        self._imports = []
        self._counted = set()

    def load_from_file(self, file_name, *arguments, **options):
        path = self.path_dwim(file_name)
        # Asked for once for each call, and slow to open.
        if path in self.vaults:
            return copy.deepcopy(self.vaults[path])
        try:
            data = super().load_from_file(file_name, *arguments, **options)
        except AnsibleFileNotFound as error:
            importer = next((place_of(one) for one in reversed(self._imports)
                             if os.path.basename(str(one)) == os.path.basename(path)), None)
            if importer is None:
                raise
            raise Trouble(f"there is no playbook {path}", [importer]) from error
        except AnsibleError as error:
            raise told_by(error, (path, 1)) from error
        if path not in self._counted:
            self._counted.add(path)
            with open(path, "rb") as file:
                if file.read(len(VAULT_MARK)) == VAULT_MARK and isinstance(data, dict):
                    self.vaults[path] = data
        if isinstance(data, list):
            self._count_imports(data)
        return data

    def _count_imports(self, entries):
        for entry in entries:
            for name in constants._ACTION_IMPORT_PLAYBOOK:
                if isinstance(entry, dict) and name in entry:
                    self._imports.append(entry[name])
            if len(self._imports) > IMPORTS_LIMIT:
                raise Trouble(f"the scenario imports more than {IMPORTS_LIMIT} playbooks",
                              [place_of(entry)])


def guard_plugins():
    """Modules may be looked for beside playbooks, since ansible wants to know their names. Filters
    and the like beside them would be run, and stay unknown."""
    def add_modules_only(path):
        for finder, folder in ((plugins.module_loader, "library"),
                               (plugins.action_loader, "action_plugins")):
            place = os.path.join(os.fsdecode(path), folder)
            if os.path.isdir(place):
                finder.add_directory(place)

    ansible.playbook.add_all_plugin_dirs = add_modules_only
    ansible.playbook.role.add_all_plugin_dirs = add_modules_only
    look_up = plugins.lookup_loader.get

    def guarded(name, *arguments, **options):
        if name.removeprefix("ansible.builtin.").removeprefix("ansible.legacy.") \
                not in HARMLESS_LOOKUPS:
            refused.append(name)
            raise AnsibleError(f"the lookup '{name}' is not done")
        return look_up(name, *arguments, **options)

    refused = []
    plugins.lookup_loader.get = guarded
    return refused


def watch_vaults():
    """What is opened from now on, values that are vaults of their own among it."""
    opened = []
    open_one = VaultLib.decrypt_and_get_vault_id

    def watched(self, *arguments, **options):
        result = open_one(self, *arguments, **options)
        opened.append(os.fsdecode(result[0]))
        return result

    VaultLib.decrypt_and_get_vault_id = watched
    return opened


class Side:
    """A scenario as ansible sees it: its plays, its hosts, and what templates become."""

    def __init__(self, directory, playbook, inventory, extra_vars, password_file):
        for name in ("display", "warning", "deprecated", "verbose", "error"):
            setattr(Display, name, lambda *_, **__: None)
        if hasattr(plugins, "init_plugin_loader"):
            plugins.init_plugin_loader([])
        self._refused = guard_plugins()
        self.opened = watch_vaults()
        self._trust = {"trusted_as_template": True} if hasattr(Templar, "evaluate_conditional") \
            else {}
        context.CLIARGS = ImmutableDict(extra_vars=tuple(extra_vars), tags=("all",),
                                        skip_tags=(), vault_ids=(), verbosity=0)
        self.directory = directory
        self.playbook = playbook
        self.loader = QuietLoader()
        # -e @FILE is relative to where the user is, all else to the scenario.
        self.loader.set_basedir(os.getcwd())
        self._set_password(password_file)
        self.inventory = InventoryManager(loader=self.loader, sources=list(inventory))
        self.variables = VariableManager(loader=self.loader, inventory=self.inventory)
        HostVars(inventory=self.inventory, variable_manager=self.variables, loader=self.loader)
        self.extra_vars = dict(self.variables.extra_vars)
        self.loader.set_basedir(directory)

    def _set_password(self, path):
        if not path:
            return
        try:
            secret = get_file_vault_secret(filename=path, loader=self.loader)
            secret.load()
        except AnsibleError as error:
            raise Trouble(f"the vault does not open: {words_of_error(error)}",
                          status=VAULT) from error
        secrets = [("default", secret)]
        self.loader.set_vault_secrets(secrets)
        # Since 2.19, what opens values that are vaults of their own.
        keeper = getattr(vault, "VaultSecretsContext", None)
        if keeper is not None:
            keeper.initialize(keeper(secrets))

    def plays(self):
        plays = Playbook.load(self.playbook, variable_manager=self.variables,
                              loader=self.loader).get_plays()
        # Collections beside playbooks bring filters of their own.
        from ansible.utils.collection_loader import AnsibleCollectionConfig
        if AnsibleCollectionConfig.collection_finder is not None:
            AnsibleCollectionConfig.playbook_paths = []
        return plays

    def enter(self, play):
        """Relative names in a play are meant from its own playbook."""
        self.loader.set_basedir(getattr(play, "_included_path", None) or self.directory)

    def variables_of(self, play, host=None, task=None):
        return self.variables.get_vars(play=play, host=host, task=task)

    def keep_fact(self, host, facts):
        self.variables.set_nonpersistent_facts(host.name, facts)

    def template(self, value, variables):
        """What the value becomes; None where it becomes nothing (`omit`)."""
        before = len(self._refused)
        try:
            result = Templar(loader=self.loader, variables=variables).template(value)
        except AnsibleError as error:
            if type(error).__name__ == "AnsibleValueOmittedError":
                return None
            self._look_for_refusals(before, value)
            raise
        # A template may have asked for errors to be passed over.
        self._look_for_refusals(before, value)
        if isinstance(result, str) and result == variables.get("omit"):
            return None
        return plain(result)

    def _look_for_refusals(self, before, value):
        if len(self._refused) > before:
            raise Trouble(f"the lookup '{self._refused[-1]}' is not done for a plan, for which"
                          " nothing is run", [place_of(value)])

    def holds(self, condition, variables):
        before = len(self._refused)
        try:
            return self._judge(condition, variables)
        finally:
            self._look_for_refusals(before, condition)

    def _judge(self, condition, variables):
        templar = Templar(loader=self.loader, variables=variables)
        if hasattr(templar, "evaluate_conditional"):
            return bool(templar.evaluate_conditional(condition))
        judge = Conditional(loader=self.loader)
        judge.when = [condition]
        return judge.evaluate_conditional(templar, variables)

    def data_of(self, path):
        return self.loader.load_from_file(path, **self._trust)

    def trusted(self, text):
        """Our own template, which came from no file."""
        if not self._trust:
            return text
        from ansible.template import trust_as_template
        return trust_as_template(text)

    def hosts_of(self, pattern):
        return self.inventory.get_hosts(pattern)

    def blocks_of_file(self, path, task, play):
        data = self.data_of(path)
        if data is None:
            return []
        if not isinstance(data, list):
            raise Trouble("a file of tasks holds a list", [(path, 1)])
        return load_list_of_blocks(data, play=play, parent_block=task.build_parent_block(),
                                   role=task._role, loader=self.loader,
                                   variable_manager=self.variables)

    def blocks_of_role(self, name, task, play):
        own = task.copy()
        own._role_name = name
        return own.get_block_list(play=play, variable_manager=self.variables,
                                  loader=self.loader)[0]

    def folder_of_role(self, name, play):
        """Where a role's files are, or None where there is no such role."""
        from ansible.playbook.role.include import RoleInclude
        try:
            return RoleInclude.load(name, play=play, variable_manager=self.variables,
                                    loader=self.loader)._role_path
        except AnsibleError:
            return None


def plain(value):
    """Without what ansible attaches to what it has read."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        return "".join(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    # A value that is a vault of its own is opened when it is made a string.
    return str(value)
