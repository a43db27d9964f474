"""Find a learner's answers in what was handed in, and get them as data. Nothing of a learner's runs in this process.

An answer that stands in its cell as a plain value (``answer_03 = 0.25``) is read, not run. Everything else (a function,
a computed number) is run by the isolated process, whose word is checked here for size and shape.
"""

import ast
import json
import re
import string
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from importlib import import_module
from math import isfinite
from pathlib import Path

from collapse_edu.course.desk.record import tidy_name
from collapse_edu.course.quiz.marking import sandbox
from collapse_edu.course.quiz.notebook import answer_name
from collapse_edu.course.quiz.question import Function, Ordering

__all__ = ["Answer", "Script", "collect", "tidy"]

_ASK = ("check", "hint", "solution")  # calls that an answer cell may hold, and still be a plain value
_DEEPEST, _MOST, _LONGEST, _HUGE = 12, 100_000, 10_000, 10**300
_CUT_OFF = b'{"stalled": true}'  # what the isolated process says when a cell took too long
_TALL_POWER = re.compile(r"[eE][+-]?0*[1-9]\d{3,}")  # 1e99999999 would be written out as a whole number somewhere


@dataclass(frozen=True)
class Answer:
    """The answer to one question: data, or the reason why there is none."""

    data: object = None
    fault: str | None = None


@dataclass
class Script:
    """All that one learner answered.

    Attributes
    ----------
    learner : str or None
        Whose numbers the questions have.
    lesson : str
    learners : dict
        Id of a question → whose numbers it has, where that is somebody else.
    name : str or None
        What the learner is called.
    answers : dict
        Id of each question of the lesson → :class:`Answer`.
    notes : list of str
        What the teacher should know about how the answers were found.
    final : bool
        Whether a second try would find the same; not so where isolation was missing, or code was cut off.
    """

    learner: str | None
    lesson: str
    answers: dict
    name: str | None = None
    notes: list = field(default_factory=list)
    final: bool = True
    learners: dict = field(default_factory=dict)

    def whose(self, question):
        """Return whose numbers a question has."""
        return self.learners.get(question, self.learner)


class UnreadableSubmissionError(ValueError):
    """It is neither a hand-in nor a quiz notebook; says in one line why."""


@dataclass(frozen=True)
class _Cell:
    """A code cell: its text, the question that its metadata name, and those that calls in it or above it name."""

    source: str
    question: str | None = None
    prompt: str = ""  # the markdown since the last code cell
    made_for: str | None = None  # hash of the prompt that the notebook was made with
    called: tuple = ()


def collect(submission, bank, *, unsafe=False, limits=None):
    """Return the answers of one submission.

    Parameters
    ----------
    submission : Submission
    bank : module
        With ``LESSONS``, ``questions(lesson)``.
    unsafe : bool
        Run code without isolation, where there is none.
    limits : sandbox.Limits, optional

    Returns
    -------
    Script

    Raises
    ------
    UnreadableSubmissionError
    """
    if submission.fault:
        raise UnreadableSubmissionError(submission.fault)
    reader = _from_notebook if submission.is_notebook else _from_hand_in
    script, cells = reader(submission.data, bank)
    if any(cell["answers"] for cell in cells):
        _run(script, cells, unsafe, limits or sandbox.Limits())
    return script


def tidy(text, longest=300):
    """Return one line of a text that somebody else wrote: no control characters, nothing that UTF-8 cannot hold."""
    text = str(text)[: 4 * longest].encode("utf-8", "replace").decode()
    text = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(text.split())[:longest]


# ---------------------------------------------------------------- hand-ins


