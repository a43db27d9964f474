"""Stopped, killed, or without room on the disk: what was marked is kept, no process is left, and it goes on."""

import csv
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress

import psutil
import pytest

from collapse_edu.cli import main
from collapse_edu.course.grading import state
from collapse_edu.course.quiz.marking import stopping
from course import handed_in as paper

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")

MANY = 16
# The command with a marker that writes down whom it marks, and runs a program for as long as it is told.
_SLOW = """\
import subprocess, sys
from collapse_edu.cli import main
from collapse_edu.course.grading import class_marking as module
from collapse_edu.course.quiz.marking.stopping import begin
papers, out, log, seconds = sys.argv[1:]
stalls = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'],"
stalls += " start_new_session=True); time.sleep(60)"
def mark(scripts, bank):
    with open(log, "a") as file:
        file.write("".join(script.learner + "\\n" for script in scripts))
    if seconds == "stall" and any(script.learner == "learner12" for script in scripts):
        begin([sys.executable, "-c", stalls]).wait()
        begin([sys.executable, "-c", stalls]).wait()  # what was killed is tried again
    blank = {"status": "no answer", "reason": "", "next_step": "", "misconception": None}
    return [{name: blank for name in script.answers} for script in scripts]
module.mark = mark
sys.exit(main(["grade", papers, "--out", out, "--jobs", "1"]))
"""


@pytest.fixture
def slow(tmp_path):
    """Return the command that marks a class and stalls in the second batch; without ``stall``, it does not."""
    folder = tmp_path / "papers"
    folder.mkdir()
    for number in range(MANY):
        data = paper.hand_in(f"learner{number:02}", {paper.CHOICE.id: "a"})
        (folder / f"{number:02}.json").write_bytes(data)
    return [sys.executable, "-c", _SLOW, str(folder), str(tmp_path / "marks"), str(tmp_path / "log")]


def done(out):
    kept = [json.loads(path.read_text())["result"] for path in out.glob("state/*-hand-in.json")]
    return {result["learner"] for result in kept}


def wait_until(fact, seconds=60):
    for _ in range(20 * seconds):
        if found := fact():
            return found
        time.sleep(0.05)
    raise AssertionError("it never came")


def at_work(process, out):
    """Return what a process has started, once some papers are marked and it stalls."""
    family = psutil.Process(process.pid).children(recursive=True)
    return family if done(out) and len(family) >= 2 else []


