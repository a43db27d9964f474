"""Settings say the same of the same model, in each process."""

from functools import partial

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from collapse_edu import Categorical, Curated, Gaussian, PCAMixture, Verified, adapt, run
from collapse_edu.loop.settings import text_of
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
