# Deploys a scenario: its plan as a table, then the pipe of the tools, and what has become of each.
# SPDX-License-Identifier: GPL-3.0-or-later
# Longer than usual: the pipe, its progress and its end are to be read in one piece.
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from command_line import parser_of  # noqa: E402

NAME = "range42-deploy"
PROGRESS_PAUSE_S = 0.5
# Waiting costs little, and Proxmox itself lets two clones at a time come onto a storage.
CLONE_JOBS, CHANGE_JOBS, WAIT_JOBS = "16", "8", "64"
STAGES = ("vm_clone", "vm_configure", "vm_start", "guest_wait_ssh", "guest_wait_cloudinit")
# Done, a line failed, a line's outcome is unknown.
STATUSES_OF_LINES = (0, 1, 3)
STATES = ("new", "as wanted", "to change", "refused")


def understand(arguments):
    parser = parser_of(NAME, ("--dry-run",))
    parser.add_argument("--journal")
    parser.add_argument("--timeline")
    return parser.parse_args(arguments)


def say(words):
    print(words, file=sys.stderr, flush=True)


def records_of(text):
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def lines_of(records):
    return "".join(json.dumps(record, separators=(",", ":")) + "\n" for record in records)


class Tools:
    """The executables beside which this program is installed."""

    def __init__(self, directory):
        self._directory = directory

    def command(self, name, *options):
        return [os.path.join(self._directory, name), *options]

    def ask(self, name, *options, text=""):
        """What the tool prints; what it says goes to stderr as it comes."""
        done = subprocess.run(self.command(name, *options), input=text, text=True,
                              stdout=subprocess.PIPE, check=False)
        return done.returncode, done.stdout


def plan_of(tools, wishes):
    options = ["--linked"] * wishes.linked + ["--manifest"] * wishes.manifest
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


def compare(tools, plan):
    """Each record with what the node has of it; one that could not be looked at ends all."""
    status, text = tools.ask("proxmox_vm.compare", text=lines_of(plan))
    if status != 0:
        say(f"{NAME}: not every machine could be looked at; nothing was made")
        sys.exit(status)
    found = {record["vm_id"]: record for record in records_of(text)}
    return [(record, found[record["vm_id"]]) for record in plan]


def show(rows):
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]) - 1)]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths)) + "  " + row[-1])


def show_plan(compared):
    show([("vm_id", "name", "state", "what")] +
         [(str(record["vm_id"]), record.get("vm_name", ""), found["plan_state"],
           str(found.get("plan_because") or "")) for record, found in compared])
    counts = [sum(found["plan_state"] == state for _, found in compared) for state in STATES]
    print("\n" + ", ".join(f"{count} {state}" for count, state in zip(counts, STATES) if count))


class Stage:
    """One tool of the pipe: what has gone in, what has come out, and what has failed there."""

    def __init__(self, label, command, next_stage, board, takes):
        self.label = label
        self.done = 0
        self._next = next_stage
        self._board = board
        self._takes = takes
        self._lock = threading.Lock()
        # What fails is on its lines; this is for a tool that could not even begin.
        self._words = tempfile.TemporaryFile("w+")
        self._tool = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=self._words, text=True)
        self._reader = threading.Thread(target=self._pass_on, daemon=True)
        self._reader.start()

    def put(self, record):
        if not self._takes(record):
            self._board.ready(record)
            return
        try:
            with self._lock:
                self._tool.stdin.write(json.dumps(record, separators=(",", ":")) + "\n")
                self._tool.stdin.flush()
        except (BrokenPipeError, ValueError):
            self._board.failed(record, self.label, "the tool has ended before it")

    def close(self):
        try:
            self._tool.stdin.close()
        except BrokenPipeError:
            pass

    def wait(self):
        self._reader.join()
        return self._tool.wait()

    def trouble(self):
        """Why the tool as a whole has failed; lines that failed have told it themselves."""
        if self.wait() in STATUSES_OF_LINES:
            return ""
        self._words.seek(0)
        return self._words.read().strip()

    def _pass_on(self):
        for line in self._tool.stdout:
            record = json.loads(line)
            if record.get("ok") is False:
                self._board.failed(record, self.label, record.get("error", "failed"))
                continue
            self.done += 1
            if self._next is None:
                self._board.ready(record)
            else:
                self._next.put(record)
        if self._next is not None:
            self._next.close()


class Board:
    """What has become of the machines."""

    def __init__(self):
        self._lock = threading.Lock()
        self.readies = []
        self.failures = []

    def ready(self, record):
        with self._lock:
            self.readies.append(record)

    def failed(self, record, label, because):
        with self._lock:
            self.failures.append((record, label, because))


def each(_record):
    return True


def starts(record):
    return record.get("plan_starts", True) is not False


