"""Models that continue: from the predecessor, or each time from one base model."""

import inspect
from itertools import islice

import numpy as np
import pytest
from evidence import assert_within
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture
from sklearn.neighbors import KernelDensity

from collapse_edu import (
    VAE,
    Categorical,
    Curated,
    Gaussian,
    Memoriser,
    PCAMixture,
    Verified,
    adapt,
    generations,
    measures,
    run,
    watch,
)
from collapse_edu.checks import can_continue
from collapse_edu.datasets import digits
from collapse_edu.estimator import copied
from collapse_edu.loop import chain, regimes
from collapse_edu.loop.history import History
from collapse_edu.loop.settings import digest_of
from collapse_edu.loop.source import FiniteData, normal, types
from collapse_edu.loop.study import sweep
from collapse_edu.theory import continuing

K = 200
SMALL_VAE = VAE(hidden=8, latent=2, epochs=2, batch_size=16)


class Told:
    """A model that tells which one it started from."""

    def fit(self, X, previous=None):
        self.previous, self.X = previous, X
        return self

    def sample(self, n, rng):
        return rng.choice(self.X, size=n)


def chain_of(model, warm, length=4):
    rng = np.random.default_rng(0)
    source = normal(6).open(rng)
    return [one.model for one in islice(generations(model, source, regimes.replace, rng, 6, warm), length)]


def test_a_model_sees_its_predecessor():
    first, second, third, _ = chain_of(Told(), warm=True)
    assert first.previous is None
    assert (second.previous, third.previous) == (first, second)


def test_or_all_see_one_base_model():
    base = Told().fit(np.zeros((6, 1)))
    assert all(model.previous is base for model in chain_of(Told(), warm=base))
    assert all(model.previous is None for model in chain_of(Told(), warm=False))


def test_the_loop_fits_on_a_page():
    assert len(inspect.getsource(chain._steps).splitlines()) <= 17


def share_of_heterozygosity(generation, source):
    return (1 - np.square(generation.model.probabilities_).sum()) / (1 - 1 / K)


@pytest.mark.parametrize("start", ["predecessor", "base"])
def test_diversity_of_types_is_as_expected(start):
    pretrained = Categorical().fit(np.arange(K)[:, None])
    history = run(
        Categorical(K, learning_rate=0.9),
        types(20, np.full(K, 1 / K)),
        generations=4,
        chains=200,
        warm=pretrained if start == "base" else True,
        measures={"diversity": share_of_heterozygosity},
        seed=1,
    )
    for t in (1, 2, 4):
        expected = continuing.expected_diversity(t, 20, 0.9, start)
        assert_within(history["diversity"][t - 1], expected, resolves=0.02, oracle="C3")


@pytest.mark.parametrize(("ddof", "start"), [(0, "predecessor"), (1, "predecessor"), (0, "base")])
def test_moments_of_gaussians_are_as_expected(ddof, start):
    d, rate, t = 20, 0.8, 3
    pretrained = Gaussian(ddof=0).fit(np.sqrt(d) * np.concatenate([np.eye(d), -np.eye(d)]))  # mean 0, covariance I
    history = run(
        Gaussian(ddof=ddof, learning_rate=rate),
        normal(40, covariance=np.eye(d)),
        generations=t,
        chains=400,
        warm=pretrained if start == "base" else True,
        measures={
            "variance": measures.fitted_variance,
            "mean_square": lambda generation, source: np.square(generation.model.mean_).mean(),
        },
        seed=2,
    )
    # Each coordinate is a chain of one dimension.
    expected = continuing.expected_diversity(t, 40, rate, start)
    square = 1 - expected if ddof == 0 else (1 + (t - 1) * rate**2) / 40
    assert_within(history["variance"][-1], 1 if ddof else expected, resolves=0.02)
    assert_within(history["mean_square"][-1], square, resolves=0.08)


@pytest.mark.parametrize("model", [Gaussian(), Gaussian(ddof=0)])
def test_a_rate_of_1_forgets_to_the_bit(model):
    X = np.random.default_rng(4).normal(size=(12, 2))
    cold, warm = copied(model).fit(X), copied(model).fit(X, previous=copied(model).fit(X + 5))
    assert np.array_equal(cold.mean_, warm.mean_)
    assert np.array_equal(cold.factor_, warm.factor_)
    assert "warm" not in run(model, normal(12), generations=2).settings  # files of equal runs stay equal


@pytest.mark.parametrize("model", [Gaussian(), Curated(Gaussian(), len)])
@pytest.mark.parametrize("warm", [True, Gaussian().fit([[0.0], [1.0]])])
def test_a_rate_of_1_makes_no_warm_run(model, warm):
    with pytest.raises(TypeError, match=r"^warm must be False: Gaussian with learning_rate 1 forgets the previous"):
        run(model, normal(12), warm=warm)


def test_a_model_inside_is_named():
    with pytest.raises(TypeError, match=r"^warm must be False: KernelDensity cannot start from a previous model$"):
        run(Curated(adapt(KernelDensity()), len), normal(12), warm=True)


