"""The limits of the isolation itself, one by one. Each program is bounded, should a limit fail."""

import contextlib
import itertools
import json
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict

import psutil
import pytest

from collapse_edu.course.quiz.marking import bubblewrap, in_sandbox, processes, sandbox
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


@pytest.mark.parametrize(
    "hold",
    [
        "ctypes.CDLL(None).shmget(0, 100 << 20, 0o1600)", "os.memfd_create('x')", "mmap.mmap(-1, 1 << 20)",
        "open('/dev/zero', 'r+b').fileno()", "open('/dev/shm/x', 'w').fileno()",
        "socket.socketpair()[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 26)", "socket.socket(40)",
    ],
)  # fmt: skip
def test_memory_that_belongs_to_no_process_is_refused(run, hold):
    text = f"import ctypes, mmap, os, socket\ntry: print({hold})\nexcept OSError: print(-1)"
    assert run(text).output == b"-1\n"


def test_files_without_content_are_counted(run):
    text = "import os, time\nfor i in range(2_000): os.close(os.open(f'/tmp/{i}', os.O_CREAT))\ntime.sleep(20)"
    assert run(text, files=1_000).fault == "it made more than 1,000 files"


def test_what_lessons_use_still_runs(run):
    text = (
        "import sys\nsys.path[:] = PATH\nimport numpy as np, pandas as pd, scipy.stats, threading, subprocess\n"
        "from sklearn.mixture import GaussianMixture\nimport matplotlib.pyplot as plt\n"
        "x = np.random.default_rng(0).normal(size=(200, 3))\nplt.plot(x)\nplt.savefig('/tmp/x.png')\n"
        "np.linalg.svd(x @ x.T), GaussianMixture(2).fit(x), pd.DataFrame(x).describe(), scipy.stats.gaussian_kde(x.T)\n"
        "thread = threading.Thread(target=print, args=(subprocess.run(['true']).returncode,))\n"
        "thread.start()\nthread.join()\n"
    )
    assert run(text.replace("PATH", repr(sys.path))).output == b"0\n"


def test_the_key_ring_of_the_session_is_left_behind():
    """Without the filter one may look: the ring that the code begins with is empty."""
    leave_keys = bubblewrap.isolating(1 << 20, 0)[:6]
    look = (
        "import ctypes; print(ctypes.CDLL(None).syscall(int(__import__('sys').argv[1]), 11, -3, None, 0))"  # 11: read
    )
    done = subprocess.run([*leave_keys, sys.executable, "-c", look, leave_keys[-1]], capture_output=True, text=True)
    assert done.stdout == "0\n"


def test_honest_code_on_a_busy_machine_is_not_blamed(monkeypatch):
    """Others have the processor three quarters of the time: it takes longer by the clock than it may compute."""
    start = subprocess.Popen

    def hindered(*arguments, **keywords):
        process = start(*arguments, **keywords)
        threading.Thread(target=hinder, args=(process.pid,), daemon=True).start()
        return process

    monkeypatch.setattr(subprocess, "Popen", hindered)
    source = "import time\nwhile time.process_time() < 0.6: pass\nvalue = 7"
    limits = sandbox.Limits(cpu_seconds=3, answer_cpu_seconds=1)
    began = time.monotonic()
    (said,) = ran([cell(source, "value")], limits)
    assert time.monotonic() - began > 1
    assert said == {"question": "value", "answer": 7}


def hinder(pid):
    """Let what descends from a process run for a quarter of the time only."""
    for sign in itertools.cycle((signal.SIGSTOP, signal.SIGCONT)):
        for process in processes.family(pid):
            with contextlib.suppress(psutil.Error):
                process.send_signal(sign)
        time.sleep(0.06 if sign == signal.SIGSTOP else 0.02)
        if not psutil.pid_exists(pid):
            return


def cell(source, *names):
    answers = [{"question": name, "name": name, "cases": None, "by_check": False} for name in names]
    return {"source": source, "answers": answers}


def ran(cells, limits):
    """Return what the isolated process says of some cells."""
    job = {"limits": asdict(limits) | {"isolated": True}, "path": sys.path, "cells": cells}
    outcome = sandbox.run(PROGRAM, json.dumps(job).encode(), limits)
    assert outcome.fault is None
    return [json.loads(line) for line in outcome.output.splitlines()]


def test_a_cell_that_was_stopped_is_named_where_a_later_one_lacks_what_it_would_have_made():
    cells = [cell("while True: pass\nx = 1"), cell("y = x", "y"), cell("z = 3", "z")]
    stopped, lacking, well = ran(cells, sandbox.Limits(answer_cpu_seconds=0.3))
    why = "it computed for more than 0.3 s"
    assert stopped == {"stopped": why, "by_the_clock": False}
    name_error = "NameError: name 'x' is not defined"
    assert lacking == {"question": "y", "fault": f"its cell raises {name_error} (an earlier cell was stopped: {why})"}
    assert well == {"question": "z", "answer": 3}


def test_after_the_machine_was_busy_nothing_more_is_run():
    said = list(in_sandbox.run_cell(cell("z = 3", "z"), {}, {}, in_sandbox.too_late(10, 1, 8)))
    fault = "an earlier cell was stopped: the machine was busy: after 10 s by the clock it had computed for 1.0 s"
    assert said == [{"question": "z", "fault": fault}]
    assert in_sandbox.too_late(10, 1, 1) == "it waited: after 10 s by the clock it had computed for 1.0 s"
