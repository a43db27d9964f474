"""Where classes of models agree: verdicts of whole intervals, and a question whose key follows from the chains."""

import numpy as np
import pytest
from scipy import stats

from collapse_edu import History
from collapse_edu.course.model_classes import ask_what_became, ask_which_loses_most, change, where_they_agree
from collapse_edu.course.text_classes import MEASURES, text_classes
from collapse_edu.datasets import recorded_model_classes


def chains(first, last, n=6, regime="replace"):
    """Return chains that end near a share of where they began."""
    began = np.full(n, first)
    ended = first * last * (1 + 0.005 * np.linspace(-1, 1, n))
    return History({(regime, "coverage"): [began, ended]})


def test_the_interval_is_students(rng):
    values = rng.uniform(0.2, 0.9, size=(8, 7))
    ratios = values[-1] / values[0] - 1
    expected = stats.ttest_1samp(ratios, 0).confidence_interval(0.95)
    found = change(values)
    assert (found.low, found.high) == pytest.approx(tuple(expected))
    assert found.mean == pytest.approx(ratios.mean())


@pytest.mark.parametrize(
    ("ratios", "verdict"),
    [
        ((0.2, 0.3, 0.25), "falls"),
        ((0.85, 0.93, 0.9), "falls"),  # a tenth or not, it is below 0
        ((0.95, 0.96, 0.97), "stays"),  # below 0, but by little
        ((0.99, 1.0, 1.02), "stays"),
        ((1.3, 1.2, 1.4), "rises"),
        ((0.7, 1.0, 1.2), "is not told"),
    ],
)
def test_a_verdict_is_that_of_the_whole_interval(ratios, verdict):
    assert change([np.full(3, 0.5), 0.5 * np.array(ratios)]).verdict == verdict


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([[0.5], [0.2]], r"values must have shape \(generations, chains\), two chains or more; got \(2, 1\)"),
        ([[0.5, 0.0], [0.2, 0.1]], "values must begin above 0, .*; got 0 in generation 1"),
    ],
)
def test_what_has_no_change_gets_one_line(values, line):
    with pytest.raises(ValueError, match=line):
        change(values)


def test_agreement_is_one_verdict_for_all():
    uncertain = History({("mix", "coverage"): [[0.5, 0.5], [0.3, 0.6]]})
    groups = {
        "replace": {"mixture": chains(0.8, 0.5), "flow": chains(0.5, 0.1)},
        "half real": {"mixture": chains(0.8, 1.0), "flow": chains(0.5, 0.8)},
        "mix": {"mixture": uncertain, "flow": chains(0.5, 0.8)},
    }
    words = where_they_agree(groups, ("coverage",))
    assert "Replace: they agree in coverage: mixture falls (−50 % [" in words
    assert "Half real: they differ in coverage: mixture stays (0 % [" in words
    assert "Mix: it is not told whether they agree in coverage: mixture is not told (−10 % [" in words


@pytest.mark.parametrize(
    ("share", "right"),
    [
        (0.2, "it has fallen to less than half"),
        (0.7, "it has fallen, by a tenth to a half"),
        (1.05, "it is within a tenth of where it began"),
        (1.5, "it has risen by more than a tenth"),
    ],
)
def test_the_key_follows_from_the_chains(share, right):
    group = {"mixture": chains(0.8, 1.0), "flow": chains(0.5, share)}
    question = ask_what_became("flow", group, "coverage")
    assert [option.text for option in question.outcomes if option.right] == [right]
    assert "0.50 to" in next(option.why for option in question.outcomes if option.right)
    assert "0.80" not in question.prompt  # nothing is given away
    assert question.choose(1).locked


def test_what_is_not_told_apart_is_not_asked():
    with pytest.raises(ValueError, match="coverage of flow must change by an amount that one outcome holds; got −50 %"):
        ask_what_became("flow", {"flow": chains(0.5, 0.5)}, "coverage")


@pytest.mark.parametrize(
    ("shares", "right"),
    [
        ((0.5, 0.9, 0.9), "the mixture of ten normal distributions"),
        ((0.9, 0.9, 0.2), "the rectified flow"),
        ((0.5, 0.5, 0.9), "none of them stands out"),
        ((1.1, 1.3, 1.5), "none of them stands out"),  # the least has risen, too
    ],
)
def test_which_class_loses_most_follows_from_the_chains(shares, right):
    group = {name: chains(0.6, share) for name, share in zip(("mixture", "VAE", "flow"), shares, strict=True)}
    question = ask_which_loses_most(group, "coverage")
    assert [option.text for option in question.outcomes if option.right] == [right]
    assert all(option.why for option in question.outcomes)


def test_in_the_recorded_run_the_answer_differs_by_class_and_measure():
    group = recorded_model_classes().under("replace")
    loses = {
        measure: [option.text for option in ask_which_loses_most(group, measure).outcomes if option.right]
        for measure in ("precision", "coverage")
    }
    assert loses["precision"] == ["none of them stands out"]
    assert loses["coverage"] == ["the variational autoencoder that feeds back its decoder's means"]
    became = {
        model: [option.text for option in ask_what_became(model, group, "recall").outcomes if option.right]
        for model in group
    }
    assert became["mixture"] == ["it has fallen, by a tenth to a half"]
    assert became["VAE"] == became["flow"] == ["it has fallen to less than half"]


def test_texts_are_asked_about_too():
    """Half real keeps the perplexity of neither class, and the words of both; the amounts differ by the class."""
    groups = text_classes()
    asked = ask_what_became("SmolLM2", groups["replace"], "held_out_perplexity")
    assert "learns real speeches and writes as much, at temperature 0.7" in asked.prompt
    assert [option.text for option in asked.outcomes if option.right] == ["it has risen by more than a tenth"]
    assert "trigram" in next(option.why for option in asked.outcomes if option.right)


def test_the_trigram_model_counts_as_the_recorded_one_does():
    groups = text_classes()
    for classes in groups.values():
        assert {tuple(history.measures) for history in classes.values()} == {tuple(MEASURES)}
        assert len({len(history["distinct_words"]) for history in classes.values()}) == 1
