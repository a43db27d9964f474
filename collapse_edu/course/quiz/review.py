"""Progress: a map of the course from the record, and what is due for review.

A right answer is due again after 1, 3, 7 and then every 21 days. Only a right answer that was due climbs a step: to
answer twice on one day is no proof of memory. A wrong answer starts again. Answers to a question that has changed since
are counted by themselves.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import overload

from collapse_edu.course.desk.record import Event, Record
from collapse_edu.course.desk.style import section
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.bank.misconceptions import MISCONCEPTIONS
from collapse_edu.course.quiz.lesson_progress import (
    INTERVALS,
    STATES,
    LessonProgress,
    Standing,
    datetime_of,
    lesson_progress,
    standing,
)
from collapse_edu.course.quiz.question import link_back, way_back
from collapse_edu.course.register import course_order, lesson_id

__all__ = ["INTERVALS", "Progress", "Standing", "due", "progress", "standing"]


@overload
def progress(lesson: datetime | None = None, *, now: datetime | None = None) -> "Progress": ...
@overload
def progress(lesson: str, *, now: datetime | None = None) -> LessonProgress: ...
def progress(lesson: str | datetime | None = None, *, now: datetime | None = None) -> "Progress | LessonProgress":
    """Return the map of the course, or the card of one lesson: what you did, and what comes next.

    Parameters
    ----------
    lesson : str, optional
        Such as ``"M2"``. Until 1.0.0 a datetime here means `now`, as in older notebooks.
    now : datetime, optional
        With a time zone; without it, the present.

    Returns
    -------
    Progress or LessonProgress

    Raises
    ------
    ValueError
        If the course has no such lesson.

    Examples
    --------
    >>> print(progress().describe())
    Next: M0. Nothing is due for review.
    >>> progress("M1").lesson.title
    'The telephone game'
    """
    if isinstance(lesson, datetime):
        lesson, now = None, lesson
    found = Progress(Record().events(), _time(now))
    return found if lesson is None else found.lessons[lesson_id(lesson)]


def due(now: datetime | None = None, lesson: str | None = None) -> list[str]:
    """Return the ids of the questions that are due for review, the longest overdue first.

    Parameters
    ----------
    now : datetime, optional
        With a time zone; without it, the present.
    lesson : str, optional
        Only questions of this lesson, such as ``"M2"``.

    Returns
    -------
    list of str

    Examples
    --------
    >>> due()
    []
    """
    return Progress(Record().events(), _time(now)).due(None if lesson is None else lesson_id(lesson))


class Progress:
    """A map of the course.

    Parameters
    ----------
    events : list of dict
        Of a record.
    now : datetime

    Attributes
    ----------
    lessons : dict of str to LessonProgress
    misconceptions : list of dict
        Those that came up, the latest first: ``tag``, ``sentence``, ``question``, ``times``, ``settled`` (whether the
        question was answered right since) and ``lesson``, the way back.
    """

    def __init__(self, events: Sequence[Event], now: datetime):
        self.now = now
        past = [event for event in events if datetime_of(event) <= now]
        found: dict[str, list[Event]] = {}
        for event in past:
            found.setdefault(event["question"], []).append(event)
        self.lessons = {
            lesson: lesson_progress(lesson, lambda name: found.get(name, []), now) for lesson in bank.LESSONS
        }
        ways = {question.id: question.lesson for lesson in bank.LESSONS for question in bank.questions(lesson)}
        self.misconceptions = _misconceptions([event for event in past if event["what"] == "attempt"], ways)

    @property
    def standings(self) -> dict[str, dict[str, Standing]]:
        """Lesson → question id → :class:`Standing`."""
        return {lesson: found.standings for lesson, found in self.lessons.items()}

    def due(self, lesson: str | None = None) -> list[str]:
        """Return the ids of questions that are due, the longest overdue first."""
        overdue = [
            (question.due, *course_order(name))
            for asked_in, found in self.lessons.items()
            if lesson in (None, asked_in)
            for name, question in found.standings.items()
            if question.state == "due for review" and question.due
        ]
        return [name for *_, name in sorted(overdue)]

    def counts(self, lesson: str) -> dict[str, int]:
        """Return state → how many questions of a lesson are in it."""
        return self.lessons[lesson].counts

    def state(self, lesson: str) -> str:
        """Return the state of a lesson."""
        return self.lessons[lesson].state

    @property
    def next_step(self) -> str:
        """What comes next in the course: in the last lesson that was begun, else the lesson after it."""
        lessons = list(self.lessons.values())
        begun = [place for place, found in enumerate(lessons) if found.is_begun]
        onward = lessons[begun[-1] :] if begun else lessons
        earlier = [lessons[place] for place in begun]  # where nothing is left after it
        return next((found.next_step for found in (*onward, *earlier) if not found.is_complete), "")

    def describe(self) -> str:
        """Return two sentences: what comes next, and what is due."""
        names, step = self.due(), self.next_step
        due_now = f"Due for review: {', '.join(names)}." if names else "Nothing is due for review."
        return f"Next: {step}. {due_now}" if step else due_now

    def __repr__(self):
        lines = [f"Your course on {self.now:%Y-%m-%d}"]
        for found in self.lessons.values():
            lesson = found.lesson
            minutes = f"{lesson.core} minutes" + (f", {found.quiz} {lesson.quiz_minutes}" if lesson.quiz else "")
            lines.append(f"  {STATES[found.state]} {found} ({minutes})")
        lines.append(self.describe())
        if self.misconceptions:
            lines.append("Misconceptions that came up:")
            lines += [
                f"  {_sign(belief)} {_came_up(belief)} Way back: {way_back(belief['lesson'])}."
                for belief in self.misconceptions
            ]
        return "\n".join(lines)

    def _repr_html_(self):
        entries = "".join(f"<li>{found.as_html()}</li>" for found in self.lessons.values())
        html = f'<p class="ce-title"><b>Your course on {self.now:%Y-%m-%d}</b> {escape(self.describe())}</p>'
        html += f'<ol class="ce-map">{entries}</ol>'
        if self.misconceptions:
            signs = [f'<span aria-hidden="true">{_sign(belief)}</span>' for belief in self.misconceptions]
            said = [f"{escape(_came_up(belief))} {link_back(belief['lesson'])}" for belief in self.misconceptions]
            items = "".join(f"<li>{sign} {text}</li>" for sign, text in zip(signs, said, strict=True))
            html += f"<p><b>Misconceptions that came up</b></p><ul>{items}</ul>"
        return f'{section("progress and cards")}<div class="ce-progress">{html}</div>'


def _misconceptions(attempts, ways):
    found = {}
    for attempt in attempts:
        name, tag = attempt["question"], attempt.get("misconception")
        if name not in ways:  # a question that the course no longer asks
            continue
        if attempt.get("right") is True:
            for belief in found.values():
                belief["settled"] = belief["settled"] or belief["question"] == name
        elif isinstance(tag, str):
            times = found.pop(tag, {"times": 0})["times"] + 1
            sentence = MISCONCEPTIONS.get(tag, tag)
            found[tag] = {
                "tag": tag, "sentence": sentence, "question": name, "times": times, "settled": False,
                "lesson": ways[name],
            }  # fmt: skip
    return list(reversed(found.values()))


def _came_up(belief):
    times = "once" if belief["times"] == 1 else f"{belief['times']} times"
    since = "answered right since" if belief["settled"] else "not answered right since"
    return f"“{belief['sentence']}” ({times}, last in {belief['question']}; {since})."


def _sign(belief):
    return "✓" if belief["settled"] else "!"


def _time(now):
    if now is None:
        return datetime.now(UTC)
    if not isinstance(now, datetime) or now.tzinfo is None:
        raise ValueError(f"now must be a datetime with a time zone; got {now!r:.60}")
    return now.astimezone(UTC)
