"""A question as other systems hold it: fixed numbers, plain text, answers that are known beforehand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import singledispatch
from html import escape

from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.question import (
    Function,
    Lettered,
    MultipleChoice,
    Numeric,
    Ordering,
    Question,
    SingleChoice,
)
from collapse_edu.course.quiz.reading import in_digits

__all__ = ["Answer", "PlainQuestion", "plain", "plain_questions"]

Span = tuple[float, float]


@dataclass(frozen=True)
class Answer:
    """An answer that a question knows.

    Attributes
    ----------
    text : str
        An option; an item of an ordering; a number in digits; "" for a function.
    right : bool
    why : str
        What speaks for or against it. Of an item: why it comes before the next one, "" for the last.
    misconception : str or None
        A tag of the bank.
    span : pair of float, optional
        The smallest and the largest number that count as this answer.
    """

    text: str
    right: bool
    why: str
    misconception: str | None = None
    span: Span | None = None


@dataclass(frozen=True)
class PlainQuestion:
    """A question with one learner's numbers.

    Attributes
    ----------
    id, title, kind : str
        As in the bank; a headline to judge is a single choice.
    prompt, solution : str
        Plain text.
    answers : sequence of Answer
        In the order of the bank. The items of an ordering come in their right order.
    shown : sequence of Answer
        The same in the order in which the owner of the numbers sees them.
    how : str
        What a learner must know to answer elsewhere, "" where there is nothing.
    code : str
        What a function starts with.
    picture : bytes
        PNG, or empty.
    words : str
        What the picture shows.
    """

    id: str
    title: str
    kind: str
    prompt: str
    solution: str
    answers: Sequence[Answer]
    shown: Sequence[Answer]
    how: str = ""
    code: str = ""
    picture: bytes = b""
    words: str = ""

    @property
    def lesson(self) -> str:
        """The id of its lesson, such as ``"M2"``."""
        return self.id.partition(".")[0]

    @property
    def misconceptions(self) -> list[str]:
        """The misconceptions that its answers can show, each once."""
        return list(dict.fromkeys(answer.misconception for answer in self.answers if answer.misconception))

    @property
    def feedback(self) -> str:
        """What is shown after any answer: the solution, and why the items of an ordering come as they do."""
        reasons = [answer.why for answer in self.answers if answer.why] if self.kind == "ordering" else []
        return " ".join([self.solution, *reasons])

    def asked(self, source: str) -> str:
        """Return what is asked, as XHTML.

        Parameters
        ----------
        source : str
            Where the picture is: an address for the ``src`` of an image.
        """
        parts = [f"<p>{escape(text, quote=False)}</p>" for text in (self.prompt, self.how) if text]
        if self.picture:
            parts.append(f'<p><img src="{source}" alt="{escape(self.words)}" /></p>')
        if self.code:
            parts.append(f"<pre>{escape(self.code, quote=False)}</pre>".replace("\n", "<br />"))
        return "".join(parts)


def plain_questions(lessons: Sequence[str], numbers: str) -> Iterator[PlainQuestion]:
    """Yield the questions of some lessons' quizzes.

    Parameters
    ----------
    lessons : sequence of str
        Ids, such as ``"M2"``.
    numbers : str
        Whose numbers: any text; one text always gives the same ones.

    Examples
    --------
    >>> [question.id for question in plain_questions(["M2"], "course")][:2]
    ['M2.01', 'M2.02']
    """
    for lesson in lessons:
        for question in bank.questions(lesson):
            yield plain(question, numbers)


def plain(question: Question, numbers: str) -> PlainQuestion:
    """Return a question as other systems hold it.

    Parameters
    ----------
    question : Question
    numbers : str
        Whose numbers.

    Examples
    --------
    >>> plain(bank.question("M2.03"), "course").kind
    'multiple choice'
    """
    answers = _answers(question, numbers)
    picture = question.picture(numbers)
    return PlainQuestion(
        id=question.id,
        title=question.title,
        kind="single choice" if question.kind == "judge a headline" else question.kind,
        prompt=question.ask(numbers),
        solution=question.solution.format(**question.values(numbers), key=_key(question, numbers)),
        answers=answers,
        shown=_shown(question, numbers, answers),
        how=_how(question),
        code=question.starter if isinstance(question, Function) else "",
        picture=picture.png() if picture else b"",
        words=picture.description if picture else "",
    )


def _right_numbers(value: float, tolerance: float, allowed: Span | None) -> Span | None:
    """Return the smallest and the largest number that the bank takes for a value; None if no answer can be one.

    The bank compares with :func:`math.isclose`, whose tolerance is a share of the larger number.

    Examples
    --------
    >>> _right_numbers(0.5, 0.5, None), _right_numbers(0.5, 0.5, (0, 0.75)), _right_numbers(3, 0.1, (0, 1))
    ((0.25, 1.0), (0.25, 0.75), None)
    """
    low, high = sorted((value * (1 - tolerance), value / (1 - tolerance)))
    if allowed:
        low, high = max(low, allowed[0]), min(high, allowed[1])
    return (low, high) if low <= high else None


def _shown(question, numbers, answers):
    if not isinstance(question, Lettered):
        return answers
    by_id = dict(zip(question.ids, answers, strict=True))
    return [by_id[name] for name in question.order(numbers)]


def _key(question, numbers):
    """Return the right answer as text, without letters: other systems shuffle."""
    if not isinstance(question, SingleChoice):
        return question.shown_key(numbers)
    right = [option.text.format(**question.values(numbers)) for option in question.options if option.right]
    return right[0] if len(right) == 1 else "; ".join(text.rstrip(".") for text in right)


@singledispatch
def _answers(question, numbers):
    """Return the answers that a question knows."""
    raise TypeError(f"question must be of a kind of the bank; got {question!r:.60}")


@_answers.register
def _(question: SingleChoice, numbers):
    values = question.values(numbers)
    return [
        Answer(option.text.format(**values), option.right, option.why.format(**values), option.misconception)
        for option in question.options
    ]


@_answers.register
def _(question: Numeric, numbers):
    key = question.right_answer(numbers)
    answers = [_number(question, key, True, f"The library computes {in_digits(key, 4)}.", None)]
    for (wrong, why), misreading in zip(question.wrong_answers(numbers), question.misreadings, strict=True):
        answers.append(_number(question, wrong, False, why, misreading.misconception))
    return [answer for answer in answers if answer.span]


def _number(question, value, right, why, misconception):
    span = _right_numbers(value, question.tolerance, question.allowed)
    return Answer(in_digits(value, 6), right, why, misconception, span)


@_answers.register
def _(question: Ordering, numbers):
    reasons = zip(question.items, [*question.because, ""], [*question.misconceptions, None], strict=True)
    return [Answer(item, True, why, misconception) for item, why, misconception in reasons]


@_answers.register
def _(question: Function, numbers):
    return [Answer("", False, misreading.why, misreading.misconception) for misreading in question.misreadings]


@singledispatch
def _how(question):
    """Return what a learner must know to answer in another system."""
    return ""


@_how.register
def _(question: Numeric):
    return f"Write a decimal number, such as 0.25{f', without its unit ({question.unit})' if question.unit else ''}."


@_how.register
def _(question: MultipleChoice):
    return "Choose all that hold."


@_how.register
def _(question: Ordering):
    return "Give each its place: 1 is the first."


@_how.register
def _(question: Function):
    return "Write the whole function in Python. It is marked by hand."
