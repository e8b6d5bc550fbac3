# The cases of the comparison, as data: what is run on both builds, group by group.
# SPDX-License-Identifier: GPL-3.0-or-later
import hashlib
import json
import re
import signal

import faults
from faults import fault_options
from stage import Case
from subjects import BY_TOOL, LISTINGS, OVER_SSH, STAGE, SUBJECTS

DATA = bytes(range(256)) * 300
FILES = {"data": DATA, "key": b"tskey-auth-word\nmore\n", "text": b"one & two\n"}
DESCRIPTIONS = ("manual", "options", "privileges", "row", "exits", "columns", "nonsense")


def case(group, name, subject, stdin, node, *more, **rest):
    """A case of a tool that reads lines. Options stand before what is the tool's operands."""
    env = dict(rest.pop("env", {}))
    jobs = more[1] if more[:1] == ("--jobs",) else env.get("RANGE42_PROXMOX_JOBS")
    if more[:1] == ("--jobs",) and not subject.has_jobs():
        env["RANGE42_PROXMOX_JOBS"] = jobs
        more = more[2:]
    args = [subject.tool, *more, *subject.args]
    stdin = stdin if isinstance(stdin, str) else bytes(stdin)
    single = isinstance(stdin, bytes) and len(stdin.split()) <= 1
    rest.setdefault("serial", single or jobs == "1")
    rest.setdefault("quick", subject.quick)
    return Case(group, f"{subject.tool}: {name}", args, stdin, node, env, FILES,
                **rest)


def static(tools, options):
    for tool in tools:
        for argv in (["--help"], ["--version"], ["--no-such-option"], ["--help", "x"], ["-h"],
                     ["--jobs", "0"], ["--timeout", "x"], ["--failed"], ["--describe"],
                     *(["--describe", form] for form in DESCRIPTIONS)):
            yield Case("static", f"{tool} {' '.join(argv)}", [tool, *argv], "null", quick=True)
        for option in options[tool]:
            yield Case("static", f"{tool} {option}=", [tool, f"{option}="], "null")


# No VM twice: of two changes of one the second may come in the same second or not.
JUNK = (b"hello\n100 101\n-1\n1e3\n{\n[1]\n\"100\"\n0103\n99999999999999999999\n{}\n100\0\n"
        b"{\"vm_id\":\"x\"}\n{\"vm_id\":null}\n\xff100\n{\"vm_id\":104,\"vm_id\":105}\n"
        b"{\"vm_id\":1.5}\n\xc3\xa9\n../1\n{\"vm_id\":{\"a\":[]}}\n{\"vm_id\":\"\\u001b[2J\"}\n"
        b"#\n   \n\t101\t\n{\"vm_name\":\"a b\"}\n")


def with_keys(line, **keys):
    """The line as an object that has these keys, too."""
    record = json.loads(line) if line.startswith("{") else {"vm_id": int(line)}
    return (json.dumps({**record, **keys}, separators=(",", ":")) + "\n").encode()


def inputs(subject):
    def keyed(vm_id, **keys):
        return with_keys(subject.line_for(vm_id), **keys)

    yield "four VMs", subject.lines(100, 101, 102, 103), ()
    yield "an id that is not there", subject.lines(100, 999, 101), ()
    yield "only an id that is not there", subject.lines(999), ()
    yield "lines that are none", JUNK + subject.lines(102), ()
    yield "bare ids", b"100\n101\n", ()
    yield "a node is named", keyed(100, proxmox_node="px-testing") + keyed(101), ()
    yield "a foreign node", keyed(100, proxmox_node="elsewhere") + keyed(101), ()
    yield "a node that is no name", keyed(100, proxmox_node="../x") + keyed(101), ()
    yield "CRLF and no last newline", subject.lines(100, 101).replace(b"\n", b"\r\n")[:-2], ()
    yield "ids twice", subject.lines(100, 100, 101, 100), ()
    yield "other keys", keyed(100, x={"b": [1.50, True, None]}, source="me", action="x"), ()
    yield "a failed line of before", keyed(100, ok=False, error="no") + keyed(101, ok=True), ()
    yield "empty input", b"", ()
    yield "blank lines", b"\n\n\n", ()
    yield "a line that is too long", b"1" * 1_100_000 + b"\n" + subject.lines(101), ()
    yield "from /dev/null", "null", ()
    yield "stdin is closed", "closed", ()


def lines(_tools, _options):
    for subject in SUBJECTS:
        for name, stdin, more in inputs(subject):
            yield case("lines", name, subject, stdin, subject.stage("--vms", "6"), *more,
                       frees_ids=subject.on_nothing)
        for jobs in ("1", "2", "20"):
            yield case("lines", f"--jobs {jobs}", subject, subject.lines(*range(100, 108)),
                       subject.stage("--vms", "8"), "--jobs", jobs)
        special = subject.lines(*range(100, 108))
        for name, more in (("stopped", ()), ("running", ("--running",))):
            stage = [*STAGE, *subject.node, *more, "--shutdown-timeout-ms", "200"]
            yield case("special VMs", f"all kinds, {name}", subject, special, stage)
        yield case("special VMs", "paused", subject, subject.lines(100, 101),
                   subject.stage("--vms", "4", "--running", "--shutdown-timeout-ms", "200"),
                   before=[(["proxmox_vm.pause"], b"100\n101\n", None)])
        for index, vm_id in enumerate(range(100, 108)):
            stage = [*STAGE, *subject.node, "--shutdown-timeout-ms", "200"]
            yield case("special VMs", f"VM {vm_id} alone", subject, subject.lines(vm_id), stage,
                       quick=subject.quick and index > 2)


