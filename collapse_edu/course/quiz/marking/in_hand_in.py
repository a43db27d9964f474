"""Find a learner's answers in a hand-in: a file of the course's own format. Nothing of a learner's runs here."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from collapse_edu.course.quiz.handin import HandIn, read_hand_in
from collapse_edu.course.quiz.marking.cell import Cell
from collapse_edu.course.quiz.marking.isolated_run import Asked
from collapse_edu.course.quiz.marking.script import Answer, Script, UnreadableSubmissionError, checked, tidy
from collapse_edu.course.quiz.marking.which_quiz import known_questions
from collapse_edu.course.quiz.marking.whose_numbers import CHANGED, known_learner
from collapse_edu.course.quiz.question import Function

__all__ = ["papers_in_hand_in"]

_NO_COURSE_BEFORE = datetime(2025, 1, 1, tzinfo=UTC)

Tries = Sequence[Mapping[str, Any]]  # at one question, in the order of their numbers


def papers_in_hand_in(data: bytes, bank: ModuleType, attempt: str = "last") -> list[tuple[Script, list[Asked]]]:
    """Return what can be read off a hand-in, and its functions with the questions that only a run of them answers.

    Parameters
    ----------
    data : bytes
    bank : module
    attempt : str
        Which try counts: ``"first"``, ``"last"`` or ``"best"``.

    Returns
    -------
    list of (Script, list of Asked)
        The first script has an answer to each question of the lesson. With ``"best"``, others follow: they have the
        tries that may count instead.

    Raises
    ------
    UnreadableSubmissionError
    """
    handed, clock = _hand_in(data), _Clock()
    questions = {question.id: question for question in known_questions(handed.lesson, bank)}
    tries = {name: _tries(questions[name], given) for name, given in handed.answers.items() if name in questions}
    papers = []
    for counted in _rounds(tries, attempt):
        answers = {name: _read(questions[name], made, clock) for name, made in counted.items()}
        script = Script(known_learner(handed.learner), handed.lesson, answers)
        papers.append(
            (script, [_to_run(questions[name], script) for name in answers if answers[name].source is not None])
        )
    whole = papers[0][0]
    whole.answers = dict.fromkeys(questions, Answer()) | whole.answers
    whole.name = tidy(handed.name or handed.learner, 100)
    whole.written = clock.read(handed.written)
    whole.notes += [*_notes(handed, questions, attempt), *clock.notes(whole)]
    return papers


def _tries(question, given) -> Tries:
    """Return the tries at a question as it is now; none where all were at what it was before."""
    made = [*given.get("earlier", ()), given]
    return [each | {"attempts": given["attempts"]} for each in made if question.is_asked_in(each)]


def _rounds(tries, attempt):
    """Return the try at each question that counts, then those that may count instead; None where none can."""
    if attempt == "first":
        return [{name: made[0] if made else None for name, made in tries.items()}]
    last = {name: made[-1] if made else None for name, made in tries.items()}
    if attempt == "last":
        return [last]
    most = max(map(len, tries.values()), default=0)
    earlier = ({name: made[place] for name, made in tries.items() if place < len(made) - 1} for place in range(most))
    return [last, *filter(None, earlier)]


def _read(question, made, clock):
    """Return what can be read off a try; of a function only its text, since outcomes without it prove nothing."""
    if made is None:
        return Answer(fault=CHANGED)
    if not isinstance(question, Function):
        answer = checked(made["answer"])
    elif made.get("source") is not None or made["answer"] is None:
        answer = Answer(source=made.get("source"))
    else:
        answer = Answer(fault="the hand-in does not hold the text of the function")
    about = {name: made.get(name) for name in ("number", "hints", "solution")}
    return replace(answer, time=clock.read(made["time"]), tries=made["attempts"], **about)


def _to_run(question, script):
    return Asked(Cell(script.answers[question.id].source), [(question, script.learner)], alone=True)


def _notes(handed, questions, attempt):
    if unknown := sorted(map(tidy, handed.answers.keys() - questions.keys())):
        yield f"not questions of this lesson, left out: {', '.join(unknown)[:200]}"
    if attempt != "last" and any("number" not in given for given in handed.answers.values()):
        yield "an older version of the course wrote it, so it holds only the last answers"


class _Clock:
    """Reads times of a learner's clock: leaves out what no clock can have shown, and notes it."""

    def __init__(self):
        self._latest = datetime.now(UTC) + timedelta(days=1)
        self._wrong: list[str] = []

    def read(self, text: str) -> str | None:
        """Return a time in UTC; None where it is none, or not plausible."""
        try:
            time = datetime.fromisoformat(text)
            plausible = time.tzinfo is not None and _NO_COURSE_BEFORE <= time <= self._latest
        except (ValueError, OverflowError):
            plausible = False
        if plausible:
            return time.astimezone(UTC).isoformat()
        if text:
            self._wrong.append(tidy(text, 40))
        return None

    def notes(self, script: Script) -> Iterator[str]:
        """Yield a line about times that were left out, and one about a clock that was set back before the hand-in."""
        if self._wrong:
            yield f"a clock was wrong, so {len(self._wrong)} of its times are left out, such as {self._wrong[0]}"
        latest = max((answer.time or "" for answer in script.answers.values()), default="")
        if script.written and latest[:19] > script.written[:19]:  # it is written to the second
            yield f"it says that it was written at {script.written}, before an answer in it of {latest}"


def _hand_in(data) -> HandIn:
    with tempfile.TemporaryDirectory(prefix="collapse-edu-") as folder:
        path = Path(folder, "hand_in.json")
        path.write_bytes(data)
        try:
            return read_hand_in(path)
        except Exception as error:  # whatever the file does to its reader is the file's own fault
            reason = tidy(str(error).removeprefix(f"{path}: ").replace(str(path), "it"), 200) or type(error).__name__
            raise UnreadableSubmissionError(f"it is not a hand-in: {reason}") from None
