"""Predictions: they can be chosen by number, they keep quiet before, and explain everything after."""

import numpy as np
import pytest

from collapse_edu import ensemble
from collapse_edu.course.quiz import predict
from collapse_edu.course.quiz.bank.m2 import PREDICTIONS
from collapse_edu.loop import regimes


@pytest.mark.parametrize("name", PREDICTIONS)
def test_nothing_is_given_away_before_the_choice(name):
    bundle = predict(name)._repr_mimebundle_()
    for choice in (*PREDICTIONS[name]["outcomes"], *PREDICTIONS[name]["causes"]):
        assert choice.why not in bundle["text/plain"] + bundle["text/html"]
        assert choice.text in bundle["text/plain"]


@pytest.mark.parametrize("name", PREDICTIONS)
def test_every_choice_is_explained_and_the_own_one_first(name):
    guess = predict(name).choose(outcome=3, cause=2)
    text, html = repr(guess.explain()), guess.explain()._repr_html_()
    assert text.index(guess.outcomes[2].why) < text.index(guess.outcomes[0].why)
    for choice in (*guess.outcomes, *guess.causes):
        assert choice.why in text
    assert html.count("<li>") == len(guess.outcomes) + len(guess.causes)
    assert guess.value == guess.outcomes[2].value


def test_without_a_choice_it_says_so():
    assert repr(predict("M2.p1").explain()).startswith("You chose nothing")


@pytest.mark.parametrize(
    ("name", "regime", "n", "t"), [("M2.p2", regimes.replace, 100, 100), ("M2.p3", regimes.accumulate, 30, 60)]
)
def test_the_right_outcome_is_the_one_that_happens(name, regime, n, t):
    """On the log scale, the median of the ensemble is nearer to the right outcome than to any other."""
    median = np.median(ensemble.gaussian(regime, n=n, generations=t, chains=20_000, seed=1)["variance"][-1])
    values = [choice.value for choice in predict(name).outcomes]
    assert predict(name).outcomes[np.argmin(np.abs(np.log(values) - np.log(median)))].right


def test_the_mean_of_a_thousand_chains_usually_lies_well_below_1():
    """M2.p4, in 200 repetitions: near 0.1, and now and then far above 1."""
    ends = ensemble.gaussian(n=10, generations=100, chains=200_000, seed=5)["variance"][-1]
    means = ends.reshape(200, 1000).mean(axis=1)
    assert 0.05 < np.median(means) < 0.2
    assert np.mean(means < 0.5) > 0.75
    assert means.max() > 2
    assert predict("M2.p4").outcomes[0].right


def test_of_forty_chains_most_fall_and_some_rise():
    """The right outcome of M2.p1, in nearly every class of forty."""
    ends = ensemble.gaussian(n=30, generations=60, chains=40_000, seed=2)["variance"][-1].reshape(1000, 40)
    low, high = (ends < 0.7).sum(axis=1), (ends > 1.4).sum(axis=1)
    assert np.mean((low > 20) & (low < 40) & (high > 0)) > 0.98
    assert predict("M2.p1").outcomes[2].right


@pytest.mark.parametrize(("outcome", "cause"), [(0, 1), (4, 1), (1, 9), ("2", None)])
def test_a_choice_that_is_not_there_gets_one_line(outcome, cause):
    with pytest.raises(ValueError, match="must be a number from 1 to 3; got"):
        predict("M2.p1").choose(outcome, cause)


def test_an_unknown_prediction_gets_one_line():
    with pytest.raises(ValueError, match=r"prediction must be one of M2\.p1, .*; got 'M2.p9'"):
        predict("M2.p9")
