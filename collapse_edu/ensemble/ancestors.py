"""How many real rows stand behind rows that a model drew: they are followed back, and no rows are drawn."""

import numpy as np
from numpy.typing import NDArray

from collapse_edu.checks import MOST_STEPS, generator, integer

__all__ = ["ancestors"]

_MOST = 10**7  # rows: each has its own ancestor


def ancestors(
    rows: int, n: int, n_fresh: int, generations: int | None = None, chains: int = 100, *, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return how many real rows stand behind rows that a categorical model drew under mix.

    Each row is a copy of one in the training set of its model. A line that comes to a fresh real row ends there; the
    others go on to the model before, and those that come to one and the same row are one line from there on. So the
    rows are as varied as this many real ones: given their number, they are independent draws from the real
    distribution.

    Parameters
    ----------
    rows : int
        How many rows of one model are looked at, at least 1.
    n : int
        Rows in a training set, at least 1.
    n_fresh : int
        Fresh real rows among them in each generation after the first, from 1 to n; from 0 if generations are given.
    generations : int, optional
        Which model drew the rows, 1 being the model of real data; the limit of many generations, if not given.
    chains : int
        At least 1.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int, shape (chains,)
        From 1 to ``rows``. Exact, for every distribution.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    The coalescent with immigration: Etienne and Olff (2004), A novel genealogical approach to neutral biodiversity
    theory. For n far above rows: :func:`collapse_edu.theory.immigration.expected_ancestors`.

    Examples
    --------
    A hundred fresh rows of 1,000, or of 20,000, and a tenth of 20,000: what 1,000 rows of a late model show.

    >>> rng, settings = np.random.default_rng(0), ((1000, 100), (20_000, 100), (20_000, 2000))
    >>> [round(ancestors(1000, n, m, chains=20, rng=rng).mean() / 10) for n, m in settings]  # in tens
    [31, 36, 88]
    """
    rows, n, chains = (
        integer("rows", rows, 1, most=_MOST),
        integer("n", n, 1, most=_MOST),
        integer("chains", chains, 1, most=MOST_STEPS),
    )
    n_fresh = integer("n_fresh", n_fresh, int(generations is None), n)
    models = None if generations is None else integer("generations", generations, 1, most=MOST_STEPS)
    rng = generator(rng)
    found, lines = np.zeros(chains, dtype=np.int64), np.full(chains, rows)
    while lines.any() and models != 1:
        met = _rows_met(lines, n, rng)
        ended = rng.hypergeometric(n_fresh, n - n_fresh, met)
        found, lines = found + ended, met - ended
        models = models and models - 1
    return found + _rows_met(lines, n, rng)  # those that come to the first set end there: all of it is real


def _rows_met(lines, n, rng):
    """Return how many of n rows are met by so many lines, each of which comes to one of them at random."""
    met = np.zeros_like(lines)
    for i in range(lines.max()):
        met += (i < lines) & (n * rng.random(len(lines)) >= met)
    return met
