"""What every model says to a number of rows, or a generator, that is none."""

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from collapse_edu import VAE, Categorical, Gaussian, adapt
from collapse_edu.models import Curated, Memoriser, NGram, PCAGaussian, PCAMixture, Regression, Verified

PIXELS = np.eye(4)[[0, 1, 2, 3, 0, 1]]
MODELS = {
    "Gaussian": (Gaussian(), PIXELS),
    "PCAGaussian": (PCAGaussian(2), PIXELS),
    "PCAMixture": (PCAMixture(2, 1), PIXELS),
    "VAE": (VAE(hidden=2, latent=1, epochs=1), PIXELS),
    "Regression": (Regression(), PIXELS),
    "Categorical": (Categorical(), [[0], [2]]),
    "Memoriser": (Memoriser(), [[0, 1], [2, 1]]),
    "NGram": (NGram(2), [[0, 1], [2, 1]]),
    "Curated": (Curated(Gaussian(), reward=lambda rows, model: rows[:, 0]), PIXELS),
    "Verified": (Verified(Gaussian(), accept=lambda rows, model: rows[:, 0] > -9), PIXELS),
    "adapt": (adapt(GaussianMixture()), PIXELS),
}


@pytest.fixture(params=MODELS)
def model(request):
    """Return a fitted model of each kind."""
    model, rows = MODELS[request.param]
    return model.fit(rows)


@pytest.mark.parametrize(("n", "error"), [(-1, ValueError), (2.0, TypeError), (True, TypeError), (None, TypeError)])
def test_a_number_of_rows_that_is_none_gets_one_line(rng, model, n, error):
    with pytest.raises(error, match=f"^n must be an integer of at least 0; got {n}$"):
        model.sample(n, rng)


@pytest.mark.parametrize("generator", [0, None, np.random.RandomState(0)])
def test_a_generator_that_is_none_gets_one_line(model, generator):
    with pytest.raises(TypeError, match=r"^rng must be a numpy.random.Generator, such as numpy.random.def"):
        model.sample(3, generator)


def test_a_numpy_integer_is_a_number_of_rows(rng, model):
    assert len(model.sample(np.int64(3), rng)) == 3


@pytest.mark.parametrize("Z", [np.zeros((5, 2)), np.zeros(5), np.zeros((5, 1, 1))])
def test_latent_numbers_of_another_shape_get_one_line(Z):
    model, rows = MODELS["VAE"]
    with pytest.raises(ValueError, match=r"^Z must have shape \(n, 1\), one column for each latent number; got \(5"):
        model.fit(rows).decode(Z)


WEIGHTS = {
    "infinite": ([1, np.inf], ValueError, "sample_weight must be 0 or larger, with a finite sum that is not zero"),
    "not a number": ([1, np.nan], ValueError, "sample_weight must be 0 or larger, with a finite sum that is not zero"),
    "negative": ([1, -1], ValueError, "sample_weight must be 0 or larger, with a finite sum that is not zero"),
    "nothing": ([0, 0], ValueError, "sample_weight must be 0 or larger, with a finite sum that is not zero"),
    "without a sum": (
        np.full(2, 1e308),
        ValueError,
        "sample_weight must be 0 or larger, with a finite sum that is not zero",
    ),
    "one for all": (2.0, ValueError, "sample_weight must have shape (2,), one number for each row; got ()"),
    "complex": ([1j, 1], TypeError, "sample_weight must contain numbers; got [1j, 1]"),
    "too few": ([1], ValueError, "sample_weight must have shape (2,), one number for each row; got (1,)"),
    "a column": ([[1], [1]], ValueError, "sample_weight must have shape (2,), one number for each row; got (2, 1)"),
    "text": (["1", "2"], TypeError, "sample_weight must contain numbers; got ['1', '2']"),
}


@pytest.mark.parametrize(("weights", "error", "words"), WEIGHTS.values(), ids=WEIGHTS)
@pytest.mark.parametrize("name", ["Gaussian", "PCAGaussian", "Regression", "Categorical", "Memoriser", "NGram"])
def test_weights_that_are_none_get_one_line(name, weights, error, words):
    model, rows = MODELS[name]
    with pytest.raises(error) as caught:
        model.fit(rows[:2], sample_weight=weights)
    assert str(caught.value) == words


def test_types_that_do_not_fit_into_memory_get_one_line():
    with pytest.raises(ValueError, match=r"^X must contain types from 0 to 99999999; got 0 to 1000000000000$"):
        Categorical().fit([[0], [10**12]])
    with pytest.raises(ValueError, match=r"^n_types must be an integer from 1 to 100000000; got 100000001$"):
        Categorical(10**8 + 1).fit([[0]])
