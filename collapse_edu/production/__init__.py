"""From lab to product: what a model's data cost, what they are worth, and where a team stands.

A part is loaded when it is first used. All of it works without a notebook.
"""

from importlib import import_module

_PARTS = (
    "benchmarks",
    "decision",
    "economics",
    "feedback",
    "maturity",
    "mistakes",
    "value",
)

__all__ = [*_PARTS]


def __getattr__(name):
    if name in _PARTS:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted(__all__)
