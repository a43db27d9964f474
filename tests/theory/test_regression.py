"""Linear regression on its own labels: formulas against brute-force least squares, their limits and the literature."""

import numpy as np
import pytest
from evidence import assert_within

from collapse_edu.theory import regression

N, D, CHAINS = 14, 4, 40_000


def least_squares(rng, rule, design, *, t, n=N, d=D, chains=CHAINS, noise=1.0):
    """Return ŵ - w of all chains after t fits, shape (chains, d), from normal equations of all rows."""
    w = np.zeros((chains, d))  # the real vector is 0: least squares does not care
    x = rng.standard_normal((chains, n, d))
    gram, moment = np.zeros((chains, d, d)), np.zeros((chains, d))
    for j in range(1, t + 1):
        if rule != "accumulate":
            gram, moment = np.zeros_like(gram), np.zeros_like(moment)
        for _ in range(j if rule == "growing" else 1):
            if design == "fresh":
                x = rng.standard_normal((chains, n, d))
            y = (x @ w[..., None])[..., 0] + noise * rng.standard_normal((chains, n))
            gram = gram + x.transpose(0, 2, 1) @ x
            moment = moment + (y[:, None, :] @ x)[:, 0]
        w = np.linalg.solve(gram, moment[..., None])[..., 0]
    return w


def squares(w):
    return np.square(w).sum(axis=1)


@pytest.mark.parametrize("design", ["same", "fresh"])
@pytest.mark.parametrize("t", [1, 3])
def test_replace_agrees_with_brute_force(rng, t, design):
    error = squares(least_squares(rng, "replace", design, t=t, noise=0.5))
    assert_within(error, regression.replace_error(t, N, D, 0.25), resolves=0.02, oracle="L1")


@pytest.mark.parametrize("design", ["same", "fresh"])
@pytest.mark.parametrize("t", [2, 4])
def test_accumulate_agrees_with_brute_force(rng, t, design):
    error = squares(least_squares(rng, "accumulate", design, t=t, noise=0.5))
    target = regression.accumulate_error(t, N, D, 0.25, design)
    assert_within(error, target, resolves=0.02, oracle="L2")
    # The two designs differ by more than the simulation's error: neither formula fits the other one.
    other = regression.accumulate_error(t, N, D, 0.25, "fresh" if design == "same" else "same")
    assert abs(other - target) > 5 * error.std() / np.sqrt(len(error))


@pytest.mark.parametrize("design", ["same", "fresh"])
def test_growing_replace_agrees_with_brute_force(rng, design):
    error = squares(least_squares(rng, "growing", design, t=3))
    assert_within(error, regression.growing_replace_error(3, N, D, design=design), resolves=0.02, oracle="L3")


def test_the_published_setting(rng):  # R3: T = 50, d = 5
    for rule, factor in (("replace", 5), ("accumulate", np.sum(1 / np.arange(1, 6) ** 2))):
        error = squares(least_squares(rng, rule, "same", t=5, n=50, d=5, chains=4000))
        assert_within(error, factor * 5 / 44, resolves=0.05, oracle="L1")
        formula = regression.replace_error if rule == "replace" else regression.accumulate_error
        assert formula(5, 50, 5) == pytest.approx(factor * 5 / 44)
    fresh = regression.accumulate_error(10, 50, 5, design="fresh")
    assert fresh / regression.accumulate_error(10, 50, 5) == pytest.approx(1 - 0.028, abs=5e-4)


def test_accumulate_reaches_its_limit():
    n, d = np.array([14, 50, 1000]), np.array([4, 5, 30])
    for design in ("same", "fresh"):
        late = regression.accumulate_error(300_000, n, d, 2.0, design)
        np.testing.assert_allclose(regression.accumulate_error_limit(n, d, 2.0, design), late, rtol=1e-5)
    # For large n the design does not matter.
    same, fresh = (regression.accumulate_error_limit(10**6, 3, design=design) for design in ("same", "fresh"))
    assert fresh == pytest.approx(same, rel=1e-5)


def test_t_0_is_the_real_vector():
    for function in (regression.replace_error, regression.accumulate_error, regression.growing_replace_error):
        assert function([0, 1], 20, 3) == pytest.approx([0, 3 / 16])


# ---------------------------------------------------------------- Demystified


def test_downstream_error_agrees_with_brute_force(rng):
    t, n, generator = 3, 20, 12
    labels = least_squares(rng, "replace", "fresh", t=t, n=generator, noise=0.5)
    own = least_squares(rng, "replace", "fresh", t=1, n=n, noise=1.5)
    # Least squares is linear: the last fit is the labels' vector and its own error.
    target = regression.downstream_error(t, n, generator, D, 1.5**2, 0.25)
    assert_within(squares(labels + own), target, resolves=0.02, oracle="L4")


