# Which calls of the controller role a scenario makes, in their order, with what they hand over.
# SPDX-License-Identifier: GPL-3.0-or-later
# Longer than usual: one walk over plays, roles, blocks, includes and loops.
import os
import re
from dataclasses import dataclass, field

from ansible_side import AnsibleError, Block, IncludeRole, told_by
from trouble import Trouble, place_of

CONTROLLER = "range42-ansible_roles-proxmox_controller"
ACTION = "proxmox_vm_action"
# What a file of tasks mentions from which the controller may be called.
MENTIONS = (CONTROLLER.encode(), ACTION.encode())
DEPTH_LIMIT = 32
LOOP_LIMIT = 10_000
WORD = re.compile(r"[A-Za-z_]\w*")
# `{{ name }}`, maybe with a default.
ONE_NAME = re.compile(r"^\{\{\s*([A-Za-z_]\w*)\s*(\|\s*default\(.*\)\s*)?\}\}$")

# Tasks between the calls that change nothing on a node, and those that later stages make needless.
HARMLESS = frozenset(
    "add_host assert debug fail group_by import_role include_role include_tasks include_vars meta"
    " pause set_fact setup stat wait_for wait_for_connection".split())
# Asks whether the clone still is locked.
LOCK_POLL = re.compile(r"^\s*(?:\{\{.*\}\}|[\w./-]+/)?qm (config|status) ")
# Their work is in the plan, as vm_cores, vm_memory, vm_cards_wanted and vm_disk_size.
PLANNED_FILES = ("/vm.bootstrap/configure.yml", "/vm.bootstrap/grow_disk.yml")


@dataclass
class Call:
    """One run of the role: its action, and a way to look at the variables it would see."""
    action: str
    scope: "Scope"
    place: tuple
    host: str
    # What only a run could decide.
    conditions: list = field(default_factory=list)


@dataclass
class Other:
    """A task that changes something and is no call."""
    name: str
    place: tuple
    host: str


class Scope:
    """The variables at one place of the scenario."""

    def __init__(self, side, variables, place):
        self._side = side
        self.variables = variables
        self.place = place

    def value(self, name):
        """None where nothing was given: undefined, omitted, or empty as YAML has it."""
        if name not in self.variables:
            return None
        try:
            return self._side.template(self.variables[name], self.variables)
        except (AnsibleError, Trouble) as error:
            trouble = told_by(error, place_of(self.variables[name]) or self.place)
            written = self.place_of(name)
            if written not in trouble.places:
                trouble.places.append(written)
            raise trouble from error

    def place_of(self, name):
        """Where the value was written down at last, following `{{ other_name }}`."""
        place, asked = None, name
        for _ in range(DEPTH_LIMIT):
            value = self.variables.get(name)
            written = place_of(value)
            if written and written[0] in self._side.loader.vaults:
                break
            place = written or place
            alias = ONE_NAME.match(value) if isinstance(value, str) else None
            if alias is None or alias.group(1) == name or alias.group(1) not in self.variables:
                break
            name = alias.group(1)
        # Before 2.19 numbers have no place: that of the name is near.
        if name != asked != "vm_name" and place_of(value) is None and "vm_name" in self.variables:
            return self.place_of("vm_name")
        return place or self.place

    def names_behind(self, name):
        """All variables that the value of this one may come from."""
        seen, waiting = set(), [name]
        while waiting:
            one = waiting.pop()
            if one in seen:
                continue
            seen.add(one)
            value = self.variables.get(one)
            if isinstance(value, str) and "{" in value:
                waiting.extend(WORD.findall(value))
        return seen


