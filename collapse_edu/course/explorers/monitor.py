"""The dashboard of M8: a monitored stream, window by window."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import islice
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from ipywidgets import Widget
from numpy.typing import NDArray

from collapse_edu import checks
from collapse_edu.checks import integer
from collapse_edu.course.explorers.controls import dropdown, seed_box, slider_with_box
from collapse_edu.course.explorers.explorer import Explorer, Steps
from collapse_edu.course.explorers.said import Predicts
from collapse_edu.course.films import Film, monitor_film
from collapse_edu.datasets import moby_dick
from collapse_edu.loop.source import FiniteData
from collapse_edu.models import NGram
from collapse_edu.plots.monitor import STATISTIC_NAMES
from collapse_edu.plots.picture import milestones
from collapse_edu.production.crawl import drifting_stream
from collapse_edu.production.monitoring.monitor import Monitor, Reading
from collapse_edu.production.monitoring.statistics import STATISTICS

__all__ = ["Dashboard", "MonitorExplorer", "monitored_stream"]

_WORDS, _REFERENCE, _EACH, _DOCUMENTS = 120, 1238, 50, 500
_LOGGED = 5


def monitored_stream(growth: float, seed: int, temperature: float = 1.0) -> tuple[list[list[int]], list[list[int]]]:
    """Return real documents to compare with, and a stream of 500 documents in which the synthetic share grows.

    Documents have 120 words of *Moby-Dick*, or of trigram models that learn from the stream's last 50 documents. The
    first 100 documents of each stream are real. No document of the stream is among those to compare with.

    Parameters
    ----------
    growth : float
        What each generation of 50 documents adds to the synthetic share, from 0 (nothing changes) to 1.
    seed : int
        Mixes the book; at least 0.
    temperature : float
        Of the models, above 0.

    Returns
    -------
    tuple of list
        1,238 documents, and 500; each document is a list of word numbers.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Examples
    --------
    >>> reference, stream = monitored_stream(growth=0.2, seed=1)
    >>> len(reference), len(stream), len(stream[0])
    (1238, 500, 120)
    """
    rows, n_types = _book()
    rng = np.random.default_rng(checks.seed(seed))
    rows = rng.permutation(rows)
    reference, real = rows[:_REFERENCE], rows[_REFERENCE:]
    source = FiniteData(real[:_EACH], reserve=real[_EACH:]).open(rng)
    model = NGram(order=3, n_types=n_types, temperature=temperature)
    stream = drifting_stream(model, source, rng, growth=growth, n_samples=_EACH, generations=_DOCUMENTS // _EACH)
    return reference.tolist(), list(stream)


@dataclass(frozen=True, eq=False)
class Dashboard:
    """A monitor and what it has read so far.

    Attributes
    ----------
    monitor : Monitor
    readings : list of Reading
    shares : ndarray or None
        Synthetic share of each window of the whole stream, where it is known.
    windows : int
        Of the whole stream.
    """

    monitor: Monitor
    readings: list[Reading]
    shares: NDArray[np.float64] | None
    windows: int


class MonitorExplorer(Explorer[Dashboard]):
    """Watch a monitored stream: growth of its synthetic share, temperature, window, false alarms, seed.

    A frame is a window.

    Parameters
    ----------
    prediction : str, int or Prediction, optional
        The window in which the learner expects the first alert; it is drawn.
    own : tuple of list, optional
        Documents of your own: (reference, stream), each document a list of words; at most 100 windows are read. Then
        there is no growth and no temperature to choose.
    **settings
        Values that the controls start from: growth (per cent in each generation of 50 documents, 0-50), temperature
        (1.0, 0.8), window (5 or 10), false_alarms (0.01, 0.02, 0.05, 0.1), seed.

    Examples
    --------
    >>> explorer = MonitorExplorer(growth=50, false_alarms=0.05)
    >>> explorer.table(explorer.result)[["window", "synthetic", "alert"]].tail(1)
        window synthetic alert
    50      50     100 %   yes
    """

    step = "window"
    main = ("growth", "window", "false_alarms")

    def __init__(
        self,
        prediction: str | int | Predicts | None = None,
        own: tuple[Sequence, Sequence] | None = None,
        **settings: Any,
    ) -> None:
        self._own = own
        super().__init__(
            integer("prediction", prediction, 1) if isinstance(prediction, Real) else prediction, **settings
        )

    def controls(self) -> dict[str, Widget]:
        """Return the controls of all parameters, by name."""
        simulated = {
            "growth": slider_with_box("growth, in %", value=20, low=0, high=50),
            "temperature": dropdown("temperature", {"1.0": 1.0, "0.8: careful": 0.8}),
        }
        return ({} if self._own else simulated) | {
            "window": dropdown("documents in a window", {"10": 10, "5": 5}),
            "false_alarms": dropdown(
                "false alarms",
                {f"{100 * rate:g} % of windows": rate for rate in (0.01, 0.02, 0.05, 0.1)},
            ),
            "seed": seed_box(),
        }

    def compute(
        self, window: int, false_alarms: float, seed: int, growth: int = 0, temperature: float = 1.0
    ) -> Steps[Dashboard]:
        """Yield (share done, :class:`Dashboard` so far), and return the whole."""
        if self._own:
            reference, documents = self._own
            documents, shares = list(documents)[: 100 * window], None
            monitor = Monitor(reference, window=window, false_alarms=false_alarms, seed=seed)
        else:
            documents = monitored_stream(growth / 100, seed, temperature)[1]
            monitor, shares = _monitor(window, false_alarms, seed).fresh(), _shares(growth / 100, window)
        windows, readings = len(documents) // window, []
        if not windows:
            raise ValueError(f"stream must have at least one window of {window} documents; got {len(documents)}")
        rest = monitor.watch(documents, at_once=5)
        while part := list(islice(rest, 5)):
            readings += part
            if len(readings) < windows:
                yield len(readings) / windows, Dashboard(monitor, list(readings), shares, windows)
        return Dashboard(monitor, readings, shares, windows)

    def film(self, result: Dashboard) -> Film:
        """Return the film: statistics in control limits, alerts, the mean score beside."""
        columns = np.array([reading.deviations for reading in result.readings]).T
        deviations = dict(zip(STATISTICS, columns, strict=True))
        if not self._own:
            del deviations["new_words"]
        return monitor_film(
            deviations, [reading.alert for reading in result.readings],
            None if result.shares is None else result.shares[: len(result.readings)], result.monitor.limit,
            windows=result.windows, prediction=self.said["prediction"],
        )  # fmt: skip

    @staticmethod
    def describe(result: Dashboard, t: int) -> str:
        """Return a sentence about a window."""
        rate, limit = result.monitor.rate, result.monitor.limit
        if t == 0:
            return (
                f"Before the first window: {result.monitor.n_calibration} real windows set the limits at {limit:.1f} "
                f"spreads, for false alarms in {100 * rate:g} % of windows."
            )
        reading = result.readings[t - 1]
        share = "" if result.shares is None else f", {result.shares[t - 1]:.0%} synthetic".replace("%", " %")
        score = reading.deviations[list(STATISTICS).index("log_probability")] / limit
        what = f"alert by {', '.join(STATISTIC_NAMES[name] for name in reading.causes)}" if reading.alert else "quiet"
        return (
            f"Window {t} of {result.windows}{share}: {what}. The mean score is at {score:+.1f} control limits. "
            f"{sum(reading.alert for reading in result.readings[:t])} alerts so far."
        )

    @staticmethod
    def beside(result: Dashboard, t: int) -> str:
        """Return the alert log, newest first; in control limits, as the film."""
        alerts = [reading for reading in result.readings[:t] if reading.alert]
        lines = "".join(f"<li>{escape(_logged(reading))}</li>" for reading in reversed(alerts[-_LOGGED:]))
        more = f"<p>and {len(alerts) - _LOGGED} earlier ones</p>" if len(alerts) > _LOGGED else ""
        return f"<p><b>Alert log</b>{', in control limits' if alerts else ': nothing so far'}</p><ul>{lines}</ul>{more}"

    @staticmethod
    def table(result: Dashboard) -> pd.DataFrame:
        """Return the values of a few windows."""
        t = milestones(1, len(result.readings), 8)
        rows = [result.readings[i - 1] for i in t]
        table = pd.DataFrame({"window": t}, index=t)
        if result.shares is not None:
            table["synthetic"] = [f"{100 * share:.0f} %" for share in result.shares[t - 1]]
        for name, shown in (("distinct_2", "{:.3f}"), ("vocabulary", "{:.0f}"), ("once", "{:.3f}"),
                            ("tail_recall", "{:.4f}"), ("log_probability", "{:.2f}")):  # fmt: skip
            place = list(STATISTICS).index(name)
            table[STATISTIC_NAMES[name]] = [shown.format(reading.values[place]) for reading in rows]
        table["alert"] = ["yes" if reading.alert else "no" for reading in rows]
        return table

    def code(self, window: int, false_alarms: float, seed: int, growth: int = 0, temperature: float = 1.0) -> str:
        """Return Python that gives the same readings."""
        ready = f"reference, stream = monitored_stream({growth / 100}, seed={seed}, temperature={temperature})\n"
        return (
            "from collapse_edu.course.explorers import monitored_stream\n"
            "from collapse_edu.production import Monitor\n\n"
            f"{'' if self._own else ready}"
            f"monitor = Monitor(reference, window={window}, false_alarms={false_alarms}, seed={seed})\n"
            "for reading in monitor.watch(stream):\n"
            "    print(reading)"
        )


def _logged(reading):
    """Return a line of the log: what is outside, and how many control limits from the centre."""
    off = dict(zip(STATISTICS, reading.deviations, strict=True))
    told = ", ".join(f"{STATISTIC_NAMES[name]} {off[name] / reading.limit:+.1f}" for name in reading.causes)
    return f"window {reading.window}: {told}"


@lru_cache(maxsize=1)
def _book():
    """Return the documents of the book, and how many types it has."""
    book = moby_dick()
    return book.tokens[: len(book.tokens) // _WORDS * _WORDS].reshape(-1, _WORDS), len(book.vocabulary)


@lru_cache(maxsize=8)
def _monitor(window, false_alarms, seed):
    """Return the monitor of a reference, which is the same for all streams of a seed."""
    reference, _ = monitored_stream(0.0, seed)
    return Monitor(reference, window=window, false_alarms=false_alarms, seed=seed)


def _shares(growth, window):
    """Return the synthetic share of each window's generation."""
    generation = (np.arange(_DOCUMENTS // window) + 1) * window // (_EACH + 1e-9)
    return np.clip(growth * np.maximum(np.floor(generation) - 1, 0), 0, 1)
