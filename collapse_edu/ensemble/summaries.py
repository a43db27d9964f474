"""What is kept of many chains: every path, or a summary of each generation."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Literal, Protocol, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from collapse_edu.checks import choice
from collapse_edu.loop import regimes
from collapse_edu.loop.composition import Regime
from collapse_edu.loop.history import History

__all__ = ["Keep", "Kept", "Step", "check_keep", "kept"]

_AT_ONCE = 100_000  # numbers of a measure that are summarised together: a table for each generation would take longer

Keep: TypeAlias = Literal["paths", "summary"]
Kept: TypeAlias = Any  # a History of paths, a DataFrame of a summary: which, the caller says


class Step(Protocol):
    """One generation of all chains."""

    @property
    def t(self) -> int:
        """1 is the model of the real set."""

    @property
    def measures(self) -> Mapping[str, NDArray[np.generic]]:
        """Name → numbers of shape (chains,)."""


def check_keep(keep: Keep) -> Keep:
    """Return ``keep`` if it is "paths" or "summary".

    Parameters
    ----------
    keep : str

    Returns
    -------
    str

    Raises
    ------
    ValueError

    Examples
    --------
    >>> check_keep("all")
    Traceback (most recent call last):
    ...
    ValueError: keep must be "paths" or "summary"; got 'all'
    """
    return cast(Keep, choice("keep", keep, "paths", "summary"))


def kept(keep: Keep, steps: Iterable[Step], regime: Regime, settings: dict[str, object]) -> Kept:
    """Return what the steps of an ensemble measure.

    Parameters
    ----------
    keep : {"paths", "summary"}
    steps : iterable
        One object for each generation: ``t``, and ``measures``, a dict of arrays of shape (chains,).
    regime : callable
    settings : dict
        Of the history; ``generations`` and ``chains`` among them.

    Returns
    -------
    History or pandas.DataFrame
        "summary": the table that :meth:`History.summary` gives. Its memory grows with the chains or the generations,
        not with their product.

    Examples
    --------
    >>> from collapse_edu.ensemble import gaussian_fits
    >>> first = next(gaussian_fits(n=10, chains=3, rng=np.random.default_rng(0)))
    >>> kept("paths", [first], regimes.replace, {"generations": 1, "chains": 3})
    History: 1 generations x 3 chains; regimes: replace; measures: mean, variance, squared_w2
    """
    return (_paths if keep == "paths" else _summary)(steps, regimes.name(regime), settings)


def _paths(steps, label, settings):
    values = {}
    for step in steps:
        for name, numbers in step.measures.items():
            if (label, name) not in values:
                values[label, name] = np.empty((settings["generations"], settings["chains"]))
            values[label, name][step.t - 1] = numbers
    return History(values, settings)


def _summary(steps, label, settings):
    import pandas as pd

    tables = {}
    for first, some in _batches(iter(steps), max(1, _AT_ONCE // settings["chains"])):
        for name in some[0]:
            summary = History({(label, name): np.array([numbers[name] for numbers in some])}).summary()
            summary["generation"] += first - 1
            tables.setdefault(name, []).append(summary)
    return pd.concat([table for parts in tables.values() for table in parts], ignore_index=True)


def _batches(steps, size):
    """Yield the first generation of each batch of steps, and what these measure."""
    for first in steps:
        yield first.t, [first.measures, *(step.measures for step in islice(steps, size - 1))]
