"""Chains that learn a mean alone, from fresh real rows with a weight and the last synthetic set."""

from collections.abc import Iterator
from itertools import count

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu.checks import MOST_STEPS, array, generator, integer, number

__all__ = ["weighted_means"]

_MOST = 10**9  # times as many real rows as synthetic ones: then these count for nothing


def weighted_means(
    weights: ArrayLike, *, chains: int, rng: np.random.Generator, ratio: float = 1.0
) -> Iterator[NDArray[np.float64]]:
    """Yield the errors of the fitted means of all chains for t = 1, 2, …, without end.

    The first fit is the mean of n real rows. Each later one is w · (mean of n fresh real rows) + (1 - w) · (mean of the
    synthetic rows), which are drawn around the last fit. All older rows are thrown away. Errors are in units of σ/√n,
    where σ is the standard deviation of a row: their mean square is what one fit to n real rows has, 1, times the
    inflation. The means of the rows are drawn, rows are not: exact for a normal distribution, and for large n for any.

    Parameters
    ----------
    weights : array, shape (k,)
        w, each from 0 to 1. All weights see the same random draws, so that they can be compared.
    chains : int
        At least 1.
    rng : numpy.random.Generator
    ratio : float
        c, larger than 0 and at most 10⁹: fresh real rows divided by synthetic rows.

    Yields
    ------
    ndarray, shape (k, chains)

    Raises
    ------
    TypeError, ValueError
        With the first errors, if an argument is not as above.

    References
    ----------
    Setting: He, Xu and Cheng (2025). Expected squares: :func:`collapse_edu.theory.pathways.weighted_error`.

    Examples
    --------
    >>> from itertools import islice
    >>> steps = weighted_means([0, 0.618, 1], chains=50_000, rng=np.random.default_rng(0))
    >>> np.square(list(islice(steps, 20))[-1]).mean(axis=1).round(1)
    array([20.2,  0.6,  1. ])
    """
    weights = np.array([number("weights", weight, 0, 1) for weight in np.ravel(array("weights", weights))])[:, None]
    chains, rng = integer("chains", chains, 1, most=MOST_STEPS), generator(rng)
    spread = np.sqrt(number("ratio", ratio, 0, _MOST, open_low=True))
    errors = np.broadcast_to(rng.standard_normal(chains), (len(weights), chains))
    for _ in count(1):
        yield errors
        fresh, drawn = rng.standard_normal((2, chains))
        errors = weights * fresh + (1 - weights) * (errors + spread * drawn)
