"""The variational autoencoder, in NumPy: a neural network that learns to make pictures out of noise."""

import math
from collections import deque
from collections.abc import Iterator
from typing import Literal, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu import checks
from collapse_edu.checks import choice, integer, number, sample_size
from collapse_edu.estimator import Estimator, random_state_of, require_fitted, rows_of
from collapse_edu.models.training import Adam, parts_of

__all__ = ["VAE", "Step"]

_LARGEST = 80.0  # of a logit: its exponential is finite in float32, and its sigmoid is 1


class Step(NamedTuple):
    """How far the training is.

    Attributes
    ----------
    done : float
        Share of the training that is over, in (0, 1].
    elbo : float
        Evidence lower bound of the last batch, in nats for each row. It rises while the model learns.

    Examples
    --------
    >>> Step(done=0.5, elbo=-110.0).done
    0.5
    """

    done: float
    elbo: float


class VAE(Estimator):
    """Fit a variational autoencoder with one hidden layer on each side, and sample from it.

    Encoder: row → hidden (ReLU) → mean and log variance of a normal distribution of the latent numbers. Decoder:
    latent numbers → hidden (ReLU) → one probability for each pixel. Trained by Adam on the evidence lower bound
    (ELBO), with one draw of the latent numbers for each row. The decoder starts at the mean picture; or all weights at
    those of a previous model, with fewer epochs that is a fine-tuning.

    Parameters
    ----------
    hidden : int, default=256
        Units of each hidden layer.
    latent : int, default=16
        Latent numbers.
    epochs : int, default=10
        How often the training sees each row.
    batch_size : int, default=128
        Rows for one step of Adam.
    learning_rate : float, default=2e-3
        In (0, 1].
    output : {"sampled", "means"}, default="sampled"
        What a sample is. "sampled": a draw from the distribution that was fitted, so that each pixel is 0 or 1.
        "means": the probabilities themselves. They look smoother, but they are no draw from the fitted distribution.
    random_state : None, int or numpy.random.RandomState
        First weights, order of rows, and latent noise of the fit. In a chain, it comes from the chain's own generator.

    Attributes
    ----------
    parameters_ : dict of ndarray of float32
        Weights and biases, by name.
    loss_ : list of float
        Mean of the negative ELBO in each finished epoch, in nats for each row.
    n_features_in_ : int

    References
    ----------
    Kingma and Welling (2014), Auto-encoding variational Bayes, appendices B and C. Kingma and Ba (2015), Adam.

    Examples
    --------
    >>> from collapse_edu.datasets import digits
    >>> model = VAE(hidden=32, latent=4, epochs=5, random_state=0).fit(digits().source.real)
    >>> model.sample(3, np.random.default_rng(0)).shape
    (3, 64)
    >>> model.loss_[-1] < model.loss_[0]
    True
    """

    parameters_: dict[str, NDArray[np.float32]]

    def __init__(
        self,
        hidden: int = 256,
        latent: int = 16,
        epochs: int = 10,
        batch_size: int = 128,
        learning_rate: float = 2e-3,
        output: Literal["sampled", "means"] = "sampled",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.hidden = hidden
        self.latent = latent
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.output = output
        self.random_state = random_state

    def fit(
        self,
        X: ArrayLike,
        y: object = None,
        sample_weight: ArrayLike | None = None,
        previous: "VAE | None" = None,
    ) -> Self:
        """Train on the rows.

        Parameters
        ----------
        X : array, shape (n, d)
            Pixels in [0, 1].
        y : ignored
        sample_weight : None
            The training takes no weights.
        previous : VAE, optional
            A fitted one, with as many pixels, hidden units and latent numbers: the training starts from a copy of its
            weights. Adam starts anew.

        Returns
        -------
        VAE
            The model itself.

        Raises
        ------
        TypeError, ValueError
            If a parameter or a pixel is out of range, there are weights, the training diverges, or the previous model
            is none to start from.
        """
        if sample_weight is not None:
            raise TypeError("VAE takes no sample_weight; choose a regime without weights")
        deque(self.fit_steps(X, previous), maxlen=0)
        return self

    def fit_steps(self, X: ArrayLike, previous: "VAE | None" = None) -> Iterator[Step]:
        """Train on the rows, and yield after each step of Adam: so it can be watched, and stopped.

        A model whose training was stopped can sample.

        Parameters
        ----------
        X : array, shape (n, d)
            Pixels in [0, 1].
        previous : VAE, optional
            As for :meth:`fit`.

        Yields
        ------
        Step

        Raises
        ------
        TypeError, ValueError
            With the first step, if a parameter or a pixel is out of range, or the previous model is none to start from;
            later, if the training diverges.

        Examples
        --------
        >>> from collapse_edu.datasets import digits
        >>> model = VAE(hidden=32, latent=4, random_state=0)
        >>> for step in model.fit_steps(digits().source.real):
        ...     if step.done > 0.1:
        ...         break
        >>> model.sample(3, np.random.default_rng(0)).shape
        (3, 64)
        """
        X = self._check(X)
        rng = np.random.default_rng(random_state_of(self.random_state).randint(2**32, size=4, dtype=np.uint32))
        network = _Network(X.shape[1], int(self.hidden), int(self.latent), np.float32)
        if previous is None:
            network.draw(rng, X)
        else:
            checks.previous(previous, self, "parameters_")
            network.copy(previous.parameters_)
        self.parameters_: dict[str, NDArray[np.float32]] = network.parameters
        self.loss_: list[float] = []
        adam = Adam(network.flat, self.learning_rate)
        n, size = len(X), min(int(self.batch_size), len(X))
        starts = range(0, n - size + 1, size)  # the rest of the rows waits for the next epoch's order
        batch = _Batch(network, size)
        epochs = int(self.epochs)
        total = epochs * len(starts)
        for epoch in range(epochs):
            order, loss = rng.permutation(n), 0.0
            for i, start in enumerate(starts):
                np.take(X, order[start : start + size], axis=0, out=batch.x, mode="clip")
                rng.standard_normal(dtype=np.float32, out=batch.noise)
                last = batch.loss_and_gradient()
                if not math.isfinite(last):
                    self._diverged(epoch * len(starts) + i + 1)
                adam.step(batch.gradient)
                loss += last
                yield Step((epoch * len(starts) + i + 1) / total, -last)
            self.loss_.append(loss / len(starts))
        if not np.isfinite(network.flat).all():
            self._diverged(total)

    def _diverged(self, step):
        """Say so: pixels drawn from NaN would all be 0, and look like a collapse."""
        raise ValueError(
            f"learning_rate of {self.learning_rate:g} is too large: the training diverged at step {step}; "
            "take a smaller one"
        )

    def _check(self, X):
        for name in ("hidden", "latent", "epochs", "batch_size"):
            integer(name, getattr(self, name), 1)
        number("learning_rate", self.learning_rate, 0, 1, open_low=True)
        _check_output(self.output)
        X = np.ascontiguousarray(rows_of(self, X, dtype=np.float32))
        low, high = X.min(), X.max()
        if low < 0 or high > 1:
            raise ValueError(
                f"X must contain pixels in [0, 1]: each has a Bernoulli distribution; got {low:.3g} to {high:.3g}"
            )
        return X

    def decode(self, Z: ArrayLike) -> NDArray[np.float32]:
        """Return the probability of ink in each pixel, given latent numbers.

        Parameters
        ----------
        Z : array, shape (n, latent)

        Returns
        -------
        ndarray of float32, shape (n, d)
            In [0, 1].

        Raises
        ------
        NotFittedError
        ValueError
            If Z is of another shape.
        """
        require_fitted(self, "parameters_")
        p = self.parameters_
        with np.errstate(over="ignore"):
            Z, latent = checks.floats("Z", Z).astype(np.float32), len(p["W3"])
        if not np.isfinite(Z).all():
            raise ValueError("Z must contain finite numbers, of at most 3e38")
        if Z.ndim != 2 or Z.shape[1] != latent:
            raise ValueError(f"Z must have shape (n, {latent}), one column for each latent number; got {Z.shape}")
        hidden = np.maximum(Z @ p["W3"] + p["b3"], 0)
        logits = hidden @ p["W4"]
        logits += p["b4"]
        return _sigmoid(logits)

    def encode(self, X: ArrayLike) -> NDArray[np.float32]:
        """Return the mean of the latent numbers, given rows.

        Parameters
        ----------
        X : array, shape (n, d)
            Pixels in [0, 1].

        Returns
        -------
        ndarray of float32, shape (n, latent)

        Raises
        ------
        NotFittedError
        ValueError
            If X is of another width.
        """
        require_fitted(self, "parameters_")
        X = rows_of(self, X, dtype=np.float32, learns=False)
        p = self.parameters_
        return (np.maximum(X @ p["W1"] + p["b1"], 0) @ p["W2"] + p["b2"])[:, : p["W3"].shape[0]]

    def sample(self, n: int, rng: np.random.Generator) -> NDArray[np.float32]:
        """Draw independent rows.

        Parameters
        ----------
        n : int
        rng : numpy.random.Generator

        Returns
        -------
        ndarray of float32, shape (n, d)
            Zeros and ones with ``output="sampled"``, numbers in [0, 1] with ``output="means"``.

        Raises
        ------
        NotFittedError
        TypeError, ValueError
            If n is no integer of at least 0, or rng no generator; if output is neither.
        """
        require_fitted(self, "parameters_")
        n = sample_size(n, rng)
        _check_output(self.output)
        means = self.decode(rng.standard_normal((n, self.parameters_["W3"].shape[0]), dtype=np.float32))
        if self.output == "means":
            return means
        noise = rng.random(means.shape, dtype=np.float32)
        return np.less(noise, means, out=noise)


def _check_output(value):
    choice("output", value, "sampled", "means")


def _sigmoid(logits):
    """Turn logits into probabilities, in place."""
    np.minimum(logits, _LARGEST, out=logits)
    np.exp(logits, out=logits)
    np.divide(logits, logits + 1, out=logits)
    return logits


class _Network:
    """All weights and biases in one flat array: one step of Adam moves them all."""

    def __init__(self, d, hidden, latent, dtype):
        self.d, self.hidden, self.latent, self.dtype = d, hidden, latent, dtype
        self.shapes = {
            "W1": (d, hidden), "b1": (hidden,), "W2": (hidden, 2 * latent), "b2": (2 * latent,),
            "W3": (latent, hidden), "b3": (hidden,), "W4": (hidden, d), "b4": (d,),
        }  # fmt: skip
        self.flat = np.empty(sum(int(np.prod(shape)) for shape in self.shapes.values()), dtype)
        self.parameters = self.views(self.flat)

    def views(self, flat):
        """Return parts of a flat array, by the names of the parameters."""
        return dict(zip(self.shapes, parts_of(flat, self.shapes.values()), strict=True))

    def draw(self, rng, X):
        """Draw first weights: uniform, the wider the fewer inputs a unit has; the usual start of a dense layer."""
        fan_in = {"1": self.d, "2": self.hidden, "3": self.latent, "4": self.hidden}
        for name, values in self.parameters.items():
            bound = 1 / np.sqrt(fan_in[name[1]])
            values[...] = rng.uniform(-bound, bound, values.shape)
        # The decoder starts at the mean picture: that saves half of the epochs.
        ink = (X.sum(axis=0, dtype=np.float64) + 0.5) / (len(X) + 1)
        self.parameters["b4"][...] = np.log(ink / (1 - ink))

    def copy(self, parameters):
        """Take over the weights of another network, if it has the same layers."""
        theirs = {name: values.shape for name, values in parameters.items()}
        if theirs != self.shapes:
            (d, hidden), latent = theirs["W1"], theirs["W3"][0]
            raise ValueError(
                f"previous must have {self.d} pixels, {self.hidden} hidden units and {self.latent} latent numbers; "
                f"got {d}, {hidden} and {latent}"
            )
        for name, values in self.parameters.items():
            values[...] = parameters[name]


class _Batch:
    """Forward and back over one batch. All arrays are made once: a step allocates nothing."""

    def __init__(self, network, size):
        d, hidden, latent, dtype = network.d, network.hidden, network.latent, network.dtype

        def room(*shape):
            return np.empty(shape, dtype)

        self.size, self.latent, self.p = size, latent, network.parameters
        self.gradient = np.empty_like(network.flat)
        self.g = network.views(self.gradient)
        self.x, self.noise = room(size, d), room(size, latent)
        self.h1, self.h2, self.dh, self.mask = (room(size, hidden) for _ in range(4))
        self.code, self.dcode = room(size, 2 * latent), room(size, 2 * latent)
        self.mean, self.logvar = self.code[:, :latent], self.code[:, latent:]
        self.sd, self.z, self.dz, self.t = (room(size, latent) for _ in range(4))
        self.logits, self.s = room(size, d), room(size, d)

    def forward(self):
        """Fill in everything up to the logits."""
        p = self.p
        np.matmul(self.x, p["W1"], out=self.h1)
        self.h1 += p["b1"]
        np.maximum(self.h1, 0, out=self.h1)
        np.matmul(self.h1, p["W2"], out=self.code)
        self.code += p["b2"]
        np.multiply(self.logvar, 0.5, out=self.sd)
        np.exp(self.sd, out=self.sd)
        np.multiply(self.sd, self.noise, out=self.z)
        self.z += self.mean
        np.matmul(self.z, p["W3"], out=self.h2)
        self.h2 += p["b3"]
        np.maximum(self.h2, 0, out=self.h2)
        np.matmul(self.h2, p["W4"], out=self.logits)
        self.logits += p["b4"]
        np.minimum(self.logits, _LARGEST, out=self.logits)

    def loss_and_gradient(self):
        """Return the negative ELBO, in nats for each row, and fill in its gradient."""
        self.forward()
        loss = -float(np.vdot(self.x, self.logits))
        np.exp(self.logits, out=self.logits)
        np.add(self.logits, 1, out=self.s)
        np.divide(self.logits, self.s, out=self.logits)  # the sigmoid
        np.log(self.s, out=self.s)  # the softplus
        loss += float(self.s.sum())
        # KL = (mean² + sd² - 1 - logvar)/2, summed over latent numbers.
        squares = 0.0
        for values in (self.mean, self.sd):
            np.square(values, out=self.t)
            squares += float(self.t.sum())
        loss += 0.5 * (squares - float(self.logvar.sum()) - self.size * self.latent)
        self.backward()
        return loss / self.size

    def backward(self):
        """Fill in the gradient; the logits already hold probabilities."""
        p, g = self.p, self.g
        delta = self.logits
        delta -= self.x
        delta *= 1 / self.size
        np.matmul(self.h2.T, delta, out=g["W4"])
        np.add.reduce(delta, axis=0, out=g["b4"])
        np.matmul(delta, p["W4"].T, out=self.dh)
        np.sign(self.h2, out=self.mask)
        self.dh *= self.mask
        np.matmul(self.z.T, self.dh, out=g["W3"])
        np.add.reduce(self.dh, axis=0, out=g["b3"])
        np.matmul(self.dh, p["W3"].T, out=self.dz)
        self.code_gradient()
        np.matmul(self.h1.T, self.dcode, out=g["W2"])
        np.add.reduce(self.dcode, axis=0, out=g["b2"])
        np.matmul(self.dcode, p["W2"].T, out=self.dh)
        np.sign(self.h1, out=self.mask)
        self.dh *= self.mask
        np.matmul(self.x.T, self.dh, out=g["W1"])
        np.add.reduce(self.dh, axis=0, out=g["b1"])

    def code_gradient(self):
        """Fill in the gradient of the latent mean and log variance, through the decoder and through the KL."""
        dmean, dlogvar = self.dcode[:, : self.latent], self.dcode[:, self.latent :]
        np.multiply(self.mean, 1 / self.size, out=dmean)
        dmean += self.dz
        np.multiply(self.dz, self.noise, out=self.t)
        self.t *= self.sd
        np.square(self.sd, out=dlogvar)
        dlogvar -= 1
        dlogvar *= 1 / self.size
        dlogvar += self.t
        dlogvar *= 0.5
