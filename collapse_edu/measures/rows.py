"""What any rows or a fitted normal distribution show."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu import metrics
from collapse_edu.checks import Generation, Measure, Source
from collapse_edu.measures.contract import takes_generation

__all__ = [
    "OF_ANY_ROWS",
    "SquaredW2",
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
    TypeError
        If the model has no ``mean_``.
    """
    mean = _learned("fitted_mean", generation.model, "mean_")
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

    Raises
    ------
    TypeError
        If the model has neither.
    """
    mean, factor = (_learned("fitted_variance", generation.model, name) for name in ("mean_", "factor_"))
    return np.square(factor).sum() / len(mean)


@dataclass(frozen=True, eq=False)
class SquaredW2:
    """Squared Wasserstein-2 distance of a fitted Gaussian to the real normal distribution, as a measure.

    It is the ``squared_w2`` of :func:`collapse_edu.ensemble.gaussian`; see
    :func:`collapse_edu.metrics.squared_w2_gaussians`.

    Parameters
    ----------
    mean : float or array, shape (d,)
        Of the real distribution, as given to :func:`collapse_edu.loop.source.normal`. A number stands for all
        coordinates.
    covariance : float or array, shape (d, d)
        Of the real distribution; a number is the variance of each coordinate.

    Raises
    ------
    TypeError, ValueError
        When called: if the model has no ``mean_`` and ``covariance_``, or another number of dimensions.

    References
    ----------
    Shumailov et al. (2024), Theorem 3.1. Expected values: :func:`collapse_edu.theory.gaussian.expected_squared_w2`.

    Examples
    --------
    >>> from collapse_edu import Gaussian, run
    >>> from collapse_edu.loop.source import normal
    >>> history = run(Gaussian(), normal(30), generations=20, chains=10, measures={"squared_w2": SquaredW2()})
    >>> history.describe()
    'Under replace, the median squared w2 of 10 chains goes from 0.0254 in generation 1 to 0.618 in generation 20.'
    """

    mean: ArrayLike = 0.0
    covariance: ArrayLike = 1.0

    def __call__(self, generation: Generation, source: Source) -> float:
        mean, covariance = (_learned("SquaredW2", generation.model, name) for name in ("mean_", "covariance_"))
        d = len(mean)
        wanted, real = np.asarray(self.mean, dtype=float), np.asarray(self.covariance, dtype=float)
        if wanted.shape not in ((), (d,)) or real.shape not in ((), (d, d)):
            raise ValueError(
                f"mean and covariance must be numbers or have shapes ({d},) and ({d}, {d}), as the fitted ones have; "
                f"got {wanted.shape} and {real.shape}"
            )
        return metrics.squared_w2_gaussians(
            mean, covariance, np.full(d, wanted), real if real.ndim else real * np.eye(d)
        )


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


def _learned(measure: str, model: object, name: str) -> NDArray[np.float64]:
    """Return what a model learned, or say in one line that it learned no such thing."""
    found = getattr(model, name, None)
    if found is None:
        raise TypeError(f"{measure} needs a model with {name}, such as Gaussian; got {type(model).__name__}")
    return np.asarray(found)


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
