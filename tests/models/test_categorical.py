"""The categorical model is the Wright-Fisher model: its law, its absorbing types, and the physics of drift."""

from itertools import product
from math import factorial, prod

import numpy as np
import pytest
from evidence import assert_within
from scipy.stats import binomtest, chisquare
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from collapse_edu import Categorical, run
from collapse_edu.loop import regimes
from collapse_edu.loop.source import FiniteData


def test_counts_of_a_sample_are_multinomial(rng):
    model, n, repeats = Categorical().fit([[0], [0], [0], [1], [1], [2]]), 3, 20_000
    outcomes = [counts for counts in product(range(n + 1), repeat=3) if sum(counts) == n]
    ways = [factorial(n) / prod(map(factorial, counts)) for counts in outcomes]
    expected = [way * (1 / 2) ** a * (1 / 3) ** b * (1 / 6) ** c for way, (a, b, c) in zip(ways, outcomes, strict=True)]
    drawn = [tuple(np.bincount(model.sample(n, rng)[:, 0], minlength=3)) for _ in range(repeats)]
    observed = [sum(counts == outcome for counts in drawn) for outcome in outcomes]
    assert chisquare(observed, np.array(expected) * repeats).pvalue > 1e-4


def test_a_large_vocabulary_is_sampled_by_its_shares(rng):
    counts = rng.integers(0, 20, 500)
    model = Categorical(500).fit(np.repeat(np.arange(500), counts)[:, None])
    np.testing.assert_array_equal(model.counts_, counts)
    living = counts > 0
    observed = np.bincount(model.sample(200_000, rng)[:, 0], minlength=500)
    assert not observed[~living].any()
    assert chisquare(observed[living], 200_000 * model.probabilities_[living]).pvalue > 1e-4


def test_samples_in_sequence_are_independent(rng):
    rows = Categorical().fit([[0], [1]]).sample(100_000, rng)[:, 0]
    assert binomtest(int((rows[1:] == rows[:-1]).sum()), 99_999).pvalue > 1e-4


def test_weights_are_repetitions(rng):
    X, weights = rng.integers(0, 6, (20, 1)), rng.integers(0, 4, 20)
    weighted = Categorical(6).fit(X, sample_weight=weights)
    np.testing.assert_array_equal(weighted.counts_, Categorical(6).fit(np.repeat(X, weights, axis=0)).counts_)


def test_a_weight_of_zero_kills_a_type(rng):
    assert 1 not in Categorical().fit([[0], [1]], sample_weight=[0.5, 0.0]).sample(200, rng)


@pytest.mark.parametrize("regime", [regimes.replace, regimes.subsample, regimes.accumulate])
def test_lost_types_never_come_back(regime):
    alive = {"alive": lambda generation, source: len(np.unique(generation.training))}
    real = np.arange(30)[:, None]
    history = run(Categorical(30), FiniteData(real), regime, generations=40, chains=5, measures=alive)
    fresh = {"outside": lambda generation, source: np.setdiff1d(generation.synthetic, generation.training).size}
    assert (
        run(Categorical(30), FiniteData(real), regime, generations=40, chains=5, measures=fresh)["outside"].max() == 0
    )
    if regime is regimes.replace:
        assert (np.diff(history["alive"], axis=0) <= 0).all()
        assert history["alive"][-1].max() < 10
    if regime is regimes.accumulate:
        assert (history["alive"] == 30).all()


def test_heterozygosity_decays_as_in_wright_fisher():
    # W2: E H_t = H_0 (1 - 1/n)^t, with H_0 of the real set and one resampling in each generation.
    real = np.repeat([0, 1, 2], [4, 3, 1])[:, None]
    n, h0 = 8, 1 - (16 + 9 + 1) / 64
    history = run(Categorical(3), FiniteData(real), generations=12, chains=500, seed=11)
    for t in (1, 3, 12):
        assert_within(history["heterozygosity"][t - 1], h0 * (1 - 1 / n) ** t, resolves=0.4)


