"""What a run will take: memory and time, told before they are spent."""

import os
import sys
import time
from collections.abc import Iterable
from math import inf
from typing import TYPE_CHECKING

from collapse_edu.cli import UsageError
from collapse_edu.cli.models import Job

if TYPE_CHECKING:
    from collapse_edu.loop.composition import Composed

__all__ = ["Clock", "check_memory", "memory_needed"]

_GIGABYTE = 10**9
_START = 250 * 10**6  # bytes: Python, the libraries, a picture
_SHARE = 0.8  # of the memory that is free
_PROBE = 1.0  # seconds
_WORTH_TELLING = 20.0


def memory_needed(job: Job, rules: "Iterable[Composed]", n_samples: int, generations: int) -> int:
    """Return about how many bytes the largest generation takes, all that it is made of included.

    Parameters
    ----------
    job : Job
    rules : iterable of Composed
        The regimes.
    n_samples, generations : int

    Returns
    -------
    int
    """
    n, width = job.source.real.shape
    rows = max(_largest_set(rule, n, n_samples, generations) for rule in rules)
    return _START + job.bytes_per_value * width * (rows + n_samples)


def _largest_set(rule, n, n_samples, generations):
    """Return the rows of the largest training set, or of the pool that it is drawn from."""
    made_of = rule.sketch
    if made_of.pooled:
        return n + n_samples * (generations - 1)
    return n + n_samples if made_of.original is not None or made_of.fresh is not None else max(n, n_samples)


def check_memory(needed: int, most: float | None) -> str:
    """Refuse a run that will not fit, and return what to say of one that will; hold it to the limit that is asked for.

    Parameters
    ----------
    needed : int
        Bytes.
    most : float or None
        Gigabytes of ``--max-memory``; without it, four fifths of what is free.

    Returns
    -------
    str

    Raises
    ------
    UsageError
    """
    room = most * _GIGABYTE if most is not None else _SHARE * _free()
    if needed > room:
        why = "--max-memory allows" if most is not None else "this machine has free"
        raise UsageError(
            f"this run needs about {needed / _GIGABYTE:.1f} GB of memory, and {why} {room / _GIGABYTE:.1f}: try a "
            "smaller --n-samples, fewer --generations, or a regime that keeps no pool of all older sets"
        )
    if most is not None:
        _hold(int(room))
    return f"memory: about {needed / _GIGABYTE:.1f} GB"


def _free():
    """Return how many bytes are free; without limit where the system does not say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            told = dict(line.split(":", 1) for line in file)
        return int(told["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return float("inf")


def _hold(room):
    """Let the system refuse more memory than this: an estimate can be wrong."""
    if os.name == "posix":
        import resource

        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        resource.setrlimit(resource.RLIMIT_DATA, (room if hard < 0 else min(room, hard), hard))


class Clock:
    """Say once, as soon as it can be known, how long all generations will take.

    Parameters
    ----------
    generations : int
        Of all chains and regimes.
    """

    def __init__(self, generations: int) -> None:
        self._left, self._done, self._began = generations, 0, 0.0

    def look(self) -> None:
        """Note that a generation is done."""
        now = time.monotonic()
        self._left -= 1
        if self._done == 0:  # the first one imports, too
            self._began = now
        elif now - self._began > _PROBE:
            seconds = self._left * (now - self._began) / self._done
            if seconds > _WORTH_TELLING:
                _say(f"about {_told(seconds)} to go; Ctrl-C keeps what is done")
            self._began = inf
        self._done += 1


def _say(line):
    from tqdm import tqdm

    tqdm.write(line, file=sys.stderr)


def _told(seconds):
    """Return a time in words.

    >>> _told(100), _told(7200)
    ('2 minutes', '2.0 hours')
    """
    return f"{seconds / 3600:.1f} hours" if seconds > 5400 else f"{max(1, round(seconds / 60))} minutes"
