"""Metrics: arrays in, numbers out, and a scorer of text. They know no models and no chains."""

from collapse_edu.metrics.counts import (
    effective_types,
    entropy,
    heterozygosity,
    lost_mass,
    tail_survival,
    types_alive,
    unseen_mass,
)
from collapse_edu.metrics.distance import frechet_distance, squared_w2_gaussians
from collapse_edu.metrics.fluency import (
    distinct_n,
    perplexity,
    repetition,
    vocabulary_survival,
    zipf_exponent,
)
from collapse_edu.metrics.kneser_ney import KneserNey
from collapse_edu.metrics.modes import mode_coverage, share_near_modes
from collapse_edu.metrics.neighbours import (
    Neighbourhoods,
    density_coverage,
    expected_coverage,
    nearest_distance,
    neighbour_radii,
    prdc,
    precision_recall,
)

__all__ = [
    "KneserNey",
    "Neighbourhoods",
    "density_coverage",
    "distinct_n",
    "effective_types",
    "entropy",
    "expected_coverage",
    "frechet_distance",
    "heterozygosity",
    "lost_mass",
    "mode_coverage",
    "nearest_distance",
    "neighbour_radii",
    "perplexity",
    "prdc",
    "precision_recall",
    "repetition",
    "share_near_modes",
    "squared_w2_gaussians",
    "tail_survival",
    "types_alive",
    "unseen_mass",
    "vocabulary_survival",
    "zipf_exponent",
]