def _from_hand_in(data, bank):
    from collapse_edu.course.quiz.handin import read_hand_in

    with tempfile.TemporaryDirectory(prefix="collapse-edu-") as folder:
        path = Path(folder, "hand_in.json")
        path.write_bytes(data)
        try:
            handed = read_hand_in(path)
        except Exception as error:  # whatever the file does to its reader is the file's own fault
            reason = tidy(str(error).replace(str(path), "it"), 200) or type(error).__name__
            raise UnreadableSubmissionError(f"it is not a hand-in: {reason}") from None
    questions = {each.id: each for each in _questions(handed.lesson, bank)}
    script = Script(_learner(handed.learner), handed.lesson, dict.fromkeys(questions, Answer()))
    script.name = tidy(handed.name or handed.learner, 100)
    cells = []
    for name, question in questions.items():
        given = handed.answers.get(name)
        if not isinstance(given, Mapping):
            continue
        if given.get("prompt") not in (None, question.prompt_hash):
            script.notes.append(f"{name}: the question has changed since it was answered")
        if not isinstance(question, Function):
            script.answers[name] = _checked(given.get("answer"))
        elif isinstance(given.get("source"), str):
            cells.append(_job_cell(given["source"], [(question, script.learner)], prelude=True))
        elif given.get("answer") is not None:
            # Outcomes without the function that gave them prove nothing.
            script.answers[name] = Answer(fault="the hand-in does not hold the text of the function")
    if unknown := sorted(map(tidy, handed.answers.keys() - questions.keys())):
        script.notes.append(f"not questions of this lesson, left out: {', '.join(unknown)[:200]}")
    return script, cells


def _questions(lesson, bank):
    if lesson not in bank.LESSONS:
        raise UnreadableSubmissionError(
            f"its lesson must be one of {', '.join(bank.LESSONS)}; got {tidy(repr(lesson), 60)}"
        )
    return bank.questions(lesson)


def _learner(found):
    if found is None or (isinstance(found, str) and 0 < len(found) <= 200 and found == tidy(found, 200)):
        return found
    raise UnreadableSubmissionError(f"its learner must be a name on one line; got {tidy(repr(found), 60)}")


# ---------------------------------------------------------------- notebooks


def _from_notebook(data, bank):
    notebook = _json(data)
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise UnreadableSubmissionError("it is not a notebook (of format 4): it has no list of cells")
    about = _ours(notebook)
    cells = list(_code_cells(notebook["cells"]))
    lesson = about.get("lesson") or _guess_lesson(cells, bank)
    questions = _questions(lesson, bank)
    shown = _shown_to(notebook["cells"])
    shown_to = shown.get(None)
    learner = shown_to or about.get("learner") or _identified(cells)
    script = Script(_learner(learner), lesson, dict.fromkeys((each.id for each in questions), Answer()))
    script.name = script.learner
    script.learners = {each.id: _learner(shown[each.id]) for each in questions if each.id in shown}
    several = len(set(shown.values())) > 1
    if several:
        script.notes.append("numbers of several learners are shown; each question is marked with those shown for it")
    if not about:
        script.notes.append("the notebook's metadata were gone")
    if script.learner is None:
        script.notes.append("the notebook names no learner, so it is not known which numbers the questions had")
    elif not (shown_to or about.get("learner")):
        script.notes.append("its learner is known only from a call of identify(); called late, it settles no numbers")
    asked, lost = {}, {}  # number of the cell → questions that it answers; how a cell was found → questions
    for question in questions:
        number = _find_cell(question, cells, questions, script.notes, lost)
        if number is not None:
            answer = _read(question, cells[number].source)
            if cells[number].made_for not in (None, question.prompt_hash):
                script.notes.append(f"{question.id}: the question has changed since this notebook was made")
            if script.learner is None and _has_own_numbers(question) and answer != Answer():
                script.answers[question.id] = Answer(fault="the notebook names no learner; ask for a hand-in file")
            elif several and question.id not in shown and _has_own_numbers(question) and answer != Answer():
                fault = "numbers of several learners are shown, none for this question; ask for a hand-in file"
                script.answers[question.id] = Answer(fault=fault)
            elif answer is None:
                asked.setdefault(number, []).append((question, script.whose(question.id)))
            else:
                script.answers[question.id] = answer
    for how, names in lost.items():
        script.notes.append(f"{', '.join(names)}: the cell had lost its metadata, and was found by the {how}")
    return script, [_job_cell(cell.source, asked.get(number, [])) for number, cell in enumerate(cells)]


def _json(data):
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=lambda word: None)
    except (ValueError, RecursionError) as error:
        raise UnreadableSubmissionError(f"it is not JSON: {tidy(error, 120)}") from None


