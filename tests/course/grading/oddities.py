"""What comes in beside honest papers: each oddity as a learner would send it, with what must come out."""

import gzip
import io
import json
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from collapse_edu.course.desk.record_file import as_line, header
from collapse_edu.course.quiz import bank
from course import handed_in

from .learner import Learner, as_hand_in, as_notebook, changed, in_cells, marks

__all__ = ["DUE", "Paper", "Row", "holds", "not_listed", "planted"]

DUE = datetime(2026, 5, 7, 12, tzinfo=UTC)
_MARKED, _NOT, _OUT = "marked", "could not be marked", "left out"
_HAND_IN = "handin_M2.json"
_FUNCTION = "M2.02"
LOOP = "def variances_of_chain(real, noise):\n    while True:\n        pass\n"
SLEEP = "import time\n\n\ndef variances_of_chain(real, noise):\n    time.sleep(10_000)\n"
MEMORY = "def variances_of_chain(real, noise):\n    data = [0.0]\n    while True:\n        data = data + data\n"


@dataclass(frozen=True)
class Row:
    """A row that the table of the class must have.

    Attributes
    ----------
    place : str
        Path below the learner's folder.
    status : str
    says : str
        A pattern that the remarks hold.
    marks : dict or None
        Question → mark; None where that is not looked at.
    name : str or None
        Where it is not the learner's.
    counts : str or None
        ``"yes"`` or ``"no"``; None where that is not looked at.
    in_folder : str
        Its path where the class comes as a folder, if that is another: the archive of a class is a level of its own.
    """

    place: str
    status: str = _MARKED
    says: str = ""
    marks: dict[str, str] | None = None
    name: str | None = None
    counts: str | None = None
    in_folder: str = ""


@dataclass(frozen=True)
class Paper:
    """A file that somebody handed in, and the rows that must come of it."""

    owner: Learner
    file: str
    data: bytes
    rows: tuple[Row, ...]
    oddity: str = ""


# Name of an oddity's learner, where the name is what is odd.
NAMES = {
    "a name that is a formula": "=HYPERLINK(1;2) Evil",
    "a name that is a full-width formula": "＝cmd Wide",
    "a formula behind a semicolon": "Ann;=1+1 Split",
    "a Cyrillic name that looks Latin": "Аdа Lovelace",
    "a name of 200 characters": "Wolfeschlegelsteinhausenbergerdorff " * 5 + "Senior the Eldest IV",
    "a Chinese name": "李小龙",
    "a name that Windows reserves": "CON",
    "an apostrophe and accents": "Zoë O'Brien-Müller",
}


def _one(oddity, owner, file, data, status=_MARKED, says="", found=None, **more) -> Paper:
    return Paper(owner, file, data, (Row(file, status, says, found, **more),), oddity)


def _fine(oddity, owner, file=_HAND_IN, data=None, says="", **more) -> Paper:
    data = as_hand_in(owner, "M2") if data is None else data
    return _one(oddity, owner, file, data, _MARKED, says, marks(owner, "M2"), **more)


