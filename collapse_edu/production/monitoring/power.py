"""What a monitor will find, and after how many documents: tried out on streams that it makes itself."""

from collections.abc import Sequence
from math import ceil

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from collapse_edu import checks
from collapse_edu.checks import integer
from collapse_edu.production.monitoring.features import written
from collapse_edu.production.monitoring.monitor import Monitor

__all__ = ["power", "power_said"]

_WRITERS = {"text of a trigram model": (3, 1.0, None), "text of a bigram model": (2, 1.0, None)}
_WRITTEN = 200  # documents of each writer
_TOGETHER = 25  # that look back on the memory alone: in a stream they would look back on each other, too
_CLOSE, _COARSE = 200, 100  # documents: up to the first, each window is looked at; from there on, so many at once


def power(
    monitor: Monitor,
    shares: Sequence[float] = (0.5, 0.2, 0.05),
    *,
    streams: int = 15,
    most: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return after how many documents the gathered evidence raises the alarm, by writer and share of its text.

    The writers are n-gram models of real documents that the scorer has not seen. Streams are drawn from what was
    measured on real documents and on theirs; what a stream's own documents repeat of each other is left out, so a real
    stream may be found sooner. The alarm is that of ``per``; a change begins with the first document.

    Parameters
    ----------
    monitor : Monitor
        With ``accumulate``, and without ``keep_order``.
    shares : sequence of float
        Of model text in the stream, in (0, 1].
    streams : int
        Of each kind, at least 1. The delays are theirs: with 15, the 95th percentile is about the longest of them.
    most : int
        Documents of a stream, at least 1.
    seed : int

    Returns
    -------
    pandas.DataFrame
        A row for each writer and share: writer, share, median and 95th percentile of the delay in documents; infinite
        where so many streams were not found within ``most`` documents.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> real = [[int(x) for x in rng.zipf(1.3, size=30) % 900] for _ in range(300)]
    >>> monitor = Monitor(real, window=5, false_alarms=0.05, accumulate=True, per="ever")
    >>> table = power(monitor, shares=[1.0], streams=3, most=50)
    >>> list(table.columns), len(table)
    (['writer', 'share', 'median', '95 %'], 2)
    """
    rows = monitor.quiet_rows
    if rows is None:
        raise ValueError("monitor must be one with accumulate=True and without keep_order; got another one")
    streams, most = integer("streams", streams, 1), integer("most", most, 1)
    rng, found = np.random.default_rng(checks.seed(seed)), []
    for writer, settings in _WRITERS.items():
        texts = written(monitor.unseen, _WRITTEN, settings, rng)
        starts = range(0, len(texts), _TOGETHER)
        theirs = np.concatenate([monitor.measured(texts[start : start + _TOGETHER]) for start in starts])
        for share in (checks.number("shares", share, 0, 1, open_low=True) for share in shares):
            delays = [_delay(monitor, _stream(rows, theirs, share, most, rng)) for _ in range(streams)]
            # The percentiles are delays that came, so that an infinite one stays infinite.
            found.append((writer, share, *np.quantile(delays, [0.5, 0.95], method="higher")))
    return pd.DataFrame(found, columns=["writer", "share", "median", "95 %"])


def power_said(table: pd.DataFrame, most: int = 2000) -> list[str]:
    """Return a sentence for each writer.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`power`.
    most : int
        As it was given there.

    Returns
    -------
    list of str

    Examples
    --------
    >>> rows = [("text of a trigram model", 0.5, 90.0, 180.0), ("text of a trigram model", 0.05, 900.0, np.inf)]
    >>> power_said(pd.DataFrame(rows, columns=["writer", "share", "median", "95 %"]))
    ['text of a trigram model: a share of 50 % is found within 180 documents (median 90), 5 % in half of the cases
    within 900']
    """
    said = []
    for writer, rows in table.groupby("writer", sort=False):
        parts = [_found(*row, most) for row in rows[["share", "median", "95 %"]].itertuples(index=False)]
        said.append(f"{writer}: a share of {', '.join(parts)}")
    return said


def _found(share, median, most_of_them, most):
    start = f"{100 * share:g} %"
    if np.isfinite(most_of_them):
        return f"{start} is found within {most_of_them:,.0f} documents (median {median:,.0f})"
    if np.isfinite(median):
        return f"{start} in half of the cases within {median:,.0f}"
    return f"{start} is not found in {most:,}"


def _stream(real, theirs, share, n, rng) -> NDArray[np.float64]:
    """Return rows of a stream, each by lot of a real or a written document."""
    rows = real[rng.integers(len(real), size=n)]
    is_theirs = rng.random(n) < share
    rows[is_theirs] = theirs[rng.integers(len(theirs), size=int(is_theirs.sum()))]
    return rows


def _delay(monitor, rows):
    """Return how many documents came until the alarm; infinity if there was none."""
    evidence, read = monitor.quiet_evidence(), 0
    while read < len(rows):
        step = monitor.window if read < _CLOSE else ceil(_COARSE / monitor.window) * monitor.window
        part = rows[read : read + step]
        read += len(part)
        if evidence.update(part).alarm:
            return float(read)
    return np.inf
