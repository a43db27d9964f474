"""The limits of the isolation itself, one by one. Each program is bounded, should a limit fail."""

import time

import pytest

from collapse_edu.course.quiz.marking import sandbox
from collapse_edu.course.quiz.marking.isolated_run import PROGRAM

pytestmark = pytest.mark.skipif(
    sandbox.why_not() is not None, reason=f"HOSTILE TESTS DO NOT RUN: {sandbox.why_not()}; code is not marked here"
)
MB = 1 << 20


@pytest.fixture
def run():
    """Return a function that runs a program's text as the isolated process runs a learner's."""
    start = f"import sys, runpy\nlimit = runpy.run_path({PROGRAM.as_posix()!r})['limit']\n"

    def run_text(text, **limits):
        limits = sandbox.Limits(**limits)
        given = {**vars(limits), "isolated": True}
        return sandbox.run("-", f"{start}limit({given!r})\n{text}".encode(), limits)

    return run_text


def test_it_says_what_it_says(run):
    assert run("print(6 * 7)") == sandbox.Outcome(b"42\n")


def test_waiting_ends_by_the_clock(run):
    began = time.monotonic()
    outcome = run("import time\nprint('x', flush=True)\ntime.sleep(30)", cpu_seconds=1, wall_factor=2)
    assert outcome.output == b"x\n"
    assert outcome.fault.startswith("it waited: after 2 s by the clock it had computed for 0.")
    assert not outcome.final
    assert time.monotonic() - began < 20


def test_computing_ends_by_what_all_processes_computed(run):
    text = (
        "import os, time\nfor _ in range(3): os.fork()\nend = time.monotonic() + 20\n"
        "while time.monotonic() < end: os.fork() or os._exit(0); os.wait()\ntime.sleep(20)"
    )
    outcome = run(text, cpu_seconds=1, wall_factor=30)
    assert (outcome.fault, outcome.final) == ("it computed for more than 1 s", True)


def test_output(run):
    outcome = run("for _ in range(100): print('x' * (1 << 20))", output=2 * MB)
    assert len(outcome.output) == 2 * MB
    assert outcome.fault == "it wrote more than 2 MB"


def test_memory_of_one_process(run):
    text = "try: print(len(b'x' * (300 << 20)))\nexcept MemoryError: print('refused')"
    assert run(text, memory=200 * MB).output == b"refused\n"


def test_memory_of_all_processes(run):
    text = "import os, time\nfor _ in range(3): os.fork()\nx = b'x' * (100 << 20)\ntime.sleep(20)"
    assert run(text, memory=400 * MB, cpu_seconds=25).fault == "it used more than 400 MB of memory"


def test_processes(run):
    text = (
        "import os, time\nn = 0\ntry:\n    while n < 60:\n        if os.fork() == 0:\n            time.sleep(5)\n"
        "            os._exit(0)\n        n += 1\nexcept OSError: pass\nprint(n)"
    )
    outcome = run(text, processes=16)
    assert 0 < int(outcome.output) < 16


def test_disk_and_files(run):
    text = (
        "n = 0\ntry:\n    for i in range(50):\n        open(f'/tmp/{i}', 'wb').write(b'x' * (1 << 20)); n += 1\n"
        "except OSError: pass\nprint(n)\ntry: open('/tmp/0', 'wb').write(b'x' * (3 << 20)); print('wrote')\n"
        "except OSError: print('refused')"
    )
    many, one = run(text, disk=10 * MB, file=2 * MB).output.split()
    assert int(many) <= 10
    assert one == b"refused"


def test_nobody_special_and_nothing_to_gain(run):
    text = (
        "import os, ctypes\nprint(os.getuid() != 0, ctypes.CDLL(None).unshare(0x10000000))\n"
        "status = dict(line.split(':\\t', 1) for line in open('/proc/self/status') if ':\\t' in line)\n"
        "print(int(status['CapEff'], 16) + int(status['CapBnd'], 16), status['NoNewPrivs'].strip())\n"
        "print(sorted(os.environ))\nprint([p for p in os.listdir('/proc') if p.isdecimal()])\n"
    )
    who, rights, environment, processes = run(text).output.decode().splitlines()
    assert who == "True -1"
    assert rights == "0 1"
    assert "SECRET" not in environment
    assert processes.count(",") <= 2