@pytest.mark.parametrize("how", [signal.SIGTERM, "group"])
def test_stopped_it_keeps_what_is_marked_and_goes_on(slow, tmp_path, how):
    out = tmp_path / "marks"
    process = subprocess.Popen([*slow, "stall"], start_new_session=True, stderr=subprocess.PIPE, text=True)
    try:
        family = wait_until(lambda: at_work(process, out))
        if how == "group":  # as a terminal does; and again, by somebody who is in a hurry
            os.killpg(process.pid, signal.SIGINT)
            os.killpg(process.pid, signal.SIGINT)
        else:
            process.send_signal(how)
        said = process.communicate(timeout=30)[1]
    finally:
        process.kill()
    assert process.returncode == 130
    assert said.startswith("stopped: 10 papers are marked, and kept in ")
    assert len(said.splitlines()) == 1
    assert not psutil.wait_procs(family, timeout=5)[1]
    begun, kept = (tmp_path / "log").read_text().split(), done(out)
    with open(out / "class.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == MANY
    assert 0 < len(kept) < MANY
    assert sum("not marked yet" in row["remarks"] for row in rows) == MANY - len(kept)
    subprocess.run([*slow, "go on"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    again = (tmp_path / "log").read_text().split()[len(begun) :]
    assert not kept & set(again)
    assert done(out) == {f"learner{number:02}" for number in range(MANY)}


def test_killed_in_the_middle_it_goes_on(slow, tmp_path):
    out = tmp_path / "marks"
    with subprocess.Popen([*slow, "stall"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as first:
        family = wait_until(lambda: at_work(first, out))
        first.send_signal(signal.SIGKILL)
    for each in family:
        with suppress(psutil.NoSuchProcess):
            each.kill()
    kept, begun = done(out), (tmp_path / "log").read_text().split()
    assert 0 < len(kept) < MANY
    subprocess.run([*slow, "go on"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert not kept & set((tmp_path / "log").read_text().split()[len(begun) :])
    assert done(out) == {f"learner{number:02}" for number in range(MANY)}


def test_a_full_disk_is_one_line_and_it_goes_on(slow, tmp_path):
    """A real one, of bubblewrap's: a folder of few bytes."""
    if not shutil.which("bwrap"):
        pytest.skip("NOT TESTED: a full disk needs bubblewrap")
    marks, disk = str(tmp_path / "marks"), ["bwrap", "--dev-bind", "/", "/", "--size", str(60 << 10)]
    (tmp_path / "marks").mkdir()
    keep = f"{' '.join(map(_quoted, slow))} go; code=$?; cp -r {marks} {tmp_path}/kept; exit $code"
    run = subprocess.run([*disk, "--tmpfs", marks, "sh", "-c", keep], capture_output=True, text=True, timeout=60)
    if "bwrap: " in run.stderr:
        pytest.skip(f"NOT TESTED: {run.stderr.strip()}")
    assert run.returncode == 2, run.stderr
    assert "No space left on device" in run.stderr.splitlines()[-1]
    assert "Traceback" not in run.stderr
    kept = done(tmp_path / "kept")
    assert 0 < len(kept) < MANY
    assert not list((tmp_path / "kept").rglob("*.part"))
    (tmp_path / "marks").rmdir()
    (tmp_path / "kept").rename(tmp_path / "marks")
    begun = len((tmp_path / "log").read_text().split())
    subprocess.run([*slow, "go"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert not kept & set((tmp_path / "log").read_text().split()[begun:])
    assert done(tmp_path / "marks") == {f"learner{number:02}" for number in range(MANY)}


def _quoted(word):
    return "'" + word.replace("'", "'\\''") + "'"


@pytest.mark.parametrize("where", ["index.json", "-hand-in.json"])
def test_no_room_for_what_was_found_is_one_line(tmp_path, monkeypatch, capsys, where, no_isolation):
    (tmp_path / "a.json").write_bytes(paper.hand_in("ada", {}))

    def full(path, content, mode):
        if path.name.endswith(where):
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        path.write_bytes(content)

    monkeypatch.setattr(state, "write_atomically", full)
    assert main(["grade", str(tmp_path / "a.json"), "--out", str(tmp_path / "marks")]) == 2
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "cannot" in line]
    assert "No space left on device" in line


def test_nothing_begins_once_it_is_stopped():
    process = stopping.begin([sys.executable, "-c", "import time; time.sleep(60)"])
    stopping.stop()
    try:
        assert process.wait(5) != 0
        with pytest.raises(stopping.StoppedError):
            stopping.begin([sys.executable, "-c", ""])
    finally:
        stopping.resume()
    assert stopping.begin([sys.executable, "-c", ""]).wait(20) == 0


# Ctrl-C comes while a thread computes on, and nothing stops it: a stand-in for one that is deep in a parser.
_DEEP = """\
import os, signal, sys, threading, time
from collapse_edu.cli import main
from collapse_edu.course.grading import class_marking as module
def deep(*_, **__):
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    until = time.monotonic() + 60
    while time.monotonic() < until:
        pass
module.find_answers = deep
sys.exit(main(["grade", *sys.argv[1:]]))
"""


def test_a_thread_that_does_not_end_does_not_keep_the_command(tmp_path):
    (tmp_path / "a.json").write_bytes(paper.hand_in("ada", {}))
    command = [sys.executable, "-c", _DEEP, str(tmp_path / "a.json"), "--out", str(tmp_path / "marks")]
    stopped = subprocess.run(command, capture_output=True, text=True, timeout=40)
    assert stopped.returncode == 130
    assert stopped.stderr.startswith("stopped: 0 papers are marked, and kept in ")
    assert (tmp_path / "marks" / "class.csv").exists()


def test_an_error_in_one_task_ends_the_others():
    began = []

    def work(task):
        began.append(task)
        raise ValueError(task)

    with pytest.raises(ValueError, match="1"):
        list(stopping.in_threads(work, [1, 2, 3], 1))
    assert len(began) < 4
    assert stopping.begin([sys.executable, "-c", ""]).wait(20) == 0
