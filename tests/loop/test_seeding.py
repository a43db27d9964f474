"""No noise is used twice: the trap that makes collapse look wrong, and reproducibility to the bit."""

import hashlib
import os
import subprocess
import sys
from itertools import islice

import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture
from sklearn.neighbors import KernelDensity

from collapse_edu import Categorical, Gaussian, adapt, generations, run
from collapse_edu.loop import regimes
from collapse_edu.loop.seeding import follow_stream, generators
from collapse_edu.loop.source import normal
from collapse_edu.models import Adapted


class Simple:
    """A learner's own class: its noise comes from wherever a subclass says."""

    def fit(self, X):
        self.mean, self.spread = X.mean(axis=0), X.std(axis=0, ddof=1)
        return self

    def rows(self, n, rng):
        return self.mean + self.spread * rng.standard_normal((n, len(self.mean)))


class WithRng(Simple):
    def sample(self, n, rng):
        return self.rows(n, rng)


class WithRandomState(Simple):
    def sample(self, n, random_state=None):
        return self.mean + self.spread * random_state.standard_normal((n, len(self.mean)))


class OwnGenerator(Simple):
    def __init__(self):
        self.noise = np.random.default_rng(0)

    def sample(self, n):
        return self.rows(n, self.noise)


class OwnRandomState(Simple):
    def __init__(self):
        self.noise = np.random.RandomState(0)

    def sample(self, n):
        return self.rows(n, self.noise)


class OwnSeed(Simple):
    def __init__(self, random_state=0):
        self.random_state = random_state

    def sample(self, n):
        return self.rows(n, np.random.default_rng(self.random_state))


class NoisyFit(OwnGenerator):
    """It learns from a random half of the rows."""

    def fit(self, X):
        self.chosen = self.noise.permutation(len(X))[: len(X) // 2]
        return super().fit(X[self.chosen])


class Standardised(BaseEstimator):
    """A learner's own wrapper: z-scores around an estimator, which it copies before it fits, as scikit-learn does."""

    def __init__(self, inner):
        self.inner = inner

    def fit(self, X):
        self.mean_, self.spread_ = X.mean(axis=0), X.std(axis=0)
        self.inner_ = clone(self.inner).fit((X - self.mean_) / self.spread_)
        return self

    def sample(self, n):
        return self.mean_ + self.spread_ * self.inner_.sample(n)[0]


class InLists(Standardised):
    """It keeps what it fitted in a list in a dictionary."""

    def fit(self, X):
        super().fit(X)
        self.inner_ = {"all": [self.inner_]}
        return self

    def sample(self, n):
        return self.mean_ + self.spread_ * self.inner_["all"][0].sample(n)[0]


class Unadapted(OwnGenerator):
    """It goes into the loop as it is."""

    def sample(self, n, rng):
        return self.rows(n, self.noise)


MODELS = {
    "Gaussian": Gaussian,
    "mixture": lambda: adapt(GaussianMixture(random_state=0)),
    "mixture of two": lambda: adapt(GaussianMixture(2, random_state=0)),
    "mixture with a state": lambda: adapt(GaussianMixture(random_state=np.random.RandomState(0))),
    "Bayesian mixture": lambda: adapt(BayesianGaussianMixture(random_state=0)),
    "kernel density": lambda: adapt(KernelDensity(bandwidth=0.3)),
    "own class, rng": lambda: adapt(WithRng()),
    "own class, random_state": lambda: adapt(WithRandomState()),
    "own class, own generator": lambda: adapt(OwnGenerator()),
    "own class, own RandomState": lambda: adapt(OwnRandomState()),
    "own class, own seed": lambda: adapt(OwnSeed()),
    "own class, noisy fit": lambda: adapt(NoisyFit()),
    "own wrapper": lambda: adapt(Standardised(GaussianMixture(random_state=0))),
    "own wrapper with lists": lambda: adapt(InLists(GaussianMixture(random_state=0))),
}
each_model = pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)


def chain(make, seed, length=3, n=40):
    rng = generators(seed, 1)[0]
    return list(islice(generations(make(), normal(n).open(rng), regimes.replace, rng, n), length))


def noise(generation):
    """Return the synthetic rows, sorted, on the scale of the training set: what a replay would repeat."""
    standard = (generation.synthetic - generation.training.mean(axis=0)) / generation.training.std(axis=0)
    return np.sort(standard, axis=0).ravel()


