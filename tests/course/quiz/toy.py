"""A tiny bank: one question of each kind, with keys that need no library."""

from types import SimpleNamespace

from collapse_edu.course.quiz.question import (
    Function,
    Misreading,
    MultipleChoice,
    Numeric,
    Option,
    Ordering,
    SingleChoice,
)

COMMON = {"objective": "test", "lesson": "M2_gaussian_collapse.ipynb#The-loop"}


def _fails(n):
    raise RuntimeError("the key fails\non two lines")


SINGLE = SingleChoice(
    id="M2.01",
    prompt="One of {n}?",
    solution="{key} because.",
    hints=["First.", "Second & last."],
    parameters={"n": [1, 2, 3]},
    ordered=True,  # so that a test can say what a letter means
    options=[
        Option("no", "It is not <b>so</b>.", misconception="one_cause"),
        Option("yes", "It is so.", right=True),
        Option("never", "It may be.", misconception="one_run_proves"),
    ],
    **COMMON,
)
NUMBER = Numeric(
    id="M2.02",
    prompt="Twice {n}?",
    solution="{key}: twice {n}.",
    hints=["Add."],
    parameters={"n": list(range(10, 100))},
    key=lambda n: 2 * n,
    misreadings=[Misreading(lambda n: n * n, "You squared {n}.", "wrong_half")],
    **COMMON,
)
ORDER = Ordering(
    id="M2.03",
    prompt="Order.",
    solution="{key}.",
    hints=[],
    items=["one", "two", "three"],
    because=["1 < 2.", "2 < 3."],
    misconceptions=["one_cause", "one_cause"],
    **COMMON,
)
FUNCTION = Function(
    id="M2.04",
    prompt="Write double(x).",
    solution="{key}.",
    hints=["Add."],
    name="double",
    starter="def double(x):\n    ...",
    reference=lambda x: 2 * x,
    inputs=lambda rng: [(rng.randint(1, 100),) for _ in range(5)],
    **COMMON,
)
SEVERAL = MultipleChoice(
    id="M2.05", prompt="Which?", solution="{key}", hints=[], options=SINGLE.options, ordered=True, **COMMON
)
BROKEN = Numeric(
    id="M2.06", prompt="?", solution="{key}", hints=[], parameters={"n": [1]}, key=_fails, **COMMON
)  # fmt: skip
QUESTIONS = [SINGLE, NUMBER, ORDER, FUNCTION, SEVERAL, BROKEN]


def install(monkeypatch):
    """Put the tiny questions into the place of those of M2."""
    tiny = SimpleNamespace(QUESTIONS=QUESTIONS, EXERCISES=[], PREDICTIONS={})
    monkeypatch.setattr("collapse_edu.course.quiz.bank.LESSONS", ("M2",))
    monkeypatch.setattr("collapse_edu.course.quiz.bank._file", lambda lesson: tiny)
