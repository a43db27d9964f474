"""How many rows each model draws: one number for all generations, or a function of the generation."""

from collections.abc import Callable
from functools import cache
from typing import TypeAlias

from collapse_edu.checks import integer

__all__ = ["SampleSize", "asked_once", "sample_sizes", "sizes_kept"]

SampleSize: TypeAlias = int | Callable[[int], int]


def asked_once(n_samples: SampleSize | None) -> SampleSize | None:
    """Return ``n_samples`` so that a function is called once for each t: what is drawn is what the settings say.

    Parameters
    ----------
    n_samples : int, callable or None

    Returns
    -------
    int, callable or None

    Examples
    --------
    >>> left = [20, 30]
    >>> sizes = asked_once(lambda t: left.pop(0))
    >>> sizes(1), sizes(1), sizes(2)
    (20, 20, 30)
    """
    return cache(n_samples) if callable(n_samples) else n_samples


def sample_sizes(
    n_samples: SampleSize | None, n: int | None, low: int, high: int | None = None, name: str = "n_samples"
) -> Callable[[int], int]:
    """Return a function t → rows that the model of generation t draws, t = 1, 2, …

    Parameters
    ----------
    n_samples : int, callable or None
        None stands for n.
    n : int or None
    low, high : int
        Least and largest size.
    name : str
        How the parameter is called.

    Returns
    -------
    callable
        It asks ``n_samples`` once for each t, and says in one line if a size is none.

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
        return cache(lambda t: integer(f"{name}({t})", n_samples(t), low, high))
    fixed = integer(name, n if n_samples is None else n_samples, low, high)
    return lambda t: fixed


def sizes_kept(n_samples: SampleSize, generations: int) -> int | list[int]:
    """Return sizes as settings of a history have them: one number, or those of all generations.

    Parameters
    ----------
    n_samples : int or callable
    generations : int

    Returns
    -------
    int or list of int

    Examples
    --------
    >>> sizes_kept(20, 3), sizes_kept(lambda t: 20, 3), sizes_kept(lambda t: 20 * t**2, 3)
    (20, 20, [20, 80, 180])
    """
    if not callable(n_samples):
        return n_samples
    sizes = [n_samples(t) for t in range(1, generations + 1)]
    return sizes[0] if sizes == sizes[:1] * generations else sizes
