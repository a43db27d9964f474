"""Watch generative models train on what models made: the helper library of the course.

Importing this package is cheap: a part is loaded when it is first used.

>>> import collapse_edu
>>> collapse_edu.theory.gaussian.half_life(n=[10, 100, 1000]).round()
array([  6.,  68., 692.])
"""

import sys
from importlib import import_module

from collapse_edu.moved import OldPaths, new_path

_PARTS = (
    "course", "datasets", "ensemble", "loop", "measures", "metrics", "models", "plots", "production", "theory",
)  # fmt: skip
_NAMES = {
    "run": "loop.chain", "generations": "loop.chain", "watch": "loop.chain", "History": "loop.history",
    "keep_run": "course.desk.kept_runs", "kept_run": "course.desk.kept_runs",
    "adapt": "models", "Categorical": "models", "Gaussian": "models",
    "Flow": "models", "PCAGaussian": "models", "PCAMixture": "models", "VAE": "models",
    "Curated": "models", "Memoriser": "models", "Regression": "models", "Verified": "models",
    "accumulate": "loop.regimes", "anchor": "loop.regimes", "mix": "loop.regimes",
    "preserve": "loop.regimes", "replace": "loop.regimes", "subsample": "loop.regimes",
    "contaminated": "loop.regimes", "resampled": "loop.regimes", "weighted": "loop.regimes",
}  # fmt: skip

__all__ = ["__version__", *_PARTS, *_NAMES]

if not any(isinstance(finder, OldPaths) for finder in sys.meta_path):
    sys.meta_path.insert(0, OldPaths())  # before Python finds a moved submodule again, under its old name


def __getattr__(name):
    if name in _PARTS:
        return import_module(f"{__name__}.{name}")
    if name in _NAMES:
        return getattr(import_module(f"{__name__}.{_NAMES[name]}"), name)
    if name == "__version__":
        from importlib.metadata import version

        return version("collapse-edu")
    if moved := new_path(f"{__name__}.{name}"):
        return import_module(moved)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted(__all__)
