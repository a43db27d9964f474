"""Watch generative models train on what models made: the helper library of the course.

Importing this package is cheap: a part is loaded when it is first used.

>>> import collapse_edu
>>> collapse_edu.theory.gaussian.half_life(n=[10, 100, 1000]).round()
array([  6.,  68., 692.])
"""

from importlib import import_module

_PARTS = (
    "chain", "datasets", "definitions", "ensemble", "environment", "explorers", "history", "measures", "metrics",
    "models", "plots", "production", "quiz", "regimes", "runs", "seeding", "source", "theory",
)  # fmt: skip
_NAMES = {
    "run": "chain", "generations": "chain", "watch": "chain", "History": "history", "adapt": "models",
    "keep_run": "runs", "kept_run": "runs",
    "Categorical": "models", "Gaussian": "models",
    "PCAGaussian": "models", "PCAMixture": "models", "VAE": "models",
    "accumulate": "regimes", "anchor": "regimes", "mix": "regimes",
    "preserve": "regimes", "replace": "regimes", "subsample": "regimes",
    "contaminated": "regimes", "weighted": "regimes",
    "Curated": "models", "Memoriser": "models", "Regression": "models", "Verified": "models",
}  # fmt: skip

__all__ = ["__version__", *_PARTS, *_NAMES]


def __getattr__(name):
    if name in _PARTS:
        return import_module(f"{__name__}.{name}")
    if name in _NAMES:
        return getattr(import_module(f"{__name__}.{_NAMES[name]}"), name)
    if name == "study":  # until the modules move
        return import_module(f"{__name__}.loop.study")
    if name == "__version__":
        from importlib.metadata import version

        return version("collapse-edu")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted(__all__)
