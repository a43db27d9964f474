"""Settings say the same of the same model, in each process."""

import os
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from collapse_edu import Categorical, Curated, Gaussian, PCAMixture, Verified, adapt, run
from collapse_edu.loop.settings import digest_of, text_of
from collapse_edu.loop.source import normal


def accept_all():
    """Return a new function at each call: it has another address each time."""
    return lambda rows, model: np.ones(len(rows), dtype=bool)


class Bare:
    def fit(self, X):
        self.X = X
        return self

    def sample(self, n, rng):
        return rng.choice(self.X, n)


class Knot(Bare):
    def __init__(self):
        self.itself = self


@pytest.mark.parametrize(
    "model", [Gaussian(ddof=0), Categorical(5), PCAMixture(n_mixture=2), adapt(GaussianMixture(3))], ids=repr
)
def test_a_model_without_functions_is_what_it_prints(model):
    assert text_of(model) == str(model)


@pytest.mark.parametrize(
    ("model", "text"),
    [
        (Verified(Gaussian(), np.sum), "Verified(accept=numpy.sum, model=Gaussian())"),
        (Verified(Gaussian(), len), "Verified(accept=builtins.len, model=Gaussian())"),
        (Verified(Gaussian(), accept_all()), f"accept={__name__}.accept_all.<locals>.<lambda>"),
        (Verified(Gaussian(), partial(np.sum, axis=1)), "accept=functools.partial(numpy.sum, axis=1)"),
        (Curated(Verified(Gaussian(), accept_all()), np.sum), f"accept={__name__}.accept_all.<locals>.<lambda>"),
        (Bare(), f"<{__name__}.Bare object>"),
        (Knot(), f"<{__name__}.Knot object>"),
    ],
)
def test_a_function_is_written_by_its_name(model, text):
    assert text in text_of(model)
    assert " at 0x" not in text_of(model)


@pytest.mark.parametrize("make", [lambda: Verified(Gaussian(), accept_all()), Bare])
def test_two_equal_runs_are_equal_and_have_equal_files(tmp_path, make):
    one, two = (run(make(), normal(20), generations=2, seed=3) for _ in range(2))
    assert one == two
    assert one.save(tmp_path / "1.csv").read_bytes() == two.save(tmp_path / "2.csv").read_bytes()


def test_the_model_itself_stays_as_it_is():
    accept = accept_all()
    model = Verified(Gaussian(), accept)
    text_of(model)
    assert model.accept is accept


def many_words():
    return {"whale", "sea", "ship", "captain", "harpoon", "mate", "deck", "sail"}


@dataclass
class Contains:
    """Something that can be called, with a set and a function inside."""

    words: set
    also: object = None

    def __call__(self, rows, model):
        return np.ones(len(rows), dtype=bool)


class Refuse:
    def none(self, rows, model):
        return np.ones(len(rows), dtype=bool)


def awkward_models():
    """Models whose plain text has addresses, or sets in an order that changes from process to process."""
    accepting = [
        accept_all(),
        partial(Contains(many_words()), model=accept_all()),
        Contains(many_words(), also=[accept_all(), {"deep": (accept_all(), frozenset(many_words()))}]),
        Refuse().none,
        Refuse(),
        np.isfinite,
    ]
    inner = adapt(GaussianMixture(2, means_init=[[0.0], [1.0]]))
    return [Verified(inner, accept) for accept in accepting] + [Curated(Verified(Gaussian(), len), accept_all(), 3)]


@pytest.mark.parametrize("place", range(len(awkward_models())))
def test_the_text_of_equal_models_is_one_and_has_no_address(place):
    one, two = text_of(awkward_models()[place]), text_of(awkward_models()[place])
    assert one == two
    assert "0x" not in one
    assert "\n" not in one


def test_a_container_that_contains_itself_has_a_text():
    knot = [accept_all]
    knot.append(knot)
    assert text_of(Verified(Gaussian(), Contains(set(), knot))).count("...") == 1


class Own(Bare):
    """A class of a learner's own, whose text uses what it keeps in all kinds of ways."""

    def __init__(self, text):
        self.text, self.f, self.words = text, np.mean, {"sea", "whale", "ship"}
        self.pairs, self.fixed = [(1, np.mean)], frozenset({3, 1, 2})

    def __repr__(self):
        return self.text(self)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (lambda own: f"{len(own.words)} words", "3 words"),
        (lambda own: ", ".join(sorted(own.words)), "sea, ship, whale"),
        (lambda own: ", ".join(own.words), "sea, ship, whale"),
        (lambda own: str("sea" in own.words), "True"),
        (lambda own: str(own.words | {"sea"} == own.words), "True"),
        (lambda own: f"{max(own.words)} {max(own.fixed)} {sum(own.fixed)}", "whale 3 6"),
        (lambda own: f"{own.words} {own.fixed}", "{'sea', 'ship', 'whale'} frozenset({1, 2, 3})"),
        (lambda own: f"{own.f.__name__} of {own.f.__module__}", "mean of numpy"),
        (lambda own: own.pairs[0][1].__name__, "mean"),
        (lambda own: f"{own.f([1, 2])}", "1.5"),
        (lambda own: str(type(own.f) is type(np.mean) or 1 / 0), "True"),  # of what stands for it, it has no text
        (lambda own: str(1 / 0), f"<{__name__}.Own object>"),
    ],
)
def test_a_text_of_a_class_of_ones_own_may_use_all_that_it_keeps(text, shown):
    assert run(Own(text), normal(20), generations=1).settings["model"] == shown


def test_a_digest_tells_what_is_kept_apart_and_nothing_else():
    def kept(words, **also):
        model = Bare().fit(np.arange(3.0))
        vars(model).update(words=words, rng=np.random.default_rng(), tell=accept_all(), **also)
        return digest_of(model)

    assert kept({"sea", "whale", "ship"}) == kept({"ship", "sea", "whale"})
    assert kept({"sea"}) != kept({"whale"})
    assert kept([1, 2]) != kept([12])
    assert kept({}, x=np.eye(2)) != kept({}, x=np.eye(2).ravel())
    assert len(digest_of(Knot())) == 8


FILE = """
import sys
sys.path[:0] = {paths!r}
from loop.test_settings import Contains, accept_all, many_words
from collapse_edu import Gaussian, History, Verified, mix, run
from collapse_edu.loop.source import normal

of_words = Contains(many_words(), also=[accept_all()])
histories = [run(Verified(Gaussian(), accept), normal(20), mix(0.5), generations=3, chains=2, seed=3)
             for accept in (of_words, accept_all())]
print(History.together(*histories).save(sys.argv[1]).read_bytes().hex())
"""


def test_one_seed_gives_one_file_in_any_process(tmp_path):
    code = FILE.format(paths=[str(Path(__file__).parents[1]), str(Path(__file__).parents[2])])
    files = [
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / f"{seed}.csv")],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert files[0] == files[1] != ""
