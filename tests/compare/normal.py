# What differs between two runs of one and the same tool, and what is compared in its place.
# SPDX-License-Identifier: GPL-3.0-or-later
import re

# Pattern, what stands in its place, and why it is no difference.
RULES = [
    (r"UPID(:|%3A)([^:%\s\"]+)(?:\1[0-9A-F]{8,9}){3}\1", r"UPID\1\2\1#\1#\1#\1",
     "a task's pid, its start in ticks since the boot, and its start in seconds"),
    (r"\b20\d\d-\d\d-\d\d([T ])\d\d:\d\d:\d\d(?:\.\d+)?Z?", r"DATE\1TIME", "the time"),
    (r"\b20\d\d-\d\d-\d\d\b", "DATE", "the day"),
    (r"(?<![0-9A-Fa-f])(?:20)?2\d[01]\d[0-3]\d([_-]?)[0-2]\d[0-5]\d[0-5]\d(?![0-9A-Fa-f])",
     r"DATE\1TIME", "the time, in names of snapshots and templates"),
    (r"(?<![0-9A-Fa-f])1[6-9]\d{8}(?![0-9A-Fa-f])", "EPOCH", "the time in seconds"),
    (r"(sha256(?://|%2F%2F))[A-Za-z0-9+/]{43}=", r"\1PIN", "each node makes its own key"),
    (r"(?:[0-9A-F]{2}:){31}[0-9A-F]{2}", "FINGERPRINT", "each node makes its own certificate"),
    (r"(?i)bc:24:11:(?!00:00:)(?:[0-9a-f]{2}:){2}[0-9a-f]{2}", "MAC",
     "the node's dice, which each of its answers throws"),
    (r'"digest":"[0-9a-f]{40}"|\b(digest=)[0-9a-f]{40}', r"\1DIGEST", "of what is random itself"),
    (r'("(?:(?:vm_|node_)?uptime)":)\d{1,2}\b', r"\1SECONDS", "how long the node has been there"),
    (r'"timings":\{[^}]*\}', lambda match: re.sub(r":[\d.]+", ":#", match.group()),
     "how long a stage took"),
    (r'("(?:run_seconds|took_ms|clock_ms|ms)":)[\d.]+', r"\1#", "how long something took"),
    (r"A string is opened, but never closed\.|JSON document ended early in the middle of an object"
     r" or array\.|TAPE_ERROR: The JSON document has an improper structure: missing or superfluous"
     r" commas, braces, missing keys, etc\.", "CUT-OFF-JSON",
     "what half of an answer lacks is a matter of its keys' order, which the node throws dice for"),
    (r"(?m)^\d+:\d\d \d+ done, \d+ failed[^\n]*\n", "",
     "--progress: a line for each second that a run takes, on a busy machine one more"),
    (r"range42-ssh-\d+-\w{6}\b", "range42-ssh-PID-RANDOM", "where ssh has its sockets in a run"),
    (r"(?m)^(  [A-Za-z ]{18} ) *\d+\.\d{3} ms$", r"\1# ms", "--timings: how long a stage took"),
    (r"requests \d+, handshakes \d+, bytes sent \d+, bytes received \d+",
     "requests #, handshakes #, bytes sent #, bytes received #",
     "--timings: polls are counted, and a port has four digits or five"),
]
COMPILED = [(re.compile(pattern), new) for pattern, new, _ in RULES]

UUID = re.compile(
    r"(?:(?<=%20)|(?<=%3D)|(?<![0-9a-z]))(?!5b0a7c2e-)"  # which those of the node begin with
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-z])")

# Where lines that run side by side each take an id that is free, nobody decides who gets which.
FREE_ID = re.compile(r"(?<![\d.])1(?:0[4-9]|[1-3]\d)(?![\d.])")

