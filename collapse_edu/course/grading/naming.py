"""Whose papers somebody means who says a name."""

from collections.abc import Callable, Sequence

from collapse_edu.course.grading.result import Result
from collapse_edu.course.grading.roster import SHORTEST, Person, lms_owner, name_forms, name_words
from collapse_edu.course.grading.submission import Submission

__all__ = ["named"]


def named(
    name: str,
    submissions: Sequence[Submission],
    kept: Callable[[Submission], Result | None],
    people: Sequence[Person] = (),
) -> list[Submission]:
    """Return the submissions that a name means.

    Parameters
    ----------
    name : str
        A learner's name in any order, number, e-mail address or login, as the roster, a paper or a path has it.
    submissions : list of Submission
    kept : callable
        Submission → what became of it before, or None.
    people : list of Person
        The roster: who is meant by one thing in it is found by all others.

    Examples
    --------
    >>> from pathlib import Path
    >>> found = [Submission(name, Path(name)) for name in ("ada/Q2.ipynb", "handin_M2_Bo_Li.json")]
    >>> [each.name for each in named("Li, Bo", found, lambda submission: None)]
    ['handin_M2_Bo_Li.json']
    """
    forms = _forms(name, people)
    return [each for each in submissions if forms & _said(each, kept(each)) or _in_path(forms, each.name)]


def _forms(name, people):
    """Return all forms of a name, and of whatever else the roster has of the people whom it names."""
    said = name_forms(name)
    forms = set(said)
    for person in people:
        theirs = set().union(*map(name_forms, (person.name, person.id, person.email, person.login)))
        if said & theirs:
            forms |= theirs
    return forms


def _said(submission, result):
    """Return all forms of what a submission says of its learner."""
    said = [*submission.says, *((result.name, result.learner) if result else ())]
    if owner := lms_owner(submission.name):
        said += [owner.name, owner.id]
    return set().union(*map(name_forms, filter(None, said)))


def _in_path(forms, path):
    words = f" {' '.join(name_words(path))} "
    telling = (form for form in forms if not form.isdigit() or len(form) >= SHORTEST)  # `Q2 (2)` is nobody's
    return any(f" {form} " in words for form in telling)
