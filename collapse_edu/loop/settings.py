"""What settings say of a model: the same words in each process, so that equal runs have equal files."""

import re
from copy import copy
from functools import partial

__all__ = ["text_of"]

_ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")


def text_of(model: object) -> str:
    """Return a model as text, without addresses in memory.

    Parameters
    ----------
    model : model
        It is not changed.

    Returns
    -------
    str
        ``str(model)``, with functions written as module and qualified name.

    Examples
    --------
    >>> from collapse_edu import Gaussian, Verified
    >>> import numpy as np
    >>> text_of(Verified(Gaussian(), accept=np.isfinite)), text_of(Gaussian(ddof=0))
    ('Verified(accept=numpy.isfinite, model=Gaussian())', 'Gaussian(ddof=0)')
    """
    return _ADDRESS.sub("", str(_shown(model, {})))


class _Name:
    """Stands for a function, and shows its name."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name

    def __call__(self):
        """Do nothing: what can be called may stand in a partial."""


def _shown(value, copies):
    """Return a value, or a copy of a model, in which names stand for functions."""
    if isinstance(value, partial):
        return partial(_shown(value.func, copies), *value.args, **value.keywords)
    name = getattr(value, "__qualname__", getattr(value, "__name__", None))
    if callable(value) and isinstance(name, str):
        return _Name(f"{getattr(value, '__module__', None) or 'builtins'}.{name}")
    if hasattr(value, "fit") and hasattr(value, "__dict__"):
        if id(value) not in copies:
            copies[id(value)] = stand_in = copy(value)
            # Into the dictionary itself: a class of the learner's own may forbid assignments.
            vars(stand_in).update({name: _shown(part, copies) for name, part in vars(value).items()})
        return copies[id(value)]
    return value
