"""Models: what learns from a training set and samples the next one.

A model has ``fit(X, sample_weight=None)``, which returns the model itself, and ``sample(n, rng)``, which returns an
array of ``n`` rows. Learned attributes end in an underscore. Constructor arguments are only stored.
"""

from collapse_edu.models.adapt import Adapted, adapt
from collapse_edu.models.categorical import Categorical
from collapse_edu.models.gaussian import Gaussian

__all__ = ["Adapted", "Categorical", "Gaussian", "adapt"]
