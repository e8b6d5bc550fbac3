# Deploys a scenario: its plan as a table, then the pipe of the tools, and what has become of each.
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import shutil
import statistics
import sys
import textwrap
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from command_line import parser_of  # noqa: E402
from images import images_for, what_lacks, with_images  # noqa: E402
from pipe import Board, Pipe, Step, Tools, identity, lines_of, records_of, say  # noqa: E402

NAME = "range42-deploy"
# Waiting costs little, and Proxmox itself lets two clones at a time come onto a storage.
CLONE_JOBS, CHANGE_JOBS, WAIT_JOBS = "16", "8", "64"
TIMES = ("vm_create", "vm_clone", "vm_configure", "vm_start", "guest_wait_ssh",
         "guest_wait_cloudinit")
STATES = ("new", "as wanted", "to change", "left out", "refused")
INTERRUPTED = 130


def understand(arguments):
    parser = parser_of(NAME, ("--dry-run",))
    parser.add_argument("--journal")
    parser.add_argument("--timeline")
    return parser.parse_args(arguments)


def plan_of(tools, wishes):
    options = ["--all"] + ["--linked"] * wishes.linked + ["--manifest"] * wishes.manifest
    for word, value in (("--playbook", wishes.playbook),
                        ("--vault-password-file", wishes.vault_password_file)):
        options += [word, value] if value else []
    for word, values in (("-e", wishes.extra_vars), ("--inventory", wishes.inventory)):
        for value in values:
            options += [word, value]
    status, text = tools.ask("range42.plan", *options, wishes.directory)
    if status != 0:
        sys.exit(status)
    return records_of(text)


def answers_of(tools, name, *options, text=""):
    """The lines of a tool that only looks; one that could not be answered ends all."""
    status, text = tools.ask(name, *options, text=text)
    if status != 0:
        say(f"{NAME}: not every machine could be looked at; nothing was made")
        sys.exit(status)
    return records_of(text)


def needed_templates(plan):
    """Those that a machine is cloned from, or one of which another such template is a clone."""
    source = {str(record["vm_id"]): str(record.get("vm_template_id", ""))
              for record in plan if record["plan_kind"] != "image"}
    needed = set()
    for record in plan:
        at = source.get(str(record.get("vm_id"))) if record["plan_kind"] == "machine" else None
        while at and at not in needed:
            needed.add(at)
            at = source.get(at)
    return needed


def state_of_template(found, is_template, lacks, is_needed):
    """A template that is there is used as it is; one that is not yet one can be made one."""
    if is_template:
        return "as wanted", "a template"
    if found[0] == "new" and lacks:
        return "refused" if is_needed else "left out", lacks
    return found if found[0] in ("new", "refused") else ("to change", "no template yet")


def compare(tools, plan):
    """Each record with its state on the node, and why it is that."""
    guests = [record for record in plan if record["plan_kind"] != "image"]
    found = {str(row["vm_id"]): (row["plan_state"], str(row.get("plan_because") or ""))
             for row in answers_of(tools, "proxmox_vm.compare", text=lines_of(guests))}
    is_any_template = any(record["plan_kind"] == "template" for record in guests)
    listed = answers_of(tools, "proxmox_vm.list") if is_any_template else []
    templates = {str(row["vm_id"]) for row in listed if int(row.get("vm_template") or 0)}
    needed = needed_templates(plan)
    compared = []
    for record in guests:
        vm_id = str(record["vm_id"])
        state = found[vm_id]
        if record["plan_kind"] == "template":
            state = state_of_template(state, vm_id in templates, what_lacks(record, plan),
                                      vm_id in needed)
        compared.append((record, *state))
    return compared


def show(rows):
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]) - 1)]
    for row in rows:
        print(("  ".join(text.ljust(width) for text, width in zip(row, widths)) + "  "
               + row[-1]).rstrip())


def show_plan(compared):
    show([("vm_id", "name", "state", "what")] +
         [(str(record["vm_id"]), record.get("vm_name", ""), state, because)
          for record, state, because in compared])
    counts = [sum(state == wanted for _, state, _ in compared) for wanted in STATES]
    print("\n" + ", ".join(f"{count} {state}" for count, state in zip(counts, STATES) if count))


def starts(record):
    return record.get("plan_starts", True) is not False


def steps_for_images():
    return (Step("downloaded", "proxmox_storage.download_iso", tells=True),)


def creation(journal):
    return Step("created", "proxmox_vm.create", ("--jobs", CHANGE_JOBS, "--journal", journal))


def cloning(journal):
    return Step("cloned", "proxmox_vm.clone", ("--jobs", CLONE_JOBS, "--journal", journal))


CONFIGURATION = Step("configured", "proxmox_vm.configure", ("--jobs", CHANGE_JOBS))
TO_TEMPLATES = (CONFIGURATION, Step("converted", "proxmox_template.convert_to_template",
                                    ("--jobs", CHANGE_JOBS)))
# range42.plan | clone | configure | start | wait for ssh | wait for cloud-init
TO_MACHINES = (CONFIGURATION,
               Step("started", "proxmox_vm.start", ("--jobs", CHANGE_JOBS), starts),
               Step("reachable", "guest.wait_ssh", ("--jobs", WAIT_JOBS), tells=True),
               Step("set up", "guest.wait_cloudinit", ("--jobs", WAIT_JOBS)))


