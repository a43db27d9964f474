"""What a run writes down: functions ``(generation, source) -> number``."""

import numpy as np

from collapse_edu import metrics
from collapse_edu.models import Categorical, Gaussian

__all__ = ["fitted_mean", "fitted_variance", "frechet_distance", "heterozygosity", "types_alive", "usual", "variance"]


def fitted_mean(generation, source):
    """Return the fitted mean, averaged over coordinates."""
    return generation.model.mean_.mean()


def fitted_variance(generation, source):
    """Return the fitted variance, averaged over coordinates."""
    return np.square(generation.model.factor_).sum() / len(generation.model.mean_)


def variance(generation, source):
    """Return the variance of the synthetic rows, averaged over coordinates."""
    return generation.synthetic.var(axis=0, ddof=1).mean()


def frechet_distance(generation, source):
    """Return the Fréchet distance of the synthetic rows to the real set."""
    return metrics.frechet_distance(generation.synthetic, source.real)


def types_alive(generation, source):
    """Return the number of different types among the synthetic rows."""
    return metrics.types_alive(generation.synthetic)


def heterozygosity(generation, source):
    """Return the chance that two synthetic rows, drawn with return, differ."""
    return metrics.heterozygosity(generation.synthetic)


def usual(model):
    """Return the usual measures of a model, as name → function.

    Examples
    --------
    >>> list(usual(Gaussian())), list(usual(Categorical()))
    (['mean', 'variance'], ['types_alive', 'heterozygosity'])
    """
    if isinstance(model, Gaussian):
        return {"mean": fitted_mean, "variance": fitted_variance}
    if isinstance(model, Categorical):
        return {"types_alive": types_alive, "heterozygosity": heterozygosity}
    return {"variance": variance, "frechet_distance": frechet_distance}
