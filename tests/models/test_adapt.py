"""Models of others in the loop: what they get, what they return, and what is refused. (Noise: test_seeding.py.)"""

import numpy as np
import pytest
from evidence import assert_within
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture
from sklearn.neighbors import KernelDensity

from collapse_edu import Gaussian, adapt, run
from collapse_edu.loop import regimes
from collapse_edu.loop.source import normal
from collapse_edu.models import Adapted


@pytest.mark.parametrize("estimator", [GaussianMixture(), BayesianGaussianMixture(), KernelDensity(bandwidth=0.2)])
def test_samples_have_the_moments_of_the_fit(rng, estimator):
    X = rng.normal(size=(60, 2)) @ [[1, 0.5], [0, 1]] + 3
    rows = adapt(estimator).fit(X).sample(100_000, rng)
    assert rows.shape == (100_000, 2)
    spread = X.var(axis=0) + (0.2**2 if isinstance(estimator, KernelDensity) else 0)
    for i in range(2):
        assert_within(rows[:, i], X[:, i].mean())
        if not isinstance(estimator, BayesianGaussianMixture):  # its prior pulls the covariance
            assert rows[:, i].var() == pytest.approx(spread[i], rel=0.02)


def test_a_mixture_of_one_collapses_as_a_gaussian_does(rng):
    # Maximum likelihood, all moments: E v_1 = 1 - 1/n, E v_3 = (1 - 1/n)^3.
    n = 8
    fitted = {"fitted": lambda generation, source: generation.model.estimator_.covariances_[0, 0, 0]}
    history = run(
        adapt(GaussianMixture(reg_covar=0, random_state=0)), normal(n), generations=3, chains=120, measures=fitted
    )
    for t in (1, 3):
        assert_within(history["fitted"][t - 1], (1 - 1 / n) ** t, resolves=0.5)


def test_kernel_density_diffuses_as_its_recursion_says(rng):
    # K1, maximum likelihood variance of n = 10 rows, bandwidth 1: B' = (1 - 1/n)(B + h²).
    n, expected = 10, 0.9
    spread = {"spread": lambda generation, source: generation.training.var()}
    history = run(adapt(KernelDensity(bandwidth=1.0)), normal(n), generations=4, chains=150, measures=spread)
    for t in range(1, 5):
        assert_within(history["spread"][t - 1], expected, resolves=0.3)
        expected = (1 - 1 / n) * (expected + 1)


def test_weights_reach_an_estimator_that_takes_them(rng):
    def weighted(source, pool, synthetic, rng):
        weights = np.zeros(len(synthetic))
        weights[:3] = 1
        return None, synthetic, weights

    kept = {"kept": lambda generation, source: np.ptp(generation.synthetic) - np.ptp(generation.training[:3])}
    model = adapt(KernelDensity(bandwidth=1e-9))
    assert run(model, normal(20), weighted, generations=3, measures=kept)["kept"][1:].max() < 1e-6
    with pytest.raises(TypeError, match=r"^GaussianMixture takes no sample_weight; choose a regime without weights$"):
        run(adapt(GaussianMixture()), normal(20), weighted, generations=2)


def test_density_is_that_of_the_estimator(rng):
    X = rng.normal(size=(30, 1))
    model = adapt(KernelDensity()).fit(X)
    np.testing.assert_array_equal(model.score_samples(X), KernelDensity().fit(X).score_samples(X))


def test_it_is_an_estimator(rng):
    model = adapt(GaussianMixture(2))
    assert isinstance(model, Adapted)
    assert clone(model).estimator.n_components == 2
    assert model.set_params(estimator__n_components=3).estimator.n_components == 3
    with pytest.raises(NotFittedError):
        model.sample(1, rng)


@pytest.mark.parametrize("thing", [GaussianMixture, object(), None, np.mean])
def test_what_cannot_learn_and_sample_is_refused(thing):
    with pytest.raises(TypeError, match=r"^estimator must be an object with fit and sample; got "):
        adapt(thing)


def test_a_model_of_the_course_may_be_adapted_too():
    history = run(adapt(Gaussian()), normal(10), regimes.accumulate, generations=2, chains=2)
    assert np.isfinite(history["sample_variance"]).all()
