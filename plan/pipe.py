# A pipe of tools: what goes through it, how far each stage is, and what has become of each line.
# SPDX-License-Identifier: GPL-3.0-or-later
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from typing import Callable, NamedTuple

PROGRESS_PAUSE_S = 0.5
# Done, a line failed, a line's outcome is unknown.
STATUSES_OF_LINES = (0, 1, 3)


def say(words):
    print(words, file=sys.stderr, flush=True)


def records_of(text):
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def lines_of(records):
    return "".join(json.dumps(record, separators=(",", ":")) + "\n" for record in records)


def identity(record):
    """A clone that has failed is still known by its source's id, too; an image by its name."""
    return str(record.get("vm_new_id") or record.get("vm_id") or record.get("iso_file_name", "?"))


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


class Board:
    """What has become of the lines."""

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

    def reasons(self):
        with self._lock:
            return [because for _, _, because in self.failures]

    def told(self):
        failed = [record for record, _, _ in self.failures]
        return {identity(record) for record in self.readies + failed}


def each(_record):
    return True


class Step(NamedTuple):
    """A tool of a pipe; a line that it does not take has come to its end before it."""
    label: str
    tool: str
    options: tuple = ()
    takes: Callable = each
    # Whether a person wants to read what it says of lines that it has done.
    tells: bool = False


class Stage:
    """One tool of the pipe: what has gone in, what has come out, and what has failed there."""

    def __init__(self, step, tools, next_stage, board):
        self.label = step.label
        self.done = 0
        self._takes = step.takes
        self._tells = step.tells
        self._next = next_stage
        self._board = board
        self._lock = threading.Lock()
        # What fails is on its lines; this is for a tool that could not even begin.
        self._words = tempfile.TemporaryFile("w+")
        command = tools.command(step.tool, *step.options, "--results", "all", "--progress", "never")
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

    def words(self):
        """Why the tool as a whole has failed, or its notes: failures stand in their lines."""
        has_worked = self.wait() in STATUSES_OF_LINES
        if has_worked and not self._tells:
            return []
        self._words.seek(0)
        told = [line.rstrip() for line in self._words if line.strip()]
        reasons = self._board.reasons()
        return [line for line in told
                if not has_worked or not any(reason in line for reason in reasons)]

    def _pass_on(self):
        try:
            for line in self._tool.stdout:
                self._take_over(line)
        finally:
            # Whatever happens, the next tool does not wait for ever.
            if self._next is not None:
                self._next.close()

    def _take_over(self, line):
        try:
            record = json.loads(line)
        except ValueError:
            # It ended in the middle of a line; who is missing is told at the end.
            return
        if record.get("ok") is False:
            self._board.failed(record, self.label, record.get("error", "failed"))
            return
        self.done += 1
        if self._next is None:
            self._board.ready(record)
        else:
            self._next.put(record)


class Pipe:
    """Tools one behind the other. Each line goes on as soon as a tool is done with it."""

    def __init__(self, steps, tools, board):
        self._board = board
        self._stages = []
        for step in reversed(steps):
            following = self._stages[-1] if self._stages else None
            self._stages.append(Stage(step, tools, following, board))
        self._stages.reverse()

    def run(self, records):
        """To its end, also where it is interrupted: the tools end what they have begun."""
        try:
            for record in records:
                self._stages[0].put({**record, "timeline": {}})
            self._stages[0].close()
            self._watch(len(records))
        except KeyboardInterrupt:
            say("\ninterrupted; the tools end what they have begun")
            self._stages[0].close()
            for stage in self._stages:
                stage.wait()
            raise
        finally:
            self._tell_lost(records)

    def _watch(self, total):
        """One line for all stages, written again in its place where stderr is a terminal."""
        is_terminal = sys.stderr.isatty()
        threads = [threading.Thread(target=stage.wait, daemon=True) for stage in self._stages]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            if is_terminal:
                print("\r\033[K" + self._progress(total), end="", file=sys.stderr, flush=True)
            time.sleep(PROGRESS_PAUSE_S)
        if is_terminal:
            print("\r\033[K", end="", file=sys.stderr)
        say(self._progress(total))

    def _progress(self, total):
        parts = [f"{stage.label} {stage.done}/{total}" for stage in self._stages]
        failed = len(self._board.failures)
        return "  ".join(parts) + (f"  failed {failed}" if failed else "")

    def _tell_lost(self, records):
        """A tool that ended before it read a line has told nothing of it."""
        for stage in self._stages:
            for words in stage.words():
                say(words)
        told = self._board.told()
        for record in records:
            if identity(record) not in told:
                self._board.failed(record, "ready", "a stage has ended without a word of it")
