"""Formulas for Gaussian chains of any dimension: against brute force, one dimension and hand calculation."""

from itertools import islice

import numpy as np
import pytest
from evidence import assert_within, gaussian_chains, squared_deviations

from collapse_edu.theory import gaussian, wishart

CHAINS = 40_000


def last(rng, t, **settings):
    return next(islice(gaussian_chains(rng, **settings), t - 1, None))


@pytest.mark.parametrize("ddof", [0, 1])
@pytest.mark.parametrize(("n", "d", "t"), [(10, 2, 4), (10, 3, 3), (6, 5, 2)])
def test_log_determinant_agrees_with_brute_force(rng, n, d, t, ddof):
    log_det = np.linalg.slogdet(last(rng, t, n=n, d=d, chains=CHAINS, ddof=ddof)[1])[1]
    assert_within(log_det, wishart.expected_log_det(t, n, d, ddof), resolves=0.03, oracle="M1")
    assert_within(squared_deviations(log_det), wishart.variance_of_log_det(t, n, d), resolves=0.04, oracle="M1")


@pytest.mark.parametrize(("n", "d", "t"), [(20, 2, 1), (20, 3, 2), (40, 3, 4)])
def test_trace_moments_agree_with_brute_force(rng, n, d, t):
    covariance = last(rng, t, n=n, d=d, chains=CHAINS)[1]
    trace = np.trace(covariance, axis1=1, axis2=2)
    squares, square = wishart.expected_trace_moments(t, n, d)
    assert_within(np.square(covariance).sum(axis=(1, 2)), squares, resolves=0.02, oracle="M2")
    assert_within(trace**2, square, resolves=0.02, oracle="M2")
    assert_within(trace, d, resolves=0.02, oracle="M2")


@pytest.mark.parametrize("ddof", [0, 1])
def test_each_exponent_agrees_with_brute_force(rng, ddof):
    # The diagonal of the Cholesky factor multiplies by independent χ of ν - i degrees, from the first generation on.
    diagonal = np.diagonal(
        np.linalg.cholesky(last(rng, 3, n=8, d=3, chains=4 * CHAINS, ddof=ddof)[1]), axis1=1, axis2=2
    )
    for i, exponent in enumerate(wishart.lyapunov_spectrum(8, 3, ddof)):
        assert_within(2 * np.log(diagonal[:, i]), 3 * exponent, resolves=0.03, oracle="M3")


def test_eigenvalues_part_at_the_rates_of_the_spectrum(rng):
    # Long runs: log eigenvalues themselves, from a factor kept by QR (the covariance is singular to rounding).
    n, d, chains, start, stop = 12, 2, 1500, 150, 400
    factor, logs = np.broadcast_to(np.eye(d), (chains, d, d)), {0: np.zeros((chains, d))}
    scale = np.zeros(chains)
    for t in range(1, stop + 1):
        rows = rng.standard_normal((chains, n, d))
        centred = rows - rows.mean(axis=1, keepdims=True)
        # New covariance: Fᵀ S F with S the covariance of white rows; keep a triangular root of it.
        factor = np.linalg.qr(centred @ factor / np.sqrt(n - 1), mode="r")
        norm = np.linalg.norm(factor, axis=(1, 2))
        factor, scale = factor / norm[:, None, None], scale + np.log(norm)
        if t in (start, stop):
            top = np.linalg.svd(factor, compute_uv=False)[:, 0]
            log_det = np.log(np.abs(np.diagonal(factor, axis1=1, axis2=2))).sum(axis=1)
            logs[t] = 2 * np.stack([scale + np.log(top), scale + log_det - np.log(top)], axis=1)
    growth = (logs[stop] - logs[start]) / (stop - start)
    for i, exponent in enumerate(wishart.lyapunov_spectrum(n, d)):
        assert_within(growth[:, i], exponent, resolves=0.06, oracle="M3")


@pytest.mark.parametrize(("n", "d", "t"), [(10, 1, 3), (10, 3, 2), (4, 3, 1)])
def test_mean_square_agrees_with_brute_force(rng, n, d, t):
    mean = last(rng, t, n=n, d=d, chains=CHAINS)[0]
    assert_within(np.square(mean).sum(axis=1), wishart.expected_mean_square(t, n, d), resolves=0.04, oracle="M4")