def mixture(n=2, d=2, kind=GaussianMixture, **parameters):
    X = np.random.default_rng(0).normal(size=(60, d))
    return adapt(kind(n_components=n, reg_covar=0.01, max_iter=500, **parameters)).fit(X)


@pytest.mark.parametrize(
    ("model", "base", "says"),
    [
        (mixture(3), mixture(2), "n_components 3, as this GaussianMixture has; got 2"),
        (mixture(2, covariance_type="diag"), mixture(2), "covariance_type 'diag', as this GaussianMixture has; got 'f"),
        (mixture(2), mixture(2, d=3), "d = 2, as the rows have; got d = 3"),
        (
            mixture(3, kind=BayesianGaussianMixture),
            mixture(2, kind=BayesianGaussianMixture),
            "n_components 3, as this BayesianGaussianMixture has; got 2",
        ),
        (Gaussian(learning_rate=0.3), Gaussian().fit(np.eye(3)), "d = 2, as the rows have; got d = 3"),
        (Gaussian(learning_rate=0.3), Gaussian(), "fitted; got a Gaussian that is not"),
        (adapt(GaussianMixture(2)), adapt(GaussianMixture(2)), "fitted; got an Adapted that is not"),
    ],
)
def test_a_base_that_does_not_fit_is_refused_in_one_line(model, base, says):
    with pytest.raises(ValueError, match=r"^previous must (have|be) ") as error:
        run(model, normal(30, covariance=np.eye(2)), generations=2, warm=base)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_a_base_of_another_width_is_refused_whatever_the_rate():
    with pytest.raises(ValueError, match=r"^previous must have d = 1, as the rows have; got d = 3$"):
        Gaussian().fit([[0.0], [1.0]], previous=Gaussian().fit(np.eye(3)))


def test_a_base_that_knows_more_types_is_refused():
    with pytest.raises(ValueError, match=r"^previous must have types from 0 to 4; got one that has 8$"):
        Categorical(5, learning_rate=0.5).fit([[1]], previous=Categorical().fit([[8], [1]]))


def test_bases_that_learned_other_data_make_other_settings():
    X = np.random.default_rng(0).normal(size=(40, 1))
    model, data = Gaussian(learning_rate=0.2), FiniteData(X)
    same, again, other = (run(model, data, generations=2, warm=Gaussian().fit(X + by)) for by in (0, 0, 50))
    assert same == again
    assert same.settings != other.settings
    assert same.settings["warm"].startswith("Gaussian(), learned ")
    own = run(Told(), data, generations=2, warm=Told().fit(X)).settings["warm"]
    assert own == run(Told(), data, generations=2, warm=Told().fit(X)).settings["warm"]
    assert own != run(Told(), data, generations=2, warm=Told().fit(X + 1)).settings["warm"]
    assert " at 0x" not in own


def test_a_gaussian_between_data_and_start():
    start = Gaussian(ddof=0).fit([[-1.0], [1.0]])  # N(0, 1)
    model = Gaussian(ddof=0, learning_rate=0.25).fit([[2.0], [6.0]], previous=start)  # data: 4, 4
    # Mean 0.25 · 4; second moment 0.25 · (4 + 16) + 0.75 · 1 = 5.75.
    np.testing.assert_allclose([model.mean_[0], model.covariance_[0, 0]], [1, 4.75])
    weighted = Gaussian(ddof=0, learning_rate=0.25).fit([[2.0], [6.0]], sample_weight=[3, 3], previous=start)
    np.testing.assert_allclose(weighted.covariance_, model.covariance_)


def test_pseudo_counts_stand_beside_counts():
    start = Categorical().fit([[0], [0], [3], [3]])
    model = Categorical(learning_rate=0.5).fit([[1], [1]], previous=start)
    assert model.counts_.tolist() == [1, 2, 0, 1]
    assert Categorical(n_types=6, learning_rate=0.5).fit([[1], [1]], previous=start).counts_.tolist() == [
        1,
        2,
        0,
        1,
        0,
        0,
    ]


def test_an_autoencoder_goes_on_from_the_weights_it_is_given(rng):
    X = np.repeat(rng.random((200, 1)) < 0.5, 20, axis=1).astype(float)
    start = VAE(hidden=8, latent=2, epochs=20, batch_size=20, learning_rate=0.01, random_state=0).fit(X)
    before = {name: values.copy() for name, values in start.parameters_.items()}
    step = next(VAE(hidden=8, latent=2, random_state=1, learning_rate=1e-9).fit_steps(X, start))
    assert start.loss_[0] > 2 * start.loss_[-1]
    assert abs(-step.elbo - start.loss_[-1]) < 0.2 * start.loss_[-1]
    VAE(hidden=8, latent=2, epochs=1, random_state=1).fit(X, previous=start)
    assert all(np.array_equal(values, start.parameters_[name]) for name, values in before.items())
    with pytest.raises(
        ValueError, match=r"^previous must have 20 pixels, 9 hidden units and 2 latent numbers; got 20, 8 and 2$"
    ):
        VAE(hidden=9, latent=2).fit(X, previous=start)


