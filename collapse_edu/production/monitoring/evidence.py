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
* **Batches.** Where at least 10,000 documents pass between two false alarms, half of these go to a plain test after
  every 500th: the sums of the normal scores, corrected for the number of features. A sequential test alone needs more
  to see a small shift, as it looks all the time.
* **Threshold.** How far R is beyond it at an alarm is simulated on quiet streams, drawn from the calibration rows.

Memory is bounded: of the rows of the pool only the number between two neighbouring calibration values is kept. Two
values in one such gap count as equal, and equal ones are ordered by lot: so the ranks stay uniform and independent for
ever, and nothing has to be forgotten. What a stream does for long becomes part of what new rows are compared with.
"""

import base64
import zlib
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from math import ceil, log10
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import rankdata

from collapse_edu import checks
from collapse_edu.checks import choice, integer, number

__all__ = ["FEWEST_ROWS", "Evidence", "Neighbours", "Verdict", "neighbours", "packed", "unpacked"]

FEWEST_ROWS = 20
_EDGES = 4096  # between which values of the pool are counted, at most
_BATCH, _BATCHES = 500, 20  # rows of one, and how many fit between two false alarms, at least
_DRAWN = 20_000
_AT_ONCE = 256  # rows that are ranked together
_CLASSES = 4096  # of ranks
_MOST = 1e250  # of evidence
_PER = ("window", "thousand", "ever")
_SHIFTS = (0.5, 1.0, 2.0, 3.0)
_SHARES = (0.05, 0.15, 0.4, 1.0)
_SPREADS = (0.5, 0.75, 1.33, 2.0)
_SMALLEST = 0.05  # shift of the mean
_FAR = 10  # windows apart: neighbours no more
_FEWEST_WINDOWS, _SURE = 30, 4.0  # to call neighbours alike: windows, standard errors
_STREAMS, _ROWS = 64, 6000  # simulated
_FREQUENT, _GUESS = 1000, 1.3  # documents between two simulated alarms, and their overshoot


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


class Neighbours:
    """How much neighbours in a stream resemble each other, feature by feature.

    The product of the normal scores of two rows of one window is compared with that of two windows ten apart: a drift,
    which both have, cancels. Where a window is one row, its neighbour is the window before.

    Parameters
    ----------
    names : sequence of str
        Of the features.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> alone, pairs = rng.normal(size=(400, 1)), np.repeat(rng.normal(size=(200, 1)), 2, axis=0)
    >>> [neighbours(rows, ["length"], window=2).hold for rows in (alone, pairs)]
    [True, False]
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._n = 0
        self._before = np.zeros((0, len(self.names)))
        self._sums = np.zeros((2, len(self.names)))

    def add(self, scores: NDArray[np.float64]) -> None:
        """Take in the normal scores of a window, shape (m, K)."""
        m, mean = len(scores), scores.mean(axis=0)
        if len(self._before) == _FAR:
            near = ((m * mean) ** 2 - (scores**2).sum(axis=0)) / (m * (m - 1)) if m > 1 else mean * self._before[-1]
            excess = near - mean * self._before[0]
            self._n += 1
            self._sums += [excess, excess**2]
        self._before = np.concatenate([self._before, mean[None]])[-_FAR:]

    @property
    def correlation(self) -> NDArray[np.float64]:
        """Of two neighbours, shape (K,); 0 where too few windows were seen."""
        return self._sums[0] / self._n if self._n >= _FEWEST_WINDOWS else np.zeros(len(self.names))

    @property
    def hold(self) -> bool:
        """Whether rates hold: no correlation is four standard errors above 0."""
        return not self._alike().any()

    def __str__(self) -> str:
        if self.hold:
            return "neighbours resemble each other no more than any two documents"
        worst = int(np.where(self._alike(), self.correlation, -1).argmax())
        return (
            f"neighbours resemble each other ({self.names[worst]}: correlation {self.correlation[worst]:.2f}), so "
            "false alarms are more than the rate that was asked for"
        )

    def _alike(self):
        if self._n < _FEWEST_WINDOWS:
            return np.zeros(len(self.names), bool)
        mean, square = self._sums / self._n
        return mean > _SURE * np.sqrt(np.maximum(square - mean**2, 1e-12) / self._n)

    def state(self) -> dict[str, Any]:
        """Return what was seen, as JSON can hold it."""
        return {"n": self._n, "before": self._before.tolist(), "sums": self._sums.tolist()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what :meth:`state` returned."""
        k = len(self.names)
        self._n = int(state["n"])
        self._before = np.array(state["before"], float).reshape(-1, k)
        self._sums = np.array(state["sums"], float).reshape(2, k)


def neighbours(rows: ArrayLike, names: Sequence[str], window: int = 10) -> Neighbours:
    """Return how much neighbours resemble each other in rows that are in their own order.

    Parameters
    ----------
    rows : array-like, shape (n, K)
    names : sequence of str
    window : int
        Rows that count as neighbours.

    Returns
    -------
    Neighbours

    Raises
    ------
    ValueError
        If the shape is another.
    """
    rows, window, found = _rows("rows", rows, len(names)), integer("window", window, 1), Neighbours(names)
    scores = ndtri((rankdata(rows, axis=0) - 0.5) / len(rows))
    for start in range(0, len(rows) - window + 1, window):
        found.add(scores[start : start + window])
    return found


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
    between_false_alarms : float
        Documents, on average, between two of a quiet stream; infinite if the rate is that of the whole stream.
    contributions : ndarray, shape (m,)
        Of the rows of the last update: the log ratio of each for the cause, in nats. The largest deviate most.
    n_rows : int
        Rows of the stream so far.
    neighbours : Neighbours
        Of the stream.
    rate_holds : bool
        Whether they are unlike enough for the rate.

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
        self._batches = self.per != "ever" and self._asked(false_alarms) >= _BATCH * _BATCHES
        self.between_false_alarms = float("inf") if self.per == "ever" else self._asked(false_alarms)
        self.threshold = log10(1 / false_alarms if self.per == "ever" else self._level(false_alarms))
        self._begin()

    def _begin(self):
        self._largest, self._over = 1.0, False
        self.contributions: NDArray[np.float64] = np.zeros(0)

    def fresh(self) -> "Evidence":
        """Return evidence with the same calibration and threshold that has seen no stream."""
        other = copy(self)
        other._blocks = [copy(block) for block in self._blocks]
        for block in other._blocks:
            block.begin()
        other._begin()
        return other

    @property
    def n_rows(self) -> int:
        """Rows of the stream so far."""
        return self._blocks[0].n_rows

    @property
    def neighbours(self) -> Neighbours:
        """How much rows of one window resemble each other; in words, ``str(…)``."""
        return self._blocks[0].neighbours

    @property
    def rate_holds(self) -> bool:
        """Whether neighbours in the stream are unlike enough for the rate that was asked for."""
        return all(block.neighbours.hold for block in self._blocks)

    def update(self, rows: ArrayLike, window_row: ArrayLike | None = None) -> Verdict:
        """Add the rows of one window.

        Parameters
        ----------
        rows : array-like, shape (m, K)
            m at least 1.
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

    def delays(self, rows: ArrayLike, *, most: int, streams: int = 100, seed: int = 0) -> NDArray[np.float64]:
        """Return after how many documents simulated streams raise the alarm, if they are changed from their start.

        Each row of a stream is drawn from ``rows``. The pool takes it in, as in a stream that is watched: what a rank
        is among the rows of the stream so far is its rank among all that may be drawn.

        Parameters
        ----------
        rows : array-like, shape (n, K)
            What a changed stream consists of, real rows among them.
        most : int
            Documents of a stream.
        streams : int
            How many are simulated.
        seed : int

        Returns
        -------
        ndarray, shape (streams,)
            Infinite where there was no alarm.

        Examples
        --------
        >>> rng = np.random.default_rng(0)
        >>> evidence = Evidence(rng.normal(size=(500, 1)), names=["length"], per="ever")
        >>> float(np.median(evidence.delays(rng.normal(1.5, size=(500, 1)), most=1000)))
        10.0
        """
        block = self._blocks[0]
        drawn = _Drawn(block, _rows("rows", rows, len(block.names)), streams, seed, self._batches)
        every = max(1, self.window // block.documents)
        found, running = np.full(streams, np.inf), np.arange(streams)
        for t in range(1, integer("most", most, 1) // block.documents + 1):
            drawn.step(t, self.per == "ever")
            if t % every and not drawn.has_batch(t):
                continue
            over = np.log10(drawn.evidence(t, self.per == "ever")) >= self.threshold
            found[running[over]] = t * block.documents
            running = running[~over]
            drawn.keep(~over)
            if not len(running):
                break
        return found

    def state(self) -> dict[str, Any]:
        """Return what was learned from the stream, as JSON can hold it."""
        blocks = [block.state() for block in self._blocks]
        return {"largest": self._largest, "over": self._over, "blocks": blocks}

    def restore(self, state: Mapping[str, Any]) -> None:
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
        except (KeyError, TypeError, ValueError, zlib.error):
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
        if self._batches and (batch := self._blocks[0].batch()) and batch[0] > evidence:
            (evidence, cause), block = batch, self._blocks[0]
        return Verdict(
            float(np.log10(evidence)), self.threshold, float(1 / self._largest), block.names[cause],
            block.direction(cause), round(block.since(cause) * (block.documents / self._blocks[0].documents)),
        )  # fmt: skip

    def _asked(self, false_alarms):
        """Return the mean number of documents to a false alarm."""
        return (self.window if self.per == "window" else 1000) / false_alarms

    def _level(self, false_alarms):
        """Return the evidence at which the mean number of documents to a false alarm is the one asked for.

        That mean is the level times the mean overshoot. Batches alone would raise an alarm in as many documents as the
        level says, or less often if features are correlated.
        """
        asked = self._asked(false_alarms)
        batches = self._blocks[0].batch_rate() if self._batches else 0.0
        return asked * (1 / self._overshoot(asked) + batches)

    def _overshoot(self, asked):
        """Return the mean number of documents to a false alarm, in units of the level, from simulated quiet streams.

        The level has enough alarms to count. That of the threshold may be higher: the overshoot is the same there.
        """
        rng = np.random.default_rng([self.seed, 1])
        level = min(asked, max(_FREQUENT * self._blocks[0].documents, 20 * self.window)) / _GUESS
        quiet = [_Quiet(block, rng, max(1, self.window // block.documents)) for block in self._blocks]
        looks, n = max(1, _ROWS // quiet[0].each), 0
        for _ in range(looks):
            beyond = sum(share * each.look() for share, each in zip(self._shares, quiet, strict=True)) >= level
            n += int(beyond.sum())
            for each in quiet:
                each.sums[beyond] = 0
        documents = _STREAMS * looks * quiet[0].each * self._blocks[0].documents
        return max(1.0, documents / max(n, 1) / level)


class _Quiet:
    """Simulated quiet streams: rows drawn from the calibration rows, by their ranks."""

    def __init__(self, block, rng, each):
        self.each, self._block, self._rng = each, block, rng
        orders = [np.lexsort((rng.random(len(values)), values)) for values in block.calibration.T]
        self._places = np.argsort(orders, axis=1).T
        self._prior = block.prior.astype(np.float32)
        self.sums = np.zeros((_STREAMS, *self._prior.shape), np.float32)

    def look(self):
        """Return the evidence after some more rows, in documents, shape (streams,)."""
        n = len(self._places)
        for _ in range(self.each):
            rows = self._places[self._rng.integers(n, size=_STREAMS)]
            ranks = (rows + self._rng.random(rows.shape)) / n
            self.sums += 1
            self.sums *= _table()[(ranks * _CLASSES).astype(np.intp)]
        return np.tensordot(self.sums, self._prior, 2).astype(float) * self._block.documents


class _Drawn:
    """Streams whose rows are drawn from some: their ranks in a pool that takes them in, and their evidence."""

    def __init__(self, block, rows, streams, seed, batches):
        self._block, self._batches = block, batches
        self._rng = np.random.default_rng([seed, 3])
        lots = self._rng.random(rows.shape)
        self._n, self._among = len(block.calibration), _places(block.calibration, rows, lots)
        self._own = _places(rows, rows, lots)
        self._prior = block.prior.astype(np.float32)
        self._sums = np.zeros((streams, *self._prior.shape), np.float32)
        self._batch = np.zeros((streams, len(block.names)))

    def step(self, t, ever):
        """Draw row t, from 1 on, of each stream."""
        rows = self._rng.integers(len(self._among), size=len(self._sums))
        taken_in = (t - 1) / (self._n + t - 1)
        ranks = (1 - taken_in) * self._among[rows] + taken_in * self._own[rows]
        self._sums += np.float32(1 / (t * (t + 1)) if ever else 1)
        self._sums *= _table()[(ranks * _CLASSES).astype(np.intp)]
        np.minimum(self._sums, np.float32(1e30), out=self._sums)
        if self._batches:
            if t % _BATCH == 1:
                self._batch[:] = 0
            self._batch += ndtri(np.maximum(ranks, 0.5 / self._n))

    def has_batch(self, t):
        return self._batches and t % _BATCH == 0

    def evidence(self, t, ever):
        """Return the evidence after row t, of each stream."""
        found = np.tensordot(self._sums, self._prior, 2).astype(float)
        if ever:
            return found + 1 / (t + 1)
        if self.has_batch(t):
            p = 2 * len(self._block.names) * ndtr(-np.abs(self._batch).max(axis=1) / np.sqrt(_BATCH))
            found = np.maximum(found, _BATCH / np.maximum(p, 1 / _MOST))
        return found * self._block.documents

    def keep(self, running):
        self._sums, self._batch = self._sums[running], self._batch[running]


def _places(pool, rows, lots):
    """Return ranks of rows in a pool, from 0 to 1, equal ones by lot."""
    columns = []
    for values, column, lot in zip(np.sort(pool, axis=0).T, rows.T, lots.T, strict=True):
        left, right = (np.searchsorted(values, column, side) for side in ("left", "right"))
        columns.append((left + lot * (right - left + 1)) / (len(values) + 1))
    return np.column_stack(columns)


class _Block:
    """Rows of one kind: their pool, their ranks, and the ratios of all alternatives of all features."""

    def __init__(self, name, calibration, names, documents, seed, weights):
        self.names, self.documents, self.seed = tuple(names), documents, seed
        rows = _rows(name, calibration, len(self.names))
        if len(rows) < FEWEST_ROWS:
            raise ValueError(f"{name} must have at least {FEWEST_ROWS} rows; got {len(rows):,}")
        self.calibration = rows
        self._edges = np.sort(rows, axis=0)[:: ceil(len(rows) / _EDGES)]
        of_features = np.array([number("weights", weights.get(each, 1.0), 0, 1e9) for each in self.names])
        self.weight = float(of_features.sum())
        self.prior = (of_features / self.weight)[:, None] * _PRIOR
        self.begin()

    def begin(self):
        """Forget the stream."""
        self._counts = np.zeros((2 * len(self._edges) + 1, len(self.names)), np.int64)
        self._grow(self._cells(self.calibration))
        self.neighbours = Neighbours(self.names)
        self.n_rows = 0
        self._batch, self._n_batch = np.zeros(len(self.names)), 0
        self._sums = np.zeros((3, *self.prior.shape))  # Shiryaev-Roberts, the e-process, and starts of the first

    @property
    def rest(self):
        """The weight of all starts to come."""
        return 1 / (self.n_rows + 1)

    def add(self, rows):
        """Take rows in, and return the ratios of each, shape (m, K, alternatives)."""
        rows = _rows("rows", rows, len(self.names))
        table = _table()
        ratios = []
        for start in range(0, len(rows), _AT_ONCE):
            part = rows[start : start + _AT_ONCE]
            cells = self._cells(part)
            ranks = self._ranks(cells)
            scores = ndtri(ranks)
            self.neighbours.add(scores)
            self._collect(scores)
            ratios.append(table[(ranks * _CLASSES).astype(np.intp)])
            self._grow(cells)
            for ratio in ratios[-1]:
                self._add(ratio)
        return np.concatenate(ratios)

    def _add(self, ratio):
        """Take one row in: a start is added, then all are multiplied."""
        self.n_rows += 1
        starts = np.array([1.0, 1 / (self.n_rows * (self.n_rows + 1)), self.n_rows - 1])
        self._sums += starts[:, None, None]
        self._sums *= ratio
        np.minimum(self._sums, _MOST, out=self._sums)

    def _collect(self, scores):
        """Add scores to the batch; a full one was looked at, and a new one begins."""
        if self._n_batch >= _BATCH:
            self._batch, self._n_batch = np.zeros(len(self.names)), 0
        self._batch = self._batch + scores.sum(axis=0)
        self._n_batch += len(scores)

    def batch(self):
        """Return the evidence of a full batch, in documents, and its feature; None where it is not full."""
        if self._n_batch < _BATCH:
            return None
        feature = int(np.abs(self._batch).argmax())
        p = 2 * len(self.names) * ndtr(-abs(self._batch[feature]) / np.sqrt(self._n_batch))
        return self._n_batch * self.documents / max(p, 1 / _MOST), feature

    def batch_rate(self):
        """Return by how much correlated features lower the rate of batches below what the number of features says."""
        ranks = np.argsort(np.argsort(self.calibration, axis=0, kind="stable"), axis=0)
        scores = ndtri((ranks + 0.5) / len(ranks))
        like = np.linalg.svd(scores / np.sqrt((scores**2).sum(axis=0)), full_matrices=False)
        drawn = np.random.default_rng([self.seed, 2]).normal(size=(_DRAWN, len(like[1]))) * like[1] @ like[2]
        far = np.quantile(np.abs(drawn).max(axis=1), 0.99)
        return 0.01 / (2 * len(self.names) * ndtr(-far))

    def _ranks(self, cells):
        """Return the sequential ranks of rows, from 0 to 1: among the pool, and among earlier ones of these."""
        n, columns = len(cells), np.arange(len(self.names))
        earlier = np.tri(n, k=-1, dtype=bool)[..., None]
        less = self._below[cells, columns] + ((cells < cells[:, None]) & earlier).sum(axis=1)
        equal = self._counts[cells, columns] + ((cells == cells[:, None]) & earlier).sum(axis=1)
        size = self._n_pool + np.arange(n)[:, None]
        return (less + self._lots(n) * (equal + 1)) / (size + 1)

    def _cells(self, rows):
        """Return where each value is: 2 i + 1 if it equals the i-th edge, 2 i if it is just below."""
        cells = np.empty(rows.shape, np.int64)
        for k, (edges, values) in enumerate(zip(self._edges.T, rows.T, strict=True)):
            left = np.searchsorted(edges, values)
            cells[:, k] = 2 * left + (np.searchsorted(edges, values, "right") > left)
        return cells

    def _grow(self, cells):
        """Take rows into the pool."""
        np.add.at(self._counts, (cells, np.arange(len(self.names))), 1)
        self._sum_up()

    def _sum_up(self):
        self._below = np.cumsum(self._counts, axis=0) - self._counts
        self._n_pool = int(self._counts[:, 0].sum())

    def _lots(self, n):
        """Return lots for the next rows, the same however the stream is cut."""
        blocks = ceil(len(self.names) / 4)
        stream = np.random.Philox(key=self.seed).advance(self.n_rows * blocks)
        return np.random.Generator(stream).random((n, 4 * blocks))[:, : len(self.names)]

    def restart(self):
        """Forget the evidence, not the pool; the e-process goes on."""
        self._sums[[0, 2]] = 0

    def sums(self):
        """Return the evidence of each feature, in documents, and its part of the e-process, shape (2, K)."""
        return (self._sums[:2] * self.prior).sum(axis=2) * np.array([[self.documents], [1]])

    def since(self, feature):
        """Return the mean start, weighted by the evidence."""
        weighted = self._sums[:, feature] * self.prior[feature]
        return weighted[2].sum() / max(weighted[0].sum(), 1e-300)

    def direction(self, feature):
        by_kind = np.bincount(_KINDS, self._sums[0, feature] * self.prior[feature], 3)
        return ("low", "high", "spread")[int(by_kind.argmax())]

    def contributions(self, ratios, cause):
        """Return the log ratio of each row for the cause, its alternatives weighted by their evidence."""
        if cause not in self.names:
            return np.zeros(len(ratios))
        feature = self.names.index(cause)
        weights = self._sums[0, feature] * self.prior[feature]
        return np.log(ratios[:, feature] @ (weights / weights.sum()))

    def state(self):
        return {
            "rows": self.n_rows,
            "sums": packed(self._sums),
            "counts": packed(self._counts.astype(np.int32)),
            "batch": [self._n_batch, self._batch.tolist()],
            "neighbours": self.neighbours.state(),
        }

    def restore(self, state):
        self.n_rows = int(state["rows"])
        self._sums = unpacked(state["sums"], np.float64).reshape(self._sums.shape)
        self._counts = unpacked(state["counts"], np.int32).astype(np.int64).reshape(self._counts.shape)
        self._sum_up()
        self._n_batch, self._batch = int(state["batch"][0]), np.array(state["batch"][1], float)
        self.neighbours.restore(state["neighbours"])


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
    if rows.ndim != 2 or rows.shape[1] != k or not rows.size:
        raise ValueError(f"{name} must have the shape (rows, {k}), a column for each name; got {rows.shape}")
    return np.nan_to_num(rows, nan=np.inf, posinf=np.inf, neginf=-np.inf)


def packed(values: NDArray[Any]) -> str:
    """Return an array as text, without its shape and type."""
    return base64.b64encode(zlib.compress(values.tobytes(), 1)).decode("ascii")


def unpacked(text: str, dtype: type) -> NDArray[Any]:
    """Return the array that was packed, flat.

    Examples
    --------
    >>> unpacked(packed(np.array([1, 2])), np.int64).tolist()
    [1, 2]
    """
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), dtype).copy()
