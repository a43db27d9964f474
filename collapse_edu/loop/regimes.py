"""Regimes: what the next generation is trained on.

A regime is a callable ``(source, pool, synthetic, rng) -> (pool, training, weights)``:

* ``source``: the :class:`~collapse_edu.loop.source.Source` of the chain;
* ``pool``: what the regime keeps from one generation to the next (``None`` if nothing; at first it is the real set);
* ``synthetic``: ndarray, shape (n, n_features), what the last model drew;
* ``rng``: the numpy.random.Generator of the chain;
* ``training``: ndarray, shape (m, n_features), the next training set;
* ``weights``: one weight for each row of ``training``, or ``None``.

Your own regime is three lines:

>>> def newest_half(source, pool, synthetic, rng):
...     half = len(source.real) // 2
...     return None, np.concatenate([source.real[:half], synthetic[half:]]), None

Those of the course say instead what their training sets are made of
(:class:`~collapse_edu.loop.composition.Composition`). The loop, exact ensembles, the command, the explorers' switch and
the colours of pictures all follow from that and from :data:`REGISTER`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import floor
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu.checks import floats, integer, number, shown
from collapse_edu.loop.composition import ALL, Composed, Composition, Regime, name
from collapse_edu.loop.source import Source

__all__ = [
    "REGISTER", "Regime", "accumulate", "anchor", "contaminated", "mix", "name", "preserve", "real_rows", "replace",
    "resampled", "subsample", "weighted",
]  # fmt: skip


class _Single(Composed):
    """A regime without numbers, of which there is one: like a function, also after a copy or in another process."""

    @property
    def __name__(self) -> str:
        return self.family

    def __repr__(self) -> str:
        return self.family

    def __reduce__(self) -> str:
        return self.family  # pickle looks for it in this module


class Replace(_Single):
    """Train on the last synthetic set alone.

    References
    ----------
    Shumailov et al. (2024), their theory; "fully synthetic loop" of Alemohammad et al. (2024).

    Examples
    --------
    >>> from collapse_edu.loop.source import FiniteData
    >>> source = FiniteData([[1], [2]]).open(np.random.default_rng(0))
    >>> replace(source, None, np.array([[-1], [-2]]), None)[1].ravel()
    array([-1, -2])
    """

    colour, dash = "#C04A00", "-"
    answer = "no"

    def composition(self, n_real: int, n_samples: int, turn: int = 0) -> Composition:
        """Return what a training set is made of: the synthetic set."""
        return Composition(ALL)


class Accumulate(_Single):
    """Train on the real set and every synthetic set so far.

    References
    ----------
    Gerstgrasser et al. (2024).

    Examples
    --------
    >>> from collapse_edu.loop.source import FiniteData
    >>> source = FiniteData([[1], [2]]).open(np.random.default_rng(0))
    >>> accumulate(source, source.real, np.array([[-1], [-2]]), None)[1].ravel()
    array([ 1,  2, -1, -2])
    """

    colour, dash = "#0072B2", (0, (6, 2))
    answer = "yes, all of it and every synthetic set"

    def composition(self, n_real: int, n_samples: int, turn: int = 0) -> Composition:
        """Return what a training set is made of: the pool and the synthetic set."""
        return Composition(ALL, pooled=True)


class Subsample(_Single):
    """Train on a random part, as large as the real set, of all real and synthetic sets so far.

    References
    ----------
    Kazdan et al. (2025), accumulate-subsample.

    Examples
    --------
    >>> from collapse_edu.loop.source import FiniteData
    >>> source = FiniteData([[1], [2]]).open(np.random.default_rng(0))
    >>> pool, training, _ = subsample(source, source.real, np.array([[-1], [-2]]), np.random.default_rng(0))
    >>> len(pool), len(training)
    (4, 2)
    """

    colour, dash = "#2A7F9F", (0, (3, 1, 1, 1))
    answer = "yes, in a pool with every synthetic set, of which a random part is used"

    def composition(self, n_real: int, n_samples: int, turn: int = 0) -> Composition:
        """Return what a training set is made of: a part of the pool."""
        return Composition(ALL, pooled=True, part=n_real)


class Anchor(_Single):
    """Train on the whole real set and the last synthetic set.

    References
    ----------
    "Synthetic augmentation loop" of Alemohammad et al. (2024); setting of Bertrand et al. (2024).

    Examples
    --------
    >>> from collapse_edu.loop.source import FiniteData
    >>> source = FiniteData([[1], [2]]).open(np.random.default_rng(0))
    >>> anchor(source, None, np.array([[-1], [-2]]), None)[1].ravel()
    array([ 1,  2, -1, -2])
    """

    colour, dash = "#00795A", (0, (8, 2, 2, 2))
    answer = "yes, all of it and the last synthetic set"

    def composition(self, n_real: int, n_samples: int, turn: int = 0) -> Composition:
        """Return what a training set is made of: the real set and the synthetic set."""
        return Composition(ALL, original=ALL)


replace: Final = Replace()
accumulate: Final = Accumulate()
subsample: Final = Subsample()
anchor: Final = Anchor()


@dataclass(frozen=True)
class preserve(Composed):  # noqa: N801, used like a function
    """Train on the last synthetic set, a share of it replaced by original real rows, drawn anew each time.

    Parameters
    ----------
    share : float
        Between 0 and 1; :func:`real_rows` makes rows of it. Shumailov et al. preserve 0.1.

    Raises
    ------
    TypeError, ValueError
        If the share is no number in [0, 1]. When called: if it is less than one row, or more rows than the real set
        has.

    References
    ----------
    Shumailov et al. (2024), language model with 10 % of the original data preserved.

    Examples
    --------
    >>> from collapse_edu.loop.source import FiniteData
    >>> source = FiniteData([[1], [2]]).open(np.random.default_rng(0))
    >>> _, training, _ = preserve(0.5)(source, None, np.array([[-1], [-2]]), np.random.default_rng(0))
    >>> int((training > 0).sum()), int((training < 0).sum())
    (1, 1)
    """

    share: float

    colour, dash = "#7B57A6", (0, (4, 2))

    def __post_init__(self) -> None:
        number("share", self.share, 0, 1)

    @property
    def answer(self) -> str:
        """Its answer to the question *keep real data?*, in words."""
        return f"yes, {100 * self.share:g} % of each training set"

    def composition(self, n_real: int, n_samples: int, turn: int = 0) -> Composition:
        """Return what a training set is made of: parts of the real set and of the synthetic set."""
        rows = real_rows(self.share, n_samples)
        if rows > n_real:
            raise ValueError(
                f"share of {self.share:g} asks for {rows} real rows of {n_samples}; the real set has {n_real}: "
                "take a smaller share or fewer rows"
            )
        return Composition(n_samples - rows, original=rows)


@dataclass(frozen=True)
class mix(Composed):  # noqa: N801
    """Train on synthetic rows and a share of fresh real ones, which no model of the chain has seen.

    Parameters
    ----------
    share : float
        Share of fresh real rows, between 0 and 1; :func:`real_rows` makes rows of it.

    Raises
    ------
    TypeError, ValueError
        If the share is no number in [0, 1]. When called: if it is less than one row, or no fresh rows are left.

    References
    ----------
    "Fresh data loop" of Alemohammad et al. (2024).

    Examples
    --------
    >>> from collapse_edu.loop.source import FiniteData
    >>> source = FiniteData([[1], [2]], reserve=[[3]]).open(np.random.default_rng(0))
    >>> _, training, _ = mix(0.5)(source, None, np.array([[-1], [-2]]), np.random.default_rng(0))
    >>> int(training[0, 0]), int((training < 0).sum())
    (3, 1)
    """

    share: float

    colour, dash = "#8A6500", (0, (2, 1))

    def __post_init__(self) -> None:
        number("share", self.share, 0, 1)

    @property
    def answer(self) -> str:
        """Its answer to the question *keep real data?*, in words."""
        return f"{100 * self.share:g} % fresh real data"

    def composition(self, n_real: int, n_samples: int, turn: int = 0) -> Composition:
        """Return what a training set is made of: fresh real rows and a part of the synthetic set."""
        fresh = real_rows(self.share, n_samples)
        return Composition(n_samples - fresh, fresh=fresh)


@dataclass(frozen=True)
class contaminated(Composed):  # noqa: N801
    """Train on a stream of fresh real rows in which the share of synthetic ones grows.

    The second training set has the share ``start`` of synthetic rows, each later one ``growth`` more, up to all. The
    share is rounded to the nearest number of rows. The pool counts the training sets that were made.

    Parameters
    ----------
    start : float
        Share of synthetic rows in the first training set that has any, between 0 and 1.
    growth : float, default=0.0
        What each generation adds to the share, between 0 and 1. 0 is :class:`mix` with 1 - start, and 1 with a growth
        of 0 is :data:`replace`.

    Raises
    ------
    TypeError, ValueError
        If start or growth is no number in [0, 1]. When called: if no fresh rows are left.

    References
    ----------
    Bakshi and Chakraborty (2026): contaminated data with a share of real rows that decays.

    Examples
    --------
    >>> from collapse_edu.loop.source import KnownDistribution
    >>> source = KnownDistribution(lambda n, rng: np.ones((n, 1)), n=4).open(None)
    >>> rule, pool, rng = contaminated(0.25, growth=0.5), source.real, np.random.default_rng(0)
    >>> for _ in range(3):
    ...     pool, training, _ = rule(source, pool, -np.ones((4, 1)), rng)
    ...     print(pool, training.ravel())
    1 [ 1.  1.  1. -1.]
    2 [ 1. -1. -1. -1.]
    3 [-1. -1. -1. -1.]
    """

    start: float
    growth: float = 0.0

    colour, dash, changes = "#7A3B2E", (0, (4, 1, 1, 1)), True

    def __post_init__(self) -> None:
        number("start", self.start, 0, 1)
        number("growth", self.growth, 0, 1)

    @property
    def answer(self) -> str:
        """Its answer to the question *keep real data?*, in words."""
        grows = f", and {100 * self.growth:g} % more each time" if self.growth else ""
        return f"fresh real data, with {100 * self.start:g} % synthetic{grows}"

    def composition(self, n_real: int, n_samples: int, turn: int = 0) -> Composition:
        """Return what a training set is made of: fresh real rows and a part of the synthetic set."""
        synthetic = _nearest(min(1, self.start + self.growth * turn), n_samples)
        return Composition(synthetic, fresh=n_samples - synthetic)


@dataclass(frozen=True)
class weighted(Composed):  # noqa: N801
    """Train on real rows and the last synthetic set, with a weight for each of the two sets.

    All real rows together weigh ``weight``, all synthetic rows the rest. There are as many real rows as the real set
    has. Weights say how often a row counts, so they need a sum: it is the effective sample size
    1/Σ(share of each row)². An unbiased variance of weighted rows is then unbiased.

    Parameters
    ----------
    weight : float
        Weight of the real rows, between 0 and 1. With as many fresh real rows as synthetic ones the golden ratio,
        0.618, is best: :func:`collapse_edu.theory.pathways.optimal_weight`.
    real : {"fresh", "original"}, default="fresh"
        New real rows in each generation, or the fixed real set.

    Raises
    ------
    TypeError, ValueError
        If the weight is no number in [0, 1], or ``real`` is neither. When called: if no fresh rows are left.

    References
    ----------
    He, Xu and Cheng (2025). Expected errors: :func:`collapse_edu.theory.pathways.weighted_error`.

    Examples
    --------
    >>> from collapse_edu.loop.source import FiniteData
    >>> source = FiniteData([[1], [2]], reserve=[[3], [4]]).open(np.random.default_rng(0))
    >>> _, training, weights = weighted(0.75)(source, None, np.array([[-1], [-2]]), np.random.default_rng(0))
    >>> training.ravel(), weights.round(3)
    (array([ 3,  4, -1, -2]), array([1.2, 1.2, 0.4, 0.4]))
    """

    weight: float
    real: Literal["fresh", "original"] = "fresh"

    colour, dash = "#4F6D00", (0, (5, 1, 1, 1, 1, 1))

    def __post_init__(self) -> None:
        number("weight", self.weight, 0, 1)
        if self.real not in ("fresh", "original"):
            raise ValueError(f'real must be "fresh" or "original"; got {self.real!r}')

    @property
    def answer(self) -> str:
        """Its answer to the question *keep real data?*, in words."""
        return f"yes, {self.real} rows with a weight of {100 * self.weight:g} %"

    def composition(self, n_real: int, n_samples: int, turn: int = 0) -> Composition:
        """Return what a training set is made of: real rows and the synthetic set, with weights."""
        if self.real == "original":
            return Composition(ALL, original=ALL, weight=self.weight)
        return Composition(ALL, fresh=n_real, weight=self.weight)


@dataclass(frozen=True)
class resampled:  # noqa: N801
    """Train on a set of :class:`mix`, its rows drawn again by a detector's probability that they are real.

    Where a row came from is not known; a detector tells what it takes for real. As many rows as before are drawn, with
    return, each with a probability ∝ (what the detector says)^power. What the set is made of then depends on its rows,
    so there are no exact draws of it, and as it needs a function, it is none of :data:`REGISTER`.

    Parameters
    ----------
    share : float
        Share of fresh real rows before they are drawn again, between 0 and 1, as for :class:`mix`.
    detector : callable
        ``detector(rows)`` returns for each row a probability that it is real, from 0 to 1.
    power : float, default=1.0
        0 or larger; 0 is drawing again without a detector, and a large one leaves only what is most surely real.

    Raises
    ------
    TypeError, ValueError
        If share or power is out of range, or detector no function. When called: as :class:`mix`; or if the detector
        returns anything but one probability for each row, or 0 for all.

    References
    ----------
    Drayson et al. (2025), who raise the probability to the power 10 and draw 1.5 times as many rows, none more than
    three times. Which share is real then: :func:`collapse_edu.theory.selection.resampled_share`. If the detector is
    calibrated, and power is 1, each row drawn has the law of real ones.

    Examples
    --------
    >>> from collapse_edu.loop.source import FiniteData
    >>> source = FiniteData([[1], [2]], reserve=[[3]]).open(np.random.default_rng(0))
    >>> rule = resampled(0.5, detector=lambda rows: np.where(rows[:, 0] > 0, 1.0, 0.0))
    >>> rule(source, None, np.array([[-1], [-2]]), np.random.default_rng(0))[1].ravel()
    array([3, 3])
    """

    share: float
    detector: Callable[[NDArray[np.generic]], ArrayLike]
    power: float = 1.0

    def __post_init__(self) -> None:
        number("share", self.share, 0, 1)
        number("power", self.power, 0, np.inf, open_high=True)
        if not callable(self.detector):
            raise TypeError(
                f"detector must be a function of rows that returns probabilities; got {type(self.detector).__name__}"
            )

    def __call__(
        self, source: Source, pool: object, synthetic: NDArray[np.generic], rng: np.random.Generator
    ) -> tuple[None, NDArray[np.generic], None]:
        """Return the next training set; see :mod:`collapse_edu.loop.regimes`."""
        _, rows, _ = mix(self.share)(source, pool, synthetic, rng)
        weights = self._judged(rows) ** self.power
        if not weights.sum() > 0:
            raise ValueError("detector must take some row for real; got 0 for all")
        return None, rng.choice(rows, size=len(rows), p=weights / weights.sum()), None

    def _judged(self, rows):
        """Return what the detector says, or say in one line that it is no probability for each row."""
        judged = floats("what detector returns", self.detector(rows))
        if judged.shape != (len(rows),) or not np.all((judged >= 0) & (judged <= 1)):
            raise ValueError(
                f"detector must return {len(rows)} numbers from 0 to 1, one for each row; got {shown(judged)}"
            )
        return judged


# Every regime of the course that needs no function, once, with numbers that suit an example: a list, a switch, a legend
# goes through these.
REGISTER: Final[tuple[Composed, ...]] = (
    replace, accumulate, subsample, anchor, preserve(0.1), mix(0.1), contaminated(0.1, growth=0.1), weighted(0.618),
)  # fmt: skip


def real_rows(share: float, n: int) -> int:
    """Return how many of n rows a share is: the nearest whole number, and halves go up.

    Parameters
    ----------
    share : float
        Between 0 and 1.
    n : int
        Rows of the training set.

    Returns
    -------
    int

    Raises
    ------
    TypeError, ValueError
        If share is no number in [0, 1] or n no integer of at least 1; or if the share is above 0 but rounds to no row.

    Examples
    --------
    >>> real_rows(0.1, 30), real_rows(0.1, 25)
    (3, 3)
    >>> real_rows(0.1, 4)
    Traceback (most recent call last):
    ...
    ValueError: share of 0.1 is less than one of 4 rows; take a larger share or more rows
    """
    share, n = number("share", share, 0, 1), integer("n", n, 1)
    rows = _nearest(share, n)
    if share > 0 and rows == 0:
        raise ValueError(f"share of {share:g} is less than one of {n} rows; take a larger share or more rows")
    return rows


def _nearest(share: float, n: int) -> int:
    return floor(share * n + 0.5 + 1e-9)  # 0.145 · 100 is a little less than 14.5 for a computer
