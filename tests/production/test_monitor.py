"""The monitor: its rate is exact, its limits are fair, and it keeps up."""

import itertools
import time

import numpy as np
import pytest
from evidence import assert_within
from scipy.stats import beta

from collapse_edu.course.explorers import monitored_stream
from collapse_edu.datasets import moby_dick, words_of
from collapse_edu.production import Monitor, fewest_documents
from collapse_edu.production.monitoring.monitor import _plan
from collapse_edu.production.monitoring.statistics import STATISTICS


def real(rng, n, words=20):
    return (rng.zipf(1.6, size=(n, words)) % 500).tolist()


@pytest.mark.parametrize(("rate", "window"), [(0.05, 2), (0.1, 3), (0.25, 2)])
def test_false_alarms_are_as_many_as_asked_for(rng, rate, window):
    """A new law, a new reference and one new window each time: the chance is exact."""
    n = fewest_documents(window, rate)
    alerts = []
    for seed in range(1500):
        documents = real(rng, n + window, words=8)
        monitor = Monitor(documents[:n], window=window, false_alarms=rate, seed=seed)
        assert monitor.rate == pytest.approx(rate)
        alerts += [reading.alert for reading in monitor.watch(documents[n:])]
    assert_within(alerts, rate)


def passages(rng):
    """Return a reference and a stream of *Moby-Dick* in windows of ten neighbours, which are dealt at random."""
    words = moby_dick().tokens
    windows = words[: len(words) // 1200 * 1200].reshape(-1, 10, 120)
    mixed = windows[rng.permutation(len(windows))].reshape(-1, 120).tolist()
    return mixed[:1240], mixed[1240:1740]


def test_neighbours_break_the_rate_and_the_order_of_the_reference_mends_it(rng):
    """Ten neighbouring passages of a book are alike: at 1 % asked, a third of quiet windows raise an alert."""
    rates = {keep_order: [] for keep_order in (False, True)}
    for seed in range(20):
        reference, stream = passages(rng)
        for keep_order, found in rates.items():
            monitor = Monitor(reference, seed=seed, keep_order=keep_order)
            assert monitor.rate == pytest.approx(0.01)
            found.append(np.mean([reading.alert for reading in monitor.watch(stream, at_once=50)]))
    assert_within(rates[True], 0.01)
    assert np.mean(rates[False]) > 0.2


@pytest.mark.parametrize(("rate", "window"), [(0.1, 3), (0.25, 2)])
def test_the_rate_is_exact_in_windows_of_neighbours(rng, rate, window):
    """Each window has a subject of its own; a new law, a new reference and one new window each time.

    So small a memory often makes scores equal; an equal one raises no alert. If lots decided, the rate would be exact.
    """
    n = fewest_documents(window, rate, keep_order=True)
    alerts, chances = [], []
    for seed in range(1000):
        subjects = rng.integers(0, 100, size=n // window + 1).repeat(window)[:, None]
        documents = (np.array(real(rng, n + window, words=8)) + subjects).tolist()
        monitor = Monitor(documents[:n], window=window, false_alarms=rate, seed=seed, keep_order=True)
        assert monitor.rate == pytest.approx(rate)
        (reading,) = monitor.watch(documents[n:])
        scores = np.abs(monitor.calibration).max(axis=1)
        equal = np.isclose(scores, reading.score, rtol=1e-12, atol=0)
        chances.append(not np.any(scores[~equal] > reading.score) and 1 / (1 + equal.sum()))
        alerts.append(reading.alert)
    assert_within(chances, rate)
    assert np.mean(alerts) <= np.mean(chances)


@pytest.mark.parametrize(("windows", "low", "high"), [(1, 0.03, 0.07), (5, 0.15, 0.45)])
def test_runs_must_not_be_longer_than_windows(rng, windows, low, high):
    """A subject with words of its own: its other windows are in the memory, for windows of the reference only."""
    rates = []
    for seed in range(60):
        subjects = rng.integers(0, 1000, size=500 // (5 * windows)).repeat(5 * windows)[:, None]
        documents = (np.array(real(rng, 500, words=40)) + subjects).tolist()
        monitor = Monitor(documents[:300], window=5, false_alarms=0.05, seed=seed, keep_order=True)
        rates.append(np.mean([reading.alert for reading in monitor.watch(documents[300:], at_once=40)]))
    assert low < np.mean(rates) < high


def test_the_parts_of_an_ordered_reference_are_whole_windows(rng):
    """Documents say from which window they are; the calibration windows are windows of the reference."""
    reference = [[f"window {i // 5}", f"document {i}"] for i in range(303)]
    monitor = Monitor(reference, window=5, false_alarms=0.05, keep_order=True)
    assert (monitor.n_memory, monitor.n_scale, monitor.n_calibration) == (65, 40, 39)
    assert monitor.reference.n_types == 13 + 65  # 13 windows of five documents


@pytest.mark.parametrize("keep_order", [False, True])
@pytest.mark.parametrize("rate", [0.5, 0.3, 0.1, 0.07, 0.03, 0.01])
@pytest.mark.parametrize("more", [0, 1, 17, 400])
def test_the_plan_keeps_its_promises(rate, more, keep_order):
    for window in (2, 10):
        n = fewest_documents(window, rate, keep_order) + more
        memory, scale, many, rank = _plan(n, window, rate, keep_order)
        assert memory + scale + many * window == (n - n % window if keep_order else n)
        assert memory >= 2 * window
        assert scale >= (8 if keep_order else 2) * window
        if keep_order:
            assert memory % window == scale % window == 0
        assert 1 <= rank <= rate * (many + 1) + 1e-9
        with pytest.raises(
            ValueError, match=r"^reference must have at least [\d,]+ documents for a false-alarm rate of"
        ):
            _plan(fewest_documents(window, rate, keep_order) - 1, window, rate, keep_order)


def test_the_rate_of_one_reference_is_a_draw_from_a_beta_law():
    monitor = Monitor(real(np.random.default_rng(0), 400), window=5, false_alarms=0.05)
    low, high = monitor.rate_range(0.9)
    law = beta(3, 57)
    assert (law.cdf(low), law.cdf(high)) == (pytest.approx(0.05), pytest.approx(0.95))


def test_limits_say_when_there_is_an_alert(rng):
    monitor = Monitor(real(rng, 300), window=5, false_alarms=0.2)
    limits = monitor.limits()
    for reading in monitor.watch(real(rng, 200) + [[1] * 20] * 10):
        outside = (np.array(reading.values) < limits["low"]) | (np.array(reading.values) > limits["high"])
        assert reading.alert == outside.any()
        assert sorted(reading.causes) == sorted(limits.index[outside])
    assert monitor.alerts[-1].window == monitor.n_windows == 42
    assert "low" in str(monitor.alerts[-1])


def test_how_a_stream_is_cut_into_calls_makes_no_difference(rng):
    documents = real(rng, 100)
    monitor = Monitor(real(rng, 300), window=7, false_alarms=0.2)
    whole = list(monitor.watch(documents))
    for at_once, parts in itertools.product((1, 3, 100), (1, 4)):
        again, size = monitor.fresh(), len(documents) // parts
        cut = [documents[i * size : (i + 1) * size] for i in range(parts)]
        readings = [reading for part in cut for reading in again.watch(part, at_once=at_once)]
        assert [reading.window for reading in readings] == [reading.window for reading in whole]
        assert np.allclose([r.values for r in readings], [r.values for r in whole], rtol=1e-12)
        assert len(again.pending) == 100 % 7


def test_a_fresh_monitor_has_read_nothing(rng):
    monitor = Monitor(real(rng, 300), window=5, false_alarms=0.2)
    list(monitor.watch(real(rng, 23)))
    other = monitor.fresh()
    assert (other.n_windows, other.n_alerts, other.pending, list(other.alerts)) == (0, 0, [], [])
    assert other.limit == monitor.limit
    assert len(monitor.pending) == 3


def test_one_statistic_alone_has_a_narrower_limit(rng):
    monitor = Monitor(real(rng, 400), window=5, false_alarms=0.05)
    assert all(monitor.limit_of(name) <= monitor.limit for name in STATISTICS)
    assert monitor.limit_of(*STATISTICS) == monitor.limit


def test_a_constant_statistic_does_not_blind_it(rng):
    """All documents have 20 words; a stream of longer ones is seen, and equal ones are not."""
    monitor = Monitor(real(rng, 300), window=5, false_alarms=0.1)
    assert np.isfinite(monitor.limit)
    assert not any("length" in reading.causes for reading in monitor.watch(real(rng, 100)))
    assert all("length" in reading.causes for reading in monitor.watch(real(rng, 20, words=25)))


def test_other_references_and_settings_have_other_fingerprints(rng):
    documents = real(rng, 300)
    prints = {
        Monitor(documents, window=5, false_alarms=0.2).fingerprint,
        Monitor(documents, window=5, false_alarms=0.2, seed=1).fingerprint,
        Monitor(documents, window=4, false_alarms=0.2).fingerprint,
        Monitor(documents[:-1], window=5, false_alarms=0.2).fingerprint,
        Monitor(documents, window=5, false_alarms=0.2, keep_order=True).fingerprint,
    }
    assert len(prints) == 5
    assert Monitor(documents, window=5, false_alarms=0.2).fingerprint in prints


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"window": 1}, "window must be an integer of at least 2; got 1"),
        ({"window": 2.0}, "window must be an integer of at least 2; got 2.0"),
        ({"false_alarms": 0}, r"false_alarms must be a number in \(0, 0.5\]; got 0"),
        ({"false_alarms": 0.6}, r"false_alarms must be a number in \(0, 0.5\]; got 0.6"),
        ({"words": 1}, "words must be an integer of at least 2; got 1"),
        ({"false_alarms": 0.001}, "reference must have at least 12,488 documents .* got 300"),
    ],
)
def test_bad_settings_get_one_line(rng, settings, line):
    with pytest.raises((TypeError, ValueError), match=line):
        Monitor(real(rng, 300), **({"false_alarms": 0.2} | settings))


def test_empty_documents_get_one_line(rng):
    monitor = Monitor(real(rng, 300), window=5, false_alarms=0.2)
    with pytest.raises(ValueError, match="none empty"):
        list(monitor.watch([["a"], []] * 5))


def test_it_keeps_up_with_a_thousand_documents_a_second():
    """Cutting text into words, statistics, limits: 120 words a document, in the time of one processor."""
    reference, stream = monitored_stream(0.2, seed=3)
    monitor = Monitor([[str(word) for word in document] for document in reference])
    texts = [" ".join(f"word{'abcdefghij'[i % 10]}{'x' * (i % 7)}" for i in document) for document in stream]
    best = np.inf
    for _ in range(3):
        began = time.process_time()
        list(monitor.fresh().watch(map(words_of, texts)))  # window by window, as it would come
        best = min(best, time.process_time() - began)
    assert len(stream) / best > 1000
