"""Metrics: arrays in, numbers out. They know no models and no chains."""

from collapse_edu.metrics.counts import heterozygosity, types_alive
from collapse_edu.metrics.distance import frechet_distance, squared_w2_gaussians

__all__ = ["frechet_distance", "heterozygosity", "squared_w2_gaussians", "types_alive"]
