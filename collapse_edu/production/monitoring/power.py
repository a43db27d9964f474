"""How many documents pass before a monitor sees a change, if a stream has it from its start.

Three writers, each for some shares of a stream: a trigram model of real documents that neither the scorer nor the
history knows, one text with other words in it, and a few documents again and again. What they write is measured once;
streams are drawn from what was measured.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import binom

from collapse_edu.checks import number
from collapse_edu.checks import seed as checked_seed
from collapse_edu.production.monitoring.features import written
from collapse_edu.production.monitoring.monitor import Monitor

__all__ = ["WRITERS", "Power", "power"]

_MOST = 3000  # documents of a simulated stream: more take too long
_WRITTEN, _ROWS, _STREAMS = 200, 2000, 64
_LEARNED = 1000  # documents, at most
_SLOT = 5  # every so many words is another one
_REPEATED = 3  # documents


class Power(NamedTuple):
    """How soon one share of one writer's text is found.

    Attributes
    ----------
    writer : str
        Key of :data:`WRITERS`.
    share : float
        Of the documents of the stream.
    median, within : float
        Documents until half of the streams, and 95 % of them, have raised the alarm; infinite if that is not within
        ``most``.
    low, high : float
        95 % confidence interval of ``within``: as many streams were simulated as the time allows.
    most : int
        Documents that were looked at: 3,000, or half as many as pass between two false alarms, if these are fewer:
        later, an alarm is as likely to be false.
    """

    writer: str
    share: float
    median: float
    within: float
    low: float
    high: float
    most: int


def power(monitor: Monitor, shares: Sequence[float] = (0.5, 0.2, 0.05), *, seed: int = 0) -> list[Power]:
    """Return how soon a monitor finds text of models, templates and repeats in a stream.

    The writers are fitted on half of the documents that the monitor compares with, which it has not learned from. They
    write 200 documents each; other writers, and other real documents than these, are found sooner or later.

    Parameters
    ----------
    monitor : Monitor
        It accumulates evidence. Its own stream is left alone.
    shares : sequence of float
        Of the documents of the stream, above 0, at most 1.
    seed : int

    Returns
    -------
    list of Power
        Writer by writer, in the order of the shares.

    Raises
    ------
    ValueError
        If the monitor does not accumulate evidence, or an argument is out of range.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> real = (rng.zipf(1.5, size=(400, 30)) % 1000).tolist()
    >>> found = power(Monitor(real, window=5, false_alarms=0.05, accumulate=True), [0.5])
    >>> [each.writer for each in found]
    ['trigram text', 'one template', 'repeats']
    >>> found[2].within < 60
    True
    """
    shares = [number("shares", share, 0, 1, open_low=True) for share in shares]
    rng = np.random.default_rng(checked_seed(seed))
    held, evidence = monitor.held_out, monitor.fresh().evidence
    assert evidence is not None  # held_out would have raised
    half = len(held.documents) // 2
    features = held.features.fresh()
    features.remember(held.documents[half:])
    most = int(min(_MOST, evidence.between_false_alarms / 2))
    found = []
    for name, write in WRITERS.items():
        values = features.fresh().measure(write(held.documents[:half][:_LEARNED], rng))
        for share in shares:
            rows = _stream(held.values, values, share, monitor, rng)
            found.append(_power(name, share, evidence.delays(rows, most=most, streams=_STREAMS, seed=seed), most))
    return found


def sentence(found: Sequence[Power]) -> str:
    """Return in one sentence how soon one writer's text is found.

    Parameters
    ----------
    found : sequence of Power
        Of one writer.

    Returns
    -------
    str

    Examples
    --------
    >>> half, few = (0.5, 90, 180, 170, 200, 3000), (0.05, np.inf, np.inf, np.inf, np.inf, 3000)
    >>> sentence([Power("trigram text", *half), Power("trigram text", *few)])
    '50 % of trigram text is found within 180 documents (median 90); 5 % is not found within 3,000'
    """
    said = []
    for i, each in enumerate(found):
        what = f"{100 * each.share:.3g} % " + ("is" if i else f"of {each.writer} is")
        if np.isfinite(each.within):
            said.append(f"{what} found within {each.within:,.0f} documents (median {each.median:,.0f})")
        else:
            said.append(f"{what} not found within {each.most:,}")
    return "; ".join(said)


def _power(writer, share, delays, most):
    """Return median and 95th percentile of delays, and the order statistics that contain it in 95 % of cases."""
    delays, n = np.sort(delays), len(delays)
    at = [(n - 1) // 2, int(np.ceil(0.95 * n)) - 1, *binom.ppf([0.025, 0.975], n, 0.95)]
    median, within, low, high = (float(delays[min(int(i), n - 1)]) for i in at)
    return Power(writer, share, median, within, low, high, most)


def _stream(real, changed, share, monitor, rng):
    """Return rows of a stream of which a share is changed: documents, or means of windows with the order kept."""
    unit = monitor.documents_of_a_row
    starts = rng.integers(len(real) // unit, size=max(200, _ROWS // unit)) * unit
    rows = real[starts[:, None] + np.arange(unit)]
    is_changed = rng.random(rows.shape[:2]) < share
    rows[is_changed] = changed[rng.integers(len(changed), size=is_changed.sum())]
    return rows.mean(axis=1)


def _trigram(documents, rng):
    return written(documents, _WRITTEN, (3, 1.0, None), rng)


def _template(documents, rng):
    """Return one document again and again, with other words of real ones in some places."""
    text = max(documents[:20], key=len)
    words = [word for document in documents for word in document]
    drawn = rng.integers(len(words), size=(_WRITTEN, len(text)))
    return [[words[j] if i % _SLOT == 0 else text[i] for i, j in enumerate(row)] for row in drawn]


def _repeats(documents, rng):
    return [documents[i] for i in rng.integers(_REPEATED, size=_WRITTEN)]


WRITERS = {"trigram text": _trigram, "one template": _template, "repeats": _repeats}
