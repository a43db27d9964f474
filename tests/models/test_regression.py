"""Linear regression as a model: its solution, its labels, and chains against the published errors."""

from itertools import islice

import numpy as np
import pytest
from evidence import assert_within
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import parametrize_with_checks

from collapse_edu import generations, run
from collapse_edu.loop import regimes
from collapse_edu.loop.source import FiniteData, linear
from collapse_edu.measures import ExcessError
from collapse_edu.models import Regression
from collapse_edu.theory import regression

WEIGHTS = np.array([1.0, -2.0, 0.5])


@parametrize_with_checks([Regression(), Regression(alpha=1.0, design="same")])
def test_scikit_learn_contract(estimator, check):
    check(estimator)


# ---------------------------------------------------------------- the fit


@pytest.mark.parametrize("alpha", [0, 0.3, 100])
@pytest.mark.parametrize(("n", "d"), [(5, 1), (30, 4), (4, 4)])
def test_fit_solves_the_normal_equations(rng, alpha, n, d):
    rows = rng.normal(size=(n, d + 1))
    x, y = rows[:, :-1], rows[:, -1]
    expected = np.linalg.solve(x.T @ x + alpha * np.eye(d), x.T @ y)
    np.testing.assert_allclose(Regression(alpha).fit(rows).coef_, expected, rtol=1e-6)


@pytest.mark.parametrize(("n", "d"), [(1, 3), (3, 8), (5, 5)])
def test_without_enough_rows_the_solution_is_the_smallest_one(rng, n, d):
    rows = rng.normal(size=(n, d + 1))
    coef = Regression().fit(rows).coef_
    np.testing.assert_allclose(rows[:, :-1] @ coef, rows[:, -1])
    np.testing.assert_allclose(coef, np.linalg.pinv(rows[:, :-1]) @ rows[:, -1])
    # Ridge with hardly a penalty is the same; a large one takes all away.
    np.testing.assert_allclose(Regression(1e-10).fit(rows).coef_, coef, rtol=1e-5)
    np.testing.assert_allclose(Regression(np.inf).fit(rows).coef_, 0)


def test_a_direction_without_data_gets_nothing(rng):
    x = rng.normal(size=(20, 1))
    rows = np.column_stack([x, 2 * x, np.zeros(20), 10 * x])
    np.testing.assert_allclose(Regression().fit(rows).coef_, [2, 4, 0], atol=1e-12)
    np.testing.assert_array_equal(Regression().fit(np.zeros((3, 4))).coef_, 0)


@pytest.mark.parametrize("alpha", [0, 2.0])
def test_weights_are_repetitions(rng, alpha):
    rows, weights = rng.normal(size=(12, 4)), rng.integers(0, 4, 12)
    weighted = Regression(alpha).fit(rows, sample_weight=weights)
    np.testing.assert_allclose(weighted.coef_, Regression(alpha).fit(np.repeat(rows, weights, axis=0)).coef_)


# ---------------------------------------------------------------- the labels


def test_labels_are_predictions_with_noise(rng):
    model = Regression(noise=0.5).fit(linear(20, WEIGHTS).open(rng).real)
    rows = model.sample(100_000, rng)
    for j in range(3):
        assert_within(rows[:, j], 0)
        assert_within(rows[:, j] ** 2, 1, resolves=0.02)
        assert_within(rows[:, j] * rows[:, (j + 1) % 3], 0)
    residual = rows[:, -1] - rows[:, :-1] @ model.coef_
    assert_within(residual**2, 0.25, resolves=0.02)
    assert_within(residual * rows[:, 0], 0)
    exact = Regression(noise=0).fit(rows).sample(50, rng)
    np.testing.assert_allclose(Regression().fit(exact).coef_, Regression().fit(rows).coef_)


@pytest.mark.parametrize("n", [3, 7, 20])
def test_the_same_design_is_labelled_again(rng, n):
    rows = rng.normal(size=(7, 4))
    model = Regression(design="same").fit(rows)
    one, two = model.sample(n, rng), model.sample(n, rng)
    np.testing.assert_array_equal(one[:, :-1], np.tile(rows[:, :-1], (3, 1))[:n])
    np.testing.assert_array_equal(one[:, :-1], two[:, :-1])
    assert not np.isclose(one[:, -1], two[:, -1]).any()


@pytest.mark.parametrize("regime", [regimes.replace, regimes.accumulate, regimes.anchor])
def test_a_chain_keeps_its_first_design(rng, regime):
    source = linear(6, WEIGHTS).open(rng)
    for generation in islice(generations(Regression(design="same"), source, regime, rng, 6), 4):
        np.testing.assert_array_equal(generation.synthetic[:, :-1], source.real[:, :-1])


