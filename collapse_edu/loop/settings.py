"""What settings say of a model: the same words in each process, so that equal runs have equal files."""

import re
from collections.abc import Iterable
from contextlib import suppress
from copy import copy
from functools import partial
from hashlib import sha256
from operator import itemgetter
from typing import Any

import numpy as np

__all__ = ["digest_of", "text_of"]

_ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")


def text_of(model: object) -> str:
    """Return a model as text, without addresses in memory, and with sets in order.

    Parameters
    ----------
    model : model
        It is not changed.

    Returns
    -------
    str
        ``str(model)``, with functions written as module and qualified name: in lists and dictionaries, in a
        :func:`functools.partial`, in models inside of the model, and in objects that can be called. If it has no text,
        the name of its class.

    Examples
    --------
    >>> from collapse_edu import Gaussian, Verified
    >>> import numpy as np
    >>> text_of(Verified(Gaussian(), accept=np.isfinite)), text_of(Gaussian(ddof=0))
    ('Verified(accept=numpy.isfinite, model=Gaussian())', 'Gaussian(ddof=0)')
    """
    for text in (lambda: str(_shown(model, {})), lambda: str(model)):
        with suppress(Exception):  # a __repr__ of the learner's own may raise anything, and settings never stop a run
            return _ADDRESS.sub("", text())
    return f"<{type(model).__module__}.{type(model).__qualname__} object>"


def digest_of(model: object) -> str:
    """Return a short digest of all that a model keeps, what it learned above all: equal in each process.

    Parameters
    ----------
    model : model

    Returns
    -------
    str
        Eight hexadecimal digits. Random generators, and what only C code can look into, do not count.

    Examples
    --------
    >>> from collapse_edu import Gaussian
    >>> one, two, other = (Gaussian().fit([[0.0], [x]]) for x in (2.0, 2.0, 3.0))
    >>> digest_of(one) == digest_of(two), digest_of(one) == digest_of(other)
    (True, False)
    """
    return sha256(_bytes_of(model, frozenset())).hexdigest()[:8]


def _bytes_of(value: Any, around: frozenset[int]) -> bytes:
    """Return the same bytes for equal values, in each process."""
    kind = type(value)
    if id(value) in around or isinstance(value, np.random.Generator | np.random.RandomState):
        parts = []
    elif isinstance(value, int | float | complex | str | bytes | np.generic | None):
        parts = [repr(value).encode()]
    elif isinstance(value, np.ndarray) and not value.dtype.hasobject:
        parts = [repr((value.shape, value.dtype.str)).encode(), value.tobytes()]
    else:
        inside = around | {id(value)}
        parts = [sha256(_bytes_of(part, inside)).digest() for part in _parts_of(value)]
        if isinstance(value, set | frozenset | dict):
            parts.sort()
    return b"\0".join([f"{kind.__module__}.{kind.__qualname__}".encode(), *parts])


def _parts_of(value: Any) -> Iterable[Any]:
    if isinstance(value, np.ndarray):
        return value.ravel().tolist()
    if isinstance(value, dict):
        return value.items()
    if isinstance(value, list | tuple | set | frozenset):
        return value
    if callable(value) and hasattr(value, "__qualname__"):
        return (value.__qualname__,)
    return getattr(value, "__dict__", {}).items()


class _Text:
    """Stands for a value, and shows a text; in all else it is that value."""

    def __init__(self, text, value=None):
        self.text, self._value = text, value
        self.__module__ = getattr(value, "__module__", None)

    def __repr__(self):
        return self.text

    def __call__(self, *args, **kwargs):
        return self._value(*args, **kwargs)

    def __getattr__(self, name):
        return getattr(vars(self)["_value"], name)


class _InOrder:
    """A set that shows its values, and gives them, in the order of their texts."""

    order: list[object]
    text: str

    def __iter__(self):
        return iter(self.order)

    def __repr__(self):
        return self.text


class _Set(_InOrder, set):
    pass


class _FrozenSet(_InOrder, frozenset):
    pass


def _shown(value: Any, stand_ins: dict[int, object]) -> Any:
    """Return a value, or what stands for it and shows the same text in each process."""
    if id(value) in stand_ins:  # it contains itself
        return stand_ins[id(value)]
    if isinstance(value, partial):
        function, *arguments = (_shown(part, stand_ins) for part in (value.func, *value.args))
        return partial(function, *arguments, **_each(value.keywords, stand_ins))
    if type(value) in (list, tuple, dict, set, frozenset):
        return _shown_together(value, stand_ins | {id(value): _Text("...", value)})
    name = getattr(value, "__qualname__", getattr(value, "__name__", None))
    if callable(value) and isinstance(name, str):
        return _Text(f"{getattr(value, '__module__', None) or 'builtins'}.{name}", value)
    if hasattr(value, "__dict__") and (hasattr(value, "fit") or callable(value)):
        stand_ins[id(value)] = stand_in = copy(value)
        vars(stand_in).update(_each(vars(value), stand_ins))  # a class of the learner's own may forbid assignments
        return stand_in
    return value


def _each(values: dict[str, object], stand_ins: dict[int, object]) -> dict[str, Any]:
    return {name: _shown(part, stand_ins) for name, part in values.items()}


def _shown_together(values: Any, stand_ins: dict[int, object]) -> object:
    """Return what stands for all values of a container; those of a set are sorted by their texts."""
    if isinstance(values, dict):
        return _each(values, stand_ins)
    if isinstance(values, list | tuple):
        return type(values)(_shown(part, stand_ins) for part in values)
    stand_in: Any = _Set(values) if isinstance(values, set) else _FrozenSet(values)
    texts = sorted(((repr(_shown(part, stand_ins)), part) for part in values), key=itemgetter(0))
    stand_in.order = [part for _, part in texts]
    inside = f"{{{', '.join(text for text, _ in texts)}}}" if values else ""
    stand_in.text = inside if inside and isinstance(values, set) else f"{type(values).__name__}({inside})"
    return stand_in
