"""Common mistakes with data and monitors, each as a short experiment: what was done, and what it does."""

from itertools import islice

import numpy as np
import pandas as pd

from collapse_edu.checks import generator, integer
from collapse_edu.datasets import moby_dick
from collapse_edu.ensemble import categorical_counts
from collapse_edu.loop.regimes import replace
from collapse_edu.loop.source import FiniteData
from collapse_edu.models import NGram
from collapse_edu.production.crawl import drifting_stream
from collapse_edu.production.monitor import Monitor, fewest_documents
from collapse_edu.production.statistics import STATISTICS, Reference
from collapse_edu.theory.drift import poisson_survival

__all__ = ["alert_on_the_mean", "deduplicated_tail", "limit_for_each", "limits_from_memory"]

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
    """Watch the mean score alone while the synthetic share of a stream grows to 100 %.

    Parameters
    ----------
    rng, repetitions
        As for :func:`limits_from_memory`.

    Returns
    -------
    pandas.DataFrame
        Of the streams, how many raise an alert in their last ten windows, which are all synthetic.

    Examples
    --------
    >>> found = alert_on_the_mean(np.random.default_rng(0), repetitions=2)["streams found, of 2"]
    >>> bool(found["all statistics"] > found["the mean score"])
    True
    """
    found = {"all statistics": 0, "the mean score": 0}
    place = list(STATISTICS).index("log_probability")
    n_types = len(moby_dick().vocabulary)
    for documents, fresh in _mixed(rng, repetitions):
        monitor = Monitor(documents, window=_WINDOW, false_alarms=_RATE)
        source = FiniteData(fresh[:_EACH], reserve=fresh[_EACH:]).open(rng)
        stream = drifting_stream(NGram(3, n_types), source, rng, growth=0.2, n_samples=_EACH, generations=10)
        last = list(monitor.watch(stream, at_once=50))[-10:]
        limit = monitor.limit_of("log_probability")
        # More than half of the windows: a single one may be a false alarm.
        found["all statistics"] += sum(reading.alert for reading in last) > 5
        found["the mean score"] += sum(abs(reading.deviations[place]) > limit for reading in last) > 5
    table = pd.DataFrame({f"streams found, of {repetitions}": found})
    return table.rename_axis("watched")


def _mixed(rng, repetitions):
    """Yield (reference, 400 fresh documents) of the mixed book, as lists of word numbers."""
    book = moby_dick()
    rows = book.tokens[: len(book.tokens) // _WORDS * _WORDS].reshape(-1, _WORDS)
    n = fewest_documents(_WINDOW, _RATE) + 400
    for _ in range(integer("repetitions", repetitions, 1)):
        mixed = generator(rng).permutation(rows)
        yield mixed[:n].tolist(), mixed[n : n + 400].tolist()


def _cut(documents):
    return [documents[i : i + _WINDOW] for i in range(0, len(documents) - _WINDOW + 1, _WINDOW)]


def _rates(raised):
    rows = {name: round(100 * float(np.mean(alerts)), 1) for name, alerts in raised.items()}
    table = pd.DataFrame({"false alarms, in %": rows, "asked for, in %": 100 * _RATE})
    return table.rename_axis("limits")
