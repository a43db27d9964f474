"""What becomes of the types of a categorical model that gets fresh real data in each generation (regime *mix*).

Population genetics calls such rows immigrants: each begins a family of copies, which drifts as under *replace*.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma

from collapse_edu.theory._domain import Values, closed_form, whole
from collapse_edu.theory._reals import reals

__all__ = [
    "expected_ancestors",
    "probability_kept",
]

_LEAST_SHARE = 1e-4  # a family of copies is then followed for about 300,000 generations


@closed_form
def expected_ancestors(rows: ArrayLike, n_fresh: ArrayLike) -> Values:
    """Return how many real rows stand behind rows of a categorical model under mix, in the long run.

    It is Σ θ/(θ + j), j = 0 … rows - 1, with θ = 2 n_fresh: about θ log(1 + rows/θ). A text of the model shows as many
    different words as so many words of real text. For two rows the sum less 1 is θ/(θ + 1), the share of
    heterozygosity that is kept. The number of fresh rows counts, and not their share.

    Parameters
    ----------
    rows : int or array, at least 1
        How many rows of the model are looked at; far fewer than a training set has.
    n_fresh : int or array, at least 1
        Fresh real rows in each training set, few of all.

    Returns
    -------
    float or ndarray
        From 1 to ``rows``. The limit of large training sets; :func:`collapse_edu.ensemble.ancestors` is exact.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Ewens (1972), The sampling theory of selectively neutral alleles; with immigration Etienne and Olff (2004). In
    their papers a row is any individual, a type any species.

    Examples
    --------
    A thousand words, with 10, 100 or 2,000 fresh ones in each generation:

    >>> expected_ancestors(1000, [10, 100, 2000]).round(1)
    array([ 79.1, 358.8, 892.7])
    """
    rows, theta = whole("rows", rows, 1), 2.0 * whole("n_fresh", n_fresh, 1)
    return theta * (digamma(theta + rows) - digamma(theta))


@closed_form
def probability_kept(fresh_copies: ArrayLike, share: ArrayLike, samples_per_row: ArrayLike = 1.0) -> Values:
    """Return the chance that a rare type is in what a model writes under mix, in the long run.

    It is 1 - exp(-c Σ (1 - e^(-u_k))) with u_0 = s, u_(k+1) = (1 - p)(1 - e^(-u_k)), k = 0, 1, …: each fresh
    copy starts a family of copies, which grows like one under replace and is thinned by 1 - p in each generation.

    Parameters
    ----------
    fresh_copies : float or array, 0 or larger
        c: how many copies the fresh real rows of one generation contain, expected.
    share : float or array, from 0.0001 to 1
        p: fresh real rows divided by all rows of a training set.
    samples_per_row : float or array, 0 or larger
        s: n_samples, the rows that a model writes and in which the type is looked for, divided by the rows that it
        learned from. In a crawl models write only their own part of the next one: 1 - p.

    Returns
    -------
    float or ndarray
        From 0 to 1. It is for types that are a small part of the set, and sets of many rows.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    A branching process with immigration; the families are those of Suresh et al. (2025), Poisson.

    Examples
    --------
    One fresh copy in each generation, in sets that are half, a tenth or a hundredth real. Is it in a synthetic set as
    long as the training set, and is it in the synthetic part of the next crawl?

    >>> share = np.array([0.5, 0.1, 0.01])
    >>> probability_kept(1, share).round(3), probability_kept(1, share, samples_per_row=1 - share).round(3)
    (array([0.684, 0.955, 0.999]), array([0.523, 0.95 , 0.999]))
    """
    fresh_copies, share = reals("fresh_copies", fresh_copies, 0), reals("share", share, _LEAST_SHARE, 1)
    exponent = np.broadcast_arrays(reals("samples_per_row", samples_per_row, 0), share)[0]
    total, added = np.zeros_like(exponent), np.full_like(exponent, np.inf)
    while np.max(added, initial=0) > 1e-12:
        added = -np.expm1(-exponent)
        total = total + added
        exponent = (1 - share) * added
    return -np.expm1(-fresh_copies * total)
