"""The models of ``collapse-edu run``: one table, from which its choices, options and help follow.

A *job* fits model and data: see ``texts.py`` and ``images.py``. They are imported when a job is made, so that
``--help`` answers at once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import collapse_edu
from collapse_edu.cli.numbers import above_zero

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from collapse_edu.loop.chain import Generation
    from collapse_edu.loop.source import FiniteData

__all__ = ["MODELS", "NEIGHBOURS", "OPTIONS", "Job", "Kind", "Model", "Option", "of_kind"]

Kind = Literal["words", "images"]
NEIGHBOURS: Final = 5  # nearest ones, of precision, recall and coverage


class Job:
    """What a run needs of model and data, and what it keeps and tells of them: a base for those of each kind.

    Attributes
    ----------
    name, says, held_back : str
        The data: their name, what there is, and what no model sees.
    files : tuple of str
        What ``keep`` writes.
    bytes_per_value : int
        Memory for each number of a training set, measured on 15 MB of text and on MNIST; the model's share included.
    """

    name: str
    says: str
    held_back: str
    files: tuple[str, ...]
    model: Any
    source: "FiniteData"
    measures: dict[str, Callable[..., float]]
    bytes_per_value: int

    def look(self, regime: str, generation: "Generation") -> None:
        """Look at a generation."""
        raise NotImplementedError

    def noted(self, regime: str) -> "dict[str, NDArray[Any]]":
        """Return what it noted of a regime, by name."""
        raise NotImplementedError

    def recall(self, regime: str, noted: "Mapping[str, NDArray[Any]]") -> None:
        """Take over what another job of the same data noted of a regime."""
        raise NotImplementedError

    def keep(self, out: Path, regimes: Sequence[str]) -> None:
        """Write the files into a folder."""
        raise NotImplementedError

    def tell(self, regimes: Sequence[str]) -> Iterable[str]:
        """Return what a reader wants to know first, in sentences."""
        raise NotImplementedError


@dataclass(frozen=True)
class Model:
    """A model of the command.

    Attributes
    ----------
    kind : {"words", "images"}
        What it learns.
    job : callable
        ``job(data, fresh, seed, **settings)`` makes the :class:`Job`.
    about : str
        A few words for the help.
    fewest : int
        Rows that it can learn from and be measured on.
    option : str or None
        The one of :data:`OPTIONS` that it takes.
    weighs : bool
        Whether it can learn from rows with weights.
    continues : bool
        Whether it can start from its predecessor.
    """

    kind: Kind
    job: Callable[..., Job]
    about: str
    fewest: int = 1
    option: str | None = None
    weighs: bool = True
    continues: bool = False


@dataclass(frozen=True)
class Option:
    """An option that some models take.

    Attributes
    ----------
    letter : str
        Stands for its value.
    read : callable
        Makes a number of what was typed.
    about : str
        What it does.
    """

    letter: str
    read: Callable[[str], float]
    about: str


def _words(data: str, fresh: bool, seed: int) -> Job:
    from collapse_edu.cli.texts import WordJob

    return WordJob(data, fresh, seed)


def _passages(order: int) -> Callable[..., Job]:
    def job(data: str, fresh: bool, seed: int, **settings: float) -> Job:
        from collapse_edu.cli.texts import PassageJob

        return PassageJob(order, data, fresh, **settings)

    return job


def _images(make: Callable[..., object]) -> Callable[..., Job]:
    def job(data: str, fresh: bool, seed: int, **settings: float) -> Job:
        from collapse_edu.cli.images import ImageJob

        return ImageJob(make(**settings), data, fresh)

    return job


def _kernel_density() -> object:
    from sklearn.neighbors import KernelDensity

    return collapse_edu.adapt(KernelDensity(bandwidth=0.1))


OPTIONS: Final = {
    "temperature": Option("T", above_zero(inf), "below 1, frequent continuations become more frequent"),
    "sampling_bias": Option("L", above_zero(1), "below 1, cleaner images, less variety"),
}

_GAUSSIAN = Model(
    kind="images",
    job=_images(lambda **settings: collapse_edu.PCAGaussian(**settings)),
    about="one normal distribution on 16 principal components, noise on the rest",
    fewest=NEIGHBOURS + 1,
    option="sampling_bias",
)
# Every model of the command by its name, once. The first of a kind is the one that is used if none is named.
MODELS: Final = {
    "categorical": Model(
        kind="words",
        job=_words,
        about="remembers how often each word occurred; order plays no part",
    ),
    "bigram": Model(
        kind="words",
        job=_passages(2),
        about="remembers what followed each word; writes passages of 64 words and marks",
        option="temperature",
    ),
    "trigram": Model(
        kind="words",
        job=_passages(3),
        about="remembers what followed each pair of words; writes passages of 64 words and marks",
        option="temperature",
    ),
    "mixture": Model(
        kind="images",
        job=_images(lambda **settings: collapse_edu.PCAMixture(**settings)),
        about="10 normal distributions on 16 principal components, noise on the rest",
        fewest=10,
        option="sampling_bias",
        weighs=False,
    ),
    "gaussian": _GAUSSIAN,
    "pca": _GAUSSIAN,
    "vae": Model(
        kind="images",
        job=_images(lambda: collapse_edu.VAE()),
        about="a variational autoencoder; its pixels are drawn, black or white",
        fewest=2,
        weighs=False,
        continues=True,
    ),
    "kde": Model(
        kind="images",
        job=_images(_kernel_density),
        about="a kernel density, bandwidth 0.1",
        fewest=NEIGHBOURS + 1,
    ),
}


def of_kind(kind: Kind) -> dict[str, Model]:
    """Return the models of texts or of images.

    Parameters
    ----------
    kind : {"words", "images"}

    Returns
    -------
    dict
        Name → Model; the first is the usual one.

    Examples
    --------
    >>> list(of_kind("words"))
    ['categorical', 'bigram', 'trigram']
    """
    return {name: model for name, model in MODELS.items() if model.kind == kind}
