"""What any rows or a fitted normal distribution show."""

import numpy as np

from collapse_edu import metrics
from collapse_edu.checks import Generation, Measure, Source
from collapse_edu.measures.contract import takes_generation

__all__ = [
    "OF_ANY_ROWS",
    "fitted_mean",
    "fitted_variance",
    "frechet_distance",
    "heterozygosity",
    "lost_mass",
    "sample_variance",
    "types_alive",
    "unseen_mass",
    "usual",
]


@takes_generation
def fitted_mean(generation: Generation, source: Source) -> float:
    """Return the fitted mean of a one-dimensional Gaussian.

    Parameters
    ----------
    generation : Generation
        Its model has ``mean_``, shape (1,).
    source : ignored

    Returns
    -------
    float
        In units of the data.

    Raises
    ------
    ValueError
        If there is more than one dimension: errors of opposite sign would cancel in one number.
    """
    mean = generation.model.mean_
    if len(mean) > 1:
        raise ValueError(f"fitted_mean needs rows of one dimension; got {len(mean)}")
    return mean[0]


@takes_generation
def fitted_variance(generation: Generation, source: Source) -> float:
    """Return the fitted variance of a Gaussian, averaged over coordinates.

    Parameters
    ----------
    generation : Generation
        Its model has ``mean_`` and ``factor_``.
    source : ignored

    Returns
    -------
    float
        In squared units of the data; 0 or larger.
    """
    return np.square(generation.model.factor_).sum() / len(generation.model.mean_)


@takes_generation
def sample_variance(generation: Generation, source: Source) -> float:
    """Return the unbiased variance of the synthetic rows, averaged over coordinates.

    Parameters
    ----------
    generation : Generation
        At least two synthetic rows.
    source : ignored

    Returns
    -------
    float
        In squared units of the data; 0 or larger.
    """
    return generation.synthetic.var(axis=0, ddof=1).mean()


@takes_generation
def frechet_distance(generation: Generation, source: Source) -> float:
    """Return the Fréchet distance of the synthetic rows to the real set.

    Parameters
    ----------
    generation : Generation
    source : Source

    Returns
    -------
    float
        In squared units of the data; see :func:`collapse_edu.metrics.frechet_distance`.
    """
    return metrics.frechet_distance(generation.synthetic, source.real)


@takes_generation
def types_alive(generation: Generation, source: Source) -> float:
    """Return the number of different types among the synthetic rows.

    Parameters
    ----------
    generation : Generation
        Its rows are types, integers of at least 0.
    source : ignored

    Returns
    -------
    int
        1 or larger.
    """
    return metrics.types_alive(generation.synthetic)


@takes_generation
def heterozygosity(generation: Generation, source: Source) -> float:
    """Return the chance that two synthetic rows, drawn with return, differ.

    Parameters
    ----------
    generation : Generation
        Its rows are types, integers of at least 0.
    source : ignored

    Returns
    -------
    float
        0 or larger, less than 1; see :func:`collapse_edu.metrics.heterozygosity`.
    """
    return metrics.heterozygosity(generation.synthetic)


@takes_generation
def lost_mass(generation: Generation, source: Source) -> float:
    """Return the share of the real rows whose type is gone from the synthetic ones.

    It is the test error of a model that remembers what it saw, and learns from these rows.

    Parameters
    ----------
    generation : Generation
        Its rows are types, integers of at least 0.
    source : Source

    Returns
    -------
    float
        From 0 to 1.
    """
    return metrics.lost_mass(source.real, generation.synthetic)


@takes_generation
def unseen_mass(generation: Generation, source: Source) -> float:
    """Return the share of the synthetic rows whose type no real row has.

    Parameters
    ----------
    generation : Generation
        Its rows are types, integers of at least 0.
    source : Source

    Returns
    -------
    float
        From 0 to 1.
    """
    return metrics.unseen_mass(source.real, generation.synthetic)


OF_ANY_ROWS: dict[str, Measure] = {"sample_variance": sample_variance, "frechet_distance": frechet_distance}


def usual(model: object, d: int = 1) -> dict[str, Measure]:
    """Return the usual measures of a model: what it says itself, or else those of any rows.

    Parameters
    ----------
    model : model
        May have ``usual_measures(d)``, which returns name → measure.
    d : int
        Features of a row.

    Returns
    -------
    dict
        Name → measure. Of a model that does not say: :func:`sample_variance` and :func:`frechet_distance`.

    Examples
    --------
    >>> from collapse_edu import Categorical, Gaussian, PCAGaussian
    >>> list(usual(Gaussian())), list(usual(Gaussian(), d=2)), list(usual(Categorical()))
    (['mean', 'variance'], ['variance'], ['types_alive', 'heterozygosity'])
    >>> list(usual(PCAGaussian(), d=64))
    ['sample_variance', 'frechet_distance']
    """
    says = getattr(model, "usual_measures", None)
    return says(d) if callable(says) else dict(OF_ANY_ROWS)