def options(_tools, known):
    for subject in SUBJECTS:
        has = known[subject.tool]
        mixed = subject.lines(100, 101) + b"hello\n" + subject.lines(999, 102)
        stage = subject.stage("--vms", "4")

        def one(name, *more, stdin=mixed, node=stage, **rest):
            return case("options", name, subject, stdin, node, *more,
                        frees_ids=subject.on_nothing and "1" not in more, **rest)

        sets = [["--text"], ["--json"], ["--results", "all"], ["--dry-run"], ["--carry"],
                ["--no-carry"], ["--async"], ["--timings"], ["--text", "--carry"],
                ["--results", "all", "--carry"], ["--results", "all", "--no-carry"],
                ["--progress", "never"], ["--progress", "always"], ["--jobs", "1", "--text"],
                ["--async", "--results", "all"], ["--dry-run", "--results", "all"],
                ["--async", "--text"], ["--async", "--timeout", "5"], ["--rollback"],
                ["--range", "300:400"], ["--range", "100:101"], ["--range", "9:5"]]
        for words in sets:
            if all(word in has for word in words if word.startswith("--")):
                yield one(" ".join(words), *words)
                if "arry" in str(words) or words == ["--async"]:
                    yield one(" ".join(words) + ", other keys", *words,
                              stdin=with_keys(subject.line_for(101), z=[1, {"a": "é"}], a="b"))
        if "--failed" in has:
            yield one("--failed", "--failed", "again", keeps=("again",))
            yield one("--failed and --results all", "--failed", "again", "--results", "all",
                      keeps=("again",))
            yield one("--failed, written over", "--failed", "text", stdin=subject.lines(100),
                      keeps=("text",))
            yield one("--failed where nothing can be", "--failed", "no/where",
                      stdin=subject.lines(100))
            yield one("--failed, fed again", "--failed", "again", stdin="@again", keeps=("again",),
                      before=[([subject.tool, "--failed", "again", *subject.args],
                               subject.lines(998, 999), None)])
        if "--journal" in has:
            yield one("--journal", "--journal", "journal", keeps=("journal",))
            yield one("--journal, --jobs 1", "--jobs", "1", "--journal", "journal",
                      keeps=("journal",))
            yield one("--journal and --rollback", "--jobs", "1", "--journal", "journal",
                      "--rollback", keeps=("journal",))
            yield one("--journal where nothing can be", "--journal", "no/where",
                      stdin=subject.lines(100))
        if "--timeout" in has and subject.act and not subject.is_config:
            slow = subject.stage("--vms", "4", "--task-ms", "30000")
            yield one("--timeout 1 and tasks that last", "--timeout", "1", node=slow)
            yield one("--timeout 1, --jobs 1", "--jobs", "1", "--timeout", "1", node=slow,
                      stdin=subject.lines(100, 101))
            if "--failed" in has:
                yield one("--timeout 1 and --failed", "--timeout", "1", "--failed", "again",
                          node=slow, stdin=subject.lines(100), keeps=("again",))
        yield one("jobs from the environment", env={"RANGE42_PROXMOX_JOBS": "1"})
        yield one("jobs from the environment, wrong", env={"RANGE42_PROXMOX_JOBS": "x"})


def cluster(_tools, _options):
    for subject in SUBJECTS:
        two = subject.lines(100, 101, 102, 103)
        for name, nodes in (("two nodes", "px-testing,px-b"),
                            ("one is down", "px-testing,away=offline"),
                            ("three nodes", "px-testing,px-b,away=offline")):
            stage = subject.stage("--vms", "6", "--nodes", nodes)
            yield case("cluster", name, subject, two, stage)
        stage = subject.stage("--vms", "6", "--nodes", "px-testing,px-b")
        named = b"".join(with_keys(subject.line_for(vm), proxmox_node=node)
                         for vm, node in ((100, "px-b"), (101, "px-b"), (102, "px-testing")))
        yield case("cluster", "nodes are named, one wrongly", subject, named, stage)
        yield case("cluster", "one VM elsewhere", subject, subject.lines(101), stage)


def conditions(_tools, _options):
    guard = {"RANGE42_PROXMOX_REQUIRE_TAG": "range42"}
    for subject in SUBJECTS:
        mixed = subject.lines(100, 101, 106)
        yield case("conditions", "guarded by a tag", subject, mixed,
                   [*STAGE, *subject.node], env=guard)
        yield case("conditions", "guarded, one", subject, subject.lines(100),
                   [*STAGE, *subject.node], env=guard)
        yield case("conditions", "guarded by what is no tag", subject, subject.lines(100),
                   [*STAGE, *subject.node], env={"RANGE42_PROXMOX_REQUIRE_TAG": "a b;"})
        yield case("conditions", "HA manages them", subject, subject.lines(100, 101),
                   subject.stage("--vms", "4", "--managed", "100,101", "--ha-ms", "300"),
                   polls_state=True)
        if "status" in subject.act:
            yield case("conditions", "HA does not obey", subject, subject.lines(100),
                       subject.stage("--vms", "4", "--managed", "100", "--ha-ms", "60000"),
                       "--timeout", "2", polls_state=True)
        yield case("conditions", "warnings", subject, subject.lines(100, 101),
                   subject.stage("--vms", "4", "--warn", "100"))
        yield case("conditions", "no audit", subject, subject.lines(100, 101),
                   subject.stage("--vms", "4", "--no-audit"))
        yield case("conditions", "an older release", subject, subject.lines(100, 101),
                   subject.stage("--vms", "4", "--unknown",
                                 "overrule-shutdown,skiplock,tags,description,vmstate"))
        yield case("conditions", "calls that wait their turn", subject, subject.lines(100, 101),
                   subject.stage("--vms", "4", "--call-ms", "30"))
        yield case("conditions", "idle connections are closed", subject,
                   subject.lines(100, 101, 102), subject.stage("--vms", "4", "--idle-ms", "150",
                                                               "--task-ms", "500"))
        yield case("conditions", "an RSA key", subject, subject.lines(100),
                   subject.stage("--vms", "4", "--rsa"))
        yield case("conditions", "no node", subject, subject.lines(100, 101),
                   subject.stage("--vms", "4"), node_down=True)
        yield case("conditions", "no workspace", subject, subject.lines(100, 101), None)


