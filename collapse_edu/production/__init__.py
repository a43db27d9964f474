"""From lab to product: watch a stream, detect, trace, and count what data cost and are worth.

Everything here works on your own data, without a notebook. Importing the package loads nothing heavy: a part is loaded
when it is first used.
"""

from importlib import import_module
from typing import Any

_PARTS = ("benchmarks", "board", "decision", "disclosure", "economics", "feedback", "maturity", "premium", "value")
# Public name → its module, in alphabetical order.
_NAMES = {
    "Crawl": "crawl",
    "Detector": "detector",
    "Documents": "monitoring.documents",
    "Estimate": "provenance",
    "Ledger": "provenance",
    "Monitor": "monitoring.monitor",
    "Occurrence": "provenance",
    "Reading": "monitoring.monitor",
    "Reference": "monitoring.statistics",
    "State": "monitoring.state",
    "drifting_stream": "crawl",
    "exhaust": "crawl",
    "fewest_documents": "monitoring.monitor",
    "flags_expected": "detector",
    "image_statistics": "detector",
    "labels_worth": "provenance",
    "ngram_counts": "detector",
    "precision_at": "detector",
    "share_from_flags": "provenance",
    "text_features": "detector",
}

__all__ = [*_PARTS, *_NAMES]


def __getattr__(name: str) -> Any:
    if name in _PARTS:
        return import_module(f"{__name__}.{name}")
    if name in _NAMES:
        return getattr(import_module(f"{__name__}.{_NAMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
