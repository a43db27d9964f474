"""Unconditional diffusion pipelines of the library diffusers in the loop: trained further in each generation.

PyTorch and diffusers are loaded when a model learns, not before: the extra ``neural`` installs them.
"""

from collections import deque
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu import checks
from collapse_edu.checks import Measure, integer, number, sample_size
from collapse_edu.estimator import Estimator, random_state_of, require_fitted, rows_of
from collapse_edu.measures import Quality
from collapse_edu.models.training import TrainingStep

__all__ = ["Diffusion"]

_KINDS = ("epsilon", "sample", "v_prediction")  # what a network of diffusers may predict


class Diffusion(Estimator):
    """Train the network of an unconditional diffusion pipeline, and sample images with the pipeline.

    A row is an image with pixels in [0, 1], flattened from (channels, height, width). Each fit starts from the
    pipeline's network (or from ``previous``), which is never changed. It trains by AdamW on the scheduler's own target.

    Parameters
    ----------
    pipeline : diffusers.DiffusionPipeline
        Such as ``DDPMPipeline`` or ``DDIMPipeline``: it has ``unet`` and ``scheduler``.
    epochs, batch_size : int
        How often the training sees each row; rows for one step.
    learning_rate : float
        In (0, 1].
    inference_steps : int
        Steps from noise to an image.
    random_state : None, int or numpy.random.RandomState
        Order of the rows, noise and times of the training. In a chain, it comes from the chain's own generator.

    Attributes
    ----------
    network_ : torch.nn.Module
        The trained copy of the pipeline's network.
    loss_ : list of float
        Mean squared error of each finished epoch.
    n_features_in_ : int

    Notes
    -----
    Pipelines of diffusers clip what they return to [0, 1]. That acts like a small sampling bias inside of the loop.

    References
    ----------
    Ho, Jain and Abbeel (2020), Denoising diffusion probabilistic models. Loshchilov and Hutter (2019), AdamW.

    Examples
    --------
    >>> Diffusion(pipeline=None, epochs=5)
    Diffusion(NoneType, epochs=5)
    """

    network_: Any
    n_features_in_: int

    def __init__(
        self,
        pipeline: Any,
        epochs: int = 1,
        batch_size: int = 64,
        learning_rate: float = 1e-4,
        inference_steps: int = 50,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.pipeline = pipeline
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.inference_steps = inference_steps
        self.random_state = random_state

    def __sklearn_clone__(self) -> Self:
        """Return an unfitted copy that shares the pipeline: it is large, and nothing changes it."""
        return type(self)(**{name: getattr(self, name) for name in self._taken()})

    def __repr__(self) -> str:
        usual = {"epochs": 1, "batch_size": 64, "learning_rate": 1e-4, "inference_steps": 50}
        changed = [f"{name}={getattr(self, name)!r}" for name, value in usual.items() if getattr(self, name) != value]
        return f"Diffusion({', '.join([type(self.pipeline).__name__, *changed])})"

    def usual_measures(self, d: int) -> dict[str, Measure]:
        """Return what a run writes down: quality and diversity.

        Parameters
        ----------
        d : int
            Pixels of a row.

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
        previous: "Diffusion | None" = None,
    ) -> Self:
        """Train a copy of the network on the rows.

        Parameters
        ----------
        X : array, shape (n, channels · height · width)
            Pixels in [0, 1].
        y : ignored
        sample_weight : None
            The training takes no weights.
        previous : Diffusion, optional
            A fitted one: the training starts from a copy of its network.

        Returns
        -------
        Diffusion
            The model itself.

        Raises
        ------
        ImportError
            If PyTorch and diffusers are not installed.
        TypeError, ValueError
            If a parameter is out of range, or X contains no images of the pipeline's size.
        """
        if sample_weight is not None:
            raise TypeError("Diffusion takes no sample_weight; choose a regime without weights")
        deque(self.fit_steps(X, previous), maxlen=0)
        return self

    def fit_steps(self, X: ArrayLike, previous: "Diffusion | None" = None) -> Iterator[TrainingStep]:
        """Train a copy of the network, and yield after each step of AdamW: so it can be watched, and stopped.

        Parameters
        ----------
        X : array, shape (n, channels · height · width)
        previous : Diffusion, optional
            As for :meth:`fit`.

        Yields
        ------
        TrainingStep

        Raises
        ------
        ImportError, TypeError, ValueError
            With the first step, as :meth:`fit`.
        """
        X, shape = self._check(X)
        if previous is not None:
            checks.previous(previous, self, "network_")
        torch = _torch()
        rng = np.random.default_rng(random_state_of(self.random_state).randint(2**32, size=4, dtype=np.uint32))
        network = deepcopy(self.pipeline.unet if previous is None else previous.network_).requires_grad_(True)
        self.network_, self.loss_ = network, []
        optimizer = torch.optim.AdamW(network.parameters(), lr=float(self.learning_rate))
        images = torch.as_tensor(2 * X - 1, dtype=network.dtype).reshape(-1, *shape)
        size, total = int(self.batch_size), int(self.epochs) * -(-len(X) // int(self.batch_size))
        done = 0
        for _ in range(int(self.epochs)):
            losses = []
            for batch in np.split(rng.permutation(len(X)), range(size, len(X), size)):
                rows = images[torch.as_tensor(batch)].to(network.device)
                loss = self._loss(torch, network, rows, rng)
                loss.backward()
                optimizer.step()
                optimizer.zero_grad()
                done += 1
                losses.append((len(batch), float(loss.detach())))
                yield TrainingStep(done / total, losses[-1][1])
            sizes, values = zip(*losses, strict=True)
            self.loss_.append(float(np.average(values, weights=sizes)))
        network.requires_grad_(False)

    def _loss(self, torch, network, rows, rng):
        """Return the mean squared error of what the network predicts at random times."""
        scheduler = self.pipeline.scheduler
        noise = torch.as_tensor(rng.standard_normal(rows.shape), dtype=rows.dtype, device=rows.device)
        steps = rng.integers(scheduler.config.num_train_timesteps, size=len(rows))
        times = torch.as_tensor(steps, device=rows.device)
        predicted = network(scheduler.add_noise(rows, noise, times), times).sample
        kind = scheduler.config.prediction_type
        target = {"epsilon": noise, "sample": rows}.get(kind)
        if target is None:
            target = scheduler.get_velocity(rows, noise, times)
        return torch.nn.functional.mse_loss(predicted, target)

    def sample(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw images.

        Parameters
        ----------
        n : int
        rng : numpy.random.Generator
            It gives one seed for each batch; the noise is PyTorch's.

        Returns
        -------
        ndarray, shape (n, channels · height · width)
            In [0, 1]: the pipeline clips.

        Raises
        ------
        NotFittedError
        TypeError, ValueError
            If n is no integer of at least 0, or rng no generator.
        """
        require_fitted(self, "network_")
        n, torch = sample_size(n, rng), _torch()
        pipeline = type(self.pipeline)(unet=self.network_, scheduler=deepcopy(self.pipeline.scheduler))
        pipeline.set_progress_bar_config(disable=True)
        parts = [np.empty((0, self.n_features_in_))]
        for start in range(0, n, int(self.batch_size)):
            size = min(int(self.batch_size), n - start)
            noise = torch.Generator().manual_seed(int(rng.integers(2**63)))
            steps = int(self.inference_steps)
            images = pipeline(batch_size=size, generator=noise, num_inference_steps=steps, output_type="np").images
            # From (height, width, channels), as it returns them.
            parts.append(np.moveaxis(np.asarray(images, dtype=float), -1, 1).reshape(size, -1))
        return np.concatenate(parts)

    def _check(self, X):
        """Return rows of pixels and the shape of an image, or say in one line what is wrong."""
        for name in ("epochs", "batch_size", "inference_steps"):
            integer(name, getattr(self, name), 1)
        number("learning_rate", self.learning_rate, 0, 1, open_low=True)
        for part in ("unet", "scheduler"):
            if not hasattr(self.pipeline, part):
                kind = type(self.pipeline).__name__
                raise TypeError(f"pipeline must be an unconditional one of diffusers; got {kind} without {part}")
        kind = getattr(self.pipeline.scheduler.config, "prediction_type", "epsilon")
        if kind not in _KINDS:
            raise ValueError(f"pipeline must predict {', '.join(_KINDS)}; got a scheduler for {kind}")
        X = rows_of(self, X)
        shape = _shape(self.pipeline.unet.config)
        if X.shape[1] != np.prod(shape):
            words = " × ".join(map(str, shape))
            raise ValueError(
                f"X must have {np.prod(shape)} pixels in each row ({words}, as the pipeline's images); got {X.shape[1]}"
            )
        low, high = X.min(), X.max()
        if low < 0 or high > 1:
            raise ValueError(f"X must contain pixels in [0, 1]; got {low:.3g} to {high:.3g}")
        return X, shape


def _shape(config):
    """Return (channels, height, width) of the images of a network."""
    size = config.sample_size
    height, width = (size, size) if isinstance(size, int) else size
    return config.in_channels, height, width


def _torch():
    try:
        import diffusers  # noqa: F401
        import torch
    except ImportError:
        raise ImportError('Diffusion needs PyTorch and diffusers: pip install "collapse-edu[neural]"') from None
    return torch
