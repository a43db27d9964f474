"""Each right side of the concept inventory, shown by simulation before it is taught; and that the rivals are wrong.

Brute force where it is cheap, exact draws of the statistics where not. Comparisons with a formula are within four
standard errors.
"""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from collapse_edu import ensemble
from collapse_edu.course.quiz.bank.inventory_items import ITEMS
from collapse_edu.loop import regimes
from collapse_edu.theory import accumulate, gaussian, mixing
from tests.evidence import assert_within, gaussian_chains


@pytest.fixture
def item(request):
    """The item whose number is in the test's name."""
    return ITEMS[int(request.node.name.split("_")[1][1:]) - 1]


def right(item):
    """Return the text of the right answer of an item: a test quotes it, so the two cannot drift apart."""
    return next(option.text for option in item.answers if option.right)


def median_within(values, target, n_se=4):
    """Assert that the median of independent values agrees with a target: by the number of values below it."""
    below = np.mean(np.asarray(values) < target)
    assert abs(below - 0.5) <= n_se * 0.5 / np.sqrt(len(values)), f"{below:.4f} of the values lie below {target:.4g}"


def wright_fisher(rng, counts, n, generations):
    """Yield the counts of one type in many chains after 1, 2, … resamplings of n."""
    for _ in range(generations):
        counts = rng.binomial(n, counts / n)
        yield counts


def last(generator):
    """Return the last value of a generator."""
    *_, value = generator
    return value


def test_i01_a_quarter_of_the_chains_exceed_the_start(item, rng):
    fits = gaussian_chains(rng, n=100, chains=4000)
    ends = [next(fits)[1] for _ in range(100)][-1].ravel()
    assert_within(ends > 1, gaussian.probability_above(1, 100, 100))
    assert right(item) == "about 240"
    assert 0.235 < gaussian.probability_above(1, 100, 100) < 0.245
    variance = ensemble.gaussian(n=100, generations=100, chains=20_000)["variance"]
    assert_within(variance[-1] > 1, 0.239)
    assert_within(np.mean(variance[1:] > variance[:-1], axis=0), 0.481)  # "goes up in 48 of 100 steps"
    for n in (10, 30, 1000):  # at t = n, for any n
        assert 0.21 < gaussian.probability_above(1, n, n) < 0.25


def test_i02_the_mean_stands_still_and_the_median_halves(item, rng):
    fits = gaussian_chains(rng, n=100, chains=4000)
    brute = [next(fits)[1] for _ in range(70)][-1].ravel()
    exact = ensemble.gaussian(n=100, generations=70, chains=40_000)["variance"][-1]
    for values in (brute, exact):
        assert_within(values, 1)
        median_within(values, gaussian.variance_quantile(0.5, 70, 100))
    assert right(item) == "about 0.5"
    assert abs(np.median(exact) - 0.495) < 0.015
    assert gaussian.half_life(100) == pytest.approx(0.69 * 99, rel=0.01)
    assert gaussian.variance_quantile(0.5, 300, 100) == pytest.approx(0.05, abs=0.005)


def test_i03_the_expected_distance_diverges_and_the_median_settles(item):
    rng = np.random.default_rng(3)
    found = {}
    for fit in ensemble.gaussian_fits(n=30, chains=20_000, rng=rng):
        if fit.t in (10, 300, 1000):
            found[fit.t] = fit.squared_w2
        if fit.t == 1000:
            break
    assert_within(found[10], gaussian.expected_squared_w2(10, 30))  # later the mean of many chains misleads
    assert round(gaussian.expected_squared_w2(300, 30)) == 12
    assert round(gaussian.expected_squared_w2(1000, 30)) == 35
    assert right(item) == "it stays about the same, near 1.7"
    assert abs(np.median(found[300]) - 1.62) < 0.05
    assert abs(np.median(found[1000]) - 1.67) < 0.05
    assert_within(found[1000] > gaussian.expected_squared_w2(1000, 30), 0.029)
    # each chain comes to rest: from generation 300 to 1,000 most move by little
    assert np.quantile(np.abs(found[1000] - found[300]), 0.75) < 0.5


