"""A class of two hundred in quiz M2, forty of them in M3, too, with whatever else comes in: laid as Moodle and Canvas
give it, marked by the real command, and compared with what must come out.

    PYTHONPATH=.:tests python -m course.grading.class_of_200 lay DIR
    PYTHONPATH=.:tests python -m course.grading.class_of_200 check DIR/moodle OUT

``lay`` writes ``moodle/`` and ``canvas/``, each with ``submissions`` (a zip, a folder), ``roster.csv`` and
``expected.json``; the same bytes for the same seed. ``check`` says what is wrong with the marks of one of them.
"""

import csv
import io
import json
import random
import re
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from collapse_edu.course.grading.table import as_text
from collapse_edu.course.quiz import bank

from .learner import Learner, as_hand_in, as_notebook, marks, quiz_of
from .oddities import DUE, Paper, Row, holds, not_listed, planted

__all__ = ["Class", "faults", "lay_canvas", "lay_moodle", "make"]

_FIRST = (
    "Ada", "Émile", "Li", "Bob", "Chiara", "Dmitri", "Eva", "Fatima", "Grace", "Hồ", "Ivo", "Jürgen", "Κώστας", "Lea",
    "Mateo", "Nils", "Olga", "Paul", "Quinn", "Rosa",
)  # fmt: skip
_LAST = (
    "Borel", "Castro", "O'Brien", "Şahin", "van der Berg", "Noether", "Müller-Lüdenscheidt", "Ng", "Okafor", "Perez",
    "Qureshi", "Rossi", "Silva",
)  # fmt: skip
LITTER = "README.txt", "__MACOSX/._README.txt", ".DS_Store"


@dataclass(frozen=True)
class Class:
    """Who is on the roster, what was handed in, and who handed in nothing."""

    people: list[Learner]
    papers: list[Paper]
    absent: list[Learner]


def make(many: int = 200, seed: int = 14, *, slow: bool = True) -> Class:
    """Return a class of so many on the roster, the learners of oddities included.

    Parameters
    ----------
    many : int
    seed : int
    slow : bool
        With oddities that cost the marker time.
    """
    rng = random.Random(seed)
    hard = {lesson: _difficulties(rng, lesson) for lesson in ("M2", "M3")}
    names, people = iter(_names(rng)), []

    def draw(name=None, skips=0.0):
        number, learner = 20_000 + 7 * len(people), f"{rng.randrange(1 << 32):08x}"
        tries = {lesson: quiz_of(rng, learner, lesson, hard[lesson], skips) for lesson in hard}
        people.append(Learner(name or next(names), number, learner, tries))
        return people[-1]

    papers = list(planted(draw, slow=slow))
    absent = [draw() for _ in range(3)]
    honest = [draw(skips=0.03) for _ in range(many - len(people))]
    papers += [_honest(place, each) for place, each in enumerate(honest)]
    papers += [_of_m3(each) for each in honest[: many // 5]]
    stranger = draw()
    people.remove(stranger)
    return Class(people, [*papers, not_listed(stranger)], absent)


def _difficulties(rng, lesson):
    asked = [question.id for question in bank.questions(lesson)]
    steps = [-2.6 + 4.4 * place / (len(asked) - 1) for place in range(len(asked))]
    rng.shuffle(steps)
    return dict(zip(asked, steps, strict=True))


def _names(rng):
    found = [f"{first} {last}" for first in _FIRST for last in _LAST]
    rng.shuffle(found)
    return found


def _honest(place, owner):
    """Nine in ten hand in the file of hand_in(), the others the notebook."""
    if place % 10:
        return Paper(owner, f"handin_M2_{owner.id}.json", as_hand_in(owner, "M2"), (_row(owner, "M2"),))
    row = replace(_row(owner, "M2"), place="Q2_gaussian_collapse.ipynb")
    return Paper(owner, row.place, as_notebook(owner), (row,))


def _of_m3(owner):
    return Paper(owner, f"handin_M3_{owner.id}.json", as_hand_in(owner, "M3"), (_row(owner, "M3"),))


def _row(owner, lesson):
    return Row(f"handin_{lesson}_{owner.id}.json", marks=marks(owner, lesson), counts="yes")


# ---------------------------------------------------------------- laid as the systems give it


def lay_moodle(room: Class, folder: Path) -> None:
    """Write ``submissions.zip``, ``roster.csv`` and ``expected.json`` as Moodle has them."""
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / "submissions.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for paper in room.papers:
            _put(archive, f"{_of_moodle(paper.owner)}/{paper.file}", paper.data)
        for name in LITTER:
            _put(archive, name, b"left behind")
        _put(archive, f"{_of_moodle(room.absent[0])}/", b"")
    empty = Row("", "left out", "the folder is empty", name=room.absent[0].name)
    extra = [("submissions.zip/README.txt", Row("", "left out", "it is a text", name="submissions.zip/README.txt"))]
    extra.append((f"submissions.zip/{_of_moodle(room.absent[0])}/", empty))
    _expect(folder, room, "submissions.zip/{folder}/{place}", _of_moodle, extra)
    head = ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed",
            "Last modified (submission)", "Last modified (grade)", "Feedback comments"]  # fmt: skip
    rows = [
        [f"Participant {each.number}", each.name, each.email, "", "", "12.00", "Yes", "-", "-", ""]
        for each in room.people
    ]
    (folder / "roster.csv").write_bytes(_csv([head, *rows]))


def lay_canvas(room: Class, folder: Path) -> None:
    """Write the folder ``submissions``, ``roster.csv`` and ``expected.json`` as Canvas has them."""
    (folder / "submissions").mkdir(parents=True, exist_ok=True)
    for paper in room.papers:
        (folder / "submissions" / f"{_of_canvas(paper.owner)}{paper.file}").write_bytes(paper.data)
    _expect(folder, room, "{folder}{place}", _of_canvas, [])
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Quiz M2 (901)", "Quiz M3 (902)"]
    points = ["    Points Possible", "", "", "", "", "12", "11"]
    rows = [[_last_first(each.name), each.number, each.id, each.id, "A", "", ""] for each in room.people]
    (folder / "roster.csv").write_bytes(_csv([head, points, *rows]))


def _put(archive, name, data):
    archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)


