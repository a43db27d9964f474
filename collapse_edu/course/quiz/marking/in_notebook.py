"""Find a learner's answers in a quiz notebook, whatever state it is in. Nothing of a learner's runs in this process.

The rules stand in docs/marking.md. Each cell is parsed once (:class:`.paper.Paper`), and then each question looked up.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import ModuleType

from collapse_edu.course.desk.names import tidy_name
from collapse_edu.course.quiz.marking.isolated_run import Asked
from collapse_edu.course.quiz.marking.json_file import read_json
from collapse_edu.course.quiz.marking.left_in_place import in_the_file, shown_with_controls, what_is_left
from collapse_edu.course.quiz.marking.paper import Found, Paper
from collapse_edu.course.quiz.marking.script import Answer, Script, UnreadableSubmissionError, tidy
from collapse_edu.course.quiz.marking.which_quiz import which_quiz
from collapse_edu.course.quiz.marking.whose_numbers import (
    Shown,
    depends_on_learner,
    judged_as,
    known_learner,
    shown_in,
)
from collapse_edu.course.quiz.question import Question

__all__ = ["answers_in_notebook"]


def answers_in_notebook(data: bytes, bank: ModuleType) -> tuple[Script, list[Asked]]:
    """Return what can be read off a notebook, and its cells with the questions that only a run of them answers.

    Parameters
    ----------
    data : bytes
    bank : module

    Returns
    -------
    (Script, list of Asked)

    Raises
    ------
    UnreadableSubmissionError
        Where it is no quiz, or nothing in it is answered; the line says what to ask for.
    """
    paper = Paper(read_json(data), bank)
    lesson, others = which_quiz(paper, bank)
    questions = bank.questions(lesson)
    shown = shown_in(paper, questions)
    script = _script(lesson, questions, paper, shown)
    found = {question.id: where for question in questions if (where := paper.find(question))}
    to_run = _answer_all(script, questions, paper, shown, found)
    if not found and not any(answer.fault for answer in script.answers.values()):
        raise UnreadableSubmissionError(_blank(script, paper), lesson, script.learner, script.name)
    script.notes += _notes(_Reading(script, questions, paper, shown, found, others))
    places = [place for place, cell in enumerate(paper.cells) if cell.is_code or place in to_run]
    return script, [Asked(paper.cells[place], to_run.get(place, ())) for place in places]


def _script(lesson, questions, paper, shown):
    """Return a script without answers."""
    script = Script(
        known_learner(shown.last or paper.about.get("learner")), lesson, {each.id: Answer() for each in questions}
    )
    script.name = _identified(paper.cells) or script.learner
    script.learners = {each.id: known_learner(shown.whose[each.id]) for each in questions if each.id in shown.whose}
    return script


def _identified(cells):
    """Return the name in the last call of ``identify("name")``, or None."""
    found = None
    for call in (call for cell in cells if cell.is_code for call in cell.code.calls.get("identify", ())):
        if len(call.args) == 1:
            with suppress(ValueError):
                found = tidy_name(getattr(call.args[0], "value", None))
    return found


def _answer_all(script, questions, paper, shown, found):
    """Put what can be read into a script; return place of a cell → the questions that only a run of it answers."""
    to_run = {}
    answering = {place for where in found.values() for place in where.places}
    for question in questions:
        if question.id not in found:
            script.answers[question.id] = what_is_left(question, questions, paper, answering)
            continue
        place = found[question.id].place
        answer = _read(question, paper.cells[place], paper, script, shown)
        if answer is None:
            to_run.setdefault(place, []).append((question, script.whose(question.id)))
            source = paper.cells[place].source.encode("utf-8", "replace").decode()
        script.answers[question.id] = Answer(source=source) if answer is None else answer
    return to_run


def _read(question, cell, paper, script, shown):
    """Return what can be read of an answer, or None; our own mistake costs this answer, and no other."""
    try:
        return judged_as(question, cell, paper, script, shown)
    except Exception as error:
        return Answer(fault=f"the marker failed on it: {tidy(f'{type(error).__name__}: {error}', 200)}")


def _blank(script, paper):
    """Return why a notebook in which nothing is answered is not marked, and what to ask for."""
    file = in_the_file(script.lesson)
    words = tidy(" ".join(filter(None, paper.words)), 60)
    seen = f"; words in it: “{words}”" if words else ""
    if shown_with_controls(paper):
        return f"nothing is answered in its cells{seen}; {file}: ask for that"
    return f"it is blank: nothing is answered in its cells, and no question was shown{seen}; {file}"


# ---------------------------------------------------------------- what the teacher should know


@dataclass(frozen=True)
class _Reading:
    """All that is known of a notebook."""

    script: Script
    questions: Sequence[Question]
    paper: Paper
    shown: Shown
    found: Mapping[str, Found]
    others: Sequence[str]

    @property
    def untouched(self) -> list[str]:
        """The questions of whose answer there is no trace."""
        return [name for name, answer in self.script.answers.items() if answer == Answer() and name not in self.found]


def _notes(reading):
    """Return lines on whose the numbers are, and on how the answers were found."""
    return [*_whose(reading), *_how_found(reading), *_what_is_missing(reading)]


def _whose(reading) -> Iterator[str]:
    script, shown, paper = reading.script, reading.shown, reading.paper
    if shown.several:
        yield "numbers of several learners are shown; each question is marked with those shown for it"
    if not paper.about:
        yield "the notebook's metadata were gone"
    if script.learner is None:
        yield "the notebook names no learner, so it is not known which numbers the questions had"
        return
    unsure = [
        question.id
        for question in reading.questions
        if question.id in reading.found
        and not {question.id} & {*shown.whose, *shown.texts}
        and not script.answers[question.id].fault
        and depends_on_learner(question, question.id in script.own_order)
    ]
    if unsure and not shown.last:
        yield f"no output says whose numbers were shown; those of {script.learner} count, for whom it was laid"


def _how_found(reading) -> Iterator[str]:
    for name, where in reading.found.items():
        if len(where.places) > 1:
            which = "the last one" if where.place == where.places[-1] else f"cell {where.place + 1}"
            yield f"{name}: {len(where.places)} cells answer it; {which} counts"
        if not reading.paper.cells[where.place].is_code:
            yield f"{name}: its answer stands in a text cell"
    cells = {name: reading.paper.cells[where.place] for name, where in reading.found.items()}
    lost = [name for name, cell in cells.items() if cell.is_code and cell.about.get("question") != name]
    if lost:
        yield f"{', '.join(lost)}: the cell had lost its metadata, and was found by the name in it"


def _what_is_missing(reading) -> Iterator[str]:
    paper, untouched = reading.paper, reading.untouched
    controls = shown_with_controls(paper)
    if in_widgets := [name for name in untouched if name in controls]:
        yield f"{', '.join(in_widgets)}: nothing in the cells; {in_the_file(reading.script.lesson)}"
    words = [words for words, above in zip(paper.words, paper.questions_above, strict=True) if words and not above]
    if untouched and words:
        yield f"words stand below no question: “{tidy(' '.join(words), 60)}”"
    if reading.others:
        yield f"it answers the quiz of {', '.join(reading.others)}, too, which must be handed in by itself"
    if paper.unread:
        yield f"its text cells hold {paper.unread:,} characters too many; those at its end were not read"
