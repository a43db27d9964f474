"""What the monitor says of its own power, against streams that it reads."""

import numpy as np
import pytest

from collapse_edu.production import Monitor
from collapse_edu.production.monitoring.evidence import Evidence
from collapse_edu.production.monitoring.power import Power, power, sentence


def test_simulated_delays_are_those_of_streams_that_are_read():
    rng = np.random.default_rng(0)
    evidence = Evidence(rng.normal(size=(400, 2)), names=["a", "b"], per="ever", window=5)
    rows = np.where(rng.random((4000, 1)) < 0.3, rng.normal(1.5, size=(4000, 2)), rng.normal(size=(4000, 2)))
    read = []
    for _ in range(60):
        own = evidence.fresh()
        own.seed = int(rng.integers(1 << 30))
        verdicts = (own.update(rows[rng.integers(4000, size=5)]) for _ in range(200))
        read.append(5 * next((i for i, verdict in enumerate(verdicts, 1) if verdict.alarm), 300))
    simulated = evidence.delays(rows, most=1000, streams=240)
    error = np.hypot(np.std(read) / np.sqrt(60), np.std(simulated) / np.sqrt(240))
    assert abs(np.mean(read) - simulated.mean()) < 4 * error


@pytest.mark.parametrize("per", ["window", "thousand"])
def test_quiet_streams_raise_as_many_alarms_as_the_rate_says(per):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(1000, 3))  # of one reference, other ones have other rates: so the stream is drawn from it
    evidence = Evidence(rows, names=["a", "b", "c"], false_alarms=0.05, per=per)
    between = evidence.between_false_alarms
    delays = evidence.delays(rows, most=int(between / 2), streams=200)
    assert np.isfinite(delays).mean() < 1 - np.exp(-0.5) + 4 * np.sqrt(0.25 / 200)


def test_larger_shares_are_found_sooner_and_the_stream_is_left_alone():
    rng = np.random.default_rng(0)
    real = (rng.zipf(1.5, size=(400, 30)) % 1000).tolist()
    monitor = Monitor(real, window=5, false_alarms=0.05, accumulate=True, per="ever")
    found = power(monitor, [1.0, 0.3])
    assert [each.share for each in found] == [1.0, 0.3] * 3
    for more, less in zip(found[::2], found[1::2], strict=True):
        assert more.median <= less.median
        assert more.low <= more.within <= more.high
    assert monitor.n_windows == monitor.evidence.n_rows == 0
    assert power(monitor, [1.0]) == power(monitor, [1.0])


def test_a_monitor_without_evidence_has_no_such_power():
    real = np.random.default_rng(0).zipf(1.5, size=(200, 10)).tolist()
    with pytest.raises(ValueError, match="accumulate"):
        power(Monitor(real, window=5, false_alarms=0.2))


def test_what_is_not_found_is_said():
    assert sentence([Power("repeats", 0.05, 400, *[np.inf] * 3, 500)]) == "5 % of repeats is not found within 500"
