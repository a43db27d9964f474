"""All programs that the marker starts end when it is stopped, and no new one begins.

A terminal sends Ctrl-C to whatever it runs; programs that have a session of their own never hear of it, and what waits
for them would wait on.
"""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from weakref import WeakSet

import psutil

__all__ = ["StoppedError", "begin", "end", "refuse_stopped", "stop", "stoppable"]


class StoppedError(BaseException):
    """The marker is being stopped; no ``except Exception`` takes it for a fault of a paper."""


class _Programs:
    """The programs that run."""

    def __init__(self):
        self.running: WeakSet[subprocess.Popen] = WeakSet()
        self.stopped = False
        self.lock = threading.Lock()


_PROGRAMS = _Programs()


def begin(command: Sequence[str], **options: Any) -> subprocess.Popen:
    """Start a program, in a session of its own, as :class:`subprocess.Popen` does.

    Raises
    ------
    StoppedError
        If the marker is being stopped.

    Examples
    --------
    >>> import sys
    >>> begin([sys.executable, "-c", ""]).wait()
    0
    """
    with _PROGRAMS.lock:
        refuse_stopped()
        process = subprocess.Popen(command, start_new_session=True, **options)
        _PROGRAMS.running.add(process)
    return process


def end(process: subprocess.Popen) -> None:
    """Kill a program and all that it started, if it runs; do not wait for it."""
    if process.poll() is not None:
        return
    with suppress(psutil.Error, OSError):
        program = psutil.Process(process.pid)
        program.suspend()  # it starts no more
        family = program.children(recursive=True)
        for each in [program, *family]:
            with suppress(psutil.Error):
                each.kill()
    if hasattr(os, "killpg"):
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def stoppable() -> Iterator[None]:
    """After :func:`stop`, no program begins before this is left."""
    try:
        yield
    finally:
        with _PROGRAMS.lock:
            _PROGRAMS.stopped = False


def refuse_stopped() -> None:
    """Raise :class:`StoppedError` if the marker is being stopped."""
    if _PROGRAMS.stopped:
        raise StoppedError


def stop() -> None:
    """End all programs. None may begin before :func:`stoppable` is left."""
    with _PROGRAMS.lock:
        _PROGRAMS.stopped = True
        running = list(_PROGRAMS.running)
    for process in running:
        end(process)