def test_downstream_error_in_the_published_setting():
    # 1.1217 ± 0.0081 was measured against 1.1328.
    assert regression.downstream_error(0, 100, 50, 5) == pytest.approx(regression.replace_error(1, 100, 5))
    t = np.arange(5)
    steps = np.diff(regression.downstream_error(t, 100, 50, 5))
    np.testing.assert_allclose(steps, regression.replace_error(1, 50, 5))
    large = regression.downstream_error(t, 10**7, 2 * 10**6, 10**6, 1.0, 2.0)
    np.testing.assert_allclose(regression.proportional_downstream_error(t, 0.1, 0.5, 1.0, 2.0), large, rtol=1e-5)


@pytest.mark.parametrize(("n", "d"), [(3, 6), (5, 5), (2, 8)])
def test_minimum_norm_agrees_with_brute_force(rng, n, d):
    t, chains = 3, 20_000
    start = np.zeros(d)
    start[0] = 1
    w = np.tile(start, (chains, 1))
    for _ in range(t):
        x = rng.standard_normal((chains, n, d))
        y = x @ w[..., None]
        w = (x.transpose(0, 2, 1) @ np.linalg.solve(x @ x.transpose(0, 2, 1), y))[..., 0]
    if n == d:
        np.testing.assert_allclose(w, np.tile(start, (chains, 1)), atol=1e-3)
    else:
        assert_within(squares(w), regression.minimum_norm_square(t, n, d), resolves=0.07, oracle="L5")
        assert_within(squares(w - start), 1 - regression.minimum_norm_square(t, n, d), resolves=0.02, oracle="L5")
    assert regression.minimum_norm_square([0, 1], n, d) == pytest.approx([1, n / d])


# ---------------------------------------------------------------- strong collapse


@pytest.mark.parametrize(("n", "d", "m"), [(12, 4, 1), (12, 4, 6), (20, 3, 5), (30, 10, 29), (12, 4, 12)])
def test_mixed_labels_agree_with_brute_force(rng, n, d, m):
    chains, shift, noise = 1_200_000 // n, np.zeros(d), 0.5
    shift[0] = 3.0
    x = rng.standard_normal((chains, n, d))
    y = noise * rng.standard_normal((chains, n))
    y[:, :m] += x[:, :m] @ shift
    w = np.linalg.solve(x.transpose(0, 2, 1) @ x, x.transpose(0, 2, 1) @ y[..., None])[..., 0]
    assert_within(squares(w), regression.mixed_labels_error(n, d, m, 9, noise**2), resolves=0.025, oracle="L6")


