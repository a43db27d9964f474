"""What a run writes down: functions ``(generation, source) -> number``.

Each takes a :class:`~collapse_edu.loop.chain.Generation` and the :class:`~collapse_edu.loop.source.Source` of its
chain, and returns one number. Write your own in the same way, and give ``run`` a dict of them.

``variance`` in a history is always the *fitted* variance, a parameter of the model; ``sample_variance`` is that of
the rows which the model drew.
"""

from collapse_edu.measures.images import ClassShares, Quality, decoded_rows, nearest_real
from collapse_edu.measures.prediction import ExcessError, LabelError
from collapse_edu.measures.rows import (
    fitted_mean,
    fitted_variance,
    frechet_distance,
    heterozygosity,
    lost_mass,
    sample_variance,
    types_alive,
    unseen_mass,
)
from collapse_edu.measures.text import (
    Distinct,
    HeldOutPerplexity,
    MinorityShare,
    Repetition,
    SelfPerplexity,
    vocabulary_survival,
)
from collapse_edu.models import Categorical, Gaussian, NGram

__all__ = [
    "ClassShares",
    "Distinct",
    "ExcessError",
    "HeldOutPerplexity",
    "LabelError",
    "MinorityShare",
    "Quality",
    "Repetition",
    "SelfPerplexity",
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


def usual(model, d=1):
    """Return the usual measures of a model.

    Parameters
    ----------
    model : model
    d : int
        Features of a row. A single mean is measured in one dimension only.

    Returns
    -------
    dict
        Name → function.

    Examples
    --------
    >>> list(usual(Gaussian())), list(usual(Gaussian(), d=2)), list(usual(Categorical()))
    (['mean', 'variance'], ['variance'], ['types_alive', 'heterozygosity'])
    >>> list(usual(NGram(), d=64)), list(usual(NGram(), d=1))
    (['types_alive', 'distinct_2'], ['types_alive'])
    """
    if isinstance(model, Gaussian):
        return ({"mean": fitted_mean} if d == 1 else {}) | {"variance": fitted_variance}
    if isinstance(model, Categorical):
        return {"types_alive": types_alive, "heterozygosity": heterozygosity}
    if isinstance(model, NGram):
        return {"types_alive": types_alive} | ({"distinct_2": Distinct(2)} if d > 1 else {})
    return {"sample_variance": sample_variance, "frechet_distance": frechet_distance}
