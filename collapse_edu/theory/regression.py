"""Linear regression: y = x·w + noise, x standard normal of d dimensions, least squares without intercept.

Each generation draws labels from the last fitted vector, with fresh noise of variance σ². Results are the expected test
error ‖ŵ - w‖²: the expected squared error of a prediction, less the noise of the label. ``design`` says whether the
first rows x are labelled again in each generation ("same"), or new rows x are drawn ("fresh").

t = 0 is the real vector w itself (error 0), t = 1 the fit to real data. n is the number of rows, the papers' T.
"""

import math
from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import psi

from collapse_edu.checks import choice, integer, number
from collapse_edu.theory._domain import Array, Values, at, closed_form, fits, last_step, whole
from collapse_edu.theory._reals import reals

__all__ = [
    "accumulate_error",
    "accumulate_error_limit",
    "downstream_error",
    "edited_error",
    "growing_replace_error",
    "minimum_norm_square",
    "mixed_labels_error",
    "mixed_labels_floor",
    "optimal_ridge_penalty",
    "proportional_downstream_error",
    "replace_error",
    "ridge_error",
]

_SPAN = 1e-100, 1e100  # of a penalty and what it depends on


@closed_form
def replace_error(t: ArrayLike, n: ArrayLike, d: ArrayLike, noise_variance: ArrayLike = 1.0) -> Values:
    """Return the expected test error under replace: t σ² d/(n - d - 1).

    It is exact for the same and for fresh designs.

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real vector.
    n : int or array, at least d + 2
        Rows of each generation.
    d : int or array, at least 1
    noise_variance : float or array, at least 0
        σ².

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Gerstgrasser et al. (2024), Theorem 1; Dohmatob, Feng and Kempe (2024) for fresh designs.

    Examples
    --------
    >>> replace_error(t=[1, 10], n=50, d=5).round(4)
    array([0.1136, 1.1364])
    """
    t = fits(t)
    n, d, noise_variance = _rows(n, d, noise_variance)
    return t * noise_variance * d / (n - d - 1)


@closed_form
def accumulate_error(
    t: ArrayLike, n: ArrayLike, d: ArrayLike, noise_variance: ArrayLike = 1.0, design: Literal["same", "fresh"] = "same"
) -> Values:
    """Return the expected test error under accumulate.

    Same design: σ² d/(n - d - 1) Σ_(j=1…t) 1/j². Fresh design: σ² Σ_(j=1…t) d/(j(jn - d - 1)). Both are exact.

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real vector.
    n : int or array, at least d + 2
        Rows that each generation adds.
    d : int or array, at least 1
    noise_variance : float or array, at least 0
        σ².
    design : {"same", "fresh"}

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Gerstgrasser et al. (2024), Theorem 2 (same design). With a fresh design, generation j moves the vector by
    S_j⁻¹ X_jᵀ ε_j, where S_j = Σ_(i≤j) X_iᵀ X_i. The batches of S_j are exchangeable, so the step has
    E tr(S_j⁻¹ X_jᵀ X_j S_j⁻¹) = E tr(S_j⁻¹)/j.

    Examples
    --------
    >>> float(accumulate_error(10, n=50, d=5).round(4)), float(accumulate_error(10, n=50, d=5, design="fresh").round(4))
    (0.1761, 0.1711)
    """
    n, d, noise_variance = _rows(n, d, noise_variance)
    fresh = _is_fresh(design)
    return _sum_to(t, lambda j: d / (j * (j * n - d - 1)) if fresh else d / (j**2 * (n - d - 1)), n, d) * noise_variance


