"""Common mistakes with data and monitors, each as a short experiment: what was done, and what it does."""

from collections.abc import Sequence
from itertools import islice

import numpy as np
import pandas as pd
from scipy.stats import t as student

from collapse_edu.checks import generator, integer
from collapse_edu.datasets import moby_dick
from collapse_edu.ensemble import categorical_counts
from collapse_edu.loop.regimes import replace
from collapse_edu.loop.source import FiniteData
from collapse_edu.metrics import KneserNey
from collapse_edu.models import NGram
from collapse_edu.production.crawl import drifting_stream
from collapse_edu.production.monitoring.monitor import Monitor, fewest_documents
from collapse_edu.production.monitoring.statistics import STATISTICS, Reference
from collapse_edu.theory.drift import poisson_survival

__all__ = ["alert_on_the_mean", "deduplicated_tail", "limit_for_each", "limits_from_memory", "score_jumps"]

_WINDOW, _RATE, _WORDS, _EACH = 10, 0.05, 120, 50


def deduplicated_tail(rng: np.random.Generator, copies: int = 5, generations: int = 10) -> pd.DataFrame:
    """Remove duplicates from a crawl in which rare things were quoted, and count the rare words that survive.

    The words that *Moby-Dick* has once stand for facts of single documents; in the crawl, each such document was
    copied. Deduplication leaves one copy. Count models then learn from each other's texts under replace.

    Parameters
    ----------
    rng : numpy.random.Generator
    copies : int
        Of each rare document in the crawl, at least 2.
    generations : int
        At least 1.

    Returns
    -------
    pandas.DataFrame
        Copies of a rare word, and how many per cent of the rare words the last generation still writes; the mean of
        four chains, and theory.

    References
    ----------
    :func:`collapse_edu.theory.drift.poisson_survival`: a word's life is a matter of its count.

    Examples
    --------
    >>> deduplicated_tail(np.random.default_rng(0))
                   copies  surviving, in %  theory, in %
    crawl
    as it was           5           58            58
    no duplicates       1           16            16
    """
    copies, generations = integer("copies", copies, 2), integer("generations", generations, 1)
    counts = moby_dick().counts
    rows = {}
    for name, many in (("as it was", copies), ("no duplicates", 1)):
        start = np.where(counts == 1, many, counts)
        chains = categorical_counts(start, replace, chains=4, rng=generator(rng))
        survival = next(islice(chains, generations - 1, None)).survival[counts == 1].mean()
        rows[name] = (many, survival, poisson_survival(many, generations))
    table = pd.DataFrame(rows.values(), rows, columns=["copies", "surviving, in %", "theory, in %"])
    table.iloc[:, 1:] = (100 * table.iloc[:, 1:]).round()
    return table.astype(int).rename_axis("crawl")


def limits_from_memory(rng: np.random.Generator, repetitions: int = 10) -> pd.DataFrame:
    """Set control limits with the very documents that the reference remembers, and watch fresh real text.

    Windows of documents that the reference knows contain no new words and score well. Fresh text then looks like drift.

    Parameters
    ----------
    rng : numpy.random.Generator
    repetitions : int
        How many times the book is mixed anew, at least 1.

    Returns
    -------
    pandas.DataFrame
        The share of quiet windows that raise an alert, and the rate asked for.

    Examples
    --------
    >>> rates = limits_from_memory(np.random.default_rng(0), repetitions=2)["false alarms, in %"]
    >>> bool(rates["limits from the memory"] > 90 > 30 > rates["limits from other documents"])
    True
    """
    right, wrong = [], []
    for documents, fresh in _mixed(rng, repetitions):
        monitor = Monitor(documents, window=_WINDOW, false_alarms=_RATE)
        right += [reading.alert for reading in monitor.watch(fresh, at_once=20)]
        reference = Reference(documents)
        known, new = (reference.measure(_cut(part)) for part in (documents, fresh))
        centre, spread = known.mean(axis=0), np.maximum(known.std(axis=0, ddof=1), 1e-3)
        scores, others = (np.abs((values - centre) / spread).max(axis=1) for values in (known, new))
        wrong += (others > np.quantile(scores, 1 - _RATE, method="higher")).tolist()
    return _rates({"limits from other documents": right, "limits from the memory": wrong})


