"""How many rows each model draws: one number for all generations, or a function of the generation."""

from collections.abc import Callable
from typing import TypeAlias

from collapse_edu.checks import integer
from collapse_edu.loop.settings import text_of

__all__ = ["SampleSize", "sample_sizes", "size_text"]

SampleSize: TypeAlias = int | Callable[[int], int]


def sample_sizes(
    n_samples: SampleSize | None, n: int, low: int, high: int | None = None, name: str = "n_samples"
) -> Callable[[int], int]:
    """Return a function t → rows that the model of generation t draws, t = 1, 2, …

    Parameters
    ----------
    n_samples : int, callable or None
        None stands for n.
    n : int
    low, high : int
        Least and largest size.
    name : str
        How the parameter is called.

    Returns
    -------
    callable
        It says in one line if a size is none.

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> [sample_sizes(size, 10, low=1)(3) for size in (None, 20, lambda t: 20 * t**2)]
    [10, 20, 180]
    >>> sample_sizes(lambda t: 3 - t, 10, low=1)(3)
    Traceback (most recent call last):
    ...
    ValueError: n_samples(3) must be an integer of at least 1; got 0
    """
    if callable(n_samples):
        return lambda t: integer(f"{name}({t})", n_samples(t), low, high)
    fixed = n if n_samples is None else integer(name, n_samples, low, high)
    return lambda t: fixed


def size_text(n_samples: SampleSize) -> int | str:
    """Return a size as settings of a history have it: a number, or the name of a function.

    Parameters
    ----------
    n_samples : int or callable

    Returns
    -------
    int or str

    Examples
    --------
    >>> size_text(20), size_text(abs)
    (20, 'builtins.abs')
    """
    return text_of(n_samples) if callable(n_samples) else n_samples
