"""Make the notebooks from the lesson sources: execute, clean, write, check.

A lesson is written as text, ``lessons/NAME.py`` (jupytext's percent format); ``notebooks/NAME.ipynb`` is made
from it and committed with its outputs.  A quiz, ``quizzes/NAME.ipynb``, is made from the bank of questions.  A
second build gives the same bytes.

    python -m collapse_edu.course.press.build                        build every lesson and quiz
    python -m collapse_edu.course.press.build M2_gaussian_collapse   build one
    python -m collapse_edu.course.press.build --check                only compare sources and notebooks; run nothing
    python -m collapse_edu.course.press.build --report               time, words and minutes of each; write nothing

``execute`` and ``clean`` know nothing of lessons: other builders use them for their own notebooks.
"""

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import groupby
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from collapse_edu.course import register
from collapse_edu.course.press import guard, readme
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz import notebook as quiz_notebooks
from collapse_edu.files import write_atomically

ROOT = Path(__file__).resolve().parents[3]
LESSONS = ROOT / "lessons"
NOTEBOOKS = ROOT / "notebooks"

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
# One BLAS thread, one order of sets, one learner: the same bytes at every build.
STABLE = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "COLLAPSE_EDU_LEARNER": "course",
}
# What differs between two equal runs; tests/notebooks/sanitize.cfg replaces it in the same way for nbval.
VOLATILE = [
    (re.compile(r"(<[^<>]*? at )0x[0-9a-fA-F]+"), r"\1ADDRESS"),
    (re.compile(r"(?<!\S)\S*ipykernel_\d+[/\\]\d+\.py:\d+"), "CELL"),
    (re.compile(r"(Your course on )\d{4}-\d\d-\d\d"), r"\1DATE"),
]
WORDS_A_MINUTE, LINES_A_MINUTE = 150, 15  # of a learner who meets them for the first time
ANSI = re.compile(r"\x1b\[[0-9;]*m")


class CellError(Exception):
    """A cell raised, ran out of time, or took its kernel with it."""


def names() -> list[str]:
    """Return the names of all lessons, in the order of the register."""
    return [lesson.name for lesson in register.LESSONS]


def quiz_names() -> list[str]:
    """Return the names of all quizzes, in the order of their lessons."""
    return list(quiz_notebooks.NOTEBOOKS)


def source_of(name: str) -> Path:
    """Return what the notebook `name` is made from: a lesson file, or the bank of questions."""
    return Path(bank.__file__).parent if name in quiz_names() else LESSONS / f"{name}.py"


def path_of(name: str) -> Path:
    """Return where the notebook `name` lies."""
    folder = ROOT / "quizzes" if name in quiz_names() else NOTEBOOKS
    return folder / f"{name}.ipynb"


def blank(name: str) -> NotebookNode:
    """Return the unexecuted notebook `name`, a lesson or a quiz."""
    if name not in quiz_names():
        return read(LESSONS / f"{name}.py")
    notebook = nbformat.from_dict(quiz_notebooks.blank_notebook(name))
    notebook.metadata.update(kernelspec=KERNELSPEC, language_info={"name": "python"})
    return identify(fold(notebook), name)


def read(source: Path) -> NotebookNode:
    """Return the unexecuted notebook that the lesson file `source` describes."""
    notebook = jupytext.read(source, fmt="py:percent")
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNELSPEC, "language_info": {"name": "python"}})
    for cell in notebook.cells:
        for key in [key for key in cell.metadata if key.startswith("lines_to_")]:
            del cell.metadata[key]  # jupytext's memory of blank lines
    return identify(fold(notebook), source.stem)


