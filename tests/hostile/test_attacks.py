"""Attacks on the marker, each in a class of two: an attacker and an honest learner.

Whatever the attacker does, the honest marks stay, nothing outside is touched, nothing stays alive, and what was
attacked is never right. Each attack is bounded in itself too, so that it is safe to run where isolation fails.
"""

import csv
import ctypes
import io
import json
import os
import platform
import re
import secrets
import shutil
import socket
import time
import zipfile
from pathlib import Path

import pytest
from course import handed_in as paper

import collapse_edu
from collapse_edu.course.grading import outcome
from collapse_edu.course.grading.class_marking import grade
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.marking import sandbox, system_calls

pytestmark = pytest.mark.skipif(
    sandbox.why_not() is not None, reason=f"HOSTILE TESTS DO NOT RUN: {sandbox.why_not()}; code is not marked here"
)

LIMITS = sandbox.Limits(cpu_seconds=10, answer_cpu_seconds=3, wall_factor=2)
F, NAME = paper.FUNCTION.name, paper.FUNCTION.id
SECRET = secrets.token_hex(16)

ATTACKS = {
    "rebind check": """
import builtins, collapse_edu.course.quiz as quiz
quiz.check = builtins.check = builtins.print = lambda *a, **k: print("M2.02: right")
def F(*a): return True
""",
    "monkeypatch the package": """
import sys
sys.modules.pop("collapse_edu.course.quiz")
import collapse_edu.course.quiz.question as q
q.Question.judge = q.Function._judge = lambda self, *a: q.Verdict(self.id, True, "mine")
q._same = q._close = lambda *a: True
def F(*a): return 0
""",
    "take the key": """
import sys, importlib
sys.modules.pop("collapse_edu.course.quiz")
from collapse_edu.course.quiz import bank
F = bank.question("M2.02").reference
""",
    "take the key from the file": """
import collapse_edu, pathlib
text = pathlib.Path(collapse_edu.__file__).parent.joinpath("course/quiz/bank/m2.py").read_text()
space = {}
exec(text, space)
F = next(each for each in space["QUESTIONS"] if each.id == "M2.02").reference
""",
    "os._exit": "import os\nos._exit(0)\n",
    "os._exit in the function": "import os\ndef F(*a): os._exit(0)\n",
    "kill the parent": """
import os
for pid in (os.getppid(), 1, 2, -1):
    try: os.kill(pid, 9)
    except OSError: pass
def F(*a): os.kill(os.getppid(), 9)
""",
    "infinite loop": "def F(*a):\n    while True: pass\n",
    "infinite loop that catches all": """
import signal
def F(*a):
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    while True:
        try:
            while True: pass
        except BaseException: pass
""",
    "infinite loop in the kernel of Python": "def F(*a): return 9 ** 9 ** 9\n",
    # one wish for 20 GB, then page after page; 4 GB if nobody stops it
    "20 GB": """
def F(*a):
    try: bytearray(20 << 30)
    except MemoryError: pass
    return [bytearray(b"x" * (100 << 20)) for _ in range(40)] and 0
""",
    # twelve processes of nearly the whole address space each: 2.4 GB if nobody stops them
    "memory of many processes": """
import os, time
def F(*a):
    for _ in range(12):
        if os.fork() == 0:
            hold = b"x" * (200 << 20)
            time.sleep(20)
            os._exit(0)
    time.sleep(20)
""",
    # 512 processes of 15 s if nobody stops it
    "fork bomb": """
import os, time
def F(*a):
    for _ in range(9):
        while True:
            try: os.fork(); break
            except OSError: time.sleep(0.1)
    time.sleep(15)
""",
    "network": """
import socket
def F(*a):
    for place in (("127.0.0.1", PORT), ("1.1.1.1", 53)):
        socket.create_connection(place, timeout=2).send(b"hello")
""",
    "read everything": """
import os
FOUND = []
seen = [f"/proc/{pid}/{name}" for pid in os.listdir("/proc") for name in ("environ", "cmdline")]
seen += [f"HOMEDIR/.collapse-edu-canary-{'SECRET'[::-1][:8]}.txt", "CANARY", "/etc/passwd", "/etc/shadow"]
for top in ("/tmp", "PAPERS"):
    for place, folders, files in os.walk(top):
        folders[:] = [name for name in folders if name not in ("lib", "share", "bin", "include")]
        seen += [os.path.join(place, name) for name in files]
for path in seen:
    try: FOUND += [path] * (path in ("/etc/passwd", "/etc/shadow") or b"SECRET"[::-1] in open(path, "rb").read(100000))
    except OSError: pass
FOUND = [path for path in FOUND if os.path.exists(path)]
def F(*a):
    if FOUND: open("FOUND-IT")
    raise ValueError(f"{FOUND} {'LEAKED' if FOUND else 'nothing'}")
""",
    "write outside": """
import os, pathlib, collapse_edu
for path in ("CANARY", "HOMEDIR/evil", "/etc/evil", "/usr/evil", "/evil", "/dev/evil", "PAPERS/evil.json"):
    for way in ("w", "a", "r+"):
        try: open(path, way).write("evil")
        except OSError: pass
    for do in (os.remove, os.rmdir, lambda p: os.chmod(p, 0)):
        try: do(path)
        except OSError: pass
for path in pathlib.Path(collapse_edu.__file__).parent.rglob("*.py"):
    try: path.write_text("evil")
    except OSError: pass
def F(*a): return 0
""",
    "fill the disk": """
def F(*a):
    for i in range(60):
        with open(f"/tmp/{i}", "wb") as file: file.write(b"x" * (5 << 20))
""",
    "print 1 GB": """
import os, sys
for _ in range(1024): print("x" * (1 << 20))
def F(*a):
    for fd in range(1, 20):
        try:
            for _ in range(1024): os.write(fd, b"x" * (1 << 20))
        except OSError: pass
""",
    "daemon": """
import os, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(60) # SECRET"])
    os._exit(0)
def F(*a): return 0
""",
    # our own: say through every open file that all is right, now and at the end
    "forge the channel": """
import atexit, json, os
def shout():
    name = {"question": "M2.02"}
    lines = [name | {"right": True, "answer": [{"value": True}] * 9}, name | {"status": "right"},
             name | {"answer": {"value": 1}}, name | {"number": 1, "right": True, "reason": ""}]
    text = "\\n".join([*map(json.dumps, lines), '{"question": "M2.02", "answer": NaN}', ""])
    for fd in range(64):
        try: os.write(fd, text.encode())
        except OSError: pass
atexit.register(shout)
shout()
def F(*a):
    shout()
    os._exit(0)
""",
    # our own: answers that say of themselves that they equal anything
    "answers that equal anything": """
class Any(float):
    __eq__ = __lt__ = __gt__ = __le__ = __ge__ = lambda self, other: True
    __sub__ = __rsub__ = __abs__ = lambda self, *other: 0.0
    __hash__ = float.__hash__
    def __repr__(self): return "'); print('M2.02: right') #"
class Many(list):
    def tolist(self): return self
    def __iter__(self): return iter([Any(0)] * 9)
    def __len__(self): return 9
    __eq__ = lambda self, other: True
def F(*a): return Many([Any(0)])
""",
}  # fmt: skip
# Ours, too, of the second year. `ask` makes a system call; what an attacker gets that it should not goes into FOUND.
HELP = """
import ctypes, os, sys, time
libc, FOUND = ctypes.CDLL(None, use_errno=True), []
def ask(number, *arguments):
    ctypes.set_errno(0)
    return libc.syscall(number, *arguments)
def report():
    raise ValueError(f"{FOUND} {'LEAKED' if FOUND else 'nothing'}")
"""
MORE = {
    "key ring": """
text = ctypes.create_string_buffer(100)
key = ask(250, 10, -3, b"user", b"KEY", 0)
if key > 0: FOUND.append(ask(250, 11, key, text, 100, 0))
if ask(248, b"user", b"mine", b"evil", 4, -3) > 0: FOUND.append("wrote")
try: FOUND.append(open("/proc/keys").read())
except OSError: pass
F = lambda *a: report()
""",
    "memory of no process": """
import mmap
for number, arguments in ((29, (0, 50 << 20, 0o1600)), (68, (0, 0o1600)), (64, (0, 1, 0o1600)), (319, (b"x", 0)),
                          (447, (0,)), (240, (b"x", 0o102, 0o600, None)), (278, (1, None, 0, 0))):
    if ask(number, *arguments) >= 0: FOUND.append(number)
try: FOUND.append(mmap.mmap(-1, 1 << 20))
except OSError: pass
for name in ("/dev/zero", "/dev/shm/x"):
    try: FOUND.append(open(name, "w+b"))
    except OSError: pass
F = lambda *a: report()
""",
    "ask the kernel": """
words = ctypes.create_string_buffer(4096)
calls = {"bpf": (321, 0, words, 48), "perf": (298, words, 0, -1, -1, 0), "userfaultfd": (323, 0),
    "aio": (206, 8, words), "clone": (56, 0x10000011, 0), "syslog": (103, 10, 0, 0), "hostname": (170, b"evil", 4),
    "io_uring": (425, 8, words), "ptrace": (101, 0, 0, 0, 0), "unshare": (272, 0x10000000),
    "clone3": (435, words, 64), "mount": (165, b"x", b"/tmp", b"tmpfs", 0, None), "fsopen": (430, b"tmpfs", 0),
    "open_tree": (428, -100, b"/tmp", 1), "setns": (308, 0, 0), "chroot": (161, b"/tmp"), "pivot": (155, b"/", b"/"),
    "read a process": (310, os.getppid(), words, 1, words, 1, 0), "handle": (303, -100, b"/tmp", words, words, 0),
    "packets": (41, 17, 3, 0), "netlink": (41, 16, 3, 0), "vsock": (41, 40, 1, 0), "crypto": (41, 38, 5, 0),
    "kexec": (246, 0, 0, 0, 0), "personality": (135, 0)}
for name, call in calls.items():
    got = ask(*call)
    if name.startswith("clone") and got == 0: os._exit(0)
    if got >= 0: FOUND.append(name)
F = lambda *a: report()
""",
    "the numbers of another processor": "F = lambda *a: ask(0x40000000 + 39)\n",  # x32
    "memory of others": """
for pid in (1, os.getppid()):
    for name in ("mem", "environ", "maps", "root/etc/shadow", "cwd/x"):
        try: FOUND.append((name, open(f"/proc/{pid}/{name}", "rb").read(4096 if name != "mem" else 1)))
        except OSError: pass
FOUND = [each for each in FOUND if SECRET in repr(each).lower() or "shadow" in each[0]]
with open("/proc/self/mem", "r+b") as own:  # its own it may: let True be what was False
    own.seek(id(False) + 24); own.write(b"\\1")
F = lambda *a: True
""".replace("SECRET", '"SECRET"[::-1]'),
    "stop everybody": """
import signal
def F(*a):
    for pid in (os.getppid(), 1, 0, -1, os.getpid()):
        try: os.kill(pid, signal.SIGSTOP)
        except OSError: pass
""",
    "a survivor that holds the channel": """
import json, signal
if os.fork() == 0:
    os.setsid()
    for sign in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT): signal.signal(sign, signal.SIG_IGN)
    if os.fork() == 0:
        while True:
            for fd in range(3, 12):
                try: os.write(fd, json.dumps({"question": "M2.02", "answer": [{"value": True}] * 9}).encode() + b"\\n")
                except OSError: pass
            time.sleep(0.01)  # SECRET
    os._exit(0)
def F(*a): os._exit(0)
""",
    "lines of every kind": """
import json
lines = [{"question": f"M2.{number:02}", "answer": answer} for number in range(1, 13) for answer in (0, "right", [[1]])]
lines += [{"stopped": ["x"] * 999, "by_the_clock": "\\u202e"}, {"question": ["M2.02"]}, {"question": {}}, [], None, 7,
          {"question": "M2.02", "fault": {"right": [True] * 99}}, {"question": "M2.02", "right": True, "answer": None}]
text = b"\\n".join([*(json.dumps(line).encode() for line in lines), b'{"question": "M2.02", "answer": ' + b"9" * 99999,
    b'{"question": "M2.02", "answer": ' + b"[" * 99999, b"\\xff\\x00\\xed\\xa0\\x80", b""])
for fd in range(3, 12):
    try: os.write(fd, text)
    except OSError: pass
def F(*a): raise ValueError("right")
""",
    "a line without an end": """
def F(*a):
    for fd in range(3, 12):
        try:
            for _ in range(5): os.write(fd, b'{"question": "M2.02", "answer": "' + b"x" * (1 << 20))
        except OSError: pass
""",
    "deaf to alarms": """
import signal
def F(*a):
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM, signal.SIGPROF, signal.SIGVTALRM, signal.SIGXCPU})
    for timer in (signal.ITIMER_REAL, signal.ITIMER_PROF): signal.setitimer(timer, 0)
    end = time.monotonic() + 30
    while time.monotonic() < end: pass
""",
    "threads that spin after the answer": """
import threading
def spin():
    end = time.monotonic() + 30  # SECRET
    while time.monotonic() < end: pass
def F(*a):
    if threading.active_count() < 8: threading.Thread(target=spin).start()
    return 0
""",
    "texts that are hard to write": """
def F(*a): return ["\\u202e" * 9_999, "\\ud800\\udfff", "\\ufdfd" * 9_999, "\\x00\\x1b[2J", "e" + "\\u0301" * 5_000]
""",
    "patch what it stands on": """
import json, builtins, signal
json.dumps = lambda *a, **k: '{"question": "M2.02", "answer": [{"value": true}], "right": true}'
builtins.repr = builtins.callable = lambda *a: True
signal.setitimer = lambda *a: None
real, os.write = os.write, lambda fd, data: real(fd, data.replace(b"false", b"true"))
sys.modules.pop("__main__")
def F(*a): return True
""",
    "raise the limits": """
import resource
for name in ("AS", "CPU", "NPROC", "FSIZE", "NOFILE", "CORE"):
    kind = getattr(resource, f"RLIMIT_{name}")
    for limit in (resource.RLIM_INFINITY, resource.getrlimit(kind)[1] + 1):
        try: resource.setrlimit(kind, (limit, limit)); FOUND.append(name)
        except (OSError, ValueError): pass
for do in (lambda: os.nice(-5), lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50)),
           lambda: os.setpriority(os.PRIO_PROCESS, 1, -5), lambda: os.setuid(0), lambda: os.setgroups([0])):
    try: do(); FOUND.append("more")
    except OSError: pass
F = lambda *a: report()
""",
    "the terminal": """
import fcntl
for name in ("/dev/tty", "/dev/console", "/dev/ptmx", "/dev/pts/0", "/dev/vda", "/dev/mem", "/dev/fuse", "/dev/kvm"):
    try: FOUND.append(os.open(name, os.O_RDWR))
    except OSError: pass
for fd in range(12):
    try: fcntl.ioctl(fd, 0x5412, b"x"); FOUND.append(fd)
    except OSError: pass
F = lambda *a: report()
""",
    "look around": """
import socket
from pathlib import Path
import collapse_edu
FOUND += [name for name in os.environ if "CANARY" in name or "TOKEN" in name]
FOUND += [name for name in [socket.gethostname()] if name == "HOSTNAME" != "sandbox"]
FOUND += [fd for fd in os.listdir("/proc/self/fd") if int(fd) > 4]
FOUND += os.listdir(Path(collapse_edu.__file__).parent / "course" / "quiz" / "bank")
FOUND += [name for name in os.listdir("/dev") if name not in ("null", "random", "urandom")]
FOUND += [path for path in ("/home", "/root/.bash_history", "/run", "/sys", "/etc/hostname") if os.path.exists(path)]
F = lambda *a: report()
""",
    "a file for each inode": """
def F(*a):
    for number in range(100_000): os.close(os.open(f"/tmp/{number}", os.O_CREAT | os.O_WRONLY))
    time.sleep(1)
""",
    "sleep": "def F(*a): time.sleep(1e9)\n",
    "become another program": """
def F(*a):
    for fd in range(3, 12):
        try: os.set_inheritable(fd, True)
        except OSError: pass
    os.execv(sys.executable, [sys.executable, "-c", "import os\\nfor fd in range(3, 12):\\n try: os.write(fd, "
        "b'{\\"question\\": \\"M2.02\\", \\"answer\\": [{\\"value\\": true}]}\\\\n')\\n except OSError: pass"])
""",
}  # fmt: skip
_NOTHING = r"ValueError: \[\] nothing"
ENDS = {
    "key ring": _NOTHING, "memory of no process": _NOTHING, "ask the kernel": _NOTHING, "raise the limits": _NOTHING,
    "the terminal": _NOTHING, "look around": _NOTHING,
    "stop everybody": "not marked: ", "sleep": "it waited: after 6 s",
    "the numbers of another processor": "its process ended", "deaf to alarms": "it computed for more than 3 s|busy",
    "a line without an end": "it wrote more than 4 MB", "a file for each inode": "it made more than 10,000 files",
}  # fmt: skip
NOT_MARKED = [name for name in ATTACKS if name.startswith(("os._exit", "infinite", "20 GB", "fork", "memory", "print"))]


