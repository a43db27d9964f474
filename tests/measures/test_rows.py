"""Measures of rows of types: what metrics give."""

from types import SimpleNamespace

import numpy as np

from collapse_edu import Categorical, measures, metrics, run
from collapse_edu.loop.source import FiniteData


def test_lost_and_unseen_mass_are_what_the_metrics_give(rng):
    real, synthetic = rng.integers(0, 30, (20, 1)), rng.integers(10, 40, (20, 1))
    generation, source = SimpleNamespace(synthetic=synthetic), SimpleNamespace(real=real)
    assert measures.lost_mass(generation, source) == metrics.lost_mass(real, synthetic) > 0
    assert measures.unseen_mass(generation, source) == metrics.unseen_mass(real, synthetic) > 0


def test_the_numbers_by_hand():
    normal = SimpleNamespace(
        model=SimpleNamespace(mean_=np.array([1.5]), factor_=np.array([[3.0]])), synthetic=np.array([[0, 0], [2, 4]])
    )
    assert measures.fitted_mean(normal, None) == 1.5
    assert measures.fitted_variance(normal, None) == 9
    assert measures.sample_variance(normal, None) == 5  # of 2 and 8, both over one degree of freedom
    normal.model = SimpleNamespace(mean_=np.zeros(2), factor_=np.array([[1, 0], [1, 2]]))
    assert measures.fitted_variance(normal, None) == 3  # of 1 and 5
    types = SimpleNamespace(synthetic=np.array([[0], [0], [1], [3]]))
    source = SimpleNamespace(real=np.array([[0], [1], [2], [2]]))
    assert measures.types_alive(types, source) == 3
    assert measures.heterozygosity(types, source) == 1 - (4 + 1 + 1) / 16
    assert measures.lost_mass(types, source) == 2 / 4
    assert measures.unseen_mass(types, source) == 1 / 4


def test_a_count_model_loses_types_and_invents_none(rng):
    measured = {"lost": measures.lost_mass, "unseen": measures.unseen_mass}
    words = FiniteData(rng.integers(0, 30, (60, 1)))
    history = run(Categorical(), words, generations=20, chains=5, measures=measured)
    assert (history["unseen"] == 0).all()
    assert (history["lost"][1:] >= history["lost"][:-1]).all()
    assert (history["lost"][-1] > 0).all()
