"""Many one-dimensional Gaussian chains in one run: each column of the rows is a chain of its own.

A regime moves whole rows, and does not look at them. So ten thousand chains of a regime cost as much as one.
"""

import numpy as np
from sklearn.base import BaseEstimator

from collapse_edu.loop.source import KnownDistribution


class Columns(BaseEstimator):
    """Fit each column by its mean and variance, as Gaussian does for one column, and sample columns independently."""

    def __init__(self, ddof=1):
        self.ddof = ddof

    def fit(self, X, sample_weight=None):
        weights = np.ones(len(X)) if sample_weight is None else sample_weight
        self.mean_ = weights @ X / weights.sum()
        self.variance_ = weights @ (X - self.mean_) ** 2 / (weights.sum() - self.ddof)
        return self

    def sample(self, n, rng):
        return self.mean_ + np.sqrt(self.variance_) * rng.standard_normal((n, len(self.mean_)))


def standard_normal_columns(n, chains):
    """Return N(0, 1) as data of many chains."""
    return KnownDistribution(lambda m, rng: rng.standard_normal((m, chains)), n)
