"""Principal components: the law of the fit and of the samples, what is left over, and that nothing is clipped."""

import warnings
from itertools import islice

import numpy as np
import pytest
from evidence import assert_within
from scipy.stats import multivariate_normal, ttest_rel
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.mixture import GaussianMixture
from sklearn.utils.estimator_checks import parametrize_with_checks

from collapse_edu import PCAGaussian, PCAMixture, generations
from collapse_edu.datasets import digits
from collapse_edu.loop import regimes
from collapse_edu.metrics import precision_recall

MODELS = [PCAGaussian(3), PCAMixture(3, 2)]


WITH_WEIGHTS = ("pandas_series", "not_an_array", "list", "shape", "not_overwritten")


def refused(model):
    """Return the checks of scikit-learn that give weights to a mixture, which refuses them in one clear line."""
    names = [f"check_sample_weights_{what}" for what in WITH_WEIGHTS]
    names += ["check_all_zero_sample_weights_error", "check_sample_weight_equivalence_on_dense_data"]
    return dict.fromkeys(names, "takes no weights") if isinstance(model, PCAMixture) else {}


@parametrize_with_checks(
    [PCAGaussian(), PCAGaussian(1, sampling_bias=0.5), PCAMixture(n_mixture=2)], expected_failed_checks=refused
)
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize("model", [PCAGaussian(4), PCAMixture(4, 2, random_state=0)])
def test_directions_and_variances_are_those_of_scikit_learn(rng, model):
    X = rng.normal(size=(50, 9)) @ rng.normal(size=(9, 9)) + 5
    model, pca = clone(model).fit(X), PCA(4).fit(X)
    np.testing.assert_allclose(model.mean_, pca.mean_)
    np.testing.assert_allclose(model.explained_variance_, pca.explained_variance_)
    np.testing.assert_allclose(np.abs(model.components_ @ pca.components_.T), np.eye(4), atol=1e-10)
    assert model.noise_variance_ == pytest.approx(pca.noise_variance_)


def covariance_of(model):
    """Return the covariance of probabilistic PCA: fitted along the components, isotropic elsewhere."""
    leading = model.components_.T @ np.diag(model.explained_variance_) @ model.components_
    return leading + model.noise_variance_ * (np.eye(len(leading)) - model.components_.T @ model.components_)


def test_total_variance_is_kept(rng):
    X = rng.normal(size=(40, 7)) * np.arange(1, 8)
    assert np.trace(covariance_of(PCAGaussian(2).fit(X))) == pytest.approx(X.var(axis=0, ddof=1).sum())


def test_density_is_that_of_probabilistic_pca(rng):
    X = rng.normal(size=(40, 6)) @ rng.normal(size=(6, 6))
    for k in (2, 6):
        model = PCAGaussian(k, sampling_bias=0.5).fit(X)
        expected = multivariate_normal(model.mean_, covariance_of(model)).logpdf(X)
        np.testing.assert_allclose(model.score_samples(X), expected)
        np.testing.assert_allclose(model.score_samples(X), PCA(k).fit(X).score_samples(X))
        assert model.score(X) == pytest.approx(expected.mean())


def test_density_of_a_mixture(rng):
    X = np.concatenate([rng.normal(size=(60, 5)), rng.normal(5, 1, size=(40, 5))])
    model = PCAMixture(2, 2, random_state=0).fit(X)
    noise = model.noise_variance_ * (np.eye(5) - model.components_.T @ model.components_)
    density = sum(
        weight
        * multivariate_normal(
            model.mean_ + mean @ model.components_, model.components_.T @ covariance @ model.components_ + noise
        ).pdf(X)
        for weight, mean, covariance in zip(
            model.mixture_.weights_, model.mixture_.means_, model.mixture_.covariances_, strict=True
        )
    )
    np.testing.assert_allclose(model.score_samples(X), np.log(density))


@pytest.mark.parametrize("bias", [1.0, 0.6])
def test_samples_of_the_gaussian_have_the_fitted_moments_times_the_bias(rng, bias):
    model = PCAGaussian(2, sampling_bias=bias).fit(rng.normal(size=(30, 4)) @ rng.normal(size=(4, 4)) + 3)
    rows, expected = model.sample(200_000, rng) - model.mean_, bias * covariance_of(model)
    for i in range(4):
        assert_within(rows[:, i], 0)
        for j in range(4):
            assert_within(rows[:, i] * rows[:, j], expected[i, j])