def test_a_type_takes_over_with_the_chance_of_its_first_share():
    # W4: P(fix i) = p_i. By t = 40 at n = 5 all but 0.8^40 = 1e-4 of the chains have one type.
    share = {"share": lambda generation, source: np.mean(generation.synthetic == 0)}
    chains = 400
    last = run(Categorical(2), FiniteData([[0], [1], [1], [1], [1]]), generations=40, chains=chains, measures=share)
    last = last["share"][-1]
    assert np.isin(last, [0, 1]).mean() > 0.99
    assert binomtest(int((last == 1).sum()), chains, 1 / 5).pvalue > 1e-4


def test_heterozygosity_under_accumulate():
    # W3: H_0 Π (1 - 1/(n j²)) for the pool after resamplings j = 2, 3, …, and one resampling of it in a sample.
    n = 6
    real = np.repeat([0, 1], [3, 3])[:, None]
    pool = {"pool": lambda generation, source: 1 - np.square(generation.model.probabilities_).sum()}
    found = run(Categorical(2), FiniteData(real), regimes.accumulate, generations=8, chains=300, measures=pool)["pool"]
    assert (found[0] == 0.5).all()
    for t in (2, 8):
        assert_within(found[t - 1], 0.5 * np.prod(1 - 1 / (n * np.arange(2, t + 1) ** 2)), resolves=0.03)


def test_log_probabilities():
    model = Categorical(4).fit([[0], [1], [1], [3]])
    np.testing.assert_allclose(model.score_samples([[0], [1], [3]]), np.log([0.25, 0.5, 0.25]))
    np.testing.assert_array_equal(model.score_samples([[2], [4], [-1], [10**6]]), -np.inf)


@pytest.mark.parametrize(
    ("X", "error", "words"),
    [
        ([[0.0]], TypeError, "X must contain integers, one for each type; got float64"),
        ([0, 1], ValueError, "X must have shape (n, 1) with n of at least 1; got (2,)"),
    ],
)
def test_density_of_what_are_no_types_gets_one_line(X, error, words):
    with pytest.raises(error) as caught:
        Categorical().fit([[0], [1]]).score_samples(X)
    assert str(caught.value) == words


def test_contract_of_an_estimator():
    # check_estimator feeds tables of several real-valued columns; this model takes one column of integers.
    model = Categorical(n_types=3)
    assert clone(model).get_params() == {"n_types": 3, "learning_rate": 1.0}
    assert model.set_params(n_types=4).n_types == 4
    assert model.fit([[0]]) is model
    assert not hasattr(clone(model), "counts_")
    assert Categorical().fit([[0], [4]]).counts_.shape == (5,)


def test_nothing_before_the_fit(rng):
    model = Categorical()
    for use in (lambda: model.sample(1, rng), lambda: model.probabilities_, lambda: model.score_samples([[0]])):
        with pytest.raises(NotFittedError):
            use()


@pytest.mark.parametrize(
    ("X", "weights", "error", "words"),
    [
        ([0, 1], None, ValueError, "X must have shape"),
        ([[0, 1]], None, ValueError, "X must have shape"),
        (np.empty((0, 1), int), None, ValueError, "X must have shape"),
        ([[0.0]], None, TypeError, "X must contain integers"),
        ([[True]], None, TypeError, "X must contain integers"),
        ([[3]], None, ValueError, "X must contain types from 0 to 2; got 3 to 3"),
        ([[-1], [0]], None, ValueError, "X must contain types from 0 to 2; got -1 to 0"),
        ([[0], [1]], [0, 0], ValueError, "sample_weight must be 0 or larger, with a finite sum that is not zero"),
        ([[0], [1]], [2, -1], ValueError, "sample_weight must be 0 or larger, with a finite sum that is not zero"),
        ([[0], [1]], [1], ValueError, "sample_weight must have shape"),
    ],
)
def test_bad_input_gets_one_line(X, weights, error, words):
    with pytest.raises(error, match=words) as caught:
        Categorical(n_types=3).fit(X, sample_weight=weights)
    assert "\n" not in str(caught.value)
