"""Selected samples: best of m, and a verifier of a given quality, against order statistics and truncated laws."""

import pickle
from itertools import islice

import numpy as np
import pytest
from evidence import assert_within
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.mixture import GaussianMixture

from collapse_edu import Categorical, Gaussian, adapt, generations, replace, run
from collapse_edu.loop.source import FiniteData, normal
from collapse_edu.measures import fitted_mean, fitted_variance
from collapse_edu.models import Curated, Verified
from collapse_edu.theory import selection


def value(rows, model):
    return rows[:, 0]


def typical(rows, model):
    """Return which rows are within one standard deviation of the model's mean."""
    return np.abs(rows[:, 0] - model.mean_[0]) < np.sqrt(model.covariance_[0, 0])


def first_type(rows, model):
    return rows[:, 0] == 0


STANDARD = np.array([[-1.0], [1.0]]) / np.sqrt(2)  # its unbiased fit is N(0, 1)


@pytest.mark.parametrize("m", [1, 2, 5])
def test_best_of_m_has_the_moments_of_order_statistics(rng, m):
    model = Curated(Gaussian(), value, m).fit(STANDARD)
    rows = model.sample(40_000, rng)[:, 0]
    mean, variance = selection.best_of_moments(m)
    assert_within(rows, mean)
    assert_within((rows - mean) ** 2, variance, resolves=0.04)
    assert_within((rows[1:] - mean) * (rows[:-1] - mean), 0)


def test_best_of_two_takes_away_a_share_of_1_over_pi(rng):
    model = Curated(Gaussian(), value).fit(STANDARD)
    rows = model.sample(100_000, rng)[:, 0]
    assert_within((rows - 1 / np.sqrt(np.pi)) ** 2, 1 - 1 / np.pi, resolves=0.02)


def test_a_curated_chain_loses_variance_as_the_theory_says():
    metrics = {"mean": fitted_mean, "variance": fitted_variance}
    found = run(Curated(Gaussian(), value), normal(20), generations=4, chains=300, measures=metrics)
    for t in (1, 2, 3, 4):
        assert_within(found["variance"][t - 1], selection.best_of_variance(t, 20), resolves=0.2)
    large = run(Curated(Gaussian(), value), normal(2000), generations=4, chains=40, measures=metrics)
    for t in (2, 3, 4):
        assert_within(large["mean"][t - 1], selection.best_of_mean(t), resolves=0.05)


def test_a_perfect_verifier_cuts_the_tails(rng):
    rows = Verified(Gaussian(), typical).fit(STANDARD).sample(40_000, rng)[:, 0]
    assert np.abs(rows).max() < 1
    assert_within(rows, 0)
    assert_within(rows**2, selection.truncation_factor(1), resolves=0.02)


def test_a_chain_without_tails_loses_variance_as_the_theory_says():
    found = run(
        Verified(Gaussian(), typical), normal(20), generations=4, chains=250, measures={"variance": fitted_variance}
    )
    for t in (1, 2, 3, 4):
        assert_within(found["variance"][t - 1], selection.truncated_variance(t, 20, cut=1), resolves=0.2)


@pytest.mark.parametrize(("true", "false"), [(0.9, 0.3), (1, 0.5), (0.4, 0.4), (0.2, 0.8), (0, 1)])
def test_a_verifier_with_errors_shifts_the_odds_by_its_rates(rng, true, false):
    model = Verified(Categorical(), first_type, true, false).fit([[0], [1], [1], [1]])
    share = 0.25 * true / (0.25 * true + 0.75 * false)
    found = model.sample(60_000, rng)[:, 0] == 0
    if 0 < share < 1:
        assert_within(found, share, resolves=0.06)
    else:
        assert not found.any()


def test_a_chain_of_a_verifier_multiplies_the_odds():
    data = FiniteData(np.repeat([0, 1], [1000, 3000])[:, None])
    shares = {"share": lambda generation, source: generation.model.probabilities_[0]}
    found = run(
        Verified(Categorical(2), first_type, 0.9, 0.6), data, n_samples=20_000, generations=5, chains=3, measures=shares
    )["share"]
    odds = 1 / 3 * 1.5 ** np.arange(5)
    np.testing.assert_allclose(found.mean(axis=1), odds / (1 + odds), atol=0.01)


def test_equal_rates_are_no_selection(rng):
    model = Verified(Gaussian(), typical, 0.3, 0.3).fit(STANDARD)
    assert_within(model.sample(30_000, rng)[:, 0] ** 2, 1, resolves=0.05)


@pytest.mark.parametrize("model", [Curated(Gaussian(), value), Verified(Gaussian(), typical)])
def test_any_number_of_rows(rng, model):
    fitted = clone(model).fit([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]])
    for n in (0, 1, 3, 500):
        assert fitted.sample(n, rng).shape == (n, 2)


@pytest.mark.parametrize("model", [Curated(Gaussian(), value), Verified(Gaussian(), typical)])
def test_what_the_inner_model_learned_is_found_outside(model):
    fitted = clone(model).fit(STANDARD, sample_weight=[3, 1])
    inner = Gaussian().fit(STANDARD, sample_weight=[3, 1])
    np.testing.assert_array_equal(fitted.mean_, inner.mean_)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(fitted)).covariance_, inner.covariance_)
    assert not hasattr(model, "mean_")  # the model given stays unfitted
    assert not hasattr(model.model, "mean_")
    with pytest.raises(AttributeError, match=r"object has no attribute 'means_'$"):
        _ = clone(model).means_
    with pytest.raises(NotFittedError):
        clone(model).sample(1, np.random.default_rng(0))


