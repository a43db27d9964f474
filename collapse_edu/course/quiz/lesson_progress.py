"""What a learner did in one lesson: predictions, exercises, challenges, questions, and what comes next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape

from collapse_edu.course.desk.record import Event, choice_in, clock_of
from collapse_edu.course.desk.style import section
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.question import Question
from collapse_edu.course.register import LESSONS, Lesson

__all__ = ["INTERVALS", "STATES", "LessonProgress", "Standing", "datetime_of", "lesson_progress", "standing"]

INTERVALS = (1, 3, 7, 21)  # days
STATES = {"mastered": "●", "due for review": "↻", "in work": "◐", "changed since": "△", "not begun": "○"}


@dataclass(frozen=True)
class Standing:
    """Where a learner stands with a question.

    Attributes
    ----------
    state : {"mastered", "due for review", "in work", "changed since", "not begun"}
        Changed since: only an earlier form of the question was answered.
    due : datetime or None
        When it is to be answered again; None before the first right answer.
    attempts : int
    right : bool
        Whether the last answer was right.
    """

    state: str
    due: datetime | None
    attempts: int
    right: bool = False


@dataclass(frozen=True)
class LessonProgress:
    """What a learner did in one lesson.

    Attributes
    ----------
    lesson : Lesson
        From the register.
    predictions, challenges : dict of str to bool
        Id of each prediction of the lesson → whether it was made before the answer was shown; of each challenge →
        whether it was met.
    exercises, standings : dict of str to Standing
        Of the lesson's exercises and of its questions, by id.
    late : tuple of str
        Ids of predictions that were chosen after the answer.

    Examples
    --------
    >>> from collapse_edu.course.quiz import progress
    >>> progress("M2").state
    'not begun'
    """

    lesson: Lesson
    predictions: dict[str, bool] = field(default_factory=dict)
    exercises: dict[str, Standing] = field(default_factory=dict)
    standings: dict[str, Standing] = field(default_factory=dict)
    challenges: dict[str, bool] = field(default_factory=dict)
    late: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """State → how many questions are in it."""
        states = [found.state for found in self.standings.values()]
        return {state: states.count(state) for state in STATES}

    @property
    def state(self) -> str:
        """Due if one question is; mastered, changed or not begun if all are; else in work."""
        whole = [state for state, count in self.counts.items() if count and count == len(self.standings)]
        if self.counts["due for review"]:
            return "due for review"
        if whole and (whole[0] != "not begun" or not self.is_begun):
            return whole[0]
        return "in work" if self.is_begun else "not begun"

    @property
    def next_step(self) -> str:
        """What comes next in this lesson, such as "Q2"; "" where all is done."""
        return next((step for holds, step in self._steps() if holds), "")

    def describe(self) -> str:
        """Return in one line what was done, and what comes next."""
        step = f"next: {self.next_step}" if self.next_step else "all done"
        return ", ".join([*self.done(), step]) if self.is_begun else f"not begun: {', '.join(self.done())}"

    def done(self) -> list[str]:
        """Return how much of what there is was done, such as "3 predictions", "1 of 2 exercises"."""
        right = [found.right for found in self.exercises.values()]
        parts = [
            self._share(sum(self.predictions.values()), len(self.predictions), "prediction"),
            self._share(sum(right), len(right), "exercise"),
            self._share(sum(self.challenges.values()), len(self.challenges), "challenge"),
            self._share(len(self.answered), len(self.standings if self.lesson.quiz else self.answered), "question"),
        ]
        changed = self.counts["changed since"]
        told = f"{changed} {'question' if changed == 1 else 'questions'} changed since you answered"
        late = f"{len(self.late)} chosen after the answer"
        parts.insert(1, late if self.late else "")
        return [part for part in parts if part] + [told] * bool(changed)

    @property
    def answered(self) -> list[str]:
        """Ids of the questions that were answered as they are now."""
        return [name for name, found in self.standings.items() if found.attempts]

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to do but to review."""
        return self.is_begun and self.next_step in ("", *self._reviews())

    @property
    def share(self) -> float:
        """The share of predictions, exercises and questions of the quiz that was done, from 0 to 1."""
        all_there_is = [made or name in self.late for name, made in self.predictions.items()]
        all_there_is += [found.right for found in self.exercises.values()]
        if self.lesson.quiz:
            all_there_is += [bool(found.attempts) for found in self.standings.values()]
        return sum(all_there_is) / len(all_there_is) if all_there_is else 0.0

    @property
    def is_begun(self) -> bool:
        """Whether anything was done."""
        attempts = [found.attempts for found in (*self.exercises.values(), *self.standings.values())]
        changed = self.counts["changed since"]
        return any([*self.predictions.values(), *attempts, *self.challenges.values(), self.late, changed])

    @property
    def quiz(self) -> str:
        """What the lesson's quiz is called, such as "Q2"; "" where there is none."""
        return f"Q{self.lesson.id[1:]}" if self.lesson.quiz else ""

    def _steps(self):
        """Yield (whether it is to be done, what). Questions of a lesson without a quiz are no step."""
        unmade = [name for name, made in self.predictions.items() if not made and name not in self.late]
        unsolved = [name for name, found in self.exercises.items() if not found.right]
        open_questions = self.counts["not begun"]
        yield not self.is_begun, self.lesson.id
        yield bool(unmade) and open_questions == len(self.standings), f"prediction {unmade[0] if unmade else ''}"
        yield bool(self.quiz) and open_questions > 0, self.quiz
        yield bool(unsolved), f"exercise {unsolved[0] if unsolved else ''}"
        yield bool(self.quiz) and self.counts["changed since"] > 0, f"{self.quiz} again, where questions have changed"
        yield from ((True, step) for step in self._reviews())

    def _reviews(self):
        due = [name for name, found in self.standings.items() if found.state == "due for review"]
        return [f"review of {', '.join(due)}"] if due else []

    def _share(self, done, asked, noun):
        if not asked:
            return ""
        nouns = noun if asked == 1 else f"{noun}s"
        return f"{asked} {nouns}" if done == asked or not self.is_begun else f"{done} of {asked} {nouns}"

    def __repr__(self):
        return f"{self.lesson.id} {self.lesson.title}: {self.describe()}"

    def _repr_html_(self):
        return f'{section("progress and cards")}<div class="ce-progress">{self.as_html()}</div>'

    def as_html(self) -> str:
        """Return the lesson as one entry of the map, with links that work from ``notebooks/`` and ``quizzes/``."""
        lesson, state = self.lesson, self.state
        minutes = f"{lesson.core} minutes" + (f", {self.quiz} {lesson.quiz_minutes}" if lesson.quiz else "")
        head = f'<a href="../{escape(lesson.notebook)}"><b>{lesson.id}</b> {escape(lesson.title)}</a>'
        sign = f'<span class="ce-sign" aria-hidden="true">{STATES[state]}</span>'
        bar = f'<span class="ce-bar" aria-hidden="true"><span style="width: {self.share:.0%}"></span></span>'
        done = "".join(f"<li>{escape(part)}</li>" for part in self.done())
        step = f"<p><b>Next:</b> {self._way_on()}</p>" if self.is_begun and self.next_step else ""
        return (
            f'<div class="ce-lesson"><p class="ce-head">{sign} {head} <span class="ce-quiet">{minutes} · {state}</span>'
            f"</p>{bar}<ul>{done}</ul>{step}</div>"
        )

    def _way_on(self):
        step = escape(self.next_step)
        quiz = self.lesson.quiz if self.next_step.startswith(self.quiz) else None
        return f'<a href="../quizzes/{quiz}.ipynb">{step}</a>' if quiz else step