class Walk:
    """Goes through a scenario as ansible would, doing nothing, and hands each find to `take`."""

    def __init__(self, side, take):
        self._side = side
        self._take = take
        # Names that have a value only once a task has run.
        self._decided_in_a_run = set()
        self._mentions = {}

    def go(self):
        for play in self._side.plays():
            self._side.enter(play)
            if self._leads_to_calls(play):
                self._go_through(play)

    def _leads_to_calls(self, play):
        if any(role.get_name() == CONTROLLER or self._role_mentions(role._role_path)
               for role in all_roles(play)):
            return True
        return any(self._may_call(task, play) for task in tasks_of(blocks_of(play)))

    def _may_call(self, task, play):
        if is_controllers(task):
            return True
        if isinstance(task, IncludeRole):
            name = str(task._role_name)
            if "{{" in name or is_controller(name):
                return True
            return self._role_mentions(self._side.folder_of_role(name, play))
        if is_action(task, "include_tasks"):
            return self._folder_mentions(os.path.dirname(file_of(task)))
        return False

    def _role_mentions(self, folder):
        return folder is not None and self._folder_mentions(os.path.join(str(folder), "tasks"))

    def _folder_mentions(self, folder):
        if folder not in self._mentions:
            self._mentions[folder] = any(
                mentions(os.path.join(place, name))
                for place, _, names in os.walk(folder)
                for name in names if name.endswith((".yml", ".yaml")))
        return self._mentions[folder]

    def _go_through(self, play):
        place = place_of(play.get_ds())
        try:
            variables = self._side.variables_of(play)
            play.hosts = self._side.template(play.hosts, variables)
            hosts = self._side.hosts_of(play.hosts)
        except AnsibleError as error:
            raise told_by(error, place) from error
        if not hosts:
            names = play.hosts if isinstance(play.hosts, str) else ",".join(map(str, play.hosts))
            raise Trouble(f"no host of the inventory is meant by '{names}'", [place],
                          "name the inventory with --inventory, or in"
                          " RANGE42_ANSIBLE_ROLES__INVENTORY_DIR")
        for host in hosts:
            self._each(play.pre_tasks, play, host, [], 0)
            for role in all_roles(play):
                self._go_through_role(role, play, host)
            self._each([*play.tasks, *play.post_tasks], play, host, [], 0)

    def _go_through_role(self, role, play, host):
        if role.get_name() == CONTROLLER:
            first = next(tasks_of(role.compile(play=play)), None)
            if first is not None:
                self._call(first, list(role.when), play, host, [], 0)
            return
        if self._role_mentions(role._role_path):
            self._each(role.compile(play=play), play, host, [], 0)

    def _each(self, blocks, play, host, conditions, depth):
        if depth > DEPTH_LIMIT:
            raise Trouble(f"includes go deeper than {DEPTH_LIMIT}")
        called = set()
        for task in tasks_of(blocks):
            if is_controllers(task):
                # One import is many tasks, and one call.
                importer = importer_of(task)
                if id(importer) not in called:
                    called.add(id(importer))
                    self._call(task, list(importer.when), play, host, conditions, depth)
            else:
                self._one(task, play, host, conditions, depth)

    def _one(self, task, play, host, conditions, depth):
        if task.register:
            self._decided_in_a_run.add(str(task.register))
        if self._may_call(task, play):
            self._call(task, list(task.when), play, host, conditions, depth)
        elif is_action(task, "set_fact"):
            self._keep_facts(task, play, host)
        elif is_action(task, "include_vars"):
            self._keep_included(task, play, host)
        elif changes_something(task):
            self._take(Other(task.get_name(), place_of(task.get_ds()), host.name))

    def _call(self, task, when, play, host, conditions, depth):
        """A call, or an include that leads to some."""
        place = place_of(task.get_ds())
        try:
            variables = self._side.variables_of(play, host, task)
            for item in self._items(task, variables):
                self._settle(task, when, play, host, conditions, depth,
                             item if item is variables else {**variables, **item})
        except AnsibleError as error:
            raise told_by(error, place) from error

    def _settle(self, task, when, play, host, conditions, depth, variables):
        place = place_of(task.get_ds())
        undecided = list(conditions)
        for condition in when:
            try:
                if not self._side.holds(condition, variables):
                    return
            except AnsibleError as error:
                if not self._waits_for_a_run(str(condition), variables):
                    raise told_by(error, place_of(condition) or place) from error
                undecided.append(str(condition))
        if not is_controllers(task) and self._went_elsewhere(task, play, host, undecided, depth,
                                                             variables):
            return
        scope = Scope(self._side, variables, place)
        action = scope.value(ACTION)
        if action is None:
            raise Trouble(f"'{ACTION}' is undefined", [place])
        self._take(Call(str(action), scope, place, host.name, undecided))

    def _went_elsewhere(self, task, play, host, conditions, depth, variables):
        """Into the tasks or the role that is included, unless it is the controller."""
        if is_action(task, "include_tasks"):
            self._include(task, play, host, conditions, depth, variables)
            return True
        name = str(self._side.template(task._role_name, variables))
        if is_controller(name):
            return False
        own = with_variables(task, variables, self._loop_names(task))
        self._each(self._side.blocks_of_role(name, own, play), play, host, conditions, depth + 1)
        return True

    def _waits_for_a_run(self, text, variables):
        seen, waiting = set(), WORD.findall(text)
        while waiting:
            word = waiting.pop()
            if word in self._decided_in_a_run:
                return True
            value = variables.get(word)
            if word not in seen and isinstance(value, str):
                waiting.extend(WORD.findall(value))
            seen.add(word)
        return False

    def _include(self, task, play, host, conditions, depth, variables):
        name = task.args.get("_raw_params") or task.args.get("file")
        path = self._find(str(self._side.template(name, variables)), task)
        own = with_variables(task, variables, self._loop_names(task))
        self._each(self._side.blocks_of_file(path, own, play), play, host, conditions, depth + 1)

    def _find(self, name, task):
        if os.path.isabs(name):
            return name
        folders = [os.path.dirname(file_of(task))]
        if task._role is not None:
            folders.append(os.path.join(task._role._role_path, "tasks"))
        folders.append(self._side.loader.get_basedir())
        for folder in folders:
            if os.path.isfile(os.path.join(folder, name)):
                return os.path.join(folder, name)
        raise Trouble(f"there is no file {name} to include", [place_of(task.get_ds())])

    def _loop_names(self, task):
        return [task.loop_control.loop_var or "item", task.loop_control.index_var]

    def _items(self, task, variables):
        """What is added to the variables for each turn of the task's loop."""
        if task.loop_with:
            terms = task.loop if isinstance(task.loop, list) else [task.loop]
            query = {**variables, "plan_terms": terms, "plan_lookup": task.loop_with}
            ask = self._side.trusted("{{ query(plan_lookup, *plan_terms) }}")
            loop = self._side.template(ask, query)
        elif task.loop is not None:
            loop = self._side.template(task.loop, variables)
        else:
            return [variables]
        if not isinstance(loop, list):
            raise AnsibleError("a loop goes over a list", obj=task.loop)
        if len(loop) > LOOP_LIMIT:
            raise Trouble(f"a loop of {len(loop)} turns: more than {LOOP_LIMIT}",
                          [place_of(task.get_ds())])
        name, index = self._loop_names(task)
        return [{name: item, **({index: number} if index else {})}
                for number, item in enumerate(loop)]

    def _keep_facts(self, task, play, host):
        facts = {name: value for name, value in task.args.items() if name != "cacheable"}
        try:
            variables = self._side.variables_of(play, host, task)
            if task.loop is not None or not all(
                    self._side.holds(condition, variables) for condition in task.when):
                self._decided_in_a_run.update(facts if task.loop is not None else ())
                return
            self._side.keep_fact(host, {name: self._side.template(value, variables)
                                        for name, value in facts.items()})
        except AnsibleError:
            self._decided_in_a_run.update(facts)

    def _keep_included(self, task, play, host):
        place = place_of(task.get_ds())
        try:
            variables = self._side.variables_of(play, host, task)
            if not all(self._side.holds(condition, variables) for condition in task.when):
                return
            name = task.args.get("_raw_params") or task.args.get("file")
            if name is None or task.loop is not None:
                raise Trouble("only include_vars with one file is understood", [place])
            data = self._side.data_of(self._find(str(self._side.template(name, variables)), task))
        except AnsibleError as error:
            raise told_by(error, place) from error
        under = task.args.get("name")
        self._side.keep_fact(host, {under: data} if under else data)


