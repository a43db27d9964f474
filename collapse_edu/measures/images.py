"""What generated images show: quality and diversity, classes left, distance to the nearest real image.

All take rows, whatever they picture. Objects here keep what they need and can be sent to other processes.
"""

from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu import metrics
from collapse_edu.checks import Data, Generation, Measure, Source, integer
from collapse_edu.measures.contract import takes_generation

__all__ = ["ClassShares", "Quality", "decoded_rows", "nearest_real"]

_COMPONENTS = 40  # of the classifier: enough to tell digits apart, few enough for a covariance of each class
_FEWEST = 10  # images of a label


class LabelledImages(Protocol):
    """Images and what they show: see :class:`collapse_edu.datasets.Images`."""

    @property
    def rows(self) -> np.ndarray:
        """Pixels, shape (n, n_pixels)."""

    @property
    def labels(self) -> np.ndarray:
        """What each image shows, shape (n,)."""

    @property
    def source(self) -> Data:
        """The first images as real data."""


class Decoder(Protocol):
    """A model that makes rows out of latent numbers: see :class:`collapse_edu.models.VAE`."""

    @property
    def latent(self) -> int:
        """How many latent numbers a row has."""

    def decode(self, Z: ArrayLike) -> np.ndarray:
        """Return a row for each row of latent numbers."""


class Quality:
    """Precision, recall, density, coverage and symmetric recall of the synthetic rows: one computation a generation.

    Give ``run`` those that you want: ``measures={"coverage": quality.coverage}``, or ``measures=quality.measures``.

    Do not judge by recall alone. Its balls belong to synthetic rows, and noise inflates them: the mean of all images
    plus strong noise, no image at all, has recall 1. Its coverage is 0, for those balls belong to real rows. Coverage
    in turn is slow to see that samples move towards the middle. Symmetric recall, the smaller of the two, sees both.

    Parameters
    ----------
    k : int
        At least 1.
    reference : array, shape (n, d), optional
        Real rows to compare with; the real set of the chain, if not given. Rows that no model was trained on (the
        reserve) let a model that repeats its training rows gain nothing.

    References
    ----------
    See :func:`collapse_edu.metrics.prdc`. Symmetric recall: Khayatkhoei and AbdAlmageed (2023), Emergent asymmetry of
    precision and recall, ICML.

    Examples
    --------
    >>> from collapse_edu import Gaussian, run
    >>> from collapse_edu.loop.source import normal
    >>> quality = Quality(k=3)
    >>> history = run(Gaussian(), normal(100, covariance=np.eye(2)), generations=9, measures=quality.measures)
    >>> history["recall"].shape
    (9, 1)
    """

    def __init__(self, k: int = 5, reference: ArrayLike | None = None) -> None:
        self.k = integer("k", k, 1)
        self.reference = reference
        self._forget()

    def _forget(self):
        self._of_real = None, None  # which real rows, and their neighbourhoods
        self._last = None, None, None  # of which synthetic rows against which real ones, what

    def __getstate__(self):
        return {"k": self.k, "reference": self.reference}

    def __setstate__(self, state):
        self.__init__(**state)

    @property
    def measures(self) -> dict[str, Measure]:
        """Name → measure: precision, recall, density, coverage, symmetric_recall."""
        names = ("precision", "recall", "density", "coverage", "symmetric_recall")
        return {name: getattr(self, name) for name in names}

    def precision(self, generation: Generation, source: Source) -> float:
        """Return the share of synthetic rows near a real one, from 0 to 1."""
        return self._of(generation, source).precision

    def recall(self, generation: Generation, source: Source) -> float:
        """Return the share of real rows in a ball of a synthetic one, from 0 to 1. Noise raises it."""
        return self._of(generation, source).recall

    def density(self, generation: Generation, source: Source) -> float:
        """Return how densely synthetic rows lie among real ones; 1 is expected for real rows."""
        return self._of(generation, source).density

    def coverage(self, generation: Generation, source: Source) -> float:
        """Return the share of real rows with a synthetic one in their neighbourhood, from 0 to 1."""
        return self._of(generation, source).coverage

    def symmetric_recall(self, generation: Generation, source: Source) -> float:
        """Return the smaller one of recall and coverage: what both see of the variety of real rows, from 0 to 1."""
        values = self._of(generation, source)
        return min(values.recall, values.coverage)

    def _of(self, generation, source):
        real = source.real if self.reference is None else self.reference
        synthetic, against, values = self._last
        if synthetic is not generation.synthetic or against is not real:
            rows, neighbourhoods = self._of_real
            if rows is not real:
                neighbourhoods = metrics.Neighbourhoods(real, self.k)
                self._of_real = real, neighbourhoods
            values = neighbourhoods.prdc(generation.synthetic)
            self._last = generation.synthetic, real, values
        return values


