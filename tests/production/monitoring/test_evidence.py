"""Evidence over a stream: the rate that is asked for is the one measured, and a change is found."""

import json
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import kstest

from collapse_edu import datasets
from collapse_edu.production.monitoring.evidence import Evidence, Neighbours, Verdict, neighbours

NAMES = ["length", "score", "new"]


def law(rng, discrete=False):
    """Return a sampler of rows with correlated columns."""

    def draw(n):
        rows = rng.normal(size=(n, 1)) + rng.normal(size=(n, len(NAMES)))
        if discrete:
            rows[:, 0], rows[:, 1] = np.round(rows[:, 0]), np.maximum(rows[:, 1], 0)
        return rows

    return draw


def watched(evidence, rows, window=10):
    """Return the verdict of each window."""
    return [evidence.update(rows[start : start + window]) for start in range(0, len(rows), window)]


def alarms(n, *, seed, per, false_alarms, n_calibration=300, discrete=False, window=10):
    draw = law(np.random.default_rng(seed), discrete)
    evidence = Evidence(draw(n_calibration), names=NAMES, false_alarms=false_alarms, per=per, window=window, seed=seed)
    return sum(verdict.alarm for verdict in watched(evidence, draw(n), window))


@pytest.mark.parametrize("discrete", [False, True])
def test_of_quiet_windows_the_rate_that_was_asked_for_raises_an_alarm(discrete):
    counts = [alarms(4000, seed=seed, per="window", false_alarms=0.05, discrete=discrete) for seed in range(2)]
    error = np.sqrt(sum(counts))  # alarms are as rare events are
    assert abs(sum(counts) - 2 * 400 * 0.05) < 4 * error


def test_a_small_reference_gives_no_more_alarms_late():
    assert alarms(8000, seed=5, per="thousand", false_alarms=0.5, n_calibration=40) < 4 + 4 * np.sqrt(4)


def test_for_ever_the_rate_is_at_most_the_one_asked_for():
    raised = [alarms(400, seed=seed, per="ever", false_alarms=0.2, n_calibration=30) > 0 for seed in range(40)]
    assert np.mean(raised) < 0.2 + 4 * np.sqrt(0.2 * 0.8 / 40)


def test_ranks_are_uniform_and_independent_whatever_the_reference():
    """The normal scores of a stream against 20 rows; equal values are ordered by lot."""
    scores = []
    for seed in range(300):
        draw = law(np.random.default_rng(seed), discrete=True)
        block = Evidence(draw(20), names=NAMES, per="ever", seed=seed)._blocks[0]
        cells = block._cells(draw(12))
        scores.append(block._ranks(cells))
    scores = np.array(scores)
    assert kstest(scores[..., 0].ravel(), "uniform").pvalue > 1e-4
    assert kstest(scores[:, -1, 1], "uniform").pvalue > 1e-4
    correlations = [np.corrcoef(scores[:, i, 0], scores[:, j, 0])[0, 1] for i, j in pairwise(range(12))]
    assert np.abs(correlations).max() < 4.5 / np.sqrt(300)


@pytest.mark.parametrize(("shift", "spread", "direction"), [(1.5, 1, "high"), (-1.5, 1, "low"), (0, 0.3, "spread")])
def test_a_change_is_found_named_and_dated(shift, spread, direction):
    rng = np.random.default_rng(0)
    evidence = Evidence(rng.normal(size=(500, 3)), names=NAMES, per="thousand", seed=0)
    assert not any(verdict.alarm for verdict in watched(evidence, rng.normal(size=(200, 3))))
    rows = rng.normal(size=(200, 3))
    rows[:, 1] = rows[:, 1] * spread + shift
    found = next(verdict for verdict in watched(evidence, rows) if verdict.alarm)
    assert (found.cause, found.direction) == ("score", direction)
    assert 180 <= found.since <= 230
    assert found.p < 0.5


def test_a_tenth_of_strange_rows_is_found_and_they_contribute_most():
    rng = np.random.default_rng(1)
    evidence = Evidence(rng.normal(size=(1000, 3)), names=NAMES, per="ever")
    rows = rng.normal(size=(500, 3))
    rows[::10, 2] += 3
    assert watched(evidence, rows)[-1].alarm
    assert evidence.contributions.argmax() == 0  # of the last ten rows


def test_a_batch_shows_a_shift_that_is_too_small_for_single_rows():
    rng = np.random.default_rng(2)
    evidence = Evidence(rng.normal(size=(4000, 3)), names=NAMES, per="thousand")
    verdicts = watched(evidence, rng.normal([0, 0.24, 0], size=(500, 3)))
    assert verdicts[-1].alarm
    assert not verdicts[-2].alarm


