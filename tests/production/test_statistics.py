"""The statistics of a window, against counts by hand."""

import numpy as np
import pytest

from collapse_edu.metrics import KneserNey, distinct_n, perplexity, types_alive
from collapse_edu.production import Reference
from collapse_edu.production.monitoring.statistics import STATISTICS

REAL = [["the", "whale", "the", "sea"], ["the", "sea", "a", "ship"], ["a", "sea", "a", "sea"]]


def measured(window, **settings):
    return dict(zip(STATISTICS, Reference(REAL, **settings).measure([window])[0].tolist(), strict=True))


def test_by_hand():
    values = measured([["the", "squid", "the", "squid", "ship"], ["whale"]])
    assert values["length"] == pytest.approx(np.sqrt(5))
    assert values["distinct_2"] == 3 / 4  # the squid, squid the, squid ship; none across documents
    assert values["vocabulary"] == 4
    assert values["once"] == 2 / 6
    # rare: whale and ship come once, at most twice; a three times
    assert values["tail_recall"] == 1.0
    assert values["tail_mass"] == 2 / 6
    assert values["new_words"] == pytest.approx(2 / 6)


def test_unknown_words_are_told_apart():
    assert measured([["x", "y", "x"]])["vocabulary"] == 2
    assert measured([["x", "y", "x"]])["new_words"] == 1


def test_one_word_has_no_pairs():
    assert measured([["the"], ["sea"]])["distinct_2"] == 1


def test_the_score_is_that_of_the_smoothed_model():
    rng = np.random.default_rng(1)
    real, window = rng.zipf(1.6, size=(40, 30)) % 50, rng.zipf(1.6, size=(5, 30)) % 50
    number = {word: i for i, word in enumerate(dict.fromkeys(real.ravel().tolist()))}
    known = np.array([[word for word in row if word in number][:20] for row in window.tolist()])
    values = Reference(real.tolist()).measure([known.tolist()])[0]
    scorer = KneserNey(order=3, n_types=len(number) + 2)
    scorer.fit(np.array([[number[word] for word in row] for row in real.tolist()]))
    logs = scorer.log_probabilities(np.array([[number[word] for word in row] for row in known.tolist()]))
    assert np.exp(-values[-1]) == pytest.approx(perplexity(logs))


def test_variety_is_that_of_the_metrics():
    rng = np.random.default_rng(2)
    rows = rng.zipf(1.5, size=(10, 40)) % 1000
    values = dict(zip(STATISTICS, Reference(rows.tolist()).measure([rows.tolist()])[0], strict=True))
    assert values["distinct_2"] == pytest.approx(distinct_n(rows, 2))
    assert values["vocabulary"] == types_alive(rows)


def test_many_windows_at_once_are_the_same():
    rng = np.random.default_rng(3)
    rows = (rng.zipf(1.5, size=(40, 12)) % 99).tolist()
    reference = Reference(rows[:20])
    windows = [rows[20:25], [row[:5] for row in rows[25:30]], rows[30:40]]
    together = reference.measure(windows)
    assert np.allclose(together, [reference.measure([window])[0] for window in windows], rtol=1e-12)


def test_documents_are_cut_but_their_length_is_told():
    values = measured([["the", "sea", "sea", "sea"]], words=2)
    assert (values["length"], values["vocabulary"]) == (pytest.approx(4), 2)


@pytest.mark.parametrize("documents", [[], [[]], [["a"], []]])
def test_empty_documents_get_one_line(documents):
    with pytest.raises(ValueError, match="documents must be lists of words, at least one of them and none empty"):
        Reference(documents)


def test_a_step_is_one_word():
    resolution = dict(zip(STATISTICS, Reference(REAL).resolution(REAL), strict=True))
    assert (resolution["vocabulary"], resolution["once"]) == (1.0, 1 / 12)
    assert all(value > 0 for value in resolution.values())
