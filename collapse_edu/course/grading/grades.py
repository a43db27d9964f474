"""What counts: one grade for each learner and lesson."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from collapse_edu.course.grading.changes import Change, ChangesError, as_said
from collapse_edu.course.grading.lms_names import late_in_canvas
from collapse_edu.course.grading.result import Result
from collapse_edu.course.grading.roster import Person, lms_owner, matched, name_forms, numbers
from collapse_edu.course.register import course_order

__all__ = ["CHOICES", "NOT_KNOWN", "Grade", "grades", "shown"]

NOT_KNOWN = "whether it is late is not known: it does not say when it was written"
CHOICES = ("newest", "best", "all")
_RANK = {"marked": 2, "could not be marked": 1, "left out": 0}


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
        The sum of the points that are certain, after changes; what there is to get.
    late : timedelta or None
        How long after the due time it was written; None where that is not known, or it was in time.
    comment : str
        Of the instructor.
    remarks : tuple of str
        What a person should look at.
    changed : tuple of str
        What the instructor changed by hand: ids of questions, and ``"total"``.
    learner : int
        Which learner of the class it is, from 1: all grades of one have the same number.
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
    changed: tuple[str, ...] = ()
    learner: int = 0

    @property
    def decided(self) -> bool:
        """Return whether the total is final: all answers of a paper that is theirs for certain are marked, or the
        instructor said what it is."""
        if "total" in self.changed:
            return True
        doubted = self.result is not None and bool(self.result.doubts)
        return self.status == "marked" and not doubted and None not in self.points.values()

    def still_open(self, paper: Result) -> Result:
        """Return a paper of the learner's with only that in it which a person has to decide still.

        Examples
        --------
        >>> from collapse_edu.course.grading.result import MarkedAnswer
        >>> paper = Result("ada.json", lesson="M2", answers={"M2.01": MarkedAnswer("not marked", "it took too long")})
        >>> Grade("Ada", lesson="M2", result=paper, points={"M2.01": None}).still_open(paper).to_look_at
        ['M2.01: it took too long']
        >>> Grade("Ada", lesson="M2", result=paper, points={"M2.01": 1.0}).still_open(paper).to_look_at
        []
        """
        if "total" in self.changed:
            return replace(paper, answers={}, fault=None)
        if paper is not self.result and self.decided:
            return replace(
                paper, answers={}, fault=None
            )  # what does not count needs no look where all that counts is marked
        points = self.points if paper is self.result else {}
        return replace(paper, answers={name: each for name, each in paper.answers.items() if points.get(name) is None})


@dataclass(frozen=True)
class _Rule:
    """How papers are counted; `worth` holds the ids of the questions of each lesson → points."""

    choose: str
    worth: Mapping[str, Mapping[str, float]]
    due: Mapping[str | None, datetime]


@dataclass
class _Learner:
    name: str
    person: Person | None = None
    results: list[Result] = field(default_factory=list)
    known: bool = True  # False: nothing says whose paper it is


def grades(
    results: Sequence[Result],
    people: Sequence[Person] = (),
    *,
    choose: str = "newest",
    points: Mapping[str, float] | None = None,
    changes: Sequence[Change] = (),
    due: Mapping[str | None, datetime] | None = None,
) -> list[Grade]:
    """Return what counts for each learner and lesson. Every result stands in exactly one grade.

    Parameters
    ----------
    results : list of Result
    people : list of Person
        The roster. Who is in it and handed in nothing gets a grade that says so.
    choose : str
        Which paper counts, where a learner handed in several for a lesson: ``"newest"``, ``"best"``, or ``"all"``, a
        grade for each of them.
    points : dict, optional
        Id of a question → what a right answer is worth, 0 or more. A question that is not in it is worth 1.
    changes : list of Change
        What the instructor decides.
    due : dict, optional
        Lesson → when it was due, with a time zone. The key None stands for all lessons that are not named.

    Returns
    -------
    list of Grade
        Learners of the roster in its order, then the others by name; lessons in the order of the course. A lesson that
        nobody handed in does not occur.

    Raises
    ------
    ValueError
        If `choose` is none of these.
    ChangesError
        If a change names a learner, lesson or question that there is not, or more points than there are.

    Examples
    --------
    >>> from collapse_edu.course.grading.result import MarkedAnswer
    >>> answers = {"M2.01": MarkedAnswer("right"), "M2.02": MarkedAnswer("not marked")}
    >>> paper = Result("ada.json", learner="ada", name="Ada", lesson="M2", answers=answers)
    >>> [(each.name, each.status, each.total, each.of) for each in grades([paper], [Person("Bo")])]
    [('Bo', 'nothing handed in', None, 2.0), ('Ada', 'marked', 1.0, 2.0)]
    """
    if choose not in CHOICES:
        raise ValueError(f"choose must be one of {', '.join(CHOICES)}; got {choose!r}")
    lessons = sorted({result.lesson for result in results if result.lesson}, key=course_order)
    rule = _Rule(choose, {lesson: _worth(lesson, results, points or {}) for lesson in lessons}, due or {})
    learners = _learners(results, people)
    namesakes = Counter(learner.name for learner in learners)
    found = [
        replace(grade, learner=number)
        for number, learner in enumerate(learners, start=1)
        for grade in _of_learner(learner, lessons, rule, namesakes)
    ]
    return _with_changes(found, changes, rule)


def _worth(lesson, results, points):
    questions = {name for result in results if result.lesson == lesson for name in result.answers}
    return {name: float(points.get(name, 1)) for name in sorted(questions, key=course_order)}


# Who handed in what.


def _learners(results, people):
    """Return the learners with their papers: the roster's in its order, then the others by name."""
    in_roster = {id(person): _Learner(_called_in_roster(person), person) for person in people}
    others: dict[tuple, _Learner] = {}
    names, owners = _names_of_records(results), _owners(results)
    pairs = matched(results, people)
    last = {_lay(result): (result, person) for result, person in pairs if result.turn == result.turns > 1}
    for result, person in pairs:
        said = result
        if person is None and result.learner is None:  # a file that was replaced is of who replaced it
            said, person = last.get(_lay(result), (result, None))
        if person is not None:
            in_roster[id(person)].results.append(result)
            continue
        key, learner = _unlisted(said, names, owners)
        others.setdefault(key, learner).results.append(result)
    unlisted = sorted(others.values(), key=lambda learner: (not learner.known, learner.name.casefold()))
    return [*in_roster.values(), *unlisted]


