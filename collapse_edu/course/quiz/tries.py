"""A learner's tries at a question, with the help that came before each: what a record says, in the order of its times.

Both faces of a question, the widget and plain Python, write the same events, so it does not matter which one was used.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from collapse_edu.course.desk.record import Event
from collapse_edu.course.quiz.question import Question

__all__ = ["Try", "that_count", "tries"]


@dataclass(frozen=True)
class Try:
    """One try.

    Attributes
    ----------
    attempt : dict
        The event of the record.
    number : int
        Which of the learner's tries at the question it is, from 1.
    hints : int
        How many hints were shown before it.
    solution : bool
        Whether the solution was shown before it, be it with the numbers of the quiz or with those of a review.
    """

    attempt: Event
    number: int
    hints: int
    solution: bool


def tries(events: Sequence[Event], learner: str) -> list[Try]:
    """Return a learner's tries at a question.

    The same answer twice in a row is one try: a cell may run again, or a button be pressed twice.

    Parameters
    ----------
    events : list of dict
        All events of the question, in the order of their times.
    learner : str
        Answers to the numbers of others are left out.

    Returns
    -------
    list of Try

    Examples
    --------
    >>> asked = {"question": "M2.01", "learner": "ada"}
    >>> answered = [asked | {"what": "attempt", "answer": answer} for answer in ("o1", "o1", "o2")]
    >>> events = [answered[0], answered[1], asked | {"what": "hint", "number": 1}, answered[2]]
    >>> [(each.number, each.attempt["answer"], each.hints, each.solution) for each in tries(events, "ada")]
    [(1, 'o1', 0, False), (2, 'o2', 1, False)]
    """
    found: list[Try] = []
    hints, solution = set(), False
    for event in events:
        if event["what"] == "hint":
            hints.add(repr(event.get("number")))  # two records that were merged may hold the same hint twice
        elif event["what"] == "solution":
            solution = True
        elif _is_new(event, learner, found):
            found.append(Try(event, len(found) + 1, len(hints), solution))
    return found


def that_count(found: Sequence[Try], question: Question) -> list[Try]:
    """Return the tries of which one can count: the first, the first that was right, and the last, without doubles.

    Parameters
    ----------
    found : list of Try
    question : Question
        Only tries at it as it is now can count. Where there are none, the last of all is returned: whoever marks is
        told that the question has changed.

    Returns
    -------
    list of Try
        In the order of their numbers; empty only where nothing was tried.
    """
    asked_now = {id(attempt) for attempt in question.given_now([each.attempt for each in found])}
    now = [each for each in found if id(each.attempt) in asked_now]
    right = [each for each in now if each.attempt.get("right") is True]
    kept = {each.number: each for each in [*now[:1], *right[:1], *now[-1:]] or found[-1:]}
    return [kept[number] for number in sorted(kept)]


def _is_new(event, learner, found):
    """Return whether an event is a try, and another one than the last."""
    if event["what"] != "attempt" or event["learner"] != learner:
        return False
    last = found[-1].attempt if found else {}
    return any(event.get(name) != last.get(name) for name in ("answer", "source", "hash", "learner"))
