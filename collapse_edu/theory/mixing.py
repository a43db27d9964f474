"""Gaussian chains that get fresh real data in each generation (regime *mix*), what mixed rows are worth, and what
becomes of rare types."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, expit

from collapse_edu.checks import integer, number
from collapse_edu.theory._domain import Array, Values, at, closed_form, fits, last_step, numbers, sizes, whole
from collapse_edu.theory._fit import log_factor, log_root_factor
from collapse_edu.theory._reals import reals

__all__ = [
    "effective_sample_ratio",
    "equivalent_sample_size",
    "expected_ancestors",
    "expected_moments",
    "known_share_information",
    "known_share_sample_size",
    "probability_kept",
    "stationary_moments",
    "synthetic_rows_threshold",
]

_LEAST_SHARE = 1e-4  # a family of copies is then followed for about 300,000 generations
_FAR = 100.0  # a distance at which each row tells what it is
_EDGE, _NODES = 13.0, 5201  # of the trapezoidal rule: exact to 10 digits up to that distance


@closed_form
def expected_moments(
    t: ArrayLike, n: ArrayLike, n_fresh: ArrayLike, ddof: int = 1, sampling_bias: float = 1.0
) -> tuple[Values, Values]:
    """Return expected variance and expected squared mean under mix, where n_fresh of n rows are fresh and real.

    With p = n_fresh/n, q = 1 - p, V = E v, M = E μ² and K = 1 (maximum likelihood) or n/(n - 1):
    M' = q² M + (p + q λ V)/n and V' = K [(1 - 1/n)(p + q λ V) + p q M]. The first fit is to n real rows.

    Parameters
    ----------
    t : int or array, at least 1
    n : int or array, at least 2
        Rows of each training set.
    n_fresh : int or array, from 0 to n
        Fresh real rows among them. For ``mix(share)`` that is ``collapse_edu.loop.regimes.real_rows(share, n)``.
    ddof : {1, 0}
    sampling_bias : float
        λ in (0, 1].

    Returns
    -------
    tuple of float or ndarray
        (E v_t, E μ_t²).

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Setting: Alemohammad et al. (2024), fresh data loop. The recursion follows from the moments of pooled samples.

    Examples
    --------
    After many generations the loss stays bounded:

    >>> np.round(expected_moments(t=2000, n=20, n_fresh=2, ddof=0), 4)
    array([0.7872, 0.2128])
    """
    t = fits(t, low=1)
    n, p, k, bias = _rule(n, n_fresh, 0, ddof, sampling_bias)
    q = 1 - p
    course = np.empty((max(last_step(t, *p.shape), 1), 2, *p.shape))
    variance, square = k * (1 - 1 / n), 1 / n
    for row in course:
        row[:] = np.broadcast_to(variance, p.shape), np.broadcast_to(square, p.shape)
        spread = p + q * bias * variance
        variance, square = k * ((1 - 1 / n) * spread + p * q * square), q**2 * square + spread / n
    return at(t - 1, course[:, 0]), at(t - 1, course[:, 1])


@closed_form
def stationary_moments(
    n: ArrayLike, n_fresh: ArrayLike, ddof: int = 1, sampling_bias: float = 1.0
) -> tuple[Values, Values]:
    """Return the limits, for t → ∞, of the expected variance and the expected squared mean under mix.

    They solve M = q² M + (p + q λ V)/n and V = K [(1 - 1/n)(p + q λ V) + p q M], in the letters of
    :func:`expected_moments`.

    Parameters
    ----------
    n : int or array, at least 2
        Rows of each training set.
    n_fresh : int or array, from 1 to n
        Fresh real rows among them. With none there is no limit but collapse.
    ddof : {1, 0}
    sampling_bias : float
        λ in (0, 1].

    Returns
    -------
    tuple of float or ndarray
        (V, M). For ddof = 1 and λ = 1 the expected variance is larger than 1, although the typical one is not.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Setting: Alemohammad et al. (2024), fresh data loop: the limit does not depend on the first generation.

    Examples
    --------
    >>> np.round(stationary_moments(n=100, n_fresh=[2, 10], ddof=0)[0], 4)
    array([0.7976, 0.9497])
    """
    n, p, k, bias = _rule(n, n_fresh, 1, ddof, sampling_bias)
    q, lost = 1 - p, (0.0 if ddof == 1 else 1 / n)
    # Cramer's rule on the two linear equations, all divided by p; no difference of nearly equal numbers.
    own = 1 - bias + bias * (p + q * lost)  # 1 - (1 - lost) q λ
    determinant = (2 - p) * own - k * q**2 * bias / n
    variance = p * ((2 - p) * (1 - lost) + k * q / n) / determinant
    return variance, (own + (1 - lost) * q * bias) / n / determinant


def _rule(
    n: ArrayLike, n_fresh: ArrayLike, low: int, ddof: int, sampling_bias: float
) -> tuple[Array, Array, Array | float, float]:
    """Return n, the share of fresh rows, K and λ, after a look at them."""
    n, n_fresh = sizes(n, ddof), whole("n_fresh", n_fresh, low)
    bias = number("sampling_bias", sampling_bias, 0, 1, open_low=True)
    if np.any(n_fresh > n):
        raise ValueError(f"n_fresh must not be larger than n; got {np.max(n_fresh):g} of {np.min(n):g}")
    return n, n_fresh / n, (1.0 if ddof == 0 else n / (n - 1)), bias


@closed_form
def effective_sample_ratio(share: ArrayLike, sampling_bias: ArrayLike = 1.0) -> Values:
    """Return how many real rows each fresh real row is worth under mix, for the mean and t → ∞: (1 + q)(1 - qλ)/p.

    p is the share of fresh rows and q = 1 - p. For λ = 1 it is 2 - p: the synthetic rows carry what earlier fresh rows
    said. It is the effective sample size n_e of Alemohammad et al., divided by the fresh rows n_r, for the mean alone.
    With λ < 1 it is larger, and misleads: synthetic rows that are too close together say nothing wrong about the mean,
    but the variance is too small. :func:`equivalent_sample_size` judges both.

    Parameters
    ----------
    share : float or array, in (0, 1]
        p: fresh real rows divided by all rows of a training set.
    sampling_bias : float or array, in (0, 1]
        λ.

    Returns
    -------
    float or ndarray
        For λ = 1 from 1 (all rows are real) to almost 2.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Alemohammad et al. (2024) define n_e/n_r. The value follows from the recursion of the mean, for large n.

    Examples
    --------
    >>> effective_sample_ratio([0.1, 1]), effective_sample_ratio(0.1, sampling_bias=0.8).round(2)
    (array([1.9, 1. ]), np.float64(5.32))
    """
    share = reals("share", share, 0, 1, open_low=True)
    bias = reals("sampling_bias", sampling_bias, 0, 1, open_low=True)
    return (2 - share) * (1 - (1 - share) * bias) / share


def equivalent_sample_size(squared_w2: ArrayLike, ddof: int = 1) -> Values:
    """Return how many real rows alone have this expected squared Wasserstein-2 distance, in one dimension: n_e.

    It solves E W2²(n_e) = squared_w2, where E W2²(n) is that of one fit to n real rows
    (:func:`collapse_edu.theory.gaussian.expected_squared_w2` at t = 1), for n_e that need not be whole.

    Parameters
    ----------
    squared_w2 : float or array, larger than 0
        Expected squared distance of a loop to the real distribution, from :func:`collapse_edu.ensemble.gaussian`.
    ddof : {1, 0}

    Returns
    -------
    float or ndarray
        About 1.5/squared_w2. At least 2: what is further off than a fit to two rows is worth 2.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Alemohammad et al. (2024), fresh data loop: E dist(G(n_e), P_r) = WD(n_r, n_s, λ). Their figures have other
    distances and dimensions.

    Examples
    --------
    A fit to 100 real rows, and the limit of V = 0.5 that 1,000 real rows reach with a strong bias:

    >>> from collapse_edu.theory.gaussian import expected_squared_w2
    >>> equivalent_sample_size([expected_squared_w2(1, 100), (1 - 0.5**0.5) ** 2]).round(1)
    array([100. ,  17.8])
    """
    distance = reals("squared_w2", squared_w2, 0, open_low=True)
    integer("ddof", ddof, 0, 1)
    low, high = np.full_like(distance, np.log(2)), np.log(2 + 3 / distance)
    for _ in range(100):  # the distance falls with n: halve what log n can be
        middle = (low + high) / 2
        too_far = _one_fit(np.exp(middle), ddof) > distance
        low, high = np.where(too_far, middle, low), np.where(too_far, high, middle)
    return np.exp(low)[()]


def _one_fit(n: Array, ddof: int) -> Array:
    """Return the expected squared W2 of a fit to n real rows, for n that need not be whole."""
    return 1 / n + np.expm1(log_factor(n, ddof)) - 2 * np.expm1(log_root_factor(n, ddof))


@closed_form
def synthetic_rows_threshold(sampling_bias: ArrayLike, d: ArrayLike = 1) -> Values:
    """Return how many synthetic rows help under mix: with more of them, n_e is smaller than n_r.

    4 [2 - λ + (d + 1)(1 + 3λ - 2λ²)/8]/(1 - λ)²: synthetic rows lower the noise, and a sampling bias λ < 1 lowers the
    variance. For many fresh real rows n_r, both count in the squared Wasserstein-2 distance by terms of the size
    1/n_r², the gain times n_s, the loss times n_s². So the threshold in n_s does not depend on n_r.

    Parameters
    ----------
    sampling_bias : float or array, in (0, 1]
        λ; for 1 any number helps.
    d : int or array, at least 1
        Dimension; n_r is much larger than d and the threshold.

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Alemohammad et al. (2024) find by simulation that there is a threshold for λ < 1, that it tends to a constant for
    large n_r, and that it is lower for smaller λ. The formula follows from the stationary moments, to second order.

    Examples
    --------
    >>> synthetic_rows_threshold([0.5, 0.8, 0.9, 1]).round()
    array([ 32., 173., 648.,  inf])
    """
    bias, d = reals("sampling_bias", sampling_bias, 0, 1, open_low=True), whole("d", d, 1)
    with np.errstate(divide="ignore"):
        return 4 * (2 - bias + (d + 1) * (1 + 3 * bias - 2 * bias**2) / 8) / (1 - bias) ** 2


@closed_form
def known_share_sample_size(n: ArrayLike, share: ArrayLike, distance: ArrayLike = 0.0) -> Values:
    """Return how many labelled real rows batches with known shares of real rows are worth: Σ n_i I(α_i, δ_i).

    I is :func:`known_share_information`, with the conditions that stand there. Two cases need no quadrature. Distance
    0, where nothing tells synthetic rows from real ones: Σ n_i α_i². An infinite distance, where each row tells what it
    is, as with perfect labels: Σ n_i α_i; no rows are worth more. Estimates that use less than all that is known get
    less: the mean of a batch, less what the synthetic rows add to it, divided by α, has the variance (1 + α (1 - α)
    δ²)/(n α²).

    Parameters
    ----------
    n : int or array, at least 1
        Rows of each batch, along the last axis.
    share : float or array, from 0 to 1
        α of each batch, along the last axis.
    distance : float or array, 0 or larger, or infinite
        δ of each batch, along the last axis: from the mean of the real rows to that of the synthetic ones, in standard
        deviations.

    Returns
    -------
    float or ndarray
        The last axis is summed.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Kanabar and Gastpar (2026): in discrete estimation, the worst case over real distributions is that of Σ n_i α_i²
    labelled rows.

    Examples
    --------
    A thousand rows each, where nothing tells them apart, and where each tells what it is:

    >>> share = [1, 0.5, 0.1]
    >>> [round(known_share_sample_size(1000, share, distance)) for distance in (0, np.inf)]
    [1260, 1600]
    """
    worth = whole("n", n, 1) * known_share_information(share, distance)
    return np.sum(np.atleast_1d(worth), axis=-1)


@closed_form
def known_share_information(share: ArrayLike, distance: ArrayLike = 0.0) -> Values:
    """Return the Fisher information about the real mean in one row that is real with a known chance.

    A row is from N(μ, 1) with chance α, and otherwise from N(δ, 1). Only μ is unknown, and it is 0. With φ for the
    density of N(0, 1): I = ∫ α² x² φ(x)² / (α φ(x) + (1 - α) φ(x - δ)) dx, computed by quadrature. A real row with a
    label has 1. So I is the number of labelled rows that one such row is worth, for the best estimate in large samples
    (maximum likelihood) that knows the share, the synthetic distribution and the spread. If the synthetic distribution
    is not known, a row may be worth nothing.

    I is α² at δ = 0, where nothing tells synthetic rows from real ones, and tends to α, where each row tells what it
    is. Up to α = 2/3 it never falls below α². For a larger share it may, by a few per cent: 0.755 at α = 0.9 and δ =
    1.7. For *any* known synthetic distribution, 2 α²/π ≤ I ≤ α. A wider one around the same mean is worse than the same
    one: with a standard deviation of 1.5, I is 0.205 at α = 0.5.

    Parameters
    ----------
    share : float or array, from 0 to 1
        α.
    distance : float or array, 0 or larger, or infinite
        δ, in standard deviations.

    Returns
    -------
    float or ndarray
        From 0.93 α² to α.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Fisher information of a mixture of which one mean is unknown. Bounds: α φ is a part of the density below the line;
    and Cauchy-Schwarz, with ∫ |x| φ(x) dx = √(2/π).

    Examples
    --------
    >>> known_share_information(0.5, distance=[0, 1, 2, 4, 8]).round(3)
    array([0.25 , 0.286, 0.321, 0.426, 0.5  ])
    """
    share = reals("share", share, 0, 1)
    given = numbers(distance)  # of inf, too
    distance = reals("distance", distance if given is None else np.minimum(given, _FAR), 0)
    x = np.linspace(-_EDGE, _EDGE, _NODES)
    weights = x**2 * np.exp(-(x**2) / 2)
    weights /= weights.sum()
    # The integral is α E[x² p(x)] over real rows, where E[x²] = 1 and p(x) is the chance that a row at x is real.
    with np.errstate(divide="ignore"):
        log_odds = np.log(share) - np.log1p(-share) + distance**2 / 2
    return share * (expit(log_odds[..., None] - distance[..., None] * x) @ weights)


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
def probability_kept(
    fresh_copies: ArrayLike, share: ArrayLike, *, n: ArrayLike = 1.0, n_samples: ArrayLike | None = None
) -> Values:
    """Return the chance that a rare type is in what a model writes under mix, in the long run.

    It is 1 - exp(-c Σ (1 - e^(-u_k))) with u_0 = n_samples/n, u_(k+1) = (1 - p)(1 - e^(-u_k)), k = 0, 1, …: each fresh
    copy starts a family of copies, which grows like one under replace and is thinned by 1 - p in each generation.

    Parameters
    ----------
    fresh_copies : float or array, 0 or larger
        c: how many copies the fresh real rows of one generation contain, expected.
    share : float or array, from 0.0001 to 1
        p: fresh real rows divided by all rows of a training set.
    n : float or array, above 0
        Rows of a training set. Only n_samples/n counts.
    n_samples : float or array, 0 or larger, optional
        Rows that a model writes, in which the type is looked for: as many as it learned from, if not given. In a crawl
        models write only their own part of the next one: n (1 - p).

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
    >>> probability_kept(1, share).round(3), probability_kept(1, share, n_samples=1 - share).round(3)
    (array([0.684, 0.955, 0.999]), array([0.523, 0.95 , 0.999]))
    """
    fresh_copies, share = reals("fresh_copies", fresh_copies, 0), reals("share", share, _LEAST_SHARE, 1)
    exponent, total, added = np.ones_like(share), np.zeros_like(share), np.full_like(share, np.inf)
    fresh_copies, share = reals("fresh_copies", fresh_copies, 0), reals("share", share, 0, 1, open_low=True)
    n = reals("n", n, 0, open_low=True)
    n_samples = n if n_samples is None else reals("n_samples", n_samples, 0)
    exponent = np.broadcast_arrays(n_samples / n, share)[0]
    total, added = np.zeros_like(exponent), np.full_like(exponent, np.inf)
    while np.max(added, initial=0) > 1e-12:
        added = -np.expm1(-exponent)
        total = total + added
        exponent = (1 - share) * added
    return -np.expm1(-fresh_copies * total)