def test_mixed_labels_of_the_literature():
    # The usual approximation: σ² d/(n - d - 1) + p²‖δ‖² + p(1 - p)‖δ‖²(d + 1)/n.
    for n, value, measured, error in ((200, 0.1875, 0.188, 0.005), (20_000, 0.0909, 0.0902, 0.0007)):
        exact = regression.mixed_labels_error(n, 10, n // 10, 9)
        approximate = 10 / (n - 11) + 0.09 + 0.1 * 0.9 * 9 * 11 / n
        assert approximate == pytest.approx(value, abs=5e-5)
        assert exact == pytest.approx(approximate, rel=2.5 / n)
        assert abs(exact - measured) < 4 * error


def test_mixed_labels_at_both_ends():
    assert regression.mixed_labels_error(20, 3, 0, 9) == pytest.approx(regression.replace_error(1, 20, 3))
    assert regression.mixed_labels_error(20, 3, 20, 9) == pytest.approx(regression.replace_error(1, 20, 3) + 9)
    assert regression.mixed_labels_error(20, 3, 10, 0) == pytest.approx(regression.replace_error(1, 20, 3))


@pytest.mark.parametrize("share", [0.1, 0.01, 0.001])  # R12
def test_mixed_labels_end_at_the_floor(share):
    n = 10**10
    found = regression.mixed_labels_error(n, 10, int(share * n), 9)
    assert found == pytest.approx(regression.mixed_labels_floor(share, 9), rel=1e-3)
    assert regression.mixed_labels_floor(0.1, 9) == pytest.approx(0.09)


# ---------------------------------------------------------------- arrays, bad input


def test_arrays_broadcast():
    t, n, d = np.array([[1], [2], [6]]), np.array([20, 30]), np.array([3, 7])
    for design in ("same", "fresh"):
        for call in (regression.accumulate_error, regression.growing_replace_error):
            found = call(t, n, d, 2.0, design)
            assert found.shape == (3, 2)
            for i, j in np.ndindex(3, 2):
                assert found[i, j] == pytest.approx(call(int(t[i, 0]), int(n[j]), int(d[j]), 2.0, design))
            assert call(3, 20, 3, np.ones(4)).shape == (4,)
            assert call([], 20, 3).shape == (0,)
            assert np.ndim(call(3, 20, 3)) == 0
    assert regression.mixed_labels_error(n, d, 1, 9).shape == (2,)
    assert regression.downstream_error(t, n, 50, d).shape == (3, 2)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: regression.replace_error(1, 5, 4), ValueError, "n must be at least d + 2; got 5 rows and d of 4"),
        (lambda: regression.replace_error(-1, 9, 4), ValueError, "t must contain whole numbers of at least 0; got -1"),
        (lambda: regression.replace_error(1, 9, 0), ValueError, "d must contain whole numbers of at least 1; got 0"),
        (
            lambda: regression.replace_error(1, 9, 4, -1),
            ValueError,
            "noise_variance must contain numbers in [0, inf); got -1",
        ),
        (
            lambda: regression.accumulate_error(1, 9, 4, design=np.array(["same", "new"])),
            ValueError,
            "design must be \"same\" or \"fresh\"; got array(['same', 'new'], dtype='<U4')",
        ),
        (
            lambda: regression.accumulate_error(1, 9, 4, design="new"),
            ValueError,
            'design must be "same" or "fresh"; got \'new\'',
        ),
        (
            lambda: regression.downstream_error(1, 9, 5, 4),
            ValueError,
            "n_generator must be at least d + 2; got 5 rows and d of 4",
        ),
        (
            lambda: regression.proportional_downstream_error(1, 1, 0.5),
            ValueError,
            "load must contain numbers in [0, 1); got 1",
        ),
        (
            lambda: regression.minimum_norm_square(1, 9, 4),
            ValueError,
            "n must not be larger than d; got 9 rows and d of 4",
        ),
        (
            lambda: regression.mixed_labels_error(9, 4, 10, 1),
            ValueError,
            "n_synthetic must not be larger than n; got 10 of 9",
        ),
        (lambda: regression.mixed_labels_floor(2, 1), ValueError, "share must contain numbers in [0, 1]; got 2"),
    ],
)
def test_bad_input_gets_one_line(call, error, words):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == words


def edited(rng, shares, n, d, chains):
    """Yield ‖ŵ - w‖² of all chains: a share of the labels is drawn anew from the last fit, the others stay."""
    x = rng.standard_normal((chains, n, d))
    solve = np.linalg.pinv(x)
    labels = rng.standard_normal((chains, n))
    for share in [*shares, 0]:
        w = (solve @ labels[..., None])[..., 0]
        yield squares(w)
        new = (x @ w[..., None])[..., 0] + rng.standard_normal((chains, n))
        labels = np.where(rng.random((chains, n)).argsort(axis=1) < round(share * n), new, labels)


@pytest.mark.parametrize("shares", [4 * [0.25], [0.5, 0.25, 0.125]], ids=["constant", "halving"])
def test_edited_labels_agree_with_brute_force(rng, shares):
    n, d = 48, 6
    expected = regression.edited_error(shares, n, d)
    for found, target in zip(edited(rng, shares, n, d, 24_000), expected, strict=True):
        assert_within(found, target, resolves=0.02, oracle="L8")


def test_edited_labels_in_the_published_setting():
    """Halving shares keep a bound, but not twice the first error; a tenth for ever keeps none."""
    first = regression.replace_error(1, 50, 5)
    constant = regression.edited_error(19 * [0.1], 50, 5) / first
    halving = regression.edited_error(0.5 ** np.arange(1, 20), 50, 5) / first
    assert constant[-1] == pytest.approx(4.3, abs=0.1)
    assert halving[-1] == pytest.approx(2.5, abs=0.05)
    assert constant[5] < 2 < constant[6]
    assert regression.edited_error(0.25 * 0.5 ** np.arange(20), 10**6, 5)[-1] < 2 * regression.replace_error(
        1, 10**6, 5
    )
    # All labels, all the time, is replace; none is the first fit for ever.
    assert regression.edited_error([1, 1], 50, 5)[-1] == pytest.approx(3 * first)
    np.testing.assert_allclose(regression.edited_error([0, 0], 50, 5), first)
    shares = 0.5 ** np.arange(1, 30)
    limit = regression.edited_error(shares, 10**7, 5)[-1] / regression.replace_error(1, 10**7, 5)
    assert limit == pytest.approx(1 + np.sum(shares * (2 - shares)), abs=1e-4)


