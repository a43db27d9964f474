"""Fifty thousand tiny fits, against scikit-learn's base class and checks, and against a loop written by hand."""

from functools import partial
from time import process_time

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, DensityMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from benchmarks.conftest import seconds
from collapse_edu import Gaussian, History, measures, run
from collapse_edu.loop.source import normal

pytestmark = pytest.mark.benchmark(timer=process_time)
N, CHAINS, GENERATIONS = 10, 500, 100


class Checked(DensityMixin, BaseEstimator):
    """The same arithmetic around the base class and the checks of scikit-learn."""

    def __init__(self, ddof=1, sampling_bias=1.0):
        self.ddof = ddof
        self.sampling_bias = sampling_bias

    def fit(self, X, y=None):
        X = validate_data(self, X, dtype=np.float64, ensure_min_samples=self.ddof + 1)
        self.mean_ = np.average(X, axis=0)
        factor = np.linalg.qr((X - self.mean_) / np.sqrt(len(X) - self.ddof), mode="r")
        self.factor_ = factor * np.where(np.diagonal(factor) < 0, -1.0, 1.0)[:, None]
        return self

    def sample(self, n, rng):
        check_is_fitted(self)
        noise = rng.standard_normal((n, len(self.factor_)))
        return self.mean_ + np.sqrt(self.sampling_bias) * (noise @ self.factor_)


def many_fits(model):
    both = {"mean": measures.fitted_mean, "variance": measures.fitted_variance}
    return run(model, normal(N), generations=GENERATIONS, chains=CHAINS, measures=both)


def by_hand():
    """The chains as one writes them with NumPy: no checks, no copies, nothing written down but the variance."""
    variances = np.empty((GENERATIONS, CHAINS))
    for chain in range(CHAINS):
        rng = np.random.default_rng(chain)
        rows = rng.standard_normal((N, 1))
        for t in range(GENERATIONS):
            mean, variance = rows.mean(axis=0), rows.var(axis=0, ddof=1)
            variances[t, chain] = variance[0]
            rows = mean + np.sqrt(variance) * rng.standard_normal((N, 1))
    return variances


def test_tiny_fits(beside, capsys):
    assert many_fits(Gaussian()).values["replace", "variance"].tobytes() == many_fits(Checked())["variance"].tobytes()
    peers = partial(seconds, many_fits, Checked()), partial(seconds, by_hand)
    ours, checked, hand = np.median(beside(partial(many_fits, Gaussian()), *peers, rounds=3), axis=1)
    fits = CHAINS * GENERATIONS
    with capsys.disabled():
        print(f"\n{fits:,} fits to {N} rows: {ours:.2f} s, {ours / fits * 1e6:.0f} µs each")
        print(f"with the base class and checks of scikit-learn {checked:.2f} s: {checked / ours:.2f} times")
        print(f"a loop by hand {hand:.2f} s: ours {ours / hand:.2f} times that")
    assert checked >= 2 * ours
    assert ours <= 8 * hand


def test_loading_a_history(beside, capsys, tmp_path):
    rng = np.random.default_rng(0)
    history = History({("replace", name): rng.standard_normal((1000, 200)) for name in ("mean", "variance")})
    path = history.save(tmp_path / "history.csv")
    peer = partial(seconds, partial(pd.read_csv, path, comment="#"))
    ours, theirs = np.median(beside(partial(History.load, path), peer), axis=1)
    with capsys.disabled():
        print(f"\nHistory.load {ours:.3f} s, pandas alone {theirs:.3f} s: ours {ours / theirs:.1f} times that")
    assert ours <= 4 * theirs
