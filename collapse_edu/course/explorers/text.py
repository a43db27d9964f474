"""The explorer of M5: n-gram models of a text."""

import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape

import numpy as np
import pandas as pd
from ipywidgets import Widget
from numpy.typing import NDArray

from collapse_edu.course.explorers.controls import REGIMES, dropdown, generations_slider, number_box, seed_box, switch
from collapse_edu.course.explorers.explorer import Explorer, Steps, written
from collapse_edu.course.films import Film, Panel, panel_film
from collapse_edu.datasets import Passages, moby_dick, state_of_the_union
from collapse_edu.loop.chain import watch
from collapse_edu.loop.history import History
from collapse_edu.measures import HeldOutPerplexity, types_alive
from collapse_edu.models import NGram
from collapse_edu.plots.picture import milestones
from collapse_edu.theory.drift import expected_types

__all__ = ["TextChains", "TextExplorer"]

_TEXTS = {"Moby-Dick": moby_dick, "early presidents": state_of_the_union}
_ORDERS = {"1: words alone": 1, "2: bigrams": 2, "3: trigrams": 3, "4: four words": 4}
_READ = 2  # passages to read
_NAMED = 10  # lost words that are named


@dataclass(frozen=True, eq=False)
class TextChains:
    """Chains of text models, as far as they are.

    Attributes
    ----------
    history : History
        Measures ``types_alive`` and ``perplexity``.
    corpus : Passages
    generations : int
        The last generation that is asked for.
    read : list of array, shape (2, length)
        Two real passages, and two that chain 0 wrote in each generation.
    alive : list of array of bool, shape (n_types,)
        Which types are in the real passages, and in those that chain 0 wrote in each generation.
    expected : ndarray, shape (generations,), or None
        Expected number of living types, where theory knows it.
    writer : str
        Order and temperature, in words.
    """

    history: History
    corpus: Passages
    generations: int
    read: list[NDArray[np.int_]]
    alive: list[NDArray[np.bool_]]
    expected: NDArray[np.float64] | None
    writer: str


@lru_cache(maxsize=2)
def _corpus(text):
    """Cut a text once: it takes longer than a generation."""
    return _TEXTS[text](marks=True).passages()