def test_steps_that_are_watched_are_those_of_a_run(rng):
    data = FiniteData((rng.random((40, 6)) < 0.3).astype(float))
    base = SMALL_VAE.__class__(**SMALL_VAE.get_params() | {"random_state": 3}).fit(data.real)
    for warm in (True, base):
        *_, last = watch(SMALL_VAE, data, generations=3, warm=warm)
        assert last.history == run(SMALL_VAE, data, generations=3, warm=warm)
        assert last.history.settings["warm"] == (True if warm is True else f"{base}, learned {digest_of(base)}")


@pytest.mark.parametrize("mixture", [GaussianMixture, BayesianGaussianMixture])
def test_a_mixture_goes_on_where_its_predecessor_stopped(rng, mixture):
    X = np.concatenate([rng.normal(centre, 1, (150, 2)) for centre in (0, 8, 16)])
    start = adapt(mixture(n_components=3, max_iter=300, tol=1e-6, random_state=0)).fit(X)
    again = adapt(mixture(n_components=3, max_iter=300, tol=1e-6, random_state=1)).fit(X, previous=start)
    np.testing.assert_allclose(again.means_, start.means_, atol=0.05)  # also in the same order
    assert again.n_iter_ <= 3
    assert again.estimator_ is not start.estimator_
    assert adapt(mixture(n_components=3)).fit(X[:100], previous=start).n_iter_ > 1  # other rows: EM begins anew


@pytest.mark.parametrize("wrap", [lambda model: Curated(model, reward=lambda rows, model: rows[:, 0], m=1), None])
def test_a_wrapper_hands_on_what_is_inside(wrap):
    wrap = wrap or (lambda model: Verified(model, accept=lambda rows, model: np.ones(len(rows), bool)))
    one, two = chain_of(wrap(Told()), warm=True, length=2)
    assert two.model_.previous is one.model_
    assert can_continue(wrap(Told()))
    assert not can_continue(wrap(PCAMixture()))


@pytest.mark.parametrize(
    ("model", "name"),
    [(Memoriser(), "Memoriser"), (PCAMixture(), "PCAMixture"), (adapt(KernelDensity()), "KernelDensity")],
)
def test_a_model_that_cannot_continue_says_so_before_the_first_generation(model, name):
    with pytest.raises(TypeError, match=rf"^warm must be False: {name} cannot start from a previous model$"):
        run(model, normal(20), warm=True)


@pytest.mark.parametrize(
    ("warm", "error", "words"),
    [
        ("yes", TypeError, "warm must be True, False or a fitted model to start from; got 'yes'"),
        (np.ones((30, 30)), TypeError, r"warm must be True, False or a fitted model to start from; got array\(.*"),
        (Gaussian, TypeError, "warm must be True, False or a fitted model to start from; got <class .*"),
        (Gaussian(), ValueError, "previous must be fitted; got a Gaussian that is not"),
        (Categorical(), TypeError, "previous must be a fitted Gaussian, as this model is one; got Categorical"),
        (
            Gaussian(learning_rate=0.5).fit(np.eye(3)),
            ValueError,
            "previous must have d = 1, as the rows have; got d = 3",
        ),
    ],
)
def test_what_is_none_to_start_from_is_named_in_one_line(warm, error, words):
    with pytest.raises(error, match=f"^{words}$"):
        run(Gaussian(learning_rate=0.5), normal(20), warm=warm)


def test_a_history_tells_where_models_start():
    base = Gaussian(learning_rate=0.5).fit([[-1.0], [1.0]])
    told = {
        True: run(Gaussian(learning_rate=0.5), normal(9), generations=2, warm=True),
        "base": run(Gaussian(learning_rate=0.5), normal(9), regimes.accumulate, generations=2, warm=base),
    }
    assert told[True].describe("variance").startswith("Under replace, with warm starts, the variance goes")
    both = History.together(*told.values())
    assert "Under accumulate, with one base model, the variance goes" in both.describe("variance")


def continued(warm, chains, seed):
    return run(Gaussian(learning_rate=0.5), normal(9), generations=3, warm=warm, chains=chains, seed=seed)


def test_a_study_compares_starts():
    base = Gaussian().fit([[-1.0], [1.0]])
    table = sweep(continued, {"warm": {"cold": False, "warm": True, "base": base}}, chains=2)
    assert table.groupby("warm").size().to_dict() == {"base": 12, "cold": 12, "warm": 12}


def test_a_start_saves_training_and_is_no_fresh_data():
    images = digits()
    classes = {"classes": measures.ClassShares(images).decoded_classes}
    model = VAE(hidden=64, latent=8, epochs=20)
    base = VAE(hidden=64, latent=8, epochs=20, random_state=0).fit(images.source.real)
    settings = {"generations": 5, "chains": 2, "measures": classes}
    cold, warm, tuned = (run(model, images.source, warm=start, **settings)["classes"] for start in (False, True, base))
    assert (cold[0] > 4).all()  # of 10
    assert (cold[-1] < 2).all()
    for continued in (warm, tuned):
        assert (continued[-1] > 2.2).all()
        assert (continued[-1] < continued[0]).all()
