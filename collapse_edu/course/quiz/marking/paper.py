"""A learner's notebook as marking sees it: its cells, each parsed once, and an index of what they name."""

import ast
import string
import textwrap
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType

from collapse_edu.course.quiz.marking.cell import Cell, Output
from collapse_edu.course.quiz.marking.parsed_code import LONGEST_CODE
from collapse_edu.course.quiz.marking.script import UnreadableSubmissionError
from collapse_edu.course.quiz.marking.text_cell import (
    code_and_prose,
    course_heading,
    is_course_text,
    listed_numbers,
    own_words,
)
from collapse_edu.course.quiz.notebook import answer_name
from collapse_edu.course.quiz.question import Question

__all__ = ["MOST_TEXT", "Found", "Paper", "lesson_of"]

MOST_TEXT = 200_000  # characters of code, and as many of text, that are looked into; a quiz has 10,000 of both
_MOST_CELLS = 5_000
_MOST_JOINED = 200  # cells of one notebook that may go on with the one above: each is parsed once more
_LONGEST_JOINED = 5_000  # characters of a cell and those that go on with it
_LONGEST_OUTPUT = 10_000  # characters of an output's text that are looked at
_SIGNATURE = 60  # letters of a prompt that tell it from all others


@dataclass(frozen=True)
class Found:
    """The cells that answer a question: the one that counts, and all of them."""

    place: int
    places: Sequence[int]


class Paper:
    """A notebook's cells, and where what stands.

    Parameters
    ----------
    notebook : object
        As JSON holds it.
    bank : module
        With ``LESSONS``, ``questions(lesson)``.

    Attributes
    ----------
    about : dict
        What the course wrote into the notebook's metadata.
    cells : list of Cell
    questions_above : list of str
        For each cell, the question that it names, or else the last one named above it; "" where there is none.
    unread : int
        Characters of text cells that were beyond ``MOST_TEXT``.
    """

    def __init__(self, notebook: object, bank: ModuleType):
        cells = _list_of_cells(notebook)
        self.about = _course_metadata(notebook)
        self._signatures = _signatures(bank)
        self.cells = list(_cells(_joined(cells)))
        self.unread = max(0, sum(len(_source(cell)) for cell in cells if cell.get("cell_type") != "code") - MOST_TEXT)
        self._by_id: defaultdict[str, list[int]] = defaultdict(list)
        self._by_name: defaultdict[str, list[int]] = defaultdict(list)
        self.questions_above: list[str] = []
        for place, cell in enumerate(self.cells):
            self._enter(place, cell)

    @property
    def ids(self) -> set[str]:
        """The questions that its cells name, show with ``ask``, or stand below."""
        return {*self._by_id, *self.questions_above, *(name for cell in self.cells for name in cell.asked)} - {""}

    def find(self, question: Question) -> Found | None:
        """Return the cells that answer a question: those that name it count before others, code before text.

        Where there is none, those that were laid for it, if they do something.
        """
        named = self._by_id.get(question.id, [])
        sure = set(named)
        by_name = [at for at in self._by_name.get(answer_name(question), ()) if self._may_belong(at, question)]
        holding = [at for at in sorted({*named, *by_name}) if self.cells[at].holds_answer(question)]
        if not holding:
            holding = [at for at in named if self.cells[at].may_answer(question)]
        if not holding:
            return None
        return Found(max(holding, key=lambda at: (self.cells[at].is_code, at in sure, at)), holding)

    def laid_for(self, question: Question) -> Mapping[str, str]:
        """Return the metadata of the last cell that was laid for a question; nothing where they are gone."""
        laid = [self.cells[at].about for at in self._by_id.get(question.id, ())]
        return next((about for about in reversed(laid) if about.get("question") == question.id), {})

    @cached_property
    def words(self) -> list[str]:
        """For each cell, the words in it that are the learner's own; "" for a code cell."""
        return ["" if cell.is_code or self._is_the_courses(cell) else own_words(cell.prose) for cell in self.cells]

    @cached_property
    def listed(self) -> list[set[int]]:
        """For each cell, the numbers of questions that it lists with something behind them."""
        pairs = zip(self.cells, self.words, strict=True)
        texts = (cell.source if cell.is_code else words and cell.prose for cell, words in pairs)
        found, left = [], MOST_TEXT
        for text in texts:
            found.append(listed_numbers(text[:left]))
            left = max(0, left - len(text))
        return found

    def _enter(self, place, cell):
        for name in cell.ids:
            self._by_id[name].append(place)
        for name, count in cell.code.filled.items():
            if count > 0:
                self._by_name[name].append(place)
        above = self.questions_above[-1] if self.questions_above else ""
        self.questions_above.append(self._named_by(cell, above))

    def _named_by(self, cell, above):
        """Return the last question that a cell names; what stood above, where it names none and no part begins."""
        named = [*sorted(cell.ids), *cell.asked, *filter(None, [cell.about.get("question")])]
        if cell.is_code or named:
            return named[-1] if named else above
        heading = course_heading(cell.prose)
        if heading is None or heading.startswith("Question"):
            return self._prompt_in(cell) or above
        return heading.split()[0].rstrip(".:") if heading.startswith("M") else ""

    def _may_belong(self, place, question):
        """Return whether an answer under a name that each quiz has may be to a question of this lesson."""
        return lesson_of(self.questions_above[place]) in ("", lesson_of(question.id))

    def _is_the_courses(self, cell):
        return is_course_text(cell.prose) or bool(self._prompt_in(cell))

    def _prompt_in(self, cell):
        """Return the question whose prompt a text cell shows, or ""."""
        words = _letters_only(cell.prose)
        return next((name for signature, name in self._signatures.items() if signature in words), "") if words else ""