def _lay(result):
    """Return where a paper lay: of several, one after another, all but the first have a number behind it."""
    return result.submission.removesuffix(f" ({result.turn})")


def _called_in_roster(person):
    return person.name or next(_ids(person), "")


def _names_of_records(results):
    names = defaultdict(set)
    for result in results:
        if result.learner and result.name not in (None, result.learner):
            names[result.learner].add(result.name)
    return names


def _owners(results):
    """Return whom a system's folders and files name → the first of this name who has a record in common.

    In each assignment Moodle gives a learner another number.
    """
    first, found = {}, {}
    for result in results:
        if (owner := lms_owner(result.submission)) and result.learner:
            found.setdefault(owner, first.setdefault((owner.name, result.learner), owner))
    return found


def _unlisted(result, names, owners):
    """Return who handed in a paper that belongs to nobody of the roster: whom the system's folder or file names; else a
    record together with the name in it.

    Two people of one name have two records; a paper without a record stands alone, since nothing says whose it is.
    """
    name = None if result.name == result.learner else result.name
    if owner := lms_owner(result.submission):
        is_theirs = name_forms(owner.name) & name_forms(name or "")  # Canvas runs names together
        called = name if name and is_theirs else owner.name
        return owners.get(owner, owner), _Learner(called)
    if name is None and len(names[result.learner]) == 1:
        (name,) = names[result.learner]
    if result.learner:
        return (result.learner, name), _Learner(name or result.learner)
    return (result.submission, result.sha256, name), _Learner(name or result.submission, known=name is not None)