@pytest.mark.parametrize("bias", [1.0, 0.6])
def test_samples_of_the_mixture_have_the_fitted_moments_times_the_bias(rng, bias):
    X = np.concatenate([rng.normal(size=(60, 4)), rng.normal(5, 0.5, size=(40, 4))])
    model = PCAMixture(2, 2, sampling_bias=bias, random_state=0).fit(X)
    mixture = model.mixture_
    between = np.cov(mixture.means_.T, aweights=mixture.weights_, ddof=0)
    within = np.einsum("j,jab->ab", mixture.weights_, mixture.covariances_)
    scores = model.sample(200_000, rng) - model.mean_
    left_over = scores - scores @ model.components_.T @ model.components_
    assert_within(np.square(left_over).sum(axis=1), bias * 2 * model.noise_variance_, resolves=0.02)
    scores = scores @ model.components_.T
    expected = between + bias * within
    for i in range(2):
        assert_within(scores[:, i], 0)  # the mean of a fitted mixture is the mean of the data
        for j in range(2):
            assert_within(scores[:, i] * scores[:, j], expected[i, j])


def test_laws_of_a_mixture_come_by_their_weights_and_in_no_order(rng):
    X = np.concatenate([rng.normal(size=(30, 2)), rng.normal(100, 1, size=(10, 2))])
    far = PCAMixture(2, 2, random_state=0).fit(X).sample(40_000, rng)[:, 0] > 50
    assert_within(far, 0.25, resolves=0.04)
    assert_within(far[1:] & far[:-1], 1 / 16, resolves=0.1)


