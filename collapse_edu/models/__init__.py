"""Models: what learns from a training set and samples the next one.

A model has ``fit(X, sample_weight=None)``, which returns the model itself, and ``sample(n, rng)``, which returns an
array of ``n`` rows. Learned attributes end in an underscore. Constructor arguments are only stored.
"""

from collapse_edu.models.adapt import Adapted, adapt
from collapse_edu.models.categorical import Categorical
from collapse_edu.models.curated import Curated, Verified
from collapse_edu.models.gaussian import Gaussian
from collapse_edu.models.memoriser import Memoriser
from collapse_edu.models.ngram import NGram
from collapse_edu.models.pca import PCAGaussian, PCAMixture
from collapse_edu.models.regression import Regression
from collapse_edu.models.vae import VAE

__all__ = [
    "VAE", "Adapted", "Categorical", "Curated", "Gaussian", "Memoriser", "NGram", "PCAGaussian", "PCAMixture",
    "Regression", "Verified", "adapt",
]  # fmt: skip
