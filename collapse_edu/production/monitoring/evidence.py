"""Evidence that accumulates over a stream: are its rows still like the calibration rows?

How it works, and why its rates hold:

* *Sequential ranks.* If nothing changed, calibration rows and rows of the stream are exchangeable. Feature by feature,
  the rank of a new value among those of the calibration *and of all earlier rows of the stream*, ties by lot, is then
  uniform and independent of all earlier ranks, whatever the distribution. So its normal score z is N(0, 1). A small
  reference makes no false alarms later on: what it does not know is in the ranks.
* *Likelihood ratios.* Each alternative says how z may change: all rows shifted, a share of them far out, a wider or a
  narrower spread. Feature by feature, alternative by alternative, R grows as R ← (R + weight) · ratio, and the evidence
  is their mean. With weight 1 for each row this is the Shiryaev-Roberts statistic, which looks for a change that began
  at any row. With weights that sum to 1 it is a test martingale: the chance that it is ever 1/p or larger is at most p.
* *The rate.* When the first kind stops at a threshold, the mean number of rows until then is the mean of the evidence
  there (optional stopping). Simulated quiet streams tell how far beyond a threshold it stops, and so the threshold.

After an alarm of the first kind, the evidence begins anew.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logsumexp, ndtri

from collapse_edu import checks
from collapse_edu.checks import integer, number

__all__ = ["Evidence", "Per", "Verdict"]

Array: TypeAlias = NDArray[np.float64]
Per: TypeAlias = Literal["window", "thousand", "ever"]

_MOST = 20_000  # rows that a new one is ranked among
_MEMORY = 20_000  # rows after which evidence that does not grow is forgotten
_FRESH = 500  # rows that are ranked one by one before they are sorted in
_SIMULATED, _STREAMS = 400_000, 400  # quiet rows, in streams side by side
_LONGEST = 400.0  # threshold that they try, at most
_ENOUGH = 30  # of them that pass it
_TABLED = 4_000  # calibration rows that they are drawn from
_FORGET = np.log1p(-1 / _MEMORY)
_LARGEST = 3.5  # z: so that no single row decides


def _alternatives():
    """Return share, shift and spread of each alternative to N(0, 1), shape (3, G)."""
    shifts = [(1.0, sign * shift, 1.0) for shift in (0.1, 0.25, 0.6, 1.2) for sign in (-1, 1)]
    shares = [(share, sign * shift, 0.8) for share in (0.03, 0.1, 0.3) for shift in (1.2, 2.3) for sign in (-1, 1)]
    spreads = [(1.0, 0.0, spread) for spread in (0.7, 0.85, 1.2, 1.5)]
    return np.array(shifts + shares + spreads).T


_SHARE, _SHIFT, _SPREAD = _alternatives()


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
    """Test, window by window, whether rows of numbers are still like the calibration rows.

    Parameters
    ----------
    calibration : array, shape (n, K)
        Rows of quiet times. They and the rows of a quiet stream are exchangeable.     names : list of str
        Of the K features.
    windows : array, shape (B, J), optional
        Numbers of whole windows of quiet times: they come once for each window of the stream.
    window_names : list of str
        Of these J.
    false_alarms : float
        In (0, 0.5].
    per : {"window", "thousand", "ever"}
        What the rate is for: false alarms expected in a window, or in a thousand rows, or the chance of one in a stream
        without end.
    window : int
        Rows of a window.
    seed : int
        Of the lots that decide ties, and of the simulated streams.

    Attributes
    ----------
    names : tuple of str
        Of features, then of windows.
    threshold : float
        Log of the evidence, base 10.
    rows : int
        Rows of the stream so far.
    contributions : ndarray, shape (m,)
        Log likelihood ratio of each row of the last window for the cause; empty, if the cause is one of ``windows``.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Parent (1965), sequential ranks; Vovk, Gammerman and Shafer (2005), theorem 8.1, for any conformal score. Shiryaev
    (1963), Roberts (1966), Pollak (1987) for the statistic and its mean time to a false alarm; Shin, Ramdas and Rinaldo
    (2023), e-detectors, for mixtures of it. Ville (1939), Robbins (1970) for the rate over a stream without end.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> evidence = Evidence(rng.normal(size=(500, 2)), names=["length", "score"], window=50)
    >>> [evidence.update(rng.normal(size=(50, 2))).alarm for _ in range(3)]
    [False, False, False]
    >>> verdict = [evidence.update(rng.normal([0, 1], size=(50, 2))) for _ in range(2)][0]
    >>> verdict.alarm, verdict.cause, verdict.direction, verdict.since
    (True, 'score', 'high', 151)
    """

    def __init__(
        self,
        calibration: ArrayLike,
        *,
        names: Sequence[str],
        windows: ArrayLike | None = None,
        window_names: Sequence[str] = (),
        false_alarms: float = 0.01,
        per: Per = "window",
        window: int = 10,
        seed: int = 0,
    ) -> None:
        self.false_alarms = number("false_alarms", false_alarms, 0, 0.5, open_low=True)
        if per not in ("window", "thousand", "ever"):
            raise ValueError(f"per must be window, thousand or ever; got {per!r}")
        self.per, self.window = per, integer("window", window, 1)
        self._lots = np.random.default_rng(checks.seed(seed))
        self._rows = _Ranks(_table("calibration", calibration, names), self._lots)
        whole = np.zeros((0, 0)) if windows is None else _table("windows", windows, window_names)
        self._windows = _Ranks(whole, self._lots)
        self.names = (*names, *window_names)
        self._any, self._ever = _Mixture(len(self.names)), _Mixture(len(self.names))
        self.rows, self._largest, self.contributions = 0, 0.0, np.zeros(0)
        self.threshold = float(self._threshold(np.random.default_rng([seed, 1])) / np.log(10))

    def update(self, rows: ArrayLike, values: ArrayLike | None = None) -> Verdict:
        """Read a window, and return what all windows so far say.

        Parameters
        ----------
        rows : array, shape (m, K)
            At least one row.
        values : array, shape (J,)
            Of the whole window, if the evidence was made with ``windows``.

        Returns
        -------
        Verdict

        Raises
        ------
        ValueError
            If a shape does not fit, or a number is not finite.
        """
        ratios, of_window = self._ratios(rows, values)
        evidence = -np.inf
        for ratio in ratios:
            self.rows += 1
            self._any.step(ratio, 0.0, self.rows)
            self._ever.step(ratio, -np.log(self.rows * (self.rows + 1.0)), self.rows)
            evidence = max(evidence, self._now())
        if self._windows.n:
            self._any.multiply(of_window, self.rows)
            self._ever.multiply(of_window, self.rows)
            evidence = max(evidence, self._now())
        return self._verdict(evidence, ratios)

    def _ratios(self, rows, values):
        """Return log likelihood ratios of each row and of the whole window, shapes (m, K + J, G) and (K + J, G)."""
        rows = _table("rows", rows, self.names[: self._rows.k])
        ratios = np.zeros((len(rows), len(self.names), _SHARE.size))
        ratios[:, : self._rows.k] = _log_ratios(self._rows.scores(rows))
        of_window = np.zeros(ratios.shape[1:])
        if self._windows.n:
            values = _table("values", [values], self.names[self._rows.k :])
            of_window[self._rows.k :] = _log_ratios(self._windows.scores(values))[0]
        return ratios, of_window

    def _now(self):
        """Return the log of the evidence that decides, and keep the largest of the test martingale."""
        ever = np.logaddexp(self._ever.mean(), -np.log(self.rows + 1.0))  # what may still begin has its weight
        self._largest = max(self._largest, float(ever))
        return ever if self.per == "ever" else self._any.mean()

    def _verdict(self, evidence, ratios):
        mixture = self._ever if self.per == "ever" else self._any
        feature, alternative, since = mixture.most_likely()
        self.contributions = ratios[:, feature, alternative] if feature < self._rows.k else np.zeros(0)
        shift = _SHIFT[alternative]
        direction = "spread" if shift == 0 else "low" if shift < 0 else "high"
        verdict = Verdict(
            float(evidence / np.log(10)), self.threshold, float(np.exp(-self._largest)), self.names[feature], direction,
            since,
        )  # fmt: skip
        if verdict.alarm:
            self._rows.forget_after(since)
            if self.per != "ever":
                self._any = _Mixture(len(self.names), self.rows)
        return verdict

    # ---------------------------------------------------------------- threshold

    def _threshold(self, rng):
        """Return the log of the evidence that raises the alarm."""
        if self.per == "ever":
            return -np.log(self.false_alarms)
        rows = (self.window if self.per == "window" else 1000) / self.false_alarms  # until a false alarm, in the mean
        wanted = max(rows - self.window / 2, 1.0)  # an alarm waits for the end of its window
        return np.log(wanted / self._overshoot(min(wanted, _LONGEST), rng))

    def _overshoot(self, threshold, rng):
        """Return by which factor the evidence of quiet streams is beyond a threshold when it first passes it."""
        ratios, of_window = (_log_ratios(ranks.own_scores(rng)) for ranks in (self._rows, self._windows))
        shape = (_STREAMS, len(self.names), _SHARE.size)
        evidence, k, beyond = np.zeros(shape), self._rows.k, []
        ratios, of_window = np.exp(ratios), np.exp(of_window)
        for row in range(1, _SIMULATED // _STREAMS + 1):
            evidence += 1.0
            evidence[:, :k] *= ratios[rng.integers(len(ratios), size=_STREAMS)]
            if len(of_window) and row % self.window == 0:
                evidence[:, k:] *= of_window[rng.integers(len(of_window), size=_STREAMS)]
            mean = evidence.mean(axis=(1, 2))
            over = mean >= threshold
            if over.any():
                beyond.extend(mean[over] / threshold)
                evidence[over] = 0.0
        return float(np.mean(beyond)) if len(beyond) >= _ENOUGH else 1.0

    # ---------------------------------------------------------------- state

    def state(self) -> dict[str, Any]:
        """Return all that changes while a stream is read, as JSON can hold it."""
        return {
            "rows": self.rows,
            "largest": self._largest,
            "ranks": [self._rows.state(), self._windows.state()],
            "mixtures": [self._any.state(), self._ever.state()],
            "lots": self._lots.bit_generator.state,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on where another one with the same calibration and settings was.

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
            self.rows, self._largest = int(state["rows"]), float(state["largest"])
            for ranks, kept in zip((self._rows, self._windows), state["ranks"], strict=True):
                ranks.restore(kept)
            for mixture, kept in zip((self._any, self._ever), state["mixtures"], strict=True):
                mixture.restore(kept)
            self._lots.bit_generator.state = state["lots"]
        except (KeyError, TypeError, ValueError):
            raise ValueError("state must be what Evidence.state() returned, of the same settings") from None


class _Ranks:
    """Ranks of new rows among all earlier ones: the calibration rows, and then those of the stream."""

    def __init__(self, calibration, rng):
        self._rng = rng
        if len(calibration) > _MOST:
            calibration = calibration[rng.permutation(len(calibration))[:_MOST]]
        self._calibration, (self.n, self.k) = calibration, calibration.shape
        self._stream: list[Array] = []  # rows in the order in which they came
        self._seen = 0  # rows of the stream, those included that are not kept
        self._sort_in()

    def scores(self, rows):
        """Return the normal score of each value, and keep the rows."""
        before = self._before(rows, "left") + _earlier(rows, np.less)
        equal = self._before(rows, "right") + _earlier(rows, np.less_equal) - before
        among = self._among + np.minimum(np.arange(len(rows)), self._room())[:, None]
        lots = self._rng.random(rows.shape)
        scores = ndtri((before + lots * (equal + 1)) / (among + 1))
        self._keep(rows)
        return np.clip(scores, -_LARGEST, _LARGEST)

    def own_scores(self, rng):
        """Return normal scores of the calibration rows among themselves, of at most some thousand of them."""
        rows = self._calibration[rng.permutation(self.n)[:_TABLED]]
        lots = rng.random(rows.shape)
        order = np.lexsort((lots.T, rows.T), axis=-1) if self.k else np.zeros((0, len(rows)), int)
        places = np.argsort(order, axis=-1).T
        return np.clip(ndtri((places + 0.5) / max(1, len(rows))), -_LARGEST, _LARGEST)

    def forget_after(self, since):
        """Rank later rows without those that came after row ``since`` of the stream: something had changed."""
        kept = np.concatenate([self._calibration[:0], *self._stream])[:since]
        self._stream = [kept] if len(kept) else []
        self._sort_in()

    def state(self):
        kept = np.concatenate([self._calibration[:0], *self._stream])
        return {"seen": self._seen, "rows": base64.b64encode(kept.astype("<f8").tobytes()).decode("ascii")}

    def restore(self, state):
        kept = np.frombuffer(base64.b64decode(state["rows"], validate=True), dtype="<f8")
        self._stream = [kept.reshape(-1, self.k).astype(float)] if kept.size else []
        self._seen = int(state["seen"])
        self._sort_in()

    def _room(self):
        return max(0, _MOST - self._among)

    def _before(self, rows, side):
        """Return how many kept values are below each one ("left"), or not above it ("right")."""
        found = np.empty(rows.shape)
        for feature, values in enumerate(self._sorted):
            found[:, feature] = np.searchsorted(values, rows[:, feature], side)
        return found + _counted(self._fresh, rows, np.less if side == "left" else np.less_equal)

    def _keep(self, rows):
        rows = rows[: self._room()]
        self._seen += len(rows)
        if len(rows):
            self._stream.append(rows)
            self._fresh = np.concatenate([self._fresh, rows])
            self._among += len(rows)
            if len(self._fresh) >= _FRESH:
                self._sort_in()

    def _sort_in(self):
        """Sort all rows, feature by feature."""
        whole = np.concatenate([self._calibration, *self._stream])
        if len(self._stream) > 1:
            self._stream = [whole[self.n :]]
        self._sorted, self._among, self._fresh = np.sort(whole, axis=0).T.copy(), len(whole), whole[:0]


class _Mixture:
    """Log of R for each feature and alternative, and the row at which a change is most likely to have begun."""

    def __init__(self, features, row=0):
        shape = features, _SHARE.size
        self._log_r = np.full(shape, -np.inf)
        self._walk, self._lowest = np.zeros(shape), np.zeros(shape)
        self._began = np.full(shape, row)

    def step(self, ratio, log_weight, row):
        """Take in a row: a change may have begun with it."""
        np.logaddexp(self._log_r + _FORGET, log_weight, out=self._log_r)
        new = self._walk < self._lowest
        self._lowest[new], self._began[new] = self._walk[new], row - 1
        self.multiply(ratio, row)

    def multiply(self, ratio, row):
        self._log_r += ratio
        self._walk += ratio

    def mean(self):
        return logsumexp(self._log_r) - np.log(self._log_r.size)

    def most_likely(self):
        """Return the feature with the most evidence, its best alternative, and the rows before the change."""
        feature = int(np.argmax(logsumexp(self._log_r, axis=1)))
        alternative = int(np.argmax(self._log_r[feature]))
        return feature, alternative, int(self._began[feature, alternative])

    def state(self):
        whole = np.stack([self._log_r, self._walk, self._lowest, self._began])
        return base64.b64encode(whole.astype("<f8").tobytes()).decode("ascii")

    def restore(self, state):
        whole = np.frombuffer(base64.b64decode(state, validate=True), dtype="<f8").reshape(4, *self._log_r.shape)
        self._log_r, self._walk, self._lowest = (part.astype(float) for part in whole[:3])
        self._began = whole[3].astype(int)


def _log_ratios(scores):
    """Return the log likelihood ratio of each normal score under each alternative, shape (…, G)."""
    z = scores[..., None]
    log_density = z**2 / 2 - ((z - _SHIFT) / _SPREAD) ** 2 / 2 - np.log(_SPREAD)
    with np.errstate(divide="ignore"):
        return np.logaddexp(np.log1p(-_SHARE), np.log(_SHARE) + log_density)


def _counted(others, rows, compare):
    """Return how many of some rows compare so with each value, feature by feature."""
    return compare(others[:, None, :], rows[None, :, :]).sum(axis=0) if len(others) else 0


def _earlier(rows, compare):
    """Return how many earlier rows of a window compare so with each value."""
    earlier = np.tri(len(rows), k=-1, dtype=bool).T[:, :, None]
    return (compare(rows[:, None, :], rows[None, :, :]) & earlier).sum(axis=0)


def _table(name, rows, names):
    """Return rows as an array of finite numbers with a column for each name."""
    rows = np.asarray(rows, dtype=float)
    if rows.ndim != 2 or not len(rows) or rows.shape[1] != len(names):
        raise ValueError(f"{name} must have rows, shape (n, {len(names)}); got {rows.shape}")
    if not np.isfinite(rows).all():
        raise ValueError(f"{name} must contain finite numbers; got {rows[~np.isfinite(rows)][0]}")
    return rows