@closed_form
def accumulate_error_limit(
    n: ArrayLike, d: ArrayLike, noise_variance: ArrayLike = 1.0, design: Literal["same", "fresh"] = "same"
) -> Values:
    """Return the limit of the expected test error under accumulate for t → ∞.

    Same design: σ² d/(n - d - 1) π²/6. Fresh design: -σ² d/(d + 1) [ψ(1 - (d + 1)/n) + γ], with Euler's γ.

    Parameters
    ----------
    n : int or array, at least d + 2
        Rows that each generation adds.
    d : int or array, at least 1
    noise_variance : float or array, at least 0
        σ².
    design : {"same", "fresh"}

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Gerstgrasser et al. (2024), Theorem 2 (same design); the other is the sum of the series of
    :func:`accumulate_error`.

    Examples
    --------
    >>> float(accumulate_error_limit(50, 5).round(4)), float(accumulate_error_limit(50, 5, design="fresh").round(4))
    (0.1869, 0.1807)
    """
    n, d, noise_variance = _rows(n, d, noise_variance)
    if _is_fresh(design):
        return -noise_variance * d / (d + 1) * (psi(1 - (d + 1) / n) + np.euler_gamma)
    return noise_variance * d / (n - d - 1) * np.pi**2 / 6


@closed_form
def growing_replace_error(
    t: ArrayLike, n: ArrayLike, d: ArrayLike, noise_variance: ArrayLike = 1.0, design: Literal["same", "fresh"] = "same"
) -> Values:
    """Return the expected test error when generation j has jn synthetic rows and no old ones.

    Same design (the first n rows x, each labelled j times): σ² d/(n - d - 1) Σ_(j=1…t) 1/j. Fresh design:
    σ² Σ_(j=1…t) d/(jn - d - 1).

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real vector.
    n : int or array, at least d + 2
    d : int or array, at least 1
    noise_variance : float or array, at least 0
        σ².
    design : {"same", "fresh"}

    Returns
    -------
    float or ndarray
        Grows like log t: more rows alone do not stop collapse.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Gerstgrasser et al. (2024), who compare it with accumulate; the sum for fresh designs is the exact form.

    Examples
    --------
    >>> growing_replace_error(t=[1, 10], n=50, d=5).round(4)
    array([0.1136, 0.3328])
    """
    n, d, noise_variance = _rows(n, d, noise_variance)
    fresh = _is_fresh(design)
    return _sum_to(t, lambda j: d / (j * n - d - 1) if fresh else d / (j * (n - d - 1)), n, d) * noise_variance


@closed_form
def downstream_error(
    t: ArrayLike,
    n: ArrayLike,
    n_generator: ArrayLike,
    d: ArrayLike,
    noise_variance: ArrayLike = 1.0,
    generator_noise_variance: ArrayLike = 1.0,
) -> Values:
    """Return the expected test error of a fit to labels of a chain: σ² d/(n - d - 1) + t σ₀² d/(n₀ - d - 1).

    A chain of t generations under replace (n₀ rows, noise σ₀²) makes the labels; the last fit has n rows and noise σ².

    Parameters
    ----------
    t : int or array, at least 0
        Generations of the chain; t = 0 are real labels.
    n : int or array, at least d + 2
        Rows of the last fit.
    n_generator : int or array, at least d + 2
        n₀: rows of each generation of the chain.
    d : int or array, at least 1
    noise_variance, generator_noise_variance : float or array, at least 0
        σ² and σ₀².

    Returns
    -------
    float or ndarray
        The second term does not fall with n: more rows of the last fit do not help against it.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Dohmatob, Feng and Kempe (2024); exact form for standard normal x, least squares and fresh designs.

    Examples
    --------
    >>> downstream_error(t=[0, 5], n=100, n_generator=50, d=5).round(4)
    array([0.0532, 0.6214])
    """
    n, d, noise_variance = _rows(n, d, noise_variance)
    own = noise_variance * d / (n - d - 1)
    n_generator, _, generator_noise_variance = _rows(
        n_generator, d, generator_noise_variance, ("n_generator", "generator_noise_variance")
    )
    return own + fits(t) * generator_noise_variance * d / (n_generator - d - 1)


