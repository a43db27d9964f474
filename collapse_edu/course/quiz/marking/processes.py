"""What a process and all that descend from it use."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

__all__ = ["Usage", "family", "usage"]


@dataclass(frozen=True)
class Usage:
    """What some processes use together.

    Attributes
    ----------
    memory : int
        Resident bytes of those that are alive.
    computed : float
        Seconds of the processor; on Linux, also of those that have ended, and were waited for.
    queued : float
        Seconds that those alive were ready to compute, and had no processor; 0 where it is not Linux.
    files : int
        In a ``/tmp`` that is theirs and not ours: an empty file takes no space of it, but the kernel's memory.
    """

    memory: int = 0
    computed: float = 0.0
    queued: float = 0.0
    files: int = 0


def usage(pid: int) -> Usage:
    """Return what a process and its descendants use.

    Parameters
    ----------
    pid : int

    Returns
    -------
    Usage

    Examples
    --------
    >>> import os
    >>> usage(os.getpid()).computed > 0
    True
    """
    memory, computed, queued, files = 0, 0.0, 0.0, 0
    for process in family(pid):
        with suppress(psutil.Error, OSError):  # it is gone
            memory += process.memory_info().rss
            times = process.cpu_times()
            computed += times.user + times.system + times.children_user + times.children_system
            queued += _queued(process.pid)
            files = max(files, _files(process.pid))
    return Usage(memory, computed, queued, files)


def family(pid: int) -> Iterator[psutil.Process]:
    """Yield a process and all that descend from it, as far as they are alive.

    Parameters
    ----------
    pid : int

    Examples
    --------
    >>> import os
    >>> next(family(os.getpid())).pid == os.getpid()
    True
    """
    with suppress(psutil.Error):
        first = psutil.Process(pid)
        yield from [first, *first.children(recursive=True)]


def _queued(pid):
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_bytes().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


def _files(pid):
    folder = f"/proc/{pid}/root/tmp"
    try:
        if os.stat(folder).st_dev == os.stat("/tmp").st_dev:
            return 0
        found = os.statvfs(folder)
    except OSError:
        return 0
    return found.f_files - found.f_ffree