@each_model
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_two_samples_of_one_fit_differ(make):
    rng = np.random.default_rng(0)
    model = make().fit(rng.normal(size=(30, 1)))
    one, two = model.sample(20, rng), model.sample(20, rng)
    assert one.shape == two.shape == (20, 1)
    assert not np.isin(one, two).any()


@each_model
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_sample_depends_on_the_given_generator_alone(make):
    model = make().fit(np.random.default_rng(0).normal(size=(30, 1)))
    one, two = (model.sample(20, np.random.default_rng(1)) for _ in range(2))
    np.testing.assert_array_equal(one, two)


@each_model
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_generations_do_not_replay_noise(make):
    # A replay gives a correlation of 1 between the noise of generations in the order drawn; mixtures shuffle,
    # so the order is undone and the deviations of the order statistics are compared.
    found = np.array([noise(generation) for generation in chain(make, 1, length=30)])
    deviation = found - found.mean(axis=0)
    correlation = np.corrcoef(deviation)[np.triu_indices(30, 1)]
    assert correlation.max() < 0.999
    assert np.ptp(found, axis=0).min() > 1e-3  # a replay leaves no spread over generations
    assert abs(correlation.mean() + 1 / 29) < 0.05  # -1/29 for independent rows with their common mean removed


def test_noise_of_the_fit_is_not_replayed_either():
    one, two, three = (
        set(generation.model.estimator_.chosen) for generation in chain(MODELS["own class, noisy fit"], 1)
    )
    assert not one == two == three


def test_the_check_above_would_notice_a_replay():
    class Replay(Simple):
        def sample(self, n):
            return self.rows(n, np.random.default_rng(0))

    found = np.array([noise(generation) for generation in chain(lambda: adapt(Replay()), 1, length=5)])
    assert np.ptp(found, axis=0).max() < 1e-9


@each_model
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_one_seed_one_result_and_another_seed_another(make):
    one, again, other = chain(make, 1), chain(make, 1), chain(make, 2)
    for a, b, c in zip(one, again, other, strict=True):
        np.testing.assert_array_equal(a.synthetic, b.synthetic)
        assert not np.isin(a.synthetic, c.synthetic).any()


@pytest.mark.parametrize("mixture", [GaussianMixture, BayesianGaussianMixture])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_seed_in_the_estimator_has_no_effect(mixture):
    models = [adapt(mixture(n_components=2, random_state=seed)) for seed in (None, 0, 7)]
    found = [chain(lambda model=model: model, 1)[-1].synthetic for model in models]
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


def test_a_state_in_the_estimator_is_neither_shared_nor_advanced():
    state = np.random.RandomState(0)
    before = state.get_state()
    model = adapt(GaussianMixture(random_state=state))
    first = run(model, normal(20), generations=2, chains=2)
    second = run(model, normal(20), generations=2, chains=2)
    assert first == second
    np.testing.assert_array_equal(before[1], state.get_state()[1])
    assert before[2] == state.get_state()[2]
    assert model.estimator.random_state is state
    assert not hasattr(model, "estimator_")
    assert first["sample_variance"][0, 0] != first["sample_variance"][0, 1]


def test_the_learners_own_objects_are_left_alone():
    own = OwnGenerator()
    before = own.noise.bit_generator.state
    run(adapt(own), normal(10), generations=2, chains=2)
    assert own.noise.bit_generator.state == before
    assert not hasattr(own, "mean")


def test_follow_stream_reaches_nested_estimators_and_gives_each_its_own_noise():
    model = follow_stream(Adapted(GaussianMixture(random_state=3), random_state=5), np.random.default_rng(0))
    assert isinstance(model.random_state, np.random.RandomState)
    assert isinstance(model.estimator.random_state, np.random.RandomState)
    assert model.random_state.random_sample() != model.estimator.random_state.random_sample()


def test_parts_that_know_each_other_get_their_noise_once():
    whole, part = OwnGenerator(), OwnGenerator()
    whole.part, part.whole, whole.again = part, whole, [part]
    rng, expected = np.random.default_rng(5), np.random.default_rng(5)
    follow_stream(whole, rng)
    for noise in (whole.noise, part.noise):
        seed = expected.integers(2**32, size=4, dtype=np.uint32)
        assert noise.bit_generator.state == np.random.default_rng(seed).bit_generator.state
    assert rng.bit_generator.state == expected.bit_generator.state


