"""The mean and the scatter of normal rows, of many chains at once: drawn, pooled, or taken from rows.

The mean of m samples from N(μ, Σ) is N(μ, Σ/m), independent of their scatter matrix, which is Wishart(Σ, m - 1).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Batch", "Rows"]


@dataclass(frozen=True, eq=False)
class Batch:
    """Statistics of n rows in each chain: their mean, and a root of their scatter matrix about it.

    Attributes
    ----------
    n : int
    mean : ndarray, shape (chains, d)
    root : ndarray, shape (chains, d, k)
        ``root @ root.T`` is the scatter matrix; k is d, or less where there are too few rows.

    References
    ----------
    Bartlett (1933) for the Wishart draws.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> one, two = (Batch.draw(np.zeros((5, 2)), np.tile(np.eye(2), (5, 1, 1)), n, rng) for n in (10, 20))
    >>> pooled = one + two
    >>> pooled.n, pooled.mean.shape, pooled.root.shape
    (30, (5, 2), (5, 2, 2))
    """

    n: int
    mean: NDArray[np.float64]
    root: NDArray[np.float64]

    @classmethod
    def draw(cls, mean: NDArray[np.float64], factor: NDArray[np.float64], n: int, rng: np.random.Generator) -> "Batch":
        """Draw the statistics of n samples from N(mean, factor factorᵀ), where factor has the shape (chains, d, k)."""
        chains, k = len(mean), factor.shape[2]
        centre = rng.standard_normal((chains, k)) / np.sqrt(n)
        if n <= k:  # the scatter matrix is singular: draw the rows themselves
            rows = rng.standard_normal((chains, k, n))
            centre = rows.mean(axis=2)
            bartlett = rows @ _contrasts(n)
        elif k == 1:
            bartlett = np.sqrt(rng.chisquare(n - 1, (chains, 1, 1)))
        else:
            bartlett = _below_diagonal(chains, k, rng)
            diagonal = np.arange(k)
            bartlett[:, diagonal, diagonal] = np.sqrt(rng.chisquare(n - 1 - diagonal, (chains, k)))
        if factor.shape[1:] == (1, 1):
            return Batch(n, mean + factor[:, 0] * centre, factor * bartlett)
        return Batch(n, mean + (factor @ centre[:, :, None])[:, :, 0], factor @ bartlett)

    @classmethod
    def of(cls, rows: NDArray[np.float64]) -> "Batch":
        """Return the statistics of rows, shape (n, chains, d)."""
        n, mean = len(rows), rows.mean(axis=0)
        if n <= rows.shape[2]:
            return Batch(n, mean, rows.transpose(1, 2, 0) @ _contrasts(n))
        return Batch(n, mean, _triangular((rows - mean).transpose(1, 2, 0)))

    def __add__(self, other: "Batch") -> "Batch":
        """Return the statistics of both batches pooled."""
        n = self.n + other.n
        shift = other.mean - self.mean
        step = shift[:, :, None] * np.sqrt(self.n * other.n / n)
        # The pooled scatter is R Rᵀ with these columns.
        root = _triangular(np.concatenate([self.root, other.root, step], axis=2))
        return Batch(n, self.mean + shift * (other.n / n), root)


@dataclass(frozen=True, eq=False)
class Rows(Batch):
    """Real sets whose rows are used again: their statistics, and the rows.

    Attributes
    ----------
    rows : ndarray, shape (n, chains, d)
        In an order that changes.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> real = Rows.standard(10, 5, 2, rng)
    >>> real.n, real.part(3, rng).n
    (10, 3)
    """

    rows: NDArray[np.float64]

    @classmethod
    def standard(cls, n: int, chains: int, d: int, rng: np.random.Generator) -> "Rows":
        """Draw n rows from N(0, I) for each chain."""
        rows = rng.standard_normal((n, chains, d))
        all_of_them = Batch.of(rows)
        return cls(n, all_of_them.mean, all_of_them.root, rows)

    def part(self, n: int, rng: np.random.Generator) -> Batch:
        """Return the statistics of n rows of each chain, drawn without return."""
        # A shuffle that stops as soon as the first rows, kept or left out, are drawn: the order before does not matter.
        first, chain = min(n, self.n - n), np.arange(len(self.mean))
        for i in range(first):
            j = rng.integers(i, self.n, len(chain))
            drawn = self.rows[j, chain]
            self.rows[j, chain] = self.rows[i]
            self.rows[i] = drawn
        return Batch.of(self.rows[:n] if n == first else self.rows[first:])


def _contrasts(n):
    """Return Helmert's contrasts, shape (n, n - 1): X H (X H)ᵀ is the scatter of X's n columns about their mean."""
    i = np.arange(1, n)
    below = np.triu(np.ones((n, n - 1))) / np.sqrt(i * (i + 1))
    below[i, i - 1] = -np.sqrt(i / (i + 1))
    return below


def _below_diagonal(chains, d, rng):
    """Draw standard normals below the diagonal of (chains, d, d) zeros."""
    if d == 2:  # the whole square, because lessons show what came of it
        return np.tril(rng.standard_normal((chains, d, d)), -1)
    square, (row, column) = np.zeros((chains, d, d)), np.tril_indices(d, -1)
    square[:, row, column] = rng.standard_normal((chains, len(row)))
    return square


def _triangular(columns):
    """Return a root of columns columnsᵀ with at most d columns, shape (chains, d, k)."""
    # It comes from the columns themselves: to square them would lose half of the digits, and a scatter that is nearly
    # singular would have no root at all.
    if columns.shape[1] == 1:
        return np.sqrt(np.square(columns).sum(axis=2, keepdims=True))
    return np.linalg.qr(columns.transpose(0, 2, 1), mode="r").transpose(0, 2, 1)
