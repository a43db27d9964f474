"""The Gaussian model: scikit-learn's contract, moments, weights, and what is left when a dimension is lost."""

import warnings
from itertools import islice

import numpy as np
import pytest
from evidence import assert_same_law, assert_within
from scipy.stats import multivariate_normal
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import parametrize_with_checks

from collapse_edu import Gaussian, generations
from collapse_edu.loop import regimes
from collapse_edu.loop.source import normal


@parametrize_with_checks([Gaussian(), Gaussian(ddof=0, sampling_bias=0.5)])
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize("ddof", [0, 1])
@pytest.mark.parametrize(("n", "d"), [(2, 1), (7, 3), (50, 4), (3, 5), (4, 4)])
def test_fit_is_mean_and_covariance(rng, n, d, ddof):
    X = rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + 5
    model = Gaussian(ddof=ddof).fit(X)
    np.testing.assert_allclose(model.mean_, X.mean(axis=0))
    expected = np.cov(X, rowvar=False, ddof=ddof).reshape(d, d)
    np.testing.assert_allclose(model.covariance_, expected, atol=1e-12 * np.trace(expected))


def test_weights_are_repetitions(rng):
    X, weights = rng.normal(size=(12, 3)), rng.integers(0, 4, 12)
    for ddof in (0, 1):
        weighted = Gaussian(ddof).fit(X, sample_weight=weights)
        repeated = Gaussian(ddof).fit(np.repeat(X, weights, axis=0))
        np.testing.assert_allclose(weighted.mean_, repeated.mean_)
        np.testing.assert_allclose(weighted.covariance_, repeated.covariance_)


@pytest.mark.parametrize("d", [1, 3])
def test_samples_have_the_fitted_moments_shrunk_by_the_bias(rng, d):
    root = rng.normal(size=(d, d))
    model = Gaussian(sampling_bias=0.8).fit(rng.normal(size=(20, d)) @ root + 3)
    rows = model.sample(200_000, rng)
    for i in range(d):
        assert_within(rows[:, i], model.mean_[i])
        for j in range(d):
            product = (rows[:, i] - model.mean_[i]) * (rows[:, j] - model.mean_[j])
            assert_within(product, 0.8 * model.covariance_[i, j])


def test_samples_are_normal(rng):
    model = Gaussian().fit([[0.0], [2.0]])
    assert_same_law(model.sample(20_000, rng)[:, 0], rng.normal(1, np.sqrt(2), 20_000), "samples")


def test_fitted_covariance_is_wishart(rng):
    # E S = Σ and E S_ij² = Σ_ij² + (Σ_ij² + Σ_ii Σ_jj)/ν.
    covariance, nu, factor = np.array([[2.0, 0.6], [0.6, 1.0]]), 7, np.linalg.cholesky([[2.0, 0.6], [0.6, 1.0]])
    fitted = np.array([Gaussian().fit(rng.normal(size=(nu + 1, 2)) @ factor.T).covariance_ for _ in range(2500)])
    for i, j in ((0, 0), (0, 1), (1, 1)):
        assert_within(fitted[:, i, j], covariance[i, j], resolves=0.25)
        spread = (covariance[i, j] ** 2 + covariance[i, i] * covariance[j, j]) / nu
        assert_within(fitted[:, i, j] ** 2, covariance[i, j] ** 2 + spread, resolves=0.25)


@pytest.mark.parametrize(("n", "d"), [(2, 3), (3, 3), (2, 10)])
def test_fewer_rows_than_dimensions_sample_in_their_own_plane(rng, n, d):
    X = rng.normal(size=(n, d))
    model = Gaussian().fit(X)
    rows = model.sample(50, rng) - model.mean_
    plane = np.linalg.matrix_rank(X - X.mean(axis=0))
    assert plane == n - 1
    singular_values = np.linalg.svd(np.concatenate([rows, X - X.mean(axis=0)]), compute_uv=False)
    assert np.count_nonzero(singular_values > 1e-9 * singular_values[0]) == plane
    with pytest.raises(ValueError, match=r"^the fitted covariance is singular, so the model has no density$"):
        model.score_samples(X)


def test_rows_that_are_all_alike_are_learned_as_a_point(rng):
    model = Gaussian().fit(np.full((4, 2), 3.0))
    np.testing.assert_array_equal(model.sample(5, rng), 3)


def test_density_is_the_normal_density(rng):
    X = rng.normal(size=(30, 3)) @ rng.normal(size=(3, 3))
    model = Gaussian(sampling_bias=0.5).fit(X)
    expected = multivariate_normal(model.mean_, model.covariance_).logpdf(X)
    np.testing.assert_allclose(model.score_samples(X), expected)
    assert model.score(X) == pytest.approx(expected.mean())


@pytest.mark.parametrize("d", [1, 2])
def test_deep_collapse_gives_neither_warning_nor_nan(d):
    rng = np.random.default_rng(0)
    chain = generations(Gaussian(), normal(5, covariance=np.eye(d)).open(rng), regimes.replace, rng, 5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        end = next(islice(chain, 1999, None))
    assert np.isfinite(end.synthetic).all()
    assert np.isfinite(end.model.covariance_).all()
    assert np.trace(end.model.covariance_) < 1e-25


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"ddof": 2}, ValueError, "ddof must be an integer from 0 to 1; got 2"),
        ({"ddof": 0.5}, TypeError, "ddof must be an integer from 0 to 1; got 0.5"),
        ({"sampling_bias": 0}, ValueError, r"sampling_bias must be a number in \(0, 1\]; got 0"),
        ({"sampling_bias": 1.2}, ValueError, r"sampling_bias must be a number in \(0, 1\]; got 1.2"),
    ],
)
def test_bad_parameters_get_one_line(changed, error, words):
    with pytest.raises(error, match=f"^{words}$"):
        Gaussian(**changed).fit([[0.0], [1.0]])


@pytest.mark.parametrize(
    ("X", "weights", "words"),
    [
        ([[0.0]], None, "minimum of 2 is required"),
        ([[0.0], [np.nan]], None, "NaN"),
        ([[0.0], [1.0]], [0.5, 0.5], "sample_weight must sum to more than ddof = 1; got 1"),
        ([[0.0], [1.0], [2.0]], [3, -1, 2], "sample_weight must be 0 or larger, with a finite sum that is not zero"),
    ],
)
def test_bad_rows_get_one_line(X, weights, words):
    with pytest.raises(ValueError, match=words):
        Gaussian().fit(X, sample_weight=weights)


def test_one_row_is_a_point_for_maximum_likelihood(rng):
    np.testing.assert_array_equal(Gaussian(ddof=0).fit([[3.0]]).sample(2, rng), [[3.0], [3.0]])


def test_nothing_before_the_fit(rng):
    for use in (lambda: Gaussian().sample(1, rng), lambda: Gaussian().covariance_):
        with pytest.raises(NotFittedError):
            use()