def test_follow_stream_advances_the_chain_although_the_model_copies_what_it_got():
    rng = np.random.default_rng(0)
    draws = [clone(follow_stream(GaussianMixture(), rng)).random_state.random_sample() for _ in range(3)]
    assert len(set(draws)) == 3


def test_a_model_that_is_not_adapted_does_not_replay_its_own_generator_either():
    rng = np.random.default_rng(0)
    one, two = islice(generations(Unadapted(), normal(40).open(rng), regimes.replace, rng, 40), 2)
    assert np.ptp(noise(one) - noise(two)) > 1e-3


def test_follow_stream_leaves_a_model_without_a_seed_alone():
    model = Gaussian()
    rng = np.random.default_rng(0)
    before = rng.bit_generator.state
    assert follow_stream(model, rng) is model
    assert rng.bit_generator.state == before


def test_adapted_rows_of_a_mixture_are_not_sorted_by_component(rng):
    X = np.concatenate([rng.normal(-50, 1, (50, 1)), rng.normal(50, 1, (50, 1))])
    rows = adapt(GaussianMixture(2)).fit(X).sample(200, rng)[:, 0] > 0
    changes = np.count_nonzero(np.diff(rows))
    assert 70 < changes < 130  # sorted rows change side once


# ---------------------------------------------------------------- one generator for each chain


def test_a_larger_ensemble_contains_the_smaller():
    few = run(Gaussian(), normal(10), generations=4, chains=3, seed=9)
    many = run(Gaussian(), normal(10), generations=4, chains=8, seed=9)
    for measure in few.measures:
        np.testing.assert_array_equal(many[measure][:, :3], few[measure])


def test_more_generations_continue_the_same_chains():
    short = run(Gaussian(), normal(10), generations=4, chains=3, seed=9)
    long = run(Gaussian(), normal(10), generations=9, chains=3, seed=9)
    np.testing.assert_array_equal(long["variance"][:4], short["variance"])


def test_generators_are_independent():
    draws = np.array([rng.standard_normal(2000) for rng in generators(3, 40)])
    correlation = np.corrcoef(draws)[np.triu_indices(40, 1)]
    assert np.abs(correlation).max() < 5 / np.sqrt(2000)  # 780 pairs
    other = np.array([rng.standard_normal(2000) for rng in generators(4, 40)])
    assert not np.isin(draws, other).any()


def test_global_random_state_is_neither_read_nor_written():
    np.random.seed(0)
    before = np.random.get_state()[1].copy()
    one = run(adapt(GaussianMixture(2)), normal(20), generations=2)
    np.testing.assert_array_equal(before, np.random.get_state()[1])
    np.random.seed(1)
    assert one == run(adapt(GaussianMixture(2)), normal(20), generations=2)


# ---------------------------------------------------------------- the same bits in another process

FINGERPRINT = """
import hashlib
import numpy as np
from sklearn.mixture import GaussianMixture
from collapse_edu import Categorical, Gaussian, adapt, datasets, ensemble, run
from collapse_edu.loop import regimes
from collapse_edu.loop.source import normal
images = datasets.digits().source
histories = [
    run(Gaussian(), images, regimes.preserve(0.1), generations=2, seed=1),
    run(adapt(GaussianMixture(2, covariance_type="diag", max_iter=5)), images, generations=2, seed=1),
    run(Gaussian(), normal(150, covariance=np.eye(100)), generations=2, seed=1),
    ensemble.gaussian(regimes.accumulate, n=10, d=3, generations=5, chains=50),
]
digest = hashlib.sha256()
for history in histories:
    for array in history.values.values():
        digest.update(array.tobytes())
print(digest.hexdigest())
"""


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_bits_do_not_depend_on_process_or_threads():
    found = set()
    for threads in ("1", "2"):
        variables = os.environ | {f"{library}_NUM_THREADS": threads for library in ("OMP", "OPENBLAS", "MKL")}
        variables["PYTHONHASHSEED"] = threads
        command = [sys.executable, "-W", "ignore", "-c", FINGERPRINT]
        done = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
        found.add(done.stdout.strip())
    assert len(found) == 1
    assert len(found.pop()) == len(hashlib.sha256().hexdigest())


def test_categorical_chain_is_reproducible_too():
    rng_a, rng_b = generators(2, 1)[0], generators(2, 1)[0]
    model = Categorical(4).fit([[0], [1], [2], [3]])
    np.testing.assert_array_equal(model.sample(50, rng_a), model.sample(50, rng_b))
