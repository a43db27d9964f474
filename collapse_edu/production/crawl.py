"""Synthetic exhaust: what models write goes back into the crawl that the next models learn from."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from collapse_edu import checks
from collapse_edu.checks import integer
from collapse_edu.estimator import copied
from collapse_edu.loop import chain
from collapse_edu.loop.regimes import contaminated
from collapse_edu.loop.source import Source

__all__ = ["Crawl", "drifting_stream", "exhaust"]


@dataclass(frozen=True, eq=False)
class Crawl:
    """What was written in one year, by people and by the last model; and the model that learned from it.

    Attributes
    ----------
    t : int
        The year, from 1 on. In year 1 there is no model yet, and all documents are real.
    documents : ndarray, shape (n, n_features)
        In random order.
    is_real : ndarray of bool, shape (n,)
    model : model
        Fitted to the documents.
    """

    t: int
    documents: np.ndarray
    is_real: NDArray[np.bool_]
    model: checks.Model

    @property
    def share(self) -> float:
        """Synthetic share of the crawl, from 0 to 1."""
        return float(1 - self.is_real.mean())


@checks.renamed(synthetic="n_samples")
def exhaust(
    model: checks.Model, source: Source, human: int, n_samples: Sequence[int], rng: np.random.Generator
) -> Iterator[Crawl]:
    """Yield one crawl for each year: people write as much as ever, models write more and more.

    Each year's model learns from the crawl of its year, and writes the synthetic part of the next one, and nothing
    else. How likely that part holds a rare word: :func:`~collapse_edu.theory.immigration.probability_kept`, with
    ``samples_per_row``: n_samples divided by the documents that the model learned from. The crawl grows.

    For a crawl of a fixed size, in which synthetic documents push real ones out, see
    :class:`~collapse_edu.loop.regimes.contaminated`.

    Parameters
    ----------
    model : model
        Copied for each year.
    source : Source
        The real documents are its fresh ones.
    human : int
        Real documents of each year, at least 1.
    n_samples : sequence of int
        How many documents the last model writes for the years 2, 3, …; each at least 0.
    rng : numpy.random.Generator

    Yields
    ------
    Crawl
        For years 1 to len(n_samples) + 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind; later, if no fresh human data are left.

    Examples
    --------
    >>> from collapse_edu import Gaussian
    >>> from collapse_edu.loop.source import normal
    >>> rng = np.random.default_rng(0)
    >>> years = exhaust(Gaussian(), normal(1).open(rng), human=100, n_samples=[0, 25, 100, 300], rng=rng)
    >>> [round(crawl.share, 2) for crawl in years]
    [0.0, 0.0, 0.2, 0.5, 0.75]
    """
    checks.model(model)
    checks.source(source)
    checks.generator(rng)
    human = integer("human", human, 1)
    amounts = [0, *(integer("n_samples", amount, 0) for amount in n_samples)]
    learner: Any = None
    for t, amount in enumerate(amounts, 1):
        parts = [source.draw(human, rng)] + ([learner.sample(amount, rng)] if learner and amount else [])
        is_real = np.repeat([True, False], [human, amount])
        order = rng.permutation(human + amount)
        documents = np.concatenate(parts)[order]
        learner = copied(model).fit(documents)
        yield Crawl(t, documents, is_real[order], learner)


@checks.renamed(each="n_samples", generations_made="generations")
def drifting_stream(
    model: checks.Model,
    source: Source,
    rng: np.random.Generator,
    *,
    growth: float,
    n_samples: int,
    generations: int,
) -> Iterator[list]:
    """Return a stream of documents in which the synthetic share grows from generation to generation.

    The first two generations are real. Then the share grows by ``growth`` in each; every model learns from the last
    generation. Once all is synthetic, this is the regime *replace*.

    Parameters
    ----------
    model : model
    source : Source
        ``source.real`` is the first generation; the others take its fresh documents.
    rng : numpy.random.Generator
    growth : float
        From 0 (nothing changes) to 1.
    n_samples : int
        Documents that each model writes, at least 1. The next generation has as many: the synthetic share of them, and
        fresh real ones.
    generations : int
        How many generations, at least 1.

    Yields
    ------
    list
        One document: the tokens of a row.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range; later, if no fresh human data are left.

    Examples
    --------
    >>> from collapse_edu.models import NGram
    >>> from collapse_edu.loop.source import FiniteData
    >>> rng = np.random.default_rng(0)
    >>> source = FiniteData(np.arange(12).reshape(4, 3), reserve=np.arange(12, 24).reshape(4, 3)).open(rng)
    >>> documents = list(drifting_stream(NGram(2), source, rng, growth=1.0, n_samples=4, generations=3))
    >>> len(documents), sorted(documents[4:8])[0], max(map(max, documents[8:])) <= 23
    (12, [12, 13, 14], True)
    """
    regime = contaminated(0.0, growth)
    steps = chain.generations(model, source, regime, rng, integer("n_samples", n_samples, 1))
    made = itertools.islice(steps, integer("generations", generations, 1))
    return itertools.chain.from_iterable(rng.permutation(step.training).tolist() for step in made)