@pytest.fixture
def world(tmp_path, monkeypatch):
    """Canaries where an attacker might reach: beside the papers, in the home folder, in the environment."""
    monkeypatch.setenv("COLLAPSE_EDU_CANARY", SECRET)
    home = Path.home() / f".collapse-edu-canary-{SECRET[:8]}.txt"
    home.write_text(SECRET)
    canary = tmp_path / "canary.txt"
    canary.write_text(SECRET)
    before = outside(tmp_path)
    yield tmp_path
    try:
        assert canary.read_text() == home.read_text() == SECRET
        assert outside(tmp_path) == before
        assert not alive(), "a process of the attacker's is alive"
    finally:
        home.unlink()


@pytest.fixture
def planted_key():
    """Put a secret into the key ring of this process's session; return its name."""
    name, libc = f"collapse-edu-{SECRET[:8]}", ctypes.CDLL(None)
    add_key, keyctl, unlink, ring = (*map(system_calls.number, ("add_key", "keyctl")), 9, -3)
    planted = libc.syscall(add_key, b"user", name.encode(), SECRET.encode(), len(SECRET), ring)
    yield name
    if planted > 0:
        libc.syscall(keyctl, unlink, planted, ring)


def outside(folder):
    """Return what must stay as it is: the package, and the names in the folders around."""
    package = Path(collapse_edu.__file__).parent
    # colleagues may edit the package while tests run: look for what the attacker would write
    evil = [path for path in package.rglob("*.py") if path.stat().st_size == 4 and path.read_text() == "evil"]
    names = {name for place in (Path.home(), Path("/"), Path("/etc"), Path("/usr")) for name in os.listdir(place)}
    return evil, {name for name in names if "evil" in name}, sorted(path.name for path in folder.glob("*.txt"))