@closed_form
def proportional_downstream_error(
    t: ArrayLike,
    load: ArrayLike,
    generator_load: ArrayLike,
    noise_variance: ArrayLike = 1.0,
    generator_noise_variance: ArrayLike = 1.0,
) -> Values:
    """Return :func:`downstream_error` for large d and n of fixed quotient: σ² φ/(1 - φ) + t σ₀² φ₀/(1 - φ₀).

    Parameters
    ----------
    t : int or array, at least 0
        Generations of the chain; t = 0 are real labels.
    load, generator_load : float or array, from 0 to 1, 1 excluded
        φ = d/n and φ₀ = d/n₀.
    noise_variance, generator_noise_variance : float or array, at least 0
        σ² and σ₀².

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Dohmatob, Feng and Kempe (2024), ridgeless regression.

    Examples
    --------
    >>> proportional_downstream_error(t=[0, 5], load=0.05, generator_load=0.1).round(4)
    array([0.0526, 0.6082])
    """
    phi = reals("load", load, 0, 1, open_high=True)
    phi_0 = reals("generator_load", generator_load, 0, 1, open_high=True)
    own = reals("noise_variance", noise_variance, 0)
    inherited = reals("generator_noise_variance", generator_noise_variance, 0)
    return own * phi / (1 - phi) + fits(t) * inherited * phi_0 / (1 - phi_0)


@closed_form
def minimum_norm_square(t: ArrayLike, n: ArrayLike, d: ArrayLike) -> Values:
    """Return the expected ‖ŵ_t‖²/‖w‖² of minimum-norm fits without noise, with fewer rows than dimensions: (n/d)^t.

    Each fit projects the last vector on the span of n fresh random rows.

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real vector.
    n : int or array, from 1 to d
    d : int or array, at least 1

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Dohmatob, Feng and Kempe (2024): collapse without noise, exponentially fast, in the over-parametrised case. This is
    its exact form for fresh standard normal designs.

    Examples
    --------
    >>> minimum_norm_square(t=[0, 1, 2], n=10, d=20)
    array([1.  , 0.5 , 0.25])
    """
    t, n, d = fits(t), whole("n", n, 1), whole("d", d, 1)
    if np.any(n > d):
        raise ValueError(f"n must not be larger than d; got {np.max(n):g} rows and d of {np.min(d):g}")
    return (n / d) ** t


@closed_form
def mixed_labels_error(
    n: ArrayLike, d: ArrayLike, n_synthetic: ArrayLike, shift_square: ArrayLike, noise_variance: ArrayLike = 1.0
) -> Values:
    """Return the expected test error when some rows of one fit have labels of another vector w + δ.

    Noise gives σ² d/(n - d - 1). With m = n_synthetic, a row's label is wrong with share p = m/n, and δ gives
    ‖δ‖² [x + y + y(nd - 2)/(n - d - 1)], where x = m(m(n + 1) - 2)/(n(n + 2)(n - 1)) and
    y = m(n - m)/(n(n + 2)(n - 1)). It is exact; for large n it is about ‖δ‖² [p² + p(1 - p)(d + 1)/n].

    Parameters
    ----------
    n : int or array, at least d + 2
        All rows.
    d : int or array, at least 1
    n_synthetic : int or array, from 0 to n
        Rows whose labels come from w + δ.
    shift_square : float or array, at least 0
        ‖δ‖².
    noise_variance : float or array, at least 0
        σ².

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Setting: Dohmatob et al. (2025), strong model collapse. Exact form for standard normal x: the moments of a
    matrix-variate beta distribution, which is independent of the sum of the two Wishart matrices.

    Examples
    --------
    >>> mixed_labels_error(n=[200, 20_000], d=10, n_synthetic=[20, 2000], shift_square=9).round(4)
    array([0.1895, 0.0909])
    """
    n, d, noise_variance = _rows(n, d, noise_variance)
    m, shift_square = whole("n_synthetic", n_synthetic, 0), reals("shift_square", shift_square, 0)
    if np.any(m > n):
        raise ValueError(f"n_synthetic must not be larger than n; got {np.max(m):g} of {np.min(n):g}")
    scale = m / (n * (n + 2) * (n - 1))
    x, y = scale * (m * (n + 1) - 2), scale * (n - m)
    own = noise_variance * d / (n - d - 1)
    return own + shift_square * (x + y + y * (n * d - 2) / (n - d - 1))


@closed_form
def mixed_labels_floor(share: ArrayLike, shift_square: ArrayLike) -> Values:
    """Return the test error that no number of rows removes when a share of the labels is wrong: p² ‖δ‖².

    Parameters
    ----------
    share : float or array, from 0 to 1
        p: rows whose labels come from w + δ, divided by all rows.
    shift_square : float or array, at least 0
        ‖δ‖².

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Dohmatob et al. (2025), strong model collapse: a constant share of synthetic data keeps the error from 0.

    Examples
    --------
    >>> mixed_labels_floor([0.01, 0.1], shift_square=9)
    array([0.0009, 0.09  ])
    """
    return reals("share", share, 0, 1) ** 2 * reals("shift_square", shift_square, 0)


