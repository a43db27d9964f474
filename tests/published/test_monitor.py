"""The drift monitor on Moby-Dick: false alarms against the rate asked for, and how soon it sees a drift.

    python -m pytest -s tests/published/test_monitor.py

Each of the 1,000 replicates mixes the book anew: 1,238 documents of 120 words are the reference, 100 others a stream in
which nothing changes, and the rest feeds a stream whose synthetic share grows.
"""

from functools import cache

import numpy as np
import pytest
from joblib import Parallel, delayed
from literature import compare, observe
from scipy.stats import beta

from collapse_edu.datasets import moby_dick
from collapse_edu.loop.source import FiniteData
from collapse_edu.models import NGram
from collapse_edu.production import Monitor, drifting_stream, fewest_documents
from collapse_edu.production.monitoring.statistics import STATISTICS

REPLICATES, WORDS, WINDOW, RATE = 1000, 120, 10, 0.01
QUIET, EACH, GENERATIONS = 100, 50, 12  # documents of a null stream; of a generation; generations of a drifting one
CHANGE = 2 * EACH // WINDOW  # windows before the first synthetic document


@cache
def book():
    """Return the documents of the book, and how many types it has."""
    text = moby_dick()
    return text.tokens[: len(text.tokens) // WORDS * WORDS].reshape(-1, WORDS), len(text.vocabulary)


def replicate(seed):
    """Return deviations of the null windows and of the drifting ones, and the limits of four monitors."""
    rng = np.random.default_rng([8, seed])
    rows, n_types = book()
    rows = rng.permutation(rows)
    n = fewest_documents(WINDOW, RATE)
    monitor = Monitor(rows[:n].tolist(), window=WINDOW, false_alarms=RATE, seed=seed)
    real = rows[n + QUIET :]
    source = FiniteData(real[:EACH], reserve=real[EACH:]).open(rng)
    model = NGram(order=3, n_types=n_types)
    stream = drifting_stream(model, source, rng, growth=0.2, n_samples=EACH, generations=GENERATIONS)
    quiet = [reading.deviations for reading in monitor.watch(rows[n : n + QUIET].tolist(), at_once=10)]
    drift = [reading.deviations for reading in monitor.watch(stream, at_once=60)]
    limits = {"all": monitor.limit} | {name: monitor.limit_of(name) for name in STATISTICS}
    return np.array(quiet), np.array(drift), limits


@pytest.fixture(scope="module")
def replicates():
    quiet, drift, limits = zip(*Parallel(n_jobs=2)(map(delayed(replicate), range(REPLICATES))), strict=True)
    return np.array(quiet), np.array(drift), {key: np.array([each[key] for each in limits]) for key in limits[0]}


def alerts(deviations, limits, name):
    """Return which windows raise an alert in a monitor of one statistic, or of all."""
    columns = slice(None) if name == "all" else [list(STATISTICS).index(name)]
    return np.abs(deviations[:, :, columns]).max(axis=2) > limits[name][:, None]


def delays(raised):
    """Return how many windows pass until the first alert, the last one counted; infinity if there is none."""
    return np.where(raised.any(axis=1), raised.argmax(axis=1) + 1, np.inf)


@pytest.mark.parametrize("name", ["all", "distinct_2", "tail_recall", "log_probability"])
def test_false_alarms_are_as_many_as_asked_for(replicates, name):
    quiet, _, limits = replicates
    rates = alerts(quiet, limits, name).mean(axis=1)
    error = rates.std(ddof=1) / np.sqrt(REPLICATES)  # windows of one reference are not independent
    assert 4 * error < RATE / 2  # enough replicates to see a rate that is wrong by half
    setting = f"{REPLICATES:,} null streams of 10 windows, monitor of {name}"
    compare("M8", "false alarms, exchangeable ranks", setting, RATE, rates.mean(), error=error)


def test_rates_of_single_references_follow_their_law(replicates):
    """The number of alerts in ten windows: beta-binomial."""
    quiet, _, limits = replicates
    counts = alerts(quiet, limits, "all").sum(axis=1)
    grid = (np.arange(20_000) + 0.5) / 20_000
    none = np.mean((1 - beta(1, 99).ppf(grid)) ** 10)
    error = np.sqrt(none * (1 - none) / REPLICATES)
    setting = "null streams of 10 windows: share with no alert"
    compare("M8", "Vovk (2012)", setting, none, (counts == 0).mean(), error=error)


def test_diversity_raises_the_alert_and_the_mean_score_does_not(replicates):
    _, drift, limits = replicates
    changed = drift[:, CHANGE:]
    found = {name: delays(alerts(changed, limits, name)) for name in limits}
    told = []
    for name, delay in found.items():
        middle, late = np.quantile(delay, [0.5, 0.95], method="higher")
        told.append(f"{name} {middle:.0f} / {late:.0f}")
    score = changed[:, :, list(STATISTICS).index("log_probability")]
    told.append(f"mean score, last generation: {np.median(score[:, -5:]):+.1f} spreads")
    claim = "delay in windows, median / 95th percentile: the monitor sees it in time, the mean score does not"
    holds = np.quantile(found["all"], 0.95) <= 20 and np.isinf(np.median(found["log_probability"]))
    setting = f"{REPLICATES:,} drifting streams, share of synthetic documents + 20 % each 5 windows"
    observe("M8", "drift monitor", setting, claim, "; ".join(told), holds)