class ClassShares:
    """How many classes a classifier that was trained on real images alone sees among the synthetic ones.

    It must put each image into a class, also where no person would.

    Parameters
    ----------
    images : Images
        The classifier learns the first half, the real data of ``images.source``; ``accuracy_`` is that on the rest.

    Attributes
    ----------
    accuracy_ : float
        Share of held-out real images that it gets right.
    classes_ : ndarray, shape (n_classes,)

    Raises
    ------
    ValueError
        If the first half has fewer than two labels, or one of them fewer than ten times.

    Examples
    --------
    >>> from collapse_edu.datasets import digits
    >>> classes = ClassShares(digits())
    >>> round(classes.accuracy_, 2), round(classes.effective_classes_of(digits().rows), 1)
    (0.99, 10.0)
    """

    def __init__(self, images: LabelledImages) -> None:
        half = images.source.n
        rows, labels = images.rows[:half], images.labels[:half]
        counts = np.unique(labels, return_counts=True)[1]
        if len(counts) < 2 or counts.min() < _FEWEST:
            raise ValueError(
                f"images must have two labels or more, each at least {_FEWEST} times in the first half; "
                f"got {len(counts)}, the rarest {counts.min()} times"
            )
        from sklearn.decomposition import PCA
        from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
        from sklearn.pipeline import make_pipeline

        components = min(_COMPONENTS, counts.min() - 1, rows.shape[1])  # a covariance of each class must have full rank
        self.classifier = make_pipeline(
            PCA(components, random_state=0),
            QuadraticDiscriminantAnalysis(reg_param=0.01),  # of pixels from 0 to 1: some never change within a class
        ).fit(rows, labels)
        self.classes_ = self.classifier.classes_
        self.accuracy_ = float(self.classifier.score(images.rows[half:], images.labels[half:]))

    def shares_of(self, rows: ArrayLike) -> NDArray[np.float64]:
        """Return the share of each class among rows; shape (n_classes,)."""
        labels = self.classifier.predict(rows)
        return (labels[:, None] == self.classes_).mean(axis=0)

    def effective_classes_of(self, rows: ArrayLike) -> float:
        """Return how many equal classes have the entropy of the class shares: from 1 to n_classes."""
        return metrics.effective_types(np.searchsorted(self.classes_, self.classifier.predict(rows)))

    def effective_classes(self, generation: Generation, source: Source) -> float:
        """Return the effective number of classes of the synthetic rows: from 1 to n_classes."""
        return self.effective_classes_of(generation.synthetic)

    def decoded_classes(self, generation: Generation, source: Source) -> float:
        """Return the effective number of classes of what a decoder believes, before pixels are drawn: 1 to n_classes.

        Drawn pixels are noisy, and a classifier sees classes in noise.

        Parameters
        ----------
        generation : Generation
            Its model has ``decode``, as :class:`~collapse_edu.models.VAE` has.
        source : ignored

        Returns
        -------
        float
        """
        return self.effective_classes_of(decoded_rows(generation.model, 1000))

    def share(self, label: int) -> Measure:
        """Return a measure: the share of one class among the synthetic rows."""
        return partial(self._share, label)

    def _share(self, label, generation, source):
        return np.mean(self.classifier.predict(generation.synthetic) == label)


def decoded_rows(model: Decoder, n: int) -> np.ndarray:
    """Return the decoder's means for n latent draws; the draws are the same at each call.

    Parameters
    ----------
    model : VAE
    n : int

    Returns
    -------
    ndarray, shape (n, n_features)
        Pixels in [0, 1].
    """
    return model.decode(np.random.default_rng(0).standard_normal((n, model.latent)))


@takes_generation
def nearest_real(generation: Generation, source: Source) -> float:
    """Return the median distance of the synthetic rows to the nearest real one.

    Parameters
    ----------
    generation : Generation
    source : Source

    Returns
    -------
    float
        In units of the rows. 0 if at least half of them are copies.
    """
    return np.median(metrics.nearest_distance(generation.synthetic, source.real))