def lesson_progress(lesson: str, events: Callable[[str], Sequence[Event]], now: datetime) -> LessonProgress:
    """Return what a learner did in a lesson.

    Parameters
    ----------
    lesson : str
        Its id.
    events : callable
        Id of a question, prediction or challenge → its events until now, in the order of their times.
    now : datetime

    Returns
    -------
    LessonProgress
    """
    known = {each.id: each for each in LESSONS}
    chosen = {name: choice_in(events(name)) for name in bank.predictions(lesson)}
    return LessonProgress(
        known[lesson],
        {name: choice is not None and not choice.get("late") for name, choice in chosen.items()},
        {asked.id: _standing_of(asked, events(asked.id), now) for asked in bank.exercises(lesson)},
        {asked.id: _standing_of(asked, events(asked.id), now) for asked in bank.questions(lesson)},
        {name: _is_met(events(name)) for name in bank.challenges(lesson)},
        tuple(name for name, choice in chosen.items() if choice is not None and choice.get("late")),
    )


def standing(answers: Sequence[Event], now: datetime) -> Standing:
    """Return where a learner stands with a question.

    Parameters
    ----------
    answers : list of dict
        The answers to it, in the order of their times. Those to other numbers ("recall") show what is remembered;
        they are no attempts.
    now : datetime

    Returns
    -------
    Standing
    """
    attempts = [answer for answer in answers if answer.get("what") != "recall"]
    if not attempts:
        return Standing("not begun", None, 0)
    step, again = 0, None
    for answer in answers:
        when = datetime_of(answer)
        if answer.get("right") is False:
            step, again = 0, None
        elif answer.get("right") is True and (again is None or when >= again):
            again = when + timedelta(days=INTERVALS[min(step, len(INTERVALS) - 1)])
            step += 1
    state = "in work" if again is None else "due for review" if now >= again else "mastered"
    return Standing(state, again, len(attempts), attempts[-1].get("right") is True)


def datetime_of(event: Event) -> datetime:
    """Return when an event was recorded."""
    return datetime.fromisoformat(clock_of(event))


def _standing_of(question: Question, events, now):
    """Return where a learner stands with a question as it is now."""
    answers = [event for event in events if event["what"] in ("attempt", "recall")]
    found = standing(question.given_now(answers), now)
    older = any(answer["what"] == "attempt" for answer in answers)
    return Standing("changed since", None, 0) if older and not found.attempts else found


def _is_met(events):
    """Return whether a challenge was met, from its events."""
    return any(event["what"] == "challenge" and event.get("done") is True for event in events)
