"""Formulas for Gaussian chains of any dimension: against brute force, one dimension and hand calculation."""

from itertools import islice

import numpy as np
import pytest
from evidence import assert_within, gaussian_chains

from collapse_edu.theory import gaussian, wishart

CHAINS = 40_000


def last(rng, t, **settings):
    return next(islice(gaussian_chains(rng, **settings), t - 1, None))


@pytest.mark.parametrize("ddof", [0, 1])
@pytest.mark.parametrize(("n", "d", "t"), [(10, 2, 4), (10, 3, 3), (6, 5, 2)])
def test_log_determinant_agrees_with_brute_force(rng, n, d, t, ddof):
    log_det = np.linalg.slogdet(last(rng, t, n=n, d=d, chains=CHAINS, ddof=ddof)[1])[1]
    assert_within(log_det, t * wishart.lyapunov_spectrum(n, d, ddof).sum(), resolves=0.03, oracle="M1")


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


def test_spectra_of_several_sizes():
    spectra = wishart.lyapunov_spectrum([5, 9], 3, ddof=0)
    np.testing.assert_array_equal(spectra, [wishart.lyapunov_spectrum(n, 3, ddof=0) for n in (5, 9)])


@pytest.mark.parametrize("n", [1e10, 1e16])
def test_large_n_keeps_its_digits(n):
    # To first order (ψ(x) - log x is near -1/(2x)), the exponents are -(1 + i)/n, and 1/n less by maximum likelihood.
    i = np.arange(4)
    np.testing.assert_allclose(wishart.lyapunov_spectrum(n, 4), -(1 + i) / n, rtol=1e-8)
    np.testing.assert_allclose(wishart.lyapunov_spectrum(n, 4, ddof=0), -(2 + i) / n, rtol=1e-8)


def test_one_dimension_is_the_scalar_theory():
    for ddof in (0, 1):
        assert wishart.lyapunov_spectrum(12, 1, ddof) == pytest.approx(gaussian.log_variance_drift(12, ddof))


def test_two_dimensions_by_hand():
    # n = 3: |W| = (χ²_2/2)(χ²_1/2), with E log of -γ and -γ - 2 log 2.
    assert wishart.lyapunov_spectrum(3, 2) == pytest.approx([-np.euler_gamma, -np.euler_gamma - 2 * np.log(2)])


def test_the_spectrum_falls():
    spectrum = wishart.lyapunov_spectrum(30, 8, 0)
    assert np.all(np.diff(spectrum) < 0)
    assert spectrum[0] < 0


def test_as_many_dimensions_as_samples_are_refused():
    with pytest.raises(ValueError, match=r"^n must contain whole numbers of at least 4; got 3$"):
        wishart.lyapunov_spectrum(3, 3)
