"""What one more real row is worth: by modality, by how many there are, and by how rare it is.

The worth of a row is the error without it less the error with it. Errors come from ensembles of recursive chains that
keep their real rows (regime *anchor*), or from closed forms.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice, pairwise

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from collapse_edu import checks, datasets, ensemble, theory
from collapse_edu.checks import integer
from collapse_edu.loop import chain, regimes
from collapse_edu.loop.source import FiniteData
from collapse_edu.metrics import frechet_distance
from collapse_edu.models import PCAGaussian

__all__ = ["MODALITIES", "ValueCurve", "value_by_rank", "value_curve", "value_from_rank"]

MODALITIES = {
    "numbers": "squared distance of the fitted normal distribution to the real one",
    "words": "share of the book in words that the model does not know",
    "images": "Fréchet distance of drawn digits to held-out ones",
}
_GENERATION = 5
_DRAWN = 400  # images; the distance depends on their number, so it is the same for all sizes


@dataclass(frozen=True, eq=False)
class ValueCurve:
    """The error of a late model by the number of real rows, and what one more row is worth.

    Attributes
    ----------
    modality : str
        A key of ``MODALITIES``.
    sizes : ndarray of int, shape (k,)
        Real rows, growing.
    errors : ndarray, shape (k, chains)
    """

    modality: str
    sizes: NDArray[np.int64]
    errors: NDArray[np.float64]

    @property
    def worth(self) -> NDArray[np.float64]:
        """What the mean error falls for each row between two neighbouring sizes, shape (k - 1,)."""
        return -np.diff(self.errors.mean(axis=1)) / np.diff(self.sizes)

    @property
    def standard_error(self) -> NDArray[np.float64]:
        """Standard error of the worth, shape (k - 1,). Chains of different sizes are independent."""
        squares = self.errors.var(axis=1, ddof=1) / self.errors.shape[1]
        return np.sqrt(squares[1:] + squares[:-1]) / np.diff(self.sizes)

    def table(self) -> pd.DataFrame:
        """Return a pandas.DataFrame: real rows, mean error, worth of one more row since the line before."""
        return pd.DataFrame(
            {"real rows": self.sizes, "error": self.errors.mean(axis=1), "worth of a row": [np.nan, *self.worth]}
        )


def value_curve(modality: str, sizes: Sequence[int], *, chains: int, seed: int = 0) -> ValueCurve:
    """Return the error of the model of generation 5 under anchor, by the number of real rows.

    Under anchor each model learns from all real rows and from all that the last model wrote. For numbers and words it
    writes as many rows as the real set has (``n_samples`` of the loop); for images, 400.

    Parameters
    ----------
    modality : str
        "numbers": N(0, 1), squared Wasserstein-2 distance. "words": the distribution of *Moby-Dick*, the share of the
        book in words that are not known. "images": digits 8 × 8 and a PCA model, Fréchet distance to held-out digits.
    sizes : sequence of int
        Real rows, growing; at least 2. Images: from 20 to 898.
    chains : int
        At least 2.
    seed : int
        0 or larger.

    Returns
    -------
    ValueCurve

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Examples
    --------
    Ten times the rows, and one more is worth a hundredth (first and last number):

    >>> value_curve("numbers", [10, 20, 100, 200], chains=4000).worth.round(5)
    array([0.01026, 0.00101, 0.0001 ])
    """
    if modality not in MODALITIES:
        raise ValueError(f"modality must be one of {', '.join(MODALITIES)}; got {modality!r}")
    low, high = (20, len(_digits().real)) if modality == "images" else (2, None)
    sizes = [integer("sizes", size, low, high) for size in sizes]
    if len(sizes) < 2 or any(a >= b for a, b in pairwise(sizes)):
        raise ValueError(f"sizes must contain at least two growing numbers; got {sizes}")
    chains, seed = integer("chains", chains, 2), checks.seed(seed)
    errors = [_ERRORS[modality](size, chains, seed + place) for place, size in enumerate(sizes)]
    return ValueCurve(modality, np.array(sizes), np.array(errors))


def _numbers(n, chains, seed):
    settings = {"n": n, "generations": _GENERATION, "chains": chains, "seed": seed}
    return ensemble.gaussian(regimes.anchor, **settings)["squared_w2"][-1]


def _words(n, chains, seed):
    distribution, rng = _book(), np.random.default_rng(seed)
    real = rng.multinomial(n, distribution, size=chains)
    steps = ensemble.categorical_counts(real, regimes.anchor, chains=chains, rng=rng)
    last = next(islice(steps, _GENERATION - 1, None))
    return 1 - np.where(last.training > 0, distribution[last.types], 0.0).sum(axis=1)


def _images(n, chains, seed):
    digits, rng = _digits(), np.random.default_rng(seed)
    distances = []
    for _ in range(chains):
        data = FiniteData(digits.real[rng.choice(len(digits.real), size=n, replace=False)])
        history = chain.run(
            PCAGaussian(), data, regimes.anchor, generations=_GENERATION, chains=1, n_samples=_DRAWN,
            measures={"distance": _distance}, seed=int(rng.integers(2**31)),
        )  # fmt: skip
        distances.append(history["distance"][-1, 0])
    return np.array(distances)


def _distance(generation, source):
    return frechet_distance(generation.synthetic, _digits().reserve)


_ERRORS = {"numbers": _numbers, "words": _words, "images": _images}


@cache
def _book():
    return np.bincount(datasets.moby_dick().tokens) / len(datasets.moby_dick().tokens)


@cache
def _digits():
    return datasets.digits().source


# ---------------------------------------------------------------- by how rare a row is


def value_by_rank(p: ArrayLike, n: int, t: int = 1) -> NDArray[np.float64]:
    """Return what one more real row of each type takes off the expected lost mass of a model.

    A row of type i helps if the model does not know the type: p_i e^(-n p_i g_t), with g_t of
    :func:`~collapse_edu.theory.drift.survival_rate`. It is largest for types of which 1/g_t rows are expected: one,
    for a model that learned from real rows.

    Parameters
    ----------
    p : array, shape (n_types,)
        The real distribution, the most frequent type first.
    n : int, at least 1
        Rows of each training set. Under replace each model writes as many.
    t : int, at least 1
        1: a model of real rows. t: the model of generation t under replace.

    Returns
    -------
    ndarray, shape (n_types,)

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    The expected lost mass is that of :func:`~collapse_edu.theory.tails.expected_lost_mass`, type by type.

    Examples
    --------
    The commonest type is known anyway, the rarest hardly ever asked for; most is between:

    >>> worth = value_by_rank([0.89, 0.1, 0.0099, 0.0001], n=100)
    >>> worth.round(6)
    array([0.000e+00, 5.000e-06, 3.679e-03, 9.900e-05])
    """
    distribution = theory.tails.cut_law(p, np.size(p))  # checks that it is one
    lost = np.exp(-integer("n", n, 1) * distribution * theory.drift.survival_rate(integer("t", t, 1)))
    return distribution * lost


def value_from_rank(p: ArrayLike, starts: Sequence[int], *, rows: int, n: int, t: int = 1) -> NDArray[np.float64]:
    """Return what real rows are worth, each, if they are taken from a rank on: from the tail only.

    The rows are drawn from the real distribution without the types before ``start``. Start 1 draws from all of it.

    Parameters
    ----------
    p : array, shape (n_types,)
        The real distribution, the most frequent type first.
    starts : sequence of int
        Ranks, from 1 to n_types.
    rows : int, at least 1
        How many are taken.
    n, t : int
        What the model knows before, as in :func:`value_by_rank`.

    Returns
    -------
    ndarray, shape of starts
        What the expected lost mass falls, for each row.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Dohmatob et al. (2024a), section 3.1: rows of the tail help, and rows from too deep a tail do not. They cut the
    tail at a rank; here sampling has thinned it out.

    Examples
    --------
    >>> p = theory.tails.zipf_law(100_000, 1.5)
    >>> 1e6 * value_from_rank(p, [1, 300, 50_000], rows=1000, n=10_000).round(9)
    array([1.369, 8.86 , 0.022])
    """
    unknown = value_by_rank(p, n, t)
    p = np.asarray(p, dtype=float)
    worth = []
    for start in starts:
        start = integer("starts", start, 1, len(p))
        drawn = np.where(np.arange(len(p)) >= start - 1, p, 0.0)
        with np.errstate(divide="ignore"):
            missed = np.exp(integer("rows", rows, 1) * np.log1p(-drawn / drawn.sum()))
        worth.append(unknown @ (1 - missed) / rows)
    return np.array(worth)
