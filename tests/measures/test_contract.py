"""A metric is no measure, and a measure is no metric: one line says which is meant."""

from functools import partial

import numpy as np
import pytest

from collapse_edu import Gaussian, measures, metrics, run
from collapse_edu.loop.source import normal
from collapse_edu.measures.contract import checked

TWINS = sorted({*metrics.__all__} & {*measures.__all__})


def test_there_are_twins():
    assert {"frechet_distance", "heterozygosity", "lost_mass", "types_alive", "unseen_mass", "vocabulary_survival"} <= {
        *TWINS
    }


@pytest.mark.parametrize("name", TWINS)
def test_a_metric_gets_the_name_of_its_measure(name):
    words = f"measures: metrics.{name} is a metric, it takes arrays: use measures.{name}"
    for given in ({"mine": getattr(metrics, name)}, getattr(metrics, name), {"mine": partial(getattr(metrics, name))}):
        with pytest.raises(TypeError) as caught:
            run(Gaussian(), normal(5), measures=given)
        assert str(caught.value) == words


@pytest.mark.parametrize("name", TWINS)
@pytest.mark.parametrize("kind", [list, np.array])
def test_a_measure_that_gets_arrays_names_its_metric(name, kind):
    rows = kind([[0], [1], [1]])
    for call in (partial(getattr(measures, name), rows), partial(getattr(measures, name), rows, rows)):
        with pytest.raises(TypeError) as caught:
            call()
        came = type(rows).__name__
        assert str(caught.value) == (
            f"measures.{name} takes (generation, source), no arrays; got {came}: use metrics.{name}"
        )


def test_a_measure_without_a_metric_of_its_name_says_what_it_takes():
    with pytest.raises(
        TypeError, match=r"^measures\.sample_variance takes \(generation, source\), no arrays; got list$"
    ):
        measures.sample_variance([1, 2], None)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"v": metrics.effective_types},
            "measures: metrics.effective_types is a metric, it takes arrays: write a function "
            "(generation, source) -> number that calls it, with generation.synthetic, source.real",
        ),
        (
            measures.types_alive,
            "measures must be a dict, name → function (generation, source) -> number; got types_alive: "
            "write {'types_alive': types_alive}",
        ),
        (
            {"d": measures.LabelError},
            "measures must be a dict, name → function (generation, source) -> number; got 'd' → the class LabelError: "
            "write LabelError(...)",
        ),
        (
            {"q": measures.Quality()},
            "measures must be a dict, name → function (generation, source) -> number; got 'q' → Quality",
        ),
        (
            {3: measures.types_alive},
            "measures must be a dict, name → function (generation, source) -> number; got 3 → types_alive",
        ),
        (
            {"one": lambda generation: 1},
            "measures must be a dict, name → function (generation, source) -> number; got 'one' → <lambda>",
        ),
        (3, "measures must be a dict, name → function (generation, source) -> number; got int"),
    ],
)
def test_what_is_no_measure_gets_one_line(given, words):
    with pytest.raises(TypeError) as caught:
        run(Gaussian(), normal(5), measures=given)
    assert str(caught.value) == words


def test_what_is_a_dict_of_measures_comes_back():
    given = {"a": measures.Distinct(2), "b": np.maximum, "c": partial(lambda k, generation, source: k, 3)}
    assert checked(given) is given


def test_a_metric_that_is_part_of_a_measure_of_another_name_leads_there():
    with pytest.raises(
        TypeError, match=r"metrics.squared_w2_gaussians is a metric, it takes arrays: use measures.SquaredW2\(\)$"
    ):
        checked({"w2": metrics.squared_w2_gaussians})
    with pytest.raises(TypeError, match=r"use measures.Distinct\(\)$"):
        checked({"distinct": metrics.distinct_n})
