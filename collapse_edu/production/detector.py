"""A detector of synthetic data: what it can tell, and what its verdict is worth at a given share."""

import json
import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from math import ceil, floor
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.stats import beta
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, StandardScaler
from sklearn.utils.validation import check_is_fitted

from collapse_edu.checks import floats, integer, number, shown, token_ids
from collapse_edu.files import write_atomically

__all__ = [
    "Detector", "Threshold", "flags_expected", "image_statistics", "ngram_counts", "precision_at", "text_features",
]  # fmt: skip

Array: TypeAlias = NDArray[np.float64]

_VERSION = 1  # of saved detectors
_ROUNDING = 1e-9
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2⁶⁴ / golden ratio: neighbouring numbers land far apart


def text_features(texts: Sequence[str]) -> csr_array:
    """Return which letters follow which in each text: runs of 2 to 5 within words, hashed into columns.

    Parameters
    ----------
    texts : sequence of str

    Returns
    -------
    scipy.sparse.csr_array, shape (n, 65536)
        1 where a text contains a run of the column.

    References
    ----------
    Cavnar and Trenkle (1994), character n-grams; Weinberger et al. (2009), feature hashing.

    Examples
    --------
    >>> text_features(["a whale", "a sea"]).shape
    (2, 65536)
    """
    from sklearn.feature_extraction.text import HashingVectorizer

    counted = HashingVectorizer(analyzer="char_wb", ngram_range=(2, 5), n_features=1 << 16, binary=True, norm=None)
    return csr_array(abs(counted.transform(texts)))


class Threshold(NamedTuple):
    """From which score on a row is flagged, and how often real rows are.

    Attributes
    ----------
    score : float
        Rows that score higher are flagged.
    rate : float
        Chance of a false positive, the mean over calibration sets: at most the one asked for.
    low, high : float
        Range that contains the rate of *this* calibration set with a chance of 95 %.
    """

    score: float
    rate: float
    low: float
    high: float