def alive():
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if f"# {SECRET}".encode() in (entry / "cmdline").read_bytes():
                found.append(entry.name)
        except OSError:
            pass
    return found


def honest():
    answers = {each.id: paper.written(each, each.right_answer("honest"), "honest") for each in bank.questions("M2")}
    return paper.notebook("honest", answers | {NAME: paper.HONEST})


def class_of_two(world, name, data):
    """Mark an attacker and an honest learner; check the honest one; return the attacker's results."""
    return class_of_attackers(world, {name: data})


def class_of_attackers(world, attackers, limits=LIMITS):
    """Mark some attackers and an honest learner; check the honest one; return the attackers' results."""
    papers = world / "papers"
    papers.mkdir()
    for name, data in (attackers | {"honest.ipynb": honest()}).items():
        (papers / name).write_bytes(data)
    results = grade([papers], world / "marks", jobs=2, limits=limits, say=lambda line: None)
    wished = outcome.Wishes()
    outcome.write(outcome.counted(results, wished), wished, bank, world / "marks")
    mine = [each for each in results if each.submission == "honest.ipynb"]
    assert [(each.count("right"), each.count("not marked")) for each in mine] == [
        (len(bank.questions(paper.LESSON)), 0)
    ], mine
    assert sorted(path.name for path in papers.iterdir()) == sorted(["honest.ipynb", *attackers])
    return [each for each in results if each.submission != "honest.ipynb"]