def test_the_state_goes_on_as_if_there_had_been_no_restart():
    rng = np.random.default_rng(3)
    calibration, rows, windows = rng.normal(size=(100, 3)), rng.normal(size=(90, 3)), rng.normal(size=(30, 2))

    whole = Evidence(calibration, names=NAMES, windows=windows, window_names=["tail", "once"], seed=4)
    first, second = whole.fresh(), whole.fresh()
    for start in range(0, 90, 10):
        expected = whole.update(rows[start : start + 10], windows[start // 10])
    for start in range(0, 50, 10):
        first.update(rows[start : start + 10], windows[start // 10])
    second.restore(json.loads(json.dumps(first.state())))
    for start in range(50, 90, 10):
        found = second.update(rows[start : start + 10], windows[start // 10])
    assert found == expected
    assert (second.contributions == whole.contributions).all()
    assert first.fresh().update(rows[:10], windows[0]) == whole.fresh().update(rows[:10], windows[0])


def test_numbers_that_come_once_a_window_raise_the_alarm_too():
    rng = np.random.default_rng(5)
    evidence = Evidence(
        rng.normal(size=(300, 3)), names=NAMES, windows=rng.normal(size=(100, 1)), window_names=["tail"]
    )
    verdicts = [evidence.update(rng.normal(size=(10, 3)), [-3.0]) for _ in range(8)]
    assert any(verdict.alarm and (verdict.cause, verdict.direction) == ("tail", "low") for verdict in verdicts)


def test_no_number_is_a_value_too():
    rng = np.random.default_rng(6)
    evidence = Evidence(rng.normal(size=(300, 3)), names=NAMES, per="ever")
    rows = rng.normal(size=(40, 3))
    rows[:, 0] = np.nan
    assert watched(evidence, rows)[-1].cause == "length"


def test_a_drift_is_not_taken_for_neighbours_that_are_alike():
    rng = np.random.default_rng(7)
    drift = rng.normal(size=(2000, 1)) + np.linspace(-1, 1, 2000)[:, None]
    topics = rng.normal(size=(4000, 1)) + np.repeat(rng.normal(size=(400, 1)), 10, axis=0) * 0.5
    assert neighbours(drift, ["length"]).hold
    found = neighbours(topics, ["length"])
    assert not found.hold
    assert "length" in str(found)
    assert abs(found.correlation[0] - 0.2) < 0.08


@pytest.fixture(scope="module")
def book():
    """Return mean word length and share of short words of passages of forty words, in the order of the book."""
    text = datasets.moby_dick()
    lengths = np.array([len(word) for word in text.vocabulary])[text.tokens]
    parts = lengths[: len(lengths) // 40 * 40].reshape(-1, 40)
    return np.stack([parts.mean(axis=1), (parts <= 3).mean(axis=1)], axis=1)


def test_the_rate_holds_for_passages_of_a_book_that_are_mixed_and_else_the_evidence_says_so(book):
    rng = np.random.default_rng(0)
    taken = rng.random(len(book)) < 0.5
    mixed = Evidence(book[taken], names=["length", "short"], false_alarms=0.02)
    in_order, stream = mixed.fresh(), book[~taken]
    windows = len(stream) / 10
    quiet = sum(verdict.alarm for verdict in watched(mixed, rng.permutation(stream)))
    assert abs(quiet - 0.02 * windows) < 4 * np.sqrt(0.02 * windows)
    assert sum(verdict.alarm for verdict in watched(in_order, stream)) > 0.05 * windows
    assert (mixed.rate_holds, in_order.rate_holds) == (True, False)


def test_the_rate_holds_for_a_book_in_order_by_whole_windows(book):
    windows = book[: len(book) // 10 * 10].reshape(-1, 10, 2).mean(axis=1)
    taken = np.random.default_rng(0).random(len(windows)) < 0.5
    evidence = Evidence(windows[taken], names=["length", "short"], documents=10, false_alarms=0.02)
    alarms = sum(verdict.alarm for verdict in watched(evidence, windows[~taken], 1))
    expected = 0.02 * (~taken).sum()
    assert alarms < expected + 4 * np.sqrt(expected)


def test_neighbours_of_a_short_stream_are_not_judged():
    found = Neighbours(["length"])
    assert found.hold
    assert (found.correlation == 0).all()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"per": "day"}, "per must be"),
        ({"false_alarms": 0.0}, "false_alarms must be"),
        ({"calibration": np.zeros((5, 3))}, "calibration must have at least 20 rows; got 5"),
        ({"calibration": np.zeros((30, 2))}, "calibration must have the shape"),
        ({"window": 0}, "window must be"),
        ({"weights": {"length": -1}}, "weights must be"),
    ],
)
def test_bad_input_gets_one_line(changed, says):
    arguments = {"calibration": np.zeros((30, 3)), "names": NAMES} | changed
    with pytest.raises(ValueError, match=says):
        Evidence(arguments.pop("calibration"), **arguments)


def test_a_verdict_is_an_alarm_from_the_threshold_on():
    assert Verdict(2.0, 2.0, 0.01, "length", "low", 3).alarm
    assert not Verdict(1.9, 2.0, 0.01, "length", "low", 3).alarm
