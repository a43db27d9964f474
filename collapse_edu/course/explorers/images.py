"""The explorers of M4: models of handwritten digits."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd
from ipywidgets import Widget
from numpy.typing import NDArray

from collapse_edu.course.explorers.controls import REGIMES, dropdown, generations_slider, number_box, seed_box, switch
from collapse_edu.course.explorers.explorer import Explorer, Steps, written
from collapse_edu.course.explorers.said import Predicts
from collapse_edu.course.films import Film, Panel, panel_film
from collapse_edu.datasets import digits, mnist, recorded_vae
from collapse_edu.estimator import copied
from collapse_edu.loop.chain import Generation, Turn, watch
from collapse_edu.loop.history import History
from collapse_edu.loop.source import FiniteData
from collapse_edu.measures import ClassShares, Quality, decoded_rows
from collapse_edu.models import VAE, PCAGaussian, PCAMixture
from collapse_edu.plots.picture import milestones

__all__ = ["SHOWN", "ImageChains", "ImageExplorer", "QualityExplorer", "RecordedOrLive", "VAEExplorer", "chains_of"]

SHOWN = 36  # images in a frame
_MODELS: dict[str, Any] = {
    "one normal distribution": PCAGaussian(),
    "ten normal distributions": PCAMixture(),
    "ten normal distributions, no residual noise": PCAMixture(residual=False),
}
# What is looked at → what a model samples, and which measure of ClassShares goes with it.
_FED_BACK: dict[str, tuple[Literal["means", "sampled"], str]] = {
    "means": ("means", "effective_classes"),
    "sampled": ("sampled", "effective_classes"),
    "decoded": ("sampled", "decoded_classes"),
}
_SEEN = {
    "means": "36 means of the decoder, fed back",
    "sampled": "36 digits of sampled pixels, fed back (a classifier sees classes in their noise, too)",
    "decoded": "36 means of the decoder, whose sampled pixels are fed back",
}
_CLASSES = Panel("Classes left", (("effective_classes", "classes"),), "effective classes", 0, 11, real=10)
_QUALITY = ("recall", "precision", "coverage")
_PANEL = Panel("Recall, precision, coverage", tuple((name, name) for name in _QUALITY), "share", 0, 1)


@dataclass(frozen=True, eq=False)
class ImageChains:
    """Chains of image models, as far as they are.

    Attributes
    ----------
    history : History
    generations : int
        The last generation that is asked for.
    shown : list of array, shape (36, height · width)
        Some real images, and some that chain 0 drew in each generation.
    seen : str
        What these are, in words.
    output : str, optional
        What an autoencoder feeds back, and shows.
    """

    history: History
    generations: int
    shown: list[NDArray[np.floating]]
    seen: str
    output: str = ""


def _first_images(generation: Generation) -> NDArray[np.floating]:
    return generation.synthetic[:SHOWN].copy()


def chains_of(
    turns: Iterable[Turn],
    generations: int,
    real: NDArray[np.floating],
    seen: str,
    *,
    look: Callable[[Generation], NDArray[np.floating]] = _first_images,
    output: str = "",
) -> Steps[ImageChains]:
    """Yield the share done and the chains so far; return them all.

    Parameters
    ----------
    turns : iterable of Turn
        As :func:`collapse_edu.loop.chain.watch` yields them.
    generations : int
        The last generation that is asked for.
    real : array, shape (36, height · width)
        Real images to show as generation 0.
    seen : str
        What the images of the other generations are, in words.
    look : callable
        Generation of chain 0 → what to show of it.
    output : str
        What an autoencoder feeds back, and shows.

    Yields
    ------
    tuple
        (share done, chains so far, or None between two generations).
    """
    shown = [real]
    so_far: ImageChains | None = None
    for turn in turns:
        if turn.chain == 0 and turn.generation is not None:
            shown.append(look(turn.generation))
        so_far = None
        if turn.history is not None:
            so_far = ImageChains(turn.history, generations, list(shown), seen, output)
        yield turn.share, so_far
    assert so_far is not None  # the last turn ends a generation
    return so_far


class QualityExplorer(Explorer[ImageChains]):
    """Base class: 36 digits of 8 × 8 pixels, and recall, precision and coverage so far."""

    predictable = (0, 1)

    def film(self, result: ImageChains) -> Film:
        """Return the film: 36 images of chain 0, and the curves so far."""
        return panel_film(
            result.history,
            (_PANEL,),
            generations=result.generations,
            pictures=result.shown,
            shape=digits().shape,
            **self.said,
        )

    @staticmethod
    def describe(result: ImageChains, t: int) -> str:
        """Return a sentence about generation t."""
        if t == 0:
            return "Generation 0: 36 real digits, written by many hands."
        recall, precision, coverage = (np.median(result.history[name][t - 1]) for name in _QUALITY)
        chains = result.history["recall"].shape[1]
        whose = "Recall" if chains == 1 else f"Median of {chains} chains: recall"
        return (
            f"Generation {t} under {result.history.regimes[0]}: {result.seen}. "
            f"{whose} {recall:.2f}, precision {precision:.2f}, coverage {coverage:.2f}."
        )

    @staticmethod
    def table(result: ImageChains) -> pd.DataFrame:
        """Return recall, precision and coverage in a few generations: the median of the chains."""
        t = milestones(1, len(result.history["recall"]))
        medians = {name: np.median(result.history[name][t - 1], axis=1) for name in _QUALITY}
        return pd.DataFrame({"generation": t} | {name: written(values, ".2f") for name, values in medians.items()})


class ImageExplorer(QualityExplorer):
    """Explore image collapse on digits of 8 × 8 pixels: model, regime, λ, generations, chains, seed.

    The first model learns 898 images. Recall, precision and coverage compare what a model drew with 899 other real
    images.

    Parameters
    ----------
    prediction : str, float or Prediction, optional
        What the learner expects of recall in the last generation, 0 to 1; it is drawn.
    **settings
        Values that the controls start from: model ("one normal distribution", "ten normal distributions", "ten normal
        distributions, no residual noise"), regime ("replace", "accumulate", "anchor", "preserve(0.1)"), sampling_bias
        (0.5-1), generations (5-40), chains (1, 4 or 8), seed.

    Examples
    --------
    >>> explorer = ImageExplorer(generations=5)
    >>> list(explorer.table(explorer.result).columns)
    ['generation', 'recall', 'precision', 'coverage']
    """

    main = ("model", "regime", "sampling_bias")
    _old_values: ClassVar = {name.replace("distribution", "law"): name for name in _MODELS}

    def controls(self) -> dict[str, Widget]:
        """Return the controls of all parameters, by name."""
        return {
            "model": dropdown("model", list(_MODELS)),
            "regime": switch("replace", "accumulate", "anchor", "preserve(0.1)"),
            "sampling_bias": number_box("λ", value=1.0, low=0.5, high=1.0, step=0.05),
            "generations": generations_slider(20, high=40),
            "chains": dropdown("chains", [1, 4, 8]),
            "seed": seed_box(),
        }

    @staticmethod
    def compute(
        model: str, regime: str, sampling_bias: float, generations: int, chains: int, seed: int
    ) -> Steps[ImageChains]:
        """Yield the share done and the chains so far; return them all."""
        images = digits()
        quality = Quality(reference=images.source.reserve)
        turns = watch(
            copied(_MODELS[model]).set_params(sampling_bias=sampling_bias),
            images.source,
            REGIMES[regime],
            generations=generations,
            chains=chains,
            measures={name: getattr(quality, name) for name in _QUALITY},
            seed=seed,
        )
        seen = f"36 digits that {model} drew, λ = {sampling_bias:g}"
        return chains_of(turns, generations, images.rows[:SHOWN], seen)

    @staticmethod
    def code(model: str, regime: str, sampling_bias: float, generations: int, chains: int, seed: int) -> str:
        """Return Python that gives the same history."""
        learner = copied(_MODELS[model]).set_params(sampling_bias=sampling_bias)
        return (
            f"from collapse_edu import {type(learner).__name__}, {REGIMES[regime].family}, datasets, run\n"
            "from collapse_edu.measures import Quality\n\n"
            "images = datasets.digits().source\n"
            "quality = Quality(reference=images.reserve)\n"
            'names = ("recall", "precision", "coverage")\n'
            "measures = {name: getattr(quality, name) for name in names}\n"
            f"model = {learner!r}\n"
            f"history = run(model, images, {regime}, generations={generations}, chains={chains}, "
            f"measures=measures, seed={seed})\n"
            'history.summary("recall")'
        )


class RecordedOrLive(Explorer[ImageChains]):
    """Base class: it opens with a run that was recorded; *train it now* trains here, and the stop button works.

    A subclass names in ``live_only`` the controls that a recorded run does not heed, and puts ``runs()`` among its
    controls as ``run``.
    """

    live_only: ClassVar[tuple[str, ...]] = ()
    slow = True

    def __init__(self, prediction: str | float | Predicts | None = None, **settings: Any) -> None:
        super().__init__(prediction, **settings)
        self.parameters["run"].observe(self._lock, "value")
        self._lock()

    def _lock(self, _change=None):
        """Let nobody turn a control that the recorded run does not heed."""
        for name in self.live_only:
            self.parameters[name].disabled = self.parameters["run"].value == "recorded"

    @staticmethod
    def runs() -> Widget:
        """Return the control *run*."""
        return dropdown("run", {"show the recorded run": "recorded", "train it now": "live"})


class VAEExplorer(RecordedOrLive):
    """Explore a variational autoencoder that learns from its own digits: what it feeds back, for how long.

    It opens with a run that was recorded. *Train it now* trains autoencoders here: each generation is shown as soon
    as it has learned, and the stop button works at any time. Sampled pixels are noisy, and a classifier sees classes in
    noise; so the chain that feeds them back can also be looked at through the means of its decoder.

    Parameters
    ----------
    prediction : str, float or Prediction, optional
        What the learner expects of the effective number of classes in the last generation, 1 to 10, if the means are
        fed back; it is drawn for them alone.
    **settings
        Values that the controls start from: run ("recorded", "live"), output ("means", "sampled", "decoded"); for live
        runs regime ("replace", "anchor", "preserve(0.1)"), n (1000, 2000, 5000 or 10000 images), generations (2-20),
        seed.

    Examples
    --------
    >>> explorer = VAEExplorer(output="sampled")
    >>> list(explorer.table(explorer.result).columns)
    ['generation', 'effective classes']
    """

    predictable = (1, 10)
    main = ("run", "output", "regime")

    live_only = ("regime", "n", "generations", "seed")

    def controls(self) -> dict[str, Widget]:
        """Return the controls of all parameters, by name; they open with the settings of the recorded run."""
        outputs = {
            "the decoder's means": "means",
            "sampled pixels": "sampled",
            "sampled pixels; show the decoder's means": "decoded",
        }
        return {
            "run": self.runs(),
            "output": dropdown("it feeds back", outputs),
            "regime": switch("replace", "anchor", "preserve(0.1)"),
            "n": dropdown("images", [(f"{n:,}", n) for n in (1000, 2000, 5000, 10_000)], value=10_000),
            "generations": generations_slider(10, low=2, high=20),
            "seed": seed_box(),
        }

    @staticmethod
    def compute(run: str, output: str, regime: str, n: int, generations: int, seed: int) -> Steps[ImageChains]:
        """Yield the share done and the chain so far; return it all."""
        if run == "recorded":
            return _recorded(output)
        real, (fed_back, measure) = mnist().rows[:n], _FED_BACK[output]
        turns = watch(
            VAE(output=fed_back),
            FiniteData(real),
            REGIMES[regime],
            generations=generations,
            measures={"effective_classes": getattr(_classes_of_mnist(), measure)},
            seed=seed,
        )
        seen = f"{_SEEN[output]}; {n:,} images"
        look = _decoded if output == "decoded" else _first_images
        return (yield from chains_of(turns, generations, real[:SHOWN], seen, look=look, output=output))

    def film(self, result: ImageChains) -> Film:
        """Return the film: 36 digits, and how many classes are left."""
        return panel_film(
            result.history,
            (_CLASSES,),
            generations=result.generations,
            pictures=result.shown,
            shape=mnist().shape,
            **(self.said if result.output == "means" else {}),
        )

    @staticmethod
    def describe(result: ImageChains, t: int) -> str:
        """Return a sentence about generation t."""
        if t == 0:
            return "Generation 0: 36 real digits; ten classes, nearly equally many of each."
        classes = result.history["effective_classes"][t - 1, 0]
        return (
            f"Generation {t} under {result.history.regimes[0]}: {result.seen}. "
            f"A classifier sees {classes:.1f} effective classes; real digits have 10."
        )

    @staticmethod
    def table(result: ImageChains) -> pd.DataFrame:
        """Return the effective number of classes in each generation."""
        classes = result.history["effective_classes"][:, 0]
        return pd.DataFrame(
            {"generation": np.arange(1, len(classes) + 1), "effective classes": written(classes, ".1f")}
        )

    @staticmethod
    def code(run: str, output: str, regime: str, n: int, generations: int, seed: int) -> str:
        """Return Python that gives the same history."""
        if run == "recorded":
            return (
                "from collapse_edu import datasets\n\n"
                f'datasets.recorded_vae().effective_classes["{output}"]'
            )  # fmt: skip
        fed_back, measure = _FED_BACK[output]
        return (
            f"from collapse_edu import VAE, {REGIMES[regime].family}, datasets, run\n"
            "from collapse_edu.measures import ClassShares\n"
            "from collapse_edu.loop.source import FiniteData\n\n"
            "images = datasets.mnist()\n"
            f'measures = {{"effective_classes": ClassShares(images).{measure}}}\n'
            f'history = run(VAE(output="{fed_back}"), FiniteData(images.rows[:{n}]), {regime}, '
            f"generations={generations}, measures=measures, seed={seed})\n"
            'history.summary("effective_classes")'
        )


def _decoded(generation):
    return decoded_rows(generation.model, SHOWN)


def _recorded(output):
    """Return the recorded run as a chain."""
    recorded = recorded_vae()
    classes = recorded.effective_classes[output]
    history = History({("replace", "effective_classes"): classes[:, None]}, {})
    shown = [recorded.real, *recorded.films[output]]
    return ImageChains(history, len(classes), shown, f"{_SEEN[output]}; recorded, 10,000 images", output)


@lru_cache(maxsize=1)
def _classes_of_mnist():
    """Train the classifier once: it takes a second."""
    return ClassShares(mnist())
