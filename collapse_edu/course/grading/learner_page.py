"""What the page of one paper says, as plain data; ``templates/learner.html`` shows it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType

from collapse_edu.course.grading.grades import Grade, shown
from collapse_edu.course.grading.items import moment
from collapse_edu.course.grading.result import MarkedAnswer, Result
from collapse_edu.course.quiz.marking.script import tidy
from collapse_edu.course.quiz.question import Function, Lettered, Ordering, Question, UnreadableError, way_back
from collapse_edu.course.register import LESSONS

__all__ = ["Told", "about", "counter_example", "counts", "lesson_title", "told"]


@dataclass(frozen=True)
class CounterExample:
    """A call that a learner's function fails.

    Attributes
    ----------
    call : str
        As one can run it again.
    gives : str
        What it gives or raises.
    right : str
        What it should give; empty where the verdict does not say.
    """

    call: str
    gives: str
    right: str


@dataclass(frozen=True)
class Told:
    """One question of a paper, as its page tells it.

    Attributes
    ----------
    id, title, asked : str
    status : str
        As in a marked answer.
    points : float or None
    choices : tuple of (str, bool)
        Each option, and whether the learner chose it.
    order : tuple of str
        The items, first to last, as the learner put them.
    given : str
        Any other answer.
    code : str
        As the learner wrote it.
    reason, next_step, read : str
    example : CounterExample or None
    how : str
        When, at which try, after which help it was given.
    """

    id: str
    title: str
    asked: str
    status: str
    points: float | None
    choices: tuple[tuple[str, bool], ...]
    order: tuple[str, ...]
    given: str
    code: str
    reason: str
    next_step: str
    read: str
    example: CounterExample | None
    how: str


def told(result: Result, grade: Grade, bank: ModuleType) -> list[Told]:
    """Return all questions of a paper.

    Parameters
    ----------
    result : Result
    grade : Grade
        With the points; those of another paper are not used.
    bank : module

    Returns
    -------
    list of Told
        In the order of the paper. A question that the course no longer asks has its verdict alone.
    """
    points = grade.points if counts(result, grade) else {}
    return [_told(name, answer, points.get(name), bank) for name, answer in result.answers.items()]


def _told(name, answer, points, bank):
    try:
        question = bank.question(name)
    except ValueError:
        return Told(name, "", "", answer.status, points, (), (), _data(answer.answer), answer.source or "",
                    answer.reason, answer.next_step, "", None, _how(answer))  # fmt: skip
    is_code = isinstance(question, Function)
    reason, example = counter_example(question, answer) if is_code else (answer.reason, None)
    read = way_back(question.lesson)
    return Told(
        question.id,
        question.title,
        question.ask(answer.learner),
        answer.status,
        points,
        choices=tuple(_choices(question, answer)),
        order=tuple(_order(question, answer)),
        given="" if is_code or isinstance(question, Lettered) else _data(answer.answer),
        code=(answer.source or "") if is_code else "",
        reason=reason,
        next_step="" if read in answer.next_step else answer.next_step,
        read="" if answer.status == "right" else read,
        example=example,
        how=_how(answer),
    )


def _choices(question: Question, answer: MarkedAnswer) -> Iterator[tuple[str, bool]]:
    if isinstance(question, Lettered) and not isinstance(question, Ordering):
        chosen, texts = _read(question, answer), question.texts(answer.learner)
        yield from ((texts[name], name in chosen) for name in question.order(answer.learner))


def _order(question: Question, answer: MarkedAnswer) -> Iterator[str]:
    if isinstance(question, Ordering):
        texts = question.texts(answer.learner)
        yield from (texts[name] for name in _read(question, answer))


def _read(question: Lettered, answer: MarkedAnswer) -> Sequence[str]:
    if answer.answer is None:
        return []
    try:
        return question.read(answer.answer, answer.learner)
    except UnreadableError:
        return []


def _data(answer):
    if answer is None:
        return ""
    return tidy(answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False), 300)


def counter_example(question: Function, answer: MarkedAnswer) -> tuple[str, CounterExample | None]:
    """Return the reason of a verdict without its counter-example, and that.

    The call is found as the question makes it, so nothing that a learner's function gives is taken for a part of it.
    """
    for arguments in question.cases(answer.learner):
        shown = [repr(argument) for argument in arguments]
        call = question.call.format(*shown) if question.call else f"{question.name}({', '.join(shown)})"
        for verb in (" gives ", " raises "):
            why, found, rest = answer.reason.partition(call + verb)
            if found:
                gives, _, right = rest.removesuffix(".").rpartition("; right is ")
                said = "" if verb == " gives " else "an error: "
                return why.strip(), CounterExample(call, said + (gives or right), right if gives else "")
    return answer.reason, None


def _how(answer):
    """Return when an answer was given, at which try, after which help; what the paper does not say is left out."""
    parts = [_in_utc(answer.time), _try(answer), _help(answer)]
    return ", ".join(part for part in parts if part)


def _try(answer):
    if answer.tries is None:
        return ""
    if answer.number is None or answer.tries == 1:
        return _counted(answer.tries, "try", "tries")
    return f"try {answer.number} of {answer.tries}"


def _help(answer):
    hints = _counted(answer.hints, "hint", "hints") + " before it" if answer.hints else ""
    return ", ".join(filter(None, (hints, "the solution was shown before it" if answer.solution else "")))


def _counted(many, one, more):
    return f"{many} {one if many == 1 else more}"


def _in_utc(time: str | None) -> str:
    """Return a time as people read it; a text that is none, as it is.

    Examples
    --------
    >>> _in_utc("2026-05-04T10:03:59+02:00")
    '2026-05-04 08:03 UTC'
    """
    found = moment(time)
    return f"{found:%Y-%m-%d %H:%M} UTC" if found else tidy(time or "", 40)


def lesson_title(lesson: str | None) -> str:
    """Return the id and the title of a lesson.

    Examples
    --------
    >>> lesson_title("M2"), lesson_title(None)
    ('M2: Gaussian collapse', 'Lesson unknown')
    """
    if lesson is None:
        return "Lesson unknown"
    return next((f"{each.id}: {each.title}" for each in LESSONS if each.id == lesson), lesson)


def counts(result: Result, grade: Grade) -> bool:
    """Return whether a grade is for this very paper."""
    return grade.result is not None and grade.result.key == result.key


def about(result: Result, grade: Grade) -> list[str]:
    """Return the lines at the top of a page: what was handed in, when, how late, and whether it counts."""
    lines = [f"Handed in as {result.submission}" + (f", {_in_utc(result.written)}" if result.written else "") + "."]
    if grade.result is not None and not counts(result, grade):
        lines.append(f"Another paper of this lesson counts: {grade.result.submission}.")
    elif grade.late:
        lines.append(f"Late by {shown(grade.late)}.")
    return lines
