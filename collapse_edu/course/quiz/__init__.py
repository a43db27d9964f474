"""What the cells of a notebook call: questions, predictions and exercises; what was done, and what is handed in.

Some of it lives elsewhere in the course, such as the record, the welcome and the cards. A part is loaded when it
is first used; the core (questions, bank, record) loads neither NumPy nor widgets.
"""

from importlib import import_module

_NAMES = {
    "HandIn": "quiz.handin",
    "Option": "quiz.question",
    "Prediction": "quiz.prediction",
    "Record": "desk.record",
    "Verdict": "quiz.question",
    "ask": "quiz.widget",
    "card": "cards",
    "cards": "cards",
    "check": "quiz.commands",
    "due": "quiz.review",
    "explain": "quiz.prediction",
    "hand_in": "quiz.handin",
    "hint": "quiz.commands",
    "identify": "quiz.commands",
    "predict": "quiz.prediction",
    "progress": "quiz.review",
    "read_hand_in": "quiz.handin",
    "said": "quiz.prediction",
    "solution": "quiz.commands",
    "welcome": "desk.welcome",
    "who_are_you": "quiz.introduction",
}
_COURSE = __name__.rpartition(".")[0]

__all__ = list(_NAMES)


def __getattr__(name: str) -> object:
    if name in _NAMES:
        return getattr(import_module(f"{_COURSE}.{_NAMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