def show_times(readies, began):
    times = {stage: [] for stage in TIMES}
    for record in readies:
        for stage, seconds in (record.get("timings") or {}).items():
            times.setdefault(stage, []).append(seconds)
    words = f"{time.monotonic() - began:.1f} s in all; medians of a machine: " + ", ".join(
        f"{stage} {statistics.median(values):.1f} s" for stage, values in times.items() if values)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else len(words) + 1
    print("\n" + textwrap.fill(words, width, break_long_words=False))


def show_end(readies, failures, names, began):
    rows = [("vm_id", "name", "state", "address or reason")]
    for record in sorted(readies, key=lambda record: int(record["vm_id"])):
        is_ready = record.get("plan_kind") == "machine" and starts(record)
        rows.append((str(record["vm_id"]), record.get("vm_name", ""),
                     "ready" if is_ready else "made",
                     str(record.get("vm_ip", "")) if is_ready else ""))
    for record, label, because in failures:
        name = record.get("vm_name") or names.get(identity(record), "")
        rows.append((identity(record), name, "failed", f"not {label}: {because}"))
    show(rows)
    show_times(readies, began)


def journal_place(wishes):
    if wishes.journal:
        return wishes.journal
    state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    directory = os.path.join(state, "range42", "journals")
    os.makedirs(directory, mode=0o700, exist_ok=True)
    scenario = os.path.basename(os.path.abspath(wishes.directory))
    return os.path.join(directory, f"{scenario}-{time.strftime('%Y%m%d-%H%M%S')}")


def phases_of(plan, compared, journal):
    """What has to be there before the next can begin: images, templates of them, their clones."""
    def planned(kind, *wanted):
        return [record for record, state, _ in compared
                if record["plan_kind"] == kind and state in wanted]

    new = planned("template", "new")
    of_images = [record for record in new if "vm_template_id" not in record]
    phases = [(images_for(of_images, plan), steps_for_images()),
              (with_images(of_images, plan), (creation(journal), *TO_TEMPLATES)),
              (planned("template", "to change"), TO_TEMPLATES)]
    # A template may be a clone of one that was made just now.
    clones = [record for record in new if "vm_template_id" in record]
    for order in sorted({record["plan_order"] for record in clones}):
        phases.append(([record for record in clones if record["plan_order"] == order],
                       (cloning(journal), *TO_TEMPLATES)))
    phases.append((planned("machine", *STATES), (cloning(journal), *TO_MACHINES)))
    return [(records, steps) for records, steps in phases if records]


class Deployment:
    """What has become of all phases."""

    def __init__(self, tools):
        self._tools = tools
        self.readies = []
        self.failures = []
        self.is_interrupted = False

    def run(self, records, steps):
        """What would be made of something that has failed is not begun: it would stay wrong."""
        failed = {identity(record) for record, _, _ in self.failures}
        possible = []
        for record in records:
            because = self._why_not(record, failed)
            if because:
                self.failures.append((record, "begun", because))
            else:
                possible.append(record)
        if not possible:
            return
        board = Board()
        try:
            Pipe(steps, self._tools, board).run(possible)
        except KeyboardInterrupt:
            self.is_interrupted = True
        self.readies += [record for record in board.readies if "vm_id" in record]
        self.failures += board.failures

    def _why_not(self, record, failed):
        if self.is_interrupted:
            return "interrupted before it"
        template, image = str(record.get("vm_template_id", "")), record.get("vm_image", "")
        if template in failed:
            return f"its template {template} was not made"
        if image and image.rpartition("/")[2] in failed:
            return f"its image {image} is not there"
        return ""


def tell_journal(wishes, journal, is_whole):
    """A run that made nothing leaves nothing to take back."""
    if not os.path.exists(journal):
        return
    if os.path.getsize(journal) == 0:
        if not wishes.journal:
            os.remove(journal)
        return
    way_on = f"; run again to go on, or take it back: range42-undo < {journal}"
    say(f"what was made stands in {journal}" + ("" if is_whole else way_on))


def main():
    wishes = understand(sys.argv[1:])
    tools = Tools(wishes.tools)
    plan = plan_of(tools, wishes)
    if all(record["plan_kind"] == "image" for record in plan):
        say(f"{NAME}: the plan has no machines")
        return 0
    compared = compare(tools, plan)
    show_plan(compared)
    if any(state == "refused" for _, state, _ in compared):
        say(f"{NAME}: nothing was made, since what is refused cannot be")
        return 1
    if wishes.dry_run:
        return 0
    journal = journal_place(wishes)
    began = time.monotonic()
    deployment = Deployment(tools)
    names = {}
    for records, steps in phases_of(plan, compared, journal):
        names.update((identity(record), record.get("vm_name", "")) for record in records)
        deployment.run(records, steps)
    readies, is_whole = deployment.readies, not deployment.failures
    show_end(readies, deployment.failures, names, began)
    tell_journal(wishes, journal, is_whole)
    if wishes.timeline:
        with open(wishes.timeline, "w", encoding="utf-8") as picture:
            picture.write(tools.ask("devkit.timeline", text=lines_of(readies))[1])
    if deployment.is_interrupted:
        return INTERRUPTED
    return 0 if is_whole else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
