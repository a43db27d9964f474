"""One generator for each chain, and no noise used twice."""

from typing import TypeVar

import numpy as np

__all__ = ["follow_stream", "generators", "random_state"]

_Value = TypeVar("_Value")


def generators(seed: int, n_chains: int) -> list[np.random.Generator]:
    """Return independent random generators, one for each chain.

    Chain ``i`` gets the same generator for any number of chains, so a larger ensemble contains the smaller.

    Parameters
    ----------
    seed : int
        0 or larger.
    n_chains : int
        1 or larger.

    Returns
    -------
    list of numpy.random.Generator

    Raises
    ------
    ValueError, TypeError
        NumPy's own, for a seed that is negative or no integer.

    Examples
    --------
    >>> a, b = generators(7, 2)
    >>> a.random() == b.random()
    False
    >>> generators(7, 5)[0].random() == generators(7, 1)[0].random()
    True
    """
    return [np.random.default_rng(sequence) for sequence in np.random.SeedSequence(seed).spawn(n_chains)]


def random_state(rng: np.random.Generator) -> np.random.RandomState:
    """Return a new ``RandomState``, the older kind of generator that scikit-learn takes, seeded from ``rng``.

    Parameters
    ----------
    rng : numpy.random.Generator
        It moves on, so the next ``RandomState`` is another one.

    Returns
    -------
    numpy.random.RandomState

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> random_state(rng).random_sample() == random_state(rng).random_sample()
    False
    """
    return np.random.RandomState(_fresh_seed(rng))


def follow_stream(model: _Value, rng: np.random.Generator) -> _Value:
    """Give every part of a model noise of its own, drawn from ``rng``, and return the model.

    An integer seed, or a copied ``RandomState``, replays the same noise in each generation; one fixed sampling
    error then compounds, and the physics is wrong. Here each generator that the model keeps is replaced by a new
    one, seeded from the chain's ``rng``. The chain's ``rng`` moves on at once, so it does not matter how often the
    model copies what it was given.

    Parameters
    ----------
    model : object
        It is changed. Attributes named ``random_state``, and those that are a generator of NumPy, are replaced: in
        the model itself and in every part of it that has ``fit``, in lists and dictionaries too.
    rng : numpy.random.Generator

    Returns
    -------
    object
        The same model.

    Examples
    --------
    >>> from sklearn.mixture import GaussianMixture
    >>> rng = np.random.default_rng(0)
    >>> type(follow_stream(GaussianMixture(random_state=3), rng).random_state).__name__
    'RandomState'
    """
    for part in _parts(model, set()):
        for name, value in list(vars(part).items()):
            # Into the dictionary itself: a class of the learner's own may forbid or change assignments.
            if isinstance(value, np.random.Generator):
                vars(part)[name] = np.random.default_rng(_fresh_seed(rng))
            elif isinstance(value, np.random.RandomState) or name == "random_state":
                vars(part)[name] = random_state(rng)
    return model


def _fresh_seed(rng):
    return rng.integers(2**32, size=4, dtype=np.uint32)


def _parts(thing, seen):
    """Yield all that can learn in a thing, each once."""
    if isinstance(thing, int | float | str | np.ndarray | None):
        return  # most of what a model keeps
    if isinstance(thing, list | tuple | dict):
        for item in thing.values() if isinstance(thing, dict) else thing:
            yield from _parts(item, seen)
    elif hasattr(thing, "fit") and hasattr(thing, "__dict__") and not isinstance(thing, type) and id(thing) not in seen:
        seen.add(id(thing))
        yield thing
        yield from _parts(vars(thing), seen)
