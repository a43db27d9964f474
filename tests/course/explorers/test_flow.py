"""The explorer of a rectified flow: recorded at once, or trained here."""

import numpy as np
import pytest

from collapse_edu.course.explorers import FlowExplorer, flow
from collapse_edu.datasets import digits, recorded_model_classes
from collapse_edu.models import Flow
from tests.course.explorers.promises import parts_and_whole, shows, what_its_code_makes


@pytest.fixture
def quick(monkeypatch):
    """A flow that learns for a moment."""
    monkeypatch.setattr(flow, "painter", lambda bias: Flow(hidden=16, layers=1, steps=30, sampling_bias=bias))


@pytest.fixture(scope="module")
def explorer():
    return FlowExplorer(prediction=0.5)


@pytest.mark.parametrize("regime", ["replace", "preserve(0.5)"])
@pytest.mark.parametrize("sampling_bias", [1.0, 0.8])
def test_the_recorded_run_is_there_at_once(explorer, regime, sampling_bias):
    explorer.set(run="recorded", regime=regime, sampling_bias=sampling_bias)
    shows(explorer, 0, 1, 8)
    recorded = recorded_model_classes()
    assert explorer.result.history == recorded.of("flow", regime, sampling_bias)
    assert explorer.settings["generations"] == explorer._film.generations == 8
    assert all(explorer.parameters[name].disabled for name in ("generations", "seed"))
    assert what_its_code_makes(explorer)["history"] == explorer.result.history


def test_it_opens_on_the_real_digits_and_trains_nothing(monkeypatch):
    monkeypatch.setattr(flow, "watch", None)  # nobody calls it
    explorer = FlowExplorer()
    np.testing.assert_array_equal(explorer.result.shown[0], digits().rows[:36])
    assert explorer._player.at == 0
    assert len(explorer.main) <= 3


def test_a_live_run_says_how_far_it_is_and_can_be_stopped(quick):
    parts, whole = parts_and_whole(FlowExplorer.compute("live", "replace", 1.0, 2, 3))
    shares = [share for share, _ in parts]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert len(shares) > 10  # the stop button gets its turns
    assert [len(so_far.shown) for _, so_far in parts if so_far] == [2, 3]  # each generation as soon as it has learned
    assert whole.history["coverage"].shape == (2, 1)


def test_the_code_of_a_live_run_gives_the_same_history(quick):
    explorer = FlowExplorer()
    explorer.set(run="live", regime="preserve(0.5)", sampling_bias=0.8, generations=2, seed=7)
    shows(explorer, 0, 1, 2)
    assert what_its_code_makes(explorer)["history"] == explorer.result.history
    assert not explorer.parameters["seed"].disabled


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"prediction": 2}, r"prediction must be a number in \[0, 1\]; got 2"),
        ({"generations": 1}, "generations must be a number from 2 to 20; got 1"),
        ({"regime": "mix(0.5)"}, r"regime must be one of 'replace', 'preserve\(0.5\)'; got 'mix\(0.5\)'"),
        ({"sampling_bias": 0.5}, "sampling_bias must be one of 1.0, 0.8; got 0.5"),
    ],
)
def test_bad_settings_get_one_line(settings, line):
    with pytest.raises(ValueError, match=line):
        FlowExplorer(**settings)
