"""A recorded run: three classes of models of the same small digits, in the same loop, with the same measures."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from collapse_edu.checks import choice
from collapse_edu.datasets._files import checked
from collapse_edu.loop.history import History

__all__ = ["RecordedModelClasses", "arm_name", "recorded_model_classes"]


@dataclass(frozen=True, eq=False)
class RecordedModelClasses:
    """Recorded chains of a mixture, an autoencoder and a rectified flow on digits of 8 × 8 pixels.

    Each learned 898 images, and drew as many; 899 other real images judge them.

    Attributes
    ----------
    history : History
        Its regimes are the arms, such as ``"flow, preserve(0.5), λ = 0.8"``; its measures precision, recall, coverage
        and symmetric_recall; one chain for each seed.
    pictures : dict
        Arm → ndarray, shape (n_generations, 36, 64): what chain 0 drew, clipped to [0, 1].
    real : ndarray, shape (36, 64)
        The first images of the real set.
    controls : dict
        Name → dict, measure → number: what real images reach, and what noise without any digit reaches.
    shape : tuple of int
        (height, width) of an image.

    Examples
    --------
    >>> recorded = recorded_model_classes()
    >>> recorded.models
    ('mixture', 'VAE', 'flow')
    >>> recorded.of("flow", "replace")
    History: 8 generations x 6 chains; regimes: replace; measures: precision, recall, coverage, symmetric_recall
    """

    history: History
    pictures: dict[str, NDArray[np.floating]]
    real: NDArray[np.floating]
    controls: dict[str, dict[str, float]]
    shape: tuple[int, int]

    @property
    def arms(self) -> tuple[str, ...]:
        """Names of all that was recorded: model class, regime, and the sampling bias where it is not 1."""
        return tuple(self.pictures)

    @property
    def models(self) -> tuple[str, ...]:
        """Names of the model classes."""
        return tuple(dict.fromkeys(arm.partition(",")[0] for arm in self.arms))

    def of(self, model: str, regime: str, sampling_bias: float = 1.0) -> History:
        """Return the chains of one model class, under the name of their regime.

        Parameters
        ----------
        model : str
            One of ``models``.
        regime : str
            Its label, such as ``"preserve(0.5)"``.
        sampling_bias : float
            λ, in (0, 1].

        Returns
        -------
        History

        Raises
        ------
        ValueError
            If that was not recorded.
        """
        arm = arm_name(model, regime, sampling_bias)
        choice("the recorded arm", arm, *self.arms)
        values = {(regime, measure): self.history[arm, measure] for measure in self.history.measures}
        return History(values, self.history.settings)

    def under(self, regime: str, sampling_bias: float = 1.0) -> dict[str, History]:
        """Return model class → its chains under one regime, of all classes that were recorded so.

        Parameters
        ----------
        regime, sampling_bias
            As for :meth:`of`.

        Returns
        -------
        dict of History

        Examples
        --------
        >>> list(recorded_model_classes().under("replace", sampling_bias=0.8))
        ['mixture', 'flow']
        """
        named = {model: arm_name(model, regime, sampling_bias) for model in self.models}
        return {model: self.of(model, regime, sampling_bias) for model, arm in named.items() if arm in self.pictures}


def arm_name(model: str, regime: str, sampling_bias: float = 1.0) -> str:
    """Return the name of a recorded arm.

    Parameters
    ----------
    model, regime : str
    sampling_bias : float
        λ, in (0, 1].

    Returns
    -------
    str

    Examples
    --------
    >>> arm_name("flow", "replace"), arm_name("mixture", "replace", 0.8)
    ('flow, replace', 'mixture, replace, λ = 0.8')
    """
    return f"{model}, {regime}" + (f", λ = {sampling_bias:g}" if sampling_bias != 1 else "")


@lru_cache(maxsize=1)
def recorded_model_classes() -> RecordedModelClasses:
    """Return recorded chains of three classes of models: for those who do not want to wait for runs of their own.

    It comes with the course; ``lessons/record/model_classes.py`` made it.

    Returns
    -------
    RecordedModelClasses

    Raises
    ------
    OSError, ValueError
        If the file is missing or damaged.

    Examples
    --------
    >>> recorded_model_classes().history["mixture, replace", "recall"].shape
    (8, 6)
    """
    with np.load(checked("recorded_model_classes.npz")) as file:
        images, values, about = file["images"], file["values"], json.loads(str(file["about"]))
    arms: list[str] = about["arms"]
    measures: list[str] = about["measures"]
    settings: dict[str, Any] = about["settings"]
    history = History(
        {
            (arm, measure): values[i, j].astype(float)
            for i, arm in enumerate(arms)
            for j, measure in enumerate(measures)
        },
        settings,
    )
    rows = images.reshape(*images.shape[:2], -1) / 16
    size = (len(rows) - 1) // len(arms)  # generations; the real images come first
    pictures = {arm: rows[1 + i * size : 1 + (i + 1) * size] for i, arm in enumerate(arms)}
    return RecordedModelClasses(history, pictures, rows[0], about["controls"], images.shape[-2:])