def test_i04_a_large_n_only_delays(item):
    rng = np.random.default_rng(4)
    log = np.zeros(2000)
    medians = {}
    for t in range(1, 7001):  # the fitted variance is a product of chi-square factors, exactly
        log += np.log(rng.chisquare(9999, 2000) / 9999)
        if t in (1000, 7000):
            medians[t] = log.copy()
    for t, values in medians.items():
        median_within(np.exp(values), gaussian.variance_quantile(0.5, t, 10_000))
    assert right(item) == "near 0.5, and it goes on falling"
    assert gaussian.variance_quantile(0.5, 1000, 10_000) == pytest.approx(0.90, abs=0.01)
    assert gaussian.variance_quantile(0.5, 7000, 10_000) == pytest.approx(0.50, abs=0.01)
    assert gaussian.variance_quantile(0.5, 46_000, 10_000) == pytest.approx(0.01, abs=0.001)
    half_lives = np.array([gaussian.half_life(n) / (n - 1) for n in (30, 100, 1000, 10_000)])
    assert np.all(np.abs(half_lives / np.log(2) - 1) < 0.04)  # in proportion to n - 1


def test_i05_a_perfect_fit_loses_types_until_one_is_left(item, rng):
    counts = np.full((1000, 20), 5)
    left = {0: np.full(1000, 20)}
    for t in range(1, 1001):
        counts = rng.multinomial(100, counts / 100)
        left[t] = (counts > 0).sum(axis=1)
    assert right(item) == "1, with a share of 100 %"
    assert np.mean(left[1000] == 1) > 0.995
    assert np.median(left[13]) == 10  # "about half of the colours are gone after 13 generations"
    alone = sum(left[t] > 1 for t in range(1001))
    target = 1 + 200 * sum((1 - 20.0 ** (1 - j)) / (j * (j - 1)) for j in range(2, 21)) - 1
    assert alone.mean() == pytest.approx(190, abs=4 * alone.std() / np.sqrt(1000))
    assert alone.mean() == pytest.approx(target, rel=0.06)
    # and it ends at each colour with that colour's probability
    assert_within(counts[:, 0] == 100, 0.05)


def test_i06_three_errors_can_each_suffice(item, rng):
    # A: finite samples
    variance = ensemble.gaussian(n=100, generations=50, chains=20_000)["variance"][-1]
    median_within(variance, gaussian.variance_quantile(0.5, 50, 100))
    assert 0.58 < np.median(variance) < 0.62

    # B: a family that is too narrow, with practically no sampling error
    def real(size):
        return rng.choice([-2.0, 2.0], size) + 0.5 * rng.standard_normal(size)

    def valley(rows):  # a twentieth of the real law lies between the humps, and much more of a single one
        return np.mean(np.abs(rows) < 1)

    rows, shares = real(1_000_000), {}
    shares[0] = valley(rows)
    for t in range(1, 51):
        rows = rows.mean() + rows.std(ddof=1) * rng.standard_normal(len(rows))
        shares[t] = valley(rows)
    assert shares[0] < 0.03 < 0.36 < shares[1]  # lost at the first fit
    assert abs(shares[50] - shares[1]) < 0.01  # and then nothing more: sampling error is negligible

    # C: a learning rule that is off
    rows = rng.standard_normal(1_000_000)
    for _ in range(50):
        rows = rows.mean() + np.sqrt(0.9 * rows.var(ddof=1)) * rng.standard_normal(len(rows))
    assert rows.var() == pytest.approx(0.9**50, rel=0.05)
    assert 0.9**50 < 0.01
    assert right(item) == "in A, B and C"


def test_i07_a_rare_words_expected_share_stays(item, rng):
    counts = last(wright_fisher(rng, rng.binomial(1000, 0.002, 100_000), 1000, 49))
    assert_within(counts / 1000, 0.002)
    assert right(item) == "about 0.2 %"
    assert_within(counts > 0, 0.0745)
    assert np.mean(counts[counts > 0]) / 1000 == pytest.approx(0.027, abs=0.001)


def test_i08_a_count_gives_a_law_of_dates_and_no_date(item, rng):
    chains, survival = 20_000, 1.0
    dates = np.full(chains, 10_000)
    for k, counts in enumerate(wright_fisher(rng, np.full(chains, 5), 10_000, 500), 1):
        dates[(counts == 0) & (dates == 10_000)] = k
        survival = survival if k == 1 else 1 - np.exp(-survival)  # g_k
        if k in (1, 4, 13, 150, 500):
            assert_within(dates > k, 1 - np.exp(-5 * survival), n_se=5)  # Poisson in place of binomial
    assert right(item) == "in some chains before text 5, in some after text 150"
    assert 12 <= np.median(dates) <= 14
    assert_within(dates < 5, 0.154)
    assert_within(dates > 150, 0.0645)
    assert_within((dates >= 10) & (dates <= 16), 0.18)
    assert_within((dates >= 4) & (dates <= 6), 0.166)
    assert_within(dates > 500, 0.0199)