# What counts for one learner.


def _of_learner(learner, lessons, rule, namesakes):
    """Yield the grades of one learner."""
    papers = defaultdict(list)
    for result in learner.results:
        papers[result.lesson or (_only(lessons) if learner.known else None)].append(result)
    expected = lessons if learner.known else []
    unread = [result for result in papers[None] if result.status != "left out"]
    for lesson in [*expected, *(each for each in papers if papers[each] and each not in expected)]:
        for grade in _of_lesson(learner, lesson, papers[lesson], rule):
            yield replace(grade, remarks=(*grade.remarks, *_doubts(learner, grade, unread, namesakes)))
    if not learner.results and not lessons:
        yield Grade(learner.name, "nothing handed in", person=learner.person)


def _only(lessons):
    """Return the lesson that a paper must be of which does not say it, where there is only one."""
    return lessons[0] if len(lessons) == 1 else None


def _doubts(learner, grade, unread, namesakes):
    if (many := namesakes[learner.name]) > 1:
        yield f"{many} learners are called {learner.name}: listed apart"
    if grade.status == "nothing handed in" and unread:
        yield f"may be {unread[0].submission}, which could not be read"


def _of_lesson(learner, lesson, papers, rule):
    counted = [_counted(learner, lesson, paper, rule) for paper in papers]
    if not counted:
        of = sum(rule.worth[lesson].values()) or None if lesson else None  # None where no paper of it was read
        return [Grade(learner.name, "nothing handed in", lesson, learner.person, of=of)]
    if rule.choose == "all":
        return counted
    chosen = max(counted, key=_newest if rule.choose == "newest" else _best)
    others = tuple(grade.result for grade in counted if grade is not chosen)
    return [replace(chosen, others=others, remarks=(*chosen.remarks, *_about_others(chosen, others, rule)))]


def _newest(grade):
    return *_sure(grade), _seconds(grade.result), grade.result.turn, grade.result.submission


def _best(grade):
    return *_sure(grade), grade.total or 0, _seconds(grade.result), grade.result.turn, grade.result.submission


def _sure(grade):
    """Return what comes first: a paper that may be somebody else's never takes the place of one that is not."""
    return _RANK[grade.status], not grade.result.doubts


def _seconds(result):
    written = _when(result)
    return written.timestamp() if written else float("-inf")


def _when(result):
    """Return when a paper was written; None where it does not say so, or without a time zone."""
    try:
        written = datetime.fromisoformat(result.written or "")
    except ValueError:
        return None
    return written if written.tzinfo else None


def _about_others(chosen, others, rule):
    """Yield what to know where a learner handed in several papers."""
    alike = [other for other in others if other.status == chosen.status]
    if alike:
        yield f"{len(alike) + 1} papers: the {rule.choose} counts, {chosen.result.submission}"
    if rule.choose == "newest" and any(_when(paper) == _when(chosen.result) is not None for paper in alike):
        yield "two of them were written at the same time: look which one should count"
    if rule.choose == "newest" and any(_when(paper) is None for paper in (chosen.result, *alike)) and alike:
        yield "which is the newest is not known: not all of them say when they were written"
    for other in others:
        if other.status != chosen.status and other.status != "left out":
            yield f"{other.submission} could not be marked: {other.fault}"


def _counted(learner, lesson, paper, rule):
    """Return the grade that one paper would get."""
    worth = rule.worth.get(lesson, {})
    points = {name: _points(answer, worth[name]) for name, answer in paper.answers.items() if name in worth}
    grade = Grade(
        learner.name, paper.status, lesson, learner.person, paper, points=points,
        total=_certain(points), of=sum(worth[name] for name in points) if points else sum(worth.values()) or None,
    )  # fmt: skip
    late, remark = _lateness(paper, lesson, rule)
    by_canvas = "Canvas marked it as late" if late_in_canvas(paper.submission) else None
    remarks = (paper.fault, *paper.doubts, *paper.notes, *paper.asides, remark, by_canvas)
    return replace(grade, late=late, remarks=tuple(filter(None, remarks)))