def _ours(thing):
    """Return what our metadata in a cell or a notebook say; anything else there is nothing."""
    metadata = thing.get("metadata")
    found = metadata.get("collapse_edu") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def _code_cells(cells):
    prompt, above = "", ()
    for cell in cells:
        source = _source(cell)
        if source is None:
            continue
        if cell.get("cell_type") == "code":
            about = [_ours(cell).get(key) for key in ("question", "prompt")]
            question, made_for = (each if isinstance(each, str) else None for each in about)
            asks = _named_in_calls(source, "ask")
            called = _named_in_calls(source, "check") or (() if asks else above)
            yield _Cell(source, question, prompt, made_for, tuple(called))
            prompt, above = "", asks[-1:]
        else:
            prompt += source


def _source(cell):
    source = cell.get("source") if isinstance(cell, dict) else None
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else None


def _shown_to(cells):
    """Return question → the learner whose numbers ``ask`` showed in it last; None → whose it showed last of all."""
    found = {}
    for cell in cells:
        outputs = _list(cell.get("outputs")) if isinstance(cell, Mapping) else []
        learners = [_ours(output).get("learner") for output in outputs if isinstance(output, Mapping)]
        learners = [each for each in learners if isinstance(each, str) and each != "course"]
        if learners:
            asks = _named_in_calls(_source(cell) or "", "ask")
            one_each = learners if len(asks) == len(learners) else learners[-1:] * len(asks)
            found |= dict(zip(asks, one_each, strict=True)) | {None: learners[-1]}
    return found


def _list(found):
    return found if isinstance(found, list) else []


def _identified(cells):
    """Return the name in the last call of ``identify("name")``, or None."""
    found = None
    for cell in cells:
        for call in _calls(cell.source, "identify"):
            if len(call.args) == 1:
                with suppress(ValueError):
                    found = tidy_name(getattr(call.args[0], "value", None))
    return found


def _calls(source, name):
    """Return the calls of a plain name in a text."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    calls = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return [call for call in calls if call.func.id == name]


def _named_in_calls(source, name):
    """Return the texts that calls of a name have for their first argument: ids of questions, if they are any."""
    first = [getattr(call.args[0], "value", None) for call in _calls(source, name) if call.args]
    return [each for each in first if isinstance(each, str)]


def _has_own_numbers(question):
    """Return whether an answer means something else for another learner. Code is run on the numbers of anyone."""
    return not isinstance(question, Function) and bool(question.parameters or isinstance(question, Ordering))


def _guess_lesson(cells, bank):
    """Return the lesson whose questions are asked here, for a notebook that lost its metadata."""
    found = {
        lesson: sum(
            cell.question == each.id or each.id in cell.called or _asks(each, cell)
            for cell in cells
            for each in bank.questions(lesson)
        )
        for lesson in bank.LESSONS
    }
    best = max(found, key=found.get)
    if not found[best]:
        raise UnreadableSubmissionError("it is no quiz notebook: it asks no question of this course")
    return best


def _find_cell(question, cells, questions, notes, lost_by):
    """Return the number of the cell that answers a question, or None.

    Metadata decide; without them the call of ``check`` in it or of ``ask`` above it, the prompt above, or the name that
    the cell gives its answer. Of several cells the last one that holds an answer counts.
    """
    known = {each.id for each in questions}
    by_metadata = [number for number, cell in enumerate(cells) if cell.question == question.id]
    lost = [(number, cell) for number, cell in enumerate(cells) if cell.question not in known]
    by_call = [number for number, cell in lost if question.id in cell.called]
    by_prompt = [number for number, cell in lost if _asks(question, cell)]
    nameless = [(number, cell) for number, cell in lost if not any(_asks(each, cell) for each in questions)]
    by_name = [number for number, cell in nameless if _binds(cell.source, answer_name(question))]
    ways = (by_metadata, None), (by_call, "check or ask"), (by_prompt, "prompt above it"), (by_name, "name in it")
    for found, how in ways:
        if not found:
            continue
        if how:
            lost_by.setdefault(how, []).append(question.id)
        answered = [number for number in found if _holds_answer(question, cells[number].source)]
        if len(answered) > 1:
            notes.append(f"{question.id}: {len(answered)} cells answer it; the last one counts")
        return (answered or found)[-1]
    return None


def _asks(question, cell):
    """Return whether a question's prompt, whatever the numbers in it, stands above a cell."""
    pieces = [_letters_only(text) for text, *_ in string.Formatter().parse(question.prompt)]
    text = _letters_only(cell.prompt[:_LONGEST])
    place = 0
    for piece in filter(None, pieces):
        place = text.find(piece, place) + len(piece)
        if place < len(piece):
            return False
    return any(pieces) and bool(text)