# A workspace that is not as it should be.
SPOILT = {
    "no devkit": {"RANGE42_ANSIBLE_ROLES__DEVKITS_DIR": None},
    "a devkit that is not there": {"RANGE42_ANSIBLE_ROLES__DEVKITS_DIR": "/nonexistent"},
    "no password file": {"RANGE42_VAULT_PASSWORD_FILE": None},
    "a wrong password": {"RANGE42_VAULT_PASSWORD_FILE": "@PLACE@/here/text"},
    "a password file that is not there": {"RANGE42_VAULT_PASSWORD_FILE": "/nonexistent"},
    "another key is trusted": {
        "RANGE42_PROXMOX_API_TLS": f"pin:sha256//{'A' * 43}="},
    "trust on first use": {"RANGE42_PROXMOX_API_TLS": None},
    "an authority": {"RANGE42_PROXMOX_API_TLS": "ca"},
    "nonsense for trust": {"RANGE42_PROXMOX_API_TLS": "nonsense"},
    "a proxy": {"https_proxy": "http://127.0.0.1:1", "ALL_PROXY": "socks5://127.0.0.1:1"},
    "no home": {"HOME": None, "XDG_CONFIG_HOME": None, "XDG_STATE_HOME": None,
                "RANGE42_PROXMOX_API_TLS": None},
}


def workspaces(tools, _options):
    calls = {tool: ([tool], "null") for tool in LISTINGS}
    for tool in ("proxmox_vm.start", "proxmox_vm.create", "proxmox_vm.set_config",
                 "proxmox_snapshot_vm.list_snapshot", "proxmox_vm.lookup", "guest.wait_ip"):
        subject = BY_TOOL[tool]
        calls[tool] = ([tool, *subject.args], subject.lines(100))
    for tool, (argv, stdin) in calls.items():
        for name, env in SPOILT.items():
            yield Case("workspaces", f"{tool}: {name}", argv, stdin,
                       [*STAGE, "--plain", "--vms", "3"], env, FILES,
                           serial=tool != "proxmox_vm.sync",
                       quick=tool == "range42-doctor")


# Listings that ask for several things at a time.
ASK_AT_ONCE = ("proxmox_vm.list", "proxmox_vm.sync")
ONE_AT_A_TIME = {"RANGE42_PROXMOX_JOBS": "1"}


def listings(_tools, known):
    stages = {"plain": ["--plain", "--vms", "4"], "special": [], "running": ["--running"],
              "agents": ["--running", "--agents"], "none": ["--vms", "0"], "many": ["--vms", "600"],
              "cluster": ["--vms", "20", "--nodes", "px-testing,px-b,away=offline"],
              "no audit": ["--no-audit"], "pools": ["--pools", "a,b"]}
    argvs = {
        "proxmox_vm.list": [[], ["web"], ["^(web|db)-0[1-9]$"], ["--text"], ["--cluster"], ["["],
                            ["--node", "px-b"], ["--node", "px-b", "--node", "px-testing"],
                            ["--node", "away"], ["--node", "nowhere"], ["--results", "all"],
                            ["--results", "all", "--node", "nowhere"], ["nothing-like-it"],
                            ["--nodes-from-stdin"], ["--timings"], ["a", "b"], [""]],
        "proxmox_vm.sync": [[], ["--cluster"], ["--text"], ["--results", "all"]],
        "proxmox_node.list": [[], ["^px-"], ["--text"], ["--results", "all"]],
        "proxmox_api.reachable": [[], ["x"]],
        "range42-doctor": [[], ["--json"], ["--text"]],
    }
    for tool, ways in argvs.items():
        for stage, node in stages.items():
            for argv in ways:
                yield Case("listings", f"{tool} {' '.join(argv)}: {stage}", [tool, *argv],
                           b"px-b\npx-testing\n" if "--nodes-from-stdin" in argv else "null",
                           [*STAGE, *node], serial=tool not in ASK_AT_ONCE,
                           quick=stage in ("special", "cluster"))


def words(_tools, _options):
    """Tools that need no node, or once in a while."""
    terms = [["100:102", "-101"], ["web-*"], ["@tag-range42"], ["@running"], ["@stopped", "-103:"],
             ["@pool-a"], ["-db-01"], ["WEB-*", "nothing-like-it"], ["110:100"], [""], ["-"],
             ["@nonsense"], [], ["100"], ["*"]]
    rows = (b'{"vm_id":100,"vm_name":"web-01","vm_status":"running","vm_tags":"a;x"}\r\n'
            b'{"vm_id" : 101, "b":1.50}\nhello\n4711\n 102\t\n103')
    for argv in terms:
        for name, stdin in (("rows", rows), ("ids", b"100\n101\n102\n103\n106\n107\n"),
                            ("nothing", b"")):
            yield Case("select and table", f"select {' '.join(argv)}: {name}",
                       ["proxmox_vm.select", *argv], stdin, [*STAGE], serial=True, quick=True)
    tables = {"objects": b'{"vm_id":100,"vm_name":"a","action":"x","n":1}\n'
                         b'{"vm_id":12345,"vm_name":"\\u540d\\u524d","more":null,"n":22}\n',
              "hostile": b'{"a":"\\u001b[2Jx\\ny\\u202e"}\nhello\n[1]\n{\n',
              "numbers": b'{"a":1e3,"b":-0.5,"c":true}\n{"a":"x","c":{"d":[1,2]}}\n',
              "many": b"".join(b'{"vm_id":%d}\n' % vm for vm in range(100, 4100)), "none": b""}
    for name, stdin in tables.items():
        for argv in ([], ["vm_name", "nothing"], ["a", "vm_id"], ["a", "a"]):
            yield Case("select and table", f"table {' '.join(argv)}: {name}",
                       ["devkit.table", *argv], stdin, serial=True, quick=True)
            yield Case("select and table", f"table {' '.join(argv)}: {name}, 60 columns",
                       ["devkit.table", *argv], stdin, serial=True, terminal=False,
                       env={"COLUMNS": "20"})