def _course_metadata(thing: object) -> dict:
    """Return what the course's metadata in a cell, an output or a notebook say; anything else there is nothing."""
    metadata = thing.get("metadata") if isinstance(thing, Mapping) else None
    found = metadata.get("collapse_edu") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def lesson_of(name: str) -> str:
    """Return the lesson in an id.

    Examples
    --------
    >>> lesson_of("M2.03")
    'M2'
    """
    return name.partition(".")[0]


def _list_of_cells(notebook):
    if isinstance(notebook, dict) and isinstance(notebook.get("worksheets"), list):
        raise UnreadableSubmissionError(
            "it is a notebook of format 3, which nobody writes any more: open it in JupyterLab and save it"
        )
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise UnreadableSubmissionError("it is not a notebook (of format 4): it has no list of cells")
    if len(notebook["cells"]) > _MOST_CELLS:
        raise UnreadableSubmissionError(f"it has more than {_MOST_CELLS:,} cells: ask for the file of hand_in()")
    return [cell for cell in notebook["cells"] if _source(cell) is not None]


def _source(cell):
    source = cell.get("source") if isinstance(cell, dict) else None
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else None


def _joined(cells) -> Iterator[tuple[dict, str]]:
    """Yield cells and their sources; what begins indented, and goes on with the code cell above, is part of it."""
    held, left = None, _MOST_JOINED
    for cell in cells:
        source = _source(cell)
        if held and left and _may_go_on(held, cell, source):
            left -= 1
            if _goes_on(held, source):
                held = held[0], f"{held[1]}\n{source}"
                continue
        if held:
            yield held
        held = cell, textwrap.dedent(source) if _is_indented(cell, source) else source
    if held:
        yield held


def _may_go_on(held, cell, source):
    above, code = held
    is_short = len(code) + len(source) <= _LONGEST_JOINED
    return is_short and above.get("cell_type") == "code" and _is_indented(cell, source)


def _goes_on(held, source):
    try:
        ast.parse(f"{held[1]}\n{source}")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _is_indented(cell, source):
    return cell.get("cell_type") == "code" and len(source) <= LONGEST_CODE and source.lstrip("\r\n")[:1] in (" ", "\t")


def _cells(found):
    left = {True: MOST_TEXT, False: MOST_TEXT}  # characters, of code and of text
    for cell, source in found:
        about, is_code, prose = _texts(_course_metadata(cell)), cell.get("cell_type") == "code", ""
        left[is_code] -= len(source)
        fits = left[is_code] >= 0
        if not is_code:
            source, prose = code_and_prose(source, "question" in about) if fits else ("", "")
        yield Cell(source, is_code, prose, about, list(_outputs(cell)), fits)


def _outputs(cell):
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else ():
        if isinstance(output, dict):
            yield Output(_texts(_course_metadata(output)), _text(output)[:_LONGEST_OUTPUT])


def _text(output):
    """Return the plain text of an output."""
    data = output.get("data")
    text = output.get("text") if not isinstance(data, dict) else data.get("text/plain")
    return text if isinstance(text, str) else _source({"source": text}) or ""


def _texts(found):
    """Return what has a text for its value."""
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _signatures(bank):
    """Return letters by which the prompt of each question is known, whatever its numbers → the question."""
    questions = [question for lesson in bank.LESSONS for question in bank.questions(lesson)]
    return {signature: question.id for question in questions if (signature := _signature(question))}


def _signature(question):
    pieces = [_letters_only(text) for text, *_ in string.Formatter().parse(question.prompt)]
    return max(pieces, key=len)[:_SIGNATURE]


def _letters_only(text):
    return "".join(filter(str.isalpha, text.lower()))
