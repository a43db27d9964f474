"""The explorer of M5: n-gram models of a text."""

from dataclasses import dataclass
from functools import lru_cache
from html import escape

import numpy as np
import pandas as pd

from collapse_edu.checks import number
from collapse_edu.course.explorers.controls import REGIMES, dropdown, number_box, slider_with_box, switch
from collapse_edu.course.explorers.explorer import Explorer
from collapse_edu.course.films import Panel, panel_film
from collapse_edu.datasets import Passages, moby_dick, state_of_the_union
from collapse_edu.loop.chain import watch
from collapse_edu.loop.history import History
from collapse_edu.measures import HeldOutPerplexity, types_alive
from collapse_edu.models import NGram
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
        Metrics ``types_alive`` and ``perplexity``.
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
    read: list
    alive: list
    expected: np.ndarray | None
    writer: str


@lru_cache(maxsize=2)
def _corpus(text):
    """Cut a text once: it takes longer than a generation."""
    return _TEXTS[text](marks=True).passages()


class TextExplorer(Explorer):
    """Explore text collapse: text, order, temperature, regime, generations, chains, seed.

    The first model learns 90 % of the text, in passages of 64 tokens. The rest is held out for scoring.

    Parameters
    ----------
    prediction : float, optional
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

    def __init__(self, prediction=None, **settings):
        self._prediction = None if prediction is None else number("prediction", prediction, 0, np.inf)
        super().__init__(**settings)

    def controls(self):
        """Return the controls of all parameters, by name."""
        generations = slider_with_box("generations", value=20, low=5, high=40, width="150px")
        return {
            "text": dropdown("text", list(_TEXTS), width="230px"),
            "order": dropdown("order", _ORDERS, value=3, width="230px"),
            "temperature": number_box("temperature", value=1.0, low=0.5, high=1.5, step=0.1),
            "regime": switch("replace", "accumulate", "anchor", "preserve(0.1)"),
            "generations": generations,
            "chains": dropdown("chains", [1, 4]),
            "seed": number_box("seed", value=1, low=0, high=99_999),
        }

    @staticmethod
    def compute(text, order, temperature, regime, generations, chains, seed):
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
            metrics={"types_alive": types_alive, "perplexity": HeldOutPerplexity(corpus.held_out, corpus.n_types)},
            seed=seed,
        ):
            if turn.chain == 0:
                read.append(turn.generation.synthetic[:_READ].copy())
                alive.append(_alive(turn.generation.synthetic, corpus))
            so_far = turn.history and TextChains(
                turn.history, corpus, generations, list(read), list(alive), expected, writer
            )  # fmt: skip
            yield turn.share, so_far
        return so_far

    def film(self, result):
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
            prediction=self._prediction,
        )

    @staticmethod
    def describe(result, t):
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
    def beside(result, t):
        """Return passages to read, and the words that were lost in this generation."""
        corpus = result.corpus
        masked = corpus.n_masked(result.read[0]) + (corpus.n_masked(result.read[t]) if t else 0)
        columns = _column("Real passages", result.read[0], corpus)
        if t:
            columns += _column(f"Written by the model of generation {t}", result.read[t], corpus)
        notes = [_lost(result, t)] if t else []
        if masked:
            notes.append(f"Masked for display: {masked} word{'s' * (masked > 1)}.")
        return f'<div style="display:flex;gap:2em">{columns}</div>' + "".join(f"<p>{escape(n)}</p>" for n in notes)

    @staticmethod
    def table(result):
        """Return living types and perplexity in a few generations: the median of the chains."""
        t = np.unique(np.linspace(1, len(result.history["types_alive"]), 6).round().astype(int))
        types, perplexity = (
            [f"{value:,.0f}" for value in np.median(result.history[name][t - 1], axis=1)]
            for name in ("types_alive", "perplexity")
        )
        theory = ["–"] * len(t) if result.expected is None else [f"{value:,.0f}" for value in result.expected[t - 1]]
        return pd.DataFrame(
            {"generation": t, "types alive": types, "theory": theory, "held-out perplexity": perplexity}
        )

    @staticmethod
    def code(text, order, temperature, regime, generations, chains, seed):
        """Return Python that gives the same history."""
        return (
            f"from collapse_edu import {regime.partition('(')[0]}, datasets, run\n"
            "from collapse_edu.measures import HeldOutPerplexity, types_alive\n"
            "from collapse_edu.models import NGram\n\n"
            f"corpus = datasets.{_TEXTS[text].__name__}(marks=True).passages()\n"
            "perplexity = HeldOutPerplexity(corpus.held_out, corpus.n_types)\n"
            'metrics = {"types_alive": types_alive, "perplexity": perplexity}\n'
            f"model = NGram(order={order}, n_types=corpus.n_types, temperature={temperature})\n"
            f"history = run(model, corpus.source, {regime}, generations={generations}, chains={chains}, "
            f"metrics=metrics, seed={seed})\n"
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


def _column(title, rows, corpus):
    passages = "".join(f"<p>{escape(corpus.read(row))}</p>" for row in rows)
    return f'<div style="flex:1"><p><b>{escape(title)}</b></p>{passages}</div>'


def _lost(result, t):
    """Return a sentence that names the commonest types that were lost in a generation."""
    lost = np.flatnonzero(result.alive[t - 1] & ~result.alive[t])  # the commonest types have the lowest ids
    counts = np.bincount(result.corpus.real.ravel(), minlength=result.corpus.n_types)
    named = ", ".join(f"{result.corpus.display[each]} ({counts[each]})" for each in lost[:_NAMED])
    if not len(lost):
        return f"No type was lost in generation {t}."
    who = "1 type was" if len(lost) == 1 else f"{len(lost):,} types were"
    return f"{who} lost in generation {t}. The commonest, with their counts in real passages: {named}."
