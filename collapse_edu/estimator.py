"""What scikit-learn asks of an estimator, for models that do not wait for scikit-learn.

To import it takes a dozen times as long as NumPy. So it is loaded only for what it alone can do: to turn odd input into
rows, to refuse it in its own words, or to say what kind of estimator a model is.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from inspect import Parameter, signature
from types import MappingProxyType
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Estimator", "copied", "random_state_of", "require_fitted", "rows_of"]

_Value = TypeVar("_Value")
_PLAIN = frozenset({int, float, complex, bool, str, bytes, type(None)})  # never changed: no need of a copy


class Estimator:
    """A model that works inside scikit-learn: its parameters can be read, set, printed and copied.

    Parameters are what the constructor takes, and it only stores them.

    Attributes
    ----------
    estimator_type : str or None
        What scikit-learn calls this kind, such as "density_estimator".

    Examples
    --------
    >>> class Constant(Estimator):
    ...     def __init__(self, value=0.0, rows=1):
    ...         self.value = value
    ...         self.rows = rows
    >>> Constant(rows=3), Constant(rows=3).get_params()
    (Constant(rows=3), {'rows': 3, 'value': 0.0})
    """

    estimator_type: ClassVar[str | None] = None

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters, sorted by name.

        Parameters
        ----------
        deep : bool
            Also those of models inside, as ``model__ddof``.

        Returns
        -------
        dict
        """
        found = {}
        for name in self._taken():
            value = found[name] = getattr(self, name)
            if deep and hasattr(value, "get_params") and not isinstance(value, type):
                found.update((f"{name}__{inner}", part) for inner, part in value.get_params().items())
        return found

    def set_params(self, **params: object) -> Self:
        """Set parameters, also those of models inside.

        Parameters
        ----------
        **params : object
            By name.

        Returns
        -------
        model
            The model itself.

        Raises
        ------
        ValueError
            If there is no such parameter.
        """
        nested: defaultdict[str, dict[str, object]] = defaultdict(dict)
        for key, value in params.items():
            name, inside, inner = key.partition("__")
            if name not in (allowed := self._taken()):
                raise ValueError(
                    f"Invalid parameter {name!r} for estimator {self}. Valid parameters are: {list(allowed)!r}."
                )
            if inside:
                nested[name][inner] = value
            else:
                setattr(self, name, value)
        for name, values in nested.items():
            getattr(self, name).set_params(**values)
        return self

    def _taken(self) -> Mapping[str, object]:
        kind: Any = type(self)
        return _parameters(kind)

    def __repr__(self) -> str:
        values = ((name, getattr(self, name), usual) for name, usual in self._taken().items())
        changed = (f"{name}={value!r}" for name, value, usual in values if repr(value) != repr(usual))
        return f"{type(self).__name__}({', '.join(changed)})"

    def __setstate__(self, state: Any) -> None:
        """Take up what was pickled; a parameter that an older version did not have gets its usual value."""
        learned, slots = state if isinstance(state, tuple) else (state, None)
        kind: Any = type(self)
        for name, usual in _usual_values(kind).items():
            if not hasattr(kind, name):
                vars(self)[name] = usual
        vars(self).update(learned or {})
        for name, value in (slots or {}).items():
            setattr(self, name, value)

    def __sklearn_clone__(self) -> Self:
        params = {name: copied(getattr(self, name)) for name in self._taken()}
        twin = type(self)(**params)
        for name, value in params.items():
            if getattr(twin, name) is not value:
                raise RuntimeError(f"Cannot clone object {self}, as the constructor does not only store {name}")
        return twin

    def __sklearn_tags__(self) -> Any:
        from sklearn.base import BaseEstimator

        tags = BaseEstimator().__sklearn_tags__()
        tags.estimator_type = self.estimator_type
        return tags


@cache
def _parameters(kind: Any) -> Mapping[str, object]:
    """Return what a constructor takes, name → usual value, sorted by name."""
    if kind.__init__ is object.__init__:
        return {}
    taken = list(signature(kind.__init__).parameters.values())[1:]
    if any(parameter.kind == Parameter.VAR_POSITIONAL for parameter in taken):
        raise RuntimeError(f"the constructor of {kind.__name__} must name its parameters, not take *args")
    named = (parameter for parameter in taken if parameter.kind != Parameter.VAR_KEYWORD)
    return MappingProxyType({parameter.name: parameter.default for parameter in sorted(named, key=lambda p: p.name)})


@cache
def _usual_values(kind: Any) -> Mapping[str, object]:
    """Return the usual values of what the constructors of a class and of its bases take."""
    usual: dict[str, object] = {}
    for base in reversed(kind.__mro__):
        if issubclass(base, Estimator) and "__init__" in vars(base):
            taken = signature(base.__init__).parameters.values()
            usual.update((one.name, one.default) for one in taken if one.default is not Parameter.empty)
    return MappingProxyType(usual)