def _letters_only(text):
    return "".join(filter(str.isalpha, text.lower()))


def _holds_answer(question, source):
    """Return whether a cell gives the question's answer a name, and is not left as it was."""
    answer = _read(question, source)
    if answer:
        return answer.data is not None or bool(answer.fault)
    return _binds(source, answer_name(question)) or _only_checked(question, source) is not None


def _binds(source, name):
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return bool(re.search(rf"^\s*(def\s+)?{re.escape(name)}\b\s*[=(:]", source, re.MULTILINE))
    return any(_bound(node) == name for node in ast.walk(tree))


def _bound(node):
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return node.id
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.name
    return (node.asname or node.name) if isinstance(node, ast.alias) else None


# ---------------------------------------------------------------- answers that need not be run


def _read(question, source):
    """Return the answer that can be read off a cell; None if the cell must be run to know."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # a magic, or an error; running it will tell
    given = _only_checked(question, source)
    if isinstance(question, Function):
        return Answer() if given is None and _is_starter(body, question) else None
    rest = [statement for statement in body if not _is_idle(statement)]
    if given is not None:
        calls = [ast.dump(call) for call in _calls(source, "check")]
        rest = [each for each in rest if not _assigns(each, answer_name(question))]
        rest = [each for each in rest if not (isinstance(each, ast.Expr) and ast.dump(each.value) in calls)]
        return None if rest else _plain_answer(given)
    if not rest:
        return Answer()
    if len(rest) > 1 or not _assigns(rest[0], answer_name(question)):
        return None
    return _plain_answer(rest[0].value)


def _plain_answer(node):
    """Return the answer that an expression is; None if it must be run to know."""
    try:
        return _checked(_value(node))
    except (ValueError, ArithmeticError, RecursionError):
        return None


def _only_checked(question, source):
    """Return the expression that a cell gives to ``check`` alone, under no name of the answer's own; else None."""
    calls = [call for call in _calls(source, "check") if call.args]
    calls = [call for call in calls if getattr(call.args[0], "value", None) == question.id]
    if len(calls) != 1:
        return None
    given = [*calls[0].args[1:], *(each.value for each in calls[0].keywords if each.arg == "answer")]
    name, nodes = answer_name(question), list(ast.walk(ast.parse(source)))
    blank = [each for each in nodes if _assigns(each, name) and _is_blank(each.value)]
    bound = [each for each in nodes if _bound(each) == name]
    if len(given) != 1 or len(bound) > len(blank) or _is_blank(given[0]) or getattr(given[0], "id", None) == name:
        return None
    return given[0]


def _is_blank(node):
    return isinstance(node, ast.Constant) and node.value in (None, ...)


def _is_starter(body, question):
    """Return whether nothing was written yet into the function."""
    functions = [each for each in body if isinstance(each, ast.FunctionDef) and each.name == question.name]
    starters = [each for each in ast.parse(question.starter).body if isinstance(each, ast.FunctionDef)]
    others = [each for each in body if each not in functions and not _is_idle(each)]
    return not others and [ast.dump(each) for each in functions] in ([], [ast.dump(each) for each in starters])