def later(_tools, _options):
    """Tasks that were begun before, journals, and whose key is known."""
    maker = [(["proxmox_vm.start", "--async"], b"100\n101\n999\n", "open")]
    nobody = b"UPID:px-testing:00001234:00000001:66000000:qmstart:100:range42@pam!devkit:\n"
    for tool in ("proxmox_task.wait", "proxmox_task.log"):
        for name, node in (("short tasks", []), ("tasks that last", ["--task-ms", "700"]),
                           ("warnings", ["--warn", "100"])):
            for argv in ([], ["--text"], ["--results", "all"], ["--failed", "again"],
                         ["--timeout", "1"], ["--carry"], ["--jobs", "1"], ["--dry-run"]):
                yield Case("tasks", f"{tool} {' '.join(argv)}: {name}", [tool, *argv], "@open",
                           [*STAGE, "--plain", "--vms", "3", *node], before=maker,
                           keeps=("again",), quick=not argv)
        odd = nobody + nobody.replace(b"px-testing", b"elsewhere") + b"hello\n100\n{}\n"
        yield Case("tasks", f"{tool}: nobody's tasks", [tool], odd, [*STAGE, "--plain"],
                   slow=True, limit_s=200)
        yield Case("tasks", f"{tool}: a task that fails", [tool], "@open", [*STAGE],
                   before=[(["proxmox_vm.start", "--async"], b"107\n104\n105\n", "open")])
        yield Case("tasks", f"{tool}: no node", [tool], nobody, [*STAGE], node_down=True,
                   slow=True, limit_s=200)
        yield Case("tasks", f"{tool}: never ends", [tool, "--timeout", "1"], "@open",
                   [*STAGE, "--plain", "--task-ms", "60000"],
                   before=[(["proxmox_vm.start", "--async"], b"100\n", "open")], limit_s=20)
    yield from makers()
    yield from trusts()


def makers():
    names = b"web-01\nweb-02\nweb-03\n"
    many = b"".join(b"vm-%d\n" % number for number in range(12))
    templates = b"".join(b'{"vm_name":"t-%d","vm_template_id":103,"vm_cores":%d,"vm_disk_size":5}\n'
                         % (number, number + 1) for number in range(3))
    ways = {
        "names": ([], names), "names, serial": (["--jobs", "1"], names), "many": ([], many),
        "templates": (["--jobs", "1"], templates), "templates side by side": ([], templates),
        "templates, full": (["--jobs", "1", "--full"], templates),
        "a range": (["--jobs", "1", "--range", "104:109"], names),
        "a small range": (["--jobs", "1", "--range", "107:108"], names),
        "everything": (["--jobs", "1", "--memory", "512", "--cores", "1", "--sockets", "2",
                        "--disk", "4", "--storage", "local", "--bridge", "vmbr1", "--os-type",
                        "other", "--boot-order", "scsi0,net0", "--tags", "a;b", "--pool", "p",
                        "--iso", "local:iso/x.iso"], names),
        "an image": (["--jobs", "1", "--image", "local:import/x.qcow2", "--cloud-init",
                      "--ci-user", "admin", "--ci-ip", "ip=dhcp", "--ci-ssh-keys",
                      "ssh-ed25519 AAAA me@here", "--ci-nameserver", "192.0.2.1"], names),
        "no disk": (["--jobs", "1", "--disk", "0"], names),
        "wrong values": (["--jobs", "1"], b'{"vm_name":"a","vm_memory":"x"}\n{"vm_name":"a",'
                         b'"vm_disk_storage":"local:1,cache=unsafe"}\nunder_score\n{"vm_name":"a",'
                         b'"vm_bridge":"vmbr0,tag=7"}\n{"vm_name":"a","vm_tags":"\xc3\xa4"}\n'
                         b'{"vm_id":100,"vm_name":"b"}\n{"vm_id":7,"vm_name":"b"}\n'),
        "rollback": (["--jobs", "1", "--rollback"],
                     b'{"vm_name":"t1","vm_template_id":103,"vm_tags":"\xc3\xa4"}\nweb-01\n'),
    }
    for name, (argv, stdin) in ways.items():
        for more in ([], ["--journal", "journal"], ["--dry-run"], ["--no-carry"], ["--text"],
                     ["--journal", "journal", "--rollback", "--results", "all"]):
            yield Case("making", f"create {' '.join(more)}: {name}",
                       ["proxmox_vm.create", *argv, *more], stdin, [*STAGE, "--pools", "p"],
                       serial="--jobs" in argv, frees_ids="--jobs" not in argv,
                       keeps=("journal",),
                       quick=name in ("names, serial", "rollback"))
    for argv in ([], ["--name", "c"], ["--full"], ["--storage", "local"], ["--pool", "p"],
                 ["--range", "300:301"], ["--journal", "journal"], ["--dry-run"]):
        for stdin in (b"101\n", b"101\n103\n100\n999\n"):
            yield Case("making", f"clone {' '.join(argv)}: {stdin.decode().split()}",
                       ["proxmox_vm.clone", "--jobs", "1", *argv], stdin,
                       [*STAGE, "--pools", "p"], serial=True, keeps=("journal",), quick=not argv)
    made = [(["proxmox_vm.create", "--jobs", "1", "--journal", "journal"], names, None)]
    for argv in ([], ["--jobs", "1"], ["--text"], ["--results", "all"], ["--failed", "again"],
                 ["--carry"]):
        yield Case("making", f"undo {' '.join(argv)}", ["range42-undo", *argv], "@journal",
                   [*STAGE], before=made, keeps=("again",), serial="1" in argv, quick=True)
    changed = [*made, (["proxmox_vm.start"], b"108\n", None),
               (["proxmox_vm.set_config", "--set", "tags=protected"], b"109\n", None),
               (["proxmox_vm.delete"], b"110\n", None)]
    yield Case("making", "undo what has changed since", ["range42-undo", "--jobs", "1"], "@journal",
               [*STAGE], before=changed, serial=True)
    yield Case("making", "undo what is no journal", ["range42-undo"], JUNK, [*STAGE])
    taken = [f"fail=500:unable%20to%20create%20VM%20{vm}%20-%20VM%20{vm}%20already%20exists "
             f"method=POST path=/qemu$ nth={vm - 107} instead" for vm in range(108, 115)]
    for count in (1, 3, 7):
        yield Case("making", f"create: {count} ids are taken in between",
                   ["proxmox_vm.create", "--jobs", "1"], b"web-01\n",
                   [*STAGE, *fault_options(*taken[:count])], serial=True)
    recipe = b'{"vm_name":"w","template_recipe":{"os":"x"}}\n{"template_recipe":{"os":"y"}}\n'
    promoted = [(["proxmox_template.promote", "--recipe", "os=x"], b"101\n", None)]
    for argv in ([], ["--no-carry"], ["--text"], ["--recipe", "os=x"]):
        yield Case("making", f"template.lookup {' '.join(argv)}",
                   ["proxmox_template.lookup", *argv], recipe, [*STAGE], before=promoted)
    snapshots = [(["proxmox_snapshot_vm.create_snapshot"],
                  b'{"vm_id":100,"vm_snapshot_name":"one","vm_snapshot_description":"d"}\n', None)]
    for argv in ([], ["on"], ["--text"], ["--carry"], ["["], ["--results", "all"]):
        yield Case("making", f"list_snapshot {' '.join(argv)}",
                   ["proxmox_snapshot_vm.list_snapshot", *argv], b"100\n101\n999\n",
                   [*STAGE], before=snapshots)
    texts = (b'{"vm_id":100,"vm_snapshot_name":"a b"}\n{"vm_id":100,"vm_snapshot_name":"one"}\n'
             b'{"vm_id":100,"vm_snapshot_name":"two",'
             b'"vm_snapshot_description":"x\\ny &=%+\xc3\xa9"}\n'
             b'{"vm_id":101,"vm_snapshot_name":"-x"}\n{"vm_id":101,"vm_snapshot_name":"current"}\n')
    for verb in ("create", "revert", "delete"):
        yield Case("making", f"{verb}_snapshot by name",
                   [f"proxmox_snapshot_vm.{verb}_snapshot", "--jobs", "1"], texts, [*STAGE],
                   before=snapshots, serial=True, quick=True)
        yield Case("making", f"{verb}_snapshot without a name",
                   [f"proxmox_snapshot_vm.{verb}_snapshot", "--jobs", "1"], b"100\n101\n",
                   [*STAGE], before=snapshots, serial=True)


