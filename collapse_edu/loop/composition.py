"""What a training set is made of: said once, for rows in the loop and for exact statistics alike."""

from collections.abc import Callable, Iterable
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import partial
from inspect import isfunction
from numbers import Real
from typing import ClassVar, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from collapse_edu.loop.source import Source

__all__ = ["ALL", "Composed", "Composition", "Dash", "Regime", "Rows", "described", "name"]

ALL: Final = "all"
Rows: TypeAlias = int | Literal["all"]
Array: TypeAlias = NDArray[np.generic]
Regime: TypeAlias = Callable[
    [Source, object, Array, np.random.Generator], tuple[object, Array, NDArray[np.float64] | None]
]
Dash: TypeAlias = str | tuple[int, tuple[int, ...]]  # as matplotlib has it
_MANY = 10**9  # rows: enough for a row of any sensible share


@dataclass(frozen=True)
class Composition:
    """How many rows of which kind the next training set is made of.

    ``None`` stands for what is not asked for; 0 rows are asked for, and happen to be none.

    Attributes
    ----------
    synthetic : int or "all"
        Rows of the last synthetic set: a random part of it, or the whole.
    original : int, "all" or None
        Rows of the original real set: a random part, drawn anew each time without return, or the whole.
    fresh : int or None
        Real rows that the chain has not used before.
    pooled : bool
        Whether all of this joins the sets of earlier generations, of which the real set is the first.
    part : int or None
        The model is trained on a random part of so many rows, drawn without return.
    weight : float or None
        Weight of all rows but the last synthetic ones, from 0 to 1; those weigh the rest.

    Raises
    ------
    ValueError
        If a random part of the rows should have weights, or the synthetic rows alone.

    Examples
    --------
    >>> from collapse_edu.loop.regimes import anchor, mix
    >>> anchor.composition(100, 100)
    Composition(synthetic='all', original='all', fresh=None, pooled=False, part=None, weight=None)
    >>> mix(0.1).composition(100, 100).fresh
    10
    """

    synthetic: Rows
    original: Rows | None = None
    fresh: int | None = None
    pooled: bool = False
    part: int | None = None
    weight: float | None = None

    def __post_init__(self) -> None:
        if self.part is not None and self.weight is not None:
            raise ValueError("a random part of the rows has no weights; give part or weight")
        if self.weight is not None and self.is_synthetic:
            raise ValueError(f"weight must be None where all rows are synthetic; got {self.weight!r}")

    @property
    def has_real_set(self) -> bool:
        """Whether the whole real set is among the rows."""
        return self.pooled or self.original == ALL

    @property
    def is_synthetic(self) -> bool:
        """Whether the last synthetic set is all there is."""
        return not (self.pooled or self.original or self.fresh)


class Composed:
    """A regime that says what its training sets are made of; all else follows from that.

    A subclass has ``composition``, ``answer``, ``colour`` and ``dash``, and a docstring whose first line says what the
    next generation is trained on: "Train on …."

    Attributes
    ----------
    colour : str
        Of its lines and names, with a contrast of at least 4.5 on white.
    dash : str or tuple
        Of its lines, as for matplotlib.
    changes : bool
        Whether the composition changes from turn to turn. Then the pool counts the turns, and cannot keep rows: it is
        refused together with ``pooled``.
    """

    colour: ClassVar[str]
    dash: ClassVar[Dash]
    changes: ClassVar[bool] = False

    def composition(self, n_real: int, n_samples: int, turn: int = 0) -> Composition:
        """Return what a training set is made of.

        Parameters
        ----------
        n_real, n_samples : int
            Rows of the real set, and of the last synthetic set. Sizes may change from generation to generation: a share
            is one of the last set.
        turn : int
            0 for the training set of generation 2, the first that the regime makes.

        Returns
        -------
        Composition

        Raises
        ------
        ValueError
            If there cannot be such a set.
        """
        raise NotImplementedError

    @property
    def answer(self) -> str:
        """Its answer to the question *keep real data?*, in words."""
        raise NotImplementedError

    def made_of(self, n_real: int, n_samples: int, turn: int = 0) -> Composition:
        """Return the composition, if there can be such a set; the loop and the exact ensembles ask this.

        Parameters
        ----------
        n_real, n_samples, turn
            As for :meth:`composition`.

        Returns
        -------
        Composition

        Raises
        ------
        ValueError
            If it asks for more rows of a set than there are, or changes from turn to turn in a way that a chain of
            rows could not follow.

        Examples
        --------
        >>> from collapse_edu.loop.regimes import preserve
        >>> preserve(0.1).made_of(100, 100).original
        10
        """
        found = self.composition(n_real, n_samples, turn)
        for kind, rows, there in (("synthetic", found.synthetic, n_samples), ("original", found.original, n_real)):
            if isinstance(rows, int) and not 0 <= rows <= there:
                raise ValueError(f"{kind} must be {ALL!r} or from 0 to the {there} rows that are there; got {rows}")
        if self.changes and found.pooled:
            raise ValueError(f"{self.label} must not both change from turn to turn and keep a pool of rows")
        if not self.changes and found != self.composition(n_real, n_samples, turn + 1):
            raise ValueError(f"{self.label} must say changes = True: its composition depends on the turn")
        return found

    @property
    def sketch(self) -> Composition:
        """The composition for very many rows: which parts it has, whatever their sizes."""
        return self.composition(_MANY, _MANY)

    @property
    def family(self) -> str:
        """The name of the regime, without its numbers."""
        return type(self).__name__.lower()

    @property
    def label(self) -> str:
        """The name with its numbers, as tables and pictures show it."""
        return _label(self.family, self.values)

    @property
    def meaning(self) -> str:
        """What the next generation is trained on, as the docstring says it; empty where Python dropped docstrings."""
        first = (type(self).__doc__ or "").partition("\n")[0]
        return first.removeprefix("Train on ").removesuffix(".")

    @property
    def values(self) -> list[str]:
        """Its numbers in words, without those that are the usual ones."""
        return _shown(_fields_of(self))

    @property
    def parameters(self) -> tuple[Field, ...]:
        """What the regime is made with: fields of a dataclass."""
        return fields(self) if is_dataclass(self) else ()

    def __call__(
        self, source: Source, pool: object, synthetic: Array, rng: np.random.Generator
    ) -> tuple[object, Array, NDArray[np.float64] | None]:
        """Return the next pool, training set and weights; see :mod:`collapse_edu.loop.regimes`."""
        turn = pool if isinstance(pool, int) else 0  # at first the pool is the real set
        made_of = self.made_of(len(source.real), len(synthetic), turn)
        parts = [np.asarray(pool)] if made_of.pooled else []
        if made_of.original is not None:
            parts.append(_some(source.real, made_of.original, rng))
        if made_of.fresh is not None:
            parts.append(source.draw(made_of.fresh, rng))
        last = _some(synthetic, made_of.synthetic, rng)
        training = _joined([*parts, last])
        kept = training if made_of.pooled else turn + 1 if self.changes else None
        if made_of.part is not None:
            training = _some(training, made_of.part, rng)
        weights = None if made_of.weight is None else _weights(made_of.weight, len(training) - len(last), len(last))
        return kept, training, weights


