"""``collapse-edu grade`` against nbgrader on the same twenty papers: twelve answers each, one of them a function.

nbgrader is asked for what it does best: marks and a page for each learner. Its tests hold the right answers as plain
numbers, while ours recompute them for each learner. Say ``NBGRADER=/path/to/nbgrader`` if it is in an environment of
its own; its kernel then runs there, too.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
import time

import pytest
from course import handed_in as paper
from nbformat.v4 import new_code_cell, new_notebook

from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.question import Function

NBGRADER = os.environ.get("NBGRADER") or shutil.which("nbgrader")
PAPERS, LESSON = 20, paper.LESSON
MEASURE = """
import ctypes, json, os, resource, subprocess, sys
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # what loses its parent becomes ours, and so does the time that it took
for command in json.loads(sys.argv[1]):
    subprocess.run(command, check=True)
try:
    while True:
        os.waitpid(-1, 0)
except ChildProcessError:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""

pytestmark = pytest.mark.skipif(not (NBGRADER and sys.platform == "linux"), reason="needs nbgrader, on Linux")


def written(question, answer):
    return paper.HONEST if isinstance(question, Function) else f"answer_{question.id[3:]} = {answer!r}"


def assertion(question, answer):
    """Return the test of an answer, as an author of nbgrader would write it."""
    if not isinstance(question, Function):
        return f"assert answer_{question.id[3:]} == {answer!r}"
    cases = list(zip(question.cases("ada"), [outcome["value"] for outcome in answer], strict=True))
    return f"for arguments, value in {cases!r}:\n    assert np.allclose({question.name}(*arguments), value)"


def of_nbgrader(source, name, *, solution):
    about = {"schema_version": 3, "grade_id": name, "solution": solution, "grade": not solution, "task": False}
    about |= {"locked": not solution} | ({} if solution else {"points": 1})
    return new_code_cell(source, metadata={"nbgrader": about})


def course_of_nbgrader(folder):
    """Lay a course of nbgrader with one assignment and twenty submissions."""
    right, cells = paper.right("ada"), []
    for question in bank.questions(LESSON):
        answer, name = right[question.id], question.id.replace(".", "_")
        cells.append(of_nbgrader(written(question, answer), name, solution=True))
        cells.append(of_nbgrader(assertion(question, answer), f"test_{name}", solution=False))
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = json.dumps(new_notebook(cells=cells, metadata=kernel))
    places = [folder / "source" / LESSON]
    places += [folder / "submitted" / f"learner{number}" / LESSON for number in range(PAPERS)]
    for place in places:
        place.mkdir(parents=True)
        (place / "quiz.ipynb").write_text(notebook)
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'course'\n")


def papers(folder):
    """Write the same twenty papers as hand-ins of the course, each of its own learner."""
    folder.mkdir()
    for number in range(PAPERS):
        learner = f"learner{number}"
        sources = {paper.FUNCTION.id: paper.HONEST}
        (folder / f"{learner}.json").write_bytes(paper.hand_in(learner, paper.right(learner), sources))


def measured(commands, folder, environment):
    """Run commands below a process of their own; return the processor seconds of all they started, seconds, and the
    memory of the largest process in MB."""
    began = time.monotonic()
    told = [sys.executable, "-c", MEASURE, json.dumps(commands)]
    done = subprocess.run(told, cwd=folder, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    processor, memory = json.loads(done.stdout.splitlines()[-1])
    return processor, time.monotonic() - began, memory


def test_twenty_papers(tmp_path, capsys):
    course_of_nbgrader(tmp_path)
    papers(tmp_path / "handed_in")
    own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    own["PATH"] = os.pathsep.join([os.path.dirname(NBGRADER), os.environ["PATH"]])
    prepared = [NBGRADER, "generate_assignment", LESSON]
    subprocess.run(prepared, cwd=tmp_path, check=True, capture_output=True, env=own)
    ours = [
        sys.executable,
        "-c",
        "from collapse_edu.cli import main; raise SystemExit(main())",
        "grade",
        "handed_in",
        "--out",
        "marks",
    ]
    theirs = [[NBGRADER, "autograde", LESSON], [NBGRADER, "generate_feedback", LESSON]]
    found = {
        "collapse-edu grade": measured([ours], tmp_path, os.environ),
        "nbgrader autograde": measured(theirs[:1], tmp_path, own),
        "nbgrader feedback": measured(theirs[1:], tmp_path, own),
    }
    with open(tmp_path / "marks" / "class.csv", encoding="utf-8-sig", newline="") as file:
        assert [(row["lesson"], row["right"], row["of"]) for row in csv.DictReader(file)] == [
            (LESSON, "12", "12")
        ] * PAPERS
    with capsys.disabled():
        print()
        for name, (processor, wall, memory) in found.items():
            print(f"{name:20} {processor:6.1f} CPU s  {wall:6.1f} s  {memory:5.0f} MB in the largest process")
        marks, theirs_marks = found["collapse-edu grade"], found["nbgrader autograde"]
        print(
            "nbgrader autograde ÷ ours:",
            *(f"{other / own:.1f}" for own, other in zip(marks, theirs_marks, strict=True)),
        )
