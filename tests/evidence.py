"""How a test compares a simulation with a formula, and brute force that owes nothing to the library."""

import os
from typing import NamedTuple

import numpy as np
from scipy.stats import ks_2samp

LEVEL = 1e-4
COMPARED = []  # rows of the table that --oracles prints
COMPARED_COLUMNS = "id | test | formula | simulated ± standard error | deviation in standard errors | verdict"


class Compared(NamedTuple):
    """A formula, and its simulation."""

    oracle: str
    test: str
    mean: float
    error: float
    target: float
    agrees: bool


def assert_within(values, target, n_se=4, resolves=None, oracle=""):
    """Assert that the mean of independent values agrees with a target, within standard errors.

    ``resolves=0.02`` also asserts that the simulation is large enough to expose a target that is wrong by 2 %.
    ``oracle`` is the formula's name in the table of all formulas: G of Gaussian chains, M of several dimensions, A of
    accumulated sets, E of pathways, F of fresh rows, L of linear regression, K of kernel densities, S of selection, T
    of tails, W of types, C of models that continue, Q of metrics.
    """
    values = np.asarray(values, dtype=float)
    mean, error = values.mean(), values.std(ddof=1) / np.sqrt(len(values))
    agrees = bool(abs(mean - target) <= n_se * error)
    COMPARED.append(Compared(oracle, os.environ.get("PYTEST_CURRENT_TEST", ""), mean, error, float(target), agrees))
    assert agrees, f"{mean:.6g} ± {error:.2g} against {target:.6g}"
    if resolves is not None:
        assert n_se * error <= resolves * abs(target), f"too few values to expose {resolves:.0%} of {target:.4g}"


def compared_line(row):
    """Return the line of the table for one formula and its simulation."""
    name = row.test.partition("::")[2].partition(" ")[0]
    off = abs(row.mean - row.target) / row.error if row.error else 0.0
    verdict = "agrees" if row.agrees else "DIFFERS"
    simulated = f"{row.mean:.5g} ± {row.error:.2g}"
    return f"{row.oracle or '-'} | {name} | {row.target:.5g} | {simulated} | {off:.1f} | {verdict}"


def squared_deviations(values):
    """Return values whose mean is the unbiased sample variance."""
    values = np.asarray(values, dtype=float)
    return (values - values.mean()) ** 2 * len(values) / (len(values) - 1)


def p_same_law(one, other):
    """Return the p-value of the two-sample Kolmogorov-Smirnov test."""
    return ks_2samp(one, other).pvalue


def assert_same_law(one, other, what):
    """Assert that two samples may come from one law, at level 1e-4."""
    p = p_same_law(one, other)
    assert p > LEVEL, f"{what}: p = {p:.2g}"


def gaussian_chains(rng, rule="replace", *, n, chains, d=1, ddof=1, sampling_bias=1.0):
    """Yield (mean, covariance) of all chains for t = 1, 2, … : draw every sample, fit, draw again.

    ``rule`` is "replace", "accumulate", "anchor", or a number of fresh real rows in each training set.
    """
    real = rng.standard_normal((chains, n, d))
    training = real
    while True:
        mean = training.mean(axis=1)
        centred = training - mean[:, None]
        scatter = np.square(centred).sum(axis=1, keepdims=True) if d == 1 else centred.transpose(0, 2, 1) @ centred
        covariance = scatter / (training.shape[1] - ddof)
        yield mean, covariance
        noise = np.sqrt(sampling_bias) * rng.standard_normal((chains, n, d))
        if d == 1:
            synthetic = mean[:, None] + noise * np.sqrt(covariance)
        else:
            synthetic = mean[:, None] + noise @ np.linalg.cholesky(covariance).transpose(0, 2, 1)
        if rule == "replace":
            training = synthetic
        elif rule == "accumulate":
            training = np.concatenate([training, synthetic], axis=1)
        elif rule == "anchor":
            training = np.concatenate([real, synthetic], axis=1)
        else:
            training = np.concatenate([rng.standard_normal((chains, rule, d)), synthetic[:, rule:]], axis=1)
