"""A model, or something else? Options, criteria, and the weights of whoever decides.

Scores go from 1 (poor) to 5 (good). They are assumed: they say what such options are like in general, and a real
decision has its own. All of them can be changed.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import pandas as pd

from collapse_edu import checks
from collapse_edu.checks import integer, number

__all__ = ["CRITERIA", "SCORES", "decide", "share_of_weights"]

Changes: TypeAlias = Mapping[str, Mapping[str, float]]  # option → criterion → score

# Criterion → what a score of 5 means.
CRITERIA = MappingProxyType(
    {
        "edge cases": "cases that nobody thought of are handled",
        "predictability": "the same case always ends the same way",
        "auditability": "you can say why a case ended as it did",
        "unit cost": "one more case costs almost nothing",
        "scale": "a hundred times the cases next month is no problem",
        "time to ship": "the first case is handled this week",
    }
)

# Option → score for each criterion, in the order of CRITERIA. Assumed.
SCORES = MappingProxyType(
    {
        "bought generative model": (4, 2, 2, 3, 5, 4),
        "self-trained model": (4, 3, 3, 4, 4, 1),
        "traditional software": (2, 5, 5, 5, 5, 2),
        "rules": (1, 5, 5, 5, 4, 4),
        "human processing": (5, 3, 4, 1, 1, 3),
        "outsourcing": (4, 3, 3, 2, 3, 3),
        # cases that are left undone have a price, too
        "nothing": (1, 4, 4, 3, 2, 5),
    }
)


def decide(weights: Mapping[str, float], changes: Changes | None = None) -> pd.DataFrame:
    """Return the options, best first, by the weighted mean of their scores.

    Parameters
    ----------
    weights : mapping
        Criterion → weight, at least 0; criteria that are left out have none.
    changes : mapping, optional
        Option → mapping of criterion → score from 1 to 5, where yours differ from ``SCORES``. A new option needs a
        score for each criterion.

    Returns
    -------
    pandas.DataFrame
        Index: options. Columns: the criteria, and ``weighted mean``.

    Raises
    ------
    TypeError, ValueError
        One line, if a criterion or option is unknown, a weight or score is out of range, or all weights are 0.

    Examples
    --------
    >>> decide({"edge cases": 3, "scale": 1}).index[0]
    'bought generative model'
    >>> decide({"auditability": 2, "unit cost": 1}).head(2)["weighted mean"]
    traditional software    5.0
    rules                   5.0
    Name: weighted mean, dtype: float64
    """
    if not isinstance(weights, Mapping):
        raise TypeError(f"weights must map criterion → weight, such as {{'scale': 2}}; got {weights!r}")
    weights = {_known("criterion", name, CRITERIA): number(name, weight, 0, 1e9) for name, weight in weights.items()}
    if not sum(weights.values()) > 0:
        raise ValueError(f"weights must contain one above 0; got {weights}")
    table = _table(changes or {})
    share = pd.Series({name: weights.get(name, 0.0) for name in CRITERIA})
    table["weighted mean"] = table @ (share / share.sum())
    return table.sort_values("weighted mean", ascending=False, kind="stable")


def share_of_weights(changes: Changes | None = None, *, draws: int = 10_000, seed: int = 0) -> pd.Series:
    """Return for which share of all weightings each option is first.

    All weightings are equally likely. Options that tie share the win.

    Parameters
    ----------
    changes : mapping, optional
        As for :func:`decide`.
    draws : int
        At least 1.
    seed : int
        0 or larger.

    Returns
    -------
    pandas.Series
        Index: options. The shares sum to 1.

    Examples
    --------
    >>> shares = share_of_weights()
    >>> shares.index[0], int((shares > 0).sum())
    ('traditional software', 6)
    """
    table = _table(changes or {})
    rng = np.random.default_rng(checks.seed(seed))
    weights = rng.dirichlet(np.ones(len(CRITERIA)), size=integer("draws", draws, 1))
    totals = weights @ table.to_numpy().T
    first = np.isclose(totals, totals.max(axis=1, keepdims=True))
    shares = (first / first.sum(axis=1, keepdims=True)).mean(axis=0)
    return pd.Series(shares, index=table.index).sort_values(ascending=False, kind="stable")


def _table(changes):
    table = pd.DataFrame.from_dict(dict(SCORES), orient="index", columns=list(CRITERIA), dtype=float)
    if not isinstance(changes, Mapping) or not all(isinstance(scores, Mapping) for scores in changes.values()):
        raise TypeError(
            f"changes must map option → criterion → score, such as {{'rules': {{'scale': 3}}}}; got {changes!r}"
        )
    for option, scores in changes.items():
        scores = {
            _known("criterion", criterion, CRITERIA): number(f"score of {option}, {criterion}", score, 1, 5)
            for criterion, score in scores.items()
        }
        if option not in SCORES and set(scores) != set(CRITERIA):
            known, all_of = ", ".join(SCORES), ", ".join(CRITERIA)
            raise ValueError(f"option must be one of {known}, or a new one with scores for {all_of}; got {option!r}")
        table.loc[option, list(scores)] = list(scores.values())
    return table


def _known(what, name, allowed):
    if name not in allowed:
        raise ValueError(f"{what} must be one of {', '.join(allowed)}; got {name!r}")
    return name
