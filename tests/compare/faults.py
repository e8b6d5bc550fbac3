# What goes wrong on purpose: each kind of fault of the stand-in node, for reads and for changes.
# SPDX-License-Identifier: GPL-3.0-or-later
import re
import subprocess

HOSTILE = "%1b]0;owned%07%1b[2J%e2%80%ae"
BODIES = ["html", "empty", "null", "data-null", "no-data", "text", "number", "string", "nan",
          "array", "object", "duplicate", "deep", "bad-utf8", "glued", "trailing", "half", "nul",
          "no-such-task"]
FRAMINGS = ["chunked", "trailers", "close", "continue", "early", "gzip"]
CUTS = ["0", "status", "headers", "half", "1", "9", "17", "60", "140", "199", "260"]

# Whatever comes instead of a reply to something that was done.
REPLIES = (
    [f"cut={where}" for where in CUTS]
    + ["reset", "garbage", "length=-9", "length=9", "length=-1", "split", "twice", "drip=1"]
    + [f"framing={kind}" for kind in FRAMINGS]
    + [f"status={code}" for code in (301, 401, 418, 501, 595, 596, 597, 599)]
    + [f"status={code}:Bad%20Gateway" for code in (502, 503, 504)]
    + [f"body={body}" for body in BODIES]
    + ["delay=120", "redirect=https://127.0.0.1:1/", "huge=1", "headers=30", "headers=800",
       "clock=7200", "clock=-7200", "date=nonsense", "replace=UPID:px-testing|UPID:",
       "replace=UPID:px-testing|UPID:other", "replace=UPID:|UPID:..%2f",
       'replace="data"|"Data"']
)
# The work is not done, and that is told.
REFUSALS = [
    "fail=403:Permission%20check%20failed%20(/vms/1,%20VM.PowerMgmt) instead",
    "fail=400:Parameter%20verification%20failed. instead",
    f"fail=500:{HOSTILE} instead",
    f"fail=500:{'x' * 4000} instead",
    "fail=500:{%22a%22:%22b%0ac%22} instead",
    "fail=500:unable%20to%20find%20configuration%20file%20for%20VM%20100%20on%20node%20'px'"
    " instead",
    "fail=500:VM%20is%20locked%20(backup) instead",
    "fail=500:VM%20is%20already%20running instead",
    "fail=501:not%20implemented instead",
    "status=401:No%20ticket instead",
    "status=404 instead",
    "status=595:Connection%20refused instead",
    "status=595:Connection%20refused nth=1 instead",
    "fail=500:can't%20lock%20file%20'/var/lock/qemu-server/lock-100.conf'%20-%20got%20timeout"
    " nth=1 instead",
]
# Nobody says whether it was done: after that the tools search for 45 seconds.
SILENCES = ["cut=0 instead", "reset instead", "status=596 instead",
            "status=502:Bad%20Gateway instead", "body=empty instead", "cut=half instead",
            "garbage instead", "hang", "hang instead"]
# Faults of an answer to a question, which may be asked again.
READS = (
    [f"cut={where} nth=1-2" for where in CUTS[:6]]
    + ["cut=0", "reset nth=1-2", "reset", "garbage nth=1-2", "length=-9", "length=9 nth=1-2",
       "split", "twice", "drip=1", "delay=120"]
    + [f"framing={kind}" for kind in FRAMINGS]
    + [f"status={code} nth=1-2" for code in (596, 597, 599, 502, 503, 504)]
    + ["status=595 nth=1", "status=595", "status=401", "status=404", "status=503"]
    + [f"body={body}" for body in BODIES]
    + [f"fail=500:{HOSTILE}", "fail=403:Permission%20check%20failed", "fail=400:no",
       "fail=500:got%20timeout nth=1", 'replace="name":"vm-|"name":"\\u001b]0;owned\\u0007\\u202e',
       'replace="running"|7', 'replace="stopped"|7', 'replace="vmid":|"vmid":"x","y":',
       "headers=30", "headers=800", "clock=7200", "date=nonsense", "huge=1",
       "redirect=https://127.0.0.1:1/"]
)


def is_for_all(row):
    """Whether it is more than its line's: a refusal ends the run, a clock is everybody's."""
    return row.startswith(("status=401", "clock=", "date="))


def in_batches(rows, count=12):
    """The rows, so many at a time; alone what more than one line would feel."""
    together = [row for row in rows if not is_for_all(row)]
    yield from (together[first:first + count] for first in range(0, len(together), count))
    yield from ([row] for row in rows if is_for_all(row))


CONNECTIONS = [f"{kind}{which}" for kind in ("refuse", "mute", "plain", "tls-cut")
               for which in (" nth=1", " nth=1-2", "")]
LIST = "method=GET path=/tasks$"
# What goes wrong with waiting for a task.
TASKS = [
    f"cut=0 nth=1 {LIST}", f"cut=half nth=1-2 {LIST}", f"status=596 nth=1 {LIST}",
    f"status=502 nth=1-2 {LIST}", f"body=empty nth=1 {LIST}", f"body=array nth=1-2 {LIST}",
    f"body=text nth=1 {LIST}", f"twice nth=1 {LIST}", f"framing=trailers {LIST}",
    f"fail=500:{HOSTILE} nth=1 {LIST}", f"reset nth=1 {LIST}", f"drip=1 nth=1 {LIST}",
    f'replace="status":"OK"|"status":"unexpected%20status" {LIST}',
    f'replace="status":"OK"|"status":"job%20errors" {LIST}',
    f'replace="status":"OK"|"status":"WARNINGS:%203" {LIST}',
    f'replace="status":"OK"|"status":"{HOSTILE}" {LIST}',
    f'replace="status":"OK"|"status":"can\'t%20lock%20file%20x%20-%20got%20timeout" {LIST}',
    f'replace="status":"OK"|"status":"VM%20is%20locked%20(backup)" {LIST}',
    f'replace="status":"OK"|"status":7 {LIST}',
    f'replace="upid":"UPID|"upid":"UPOD {LIST}',
    f"body=data-null {LIST}|body=no-such-task path=/tasks/UPID",
    f"body=object {LIST} nth=1|fail=500:no path=/tasks/UPID.*/log",
    'replace="status":"OK"|"status":"broken" path=/tasks$|cut=0 path=/tasks/UPID.*/log',
    'replace="status":"OK"|"status":"broken" path=/tasks$|body=deep path=/tasks/UPID.*/log',
]


def kinds_of(program):
    """The kinds of fault that a node knows, as it says itself."""
    told = subprocess.run([program, "--help"], capture_output=True, text=True, timeout=10).stdout
    table = told.partition("values are percent-encoded")[2]
    return re.findall(r"^  ([a-z-]+)(?:=| )", table, re.MULTILINE)


def fault_options(*specs):
    return [word for spec in specs for word in ("--fault", spec)]