@pytest.mark.parametrize("d", [2, 3, 6])
def test_first_order_risk_agrees_with_brute_force(rng, d):
    # Second-order terms are of relative size d t/n or less: 4 standard errors, and that much.
    n, t = 300, 2
    mean, covariance = last(rng, t, n=n, d=d, chains=6000)
    eigenvalues = np.linalg.eigvalsh(covariance)
    risk = np.square(mean).sum(axis=1) + np.square(np.sqrt(eigenvalues) - 1).sum(axis=1)
    target = wishart.first_order_squared_w2(t, n, d)
    error = risk.std() / np.sqrt(len(risk))
    assert abs(risk.mean() - target) <= 4 * error + target * d * t / n
    assert 4 * error + target * d * t / n <= 0.08 * target


def test_first_order_risk_is_too_large_late(rng):
    n, t, d = 20, 10, 3
    mean, covariance = last(rng, t, n=n, d=d, chains=20_000)
    eigenvalues = np.linalg.eigvalsh(covariance).clip(0)
    risk = np.square(mean).sum(axis=1) + np.square(np.sqrt(eigenvalues) - 1).sum(axis=1)
    assert risk.mean() < 0.95 * wishart.first_order_squared_w2(t, n, d)


def test_one_dimension_is_the_scalar_theory():
    t, n = np.arange(6), 12
    for ddof in (0, 1):
        np.testing.assert_allclose(wishart.expected_log_det(t, n, 1, ddof), gaussian.expected_log_variance(t, n, ddof))
        assert wishart.lyapunov_spectrum(n, 1, ddof) == pytest.approx(gaussian.log_variance_drift(n, ddof))
    np.testing.assert_allclose(wishart.variance_of_log_det(t, n, 1), gaussian.variance_of_log_variance(t, n))
    np.testing.assert_allclose(wishart.expected_mean_square(t, n, 1), gaussian.expected_mean_square(t, n))
    np.testing.assert_allclose(wishart.first_order_squared_w2(t, n, 1), gaussian.first_order_squared_w2(t, n))
    for i in t:
        second_moment = gaussian.variance_of_variance(i, n) + 1
        assert wishart.expected_trace_moments(int(i), n, 1) == pytest.approx((second_moment, second_moment))


def test_trace_moments_of_one_wishart_by_hand():
    # W ~ W_d(I/ν, ν): E tr W² = d + d(d + 1)/ν and E (tr W)² = d² + 2d/ν.
    assert wishart.expected_trace_moments(1, 11, 3) == pytest.approx((3 + 12 / 10, 9 + 6 / 10))
    assert wishart.expected_trace_moments(0, 11, 3) == pytest.approx((3, 9))
    step = np.array([[1 + 1 / 10, 1 / 10], [2 / 10, 1]])  # the recursion itself
    assert wishart.expected_trace_moments(7, 11, 3) == pytest.approx(tuple(np.linalg.matrix_power(step, 7) @ [3, 9]))


def test_spectra_of_several_sizes():
    spectra = wishart.lyapunov_spectrum([5, 9], 3, ddof=0)
    np.testing.assert_array_equal(spectra, [wishart.lyapunov_spectrum(n, 3, ddof=0) for n in (5, 9)])


def test_determinant_of_two_by_two_by_hand():
    # n = 3, d = 2: |W| = (χ²_2/2)(χ²_1/2), so E log = (-γ) + (-γ - 2 log 2).
    assert wishart.expected_log_det(1, 3, 2) == pytest.approx(-2 * np.euler_gamma - 2 * np.log(2))
    assert wishart.variance_of_log_det(1, 3, 2) == pytest.approx(np.pi**2 / 6 + np.pi**2 / 2)


@pytest.mark.parametrize("n", [1e10, 1e16])
def test_large_n_keeps_its_digits(n):
    # To first order (ψ(x) - log x is near -1/(2x)), the exponents are -(1 + i)/n, and 1/n less by maximum likelihood.
    i = np.arange(4)
    np.testing.assert_allclose(wishart.lyapunov_spectrum(n, 4), -(1 + i) / n, rtol=1e-8)
    np.testing.assert_allclose(wishart.lyapunov_spectrum(n, 4, ddof=0), -(2 + i) / n, rtol=1e-8)


def test_spectrum_falls_and_is_the_log_determinant():
    spectrum = wishart.lyapunov_spectrum(30, 8, 0)
    assert np.all(np.diff(spectrum) < 0)
    assert spectrum[0] < 0
    assert 5 * spectrum.sum() == pytest.approx(wishart.expected_log_det(5, 30, 8, 0))


@pytest.mark.parametrize("call", [wishart.lyapunov_spectrum, lambda n, d: wishart.variance_of_log_det(1, n, d)])
def test_as_many_dimensions_as_samples_are_refused(call):
    with pytest.raises(ValueError, match=r"^n must hold whole numbers of at least 4; got 3$"):
        call(3, 3)
