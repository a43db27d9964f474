"""What people read: a page and a file for each submission, and one table for the class.

All texts of learners are shown as text, whatever they hold; the same results give the same bytes.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from types import ModuleType

from collapse_edu.course.grading.result import Result
from collapse_edu.course.quiz.marking.script import tidy
from collapse_edu.course.quiz.question import way_back
from collapse_edu.course.register import course_order
from collapse_edu.files import PRIVATE, write_atomically

__all__ = ["class_table", "misconceptions", "page", "told", "unmarked", "write"]

SIGNS = {"right": "✓ right", "wrong": "✗ not right", "no answer": "– no answer", "not marked": "! could not be marked"}
_MARKS = {"right": "1", "wrong": "0", "no answer": "", "not marked": "?"}
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a }
table { border-collapse: collapse; width: 100% } caption { text-align: left; font-weight: bold; padding: .3rem 0 }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid #949494; padding: .4rem .6rem }
section { border-left: 5px solid #767676; padding: .1rem 1rem; margin: 1.5rem 0 }
section.right { border-color: #0072b2 } section.wrong { border-color: #d55e00 } pre { white-space: pre-wrap }
"""


def write(results: Sequence[Result], bank: ModuleType, out: Path) -> None:
    """Write ``class.csv``, ``misconceptions.csv``, and ``reports/`` with a page and a file for each submission.

    Parameters
    ----------
    results : list of Result
    bank : module
    out : Path
    """
    reports = out / "reports"
    reports.mkdir(exist_ok=True)
    for result in results:
        name = _file_name(result)
        write_atomically(
            reports / f"{name}.json", (json.dumps(result.as_json(), indent=1) + "\n").encode("ascii"), mode=PRIVATE
        )
        write_atomically(reports / f"{name}.html", page(result, bank).encode("utf-8"), mode=PRIVATE)
    # The mark at the start tells spreadsheets that it is UTF-8.
    write_atomically(out / "class.csv", _csv(class_table(results)).encode("utf-8-sig"), mode=PRIVATE)
    table = [["misconception", "learners", "in words"], *misconceptions(results)]
    write_atomically(out / "misconceptions.csv", _csv(table).encode("utf-8-sig"), mode=PRIVATE)


def class_table(results: Sequence[Result]) -> list[list[str | int]]:
    """Return the table of the class: a head, and a row for each submission."""
    questions = sorted({name for result in results for name in result.answers}, key=course_order)
    head = ["submission", "learner", "name", "lesson", "right", "of", "could not be marked", *questions]
    return [[*head, "misconceptions", "remarks"], *(_row(result, questions) for result in results)]


def _row(result, questions):
    """Return the row of one submission in the table of the class."""
    answers = result.answers
    about = [result.submission, result.learner or "", result.name or "", result.lesson or ""]
    counts = (
        ["", "", "all"] if result.fault else [result.count("right"), len(result.answers), result.count("not marked")]
    )
    marks = [_MARKS[answers[name].status] if name in answers else "" for name in questions]
    return [*about, *counts, *marks, " ".join(sorted(_beliefs(result))), "; ".join(remarks(result))]


def _beliefs(result):
    """Return the tags of the misconceptions that one submission shows."""
    return {answer.misconception for answer in result.answers.values() if answer.misconception}


def remarks(result: Result) -> list[str]:
    """Return what the teacher should know about one submission, each in one line."""
    lines = [result.fault] if result.fault else []
    answers = result.answers.items()
    lines += [f"{name}: {answer.reason}" for name, answer in answers if answer.status == "not marked"]
    return [*lines, *result.notes]


def unmarked(result: Result) -> list[str]:
    """Return a line for each thing in a submission that could not be marked."""
    return [f"{result.submission}: {line}" for line in remarks(replace(result, notes=()))]


def told(results: Sequence[Result]) -> str:
    """Return the table of the class as text, and what its learners got wrong together."""
    lines = _aligned([("learner", "lesson", "right", "not marked", "submission"), *map(_told_row, results)])
    believed = [f"  {many:3} x {words or tag}" for tag, many, words in misconceptions(results)]
    if believed:
        lines += ["", "Misconceptions (learners):", *believed]
    return "\n".join(lines)


def _told_row(result):
    right = "could not be read" if result.fault else f"{result.count('right')} of {len(result.answers)}"
    return result.name or "", result.lesson or "", right, str(result.count("not marked") or ""), result.submission


