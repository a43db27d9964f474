"""A drift monitor for a stream of documents, with control limits that keep the false-alarm rate asked for.

How the limits are made, and why they are exact:

* The reference, real documents, is cut at random into three parts. The *memory* says which words are rare and is what
  the scorer, a smoothed trigram model, learned from. The *scale* gives the centre and the spread of each statistic.
  The rest is cut into *calibration* windows as long as those of the stream.
* The score of a window is its largest deviation: over all statistics, the most spreads from the centre. This one number
  stands for all statistics, so no correction for many of them is needed.
* An alert is a window whose score exceeds the k-th largest of the B calibration scores. If the stream's documents are
  drawn as those of the reference are, its window and the B calibration windows are exchangeable, and the chance of an
  alert is exactly k/(B + 1); less, if scores are often equal.

Neighbours in a stream may resemble each other: pages of one site, passages of one book. Then a window of the stream is
no random draw of documents, and that chance can be many times higher. With ``keep_order`` the reference is cut into
windows of neighbours, and whole windows are dealt at random to the three parts: the calibration windows then contain
such runs, too.

The windows must be disjoint, and no document may be in the memory *and* in a window: a window of what the memory knows
looks better than fresh text.
"""

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from itertools import chain
from math import ceil, floor
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import beta

from collapse_edu import checks
from collapse_edu.checks import integer, number
from collapse_edu.production.monitoring.evidence import FEWEST_ROWS, Evidence, Neighbours, Verdict, neighbours
from collapse_edu.production.monitoring.features import Features
from collapse_edu.production.monitoring.statistics import SHARES, STATISTICS, Document, Reference, natural, on_scale

__all__ = ["Monitor", "Reading", "fewest_documents"]

_CALIBRATION = 0.8  # of the reference, at most
_SCALE = 0.08
_SCALE_WINDOWS = 40
_LEAST_MEMORY, _LEAST_SCALE, _LEAST_SCALE_IN_ORDER = 2, 2, 8  # windows
_KEPT = 1000  # alerts
_SHOWN = 3  # documents of a reading
_WEIGHTS = {"synthetic": 5.0}  # of what the evidence looks at: it was taught to see text of models
_ROUNDING = 1e-9
_ARE_SHARES = np.array([name in SHARES for name in STATISTICS])
_LEAST_RATE = 1e-9  # of false alarms; a reference for less has more documents than anybody


@dataclass(frozen=True)
class Reading:
    """What the monitor saw in one window.

    Attributes
    ----------
    window : int
        Its number, from 1 on.
    documents : int
        How many documents of the stream end with it.
    values : tuple of float
        In the order of ``STATISTICS``.
    deviations : tuple of float
        Of each value from its centre, in spreads.
    limit : float
        Deviations beyond ± limit raise an alert.
    verdict : Verdict or None
        What all windows so far say together, if evidence accumulates.
    deviant : tuple of int
        Numbers in the stream, from 1 on, of at most three documents of the window that deviate most, by the verdict's
        cause; the most deviant one first.
    """

    window: int
    documents: int
    values: tuple[float, ...]
    deviations: tuple[float, ...]
    limit: float
    verdict: Verdict | None = None
    deviant: tuple[int, ...] = ()

    @property
    def score(self) -> float:
        """The largest deviation, without its sign."""
        return max(map(abs, self.deviations))

    @property
    def sudden(self) -> bool:
        """Whether one statistic of this window is outside of its control limits."""
        return self.score > self.limit

    @property
    def gathered(self) -> bool:
        """Whether all windows together raise the alarm."""
        return self.verdict is not None and self.verdict.alarm

    @property
    def alert(self) -> bool:
        """Whether one of the two is so."""
        return self.sudden or self.gathered

    @property
    def causes(self) -> list[str]:
        """Names of the statistics outside of their limits, the farthest first."""
        far = {name: abs(off) for name, off in zip(STATISTICS, self.deviations, strict=True) if abs(off) > self.limit}
        return sorted(far, key=far.__getitem__, reverse=True)

    def __str__(self) -> str:
        if not self.alert:
            return f"window {self.window}: quiet"
        off = dict(zip(STATISTICS, self.deviations, strict=True))
        told = [f"{name} {'low' if off[name] < 0 else 'high'} ({off[name]:+.1f})" for name in self.causes]
        if self.verdict and self.verdict.alarm:
            told.append(f"all windows together, {self.verdict.cause} {self.verdict.direction}")
        return f"window {self.window}, documents up to {self.documents:,}: {', '.join(told)}"