def limit_for_each(rng: np.random.Generator, repetitions: int = 10) -> pd.DataFrame:
    """Give each statistic a limit of its own at the rate asked for, and raise an alert if one of them is outside.

    Parameters
    ----------
    rng, repetitions
        As for :func:`limits_from_memory`.

    Returns
    -------
    pandas.DataFrame
        The share of quiet windows that raise an alert.

    Examples
    --------
    >>> rates = limit_for_each(np.random.default_rng(0), repetitions=4)["false alarms, in %"]
    >>> bool(rates["a limit for each"] > 2 * rates["one limit for all"])
    True
    """
    common, own = [], []
    for documents, fresh in _mixed(rng, repetitions):
        monitor = Monitor(documents, window=_WINDOW, false_alarms=_RATE)
        limits = np.array([monitor.limit_of(name) for name in STATISTICS])
        for reading in monitor.watch(fresh, at_once=20):
            common.append(reading.alert)
            own.append(bool((np.abs(reading.deviations) > limits).any()))
    return _rates({"one limit for all": common, "a limit for each": own})


def alert_on_the_mean(rng: np.random.Generator, repetitions: int = 10) -> pd.DataFrame:
    """Watch the mean score alone: in a stream that fills with text of others, and in one of the reference's own models.

    *Of other text*: the models learn from the stream, whose synthetic share grows to 100 %; the documents under watch
    are those of the last generation. Each trigram keeps its share of the text on average, so a scorer that learned
    other real text sees no direction, while the diversity falls. *Of the reference*: a trigram model that learned the
    reference's documents writes all of the stream. It repeats what the scorer knows, so the mean score is far too high
    at once, before anything is lost (see :func:`score_jumps`).

    Parameters
    ----------
    rng, repetitions
        As for :func:`limits_from_memory`.

    Returns
    -------
    pandas.DataFrame
        Of the streams, how many raise an alert in most of ten windows that are all synthetic. One row for what is
        watched, one column for what the models of the stream learned.

    Examples
    --------
    >>> found = alert_on_the_mean(np.random.default_rng(0), repetitions=2)
    >>> found["models of other text"].to_dict(), int(found.loc["the mean score", "models of the reference"])
    ({'all statistics': 2, 'the mean score': 0}, 2)
    """
    counts = {"models of other text": [0, 0], "models of the reference": [0, 0]}
    n_types, n = len(moby_dick().vocabulary), 10 * _WINDOW
    for documents, fresh in _mixed(rng, repetitions):
        monitor = Monitor(documents, window=_WINDOW, false_alarms=_RATE)
        source = FiniteData(fresh[:_EACH], reserve=fresh[_EACH:]).open(rng)
        grown = drifting_stream(NGram(3, n_types), source, rng, growth=0.2, n_samples=_EACH, generations=10)
        known = NGram(3, n_types).fit(documents).sample(n, rng.spawn(1)[0]).tolist()
        for learned, stream in zip(counts, (list(grown)[-n:], known), strict=True):
            for place, found in enumerate(_found(monitor, stream)):
                counts[learned][place] += found
    return pd.DataFrame(counts, ["all statistics", "the mean score"]).rename_axis(f"streams found, of {repetitions}")


def _found(monitor, stream):
    """Return whether most windows raise an alert: by all statistics together, and by the mean score alone.

    A single one may be a false alarm.
    """
    readings = list(monitor.fresh().watch(stream, at_once=len(stream)))
    place, limit = list(STATISTICS).index("log_probability"), monitor.limit_of("log_probability")
    alone = [abs(reading.deviations[place]) > limit for reading in readings]
    return [sum(alerts) > len(readings) / 2 for alerts in ([reading.alert for reading in readings], alone)]


