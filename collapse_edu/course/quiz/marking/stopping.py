"""All programs that the marker starts end when it is stopped, and no new one begins.

A terminal sends Ctrl-C to whatever it runs; programs that have a session of their own never hear of it, and what waits
for them would wait on.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any
from weakref import WeakSet

import psutil

__all__ = ["StoppedError", "begin", "end", "in_threads", "refuse_stopped", "resume", "stop"]


_PATIENCE = 2  # seconds


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


def in_threads(work: Callable[[Any], Any], tasks: Sequence[Any], threads: int) -> Iterator[Any]:
    """Yield what some work returns for each task, in the order in which it is done.

    If it raises, or what asks for it is interrupted, all programs are stopped, and the threads have two seconds to end.
    One that does not, deep in a computation, is left behind: it begins no program, and keeps this process from nothing.

    Parameters
    ----------
    work : callable
        Gets one task.
    tasks : sequence
    threads : int

    Examples
    --------
    >>> sorted(in_threads(abs, [-1, 2, -3], 2))
    [1, 2, 3]
    """
    waiting: SimpleQueue[Any] = SimpleQueue()
    done: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()
    for task in tasks:
        waiting.put(task)
    workers = [threading.Thread(target=_work, args=(work, waiting, done), daemon=True) for _ in tasks[:threads]]
    resume()
    try:
        for worker in workers:
            worker.start()
        for _ in tasks:
            found, error = done.get()
            if error:
                raise error
            yield found
    except BaseException:
        stop()
        while _next(waiting) is not None:
            pass
        _let_end(workers)
        raise


def _work(work, waiting, done):
    """Do what waits, until nothing does."""
    for task in iter(lambda: _next(waiting), None):
        try:
            done.put((work(task), None))
        except BaseException as error:
            done.put((None, error))


def _next(waiting):
    try:
        return waiting.get_nowait()
    except Empty:
        return None


def _let_end(workers):
    """Wait for threads, as long as one may wait; programs may begin again only where none is left."""
    until = time.monotonic() + _PATIENCE
    for worker in workers:
        worker.join(max(0, until - time.monotonic()))
    if not any(worker.is_alive() for worker in workers):
        resume()


def refuse_stopped() -> None:
    """Raise :class:`StoppedError` if the marker is being stopped."""
    if _PROGRAMS.stopped:
        raise StoppedError


def stop() -> None:
    """End all programs. None may begin before :func:`resume`."""
    with _PROGRAMS.lock:
        _PROGRAMS.stopped = True
        running = list(_PROGRAMS.running)
    for process in running:
        end(process)


def resume() -> None:
    """Let programs begin again."""
    with _PROGRAMS.lock:
        _PROGRAMS.stopped = False
