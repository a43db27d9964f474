"""Several classes of models in one loop, in units of their own first generation."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import FixedLocator, NullLocator

from collapse_edu.loop.history import History
from collapse_edu.plots.lines import LOOKS, MARKERS
from collapse_edu.plots.picture import BAND, INK, Picture, in_style, label_ends

__all__ = ["plot_model_classes"]

_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)


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
        Each chain is divided by its own generation 1. Lines are geometric means over chains, bands their 95 % intervals
        (Student's t on the logarithms).

    Raises
    ------
    ValueError
        If there are no classes or more than five, a class has fewer than two chains, or a measure is not positive.

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
                name: _change(of_class[regime][measure]) for name, of_class in histories.items() if regime in of_class
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


def _change(values):
    """Return geometric mean over the chains and its 95 % interval, in units of generation 1; (3, generations)."""
    from scipy.stats import t as student

    n = values.shape[1]
    if n < 2 or (values <= 0).any():
        raise ValueError(f"histories must have two chains or more, and positive values; got {n} and {values.min():g}")
    logs = np.log(values / values[0])
    mean, half = logs.mean(axis=1), student.ppf(0.975, n - 1) * logs.std(axis=1, ddof=1) / np.sqrt(n)
    return np.exp([mean, mean - half, mean + half])


def _draw_panel(ax, changes):
    """Draw the classes of one regime and one measure; return the ends of their lines."""
    ax.set_axisbelow(True)
    ax.set_yscale("log")
    ax.axhline(1, color=INK, lw=1)
    ends = []
    for look, marker, (name, change) in zip(LOOKS, MARKERS, changes.items(), strict=False):
        mean, low, high = change
        t = np.arange(1, len(mean) + 1)
        ax.fill_between(t, low, high, color=look["color"], alpha=BAND, lw=0)
        ax.plot(t, mean, marker=marker, ms=5, mew=0, **look)
        ends.append((t[-1], mean[-1], name, look["color"]))
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
    for name, (mean, low, high) in changes.items():
        span = f"{low[-1]:.2g} to {high[-1]:.2g}"
        parts.append(f"{name} × {mean[-1]:.2g} in generation {len(mean)} ({span})")
    return ", ".join(parts)