def copied(model: _Value) -> _Value:
    """Return an unfitted copy of a model, as scikit-learn's ``clone`` with ``safe=False`` makes it.

    Parameters
    ----------
    model : object
        Something with parameters, a list of such, or anything else, which is copied as it is.

    Returns
    -------
    object

    Examples
    --------
    >>> from collapse_edu import Gaussian
    >>> copied(Gaussian(ddof=0).fit([[1.0], [2.0]])), copied({"a": [1]})
    (Gaussian(ddof=0), {'a': [1]})
    """
    given: Any = model
    kind: Any = type(given)
    if kind in _PLAIN or isinstance(given, type):
        return given
    if kind in (list, tuple, set, frozenset):
        return kind([copied(item) for item in given])
    if kind is dict:
        twin: Any = {key: copied(value) for key, value in given.items()}
        return twin
    if hasattr(given, "__sklearn_clone__"):
        return given.__sklearn_clone__()
    if hasattr(given, "get_params"):
        from sklearn.base import clone

        return clone(given)
    return deepcopy(given)


def require_fitted(model: object, attribute: str | None = None) -> None:
    """Raise scikit-learn's error if a model has learned nothing.

    Parameters
    ----------
    model : object
    attribute : str, optional
        What it must have; if not given, any attribute whose name ends in an underscore.

    Raises
    ------
    sklearn.exceptions.NotFittedError

    Examples
    --------
    >>> from collapse_edu import Gaussian
    >>> require_fitted(Gaussian())
    Traceback (most recent call last):
    ...
    sklearn.exceptions.NotFittedError: This Gaussian instance is not fitted yet. Call 'fit' with appropriate arguments
    before using this estimator.
    """
    learned = vars(model)
    if attribute in learned if attribute else any(name[-1] == "_" and name[:2] != "__" for name in learned):
        return
    from sklearn.exceptions import NotFittedError

    raise NotFittedError(
        f"This {type(model).__name__} instance is not fitted yet. Call 'fit' with appropriate arguments before using "
        "this estimator."
    )


def rows_of(
    model: Any,
    X: ArrayLike,
    *,
    learns: bool = True,
    min_rows: int = 1,
    min_features: int = 1,
    dtype: type[np.floating] = np.float64,
) -> NDArray[Any]:
    """Return X as rows of finite floats, or say in one line why it is none: scikit-learn's words, and the name X.

    Parameters
    ----------
    model : Estimator
        It remembers how wide the rows are that it learns from.
    X : array, shape (n, d)
    learns : bool
        Whether the model learns from these rows; else they must be as wide as those.
    min_rows, min_features : int
        The least n and d.
    dtype : type
        Of the floats.

    Returns
    -------
    ndarray, shape (n, d)
        The same array, if it is one of such floats already, as in the loop.

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> from collapse_edu import Gaussian
    >>> model = Gaussian()
    >>> rows_of(model, [[1], [2]]), model.n_features_in_
    (array([[1.],
           [2.]]), 1)
    """
    known = vars(model)
    with np.errstate(over="ignore"):  # what is too large for the dtype is infinite, and refused as such
        if (
            type(X) is np.ndarray
            and X.dtype.kind == "f"
            and X.ndim == 2
            and len(X) >= min_rows
            and X.shape[1] >= min_features
            and "feature_names_in_" not in known
            and (learns or X.shape[1] == known.get("n_features_in_"))
            and np.isfinite(rows := X.astype(dtype, copy=False)).all()
        ):
            if learns:
                model.n_features_in_ = X.shape[1]
            return rows
    from sklearn.utils.validation import validate_data

    try:
        with np.errstate(over="ignore", invalid="ignore"):
            rows = validate_data(
                model,
                X,
                dtype=dtype,
                order="C",
                reset=learns,
                ensure_min_samples=min_rows,
                ensure_min_features=min_features,
            )
    except (TypeError, ValueError, OverflowError) as error:
        raise _on_one_line(error) from None
    for item in _texts(np.asarray(X)):
        raise TypeError(f"X must contain numbers; got {item!r}")
    return rows


def _texts(X):
    """Yield the texts among numbers, which scikit-learn reads as such."""
    if X.dtype.kind not in "biufc":
        yield from (item for item in X.flat if isinstance(item, str | bytes))


def _on_one_line(error):
    """Return an error of scikit-learn's about X that is one line and says so."""
    text = " ".join(str(error).split())
    if not re.search(r"\bX\b", text):
        text = f"X is not accepted: {text}"
    kind = TypeError if isinstance(error, TypeError) else ValueError
    return kind(text if len(text) <= 300 else f"{text[:297]}...")


def random_state_of(value: int | np.random.RandomState | None) -> np.random.RandomState:
    """Return the older kind of generator that a parameter ``random_state`` stands for.

    Parameters
    ----------
    value : None, int or numpy.random.RandomState
        None stands for NumPy's global one.

    Returns
    -------
    numpy.random.RandomState

    Raises
    ------
    ValueError

    Examples
    --------
    >>> random_state_of(3).randint(10)
    8
    """
    if isinstance(value, np.random.RandomState):
        return value
    from sklearn.utils import check_random_state

    return check_random_state(value)
