"""Progress: a map of the course from the record, and what is due for review.

A right answer is due again after 1, 3, 7 and then every 21 days. Only a right answer that was due climbs a step: to
answer twice on one day is no proof of memory. A wrong answer starts again.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape

from collapse_edu.course.desk.record import Record
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.bank.misconceptions import MISCONCEPTIONS
from collapse_edu.course.register import course_order

__all__ = ["INTERVALS", "Progress", "due", "progress"]

INTERVALS = (1, 3, 7, 21)  # days
STATES = {"mastered": "●", "due for review": "↻", "in work": "◐", "not begun": "○"}


def progress(now=None):
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


def due(now=None, lesson=None):
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

    def __init__(self, events, now):
        self.now = now
        attempts = [event for event in events if event["what"] == "attempt" and datetime_of(event) <= now]
        questions = {lesson: bank.questions(lesson) for lesson in bank.LESSONS}
        self.standings = {
            lesson: {each.id: standing([a for a in attempts if a["question"] == each.id], now) for each in asked}
            for lesson, asked in questions.items()
            if asked
        }
        ways = {each.id: each.lesson for asked in questions.values() for each in asked}
        self.misconceptions = _misconceptions(attempts, ways)

    def due(self, lesson=None):
        """Return the ids of questions that are due, the longest overdue first."""
        found = [
            (each.due, *course_order(name))
            for asked_in, standings in self.standings.items()
            if lesson in (None, asked_in)
            for name, each in standings.items()
            if each.state == "due for review"
        ]
        return [name for *_, name in sorted(found)]

    def counts(self, lesson):
        """Return state → how many questions of a lesson are in it."""
        states = [each.state for each in self.standings[lesson].values()]
        return {state: states.count(state) for state in STATES}

    def state(self, lesson):
        """Return the state of a lesson: due if one question is; mastered if all are; else in work, or not begun."""
        counts = self.counts(lesson)
        whole = [state for state, count in counts.items() if count == len(self.standings[lesson])]
        return "due for review" if counts["due for review"] else whole[0] if whole else "in work"

    def describe(self):
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
            lines += [f"  {_sign(each)} {_came_up(each)} Way back: {_place(each)}." for each in self.misconceptions]
        return "\n".join(lines)

    def _repr_html_(self):
        cell = 'style="font-size: 11pt; text-align: left; padding: 0.2em 0.8em"'
        heads = "".join(f'<th scope="col" {cell}>{name}</th>' for name in ("lesson", "state", *STATES))
        rows = ""
        for lesson in self.standings:
            state = self.state(lesson)
            sign = f'<span aria-hidden="true">{STATES[state]}</span> {state}'
            cells = "".join(f"<td {cell}>{each}</td>" for each in (sign, *self.counts(lesson).values()))
            rows += f'<tr><th scope="row" {cell}>{escape(lesson)}</th>{cells}</tr>'
        caption = f"<caption {cell}>Your course on {self.now:%Y-%m-%d}: questions by state</caption>"
        html = f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        html += f"<p>{escape(self.describe())}</p>"
        if self.misconceptions:
            signs = [f'<span aria-hidden="true">{_sign(each)}</span>' for each in self.misconceptions]
            said = [f"{escape(_came_up(each))} {_link(each)}" for each in self.misconceptions]
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


def standing(attempts, now):
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


def datetime_of(event):
    """Return the time of an event."""
    return datetime.fromisoformat(event["time"])


def _misconceptions(attempts, ways):
    found = {}
    for attempt in attempts:
        name, tag = attempt["question"], attempt.get("misconception")
        if name not in ways:  # a question that the course no longer asks
            continue
        if attempt.get("right") is True:
            for each in found.values():
                each["settled"] = each["settled"] or each["question"] == name
        elif isinstance(tag, str):
            times = found.pop(tag, {"times": 0})["times"] + 1
            sentence = MISCONCEPTIONS.get(tag, tag)
            found[tag] = {
                "tag": tag, "sentence": sentence, "question": name, "times": times, "settled": False,
                "lesson": ways[name],
            }  # fmt: skip
    return list(reversed(found.values()))


def _came_up(each):
    times = "once" if each["times"] == 1 else f"{each['times']} times"
    since = "answered right since" if each["settled"] else "not answered right since"
    return f"“{each['sentence']}” ({times}, last in {each['question']}; {since})."


def _sign(each):
    return "✓" if each["settled"] else "!"


def _place(each):
    notebook, _, heading = each["lesson"].partition("#")
    return f"“{heading.replace('-', ' ')}” in {notebook}" if heading else notebook


def _link(each):
    """Return a link that works from ``notebooks/`` and from ``quizzes/``."""
    return f'<a href="../notebooks/{escape(each["lesson"])}">{escape(_place(each))}</a>'


def _time(now):
    if now is None:
        return datetime.now(UTC)
    if not isinstance(now, datetime) or now.tzinfo is None:
        raise ValueError(f"now must be a datetime with a time zone; got {now!r:.60}")
    return now.astimezone(UTC)
