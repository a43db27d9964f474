"""Models: what learns from a training set and samples the next one.

A model has ``fit(X, sample_weight=None)``, which returns the model itself, and ``sample(n, rng)``, which returns an
array of ``n`` rows. Learned attributes end in an underscore. Constructor arguments are only stored.
"""

from typing import TYPE_CHECKING, Any

from collapse_edu.models.adapt import Adapted, adapt
from collapse_edu.models.categorical import Categorical
from collapse_edu.models.causal import CausalLM
from collapse_edu.models.curated import Curated, Verified
from collapse_edu.models.diffusion import Diffusion
from collapse_edu.models.flow import Flow
from collapse_edu.models.gaussian import Gaussian
from collapse_edu.models.memoriser import Memoriser
from collapse_edu.models.ngram import NGram
from collapse_edu.models.regression import Regression
from collapse_edu.models.vae import VAE

if TYPE_CHECKING:
    from collapse_edu.models.pca import PCAGaussian, PCAMixture

__all__ = [
    "VAE", "Adapted", "Categorical", "CausalLM", "Curated", "Diffusion", "Flow", "Gaussian", "Memoriser", "NGram",
    "PCAGaussian", "PCAMixture", "Regression", "Verified", "adapt",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in ("PCAGaussian", "PCAMixture"):  # SciPy and scikit-learn come with these: not before somebody wants them
        from collapse_edu.models import pca

        return getattr(pca, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