class Detector(BaseEstimator):
    """Tell synthetic rows from real ones by a logistic regression on features.

    Parameters
    ----------
    features : callable
        Rows → array or sparse array, shape (n, k). :func:`text_features` takes a list of texts; :func:`ngram_counts`
        and :func:`image_statistics` take arrays.
    C : float
        Inverse strength of the penalty, above 0.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> real, synthetic = rng.normal(0, 1, (200, 1)), rng.normal(2, 1, (200, 1))
    >>> detector = Detector(features=np.asarray).fit(real[:100], synthetic[:100])
    >>> round(detector.auc(real[100:], synthetic[100:]), 2)
    0.94

    Texts:

    >>> real, synthetic = ["we saw a whale", "the sea was wide"], ["as a model I can not", "as a model I am glad"]
    >>> Detector().fit(real, synthetic).score_samples(["as a model I saw"])[0] > 0
    np.True_
    """

    def __init__(self, features: Callable[[Any], ArrayLike | csr_array] = text_features, C: float = 0.01) -> None:
        self.features = features
        self.C = C

    def fit(self, real: ArrayLike | Sequence[str], synthetic: ArrayLike | Sequence[str]) -> "Detector":
        """Learn from examples of both classes.

        Parameters
        ----------
        real, synthetic : array, shape (n, d) and (m, d); or sequence of str

        Returns
        -------
        Detector
            Itself.

        Raises
        ------
        TypeError, ValueError
            If one class has no rows, rows are not what the features take, or a number is not finite.
        """
        X, labels = self._both(real, synthetic)
        scaler = MaxAbsScaler() if hasattr(X, "tocsr") else StandardScaler()  # counts are scaled, and stay sparse
        self.model_ = make_pipeline(scaler, LogisticRegression(C=self.C, max_iter=2000))
        self.model_.fit(X, labels)
        return self

    def score_samples(self, rows: ArrayLike | Sequence[str]) -> Array:
        """Return how synthetic each row looks: the larger, the more. 0 is even.

        Parameters
        ----------
        rows : array, shape (n, d), or sequence of str

        Returns
        -------
        ndarray, shape (n,)

        Raises
        ------
        NotFittedError
        """
        check_is_fitted(self)
        return self.model_.decision_function(self._features(self._rows("rows", rows)))

    def threshold_at(self, real: ArrayLike | Sequence[str], false_positive: float) -> Threshold:
        """Return the score from which on to flag, for a rate of false positives.

        Parameters
        ----------
        real : array, shape (n, d), or sequence of str
            Real rows that the detector has not learned from; those to be judged are like them.
        false_positive : float
            In (0, 1).

        Returns
        -------
        Threshold
            Of B scores, the k-th largest, with k / (B + 1) at most the rate asked for.

        Raises
        ------
        ValueError
            If there are too few rows for the rate.

        References
        ----------
        Vovk (2012), "Conditional validity of inductive conformal predictors", for the range.

        Examples
        --------
        >>> rng = np.random.default_rng(0)
        >>> real, synthetic = rng.normal(0, 1, (400, 1)), rng.normal(2, 1, (200, 1))
        >>> detector = Detector(features=np.asarray).fit(real[:201], synthetic)
        >>> threshold = detector.threshold_at(real[201:], 0.05)
        >>> threshold.rate, bool(threshold.low < 0.05 < threshold.high)
        (0.05, True)
        >>> detector.flags([[0.0], [4.0]], threshold)
        array([False,  True])
        """
        rate = number("false_positive", false_positive, 0, 1, open_low=True)
        scores = np.sort(self.score_samples(real))
        n, rank = len(scores), floor(rate * (len(scores) + 1) + _ROUNDING)
        if not 1 <= rank <= n:
            fewest = ceil(1 / rate - _ROUNDING) - 1
            raise ValueError(f"real must have at least {fewest:,} rows for a rate of {rate:g}; got {n:,}")
        low, high = beta(rank, n + 1 - rank).ppf([0.025, 0.975])
        return Threshold(float(scores[-rank]), rank / (n + 1), float(low), float(high))

    def flags(self, rows: ArrayLike | Sequence[str], threshold: Threshold) -> NDArray[np.bool_]:
        """Return which rows score above a threshold, shape (n,)."""
        return self.score_samples(rows) > threshold.score

    def save(self, path: str | Path) -> None:
        """Write the detector into a file of plain numbers; nothing in it can be run.

        Parameters
        ----------
        path : str or Path

        Raises
        ------
        NotFittedError
        ValueError
            If the features are no function of this module.
        OSError
        """
        check_is_fitted(self)
        name = getattr(self.features, "__name__", "")
        if _SAVED.get(name) is not self.features:
            raise ValueError(
                f"features must be {' or '.join(_SAVED)} in a detector that is saved; got {self.features!r}"
            )
        scaler, model = (step for _, step in self.model_.steps)
        about = {"collapse-edu detector": _VERSION, "features": name, "C": self.C}
        packed = BytesIO()
        np.savez_compressed(
            packed, about=np.array(json.dumps(about)), scale=scaler.scale_, weights=model.coef_[0],
            intercept=model.intercept_,
        )  # fmt: skip
        write_atomically(Path(path), packed.getvalue())

    @classmethod
    def load(cls, path: str | Path) -> "Detector":
        """Return a detector that was saved.

        Parameters
        ----------
        path : str or Path

        Raises
        ------
        OSError
        ValueError
            If the file is no detector of this version.

        Examples
        --------
        >>> import tempfile
        >>> detector = Detector().fit(["we saw a whale"], ["as a model I can not"])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     detector.save(Path(folder, "detector.npz"))
        ...     again = Detector.load(Path(folder, "detector.npz"))
        >>> bool(again.score_samples(["a model"]) == detector.score_samples(["a model"]))
        True
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                about = json.loads(str(file["about"]))
                scale, weights, intercept = (file[name] for name in ("scale", "weights", "intercept"))
            version, features, C = about["collapse-edu detector"], _SAVED[about["features"]], float(about["C"])
            if version != _VERSION or scale.shape != weights.shape or intercept.shape != (1,):
                raise ValueError
        except (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
            raise ValueError(f"{path} must be a detector that was saved by version {_VERSION} of this format") from None
        scaler, model = MaxAbsScaler(), LogisticRegression(C=C, max_iter=2000)
        scaler.scale_, scaler.n_features_in_ = scale, len(scale)
        model.coef_, model.intercept_, model.classes_ = weights[None], intercept, np.array([False, True])
        model.n_features_in_ = len(weights)
        detector = cls(features=features, C=C)
        detector.model_ = make_pipeline(scaler, model)
        return detector

    def roc(self, real: ArrayLike | Sequence[str], synthetic: ArrayLike | Sequence[str]) -> tuple[Array, Array, Array]:
        """Return the receiver operating characteristic on rows that the detector has not seen.

        Parameters
        ----------
        real, synthetic : array, shape (n, d) and (m, d); or sequence of str

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

    def auc(self, real: ArrayLike | Sequence[str], synthetic: ArrayLike | Sequence[str]) -> float:
        """Return the area under that curve: the chance that a synthetic row looks more synthetic than a real one.

        Parameters
        ----------
        real, synthetic : array, shape (n, d) and (m, d); or sequence of str

        Returns
        -------
        float
            0.5 is a coin, 1 is perfect.
        """
        return float(roc_auc_score(*self._judged(real, synthetic)))

    def _features(self, rows):
        return _finite("features must return", self.features(rows))

    def _rows(self, name, rows):
        """Return rows as the features take them, or say in one line what they must be."""
        if self.features is text_features:
            return _texts(name, rows)
        if isinstance(rows, str) or (len(rows) and isinstance(rows[0], str)):
            raise TypeError(f"{name} must be an array of numbers for these features; for texts, take text_features")
        return _some(name, rows)

    def _both(self, real, synthetic):
        """Return features and labels of real rows and synthetic ones."""
        real, synthetic = self._rows("real", real), self._rows("synthetic", synthetic)
        rows = [*real, *synthetic] if isinstance(real, list) else np.concatenate([real, synthetic])
        return self._features(rows), np.repeat([False, True], [len(real), len(synthetic)])

    def _judged(self, real, synthetic):
        check_is_fitted(self)
        X, labels = self._both(real, synthetic)
        return labels, self.model_.decision_function(X)


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


def _texts(name: str, rows: Any) -> list[str]:
    """Return a list of texts, or say in one line that it is none."""
    if isinstance(rows, str):
        raise TypeError(f"{name} must be a list of texts; got one text: put it into a list")
    texts = list(rows)
    if not texts:
        raise ValueError(f"{name} must contain texts; got none")
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(
                f"{name} must be a list of texts; got {shown(text)}: for numbers, say features=ngram_counts, or others"
            )
    return texts


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


_SAVED: dict[str, Callable[..., Any]] = {"text_features": text_features, "ngram_counts": ngram_counts}
