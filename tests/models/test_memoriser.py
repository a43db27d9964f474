"""The memoriser: what it remembers, and its scaling laws."""

import numpy as np
import pytest
from evidence import assert_within
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from collapse_edu import run
from collapse_edu.loop.source import types
from collapse_edu.measures import LabelError
from collapse_edu.models import Memoriser
from collapse_edu.theory import tails

N_TYPES = 300
P = tails.zipf_law(N_TYPES, exponent=1.5)
LABELS = np.arange(N_TYPES)[::-1]


def test_it_remembers_what_it_saw(rng):
    rows = np.column_stack([rng.integers(0, 50, 40), np.zeros(40, dtype=int)])
    rows[:, 1] = 3 * rows[:, 0] + 1
    model = Memoriser().fit(rows)
    seen = set(rows[:, 0])
    for name in range(-1, 60):
        assert model.predict([name])[0] == (3 * name + 1 if name in seen else -1)
    np.testing.assert_array_equal(model.inputs_, sorted(seen))
    np.testing.assert_array_equal(model.counts_, np.bincount(rows[:, 0])[model.inputs_])
    assert model.predict([[4], [5]]).shape == (2, 1)


def test_of_several_labels_the_most_frequent_one_is_remembered():
    model = Memoriser().fit([[5, 9], [5, 2], [3, 4], [5, 9], [3, 1], [8, 0]])
    np.testing.assert_array_equal(model.predict([3, 5, 8]), [1, 9, 0])
    np.testing.assert_array_equal(model.counts_, [2, 3, 1])
    weighted = Memoriser().fit([[5, 9], [5, 2], [6, 1]], sample_weight=[1, 1.5, 0])
    np.testing.assert_array_equal(weighted.inputs_, [5])
    np.testing.assert_array_equal([weighted.labels_[0], weighted.counts_[0]], [2, 2.5])


def test_weights_are_repetitions(rng):
    rows, weights = rng.integers(0, 4, (30, 2)), rng.integers(0, 4, 30)
    one, two = Memoriser().fit(rows, sample_weight=weights), Memoriser().fit(np.repeat(rows, weights, axis=0))
    for name in ("inputs_", "labels_", "counts_"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


def test_samples_have_the_shares_and_the_labels_of_the_training_set(rng):
    model = Memoriser().fit([[4, 1], [4, 1], [9, 6], [4, 1]])
    rows = model.sample(20_000, rng)
    np.testing.assert_array_equal(rows[:, 1], np.where(rows[:, 0] == 4, 1, 6))
    assert_within(rows[:, 0] == 4, 0.75, resolves=0.02)
    assert clone(model).get_params() == {}


@pytest.mark.parametrize("cut", [None, 20])
@pytest.mark.parametrize("n", [1, 30, 1000])
def test_error_is_that_of_the_theory(rng, n, cut):
    train = P if cut is None else tails.cut_law(P, cut)
    data, error = types(n, train, LABELS), LabelError(P, LABELS)
    found = run(Memoriser(), data, generations=1, chains=200, measures={"error": error}, seed=n)["error"][0]
    assert_within(found, tails.expected_error(n, P, train))


def test_under_replace_the_lost_mass_grows():
    metrics = {"error": LabelError(P, LABELS)}
    found = run(Memoriser(), types(400, P, LABELS), generations=5, chains=150, measures=metrics)["error"]
    # The theory is a branching approximation: close, not exact, where n is large against t.
    expected = tails.expected_lost_mass(np.arange(1, 6), 400, P)
    np.testing.assert_allclose(found.mean(axis=1), expected, rtol=0.04)
    assert np.all(np.diff(found, axis=0) >= 0)  # what is forgotten never comes back


@pytest.mark.parametrize(
    ("X", "weights", "error", "words"),
    [
        ([[1], [2]], None, ValueError, "X must have shape (n, 2), rows [input, label], n at least 1; got (2, 1)"),
        ([[0.5, 1.0]], None, TypeError, "X must contain integers, rows [input, label]; got float64"),
        ([[1, -1]], None, ValueError, "X must contain integers of at least 0; got -1"),
        ([[1, 1]], [0], ValueError, "sample_weight must be 0 or larger, with a finite sum that is not zero"),
        ([[1, 1]], [1, 2], ValueError, "sample_weight must have shape (1,), one number for each row; got (2,)"),
    ],
)
def test_bad_rows_get_one_line(X, weights, error, words):
    with pytest.raises(error) as caught:
        Memoriser().fit(X, sample_weight=weights)
    assert str(caught.value) == words


def test_nothing_before_the_fit(rng):
    for use in (lambda: Memoriser().sample(1, rng), lambda: Memoriser().predict([1])):
        with pytest.raises(NotFittedError):
            use()
