"""What the page of a class says, as plain data; ``templates/class.html`` shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from types import ModuleType

from collapse_edu.course.grading.grades import Grade
from collapse_edu.course.grading.items import Quiz, Share, misconception_shares, quiz_statistics
from collapse_edu.course.grading.result import MarkedAnswer, Result
from collapse_edu.course.quiz.question import Question
from collapse_edu.course.register import course_order

__all__ = ["RULE", "Classroom", "Lesson", "Missing", "Row", "apart", "classroom", "needs_help", "share_right", "who"]

_FEW_RIGHT = 0.5  # share of the answers that could be marked
_MANY_TRIES = 3.0  # mean number of tries a question
_MANY_SHOWN = 0.25  # share of the questions whose solution was shown before the answer
RULE = (
    f"fewer than {_FEW_RIGHT:.0%} of the answers that could be marked are right; or {_MANY_TRIES:g} tries a question "
    f"or more, on average; or the solution was shown before the answer in {_MANY_SHOWN:.0%} of the questions or more"
).replace("%", " %")


@dataclass(frozen=True)
class Row:
    """A grade with what the page says of it: its page, and the reasons why it stands in a list."""

    grade: Grade
    page: str
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class Missing:
    """A learner who handed in nothing for some lessons, and what may be known of it."""

    name: str
    lessons: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Lesson:
    """One lesson: its questions with their statistics, and how many papers came."""

    id: str
    marked: int
    to_look_at: int
    missing: int
    mean: float | None
    quiz: Quiz
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Classroom:
    """All that the page of a class says.

    Attributes
    ----------
    lessons : tuple of Lesson
    to_look_at, left_out, help : tuple of Row
        What a person should look at; files that are no paper; who needs help, and with which lesson.
    helped : int
        How many learners that are.
    missing : tuple of Missing
    misconceptions : tuple of Share
    learners : tuple of (str, tuple of tuple of Row)
        Everybody, and what they have for each lesson of `columns`.
    columns : tuple of str
    marked : int
    """

    lessons: tuple[Lesson, ...]
    to_look_at: tuple[Row, ...]
    left_out: tuple[Row, ...]
    help: tuple[Row, ...]
    helped: int
    missing: tuple[Missing, ...]
    misconceptions: tuple[Share, ...]
    learners: tuple[tuple[str, tuple[tuple[Row, ...], ...]], ...]
    columns: tuple[str, ...]
    marked: int


def classroom(grades: Sequence[Grade], pages: Mapping[str, str], bank: ModuleType) -> Classroom:
    """Return what the page of a class says.

    Parameters
    ----------
    grades : sequence of Grade
        One for each learner and lesson.
    pages : dict
        Key of a result → where its page lies.
    bank : module
        With the questions.

    Returns
    -------
    Classroom
    """
    rows = [Row(grade, pages[grade.result.key] if grade.result else "") for grade in grades]
    papers = [(each, Row(grade, pages[each.key])) for grade in grades for each in _papers(grade)]
    marked = [row for row in rows if row.grade.status == "marked"]
    columns = sorted({row.grade.lesson for row in marked if row.grade.lesson}, key=course_order)
    counting = [(who(row.grade), row.grade.result) for row in marked if row.grade.result]
    helped = [replace(row, why=tuple(why)) for row in marked if (why := needs_help(row.grade))]
    helped.sort(key=lambda row: (share_right(row.grade) or 0, row.grade.name))
    return Classroom(
        lessons=tuple(_lesson(lesson, grades, bank) for lesson in columns),
        to_look_at=tuple(replace(row, why=tuple(why)) for each, row in papers if (why := _open(row.grade, each))),
        left_out=tuple(replace(row, why=(each.fault or "",)) for each, row in papers if each.status == "left out"),
        help=tuple(helped),
        helped=len({who(row.grade) for row in helped}),
        missing=tuple(_missing(grades)),
        misconceptions=tuple(misconception_shares(counting, bank)),
        learners=tuple(_everybody(rows, columns)),
        columns=tuple(columns),
        marked=len(marked),
    )


def who(grade: Grade) -> str:
    """Return what tells a learner from all others, in all lessons."""
    return f"{grade.learner}" if grade.learner else grade.name


def _open(grade, paper):
    return grade.still_open(paper).to_look_at


def _missing(grades):
    found = {}
    for grade in grades:
        if grade.status == "nothing handed in":
            found.setdefault(who(grade), []).append(grade)
    for mine in found.values():
        remarks = dict.fromkeys(remark for grade in mine for remark in grade.remarks)
        yield Missing(mine[0].name, tuple(grade.lesson for grade in mine if grade.lesson), tuple(remarks))


def _papers(grade: Grade) -> list[Result]:
    return [each for each in (grade.result, *grade.others) if each]


def needs_help(grade: Grade) -> list[str]:
    """Return why a learner needs help with a lesson, by :data:`RULE`; nothing where none of it holds."""
    return [said for said in (_few_right(grade), _many_tries(grade), _many_shown(grade)) if said]


def share_right(grade: Grade) -> float | None:
    """Return the share of right answers among those that could be marked; None where there is none."""
    marked = [answer.status == "right" for _, answer in _answers(grade) if answer.status != "not marked"]
    return fmean(marked) if marked else None


def _few_right(grade):
    share = share_right(grade)
    if share is None or share >= _FEW_RIGHT:
        return ""
    return f"{grade.result.count('right')} of {len(grade.result.answers) - grade.result.count('not marked')} right"


def _many_tries(grade):
    tries = [answer.tries for _, answer in _answers(grade) if answer.tries]
    return f"{fmean(tries):.1f} tries a question" if tries and fmean(tries) >= _MANY_TRIES else ""


def _many_shown(grade):
    shown = [bool(answer.solution) for _, answer in _answers(grade) if answer.solution is not None]
    return f"solution shown first: {sum(shown)} of {len(shown)}" if shown and fmean(shown) >= _MANY_SHOWN else ""


def _answers(grade: Grade) -> list[tuple[str, MarkedAnswer]]:
    return list(grade.result.answers.items()) if grade.result else []


def _lesson(lesson, grades, bank):
    mine = [grade for grade in grades if grade.lesson == lesson]
    marked = [grade for grade in mine if grade.status == "marked"]
    shares = [share for share in map(share_right, marked) if share is not None]
    questions = bank.questions(lesson)
    return Lesson(
        lesson,
        marked=len(marked),
        to_look_at=sum(bool(_open(grade, each)) for grade in mine for each in _papers(grade)),
        missing=sum(grade.status == "nothing handed in" for grade in mine),
        mean=fmean(shares) if shares else None,
        quiz=quiz_statistics(list({who(grade): grade.result for grade in marked}.values()), questions),
        questions=tuple(questions),
    )


def _everybody(rows, columns):
    """Yield each learner with the rows of each lesson, by name: several where all papers count."""
    found = {}
    for row in rows:
        if row.grade.status in ("marked", "nothing handed in") or row.grade.person:
            found.setdefault(who(row.grade), []).append(row)
    names = {key: mine[0].grade.name for key, mine in found.items()}
    for key in sorted(found, key=lambda key: (names[key].casefold(), key)):
        yield names[key], tuple(tuple(row for row in found[key] if row.grade.lesson == each) for each in columns)


def apart(discrimination: float) -> str:
    """Return a discrimination in words, by the usual rule of thumb.

    Examples
    --------
    >>> apart(0.42), apart(-0.1)
    ('tells apart well', 'look at this question')
    """
    steps = ((0.3, "tells apart well"), (0.2, "tells apart"), (0.0, "tells little apart"))
    return next((words for low, words in steps if discrimination >= low), "look at this question")
