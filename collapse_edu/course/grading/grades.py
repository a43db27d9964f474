"""What counts: one grade for each learner and lesson."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from collapse_edu.course.grading.result import Result
from collapse_edu.course.grading.roster import Person

__all__ = ["Grade"]


@dataclass(frozen=True)
class Grade:
    """What one learner gets for one lesson.

    Attributes
    ----------
    name : str
        What to call the learner: as the roster says, else as the paper does, else where it was found.
    status : str
        ``"marked"``, ``"could not be marked"``, ``"left out"`` or ``"nothing handed in"``.
    lesson : str or None
    person : Person or None
        Of the roster, where it knows them.
    result : Result or None
        The submission that counts.
    others : tuple of Result
        What else this learner handed in for the lesson.
    points : dict
        Id of each question → points; None where the answer could not be marked.
    total, of : float or None
        The sum of points, after changes and the rule for late work; what there is to get.
    late : timedelta or None
        How long after the due time it was written; None where that is not known, or it was in time.
    comment : str
        Of the instructor.
    remarks : tuple of str
        What a person should look at.
    """

    name: str
    status: str = "marked"
    lesson: str | None = None
    person: Person | None = None
    result: Result | None = None
    others: tuple[Result, ...] = ()
    points: Mapping[str, float | None] = field(default_factory=dict)
    total: float | None = None
    of: float | None = None
    late: timedelta | None = None
    comment: str = ""
    remarks: tuple[str, ...] = ()
