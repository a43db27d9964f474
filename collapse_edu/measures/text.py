"""What generated text shows: perplexity both ways, variety, repetition, what is left of a minority source.

Rows are passages: types, the same number of tokens in each. Objects here keep what they need and can be sent to other
processes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from collapse_edu import metrics
from collapse_edu.checks import Generation, Source
from collapse_edu.measures.contract import takes_generation

__all__ = ["Distinct", "HeldOutPerplexity", "MinorityShare", "Repetition", "SelfPerplexity", "vocabulary_survival"]


@dataclass(frozen=True)
class Distinct:
    """Different n-grams over n-grams of the synthetic passages, as a measure.

    Parameters
    ----------
    n : int
        At least 1, at most the length of a passage.

    References
    ----------
    See :func:`collapse_edu.metrics.distinct_n`.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> Distinct(1)(SimpleNamespace(synthetic=np.array([[0, 0, 0, 1]])), None)
    0.5
    """

    n: int = 2

    def __call__(self, generation: Generation, source: Source) -> float:
        return metrics.distinct_n(generation.synthetic, self.n)


@dataclass(frozen=True)
class Repetition:
    """Share of n-grams that repeat an earlier one of the same synthetic passage, as a measure.

    Parameters
    ----------
    n : int
        At least 1, at most the length of a passage.

    References
    ----------
    See :func:`collapse_edu.metrics.repetition`.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> Repetition(1)(SimpleNamespace(synthetic=np.array([[0, 0, 0, 1]])), None)
    0.5
    """

    n: int = 4

    def __call__(self, generation: Generation, source: Source) -> float:
        return metrics.repetition(generation.synthetic, self.n)


@takes_generation
def vocabulary_survival(generation: Generation, source: Source) -> float:
    """Return the share of the real types that the synthetic passages still contain.

    Parameters
    ----------
    generation : Generation
    source : Source

    Returns
    -------
    float
        From 0 to 1.
    """
    return metrics.vocabulary_survival(source.real, generation.synthetic)


class HeldOutPerplexity:
    """Perplexity of real, held-out passages under the model of each generation, smoothed for scoring.

    A smoothed model is fitted to the *training* set of the generation: real passages for t = 1, those of generation
    t - 1 under replace. Nothing is sampled from it. Weights that a regime gives to rows are not used.

    Parameters
    ----------
    held_out : array of int, shape (m, length)
        Real passages that no model was trained on.
    n_types : int
        Size of the vocabulary.
    order : int
        Tokens of an n-gram, at least 1.

    References
    ----------
    See :class:`collapse_edu.metrics.KneserNey` and :func:`collapse_edu.metrics.perplexity`.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> held_out = np.array([[0, 1, 0, 1]])
    >>> perplexity = HeldOutPerplexity(held_out, n_types=3, order=2)
    >>> same, other = SimpleNamespace(training=held_out), SimpleNamespace(training=np.array([[2, 2, 1, 1]]))
    >>> perplexity(same, None) < perplexity(other, None)
    True
    """

    def __init__(self, held_out: ArrayLike, n_types: int, order: int = 3) -> None:
        self.held_out = held_out
        self.n_types = n_types
        self.order = order

    def __call__(self, generation: Generation, source: Source) -> float:
        model = _smoothed(generation.training, self.n_types, self.order)
        return metrics.perplexity(model.log_probabilities(self.held_out))


class SelfPerplexity:
    """Perplexity of the synthetic passages of each generation under a smoothed model of real ones.

    Low means: the real model finds nothing surprising, be it fluent or monotonous.

    Parameters
    ----------
    real : array of int, shape (m, length)
        Real passages: what the model of generation 1 was trained on.
    n_types : int
        Size of the vocabulary.
    order : int
        Tokens of an n-gram, at least 1.

    References
    ----------
    Shumailov et al. (2024), figure 1: perplexity of generated data under the model that was trained on real data.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> perplexity = SelfPerplexity(np.array([[0, 1, 0, 1], [0, 1, 2, 2]]), n_types=3, order=2)
    >>> dull, odd = (SimpleNamespace(synthetic=np.array([row])) for row in ([0, 1, 0, 1], [2, 0, 0, 2]))
    >>> perplexity(dull, None) < perplexity(odd, None)
    True
    """

    def __init__(self, real: ArrayLike, n_types: int, order: int = 3) -> None:
        self.model = _smoothed(real, n_types, order)

    def __call__(self, generation: Generation, source: Source) -> float:
        return metrics.perplexity(self.model.log_probabilities(generation.synthetic))


class MinorityShare:
    """What is left of a minority source in the synthetic passages: by passages, and by tokens.

    Parameters
    ----------
    rows : array of int, shape (m, length)
        Real passages of both sources.
    minority : array of bool, shape (m,)
        Which of them come from the minority; some must, and some must not.
    n_types : int, optional
        Size of the vocabulary; that of ``rows``, if not given.

    Attributes
    ----------
    accuracy_ : float
        Share of real passages that a classifier gets right which learned every other one of the rest.
    real_share_ : float
        Share of the minority among the real passages.

    References
    ----------
    McCallum and Nigam (1998), the multinomial naive Bayes classifier of word counts.

    Examples
    --------
    >>> whales, taxes = np.tile([[0, 1, 2, 0]], (30, 1)), np.tile([[3, 3, 4, 0]], (10, 1))
    >>> share = MinorityShare(np.vstack([whales, taxes]), np.repeat([False, True], [30, 10]))
    >>> share.accuracy_, share.of_passages([[0, 3, 3, 4], [0, 0, 1, 1]])
    (1.0, 0.5)
    """

    def __init__(self, rows: ArrayLike, minority: ArrayLike, n_types: int | None = None) -> None:
        rows, minority = np.asarray(rows), np.asarray(minority)
        if minority.dtype != bool or minority.shape != (len(rows),) or minority.all() or not minority.any():
            raise ValueError(f"minority must be {len(rows)} times True or False, and both of them must occur")
        from sklearn.naive_bayes import MultinomialNB

        self.n_types = int(rows.max()) + 1 if n_types is None else n_types
        counts = self._counts(rows)
        halves = np.arange(len(rows)) % 2 == 0
        right = [
            MultinomialNB().fit(counts[half], minority[half]).score(counts[~half], minority[~half])
            for half in (halves, ~halves)
        ]
        self.accuracy_ = float(np.mean(right))
        self.real_share_ = float(minority.mean())
        self.classifier = MultinomialNB().fit(counts, minority)
        all_tokens = np.bincount(rows.ravel(), minlength=self.n_types)
        of_minority = np.bincount(rows[minority].ravel(), minlength=self.n_types)
        self._share_of_type = of_minority / np.maximum(all_tokens, 1)
        self._known = all_tokens > 0

    def _counts(self, rows):
        """Return how often each type occurs in each row, sparse; shape (m, n_types)."""
        from scipy.sparse import csr_array

        rows = np.asarray(rows)
        starts = np.arange(0, rows.size + 1, rows.shape[1])
        counts = csr_array((np.ones(rows.size), rows.ravel(), starts), shape=(len(rows), self.n_types))
        counts.sum_duplicates()
        return counts

    def of_passages(self, rows: ArrayLike) -> float:
        """Return the share of passages that the classifier gives to the minority, from 0 to 1."""
        return float(self.classifier.predict(self._counts(rows)).mean())

    def of_tokens(self, rows: ArrayLike) -> float:
        """Return the expected share of tokens from the minority, if each type's real share of it stays; 0 to 1.

        Types that no real passage contains are left out. Under drift the expectation of this share stands still.

        Raises
        ------
        ValueError
            If no token is left.
        """
        tokens = np.asarray(rows).ravel()
        known = tokens[self._known[tokens]]
        if not known.size:
            raise ValueError(
                f"rows must contain types of the real passages; got {tokens.size} tokens, none of such a type"
            )
        return float(self._share_of_type[known].mean())

    def passages(self, generation: Generation, source: Source) -> float:
        """Return the share of synthetic passages that the classifier gives to the minority, from 0 to 1."""
        return self.of_passages(generation.synthetic)

    def tokens(self, generation: Generation, source: Source) -> float:
        """Return the expected share of synthetic tokens from the minority, from 0 to 1."""
        return self.of_tokens(generation.synthetic)


def _smoothed(rows, n_types, order):
    return metrics.KneserNey(order=order, n_types=n_types).fit(rows)
