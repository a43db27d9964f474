"""The hand-in: one file with what a learner did in a lesson, made from the record.

It holds the tries at each question of which one can count (the last, the first, the first that was right), each with
the help that came before it, and, as data that nobody marks, predictions, exercises and challenges.

The checksum finds damage on the way, such as a file cut short by an upload. It is no protection against forgery: who
can read this module can make one. What counts is that the instructor's machine judges the answers anew.
"""

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from math import inf
from pathlib import Path
from typing import Any

from collapse_edu.course.desk.names import is_name
from collapse_edu.course.desk.plain_data import DEEPEST_ANSWER, LONGEST_TEXT
from collapse_edu.course.desk.record import Record, choice_in, clock_of
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.tries import that_count, tries
from collapse_edu.course.register import lesson_id
from collapse_edu.files import PRIVATE, write_atomically

__all__ = ["HandIn", "Receipt", "hand_in", "read_hand_in"]

FORMAT, VERSION = "collapse-edu hand-in", 3  # 1 kept letters, in the order of the bank; 2 the last answers alone
LARGEST = 2_000_000  # bytes; a diligent learner writes a tenth of it
MOST = 200  # answers, predictions and so on in one file
MOST_EARLIER = 2  # tries at one question beside the last one
MORE = ("predictions", "exercises", "challenges")  # what nobody marks


def hand_in(lesson: str, path: str | Path | None = None) -> "Receipt":
    """Write your answers to the questions of a lesson, your predictions and your exercises into one file.

    Of each question it holds your last answer, your first and your first right one, how many tries there were, and how
    many hints, and whether the solution, you had seen before each of them. It does not matter whether you answered in a
    widget or in Python, or whether the notebook was saved.

    Parameters
    ----------
    lesson : str
        Such as ``"M2"``; ``"Q2"`` means the same.
    path : path, optional
        A file, or a folder (the default is the present one) in which ``handin_M2_<name>_<id>.json`` is written: the id
        tells apart learners who are called the same when their files come into one folder. A file
        that is there already is replaced only by one of the same learner and lesson that answers all that it answers;
        else the new one gets a number.

    Returns
    -------
    Receipt
        It says what the file contains and what is missing.

    Raises
    ------
    ValueError
        If the course has no such lesson.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> receipt = hand_in("M2", tempfile.mkdtemp())
    >>> read_hand_in(receipt.path).lesson
    'M2'
    """
    lesson = lesson_id(lesson)
    if lesson not in bank.QUIZZES:
        raise ValueError(f"lesson must be one of {', '.join(bank.QUIZZES)}; got {lesson!r}")
    record, questions = Record(), bank.questions(lesson)
    content = _content(record, lesson, questions)
    target = _target(Path(path or "."), content)
    _write(target, content)
    return _receipt(target, content, questions, record.attempts())


def read_hand_in(path: str | Path) -> "HandIn":
    """Read a hand-in.

    Parameters
    ----------
    path : path

    Returns
    -------
    HandIn

    Raises
    ------
    ValueError
        One line that says what is wrong with the file.
    """
    path = Path(path)
    content = _load(path)
    _require(isinstance(content, dict) and content.get("format") == FORMAT, path, "it is no hand-in of this course")
    number = content.get("version")
    _require(type(number) is int and number >= 1, path, "it names no version of the format")
    _require(number <= VERSION, path, "a newer version of the course wrote it: update the course")
    _require(content.get("checksum") == _checksum(content), path, "it was damaged or changed: ask for it again")
    _require(_is_text(content.get("written", ""), 40), path, "written must be text")
    for key in ("learner", "name"):
        _require(is_name(content.get(key)), path, f"{key} must be a name")
    lesson = content.get("lesson")
    _require(isinstance(lesson, str) and re.fullmatch(r"[A-Za-z0-9]{1,20}", lesson), path, "lesson must be an id")
    answers = content.get("answers")
    _require(isinstance(answers, dict) and len(answers) <= MOST, path, f"answers must be at most {MOST} by question id")
    for name, answer in answers.items():
        fault = _answer_fault(answer) if _is_of(lesson, name) else f"this is no question of {lesson}"
        _require(not fault, path, f"{name:.40}: {fault}")
    more = {part: _more(content.get(part, {}), part, lesson, path) for part in MORE}
    return HandIn(content["learner"], lesson, answers, content["name"], **more, written=content.get("written", ""))


