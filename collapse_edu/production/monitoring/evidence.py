"""Evidence that accumulates over a stream: is it still like the calibration rows?

A row is what was measured on one document, or on one window. The steps, and where each comes from:

* **Ranks.** The rank of a new value among the calibration values *and all earlier ones of the stream*, equal ones by
  lot, is uniform and independent of all earlier ranks, as long as nothing changed (Parent 1965, sequential ranks; Vovk,
  Gammerman and Shafer 2005, theorem 8.1). That a reference is finite is thereby paid for: no law is estimated.
* **Likelihood ratios.** Each alternative is a law of the normal score of that rank: a share of all values is shifted
  up or down, or all spread more or less. The ratio of each has mean 1 on a quiet stream (Robbins 1970: mixtures of
  sequential ratios; Lai 1998 for a grid of them). Ranks are put in 4,096 classes first, so the mean is 1 exactly.
* **An unknown start.** R = (R + w) · ratio adds a start at each row. With w = 1 it is Shiryaev's and Roberts' statistic
  (Roberts 1966; Pollak 1987), an e-detector (Shin, Ramdas and Rinaldo 2023): R less the number of rows is a martingale,
  whatever features are correlated, so the mean number of rows to a false alarm is the mean of R at the alarm. With
  w = 1 / (t (t + 1)) and the weight still to come, it is an e-process, and by Ville's inequality (1939) a quiet stream
  passes 1 / α with chance α at most, for ever.
* **Threshold.** How far R is beyond it at an alarm is simulated on quiet streams, drawn from the calibration rows.

The earlier rows of the stream are kept up to a number, then the pool stays as it is. Its error is then below what the
smallest alternative can notice, so that rates hold: the tests measure it.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, log10

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from collapse_edu import checks
from collapse_edu.checks import choice, integer, number

__all__ = ["Evidence", "Verdict"]

_POOL = 8192  # rows to rank among
_RECENT = 256  # rows of it that are not sorted yet
_CLASSES = 4096  # of ranks
_MOST = 1e250  # of evidence
_PER = ("window", "thousand", "ever")
_SHIFTS = (0.5, 1.0, 2.0, 3.0)
_SHARES = (0.05, 0.15, 0.4, 1.0)
_SPREADS = (0.5, 0.75, 1.33, 2.0)
_SMALLEST = 0.05  # shift of the mean
_STREAMS, _ROWS, _CROSSINGS = 256, 2000, 200  # simulated


@dataclass(frozen=True)
class Verdict:
    """What all windows so far say together.

    Attributes
    ----------
    evidence : float
        Log of the evidence, base 10.
    threshold : float
        The same unit: evidence from here on raises the alarm.
    p : float
        Chance that a quiet stream shows as much evidence at any time (Ville's inequality).
    cause : str
        The feature with the most evidence.
    direction : str
        "low", "high" or "spread": how its values changed.
    since : int
        Rows of the stream before the change, by the evidence.
    """

    evidence: float
    threshold: float
    p: float
    cause: str
    direction: str
    since: int

    @property
    def alarm(self) -> bool:
        """Whether the evidence is enough."""
        return self.evidence >= self.threshold


class Evidence:
    """Compare the rows of a stream with calibration rows, and add up what speaks for a change.

    Parameters
    ----------
    calibration : array-like, shape (n, K)
        Rows of features, real and unseen, n at least 20. What is not finite counts as the largest value.
    names : sequence of str
        Of the K features.
    false_alarms : float
        The rate, from 10⁻⁹ to 0.5.
    per : {"window", "thousand", "ever"}
        What it is a rate of: alarms for each window, or for each thousand documents, of a quiet stream that starts
        anew after an alarm; or the chance, at most, that a quiet stream ever raises one.
    window : int
        Documents between two looks.
    seed : int
        Of the lots for equal values, and of the simulated streams.
    windows : array-like, shape (B, J), optional
        Rows that come once a window, in addition, B at least 20.
    window_names : sequence of str
        Of the J features of ``windows``.
    documents : int
        That one row stands for: 1, or a window's if rows are means of windows.
    weights : mapping of str to float, optional
        Prior weights of features, by name; 1 is the weight of one that is not there.

    Attributes
    ----------
    threshold : float
        Log of the evidence for an alarm, base 10.
    contributions : ndarray, shape (m,)
        Of the rows of the last update: the log ratio of each for the cause, in nats. The largest deviate most.
    n_rows : int
        Rows of the stream so far.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    References
    ----------
    Parent (1965); Robbins (1970); Pollak (1987); Vovk, Gammerman and Shafer (2005); Shin, Ramdas and Rinaldo (2023).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> evidence = Evidence(rng.normal(size=(500, 2)), names=["length", "score"])
    >>> [evidence.update(rng.normal(size=(10, 2))).alarm for _ in range(3)]
    [False, False, False]
    >>> verdicts = [evidence.update(rng.normal([0, 1], size=(10, 2))) for _ in range(5)]
    >>> alarm = next(verdict for verdict in verdicts if verdict.alarm)
    >>> alarm.cause, alarm.direction, 20 < alarm.since < 45
    ('score', 'high', True)
    """

    def __init__(
        self,
        calibration: ArrayLike,
        *,
        names: Sequence[str],
        false_alarms: float = 0.01,
        per: str = "window",
        window: int = 10,
        seed: int = 0,
        windows: ArrayLike | None = None,
        window_names: Sequence[str] = (),
        documents: int = 1,
        weights: Mapping[str, float] | None = None,
    ) -> None:
        false_alarms = number("false_alarms", false_alarms, 1e-9, 0.5)
        self.per, self.window, self.seed = choice("per", per, *_PER), integer("window", window, 1), checks.seed(seed)
        weights = {} if weights is None else weights
        self._blocks = [
            _Block("calibration", calibration, names, integer("documents", documents, 1), self.seed, weights)
        ]
        if windows is not None:
            self._blocks.append(_Block("windows", windows, window_names, self.window, self.seed + 1, weights))
        total = sum(block.weight for block in self._blocks)
        self._shares = [block.weight / total for block in self._blocks]
        self.threshold = log10(1 / false_alarms if self.per == "ever" else self._level(false_alarms))
        self._largest, self._over = 1.0, False
        self.contributions: NDArray[np.float64] = np.zeros(0)

    @property
    def n_rows(self) -> int:
        """Rows of the stream so far."""
        return self._blocks[0].n_rows

    def update(self, rows: ArrayLike, window_row: ArrayLike | None = None) -> Verdict:
        """Add the rows of one window.

        Parameters
        ----------
        rows : array-like, shape (m, K)
        window_row : array-like, shape (J,), optional
            The row of the window, if there are such rows.

        Returns
        -------
        Verdict

        Raises
        ------
        ValueError
            If the shape is another.
        """
        if self._over:
            for block in self._blocks:
                block.restart()
            self._over = False
        ratios = [self._blocks[0].add(rows)]
        if len(self._blocks) > 1:
            ratios.append(self._blocks[1].add(np.atleast_2d(np.asarray(window_row, float))))
        verdict = self._verdict()
        self._over = verdict.alarm and self.per != "ever"
        self.contributions = self._blocks[0].contributions(ratios[0], verdict.cause)
        return verdict

    def state(self) -> dict[str, object]:
        """Return what was learned from the stream, as JSON can hold it."""
        blocks = [block.state() for block in self._blocks]
        return {"largest": self._largest, "over": self._over, "blocks": blocks}

    def restore(self, state: Mapping[str, object]) -> None:
        """Go on where another one with the same calibration stopped.

        Parameters
        ----------
        state : dict
            What :meth:`state` returned.

        Raises
        ------
        ValueError
            If it is no such state.
        """
        try:
            for block, kept in zip(self._blocks, state["blocks"], strict=True):
                block.restore(kept)
            self._largest, self._over = float(state["largest"]), bool(state["over"])
        except (KeyError, TypeError, ValueError):
            raise ValueError("state must be what state() of such evidence returned; got something else") from None

    def _verdict(self):
        parts = [share * block.sums() for share, block in zip(self._shares, self._blocks, strict=True)]
        detector, process = (sum(part[i].sum() for part in parts) for i in (0, 1))
        rest = sum(share * block.rest for share, block in zip(self._shares, self._blocks, strict=True))
        self._largest = max(self._largest, process + rest)
        kind = int(self.per == "ever")
        which = int(np.argmax([part[kind].max() for part in parts]))
        block = self._blocks[which]
        cause = int(parts[which][kind].argmax())
        evidence = process + rest if kind else detector
        return Verdict(
            float(np.log10(evidence)), self.threshold, float(1 / self._largest), block.names[cause],
            block.direction(cause), round(block.since(cause) * (block.documents / self._blocks[0].documents)),
        )  # fmt: skip

    def _level(self, false_alarms):
        """Return the evidence at which the mean number of documents to a false alarm is the one asked for.

        That mean is the mean evidence at the alarm, in documents: the level times the mean overshoot.
        """
        asked = (self.window if self.per == "window" else 1000) / false_alarms
        looks = self._quiet()  # (looks, streams), in documents
        peaks = np.maximum.accumulate(looks, axis=0)
        highest = np.sort(peaks[-1])[-min(_CROSSINGS, _STREAMS - 1)]
        low, high = 0.0, asked
        for _ in range(30):
            level = (low + high) / 2
            mean = level * _overshoot(looks, peaks, min(level, highest))
            low, high = (level, high) if mean < asked else (low, level)
        return (low + high) / 2

    def _quiet(self):
        """Return the evidence of simulated quiet streams after each window."""
        rng = np.random.default_rng([self.seed, 1])
        parts = [
            share * block.simulate(rng, max(1, self.window // block.documents))
            for share, block in zip(self._shares, self._blocks, strict=True)
        ]
        n = min(map(len, parts))
        return sum(part[:n] for part in parts)


class _Block:
    """Rows of one kind: their pool, their ranks, and the ratios of all alternatives of all features."""

    def __init__(self, name, calibration, names, documents, seed, weights):
        self.names, self.documents, self.seed = tuple(names), documents, seed
        rows = _rows(name, calibration, len(self.names))
        if len(rows) < 20:
            raise ValueError(f"{name} must have at least 20 rows; got {len(rows):,}")
        self._pool = np.sort(rows, axis=0)
        self._calibration = rows
        self._recent = rows[:0]
        self.n_rows = 0
        of_features = np.array([number("weights", weights.get(each, 1.0), 0, 1e9) for each in self.names])
        self.weight = float(of_features.sum())
        self._prior = (of_features / self.weight)[:, None] * _PRIOR
        shape = (3, len(self.names), len(_PRIOR))
        self._sums = np.zeros(shape)  # Shiryaev-Roberts, the e-process, and starts of the first

    @property
    def rest(self):
        """The weight of all starts to come."""
        return 1 / (self.n_rows + 1)

    def add(self, rows):
        """Take rows in, and return the ratios of each, shape (m, K, alternatives)."""
        rows = _rows("rows", rows, len(self.names))
        table = _table()
        ratios = np.empty((len(rows), *self._prior.shape))
        for start in range(0, len(rows), _RECENT):
            part = rows[start : start + _RECENT]
            ratios[start : start + len(part)] = table[(self._ranks(part) * _CLASSES).astype(np.intp)]
            self._grow(part)
            for ratio in ratios[start : start + len(part)]:
                self.n_rows += 1
                starts = np.array([1.0, 1 / (self.n_rows * (self.n_rows + 1)), self.n_rows - 1])
                self._sums += starts[:, None, None]
                self._sums *= ratio
                np.minimum(self._sums, _MOST, out=self._sums)
        return ratios

    def _ranks(self, rows):
        """Return the sequential ranks of rows, from 0 to 1: among the pool, and among earlier ones of these."""
        n = len(rows)
        less = np.empty(rows.shape)
        equal = np.empty(rows.shape)
        for k, values in enumerate(rows.T):
            less[:, k] = np.searchsorted(self._pool[:, k], values, "left")
            equal[:, k] = np.searchsorted(self._pool[:, k], values, "right") - less[:, k]
        room = max(0, min(n, _POOL - len(self._pool) - len(self._recent)))
        others = np.concatenate([self._recent, rows[:room]])
        there = np.arange(len(others)) < len(self._recent) + np.arange(n)[:, None]
        less += ((others < rows[:, None]) & there[..., None]).sum(axis=1)
        equal += ((others == rows[:, None]) & there[..., None]).sum(axis=1)
        size = len(self._pool) + there.sum(axis=1)[:, None]
        return (less + self._lots(n) * (equal + 1)) / (size + 1)

    def _lots(self, n):
        """Return lots for the next rows, the same however the stream is cut."""
        blocks = ceil(len(self.names) / 4)
        stream = np.random.Philox(key=self.seed).advance(self.n_rows * blocks)
        return np.random.Generator(stream).random((n, 4 * blocks))[:, : len(self.names)]

    def _grow(self, rows):
        room = max(0, _POOL - len(self._pool) - len(self._recent))
        self._recent = np.concatenate([self._recent, rows[:room]])
        if len(self._recent) >= _RECENT:
            self._pool = np.sort(np.concatenate([self._pool, self._recent]), axis=0)
            self._recent = self._recent[:0]

    def restart(self):
        """Forget the evidence, not the pool; the e-process goes on."""
        self._sums[[0, 2]] = 0

    def sums(self):
        """Return the evidence of each feature, in documents, and its part of the e-process, shape (2, K)."""
        return (self._sums[:2] * self._prior).sum(axis=2) * np.array([[self.documents], [1]])

    def since(self, feature):
        """Return the mean start, weighted by the evidence."""
        weighted = self._sums[:, feature] * self._prior[feature]
        return weighted[2].sum() / max(weighted[0].sum(), 1e-300)

    def direction(self, feature):
        by_kind = np.bincount(_KINDS, self._sums[0, feature] * self._prior[feature], 3)
        return ("low", "high", "spread")[int(by_kind.argmax())]

    def contributions(self, ratios, cause):
        """Return the log ratio of each row for the cause, its alternatives weighted by their evidence."""
        if cause not in self.names:
            return np.zeros(len(ratios))
        feature = self.names.index(cause)
        weights = self._sums[0, feature] * self._prior[feature]
        return np.log(ratios[:, feature] @ (weights / weights.sum()))

    def simulate(self, rng, each):
        """Return the evidence of quiet streams, in documents, after each ``each`` rows: shape (looks, streams)."""
        n, k = self._calibration.shape
        orders = [np.lexsort((rng.random(n), values)) for values in self._calibration.T]
        places = np.argsort(orders, axis=1).T
        table, prior = _table(), self._prior.astype(np.float32)
        sums = np.zeros((_STREAMS, *prior.shape), np.float32)
        looks = []
        for t in range(1, _ROWS + 1):
            rows = places[rng.integers(n, size=_STREAMS)]
            ranks = (rows + rng.random((_STREAMS, k))) / n
            sums += 1
            sums *= table[(ranks * _CLASSES).astype(np.intp)]
            if t % each == 0:
                looks.append(np.tensordot(sums, prior, 2) * self.documents)
        return np.array(looks, float)

    def state(self):
        return {
            "rows": self.n_rows,
            "sums": _packed(self._sums),
            "pool": _packed(self._pool.astype(np.float32)),
            "recent": _packed(self._recent.astype(np.float32)),
        }

    def restore(self, state):
        k = len(self.names)
        self.n_rows = int(state["rows"])
        self._sums = _unpacked(state["sums"], np.float64).reshape(self._sums.shape)
        self._pool = _unpacked(state["pool"], np.float32).reshape(-1, k).astype(float)
        self._recent = _unpacked(state["recent"], np.float32).reshape(-1, k).astype(float)


def _overshoot(looks, peaks, level):
    """Return the mean of the evidence at the first look beyond a level, in units of the level."""
    beyond = peaks >= level
    crossed = beyond.any(axis=0)
    first = beyond.argmax(axis=0)[crossed]
    return float(looks[first, np.flatnonzero(crossed)].mean() / level)


def _alternatives():
    """Return share, shift, spread of each alternative, its kind and its prior weight."""
    shifts = [(share, shift, 1.0) for share in _SHARES for shift in _SHIFTS if share * shift >= _SMALLEST]
    shifts += [(1.0, 0.1, 1.0), (1.0, 0.25, 1.0)]
    spreads = [(1.0, 0.0, spread) for spread in _SPREADS]
    laws = [(share, -shift, 1.0) for share, shift, _ in shifts] + shifts + spreads
    kinds = np.repeat([0, 1, 2], [len(shifts), len(shifts), len(spreads)])
    return np.array(laws), kinds, np.full(len(laws), 1 / len(laws))


_LAWS, _KINDS, _PRIOR = _alternatives()
_TABLE: list[NDArray[np.float32]] = []


def _table():
    """Return the ratio of each class of ranks under each alternative, shape (classes, alternatives)."""
    if not _TABLE:
        edges = ndtri(np.linspace(0, 1, _CLASSES + 1))
        share, shift, spread = _LAWS.T
        mass = np.diff(ndtr((edges[:, None] - shift) / spread), axis=0)
        _TABLE.append((1 - share + share * mass * _CLASSES).astype(np.float32))
    return _TABLE[0]


def _rows(name, rows, k):
    """Return rows as numbers that a state keeps exactly."""
    rows = np.asarray(rows, np.float32).astype(float)
    if rows.ndim != 2 or rows.shape[1] != k:
        raise ValueError(f"{name} must have the shape (rows, {k}), a column for each name; got {rows.shape}")
    return np.nan_to_num(rows, nan=np.inf, posinf=np.inf, neginf=-np.inf)


def _packed(values):
    return base64.b64encode(values.tobytes()).decode("ascii")


def _unpacked(text, dtype):
    return np.frombuffer(base64.b64decode(text), dtype).copy()
