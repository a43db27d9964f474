"""Measures of rows of types: what metrics give."""

from types import SimpleNamespace

from collapse_edu import Categorical, measures, metrics, run
from collapse_edu.loop.source import FiniteData


def test_lost_and_unseen_mass_are_what_the_metrics_give(rng):
    real, synthetic = rng.integers(0, 30, (20, 1)), rng.integers(10, 40, (20, 1))
    generation, source = SimpleNamespace(synthetic=synthetic), SimpleNamespace(real=real)
    assert measures.lost_mass(generation, source) == metrics.lost_mass(real, synthetic) > 0
    assert measures.unseen_mass(generation, source) == metrics.unseen_mass(real, synthetic) > 0


def test_a_count_model_loses_types_and_invents_none(rng):
    measured = {"lost": measures.lost_mass, "unseen": measures.unseen_mass}
    words = FiniteData(rng.integers(0, 30, (60, 1)))
    history = run(Categorical(), words, generations=20, chains=5, measures=measured)
    assert (history["unseen"] == 0).all()
    assert (history["lost"][1:] >= history["lost"][:-1]).all()
    assert (history["lost"][-1] > 0).all()
