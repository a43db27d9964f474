"""A learner of a class that is laid for the marker: who they are, what they tried, and what each try is worth.

Every verdict here is computed by the bank in this process, so it is what the marker must find, too.
"""

import json
import random
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from math import exp
from pathlib import Path

from collapse_edu.course.desk.record import Record
from collapse_edu.course.desk.record_file import as_line, header
from collapse_edu.course.quiz import bank, handin
from collapse_edu.course.quiz.question import Function
from course import handed_in

__all__ = ["MARKS", "Learner", "Tried", "as_hand_in", "as_notebook", "changed", "marks", "quiz_of", "sources"]

BEGIN = datetime(2026, 5, 4, 8, tzinfo=UTC)
MARKS = {True: "1", False: "0", None: ""}
_CHAIN = """\
import numpy as np


def variances_of_chain(real, noise):
    data = np.array(real)
    variances = [data.var(ddof=1)]
    for z in noise:
        data = data.mean() + data.std(ddof=1) * np.array(z)
        variances.append(data.var(ddof=1))
    return variances
"""
_SURVIVAL = """\
def survival(counts, dates, wanted, t):
    mine = [date for count, date in zip(counts, dates) if count == wanted]
    return sum(date is None or date > t for date in mine) / len(mine)
"""
# Function → its right texts, and its wrong ones: what is replaced in the first right one by what.
_PLAIN = """\
def variances_of_chain(real, noise):
    def variance(data):
        mean = sum(data) / len(data)
        return sum((value - mean) ** 2 for value in data) / (len(data) - 1)

    data, found = list(real), [variance(real)]
    for z in noise:
        mean, spread = sum(data) / len(data), variance(data) ** 0.5
        data = [mean + spread * value for value in z]
        found.append(variance(data))
    return found
"""
_RIGHT = {"M2.02": (_CHAIN, _PLAIN), "M3.06": (_SURVIVAL,)}
_WRONG = {
    "M2.02": (
        ("ddof=1", "ddof=0"), ("std(", "var("), ("[data.var(ddof=1)]", "[]"),
        ("return variances", "return variances[-1]"),
        ("np.array(z)", "np.array(z) / 2"), ("data.mean() +", "np.array(real).mean() *"),
    ),
    "M3.06": (
        ("> t", ">= t"), (" / len(mine)", ""), ("len(mine)", "len(counts)"), ("date is None or ", ""),
        ("return sum", "return 1 - sum"),
    ),
}  # fmt: skip


def sources(question: str) -> tuple[list[str], list[str]]:
    """Return right and wrong texts of a function."""
    right = list(_RIGHT[question])
    return right, [right[0].replace(old, new) for old, new in _WRONG[question]]


@dataclass(frozen=True)
class Tried:
    """One try: data, the text of a function, and when."""

    answer: object
    source: str | None
    time: datetime
    hints: int = 0
    solution: bool = False


@dataclass(frozen=True)
class Learner:
    """Somebody in the class: as the roster has them, with the id of the record."""

    name: str
    number: int  # of Moodle and of Canvas
    id: str
    tries: dict = field(default_factory=dict)  # lesson → question → list of Tried

    @property
    def email(self) -> str:
        return f"{self.id}@example.org"


def quiz_of(
    rng: random.Random, learner: str, lesson: str, hard: dict[str, float], skips: float
) -> dict[str, list[Tried]]:
    """Return tries at a quiz by somebody whose ability is drawn here, and who skips a share of the questions."""
    able, time, found = rng.gauss(0.6, 1), BEGIN + timedelta(minutes=rng.randrange(3_000)), {}
    for question in bank.questions(lesson):
        if rng.random() < skips:
            continue
        found[question.id] = []
        for number in range(1 + min(4, int(rng.expovariate(1.2)))):
            time += timedelta(minutes=rng.lognormvariate(0.4, 0.7))
            knows = rng.random() < 1 / (1 + exp(-1.1 * (able - hard[question.id])))
            answer, source = _try(rng, question, learner, knows)
            found[question.id].append(Tried(answer, source, time, min(number, 2), rng.random() < 0.03))
    return found


