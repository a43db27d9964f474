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


def test_the_fewest_samples_of_the_median_are_those_of_theory():
    explorer = GaussianExplorer(challenge="M2.c1", n=30, generations=60, chains=1000, regime="accumulate")
    explorer.set(regime="replace")
    assert "Not yet, with 30 samples." in explorer._goal.value
    explorer.set(n=87)
    assert "Not yet, with 87 samples." in explorer._goal.value
    explorer.set(n=120)
    assert "Done with 120 samples." in explorer._goal.value
    assert "It cannot be done" not in explorer._goal.value
    explorer.set(n=88)
    assert "Done with 88 samples. It cannot be done with less." in explorer._goal.value
    assert kept("M2.c1") == [120, 88]
    assert explorer.parameters["n"].min < 88 < explorer.parameters["n"].max
    medians = [
        np.median(ensemble.gaussian(n=n, generations=60, chains=200_000, seed=1)["variance"][-1]) for n in (85, 91)
    ]
    assert medians[0] < 0.5 < medians[1]


@pytest.mark.parametrize(
    ("settings", "line"), [({"generations": 50}, "generations to 60"), ({"regime": "anchor"}, "regime to replace")]
)
def test_a_challenge_says_which_settings_it_is_about(settings, line):
    explorer = GaussianExplorer(challenge="M2.c1", n=30, generations=60, chains=1000)
    explorer.set(n=500, **settings)
    assert f"For the challenge, set {line}." in explorer._goal.value
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
    assert "less than 1,500 EUR" in CHALLENGES["M9.c1"].goal


@pytest.mark.parametrize(
    "other",
    [{"users": 1000}, {"requests_per_user": 1.0}, {"price_per_user": 9.0}, {"failure_cost": 0.01}, {"times": 10},
     {"switches": "caching"}, {"currency": "USD"}, {"models": 5}, {"seed": 2}],
)  # fmt: skip
def test_only_human_rows_can_be_bought(other):
    explorer = CostExplorer(challenge="M9.c1", human_rows=0, models=24)
    explorer.set(human_rows=600, **other)
    (name,) = other
    assert f"For the challenge, set {name.replace('_', ' ')} to" in explorer._goal.value
    assert kept("M9.c1") == []


def test_an_unknown_challenge_gets_one_line():
    with pytest.raises(ValueError, match=r"challenge must be one of M1.c1, .*; got 'M3.c9'"):
        challenge_of("M3.c9")