def fold(notebook: NotebookNode) -> NotebookNode:
    """Fold, in place, each code cell that is not to be read; return the notebook.

    JupyterLab shows a bar in its place, on which a click opens it; the site reads the tag.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code" and not guard.tags(cell) & guard.READ:
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), "hide-input"]
            cell.metadata["jupyter"] = NotebookNode(source_hidden=True)
    return notebook


def identify(notebook: NotebookNode, name: str) -> NotebookNode:
    """Give each cell an id that depends on the notebook's name and the cell's own text alone.

    So a cell that is added, moved or changed leaves the ids of all others as they are.
    """
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        text = f"{name}|{cell.cell_type}|{cell.source}"
        seen[text] += 1
        cell.id = hashlib.sha256(f"{text}|{seen[text]}".encode()).hexdigest()[:12]
    return notebook


def execute(
    notebook: NotebookNode, cwd: Path = NOTEBOOKS, timeout: float = 120, record_timing: bool = False
) -> NotebookNode:
    """Run every cell of `notebook` in a fresh kernel, outputs stored in place; return the notebook.

    Parameters
    ----------
    notebook : NotebookNode
    cwd : path
        Folder in which the kernel starts.
    timeout : float
        Seconds for one cell.
    record_timing : bool
        If True, the metadata of each cell say when it began and ended.

    Raises
    ------
    CellError
        With the number of the cell and the last lines of its error.
    """
    running = [0]
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=timeout,
        resources={"metadata": {"path": str(cwd)}},
        store_widget_state=False,
        record_timing=record_timing,
        on_cell_execute=lambda cell, cell_index: running.__setitem__(0, cell_index),
    )
    try:
        with tempfile.TemporaryDirectory() as home:  # no answer of the one who builds comes in
            env = {**os.environ, **STABLE, "COLLAPSE_EDU_HOME": home}
            client.execute(env=env, stderr=subprocess.DEVNULL)
    except (CellControlSignal, DeadKernelError) as error:
        raise CellError(report(notebook, running[0], error)) from None
    return notebook


def report(notebook: NotebookNode, index: int, error: Exception) -> str:
    """Say in a few lines which cell failed, how it begins, and how its error ends."""
    cell = notebook.cells[index]
    if isinstance(error, CellExecutionError):
        text = ANSI.sub("", "\n".join(cell.outputs[-1].traceback))
    else:
        text = str(error).strip().partition("\n")[0]  # ran out of time, or the kernel died
    head = f"cell {index + 1} of {len(notebook.cells)} failed: {cell.source.strip().splitlines()[0]}"
    return "\n    ".join([head, *text.strip().splitlines()[-8:]])


def clean(notebook: NotebookNode) -> NotebookNode:
    """Drop from an executed `notebook`, in place, all that differs between two equal runs; return it."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            for out in cell.outputs:
                out.get("data", {}).pop(WIDGET_VIEW, None)
            cell.outputs = merge_streams([out for out in cell.outputs if out.get("data", True)])
            for out in cell.outputs:
                settle(out)
    return notebook


def settle(out: NotebookNode) -> None:
    """Replace memory addresses and temporary paths in the texts of one output."""
    for texts, key in (
        (out, "text"),
        (out.get("data", {}), "text/plain"),
        (out.get("data", {}), "text/html"),
    ):
        for pattern, replacement in VOLATILE if key in texts else ():
            texts[key] = pattern.sub(replacement, texts[key])


