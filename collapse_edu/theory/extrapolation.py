"""Extrapolation away from self-training, on a one-dimensional Gaussian whose sampler has a bias.

A first model θ_r = (mean, standard deviation) is fitted to n_real real rows. Its sampler draws n_synthetic rows of
variance λ σ_r², and a second model θ_s is fitted to these. The extrapolated model is θ_r - w (θ_s - θ_r).
"""

import numpy as np
from numpy.typing import ArrayLike

from collapse_edu.checks import flag
from collapse_edu.theory._domain import Array, Values, closed_form, sizes, whole
from collapse_edu.theory._fit import factor, log_root_factor
from collapse_edu.theory._reals import reals

__all__ = ["best_weight", "expected_squared_w2"]


@closed_form
def expected_squared_w2(
    weight: ArrayLike,
    n_real: ArrayLike,
    n_synthetic: ArrayLike,
    ddof: int = 1,
    sampling_bias: ArrayLike = 1.0,
    sampled: bool = True,
) -> Values:
    """Return the expected squared Wasserstein-2 distance of the extrapolated model to the real distribution.

    With k, a the expected factors of variance and standard deviation in one fit (k = 1 or 1 - 1/n, a = √(2/ν)
    Γ(n/2)/Γ(ν/2) √k), and b = λ for the rows that the same sampler draws from the model, or 1 for the model itself:
    1/n_r + w² λ k_r/n_s + b k_r [(1 + w)² - 2w(1 + w) √λ a_s + w² λ k_s] - 2 √b a_r [1 + w (1 - √λ a_s)] + 1.

    Parameters
    ----------
    weight : float or array
        w; 0 is the first model, -1 the second one.
    n_real, n_synthetic : int or array, at least 2
        Rows of the two fits.
    ddof : {1, 0}
    sampling_bias : float or array, larger than 0
        λ. Below 1 the sampler plays safe (truncation, a low temperature); above 1 it is too daring.
    sampled : bool
        Whether to judge what the sampler makes of the model (as a score of drawn images does), or the model itself.

    Returns
    -------
    float or ndarray
        Exact as long as no extrapolated standard deviation is negative, which takes a small n_synthetic and a large
        weight.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Alemohammad, Wang and Baraniuk (2025), Neon: (1 + w) θ_r - w θ_s. Their models are neural, and fine-tuned for a
    short time; here the second fit is complete, and the formula is ours.

    Examples
    --------
    The rows drawn from the first model, those of the extrapolated one, and the two models themselves:

    >>> settings = {"n_real": 1000, "n_synthetic": 1000, "sampling_bias": 0.8}
    >>> [expected_squared_w2([0, 1], sampled=sampled, **settings).round(4) for sampled in (True, False)]
    [array([0.0126, 0.0027]), array([0.0015, 0.0139])]
    """
    weight = reals("weight", weight, -np.inf)
    constant, linear, quadratic = _coefficients(n_real, n_synthetic, ddof, sampling_bias, sampled)
    return constant + linear * weight + quadratic * weight**2


@closed_form
def best_weight(
    n_real: ArrayLike, n_synthetic: ArrayLike, ddof: int = 1, sampling_bias: ArrayLike = 1.0, sampled: bool = True
) -> Values:
    """Return the weight for which :func:`expected_squared_w2` is smallest.

    For many rows it is 1/√λ where drawn rows are judged, above or below λ = 1: extrapolation by that much undoes the
    bias of the sampler. It is 0 where the model is judged: that has no bias to undo.

    Parameters
    ----------
    n_real, n_synthetic : int or array, at least 2
        Rows of the two fits.
    ddof : {1, 0}
    sampling_bias : float or array, larger than 0
        λ. Without a bias the weight is near 0: self-training is then noise alone.
    sampled : bool
        Whether drawn rows are judged, or the model.

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    As :func:`expected_squared_w2`.

    Examples
    --------
    >>> best_weight(n_real=1000, n_synthetic=[10, 100, 1000, 100_000], sampling_bias=0.8).round(2)
    array([0.1 , 0.49, 0.99, 1.11])
    """
    _, linear, quadratic = _coefficients(n_real, n_synthetic, ddof, sampling_bias, sampled)
    return -linear / (2 * quadratic)


def _coefficients(
    n_real: ArrayLike, n_synthetic: ArrayLike, ddof: int, sampling_bias: ArrayLike, sampled: bool
) -> tuple[Values, Values, Values]:
    """Return the expected squared distance as a polynomial in the weight: constant, linear, quadratic."""
    real, synthetic = sizes(whole("n_real", n_real, 2), ddof), whole("n_synthetic", n_synthetic, 2)
    bias = reals("sampling_bias", sampling_bias, 0, open_low=True)
    judged: Array | float = bias if flag("sampled", sampled) else 1.0
    variance, root = judged * factor(real, ddof), np.sqrt(judged) * np.exp(log_root_factor(real, ddof))
    shrunk = np.sqrt(bias) * np.exp(log_root_factor(synthetic, ddof))  # the second standard deviation by the first
    mean_noise = bias * factor(real, ddof) / synthetic
    square = 1 - 2 * shrunk + bias * factor(synthetic, ddof)
    return (
        1 / real + variance - 2 * root + 1,
        2 * (1 - shrunk) * (variance - root),
        mean_noise + variance * square,
    )
