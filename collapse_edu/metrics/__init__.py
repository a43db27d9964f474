"""Metrics: arrays in, numbers out, and a scorer of text. They know no models and no chains."""

from collapse_edu.metrics.counts import (
    effective_types,
    entropy,
    expected_heaps_curve,
    heaps_curve,
    heterozygosity,
    lost_mass,
    tail_mass,
    tail_survival,
    types_alive,
    unseen_mass,
)
from collapse_edu.metrics.distance import frechet_distance, squared_w2_gaussians
from collapse_edu.metrics.divergence import divergence_curve, mauve, mauve_of_shares
from collapse_edu.metrics.diversity import (
    cosine_similarity,
    gaussian_similarity,
    mode_coverage,
    share_near_modes,
    vendi_score,
)
from collapse_edu.metrics.fluency import (
    distinct_n,
    perplexity,
    repetition,
    self_bleu,
    vocabulary_survival,
    zipf_exponent,
)
from collapse_edu.metrics.kneser_ney import KneserNey
from collapse_edu.metrics.neighbours import (
    density_coverage,
    expected_coverage,
    nearest_distance,
    neighbour_radii,
    prdc,
    precision_recall,
)
from collapse_edu.metrics.wasserstein import wasserstein_2

__all__ = [
    "KneserNey",
    "cosine_similarity",
    "density_coverage",
    "distinct_n",
    "divergence_curve",
    "effective_types",
    "entropy",
    "expected_coverage",
    "expected_heaps_curve",
    "frechet_distance",
    "gaussian_similarity",
    "heaps_curve",
    "heterozygosity",
    "lost_mass",
    "mauve",
    "mauve_of_shares",
    "mode_coverage",
    "nearest_distance",
    "neighbour_radii",
    "perplexity",
    "prdc",
    "precision_recall",
    "repetition",
    "self_bleu",
    "share_near_modes",
    "squared_w2_gaussians",
    "tail_mass",
    "tail_survival",
    "types_alive",
    "unseen_mass",
    "vendi_score",
    "vocabulary_survival",
    "wasserstein_2",
    "zipf_exponent",
]
