"""Quality and diversity of synthetic rows by nearest neighbours: precision and recall, density and coverage, copies.

A row's ball reaches to its k-th nearest other row within its own set, and its edge belongs to it: a row that is there
more than k times has a ball of radius 0, which contains all rows equal to it. Results are those of distances computed
pair by pair in double precision, ties and repeated rows included. Most pairs need no such distance: a product of
matrices, less the most that it can be wrong by, says that they are too far apart. It is done in single precision, and
in double where this tells too little apart. Of whole numbers, as counts and bits are, it is exact. Rows that repeat are
looked at once. Only where rows lie in heaps, apart by little more than a rounding, it takes longer than whole matrices:
about three times as long. Memory grows with n + m, never with n · m.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu.checks import integer
from collapse_edu.metrics._rows import Array, finite_rows, same_width

__all__ = [
    "DensityCoverage",
    "Neighbourhoods",
    "Prdc",
    "PrecisionRecall",
    "density_coverage",
    "expected_coverage",
    "nearest_distance",
    "neighbour_radii",
    "prdc",
    "precision_recall",
]

Indices: TypeAlias = NDArray[np.intp]
Bounds: TypeAlias = NDArray[np.float32] | Array  # in single precision, or in double

_BLOCK = 2**19  # pairs at a time: two megabytes of single precision stay in the cache
_PIECE = 2**20  # numbers at a time, where distances are computed pair by pair


class PrecisionRecall(NamedTuple):
    """Precision and recall, each from 0 to 1."""

    precision: float
    recall: float


class DensityCoverage(NamedTuple):
    """Density, 0 or larger, and coverage, from 0 to 1."""

    density: float
    coverage: float


class Prdc(NamedTuple):
    """Precision, recall, density and coverage."""

    precision: float
    recall: float
    density: float
    coverage: float


def prdc(real: ArrayLike, synthetic: ArrayLike, k: int = 5) -> Prdc:
    """Return precision, recall, density and coverage of synthetic rows, in one pass.

    * precision: the share of synthetic rows inside at least one ball of a real row;
    * recall: the share of real rows inside at least one ball of a synthetic row;
    * density: in how many real balls a synthetic row lies on average, divided by k;
    * coverage: the share of real balls that contain at least one synthetic row.

    If both sets come from one distribution without ties, the expected density is 1 and the expected coverage is
    :func:`expected_coverage`, whichever it is. Precision and recall depend on it and on the dimension: compare only
    values of equal n, m, k and features.

    Parameters
    ----------
    real : array, shape (n, d)
        n larger than k.
    synthetic : array, shape (m, d)
        m larger than k.
    k : int
        At least 1.

    Returns
    -------
    Prdc

    Raises
    ------
    TypeError, ValueError
        If k is no integer of at least 1, a set has k rows or fewer, a value is not finite, or the widths differ.

    References
    ----------
    Kynkäänniemi et al. (2019), section 2, whose balls are closed; Naeem et al. (2020), section 3. The code of the
    latter leaves the edge out: where rows repeat more than k times, it finds two equal sets apart in everything.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> real, synthetic = rng.normal(size=(500, 2)), 0.3 * rng.normal(size=(500, 2))
    >>> [round(value, 2) for value in prdc(real, synthetic)]
    [1.0, 0.49, 0.86, 0.39]
    """
    return Neighbourhoods(real, k).prdc(synthetic)


class Neighbourhoods:
    """The balls of real rows, each to the k-th nearest other one, for several synthetic sets.

    Parameters
    ----------
    real : array, shape (n, d)
        n larger than k.
    k : int
        At least 1.

    Raises
    ------
    TypeError, ValueError
        If k is no integer of at least 1, there are k rows or fewer, or a value is not finite.

    Examples
    --------
    >>> of_real = Neighbourhoods([[0.0], [1.0], [2.0], [9.0]], k=1)
    >>> [of_real.prdc([[0.5], [1.2], [1.4], last]).density for last in ([1.6], [5.0])]
    [2.0, 1.75]
    """

    def __init__(self, real: ArrayLike, k: int = 5) -> None:
        self.k = integer("k", k, 1)
        (self._real,), self._scale = _sets(self.k + 1, real=real)
        self._reach = _nearest(self._real, self._real, self.k)

    def prdc(self, synthetic: ArrayLike) -> Prdc:
        """Return what :func:`prdc` returns of these real rows and synthetic ones.

        Parameters
        ----------
        synthetic : array, shape (m, d)
            m larger than k.

        Returns
        -------
        Prdc

        Raises
        ------
        TypeError, ValueError
            If there are k rows or fewer, a value is not finite, or the widths differ.
        """
        synthetic = finite_rows("synthetic", synthetic, self.k + 1)
        same_width("synthetic", synthetic, "real", self._real)
        scale = max(self._scale, _power_of_two(synthetic))
        # All scales are powers of two, so that nothing is rounded: a row on the edge of a ball stays there.
        synthetic, unit = synthetic / scale, self._scale / scale
        return _counted(self._real * unit, self._reach * unit**2, synthetic, self.k)


def _counted(real: Array, reach: Array, synthetic: Array, k: int) -> Prdc:
    first, _, repeats = _distinct(np.column_stack([real, reach]))
    real, reach = real[first], reach[first]
    first, _, times = _distinct(synthetic)
    synthetic_reach, synthetic = _nearest(synthetic, synthetic, k)[first], synthetic[first]
    balls, covered, recalled = np.zeros(len(synthetic), int), np.zeros(len(real), bool), np.zeros(len(real), bool)
    for start, block in _blocks(synthetic, real):
        stop = start + len(block.rows)
        i, j = block.pairs_within(reach[None, :])
        balls[start:stop] = np.bincount(i, weights=repeats[j], minlength=stop - start)
        covered[j] = True
        _, j = block.pairs_within(synthetic_reach[start:stop, None])
        recalled[j] = True
    n, m = repeats.sum(), times.sum()
    precision, density = times[balls > 0].sum() / m, (times * balls).sum() / m / k
    return Prdc(float(precision), float(repeats[recalled].sum() / n), float(density), float(repeats[covered].sum() / n))


def precision_recall(real: ArrayLike, synthetic: ArrayLike, k: int = 5) -> PrecisionRecall:
    """Return the shares of synthetic rows near real ones, and of real rows near synthetic ones.

    Parameters
    ----------
    real, synthetic, k
        As in :func:`prdc`.

    Returns
    -------
    PrecisionRecall

    Raises
    ------
    TypeError, ValueError
        As :func:`prdc`.

    References
    ----------
    Kynkäänniemi et al. (2019), section 2.

    Examples
    --------
    >>> precision_recall([[0.0], [1.0], [2.0], [9.0]], [[0.5], [1.2], [1.4], [1.6]], k=1)
    PrecisionRecall(precision=1.0, recall=0.5)
    """
    return PrecisionRecall(*prdc(real, synthetic, k)[:2])


def density_coverage(real: ArrayLike, synthetic: ArrayLike, k: int = 5) -> DensityCoverage:
    """Return how densely synthetic rows lie among real ones, and the share of real rows that have one near.

    Parameters
    ----------
    real, synthetic, k
        As in :func:`prdc`.

    Returns
    -------
    DensityCoverage

    Raises
    ------
    TypeError, ValueError
        As :func:`prdc`.

    References
    ----------
    Naeem et al. (2020), section 3.

    Examples
    --------
    >>> density_coverage([[0.0], [1.0], [2.0], [9.0]], [[0.5], [1.2], [1.4], [1.6]], k=1)
    DensityCoverage(density=2.0, coverage=0.75)
    """
    return DensityCoverage(*prdc(real, synthetic, k)[2:])


def expected_coverage(n_real: int, n_synthetic: int, k: int = 5) -> float:
    """Return the expected coverage of synthetic rows that come from the distribution of the real ones.

    1 - Π_(j=1…k) (n - j) / (n + m - j), for every distribution without ties.

    Parameters
    ----------
    n_real : int
        n, larger than k.
    n_synthetic : int
        m, at least 1.
    k : int
        At least 1.

    Returns
    -------
    float
        Near 1 - 2^(-k) for n = m.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Naeem et al. (2020), section 3.3. The k nearest of the n + m - 1 other rows are all real if coverage fails.

    Examples
    --------
    >>> round(expected_coverage(898, 898), 4)
    0.969
    """
    k = integer("k", k, 1)
    n, m = float(integer("n_real", n_real, k + 1)), float(integer("n_synthetic", n_synthetic, 1))
    j = np.arange(1, k + 1)
    return float(1 - np.prod((n - j) / (n + m - j)))


def neighbour_radii(rows: ArrayLike, k: int = 5) -> Array:
    """Return the distance of each row to its k-th nearest other row.

    Parameters
    ----------
    rows : array, shape (n, d)
        n larger than k.
    k : int
        At least 1.

    Returns
    -------
    ndarray, shape (n,)
        In units of the rows. 0 where a row is there more than k times, infinite above the largest number.

    Raises
    ------
    TypeError, ValueError
        If k is no integer of at least 1, there are k rows or fewer, or a value is not finite.

    Examples
    --------
    >>> neighbour_radii([[0.0], [1.0], [3.0]], k=1)
    array([1., 1., 2.])
    """
    k = integer("k", k, 1)
    (rows,), scale = _sets(k + 1, rows=rows)
    return _in_units(_nearest(rows, rows, k), scale)


def nearest_distance(rows: ArrayLike, to: ArrayLike) -> Array:
    """Return the distance of each row to the nearest row of another set.

    Zero is a copy: a model that repeats its training rows has many.

    Parameters
    ----------
    rows : array, shape (n, d)
        At least one.
    to : array, shape (m, d)
        At least one.

    Returns
    -------
    ndarray, shape (n,)
        In units of the rows.

    Raises
    ------
    TypeError, ValueError
        If a set is empty, a value is not finite, or the widths differ.

    Examples
    --------
    >>> nearest_distance([[0.0, 1.0], [3.0, 5.0]], to=[[0.0, 1.0], [0.0, 9.0]])
    array([0., 5.])
    """
    (rows, to), scale = _sets(1, rows=rows, to=to)
    return _in_units(_nearest(rows, to, 0), scale)


def _sets(least: int, **sets: ArrayLike) -> tuple[list[Array], float]:
    """Return the sets in double precision, divided by one power of two so that no square overflows, and this power."""
    arrays = {name: finite_rows(name, rows, least) for name, rows in sets.items()}
    first, *others = arrays
    for other in others:
        same_width(other, arrays[other], first, arrays[first])
    scale = max(_power_of_two(rows) for rows in arrays.values())
    return [rows / scale for rows in arrays.values()], scale


def _power_of_two(rows: Array) -> float:
    """Return one that is not below half of the largest number."""
    largest = np.abs(rows).max()
    return 2.0 ** min(int(np.frexp(largest)[1]), 1023) if largest else 2.0**-1022


def _in_units(squared: Array, scale: float) -> Array:
    with np.errstate(over="ignore"):  # infinite where a distance is above the largest number
        return np.sqrt(squared) * scale


def _distinct(rows: Array) -> tuple[Indices, Indices, Indices]:
    """Return where each different row is first, which of them each row is, and how often each is there."""
    rows = np.ascontiguousarray(rows + 0.0)  # -0.0 is 0.0
    as_bytes = rows.view([("", np.void, rows.shape[1] * rows.itemsize)]).ravel()
    _, first, inverse, times = np.unique(as_bytes, return_index=True, return_inverse=True, return_counts=True)
    return first, inverse, times


class _Products:
    """Bounds on the squared distances to all rows of a set, by one product of matrices in some precision."""

    # ‖x - y‖² = ‖x‖² + ‖y‖² - 2 x·y as one product of matrices with two more columns. Rounding of its d + 2 terms and
    # of its factors is at most (d + 8) ε (‖x‖² + ‖y‖²): taken off here, and handed on as slack. A centre near all
    # rows keeps this small. In double precision it is at most four times this, as then the centring, the norms, and
    # the distances that are computed pair by pair round no less.

    def __init__(self, to: Array, dtype: type[np.floating], exact: bool = False) -> None:
        self.dtype, self.exact = np.dtype(dtype), exact
        kind, terms = np.finfo(dtype), 0 if exact else (to.shape[1] + 8) * (1 if dtype is np.float32 else 4)
        self.wrong, self.tiny = terms * float(kind.eps), 2 * terms * float(kind.tiny)
        self.centre = np.zeros(to.shape[1]) if exact else to.mean(axis=0)
        centred = to - self.centre
        norms = _sums_of_squares(centred)
        self.slack = 2 * self.wrong * norms + self.tiny
        self.right = np.column_stack([centred, (1 - self.wrong) * norms, np.ones(len(to))]).astype(dtype).T

    def bounds(self, rows: Array, out: Bounds | None = None) -> tuple[Bounds, Array]:
        """Return what squared distances are not below, shape (rows, to), and the slack of each row."""
        centred = rows - self.centre
        norms = _sums_of_squares(centred)
        columns = [-2 * centred, np.ones(len(rows)), (1 - self.wrong) * norms - self.tiny]
        left = np.column_stack(columns).astype(self.dtype)
        return np.matmul(left, self.right, out=out), 2 * self.wrong * norms + self.tiny


class _Block:
    """Some rows against all rows of another set: bounds on their squared distances, and exact ones on request."""

    def __init__(
        self, rows: Array, to: Array, products: _Products, sharper: Callable[[], _Products] | None, out: Bounds | None
    ) -> None:
        self.rows = rows
        self.to = to
        self.low, self.slack = products.bounds(rows, out)  # no squared distance is smaller than low
        self.slack_to = products.slack  # none is larger than low + slack + slack_to
        self.exact = products.exact
        self._sharper = sharper
        self._all: Array | None = None  # the exact distances, where most are asked for
        self.sharp: _Block | None = None  # the same block in double precision, where this one told too little apart

    def pairs_at_most(self, reach: Array | Bounds) -> tuple[Indices, Indices, Bounds]:
        """Return (i, j, low) of all pairs whose lower bound is not above ``reach``, which broadcasts with ``low``."""
        flat = np.flatnonzero(self.low <= _up(reach, self.low.dtype))
        i, j = np.divmod(flat, self.low.shape[1])
        return i, j, self.low.ravel()[flat]

    def pairs_within(self, reach: Array) -> tuple[Indices, Indices]:
        """Return (i, j) of all pairs whose squared distance is at most ``reach``, which broadcasts with ``low``."""
        if self.sharp:
            return self.sharp.pairs_within(reach)
        i, j, low = self.pairs_at_most(reach)
        each = np.broadcast_to(reach, self.low.shape)[i, j]
        inside = low + self.slack[i] + self.slack_to[j] <= each
        unsure = np.flatnonzero(~inside)
        if sharp := self.sharper_than(unsure):
            return sharp.pairs_within(reach)
        inside[unsure] = self.squared(i[unsure], j[unsure]) <= each[unsure]
        return i[inside], j[inside]

    def kth(self, k: int, times: Indices) -> Array:
        """Return the squared distance of each row to the one with k nearer; ``times`` says how often rows are there."""
        # Any k + 1 pairs give an upper bound; what is not certainly above it is computed exactly.
        places = min(k, self.low.shape[1] - 1)
        kth: Bounds = np.partition(_minima(self.low, places + 1), places, axis=1)[:, places]  # type: ignore[assignment]
        i, j, low = self.pairs_at_most(kth[:, None])
        high = np.maximum.reduceat(low + self.slack[i] + self.slack_to[j], np.searchsorted(i, np.arange(len(kth))))
        i, j, _ = self.pairs_at_most(high[:, None])
        if sharp := self.sharper_than(i):
            return sharp.kth(k, times)
        squared = self.squared(i, j)
        order = np.lexsort((squared, i))
        nearer = np.cumsum(times[j[order]])
        before = np.concatenate([[0], nearer])[np.searchsorted(i, np.arange(len(kth)))]
        return squared[order][np.searchsorted(nearer, before + k, side="right")]

    def sharper_than(self, pairs: Indices) -> "_Block | None":
        """Return the same block in double precision, if it costs less than exact distances of so many pairs."""
        if self._sharper and self.sharp is None and not self.exact and 16 * len(pairs) > self.low.size:
            self.sharp = _Block(self.rows, self.to, self._sharper(), None, None)
        return self.sharp

    def squared(self, i: Indices, j: Indices) -> Array:
        """Return the squared distances of pairs, in double precision."""
        if self.exact:
            return self.low[i, j].astype(float)
        if self._all is None and 4 * len(i) > self.low.size:  # all cost less: heaps so tight that nothing is told apart
            self._all = np.array([_sums_of_squares(row - self.to) for row in self.rows])
        if self._all is not None:
            return self._all[i, j]
        squared, step = np.empty(len(i)), max(1, _PIECE // self.to.shape[1])
        for start in range(0, len(i), step):
            piece = slice(start, start + step)
            squared[piece] = _sums_of_squares(self.rows[i[piece]] - self.to[j[piece]])
        return squared


def _blocks(rows: Array, to: Array) -> Iterator[tuple[int, _Block]]:
    """Yield (start, block) for all rows against all rows of ``to``."""
    single = _Products(to, np.float32, exact=_are_exact(24, rows, to))
    double = cache(lambda: _Products(to, np.float64, exact=_are_exact(53, rows, to)))
    step, blunt = max(1, _BLOCK // len(to)), False
    low = np.empty((min(step, len(rows)), len(to)), dtype=np.float32)  # one for all blocks: new memory costs time
    for start in range(0, len(rows), step):
        some = rows[start : start + step]
        block = _Block(some, to, double(), None, None) if blunt else _Block(some, to, single, double, low[: len(some)])
        yield start, block
        blunt = blunt or block.sharp is not None  # the other rows are most likely no easier to tell apart


def _are_exact(bits: int, *sets: Array) -> bool:
    """Return whether numbers of so many bits hold all that comes in squared distances between rows, not rounded."""
    # In units of u², sums of ‖x‖² + ‖y‖² + 2 |x·y| ≤ 4 d max²; all are whole if the rows are multiples of u.
    largest = max(np.abs(rows).max() for rows in sets)
    most = np.frexp(4 * sets[0].shape[1] * largest**2)[1]
    per_unit = 2.0 ** ((bits - most) // 2)
    return all((rows * per_unit == np.rint(rows * per_unit)).all() for rows in sets)


def _nearest(rows: Array, to: Array, k: int) -> Array:
    """Return the squared distance of each row to the row of ``to`` that has k nearer ones; shape (n,)."""
    first, inverse, _ = _distinct(rows)
    first_to, _, times = _distinct(to)
    rows, to = rows[first], to[first_to]
    return np.concatenate([block.kth(k, times) for _, block in _blocks(rows, to)])[inverse]


def _minima(low: Bounds, least: int) -> Bounds:
    """Return smallest values of at least ``least`` parts of each row, most likely the smallest of all among them."""
    parts = max(64, 8 * least)
    whole = low.shape[1] // parts
    return low[:, : whole * parts].reshape(len(low), whole, parts).min(axis=1) if whole > 1 else low


def _sums_of_squares(rows: Array) -> Array:
    return np.einsum("ij,ij->i", rows, rows)


def _up(reach: Array | Bounds, dtype: np.dtype) -> Bounds:
    """Return numbers of a precision that are not below ``reach``."""
    return np.nextafter(np.asarray(reach, dtype=dtype), np.asarray(np.inf, dtype=dtype))