@pytest.mark.parametrize("model", MODELS)
def test_each_call_of_sample_is_new_noise_and_the_generator_decides(rng, model):
    model = clone(model).set_params(**({"random_state": 0} if isinstance(model, PCAMixture) else {}))
    model.fit(rng.normal(size=(40, 5)))
    one, two = (model.sample(5, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    noise = np.random.default_rng(3)
    assert not np.isin(model.sample(5, noise), model.sample(5, noise)).any()


def test_the_fit_of_a_mixture_follows_its_random_state(rng):
    X = rng.normal(size=(80, 4))
    means = [PCAMixture(2, 4, random_state=seed).fit(X).mixture_.means_ for seed in (0, 0, 1)]
    np.testing.assert_array_equal(means[0], means[1])
    assert not np.array_equal(means[0], means[2])


def test_without_residual_rows_stay_on_the_components(rng):
    for model in (PCAGaussian(2, residual=False), PCAMixture(2, 2, residual=False)):
        rows = model.fit(rng.normal(size=(30, 5))).sample(20, rng) - model.mean_
        np.testing.assert_allclose(rows @ model.components_.T @ model.components_, rows, atol=1e-12)
        assert model.noise_variance_ == 0
        with pytest.raises(ValueError, match=r"^the model has no noise in the directions that it discards"):
            model.score_samples(rows)


def test_weights_are_repetitions(rng):
    X, weights = rng.normal(size=(20, 5)), rng.integers(0, 4, 20)
    weighted, repeated = PCAGaussian(3).fit(X, sample_weight=weights), PCAGaussian(3).fit(np.repeat(X, weights, axis=0))
    np.testing.assert_allclose(weighted.mean_, repeated.mean_)
    np.testing.assert_allclose(covariance_of(weighted), covariance_of(repeated))


@pytest.mark.parametrize(("n", "d", "k"), [(5, 20, 16), (2, 64, 16), (10, 3, 16), (30, 1, 16), (16, 16, 16)])
def test_components_are_limited_by_rows_and_features(rng, n, d, k):
    X = rng.normal(size=(n, d))
    for model in (PCAGaussian(k), PCAMixture(k, 2)):
        model.fit(X)
        assert model.components_.shape == (min(k, d, n - 1), d)
        assert np.isfinite(model.sample(50, rng)).all()
    model = PCAGaussian(k).fit(X)
    np.testing.assert_allclose(np.trace(covariance_of(model)), X.var(axis=0, ddof=1).sum())


@pytest.mark.parametrize("model", MODELS)
def test_constant_columns_and_equal_rows(rng, model):
    X = rng.normal(size=(40, 6))
    X[:, [0, 3]] = 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        flat = clone(model).set_params(residual=False).fit(X).sample(50, rng)
        np.testing.assert_allclose(flat[:, [0, 3]], 1)
        same = clone(model).fit(np.ones((40, 6))).sample(50, rng)
    np.testing.assert_allclose(same, 1, atol=0.01)  # a mixture keeps its floor, reg_covar


def test_a_singular_fit_has_no_density(rng):
    with pytest.raises(ValueError, match=r"^the model has no noise|^the fitted covariance is singular"):
        PCAGaussian(16).fit(rng.normal(size=(5, 20))).score_samples(rng.normal(size=(2, 20)))
    constant = np.column_stack([rng.normal(size=20), np.ones(20)])
    with pytest.raises(ValueError, match=r"^the fitted covariance is singular, so the model has no density$"):
        PCAGaussian().fit(constant).score_samples(constant)


@pytest.mark.parametrize(
    ("model", "X", "error", "words"),
    [
        (PCAGaussian(0), np.eye(3), ValueError, "n_components must be an integer of at least 1; got 0"),
        (PCAGaussian(2.0), np.eye(3), TypeError, "n_components must be an integer of at least 1; got 2.0"),
        (PCAGaussian(sampling_bias=0), np.eye(3), ValueError, r"sampling_bias must be a number in \(0, 1\]; got 0"),
        (PCAGaussian(residual="no"), np.eye(3), TypeError, "residual must be True or False; got 'no'"),
        (PCAGaussian(), [[1.0, 2.0]], ValueError, "minimum of 2 is required"),
        (PCAMixture(n_mixture=0), np.eye(3), ValueError, "n_mixture must be an integer of at least 1; got 0"),
        (PCAMixture(n_mixture=4), np.eye(3), ValueError, "X must have at least n_mixture = 4 rows; got 3"),
        (PCAMixture(reg_covar=-1), np.eye(30), ValueError, r"reg_covar must be a number in \[0, inf\]; got -1"),
    ],
)
def test_bad_input_gets_one_line(model, X, error, words):
    with pytest.raises(error, match=words) as caught:
        model.fit(X)
    assert "\n" not in str(caught.value)


def test_weights_that_cannot_be_are_refused(rng):
    X = rng.normal(size=(20, 3))
    with pytest.raises(TypeError, match=r"^PCAMixture takes no sample_weight; choose a regime without weights$"):
        PCAMixture().fit(X, sample_weight=np.ones(20))
    with pytest.raises(ValueError, match=r"^sample_weight must be 0 or larger, with a finite sum that is not zero$"):
        PCAGaussian().fit(X, sample_weight=np.r_[-1, np.ones(19)])
    with pytest.raises(ValueError, match=r"^sample_weight must sum to more than 1; got 1$"):
        PCAGaussian().fit(X, sample_weight=np.r_[1, np.zeros(19)])


@pytest.mark.parametrize("model", MODELS)
def test_nothing_before_the_fit(rng, model):
    for use in (lambda: clone(model).sample(1, rng), lambda: clone(model).score_samples([[1.0]])):
        with pytest.raises(NotFittedError):
            use()


def test_the_mixture_is_that_of_scikit_learn_on_the_scores():
    X = digits().source.real
    model = PCAMixture(random_state=0).fit(X)
    other = GaussianMixture(10, random_state=0).fit((X - model.mean_) @ model.components_.T)
    np.testing.assert_allclose(model.mixture_.means_, other.means_)


# ---------------------------------------------------------------- nothing is clipped


class Clipped(PCAGaussian):
    """What a well-meant line does: keep the pixels in their range."""

    def sample(self, n, rng):
        return super().sample(n, rng).clip(0, 1)


@pytest.mark.parametrize("model", [PCAGaussian(), PCAMixture()])
def test_pixels_outside_their_range_occur_and_reach_the_next_fit(model):
    rng = np.random.default_rng(0)
    chain = generations(model, digits().source.open(rng), regimes.replace, rng, 898)
    one, two = islice(chain, 2)
    assert (one.synthetic < 0).mean() > 0.05
    assert (one.synthetic > 1).mean() > 0.001
    assert two.training is one.synthetic


def after(model, t, seed):
    """Return total variance (as a share of the real one) and recall of what generation t draws."""
    rng, data = np.random.default_rng(seed), digits().source
    chain = generations(model, data.open(rng), regimes.replace, rng, data.n)
    rows = next(islice(chain, t - 1, None)).synthetic
    return rows.var(axis=0).sum() / data.real.var(axis=0).sum(), precision_recall(data.reserve, rows).recall


def test_clipping_changes_the_physics():
    # Eight chains, paired by seed: the clipped ones lose variance and recall that sampling alone does not take.
    free, clipped = (
        np.array([after(model, t=10, seed=seed) for seed in range(8)]) for model in (PCAGaussian(), Clipped())
    )
    assert (clipped < free).all()
    assert (ttest_rel(clipped, free, alternative="less").pvalue < 1e-4).all()
    # Unbiased fits keep the expected variance, whatever recall does.
    assert free[:, 0].mean() == pytest.approx(1, abs=0.1)
    assert clipped[:, 0].mean() < 0.5
