"""Gaussian chains of any dimension under replace, from a standard normal distribution.

Generation t fits mean and covariance to n samples of generation t - 1. With ν = n - 1, the fitted covariance is
Σ_t = L W Lᵀ / ν (times ν/n for maximum likelihood), where Σ_(t-1) = L Lᵀ and W is a standard Wishart matrix.

d is one integer, at least 1; n may be an array.
"""

import numpy as np
from numpy.typing import ArrayLike

from collapse_edu.checks import MOST_STEPS, integer
from collapse_edu.theory._domain import Array, sizes
from collapse_edu.theory._special import psi_less_log

__all__ = ["lyapunov_spectrum"]


def lyapunov_spectrum(n: ArrayLike, d: int, ddof: int = 1) -> Array:
    """Return the growth, for each generation, of the log eigenvalues of the covariance.

    The exponents ψ((ν - i)/2) + log(2/ν), i = 0 … d - 1, differ: the cloud does not only shrink, it flattens.

    Parameters
    ----------
    n : int or array, larger than d
    d : int, at least 1
    ddof : {1, 0}

    Returns
    -------
    ndarray, shape (d,), or (*shape of n, d)
        Largest first; all negative.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Follows from Bartlett's decomposition (1933): the diagonal of the root of a Wishart matrix contains independent χ of
    ν, ν - 1, … degrees of freedom.

    Examples
    --------
    >>> lyapunov_spectrum(n=20, d=2).round(4)
    array([-0.0536, -0.1107])
    """
    i = np.arange(integer("d", d, 1, most=MOST_STEPS))
    n = sizes(n, ddof, low=max(2, len(i) + 1))[..., None]
    return psi_less_log((n - 1 - i) / 2) + np.log1p((ddof - 1 - i) / (n - ddof))
