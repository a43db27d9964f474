"""What settings say of a model: the same words in each process, so that equal runs have equal files."""

import re
from copy import copy
from functools import partial
from typing import Any

__all__ = ["text_of"]

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
        :func:`functools.partial`, in models inside of the model, and in objects that can be called.

    Examples
    --------
    >>> from collapse_edu import Gaussian, Verified
    >>> import numpy as np
    >>> text_of(Verified(Gaussian(), accept=np.isfinite)), text_of(Gaussian(ddof=0))
    ('Verified(accept=numpy.isfinite, model=Gaussian())', 'Gaussian(ddof=0)')
    """
    return _ADDRESS.sub("", str(_shown(model, {})))


class _Text:
    """Stands for a value, and shows a text."""

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text

    def __call__(self):
        """Do nothing: what can be called may stand in a partial."""


def _shown(value: Any, stand_ins: dict[int, object]) -> Any:
    """Return a value, or what stands for it and shows the same text in each process."""
    if id(value) in stand_ins:  # it contains itself
        return stand_ins[id(value)]
    if isinstance(value, partial):
        function, *arguments = (_shown(part, stand_ins) for part in (value.func, *value.args))
        return partial(function, *arguments, **_each(value.keywords, stand_ins))
    if type(value) in (list, tuple, dict, set, frozenset):
        return _shown_together(value, stand_ins | {id(value): _Text("...")})
    name = getattr(value, "__qualname__", getattr(value, "__name__", None))
    if callable(value) and isinstance(name, str):
        return _Text(f"{getattr(value, '__module__', None) or 'builtins'}.{name}")
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
    shown = [_shown(part, stand_ins) for part in values]
    if isinstance(values, list | tuple):
        return type(values)(shown)
    inside = f"{{{', '.join(sorted(map(repr, shown)))}}}" if values else ""
    return _Text(inside if inside and isinstance(values, set) else f"{type(values).__name__}({inside})")
