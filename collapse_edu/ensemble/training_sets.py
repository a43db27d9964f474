"""The next training set of exact chains: a composition, read with the statistics of an ensemble in place of rows."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Generic, Never, Protocol, Self, TypeVar

from collapse_edu import checks
from collapse_edu.loop.composition import ALL, Composed, Composition, Regime, Rows, name
from collapse_edu.loop.regimes import REGISTER

__all__ = ["Sets", "exact", "spelled", "united"]


class Statistics(Protocol):
    """What an ensemble knows of a set of rows in each chain; the sum of two is that of both sets together."""

    def __add__(self, other: Self, /) -> Self: ...


S = TypeVar("S", bound=Statistics)


def _none_such(*args: object) -> Never:
    raise NotImplementedError("this ensemble has no such sets")


@dataclass(frozen=True)
class Sets(Generic[S]):
    """Where the parts of a training set come from.

    Attributes
    ----------
    real : statistics
        Of the whole real set.
    synthetic, fresh : callable
        Draw the statistics of so many rows of the last synthetic set ("all" is the whole), and of fresh real rows.
    part : callable
        ``part(set, n)`` draws those of n rows of a set, without return.
        An ensemble that refuses regimes with such parts needs neither.
    """

    real: S
    synthetic: Callable[[Rows], S]
    fresh: Callable[[int], S] = _none_such
    part: Callable[[S, int], S] = _none_such


def united(made_of: Composition, pool: S, sets: Sets[S]) -> tuple[S, S]:
    """Return the pool and the training set of the next generation.

    Parameters
    ----------
    made_of : Composition
        Without weights.
    pool : statistics
        Of all sets so far.
    sets : Sets

    Returns
    -------
    tuple
        (pool, training set). Where the composition is not pooled, the pool stays as it was.

    Examples
    --------
    Here the statistic is the number of rows:

    >>> from collapse_edu.loop.regimes import accumulate, preserve
    >>> sets = Sets(real=100, synthetic=lambda n: 50 if n == "all" else n, fresh=lambda n: n, part=lambda rows, n: n)
    >>> united(accumulate.composition(100, 50), 150, sets), united(preserve(0.1).composition(100, 50), 100, sets)
    ((200, 200), (100, 50))
    """
    parts = [pool] if made_of.pooled else []
    if made_of.original == ALL:
        parts.append(sets.real)
    if made_of.synthetic:
        parts.append(sets.synthetic(made_of.synthetic))
    if made_of.original and made_of.original != ALL:
        parts.append(sets.part(sets.real, made_of.original))
    if made_of.fresh:
        parts.append(sets.fresh(made_of.fresh))
    training = reduce(add, parts)
    if made_of.pooled:
        pool = training
    return pool, training if made_of.part is None else sets.part(training, made_of.part)


def exact(regime: Regime, lacks: Callable[[Composition], str]) -> Composed:
    """Return a regime that has exact draws, or say in one line why it has none, and which ones have some.

    Parameters
    ----------
    regime : callable
    lacks : callable
        ``lacks(composition)`` says why an ensemble cannot draw such a set, such as "uses synthetic rows again"; empty
        if it can.

    Returns
    -------
    Composed
        The same.

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> from collapse_edu.loop.regimes import subsample
    >>> exact(subsample, lambda made_of: "pools" if made_of.pooled else "")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    ValueError: regime must be replace, anchor, preserve(share), ... for exact draws; got subsample, which pools (...)
    """
    checks.regime(regime)
    why = _lacking(regime, lacks) if isinstance(regime, Composed) else "does not say what its training sets are made of"
    if isinstance(regime, Composed) and not why:
        return regime
    able = spelled(lambda made_of: not lacks(made_of))
    raise ValueError(
        f"regime must be {able} for exact draws; got {name(regime)}, which {why} (collapse_edu.run takes any regime)"
    )


def _lacking(regime: Composed, lacks: Callable[[Composition], str]) -> str:
    """Return why an ensemble cannot draw the sets of a regime; of one that changes, also those of later turns."""
    many = 10**9
    sets = [regime.sketch, *(regime.composition(many, many, turn) for turn in (1, many) if regime.changes)]
    parts = {(made_of.original is None, made_of.part is None, made_of.weight is None) for made_of in sets}
    comes_and_goes = "takes parts in some turns that it does not take in others" if len(parts) > 1 else ""
    return next(filter(None, map(lacks, sets)), comes_and_goes)


def spelled(fits: Callable[[Composition], bool]) -> str:
    """Return the regimes whose compositions fit, in words.

    Examples
    --------
    >>> spelled(lambda made_of: made_of.fresh is None and made_of.weight is None)
    'replace, accumulate, subsample, anchor or preserve(share)'
    """
    found = [_with_parameters(regime) for regime in REGISTER if fits(regime.sketch)]
    return " or ".join(filter(None, [", ".join(found[:-1]), found[-1]]))


def _with_parameters(regime: Composed) -> str:
    names = ", ".join(field.name for field in regime.parameters)
    return f"{regime.family}({names})" if names else regime.family