@dataclass(frozen=True)
class HandIn:
    """What a learner handed in.

    Attributes
    ----------
    learner : str
        Whose numbers the questions had.
    lesson : str
    answers : dict
        Question id → dict with the last answer: ``answer`` (data), ``source`` (of a function, else None), ``hash`` (of
        the question that was answered; ``prompt``, the hash of its prompt alone, where an older version wrote it),
        ``time`` (UTC, ISO 8601), ``number`` (which try it is, from 1), ``hints`` (how many were shown before it),
        ``solution`` (whether that was shown before it); with ``attempts`` (how many tries there were), and
        ``earlier``: the first try and the first right one, where they are others, each with the same. Files of versions
        1 and 2 have no ``number``, ``hints``, ``solution`` and ``earlier``.
    name : str
        What the learner is called: as they said, or as the machine calls them; else the same as `learner`.
    predictions : dict
        Id → dict with ``answer`` (places of outcome and cause in the bank, from 1), ``time``, and where there are any
        ``sure``, ``curve``, ``hash``, ``surprise`` and ``late`` (chosen after the answer). Empty in what older versions
        wrote, as the two below.
    exercises : dict
        Id → as in `answers`, with ``right``.
    challenges : dict
        Id → dict with ``best``, ``done``, ``time``.
    written : str
        When (UTC, ISO 8601), by the learner's clock; empty where the file does not say.
    """

    learner: str
    lesson: str
    answers: dict[str, dict[str, Any]]
    name: str = ""
    predictions: dict[str, dict[str, Any]] = field(default_factory=dict)
    exercises: dict[str, dict[str, Any]] = field(default_factory=dict)
    challenges: dict[str, dict[str, Any]] = field(default_factory=dict)
    written: str = ""


@dataclass(frozen=True, repr=False)
class Receipt:
    """What was written, and what is missing in it.

    Attributes
    ----------
    path : Path
    lesson : str
    asked : int
        How many questions the lesson has.
    missing : list of str
        Ids of the questions without an answer.
    others : list of str
        Those of them that were answered with another learner's numbers.
    changed : list of str
        Ids of questions that have changed since they were answered; their answers cannot be marked.
    predictions, exercises : tuple of (int, int)
        How many are in the file, and how many the lesson has; predictions without those that came late.
    late : list of str
        Ids of predictions that were chosen after the answer was shown.
    name : str
        Whom the file names; empty where nobody said.
    """

    path: Path
    lesson: str
    asked: int
    missing: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    predictions: tuple[int, int] = (0, 0)
    exercises: tuple[int, int] = (0, 0)
    late: list[str] = field(default_factory=list)
    name: str = ""

    def __repr__(self):
        more = (("predictions", self.predictions), ("exercises", self.exercises))
        parts = [f"{self.asked - len(self.missing)} of {self.asked} questions"]
        parts += [f"{done} of {there_are} {noun}" for noun, (done, there_are) in more if there_are]
        share = f"{', '.join(parts)} of {self.lesson}"
        unanswered = f"; unanswered: {', '.join(self.missing)}" if self.missing else ""
        other = f" ({', '.join(self.others)} only with another learner's numbers)" if self.others else ""
        changed = f" Changed since; answer again: {', '.join(self.changed)}." if self.changed else ""
        late = f" Chosen after the answer: {', '.join(self.late)}." if self.late else ""
        helped = f" {_ALSO}" if self.asked > len(self.missing) else ""
        named = f"It names {self.name}." if self.name else _NAMELESS
        return f"{self.path} contains your answers to {share}{unanswered}{other}. {named}{helped}{changed}{late}"


