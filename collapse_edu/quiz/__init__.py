"""Questions and predictions: asked, answered, recorded, marked.

The core (questions, bank, record) loads neither NumPy nor widgets; a part is loaded when it is first used.
"""

from importlib import import_module

_NAMES = {
    "HandIn": "handin",
    "Option": "question",
    "Prediction": "prediction",
    "Record": "record",
    "Verdict": "question",
    "ask": "widget",
    "check": "face",
    "due": "review",
    "hand_in": "handin",
    "hint": "face",
    "identify": "face",
    "predict": "prediction",
    "progress": "review",
    "read_hand_in": "handin",
    "solution": "face",
}

__all__ = list(_NAMES)


def __getattr__(name):
    if name in _NAMES:
        return getattr(import_module(f"{__name__}.{_NAMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted(__all__)
