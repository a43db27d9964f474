"""A small part of the measurement again, on text that the course brings: passages of Moby-Dick, one reference."""

import csv
from pathlib import Path

import numpy as np
import pytest

from collapse_edu.datasets import moby_dick
from power import measure, ours, peers
from power.streams import TUNED, Case

CELLS = Path(__file__).parents[2] / "docs" / "monitor_power.csv"
STREAMS = "quiet", "trigram T=1, 20 %", "trigram T=1, 50 %", "shuffled, 50 %", "template, 20 %", "repeated, 20 %"


@pytest.fixture(scope="module")
def case():
    text = moby_dick()
    words = np.array(text.vocabulary)[text.tokens[: 2600 * 45].reshape(2600, 45)]
    return Case("Moby-Dick", 0, [" ".join(row) for row in words], {stream: TUNED[stream] for stream in STREAMS})


def test_the_monitor_finds_what_six_features_and_a_test_do_not(case):
    batches = [case.batch(stream, 0) for stream in STREAMS]
    alarms = [alarm for _, alarm, _ in ours.monitor(case, batches)]
    assert alarms == [False, True, True, True, True, True]
    known = measure.with_six(case)
    scores = dict(zip(STREAMS, peers.ks(case, batches, known), strict=True))
    assert scores["quiet"] < 2 and scores["shuffled, 50 %"] < 2 and scores["trigram T=1, 50 %"] > 2


def test_a_batch_has_the_share_that_its_name_says(case):
    fresh = case.texts.index(case.texts[case.batch("quiet", 0).max()])
    for stream in STREAMS:
        batch = case.batch(stream, 3)
        assert len(batch) == 500
        assert np.mean(batch > max(fresh, 780)) == pytest.approx(TUNED[stream][1], abs=0.02)


def test_the_table_names_every_test_on_every_corpus():
    with CELLS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert all(int(row["references"]) >= 6 for row in rows)
    quiet = [float(row["found"]) for row in rows if (row["stream"], row["test"]) == ("quiet", "monitor")]
    assert np.mean(quiet) < 0.03
