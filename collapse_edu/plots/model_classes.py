"""Several classes of models in one loop, in units of their own first generation."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.ticker import FixedLocator, NullLocator
from numpy.typing import NDArray

from collapse_edu.loop.history import History
from collapse_edu.plots.lines import LOOKS, MARKERS
from collapse_edu.plots.picture import BAND, INK, Picture, in_style, label_ends

__all__ = ["Change", "change_of", "plot_model_classes"]

_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)


class Change(NamedTuple):
    """A measure over its value in generation 1, chain by chain.

    Attributes
    ----------
    mean, low, high : ndarray, shape (generations,)
        Geometric mean over the chains, and its 95 % interval (Student's t on the logarithms); NaN where not recorded.

    Examples
    --------
    >>> change = change_of([[2.0, 4.0], [1.0, 2.0]])
    >>> change.mean
    array([1. , 0.5])
    """

    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @property
    def verdict(self) -> str:
        """Whether the last generation lies above, below or about where the first one was: "up", "down", "same"."""
        last = np.flatnonzero(np.isfinite(self.mean))[-1]
        return "up" if self.low[last] > 1 else "down" if self.high[last] < 1 else "same"


def change_of(values: NDArray[np.float64]) -> Change:
    """Return how a measure changes, in units of generation 1.

    Parameters
    ----------
    values : array, shape (generations, chains)
        Positive; NaN where not recorded. A share that starts near 0 has no such unit.

    Returns
    -------
    Change

    Raises
    ------
    ValueError
        If a value is not positive, or there are fewer than two chains.

    Examples
    --------
    >>> change_of([[1.0, 1.0], [3.0, 3.1]]).verdict
    'up'
    """
    from scipy.stats import t

    values = np.asarray(values, dtype=float)
    if values.ndim != 2 or values.shape[1] < 2 or (values <= 0).any():
        raise ValueError("values must be positive, shape (generations, chains), with at least two chains")
    logs = np.log(values / values[0])
    n = values.shape[1]
    mean = logs.mean(axis=1)
    half = t.ppf(0.975, n - 1) * logs.std(axis=1, ddof=1) / np.sqrt(n)
    return Change(np.exp(mean), np.exp(mean - half), np.exp(mean + half))


@in_style
def plot_model_classes(
    histories: Mapping[str, Mapping[str, History]],
    measures: Mapping[str, str],
    *,
    title: str,
    regimes: Sequence[str],
) -> Picture:
    """Draw how measures change under each regime, one panel each, one line for each class of models.

    Parameters
    ----------
    histories : dict
        Name of the class → {name of the regime → History with that regime alone, or first}. At most five classes. A
        class may lack a regime.
    measures : dict
        Measure → how its column is called.
    title : str
        The message of the picture.
    regimes : sequence of str
        Rows, from the top.

    Returns
    -------
    Picture
        Bands are 95 % intervals of the mean over chains.

    Raises
    ------
    ValueError
        If there are no classes or more than five, or a measure is not positive.

    Examples
    --------
    >>> few = History({("replace", "words"): [[100.0, 110.0], [50.0, 55.0]]})
    >>> many = History({("replace", "words"): [[100.0, 110.0], [90.0, 108.0]]})
    >>> classes = {"trigram": {"replace": few}, "network": {"replace": many}}
    >>> plot_model_classes(classes, {"words": "words"}, title="Words go", regimes=["replace"]).description
    'Under replace, words in units of generation 1: trigram × 0.5 in generation 2 (0.5 to 0.5), network × 0.94 in \
generation 2 (0.54 to 1.6).'
    """
    if not 1 <= len(histories) <= len(LOOKS):
        raise ValueError(f"histories must contain 1 to {len(LOOKS)} classes; got {len(histories)}")
    rows, columns = len(regimes), len(measures)
    picture = Picture(width=1.6 + 3.4 * columns, height=0.9 + 2.5 * rows, layout="constrained")
    axes = picture.subplots(rows, columns, squeeze=False, sharex=True, sharey="col")
    sentences, ends = [], []
    for row, regime in zip(axes, regimes, strict=True):
        for ax, (measure, words) in zip(row, measures.items(), strict=True):
            changes = {
                name: change_of(of_class[regime][measure]) for name, of_class in histories.items() if regime in of_class
            }
            ends.append((ax, _draw_panel(ax, changes)))
            sentences.append(f"Under {regime}, {words} in units of generation 1: {_said(changes)}.")
        row[0].set_ylabel(f"{regime}\ntimes generation 1")
    for ax, words in zip(axes[0], measures.values(), strict=True):
        ax.set_title(words)
    for ax in axes[-1]:
        ax.set_xlabel("generation")
    for ax in axes[0]:
        _ticks(ax)
    for ax, of_panel in ends:  # last: all panels of a column have their limits now
        label_ends(ax, of_panel)
    picture.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    picture.description = " ".join(sentences)
    return picture


def _draw_panel(ax, changes):
    """Draw the classes of one regime and one measure; return the ends of their lines."""
    ax.set_axisbelow(True)
    ax.set_yscale("log")
    ax.axhline(1, color=INK, lw=1)
    ends = []
    for look, marker, (name, change) in zip(LOOKS, MARKERS, changes.items(), strict=False):
        there = np.isfinite(change.mean)
        t = np.flatnonzero(there) + 1
        ax.fill_between(t, change.low[there], change.high[there], color=look["color"], alpha=BAND, lw=0)
        ax.plot(t, change.mean[there], marker=marker, ms=5, mew=0, **look)
        ends.append((t[-1], change.mean[there][-1], name, look["color"]))
    ax.xaxis.get_major_locator().set_params(integer=True)
    return ends


def _ticks(ax):
    """Give a column ticks that are read as factors."""
    low, high = ax.get_ylim()
    low, high = min(low, 0.8), max(high, 1.25)
    ax.set_ylim(low, high)
    ax.yaxis.set_major_locator(FixedLocator([tick for tick in _TICKS if low <= tick <= high]))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(lambda value, position: f"{value:g}")


def _said(changes):
    """Return the last generation of each class in words."""
    parts = []
    for name, change in changes.items():
        last = np.flatnonzero(np.isfinite(change.mean))[-1]
        span = f"{change.low[last]:.2g} to {change.high[last]:.2g}"
        parts.append(f"{name} × {change.mean[last]:.2g} in generation {last + 1} ({span})")
    return ", ".join(parts)