class HeldOut(NamedTuple):
    """Real documents that the evidence compares with.

    Attributes
    ----------
    documents : list of list
    values : ndarray, shape (n, K)
        Their features.
    features : Features
        As they were before they read these documents.
    neighbours : Neighbours
        How much neighbours in the reference, in its own order, resemble each other.
    """

    documents: list[Document]
    values: NDArray[np.float64]
    features: Features
    neighbours: Neighbours


class Monitor:
    """Watch a stream of documents: windows, statistics, control limits, alerts.

    Parameters
    ----------
    reference : list of list
        Words of real documents. None is empty. They need not be in any order, unless it is kept: they are mixed.
    window : int
        Documents of a window, at least 2. Longer windows show smaller changes, later.
    false_alarms : float
        Chance of an alert for a window in which nothing changed, from 10⁻⁹ to 0.5.
    words : int
        Documents are cut after so many words.
    seed : int
        Of the random parts.
    keep_order : bool
        Whether the windows of the reference are runs of neighbours, as those of the stream are. Say so if neighbours
        resemble each other.
    accumulate : bool
        Whether evidence accumulates over windows, document by document: small changes are found, too. Teaching what it
        looks at takes seconds.
    per : {"window", "thousand", "ever"}
        What ``false_alarms`` is for in this: an alarm of a window, of a thousand documents, or ever.

    Attributes
    ----------
    evidence : Evidence or None
    documents_of_a_row : int
        Documents that a row of the evidence stands for: 1, or a window with the order kept.
    rate : float
        The exact chance of a false alarm: at most the one asked for, and as near to it as the reference allows. It
        holds if a window of the stream and the calibration windows are exchangeable: see the notes of the module.
    reference : Reference
    n_memory, n_scale : int
        Documents for the words and the scorer, and for centre and spread.
    centre, spread : ndarray, shape (8,)
        On the scales of the deviations: log of lengths and counts, logit of shares.
    limit : float
        In spreads, for all statistics.
    n_calibration : int
        B, the calibration windows.
    calibration : ndarray, shape (B, 8)
        Their deviations.
    n_windows, n_alerts : int
        Complete windows, and those of them that raised an alert, so far.
    alerts : collections.deque of Reading
        The last thousand of them: a stream may have no end.
    pending : list of list
        Documents of the window that is not complete.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, a document has no words, or the reference is too small for the rate.

    References
    ----------
    Vovk, Gammerman and Shafer (2005), conformal prediction: ranks of exchangeable scores are uniform. Vovk (2012) for
    the rate of *one* reference: :meth:`rate_range`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> real = rng.zipf(1.5, size=(400, 50)).tolist()
    >>> monitor = Monitor(real, window=5, false_alarms=0.05)
    >>> monitor.rate, monitor.n_calibration
    (0.05, 59)
    >>> fresh, dull = rng.zipf(1.5, size=(10, 50)), rng.zipf(3.0, size=(10, 50))
    >>> [reading.alert for reading in monitor.watch([*fresh.tolist(), *dull.tolist()])]
    [False, False, True, True]
    """

    def __init__(
        self,
        reference: Iterable[Document],
        *,
        window: int = 10,
        false_alarms: float = 0.01,
        words: int = 120,
        seed: int = 0,
        keep_order: bool = False,
        accumulate: bool = False,
        per: str = "window",
    ) -> None:
        self.window = integer("window", window, 2)
        asked = _rate(false_alarms)
        documents = [list(document) for document in reference]
        unit = self.window if keep_order else 1
        self.n_memory, self.n_scale, self.n_calibration, rank = _plan(len(documents), self.window, asked, keep_order)
        rng = np.random.default_rng(checks.seed(seed))
        runs = _windows(documents, unit, len(documents) // unit)
        order = rng.permutation(len(runs))
        mixed = list(chain.from_iterable(runs[i] for i in order))
        scale, rest = mixed[self.n_memory :][: self.n_scale], mixed[self.n_memory + self.n_scale :]
        self.rate, self._rank = rank / (self.n_calibration + 1), rank
        self.reference = Reference(mixed[: self.n_memory], words=words)
        self._steps = self.reference.resolution(scale[: self.window])
        self.centre, self.spread = self._scale(scale, None if keep_order else rng)
        values = self.reference.measure(_windows(rest, self.window, self.n_calibration))
        self.calibration = self._deviations(values)
        self.limit = self.limit_of(*STATISTICS)
        self.documents_of_a_row = unit
        self._quiet = self._gather(mixed, order, asked, per, words, seed) if accumulate else None
        gathering = (per,) if accumulate else ()
        self.fingerprint = _fingerprint(documents, self.window, asked, words, seed, bool(keep_order), *gathering)
        self._begin()

    def watch(self, documents: Iterable[Document], at_once: int = 1) -> Iterator[Reading]:
        """Read documents, and yield a reading for each window that they complete.

        Documents of a window that is not complete are kept for the next call.

        Parameters
        ----------
        documents : iterable of list
            Words of each document, none of them empty.
        at_once : int
            Windows that are measured together: many are faster, one is sooner.

        Yields
        ------
        Reading

        Raises
        ------
        ValueError
            If a document has no words.
        """
        enough = self.window * integer("at_once", at_once, 1)
        for document in documents:
            self.pending.append(document)
            if len(self.pending) >= enough:
                yield from self._complete()
        yield from self._complete()

    def fresh(self) -> "Monitor":
        """Return a monitor with the same reference and limits that has read nothing."""
        other = copy(self)
        other._begin()
        return other

    def _begin(self) -> None:
        self.features: Features | None = None
        self.evidence: Evidence | None = None
        if self._quiet:
            self.features, self.evidence = self._quiet[0].fresh(), self._quiet[1].fresh()
        self.n_windows = self.n_alerts = 0
        self.pending: list[Document] = []
        self.alerts: deque[Reading] = deque(maxlen=_KEPT)

    def limit_of(self, *names: str) -> float:
        """Return the limit of a monitor that watches some statistics only, at the same rate of false alarms.

        Parameters
        ----------
        *names : str
            Keys of ``STATISTICS``.

        Returns
        -------
        float
            In spreads. The fewer statistics, the lower.
        """
        columns = [list(STATISTICS).index(name) for name in names]
        return float(np.sort(np.abs(self.calibration[:, columns]).max(axis=1))[-self._rank])

    def limits(self) -> pd.DataFrame:
        """Return the control limits.

        Returns
        -------
        pandas.DataFrame
            One row for each statistic: low, centre, high, in its unit. NaN: no window can be beyond, for a share is not
            below 0 or above 1; then longer windows are needed to see less, or more.
        """
        room = self.limit * self.spread
        scaled = {"low": self.centre - room, "centre": self.centre, "high": self.centre + room}
        table = pd.DataFrame({name: natural(row, self._steps) for name, row in scaled.items()}, index=list(STATISTICS))
        shares = list(SHARES)
        table.loc[shares, "low"] = table.loc[shares, "low"].where(table.loc[shares, "low"] > 0)
        table.loc[shares, "high"] = table.loc[shares, "high"].where(table.loc[shares, "high"] < 1)
        return table

    def rate_range(self, share: float = 0.95) -> tuple[float, float]:
        """Return the range that contains the false-alarm rate of *this* reference, with a chance.

        The rate asked for is the mean over references. For one of them it is a draw from the beta distribution with
        parameters k and B + 1 - k.

        Parameters
        ----------
        share : float
            From 0 to 1.

        Returns
        -------
        tuple of float

        References
        ----------
        Vovk (2012), "Conditional validity of inductive conformal predictors".
        """
        share = number("share", share, 0, 1)
        rates = beta(self._rank, self.n_calibration + 1 - self._rank)
        return float(rates.ppf(0.5 - share / 2)), float(rates.ppf(0.5 + share / 2))

    @property
    def rate_holds(self) -> bool:
        """Whether neighbours in the stream, so far, are unlike enough for the rate of false alarms."""
        return self.evidence is None or self.evidence.rate_holds

    @property
    def warning(self) -> str:
        """Why the rate of false alarms does not hold, and what to do; empty if it holds."""
        if self.evidence is None or self.evidence.rate_holds:
            return ""
        return f"{self.evidence.neighbours}: {self.against_neighbours}"

    @property
    def against_neighbours(self) -> str:
        """What to do if neighbours in the stream resemble each other."""
        if self.documents_of_a_row > 1:
            return "take longer windows (--window), or mix the stream"
        return "mix the stream, or give a reference in its natural order (--keep-order)"

    def _complete(self):
        """Read the complete windows of what is pending."""
        parts = _windows(self.pending, self.window, len(self.pending) // self.window)
        for part, values in zip(parts, self.reference.measure(parts) if parts else (), strict=True):
            del self.pending[: self.window]
            yield self._note(values, *self._judged(part))

    @property
    def held_out(self) -> HeldOut:
        """Documents that the evidence compares with, and what was measured on them.

        Raises
        ------
        ValueError
            If evidence does not accumulate.
        """
        if self._quiet is None:
            raise ValueError("monitor must accumulate evidence: Monitor(…, accumulate=True)")
        return self._quiet[2]

    def _gather(self, documents, order, false_alarms, per, words, seed):
        """Return features that know the memory, and evidence that knows their values on the rest of the documents.

        Half of the documents each, if that is enough for ranks: what is taught needs many. With the order kept, a row
        of the evidence is a window, and else a document.
        """
        unit = self.documents_of_a_row
        half = min(len(documents) // 2 // unit, len(documents) // unit - FEWEST_ROWS) * unit
        features = Features(documents[:half], words=words, seed=seed)
        before, values = features.fresh(), features.measure(documents[half:])
        rows = self._rows(values)
        evidence = Evidence(
            rows, names=features.names, false_alarms=false_alarms, per=per, window=self.window, seed=seed,
            documents=self.documents_of_a_row, weights=_WEIGHTS,
        )  # fmt: skip
        in_order = rows[np.argsort(order[half // self.documents_of_a_row :][: len(rows)])]
        near = neighbours(in_order, features.names, max(1, self.window // self.documents_of_a_row))
        return features, evidence, HeldOut(documents[half:], values, before, near)

    def _rows(self, values):
        """Return means of so many documents as a row of the evidence stands for."""
        return (
            values[: len(values) // self.documents_of_a_row * self.documents_of_a_row]
            .reshape(-1, self.documents_of_a_row, values.shape[1])
            .mean(axis=1)
        )

    def _judged(self, documents):
        """Return the verdict after a window, and the numbers of the documents that deviate most."""
        if self.evidence is None:
            return None, ()
        values = self.features.measure(documents)
        verdict = self.evidence.update(self._rows(values))
        off = self.evidence.contributions
        if len(off) != len(documents):  # a row is a window: the farthest values of the cause
            column = values[:, self.features.names.index(verdict.cause)]
            off = column if verdict.direction == "high" else -column
        first = self.n_windows * self.window + 1
        return verdict, tuple((first + np.argsort(-off, kind="stable")[:_SHOWN]).tolist())

    def _note(self, values, verdict, deviant):
        """Return the reading of the next window, and keep an alert."""
        self.n_windows += 1
        deviations = self._deviations(values)
        read = self.n_windows * self.window
        reading = Reading(
            self.n_windows, read, tuple(values.tolist()), tuple(deviations.tolist()), self.limit, verdict, deviant
        )
        if reading.alert:
            self.n_alerts += 1
            self.alerts.append(reading)
        return reading

    def _deviations(self, values):
        return (on_scale(values, self._steps) - self.centre) / self.spread

    def _scale(self, documents, rng=None):
        """Return centre and spread of each statistic over windows: resampled ones, or without ``rng`` those in order.

        Any would do; these make limits tight.
        """
        parts = _windows(documents, self.window, len(documents) // self.window)
        if rng is not None:
            drawn = [rng.choice(len(documents), self.window, replace=False) for _ in range(_SCALE_WINDOWS)]
            parts = [[documents[i] for i in places] for places in drawn]
        values = self.reference.measure(parts)
        scaled, middle = on_scale(values, self._steps), values.mean(axis=0)
        middle[_ARE_SHARES] = np.minimum(middle, 1 - self._steps)[_ARE_SHARES]  # a step more is a share, too
        step = np.abs(on_scale(middle + self._steps, self._steps) - on_scale(middle, self._steps))
        return scaled.mean(axis=0), np.maximum(scaled.std(axis=0, ddof=1), step)


def _windows(documents, window, many):
    """Return disjoint windows of documents that stand together."""
    return [documents[i * window : (i + 1) * window] for i in range(many)]


def fewest_documents(window: int, false_alarms: float, keep_order: bool = False) -> int:
    """Return how many documents a reference must have.

    Parameters
    ----------
    window : int
        Documents of a window.
    false_alarms : float
        From 10⁻⁹ to 0.5.
    keep_order : bool
        Whether the windows of the reference are runs of neighbours.

    Returns
    -------
    int

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> fewest_documents(window=10, false_alarms=0.01), fewest_documents(window=10, false_alarms=0.05)
    (1238, 238)
    >>> fewest_documents(window=10, false_alarms=0.01, keep_order=True)
    1240
    """
    window = integer("window", window, 2)
    false_alarms = _rate(false_alarms)
    calibration = (ceil(1 / false_alarms - _ROUNDING) - 1) * window
    unit = window if keep_order else 1
    others = (_LEAST_MEMORY + _least_scale(keep_order)) * window
    return unit * max(ceil(calibration / _CALIBRATION / unit - _ROUNDING), (calibration + others) // unit)


def _rate(false_alarms):
    """Return a rate of false alarms that a reference can be large enough for, or say in one line what it must be."""
    rate = number("false_alarms", false_alarms, 0, 0.5, open_low=True)
    if rate < _LEAST_RATE:
        raise ValueError(
            f"false_alarms must be at least {_LEAST_RATE:g}: no reference is large enough for less; got {rate:g}"
        )
    return rate


def _plan(n, window, false_alarms, keep_order=False):
    """Return the sizes of memory and scale, the number of calibration windows, and the rank of the limit.

    Of all numbers B of windows that fit, the best is the one whose rate k/(B + 1) is nearest below the one asked for.
    If the order is kept, all sizes are whole windows; documents that fill none are left out.

    Raises
    ------
    ValueError
    """
    fewest = fewest_documents(window, false_alarms, keep_order)
    if n < fewest:
        raise ValueError(
            f"reference must have at least {fewest:,} documents for a false-alarm rate of {false_alarms:g} with "
            f"windows of {window}; got {n:,}: take more documents, shorter windows or a higher rate"
        )
    unit = window if keep_order else 1
    n, least = n - n % unit, _least_scale(keep_order) * window
    most = min(floor(_CALIBRATION * n + _ROUNDING), n - _LEAST_MEMORY * window - least) // window
    ranks = {many: floor(false_alarms * (many + 1) + _ROUNDING) for many in range(1, most + 1)}
    best = max((many for many in ranks if ranks[many]), key=lambda many: (ranks[many] / (many + 1), many))
    n_scale = max(least, unit * round(_SCALE * n / unit))
    return n - n_scale - best * window, n_scale, best, ranks[best]


def _least_scale(keep_order):
    """Return the fewest windows of the scale: those in order are not resampled."""
    return _LEAST_SCALE_IN_ORDER if keep_order else _LEAST_SCALE


def _fingerprint(documents, *settings):
    """Return a hash that tells whether two monitors are the same."""
    told = hashlib.sha256(repr(settings).encode())
    for document in documents:
        told.update(repr(document).encode())
    return told.hexdigest()