def _try(rng, question, learner, knows):
    if isinstance(question, Function):
        right, wrong = sources(question.id)
        source = rng.choice(right if knows else wrong)
        return outcomes(question, source, learner), source
    if knows:
        return question.right_answer(learner), None
    return rng.choice([answer for answer, _ in question.wrong_answers(learner)]), None


def outcomes(question: Function, source: str, learner: str) -> list[dict[str, object]]:
    """Return what a text gives on all cases, as ``check`` keeps it."""
    names = {}
    exec(compile(source, question.id, "exec"), names)
    return question.outputs(names[question.name], learner)


@cache
def _mark(question, answer, learner):
    found = bank.question(question)
    return MARKS[found.judge(json.loads(answer), learner).right]


def marks(learner: Learner, lesson: str, attempt: str = "last") -> dict[str, str]:
    """Return question → "1", "0" or "", as the table of the class has them."""
    found = dict.fromkeys((question.id for question in bank.questions(lesson)), "")
    for name, made in learner.tries[lesson].items():
        each = [_mark(name, json.dumps(tried.answer), learner.id) for tried in made]
        found[name] = {"first": each[0], "last": each[-1], "best": "1" if "1" in each else each[-1]}[attempt]
    return found


# ---------------------------------------------------------------- as files


def as_hand_in(learner: Learner, lesson: str, written: datetime | None = None, **change) -> bytes:
    """Return what hand_in() writes for this learner, at a given time; with some of its content changed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "record.jsonl")
        path.write_bytes(b"".join(map(as_line, [header(learner.id), *_events(learner, lesson)])))
        content = handin._content(Record(path), lesson, bank.questions(lesson))
    content["written"] = (written or _last(learner, lesson) + timedelta(minutes=5)).isoformat(timespec="seconds")
    return changed(content, **change)


def changed(content: dict | bytes, **change) -> bytes:
    """Return a hand-in with other content, and a checksum that fits."""
    content = json.loads(content) if isinstance(content, bytes) else content
    content = {key: value for key, value in (content | change).items() if key != "checksum"}
    return json.dumps(content | {"checksum": handin._checksum(content)}, indent=1).encode()


def _last(learner, lesson):
    return max((tried.time for made in learner.tries[lesson].values() for tried in made), default=BEGIN)


def _events(learner, lesson):
    """Yield the lines of the record, in the order of their times."""
    found = [_event(learner, BEGIN, "identity", "", name=learner.name, settles=False)]
    for name, made in learner.tries[lesson].items():
        asked = bank.question(name)
        for number, tried in enumerate(made):
            if tried.hints:
                found.append(_event(learner, tried.time - timedelta(seconds=20), "hint", name, number=number))
            if tried.solution:
                found.append(_event(learner, tried.time - timedelta(seconds=10), "solution", name))
            about = {"answer": tried.answer, "hash": asked.content_hash} | (
                {"source": tried.source} if tried.source else {}
            )
            right = asked.judge(tried.answer, learner.id).right
            found.append(_event(learner, tried.time, "attempt", name, right=right, **about))
    return sorted(found, key=lambda event: event["time"])


def _event(learner, time, what, question, **data):
    unique = f"{learner.id} {question} {what} {time.isoformat()}"
    about = {"id": unique, "time": time.isoformat(timespec="microseconds"), "what": what, "question": question}
    return about | {"learner": learner.id} | data


def as_notebook(learner: Learner, **more) -> bytes:
    """Return the quiz of M2 with the last answers in its cells."""
    return handed_in.notebook(learner.id, in_cells(learner), own_order=True, **more)


def in_cells(learner: Learner) -> dict[str, str]:
    """Return question → the text of its answer cell."""
    last = {name: made[-1] for name, made in learner.tries["M2"].items()}
    return {
        name: tried.source or handed_in.written(bank.question(name), tried.answer, learner.id)
        for name, tried in last.items()
    }
