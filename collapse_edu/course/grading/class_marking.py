"""From paths to reports: find, collect, mark, tell; remember what is done."""

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from hashlib import sha256
from importlib import import_module
from pathlib import Path

from collapse_edu.course.grading import report
from collapse_edu.course.grading.result import MarkedAnswer, Result
from collapse_edu.course.grading.submission import find
from collapse_edu.course.quiz.marking import sandbox
from collapse_edu.course.quiz.marking.finding_answers import find_answers
from collapse_edu.course.quiz.marking.nbval_run import mark
from collapse_edu.course.quiz.marking.script import UnreadableSubmissionError, tidy
from collapse_edu.files import PRIVATE, write_atomically

__all__ = ["GradeError", "grade"]

# Submissions in one marking notebook: each notebook costs a few seconds to start, and is lost when killed halfway.
_FEWEST_TOGETHER, _MOST_TOGETHER = 4, 10


class GradeError(ValueError):
    """Something that the teacher can put right; its message is one line."""


def grade(
    paths: Sequence[str | Path],
    out: str | Path,
    *,
    unsafe: bool = False,
    jobs: int = 2,
    bank: str = "collapse_edu.course.quiz.bank",
    limits: sandbox.Limits | None = None,
    say: Callable[[str], object] = print,
) -> list[Result]:
    """Mark everything at some paths, and write reports.

    Parameters
    ----------
    paths : list of path
        Hand-ins, quiz notebooks, folders or zips of them.
    out : path
        Folder for the reports. What was marked before, and is unchanged, is taken from there.
    unsafe : bool
        Run learners' code without isolation where there is none.
    jobs : int
        How many marking notebooks run at the same time.
    bank : str
        Name of the module with the questions.
    limits : sandbox.Limits, optional
        For the code of one submission.
    say : callable
        Gets each line that a teacher should see.

    Returns
    -------
    list of Result
        One for each submission, in order of the names.

    Raises
    ------
    GradeError
    """
    places, out = [Path(path) for path in paths], Path(out)
    _refuse_bad_places(places, out)
    questions = import_module(bank)
    submissions = _submissions(places)
    state = _State(out / "state", questions)
    mark_batch = partial(_mark_batch, bank=questions, unsafe=unsafe, limits=limits, state=state)
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        for done in pool.map(mark_batch, _batches(_unmarked(submissions, state), jobs)):
            say(f"marked: {', '.join(done)}")
    results = _with_twins_noted([_result(submission, state) for submission in submissions])
    _write(results, questions, out)
    return results


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


def _submissions(places):
    """Return what lies at some paths, in order of the names."""
    found = (submission for path in places for submission in find(path))
    submissions = sorted(found, key=lambda submission: (submission.name, submission.digest))
    if not submissions:
        raise GradeError(f"nothing to mark: no .json, .ipynb or .zip in {', '.join(map(str, places))}")
    return submissions


def _unmarked(submissions, state):
    """Return the readable ones that were not marked yet, one of those with the same content."""
    readable = {_key(submission): submission for submission in submissions if not submission.fault}
    return [submission for key, submission in readable.items() if state.get(key) is None]


