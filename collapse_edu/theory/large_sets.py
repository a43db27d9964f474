"""Loops of large training sets, part of which is real: where a biased sampler ends, and how an error shrinks.

λ is the sampling bias. The synthetic rows for each real one, which Bertrand et al. call λ, are ρ here.
"""

import numpy as np
from numpy.typing import ArrayLike

from collapse_edu.theory._domain import Values, closed_form
from collapse_edu.theory._reals import reals

__all__ = [
    "contraction",
    "contraction_bound",
    "variance_limit",
]


@closed_form
def variance_limit(share: ArrayLike, sampling_bias: ArrayLike = 1.0) -> Values:
    """Return the limit of the variance for t → ∞ and large sets, part of which is real: p/(1 - (1 - p) λ).

    Parameters
    ----------
    share : float or array, in (0, 1]
        p: real rows divided by all rows of a training set. They may be original or fresh: with large sets anchor,
        preserve and mix have the same limit.
    sampling_bias : float or array, in (0, 1]
        λ.

    Returns
    -------
    float or ndarray
        1 for λ = 1. For λ < 1 it falls short of 1, however many rows there are: real data bound this loss and do not
        undo it.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Setting: Alemohammad et al. (2024), sampling bias. The large-n limit of ``stationary_moments`` of
    :mod:`~collapse_edu.theory.original` and :mod:`~collapse_edu.theory.mixing`.

    Examples
    --------
    Half of the rows real, and a tenth:

    >>> variance_limit([0.5, 0.1], sampling_bias=0.8).round(3)
    array([0.833, 0.357])
    """
    share = reals("share", share, 0, 1, open_low=True)
    return share / (1 - (1 - share) * reals("sampling_bias", sampling_bias, 0, 1, open_low=True))


@closed_form
def contraction(synthetic_ratio: ArrayLike, information_ratio: ArrayLike = 1.0) -> Values:
    """Return by which factor one generation of anchor shrinks a small error of the fit: ρκ/(1 + ρκ), for large sets.

    For a parameter θ let A = -E_real ∂²log p_θ and B = -E_model ∂²log p_θ at the fit θ* of infinite real data; B is the
    Fisher information. The next fit moves by ρB/(A + ρB) times the shift of the last one. So κ = B/A. It is 1 if the
    model can be right, and for every exponential family in its natural parameters (a Gaussian's mean and second moment
    are an example), whatever the real data.

    Parameters
    ----------
    synthetic_ratio : float or array, at least 0
        ρ: synthetic rows of each generation, divided by real rows.
    information_ratio : float or array, at least 0
        κ.

    Returns
    -------
    float or ndarray
        Below 1 for every ρ: a loop of large sets that keeps its real data forgets a small error, though slowly if
        most rows are synthetic. For several parameters the same holds of each eigenvalue κ of A⁻¹B.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Setting: Bertrand et al. (2024), iterative retraining. The derivative is that of their large-sample map.

    Examples
    --------
    >>> contraction([0.25, 1, 9])
    array([0.2, 0.5, 0.9])
    """
    steps = reals("synthetic_ratio", synthetic_ratio, 0) * reals("information_ratio", information_ratio, 0)
    return steps / (1 + steps)


@closed_form
def contraction_bound(synthetic_ratio: ArrayLike, misfit: ArrayLike = 0.0) -> Values:
    """Return the upper bound of :func:`contraction` that makes Bertrand's condition: r/(1 - r), r = ρ (1 + Lε/α).

    Below 1, the loop is stable near θ*: that is their condition ρ (1 + Lε/α) < 1/2. It is sufficient and no threshold:
    the factor itself, :func:`contraction`, is below 1 for every ρ.

    Parameters
    ----------
    synthetic_ratio : float or array, at least 0
        ρ: synthetic rows of each generation, divided by real rows.
    misfit : float or array, at least 0
        Lε/α: L, how fast the curvature ∂²log p_θ(x) changes with x (its Lipschitz constant); ε, the Wasserstein
        distance of the best model to the real distribution; α, the least curvature A of the expected log likelihood. 0
        if the model can be right.

    Returns
    -------
    float or ndarray
        Infinite where r is 1 or more.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Bertrand et al. (2024), Theorem 1 (large samples); with finite samples their error stays bounded under the same
    condition.

    Examples
    --------
    >>> contraction_bound([0.25, 0.5, 1]).round(3), contraction([0.25, 0.5, 1]).round(3)
    (array([0.333, 1.   ,   inf]), array([0.2  , 0.333, 0.5  ]))
    """
    steps = reals("synthetic_ratio", synthetic_ratio, 0) * (1 + reals("misfit", misfit, 0))
    with np.errstate(divide="ignore"):
        return np.where(steps < 1, steps / (1 - steps), np.inf)[()]
