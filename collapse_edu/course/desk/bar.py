"""A bar for cells that take long: how far the work is, and how long it still takes.

It is there on a screen alone, and gone when the work ends: a notebook that is built or tested has no trace of it.
"""

from collections.abc import Iterator, Sequence
from time import monotonic
from typing import TypeVar

from collapse_edu.course.desk import live

__all__ = ["Bar", "counted", "time_left"]

Thing = TypeVar("Thing")
PATIENCE = 2.0  # seconds that pass before it makes sense to say how long it will take
STEP = 0.25  # seconds between two looks of it


class Bar:
    """Show the share of some work that is done, from its third second on; call it with the share, from 0 to 1.

    Examples
    --------
    >>> from collapse_edu import Gaussian, run
    >>> from collapse_edu.loop.source import normal
    >>> history = run(Gaussian(), normal(30), chains=20, progress=Bar())
    """

    def __init__(self) -> None:
        self._began = self._last = monotonic()
        self._shown = None

    def __call__(self, share: float) -> None:
        """Show how much is done; all of it (1) takes the bar away."""
        now = monotonic()
        if share >= 1 and self._shown is not None:
            self._show("")
        elif share < 1 and now - self._began > PATIENCE and now - self._last > STEP and live.cell() is not None:
            self._last = now
            left = time_left(now - self._began, share)
            self._show(f'<progress class="ce-bar" value="{share:.3f}" aria-label="done"></progress> {share:.0%}{left}')

    def _show(self, html):
        from IPython.display import display

        bundle = {"text/html": html, "text/plain": ""}
        if self._shown is None:
            self._shown = display(bundle, raw=True, display_id=True)
        else:
            self._shown.update(bundle, raw=True)


def time_left(seconds: float, share: float) -> str:
    """Say how long work still takes of which a share was done in some seconds.

    Examples
    --------
    >>> time_left(10, 0.25), time_left(300, 0.5), time_left(1, 0.99), time_left(3, 0)
    (', about 30 s left', ', about 5 min left', ', about 1 s left', '')
    """
    if share <= 0:
        return ""
    left = seconds * (1 - share) / share
    return f", about {left / 60:.0f} min left" if left > 90 else f", about {max(left, 1):.0f} s left"


def counted(things: Sequence[Thing]) -> Iterator[Thing]:
    """Yield the things of a loop that takes long, and show a bar.

    Parameters
    ----------
    things : sequence
        Such as a range.

    Examples
    --------
    >>> [chain for chain in counted(range(3))]
    [0, 1, 2]
    """
    bar = Bar()
    try:
        for done, thing in enumerate(things):
            bar(done / len(things))
            yield thing
    finally:
        bar(1.0)
