"""The trusted process: nbval marks a notebook of our own making, which holds the answers as data.

Each check cell holds as its stored output the line that a right answer prints. Its kernel runs the check, and nbval
compares: a cell that passes is a mark. No line of a learner's runs here, so there is nothing to rebind or to forge.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

from collapse_edu.course.quiz.marking.script import Script, tidy
from collapse_edu.course.quiz.marking.stopping import begin, end
from collapse_edu.course.quiz.question import is_blank

__all__ = ["mark"]

_NAME = "marking.ipynb"
_CELL_SECONDS = 30
_OPTIONS = [
    "--nbval",
    "--nbval-current-env",
    f"--nbval-cell-timeout={_CELL_SECONDS}",
    "-p",
    "nbval.plugin",
    "-p",
    "no:cacheprovider",
]
# jsonschema, which nbval loads, builds a grammar of addresses in all scripts when it is imported, if it can: three
# quarters of the time until the first cell runs, and there is no address to check here.
_START = "import sys; sys.modules['rfc3987_syntax'] = None; import pytest; sys.exit(pytest.main(sys.argv[1:]))"
_CONFTEST = """
# A dead kernel is noticed at once; nbval alone would wait for it as long as for a slow cell.
import time
from queue import Empty

from nbval.kernel import RunningKernel

wait = RunningKernel.get_message


def get_message(self, stream, timeout=None):
    until = time.monotonic() + (60 if timeout is None else timeout)
    while True:
        try:
            return wait(self, stream, timeout=min(1, max(0.01, until - time.monotonic())))
        except Empty:
            if time.monotonic() > until or not self.is_alive():
                raise


RunningKernel.get_message = get_message
"""
_NOT_MARKED = {"status": "not marked", "reason": "The marker could not judge this answer."}


def mark(scripts: Sequence[Script], bank: ModuleType) -> list[dict[str, dict[str, str | None]]]:
    """Mark the answers of many learners in one kernel.

    Parameters
    ----------
    scripts : list of Script
    bank : module

    Returns
    -------
    list of dict
        For each script: question → ``status`` (``right``, ``wrong``, ``no answer`` or ``not marked``), ``reason``,
        ``next_step``, ``misconception``.
    """
    found = _mark_together(scripts, bank)
    for script, verdicts in zip(scripts, found, strict=True):
        # Where an answer broke the kernel, or stalled it, it must cost nobody else's, and no other answer.
        if _missing(script, verdicts) and len(scripts) > 1:
            verdicts |= _mark_together([script], bank)[0]
        for name in _missing(script, verdicts):
            verdicts[name] = _mark_together([_only(script, name)], bank)[0].get(name, _NOT_MARKED)
    return [_all_questions(script, verdicts) for script, verdicts in zip(scripts, found, strict=True)]


def _missing(script, verdicts):
    return [name for name in _given(script) if name not in verdicts]


def _given(script):
    return [name for name, answer in script.answers.items() if answer.fault is None and answer.data is not None]


def _only(script, name):
    return type(script)(script.whose(name), script.lesson, {name: script.answers[name]})


def _all_questions(script, verdicts):
    """Return a verdict for each question of the lesson, also for those that nbval need not be asked about."""
    blank = {"status": "no answer", "reason": "There is no answer."}
    rest = {"next_step": "", "misconception": None}
    whole = {}
    for name, answer in script.answers.items():
        fault = answer.fault and {"status": "not marked", "reason": f"This answer could not be marked: {answer.fault}."}
        whole[name] = rest | (fault or verdicts.get(name) or blank)
    return whole


def _mark_together(scripts, bank):
    """Return for each script question → verdict; a question that was not judged is missing."""
    asked = [(number, name) for number, script in enumerate(scripts) for name in _given(script)]
    found = [{} for _ in scripts]
    if not asked:
        return found
    with tempfile.TemporaryDirectory(prefix="collapse-edu-marking-") as folder:
        folder = Path(folder)
        (folder / _NAME).write_text(json.dumps(_notebook(scripts, asked, bank)), encoding="ascii")
        _run_nbval(folder, seconds=60 + 2 * _CELL_SECONDS + len(asked))
        passed, verdicts = _passed(folder / "report.xml"), _verdicts(folder / "verdicts.jsonl")
    for cell, (number, name) in enumerate(asked, 1):  # cell 0 makes the judge
        verdict = verdicts.get((number, name))
        if verdict and cell in passed and passed[cell] == (verdict["right"] is True):
            found[number][name] = _as_told(verdict, scripts[number].answers[name])
    return found


def _as_told(verdict, answer):
    """Return a verdict; something that was given, and cannot be read as an answer, is not marked, and never blank."""
    unread = "no answer" if is_blank(answer.data) or _is_unwritten(answer.data) else "not marked"
    status = {True: "right", False: "wrong", None: unread}[verdict["right"]]
    return {"status": status} | {key: verdict[key] for key in ("reason", "next_step", "misconception")}


def _is_unwritten(outcomes):
    """Return whether outcomes are those of a function in which nothing was written yet, or a list holds nothing."""
    if not isinstance(outcomes, list) or not all(isinstance(each, dict) for each in outcomes):
        return False
    return all(is_blank(each.get("value", 0)) for each in outcomes)


def _notebook(scripts, asked, bank):
    """Return the marking notebook. All of the learner's is a text in quotes; ``repr`` lets none of it out."""
    start = [
        "import sys",
        f"sys.path[:] = {[path for path in sys.path if path]!r}",
        "from collapse_edu.course.quiz.marking.verdicts import Judge",
        f"check = Judge({bank.__name__!r})",
    ]
    cells = [_cell("\n".join(start), 0)]
    for place, (number, name) in enumerate(asked, 1):
        script = scripts[number]
        answer = json.dumps(script.answers[name].data)
        source = f"check({number}, {name!r}, {script.whose(name)!r}, {answer!r})"
        cells.append(_cell(source, place, prints=f"{name}: right\n"))
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def _cell(source, place, prints=""):
    output = {"output_type": "stream", "name": "stdout", "text": prints}
    return {
        "cell_type": "code", "id": f"cell-{place}", "execution_count": place + 1, "metadata": {}, "source": source,
        "outputs": [output] if prints else [],
    }  # fmt: skip


def _run_nbval(folder, seconds):
    """Run nbval in a folder of its own, with none of the user's settings; a failure shows in what it leaves."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "conftest.py").write_text(_CONFTEST)
    ours = {name: str(folder / name.lower()) for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")}
    plain = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
    plain["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # whatever else is installed stays out
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PYTHON", "COV_"))}
    command = [sys.executable, "-P", "-c", _START, "-q", "--tb=no", "--color=no", *_OPTIONS]
    process = begin(
        [*command, f"--rootdir={folder}", f"--junit-xml={folder / 'report.xml'}", _NAME],
        cwd=folder,
        env=kept | ours | plain,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with suppress(subprocess.TimeoutExpired):  # then there is no report
            process.wait(seconds)
    finally:
        end(process)
        process.wait()


def _passed(report):
    """Return number of the cell → whether it passed, as nbval reported it."""
    try:
        cases = ElementTree.parse(report).getroot().iter("testcase")
    except (OSError, ElementTree.ParseError):
        return {}
    return {int(case.get("name").rpartition(" ")[2]): not len(case) for case in cases}


def _verdicts(path):
    """Return (number of the script, question) → verdict."""
    try:
        said = [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]
    except (OSError, ValueError):
        return {}
    for verdict in said:
        verdict["reason"] = tidy(verdict["reason"], 2_000)
    return {(verdict["number"], verdict["question"]): verdict for verdict in said}
