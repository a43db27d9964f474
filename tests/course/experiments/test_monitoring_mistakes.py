"""The mistakes: each experiment shows what it says."""

import numpy as np
import pytest

from collapse_edu.course.experiments.monitoring_mistakes import (
    alert_on_the_mean,
    deduplicated_tail,
    limit_for_each,
    limits_from_memory,
)


def test_copies_kept_the_tail_alive(rng):
    table = deduplicated_tail(rng, copies=8, generations=15)
    assert np.abs(table["surviving, in %"] - table["theory, in %"]).max() <= 2
    assert table.loc["as it was", "surviving, in %"] > 3 * table.loc["no duplicates", "surviving, in %"]


def test_limits_from_the_memory_call_all_fresh_text_drift(rng):
    rates = limits_from_memory(rng, repetitions=4)["false alarms, in %"]
    assert rates["limits from the memory"] > 90
    assert rates["limits from other documents"] < 25


def test_a_limit_for_each_raises_more_alarms(rng):
    rates = limit_for_each(rng, repetitions=8)["false alarms, in %"]
    assert rates["a limit for each"] > 2 * rates["one limit for all"]


def test_the_mean_misses_what_diversity_finds(rng):
    found = alert_on_the_mean(rng, repetitions=6)["streams found, of 6"]
    assert found["all statistics"] == 6
    assert found["the mean score"] <= 2


def test_bad_numbers_get_one_line(rng):
    with pytest.raises(ValueError, match="copies must be an integer of at least 2; got 1"):
        deduplicated_tail(rng, copies=1)
    with pytest.raises(ValueError, match="repetitions must be an integer of at least 1; got 0"):
        limit_for_each(rng, repetitions=0)