def test_one_seed_gives_one_result():
    for model in (Curated(Gaussian(), value), Verified(Gaussian(), typical, 0.9, 0.1)):
        one, two = (run(model, normal(10), generations=3, chains=2, seed=5)["sample_variance"] for _ in range(2))
        np.testing.assert_array_equal(one, two)


def test_an_estimator_of_scikit_learn_keeps_fresh_noise(rng):
    model = Curated(adapt(GaussianMixture(1, random_state=3)), value)
    source = normal(20).open(rng)
    first, second = islice(generations(model, source, replace, rng, 20), 2)
    assert not np.isclose(first.synthetic - first.training.mean(), second.synthetic - second.training.mean()).any()
    assert len(np.unique(first.synthetic)) == 20


@pytest.mark.parametrize(
    ("model", "error", "words"),
    [
        (Curated(Gaussian(), value, 0), ValueError, "m must be an integer of at least 1; got 0"),
        (
            Curated(Gaussian(), "x"),
            TypeError,
            "reward must be a function of (rows, model) that returns numbers; got str",
        ),
        (Verified(Gaussian(), typical, 2), ValueError, "true_positive must be a number in [0, 1]; got 2"),
        (Verified(Gaussian(), typical, 1, -1), ValueError, "false_positive must be a number in [0, 1]; got -1"),
        (
            Verified(Gaussian(), None),
            TypeError,
            "accept must be a function of (rows, model) that returns True or False; got NoneType",
        ),
    ],
)
def test_bad_parameters_get_one_line(model, error, words):
    with pytest.raises(error) as caught:
        model.fit(STANDARD)
    assert str(caught.value) == words


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (Curated(Gaussian(), lambda rows, model: rows), "reward must return shape (4,), one for each row; got (4, 1)"),
        (Curated(Gaussian(), lambda rows, model: rows[:, 0] * np.nan), "reward must return numbers; got nan"),
        (Verified(Gaussian(), lambda rows, model: True), "accept must return shape (64,), one for each row; got ()"),
        (Verified(Gaussian(), value), "accept must return True or False for each row; got float64"),
        (
            Verified(Gaussian(), lambda rows, model: rows[:, 0] > 99),
            "accept must let some rows pass; got 10,048 refusals in a row",
        ),
    ],
)
def test_a_bad_judge_gets_one_line(rng, model, words):
    model.fit(STANDARD)
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        model.sample(2, rng)
    assert str(caught.value) == words


def test_a_bradley_terry_choice_has_its_moments(rng):
    model = Curated(Gaussian(), value, choice="bradley_terry").fit(STANDARD)
    rows = model.sample(150_000, rng)[:, 0]
    mean, variance = selection.bradley_terry_moments(1)
    assert_within(rows, mean, resolves=0.04)
    assert_within((rows - mean) ** 2, variance, resolves=0.02)


def test_a_choice_among_many_tilts_the_law_by_the_reward(rng):
    """Many rows to choose from: the density times e^r. For N(0, 1) and r(x) = x/2 it is N(1/2, 1)."""
    model = Curated(Gaussian(), lambda rows, model: rows[:, 0] / 2, 200, choice="bradley_terry").fit(STANDARD)
    rows = model.sample(30_000, rng)[:, 0]
    assert_within(rows, 0.5, resolves=0.06)
    assert_within((rows - 0.5) ** 2, 1, resolves=0.04)


def test_large_rewards_are_the_best_of_m():
    rewards = {scale: (lambda rows, model, scale=scale: scale * rows[:, 0]) for scale in (0.0, 1e9)}
    for m in (1, 3):
        noisy = Curated(Gaussian(), rewards[1e9], m, "bradley_terry").fit(STANDARD).sample(50, np.random.default_rng(1))
        best = Curated(Gaussian(), value, m).fit(STANDARD).sample(50, np.random.default_rng(1))
        np.testing.assert_array_equal(noisy, best)
    free = Curated(Gaussian(), rewards[0.0], 3, "bradley_terry").fit(STANDARD).sample(20_000, np.random.default_rng(1))
    assert_within(free[:, 0], 0)


def test_a_chain_under_a_bradley_terry_choice_goes_the_expected_course():
    metrics = {"mean": fitted_mean, "variance": fitted_variance}
    model = Curated(Gaussian(), lambda rows, model: 2 * rows[:, 0], choice="bradley_terry")
    found = run(model, normal(20_000), generations=4, chains=30, measures=metrics)
    for t in (2, 3, 4):
        mean, variance = selection.bradley_terry_course(t, slope=2)
        assert_within(found["mean"][t - 1], mean, resolves=0.02)
        assert_within(found["variance"][t - 1], variance, resolves=0.02)


def test_an_unknown_choice_gets_one_line():
    with pytest.raises(ValueError, match='choice must be "best" or "bradley_terry"; got \'worst\''):
        Curated(Gaussian(), value, choice="worst").fit(STANDARD)


def test_rows_to_choose_from_may_be_a_number_of_few_bits(rng):
    X = rng.normal(size=(20, 1))
    few, plain = (Curated(Gaussian(), lambda rows, model: rows[:, 0], m=m).fit(X) for m in (np.int8(5), 5))
    assert np.array_equal(*(model.sample(300, np.random.default_rng(0)) for model in (few, plain)))
