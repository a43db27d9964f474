"""The scripts that record language models: what was packed can be unpacked and gone on with, to the bit."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from collapse_edu import mix, replace
from collapse_edu.datasets._files import content_of

RECORD = Path(__file__).resolve().parents[2] / "lessons" / "record"


@pytest.fixture
def chains(monkeypatch):
    monkeypatch.syspath_prepend(str(RECORD))
    monkeypatch.delitem(sys.modules, "chains", raising=False)
    import chains

    return chains


@pytest.fixture
def recording(chains, tmp_path):
    """A recording of two arms, three seeds and two generations, whose texts are random tokens."""
    rng = np.random.default_rng(0)
    real, reserve, held_out = (rng.integers(65, 91, size=(n, 12)).astype(np.int32) for n in (8, 20, 4))
    made = chains.Recording(
        file=tmp_path / "recorded.npz", data=chains.Passages(real, reserve, held_out), n_prompt=2, length=10,
        arms={"replace": chains.Arm(replace, {"temperature": 0.7}), "mix(0.5)": chains.Arm(mix(0.5), {})},
        samplers={}, training={}, read=lambda row: " ".join(map(chr, row)), piece=chr, about={"model": "none"},
        packages=("numpy",), base=lambda: None, generations=3,
    )  # fmt: skip
    made.work = tmp_path / "work"
    made.rows.mkdir(parents=True)
    for arm in made.arms:
        for seed in made.seeds:
            texts = rng.integers(65, 91, size=(2, 8, 10))
            made.chain(seed, arm, 2, texts=iter(texts))
            for t in (1, 2):
                losses = rng.uniform(3, 4, size=(4, 4)).cumsum(axis=0)
                score = {"held_out_losses": losses.tolist(), "entropy": 1.5, "own_under_first": [2.0], "cpu_seconds": 7}
                made.path(t, seed, arm).write_text(json.dumps(score))
    return made


def test_it_is_packed_and_unpacked_to_the_bit(recording, tmp_path):
    recording.pack()
    before = content_of(recording.file)
    with np.load(recording.file) as file:
        assert file["rows_0"].shape == (2, 3, 8, 10)
    recording.work = tmp_path / "again"
    recording.rows.mkdir(parents=True)
    recording.unpack()
    recording.pack()
    assert content_of(recording.file) == before


def test_what_is_missing_comes_next(recording):
    todo = [task for task in recording.tasks() if not recording.path(*task).exists()]
    assert todo == [(3, seed, arm) for seed in (0, 1, 2) for arm in ("replace", "mix(0.5)")]
    assert all(recording.ready(*task) for task in todo)


def test_a_task_has_one_process(chains, tmp_path):
    path = tmp_path / "task.json"
    with chains.claimed(path) as mine, chains.claimed(path) as again:
        assert (mine, again) == (True, False)
    with chains.claimed(path) as mine:
        assert mine


def test_what_a_dead_process_claimed_is_free_again(chains, tmp_path):
    path = tmp_path / "task.json"
    path.with_suffix(".lock").write_text("999999999")
    with chains.claimed(path) as mine:
        assert not mine  # but its claim is gone
    with chains.claimed(path) as mine:
        assert mine


def test_the_fitted_temperature_is_that_of_an_overconfident_model(chains):
    # Loss as a parabola in the logarithm of the temperature, lowest at 1.5 for both halves.
    temperatures = (1.0, 1.3, 1.7, 2.2)
    losses = 4 + np.subtract(np.log(temperatures), np.log(1.5))[:, None] ** 2 + np.zeros(6)
    fitted, perplexity = chains.refitted(losses, temperatures)
    assert fitted == pytest.approx(1.5, rel=0.01)
    assert perplexity == pytest.approx(np.exp(4), rel=1e-3)
