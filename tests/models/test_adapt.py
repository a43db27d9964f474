"""Models of others in the loop: what they get, what they return, and what is refused. (Noise: test_seeding.py.)"""

import numpy as np
import pytest
from evidence import assert_within
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KernelDensity
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from collapse_edu import Gaussian, adapt, run
from collapse_edu.loop import regimes
from collapse_edu.loop.source import FiniteData, normal
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


class WithoutNumber:
    def fit(self, X):
        return self

    def sample(self):
        return None


@pytest.mark.parametrize(
    "thing",
    [
        GaussianMixture, object(), None, np.mean, WithoutNumber(), GaussianNB(), GridSearchCV(KernelDensity(), {}),
        make_pipeline(StandardScaler(), KernelDensity()),
    ],
)  # fmt: skip
def test_what_cannot_learn_and_sample_is_refused(thing):
    with pytest.raises(TypeError, match=r"^estimator must be an object with fit and sample; got .+") as caught:
        adapt(thing)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kernel", ["gaussian", "tophat", "epanechnikov", "exponential", "linear", "cosine"])
def test_a_kernel_that_does_not_sample_is_refused_at_once(rng, kernel):
    X = rng.normal(size=(30, 2))
    if kernel in ("gaussian", "tophat"):
        assert adapt(KernelDensity(kernel=kernel)).fit(X).sample(5, rng).shape == (5, 2)
        return
    line = f"^KernelDensity samples only with kernel gaussian or tophat; got {kernel}$"
    with pytest.raises(ValueError, match=line):
        adapt(KernelDensity(kernel=kernel))
    with pytest.raises(ValueError, match=line):
        adapt(KernelDensity()).set_params(estimator__kernel=kernel).fit(X)


def test_a_distance_that_the_samples_would_not_follow_is_refused():
    with pytest.raises(ValueError, match=r"^KernelDensity samples only with metric euclidean or l2; got manhattan$"):
        adapt(KernelDensity(metric="manhattan"))


def test_sparse_rows_are_refused_in_one_line():
    for estimator in (KernelDensity(), GaussianMixture()):
        with pytest.raises(TypeError, match=r"^Sparse data was passed for X, but dense data is required.*$"):
            adapt(estimator).fit(csr_array(np.eye(5)))


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.longdouble, np.int8, np.uint64, bool, object])
@pytest.mark.parametrize("estimator", [KernelDensity(bandwidth=0.5), GaussianMixture(2, random_state=0)])
def test_numbers_do_not_depend_on_the_type_that_came(rng, estimator, dtype):
    rows = rng.integers(0, 2, size=(40, 3))  # each type can write these
    of_floats, of_others = (Adapted(estimator, random_state=0).fit(rows.astype(kind)) for kind in (float, dtype))
    samples = [model.sample(20, np.random.default_rng(0)) for model in (of_floats, of_others)]
    np.testing.assert_array_equal(*samples)
    assert samples[1].dtype == np.float64
    np.testing.assert_array_equal(
        of_floats.score_samples(rows.astype(float)), of_others.score_samples(rows.astype(dtype))
    )


class Counts:
    """A learner's own model of tokens: it wants integers."""

    def fit(self, X):
        self.counts = np.bincount(X[:, 0])
        return self

    def sample(self, n, *, rng):
        return rng.choice(len(self.counts), size=(n, 1), p=self.counts / self.counts.sum())


def test_a_model_of_your_own_is_given_integers_as_they_are(rng):
    history = run(adapt(Counts()), FiniteData(rng.integers(0, 5, size=(50, 1))), generations=2)
    assert np.isfinite(history["sample_variance"]).all()


def test_a_model_of_the_course_may_be_adapted_too():
    history = run(adapt(Gaussian()), normal(10), regimes.accumulate, generations=2, chains=2)
    assert np.isfinite(history["sample_variance"]).all()