def _aligned(rows):
    """Return rows of texts as lines, each column as wide as its longest text."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def misconceptions(results: Sequence[Result]) -> list[tuple[str, int, str]]:
    """Return (tag, number of learners, the belief in words), the commonest first."""
    from collapse_edu.course.quiz.bank.misconceptions import MISCONCEPTIONS

    held = {(result.learner or result.submission, tag) for result in results for tag in _beliefs(result)}
    count = sorted(Counter(tag for _, tag in held).items(), key=lambda counted: (-counted[1], counted[0]))
    return [(tag, many, MISCONCEPTIONS.get(tag, "")) for tag, many in count]


def page(result: Result, bank: ModuleType) -> str:
    """Return the page of one submission: what was right, why, and what to read next."""
    name = result.name or result.learner or result.submission
    title = f"{result.lesson or 'Quiz'}: {name}"
    parts = [f"<h1>{escape(title)}</h1>", f"<p>Handed in as {escape(result.submission)}.</p>"]
    if result.fault:
        parts.append(f"<p><strong>This could not be marked:</strong> {escape(result.fault)}.</p>")
    else:
        parts += _summary(result)
        parts += ["<h2>Answers</h2>", *(_answer(question, result) for question in bank.questions(result.lesson))]
    if result.notes:
        parts += ["<h2>Remarks</h2>", "<ul>", *(f"<li>{escape(note)}</li>" for note in result.notes), "</ul>"]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    body = "\n".join(parts)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>{head}<style>{_STYLE}</style></head>\n'
        f"<body><main>\n{body}\n</main></body>\n</html>\n"
    )


def _summary(result):
    many = result.count("not marked")
    unmarked = f" {many} could not be marked; they do not count as wrong. The reasons are below." if many else ""
    yield f"<p><strong>{result.count('right')} of {len(result.answers)} right.</strong>{unmarked}</p>"
    yield "<table><caption>Overview</caption>"
    yield '<thead><tr><th scope="col">Question</th><th scope="col">Mark</th></tr></thead>'
    for name, answer in result.answers.items():
        yield (
            f'<tr><th scope="row"><a href="#{_anchor(name)}">{escape(name)}</a></th>'
            f"<td>{SIGNS[answer.status]}</td></tr>"
        )
    yield "</table>"


def _answer(question, result):
    answer = result.answers[question.id]
    heading = " ".join(filter(None, (f"{question.id}", getattr(question, "title", ""))))
    parts = [
        f'<section class="{answer.status.replace(" ", "-")}" id="{_anchor(question.id)}">',
        f"<h3>{escape(heading)}: {SIGNS[answer.status]}</h3>",
        f"<p>{escape(question.ask(answer.learner))}</p>",
        *_choices(question, answer.learner),
    ]
    if answer.answer is not None and question.kind != "function":
        parts.append(f"<p>Your answer: {_given(question, answer)}</p>")
    parts.append(f"<p>{escape(answer.reason)}</p>")
    if answer.status != "right":
        parts.append(f"<p>Read next: {escape(way_back(question.lesson))}.</p>")
    return "\n".join([*parts, "</section>"])


def _choices(question, learner):
    choices = getattr(question, "choices", lambda learner: {})(learner)
    if choices:
        yield "<ul>"
        yield from (f"<li>{escape(text)}</li>" for text in choices.values())
        yield "</ul>"


def _given(question, answer):
    """Return what was answered: the text that was chosen, since a letter means something else on each screen."""
    words = question.in_words(answer.answer, answer.learner)
    return escape(words) if words else f"<code>{escape(_shown(answer.answer))}</code>"


def _shown(answer):
    return tidy(answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False), 200)


def _anchor(name):
    return re.sub(r"\W", "-", name)


def _file_name(result):
    """Return a name that any disk takes, and no two submissions share."""
    about = f"{result.lesson or 'unread'}_{result.learner or result.submission.rpartition('/')[2]}"
    place = re.sub(r"[^0-9A-Za-z]+", "", result.submission)[-20:]
    return f"{re.sub(r'[^0-9A-Za-z@+-]+', '_', about)[:60]}_{place}_{result.sha256[:8]}"


def _csv(rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value):
    """Return a value that a spreadsheet takes for text, even where a learner wrote a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
