"""What networks in NumPy share: all weights in one flat array, Adam on it, and how far a training is."""

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Adam", "TrainingStep", "parts_of"]


class TrainingStep(NamedTuple):
    """How far a training is.

    Attributes
    ----------
    done : float
        Share of the training that is over, in (0, 1].
    loss : float
        Loss of the last batch, which the training makes smaller.

    Examples
    --------
    >>> TrainingStep(done=0.5, loss=3.8).done
    0.5
    """

    done: float
    loss: float


def parts_of(flat: NDArray[np.floating], shapes: Iterable[tuple[int, ...]]) -> list[NDArray[np.floating]]:
    """Return parts of a flat array as arrays of these shapes, without a copy.

    Parameters
    ----------
    flat : array, shape (n,)
    shapes : iterable of tuple
        Their sizes add up to n.

    Returns
    -------
    list of ndarray

    Examples
    --------
    >>> parts_of(np.arange(5.0), [(2, 2), (1,)])
    [array([[0., 1.],
           [2., 3.]]), array([4.])]
    """
    shapes = list(shapes)
    ends = np.cumsum([math.prod(shape) for shape in shapes])
    return [part.reshape(shape) for shape, part in zip(shapes, np.split(flat, ends[:-1]), strict=True)]


class Adam:
    """Adam on a flat array, without a temporary array.

    Parameters
    ----------
    flat : array, shape (n,)
        It is changed in place.
    learning_rate : float
        Larger than 0.

    References
    ----------
    Kingma and Ba (2015), Adam.

    Examples
    --------
    >>> weights = np.array([1.0, -1.0])
    >>> Adam(weights, learning_rate=0.1).step(np.array([2.0, -3.0]))
    >>> weights.round(3)
    array([ 0.9, -0.9])
    """

    decay_1, decay_2, epsilon = 0.9, 0.999, 1e-8

    def __init__(self, flat: NDArray[np.floating], learning_rate: float) -> None:
        self.flat, self.learning_rate, self.t = flat, learning_rate, 0
        # Both moments are kept without their factors 1 - decay: that saves two passes over the array.
        self.first, self.second, self.room = np.zeros_like(flat), np.zeros_like(flat), np.empty_like(flat)

    def step(self, gradient: NDArray[np.floating]) -> None:
        """Move all parameters against the gradient.

        Parameters
        ----------
        gradient : array, shape (n,)
        """
        self.t += 1
        scale_1 = (1 - self.decay_1) / (1 - self.decay_1**self.t)
        scale_2 = math.sqrt((1 - self.decay_2) / (1 - self.decay_2**self.t))
        self.first *= self.decay_1
        self.first += gradient
        self.second *= self.decay_2
        np.square(gradient, out=self.room)
        self.second += self.room
        np.sqrt(self.second, out=self.room)
        self.room += self.epsilon / scale_2
        np.divide(self.first, self.room, out=self.room)
        self.room *= self.learning_rate * scale_1 / scale_2
        self.flat -= self.room