@pytest.mark.parametrize(("load", "penalty"), [(0.5, 0.3), (0.5, 0), (2, 0.3), (2, 0), (0.25, 2)])
def test_ridge_error_agrees_with_brute_force(rng, load, penalty):
    d, last, chains, noise = 80, 3, 400, 0.5
    n, w = round(d / load), np.eye(d)[0]
    fitted = np.tile(w, (chains, 1))
    for t in range(1, last + 1):
        x = rng.standard_normal((chains, n, d))
        y = x @ fitted[..., None] + np.sqrt(noise) * rng.standard_normal((chains, n, 1))
        turned = x.transpose(0, 2, 1)
        if n < d:  # the same solution, by the smaller matrix
            fitted = (turned @ np.linalg.solve(x @ turned + n * penalty * np.eye(n), y))[..., 0]
        else:
            fitted = np.linalg.solve(turned @ x + n * penalty * np.eye(d), turned @ y)[..., 0]
        target = regression.ridge_error(t, load, penalty, 1, noise)
        # Finite d: least squares has n - d - 1 where the limit has n - d. The next test is sharper.
        assert_within(squares(fitted - w), target, resolves=0.05, oracle="L9")


def test_the_traces_of_ridge_are_those_of_large_matrices(rng):
    """What makes up the formula, at a size where 2 % would show."""
    for load, penalty in ((0.5, 0.3), (2, 0.3)):
        d = 300
        n = round(d / load)
        values = [np.linalg.eigvalsh(x.T @ x / n) for x in rng.standard_normal((8, n, d))]
        shrunk = np.array(values) / (np.array(values) + penalty)
        for signal, noise, t in ((1, 0, 1), (1, 0, 3), (0, 1, 1)):
            found = regression.ridge_error(t, load, penalty, signal, noise)
            kept, square = shrunk.mean(), (shrunk**2).mean()
            added = load * (np.array(values) / (np.array(values) + penalty) ** 2).mean()
            exact = signal * (1 - 2 * kept**t + square**t) + noise * added * (1 - square**t) / (1 - square)
            assert found == pytest.approx(exact, rel=0.01)


def test_ridge_error_has_the_known_ends():
    assert regression.ridge_error(7, 0.2, 0) == pytest.approx(7 * 0.2 / 0.8)
    assert regression.ridge_error(4, 2, 0, 1, 0) == pytest.approx(1 - 0.5**4)  # minimum norm, no noise
    assert regression.ridge_error([0, 5], 0.5, 1e12).tolist() == pytest.approx([0, 1])
    assert regression.ridge_error(1, 1, 1, 1, 1) == pytest.approx(regression.ridge_error(1, 1 + 1e-9, 1, 1, 1))


@pytest.mark.parametrize(("load", "signal", "noise"), [(0.1, 1, 1), (0.5, 2, 0.3), (3, 1, 0.1)])
def test_the_best_penalty_of_one_fit_is_the_ratio_of_noise_and_signal(load, signal, noise):
    best = regression.optimal_ridge_penalty(1, load, signal, noise)
    assert best == pytest.approx(load * noise / signal, rel=1e-4)


@pytest.mark.parametrize(("t", "load"), [(2, 0.1), (10, 0.1), (3, 0.5), (2, 0.9)])
def test_no_other_penalty_is_better(t, load):
    best = regression.optimal_ridge_penalty(t, load)
    errors = regression.ridge_error(t, load, np.geomspace(1e-6, 1e6, 20_001))
    assert regression.ridge_error(t, load, best) <= errors.min() + 1e-12


def test_in_the_end_no_penalty_is_better_than_to_learn_nothing():
    assert regression.optimal_ridge_penalty(20, 0.1) == np.inf
    assert regression.ridge_error(20, 0.1, np.geomspace(1e-3, 1e3, 1000)).min() > 1 - 1e-3


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: regression.edited_error([1.5], 50, 5), "shares must contain numbers in"),
        (lambda: regression.edited_error([[0.1]], 50, 5), "shares must contain one share for each generation"),
        (lambda: regression.edited_error([0.1], 6, 5), "n must be at least d"),
        (lambda: regression.ridge_error(1, 1, 0), "penalty must be above 0 where the load is 1"),
        (lambda: regression.ridge_error(1, 0, 1), "load must contain numbers in"),
        (lambda: regression.optimal_ridge_penalty(0, 1), "t must be"),
    ],
)
def test_bad_edits_and_penalties_get_one_line(call, words):
    with pytest.raises(ValueError, match=words):
        call()
