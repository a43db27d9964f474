"""Find a learner's answers in a quiz notebook, whatever state it is in. Nothing of a learner's runs in this process."""

import json
import string
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import ModuleType

from collapse_edu.course.desk.names import tidy_name
from collapse_edu.course.quiz.marking.cell import Cell
from collapse_edu.course.quiz.marking.isolated_run import Asked
from collapse_edu.course.quiz.marking.script import LONGEST, Answer, Script, UnreadableSubmissionError, tidy
from collapse_edu.course.quiz.notebook import answer_name
from collapse_edu.course.quiz.order import OWN_ORDER
from collapse_edu.course.quiz.question import Function, Ordering, Question

__all__ = ["CHANGED", "answers_in_notebook", "has_own_numbers", "known_learner", "known_questions"]

CHANGED = "the question has changed since; answer it again"
_EITHER = (
    "this cell was laid before options were shuffled, and was run again since, so its letter can mean two options; "
    "hand in the file"
)


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
    """
    notebook = _json(data)
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise UnreadableSubmissionError("it is not a notebook (of format 4): it has no list of cells")
    about, cells = _ours(notebook), list(_code_cells(notebook["cells"]))
    lesson = about.get("lesson") or _guess_lesson(cells, bank)
    questions, shown = known_questions(lesson, bank), _shown(cells)
    script = _script(lesson, questions, about, cells, shown)
    to_run: dict[int, list] = {}
    for question, number in _find_cells(questions, cells, script.notes):
        answer, laid = cells[number].answer(question), cells[number].made_for
        told = shown.hashes.get(question.id, laid)
        own_order = _has_own_order(question, told or about)
        fault = None if answer == Answer() else _why_not(question, told, own_order, script, shown)
        if own_order and not fault and _means_either(question, answer, laid or about, script.whose(question.id)):
            fault = _EITHER
        if own_order:
            script.own_order.add(question.id)
        if fault:
            script.answers[question.id] = Answer(fault=fault)
        elif answer is None:
            to_run.setdefault(number, []).append((question, script.whose(question.id)))
        else:
            script.answers[question.id] = answer
    return script, [Asked(cell, to_run.get(number, ())) for number, cell in enumerate(cells)]


def known_questions(lesson: object, bank: ModuleType) -> list[Question]:
    """Return the questions of the lesson that a submission names."""
    if lesson not in bank.LESSONS:
        known = ", ".join(bank.LESSONS)
        raise UnreadableSubmissionError(f"its lesson must be one of {known}; got {tidy(repr(lesson), 60)}")
    return bank.questions(lesson)


def known_learner(found: object) -> str | None:
    """Return the learner whom a submission names, or None if it names none."""
    if found is None or (isinstance(found, str) and 0 < len(found) <= 200 and found == tidy(found, 200)):
        return found
    raise UnreadableSubmissionError(f"its learner must be a name on one line; got {tidy(repr(found), 60)}")


def has_own_numbers(question: Question) -> bool:
    """Return whether an answer means something else for another learner. Code is run on the numbers of anyone."""
    return not isinstance(question, Function) and bool(question.parameters or isinstance(question, Ordering))


def _script(lesson, questions, about, cells, shown):
    """Return a script without answers, with notes on whose it is."""
    named = shown.last or about.get("learner")
    script = Script(known_learner(named), lesson, {asked.id: Answer() for asked in questions})
    script.name = _identified(cells) or script.learner
    script.learners = {asked.id: known_learner(shown.whose[asked.id]) for asked in questions if asked.id in shown.whose}
    if shown.several:
        script.notes.append("numbers of several learners are shown; each question is marked with those shown for it")
    if not about:
        script.notes.append("the notebook's metadata were gone")
    if script.learner is None:
        script.notes.append("the notebook names no learner, so it is not known which numbers the questions had")
    return script


def _has_own_order(question, told):
    """Return whether letters mean the order of the learner; None where nothing is left that tells."""
    if question.shuffled and not told:
        return None
    return OWN_ORDER.items() <= told.items()


def _means_either(question, answer, laid, learner):
    """Return whether an answer may still mean the order of the bank, though the learner's was shown since.

    It may where its cell was laid before options were shuffled: nobody knows when its letter was written.
    """
    if not question.shuffled or not laid or OWN_ORDER.items() <= laid.items():
        return False
    return answer is None or question.as_kept(answer.data, learner) != question.as_kept(
        answer.data, learner, answer.data
    )


def _why_not(question, told, own_order, script, shown):
    """Return why an answer cannot be marked, or None."""
    if not question.is_asked_in(told):
        return CHANGED
    if own_order is None:
        return "nothing says in which order its options were shown; ask for a hand-in file"
    if not has_own_numbers(question) and not (own_order and question.shuffled):
        return None
    if script.learner is None:
        return "the notebook names no learner; ask for a hand-in file"
    if shown.several and question.id not in shown.whose:
        return "numbers of several learners are shown, none for this question; ask for a hand-in file"
    return None


# ---------------------------------------------------------------- cells


def _json(data):
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=lambda word: None)
    except (ValueError, RecursionError) as error:
        raise UnreadableSubmissionError(f"it is not JSON: {tidy(error, 120)}") from None


def _ours(thing):
    """Return what our metadata in a cell, an output or a notebook say; anything else there is nothing."""
    metadata = thing.get("metadata") if isinstance(thing, Mapping) else None
    found = metadata.get("collapse_edu") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def _texts(found):
    """Return what has a text for its value."""
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _code_cells(cells: Sequence) -> Iterator[Cell]:
    prompt = ""
    above: Sequence[str] = ()
    for cell in cells:
        source = _source(cell)
        if source is None:
            continue
        if cell.get("cell_type") == "code":
            about, outputs = _texts(_ours(cell)), cell.get("outputs")
            found = Cell(
                source,
                question=about.pop("question", None),
                prompt=prompt,
                made_for=about,
                asked_above=above,
                outputs=[_texts(_ours(output)) for output in (outputs if isinstance(outputs, list) else ())],
            )
            yield found
            prompt, above = "", found.first_texts("ask")[-1:]
        else:
            prompt += source


def _source(cell):
    source = cell.get("source") if isinstance(cell, dict) else None
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else None


@dataclass(frozen=True)
class _Shown:
    """What ``ask`` showed: whose numbers last of all, question → whose numbers, question → its hash, the last ones."""

    last: str | None
    whose: Mapping[str, str]
    hashes: Mapping[str, Mapping[str, str]]

    @property
    def several(self):
        return len({self.last, *self.whose.values()}) > 1


def _shown(cells):
    last, whose, hashes = None, {}, {}
    for cell in cells:
        hashes |= {output["question"]: output for output in cell.outputs if {"question", "hash"} <= output.keys()}
        learners = [output["learner"] for output in cell.outputs if output.get("learner", "course") != "course"]
        if learners:
            asks = cell.first_texts("ask")
            one_each = learners if len(asks) == len(learners) else learners[-1:] * len(asks)
            whose |= dict(zip(asks, one_each, strict=True))
            last = learners[-1]
    return _Shown(last, whose, hashes)


def _identified(cells):
    """Return the name in the last call of ``identify("name")``, or None."""
    found = None
    for cell in cells:
        for call in cell.calls("identify"):
            if len(call.args) == 1:
                with suppress(ValueError):
                    found = tidy_name(getattr(call.args[0], "value", None))
    return found


# ---------------------------------------------------------------- which cell answers which question


def _guess_lesson(cells, bank):
    """Return the lesson whose questions are asked here, for a notebook that lost its metadata."""
    found = {
        lesson: sum(
            cell.question == question.id or question.id in cell.called or _asks(question, cell)
            for cell in cells
            for question in bank.questions(lesson)
        )
        for lesson in bank.LESSONS
    }
    best = max(found, key=found.get)
    if not found[best]:
        raise UnreadableSubmissionError("it is no quiz notebook: it asks no question of this course")
    return best


def _find_cells(questions, cells, notes):
    """Return (question, number of the cell that answers it) where there is one; note what was unclear."""
    found, lost = [], {}  # lost: how a cell without metadata was found → questions
    for question in questions:
        candidates, how = _candidates(question, cells, questions)
        if not candidates:
            continue
        if how:
            lost.setdefault(how, []).append(question.id)
        answered = [number for number in candidates if cells[number].holds_answer(question)]
        if len(answered) > 1:
            notes.append(f"{question.id}: {len(answered)} cells answer it; the last one counts")
        found.append((question, (answered or candidates)[-1]))
    for how, names in lost.items():
        notes.append(f"{', '.join(names)}: the cell had lost its metadata, and was found by the {how}")
    return found


def _candidates(question, cells, questions):
    """Return the numbers of cells that may answer a question, and how they were found if not by metadata.

    Metadata decide; without them the call of ``check`` in it or of ``ask`` above it, the prompt above, or the name that
    the cell gives its answer.
    """
    found = [number for number, cell in enumerate(cells) if cell.question == question.id]
    return (found, None) if found else _lost_candidates(question, cells, questions)


def _lost_candidates(question, cells, questions):
    """Do the same among the cells whose metadata name no question of these."""
    known = {other.id for other in questions}
    lost = [(number, cell) for number, cell in enumerate(cells) if cell.question not in known]
    for how, speaks_for in _SIGNS.items():
        found = [number for number, cell in lost if speaks_for(question, cell, questions)]
        if found:
            return found, how
    return [], None


def _asks(question, cell):
    """Return whether a question's prompt, whatever the numbers in it, stands above a cell."""
    pieces = [_letters_only(text) for text, *_ in string.Formatter().parse(question.prompt)]
    text = _letters_only(cell.prompt[:LONGEST])
    place = 0
    for piece in filter(None, pieces):
        place = text.find(piece, place) + len(piece)
        if place < len(piece):
            return False
    return any(pieces) and bool(text)


def _is_named(question, cell, questions):
    """Return whether a cell gives a question's answer its name, below the prompt of no other."""
    return cell.binds(answer_name(question)) and not any(_asks(other, cell) for other in questions)


# What speaks for a cell without metadata, the surest sign first: how a teacher reads it → (question, cell, all
# questions) → whether it does.
_SIGNS = {
    "check or ask": lambda question, cell, questions: question.id in cell.called,
    "prompt above it": lambda question, cell, questions: _asks(question, cell),
    "name in it": _is_named,
}


def _letters_only(text):
    return "".join(filter(str.isalpha, text.lower()))
