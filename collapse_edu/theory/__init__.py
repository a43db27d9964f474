"""Closed forms: one function for each published or derived result.

Conventions, unless a function says otherwise:

* The real distribution is normal with mean 0 and variance 1 in each coordinate. Results are in units of its standard
  deviation (variances, squared means and squared distances: of its variance).
* n is the number of samples in each generation.
* t counts the fits done so far: t = 0 is the real *distribution*, t = 1 the model fitted to real data.
* ``ddof`` is 1 for the unbiased variance and 0 for maximum likelihood.
* t, n, sampling_bias, and where they occur q, level, epsilon and n_fresh may be arrays of any shape; they broadcast as
  NumPy arrays do. An empty array gives an empty result. d and ddof are single values.
* A value that is not allowed raises ``TypeError`` (wrong kind) or ``ValueError`` (out of range), with one line that
  names the parameter.
"""

from collapse_edu.theory import (
    accumulate,
    bounds,
    changing_sizes,
    continuing,
    drift,
    effective_size,
    extrapolation,
    fixation,
    gaussian,
    immigration,
    kde,
    known_share,
    large_sets,
    mixing,
    original,
    pathways,
    regression,
    selection,
    tails,
    wishart,
)

__all__ = [
    "accumulate",
    "bounds",
    "changing_sizes",
    "continuing",
    "drift",
    "effective_size",
    "extrapolation",
    "fixation",
    "gaussian",
    "immigration",
    "kde",
    "known_share",
    "large_sets",
    "mixing",
    "original",
    "pathways",
    "regression",
    "selection",
    "tails",
    "wishart",
]