def edited_error(shares: ArrayLike, n: int, d: int, noise_variance: float = 1.0) -> Array:
    """Return the expected test error when each generation replaces a share of the labels, and keeps the others.

    The rows x stay. Between two fits, a random share a_j of all labels, those that were edited before among them, is
    drawn anew from the last fit, with fresh noise. For large n: σ² d/(n - d - 1) [1 + Σ a_j (2 - a_j)].

    Parameters
    ----------
    shares : array, shape (t - 1,), from 0 to 1
        a_2, a_3, …: the share of labels that the training set of generation j draws anew. It is rounded to labels.
    n : int, at least d + 2
    d : int, at least 1
    noise_variance : float, at least 0
        σ².

    Returns
    -------
    ndarray, shape (t,)
        For generations 1 … t. Exact up to t = 2; then leverages of rows are taken to be equal: 0.2 % too small for
        n = 50, d = 5 and twenty generations. It is bounded only if the sum of the shares is finite, and below twice
        the first error if this sum is at most 1/2.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    The setting is token editing of Zhu et al. (2025), who bound the error by 2σ² d/(n - d - 1). Where edits replace
    labels, as here, that holds for small sums of shares only. The recursion follows from the independence of
    X(XᵀX)^(-1/2) and XᵀX, and from the moments of draws without return.

    Examples
    --------
    >>> (edited_error(19 * [0.1], n=50, d=5)[[0, 1, 19]] / edited_error([], n=50, d=5)).round(2)
    array([1.  , 1.18, 4.31])
    """
    shares = reals("shares", shares, 0, 1)
    if shares.ndim != 1:
        raise ValueError(f"shares must contain one share for each generation after the first; got shape {shares.shape}")
    first = replace_error(
        1, integer("n", n, 1), integer("d", d, 1), number("noise_variance", noise_variance, 0, np.inf)
    )
    apart = 1 - (d + 2) / (n + 2)  # 1 less the mean leverage, weighted by leverage
    error = outside = 1.0  # of the labels' noise: along the x in units of the first error, across them for a label
    found = [error]
    for edited in np.round(shares * n):
        share, both = edited / n, edited * (edited - 1) / (n * (n - 1))
        error += share + (share - both) * apart * outside
        outside = share + (1 - 2 * share + both + (share - both) * apart) * outside
        found.append(error)
    return np.array(found) * first


@closed_form
def ridge_error(
    t: ArrayLike, load: ArrayLike, penalty: ArrayLike, signal: ArrayLike = 1.0, noise_variance: ArrayLike = 1.0
) -> Values:
    """Return the expected test error of ridge regression under replace, for large d and n of fixed quotient.

    With φ = d/n, b the positive root of φb² + (1 - φ + λ)b = λ, and b′ = db/dλ, one fit shrinks w by s = 1 - b and ‖w‖²
    by q = 1 - b - λb′, and adds the variance σ²φb′. After t fits: r² (1 - 2s^t + q^t) + σ²φb′ (1 - q^t)/(1 - q).

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real vector.
    load : float or array, larger than 0
        φ; above 1 there are fewer rows than dimensions.
    penalty : float or array, at least 0
        λ, for each row: ``Regression(alpha=λ * n)``. 0 is least squares, or the solution of smallest norm; φ = 1
        needs a penalty.
    signal : float or array, at least 0
        r² = ‖w‖².
    noise_variance : float or array, at least 0
        σ².

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Setting: Dohmatob, Feng and Kempe (2024), who penalise the last fit of a chain, and Garg et al. (2025), who mix in
    real labels. Here each fit of the chain has the penalty, and a fresh design. b and b′ are those of the law of
    Marchenko and Pastur (1967).

    Examples
    --------
    >>> ridge_error(t=[1, 5], load=0.5, penalty=[[0], [0.5], [5]]).round(3)
    array([[1.   , 5.   ],
           [0.414, 1.201],
           [0.734, 1.013]])
    """
    t, load = fits(t), reals("load", load, 0, open_low=True)
    penalty, signal = reals("penalty", penalty, 0), reals("signal", signal, 0)
    noise_variance = reals("noise_variance", noise_variance, 0)
    if np.any((load == 1) & (penalty == 0)):
        raise ValueError("penalty must be above 0 where the load is 1: the error has no bound; got 0")
    linear = 1 - load + penalty
    root = np.hypot(linear, 2 * np.sqrt(load) * np.sqrt(penalty))
    with np.errstate(divide="ignore", invalid="ignore"):  # one of two equal forms loses no digits
        lost = np.where(linear > 0, penalty / (linear / 2 + root / 2), (root / 2 - linear / 2) / load)
    slope = (1 - lost) / root
    kept, square = 1 - lost, 1 - lost - penalty * slope
    with np.errstate(divide="ignore", invalid="ignore"):
        repeated = np.where(square < 1, (1 - square**t) / (1 - square), t)
    return signal * (1 - 2 * kept**t + square**t) + noise_variance * load * slope * repeated