def _zip(entries: dict[str, bytes], compression=zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, data in entries.items():
            archive.writestr(zipfile.ZipInfo(name), data, compression)
    return stream.getvalue()


def _tar(data):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        info = tarfile.TarInfo("Q2.ipynb")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return gzip.compress(stream.getvalue(), mtime=0)


# ---------------------------------------------------------------- files of other kinds

_OTHERS = {
    "a PDF": ("Q2.pdf", b"%PDF-1.7\n%\xe2\xe3\n1 0 obj\n", _OUT, "no paper of this learner.*it is a PDF"),
    "a Word document": (
        "answers.docx", _zip({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<w/>"}), _OUT, "Word document",
    ),
    "a web page": ("Q2.html", b"<!DOCTYPE html><html><body>Q2</body></html>", _OUT, "it is a web page"),
    "a picture": ("Screenshot.png", b"\x89PNG\r\n\x1a\n" + bytes(90), _OUT, "it is a picture"),
    "Python code": ("quiz.py", b"answer_01 = 'a'\n", _OUT, "it is Python code"),
    "a rar": ("Q2.rar", b"Rar!\x1a\x07\x01\x00" + bytes(50), _NOT, r"archive that is not opened \(.rar\)"),
    "a tar.gz": ("Q2.tar.gz", _tar(b"{}"), _NOT, r"archive that is not opened \(.gz\)"),
    "an empty file": (_HAND_IN, b"", _NOT, "it is empty"),
    "a zip of nothing": ("Q2.zip", _zip({}), _NOT, "there is no file in the archive"),
    "a zip cut short": ("Q2.zip", _zip({"Q2.ipynb": bytes(5_000)}, zipfile.ZIP_STORED)[:3_000], _NOT, "archive cannot"),
    "notes of the learner's own": ("thoughts.txt", b"I did it all in my head.", _OUT, "it is a text"),
    "settings of some program": ("package.json", b'{"name": "quiz"}', _NOT, "it is not a hand-in"),
    "a lesson of another course": (
        "intro.ipynb", json.dumps(new_notebook(cells=[new_code_cell("print(1)")])).encode(), _NOT, "quiz",
    ),
}  # fmt: skip


def _record(owner):
    data = as_line(header(owner.id)) + as_line({"id": "1", "time": "2026-05-04T08:00:00+00:00", "what": "hint"})
    return _one("the record", owner, "collapse_edu_record.jsonl", data, _NOT, "it is the record")


# ---------------------------------------------------------------- hand-ins


def _half(owner):
    data = as_hand_in(owner, "M2")
    return _one("half a file", owner, _HAND_IN, data[: len(data) // 2], _NOT, "cut short")


def _damaged(owner):
    data = as_hand_in(owner, "M2").replace(b'"attempts": 1', b'"attempts": 2', 1)
    return _one("a hand-in that was edited", owner, _HAND_IN, data, _NOT, "damaged or changed")


def _newer(owner):
    data = changed(as_hand_in(owner, "M2"), version=99)
    return _one("a hand-in of a newer course", owner, _HAND_IN, data, _NOT, "newer version")


def _older(owner, version=2):
    content = json.loads(as_hand_in(owner, "M2"))
    kept = ("answer", "source", "hash", "time", "attempts")
    answers = {name: {key: given[key] for key in kept if key in given} for name, given in content["answers"].items()}
    return _fine("a hand-in of version 2", owner, data=changed(content, answers=answers, version=version))


def _edited_question(owner):
    content = json.loads(as_hand_in(owner, "M2"))
    for given in (content["answers"]["M2.01"], *content["answers"]["M2.01"]["earlier"]):
        given["hash"] = "0" * 16
    found = marks(owner, "M2") | {"M2.01": "?"}
    data = changed(content)
    return _one("an edited question", owner, _HAND_IN, data, _MARKED, "the question has changed since", found)


def _clock(owner):
    content = json.loads(as_hand_in(owner, "M2"))
    for given in content["answers"].values():
        given["time"] = "2099-01-01T00:00:00+00:00"
    return _fine(
        "a clock in 2099", owner, data=changed(content, written="2099-01-01T00:00:00+00:00"), says="clock was wrong"
    )


def _late(owner):
    data = as_hand_in(owner, "M2", written=DUE + timedelta(days=1, hours=2))
    return _fine("a late paper", owner, data=data, says="late by 1 day, 2:00:00")


def _twice(owner):
    first = {name: [made[0]] for name, made in owner.tries["M2"].items()}
    better = replace(owner, tries={"M2": {name: _right(name, owner, made) for name, made in first.items()}})
    rows = (
        Row("better.json", says="", marks=marks(better, "M2"), counts="no"),
        Row("newest.json", says="2 papers: the newest counts", marks=marks(owner, "M2"), counts="yes"),
    )
    older, newer = as_hand_in(better, "M2", DUE - timedelta(hours=9)), as_hand_in(owner, "M2", DUE - timedelta(hours=1))
    title = "two submissions, the older better"
    yield Paper(owner, "better.json", older, rows[:1], title)
    yield Paper(owner, "newest.json", newer, rows[1:], title)


def _right(name, owner, made):
    question = bank.question(name)
    source = handed_in.HONEST if name == _FUNCTION else None
    return [replace(made[0], answer=question.right_answer(owner.id), source=source)]


def _same_bytes(owner, friend):
    data, found = as_hand_in(owner, "M2"), marks(owner, "M2")
    yield _one("the same bytes as a friend's", owner, _HAND_IN, data, _MARKED, "same|equal", found)
    yield _one("the same bytes as a friend's", friend, _HAND_IN, data, _MARKED, "same|equal", found)


def not_listed(owner: Learner) -> Paper:
    """Return an honest paper of somebody whom the roster does not have."""
    return _fine("not on the roster", owner, says="nobody of the roster fits")


def _code(oddity, source, says, owner):
    """A function that does not end well: only its own answer must be lost."""
    content = json.loads(as_hand_in(owner, "M2"))
    content["answers"][_FUNCTION] |= {"answer": [{"value": 1}], "source": source, "attempts": 1, "earlier": []}
    found = marks(owner, "M2") | {_FUNCTION: "?"}
    return _one(oddity, owner, _HAND_IN, changed(content), _MARKED, says, found)


# ---------------------------------------------------------------- notebooks


def _named(oddity, file, owner):
    return _fine(oddity, owner, file, as_notebook(owner))


def _with_mark(owner):
    return _fine("a mark of UTF-8 in front", owner, data=b"\xef\xbb\xbf" + as_hand_in(owner, "M2"))


def _wide(owner):
    data = as_hand_in(owner, "M2").decode().encode("utf-16")
    return _one("UTF-16", owner, _HAND_IN, data, _NOT, "UTF-16")


def _widgets(owner):
    about = {"collapse_edu": {"learner": owner.id}}
    cells = []
    for question in bank.questions("M2"):
        shown = new_output("display_data", {"text/plain": "choose"}, metadata=about)
        cells.append(new_code_cell(f'ask("{question.id}")', outputs=[shown]))
        cells.append(new_code_cell("answer = ...", metadata={"collapse_edu": question.in_notebook}))
    data = _laid(owner.id, cells)
    return _one("answered in widgets alone", owner, "Q2.ipynb", data, _NOT, "only in the file that hand_in")


def _laid(learner, cells):
    found = new_notebook(cells=cells)
    found.metadata["collapse_edu"] = {"lesson": "M2", "learner": learner, "order": "own"}
    return json.dumps(found).encode()


def _blank(owner):
    data = handed_in.notebook(owner.id, {}, own_order=True)
    return _one("a blank quiz", owner, "Q2.ipynb", data, _NOT, "blank|nothing is answered")


def _lesson(owner):
    cells = [
        new_markdown_cell("# M2 · Gaussian collapse"),
        new_code_cell('from collapse_edu.course.quiz import welcome\n\nwelcome("M2")'),
        new_code_cell("from collapse_edu import ensemble\nensemble.gaussian(n=10, generations=5, chains=3)"),
    ]
    return _one(
        "the lesson in the place of the quiz",
        owner,
        "M2.ipynb",
        json.dumps(new_notebook(cells=cells)).encode(),
        _NOT,
        "quiz",
    )


def _of_another(owner, other):
    """The quiz was laid for a friend, so it has the friend's numbers."""
    data = as_notebook(other)
    return _one("a quiz laid for another learner", owner, "Q2.ipynb", data, _MARKED, "laid|names", marks(other, "M2"))


def _in_text(owner):
    cells, answers = [], in_cells(owner)
    for place, question in enumerate(bank.questions("M2")):
        cells.append(new_markdown_cell(f"### Question {question.id[3:]}"))
        text = answers.get(question.id, "")
        if question.id == _FUNCTION:
            cells.append(new_code_cell(text))
        else:
            cells.append(
                (new_markdown_cell if place % 2 else new_raw_cell)(text.split("\n", 1)[-1].split("\ncheck")[0])
            )
    return _one(
        "answers in text cells", owner, "Q2.ipynb", _laid(owner.id, cells), _MARKED, "text cell", marks(owner, "M2")
    )


def _shuffled(owner):
    content = json.loads(as_notebook(owner))
    content["cells"] = content["cells"][::-1]
    return _fine("cells in another order", owner, "Q2.ipynb", json.dumps(content).encode())


def _merged(owner):
    source = "\n\n".join(in_cells(owner).values())
    return _fine("all answers in one cell", owner, "Q2.ipynb", _laid(owner.id, [new_code_cell(source)]))


def _huge(owner):
    return _fine(
        "2,000 cells", owner, "Q2.ipynb", as_notebook(owner, after=[f"x = {number}" for number in range(2_000)])
    )


# ---------------------------------------------------------------- archives


def _in_zip(owner):
    data = _zip({"work/Q2.ipynb": as_notebook(owner), "work/notes.txt": b"notes", "__MACOSX/._Q2.ipynb": b"x"})
    rows = (Row("Q2.zip/work/Q2.ipynb", marks=marks(owner, "M2")), Row("Q2.zip/work/notes.txt", _OUT, "it is a text"))
    return Paper(owner, "Q2.zip", data, rows, "a zip with the paper and notes")


def _nested(owner):
    data = _zip({"inner.zip": _zip({"deepest.zip": _zip({"Q2.ipynb": as_notebook(owner)})})})
    row = Row("Q2.zip/inner.zip", _NOT, "deeper than 2", in_folder="Q2.zip/inner.zip/deepest.zip")
    return Paper(owner, "Q2.zip", data, (row,), "a zip in a zip in a zip")


def _bomb(owner):
    data = _zip({"bomb.json": b"{" + b" " * (300 << 20)})
    return Paper(owner, "Q2.zip", data, (Row("Q2.zip/bomb.json", _NOT, "larger than 20 MB|too much"),), "a zip bomb")


def _way_out(owner):
    data = _zip({"../../../escaped.json": as_hand_in(owner, "M2")})
    return Paper(
        owner, "Q2.zip", data, (Row("Q2.zip/../../../escaped.json", _NOT, "leads out"),), "a path out of the zip"
    )


# ---------------------------------------------------------------- all of them

_SINGLE: list[Callable[[Learner], Paper]] = [
    _record, _half, _damaged, _newer, _older, _edited_question, _clock, _late, _with_mark, _wide, _widgets, _blank,
    _lesson, _in_text, _shuffled, _merged, _huge, _in_zip, _nested, _bomb, _way_out,
    partial(_named, "a second suffix, .txt", "Q2.ipynb.txt"),
    partial(_named, "a second suffix, .json", "Q2.ipynb.json"),
    partial(_code, "an endless loop", LOOP, r"(?i)M2\.02: .*computed"),
    partial(_code, "code that sleeps", SLEEP, r"M2\.02: .*(waited|busy)"),
    partial(_code, "code that takes all memory", MEMORY, r"M2\.02: .*[Mm]emory"),
]  # fmt: skip
SLOW = ("code that sleeps", "an endless loop", "a zip bomb", "code that takes all memory")


def planted(draw: Callable[[str | None], Learner], *, slow: bool = True) -> Iterator[Paper]:
    """Yield all oddities; `draw` makes a learner who answered M2, of a given name if one is given.

    Parameters
    ----------
    draw : callable
    slow : bool
        With those that cost time.
    """
    for oddity, (file, data, status, says) in _OTHERS.items():
        yield _one(oddity, draw(None), file, data, status, says)
    for make in _SINGLE:
        paper = make(draw(None))
        if slow or paper.oddity not in SLOW:
            yield paper
    for oddity, name in NAMES.items():
        says = "Cyrillic and Latin|looks like" if "Cyrillic" in oddity else ""
        yield _fine(oddity, draw(name), says=says)
    yield _fine("a Latin name that looks Cyrillic", draw("Ada Lovelace"), says="looks like")
    yield from _twice(draw(None))
    yield from _same_bytes(draw(None), draw(None))
    yield from (_fine("two people of one name", draw("Bo Chen"), says="2 learners") for _ in range(2))
    other = draw(None)
    yield _of_another(draw(None), other)
    yield _fine("a quiz laid for another learner, who handed in, too", other)


def holds(row: Row, remarks: str) -> bool:
    """Return whether remarks say what they must."""
    return re.search(row.says, remarks, re.DOTALL) is not None