def _batches(submissions, jobs):
    """Return submissions in groups: enough for all jobs, if there are, and not too many in one."""
    size = min(_MOST_TOGETHER, max(_FEWEST_TOGETHER, -(-len(submissions) // jobs)))
    return [submissions[start : start + size] for start in range(0, len(submissions), size)]


def _write(results, bank, out):
    try:
        report.write(results, bank, out)
    except OSError as error:  # on Windows nobody can write a table that Excel has open
        path, why = error.filename2 or error.filename or out, error.strerror or error
        raise GradeError(f"cannot write {path} ({why}): close it, and say the command again") from None


def _key(submission):
    return f"{submission.digest}-{submission.kind}"


def _mark_batch(submissions, bank, unsafe, limits, state):
    """Mark some submissions together, and keep what was found; return their names."""
    scripts, faults = {}, {}
    for submission in submissions:
        try:
            scripts[_key(submission)] = find_answers(
                submission.data, submission.kind, bank, unsafe=unsafe, limits=limits
            )
        except UnreadableSubmissionError as error:
            faults[_key(submission)] = str(error)
        except Exception as error:  # our own mistake; it must not stop the class
            faults[_key(submission)] = f"the marker failed on it: {tidy(f'{type(error).__name__}: {error}')}"
    marks = dict(zip(scripts, mark(list(scripts.values()), bank), strict=True))
    for submission in submissions:
        key = _key(submission)
        if key in faults:
            state.put(key, _unreadable(submission, faults[key]), keep="the marker failed" not in faults[key])
        else:
            state.put(key, _marked(submission, scripts[key], marks[key]), keep=_is_final(scripts[key], marks[key]))
    return [tidy(submission.name, 80) for submission in submissions]


def _is_final(script, marks):
    """Return whether marking again would find the same: not where code was not run to its end, or the marker failed."""
    unjudged = [name for name, verdict in marks.items() if verdict["status"] == "not marked"]
    return script.final and all(script.answers[name].fault for name in unjudged)


def _marked(submission, script, marks):
    answers = {name: _marked_answer(script, name, verdict) for name, verdict in marks.items()}
    return Result(
        "", submission.digest, kind=submission.kind, learner=script.learner, name=script.name, lesson=script.lesson,
        written=script.written, answers=answers, notes=tuple(script.notes),
    )  # fmt: skip


def _marked_answer(script, name, verdict):
    given = script.answers[name]
    kept = ("source", "time", "number", "tries", "hints", "solution")
    about = {field: getattr(given, field) for field in kept}
    return MarkedAnswer(answer=given.data, learner=script.whose(name), **verdict, **about)


def _unreadable(submission, fault):
    return Result("", submission.digest, "could not be marked", fault, kind=submission.kind)


def _result(submission, state):
    found = _unreadable(submission, submission.fault) if submission.fault else state.get(_key(submission))
    return replace(found, submission=tidy(submission.name, 200))


def _with_twins_noted(results):
    """Say where two submissions name one learner and lesson, and where two learners have one name: all are marked, and
    a person decides."""
    papers = Counter((result.learner, result.lesson) for result in results if result.learner)
    names = Counter((name, lesson) for name, lesson, _ in {_who(result) for result in results if result.name})
    return [replace(result, notes=(*result.notes, *_twins(result, papers, names))) for result in results]


def _twins(result, papers, names):
    if (many := papers[result.learner, result.lesson]) > 1:
        yield f"{many} submissions name this learner"
    if (many := names[result.name, result.lesson]) > 1:
        yield f"{many} learners have this name: {result.learner} is one of them"


def _who(result):
    return result.name, result.lesson, result.learner


class _State:
    """What was marked already: one file for each submission, named after its content and the marker's.

    Parameters
    ----------
    folder : path
    bank : module
        Other questions, or another version of the marker, and everything is marked anew.
    """

    def __init__(self, folder, bank):
        self._folder, self._marker, self._now = folder, _fingerprint(bank), {}

    def get(self, key):
        if key in self._now:
            return self._now[key]
        try:
            found = json.loads(self._path(key).read_text(encoding="ascii"))
            return Result.from_json(found["result"]) if found["marker"] == self._marker else None
        except (OSError, ValueError, KeyError, TypeError):
            return None  # not marked yet, or the disk was full

    def put(self, key, result, *, keep):
        self._now[key] = result
        if keep:
            content = json.dumps({"marker": self._marker, "result": result.as_json()}, indent=1)
            write_atomically(self._path(key), content.encode("ascii"), mode=PRIVATE)

    def _path(self, key):
        return self._folder / f"{key}.json"


def _fingerprint(bank):
    """Return what changes when a question, a key or the marker changes."""
    package = Path(__file__).resolve().parents[2]
    files = [*package.rglob("*.py"), *Path(bank.__file__).parent.glob("*.py")]
    return sha256(b"".join(path.read_bytes() for path in sorted(files))).hexdigest()