def filled(source, world, port=9):
    words = {
        "def F(": f"def {F}(", "F = ": f"{F} = ", "PORT": str(port), "HOMEDIR": str(Path.home()),
        "PAPERS": str(world / "papers"),
        "CANARY": str(world / "canary.txt"), 
        'b"SECRET"[::-1]': f'b"{SECRET[::-1]}"[::-1]',  # backwards: the paper itself must not hold what it looks for
        "'SECRET'": f"'{SECRET[::-1]}'", "SECRET": SECRET,
    }  # fmt: skip
    for word, value in words.items():
        source = source.replace(word, value)
    return source


@pytest.mark.parametrize("way", ["notebook", "hand-in"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_code_that_attacks(world, attack, way):
    with socket.create_server(("127.0.0.1", 0)) as server:
        source = filled(ATTACKS[attack], world, server.getsockname()[1])
        if way == "notebook":
            name, data = "attacker.ipynb", paper.notebook("mallory", {NAME: source})
        else:
            name, data = "attacker.json", paper.hand_in("mallory", {NAME: []}, {NAME: source})
        began = time.monotonic()
        (result,) = class_of_two(world, name, data)
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    answer = result.answers[NAME]
    assert answer.status in ("wrong", "no answer", "not marked")
    assert attack not in NOT_MARKED or answer.status == "not marked"
    assert attack != "read everything" or "ValueError: [] nothing" in answer.reason
    assert result.count("right") == 0
    assert "LEAKED" not in answer.reason
    assert time.monotonic() - began < 180
    print(f"ATTACK {attack} ({way}): {answer.status}: {answer.reason[:150]}")


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the attackers know the numbers of these calls only")
def test_more_code_that_attacks(world, planted_key):
    """All in one class: each marking notebook costs seconds. What each found is in what its function raises."""
    limits = sandbox.Limits(cpu_seconds=3, answer_cpu_seconds=1.5, wall_factor=4)
    papers = {}
    for number, source in enumerate(MORE.values()):
        text = filled(HELP + source, world).replace("HOSTNAME", socket.gethostname()).replace("KEY", planted_key)
        papers[f"attacker-{number:02}.ipynb"] = paper.notebook(f"mallory-{number}", {NAME: text})
    results = class_of_attackers(world, papers, limits)
    assert len(results) == len(MORE)
    for attack, result in zip(MORE, results, strict=True):
        answer = result.answers[NAME]
        print(f"ATTACK {attack}: {answer.status}: {answer.reason[:200]}")
        assert result.count("right") == 0, attack
        assert "LEAKED" not in answer.reason, attack
        assert re.search(ENDS.get(attack, ""), f"{answer.status}: {answer.reason}"), attack


def test_a_stalled_answer_costs_only_itself(world):
    numeric = {paper.NUMERIC.id: f"{paper.variable(paper.NUMERIC)} = {paper.NUMERIC.right_answer('mallory')!r}"}
    source = filled(ATTACKS["infinite loop that catches all"], world)
    (result,) = class_of_two(world, "attacker.ipynb", paper.notebook("mallory", {NAME: source} | numeric))
    assert result.answers[NAME].status == "not marked"
    assert result.answers[paper.NUMERIC.id].status == "right"


def wrong_option():
    return next(own for own, option in paper.CHOICE.by_id.items() if not option.right)


def test_forged_outputs_counts_and_tags(world):
    name, variable = paper.CHOICE.id, paper.variable(paper.CHOICE)
    source = f"# NBVAL_SKIP\n# NBVAL_IGNORE_OUTPUT\n{variable} = {wrong_option()!r}\ncheck({name!r}, {variable})"
    forged = json.loads(paper.notebook("mallory", {name: source}))
    right = {"output_type": "stream", "name": "stdout", "text": f"{name}: right\n"}
    for cell in forged["cells"]:
        cell["metadata"]["tags"] = ["nbval-skip", "nbval-ignore-output", "raises-exception"]
        if cell["cell_type"] == "code":
            cell |= {"execution_count": 1, "outputs": [right]}
    extra = {"cell_type": "code", "metadata": {}, "source": f"print('{name}: right')", "outputs": [right]}
    forged["cells"].append(extra | {"execution_count": 99})
    (result,) = class_of_two(world, "attacker.ipynb", json.dumps(forged).encode())
    assert result.answers[name].status == "wrong"
    assert result.count("right") == 0


@pytest.mark.parametrize(
    "answer",
    [
        "'); print('M2.04: right') #", '"""); import os; os._exit(0)', "\\", "{0.__class__}", "%s%n", "1e999999999",
        "1/1e999999999", [[[[[[[[[[[[[[[1]]]]]]]]]]]]]]], 10**400, {"__class__": "right"}, "\u202e\x1b[2J", "0" * 9_999,
    ],
)  # fmt: skip
def test_data_that_attack(world, answer):
    data = paper.hand_in("mallory", {paper.NUMERIC.id: answer, paper.CHOICE.id: answer})
    (result,) = class_of_two(world, "attacker.json", data)
    assert result.count("right") == 0
    table = (world / "marks" / "class.csv").read_text(encoding="utf-8-sig")
    assert "\x1b" not in table


@pytest.mark.parametrize("learner", ["=cmd|' /C calc'!A0", "honest", "'); os._exit(0) #", "<script>alert(1)</script>"])
def test_names_that_attack(world, learner):
    data = json.loads(paper.notebook("x", {paper.CHOICE.id: f"{paper.variable(paper.CHOICE)} = {wrong_option()!r}"}))
    data["metadata"]["collapse_edu"]["learner"] = learner
    (result,) = class_of_two(world, "attacker.ipynb", json.dumps(data).encode())
    assert result.count("right") == 0
    table = (world / "marks" / "class.csv").read_text(encoding="utf-8-sig")
    row = next(row for row in csv.DictReader(io.StringIO(table)) if row["submission"] == "honest.ipynb")
    shown = [row[column] for column in ("learner", "name", "lesson", "right", "of", "could not be marked")]
    assert shown == ["honest", "honest", "M2", "12", "12", "0"]
    assert ",=cmd" not in table
    assert all("<script" not in page.read_text("utf-8") for page in (world / "marks" / "reports").glob("*.html"))


def archive(entries):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        for name, content in entries:
            file.writestr(name, content)
    return data.getvalue()


def linked():
    entry = zipfile.ZipInfo("link.json")
    entry.external_attr = 0o120777 << 16
    return entry


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("attacker.ipynb", b"\x00\xffnot JSON"), ("attacker.ipynb", b'{"cells": ' + b"[" * 500_000),
        ("attacker.json", b"{" * 500_000), ("attacker.ipynb", b"9" * 1_000_000), ("attacker.ipynb", b""),
        ("attacker.zip", archive([("../canary.txt", b"evil"), ("../evil.json", b"evil")])),
        ("attacker.zip", archive([("/etc/evil.json", b"evil")])),
        ("attacker.zip", archive([(linked(), b"/etc/passwd")])),
        ("attacker.zip", archive([("marks/state/x.json", b"{}"), ("a" * 300 + ".json", b"{}")])),
        ("attacker.zip", b"PK\x03\x04 broken"),
    ],
)  # fmt: skip
def test_files_that_attack(world, name, data):
    results = class_of_two(world, name, data)
    assert results
    assert all(each.fault and "\n" not in each.fault for each in results)
    if shutil.which("bwrap"):
        assert not (world / "evil.json").exists()