def merge_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring pieces of stdout, and of stderr: where the kernel cuts them is chance."""
    merged = []
    for are_streams, run in groupby(outputs, key=lambda out: out.output_type == "stream"):
        neighbours = list(run)
        merged += join_streams(neighbours) if are_streams else neighbours
    return merged


def join_streams(pieces: list[NotebookNode]) -> list[NotebookNode]:
    """Return at most one stdout and one stderr output with the text of all `pieces`."""
    texts = {name: "".join(out.text for out in pieces if out.name == name) for name in ("stdout", "stderr")}
    return [
        # of a progress bar, keep what is left on the screen
        nbformat.v4.new_output("stream", name=name, text=re.sub(r"(?m)^.*\r(?=[^\n])", "", text))
        for name, text in texts.items()
        if text
    ]


def write(notebook: NotebookNode, path: Path) -> bool:
    """Write `notebook` to `path` in one step, so that no half-written file is ever seen.

    Returns True if the file's bytes changed.
    """
    nbformat.validate(notebook)
    data = (nbformat.writes(notebook).rstrip("\n") + "\n").encode()
    if path.exists() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, data)
    return True


def in_step(name: str) -> list[str]:
    """Return where the notebook `name` is not the one that its source describes, one line for each.

    Compares the cells' ids, kinds, texts, tags and other metadata; executes nothing.
    """
    source, path = source_of(name), path_of(name)
    if missing := [file for file in (source, path) if not file.exists()]:
        return [f"{name}: there is no {file.relative_to(ROOT).as_posix()}" for file in missing]
    wanted, found = blank(name).cells, nbformat.read(path, as_version=4).cells
    problems = [
        f"{name}: cell {number} is not the one in {source.relative_to(ROOT).as_posix()}: build it again"
        for number, (want, have) in enumerate(zip(wanted, found, strict=False), 1)
        if any(want.get(key) != have.get(key) for key in ("id", "cell_type", "source", "metadata"))
    ]
    if len(wanted) != len(found):
        problems.append(f"{name}: {len(found)} cells, its source has {len(wanted)}: build it again")
    return problems


def guard_problems(path: Path) -> list[str]:
    """Return what the notebook guard says about the notebook at `path`."""
    return guard.problems(nbformat.read(path, as_version=4), path)


def measure(notebook: NotebookNode) -> dict[str, dict[str, float]]:
    """Return what a learner spends on an executed `notebook`: {"core": …, "deeper": …}, each a dict of numbers.

    Minutes are those of reading alone, an estimate: predictions, sliders and exercises come on top.
    """
    kinds = ("words", "cells", "lines", "seconds")
    found: dict[str, dict[str, float]] = {part: dict.fromkeys(kinds, 0) for part in ("core", "deeper")}
    for cell in notebook.cells:
        part = found["deeper" if "deeper" in guard.tags(cell) else "core"]
        if cell.cell_type == "markdown":
            part["words"] += guard.count_words(cell.source)
        elif cell.cell_type == "code" and cell.source.strip():
            part["cells"] += 1
            part["lines"] += 0 if guard.folded(cell) else len(cell.source.splitlines())
            times = cell.metadata.get("execution", {})
            if times:
                began, ended = (
                    datetime.fromisoformat(times[key]) for key in ("iopub.execute_input", "shell.execute_reply")
                )
                part["seconds"] += (ended - began).total_seconds()
    for part in found.values():
        part["minutes"] = part["words"] / WORDS_A_MINUTE + part["lines"] / LINES_A_MINUTE
    return found


def measured(name: str) -> tuple[bool, list[str]]:
    """Return (ok, lines to print): execute a lesson or quiz, write nothing, and say what it costs."""
    try:
        notebook = execute(blank(name), cwd=path_of(name).parent, record_timing=True)
    except CellError as error:
        return False, [f"[FAILED] {name}: {error}"]
    return True, [
        f"{name:24} {part:6} {costs['seconds']:6.1f} s  {costs['cells']:3} compared cells  {costs['words']:5} words"
        f"  {costs['lines']:4} open lines of code  {costs['minutes']:3.0f} minutes of reading"
        for part, costs in measure(notebook).items()
        if costs["cells"]
    ]


def build(name: str) -> tuple[bool, list[str]]:
    """Build one lesson or quiz; return (ok, lines to print).  After a failed cell the old notebook is untouched."""
    began = time.perf_counter()
    path = path_of(name)
    try:
        notebook = clean(execute(blank(name), cwd=path.parent))
    except CellError as error:
        kept = "the old notebook stays as it was" if path.exists() else "no notebook was written"
        return False, [f"[FAILED] {name}: {error}", f"    ({kept})"]
    changed = "written" if write(notebook, path) else "unchanged"
    found = guard_problems(path)
    head = f"[{'problem' if found else 'ok'}] {name}: {changed}, {time.perf_counter() - began:.1f} s"
    return not found, [head, *(f"    {line}" for line in found)]


def check(name: str) -> tuple[bool, list[str]]:
    """Return (ok, lines to print): does the committed notebook fit its source?"""
    found = in_step(name)
    return not found, found or [f"[ok] {name}: in step with its source"]


def unlisted() -> list[str]:
    """Return one line for each lesson file that the register does not list."""
    strays = sorted({path.stem for path in LESSONS.glob("*.py")} - set(names()))
    return [
        f"[problem] lessons/{name}.py: it is not in the register, collapse_edu/course/register.py" for name in strays
    ]


def _read_options(arguments: list[str] | None) -> argparse.Namespace:
    """Return the options; ``chosen`` has the names of the notebooks, all of them if none is given."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    about = "lesson or quiz, e.g. M0_start_here (default: all)"
    parser.add_argument("names", nargs="*", metavar="NAME", help=about)
    parser.add_argument("--check", action="store_true", help="only compare sources and notebooks")
    parser.add_argument("--report", action="store_true", help="time, words, minutes; write nothing")
    options = parser.parse_args(arguments)
    known = names() + quiz_names()
    chosen = [Path(name).stem for name in options.names] or known
    if unknown := sorted(set(chosen) - set(known)):
        parser.error(f"no lesson source for {', '.join(unknown)}; there are {', '.join(known) or 'none'}")
    options.chosen = chosen
    return options


def main(arguments: list[str] | None = None) -> int:
    """Build or check the lessons and quizzes named (all, and the README's table, if none); return the exit status."""
    options = _read_options(arguments)
    NOTEBOOKS.mkdir(exist_ok=True)
    good = not unlisted()
    for line in unlisted():
        print(line)
    work = check if options.check else measured if options.report else build
    # One at a time where time is measured.
    with ThreadPoolExecutor(max_workers=1 if options.report else 2) as pool:
        for ok, lines in pool.map(work, options.chosen):
            print(*lines, sep="\n", flush=True)
            good &= ok
    if work is build and not options.names:
        readme.write_table(ROOT / "README.md")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
