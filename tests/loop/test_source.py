"""Where real data come from: laws without end, and finite data that run out."""

import pickle
from itertools import islice

import joblib
import numpy as np
import pandas as pd
import pytest
from evidence import assert_within
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity

from collapse_edu import Categorical, Gaussian, adapt, generations, run
from collapse_edu.loop.regimes import mix, preserve, replace
from collapse_edu.loop.source import FiniteData, KnownDistribution, linear, normal, types


def test_each_chain_of_a_known_law_has_its_own_real_set(rng):
    law = normal(5)
    one, two = law.open(rng), law.open(rng)
    assert not np.isin(one.real, two.real).any()
    assert not np.isin(one.draw(5, rng), one.real).any()
    assert law.n == 5


def test_normal_law_has_its_moments(rng):
    covariance = np.array([[2.0, -0.7], [-0.7, 1.0]])
    rows = normal(200_000, mean=[1, -1], covariance=covariance).open(rng).real
    for i in range(2):
        assert_within(rows[:, i], [1, -1][i])
        for j in range(2):
            assert_within((rows[:, i] - [1, -1][i]) * (rows[:, j] - [1, -1][j]), covariance[i, j], resolves=0.05)
    assert_within(np.square(normal(100_000, covariance=4.0).open(rng).real[:, 0]), 4, resolves=0.05)


@pytest.mark.parametrize("covariance", [[[1, 2], [2, 1]], 0.0, -1.0])
def test_a_covariance_that_is_none_is_refused(covariance):
    with pytest.raises(ValueError, match=r"^covariance must be positive definite; got "):
        normal(5, covariance=covariance)


@pytest.mark.parametrize(
    ("law", "words"),
    [
        ({"covariance": [[1, 0.5], [0, 1]]}, "covariance must be symmetric; got one that is off by 0.5"),
        ({"covariance": [[1, 0, 0], [0, 1, 0]]}, "covariance must be a number or have shape (d, d); got shape (2, 3)"),
        ({"covariance": [[1, np.inf], [np.inf, 1]]}, "covariance must contain finite numbers; got "),
        ({"covariance": np.nan}, "covariance must contain finite numbers; got nan"),
        ({"covariance": "wide"}, "covariance must contain finite numbers; got 'wide'"),
        ({"mean": [0, np.nan], "covariance": np.eye(2)}, "mean must contain finite numbers; got [0, nan]"),
        ({"mean": [0, 0]}, "mean must be a number or have shape (1,), as the covariance has; got shape (2,)"),
        ({"mean": [0], "covariance": np.eye(2)}, "mean must be a number or have shape (2,)"),
        ({"covariance": np.zeros((9, 9))}, "covariance must be positive definite; got a smallest eigenvalue of 0"),
    ],
)
def test_a_normal_law_that_is_none_gets_one_line(law, words):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        normal(5, **law)
    assert str(caught.value).startswith(words)
    assert "\n" not in str(caught.value)


def test_a_law_that_returns_no_rows_is_told():
    with pytest.raises(ValueError, match=r"^what sample\(n, rng\) returns must have .* got \(5,\)$"):
        KnownDistribution(lambda n, rng: rng.normal(size=n), 5).open(np.random.default_rng(0))
    with pytest.raises(TypeError, match=r"^sample must be a function of \(n, rng\) that returns rows; got ndarray$"):
        KnownDistribution(np.zeros((5, 1)), 5)


def test_a_law_that_returns_other_rows_than_asked_for_is_told(rng):
    with pytest.raises(ValueError, match=r"^what sample\(n, rng\) returns must have shape \(10, 1\); got \(13, 1\)$"):
        KnownDistribution(lambda n, rng: rng.normal(size=(n + 3, 1)), 10).open(rng)
    with pytest.raises(ValueError, match=r"^what sample\(n, rng\) returns must contain finite numbers; got nan$"):
        KnownDistribution(lambda n, rng: np.full((n, 1), np.nan), 10).open(rng)
    moody = KnownDistribution(lambda n, rng: rng.normal(size=(n if n == 10 else n + 3, 1)), 10)
    with pytest.raises(ValueError, match=r"^what draw\(n, rng\) returns must have shape \(5, 1\); got \(8, 1\)$"):
        run(Gaussian(), moody, mix(0.5), generations=2)


