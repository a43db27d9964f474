"""The explorers of M4."""

import numpy as np
import pytest

from collapse_edu.course.explorers import ImageExplorer, VAEExplorer
from collapse_edu.datasets import digits, recorded_vae
from tests.course.explorers.promises import shows, what_its_code_makes

MODELS = ["one normal distribution", "ten normal distributions", "ten normal distributions, no residual noise"]
REGIMES = ["replace", "accumulate", "anchor", "preserve(0.1)"]


@pytest.fixture(scope="module")
def explorer():
    return ImageExplorer(prediction=0.3, generations=5)


def complete(explorer, last):
    """Check that there is a picture, a sentence and numbers, and nothing in them that is none."""
    shows(explorer, 0, 1, last)
    table = explorer.table(explorer.result)
    assert table["generation"].iloc[-1] == explorer._film.generations == last


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("regime", "bias", "generations", "chains"),
    [("replace", 0.5, 40, 1), *((regime, 0.5, 5, 1) for regime in REGIMES[1:]), ("replace", 1.0, 5, 4)],
)
def test_every_corner_gives_a_picture_words_and_numbers(explorer, model, regime, bias, generations, chains):
    explorer.set(
        model=model, regime=regime, sampling_bias=bias, generations=generations, chains=chains, seed=99_999
    )  # fmt: skip
    complete(explorer, generations)


@pytest.mark.parametrize("model", MODELS)
def test_the_code_that_it_shows_gives_the_same_history(explorer, model):
    explorer.set(model=model, regime="preserve(0.1)", sampling_bias=0.9, generations=5, chains=4, seed=4)
    names = what_its_code_makes(explorer)
    assert names["history"] == explorer.result.history


def test_frames_show_what_chain_0_drew(explorer):
    explorer.set(model="one normal distribution", generations=5, chains=1, regime="replace", sampling_bias=1.0)
    np.testing.assert_array_equal(explorer.result.shown[0], digits().rows[:36])
    assert len(explorer.result.shown) == 6
    assert all(shown.shape == (36, 64) for shown in explorer.result.shown)
    assert min(shown.min() for shown in explorer.result.shown[1:]) < 0  # nothing is clipped in the loop


def test_generations_come_one_by_one():
    steps = list(ImageExplorer.compute("one normal distribution", "replace", 1.0, 4, 2, 0))
    seen = [len(so_far.history["recall"]) for _, so_far in steps if so_far]
    assert seen == [1, 2, 3, 4]
    assert [round(share, 3) for share, _ in steps] == [i / 8 for i in range(1, 9)]


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"prediction": 2}, r"prediction must be a number in \[0, 1\]; got 2"),
        ({"generations": 50}, "generations must be a number from 5 to 40; got 50"),
        ({"model": "VAE"}, "model must be one of 'one normal distribution', .*; got 'VAE'"),
    ],
)
def test_bad_settings_get_one_line(settings, line):
    with pytest.raises(ValueError, match=line):
        ImageExplorer(**settings)


# ---------------------------------------------------------------- the autoencoder


@pytest.mark.parametrize("output", ["means", "sampled", "decoded"])
def test_the_recorded_run_is_there_at_once(output):
    explorer = VAEExplorer(output=output, prediction=3)
    recorded = recorded_vae()
    complete(explorer, len(recorded.films[output]))
    np.testing.assert_array_equal(
        explorer.result.history["effective_classes"][:, 0], recorded.effective_classes[output]
    )
    assert all(explorer.parameters[name].disabled for name in ("regime", "n", "generations", "seed"))
    assert explorer.settings["generations"] == len(recorded.films[output])
    what_its_code_makes(explorer)


@pytest.mark.parametrize("regime", ["replace", "anchor", "preserve(0.1)"])
def test_a_live_run_says_how_far_it_is(regime):
    steps = list(VAEExplorer.compute("live", "sampled", regime, 1000, 2, 3))
    shares = [share for share, _ in steps]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert len(shares) > 20  # the stop button gets its turns
    assert [len(so_far.shown) for _, so_far in steps if so_far] == [2, 3]


@pytest.mark.parametrize("output", ["means", "decoded"])
def test_the_code_of_a_live_run_gives_the_same_history(output):
    explorer = VAEExplorer()
    explorer.set(run="live", output=output, n=1000, generations=2, seed=7)
    complete(explorer, 2)
    names = what_its_code_makes(explorer)
    assert names["history"] == explorer.result.history
    assert not explorer.parameters["seed"].disabled


def test_a_model_goes_on_under_its_old_name(explorer):
    explorer.set(model="ten normal laws, no residual noise", generations=5, chains=1)
    assert explorer.settings["model"] == "ten normal distributions, no residual noise"
