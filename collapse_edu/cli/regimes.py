"""Regimes as they are written on the command line: the register's, with a colon before each number."""

from dataclasses import MISSING, Field

from collapse_edu.cli import UsageError
from collapse_edu.loop.composition import Composed
from collapse_edu.loop.regimes import REGISTER
from collapse_edu.loop.source import FiniteData

__all__ = ["check_rows", "read_regime", "usage"]


def usage(regime: Composed) -> str:
    """Return how a regime is written.

    Parameters
    ----------
    regime : Composed

    Returns
    -------
    str

    Examples
    --------
    >>> [usage(regime) for regime in REGISTER[3:]]
    ['anchor', 'preserve:SHARE', 'mix:SHARE', 'contaminated:START[:GROWTH]', 'weighted:WEIGHT[:REAL]']
    """
    words = (f"[:{field.name}]" if _can_lack(field) else f":{field.name}" for field in regime.parameters)
    return regime.family + "".join(words).upper()


def _can_lack(field: Field) -> bool:
    return field.default is not MISSING


def read_regime(text: str) -> Composed:
    """Return the regime that is written so.

    Parameters
    ----------
    text : str
        Such as ``replace`` or ``mix:0.1``.

    Returns
    -------
    Composed

    Raises
    ------
    UsageError
        If there is none, or its numbers are not as they must be.

    Examples
    --------
    >>> read_regime("weighted:0.5:original")
    weighted(weight=0.5, real='original')
    """
    family, *values = text.split(":")
    known = next((regime for regime in REGISTER if regime.family == family), None)
    if known is None:
        *most, last = map(usage, REGISTER)
        raise UsageError(f"regime must be {', '.join(most)} or {last}; got {text!r}")
    try:
        return _made(known, values)
    except (TypeError, ValueError) as error:
        raise UsageError(f"regime {family} {_rule(known)}; got {text!r}{f': {error}' if error.args else ''}") from None


def _made(known: Composed, values: list[str]) -> Composed:
    """Return a regime of the same family with these values."""
    fields = known.parameters
    needed = sum(not _can_lack(field) for field in fields)
    if not needed <= len(values) <= len(fields):
        raise ValueError
    if not fields:
        return known  # there is but one
    return type(known)(*(_read(field, value) for field, value in zip(fields, values, strict=False)))


def _read(field: Field, text: str) -> object:
    """Return the value of a parameter, as its annotation wants it."""
    for kind, said in ((float, "a number"), (int, "a whole number")):
        if field.type is kind:
            try:
                return kind(text)
            except ValueError:
                raise ValueError(f"{field.name} must be {said}; got {text!r}") from None
    return text


def _rule(known: Composed) -> str:
    if not known.parameters:
        return "takes nothing after its name"
    example = ":".join([known.family, *known.values])
    return f"must be written {usage(known)}, such as {example}"


def check_rows(regime: Composed, source: FiniteData, n_samples: int, generations: int) -> None:
    """Refuse real rows that are not there, before hours are spent on the rest.

    Parameters
    ----------
    regime : Composed
    source : FiniteData
    n_samples, generations : int

    Raises
    ------
    UsageError
        If a training set cannot be made.

    Examples
    --------
    >>> check_rows(read_regime("mix:0.5"), FiniteData([[1], [2]], [[3]]), n_samples=2, generations=2)
    """
    there, needed, lasting = len(source.reserve), 0, 1
    for turn in range(generations - 1):
        try:
            needed += regime.made_of(source.n, n_samples, turn).fresh or 0
        except ValueError as error:
            raise UsageError(f"{regime.label}: {error}") from None
        lasting += needed <= there
    if needed > there:
        raise UsageError(
            f"no fresh human data left: {regime.label} needs {needed:,} fresh rows in {generations:,} generations, and "
            f"{there:,} are held back; try --generations {lasting}, or fewer fresh rows, or a smaller --n-samples"
        )
