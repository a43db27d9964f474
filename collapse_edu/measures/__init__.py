"""Measures: what a run writes down, functions ``(generation, source) -> number``.

A measure takes a :class:`~collapse_edu.loop.chain.Generation` and the :class:`~collapse_edu.loop.source.Source` of its
chain, and returns one number. Write your own in the same way, and give ``run(measures=…)`` a dict of them. What takes
arrays is a metric: :mod:`collapse_edu.metrics`.

``variance`` in a history is always the *fitted* variance, a parameter of the model; ``sample_variance`` is that of
the rows which the model drew.
"""

from collapse_edu.measures.images import ClassShares, Quality, decoded_rows, nearest_real
from collapse_edu.measures.prediction import ExcessError, LabelError
from collapse_edu.measures.rows import (
    OF_ANY_ROWS,
    SquaredW2,
    fitted_mean,
    fitted_variance,
    frechet_distance,
    heterozygosity,
    lost_mass,
    sample_variance,
    types_alive,
    unseen_mass,
    usual,
)
from collapse_edu.measures.text import (
    Distinct,
    HeldOutPerplexity,
    MinorityShare,
    Repetition,
    SelfPerplexity,
    vocabulary_survival,
)

__all__ = [
    "OF_ANY_ROWS",
    "ClassShares",
    "Distinct",
    "ExcessError",
    "HeldOutPerplexity",
    "LabelError",
    "MinorityShare",
    "Quality",
    "Repetition",
    "SelfPerplexity",
    "SquaredW2",
    "decoded_rows",
    "fitted_mean",
    "fitted_variance",
    "frechet_distance",
    "heterozygosity",
    "lost_mass",
    "nearest_real",
    "sample_variance",
    "types_alive",
    "unseen_mass",
    "usual",
    "vocabulary_survival",
]
