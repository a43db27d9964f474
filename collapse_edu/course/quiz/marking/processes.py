"""What a process and all that descend from it use, as Linux counts it."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Usage", "usage"]


@dataclass(frozen=True)
class Usage:
    """What some processes use together; zeros where the system does not say.

    Attributes
    ----------
    memory : int
        Resident bytes of those that are alive.
    computed : float
        Seconds of the processor, of those that have ended, too.
    queued : float
        Seconds that those alive were ready to compute, and had no processor.
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
    >>> usage(os.getpid()).computed >= 0
    True
    """
    if not sys.platform.startswith("linux"):
        return Usage()
    found = {int(entry.name): _status(entry) for entry in Path("/proc").glob("[0-9]*")}
    family = list(_family(pid, {process: int(fields[1]) for process, fields in found.items() if fields}))
    fields = [found[process] for process in family]
    return Usage(
        memory=sum(int(each[21]) for each in fields) * os.sysconf("SC_PAGE_SIZE"),
        # user and system time, of itself and of the children that it waited for
        computed=sum(int(ticks) for each in fields for ticks in each[11:15]) / os.sysconf("SC_CLK_TCK"),
        queued=sum(map(_queued, family)),
        files=max(map(_files, family), default=0),
    )


def _family(pid, parents):
    """Yield those processes that are alive and descend from one, with that one."""
    generation = {pid} & parents.keys()
    while generation:
        yield from generation
        generation = {child for child, parent in parents.items() if parent in generation}


def _status(entry):
    """Return the fields of a process from its state on, or none if it is gone."""
    try:
        return (entry / "stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return []


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