def test_i09_a_minority_is_fixed_or_lost_and_its_expected_share_stays(item, rng):
    first, seen = rng.binomial(200, 0.1, 20_000), {}
    for t, counts in enumerate(wright_fisher(rng, first, 200, 3000), 2):
        if t in (20, 200):
            seen[t] = counts / 200
    for shares in (*seen.values(), counts / 200):
        assert_within(shares, 0.1)
    assert np.all((counts == 0) | (counts == 200))
    assert_within(counts == 200, 0.1, resolves=0.1)  # of 1,000 chains about 100
    assert right(item) == "B has taken over about 100 chains and vanished in the others"


def test_i10_the_loss_under_accumulate_is_bounded(item):
    fits, medians = {}, {}
    rng = np.random.default_rng(10)
    for fit in ensemble.gaussian_fits(regimes.accumulate, n=100, chains=10_000, ddof=0, rng=rng):
        if fit.t in (10, 100, 1000):
            fits[fit.t], medians[fit.t] = fit.variance, np.median(fit.variance)
            assert_within(fit.variance, accumulate.expected_variance(fit.t, 100, ddof=0), resolves=0.02)
        if fit.t == 1000:
            break
    assert right(item) == "near 0.97, as in generation 100"
    assert abs(medians[1000] - 0.969) < 0.01
    assert abs(medians[1000] - medians[100]) < 0.005
    assert np.quantile(fits[1000], 0.001) > 0.4  # no chain has lost its variance
    assert accumulate.variance_limit(100, ddof=0) == pytest.approx(0.984, abs=0.001)


def accumulated_mean(rng, n, generations, runs):
    """Return n times the squared error of the pooled mean, one for each run, after so many generations."""
    mean = rng.standard_normal(runs) / np.sqrt(n)
    for t in range(2, generations + 1):
        batch = mean + rng.standard_normal(runs) / np.sqrt(n)
        mean += (batch - mean) / t
    return n * mean**2


def test_i11_accumulating_costs_pi_squared_over_six(item, rng):
    target = sum(1 / t**2 for t in range(1, 51))
    assert_within(accumulated_mean(rng, 100, 50, 40_000), target)
    assert right(item) == "about 1.6 e"
    assert target == pytest.approx(1.625, abs=0.001)
    assert target < np.pi**2 / 6


def test_i11_and_a_kernel_density_goes_on_growing(item, rng):
    """Bandwidth 0.5, 50 numbers in each generation: the variance grows with the logarithm of t."""
    n, h, runs = 50, 0.5, 400
    rows = rng.standard_normal((runs, n))
    expected, found = 1 - 1 / n, {}
    for t in range(2, 41):
        chosen = np.take_along_axis(rows, rng.integers(rows.shape[1], size=(runs, n)), axis=1)
        rows = np.concatenate([rows, chosen + h * rng.standard_normal((runs, n))], axis=1)
        old = (t - 1) * n
        widened = expected + h**2
        expected = (old * expected + n * widened) / (old + n) - (n / (old + n)) ** 2 * widened / n
        if t in (10, 20, 40):
            found[t] = expected
            assert_within(rows.var(axis=1), expected, resolves=0.05)
    assert found[20] - found[10] > 0.1 < found[40] - found[20]
    assert found[40] > 1.7
    assert "kernel density" in item.instead


def test_i12_the_number_of_real_rows_decides(item):
    def kept(n, fresh):
        return mixing.expected_moments(20_000, n, fresh, ddof=0)[0]

    assert right(item) == "about 10"
    assert kept(100, 10) == pytest.approx(0.95, abs=0.003)
    assert kept(1000, 10) == pytest.approx(0.952, abs=0.001)
    assert kept(1000, 1) == pytest.approx(0.67, abs=0.005)
    assert kept(1000, 30) == pytest.approx(0.983, abs=0.001)
    assert kept(1000, 100) == pytest.approx(0.995, abs=0.001)
    rng = np.random.default_rng(12)
    for n, fresh in ((100, 10), (1000, 10), (1000, 100)):
        fits = ensemble.gaussian_fits(regimes.mix(fresh / n), n=n, chains=2000, ddof=0, rng=rng)
        variance = next(fit.variance for fit in fits if fit.t == 600)
        assert_within(variance, mixing.expected_moments(600, n, fresh, ddof=0)[0], resolves=0.05)


