"""A small part of the measurement again, on text that the course brings: passages of Moby-Dick, one reference."""

import csv
from pathlib import Path

import numpy as np
import pytest

from collapse_edu.datasets import moby_dick
from power import measure, ours, peers, table
from power.streams import TUNED, Case

CELLS = Path(__file__).parents[2] / "docs" / "monitor_power.csv"
STREAMS = "quiet", "trigram T=1, 20 %", "trigram T=1, 50 %", "shuffled, 50 %", "template, 20 %", "repeated, 20 %"


@pytest.fixture(scope="module")
def case():
    text = moby_dick()
    words = np.array(text.vocabulary)[text.tokens[: 4400 * 45].reshape(4400, 45)]
    return Case("Moby-Dick", 0, [" ".join(row) for row in words], {stream: TUNED[stream] for stream in STREAMS})


@pytest.fixture(scope="module")
def watcher(case):
    return ours.of(case)


def test_the_monitor_finds_what_six_features_and_a_test_do_not(case, watcher):
    batches = [case.batch(stream, 0) for stream in STREAMS]
    alarms = [alarm for _, alarm, _ in ours.scores(watcher, case, batches)]
    assert alarms == [False, True, True, True, True, True]
    known = measure.with_six(case)
    scores = dict(zip(STREAMS, peers.ks(case, batches, known), strict=True))
    assert max(scores["quiet"], scores["shuffled, 50 %"]) < 2 < scores["trigram T=1, 50 %"]


def test_a_batch_has_the_share_that_its_name_says(case):
    fresh = set(case.texts[: 4400 - 1760 - 1320])
    for stream in STREAMS:
        batch = case.batch(stream, 3)
        assert len(batch) == 500
        assert np.mean([case.texts[i] not in fresh for i in batch]) == pytest.approx(TUNED[stream][1])


def test_what_is_measured_is_what_the_monitor_says(case, watcher):
    batch = case.batch("template, 20 %", 1)
    readings = watcher.fresh().watch(case.texts[i].split() for i in batch)
    assert (
        ours.score((reading.documents, reading.verdict) for reading in readings)
        == ours.scores(watcher, case, [batch])[0]
    )


def test_the_table_has_no_cell_in_which_another_test_finds_clearly_more():
    with CELLS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    ours = {(row["corpus"], row["stream"]): row for row in rows if row["test"] == "monitor"}
    for row in rows:
        if row["test"] in table.GOAL and row["stream"] not in ("quiet", "trigram T=1, 5 %"):
            mine = ours[row["corpus"], row["stream"]]
            error = np.hypot(float(mine["standard_error"]), float(row["standard_error"]))
            assert float(mine["found"]) >= float(row["found"]) - 3 * error - 0.01, row
    assert (
        np.mean([float(row["found_at_own_threshold"]) for (_, stream), row in ours.items() if stream == "quiet"]) < 0.01
    )