def trusts():
    for argv in ([], ["--add"], ["--replace"], ["--remove"], ["127.0.0.1:1"], ["nonsense"],
                 ["--add", "127.0.0.1:1"], ["--remove", "127.0.0.1:1"], ["--add", "--remove"]):
        for before in ([], [(["proxmox_vm.list"], "null", None)]):
            yield Case("trust", f"{' '.join(argv)}{', known' if before else ''}",
                       ["proxmox_api.trust", *argv], "null", [*STAGE], before=before,
                       env={"RANGE42_PROXMOX_API_TLS": None}, serial=True, quick=True)


def changes(_tools, _options):
    """One batch a tool and kind of fault: each line has a fault of its own."""
    for subject in SUBJECTS:
        if not subject.act:
            continue
        rows = [*faults.REPLIES, *faults.REFUSALS]
        if subject.is_program:
            # A node that cannot be reached is waited for until the time is up.
            rows = [f"{row} nth=1" if row.startswith("status=595") else row for row in rows
                    if row != "status=595:Connection%20refused nth=1 instead"]
        if subject.is_config:
            rows = [f"{row} nth=1" if "nth=" not in row else row for row in rows]
        for some in faults.in_batches(rows):
            specs = [f"{row} {subject.where_act(vm)}" for vm, row in enumerate(some, 100)]
            yield case("faults of changes", f"{some[0][:30]} and so on", subject,
                       subject.lines(*range(100, 100 + len(some))),
                       subject.stage("--vms", str(len(some)), *fault_options(*specs)),
                       "--jobs", "12", "--results", "all")
        # A piece of a file is put there again until the time is up.
        rows = faults.SILENCES
        if subject.is_program and subject.is_config:
            rows = [f"{row} nth=1" for row in rows]
        specs = [f"{row} {subject.where_act(vm)}" for vm, row in enumerate(rows, 100)]
        count = len(specs)
        yield case("faults of changes, unknown outcomes", "all", subject,
                   subject.lines(*range(100, 100 + count)),
                   subject.stage("--vms", str(count), *fault_options(*specs)),
                   "--jobs", str(count), slow=True, limit_s=240,
                   quick=subject.tool == "proxmox_vm.start")
        refused = f"status=401:No%20ticket instead nth=2 method={subject.method}"
        yield case("faults of changes", "the second of three is refused", subject,
                   subject.lines(100, 101, 102),
                   subject.stage("--vms", "3", *fault_options(refused)), "--jobs", "1")
        # Lines one by one, where every request has its place.
        for row in ("cut=0", "status=596", "fail=500:VM%20is%20locked%20(backup) instead",
                    "random rate=0.5"):
            if subject.is_config and " " not in row:
                row += " nth=1-2"  # or each line is searched for after its last try
            spec = f"{row} method={subject.method} path={subject.act.replace('@', '[0-9]*')}$"
            yield case("faults of changes", f"{row}, one by one", subject,
                       subject.lines(100, 101, 102),
                       subject.stage("--vms", "3", *fault_options(spec.replace("#", "[0-9]*"))),
                       "--jobs", "1")


