"""The explorer of M5."""

import re
from itertools import pairwise

import numpy as np
import pytest

from collapse_edu.course.explorers import TextExplorer
from tests.course.explorers.promises import what_its_code_makes

SMALL = {"text": "early presidents", "generations": 5}


@pytest.fixture(scope="module")
def explorer():
    return TextExplorer(prediction=900, **SMALL)


@pytest.mark.parametrize(
    ("order", "temperature", "regime", "generations", "chains"),
    [
        (1, 0.5, "replace", 40, 1),
        (3, 0.5, "replace", 40, 1),
        (4, 1.5, "replace", 5, 1),
        (3, 1.0, "replace", 5, 4),
        (2, 1.0, "accumulate", 5, 1),
        (4, 0.5, "anchor", 5, 1),
        (1, 1.5, "preserve(0.1)", 5, 1),
    ],
)
def test_every_corner_gives_a_picture_words_and_numbers(explorer, order, temperature, regime, generations, chains):
    explorer.set(
        text="early presidents", order=order, temperature=temperature, regime=regime, generations=generations,
        chains=chains, seed=99_999,
    )  # fmt: skip
    for t in (0, 1, generations):
        assert explorer._film.frame(t).startswith(b"\x89PNG")
        assert re.search(r"\d", explorer.describe(explorer.result, t))
        assert "nan" not in explorer.describe(explorer.result, t)
        assert "Real: words that are lost are struck" in explorer.beside(explorer.result, t)
    table = explorer.table(explorer.result)
    assert not table.isin(["nan", "inf"]).any(axis=None)
    assert table["generation"].iloc[-1] == generations


def test_the_code_that_it_shows_gives_the_same_history(explorer):
    explorer.set(**SMALL, order=2, temperature=0.9, regime="preserve(0.1)", chains=4, seed=4)
    names = what_its_code_makes(explorer)
    assert names["history"] == explorer.result.history


def test_theory_is_shown_where_it_applies(explorer):
    explorer.set(**SMALL, order=1, temperature=1.0, regime="replace", chains=4)
    alive = explorer.result.history["types_alive"]
    assert explorer.result.expected.shape == (5,)
    assert np.abs(alive.mean(axis=1) / explorer.result.expected - 1).max() < 0.02
    explorer.set(temperature=0.9)
    assert explorer.result.expected is None
    explorer.set(temperature=1.0, regime="anchor")
    assert explorer.result.expected is None


def test_lost_words_are_named_and_stay_lost_under_replace(explorer):
    explorer.set(**SMALL, order=3, temperature=1.0, regime="replace", chains=1)
    alive = explorer.result.alive
    assert [int(each.sum()) for each in alive[1:]] == list(explorer.result.history["types_alive"][:, 0])
    for before, after in pairwise(alive):
        assert not (after & ~before).any()
    said = explorer.beside(explorer.result, 2)
    lost = np.flatnonzero(alive[1] & ~alive[2])
    assert f"{len(lost):,} types were lost in generation 2" in said
    assert f"{explorer.result.corpus.display[lost[0]]} (" in said


def test_lost_words_are_struck_whole_and_marks_stand_behind_words(explorer):
    explorer.set(**SMALL, order=3, temperature=1.0, regime="replace", chains=1)
    result = explorer.result
    last = explorer.beside(result, SMALL["generations"])
    gone = {result.corpus.display[word] for row in result.read[0] for word in row if not result.alive[-1][word]}
    assert gone
    assert {word for word in gone if f"<del>{word}</del>" not in last} == set()
    assert "<del>" not in explorer.beside(result, 0)
    assert not re.search(r" [.,;:!?]", last.partition("</p>")[0])


def test_masked_words_are_counted(explorer):
    explorer.set(**SMALL)
    result = explorer.result
    masked = result.corpus.n_masked(np.concatenate([result.read[0], result.read[5]]))
    assert ("Masked for display" in explorer.beside(result, 5)) == (masked > 0)


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"prediction": -1}, r"prediction must be a number in \[0, inf\]; got -1"),
        ({"order": 5}, "order must be one of 1, 2, 3, 4; got 5"),
        ({"temperature": 0}, "temperature must be a number from 0.5 to 1.5; got 0"),
    ],
)
def test_bad_settings_get_one_line(settings, line):
    with pytest.raises(ValueError, match=line):
        TextExplorer(**settings)
