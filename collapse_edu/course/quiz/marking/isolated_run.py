"""Have the isolated process run a learner's cells, and take in what it says: no more than that learner's claim."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from collapse_edu.course.quiz.marking import sandbox
from collapse_edu.course.quiz.marking.cell import Cell
from collapse_edu.course.quiz.marking.script import Answer, Script, checked, tidy
from collapse_edu.course.quiz.notebook import answer_name
from collapse_edu.course.quiz.question import Function, Question

__all__ = ["PROGRAM", "Asked", "run_cells"]

PROGRAM = Path(__file__).with_name("in_sandbox.py")


@dataclass(frozen=True)
class Asked:
    """A cell to run, and the questions that it answers.

    Attributes
    ----------
    cell : Cell
    questions : sequence of (Question, str or None)
        Each with the learner whose numbers it has.
    alone : bool
        Whether it was cut out of its notebook, and may lack what that imported.
    """

    cell: Cell
    questions: Sequence[tuple[Question, str | None]] = ()
    alone: bool = False


def run_cells(script: Script, cells: Sequence[Asked], *, unsafe: bool, limits: sandbox.Limits) -> None:
    """Run cells one after another, in one namespace, and put what they answer into a script.

    Parameters
    ----------
    script : Script
        Gets an answer or a fault for each question.
    cells : sequence of Asked
    unsafe : bool
        Run them without isolation, where there is none.
    limits : sandbox.Limits
    """
    asked = [question.id for cell in cells for question, _ in cell.questions]
    if not asked:
        return
    refusal = sandbox.why_not()
    if refusal and not unsafe:
        script.final = False
        fault = f"it is code, and {refusal} (--unsafe runs it all the same)"
        _put(script, dict.fromkeys(asked, Answer(fault=fault)))
        return
    outcome = sandbox.run(PROGRAM, _job(cells, limits, isolated=not refusal), limits, isolated=not refusal)
    _take_in(script, asked, outcome)


def _job(cells, limits, *, isolated):
    """Return what the isolated process reads; nothing of the keys is in it."""
    job = {
        "limits": asdict(limits) | {"isolated": isolated},
        "path": sys.path[:],
        "cells": [_as_job(cell) for cell in cells],
    }
    return json.dumps(job).encode()


def _as_job(asked):
    answers = [
        {
            "question": question.id,
            "name": answer_name(question),
            "cases": question.cases(learner) if isinstance(question, Function) else None,
            "by_check": asked.cell.only_checked(question) is not None,
        }
        for question, learner in asked.questions
    ]
    return {"source": asked.cell.source, "answers": answers, "prelude": asked.alone}


def _take_in(script, asked, outcome):
    """Put what the isolated process said of the questions it was asked into a script, and drop what else it said."""
    said = [_read(line) for line in outcome.output.split(b"\n")[:-1]]
    heard = dict(map(_heard, said))
    lost = Answer(fault=_why_lost(outcome, heard.keys() & asked))
    _put(script, {name: heard.get(name, lost) for name in asked})
    script.notes += _stops(said)
    # The clock on the wall ended something, or the process died: that may be this machine's load, not the code's doing.
    died = outcome.fault is None and not heard.keys() >= set(asked)
    if died or not outcome.final or any(each.get("by_the_clock") for each in said):
        script.final = False


def _put(script, found):
    """Put data and faults into a script, beside what its paper says of each answer: its text, its time, its number."""
    for name, answer in found.items():
        script.answers[name] = replace(script.answers.get(name, Answer()), data=answer.data, fault=answer.fault)


def _why_lost(outcome, answered):
    """Return why there is no word of an answer; which of the cells it was that ended all of them, nobody knows."""
    if outcome.fault and answered:
        return f"the code was stopped before it was answered: {outcome.fault}"
    return outcome.fault or "its process ended before it was answered"


def _stops(said):
    """Yield a note on the first cell that was stopped: what comes after it may lack what it would have made."""
    stops = [each["stopped"] for each in said if "stopped" in each]
    if stops:
        yield f"A cell was stopped ({tidy(stops[0])}): answers of later cells may lack what it would have made."


def _read(line):
    """Return one line of the isolated process as a dict; an empty one where it makes no sense."""
    try:
        said = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _heard(said):
    """Return (question, answer) as one line of the isolated process has it; (None, …) where it is about none."""
    if not isinstance(said.get("question"), str):
        return None, Answer()
    if "fault" in said:
        return said["question"], Answer(fault=tidy(said["fault"]))
    return said["question"], checked(said.get("answer"))


def _refuse(word):
    raise ValueError(f"{word} is not JSON")