class TextExplorer(Explorer[TextChains]):
    """Explore text collapse: text, order, temperature, regime, generations, chains, seed.

    The first model learns 90 % of the text, in passages of 64 tokens. The rest is held out for scoring.

    Parameters
    ----------
    prediction : str, float or Prediction, optional
        What the learner expects of the number of living types in the last generation; it is drawn.
    **settings
        Values that the controls start from: text ("Moby-Dick", "early presidents"), order (1-4), temperature
        (0.5-1.5), regime ("replace", "accumulate", "anchor", "preserve(0.1)"), generations (5-40), chains (1 or 4),
        seed.

    Examples
    --------
    >>> explorer = TextExplorer(text="early presidents", generations=5)
    >>> list(explorer.table(explorer.result).columns)
    ['generation', 'types alive', 'theory', 'held-out perplexity']
    """

    main = ("text", "temperature", "regime")

    def controls(self) -> dict[str, Widget]:
        """Return the controls of all parameters, by name."""
        return {
            "text": dropdown("text", list(_TEXTS)),
            "order": dropdown("order", _ORDERS, value=3),
            "temperature": number_box("temperature", value=1.0, low=0.5, high=1.5, step=0.1),
            "regime": switch("replace", "accumulate", "anchor", "preserve(0.1)"),
            "generations": generations_slider(20, high=40),
            "chains": dropdown("chains", [1, 4]),
            "seed": seed_box(),
        }

    @staticmethod
    def compute(
        text: str, order: int, temperature: float, regime: str, generations: int, chains: int, seed: int
    ) -> Steps[TextChains]:
        """Yield the share done and the chains so far; return them all."""
        corpus = _corpus(text)
        expected = _expected(corpus, temperature, regime, generations)
        writer = f"order {order}, temperature {temperature:g}"
        read, alive = [corpus.real[:_READ]], [_alive(corpus.real, corpus)]
        for turn in watch(
            NGram(order, corpus.n_types, temperature),
            corpus.source,
            REGIMES[regime],
            generations=generations,
            chains=chains,
            measures={"types_alive": types_alive, "perplexity": HeldOutPerplexity(corpus.held_out, corpus.n_types)},
            seed=seed,
        ):
            if turn.chain == 0 and turn.generation is not None:
                read.append(turn.generation.synthetic[:_READ].copy())
                alive.append(_alive(turn.generation.synthetic, corpus))
            so_far = None
            if turn.history is not None:
                so_far = TextChains(turn.history, corpus, generations, list(read), list(alive), expected, writer)
            yield turn.share, so_far
        assert so_far is not None  # the last turn ends a generation
        return so_far

    def film(self, result: TextChains) -> Film:
        """Return the film of the two curves, with the theory of words alone."""
        panels = (
            Panel(
                "Types alive", (("types_alive", "alive"),), "types", 0, result.corpus.n_types,
                real=int(result.alive[0].sum()),
            ),
            Panel("Held-out perplexity", (("perplexity", "perplexity"),), "perplexity", 150, 30_000, log=True),
        )  # fmt: skip
        return panel_film(
            result.history,
            panels,
            generations=result.generations,
            theory=result.expected,
            height=3.2,
            **self.said,
        )

    @staticmethod
    def describe(result: TextChains, t: int) -> str:
        """Return a sentence about generation t."""
        if t == 0:
            return f"Generation 0: {result.corpus.name} itself, {result.alive[0].sum():,} types in the real passages."
        types, perplexity = (np.median(result.history[name][t - 1]) for name in ("types_alive", "perplexity"))
        chains = result.history["types_alive"].shape[1]
        whose = "" if chains == 1 else f"median of {chains} chains: "
        theory = "" if result.expected is None else f" (theory: {result.expected[t - 1]:,.0f})"
        return (
            f"Generation {t} of {result.corpus.name}, {result.writer}, under {result.history.regimes[0]}: "
            f"{whose}{types:,.0f} types are alive{theory}; perplexity of held-out real text {perplexity:,.0f}."
        )

    @staticmethod
    def beside(result: TextChains, t: int) -> str:
        """Return passages to read, with the words that are lost struck through."""
        corpus, alive = result.corpus, result.alive[t]
        masked = corpus.n_masked(result.read[0]) + (corpus.n_masked(result.read[t]) if t else 0)
        columns = _column("Real: words that are lost are struck", result.read[0], corpus, alive)
        if t:
            columns += _column(f"Written by the model of generation {t}", result.read[t], corpus, alive)
        notes = [_lost(result, t)] if t else []
        if masked:
            notes.append(f"Masked for display: {masked} word{'s' * (masked > 1)}.")
        return f'<div class="ce-passages">{columns}</div>' + "".join(f"<p>{escape(n)}</p>" for n in notes)

    @staticmethod
    def table(result: TextChains) -> pd.DataFrame:
        """Return living types and perplexity in a few generations: the median of the chains."""
        t = milestones(1, len(result.history["types_alive"]))
        types, perplexity = (
            written(np.median(result.history[name][t - 1], axis=1), ",.0f") for name in ("types_alive", "perplexity")
        )
        theory = ["–"] * len(t) if result.expected is None else written(result.expected[t - 1], ",.0f")
        return pd.DataFrame(
            {"generation": t, "types alive": types, "theory": theory, "held-out perplexity": perplexity}
        )

    @staticmethod
    def code(text: str, order: int, temperature: float, regime: str, generations: int, chains: int, seed: int) -> str:
        """Return Python that gives the same history."""
        return (
            f"from collapse_edu import {REGIMES[regime].family}, datasets, run\n"
            "from collapse_edu.measures import HeldOutPerplexity, types_alive\n"
            "from collapse_edu.models import NGram\n\n"
            f"corpus = datasets.{_TEXTS[text].__name__}(marks=True).passages()\n"
            "perplexity = HeldOutPerplexity(corpus.held_out, corpus.n_types)\n"
            'measures = {"types_alive": types_alive, "perplexity": perplexity}\n'
            f"model = NGram(order={order}, n_types=corpus.n_types, temperature={temperature})\n"
            f"history = run(model, corpus.source, {regime}, generations={generations}, chains={chains}, "
            f"measures=measures, seed={seed})\n"
            'history.summary("types_alive")'
        )


def _expected(corpus, temperature, regime, generations):
    """Return the expected number of living types of words alone (W6), or None where it does not apply."""
    if regime != "replace" or temperature != 1:
        return None
    return expected_types(np.bincount(corpus.real.ravel()), np.arange(1, generations + 1))


def _alive(rows, corpus):
    alive = np.zeros(corpus.n_types, dtype=bool)
    alive[rows] = True
    return alive


def _column(title, rows, corpus, alive):
    passages = "".join(f"<p>{_passage(row, corpus, alive)}</p>" for row in rows)
    return f"<div><b>{escape(title)}</b>{passages}</div>"


def _passage(row, corpus, alive):
    """Return a passage as HTML, its lost words struck through."""
    words = [(escape(corpus.display[token]), alive[token]) for token in row]
    text = " ".join(word if lives else f"<del>{word}</del>" for word, lives in words)
    return re.sub(r" ([.,;:!?])", r"\1", text)


def _lost(result, t):
    """Return a sentence that names the commonest types that were lost in a generation."""
    lost = np.flatnonzero(result.alive[t - 1] & ~result.alive[t])  # the commonest types have the lowest ids
    counts = np.bincount(result.corpus.real.ravel(), minlength=result.corpus.n_types)
    named = ", ".join(f"{result.corpus.display[word]} ({counts[word]})" for word in lost[:_NAMED])
    if not len(lost):
        return f"No type was lost in generation {t}."
    who = "1 type was" if len(lost) == 1 else f"{len(lost):,} types were"
    return f"{who} lost in generation {t}. The commonest, with their counts in real passages: {named}."
