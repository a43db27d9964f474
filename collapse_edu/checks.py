"""Bad input gets one line: which parameter, what is allowed, what came, and what to do where that is known.

A value of the wrong kind is a ``TypeError``, one out of range a ``ValueError``. What passes is returned.
"""

import reprlib
from collections.abc import Callable, Mapping
from functools import wraps
from inspect import signature
from numbers import Integral, Real
from typing import Any, ParamSpec, Protocol, TypeAlias, TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "MOST_STEPS", "Data", "Generation", "History", "Measure", "Model", "Source", "array", "can_continue", "choice",
    "data", "flag", "floats", "generator", "history", "integer", "model", "number", "outcome", "previous", "regime",
    "renamed", "rows", "sample_size", "seed", "shown", "source", "takes", "token_ids", "vocabulary_size", "warm",
    "weights",
]  # fmt: skip

MOST_STEPS = 10**8  # generations or chains that are kept one by one: more than a laptop has memory for

_MOST = 2**63 - 1  # the largest integer of an array
_MOST_AXES = 16  # NumPy broadcasts up to 32
_MOST_TYPES = 2**31 - 1  # tokens are written in 32 bits
_MOST_PLACES = 2**31 - 1  # contexts are counted in 32 bits; and places · types is below 2⁶², as keys of n-grams must be

_Value = TypeVar("_Value")
_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


class Model(Protocol):
    """What learns and samples in the loop; a class of a learner's own needs no more than these two.

    A model may also have ``usual_measures(d)``, which says what a run writes down of it (see
    :func:`collapse_edu.measures.usual`), and ``fit_steps(X)``, which yields while it learns (see
    :func:`collapse_edu.watch`). One that can start from another fitted model has ``fit(X, previous=None)``, and
    ``fit_steps`` in the same way; see :func:`collapse_edu.run`, ``warm``.

    Examples
    --------
    >>> class Same:
    ...     def fit(self, X):
    ...         self.X = X
    ...         return self
    ...
    ...     def sample(self, n, rng):
    ...         return self.X[:n]
    >>> model(Same()).fit(np.array([[1.0]])).sample(1, None)
    array([[1.]])
    """

    def fit(self, X: np.ndarray) -> object:
        """Learn from rows, shape (n, n_features). Regimes with weights also give ``sample_weight``."""

    def sample(self, n: int, rng: np.random.Generator) -> ArrayLike:
        """Return n rows."""


