"""Jobs on texts: which words go extinct, and when."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import fill

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from collapse_edu import datasets, measures
from collapse_edu.cli import UsageError, say
from collapse_edu.cli.models import Job
from collapse_edu.cli.samples import Samples
from collapse_edu.loop.chain import Generation
from collapse_edu.loop.source import FiniteData
from collapse_edu.models import Categorical, NGram

__all__ = ["PassageJob", "WordJob"]

_LENGTH = 64  # tokens of a passage
_HELD_OUT = 0.1
_FRESH = 0.45  # half of what is not held out
_FEWEST = 6  # passages: the least number of which a tenth is one


class _TextJob(Job):
    """What both jobs share: the fate of each word."""

    bytes_per_value = 85

    def __init__(self, text, counts):
        self.name = text.name
        self._vocabulary, self._display, self._counts = text.vocabulary, text.display, counts
        self._known, self._lacking = {}, {}

    def look(self, regime: str, generation: Generation) -> None:
        """Note which words the model of this generation knows, those of its training set, and which its text lacks."""
        chains, lacking = self._known.setdefault(regime, []), self._lacking.setdefault(regime, [])
        known = np.unique(generation.training)
        if generation.t == 1:
            chains.append(np.zeros(len(self._vocabulary), dtype=np.int32))
            lacking.append(0)
        chains[-1][known] = generation.t
        lacking[-1] = np.setdiff1d(np.flatnonzero(self._counts), generation.synthetic).size

    def noted(self, regime: str) -> dict[str, NDArray[np.generic]]:
        """Return the last generation of each chain and word, and what the last texts lack."""
        return {"known": np.array(self._known[regime]), "lacking": np.array(self._lacking[regime])}

    def recall(self, regime: str, noted: Mapping[str, NDArray[np.generic]]) -> None:
        """Take over what :meth:`noted` returned."""
        self._known[regime], self._lacking[regime] = list(noted["known"]), noted["lacking"].tolist()

    def keep(self, out: Path, regimes: Sequence[str]) -> None:
        """Write the fate of each word of the real set."""
        # The mark at the start tells spreadsheets that it is UTF-8.
        self._fates(regimes).to_csv(out / "words.csv", index=False, na_rep="alive", encoding="utf-8-sig")

    def _fates(self, regimes):
        """Return a table with one row for each regime and word of the real set."""
        parts = []
        for regime in regimes:
            known = np.array(self._known[regime])
            end = known.max()
            known = known[known.max(axis=1) == end]  # a chain that was stopped halfway is left out
            middle = np.sort(known, axis=0)[len(known) // 2]
            columns = {
                "regime": regime,
                "word": self._vocabulary,
                "count": self._counts,
                "lost_in": pd.array(middle, dtype="Int64"),
                "chains_lost": (known < end).sum(axis=0),
                "chains": len(known),
            }
            table = pd.DataFrame(columns)
            table["lost_in"] = table["lost_in"].mask(middle == end)
            parts.append(table[table["count"] > 0])
        return pd.concat(parts)

    def _lacks(self, regime):
        """Return how many words the last text of each chain lacks; a chain that was stopped halfway is left out."""
        last = [known.max() for known in self._known[regime]]
        return [lacks for lacks, t in zip(self._lacking[regime], last, strict=True) if t == max(last)]

    def tell(self, regimes: Sequence[str]) -> Iterator[str]:
        """Yield what a reader wants to know first, regime by regime."""
        for regime, words in self._fates(regimes).groupby("regime", sort=False):
            end = max(known.max() for known in self._known[regime])
            chains = words["chains"].iloc[0]
            forgotten = words["chains_lost"].sum() / chains
            many = f" (mean of {chains:,} chains)" if chains > 1 else ""
            yield (
                f"Under {regime}, the model of generation {end} has forgotten "
                f"{forgotten:,.0f} of {len(words):,} words{many}. Its text lacks {np.mean(self._lacks(regime)):,.0f}."
            )
            gone = words.dropna(subset="lost_in")
            if len(gone):
                first = gone[gone["lost_in"] == gone["lost_in"].min()]
                some = (_isolated(self._display[i]) for i in first.index[:: -(-len(first) // 6)])
                yield f"  Among the first to go, after generation {first['lost_in'].min()}: {', '.join(some)}."
                top = gone["count"].idxmax()
                count, lost_in = gone.loc[top, ["count", "lost_in"]]
                word = _isolated(self._display[top])
                yield f"  The commonest to go: {word} (count {count:,}), after generation {lost_in}."


class WordJob(_TextJob):
    """The words of a text, order forgotten.

    Parameters
    ----------
    data : str
        Name of a text, or path of a file.
    fresh : bool
        Whether a random half of the words is held back as fresh real data.
    seed : int
        Of this random half.
    """

    files = ("words.csv",)

    def __init__(self, data: str, fresh: bool, seed: int) -> None:
        text = _read(data)
        self.source = text.source
        if fresh:
            tokens = np.random.default_rng(seed).permutation(text.tokens)[:, None]
            half = len(tokens) // 2
            self.source = FiniteData(tokens[half:], tokens[:half])
        super().__init__(text, np.bincount(self.source.real[:, 0], minlength=len(text.vocabulary)))
        self.model = Categorical(n_types=len(text.vocabulary))
        self.measures = measures.usual(self.model)
        self.says = f"{text.name}: {len(text.tokens):,} words, {len(text.vocabulary):,} different"
        self.held_back = f"as fresh: {len(self.source.reserve):,}"


class PassageJob(_TextJob):
    """Passages of a text, which a model of n-grams learns and writes.

    Parameters
    ----------
    order : int
        Tokens of an n-gram, at least 1.
    data : str
        Name of a text, or path of a file.
    fresh : bool
        Whether a half of the passages that are not held out is kept as fresh real data.
    temperature : float
        Of :class:`collapse_edu.models.NGram`.
    """

    files = ("words.csv", "passages.txt")
    _SHOWN = 3

    def __init__(self, order: int, data: str, fresh: bool, temperature: float = 1.0) -> None:
        text = _read(data, marks=True)
        if len(text.tokens) < _FEWEST * _LENGTH:
            raise UsageError(
                f"{text.name} must have at least {_FEWEST * _LENGTH} words and marks for this model, {_FEWEST} "
                f"passages of {_LENGTH}; got {len(text.tokens)}"
            )
        passages = text.passages(_LENGTH, held_out=_HELD_OUT, reserve=_FRESH if fresh else 0.0)
        super().__init__(passages, np.bincount(passages.real.ravel(), minlength=passages.n_types))
        self.source = passages.source
        self.model = NGram(order, n_types=passages.n_types, temperature=temperature)
        self.measures = {
            "types_alive": measures.types_alive,
            "held_out_perplexity": measures.HeldOutPerplexity(passages.held_out, passages.n_types, order),
        }
        self.says = f"{text.name}: {len(text.tokens):,} words and marks, {len(text.vocabulary):,} different"
        self.held_back = f"to score: {len(passages.held_out):,}, as fresh: {len(passages.reserve):,}"
        self._passages, self._samples = passages, Samples(self._SHOWN)

    def look(self, regime: str, generation: Generation) -> None:
        """Note which words the model knows, and keep some passages of the first chain."""
        super().look(regime, generation)
        self._samples.look(regime, generation)

    def noted(self, regime: str) -> dict[str, NDArray[np.generic]]:
        """Return what a job on words notes, and the passages."""
        passages = {f"passages/{t}": rows for t, rows in self._samples.noted(regime).items()}
        return super().noted(regime) | passages

    def recall(self, regime: str, noted: Mapping[str, NDArray[np.generic]]) -> None:
        """Take over what :meth:`noted` returned."""
        super().recall(regime, noted)
        start = "passages/"
        passages = {name.removeprefix(start): rows for name, rows in noted.items() if name.startswith(start)}
        self._samples.recall(regime, passages)

    def keep(self, out: Path, regimes: Sequence[str]) -> None:
        """Write the fate of each word, and passages of the first, middle and last generation."""
        super().keep(out, regimes)
        shown = {"real": self._passages.real[: self._SHOWN]} | self._samples.shown(regimes)
        masked = sum(map(self._passages.n_masked, shown.values()))
        parts = [f"{self.name}: passages of {_LENGTH} words and marks. Masked as unfit for a class: {masked} words."]
        for caption, rows in shown.items():
            parts += [f"== {caption} ==", *(fill(self._passages.read(row), width=100) for row in rows)]
        (out / "passages.txt").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _read(data: str, **settings: bool) -> datasets.Text:
    """Return the text; say on a line each what its reader should know."""
    known = datasets.DATA_SETS.get(data)
    text = known.load(**settings) if known else datasets.read_text(data, **settings)
    for remark in text.remarks:
        say(f"{text.name}: {remark}", 0)
    return text


def _isolated(word):
    """Return a word that keeps its place in a sentence of the other direction."""
    rtl = any(unicodedata.bidirectional(c) in ("R", "AL") for c in word)
    return f"\u2068{word}\u2069" if rtl else word