def _points(answer, worth):
    if answer.status == "not marked":
        return None if worth else 0.0  # what is worth nothing needs no look
    return worth if answer.status == "right" else 0.0


def _certain(points: Mapping[str, float | None]) -> float | None:
    certain = [value for value in points.values() if value is not None]
    return float(sum(certain)) if certain else None


def _lateness(paper, lesson, rule):
    """Return how late a paper is, or None, and a remark, or None."""
    due = rule.due.get(lesson, rule.due.get(None))
    if due is None or paper.status == "left out":
        return None, None
    written = _when(paper)
    if written is None:
        return None, NOT_KNOWN
    late = written - due
    return (late, f"late by {shown(late)}") if late > timedelta(0) else (None, None)


def shown(late: timedelta) -> str:
    """Return a lateness in words.

    Examples
    --------
    >>> shown(timedelta(days=1, hours=2, seconds=40))
    '1 day, 2:00:40'
    """
    return str(timedelta(days=late.days, seconds=late.seconds))


# What the instructor decides.


def _with_changes(found, changes, rule):
    """Return the grades after all changes; a total that is said comes after the answers."""
    found = list(found)
    for change in sorted(changes, key=lambda change: change.question is None):
        for place in _meant(change, found):
            found[place] = _change(found[place], change, rule.worth[change.lesson])
    return found


def _meant(change, found):
    """Return the places of the grades that a change is about: one learner's, of one lesson."""
    said = {as_said(change.learner), as_said(" ".join(reversed(change.learner.split(",", 1))))}  # Lovelace, Ada
    of_learner = {place: grade for place, grade in enumerate(found) if said & _called(grade)}
    if not of_learner:
        raise ChangesError(f"{change.where}: no learner has the name, id or e-mail {change.learner!r}")
    if len({grade.learner for grade in of_learner.values()}) > 1:
        raise ChangesError(f"{change.where}: several learners are called {change.learner!r}: give an id or e-mail")
    of_lesson = {place: grade for place, grade in of_learner.items() if grade.lesson == change.lesson}
    if not of_lesson:
        raise ChangesError(f"{change.where}: nobody handed in {change.lesson}")
    if change.question is None:
        return list(of_lesson)
    marked = [place for place, grade in of_lesson.items() if grade.status == "marked"]
    if not marked:
        raise ChangesError(f"{change.where}: no paper is marked there; give the total, without a question")
    return marked


def _called(grade):
    """Return all that a learner may be called in a change."""
    words = [grade.name, *([] if grade.person is None else _ids(grade.person))]
    words += [word for paper in (grade.result, *grade.others) if paper for word in (paper.learner, paper.name) if word]
    return {as_said(word) for word in words}


def _ids(person):
    return (word for word in (person.id, person.email, person.login, *numbers(person)) if word)


def _change(grade, change, worth):
    remarks, changed, points, total = [], grade.changed, dict(grade.points), grade.total
    if change.points is not None:
        what = change.question or "total"
        most = sum(worth.values()) if change.question is None else worth.get(change.question)
        if most is None:
            raise ChangesError(f"{change.where}: {change.lesson} has no question {change.question}")
        if change.points > most:
            raise ChangesError(f"{change.where}: points of {what} must be 0 to {most:g}; got {change.points:g}")
        before = total if change.question is None else points.get(change.question)
        remarks = [f"{what} changed by hand: {'none' if before is None else f'{before:g}'} → {change.points:g}"]
        changed = (*changed, what)
        if change.question is None:
            total = change.points
        else:
            points[change.question] = change.points
            total = _certain(points)
    comment = "; ".join(filter(None, (grade.comment, change.comment)))
    return replace(
        grade, points=points, total=total, comment=comment, remarks=(*grade.remarks, *remarks), changed=changed
    )