# Questions that are asked until something has happened: how often depends on how busy the machine
# is and on a pause that the process id makes longer or shorter. One in a row is compared.
POLLS = [
    (r"^GET \S*/nodes/[^/]+/tasks\?", "the list of tasks, until ours are in it as ended"),
    (r"^GET \S*/tasks/[^/]+/status\b", "a task that is in no list, until it has ended"),
    (r"^GET \S*/tasks/[^/]+/log\b", "a task's log, as it grows"),
    (r"^GET \S*/agent/exec-status\b", "a program in a guest, until it has ended"),
    (r"^GET \S*/agent/network-get-interfaces\b", "a guest's addresses, until there is one"),
    (r"^POST \S*/agent/ping\b", "a guest's agent, until it answers"),
]
POLL = re.compile("|".join(f"(?:{pattern})" for pattern, _ in POLLS))
# Where lines run side by side, the list is asked for one VM's tasks when only one is awaited still.
# Since when is asked for as soon as the first answer has told what the node's time is.
LIST_OF_ONE = re.compile(r"&since=EPOCH|(?<=limit=500)&vmid=(?:\d+|NEWID)")
# Where ids are taken side by side, how many lines ask for one that another has just got.
ID_PROBE = re.compile(r"^GET \S*/cluster/nextid\?vmid=NEWID")
# A log is followed by asking for the task and for what is new in turn, page by page as it grows.
LOG_PAGE = re.compile(r"^GET \S*/tasks/[^/]+/(?:log\?start=|status)")
# A connection that was used before and is closed without a byte is not the request's fault: libcurl
# sends it again. Which request gets a used one, nobody decides where several lines are under way.
UNHEARD = re.compile(r"^GET .*\((?:cut=0|reset)\)$")
# ... and HA is watched by looking at the VM.
HA_POLL = re.compile(r"^GET \S*/status/current\b")


class Normal:
    """Turns the texts of one run into what is compared. Random ids are numbered as they come where
    the order of things is decided, so that one that stands in the place of another shows."""

    def __init__(self, build, places, port, serial, frees_ids=False):
        self.places = [*places, (build.root, "BUILD")]
        # Two builds that are compared have been made of two versions.
        self.version = re.compile(rf"(range42\\?-fastpath\)? ){re.escape(build.version)}(?!\w)")
        self.port = port
        self.serial = serial
        self.frees_ids = frees_ids
        self.uuids = {}

    def uuid(self, match):
        if not self.serial:
            return "UUID"
        return self.uuids.setdefault(match.group(), f"UUID-{len(self.uuids) + 1}")

    def text(self, raw):
        text = raw.decode("utf-8", "backslashreplace")
        for place, name in self.places:
            text = text.replace(place, name)
        if self.port:
            text = re.sub(rf"(?<!\d){self.port}(?!\d)", "PORT", text)
        text = self.version.sub(r"\1VERSION", text)
        text = UUID.sub(self.uuid, text)
        for pattern, new in COMPILED:
            text = pattern.sub(new, text)
        return FREE_ID.sub("NEWID", text) if self.frees_ids else text


def vm_of(entry):
    """Which VM a request is about, or none."""
    if "vmid" in entry:
        return str(entry["vmid"])
    task = re.search(r"/tasks/UPID(?::|%3A)(?:[^:/%]+(?::|%3A)){5}(\d+)", entry["path"])
    return task.group(1) if task else ""


def requests(entries, normal, polls_state, follows_log=False):
    """The requests as lines: in their order, or where lines run side by side, in their order for
    each VM, and sorted where they are about none."""
    lanes = {}
    for entry in entries:
        question = f"?{entry['query']}" if entry["query"] else ""
        shown = f"{entry['method']} {entry['path']}{question}"
        if entry["body"]:
            shown += f" {entry['body']}"
        shown += f" -> {entry['code']}"
        if entry.get("fault"):
            shown += f" ({entry['fault'][:60]})"
        lane = "" if normal.serial or normal.frees_ids else vm_of(entry)
        lanes.setdefault(lane, []).append(normal.text(shown.encode("utf-8", "backslashreplace")))
    lines = []
    for lane in sorted(lanes):
        seen = lanes[lane]
        if not normal.serial and lane == "":
            seen = [LIST_OF_ONE.sub("", line) if "/tasks?" in line else line for line in seen]
        if follows_log:
            seen = [re.sub(r"(/log\?start=)\d+", r"\1#", line) for line in seen]
            pages = [line.partition(" -> ")[0] for line in seen]
            seen = [line for at, line in enumerate(seen)
                    if not LOG_PAGE.search(line) or pages[at] not in pages[:at]]
        previous = None
        for line in sorted(seen) if not normal.serial and lane == "" else seen:
            is_unheard = not normal.serial and line == previous and UNHEARD.search(line)
            is_poll = (POLL.search(line) or ID_PROBE.search(line)
                       or (polls_state and HA_POLL.search(line)))
            # Which of the polls a fault has struck shows in the first one, or does not matter.
            asked = line.partition(" -> ")[0] if is_poll else line
            if is_unheard or (asked == previous and is_poll):
                continue
            previous = asked
            lines.append(line if normal.serial else f"[{lane or 'any'}] {line}")
    return lines