def optimal_ridge_penalty(t: int, load: float, signal: float = 1.0, noise_variance: float = 1.0) -> float:
    """Return the penalty λ with the smallest :func:`ridge_error` in generation t, the same in each fit.

    For t = 1 it is φσ²/r². Later there may be none: as each fit adds noise, the best chain is one that learns nothing.

    Parameters
    ----------
    t : int, at least 1
    load : float, larger than 0
    signal : float, larger than 0
        r² = ‖w‖².
    noise_variance : float, larger than 0
        σ².

    Returns
    -------
    float
        Infinity, if no penalty has an error below r², that of ŵ = 0.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    As :func:`ridge_error`. Dohmatob, Feng and Kempe (2024) propose that the penalty follows the collapse.

    Examples
    --------
    >>> [round(optimal_ridge_penalty(t, load=0.1), 4) for t in (1, 2, 10, 20)]
    [0.1, 0.0774, 0.0641, inf]
    """
    t = integer("t", t, 1)
    load, signal = (number(*each, *_SPAN) for each in (("load", load), ("signal", signal)))
    first = load * number("noise_variance", noise_variance, *_SPAN) / signal

    best, width = 0.0, 10.0
    while width > 1e-6:  # looks closer and closer: the logarithm of the penalty, in units of the first
        tried = best + width * np.linspace(-1, 1, 101)
        with np.errstate(over="ignore"):
            penalties = np.clip(first * np.exp(tried), 1e-100, 1e100)
        errors = ridge_error(t, load, penalties, signal, noise_variance)
        best, width = float(tried[np.argmin(errors)]), width / 20
    # There may be a second minimum at infinity, where nothing is learned.
    return first * math.exp(best) if np.min(errors) < signal and best < 9.9 else math.inf


def _rows(
    n: ArrayLike, d: ArrayLike, noise_variance: ArrayLike, names: tuple[str, str] = ("n", "noise_variance")
) -> tuple[Array, Array, Array]:
    """Return n, d and σ², after a look at them."""
    n, d, noise_variance = whole(names[0], n, 1), whole("d", d, 1), reals(names[1], noise_variance, 0)
    if np.any(n < d + 2):
        raise ValueError(f"{names[0]} must be at least d + 2; got {np.min(n):g} rows and d of {np.max(d):g}")
    return n, d, noise_variance


def _is_fresh(design: str) -> bool:
    return choice("design", design, "same", "fresh") == "fresh"


def _sum_to(t: ArrayLike, term: Callable[[Array], Array], *sizes: Array) -> Values:
    """Return the sum of term(j) for j = 1 … t, where term(j) broadcasts j with the sizes."""
    t, shape = fits(t), np.broadcast_shapes(*(size.shape for size in sizes))
    j = np.arange(1.0, last_step(t, *shape) + 1).reshape(-1, *[1] * len(shape))
    terms = np.broadcast_to(term(j), (len(j), *shape))
    return at(t, np.concatenate([np.zeros((1, *shape)), np.cumsum(terms, axis=0)]))
