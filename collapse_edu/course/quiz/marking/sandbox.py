"""Run a learner's code where it can do no harm, and read little of what it says.

On Linux :mod:`.bubblewrap` gives it namespaces of its own: no network, no other processes, no files but Python and the
system's libraries, read only, and a small ``/tmp``; :mod:`.system_calls` says what it may not ask of the kernel.
Limits on each process are set by the program itself (:mod:`.in_sandbox`) before it runs a learner's line; limits on all
of them together, on time and on what is read are kept from outside, here.
"""

import os
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from collapse_edu.course.quiz.marking.bubblewrap import ENVIRONMENT, isolating, readable, why_not
from collapse_edu.course.quiz.marking.in_sandbox import too_late
from collapse_edu.course.quiz.marking.processes import Usage, usage
from collapse_edu.course.quiz.marking.stopping import begin
from collapse_edu.course.quiz.marking.system_calls import filter_to_inherit

__all__ = ["Limits", "Outcome", "readable", "run", "why_not"]


@dataclass(frozen=True)
class Limits:
    """What the code of one submission may use.

    Attributes
    ----------
    cpu_seconds : float
        Seconds of computing for everything, in all processes.
    answer_cpu_seconds : float
        For one cell, and for its answer.
    wall_factor : float
        So many times as long each may take by the clock on the wall, which also runs while others use the machine.
    memory : int
        Bytes of address space of one process, and resident bytes of all of them.
    processes : int
        Processes and threads at one time.
    file, disk : int
        Bytes of one file, and of all files in the temporary folder.
    files : int
        How many files that folder may hold.
    output : int
        Bytes that are read before the code is killed.
    """

    cpu_seconds: float = 60.0
    answer_cpu_seconds: float = 10.0
    wall_factor: float = 10.0
    memory: int = 2 << 30
    processes: int = 16
    file: int = 8 << 20
    disk: int = 64 << 20
    files: int = 10_000
    output: int = 4 << 20


@dataclass(frozen=True)
class Outcome:
    """What came back.

    Attributes
    ----------
    output : bytes
        What was read.
    fault : str or None
        Why it was ended, if it was.
    final : bool
        Whether a second try would end the same way; not so where the clock on the wall ended it.
    """

    output: bytes
    fault: str | None = None
    final: bool = True


def run(program: str | Path, data: bytes, limits: Limits, *, isolated: bool = True) -> Outcome:
    """Run a Python file; give it `data` on its standard input, and return what it writes to its standard output.

    Parameters
    ----------
    program : path
    data : bytes
    limits : Limits
    isolated : bool
        Without isolation only the limits on time and output hold, and those that the program sets for itself.

    Returns
    -------
    Outcome
        Nothing that the program started is alive any more.
    """
    python = [sys.executable, "-s", "-P", "-B", str(program)]
    with (
        tempfile.TemporaryDirectory(prefix="collapse-edu-") as folder,
        _isolation(limits, isolated) as (isolation, inherited),
    ):
        process = begin(
            [*isolation, *python],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=ENVIRONMENT if isolated else os.environ | {"MPLBACKEND": "agg", "PYTHONHASHSEED": "0"},
            pass_fds=inherited,
        )
        try:
            threading.Thread(target=_feed, args=(process.stdin, data), daemon=True).start()
            return _read(process, limits)
        finally:
            _end(process)


@contextmanager
def _isolation(limits, isolated):
    """Yield the command that isolates what comes after it, and the descriptors that it inherits."""
    if not isolated:
        yield [], []
        return
    with filter_to_inherit() as filter_fd:
        yield isolating(limits.disk, filter_fd), [filter_fd]


def _feed(pipe, data):
    try:
        with pipe:
            pipe.write(data)
    except OSError:
        pass  # it ended without reading all of it


def _read(process, limits):
    """Read until the end, or until a limit is reached."""
    began, output = time.monotonic(), bytearray()
    for piece in _pieces(process.stdout):
        output += piece or b""
        if piece == b"":
            return Outcome(bytes(output))
        if len(output) > limits.output:
            return Outcome(bytes(output[: limits.output]), f"it wrote more than {limits.output >> 20} MB")
        if piece is None and (ended := _used_up(usage(process.pid), time.monotonic() - began, limits)):
            return Outcome(bytes(output), *ended)
    raise AssertionError("a pipe never ends without saying so")


def _used_up(used: Usage, wall, limits):
    """Return which limit is reached, in words, and whether that would come again; None if none is."""
    if used.memory > limits.memory:
        return f"it used more than {limits.memory >> 20} MB of memory", True
    if used.files > limits.files:
        return f"it made more than {limits.files:,} files", True
    if used.computed > limits.cpu_seconds:
        return f"it computed for more than {limits.cpu_seconds:g} s", True
    if wall > limits.cpu_seconds * limits.wall_factor:
        return too_late(wall, used.computed, used.queued), False
    return None


def _pieces(pipe):
    """Yield what comes out of a pipe: bytes, None every now and then when nothing comes, ``b""`` at the end."""
    if os.name == "nt":  # no select on pipes; there the caller's deadline is kept by a thread
        yield from _pieces_by_thread(pipe)
        return
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        looked = time.monotonic()
        while True:
            ready = selector.select(0.1)
            yield os.read(pipe.fileno(), 1 << 16) if ready else None
            if ready and time.monotonic() - looked > 0.2:  # a busy pipe must not hide the rest
                looked = time.monotonic()
                yield None


def _pieces_by_thread(pipe):
    import queue

    pieces = queue.Queue(maxsize=8)

    def pump():
        while piece := os.read(pipe.fileno(), 1 << 16):
            pieces.put(piece)
        pieces.put(b"")

    threading.Thread(target=pump, daemon=True).start()
    while True:
        try:
            yield pieces.get(timeout=0.1)
        except queue.Empty:
            yield None


def _end(process):
    """Kill all that is left. Isolated, the first process takes its whole namespace with it."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except OSError:
        pass  # it had ended already
    process.wait()
    process.stdout.close()