_NAMELESS = 'It names nobody yet: identify("your name") and hand_in again put your name into it.'
_ALSO = (
    "It also holds your first answers, and says how many tries each took and which hints and solutions you had seen "
    "before."
)


def _content(record, lesson, questions):
    learner, answers = record.learner, {}
    for question in questions:
        if made := tries(record.events(question.id), learner):
            *earlier, last = map(_try, that_count(made, question))
            answers[question.id] = last | {"attempts": len(made), "earlier": earlier}
    content = {
        "format": FORMAT,
        "version": VERSION,
        "course": _course_version(),
        "learner": learner,
        "name": record.name,
        "lesson": lesson,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "answers": answers,
        "predictions": _predictions(record, lesson),
        "exercises": _exercises(record, lesson),
        "challenges": _challenges(record, lesson),
    }
    return content | {"checksum": _checksum(content)}


def _try(made):
    return _answer(made.attempt) | {"number": made.number, "hints": made.hints, "solution": made.solution}


def _answer(attempt):
    return {
        "answer": attempt.get("answer"),
        "source": attempt.get("source"),
        **{name: attempt[name] for name in ("hash", "prompt") if name in attempt},
        "time": clock_of(attempt),
    }


def _exercises(record, lesson):
    found = {}
    for exercise in bank.exercises(lesson):
        attempts = record.attempts(exercise.id)
        if attempts:
            last = attempts[-1]
            found[exercise.id] = _answer(last) | {"attempts": len(attempts), "right": last.get("right") is True}
    return found


def _predictions(record, lesson):
    found = {}
    for name in bank.predictions(lesson):
        events = record.events(name)
        made = choice_in(events)
        if made:
            surprise = next((event.get("answer") for event in reversed(events) if event["what"] == "surprise"), None)
            kept = {key: made[key] for key in ("answer", "sure", "curve", "late", "hash", "time") if key in made}
            found[name] = kept | ({"surprise": surprise} if surprise else {})
    return found


def _challenges(record, lesson):
    """Return the best of each challenge: after two records were merged, the last need not be it."""
    keys, best = ("best", "done", "time"), {}
    for name in bank.challenges(lesson):
        kept = [event for event in record.events(name) if event["what"] == "challenge"]
        if kept:
            least = min(kept, key=_cost)
            best[name] = {key: least[key] for key in keys if key in least}
    return best


def _cost(challenge):
    cost = challenge.get("best")
    return cost if isinstance(cost, int | float) else inf


def _receipt(target, content, questions, attempts):
    given = content["answers"]
    missing = [question.id for question in questions if question.id not in given]
    others = {attempt["question"] for attempt in attempts if attempt["learner"] != content["learner"]}
    changed = [asked.id for asked in questions if asked.id in given and not asked.is_asked_in(given[asked.id])]
    lesson, predictions = content["lesson"], content["predictions"]
    late = [name for name, made in predictions.items() if made.get("late") is True]
    return Receipt(
        target, lesson, len(questions), missing, sorted(others & set(missing)), changed,
        predictions=(len(predictions) - len(late), len(bank.predictions(lesson))),
        exercises=(len(content["exercises"]), len(bank.exercises(lesson))),
        late=late,
        name="" if _is_random(content) else content["name"],
    )  # fmt: skip


def _is_random(content):
    """Return whether the name is only the id that a new record gives itself."""
    return content["name"] == content["learner"] and re.fullmatch("[0-9a-f]{8}", content["learner"]) is not None


def _write(target, content):
    try:
        write_atomically(target, json.dumps(content, indent=1).encode("ascii") + b"\n", mode=PRIVATE)
    except OSError as error:
        raise OSError(f"{target} cannot be written ({error.strerror}): choose another path") from None


def _target(path, content):
    """Return where to write: the path, or the next free name if a file is there that must stay."""
    path = path / _file_name(content) if path.is_dir() else path
    number, target = 1, path
    while target.exists() and not _is_older(target, content):
        number += 1
        target = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return target