@pytest.mark.parametrize("alpha", [0, 5.0])
def test_fits_to_the_labels_of_a_teacher_have_bias_and_variance_of_ridge(rng, alpha):
    rows = linear(12, WEIGHTS).open(rng).real
    teacher, x = Regression(noise=0.5, design="same").fit(rows), rows[:, :-1]
    inverse = np.linalg.inv(x.T @ x + alpha * np.eye(3))
    bias, variance = alpha * inverse @ teacher.coef_, 0.25 * inverse @ x.T @ x @ inverse
    fits = np.array([Regression(alpha).fit(teacher.sample(12, rng)).coef_ for _ in range(2500)])
    assert_within(np.square(fits - teacher.coef_).sum(axis=1), bias @ bias + np.trace(variance), resolves=0.1)


# ---------------------------------------------------------------- chains against the theory


def chains(model, regime, n, t, weights=WEIGHTS, noise=0.5, **settings):
    history = run(
        model, linear(n, weights, noise), regime, generations=t, measures={"e": ExcessError(weights)}, **settings
    )
    return history["e"]


@pytest.mark.parametrize("design", ["same", "fresh"])
@pytest.mark.parametrize("regime", [regimes.replace, regimes.accumulate], ids=regimes.name)
def test_chains_have_the_published_error(regime, design):
    errors = chains(Regression(noise=0.5, design=design), regime, n=14, t=3, chains=600)
    for t in (1, 2, 3):
        if regime is regimes.replace:
            target = regression.replace_error(t, 14, 3, 0.25)
        else:
            target = regression.accumulate_error(t, 14, 3, 0.25, design)
        assert_within(errors[t - 1], target, resolves=0.2)


def test_a_fit_to_the_labels_of_a_chain_inherits_its_error(rng):
    errors = []
    for _ in range(400):
        chain = generations(Regression(noise=0.5), linear(12, WEIGHTS, 0.5).open(rng), regimes.replace, rng, 12)
        teacher = next(islice(chain, 1, None)).model
        rows = teacher.sample(40, rng)
        errors.append(np.square(Regression().fit(rows).coef_ - WEIGHTS).sum())
    assert_within(errors, regression.downstream_error(2, 40, 12, 3, 0.25, 0.25), resolves=0.25)


def test_without_noise_too_few_rows_collapse_exponentially():
    weights = np.eye(1, 8)[0]
    history = run(
        Regression(noise=0),
        linear(4, weights, noise=0),
        generations=3,
        chains=400,
        measures={
            "e": ExcessError(weights),
            "square": lambda generation, source: np.square(generation.model.coef_).sum(),
        },
    )
    for t in (1, 2, 3):
        assert_within(history["e"][t - 1], 1 - regression.minimum_norm_square(t, 4, 8), resolves=0.1)
        assert_within(history["square"][t - 1], regression.minimum_norm_square(t, 4, 8))


def test_a_share_of_wrong_labels_leaves_a_floor(rng):
    n, shift = 2000, np.array([3.0, 0.0, 0.0])
    errors = []
    for _ in range(300):
        rows = linear(n, WEIGHTS, 0.1).open(rng).real.copy()
        rows[: n // 10, -1] += rows[: n // 10, :-1] @ shift
        errors.append(np.square(Regression().fit(rows).coef_ - WEIGHTS).sum())
    assert_within(errors, regression.mixed_labels_error(n, 3, n // 10, 9, 0.01), resolves=0.05)
    assert np.mean(errors) == pytest.approx(regression.mixed_labels_floor(0.1, 9), rel=0.05)


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"alpha": -1}, ValueError, "alpha must be a number in [0, inf]; got -1"),
        ({"noise": "1"}, TypeError, "noise must be a number in [0, 1e+100]; got '1'"),
        ({"design": "old"}, ValueError, 'design must be "fresh" or "same"; got \'old\''),
    ],
)
def test_bad_parameters_get_one_line(changed, error, words):
    with pytest.raises(error) as caught:
        Regression(**changed).fit(np.eye(3))
    assert str(caught.value) == words


@pytest.mark.parametrize(
    ("X", "weights", "words"),
    [
        ([[1.0], [2.0]], None, "minimum of 2 is required"),
        ([[0.0, np.nan]], None, "NaN"),
        (np.empty((0, 3)), None, "minimum of 1 is required"),
        ([[0.0, 1.0], [1.0, 2.0]], [0, 0], "^sample_weight must be 0 or larger, with a finite sum that is not zero$"),
        ([[0.0, 1.0], [1.0, 2.0]], [2, -1], "sample_weight must be 0 or larger, with a finite sum that is not zero"),
    ],
)
def test_bad_rows_get_one_line(X, weights, words):
    with pytest.raises(ValueError, match=words):
        Regression().fit(X, sample_weight=weights)


def test_a_measure_of_another_width_is_refused():
    with pytest.raises(ValueError, match=r"^weights must have shape \(3,\), as the fitted vector; got \(2,\)$"):
        run(Regression(), FiniteData(np.eye(4)), measures={"e": ExcessError([1, 2])})


def test_nothing_before_the_fit(rng):
    with pytest.raises(NotFittedError):
        Regression().sample(1, rng)
