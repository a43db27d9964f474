"""The exhaust: who writes how much, and what the next model learns."""

from itertools import pairwise

import numpy as np
import pytest
from evidence import assert_within

from collapse_edu.loop.source import FiniteData, KnownDistribution
from collapse_edu.models import Categorical, NGram
from collapse_edu.production import drifting_stream, exhaust
from collapse_edu.theory.immigration import probability_kept


def source(rng, n=500):
    rows = np.arange(n)[:, None]
    return FiniteData(rows[:1], reserve=rows).open(rng)


def test_people_write_as_much_as_ever_and_no_document_twice(rng):
    years = list(exhaust(Categorical(), source(rng), human=20, n_samples=[0, 10, 40, 160], rng=rng))
    assert [len(year.documents) for year in years] == [20, 20, 30, 60, 180]
    assert [int(year.is_real.sum()) for year in years] == [20] * 5
    assert [round(year.share, 2) for year in years] == [0, 0, 0.33, 0.67, 0.89]
    real = np.concatenate([year.documents[year.is_real] for year in years])
    assert len(np.unique(real)) == 100


def test_machines_write_what_the_last_model_learned(rng):
    years = list(exhaust(Categorical(), source(rng), human=20, n_samples=[30, 30, 30], rng=rng))
    for before, year in pairwise(years):
        assert np.isin(year.documents[~year.is_real], before.documents).all()


def test_fresh_documents_run_out(rng):
    with pytest.raises(ValueError, match="no fresh human data left"):
        list(exhaust(Categorical(), source(rng, n=50), human=20, n_samples=[0, 0, 0], rng=rng))


@pytest.mark.parametrize(
    ("settings", "line"), [({"human": 0}, "human must be"), ({"n_samples": [-1]}, "n_samples must")]
)
def test_bad_amounts_get_one_line(rng, settings, line):
    with pytest.raises(ValueError, match=line):
        next(exhaust(Categorical(), source(rng), rng=rng, **({"human": 3, "n_samples": [1]} | settings)))


def test_how_much_models_write_goes_on_under_its_old_name(rng):
    *_, last = exhaust(Categorical(), source(rng), human=3, synthetic=[1, 2], rng=rng)
    assert (~last.is_real).sum() == 2


def test_the_machines_part_of_the_crawl_holds_a_rare_word_as_often_as_theory_says(rng):
    """Two fresh copies a year, half of each crawl synthetic; a hundred words in one long chain."""
    human, words = 4000, 100
    p = np.r_[np.full(words, 2 / human), 1 - 2 * words / human]
    law = KnownDistribution(lambda n, rng: rng.choice(words + 1, size=(n, 1), p=p), n=human)
    years = exhaust(Categorical(), law.open(rng), human=human, n_samples=[human] * 300, rng=rng)
    written = [year.documents[~year.is_real] for year in years][20:]
    held = np.array([np.bincount(rows[:, 0], minlength=words)[:words] > 0 for rows in written])
    expected = probability_kept(2, 0.5, samples_per_row=0.5)
    assert expected == pytest.approx(0.7726, abs=5e-5)
    assert_within(held.mean(axis=0), expected, resolves=0.02)  # words are all but independent, years are not


@pytest.mark.parametrize(("growth", "real"), [(0.0, 50), (0.5, 25), (1.0, 20)])
def test_the_share_of_the_stream_grows(rng, growth, real):
    """Real documents have a mark that no model writes: their first word comes once."""
    rows = np.column_stack([np.arange(100, 200), np.zeros((100, 4), dtype=int)])
    stream = drifting_stream(
        Untrained(), FiniteData(rows[:10], reserve=rows[10:]).open(rng), rng, growth=growth, n_samples=10, generations=5
    )
    documents = np.array(list(stream))
    assert documents.shape == (50, 5)
    assert int((documents[:, 0] >= 100).sum()) == real


class Untrained:
    def fit(self, X, sample_weight=None):
        return self

    def sample(self, n, rng):
        return np.ones((n, 5), dtype=int)


def test_words_of_a_closed_loop_die(rng):
    law = KnownDistribution(lambda n, rng: rng.integers(200, size=(n, 30)), n=10)
    stream = drifting_stream(NGram(2, 200), law.open(rng), rng, growth=1.0, n_samples=10, generations=15)
    documents = np.array(list(stream))
    assert len(np.unique(documents[-10:])) < 0.7 * len(np.unique(documents[:10]))
