"""How far it is, on standard error: one line that changes on a terminal, a line every so often elsewhere."""

import sys
import time
from typing import TextIO

__all__ = ["Progress"]

_EVERY = 10  # seconds


class Progress:
    """Say how many papers are done.

    Parameters
    ----------
    stream : file, optional
        Standard error, if not given.

    Examples
    --------
    >>> progress = Progress(sys.stdout)
    >>> progress(0, 200, 0)
    >>> progress(200, 200, 3)
    200 of 200, 3 to look at
    """

    def __init__(self, stream: TextIO | None = None):
        self._stream = stream or sys.stderr
        self._changes = self._stream.isatty()
        self._said = time.monotonic()
        self._open = False

    def __call__(self, done: int, of: int, look: int) -> None:
        """Say how many of how many are done, and at how many of those a person has to look."""
        if not of:
            return
        words = f"{done} of {of}, {look} to look at"
        if self._changes:
            self._stream.write(f"\r{words}")
            self._open = True
        elif done == of or (done and time.monotonic() - self._said >= _EVERY):
            self._stream.write(f"{words}\n")
            self._said = time.monotonic()
        self._stream.flush()

    def line(self, text: str) -> None:
        """Say something else, below."""
        self.end()
        print(text, file=self._stream, flush=True)

    def end(self) -> None:
        """Leave the line that changes as it is."""
        if self._open:
            print(file=self._stream, flush=True)
            self._open = False
