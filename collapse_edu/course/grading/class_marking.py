"""Mark a class: find what was handed in, mark what is new, keep what was found."""

import errno
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from types import ModuleType

from collapse_edu.course.grading.naming import named
from collapse_edu.course.grading.result import MarkedAnswer, Result
from collapse_edu.course.grading.roster import Person, lms_owner
from collapse_edu.course.grading.state import State, StateError
from collapse_edu.course.grading.submission import find
from collapse_edu.course.grading.twins import noted
from collapse_edu.course.quiz.marking import sandbox
from collapse_edu.course.quiz.marking.best_try import mark
from collapse_edu.course.quiz.marking.finding_answers import find_answers
from collapse_edu.course.quiz.marking.script import UnreadableSubmissionError, tidy
from collapse_edu.course.quiz.marking.stopping import in_threads, refuse_stopped

__all__ = ["DiskError", "GradeError", "grade", "kept_results"]

# Submissions in one marking notebook: each notebook costs a few seconds to start, and is lost when killed halfway.
_FEWEST_TOGETHER, _MOST_TOGETHER = 4, 10
_DISK_IS_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_BANK = "collapse_edu.course.quiz.bank"


_IN_LITTER = "it lies in a folder that a program keeps for itself: ask for the file that hand_in() writes"


class GradeError(ValueError):
    """Something that the teacher can put right; its message is one line."""


class DiskError(GradeError):
    """What was marked could not be kept, though what was marked before is."""


@dataclass(frozen=True)
class _Marker:
    """How papers are marked."""

    bank: ModuleType
    attempt: str
    unsafe: bool
    limits: sandbox.Limits | None


def grade(
    paths: Sequence[str | Path],
    out: str | Path,
    *,
    attempt: str = "last",
    unsafe: bool = False,
    jobs: int = 2,
    bank: str = _BANK,
    limits: sandbox.Limits | None = None,
    only: Sequence[str] = (),
    again: Sequence[str] = (),
    people: Sequence[Person] = (),
    say: Callable[[str], object] = print,
    progress: Callable[[int, int, int], object] | None = None,
) -> list[Result]:
    """Mark everything at some paths, and keep it with what was marked before.

    Parameters
    ----------
    paths : list of path
        Hand-ins, quiz notebooks, folders or zips of them.
    out : path
        Folder of the class. What was marked there before stays as it was marked.
    attempt : str
        Which try at each question counts: ``"first"``, ``"last"`` or ``"best"``. A paper that was marked by another
        choice is marked again.
    unsafe : bool
        Run learners' code without isolation where there is none.
    jobs : int
        How many marking notebooks run at the same time.
    bank : str
        Name of the module with the questions.
    limits : sandbox.Limits, optional
        For the code of one submission.
    only, again : list of str
        Names of learners, as the roster, the paper or the path has them: mark nobody else's papers; mark theirs again.
    people : list of Person
        The roster.
    say : callable
        Gets each line that a teacher should see.
    progress : callable, optional
        Gets how many papers are done, how many there are, and at how many of those done a person has to look.

    Returns
    -------
    list of Result
        One for each file that was ever found, in order of the names.

    Raises
    ------
    GradeError
    KeyboardInterrupt
        If it is stopped. All that was marked is kept; :func:`kept_results` returns it.
    """
    places, out = [Path(path) for path in paths], Path(out)
    _refuse_bad_places(places, out)
    marker = _Marker(import_module(bank), attempt, unsafe, limits)
    try:
        state = State(out, _fingerprint(marker.bank), {"attempt": attempt})
    except StateError as error:
        raise GradeError(str(error)) from None
    submissions = _submissions(places, say)
    chosen = _named(submissions, only, "--only", state, people) if only else submissions
    anew = _named(chosen, again, "--again", state, people) if again else []
    try:
        for line in state.add(chosen):
            say(line)
        _mark_all(_to_mark(chosen, anew, state), marker, jobs, state, progress or (lambda done, of, look: None))
    except OSError as error:
        raise DiskError(
            f"cannot write to {error.filename or out} ({error.strerror or error}): what was marked so far is kept; "
            "make room, and say the same command again"
        ) from None
    if state.otherwise:
        say(f"{state.otherwise} papers are marked by another --attempt, and stay so: name them again to change that")
    if state.older:
        say(f"{state.older} marked by an older version of the course stay as they are; --again NAME marks them anew")
    return noted(state.results())


def kept_results(out: str | Path, bank: str = _BANK) -> list[Result]:
    """Return what was found and marked so far, as :func:`grade` would.

    Parameters
    ----------
    out : path
    bank : str

    Returns
    -------
    list of Result
    """
    return noted(State(Path(out), _fingerprint(import_module(bank))).results())


def _refuse_bad_places(paths, out):
    for path in paths:
        _refuse_bad_path(path, out)
    if out.exists() and not out.is_dir():
        raise GradeError(f"--out must be a folder; {out} is a file")
    _refuse_unwritable(out)


def _refuse_bad_path(path, out):
    if not path.exists() and not path.is_symlink():
        raise GradeError(f"there is no {path}")
    if path.is_dir() and _lies_in(out, path):
        raise GradeError(f"--out must not lie in {path}: what is handed in could pass itself off as marks")
    if sandbox.why_not() is None and (sandbox.readable(path) or sandbox.readable(out)):
        raise GradeError(f"{path} and {out} must lie outside of Python's folders and the system's: code reads those")


def _refuse_unwritable(out):
    try:
        (out / "state").mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out / "state"):
            pass
    except OSError as error:
        raise GradeError(f"cannot write to {out}: {error.strerror or error}") from None


