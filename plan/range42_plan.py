# Prints a scenario as JSON lines; range42.plan starts it with the Python of the ansible in use.
# SPDX-License-Identifier: GPL-3.0-or-later
# Longer than usual: the command line, the order of the work, and the only place that prints.
import json
import os
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import checks  # noqa: E402
import manifest  # noqa: E402
from command_line import parser_of  # noqa: E402
from records import Taker  # noqa: E402
from secrets_out import Vaults, name_secrets  # noqa: E402
from trouble import Trouble  # noqa: E402

NAME = "range42.plan"
TIME_LIMIT_S = 300
# How many places of a kind a note names.
PLACES_SHOWN = 3
INVENTORY_DIR = "RANGE42_ANSIBLE_ROLES__INVENTORY_DIR"
PASSWORD_FILE = "RANGE42_VAULT_PASSWORD_FILE"
DEVKIT_DIR = "RANGE42_ANSIBLE_ROLES__DEVKITS_DIR"
VAULT_IN_DEVKIT = os.path.join("secrets", "default_vault.yml")


def understand(arguments):
    return parser_of(NAME, ("--offline", "--templates", "--all")).parse_args(arguments)


class Notes:
    """What a person should know of the plan, on stderr; printed when there is a plan."""

    def __init__(self, directory):
        self._directory = directory
        self.lines = []

    def add(self, words):
        self.lines.append(words)

    def at(self, place):
        return shown(place, self._directory)


def shown(place, directory):
    path, line = place
    inside = os.path.relpath(path, directory)
    return f"{path if inside.startswith('..') else inside}:{line}"


def inventories(options):
    if options.inventory:
        return [os.path.abspath(one) if "," not in one else one for one in options.inventory]
    folder = os.environ.get(INVENTORY_DIR, "")
    named = os.path.join(folder, "inventory_default.yml")
    return [named] if folder and os.path.exists(named) else []


def playbook_of(options, directory):
    """The scenario's main playbook, or None where there is but a manifest."""
    if options.manifest:
        return None
    named = os.path.join(directory, options.playbook or "main.yml")
    if os.path.isfile(named):
        return named
    if options.playbook or not os.path.isfile(os.path.join(directory, manifest.NAME)):
        raise Trouble(f"there is no playbook {named}",
                      remedy="name the scenario's directory, or one of its playbooks with"
                             " --playbook")
    return None


def from_playbooks(options, directory, playbook, notes, vaults_kept):
    """Machines and images, by ansible's own parser."""
    try:
        from ansible_side import AnsibleError, Side, plain, told_by
        from calls import Walk
    except ModuleNotFoundError as error:
        raise Trouble(f"there is no ansible-playbook on PATH, whose parser is to read {playbook}"
                      f" ({error})", remedy="install ansible-core, or plan from a manifest of"
                      " version 3 with --manifest") from error
    taker = Taker()
    try:
        side = Side(directory, playbook, inventories(options), options.extra_vars,
                    options.vault_password_file or os.environ.get(PASSWORD_FILE))
        vaults_kept.append(lambda: Vaults(side.loader.vaults, side.opened, plain))
        Walk(side, taker.take).go()
    except (AnsibleError, Trouble, RecursionError) as error:
        if isinstance(error, RecursionError):
            raise Trouble("the scenario leads back into itself", [(playbook, 1)]) from error
        raise told_by(error, (playbook, 1)) from error
    vaults = vaults_kept[-1]()
    for machine in taker.machines.values():
        name_secrets(machine, vaults)
    for image in taker.images:
        name_secrets(image, vaults)
    tell_of_others(taker, notes)
    check_vaults(side, taker)
    return taker.machines, taker.images


def check_vaults(side, taker):
    """Names in a plan are looked up in the workspace's vault: it must be the one that was read."""
    own = os.path.join(os.environ.get(DEVKIT_DIR, ""), VAULT_IN_DEVKIT)
    if not os.environ.get(DEVKIT_DIR) or not os.path.exists(own):
        return
    for path in side.loader.vaults:
        named = any(isinstance(value, dict) and "vault" in value
                    for machine in taker.machines.values() for value in machine.keys.values())
        if named and os.path.realpath(path) != os.path.realpath(own):
            raise Trouble(f"the scenario's vault is not the workspace's, {own}", [(path, 1)],
                          "activate the workspace of this scenario")


def tell_of_others(taker, notes):
    kinds = {}
    for what, place in taker.others:
        kinds.setdefault(what, []).append(place)
    for what, places in kinds.items():
        some = ", ".join(notes.at(place) for place in places[:PLACES_SHOWN] if place)
        more = f" and {len(places) - PLACES_SHOWN} more" if len(places) > PLACES_SHOWN else ""
        notes.add(f"not part of the plan: {what} ({some}{more})")


def line_of(machine, options, notes):
    line = {"action": "plan", "plan_kind": machine.kind, "plan_at": notes.at(machine.place),
            **machine.keys}
    if machine.kind == "machine":
        line["plan_starts"] = machine.starts
        if "vm_template_id" in line:
            line["vm_full_clone"] = not options.linked
            if options.linked:
                # A linked clone lies where its template does; Proxmox takes no other place.
                line.pop("vm_disk_storage", None)
    if machine.conditions:
        line["plan_condition"] = " and ".join(machine.conditions)
    if machine.left:
        line["plan_left"] = [f"{notes.at(place)} {name}" for name, place in machine.left]
    return json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def is_wanted(machine, options):
    return options.all or (machine.kind != "machine") == options.templates


def plan(options, notes, vaults_kept):
    directory = os.path.abspath(options.directory)
    if not os.path.isdir(directory):
        raise Trouble(f"there is no directory {options.directory}")
    playbook = playbook_of(options, directory)
    witness = manifest.read(os.path.join(directory, manifest.NAME))
    if playbook is None:
        if witness is None:
            raise Trouble(f"there is no {manifest.NAME} in {directory}")
        machines, images = witness.plan(), []
    else:
        machines, images = from_playbooks(options, directory, playbook, notes, vaults_kept)
        if witness is not None:
            witness.check(machines)
    checks.check_alone(machines)
    ordered = checks.order(machines, images)
    if options.offline:
        notes.add("the node was not asked whether storages, bridges and templates are there")
    elif not os.environ.get(DEVKIT_DIR):
        notes.add("the node was not asked, since no workspace is active"
                  f" ({DEVKIT_DIR} is not set)")
    else:
        checks.Node(options.tools).check(machines, images)
    return [line_of(machine, options, notes) for machine in ordered if is_wanted(machine, options)]


def out_of_time(*_):
    raise Trouble(f"the plan took more than {TIME_LIMIT_S} s of the processor")


def main():
    options = understand(sys.argv[1:])
    directory = os.path.abspath(options.directory)
    notes = Notes(directory)
    vaults_kept = []
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # Of the processor, so that a busy machine fails no plan.
    signal.signal(signal.SIGPROF, out_of_time)
    signal.setitimer(signal.ITIMER_PROF, TIME_LIMIT_S)

    def say(words):
        hidden = vaults_kept[-1]().hide(words) if vaults_kept else words
        sys.stderr.write(hidden + "\n")

    try:
        lines = plan(options, notes, vaults_kept)
    except Trouble as trouble:
        where = " and ".join(shown(place, directory) for place in dict.fromkeys(trouble.places))
        say(f"{NAME}: {where + ': ' if where else ''}{trouble.what}")
        if trouble.remedy:
            say(f"  {trouble.remedy}")
        return trouble.status
    for note in notes.lines:
        say(f"{NAME}: {note}")
    sys.stdout.write("".join(line + "\n" for line in lines))
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