class Source(Protocol):
    """The real data of one chain: see :class:`collapse_edu.loop.source.Source`."""

    @property
    def real(self) -> np.ndarray:
        """The fixed real set, shape (n, n_features)."""

    def draw(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Return n real rows that the chain has not used before."""


class Data(Protocol):
    """What a chain opens: see :mod:`collapse_edu.loop.source`."""

    @property
    def n(self) -> int:
        """Rows of the fixed real set."""

    def open(self, rng: np.random.Generator) -> Source:
        """Return the real data of one chain."""


class Generation(Protocol):
    """One turn of the loop, as a measure sees it: see :class:`collapse_edu.loop.chain.Generation`."""

    @property
    def t(self) -> int:
        """1 is the model fitted to real data."""

    @property
    def model(self) -> Any:
        """The fitted model, with what it learned."""

    @property
    def training(self) -> np.ndarray:
        """What it was fitted to."""

    @property
    def synthetic(self) -> np.ndarray:
        """What it drew."""


class History(Protocol):
    """What a run leaves: see :class:`collapse_edu.History`."""

    @property
    def values(self) -> Mapping[tuple[str, str], NDArray[np.float64]]:
        """(regime, measure) → numbers, shape (generations, chains)."""

    @property
    def regimes(self) -> list[str]:
        """Names of the regimes."""

    @property
    def measures(self) -> list[str]:
        """Names of the measures."""


Measure: TypeAlias = Callable[[Generation, Source], float]


_SHORT = reprlib.Repr()
_SHORT.maxother = _SHORT.maxstring = 70


def shown(value: object) -> str:
    """Return on one short line what came.

    Parameters
    ----------
    value : object

    Returns
    -------
    str

    Examples
    --------
    >>> shown(0.1), shown([[1, 2], [3]]), shown(10**400)
    ('0.1', '[[1, 2], [3]]', '100000000000000000...0000000000000000000')
    """
    try:
        return " ".join(_SHORT.repr(value).split())
    except ValueError:  # Python writes no integer of more than 4,300 digits
        return f"something of type {_kind(value)}"


def choice(name: str, value: object, *allowed: str) -> str:
    """Return ``value`` if it is one of some words, or say in one line which they are.

    Parameters
    ----------
    name : str
        How the parameter is called.
    value : object
        What came.
    *allowed : str

    Returns
    -------
    str

    Raises
    ------
    ValueError

    Examples
    --------
    >>> choice("design", "new", "same", "fresh")
    Traceback (most recent call last):
    ...
    ValueError: design must be "same" or "fresh"; got 'new'
    """
    if not isinstance(value, str) or value not in allowed:
        words = " or ".join(f'"{word}"' for word in allowed)
        raise ValueError(f"{name} must be {words}; got {shown(value)}")
    return value


def flag(name: str, value: object) -> bool:
    """Return ``value`` if it is True or False.

    Parameters
    ----------
    name : str
        How the parameter is called.
    value : object
        What came.

    Returns
    -------
    bool

    Raises
    ------
    TypeError

    Examples
    --------
    >>> flag("residual", "no")
    Traceback (most recent call last):
    ...
    TypeError: residual must be True or False; got 'no'
    """
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} must be True or False; got {shown(value)}")
    return bool(value)


def array(name: str, value: ArrayLike) -> np.ndarray:
    """Return ``value`` as an array, or say in one line that it makes none.

    Parameters
    ----------
    name : str
        How the parameter is called.
    value : array
        Up to 16 axes.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError

    Examples
    --------
    >>> array("X", [[1, 2], [3]])
    Traceback (most recent call last):
    ...
    ValueError: X must have rows of one length; got [[1, 2], [3]]
    """
    try:
        found = np.asarray(value)
    except ValueError:  # rows of several lengths, or too deep
        raise ValueError(f"{name} must have rows of one length; got {shown(value)}") from None
    if found.ndim > _MOST_AXES:
        raise ValueError(f"{name} must have at most {_MOST_AXES} axes; got {found.ndim}")
    return found


def floats(name: str, value: ArrayLike) -> NDArray[np.float64]:
    """Return ``value`` as an array of floats, or say in one line that it does not contain numbers.

    Parameters
    ----------
    name : str
        How the parameter is called.
    value : array
        Real numbers. NumPy alone would read text as numbers, and drop an imaginary part.

    Returns
    -------
    ndarray

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> floats("radii", ["1", "2"])
    Traceback (most recent call last):
    ...
    TypeError: radii must contain numbers; got ['1', '2']
    """
    found = array(name, value)
    has_text = found.dtype.kind == "O" and any(isinstance(item, str | bytes) for item in found.flat)
    try:
        if found.dtype.kind in "biufO" and not has_text:
            return found.astype(float, copy=False)
    except (TypeError, ValueError, OverflowError):
        pass
    raise TypeError(f"{name} must contain numbers; got {shown(value)}")


def integer(name: str, value: object, low: int, high: int | None = None, *, most: float = _MOST) -> int:
    """Return ``value`` as an int, or say in one line why it is not one between ``low`` and ``high``.

    Parameters
    ----------
    name : str
        How the parameter is called.
    value : object
        What came; NumPy integers pass, booleans and floats do not.
    low, high : int
        Least and largest value.
    most : int
        Largest value where it only matters to who asks for more: what fits into an array, into the memory.

    Returns
    -------
    int

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> integer("n", 30, 2)
    30
    >>> integer("n", 1, 2)
    Traceback (most recent call last):
    ...
    ValueError: n must be an integer of at least 2; got 1
    """
    allowed = f"an integer of at least {low}" if high is None else f"an integer from {low} to {high}"
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be {allowed}; got {shown(value)}")
    whole = int(cast(int, value))
    if whole < low or (high is not None and whole > high):
        raise ValueError(f"{name} must be {allowed}; got {shown(whole)}")
    if whole > most:
        raise ValueError(f"{name} must be an integer of at most {most:,}; got {shown(whole)}")
    return whole


def number(
    name: str, value: object, low: float, high: float, *, open_low: bool = False, open_high: bool = False
) -> float:
    """Return ``value`` as a float, or say in one line why it is not one between ``low`` and ``high``.

    Parameters
    ----------
    name : str
        How the parameter is called.
    value : object
        What came; any real number passes, a boolean does not.
    low, high : float
        Least and largest value.
    open_low, open_high : bool
        Whether ``low`` or ``high`` itself is excluded.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> number("share", 0.1, 0, 1)
    0.1
    >>> number("share", 10, 0, 1)
    Traceback (most recent call last):
    ...
    ValueError: share must be a number in [0, 1]; got 10
    """
    allowed = f"a number in {'(' if open_low else '['}{low:g}, {high:g}{')' if open_high else ']'}"
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be {allowed}; got {shown(value)}")
    try:
        given = float(value)
    except OverflowError:  # an integer of more than 308 digits
        raise ValueError(f"{name} must be {allowed}, of at most 308 digits; got {shown(value)}") from None
    if not low <= given <= high or (open_low and given == low) or (open_high and given == high):
        raise ValueError(f"{name} must be {allowed}; got {value}")
    return given


def model(value: _Value) -> _Value:
    """Return ``value`` if it can learn and sample in the loop.

    Parameters
    ----------
    value : object
        Needs ``fit(X)`` and ``sample(n, rng)``.

    Returns
    -------
    object
        The same.

    Raises
    ------
    TypeError

    Examples
    --------
    >>> from sklearn.mixture import GaussianMixture
    >>> model(GaussianMixture())
    Traceback (most recent call last):
    ...
    TypeError: model must have fit(X) and sample(n, rng); got GaussianMixture: try adapt(...) around it
    """
    allowed = "model must have fit(X) and sample(n, rng)"
    if isinstance(value, type):
        raise TypeError(f"{allowed}; got the class {value.__name__}: write {value.__name__}(...)")
    fit, sample = getattr(value, "fit", None), getattr(value, "sample", None)
    if not (callable(fit) and callable(sample)):
        raise TypeError(f"{allowed}; got {_kind(value)}")
    if not takes(sample, 2) or takes(sample, 1, random_state=None):
        raise TypeError(f"{allowed}; got {_kind(value)}: try adapt(...) around it")
    return value


def can_continue(value: object) -> bool:
    """Return whether a model can start from another fitted one.

    Parameters
    ----------
    value : model
        Its ``fit`` takes ``previous``, and it has no attribute ``can_continue`` that is False.

    Returns
    -------
    bool

    Examples
    --------
    >>> from collapse_edu import VAE, PCAMixture
    >>> can_continue(VAE()), can_continue(PCAMixture())
    (True, False)
    """
    return getattr(value, "can_continue", True) is not False and takes(cast(Model, value).fit, 1, previous=None)


def warm(value: _Value, model: object) -> _Value:
    """Return ``value`` if it says what each model may start from.

    Parameters
    ----------
    value : bool or model
        False: from nothing; True: from its predecessor; a fitted model: from that.
    model : model
        What is to start so.

    Returns
    -------
    bool or model
        The same.

    Raises
    ------
    TypeError

    Examples
    --------
    >>> from collapse_edu import PCAMixture
    >>> warm(True, PCAMixture())
    Traceback (most recent call last):
    ...
    TypeError: warm must be False: PCAMixture cannot start from a previous model
    """
    if value is False:
        return value
    is_model = not isinstance(value, type) and all(hasattr(value, name) for name in ("fit", "sample"))
    if value is not True and not is_model:
        raise TypeError(f"warm must be True, False or a fitted model to start from; got {shown(value)}")
    if not can_continue(model):
        raise TypeError(f"warm must be False: {_why_cold(model)}")
    return value


def _why_cold(model):
    """Return in words why a model cannot start from a previous one: the innermost of all that stand around it."""
    while hasattr(model, "_inside"):
        model = getattr(model, model._inside)
    if takes(model.fit, 1, previous=None) and getattr(model, "learning_rate", None) == 1:
        return f"{_kind(model)} with learning_rate 1 forgets the previous model; set it below 1"
    return f"{_kind(model)} cannot start from a previous model"


def previous(value: object, model: object, learned: str, d: int | None = None) -> None:
    """Say in one line why a model cannot start from another one, if it cannot.

    Parameters
    ----------
    value : model
        What to start from: of the class of ``model``, and fitted.
    model : model
    learned : str
        An attribute that a fitted one has.
    d : int, optional
        Features of the rows that come; it must have learned from rows as wide.

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> from collapse_edu import Gaussian
    >>> previous(Gaussian(), Gaussian(), "mean_")
    Traceback (most recent call last):
    ...
    ValueError: previous must be fitted; got a Gaussian that is not
    """
    kind = type(model).__name__
    if not isinstance(value, type(model)):
        raise TypeError(f"previous must be a fitted {kind}, as this model is one; got {_kind(value)}")
    if learned not in vars(value):
        raise ValueError(f"previous must be fitted; got {_with_article(kind)} that is not")
    width = getattr(value, "n_features_in_", d)
    if d is not None and width != d:
        raise ValueError(f"previous must have d = {d}, as the rows have; got d = {width}")


def _with_article(noun):
    return f"{'an' if noun[0] in 'AEIOUaeiou' else 'a'} {noun}"


def regime(value: _Value) -> _Value:
    """Return ``value`` if it can be called as a regime.

    Parameters
    ----------
    value : callable
        ``(source, pool, synthetic, rng) -> (pool, training, weights)``.

    Returns
    -------
    callable
        The same.

    Raises
    ------
    TypeError

    Examples
    --------
    >>> regime(0.1)
    Traceback (most recent call last):
    ...
    TypeError: regime must be a function of (source, pool, synthetic, rng), such as replace or mix(0.1); got 0.1
    """
    allowed = "regime must be a function of (source, pool, synthetic, rng), such as replace or mix(0.1)"
    if isinstance(value, type):
        raise TypeError(f"{allowed}; got the class {value.__name__}: write {value.__name__}(...)")
    if isinstance(value, str):
        raise TypeError(f"{allowed}; got {shown(value)}: write it without quotation marks")
    if not callable(value):
        raise TypeError(f"{allowed}; got {shown(value)}")
    if not takes(value, 4):
        raise TypeError(f"{allowed}; got {_kind(value)}, which does not take these four")
    return value


def outcome(value: _Value) -> _Value:
    """Return what a regime returned, if it is its three values.

    Parameters
    ----------
    value : tuple
        ``(pool, training, weights)``.

    Returns
    -------
    tuple
        The same.

    Raises
    ------
    TypeError

    Examples
    --------
    >>> outcome((None, [[1.0]]))
    Traceback (most recent call last):
    ...
    TypeError: regime must return three values, (pool, training, weights); got 2
    """
    if not isinstance(value, tuple | list) or len(value) != 3:  # an array of three rows would pass for three values
        came = len(value) if isinstance(value, tuple | list) else _kind(value)
        raise TypeError(f"regime must return three values, (pool, training, weights); got {came}")
    return value


def data(value: _Value) -> _Value:
    """Return ``value`` if a chain can open it.

    Parameters
    ----------
    value : object
        Needs ``n`` and ``open(rng)``, as :class:`~collapse_edu.loop.source.KnownDistribution` and
        :class:`~collapse_edu.loop.source.FiniteData` have.

    Returns
    -------
    object
        The same.

    Raises
    ------
    TypeError

    Examples
    --------
    >>> data([[1.0], [2.0]])
    Traceback (most recent call last):
    ...
    TypeError: data must be a distribution or a set, such as normal(30) or FiniteData(rows); got list: write
    FiniteData(...)
    """
    if not (callable(getattr(value, "open", None)) and hasattr(value, "n")):
        allowed = "data must be a distribution or a set, such as normal(30) or FiniteData(rows)"
        if hasattr(value, "source"):
            advice = ": write .source behind it"
        elif hasattr(value, "__array__") or isinstance(value, list | tuple):
            advice = ": write FiniteData(...)"
        elif hasattr(value, "draw"):
            advice = ": give what it was opened from"
        else:
            advice = ""
        raise TypeError(f"{allowed}; got {_kind(value)}{advice}")
    return value


def seed(value: object) -> int:
    """Return ``value`` as an int, if it can seed a generator; it may have more bits than an integer of an array.

    Parameters
    ----------
    value : int
        0 or larger.

    Returns
    -------
    int

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> seed(2**64 - 1)
    18446744073709551615
    >>> seed(-1)
    Traceback (most recent call last):
    ...
    ValueError: seed must be an integer of at least 0; got -1
    """
    return integer("seed", value, 0, most=np.inf)


def source(value: _Value) -> _Value:
    """Return ``value`` if it is the real data of one chain.

    Parameters
    ----------
    value : Source
        Needs ``real`` and ``draw``.

    Returns
    -------
    Source
        The same.

    Raises
    ------
    TypeError

    Examples
    --------
    >>> from collapse_edu.loop.source import normal
    >>> source(normal(30))
    Traceback (most recent call last):
    ...
    TypeError: source must be the opened data of one chain; got KnownDistribution: write .open(rng) behind it
    """
    if not (hasattr(value, "real") and callable(getattr(value, "draw", None))):
        advice = ": write .open(rng) behind it" if hasattr(value, "open") else ""
        raise TypeError(f"source must be the opened data of one chain; got {_kind(value)}{advice}")
    return value


def history(value: _Value, name: str = "history") -> _Value:
    """Return ``value`` if it is what a run leaves.

    Parameters
    ----------
    value : History
        Needs ``values``, ``regimes`` and ``measures``.
    name : str
        How the parameter is called.

    Returns
    -------
    History
        The same.

    Raises
    ------
    TypeError

    Examples
    --------
    >>> history([1.0, 0.5])
    Traceback (most recent call last):
    ...
    TypeError: history must be a History; got list
    """
    if not all(hasattr(value, name) for name in ("values", "regimes", "measures")):
        raise TypeError(f"{name} must be a History; got {_kind(value)}")
    return value


def generator(value: object) -> np.random.Generator:
    """Return ``value`` if it is a random generator of NumPy.

    Parameters
    ----------
    value : numpy.random.Generator

    Returns
    -------
    numpy.random.Generator
        The same.

    Raises
    ------
    TypeError

    Examples
    --------
    >>> generator(0)
    Traceback (most recent call last):
    ...
    TypeError: rng must be a numpy.random.Generator, such as numpy.random.default_rng(0); got 0
    """
    if not isinstance(value, np.random.Generator):
        raise TypeError(
            f"rng must be a numpy.random.Generator, such as numpy.random.default_rng(0); got {shown(value)}"
        )
    return value


def sample_size(n: object, rng: object) -> int:
    """Return ``n`` as an int, if it is a number of rows to draw, and ``rng`` a generator to draw them with.

    Parameters
    ----------
    n : int
    rng : numpy.random.Generator

    Returns
    -------
    int

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> sample_size(-1, np.random.default_rng(0))
    Traceback (most recent call last):
    ...
    ValueError: n must be an integer of at least 0; got -1
    """
    generator(rng)
    return integer("n", n, 0, most=MOST_STEPS)


def rows(name: str, value: ArrayLike, n: int, d: int) -> np.ndarray:
    """Return ``value`` as an array, if it is n rows of d numbers, all finite.

    Parameters
    ----------
    name : str
        What it is.
    value : array, shape (n, d)
    n, d : int

    Returns
    -------
    ndarray, shape (n, d)
        The same, if it is an array already.

    Raises
    ------
    ValueError

    Examples
    --------
    >>> rows("what sample(n, rng) returns", [[1.0], [float("nan")]], 2, 1)
    Traceback (most recent call last):
    ...
    ValueError: what sample(n, rng) returns must contain finite numbers; got nan
    """
    try:
        found = np.asarray(value)
    except ValueError:  # rows of several widths
        raise ValueError(f"{name} must have shape ({n}, {d}); got rows of several shapes") from None
    if found.shape != (n, d):
        raise ValueError(f"{name} must have shape ({n}, {d}); got {found.shape}")
    if found.dtype.kind in "fc":
        finite = np.isfinite(found)
        if not finite.all():
            raise ValueError(f"{name} must contain finite numbers; got {found[~finite][0]}")
    return found


def weights(value: ArrayLike, n: int) -> NDArray[np.float64]:
    """Return ``sample_weight`` as an array of floats, if it is a weight for each of n rows.

    Parameters
    ----------
    value : array, shape (n,)
        0 or larger, not all 0, and finite, as is their sum.
    n : int

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> weights([1, 2], 3)
    Traceback (most recent call last):
    ...
    ValueError: sample_weight must have shape (3,), one number for each row; got (2,)
    """
    with np.errstate(over="ignore"):  # what is no float, or has no sum that is one, is refused
        found = floats("sample_weight", value)
        if found.shape != (n,):
            raise ValueError(f"sample_weight must have shape ({n},), one number for each row; got {found.shape}")
        total = found.sum()
    if not ((found >= 0).all() and total > 0 and np.isfinite(total)):
        raise ValueError("sample_weight must be 0 or larger, with a finite sum that is not zero")
    return found


def token_ids(X: ArrayLike) -> NDArray[np.int64]:
    """Return rows of token ids, or say in one line why they are none.

    Parameters
    ----------
    X : array of int, shape (n, length)

    Returns
    -------
    ndarray of int64, shape (n, length)

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> token_ids([1, 2])
    Traceback (most recent call last):
    ...
    ValueError: X must have shape (n, length), both at least 1; got (2,)
    """
    ids = array("X", X)
    if ids.ndim != 2 or 0 in ids.shape:
        raise ValueError(f"X must have shape (n, length), both at least 1; got {ids.shape}")
    if not np.issubdtype(ids.dtype, np.integer):
        raise TypeError(f"X must contain integers, the ids of tokens; got {ids.dtype}")
    if ids.size + len(ids) > _MOST_PLACES:
        raise ValueError(
            f"X must contain at most {_MOST_PLACES:,} tokens and ends of rows; got {ids.size + len(ids):,}"
        )
    if ids.dtype == np.uint64:
        ids = np.minimum(ids, 2**63 - 1)  # of a larger one, 64 bits with a sign would make a negative number
    return ids.astype(np.int64, copy=False)


def vocabulary_size(X: NDArray[np.int64], n_types: int | None) -> int:
    """Return how many types there are, or say in one line that rows contain a token outside of the vocabulary.

    Parameters
    ----------
    X : ndarray of int, shape (n, length)
    n_types : int or None
        None stands for the largest token and 1.

    Returns
    -------
    int

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> vocabulary_size(np.array([[0, 3]]), None), vocabulary_size(np.array([[0, 3]]), 9)
    (4, 9)
    """
    low, high = int(X.min()), int(X.max())
    n_types = min(high + 1, _MOST_TYPES) if n_types is None else integer("n_types", n_types, 1, _MOST_TYPES)
    if low < 0 or high >= n_types:
        raise ValueError(f"X must contain tokens from 0 to {max(n_types - 1, 0)}; got {low} to {high}")
    return n_types


def renamed(**new_names: str) -> Callable[[Callable[_Arguments, _Result]], Callable[_Arguments, _Result]]:
    """Let a function take arguments under the names that they had in an older version, until 1.0.0.

    Parameters
    ----------
    **new_names : str
        Old name → the name that the argument has now.

    Returns
    -------
    callable
        A decorator.

    Raises
    ------
    TypeError
        When the function is called with both names of one argument.

    Examples
    --------
    >>> @renamed(metrics="measures")
    ... def count(measures):
    ...     return len(measures)
    >>> count(metrics=[1, 2]), count(measures=[1])
    (2, 1)
    """

    def decorate(function: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
        @wraps(function)
        def call(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
            for old, new in new_names.items():
                if old in kwargs:
                    if new in kwargs:
                        raise TypeError(f"{old} is the old name of {new}: give {new} alone")
                    kwargs[new] = kwargs.pop(old)
            return function(*args, **kwargs)

        return call

    return decorate


def takes(function: Callable[..., object], n: int, **named: object) -> bool:
    """Return whether a function says that it can be called with n positional and some named arguments.

    Parameters
    ----------
    function : callable
    n : int
        0 or larger.
    **named : object
        Named arguments, with any values.

    Returns
    -------
    bool

    Examples
    --------
    >>> takes(lambda n, rng: n, 2), takes(lambda n, rng: n, 1, random_state=0)
    (True, False)
    """
    try:
        signature(function).bind(*range(n), **named)
    except TypeError:
        return False
    except ValueError:  # a builtin does not say: the benefit of the doubt, for positional ones
        return not named
    return True


def _kind(value):
    """Return the short name of what came: a picture of an array would not fit on one line."""
    return getattr(value, "__name__", None) or type(value).__name__
