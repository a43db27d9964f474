"""Challenges can be met, with the best that they name and with nothing less, and keep the learner's best."""

import numpy as np
import pytest

from collapse_edu import ensemble, replace
from collapse_edu.course.desk.record import Record
from collapse_edu.course.explorers import CostExplorer, GaussianExplorer, TelephoneExplorer, WeightExplorer
from collapse_edu.course.explorers.challenges import CHALLENGES, challenge_of
from collapse_edu.course.register import LESSONS


def kept(name):
    return [event["best"] for event in Record().events() if event["question"] == name]


def test_the_register_of_lessons_has_their_ids():
    assert [*CHALLENGES] == [name for lesson in LESSONS for name in lesson.challenges]
    assert all(name.startswith(f"{lesson.id}.c") for lesson in LESSONS for name in lesson.challenges)


def test_the_fewest_draws_of_a_coin_are_those_of_the_exact_chance():
    explorer = TelephoneExplorer(challenge="M1.c1", bag="coin", n=10, generations=30, chains=100)
    assert kept("M1.c1") == []  # what the explorer opens with is no attempt
    explorer.set(n=47)
    assert "Not yet, with 47 draws." in explorer._goal.value
    explorer.set(n=48)
    assert "Done with 48 draws. It cannot be done with less." in explorer._goal.value
    explorer.set(n=60)
    assert "Your best: 48 draws." in explorer._goal.value
    assert kept("M1.c1") == [48]
    steps = ensemble.categorical_counts([24, 24], replace, chains=20_000, rng=np.random.default_rng(1))
    *_, last = (step for _, step in zip(range(30), steps, strict=False))
    assert np.mean(last.types_alive == 1) == pytest.approx(0.245, abs=0.015)


def test_the_median_survives_with_ten_real_samples_if_they_are_kept():
    explorer = GaussianExplorer(challenge="M2.c1", n=30, generations=60, chains=1000)
    explorer.set(n=60)
    assert "Not yet, with 60 real samples." in explorer._goal.value
    explorer.set(n=120)
    assert "Done with 120 real samples." in explorer._goal.value
    explorer.set(n=10, regime="mix(0.1)")
    assert "Done with 69 real samples." in explorer._goal.value
    for regime in ("anchor", "accumulate"):
        explorer.set(regime=regime)
        assert "Done with 10 real samples. It cannot be done with less." in explorer._goal.value
    assert kept("M2.c1") == [120, 69, 10]
    assert explorer.parameters["n"].min == 10


@pytest.mark.parametrize(("settings", "line"), [({"generations": 50}, "generations to 60"), ({"chains": 10}, "1,000")])
def test_a_challenge_says_which_settings_it_is_about(settings, line):
    explorer = GaussianExplorer(challenge="M2.c1", n=30, generations=60, chains=1000)
    explorer.set(n=500, **settings)
    assert line in explorer._goal.value
    assert kept("M2.c1") == []


def test_the_least_weight_is_that_of_theory():
    explorer = WeightExplorer(challenge="M7.c1", weight=50, chains=1000)
    explorer.set(weight=57)
    assert "Not yet" in explorer._goal.value
    explorer.set(weight=58)
    assert "It cannot be done with less." in explorer._goal.value


def test_human_rows_can_lose_less_than_none_and_than_many():
    explorer = CostExplorer(challenge="M9.c1", human_rows=0, models=24)
    explorer.set(human_rows=2000)
    assert "Not yet" in explorer._goal.value
    explorer.set(human_rows=600)
    assert "Done with 1," in explorer._goal.value
    assert kept("M9.c1")[0] < 1400


def test_an_unknown_challenge_gets_one_line():
    with pytest.raises(ValueError, match=r"challenge must be one of M1.c1, .*; got 'M3.c9'"):
        challenge_of("M3.c9")