def _lies_in(path, folder):
    path, folder = path.resolve(), folder.resolve()
    return folder == path or folder in path.parents


def _submissions(places, say):
    """Return what lies at some paths, in order of the names; say what was left aside."""
    found = sorted((each for path in places for each in find(path)), key=lambda each: (each.name, each.sha256))
    found = list(_with_lost_learners(found))
    submissions = [each for each in found if each.status != "litter"]
    if litter := len(found) - len(submissions):
        say(f"{litter} files and folders that systems leave behind are not looked at (such as .DS_Store, __MACOSX)")
    if not submissions:
        raise GradeError(f"nothing to mark: there is no file in {', '.join(map(str, places))}")
    return submissions


def _with_lost_learners(found):
    """Yield what was found; where litter is all that a learner handed in, the first of it is named."""
    seen = {lms_owner(each.name) for each in found if each.status != "litter"} | {None}
    for each in found:
        if each.status == "litter" and (owner := lms_owner(each.name)) not in seen:
            seen.add(owner)
            each = replace(each, status="could not be marked", fault=_IN_LITTER)
        yield each


def _named(submissions, names, option, state, people):
    """Return those submissions that one of some names means."""
    found = []
    for name in names:
        meant = named(name, submissions, state.kept, people)
        if not meant:
            raise GradeError(f"{option}: nothing of {name!r} is here, by roster, name, id or path")
        found += meant
    return list(dict.fromkeys(found))


def _to_mark(submissions, anew, state):
    """Return the papers that are not marked yet, or are to be marked anew, one of those with the same bytes."""
    papers = {(each.sha256, each.kind): each for each in reversed(submissions) if each.kind}
    again = {(each.sha256, each.kind) for each in anew}
    return [each for key, each in reversed(papers.items()) if key in again or not state.is_marked(each)]


def _mark_all(submissions, marker, jobs, state, progress):
    """Mark papers; stopped, or without room to keep them, end at once whatever was begun."""
    done, look = 0, 0
    progress(done, len(submissions), look)
    mark_batch = partial(_mark_batch, marker=marker, state=state)
    with closing(in_threads(mark_batch, _batches(submissions, jobs), jobs)) as batches:
        for results in batches:
            done, look = done + len(results), look + sum(bool(result.to_look_at) for result in results)
            progress(done, len(submissions), look)


def _batches(submissions, jobs):
    """Return submissions in groups: enough for all jobs, if there are, and not too many in one."""
    size = min(_MOST_TOGETHER, max(_FEWEST_TOGETHER, -(-len(submissions) // jobs)))
    return [submissions[start : start + size] for start in range(0, len(submissions), size)]


def _mark_batch(submissions, marker, state):
    """Mark some submissions together, and keep what was found; return it."""
    scripts, found = {}, {}
    for submission in submissions:
        refuse_stopped()
        script, final = _script(submission, marker)
        if isinstance(script, Result):
            found[submission] = script, final
        else:
            scripts[submission] = script
    verdicts = mark(list(scripts.values()), marker.bank)
    for (submission, script), marks in zip(scripts.items(), verdicts, strict=True):
        found[submission] = _marked(submission, script, marks), _is_final(script, marks)
    for submission, (result, final) in found.items():
        state.put(submission, result, final=final)
    return [result for result, _ in found.values()]


def _script(submission, marker):
    """Return the answers of a paper, or a result without; and whether another try would find the same."""
    try:
        data = submission.read()
    except OSError as error:
        return _unreadable(submission, tidy(error)), False
    try:
        script = find_answers(
            data, submission.kind, marker.bank, attempt=marker.attempt, unsafe=marker.unsafe, limits=marker.limits
        )
        return script, True
    except UnreadableSubmissionError as error:
        found = _unreadable(submission, str(error))
        return replace(found, lesson=error.lesson, learner=error.learner, name=error.name), True
    except Exception as error:  # our own mistake; it must not stop the class
        if getattr(error, "errno", None) in _DISK_IS_FULL:
            raise
        return _unreadable(submission, f"the marker failed on it: {tidy(f'{type(error).__name__}: {error}')}"), False


def _is_final(script, marks):
    """Return whether marking again would find the same: not where code was not run to its end, or the marker failed."""
    unjudged = [name for name, verdict in marks.items() if verdict["status"] == "not marked"]
    return script.final and all(script.answers[name].fault for name in unjudged)


def _marked(submission, script, marks):
    answers = {name: _marked_answer(script, name, verdict) for name, verdict in marks.items()}
    return Result(
        "", submission.sha256, kind=submission.kind, learner=script.learner, name=script.name, lesson=script.lesson,
        written=script.written, answers=answers, notes=tuple(script.notes),
    )  # fmt: skip


def _marked_answer(script, name, verdict):
    given = script.answers[name]
    kept = ("source", "time", "number", "tries", "hints", "solution")
    about = {field: getattr(given, field) for field in kept}
    return MarkedAnswer(answer=given.data, learner=script.whose(name), **verdict, **about)


def _unreadable(submission, fault):
    return Result("", submission.sha256, "could not be marked", fault, kind=submission.kind)


def _fingerprint(bank):
    """Return what changes when a question, a key or the marker changes."""
    package = Path(__file__).resolve().parents[2]
    files = [*package.rglob("*.py"), *Path(bank.__file__).parent.glob("*.py")]
    return sha256(b"".join(path.read_bytes() for path in sorted(files))).hexdigest()