def score_jumps(rng: np.random.Generator, repetitions: int = 10, generations: Sequence[int] = (1, 10)) -> pd.DataFrame:
    """Measure how far the mean score jumps when a stream turns from real to synthetic, by what its scorer has seen.

    A trigram model learns 150 documents of *Moby-Dick* and writes as many; under replace the next one learns those. Two
    smoothed trigram models score them, and 300 real documents that none of them has seen: one scorer learned the
    documents that the first model learned, the other one learned as many others. Each trigram keeps its share on
    average, so under both scorers the score of model text has no direction from generation to generation. But a model
    scores its own training text higher than new text, and the generator's text is made of that.

    Parameters
    ----------
    rng : numpy.random.Generator
    repetitions : int
        How many times the book is mixed anew, at least 2.
    generations : sequence of int
        Each at least 1.

    Returns
    -------
    pandas.DataFrame
        For each scorer and generation the mean jump, in standard deviations of real windows of ten documents, and the
        ends ``low`` and ``high`` of its 95 % interval over repetitions (Student's t).

    References
    ----------
    Shumailov et al. (2024), figure 1, score generated text under the first model of the chain.

    Examples
    --------
    >>> jumps = score_jumps(np.random.default_rng(0), repetitions=4)
    >>> bool(jumps.loc["the generator's training text", "low"].min() > 30)
    True
    >>> bool(jumps.loc["other real text", "jump"].abs().max() < 2)
    True
    """
    repetitions = integer("repetitions", repetitions, 2)
    generations = [integer("generations", t, 1) for t in generations]
    rows, n_types = _book()
    found = []
    for _ in range(repetitions):
        own, other, real = np.split(generator(rng).permutation(rows)[:600], [150, 300])
        scorers = {
            "the generator's training text": KneserNey(3, n_types).fit(own),
            "other real text": KneserNey(3, n_types).fit(other),
        }
        texts, text = {}, own
        for t in range(1, max(generations) + 1):
            texts[t] = text = NGram(3, n_types).fit(text).sample(len(own), rng)
        found.append(
            {(name, t): _jump(scorer, real, texts[t]) for name, scorer in scorers.items() for t in generations}
        )
    jumps = pd.DataFrame(found)
    jumps.columns = pd.MultiIndex.from_tuples(jumps.columns, names=["scorer learned", "generation"])
    half = student(repetitions - 1).ppf(0.975) * jumps.std() / np.sqrt(repetitions)
    return pd.DataFrame({"jump": jumps.mean(), "low": jumps.mean() - half, "high": jumps.mean() + half})


def _jump(scorer, real, synthetic):
    before, after = (
        scorer.log_probabilities(text).mean(axis=1).reshape(-1, _WINDOW).mean(axis=1) for text in (real, synthetic)
    )
    return (after.mean() - before.mean()) / before.std(ddof=1)


def _mixed(rng, repetitions):
    """Yield (reference, 400 fresh documents) of the mixed book, as lists of word numbers."""
    rows, _ = _book()
    n = fewest_documents(_WINDOW, _RATE) + 400
    for _ in range(integer("repetitions", repetitions, 1)):
        mixed = generator(rng).permutation(rows)
        yield mixed[:n].tolist(), mixed[n : n + 400].tolist()


def _book():
    """Return the documents of the book, and how many types it has."""
    book = moby_dick()
    return book.tokens[: len(book.tokens) // _WORDS * _WORDS].reshape(-1, _WORDS), len(book.vocabulary)


def _cut(documents):
    return [documents[i : i + _WINDOW] for i in range(0, len(documents) - _WINDOW + 1, _WINDOW)]


def _rates(raised):
    rows = {name: round(100 * float(np.mean(alerts)), 1) for name, alerts in raised.items()}
    table = pd.DataFrame({"false alarms, in %": rows, "asked for, in %": 100 * _RATE})
    return table.rename_axis("limits")
