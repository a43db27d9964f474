"""One generator for each chain, and no noise used twice."""

import numpy as np

__all__ = ["follow_stream", "generators"]


def generators(seed, n_chains):
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

    Examples
    --------
    >>> a, b = generators(7, 2)
    >>> a.random() == b.random()
    False
    >>> generators(7, 5)[0].random() == generators(7, 1)[0].random()
    True
    """
    return [np.random.default_rng(sequence) for sequence in np.random.SeedSequence(seed).spawn(n_chains)]


def follow_stream(model, rng):
    """Make every ``random_state`` of a model draw from the stream of ``rng``, and return the model.

    An integer seed, or a copied ``RandomState``, replays the same noise in each generation; one fixed sampling
    error then compounds, and the physics is wrong. Here all parts of the model share the generator's own state:
    what one draws, no other draws again.

    Parameters
    ----------
    model : estimator
        Parameters named ``random_state`` are replaced, nested ones too.
    rng : numpy.random.Generator

    Returns
    -------
    estimator
        The same object.

    Examples
    --------
    >>> from sklearn.mixture import GaussianMixture
    >>> rng = np.random.default_rng(0)
    >>> follow_stream(GaussianMixture(random_state=3), rng).random_state is None
    False
    """
    names = [name for name in getattr(model, "get_params", dict)() if name.rpartition("__")[2] == "random_state"]
    if names:
        shared = np.random.RandomState(rng.bit_generator)
        model.set_params(**dict.fromkeys(names, shared))
    return model
