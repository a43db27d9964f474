"""Metrics: arrays in, numbers out. They know no models and no chains."""

from collapse_edu.metrics.counts import effective_types, entropy, heterozygosity, types_alive
from collapse_edu.metrics.distance import frechet_distance, squared_w2_gaussians
from collapse_edu.metrics.fluency import distinct_n, perplexity, repetition, vocabulary_survival, zipf_exponent
from collapse_edu.metrics.neighbours import (
    density_coverage,
    expected_coverage,
    nearest_distance,
    neighbour_radii,
    prdc,
    precision_recall,
)

__all__ = [
    "density_coverage",
    "distinct_n",
    "effective_types",
    "entropy",
    "expected_coverage",
    "frechet_distance",
    "heterozygosity",
    "nearest_distance",
    "neighbour_radii",
    "perplexity",
    "prdc",
    "precision_recall",
    "repetition",
    "squared_w2_gaussians",
    "types_alive",
    "vocabulary_survival",
    "zipf_exponent",
]
