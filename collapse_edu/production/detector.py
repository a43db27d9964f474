"""A detector of synthetic data: what it can tell, and what its verdict is worth at a given share."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, StandardScaler
from sklearn.utils.validation import check_is_fitted

from collapse_edu.checks import floats, integer, number, shown, token_ids

__all__ = ["Detector", "flags_expected", "image_statistics", "ngram_counts", "precision_at"]

Array: TypeAlias = NDArray[np.float64]

_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2⁶⁴ / golden ratio: neighbouring numbers land far apart


class Detector(BaseEstimator):
    """Tell synthetic rows from real ones by a logistic regression on features.

    Parameters
    ----------
    features : callable
        Rows → array or sparse array, shape (n, k); :func:`ngram_counts` or :func:`image_statistics`, for instance.
    C : float
        Inverse strength of the penalty, above 0.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> real, synthetic = rng.normal(0, 1, (200, 1)), rng.normal(2, 1, (200, 1))
    >>> detector = Detector(features=np.asarray).fit(real[:100], synthetic[:100])
    >>> round(detector.auc(real[100:], synthetic[100:]), 2)
    0.94
    """

    def __init__(self, features: Callable[[ArrayLike], ArrayLike | csr_array], C: float = 0.01) -> None:
        self.features = features
        self.C = C

    def fit(self, real: ArrayLike, synthetic: ArrayLike) -> "Detector":
        """Learn from examples of both classes.

        Parameters
        ----------
        real, synthetic : array, shape (n, d) and (m, d)

        Returns
        -------
        Detector
            Itself.

        Raises
        ------
        ValueError
            If one class has no rows, or a number or a feature is not finite.
        """
        real, synthetic = _some("real", real), _some("synthetic", synthetic)
        X = self._features(np.concatenate([real, synthetic]))
        scaler = MaxAbsScaler() if hasattr(X, "tocsr") else StandardScaler()  # counts are scaled, and stay sparse
        self.model_ = make_pipeline(scaler, LogisticRegression(C=self.C, max_iter=2000))
        self.model_.fit(X, np.repeat([False, True], [len(real), len(synthetic)]))
        return self

    def score_samples(self, rows: ArrayLike) -> Array:
        """Return how synthetic each row looks: the larger, the more. 0 is even.

        Parameters
        ----------
        rows : array, shape (n, d)

        Returns
        -------
        ndarray, shape (n,)

        Raises
        ------
        NotFittedError
        """
        check_is_fitted(self)
        return self.model_.decision_function(self._features(_some("rows", rows)))

    def roc(self, real: ArrayLike, synthetic: ArrayLike) -> tuple[Array, Array, Array]:
        """Return the receiver operating characteristic on rows that the detector has not seen.

        Parameters
        ----------
        real, synthetic : array, shape (n, d) and (m, d)

        Returns
        -------
        tuple of ndarray
            False-positive rate (flagged real rows / real rows), true-positive rate, and threshold, for each threshold
            from high to low.

        References
        ----------
        Fawcett (2006), "An introduction to ROC analysis".
        """
        return roc_curve(*self._judged(real, synthetic))

    def auc(self, real: ArrayLike, synthetic: ArrayLike) -> float:
        """Return the area under that curve: the chance that a synthetic row looks more synthetic than a real one.

        Parameters
        ----------
        real, synthetic : array, shape (n, d) and (m, d)

        Returns
        -------
        float
            0.5 is a coin, 1 is perfect.
        """
        return float(roc_auc_score(*self._judged(real, synthetic)))

    def _features(self, rows):
        return _finite("features must return", self.features(rows))

    def _judged(self, real, synthetic):
        labels = np.repeat([False, True], [len(_some("real", real)), len(_some("synthetic", synthetic))])
        return labels, np.concatenate([self.score_samples(real), self.score_samples(synthetic)])


def ngram_counts(
    rows: ArrayLike, *, most_common: int = 300, orders: Sequence[int] = (1, 2, 3), bits: int = 14
) -> csr_array:
    """Return which n-grams of the commonest types each passage contains, hashed into columns.

    Parameters
    ----------
    rows : array of int, shape (n, length)
        Token ids; the commonest types have the lowest ones. All others count as one type.
    most_common : int
        At least 1.
    orders : sequence of int
        Lengths of n-grams, each at least 1 and at most the length of a passage.
    bits : int
        There are 2 to the power of this many columns, from 1 to 20.

    Returns
    -------
    scipy.sparse.csr_array, shape (n, 2**bits)
        1 where the passage contains an n-gram of the column.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Weinberger et al. (2009), feature hashing.

    Examples
    --------
    >>> ngram_counts([[0, 1, 0, 1], [2, 2, 2, 2]], orders=(1, 2), bits=8).sum(axis=1)
    array([4., 2.])
    """
    ids = np.minimum(token_ids(rows), integer("most_common", most_common, 1)).astype(np.uint64)
    bits = integer("bits", bits, 1, 20)
    shift = np.uint64(64 - bits)
    n, length = ids.shape
    places, columns = [], []
    for order in [integer("order", order, 1, length) for order in orders]:
        width = length - order + 1
        grams = np.full((n, width), order, dtype=np.uint64)
        for back in range(order):
            grams = (grams ^ (ids[:, back : back + width] + np.uint64(1))) * _MIX  # wraps around, as a hash should
            grams ^= grams >> np.uint64(29)
        places.append(np.repeat(np.arange(n), width))
        columns.append(((grams * _MIX) >> shift).ravel().astype(np.int64))
    place, column = np.concatenate(places), np.concatenate(columns)
    counts = csr_array((np.ones(len(place)), (place, column)), shape=(n, 1 << bits))
    counts.sum_duplicates()
    counts.data[:] = 1.0
    return counts


def image_statistics(rows: ArrayLike, shape: tuple[int, int]) -> Array:
    """Return nine numbers of each image: ink, contrast, how many pixels are empty, full or out of range, and edges.

    Parameters
    ----------
    rows : array, shape (n, height · width)
        Pixels, 0 to 1 in real images.
    shape : tuple of int
        (height, width), each at least 2.

    Returns
    -------
    ndarray, shape (n, 9)
        Mean, standard deviation; shares of pixels below 0.03, above 0.97, and outside of [0, 1]; mean absolute
        difference of neighbours in a row and in a column, share of such differences above one half; correlation of
        neighbours in a row.

    Raises
    ------
    ValueError
        If the shape does not fit.

    Examples
    --------
    >>> image_statistics([[0, 1, 0, 1]], (2, 2)).round(2).tolist()
    [[0.5, 0.5, 0.5, 0.5, 0.0, 1.0, 0.0, 0.5, 0.0]]
    """
    pixels = np.asarray(rows, dtype=float)
    if pixels.ndim != 2 or min(shape) < 2 or pixels.shape[1] != shape[0] * shape[1]:
        raise ValueError(f"shape must be (height, width) of rows with {pixels.shape[-1]} pixels; got {shape}")
    images = pixels.reshape(-1, *shape)
    across, down = np.abs(np.diff(images, axis=2)), np.abs(np.diff(images, axis=1))
    left, right = (side - side.mean(axis=(1, 2), keepdims=True) for side in (images[:, :, :-1], images[:, :, 1:]))
    spread = np.sqrt((left**2).mean(axis=(1, 2)) * (right**2).mean(axis=(1, 2)))
    together = (left * right).mean(axis=(1, 2)) / np.where(spread > 0, spread, 1)
    edges = (across > 0.5).mean(axis=(1, 2)) / 2 + (down > 0.5).mean(axis=(1, 2)) / 2
    return np.column_stack(
        [
            pixels.mean(axis=1), pixels.std(axis=1),
            (np.abs(pixels) < 0.03).mean(axis=1), (pixels > 0.97).mean(axis=1),
            ((pixels < 0) | (pixels > 1)).mean(axis=1),
            across.mean(axis=(1, 2)), down.mean(axis=(1, 2)), edges, together,
        ]
    )  # fmt: skip


def precision_at(share: ArrayLike, true_positive: ArrayLike, false_positive: ArrayLike) -> float | Array:
    """Return which share of the flagged documents is synthetic, by Bayes: the base rate decides.

    Parameters
    ----------
    share : float or array, from 0 to 1
        Synthetic share of all documents.
    true_positive : float or array, from 0 to 1
        Chance that a synthetic document is flagged.
    false_positive : float or array, from 0 to 1
        Chance that a real one is.

    Returns
    -------
    float or ndarray
        From 0 to 1; NaN where nothing is flagged.

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    The same detector, at three shares:

    >>> precision_at([0.01, 0.1, 0.5], true_positive=0.9, false_positive=0.05).round(2)
    array([0.15, 0.67, 0.95])
    """
    synthetic = _shares("share", share)
    hits = synthetic * _shares("true_positive", true_positive)
    false_alarms = (1 - synthetic) * _shares("false_positive", false_positive)
    with np.errstate(invalid="ignore"):
        found = hits / (hits + false_alarms)
    return found[()] if isinstance(found, np.ndarray) else float(found)


def flags_expected(share: float, true_positive: float, false_positive: float, n: int) -> tuple[float, float]:
    """Return how many of n documents are flagged: rightly and wrongly, expected.

    Parameters
    ----------
    share, true_positive, false_positive : float, from 0 to 1
        As in :func:`precision_at`.
    n : int
        Documents, at least 1.

    Returns
    -------
    tuple of float
        Synthetic ones flagged, real ones flagged.

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> flags_expected(0.01, 0.9, 0.05, 10_000)
    (90.0, 495.0)
    """
    share = number("share", share, 0, 1)
    hits, false = number("true_positive", true_positive, 0, 1), number("false_positive", false_positive, 0, 1)
    n = integer("n", n, 1)
    return n * share * hits, n * (1 - share) * false


def _some(name: str, rows: ArrayLike) -> NDArray[np.generic]:
    rows = np.asarray(rows)
    if rows.ndim != 2 or not len(rows):
        raise ValueError(f"{name} must have rows, shape (n, d); got {rows.shape}")
    return _finite(f"{name} must contain", rows)


def _finite(what, values):
    """Return an array, sparse or not, or say in one line that a number in it is not finite."""
    numbers = values.data if hasattr(values, "tocsr") else np.asarray(values)
    if numbers.dtype.kind == "f" and not (finite := np.isfinite(numbers)).all():
        raise ValueError(f"{what} finite numbers; got {numbers[~finite][0]}")
    return values


def _shares(name, value):
    found = floats(name, value)
    if not ((found >= 0) & (found <= 1)).all():
        raise ValueError(f"{name} must be numbers in [0, 1]; got {shown(value)}")
    return found
