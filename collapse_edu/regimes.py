"""Regimes: what the next generation is trained on.

A regime is a callable ``(source, pool, synthetic, rng) -> (pool, training, weights)``. ``pool`` is what the regime
keeps from one generation to the next (``None`` if nothing; at first it is the real set), ``training`` is the next
training set, ``weights`` are one weight for each row of it, or ``None``. Your own regime is three lines:

>>> def newest_half(source, pool, synthetic, rng):
...     half = len(source.real) // 2
...     return None, np.concatenate([source.real[:half], synthetic[half:]]), None
"""

from dataclasses import dataclass

import numpy as np

from collapse_edu.checks import number

__all__ = ["accumulate", "anchor", "mix", "name", "preserve", "real_rows", "replace", "subsample"]


def replace(source, pool, synthetic, rng):
    """Train on the last synthetic set alone ("fully synthetic loop" of Alemohammad et al. 2024)."""
    return None, synthetic, None


def accumulate(source, pool, synthetic, rng):
    """Train on the real set and every synthetic set so far (Gerstgrasser et al. 2024)."""
    pool = np.concatenate([pool, synthetic])
    return pool, pool, None


def subsample(source, pool, synthetic, rng):
    """Train on a random part, of the first set's size, of all that accumulated (Kazdan et al. 2025)."""
    pool = np.concatenate([pool, synthetic])
    return pool, rng.choice(pool, size=len(source.real), replace=False, shuffle=False), None


def anchor(source, pool, synthetic, rng):
    """Train on the whole original real set and the last synthetic set ("synthetic augmentation loop")."""
    return None, np.concatenate([source.real, synthetic]), None


@dataclass(frozen=True)
class preserve:  # noqa: N801, used like the functions above
    """Train on the last synthetic set, a share of it replaced by original real data (Shumailov et al. 2024).

    Which real rows are kept is drawn anew in each generation.

    Parameters
    ----------
    share : float
        Between 0 and 1. Shumailov et al. preserve 0.1.
    """

    share: float

    def __post_init__(self):
        number("share", self.share, 0, 1)

    def __call__(self, source, pool, synthetic, rng):
        n_real = min(real_rows(self.share, len(synthetic)), len(source.real))
        kept = rng.choice(source.real, size=n_real, replace=False, shuffle=False)
        return None, np.concatenate([kept, _some(synthetic, len(synthetic) - n_real, rng)]), None


@dataclass(frozen=True)
class mix:  # noqa: N801
    """Train on synthetic rows and fresh real ones ("fresh data loop" of Alemohammad et al. 2024).

    Parameters
    ----------
    share : float
        Share of fresh real rows, between 0 and 1.
    """

    share: float

    def __post_init__(self):
        number("share", self.share, 0, 1)

    def __call__(self, source, pool, synthetic, rng):
        n_real = real_rows(self.share, len(synthetic))
        fresh = source.draw(n_real, rng)
        return None, np.concatenate([fresh, _some(synthetic, len(synthetic) - n_real, rng)]), None


def _some(rows, n, rng):
    """Return n of the rows, at random: a learner's model may return them in an order."""
    return rng.choice(rows, size=n, replace=False, shuffle=False)


def real_rows(share, n):
    """Return how many of n rows a share is, rounded; a share above 0 that rounds to no row is an error.

    Examples
    --------
    >>> real_rows(0.1, 30)
    3
    >>> real_rows(0.1, 4)
    Traceback (most recent call last):
    ...
    ValueError: share of 0.1 is less than one of 4 rows; take a larger share or more rows
    """
    rows = round(share * n)
    if share > 0 and rows == 0:
        raise ValueError(f"share of {share:g} is less than one of {n} rows; take a larger share or more rows")
    return rows


def name(regime):
    """Return the label of a regime, for tables and pictures.

    Examples
    --------
    >>> name(replace), name(mix(0.1))
    ('replace', 'mix(0.1)')
    """
    if isinstance(regime, preserve | mix):
        return f"{type(regime).__name__}({regime.share:g})"
    return getattr(regime, "__name__", type(regime).__name__)