def reads(_tools, _options):
    for subject in SUBJECTS:
        rows = faults.READS
        if subject.read == "/qemu":
            for row in rows:
                yield case("faults of reads", row[:50], subject, subject.lines(100, 101),
                           subject.stage("--vms", "3",
                                         *fault_options(f"{row} method=GET path=/qemu$")))
            continue
        for some in faults.in_batches(rows):
            specs = [f"{row} {subject.where_read(vm)}" for vm, row in enumerate(some, 100)]
            yield case("faults of reads", f"{some[0][:30]} and so on", subject,
                       subject.lines(*range(100, 100 + len(some))),
                       subject.stage("--vms", str(len(some)), *fault_options(*specs)),
                       "--jobs", "12")
        if subject.is_program:
            continue
        for row in ("cut=0 nth=2", "status=596 nth=1-3", "body=empty nth=1", "reset"):
            # Without it the 60 s of a task would end at once with those of a node that is mute.
            more = ("--timeout", "4") if subject.act else ()
            # What is counted are answers about VMs: of polls there are more or less.
            path = "" if row == "reset" else " path=/qemu"
            yield case("faults of reads", f"every answer, {row}", subject,
                       subject.lines(100, 101),
                       subject.stage("--vms", "3", *fault_options(f"{row} method=GET{path}")),
                       "--jobs", "1", *more, limit_s=120, slow=row == "reset")
    for tool, path in LISTINGS.items():
        for row in faults.READS if tool == "proxmox_vm.list" else faults.READS[::3]:
            yield Case("faults of reads", f"{tool}: {row[:50]}", [tool], "null",
                       [*STAGE, "--plain", "--vms", "3",
                        *fault_options(f"{row} method=GET path={path}$")],
                       serial=tool != "proxmox_vm.sync", quick=tool == "proxmox_vm.list")
        for row in faults.SILENCES[-1:]:
            yield Case("faults of reads", f"{tool}: {row}", [tool], "null",
                       [*STAGE, "--plain", *fault_options(f"{row} method=GET path={path}$")],
                       serial=tool != "proxmox_vm.sync", slow=True, limit_s=120)


def connections(_tools, _options):
    calls = {tool: ([tool], "null") for tool in LISTINGS}
    for tool in ("proxmox_vm.start", "proxmox_vm.create", "proxmox_vm.set_config", "guest.run",
                 "proxmox_snapshot_vm.list_snapshot"):
        subject = BY_TOOL[tool]
        calls[tool] = ([tool, *subject.args], subject.lines(100))
    for tool, (argv, stdin) in calls.items():
        for row in faults.CONNECTIONS:
            node = BY_TOOL[tool].node if tool in BY_TOOL else ()
            yield Case("faults of connections", f"{tool}: {row}", argv, stdin,
                       [*STAGE, "--plain", "--vms", "3", *node, *fault_options(row)],
                       {}, FILES, serial=tool != "proxmox_vm.sync", slow="mute" in row, limit_s=90,
                       quick=tool == "proxmox_vm.start")


def waits(_tools, _options):
    """What goes wrong while a task is waited for."""
    for tool in ("proxmox_vm.start", "proxmox_vm.delete", "proxmox_vm.create", "proxmox_vm.clone",
                 "proxmox_snapshot_vm.revert_snapshot", "proxmox_vm.reboot",
                 "proxmox_template.promote", "proxmox_vm.set_config"):
        subject = BY_TOOL[tool]
        for row in faults.TASKS:
            # A bar between two faults, where it is not what sets old and new words apart.
            specs = re.split(r"\|(?=body=no-such|fail=500:no path|cut=0 path|body=deep path)", row)
            yield case("faults of tasks", row[:60], subject, subject.lines(100),
                       subject.stage("--vms", "3", *fault_options(*specs)), "--timeout", "4",
                       limit_s=90)
    for tool in ("proxmox_task.wait", "proxmox_task.log"):
        for row in ("cut=0 nth=1", "status=596 nth=1-2", "body=empty nth=1", "body=array",
                    "fail=403:no", "body=no-such-task", "twice nth=1", "framing=chunked"):
            yield Case("faults of tasks", f"{tool}: {row}", [tool, "--timeout", "3"], "@open",
                       [*STAGE, "--plain", "--vms", "3", "--task-ms", "200",
                        *fault_options(f"{row} method=GET path=/tasks")],
                       before=[(["proxmox_vm.start", "--async"], b"100\n", "open")],
                       serial=True, limit_s=90, slow=True)


# What a creation from a template asks for: what was answered before, and what is held back.
CREATION = (("", "GET", "/cluster/nextid"), ("nextid", "GET", "/qemu/103/config"),
            ("GET .*/103/config", "POST", "/clone"), ("POST .*/clone", "PUT", "/config"),
            ("PUT .*/config", "PUT", "/resize"), ("PUT .*/resize", "GET", "/qemu/108/config"))


def interruptions(_tools, _options):
    for subject in SUBJECTS:
        for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if not subject.act:
                continue
            path = subject.act.replace("@", r"\d+")
            late = f"delay=20000 {subject.where_act(100)}"
            yield case("interruptions", f"{kind.name} before a change is answered", subject,
                       subject.lines(100), subject.stage("--vms", "3", *fault_options(late)),
                       signal=(kind, 0, "", True), limit_s=60, slow=True)
            if subject.is_config:
                continue
            polled = "/tasks$" if not subject.is_program else "exec-status"
            if subject.tool == "guest.upload":
                continue
            if subject.tool == "guest.run":
                subject_long = BY_TOOL["guest.run"]
                yield Case("interruptions", f"guest.run: {kind.name} while a program runs",
                           ["guest.run", "--agent", "--", "sleep", "3600"],
                           subject_long.lines(100), subject.stage("--vms", "3"),
                           signal=(kind, 1, polled, False), serial=True, slow=True)
                continue
            stage = subject.stage("--vms", "6", "--task-ms", "20000")
            yield case("interruptions", f"{kind.name} while tasks run, one by one", subject,
                       subject.lines(100, 101, 102), stage, "--jobs", "1", "--failed", "again",
                       keeps=("again",), signal=(kind, 1, polled, False), slow=True)
            waited = f"{subject.method} .*{path}$"
            yield case("interruptions", f"{kind.name} while four tasks run", subject,
                       subject.lines(*range(100, 106)), stage, "--results", "all",
                       signal=(kind, 4, waited, True), slow=True)
    for subject in SUBJECTS:
        if not subject.act:
            late = f"delay=20000 {subject.where_read(100)}"
            yield case("interruptions", "TERM before a read is answered", subject,
                       subject.lines(100), subject.stage("--vms", "3", *fault_options(late)),
                       signal=(signal.SIGTERM, 0, "", True), slow=True)
    for tool in LISTINGS:
        for kind in (signal.SIGINT, signal.SIGTERM):
            yield Case("interruptions", f"{tool}: {kind.name}", [tool], "null",
                       [*STAGE, *fault_options("delay=20000 method=GET")],
                       serial=tool != "proxmox_vm.sync", signal=(kind, 0, "", True), slow=True)
    for kind in (signal.SIGINT, signal.SIGTERM):
        for argv in ([], ["--journal", "journal"], ["--rollback", "--journal", "journal"]):
            for before, method, path in CREATION:
                late = fault_options(f"delay=20000 method={method} path={path}$")
                yield Case("interruptions",
                           f"create {' '.join(argv)}: {kind.name} at {method} {path}",
                           ["proxmox_vm.create", *argv],
                           b'{"vm_name":"t1","vm_template_id":103,"vm_cores":3,"vm_disk_size":5}\n',
                           [*STAGE, *late], signal=(kind, 1 if before else 0, before, True),
                           serial=True, keeps=("journal",), slow=True)


