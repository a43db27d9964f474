"""Measures of rows of types: what metrics give."""

from types import SimpleNamespace

import numpy as np
import pytest
from evidence import assert_same_law, assert_within

from collapse_edu import Categorical, Curated, Gaussian, Regression, Verified, adapt, ensemble, measures, metrics, run
from collapse_edu.loop.chain import Generation
from collapse_edu.loop.source import FiniteData, linear, normal, types
from collapse_edu.theory import gaussian


def test_lost_and_unseen_mass_are_what_the_metrics_give(rng):
    real, synthetic = rng.integers(0, 30, (20, 1)), rng.integers(10, 40, (20, 1))
    generation, source = SimpleNamespace(synthetic=synthetic), SimpleNamespace(real=real)
    assert measures.lost_mass(generation, source) == metrics.lost_mass(real, synthetic) > 0
    assert measures.unseen_mass(generation, source) == metrics.unseen_mass(real, synthetic) > 0


def test_the_numbers_by_hand():
    normal = SimpleNamespace(
        model=SimpleNamespace(mean_=np.array([1.5]), factor_=np.array([[3.0]])), synthetic=np.array([[0, 0], [2, 4]])
    )
    assert measures.fitted_mean(normal, None) == 1.5
    assert measures.fitted_variance(normal, None) == 9
    assert measures.sample_variance(normal, None) == 5  # of 2 and 8, both over one degree of freedom
    normal.model = SimpleNamespace(mean_=np.zeros(2), factor_=np.array([[1, 0], [1, 2]]))
    assert measures.fitted_variance(normal, None) == 3  # of 1 and 5
    types = SimpleNamespace(synthetic=np.array([[0], [0], [1], [3]]))
    source = SimpleNamespace(real=np.array([[0], [1], [2], [2]]))
    assert measures.types_alive(types, source) == 3
    assert measures.heterozygosity(types, source) == 1 - (4 + 1 + 1) / 16
    assert measures.lost_mass(types, source) == 2 / 4
    assert measures.unseen_mass(types, source) == 1 / 4


def test_a_count_model_loses_types_and_invents_none(rng):
    measured = {"lost": measures.lost_mass, "unseen": measures.unseen_mass}
    words = FiniteData(rng.integers(0, 30, (60, 1)))
    history = run(Categorical(), words, generations=20, chains=5, measures=measured)
    assert (history["unseen"] == 0).all()
    assert (history["lost"][1:] >= history["lost"][:-1]).all()
    assert (history["lost"][-1] > 0).all()


def test_squared_w2_is_that_of_the_ensembles_and_of_the_formula():
    ours = run(Gaussian(), normal(10), generations=3, chains=700, measures={"w2": measures.SquaredW2()})["w2"][-1]
    exact = ensemble.gaussian(n=10, generations=3, chains=700)["squared_w2"][-1]
    assert_within(ours, gaussian.expected_squared_w2(3, 10), resolves=0.2)
    assert_same_law(ours, exact, "squared_w2")


def test_squared_w2_to_any_normal_law(rng):
    mean, covariance = np.array([1.0, -2.0]), np.array([[2.0, 0.5], [0.5, 1.0]])
    model = Gaussian().fit(rng.normal(size=(9, 2)))
    found = measures.SquaredW2(mean, covariance)(SimpleNamespace(model=model), None)
    assert found == metrics.squared_w2_gaussians(model.mean_, model.covariance_, mean, covariance)
    zero = measures.SquaredW2(model.mean_, model.covariance_)(SimpleNamespace(model=model), None)
    assert zero == pytest.approx(0, abs=1e-12)
    three = measures.SquaredW2(1.0, 4.0)
    model = Gaussian(ddof=0).fit(np.sqrt(3) * np.concatenate([np.eye(3), -np.eye(3)]))  # N(0, I)
    assert three(SimpleNamespace(model=model), None) == pytest.approx(3 * (1 + 1))


@pytest.mark.parametrize(
    ("measure", "model", "error", "words"),
    [
        (
            measures.SquaredW2(),
            Categorical().fit([[0], [1]]),
            TypeError,
            "SquaredW2 needs a model with mean_, such as Gaussian; got Categorical",
        ),
        (
            measures.fitted_mean,
            Categorical().fit([[0], [1]]),
            TypeError,
            "fitted_mean needs a model with mean_, such as Gaussian; got Categorical",
        ),
        (
            measures.SquaredW2(covariance=np.eye(2)),
            Gaussian().fit([[0.0], [1.0]]),
            ValueError,
            "mean and covariance must be numbers or have shapes (1,) and (1, 1), as the fitted ones have; "
            "got () and (2, 2)",
        ),
    ],
)
def test_a_measure_of_what_was_not_learned_gets_one_line(measure, model, error, words):
    with pytest.raises(error) as caught:
        measure(SimpleNamespace(model=model), None)
    assert str(caught.value) == words


def test_each_measure_of_an_ensemble_is_one_of_a_run():
    ran = {
        "mean": measures.fitted_mean,
        "variance": measures.fitted_variance,
        "squared_w2": measures.SquaredW2(),
        "types_alive": measures.types_alive,
        "heterozygosity": measures.heterozygosity,
        "test_error": measures.ExcessError([1.0, 0.0]),
    }
    settings = {"generations": 2, "chains": 2}
    for exact, model, data in (
        (ensemble.gaussian(n=9, **settings), Gaussian(), normal(9)),
        (ensemble.categorical([5, 5], **settings), Categorical(), types(10, [0.5, 0.5])),
        (ensemble.regression(n=9, d=2, **settings), Regression(design="same"), linear(9, [1.0, 0.0])),
    ):
        history = run(model, data, measures={name: ran[name] for name in exact.measures}, **settings)
        assert history.values.keys() == exact.values.keys()


@pytest.mark.parametrize(
    "wrap",
    [
        lambda model: Curated(model, reward=lambda rows, model: rows[:, 0]),
        lambda model: Verified(model, accept=lambda rows, model: rows[:, 0] > -9),
        adapt,
    ],
)
def test_around_a_gaussian_its_mean_and_variance_are_kept(wrap):
    settings = {"generations": 2, "chains": 2}
    history = run(wrap(Gaussian()), normal(9), **settings)
    assert {"mean", "variance"} <= {*history.measures}
    w2 = run(wrap(Gaussian()), normal(9), measures={"w2": measures.SquaredW2()}, **settings)["w2"]
    np.testing.assert_allclose(w2, history["mean"] ** 2 + (np.sqrt(history["variance"]) - 1) ** 2)


def test_a_metric_that_is_given_a_generation_shows_no_arrays(rng):
    rows = rng.normal(size=(300, 2))
    generation = Generation(3, Gaussian(), rows, rows)
    assert repr(generation) == "<Generation 3 of Gaussian: training (300, 2), synthetic (300, 2)>"
    for strange in (generation, SimpleNamespace(real=rows), rows):
        with pytest.raises(TypeError) as caught:
            metrics.prdc(rows, rows, k=strange)
        assert str(caught.value).startswith("k must be an integer of at least 1; got ")
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 120
