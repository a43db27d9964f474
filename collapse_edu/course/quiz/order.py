"""The order in which a learner sees options: another one for each learner, and the same on every machine."""

import hashlib
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collapse_edu.course.quiz.question import Question

__all__ = ["OWN_HASH", "OWN_ORDER", "learner_again", "learners_order"]

# What the metadata of a quiz notebook say since options are shuffled: letters mean the order of its learner. Where they
# do not say it, letters mean the order of the bank.
OWN_ORDER = {"order": "own"}

# What a notebook writes behind the hash of a question whose options are shuffled. Markers that know no such order take
# the question for a changed one, and mark nothing; otherwise they would read its letters in the order of the bank.
OWN_HASH = ":own"


def learners_order(asked: str, learner: str | None, n: int) -> list[int]:
    """Return the order of a learner's options.

    Parameters
    ----------
    asked : str
        Id of the question or prediction; a part of one, such as ``"M2.p1 causes"``, has an order of its own.
    learner : str or None
        The record's own id.
    n : int
        How many options there are.

    Returns
    -------
    list of int
        Places in the bank, from 0, in the order in which they are shown.

    Examples
    --------
    >>> learners_order("M2.01", "course", 4) == learners_order("M2.01", "course", 4)
    True
    >>> sorted(learners_order("M2.01", "course", 4))
    [0, 1, 2, 3]
    """
    text = f"model collapse|order|{learner}|{asked}"
    places = list(range(n))
    random.Random(int.from_bytes(hashlib.sha256(text.encode()).digest())).shuffle(places)
    return places


def learner_again(question: "Question", learner: str, again: int) -> str:
    """Return for whom a question is asked when it comes back: its numbers, or its order, differ from the last ones.

    Parameters
    ----------
    question : Question
    learner : str
        The record's own id.
    again : int
        How many times it has come back; 0 for the question of the quiz.

    Returns
    -------
    str
        What no learner is called, unless `again` is 0.
    """
    shown, number = learner, 0
    for _ in range(again):
        last = _face(question, shown)
        for _ in range(_TRIES):
            number += 1
            shown = f"{learner}|{number}"
            if _face(question, shown) != last:
                break
    return shown


_TRIES = 20  # a question without numbers, whose options have an order of their own, comes back as it was


def _face(question, learner):
    """Return what tells one learner's question from another's."""
    return question.values(learner) or question.choices(learner)