def build_pipe(tools, journal, board):
    """range42.plan | clone | configure | start | wait for ssh | wait for cloud-init, from its end."""
    stages = []
    for label, name, options, takes in reversed((
            ("cloned", "proxmox_vm.clone", ("--jobs", CLONE_JOBS, "--journal", journal), each),
            ("configured", "proxmox_vm.configure", ("--jobs", CHANGE_JOBS), each),
            ("started", "proxmox_vm.start", ("--jobs", CHANGE_JOBS, "--carry"), starts),
            ("reachable", "guest.wait_ssh", ("--jobs", WAIT_JOBS), each),
            ("set up", "guest.wait_cloudinit", ("--jobs", WAIT_JOBS), each))):
        command = tools.command(name, *options, "--results", "all", "--progress", "never")
        following = stages[-1] if stages else None
        stages.append(Stage(label, command, following, board, takes))
    return stages[::-1]


def progress_of(stages, board, total):
    parts = [f"{stage.label} {stage.done}/{total}" for stage in stages]
    return "  ".join(parts) + (f"  failed {len(board.failures)}" if board.failures else "")


def watch(stages, board, total):
    """One line for all stages, written again in its place where stderr is a terminal."""
    is_terminal = sys.stderr.isatty()
    threads = [threading.Thread(target=stage.wait, daemon=True) for stage in stages]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        if is_terminal:
            print("\r\033[K" + progress_of(stages, board, total), end="", file=sys.stderr,
                  flush=True)
        time.sleep(PROGRESS_PAUSE_S)
    if is_terminal:
        print("\r\033[K", end="", file=sys.stderr)
    say(progress_of(stages, board, total))


def identity(record):
    """A clone that has failed is still known by its source's id, too."""
    return record.get("vm_new_id") or record.get("vm_id", "?")


def tell_lost(board, plan, stages):
    """A tool that ended before it read a line has told nothing of it."""
    for trouble in filter(None, (stage.trouble() for stage in stages)):
        say(trouble)
    told = {str(identity(record)) for record in board.readies}
    told |= {str(identity(record)) for record, _, _ in board.failures}
    for record in plan:
        if str(identity(record)) not in told:
            board.failed(record, "ready", "a stage has ended without a word of it")


def show_times(board, began):
    times = {stage: [] for stage in STAGES}
    for record in board.readies:
        for stage, seconds in (record.get("timings") or {}).items():
            times.setdefault(stage, []).append(seconds)
    print(f"\n{time.monotonic() - began:.1f} s in all; medians of a machine: " + ", ".join(
        f"{stage} {statistics.median(values):.1f} s" for stage, values in times.items() if values))


def show_end(board, began):
    rows = [("vm_id", "name", "state", "address or reason")]
    for record in sorted(board.readies, key=lambda record: int(record["vm_id"])):
        state = "ready" if starts(record) else "made"
        rows.append((str(record["vm_id"]), record.get("vm_name", ""), state,
                     record.get("vm_ip", "")))
    for record, label, because in board.failures:
        rows.append((str(identity(record)), record.get("vm_name", ""), "failed",
                     f"not {label}: {because}"))
    show(rows)
    show_times(board, began)


def journal_place(wishes):
    if wishes.journal:
        return wishes.journal
    state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    directory = os.path.join(state, "range42", "journals")
    os.makedirs(directory, mode=0o700, exist_ok=True)
    scenario = os.path.basename(os.path.abspath(wishes.directory))
    return os.path.join(directory, f"{scenario}-{time.strftime('%Y%m%d-%H%M%S')}")


def deploy(tools, wishes, plan):
    board = Board()
    began = time.monotonic()
    journal = journal_place(wishes)
    stages = build_pipe(tools, journal, board)
    try:
        for record in plan:
            stages[0].put({**record, "timeline": {}})
        stages[0].close()
        watch(stages, board, len(plan))
    except KeyboardInterrupt:
        say("\ninterrupted; the tools end what they have begun")
        for stage in stages:
            stage.wait()
    tell_lost(board, plan, stages)
    show_end(board, began)
    is_whole = len(board.readies) == len(plan)
    if os.path.exists(journal):
        say(f"what was made stands in {journal}" + (
            "" if is_whole else f"; run again to go on, or take it back: range42-undo < {journal}"))
    if wishes.timeline:
        with open(wishes.timeline, "w", encoding="utf-8") as picture:
            picture.write(tools.ask("devkit.timeline", text=lines_of(board.readies))[1])
    return 0 if is_whole else 1


def main():
    wishes = understand(sys.argv[1:])
    tools = Tools(wishes.tools)
    plan = plan_of(tools, wishes)
    if not plan:
        say(f"{NAME}: the plan has no machines")
        return 0
    compared = compare(tools, plan)
    show_plan(compared)
    if any(found["plan_state"] == "refused" for _, found in compared):
        say(f"{NAME}: what is refused is another's; nothing was made")
        return 1
    return 0 if wishes.dry_run else deploy(tools, wishes, plan)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
