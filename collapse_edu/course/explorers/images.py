"""The explorers of M4: models of handwritten digits."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from sklearn.base import clone

from collapse_edu.checks import number
from collapse_edu.course.explorers.controls import REGIMES, dropdown, number_box, slider_with_box, switch
from collapse_edu.course.explorers.explorer import Explorer
from collapse_edu.course.films import Panel, panel_film
from collapse_edu.datasets import digits, mnist, recorded_vae
from collapse_edu.loop.chain import watch
from collapse_edu.loop.history import History
from collapse_edu.loop.source import FiniteData
from collapse_edu.measures import ClassShares, Quality, decoded_rows
from collapse_edu.models import VAE, PCAGaussian, PCAMixture

__all__ = ["ImageChains", "ImageExplorer", "VAEExplorer"]

_SHOWN = 36  # images in a frame
_MODELS = {
    "one normal law": PCAGaussian(),
    "ten normal laws": PCAMixture(),
    "ten normal laws, no residual noise": PCAMixture(residual=False),
}
# What is looked at → what a model samples, and which measure of ClassShares goes with it.
_FED_BACK = {
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
_PANEL = Panel("Precision and recall", (("recall", "recall"), ("precision", "precision")), "share", 0, 1)


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
    shown: list
    seen: str
    output: str = ""


class ImageExplorer(Explorer):
    """Explore image collapse on digits of 8 × 8 pixels: model, regime, λ, generations, chains, seed.

    The first model learns 898 images. Precision and recall compare what a model drew with 899 other real images.

    Parameters
    ----------
    prediction : float, optional
        What the learner expects of recall in the last generation, 0 to 1; it is drawn.
    **settings
        Values that the controls start from: model ("one normal law", "ten normal laws", "ten normal laws, no residual
        noise"), regime ("replace", "accumulate", "anchor", "preserve(0.1)"), sampling_bias (0.5-1), generations
        (5-40), chains (1, 4 or 8), seed.

    Examples
    --------
    >>> explorer = ImageExplorer(generations=5)
    >>> list(explorer.table(explorer.result).columns)
    ['generation', 'recall', 'precision']
    """

    def __init__(self, prediction=None, **settings):
        self._prediction = None if prediction is None else number("prediction", prediction, 0, 1)
        super().__init__(**settings)

    def controls(self):
        """Return the controls of all parameters, by name."""
        generations = slider_with_box("generations", value=20, low=5, high=40, width="150px")
        return {
            "model": dropdown("model", list(_MODELS), width="330px"),
            "regime": switch("replace", "accumulate", "anchor", "preserve(0.1)"),
            "sampling_bias": number_box("λ", value=1.0, low=0.5, high=1.0, step=0.05),
            "generations": generations,
            "chains": dropdown("chains", [1, 4, 8]),
            "seed": number_box("seed", value=1, low=0, high=99_999),
        }

    @staticmethod
    def compute(model, regime, sampling_bias, generations, chains, seed):
        """Yield the share done and the chains so far; return them all."""
        images = digits()
        quality = Quality(reference=images.source.reserve)
        shown = [images.rows[:_SHOWN]]
        for turn in watch(
            clone(_MODELS[model]).set_params(sampling_bias=sampling_bias),
            images.source,
            REGIMES[regime],
            generations=generations,
            chains=chains,
            metrics={"recall": quality.recall, "precision": quality.precision},
            seed=seed,
        ):
            if turn.chain == 0:
                shown.append(turn.generation.synthetic[:_SHOWN].copy())
            seen = f"36 digits that {model} drew, λ = {sampling_bias:g}"
            so_far = turn.history and ImageChains(turn.history, generations, list(shown), seen)
            yield turn.share, so_far
        return so_far

    def film(self, result):
        """Return the film: 36 images of chain 0, and the curves so far."""
        return panel_film(
            result.history,
            (_PANEL,),
            generations=result.generations,
            pictures=result.shown,
            shape=digits().shape,
            prediction=self._prediction,
        )

    @staticmethod
    def describe(result, t):
        """Return a sentence about generation t."""
        if t == 0:
            return "Generation 0: 36 real digits, written by many hands."
        recall, precision = (np.median(result.history[name][t - 1]) for name in ("recall", "precision"))
        chains = result.history["recall"].shape[1]
        whose = "Recall" if chains == 1 else f"Median of {chains} chains: recall"
        return (
            f"Generation {t} under {result.history.regimes[0]}: {result.seen}. "
            f"{whose} {recall:.2f}, precision {precision:.2f}."
        )

    @staticmethod
    def table(result):
        """Return recall and precision in a few generations: the median of the chains."""
        t = np.unique(np.linspace(1, len(result.history["recall"]), 6).round().astype(int))
        medians = {name: np.median(result.history[name][t - 1], axis=1) for name in ("recall", "precision")}
        return pd.DataFrame({"generation": t} | {name: map("{:.2f}".format, each) for name, each in medians.items()})

    @staticmethod
    def code(model, regime, sampling_bias, generations, chains, seed):
        """Return Python that gives the same history."""
        learner = clone(_MODELS[model]).set_params(sampling_bias=sampling_bias)
        return (
            f"from collapse_edu import {type(learner).__name__}, {regime.partition('(')[0]}, datasets, run\n"
            "from collapse_edu.measures import Quality\n\n"
            "images = datasets.digits().source\n"
            "quality = Quality(reference=images.reserve)\n"
            'metrics = {"recall": quality.recall, "precision": quality.precision}\n'
            f"model = {learner!r}\n"
            f"history = run(model, images, {regime}, generations={generations}, chains={chains}, "
            f"metrics=metrics, seed={seed})\n"
            'history.summary("recall")'
        )


class VAEExplorer(Explorer):
    """Explore a variational autoencoder that learns from its own digits: what it feeds back, for how long.

    It opens with a run that was recorded. *Train it now* trains autoencoders here: each generation is shown as soon
    as it has learned, and the stop button works at any time. Sampled pixels are noisy, and a classifier sees classes in
    noise; so the chain that feeds them back can also be looked at through the means of its decoder.

    Parameters
    ----------
    prediction : float, optional
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

    def __init__(self, prediction=None, **settings):
        self._prediction = None if prediction is None else number("prediction", prediction, 1, 10)
        super().__init__(**settings)
        self.parameters["run"].observe(self._lock, "value")
        self._lock()

    def _lock(self, _change=None):
        """Let nobody turn a control that the recorded run does not heed."""
        for name in ("regime", "n", "generations", "seed"):
            self.parameters[name].disabled = self.parameters["run"].value == "recorded"

    def controls(self):
        """Return the controls of all parameters, by name."""
        generations = slider_with_box("generations", value=8, low=2, high=20, width="150px")
        runs = {"show the recorded run": "recorded", "train it now": "live"}
        outputs = {
            "the decoder's means": "means",
            "sampled pixels": "sampled",
            "sampled pixels; show the decoder's means": "decoded",
        }
        return {
            "run": dropdown("run", runs, width="270px"),
            "output": dropdown("it feeds back", outputs, width="400px"),
            "regime": switch("replace", "anchor", "preserve(0.1)"),
            "n": dropdown("images", [(f"{n:,}", n) for n in (1000, 2000, 5000, 10_000)], value=5000),
            "generations": generations,
            "seed": number_box("seed", value=1, low=0, high=99_999),
        }

    @staticmethod
    def compute(run, output, regime, n, generations, seed):
        """Yield the share done and the chain so far; return it all."""
        if run == "recorded":
            return _recorded(output)
        real, (fed_back, measure) = mnist().rows[:n], _FED_BACK[output]
        shown, so_far = [real[:_SHOWN]], None
        for turn in watch(
            VAE(output=fed_back),
            FiniteData(real),
            REGIMES[regime],
            generations=generations,
            metrics={"effective_classes": getattr(_classes_of_mnist(), measure)},
            seed=seed,
        ):
            if turn.generation is None:
                yield turn.share, None
                continue
            fit, rows = turn.generation.model, turn.generation.synthetic
            shown.append(decoded_rows(fit, _SHOWN) if output == "decoded" else rows[:_SHOWN].copy())
            so_far = ImageChains(turn.history, generations, list(shown), f"{_SEEN[output]}; {n:,} images", output)
            yield turn.share, so_far
        return so_far

    def film(self, result):
        """Return the film: 36 digits, and how many classes are left."""
        return panel_film(
            result.history,
            (_CLASSES,),
            generations=result.generations,
            pictures=result.shown,
            shape=mnist().shape,
            prediction=self._prediction if result.output == "means" else None,
        )

    @staticmethod
    def describe(result, t):
        """Return a sentence about generation t."""
        if t == 0:
            return "Generation 0: 36 real digits; ten classes, nearly equally many of each."
        classes = result.history["effective_classes"][t - 1, 0]
        return (
            f"Generation {t} under {result.history.regimes[0]}: {result.seen}. "
            f"A classifier sees {classes:.1f} effective classes; real digits have 10."
        )

    @staticmethod
    def table(result):
        """Return the effective number of classes in each generation."""
        classes = result.history["effective_classes"][:, 0]
        return pd.DataFrame(
            {"generation": np.arange(1, len(classes) + 1), "effective classes": map("{:.1f}".format, classes)}
        )

    @staticmethod
    def code(run, output, regime, n, generations, seed):
        """Return Python that gives the same history."""
        if run == "recorded":
            return (
                "from collapse_edu import datasets\n\n"
                f'datasets.recorded_vae().effective_classes["{output}"]'
            )  # fmt: skip
        fed_back, measure = _FED_BACK[output]
        return (
            f"from collapse_edu import VAE, {regime.partition('(')[0]}, datasets, run\n"
            "from collapse_edu.measures import ClassShares\n"
            "from collapse_edu.loop.source import FiniteData\n\n"
            "images = datasets.mnist()\n"
            f'metrics = {{"effective_classes": ClassShares(images).{measure}}}\n'
            f'history = run(VAE(output="{fed_back}"), FiniteData(images.rows[:{n}]), {regime}, '
            f"generations={generations}, metrics=metrics, seed={seed})\n"
            'history.summary("effective_classes")'
        )


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
