"""GIFT: the text format of questions that Moodle imports."""

import base64
import re
from collections.abc import Iterable
from decimal import Decimal
from html import escape

from collapse_edu.course.quiz.exchange.plain import Answer, PlainQuestion

__all__ = ["gift", "number"]

_ABOUT = """\
// Questions of the course on model collapse, WITH THEIR KEYS: keep them from learners.
// Everybody gets the same numbers here, those of "{numbers}". In the course each learner has numbers of their own.
"""


def gift(questions: Iterable[PlainQuestion], numbers: str) -> str:
    """Return questions as GIFT: one category for each lesson, texts as HTML, misconceptions as tags.

    Parameters
    ----------
    questions : iterable of PlainQuestion
    numbers : str
        Whose numbers they have; the file says it.

    Examples
    --------
    >>> from collapse_edu.course.quiz.exchange.plain import plain_questions
    >>> print(gift(plain_questions(["M2"], "course"), "course").splitlines()[3])
    $CATEGORY: $course$/top/Model collapse/M2
    """
    parts, lesson = [_ABOUT.format(numbers=" ".join(numbers.split()))], None
    for question in questions:
        if question.lesson != lesson:
            lesson = question.lesson
            parts.append(f"$CATEGORY: $course$/top/Model collapse/{lesson}\n")
        parts.append(_question(question))
    return "\n".join(parts)


def number(value: float) -> str:
    """Return a number in digits without an exponent, as exact as it is.

    Examples
    --------
    >>> number(5.9e-05), number(25.0)
    ('0.000059', '25')
    """
    return f"{Decimal(repr(float(value))):f}".removesuffix(".0")


def _question(question):
    tags = "".join(f" [tag:{tag}]" for tag in [question.kind, *question.misconceptions])
    source = f"data:image/png;base64,{base64.b64encode(question.picture).decode()}"
    return (
        f"// [id:{question.id}]{tags}\n"
        f"::{_escaped(f'{question.id} {question.title}')}::[html]{_escaped(question.asked(source))}{{"
        f"{_ANSWERS[question.kind](question)}\n####{_text(question.feedback)}\n}}\n"
    )


def _single_choice(question):
    return "".join(f"\n{'=' if answer.right else '~'}{_option(answer)}" for answer in question.shown)


def _multiple_choice(question):
    """All or nothing is not to be had: each right option is worth its share, a wrong one takes all away."""
    share = f"{100 / sum(answer.right for answer in question.answers):.5f}".rstrip("0").rstrip(".")
    weights = {True: share, False: "-100"}
    return "".join(f"\n~%{weights[answer.right]}%{_option(answer)}" for answer in question.shown)


def _numeric(question):
    weights = {True: "100", False: "0"}
    return "#" + "".join(
        f"\n=%{weights[answer.right]}%{_span(answer)}#{_text(answer.why)}" for answer in question.answers
    )


def _ordering(question):
    places = {answer: place for place, answer in enumerate(question.answers, 1)}
    return "".join(f"\n={_text(answer.text)} -> {places[answer]}" for answer in question.shown)


def _function(question):
    return ""


_ANSWERS = {
    "single choice": _single_choice,
    "multiple choice": _multiple_choice,
    "numeric": _numeric,
    "ordering": _ordering,
    "function": _function,
}


def _option(answer: Answer) -> str:
    return f"{_text(answer.text)}#{_text(answer.why)}"


def _span(answer):
    return "..".join(map(number, answer.span))


def _text(plain: str) -> str:
    """Return plain text as HTML in GIFT."""
    return _escaped(escape(plain, quote=False))


def _escaped(html: str) -> str:
    return re.sub(r"([\\~=#{}:])", r"\\\1", html)