def _of_moodle(owner):
    return f"{re.sub(r'[/:]', '', owner.name)}_{owner.number}_assignsubmission_file"


def _of_canvas(owner):
    run_together = re.sub(r"[^\w]|_", "", "".join(reversed(_last_first(owner.name).split(", ")[::-1]))).lower()
    return f"{run_together[:60] or 'x'}_{owner.number}_{owner.number + 70_000}_"


def _last_first(name):
    first, _, last = name.rpartition(" ")
    return f"{last}, {first}" if first else last


def _csv(rows):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _expect(folder, room, pattern, folder_of, extra):
    rows = []
    for paper in room.papers:
        for row in paper.rows:
            inside = (folder_of is _of_canvas and row.in_folder) or row.place
            place = pattern.format(folder=folder_of(paper.owner), place=inside)
            rows.append(_as_expected(place, row, paper.owner.name, paper.oddity))
    rows += [_as_expected(place, row, "", "litter and empty folders") for place, row in extra]
    content = {
        "rows": rows,
        "people": [asdict(replace(each, tries={})) for each in room.people],
        "attempts": {each.id: _attempts(each) for each in room.people},
    }
    (folder / "expected.json").write_text(json.dumps(content, indent=1))


def _as_expected(place, row, name, oddity):
    return asdict(row) | {"submission": place, "name": row.name or name, "oddity": oddity}


def _attempts(learner):
    return {attempt: marks(learner, "M2", attempt) for attempt in ("first", "best")}


# ---------------------------------------------------------------- what came out


def faults(laid: Path, out: Path) -> Iterator[str]:
    """Yield a line for each thing in the tables of a class that is not as it must be."""
    expected = json.loads((laid / "expected.json").read_text())
    table, book = _table(out / "class.csv"), _table(out / "gradebook.csv")
    yield from _rows_fault(expected["rows"], table)
    yield from _nobody_lost(expected["people"], table, book)
    yield from _sums(table, book)


def _table(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _rows_fault(rows, table):
    found = {row["submission"]: row for row in table}
    for row in rows:
        mine, about = found.get(as_text(row["submission"])), f"{row['oddity'] or 'honest'}: {row['submission'][:90]}"
        if mine is None:
            yield f"{about}: no row"
            continue
        yield from (f"{about}: {words}" for words in _row_fault(row, mine))
    known = {as_text(row["submission"]) for row in rows}
    yield from (f"a row too many: {name}" for name in found if name and name not in known)


def _row_fault(row, mine):
    if mine["status"] != row["status"]:
        yield f"status {mine['status']!r} for {row['status']!r} ({mine['remarks'][:200]})"
    if not holds(Row("", says=row["says"]), mine["remarks"]):
        yield f"remarks {mine['remarks'][:200]!r} lack {row['says']!r}"
    if mine["name"] != as_text(row["name"]):
        yield f"name {mine['name'][:50]!r} for {row['name'][:50]!r}"
    if row["counts"] and mine["counts"] != row["counts"]:
        yield f"counts {mine['counts']!r} for {row['counts']!r}"
    for question, mark in (row["marks"] or {}).items():
        if mine[question] != mark:
            yield f"{question} is {mine[question]!r} for {mark!r} ({mine['remarks'][:150]})"


def _nobody_lost(people, table, book):
    names, listed = Counter(row["name"] for row in table), Counter(row["name"] for row in book)
    for name, many in Counter(as_text(person["name"]) for person in people).items():
        if names[name] < many:
            yield f"{name}: {names[name]} rows in class.csv for {many} people"
        if listed[name] != many:
            yield f"{name}: {listed[name]} rows in gradebook.csv for {many} people"


def _sums(table, book):
    """Compare the totals of the gradebook with the sums of the answers that count."""
    sums = defaultdict(list)
    for row in table:
        if row["counts"] == "yes" and row["status"] == "marked":
            sums[row["name"], row["lesson"]].append(sum(row[name] == "1" for name in row if _is_question(name)))
    for lesson in ("M2", "M3"):
        for name in {row["name"] for row in book}:
            told = sorted(float(row[lesson]) for row in book if row["name"] == name and row.get(lesson))
            if told != sorted(map(float, sums[name, lesson])):
                yield f"{name}, {lesson}: {told} in gradebook.csv, {sums[name, lesson]} in class.csv"


def _is_question(name):
    return bool(name and re.fullmatch(r"M\d\.\d\d", name))


def main(arguments: Iterable[str]) -> int:
    """Lay the class, or check its marks; return how many faults there are."""
    what, folder, *more = arguments
    if what == "lay":
        room = make(int(more[0]) if more else 200)
        lay_moodle(room, Path(folder, "moodle"))
        lay_canvas(room, Path(folder, "canvas"))
        oddities = Counter(paper.oddity for paper in room.papers if paper.oddity)
        print(f"{len(room.people)} on the roster, {len(room.papers)} files, {len(oddities)} kinds of oddity; due {DUE}")
        return 0
    found = list(faults(Path(folder), Path(more[0])))
    print(*found, f"{len(found)} faults", sep="\n")
    return len(found)


if __name__ == "__main__":
    sys.exit(min(1, main(sys.argv[1:])))
