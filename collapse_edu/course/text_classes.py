"""A counted and a real language model in the same loop, on the same speeches, with one set of measures."""

from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from collapse_edu.checks import Generation, Source
from collapse_edu.datasets import recorded_writer, state_of_the_union
from collapse_edu.loop.chain import run
from collapse_edu.loop.history import History
from collapse_edu.loop.regimes import preserve, replace
from collapse_edu.loop.source import FiniteData
from collapse_edu.measures import HeldOutPerplexity
from collapse_edu.models import NGram

__all__ = ["MEASURES", "text_classes"]

MEASURES = {
    "held_out_perplexity": "perplexity of real text",
    "distinct_words": "different words",
    "repeated_phrases": "repeated phrases",
}
_REGIMES = {"replace": replace, "preserve(0.5)": preserve(0.5)}
_N, _LENGTH, _WORDS, _CHAINS = 96, 64, 4000, 10  # passages and words as in the recorded chains


@cache
def text_classes(temperature: float = 0.7) -> dict[str, dict[str, History]]:
    """Return the chains of a trigram model and of a real language model, by regime.

    The trigram model is run here, in about two seconds; the real one, SmolLM2-135M, is replayed. Both learn 96 passages
    of the first State of the Union addresses. A passage of the one is 64 words, of the other 64 tokens after a prompt.
    The trigram model cannot score real text that it has not seen, so its perplexity is that of a smoothed model of its
    training set.

    Parameters
    ----------
    temperature : {0.7, 1.0}
        Of sampling, for both; at 1 there is only *replace*.

    Returns
    -------
    dict of dict of History
        Regime → name of the class → its chains, with the measures ``held_out_perplexity``, ``distinct_words`` (in 4,000
        words) and ``repeated_phrases``.

    Examples
    --------
    >>> list(text_classes()["replace"])
    ['trigram', 'SmolLM2']
    """
    recorded, groups = recorded_writer(), {}
    for name, regime in _REGIMES.items():
        arm = f"{name}, T = {temperature:g}"
        if arm in recorded.arms:
            last = recorded.generations[arm]
            values = {(name, measure): recorded.history.values[arm, measure][:last] for measure in MEASURES}
            trigram = _trigram(regime, temperature, last)
            groups[name] = {"trigram": trigram, "SmolLM2": History(values, recorded.settings)}
    return groups


def _trigram(regime, temperature, generations):
    text = state_of_the_union()
    passages = text.passages(_LENGTH, held_out=0.1)
    chosen = np.random.default_rng(0).permutation(len(passages.real))[:_N]
    measures = {
        "held_out_perplexity": HeldOutPerplexity(passages.held_out, passages.n_types),
        "distinct_words": _distinct_words,
        "repeated_phrases": _repeated_phrases,
    }
    model = NGram(3, passages.n_types, temperature)
    data = FiniteData(passages.real[chosen])
    return run(model, data, regime, generations=generations, chains=_CHAINS, measures=measures, seed=1)


def _first_words(rows: ArrayLike) -> np.ndarray:
    """Return the passages within the first 4,000 words."""
    return np.asarray(rows)[: _WORDS // _LENGTH]


def _distinct_words(generation: Generation, source: Source) -> float:
    return len(np.unique(_first_words(generation.synthetic)))


def _repeated_phrases(generation: Generation, source: Source) -> float:
    rows = _first_words(generation.synthetic)
    phrases = np.lib.stride_tricks.sliding_window_view(rows, 4, axis=1).reshape(-1, 4)
    return 1 - len(np.unique(phrases, axis=0)) / len(phrases)
