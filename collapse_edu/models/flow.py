"""The rectified flow, in NumPy: a small diffusion-like network that turns noise into pictures, step by step."""

from collections import deque
from collections.abc import Iterator
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu import checks
from collapse_edu.checks import Measure, integer, number, sample_size
from collapse_edu.estimator import Estimator, random_state_of, require_fitted, rows_of
from collapse_edu.measures import Quality
from collapse_edu.models.training import Adam, TrainingStep, parts_of

__all__ = ["Flow"]

_FREQUENCIES = 8  # cosines and sines that tell the network the time
_DIVERGED = 1e3  # a loss that no batch comes near: a network that always answers 0 has one of about 2
_SMALLEST, _LARGEST = 1e-30, 1e30  # spread of rows: samples are scaled in 32 bits
_ROWS_AT_ONCE = 2000  # rows that are sampled side by side: their hidden units stay in the processor's cache


class Flow(Estimator):
    """Fit a rectified flow, and sample from it by following its velocity from noise to data.

    A point of the data and a point of Gaussian noise are joined by a straight line. A network learns the velocity
    along such lines, given a point between and the time, by least squares; so it learns the mean velocity of all lines
    through that point. A sample starts at noise, at time 0, and follows the velocity up to time 1. Diffusion models
    work in the same way, with other paths. The rows are centred and scaled by one number before they are learned.

    Parameters
    ----------
    hidden : int
        Units of each hidden layer (ReLU).
    layers : int
        Hidden layers.
    steps : int
        Steps of Adam; the learning rate falls to 0 along half a cosine.
    batch_size : int
        Rows for one step, drawn with replacement.
    learning_rate : float
        In (0, 1], at the start.
    n_components : int, optional
        Learn only the leading principal components of the rows; what is discarded is not sampled. Larger pictures are
        learned faster so. If not given, all features.
    integration_steps : int
        Steps of Heun's method from time 0 to time 1.
    sampling_bias : float
        In (0, 1]: λ, which multiplies the variance of the starting noise. 1 samples from the fitted distribution.
    random_state : None, int or numpy.random.RandomState
        First weights, batches and noise of the fit. In a chain, it comes from the chain's own generator.

    Attributes
    ----------
    weights_ : list of ndarray of float32
        Weights and biases, layer after layer.
    mean_ : ndarray, shape (d,)
    scale_ : float
        Root mean square of the centred coordinates, by which they are divided.
    components_ : ndarray, shape (k, d), or None
    loss_ : list of float
        Mean squared error of the velocity in each tenth of the training, for each coordinate.
    n_features_in_ : int

    References
    ----------
    Liu, Gong and Liu (2023), Flow straight and fast (rectified flow). Lipman et al. (2023), Flow matching for
    generative modeling. Esser et al. (2024), section 3: times from a logit-normal distribution. Alemohammad et al.
    (2024): the sampling bias λ.

    Examples
    --------
    >>> from collapse_edu.datasets import digits
    >>> model = Flow(hidden=32, layers=1, steps=50, random_state=0).fit(digits().source.real)
    >>> model.sample(3, np.random.default_rng(0)).shape
    (3, 64)
    >>> model.loss_[-1] < model.loss_[0]
    True
    """

    def __init__(
        self,
        hidden: int = 384,
        layers: int = 3,
        steps: int = 2000,
        batch_size: int = 128,
        learning_rate: float = 2e-3,
        n_components: int | None = None,
        integration_steps: int = 20,
        sampling_bias: float = 1.0,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.hidden = hidden
        self.layers = layers
        self.steps = steps
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.n_components = n_components
        self.integration_steps = integration_steps
        self.sampling_bias = sampling_bias
        self.random_state = random_state

    def usual_measures(self, d: int) -> dict[str, Measure]:
        """Return what a run writes down: quality and diversity.

        Parameters
        ----------
        d : int
            Features of a row.

        Returns
        -------
        dict
            Name → measure.
        """
        return Quality().measures

    def fit(
        self,
        X: ArrayLike,
        y: object = None,
        sample_weight: ArrayLike | None = None,
        previous: "Flow | None" = None,
    ) -> Self:
        """Train on the rows.

        Parameters
        ----------
        X : array, shape (n, d)
            At least two rows that are not all equal.
        y : ignored
        sample_weight : array, shape (n,), optional
            How often each row counts.
        previous : Flow, optional
            A fitted one, with as many features, components, hidden units and layers: the training starts from a copy
            of its weights. Adam starts anew.

        Returns
        -------
        Flow
            The model itself.

        Raises
        ------
        TypeError, ValueError
            If a parameter or a row is out of range, the training diverges, or the previous model is none to start from.
        """
        deque(self.fit_steps(X, sample_weight, previous), maxlen=0)
        return self

    def fit_steps(
        self, X: ArrayLike, sample_weight: ArrayLike | None = None, previous: "Flow | None" = None
    ) -> Iterator[TrainingStep]:
        """Train on the rows, and yield after each step of Adam: so it can be watched, and stopped.

        A model whose training was stopped can sample.

        Parameters
        ----------
        X, sample_weight, previous
            As for :meth:`fit`.

        Yields
        ------
        TrainingStep

        Raises
        ------
        TypeError, ValueError
            As :meth:`fit`; with the first step, but for a training that diverges.

        Examples
        --------
        >>> from collapse_edu.datasets import digits
        >>> model = Flow(hidden=32, layers=1, random_state=0)
        >>> for step in model.fit_steps(digits().source.real):
        ...     if step.done > 0.1:
        ...         break
        >>> model.sample(3, np.random.default_rng(0)).shape
        (3, 64)
        """
        X = self._check(X)
        weights = None if sample_weight is None else checks.weights(sample_weight, len(X))
        rng = np.random.default_rng(random_state_of(self.random_state).randint(2**32, size=4, dtype=np.uint32))
        Z = self._coordinates(X, weights)
        network = _Network(Z.shape[1], int(self.hidden), int(self.layers))
        if previous is None:
            network.draw(rng)
        else:
            checks.previous(previous, self, "weights_", X.shape[1])
            network.copy(previous.weights_)
        self.weights_: list[NDArray[np.float32]] = network.weights
        self.loss_: list[float] = []
        chances = None if weights is None else weights / weights.sum()
        adam, batch = Adam(network.flat, self.learning_rate), _Batch(network, int(self.batch_size))
        total, losses = int(self.steps), []
        for i in range(total):
            adam.learning_rate = self.learning_rate * (1 + np.cos(np.pi * i / total)) / 2
            batch.draw(Z, chances, rng)
            losses.append(batch.loss_and_gradient())
            if not losses[-1] < _DIVERGED:
                raise ValueError(
                    f"learning_rate of {self.learning_rate:g} is too large: the training diverged at step {i + 1}; "
                    "take a smaller one"
                )
            adam.step(batch.gradient)
            if 10 * (i + 1) // total > len(self.loss_):
                self.loss_.append(float(np.mean(losses[-max(total // 10, 1) :])))
            yield TrainingStep((i + 1) / total, losses[-1])

    def _check(self, X):
        for name in ("hidden", "layers", "steps", "batch_size", "integration_steps"):
            integer(name, getattr(self, name), 1)
        number("learning_rate", self.learning_rate, 0, 1, open_low=True)
        number("sampling_bias", self.sampling_bias, 0, 1, open_low=True)
        if self.n_components is not None:
            integer("n_components", self.n_components, 1)
        return rows_of(self, X, min_rows=2)

    def _coordinates(self, X, weights):
        """Learn mean, directions and scale; return what the network learns."""
        counted = X if weights is None else X[weights > 0]
        if (counted == counted[0]).all():
            raise ValueError("X must contain rows that differ; got equal ones")
        if weights is not None:
            weights = weights / weights.sum()
        with np.errstate(over="ignore", invalid="ignore"):  # what is no float is refused
            self.mean_ = np.average(X, axis=0, weights=weights)
            Z, self.components_ = X - self.mean_, None
        largest = np.abs(Z).max()
        if not _SMALLEST < largest < _LARGEST:
            raise ValueError(
                f"X must contain rows whose largest distance from the mean, in a feature, is a number in "
                f"({_SMALLEST:g}, {_LARGEST:g}), which 32 bits can hold; got {largest:.3g}"
            )
        if self.n_components is not None:
            covariance = np.cov(Z, rowvar=False, aweights=weights)
            k = min(int(self.n_components), X.shape[1], len(X) - 1)
            self.components_ = np.linalg.eigh(np.atleast_2d(covariance))[1][:, ::-1][:, :k].T
            Z = Z @ self.components_.T
        self.scale_ = float(np.sqrt(np.average(np.square(Z).mean(axis=1), weights=weights)))
        return (Z / self.scale_).astype(np.float32)

    def _velocity(self, Z, time):
        """Return the velocity at points between noise and data, in the coordinates that the network learns."""
        h = np.concatenate([Z, np.broadcast_to(_time_features(np.float32([time])), (len(Z), 2 * _FREQUENCIES))], axis=1)
        for W, b in zip(self.weights_[:-2:2], self.weights_[1:-2:2], strict=True):
            h = h @ W
            h += b
            np.maximum(h, 0, out=h)
        return h @ self.weights_[-2] + self.weights_[-1]

    def sample(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw independent rows.

        Parameters
        ----------
        n : int
        rng : numpy.random.Generator

        Returns
        -------
        ndarray, shape (n, d)
            Not clipped to the range of the training rows.

        Raises
        ------
        NotFittedError
        TypeError, ValueError
            If n is no integer of at least 0, or rng no generator; if sampling_bias or
            integration_steps is out of range.
        """
        require_fitted(self, "weights_")
        n = sample_size(n, rng)
        bias = number("sampling_bias", self.sampling_bias, 0, 1, open_low=True)
        integer("integration_steps", self.integration_steps, 1)
        Z = rng.standard_normal((n, self.weights_[-1].size), dtype=np.float32) * np.float32(np.sqrt(bias))
        for start in range(0, n, _ROWS_AT_ONCE):
            self._follow(Z[start : start + _ROWS_AT_ONCE])
        rows = Z * self.scale_
        return self.mean_ + (rows if self.components_ is None else rows @ self.components_)

    def _follow(self, Z):
        """Move points from time 0 to time 1, in place, by Heun's method; the last step is one of Euler's."""
        times = np.linspace(0, 1, int(self.integration_steps) + 1, dtype=np.float32)
        for now, then in pairwise(times):
            velocity = self._velocity(Z, now)
            if then < 1:
                velocity = (velocity + self._velocity(Z + (then - now) * velocity, then)) / 2
            Z += (then - now) * velocity


def _time_features(times):
    """Return cosines and sines of times, shape (n, 16)."""
    angles = times[:, None] * (np.pi * np.arange(1, _FREQUENCIES + 1, dtype=np.float32))
    return np.concatenate([np.cos(angles), np.sin(angles)], axis=1)


class _Network:
    """All weights and biases in one flat array: one step of Adam moves them all."""

    def __init__(self, d, hidden, layers, dtype=np.float32):
        sizes = [d + 2 * _FREQUENCIES, *[hidden] * layers, d]
        self.shapes = [shape for size in pairwise(sizes) for shape in (size, size[1:])]
        self.flat = np.zeros(sum(int(np.prod(shape)) for shape in self.shapes), dtype)
        self.weights = parts_of(self.flat, self.shapes)

    def draw(self, rng):
        """Draw first weights: uniform, the wider the fewer inputs a unit has. The last layer starts at 0."""
        for W in self.weights[:-2:2]:
            bound = 1 / np.sqrt(len(W))
            W[...] = rng.uniform(-bound, bound, W.shape)

    def copy(self, weights):
        """Take over the weights of another network, if it has the same layers."""
        theirs = [values.shape for values in weights]
        if theirs != self.shapes:
            raise ValueError(
                f"previous must have layers of the shapes {self.shapes[::2]}, as this Flow has; got {theirs[::2]}"
            )
        for mine, values in zip(self.weights, weights, strict=True):
            mine[...] = values


class _Batch:
    """Forward and back over one batch. All arrays are made once."""

    def __init__(self, network, size):
        self.weights, self.size = network.weights, size
        self.gradient = np.empty_like(network.flat)
        self.of_weights = parts_of(self.gradient, network.shapes)
        widths = [shape[0] for shape in network.shapes[::2]]
        dtype, d = network.flat.dtype, network.shapes[-1][0]
        # What goes into each layer; the input is a point and the time.
        self.inputs = [np.empty((size, width), dtype) for width in widths]
        self.deltas = [np.empty((size, width), dtype) for width in widths[1:]]
        self.noise, self.data, self.velocity = (np.empty((size, d), dtype) for _ in range(3))
        self.mask = [np.empty((size, width), bool) for width in widths[1:]]

    def draw(self, Z, chances, rng):
        """Draw rows, noise and times, and put the points between into the input."""
        if chances is None:
            rows = rng.integers(len(Z), size=self.size)
        else:
            rows = rng.choice(len(Z), size=self.size, p=chances)
        np.take(Z, rows, axis=0, out=self.data, mode="clip")
        rng.standard_normal(dtype=np.float32, out=self.noise)
        # Logit-normal times: in the middle, where noise and data mingle, there is most to learn.
        times = 1 / (1 + np.exp(-rng.standard_normal(self.size, dtype=np.float32)))
        self.place(times)

    def place(self, times):
        """Put the points at these times between noise and data into the input; ``data`` becomes the velocity there."""
        d = self.data.shape[1]
        self.data -= self.noise
        np.multiply(self.data, times[:, None], out=self.inputs[0][:, :d])
        self.inputs[0][:, :d] += self.noise
        self.inputs[0][:, d:] = _time_features(times)

    def loss_and_gradient(self):
        """Return the mean squared error of the velocity, and fill in its gradient."""
        last = len(self.inputs) - 1
        for i, h in enumerate(self.inputs):
            W, b = self.weights[2 * i], self.weights[2 * i + 1]
            out = self.velocity if i == last else self.inputs[i + 1]
            np.matmul(h, W, out=out)
            out += b
            if i < last:
                np.maximum(out, 0, out=out)
        delta = self.velocity
        delta -= self.data
        loss = float(np.vdot(delta, delta)) / delta.size
        delta *= 2 / delta.size
        for i in range(last, -1, -1):
            np.matmul(self.inputs[i].T, delta, out=self.of_weights[2 * i])
            np.add.reduce(delta, axis=0, out=self.of_weights[2 * i + 1])
            if i:
                np.matmul(delta, self.weights[2 * i].T, out=self.deltas[i - 1])
                np.greater(self.inputs[i], 0, out=self.mask[i - 1])
                self.deltas[i - 1] *= self.mask[i - 1]
                delta = self.deltas[i - 1]
        return loss
