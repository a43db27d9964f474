"""SIGTERM, as schedulers and containers send it, ends a run as Ctrl-C does: what was done is kept."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

__all__ = ["Stop", "stops"]


@dataclass
class Stop:
    """How a run was stopped.

    Attributes
    ----------
    status : int
        Exit status: 130 from the keyboard, 143 by SIGTERM.
    """

    status: int = 130


@contextmanager
def stops() -> Iterator[Stop]:
    """Turn SIGTERM into a KeyboardInterrupt while a block runs.

    Yields
    ------
    Stop

    Examples
    --------
    >>> import os
    >>> with stops() as stop:
    ...     try:
    ...         os.kill(os.getpid(), signal.SIGTERM)
    ...     except KeyboardInterrupt:
    ...         print(stop.status)
    143
    """
    stop = Stop()

    def end(number, frame):
        stop.status = 128 + number
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():  # only there signals can be caught
        yield stop
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGTERM, before)