def _is_idle(statement):
    """Return whether a statement has nothing to do with the answer: an import, a text, a call of ``check``."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return all(alias.name != "*" and not str(_bound(alias)).startswith("answer_") for alias in statement.names)
    if not isinstance(statement, ast.Expr):
        return False
    call = statement.value
    simple = (ast.Constant, ast.Name)
    return isinstance(call, ast.Constant | ast.Name) or (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in _ASK
        and all(isinstance(each, simple) for each in call.args)
        and not call.keywords
    )


def _assigns(statement, name):
    return (
        isinstance(statement, ast.Assign)
        and len(statement.targets) == 1
        and isinstance(statement.targets[0], ast.Name)
        and statement.targets[0].id == name
    )


_OPERATIONS = {
    ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b, ast.Div: lambda a, b: a / b,
}  # fmt: skip


def _value(node):
    """Return the value of a literal, or of a little arithmetic on numbers."""
    if isinstance(node, ast.Constant):
        return None if node.value is ... else node.value
    if isinstance(node, ast.List | ast.Tuple):
        return [_value(each) for each in node.elts]
    if isinstance(node, ast.Set):
        return sorted((_value(each) for each in node.elts), key=repr)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_number(node.operand)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        return _OPERATIONS[type(node.op)](_number(node.left), _number(node.right))
    raise ValueError("not a plain value")


def _number(node):
    value = _value(node)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_HUGE < value < _HUGE:
        raise ValueError("not a plain number")
    return value


# ---------------------------------------------------------------- answers that must be run


def _job_cell(source, asked, *, prelude=False):
    answers = [
        {
            "question": question.id,
            "name": answer_name(question),
            "cases": question.cases(learner) if isinstance(question, Function) else None,
            "by_check": _only_checked(question, source) is not None,
        }
        for question, learner in asked
    ]
    return {"source": source, "answers": answers, "prelude": prelude}


def _run(script, cells, unsafe, limits):
    """Have the isolated process run the cells, and take in what it says."""
    asked = [answer["question"] for cell in cells for answer in cell["answers"]]
    refusal = sandbox.why_not()
    if refusal and not unsafe:
        script.final = False
        fault = f"it is code, and {refusal} (--unsafe runs it all the same)"
        script.answers |= dict.fromkeys(asked, Answer(fault=fault))
        return
    job = {"limits": asdict(limits) | {"isolated": not refusal}, "path": sys.path[:], "cells": cells}
    program = Path(__file__).with_name("collect.py")
    outcome = sandbox.run(program, json.dumps(job).encode(), limits, isolated=not refusal)
    lost = Answer(fault=outcome.fault or "its process ended before it was answered")
    script.answers |= dict.fromkeys(asked, lost)
    lines = outcome.output.split(b"\n")[:-1]
    for line in lines:
        name, answer = _heard(line)
        if name in asked:
            script.answers[name] = answer
    found = [script.answers[name] for name in asked]
    # Time ran out or the process died: that may be this machine's load, and not the answer's own doing.
    if _CUT_OFF in lines or any(each is lost or "Stalled: " in (each.fault or "") for each in found):
        script.final = False


def _heard(line):
    """Return (question, answer) as one line of the isolated process has it; (None, …) where it makes no sense."""
    try:
        said = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None, Answer()
    if not isinstance(said, dict) or not isinstance(said.get("question"), str):
        return None, Answer()
    if "fault" in said:
        return said["question"], Answer(fault=tidy(said["fault"]))
    return said["question"], _checked(said.get("answer"))


def _refuse(word):
    raise ValueError(f"{word} is not JSON")


def _checked(data):
    """Return an answer of plain, finite, small data."""
    try:
        return Answer(_plain(data, _DEEPEST, [_MOST]))
    except ValueError as error:
        return Answer(fault=str(error))


def _plain(value, deepest, left):
    left[0] -= 1
    if deepest < 0 or left[0] < 0:
        raise ValueError("the answer is too large or too deep")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        if not -_HUGE < value < _HUGE or not isfinite(value):
            raise ValueError("the answer holds a number that is not finite")
        return value
    if isinstance(value, str):
        if len(value) > _LONGEST or _TALL_POWER.search(value):
            raise ValueError("the answer holds a text that is too long, or a number that is too large")
        return tidy(value, _LONGEST)
    if isinstance(value, list | tuple):
        return [_plain(each, deepest - 1, left) for each in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {tidy(key): _plain(each, deepest - 1, left) for key, each in value.items()}
    raise ValueError(f"the answer is of a kind that cannot be read: {tidy(type(value).__name__, 40)}")


def load_bank(name="collapse_edu.course.quiz.bank"):
    """Return the bank of questions, a module."""
    return import_module(name)