def streams(_tools, _options):
    calls = {"list": (["proxmox_vm.list"], "null", ["--vms", "3000"]),
             "help": (["proxmox_vm.start", "--help"], "null", None),
             "doctor": (["range42-doctor"], "null", []),
             "table": (["devkit.table"], b'{"a":1}\n{"a":2}\n', None),
             "select": (["proxmox_vm.select", "100:"], b"100\n101\n", None),
             "sync": (["proxmox_vm.sync"], "null", ["--plain", "--vms", "1"]),
             "describe": (["proxmox_vm.start", "--describe", "manual"], "null", None)}
    for name in ("proxmox_vm.start", "proxmox_vm.create", "proxmox_vm.set_config",
                 "proxmox_vm.delete", "proxmox_snapshot_vm.list_snapshot", "proxmox_vm.lookup",
                 "guest.run"):
        subject = BY_TOOL[name]
        # Answers come late, so that whoever reads the first line has gone when the second comes.
        calls[name] = ([name, *subject.args], subject.lines(*range(100, 108)) + b"hello\n",
                       ["--plain", "--vms", "8", *subject.node,
                        *fault_options("delay=60 method=GET")])
    for name, (argv, stdin, node) in calls.items():
        for stdout, stderr in (("full", "file"), ("closed", "file"), ("head", "file"),
                               ("ignored pipe", "file"), ("file", "full"), ("file", "closed"),
                               ("closed", "closed")):
            yield Case("streams", f"{name}: stdout {stdout}, stderr {stderr}", argv, stdin,
                       None if node is None else [*STAGE, "--task-ms", "60", *node], files=FILES,
                       stdout=stdout, stderr=stderr, serial=True, quick=True,
                       env=ONE_AT_A_TIME)
        for stderr in ("file", "closed"):
            yield Case("streams", f"{name}: stdin closed, stderr {stderr}", argv, "closed",
                       None if node is None else [*STAGE, *node], files=FILES, stderr=stderr,
                       serial=True, env=ONE_AT_A_TIME)
    for name in ("proxmox_vm.start", "proxmox_vm.create"):
        subject = BY_TOOL[name]
        yield case("streams", "--failed on a full disk", subject, subject.lines(100) + b"hello\n",
                   subject.stage("--vms", "3"), "--failed", "/dev/full")
    subject = BY_TOOL["proxmox_vm.create"]
    yield case("streams", "--journal on a full disk", subject, subject.lines(100),
               subject.stage("--vms", "3"), "--journal", "/dev/full")


def agents(_tools, _options):
    programs = [["printf", "a b", "$(id)", "&x=1", "é"], ["false"], ["no-such-program"],
                ["sleep", "3600"], ["cat"]]
    for words in programs:
        for argv in ([], ["--results", "all"], ["--input", "text"], ["--input", "data"],
                     ["--run-timeout", "1"], ["--no-carry"], ["--dry-run"], ["--sudo"],
                     ["--failed", "again"], ["--text"]):
            if words[0] == "sleep" and "--run-timeout" not in argv:
                continue
            yield Case("agents", f"run {' '.join(argv)}: {' '.join(words)}",
                       ["guest.run", "--agent", "--jobs", "1", *argv, "--", *words],
                       b'100\n{"vm_id":101,"role":"web"}\n999\n',
                       [*STAGE, "--plain", "--vms", "3", "--running", "--agents"], files=FILES,
                       keeps=("again",), serial=True, limit_s=60, quick=words[0] == "printf")
    for argv in (["data", "/tmp/a file"], ["--mode", "0600", "text", "/tmp/x"],
                 ["nothing", "/tmp/x"], ["data"], ["--mode", "9", "text", "/tmp/x"]):
        for lines in (b"100\n", b"100\n101\n999\n"):
            yield Case("agents", f"upload {' '.join(argv)}: {lines.decode().split()}",
                       ["guest.upload", "--agent", "--jobs", "1", *argv], lines,
                       [*STAGE, "--plain", "--vms", "3", "--running", "--agents"], files=FILES,
                       serial=True, quick=True)
    waits_for = {"now": [], "late": ["--agent-delay-ms", "700"],
                 "no address yet": ["--address-delay-ms", "700"],
                 "never": ["--agent-delay-ms", "3600000"],
                 "no address": ["--address-delay-ms", "3600000"]}
    for name, node in waits_for.items():
        for argv in ([], ["--net", "0"], ["--net", "7"], ["--family", "6"], ["--family", "4"],
                     ["--cidr", "10.0.0.0/8"], ["--cidr", "192.0.2.0/24"], ["--cidr", "x"],
                     ["--agent-timeout", "1"], ["--address-timeout", "1"]):
            yield Case("agents", f"wait_ip {' '.join(argv)}: {name}",
                       ["guest.wait_ip", "--timeout", "2", *argv], b"100\n101\n",
                       [*STAGE, "--plain", "--vms", "3", "--running", "--agents", *node],
                       limit_s=60, quick=name == "now", slow=name.startswith("n") and name != "now")
    for tool in ("guest.run", "guest.upload", "guest.wait_ip"):
        subject = BY_TOOL[tool]
        yield case("agents", "none is configured", subject, subject.lines(100, 101),
                   [*STAGE, "--plain", "--running", "--vms", "3"])
        yield case("agents", "the VM is stopped", subject, subject.lines(100, 101),
                   [*STAGE, "--plain", "--agents", "--vms", "3"])