def _some(rows: Array, n: Rows, rng: np.random.Generator) -> Array:
    """Return n of the rows, at random: a learner's model may return them in an order."""
    return rows if n == ALL else rng.choice(rows, size=n, replace=False, shuffle=False)


def _joined(parts: list[Array]) -> Array:
    """Return all rows as one set, or say in one line that synthetic ones differ in width from real ones."""
    first, last = parts[0], parts[-1]
    if first.shape[1:] != last.shape[1:]:
        raise ValueError(f"synthetic must have shape (n, {first.shape[1]}), as real rows have; got {last.shape}")
    return last if len(parts) == 1 else np.concatenate(parts)


def _weights(weight: float, others: int, synthetic: int) -> NDArray[np.float64]:
    """Return a weight for each row, whose sum is the effective sample size."""
    shares = np.repeat([weight / others, (1 - weight) / synthetic], [others, synthetic])
    return shares / np.square(shares).sum()


def name(regime: Callable[..., object]) -> str:
    """Return the label of a regime, for tables and pictures.

    A regime may say it itself, with an attribute ``label``. Otherwise it is the name of the function or class, and in
    brackets the numbers, texts and functions that it was made with: the values of a dataclass that are not the usual
    ones, arguments that :func:`functools.partial` holds, or what an inner function uses of the function around it.

    Parameters
    ----------
    regime : object
        A regime; the jobs and values of a study get their labels in the same way.

    Returns
    -------
    str
        Two regimes that Python cannot tell apart have one label: :meth:`collapse_edu.History.together` numbers them.

    Examples
    --------
    >>> from collapse_edu.loop.regimes import mix, replace, weighted
    >>> name(replace), name(mix(0.1)), name(weighted(0.5, real="original"))
    ('replace', 'mix(0.1)', 'weighted(0.5, original)')

    Regimes of your own:

    >>> def halved(share):
    ...     def rule(source, pool, synthetic, rng):
    ...         return None, synthetic[: int(share * len(synthetic))], None
    ...     return rule
    >>> name(halved(0.1)), name(halved(0.5))
    ('rule(0.1)', 'rule(0.5)')
    >>> rule = halved(0.1)
    >>> rule.label = "a tenth"
    >>> name(rule)
    'a tenth'
    """
    label = getattr(regime, "label", None)
    if isinstance(label, str):
        return " ".join(label.split())  # one line: it stands in files and pictures
    if isinstance(regime, partial):
        return _label(name(regime.func), _shown([*regime.args, *regime.keywords.values()]))
    if isfunction(regime):
        return _label(regime.__name__, _shown(_closed_over(regime)))
    return _label(getattr(regime, "__name__", type(regime).__name__), _shown(_fields_of(regime)))


def _label(called: str, values: list[str]) -> str:
    return f"{called}({', '.join(values)})" if values else called


def _shown(values: Iterable[object]) -> list[str]:
    """Return in words what can be said in words."""
    return [text for value in values if (text := described(value))]


def _fields_of(value: object) -> list[object]:
    """Return the values of a dataclass's object that are not its usual ones."""
    if not is_dataclass(value) or isinstance(value, type):
        return []
    given = [(getattr(value, field.name), field.default) for field in fields(value)]
    return [value for value, usual in given if usual is MISSING or described(value) != described(usual)]


def _closed_over(function: Callable) -> list[object]:
    """Return what an inner function uses of the function around it."""
    found = []
    for cell in function.__closure__ or ():
        try:
            found.append(cell.cell_contents)
        except ValueError:  # not set yet
            continue
    return found


def described(value: object) -> str:
    """Return a number, a text or a function in words that are the same in every run of Python.

    Parameters
    ----------
    value : object

    Returns
    -------
    str
        A function by its module and name, never by its address; empty for what is none of the three.

    Examples
    --------
    >>> described(0.1), described("fresh"), described(np.mean), described([1, 2])
    ('0.1', 'fresh', 'numpy.mean', '')
    """
    if isinstance(value, str):
        return value
    if callable(value) and isinstance(getattr(value, "label", None), str):  # a regime inside of another one
        return name(value)
    if isinstance(value, Real):
        return f"{float(value):g}"
    if callable(value) and hasattr(value, "__qualname__"):
        return f"{value.__module__}.{value.__qualname__}"
    return ""
