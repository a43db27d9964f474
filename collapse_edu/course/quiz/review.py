"""Progress: a map of the course from the record, and what is due for review.

A right answer is due again after 1, 3, 7 and then every 21 days. Only a right answer that was due climbs a step: to
answer twice on one day is no proof of memory. A wrong answer starts again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape

from collapse_edu.course.desk.record import Event, Record
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.bank.misconceptions import MISCONCEPTIONS
from collapse_edu.course.quiz.question import way_back
from collapse_edu.course.register import course_order

__all__ = ["INTERVALS", "Progress", "due", "progress"]

INTERVALS = (1, 3, 7, 21)  # days
STATES = {"mastered": "●", "due for review": "↻", "in work": "◐", "not begun": "○"}


def progress(now: datetime | None = None) -> "Progress":
    """Return the map of the course: what is mastered, due for review, in work, not begun.

    Parameters
    ----------
    now : datetime, optional
        With a time zone; without it, the present.

    Returns
    -------
    Progress

    Examples
    --------
    >>> print(progress().describe())
    Nothing is due for review.
    """
    return Progress(Record().events(), _time(now))


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
    if lesson is not None and lesson not in bank.LESSONS:
        raise ValueError(f"lesson must be one of {', '.join(bank.LESSONS)}; got {lesson!r}")
    return Progress(Record().events(), _time(now)).due(lesson)


class Progress:
    """A map of the course.

    Parameters
    ----------
    events : list of dict
        Of a record.
    now : datetime

    Attributes
    ----------
    standings : dict
        Lesson → question id → :class:`Standing`.
    misconceptions : list of dict
        Those that came up, the latest first: ``tag``, ``sentence``, ``question``, ``times``, ``settled`` (whether the
        question was answered right since) and ``lesson``, the way back.
    """

    def __init__(self, events: Sequence[Event], now: datetime):
        self.now = now
        attempts = [event for event in events if event["what"] == "attempt" and datetime_of(event) <= now]
        questions = {lesson: bank.questions(lesson) for lesson in bank.LESSONS}
        self.standings = {
            lesson: {question.id: standing(_at(question.id, attempts), now) for question in asked}
            for lesson, asked in questions.items()
            if asked
        }
        ways = {question.id: question.lesson for asked in questions.values() for question in asked}
        self.misconceptions = _misconceptions(attempts, ways)

    def due(self, lesson: str | None = None) -> list[str]:
        """Return the ids of questions that are due, the longest overdue first."""
        overdue = [
            (found.due, *course_order(name))
            for asked_in, standings in self.standings.items()
            if lesson in (None, asked_in)
            for name, found in standings.items()
            if found.state == "due for review"
        ]
        return [name for *_, name in sorted(overdue)]

    def counts(self, lesson: str) -> dict[str, int]:
        """Return state → how many questions of a lesson are in it."""
        states = [found.state for found in self.standings[lesson].values()]
        return {state: states.count(state) for state in STATES}

    def state(self, lesson: str) -> str:
        """Return the state of a lesson: due if one question is; mastered if all are; else in work, or not begun."""
        counts = self.counts(lesson)
        whole = [state for state, count in counts.items() if count == len(self.standings[lesson])]
        return "due for review" if counts["due for review"] else whole[0] if whole else "in work"

    def describe(self) -> str:
        """Return one sentence: what is due."""
        names = self.due()
        return f"Due for review: {', '.join(names)}." if names else "Nothing is due for review."

    def __repr__(self):
        lines = [f"Your course on {self.now:%Y-%m-%d}"]
        for lesson in self.standings:
            counts = ", ".join(f"{count} {state}" for state, count in self.counts(lesson).items() if count)
            state = self.state(lesson)
            lines.append(f"  {STATES[state]} {lesson}, {state}: {counts}")
        lines.append(self.describe())
        if self.misconceptions:
            lines.append("Misconceptions that came up:")
            lines += [
                f"  {_sign(belief)} {_came_up(belief)} Way back: {way_back(belief['lesson'])}."
                for belief in self.misconceptions
            ]
        return "\n".join(lines)

    def _repr_html_(self):
        cell = 'style="font-size: 11pt; text-align: left; padding: 0.2em 0.8em"'
        heads = "".join(f'<th scope="col" {cell}>{name}</th>' for name in ("lesson", "state", *STATES))
        rows = ""
        for lesson in self.standings:
            state = self.state(lesson)
            sign = f'<span aria-hidden="true">{STATES[state]}</span> {state}'
            cells = "".join(f"<td {cell}>{text}</td>" for text in (sign, *self.counts(lesson).values()))
            rows += f'<tr><th scope="row" {cell}>{escape(lesson)}</th>{cells}</tr>'
        caption = f"<caption {cell}>Your course on {self.now:%Y-%m-%d}: questions by state</caption>"
        html = f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        html += f"<p>{escape(self.describe())}</p>"
        if self.misconceptions:
            signs = [f'<span aria-hidden="true">{_sign(belief)}</span>' for belief in self.misconceptions]
            said = [f"{escape(_came_up(belief))} {_link(belief)}" for belief in self.misconceptions]
            items = "".join(f"<li>{sign} {text}</li>" for sign, text in zip(signs, said, strict=True))
            html += f"<p><b>Misconceptions that came up</b></p><ul>{items}</ul>"
        return f'<div class="ce-progress" style="font-size: 11pt">{html}</div>'


@dataclass(frozen=True)
class Standing:
    """Where a learner stands with a question.

    Attributes
    ----------
    state : {"mastered", "due for review", "in work", "not begun"}
    due : datetime or None
        When it is to be answered again; None before the first right answer.
    attempts : int
    """

    state: str
    due: datetime | None
    attempts: int


def standing(attempts: Sequence[Event], now: datetime) -> Standing:
    """Return where a learner stands with a question.

    Parameters
    ----------
    attempts : list of dict
        The attempts at it, in the order of their times.
    now : datetime

    Returns
    -------
    Standing
    """
    step, again = 0, None
    for attempt in attempts:
        when = datetime_of(attempt)
        if attempt.get("right") is False:
            step, again = 0, None
        elif attempt.get("right") is True and (again is None or when >= again):
            again = when + timedelta(days=INTERVALS[min(step, len(INTERVALS) - 1)])
            step += 1
    if not attempts:
        state = "not begun"
    elif again is None:
        state = "in work"
    else:
        state = "due for review" if now >= again else "mastered"
    return Standing(state, again, len(attempts))


def datetime_of(event: Event) -> datetime:
    """Return the time of an event."""
    return datetime.fromisoformat(event["time"])


def _at(question, attempts):
    """Return the attempts at one question."""
    return [attempt for attempt in attempts if attempt["question"] == question]


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


def _link(belief):
    """Return a link that works from ``notebooks/`` and from ``quizzes/``."""
    return f'<a href="../notebooks/{escape(belief["lesson"])}">{escape(way_back(belief["lesson"]))}</a>'


def _time(now):
    if now is None:
        return datetime.now(UTC)
    if not isinstance(now, datetime) or now.tzinfo is None:
        raise ValueError(f"now must be a datetime with a time zone; got {now!r:.60}")
    return now.astimezone(UTC)
