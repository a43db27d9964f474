"""SIGTERM, as schedulers and containers send it, ends a run as Ctrl-C does: what was done is kept."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["Stop", "stops"]

_SIGNALS = signal.SIGINT, signal.SIGTERM


class Stop:
    """What was told to stop, and when it may.

    Attributes
    ----------
    status : int
        Exit status: 130 from the keyboard, 143 by SIGTERM.
    """

    def __init__(self) -> None:
        self.status = 130
        self._held = self._asked = False

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let a block come to its end first: files that belong together are written.

        Raises
        ------
        KeyboardInterrupt
            After the block, if a stop was asked for meanwhile.
        """
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._asked:
            self._asked = False
            raise KeyboardInterrupt

    def ask(self, number: int, frame: Any) -> None:
        """Stop now, or at the end of the block that is held: a handler of signals."""
        self.status = 128 + number
        if not self._held:
            raise KeyboardInterrupt
        self._asked = True


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
    ...         with stop.held():
    ...             os.kill(os.getpid(), signal.SIGTERM)
    ...             print("written")
    ...     except KeyboardInterrupt:
    ...         print(stop.status)
    written
    143
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():  # only there signals can be caught
        yield stop
        return
    before = {number: signal.signal(number, stop.ask) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