def _file_name(content):
    name, learner = content["name"], content["learner"]
    who = re.sub(r"[^\w.@+-]+", "_", name[:40] if name == learner else f"{name[:40]}_{learner[:8]}")
    return f"handin_{content['lesson']}_{who}.json"


def _is_older(path, content):
    """Return whether a file is a hand-in of which all is in a newer one."""
    try:
        old = read_hand_in(path)
    except (ValueError, OSError):
        return False
    same = (old.learner, old.lesson) == (content["learner"], content["lesson"])
    return same and all(getattr(old, part).keys() <= content[part].keys() for part in ("answers", *MORE))


def _load(path):
    _require(path.is_file(), path, "there is no such file")
    try:
        with open(path, "rb") as stream:
            raw = stream.read(LARGEST + 1)
    except OSError as error:
        raise ValueError(f"{path}: it cannot be read ({error.strerror})") from None
    _require(len(raw) <= LARGEST, path, f"it is larger than {LARGEST // 10**6} MB")
    try:
        content = json.loads(raw.decode("utf-8"))
        json.dumps(content, ensure_ascii=False).encode("utf-8")  # half a character cannot be written into a report
    except (ValueError, RecursionError):
        raise ValueError(f"{path}: it is not JSON; it may have been cut short") from None
    return content


# Field of a try, whether its value may stand there, and what is said where it may not.
_FIELDS = (
    ("answer", lambda data: _is_shallow(data, DEEPEST_ANSWER + 1), "the answer is nested too deeply"),
    ("source", lambda text: text is None or _is_text(text, LONGEST_TEXT), "source must be text"),
    ("time", lambda text: _is_text(text, 40), "time must be text"),
    ("number", lambda number: number is None or _is_count(number, 1), "number must be a number from 1 on"),
    ("hints", lambda count: count is None or _is_count(count, 0), "hints must be a number from 0 on"),
    ("solution", lambda shown: shown is None or isinstance(shown, bool), "solution must be true or false"),
)


def _answer_fault(answer):
    """Return the first fault of the answer to a question, or an empty text."""
    if fault := _try_fault(answer):
        return fault
    if not _is_count(answer.get("attempts"), 1):
        return "attempts must be a number from 1 on"
    earlier = answer.get("earlier", [])
    if not isinstance(earlier, list) or len(earlier) > MOST_EARLIER:
        return f"earlier must be a list of at most {MOST_EARLIER} tries"
    return next(filter(None, map(_try_fault, earlier)), "")


def _try_fault(made):
    if not isinstance(made, dict) or "answer" not in made:
        return "there is no answer in it"
    return next((fault for name, may_stand, fault in _FIELDS if not may_stand(made.get(name))), "")


def _more(found, part, lesson, path):
    """Return one part that nobody marks, or say in one line what is wrong with it."""
    _require(isinstance(found, dict) and len(found) <= MOST, path, f"{part} must be at most {MOST} by id")
    for name, kept in found.items():
        fine = _is_of(lesson, name) and isinstance(kept, dict) and _is_shallow(kept, DEEPEST_ANSWER + 2)
        _require(fine, path, f"{name:.40}: this is none of the {part} of {lesson}")
    return found


def _is_of(lesson, name):
    return re.fullmatch(re.escape(lesson) + r"\.\w{1,20}", name) is not None


def _is_count(value, least):
    return type(value) is int and least <= value <= 1_000_000


def _is_text(value, longest):
    return isinstance(value, str) and len(value) <= longest


def _is_shallow(data, depth):
    if not isinstance(data, list | dict):
        return True
    parts = data if isinstance(data, list) else data.values()
    return depth > 0 and all(_is_shallow(part, depth - 1) for part in parts)


def _checksum(content):
    """Return a checksum of all but the checksum: against damage, not against forgery."""
    rest = {key: value for key, value in content.items() if key != "checksum"}
    return "sha256:" + hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def _course_version():
    try:
        return version("collapse-edu")
    except PackageNotFoundError:
        return "unknown"


def _require(holds, path, fault):
    if not holds:
        raise ValueError(f"{path}: {fault}")