def is_controller(name):
    return name.rsplit("/", 1)[-1] == CONTROLLER


def is_controllers(task):
    """One of the role's own tasks, which an import has put where it stands."""
    return task._role is not None and task._role.get_name() == CONTROLLER


def importer_of(task):
    outer = task._parent
    while outer is not None and not isinstance(outer, IncludeRole):
        outer = outer._parent
    return outer or task._role


def is_action(task, name):
    return str(task.action).rsplit(".", 1)[-1] == name


def changes_something(task):
    action = str(task.action).rsplit(".", 1)[-1]
    if action in HARMLESS:
        return False
    if action == "uri":
        method = str(task.args.get("method", "GET")).upper()
        return method not in ("GET", "HEAD") and not file_of(task).endswith(PLANNED_FILES)
    if action in ("shell", "command"):
        text = str(task.args.get("_raw_params") or task.args.get("cmd") or "")
        return not LOCK_POLL.match(text)
    return True


def file_of(task):
    place = place_of(task.get_ds())
    return place[0] if place else ""


def mentions(path):
    try:
        with open(path, "rb") as file:
            text = file.read()
    except OSError:
        return False
    return any(word in text for word in MENTIONS)


def with_variables(task, variables, names):
    own = task.copy()
    own.vars = {**own.vars, **{name: variables[name] for name in names
                               if name and name in variables}}
    return own


def all_roles(play):
    """The play's roles in their order, what they depend on before them."""
    roles = []
    for role in play.get_roles():
        # Imported ones are among the play's tasks.
        if getattr(role, "from_include", False):
            continue
        roles.extend(one for one in role.get_all_dependencies() if one not in roles)
        roles.append(role)
    return roles


def blocks_of(play):
    return [*play.pre_tasks, *play.tasks, *play.post_tasks]


def tasks_of(blocks):
    """In the order of a run in which nothing fails."""
    for block in blocks:
        if isinstance(block, Block):
            yield from tasks_of(block.block)
            yield from tasks_of(block.always)
        else:
            yield block
