"""Grey images as flat rows of numbers."""

from dataclasses import dataclass

import numpy as np

from collapse_edu.datasets._files import checked
from collapse_edu.source import FiniteData

__all__ = ["Images", "digits", "mnist"]


@dataclass(frozen=True, eq=False)
class Images:
    """Grey images as flat rows.

    Attributes
    ----------
    name : str
    rows : ndarray of float, shape (n, height · width)
        Pixels from 0 (background) to 1 (ink).
    labels : ndarray of int, shape (n,)
    shape : tuple of int
        (height, width).

    Examples
    --------
    >>> images = digits()
    >>> images.source.n, len(images.source.reserve)
    (898, 899)
    """

    name: str
    rows: np.ndarray
    labels: np.ndarray
    shape: tuple

    @property
    def source(self):
        """The first half of the images as real data, the rest as reserve."""
        half = len(self.rows) // 2
        return FiniteData(self.rows[:half], self.rows[half:])


def digits():
    """Return 1,797 handwritten digits of 8 × 8 pixels, which come with scikit-learn.

    Returns
    -------
    Images
        In one fixed random order: the file is ordered by writer.

    Examples
    --------
    >>> digits().rows.shape, digits().shape
    ((1797, 64), (8, 8))
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    order = np.random.default_rng(0).permutation(len(bunch.data))  # the file is ordered by writer
    return Images("digits 8 × 8", bunch.data[order] / 16, bunch.target[order], (8, 8))


def mnist():
    """Return 10,000 handwritten digits of 28 × 28 pixels (LeCun, Cortes and Burges; CC BY-SA 3.0).

    Returns
    -------
    Images

    Raises
    ------
    OSError, ValueError
        If the file is missing or damaged.

    Examples
    --------
    >>> mnist().rows.shape
    (10000, 784)
    """
    with np.load(checked("mnist_10k.npz")) as file:
        images, labels = file["images"], file["labels"]
    return Images("MNIST", images.reshape(len(images), -1) / np.float32(255), labels.astype(int), images.shape[1:])
