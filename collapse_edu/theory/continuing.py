"""Chains whose models continue: each fit starts from its predecessor, or from one base, and goes a share of the way.

The model of generation t is the one fitted, by maximum likelihood, to a mixture: η of its training set and 1 - η of the
model that it starts from. η is the learning rate of :class:`~collapse_edu.models.Gaussian` and
:class:`~collapse_edu.models.Categorical`. Each generation trains on n rows of the last one alone (*replace*).

Diversity is the variance of a Gaussian, in each coordinate, or the heterozygosity of a categorical model (the chance
that two rows differ), in units of that of the real distribution. Both follow one formula, because both are a second
moment less a squared mean.

For a Gaussian all of this holds for maximum likelihood, ``Gaussian(ddof=0)``. The unbiased fit, its default,
keeps the expected variance where it starts from its predecessor.
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from collapse_edu.checks import choice
from collapse_edu.theory._domain import Array, Values, closed_form, fits, numbers, shown, sizes

__all__ = ["diversity_limit", "expected_diversity"]


@closed_form
def expected_diversity(
    t: ArrayLike, n: ArrayLike, learning_rate: ArrayLike, start: Literal["predecessor", "base"] = "predecessor"
) -> Values:
    """Return the expected diversity of models that continue.

    For fits by maximum likelihood. From the predecessor: (1 - 1/n)(1 - η²/n)^(t - 1); the first model has none, and
    learns from the real set alone.
    From a base model that is the real distribution: 1 - (η²/n)(1 - q^t)/(1 - q), with q = η²(1 - 1/n).

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real distribution.
    n : int or array, at least 2
    learning_rate : float or array
        η in (0, 1]; 1 is a chain that does not continue.
    start : {"predecessor", "base"}
        What each generation starts from; the base is the real distribution, as after a pretraining on very many real
        rows.

    Returns
    -------
    float or ndarray
        From 0 to 1. The squared error of the mean (of the shares, summed over types) is what is missing from 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Derived here. With start s and the sample's mean m, the new mean is s + η(m - s), and the expected diversity falls
    by what its square grows: by η² times the error of m, 1/n of the last diversity; from a base, the step of the
    generation before comes on top. The setting with a base model is that of Shumailov et al. (2024).

    Examples
    --------
    >>> expected_diversity(t=100, n=100, learning_rate=[1, 0.5, 0.1]).round(3)
    array([0.366, 0.773, 0.98 ])
    >>> expected_diversity(t=100, n=100, learning_rate=[1, 0.5, 0.1], start="base").round(3)
    array([0.366, 0.997, 1.   ])
    """
    t, n, rate = fits(t), sizes(n, 0), _rate(learning_rate)
    lost = np.square(rate) / n
    if choice("start", start, "predecessor", "base") == "base":
        q = np.square(rate) - lost
        return 1 - lost * (1 - q**t) / (1 - q)
    return np.where(t > 0, (1 - 1 / n) * (1 - lost) ** np.maximum(t - 1, 0), 1.0)[()]


@closed_form
def diversity_limit(n: ArrayLike, learning_rate: ArrayLike) -> Values:
    """Return the limit of the expected diversity, for t → ∞, of models that all start from the real distribution.

    (1 - η²)/(1 - η² + η²/n), for fits by maximum likelihood. Models that start from their predecessors lose everything.

    Parameters
    ----------
    n : int or array, at least 2
    learning_rate : float or array
        η in (0, 1].

    Returns
    -------
    float or ndarray
        From 0 to 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    The limit of :func:`expected_diversity` with a base; the setting is that of Shumailov et al. (2024).

    Examples
    --------
    >>> diversity_limit(n=20, learning_rate=[1, 0.9, 0.5]).round(3)
    array([0.   , 0.824, 0.984])
    """
    n, rate = sizes(n, 0), _rate(learning_rate)
    kept = 1 - np.square(rate)
    return kept / (kept + np.square(rate) / n)


def _rate(values: ArrayLike) -> Array:
    """Return the learning rate as an array of numbers in (0, 1]."""
    array = numbers(values)
    if array is None:
        raise TypeError(f"learning_rate must contain numbers in (0, 1]; got {shown(values)}")
    if not np.all((array > 0) & (array <= 1)):
        raise ValueError(f"learning_rate must contain numbers in (0, 1]; got {shown(values)}")
    return array.astype(float)