GUEST_LINE = b'{"vm_ip":"127.0.0.1","vm_id":100,"vm_name":"web-01","role":"web"}\n'


def over_ssh(_tools, known):
    behaviour = {"tailscale": "case $1 in ip) echo 100.64.0.7 ;; esac", "docker": "echo 27.3.1"}
    odd = (b'{"vm_id":1000}\n{"vm_ip":"-oProxyCommand=x"}\n{"vm_ip":"127.0.0.1","vm_name":"a;b"}\n'
           b"hello\n{}\n")
    for tool, args in OVER_SSH.items():
        def one(name, *more, stdin=GUEST_LINE, guest=None, quick=False, tool=tool, args=args,
                **rest):
            return Case("over ssh", f"{tool}: {name}", [tool, *more, *args], stdin, None, {},
                        FILES, guest={"alpine": True, "behaviour": behaviour, **(guest or {})},
                        serial=True, quick=quick, **rest)

        yield one("it works", quick=True)
        yield one("--results all, a line that is none", "--results", "all",
                  stdin=odd + GUEST_LINE)
        yield one("--failed", "--failed", "again", stdin=odd, keeps=("again",))
        yield one("--dry-run", "--dry-run")
        yield one("--no-carry", "--no-carry")
        yield one("--text", "--text")
        yield one("--user", "--user", "nobody", "--timeout", "1")
        yield one("came with a system", stdin=GUEST_LINE.replace(
            b"}", b',"vm_installed":true}'))
        if "--sudo" in known[tool]:
            yield one("--sudo", "--sudo", "--timeout", "2")
        yield one("nobody there", "--timeout", "1", guest={"absent": True})
        yield one("a port that is closed", "--port", "1", "--timeout", "1")
        for command in ("apk", "mount", "chroot", "docker", "tailscale", "setup-alpine"):
            if tool.endswith(".install"):
                broken = {**behaviour, command: "echo it is broken >&2; exit 3"}
                more = ["--timeout", "2"]
                if "--daemon-timeout" in known[tool]:
                    more += ["--daemon-timeout", "1"]
                yield one(f"{command} fails", *more, guest={"behaviour": broken})
    for words in (["sh", "-c", "echo out; echo err >&2; exit 7"],
                  ["printf", "[%s]", "a b", "$(id)"],
                  ["cat"], ["sleep", "30"], ["no-such-program"]):
        yield Case("over ssh", f"guest.run {' '.join(words)}",
                   ["guest.run", "--input", "text", "--run-timeout", "2", "--", *words],
                   GUEST_LINE, None, {}, FILES, guest={}, serial=True, quick=True)


def shims(_tools, _options, names=()):
    inputs_of = {"list.": "null", "inc.": "null"}
    for name in names:
        twin = "_with_api" in name
        stdin = next((text for part, text in inputs_of.items() if part in name), b"100\n101\n999\n")
        if "revert_" in name or "delete_snapshot" in name:
            stdin = b'{"vm_id":100,"vm_snapshot_name":"clean"}\n{"vm_id":101}\n'

        def one(title, argv=(), node=("--plain", "--vms", "4", "--snapshot", "clean"), **rest):
            rest.setdefault("stdin", stdin)
            # Where somebody is meant no failure leads to the devkit's script.
            if rest.get("node_down"):
                rest["env"] = {"RANGE42_PROXMOX_API_TLS": "tofu", **rest.get("env", {})}
            return Case("legacy names", f"{name}: {title}", [f"shims/{name}", *argv],
                        node=[*STAGE, *node], devkit=tuple(names), **rest)

        yield one("as it is called", quick=not twin)
        if twin:
            yield one("no node", node_down=True)
            yield one("foo", ["foo"])
            continue
        for argv in (["--help"], ["-h"], ["foo"], ["--json"], ["--text"], ["--bogus"], ["", "x"]):
            yield one(" ".join(argv), argv)
        yield one("special VMs", node=())
        yield one("strict", env={"RANGE42_PROXMOX_STRICT": "1"})
        yield one("strict, no node", env={"RANGE42_PROXMOX_STRICT": "1"}, node_down=True)
        yield one("no node", node_down=True, quick=True)
        yield one("API_FORCE=off", env={"RANGE42_PROXMOX_API_FORCE": "off"}, quick=not twin)
        yield one("API_FORCE=no", env={"RANGE42_PROXMOX_API_FORCE": "no"})
        yield one("a wrong password", env={"RANGE42_VAULT_PASSWORD_FILE": "/nonexistent"})
        yield one("another key is trusted", env=SPOILT["another key is trusted"])
        yield one("no node, lines that ansible would execute", node_down=True, stdin=(
            b'100\r\n{"vm_id":101,"vm_snapshot_description":"{{ x }}"}\n'
            b'{"vm_id":102,"x":{"y":["{% z %}"]}}\n{"vm_id":103,"x":"two\\nlines"}\n'
            b'{"vm_id":104,"x":"{ fine }"}\n\n  102'))
        yield one("a token that is refused", env={}, node=(
            "--plain", *fault_options("status=401:no")))
        yield one("the first answer is lost", node=("--plain", *fault_options("cut=0 nth=1")))


GROUPS = [static, lines, options, cluster, conditions, workspaces, listings, words, later, changes,
          reads, connections, waits, interruptions, streams, agents, over_ssh]


def all_cases(tools, known, legacy_names):
    for group in GROUPS:
        yield from group(tools, known)
    yield from shims(tools, known, legacy_names)


def fingerprint(one):
    return hashlib.sha256(f"{one.group} {one.name}".encode()).hexdigest()[:8]