@pytest.mark.parametrize(("n", "error"), [(-1, ValueError), (0.5, TypeError), (True, TypeError), (None, TypeError)])
@pytest.mark.parametrize("data", [normal(5), FiniteData(np.eye(3), np.eye(3))])
def test_a_number_of_fresh_rows_that_is_none_gets_one_line(rng, data, n, error):
    source = data.open(rng)
    source.draw(2, rng)
    with pytest.raises(error, match=f"^n must be an integer of at least 0; got {n}$"):
        source.draw(n, rng)
    if isinstance(data, FiniteData):
        with pytest.raises(ValueError, match="2 rows asked for, 1 of 3 remain"):
            source.draw(2, rng)  # none came back


def test_no_chain_can_change_the_real_data_of_another(rng):
    mine = np.arange(6.0)[:, None]
    data = FiniteData(mine, mine)
    mine[:] = 7
    for source in (data.open(rng), normal(6).open(rng), pickle.loads(pickle.dumps(data)).open(rng)):
        first = next(generations(Gaussian(), source, replace, rng, 6))
        with pytest.raises(ValueError, match="read-only"):
            first.training[:] = 0
    np.testing.assert_array_equal(data.real, np.arange(6.0)[:, None])
    np.testing.assert_array_equal(data.reserve, data.real)


@pytest.mark.parametrize("model", [Gaussian(), Categorical(), adapt(GaussianMixture(2)), adapt(KernelDensity())])
def test_models_learn_from_read_only_rows(rng, model):
    rows = rng.integers(0, 5, (20, 1))
    rows = rows if isinstance(model, Categorical) else rows + rng.normal(size=(20, 1))
    list(islice(generations(model, FiniteData(rows).open(rng), preserve(0.5), rng, 20), 2))


def test_linear_law_has_its_labels(rng):
    rows = linear(100_000, weights=[2, -1], noise=0.5).open(rng).real
    x, residual = rows[:, :-1], rows[:, -1] - rows[:, :-1] @ [2, -1]
    for j in range(2):
        assert_within(x[:, j], 0)
        assert_within(x[:, j] ** 2, 1, resolves=0.02)
        assert_within(x[:, j] * residual, 0)
    assert_within(x[:, 0] * x[:, 1], 0)
    assert_within(residual, 0)
    assert_within(residual**2, 0.25, resolves=0.02)
    exact = linear(5, weights=[3], noise=0).open(rng).draw(7, rng)
    np.testing.assert_allclose(exact[:, 1], 3 * exact[:, 0])


def test_types_come_by_their_probabilities(rng):
    p, labels = [0.5, 0.2, 0.0, 0.3], np.array([9, 8, 7, 6])
    rows = types(50_000, p).open(rng).real
    assert rows.shape == (50_000, 1)
    for name in range(4):
        if p[name]:
            assert_within(rows[:, 0] == name, p[name], resolves=0.04)
    pairs = types(300, p, labels).open(rng).real
    np.testing.assert_array_equal(pairs[:, 1], labels[pairs[:, 0]])
    assert set(pairs[:, 0]) == {0, 1, 3}


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: linear(0, [1]), ValueError, "n must be an integer of at least 1; got 0"),
        (lambda: linear(5, 1.0), ValueError, "weights must have shape (d,) with d of at least 1; got shape ()"),
        (lambda: linear(5, []), ValueError, "weights must have shape (d,) with d of at least 1; got shape (0,)"),
        (lambda: linear(5, [np.nan]), ValueError, "weights must contain finite numbers; got [nan]"),
        (lambda: linear(5, [1], noise=-1), ValueError, "noise must be a number in [0, inf]; got -1"),
        (lambda: linear(5, [1], noise=np.inf), ValueError, "noise must contain finite numbers; got inf"),
        (lambda: types(5, [0.5, 0.6]), ValueError, "probabilities must have one axis, none negative, and sum to 1; "),
        (lambda: types(5, [1.5, -0.5]), ValueError, "probabilities must have one axis, none negative, and sum to 1; "),
        (lambda: types(5, [[1.0]]), ValueError, "probabilities must have one axis, none negative, and sum to 1; "),
        (lambda: types(5, [0.5, 0.5], [1]), ValueError, "labels must contain 2 integers of at least 0; got [1]"),
        (
            lambda: types(5, [0.5, 0.5], [1, -1]),
            ValueError,
            "labels must contain 2 integers of at least 0; got [1,",
        ),
        (
            lambda: types(5, [0.5, 0.5], [1.0, 2]),
            ValueError,
            "labels must contain 2 integers of at least 0; got [1.0",
        ),
        (lambda: types(5.0, [1]), TypeError, "n must be an integer of at least 1; got 5.0"),
    ],
)
def test_a_law_that_is_none_gets_one_line(make, error, words):
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value).startswith(words)


