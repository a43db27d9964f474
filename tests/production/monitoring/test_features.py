"""What is measured on one document."""

import json

import numpy as np
import pytest

from collapse_edu.production import Monitor
from collapse_edu.production.monitoring.features import EMPTY, Features


def documents(n, seed, words=30):
    rows = np.random.default_rng(seed).zipf(1.5, size=(n, words)) % 700
    return [[f"w{word}" for word in row] for row in rows.tolist()]


@pytest.fixture(scope="module")
def features():
    return Features(documents(150, 0))


def test_the_seed_decides(features):
    new = documents(20, 1)
    rows = features.fresh().measure(new)
    assert np.isfinite(rows).all()
    assert (rows == Features(documents(150, 0)).measure(new)).all()


def test_rows_are_the_same_for_any_batches(features):
    new = documents(20, 1)
    at_once, by_parts = features.fresh(), features.fresh()
    rows = np.vstack([by_parts.measure(new[i : i + 3]) for i in range(0, 20, 3)])
    assert np.allclose(rows, at_once.measure(new), rtol=0, atol=1e-9)


@pytest.mark.parametrize("memory", [[["a"]], [["a"], ["a"]], [[1, 2], [3]]])
def test_a_tiny_memory_is_enough(memory):
    features = Features(memory)
    assert "synthetic" not in features.names
    assert np.isfinite(features.measure([*memory, [EMPTY]])).all()


def test_no_documents_have_no_rows(features):
    assert features.fresh().measure([]).shape == (0, len(features.names))


def test_an_empty_document_is_short_and_new(features):
    row, *others = features.fresh().measure([[EMPTY], *documents(20, 1)])
    for name, is_high in (("length", False), ("new_words", True)):
        column = features.names.index(name)
        others_there = [each[column] for each in others]
        assert row[column] > max(others_there) if is_high else row[column] < min(others_there)


def test_numbers_have_no_letters():
    features = Features(np.random.default_rng(0).zipf(1.5, size=(150, 20)).tolist())
    assert not {"word_length", "compression"} & {*features.names}
    assert "synthetic" in features.names


def test_the_history_is_as_long_as_the_memory(features):
    repeated = features.names.index("repeated")
    own = features.fresh()
    first, new = documents(1, 5, words=60), documents(150, 6)
    own.measure(first)
    assert own.fresh().measure(first)[0, repeated] > 3
    own.measure(new[:149])
    assert own.fresh().measure(first)[0, repeated] > 3
    own.measure(new[149:])
    assert own.fresh().measure(first)[0, repeated] < 3


def test_a_restart_remembers_what_came_and_no_more_than_the_history_holds(features):
    whole, first = features.fresh(), features.fresh()
    sizes = []
    for seed in (1, 2, 3):
        new = documents(100, seed)
        rows = whole.measure(new)
        assert (rows == first.measure(new)).all()
        state = json.loads(json.dumps(first.state()))
        sizes.append(len(state["hashes"]))
        first = features.fresh()
        first.restore(state)
    assert sizes[1] < 1.7 * sizes[0]
    assert sizes[2] < 1.7 * sizes[0]


@pytest.mark.parametrize("state", [{}, {"lengths": "", "hashes": ""}, {"lengths": 1, "hashes": None}])
def test_another_state_is_refused(features, state):
    with pytest.raises(ValueError, match="must be what state"):
        features.fresh().restore(state)


@pytest.mark.parametrize("dead", [[EMPTY], ["w1"]])
def test_a_stream_of_one_word_documents_raises_an_alarm(dead):
    monitor = Monitor(documents(300, 0), window=5, false_alarms=0.05, accumulate=True, per="ever")
    readings = list(monitor.watch([dead] * 20))
    assert any(reading.gathered for reading in readings)