def test_i12_and_brute_force_agrees(rng):
    chains = gaussian_chains(rng, 10, n=100, chains=1000, ddof=0)
    variance = [next(chains)[1] for _ in range(60)][-1].ravel()
    assert_within(variance, mixing.expected_moments(60, 100, 10, ddof=0)[0], resolves=0.05)


def excess_error(rng, n, runs, share=0.1, squared_length=9.0, d=10):
    """Return the excess error of least squares, one for each run, when a share of the labels comes from w + δ."""
    errors = np.empty(runs)
    for run in range(runs):
        X = rng.standard_normal((n, d))
        off = np.sqrt(squared_length) * X[:, 0] * (rng.random(n) < share)
        w = np.linalg.solve(X.T @ X, X.T @ (off + rng.standard_normal(n)))
        errors[run] = w @ w
    return errors


def test_i13_bad_labels_leave_a_floor(item, rng):
    few, many = excess_error(rng, 1000, 500), excess_error(rng, 100_000, 40)
    assert_within(few, 10 / 989 + 0.09 + 0.09 * 9 * 11 / 1000)
    assert few.mean() == pytest.approx(0.11, abs=0.008)
    assert_within(many, 0.09 + 10 / 99_989 + 0.09 * 9 * 11 / 100_000, resolves=0.05)
    assert right(item) == "about 0.09"
    clean = excess_error(rng, 100_000, 40, share=0.0)
    assert clean.mean() < 0.001  # what washes out is chance


def weighted_mean(rng, weight, n_real, n_synthetic, runs=20_000, generations=120):
    """Return n_real times the squared error of a chain that mixes fresh real and last-generation synthetic means."""
    mean = rng.standard_normal(runs) / np.sqrt(n_real)
    for _ in range(generations):
        real = rng.standard_normal(runs) / np.sqrt(n_real)
        synthetic = mean + rng.standard_normal(runs) / np.sqrt(n_synthetic)
        mean = weight * real + (1 - weight) * synthetic
    return n_real * mean**2


def long_run_error(weight, ratio):
    return (weight**2 + ratio * (1 - weight) ** 2) / (1 - (1 - weight) ** 2)


@pytest.mark.parametrize(("ratio", "best"), [(1, 0.618), (0.25, 0.390), (4, 0.828)])
def test_i14_the_best_weight_depends_on_the_sizes(ratio, best, rng):
    weights = np.linspace(0.05, 1, 1901)
    assert weights[np.argmin(long_run_error(weights, ratio))] == pytest.approx(best, abs=0.001)
    assert (np.sqrt(ratio**2 + 4 * ratio) - ratio) / 2 == pytest.approx(best, abs=0.001)
    assert_within(weighted_mean(rng, best, 100, 100 / ratio), long_run_error(best, ratio), resolves=0.05)


def test_i14_and_no_weight_is_needed_where_old_real_data_are_kept(item, rng):
    assert right(item) == "w = 0.39"
    errors = {weight: long_run_error(weight, 0.25) for weight in (0.2, 0.39, 0.62, 1.0)}
    assert list(np.round(list(errors.values()), 2)) == [0.56, 0.39, 0.49, 1.0]
    for weight, target in errors.items():
        assert_within(weighted_mean(rng, weight, 100, 400), target)
    kept = 100 * (rng.standard_normal((20_000, 120)) / 10).mean(axis=1) ** 2  # the mean of all fresh real data so far
    assert kept.mean() < 0.01 < min(errors.values())


def precision_and_recall(real, fake, k=5):
    """Share of fake rows inside the k-nearest-neighbour balls of real ones, and the reverse."""

    def inside(rows, others):
        radii = np.sort(cdist(others, others), axis=1)[:, k]
        return np.mean((cdist(rows, others) < radii).any(axis=1))

    return inside(fake, real), inside(real, fake)


@pytest.mark.parametrize("bias", [0.7, 1.0])
def test_i15_precision_stays_while_recall_goes(bias, rng):
    found = []
    for _ in range(8):
        real = rows = rng.standard_normal((500, 2))
        for _ in range(20):
            root = np.linalg.cholesky(np.cov(rows.T))
            rows = rows.mean(axis=0) + np.sqrt(bias) * rng.standard_normal((500, 2)) @ root.T
        found.append(precision_and_recall(real, rows))
    precision, recall = np.mean(found, axis=0)
    assert precision > 0.985
    if bias < 1:
        assert precision > 0.995  # 1.00
        assert recall < 0.03
        assert right(ITEMS[14]) == "near 0.0"
        assert 0.0005 < 0.7**20 < 0.0015  # "about a thousandth of the covariance is left"
    else:
        assert recall > 0.95