@pytest.mark.parametrize(
    "data",
    [
        normal(5, [1, 2], np.eye(2)),
        FiniteData(np.eye(3), np.arange(30.0).reshape(10, 3)),
        linear(5, [1, 2]),
        types(5, [0.2, 0.8], labels=[3, 4]),
    ],
)
def test_data_and_opened_sources_come_back_from_a_pickle(data):
    rng = np.random.default_rng(0)
    source = data.open(rng)
    source.draw(2, rng)
    for one in (data.open(np.random.default_rng(1)), source):
        twin = pickle.loads(pickle.dumps(one))
        again = pickle.loads(pickle.dumps(data)).open(np.random.default_rng(1))
        np.testing.assert_array_equal(twin.real, one.real)
        drawn = one.draw(3, np.random.default_rng(2))
        np.testing.assert_array_equal(twin.draw(3, np.random.default_rng(2)), drawn)
        if one is not source:
            np.testing.assert_array_equal(again.draw(3, np.random.default_rng(2)), drawn)
    assert not twin.real.flags.writeable
    assert joblib.hash(data) == joblib.hash(pickle.loads(pickle.dumps(data)))


@pytest.mark.parametrize(("n", "error"), [(0, ValueError), (2.5, TypeError), (True, TypeError)])
def test_size_of_a_known_law(n, error):
    with pytest.raises(error, match=r"^n must be an integer of at least 1; got "):
        KnownDistribution(lambda n, rng: rng.normal(size=(n, 1)), n)


def test_reserve_is_used_once_and_then_runs_out(rng):
    reserve = 100 + np.arange(10)[:, None]
    source = FiniteData(np.arange(5)[:, None], reserve).open(rng)
    taken = np.concatenate([source.draw(4, rng), source.draw(0, rng), source.draw(5, rng)])
    assert len(np.unique(taken)) == 9
    assert np.isin(taken, reserve).all()
    with pytest.raises(ValueError, match=r"^no fresh human data left: 2 rows asked for, 1 of 10 remain"):
        source.draw(2, rng)
    last = source.draw(1, rng)  # a refused request has used nothing
    np.testing.assert_array_equal(np.sort(np.concatenate([taken, last]), axis=0), reserve)


def test_each_chain_has_the_real_set_in_common_and_an_order_of_its_own(rng):
    data = FiniteData(np.arange(5)[:, None], np.arange(50)[:, None])
    one, two = data.open(rng), data.open(rng)
    np.testing.assert_array_equal(one.real, two.real)
    a, b = one.draw(50, rng), two.draw(50, rng)
    assert not np.array_equal(a, b)
    assert not np.array_equal(a, data.reserve)
    np.testing.assert_array_equal(np.sort(a, axis=0), np.sort(b, axis=0))


def test_a_run_stops_when_no_fresh_data_are_left():
    data = FiniteData(np.arange(10.0)[:, None], np.arange(12.0)[:, None])
    run(Gaussian(), data, mix(0.5), generations=3)  # two turns to a next generation: ten rows
    with pytest.raises(ValueError, match=r"^no fresh human data left: 5 rows asked for, 2 of 12 remain"):
        run(Gaussian(), data, mix(0.5), generations=4)


def test_a_reserve_of_another_width_is_refused():
    with pytest.raises(ValueError, match=r"^reserve must have as many features as real, 2; got 1$"):
        FiniteData([[1, 2]], [[1], [2]])


@pytest.mark.parametrize("reserve", [None, (), np.empty((0, 1))])
def test_without_a_reserve_nothing_is_fresh(rng, reserve):
    source = FiniteData([[1.0], [2.0]], reserve).open(rng)
    assert source.draw(0, rng).shape == (0, 1)
    with pytest.raises(ValueError, match=r"^no fresh human data left: 1 rows asked for, 0 of 0 remain"):
        source.draw(1, rng)


@pytest.mark.parametrize(("real", "reserve"), [([], ()), ([1, 2], ()), ([[1]], [2])])
def test_rows_have_two_dimensions(real, reserve):
    with pytest.raises(ValueError, match=r"must have at least one row and two dimensions \(rows, features\); got "):
        FiniteData(real, reserve)


def test_a_table_and_its_array_are_the_same_real_set_to_the_bit(rng):
    rows = rng.normal(size=(100, 5))
    table = pd.DataFrame({f"column {j}": rows[:, j] for j in range(5)})
    for kind in (table, np.asfortranarray(rows)):
        assert run(Gaussian(), FiniteData(kind), generations=3) == run(Gaussian(), FiniteData(rows), generations=3)
    one, two = (adapt(GaussianMixture(2)).set_params(random_state=0).fit(X) for X in (table, rows))
    assert np.array_equal(one.means_, two.means_)
