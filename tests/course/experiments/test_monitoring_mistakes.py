"""The mistakes: each experiment shows what it says."""

import numpy as np
import pytest

from collapse_edu.course.experiments.monitoring_mistakes import (
    alert_on_the_mean,
    deduplicated_tail,
    limit_for_each,
    limits_from_memory,
    score_jumps,
)
from collapse_edu.course.explorers import monitored_stream
from collapse_edu.datasets import moby_dick
from collapse_edu.metrics import KneserNey
from collapse_edu.models import NGram
from collapse_edu.production import Monitor
from collapse_edu.production.monitoring.statistics import STATISTICS


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


def test_the_mean_misses_what_diversity_finds_unless_it_knows_the_text(rng):
    found = alert_on_the_mean(rng, repetitions=6)
    assert found.loc["all statistics", "models of other text"] == 6
    assert found.loc["the mean score", "models of other text"] <= 2
    assert found.loc["the mean score", "models of the reference"] == 6


def test_the_mean_score_jumps_under_a_scorer_of_the_generators_text_alone():
    jumps = score_jumps(np.random.default_rng(0), repetitions=10)
    own, other = (jumps.loc[learned] for learned in ("the generator's training text", "other real text"))
    assert (own["low"] > 38).all()
    assert (own["high"] < 54).all()
    assert (own["low"] < own["jump"]).all()
    assert other["jump"].abs().max() < 1
    assert abs(other.loc[1, "jump"]) < (other.loc[1, "high"] - other.loc[1, "low"]) / 2  # 0 is in the interval
    assert abs(own["jump"].diff().iloc[-1]) < 1  # from generation 1 to 10: next to nothing


def test_a_faithful_trigram_writer_leaves_the_mean_score_of_other_text_and_others_move_it():
    """A trigram scorer looks at triples. A bag of words keeps the share of each word, and moves the score far down."""
    book, writers = moby_dick(), {"faithful": (3, 1.0, 4), "bag of words": (1, 1.0, 1), "low temperature": (3, 0.5, 3)}
    n_types, moved = len(book.vocabulary), {name: [] for name in writers}
    for seed in range(8):
        rng = np.random.default_rng(seed)
        rows = rng.permutation(book.tokens[: 1743 * 120].reshape(-1, 120))
        scorer = KneserNey(3, n_types).fit(rows[:150])
        real = scorer.log_probabilities(rows[300:700]).reshape(-1, 1200).mean(axis=1)  # windows of ten documents
        for name, (order, temperature, generations) in writers.items():
            text = rows[150:300]
            for _ in range(generations):
                text = NGram(order, n_types, temperature=temperature).fit(text).sample(150, rng)
            moved[name].append((scorer.log_probabilities(text).mean() - real.mean()) / real.std(ddof=1))
    mean = {name: np.mean(values) for name, values in moved.items()}
    assert abs(mean["faithful"]) < 0.6
    assert mean["bag of words"] < -4
    assert mean["low temperature"] > 1


def test_with_one_document_in_five_of_its_own_the_scorer_is_the_first_to_see_it():
    """The first synthetic windows of M8's stream: sooner than different pairs, which take about eight."""
    book = moby_dick()
    rows = np.random.default_rng(3).permutation(book.tokens[: 1743 * 120].reshape(-1, 120))
    own, real, mixed = rows[:150], rows[150:450], rows[450:850].reshape(-1, 10, 120)
    mixed[:, :2] = NGram(3, len(book.vocabulary)).fit(own).sample(80, np.random.default_rng(4)).reshape(-1, 2, 120)
    scorer = KneserNey(3, len(book.vocabulary)).fit(own)
    before, after = (scorer.log_probabilities(text.reshape(-1, 120)).reshape(-1, 1200) for text in (real, mixed))
    off = (after.mean(axis=1) - before.mean()) / before.mean(axis=1).std(ddof=1)
    assert (off > 4).all()


def test_a_model_of_the_reference_raises_the_monitors_score_and_nothing_is_lost():
    score, pairs, alerts = [], [], []
    for seed in range(1, 4):
        reference, _ = monitored_stream(0.0, seed=seed)
        monitor = Monitor(reference, window=10, false_alarms=0.01)
        written = NGram(3, len(moby_dick().vocabulary)).fit(reference).sample(300, np.random.default_rng(seed))
        readings = list(monitor.watch(written.tolist(), at_once=30))
        off = np.array([reading.deviations for reading in readings])
        score.append(off[:, list(STATISTICS).index("log_probability")].mean())
        pairs.append(off[:, list(STATISTICS).index("distinct_2")].mean())
        alerts.append(np.mean([reading.alert for reading in readings]))
    assert np.mean(score) == pytest.approx(6.3, abs=1.5)  # as the page on the monitor says, of ten references
    assert np.mean(alerts) > 0.85
    assert min(pairs) > 0


def test_bad_numbers_get_one_line(rng):
    with pytest.raises(ValueError, match="copies must be an integer of at least 2; got 1"):
        deduplicated_tail(rng, copies=1)
    with pytest.raises(ValueError, match="repetitions must be an integer of at least 1; got 0"):
        limit_for_each(rng, repetitions=0)
    with pytest.raises(ValueError, match="repetitions must be an integer of at least 2; got 1"):
        score_jumps(rng, repetitions=1)
    with pytest.raises(ValueError, match="generations must be an integer of at least 1; got 0"):
        score_jumps(rng, generations=[0, 3])
