"""The notebook guard: what no lesson may lack, and what none may contain.

``problems(notebook, path)`` returns one line for each fault.  Every rule is a small generator
``rule(notebook, path)``; a rule belongs to all notebooks (GENERIC), to the lessons and the capstone (COURSE),
to all lessons but the first one (BONES) or to the first one (START).  The register of lessons says which notebook is
a lesson.  Nothing is executed.
"""

import ast
import os
import re
from collections.abc import Callable, Iterator
from itertools import chain, pairwise, zip_longest
from pathlib import Path
from urllib.parse import unquote, urlsplit

import ipywidgets
import nbformat
from nbformat import NotebookNode

from collapse_edu.course.desk.working_copy import MIRRORED
from collapse_edu.course.press.reading import (
    MARKDOWN_LINK,
    calls,
    described,
    elements,
    headings,
    numbered,
    outputs,
    prose,
    syntax,
    tags,
    text_of,
)  # fmt: skip
from collapse_edu.course.press.spoilers import spoilers
from collapse_edu.course.register import LESSONS, Lesson, lesson_called

MAX_BYTES = 1_500_000
MAX_WORDS = 120  # of prose between two cells that do something
MAX_FIRST_WORDS = 60  # of prose before the first cell that runs, in the first lesson
MAX_IDEAS = 3
STEPS = ("predict", "run", "explain")  # of an idea
MIN_TERMS = 5  # of a lesson that lead to the glossary
MAX_OPEN = 60  # lines of code that the core of a lesson shows; all others are folded
READ = {"exercise", "open"}  # tags of the code that a learner is to read
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
PICTURES = ("image/png", "image/jpeg", "image/svg+xml")
BANNED = {"interact", "interact_manual", "interactive", "interactive_output", "Output", "clear_output"}
TAGS = {
    "core", "deeper",  # exactly one of the two for each cell but the title
    "predict", "run", "explain",  # an idea
    "exercise", "transfer", "check", "hint", "solution",  # your turn
    "setup", "explorer", "real-data", "retrieval", "raises-exception",
    "open", "hide-input",  # code that is to be read, and all other code; the builder sets the second one
}  # fmt: skip
ABSOLUTE = re.compile(r"(?:^|(?<=[\s'\"(=>]))(?:/[\w.-]+){2,}|\b[A-Z]:\\\w")
ANSI = re.compile(r"\x1b\[[0-9;]*m")
DATA_URI = re.compile(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=]+")
NBVAL_ESCAPE = re.compile(r"#\s*(?:PYTEST_VALIDATE_IGNORE_OUTPUT|NBVAL_\w+)|^nbval-[\w-]+$", re.MULTILINE)
# Numbers that a cell holds or prints, and numbers that prose states; no part of a name such as guess_1 or M2.
PRINTED = re.compile(r"(?<![\w.])\d[\d,_]*(?:\.\d+)?(?:e[+-]?\d+)?( ?%)?")
STATED = re.compile(r"(?<![\w.])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?!\w)( ?%| per cent)?")
UNSTATED = re.compile(  # formulas, code, headings, names such as M2.03, years, ordinals of lists, sizes such as 8 × 8
    r"\$[^$]*\$|`[^`]*`|^ *#.*$|\b[A-Z]+\d[\d.]*\w*|(?<![\d.,])(?:1[5-9]|20)\d\d\b|^\W*\d+\. |\d+ ?× ?\d+|\bIdea \d",
    re.MULTILINE,
)


Rule = Callable[[NotebookNode, Path], Iterator[str]]


def problems(notebook: NotebookNode, path: Path) -> list[str]:
    """Return what is wrong with `notebook`, one line for each fault; [] if all is well.

    Parameters
    ----------
    notebook : NotebookNode
    path : path
        Where it lies: its name says which rules hold, relative links start in its folder.
    """
    path = Path(path)
    return [f"{path.name}: {line}" for rule in rules(path) for line in rule(notebook, path)]


def rules(path: Path) -> list[Rule]:
    """Return the rules for the notebook called like `path`."""
    lesson = lesson_called(path.stem)
    found: list[Rule] = list(GENERIC)
    if lesson or is_capstone(path):
        found += COURSE
    if lesson:
        found += START if lesson is LESSONS[0] else BONES
    return found


def is_capstone(path: Path) -> bool:
    """Tell whether the notebook called like `path` is the capstone."""
    return "capstone" in path.stem.lower()


# ---------------------------------------------------------------- rules for all notebooks


def counts(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """Executed from top to bottom: counts 1..n.  nbval compares nothing in a cell without one."""
    expected = 1
    for label, cell in numbered(notebook, "code"):
        if not cell.source.strip():
            continue
        if cell.execution_count != expected:
            yield f"{label}: execution count {cell.execution_count}, expected {expected}: build the notebook"
        expected += 1


def constructs(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """Nothing that nbval cannot compare, nothing that flickers, no path of one machine."""
    for label, cell in numbered(notebook, "code"):
        tree = syntax(cell)
        if tree is None:
            if "raises-exception" not in tags(cell):
                yield f"{label}: is not valid Python"
            continue
        for node in ast.walk(tree):
            yield from (f"{label}: {fault}" for fault in banned(node))


def banned(node: ast.AST) -> Iterator[str]:
    """Yield what is banned in one node of a syntax tree."""
    if isinstance(node, ast.Call):
        yield from _banned_call(node)
    elif isinstance(node, ast.ImportFrom):
        yield from (f"import of {a.name} is banned" for a in node.names if a.name in BANNED)
    elif isinstance(node, ast.keyword) and node.arg == "display_id":
        yield "display_id is banned: nbval cannot compare it"
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and (found := ABSOLUTE.search(node.value)):
        yield f"absolute path {found[0]!r}: it exists on one machine only"


def _banned_call(node: ast.Call) -> Iterator[str]:
    name = ast.unparse(node.func).rsplit(".", 1)[-1]
    if name in BANNED:
        yield f"{name}() is banned: set HTML.value, Image.value or Stack.selected_index instead"
    elif name in ("run_line_magic", "run_cell_magic") and ast.unparse(node.args[0]) == "'matplotlib'":
        yield "%matplotlib is banned: figures show themselves"
    elif name == "show" and ast.unparse(node.func) in ("plt.show", "pyplot.show"):
        yield "plt.show() is banned: it has no alt text; let the figure be the cell's last value"


def errors(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """No error output, unless the lesson means it."""
    for label, cell, out in outputs(notebook):
        if out.output_type == "error" and "raises-exception" not in tags(cell):
            yield f"{label}: raised {out.ename} (tag it raises-exception if that is the lesson)"


def machine_paths(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """No output names a folder of the machine that built it."""
    for label, _, out in outputs(notebook):
        data = out.get("data", {})
        told = ANSI.sub(" ", "\n".join(out.get("traceback", [])))
        for text in (out.get("text", ""), data.get("text/plain", ""), data.get("text/html", ""), told):
            if match := ABSOLUTE.search(DATA_URI.sub("", text_of(text))):
                yield f"{label}: its output names the absolute path {match[0]!r}"


def compared(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """No marker that makes nbval look away."""
    for label, cell in numbered(notebook, "code"):
        for text in [cell.source, *tags(cell)]:
            if match := NBVAL_ESCAPE.search(text):
                yield f"{label}: {match[0]} makes nbval skip the comparison"


def size(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """Small enough for git, mail and a slow link."""
    n_bytes = len(nbformat.writes(notebook).encode())
    if n_bytes > MAX_BYTES:
        yield f"{n_bytes / 1e6:.2f} MB, at most {MAX_BYTES / 1e6} MB"


def widget_state(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """No widget state or view: it churns git and hides the HTML fallback."""
    if "widgets" in notebook.metadata:
        yield "metadata holds widget state: build the notebook"
    for label, _, out in outputs(notebook):
        if WIDGET_VIEW in out.get("data", {}):
            yield f"{label}: an output holds a widget view: build the notebook"


def alt_text(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """Every picture says in words what it shows."""
    for label, _, out in outputs(notebook):
        data = out.get("data", {})
        shown = elements(text_of(data.get("text/html", "")), "img", "svg")
        if any(kind in data for kind in PICTURES) and not shown:
            yield f"{label}: a bare picture: give its object an HTML form with <img alt=…>"
        yield from (f"{label}: {fault}" for fault in _undescribed(shown))
    for label, cell in numbered(notebook, "markdown"):
        yield from (f"{label}: {fault}" for fault in _bare_pictures(prose(cell.source)))


def _bare_pictures(text: str) -> list[str]:
    links = MARKDOWN_LINK.findall(text)
    bare = [f"picture {target} without alternative text" for bang, words, target in links if bang and not words.strip()]
    return bare + _undescribed(elements(text, "img", "svg"))


def _undescribed(shown: list[tuple[str, dict]]) -> list[str]:
    return [f"<{tag}> without alternative text" for tag, attributes in shown if not described(tag, attributes)]


def words_for_pictures(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """What is seen is also said: text/plain, which nbval compares, is a sentence and no bare repr."""
    for label, _, out in outputs(notebook):
        data = out.get("data", {})
        plain = text_of(data.get("text/plain", "")).strip()
        html = text_of(data.get("text/html", ""))
        picture = any(kind in data for kind in PICTURES) or bool(elements(html, "img", "svg"))
        if is_bare(plain):
            yield f"{label}: text/plain is the bare {plain[:40]!r}: say the result in words"
        elif picture and len(plain.split()) < 3:
            yield f"{label}: a picture whose text/plain says {plain[:40]!r}: say the result in words"


def is_bare(plain: str) -> bool:
    """Return True for the repr of a figure, of axes or of a core widget."""
    if re.match(r"\[?<(?:Figure|Axes|IPython|[\w.]*(?:matplotlib|seaborn|ipywidgets))\b", plain):
        return True
    name = re.match(r"([A-Z]\w*)\(", plain)
    return name is not None and isinstance(getattr(ipywidgets, name[1], None), type)


def outline(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """One first-level heading, at the top, and no skipped level: a screen reader's table of contents."""
    found = list(headings(notebook))
    if sum(level == 1 for _, level, _ in found) != 1:
        yield f"{sum(level == 1 for _, level, _ in found)} first-level headings, expected one"
    if found and found[0][1] != 1:
        yield f"{found[0][0]}: the first heading is not the title"
    for (_, before, _), (label, level, text) in pairwise(found):
        if level > before + 1:
            yield f"{label}: heading {text!r} skips from level {before} to {level}"


def links(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """Relative links and pictures in prose lead to files that exist, also in the learner's working copy."""
    for label, cell in numbered(notebook, "markdown"):
        text = prose(cell.source)
        targets = [target for _, _, target in MARKDOWN_LINK.findall(text)]
        targets += [a.get("href") or a.get("src") or "" for _, a in elements(text, "a", "img")]
        yield from (f"{label}: {fault}" for target in targets if (fault := _astray(target, path)))


def _astray(target: str, path: Path) -> str | None:
    """Return where a link of the notebook at `path` leads wrong, or None."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not parts.path:
        return None  # the web, data:, attachment:, or a place in this notebook
    file = Path(os.path.abspath(path.parent / unquote(parts.path)))
    if parts.path.startswith("/") or not file.exists():
        return f"link to {target} leads nowhere"
    if not any(file.is_relative_to(path.absolute().parents[1] / folder) for folder in MIRRORED):
        return f"link to {target} leads out of the working copy ({', '.join(MIRRORED)})"
    return None


def anchors(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """A link into a page of ours leads to one of its headings."""
    for label, cell in numbered(notebook, "markdown"):
        for _, _, target in MARKDOWN_LINK.findall(prose(cell.source)):
            parts = urlsplit(target)
            page = path.parent / unquote(parts.path)
            if parts.scheme or not parts.fragment or page.suffix != ".md" or not page.exists():
                continue
            found = re.findall(r"^#+ +(.+?) *$", page.read_text(encoding="utf-8"), re.MULTILINE)
            if unquote(parts.fragment) not in {text.lower().replace(" ", "-") for text in found}:
                yield f"{label}: {page.name} has no heading {parts.fragment!r}"


def listed(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """A notebook among the lessons is one of them, so that no rule for lessons is left out."""
    if path.absolute().parent.name == "notebooks" and not (lesson_called(path.stem) or is_capstone(path)):
        yield "is no lesson of the register (collapse_edu/course/register.py)"


def instructor_notes(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """A note for instructors is text."""
    for label, cell in numbered(notebook):
        note = cell.metadata.get("instructor", "note")
        if not isinstance(note, str) or not note.strip():
            yield f"{label}: metadata key instructor is no text"


# ---------------------------------------------------------------- rules for lessons and capstone


def core_or_deeper(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """Every cell but the title belongs to the core or to the deeper part."""
    for label, cell in list(numbered(notebook))[1:]:
        if len(tags(cell) & {"core", "deeper"}) != 1:
            yield f"{label}: must be tagged either core or deeper"


def known_tags(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """A tag with a typing error would switch a rule off."""
    for label, cell in numbered(notebook):
        for tag in sorted(tags(cell) - TAGS):
            if not NBVAL_ESCAPE.search(tag):
                yield f"{label}: unknown tag {tag!r}; known: {', '.join(sorted(TAGS))}"


def short_prose(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """At most 120 words of prose between two cells that do something; <details> is for who asks."""
    kinds = [cell.cell_type for cell in notebook.cells]
    if "code" not in kinds:
        return
    first, words = kinds.index("code"), 0
    for label, cell in list(numbered(notebook))[first:]:
        if cell.cell_type == "markdown":
            words += count_words(cell.source)
        elif cell.cell_type == "code":
            if words > MAX_WORDS:
                yield f"{label}: {words} words of prose before it, at most {MAX_WORDS}"
            words = 0


def folded(cell: NotebookNode) -> bool:
    """Return True if a code cell shows a bar in place of its code."""
    return bool(cell.metadata.get("jupyter", {}).get("source_hidden"))


def open_code(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """Open are exercises, what the prose names or asks to change, and one loop; a wall of code is read by nobody."""
    code = list(numbered(notebook, "code"))
    for label, cell in code:
        if folded(cell) and (unread := sorted(tags(cell) & READ)):
            yield f"{label}: is tagged {unread[0]} and folded: build the notebook"
    seen = [cell for _, cell in code if "core" in tags(cell) and not folded(cell)]
    lines = sum(len(cell.source.splitlines()) for cell in seen)
    if lines > MAX_OPEN:
        yield f"{lines} lines of code are open in the core, at most {MAX_OPEN}"
    if not any("open" in tags(cell) for cell in seen):
        yield "no code cell of the core is tagged open: show the loop"


def count_words(source: str) -> int:
    """Count the words that a reader sees at once in a piece of markdown."""
    text = re.sub(r"<details\b.*?</details>", " ", prose(source), flags=re.DOTALL | re.IGNORECASE)
    text = MARKDOWN_LINK.sub(r" \2 ", re.sub(r"<[^>]*>", " ", text))
    return sum(any(map(str.isalnum, word)) for word in text.split())


# ---------------------------------------------------------------- bones of a lesson


def _lesson(path: Path) -> Lesson:
    """Return the lesson whose notebook is at `path`: it is one of the register, or none of these rules is for it."""
    return {lesson.name: lesson for lesson in LESSONS}[path.stem]


def title(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """The first cell begins with the lesson's id and title, as in the register."""
    lesson = _lesson(path)
    wanted = f"# {lesson.id} · {lesson.title}"
    first = notebook.cells[0] if notebook.cells else None
    if first is None or first.cell_type != "markdown" or first.source.partition("\n")[0] != wanted:
        yield f"the first cell does not begin with the title {wanted!r}"


def promise(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """Questions, objectives, minutes (reading, doing) and what is needed stand together near the top."""
    wanted = ("question", "objective", "minutes", "reading", "doing", "need")
    tops = [cell.source.lower() for cell in notebook.cells[:4] if cell.cell_type == "markdown"]
    missing = min(([w for w in wanted if w not in text] for text in tops), key=len, default=list(wanted))
    if missing:
        yield f"no cell near the top gives questions, objectives, minutes, needs: lacks {', '.join(missing)}"


def ideas(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """At most three ideas in the core, each predict → run → explain, in this order."""
    steps = _steps(notebook)
    n_ideas = sum(step == "predict" and core for step, _, core in steps)
    if not n_ideas:
        yield "no idea in the core: no cell is tagged predict"
    if n_ideas > MAX_IDEAS:
        yield f"{n_ideas} ideas in the core, at most {MAX_IDEAS}"
    for (step, label, _), wanted in zip(steps, STEPS * len(steps), strict=False):
        if step != wanted:
            yield f"{label}: {step} where {wanted} is due (each idea: predict, run, explain)"
            return
    if len(steps) % 3:
        step, label, _ = steps[-1]
        yield f"{label}: the last idea ends with {step}, not with explain"


def _steps(notebook: NotebookNode) -> list[tuple[str, str, bool]]:
    """Return (step, label, whether it is core) of each step; neighbouring cells with the same step are one step."""
    steps: list[tuple[str, str, bool]] = []
    for label, cell in numbered(notebook):
        for step in STEPS:
            if step in tags(cell) and (not steps or steps[-1][0] != step):
                steps.append((step, label, "core" in tags(cell)))
    return steps


def explorer(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """At least one explorer."""
    trees = filter(None, (syntax(cell) for _, cell in numbered(notebook, "code")))
    if not any("explor" in name.lower() for tree in trees for name, _ in calls(tree)):
        yield "no explorer is shown"


def exercises(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """Two exercises to fill in, each followed by its check; one of them transfers to something new."""
    code = list(numbered(notebook, "code"))
    found = [(cell, after) for cell, after in zip_longest(code, code[1:]) if "exercise" in tags(cell[1])]
    if len(found) < 2:
        yield f"{len(found)} exercises, expected two"
    if not any("transfer" in tags(cell) for (_, cell), _ in found):
        yield "no exercise is tagged transfer"
    for (label, cell), after in found:
        if not _has_gap(cell):
            yield f"{label}: an exercise without ... to fill in"
        yield from _unchecked(label, after)


def _has_gap(cell: NotebookNode) -> bool:
    nodes = ast.walk(syntax(cell) or ast.Module([], []))
    return any(isinstance(node, ast.Constant) and node.value is ... for node in nodes)


def _unchecked(label: str, after: tuple[str, NotebookNode] | None) -> Iterator[str]:
    """Yield what the code cell after an exercise lacks as its check; None if there is no such cell."""
    if after is None or "check" not in tags(after[1]):
        yield f"{label}: an exercise whose next code cell is not tagged check"
    elif "check" not in dict(calls(syntax(after[1]))):
        yield f"{after[0]}: a check that does not call check()"


def real_data_switch(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """The counter-evidence, where the register asks for it: a cell that keeps the real data."""
    kept = any("real-data" in tags(cell) for _, cell in numbered(notebook, "code"))
    if _lesson(path).switch and not kept:
        yield "no code cell is tagged real-data (the switch that keeps the real data)"


def retrieval(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """Two questions from earlier lessons, before the first idea."""
    found = 0
    for _, cell in numbered(notebook, "code"):
        if "predict" in tags(cell):
            break
        if "retrieval" in tags(cell):
            found += sum(name == "ask" for name, _ in calls(syntax(cell)))
    if found < 2:
        yield f"{found} retrieval questions before the first idea, expected two"


def way_to_quiz(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """The lesson ends with the way to its quiz, and to questions and answers."""
    for way in (f"../quizzes/{_lesson(path).quiz}.ipynb", "../docs/questions.md"):
        if not any(way in cell.source for _, cell in numbered(notebook, "markdown")):
            yield f"no link to {way}"


def ending(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """Take-aways, and where this comes from."""
    found = [text.lower().replace("’", "'") for _, level, text in headings(notebook) if level > 1]
    for wanted in ("take-aways", "where this comes from"):
        if not any(wanted in text for text in found):
            yield f"no heading {wanted.capitalize()!r}"


def glossary(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """The lesson's terms lead to the glossary."""
    found = {
        target
        for _, cell in numbered(notebook, "markdown")
        for _, _, target in MARKDOWN_LINK.findall(prose(cell.source))
        if target.startswith("../docs/glossary.md#")
    }
    if len(found) < MIN_TERMS:
        yield f"{len(found)} terms are linked to the glossary, expected at least {MIN_TERMS}"


def numbers(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """A number in an explanation comes from the run next to it; one in the take-aways, from the lesson."""
    whole = _numbers_of_cells(notebook.cells)
    for section in _sections(notebook):
        near = _numbers_of_cells(cell for _, cell in section)
        for label, cell in section:
            stated, place, shown = "", "its section", near
            if cell.cell_type == "markdown" and "## Take-aways" in cell.source:
                stated = cell.source.partition("## Take-aways")[2].partition("\n## ")[0]
                place, shown = "the lesson", whole
            elif cell.cell_type == "markdown" and "explain" in tags(cell):
                stated = cell.source
            for number in stated_numbers(stated):
                if not comes_from(number, shown):
                    yield f"{label}: {number[0]} is in no output and no code of {place}"


def _sections(notebook):
    """Yield the cells of each ## section, with their labels; a cell in which one begins may end the last one."""
    section = []
    for label, cell in numbered(notebook):
        begins = cell.cell_type == "markdown" and re.search(r"^## ", cell.source, re.MULTILINE)
        if begins and not begins.start():
            yield section
            section = []
        section.append((label, cell))
        if begins and begins.start():
            yield section
            section = []
    yield section


def _numbers_of_cells(cells):
    """Return all numbers that code cells hold or print; "12 %" counts as 12 and as 0.12."""
    found = set()
    for cell in cells:
        if cell.cell_type != "code":
            continue
        texts = [cell.source]
        for out in cell.outputs:
            texts += [out.get("text", ""), out.get("data", {}).get("text/plain", "")]
        for text in map(text_of, texts):
            for match in PRINTED.finditer(text):
                value = float(re.sub(r"[,_ %]", "", match[0]))
                found |= {value, value / 100} if match[1] else {value}
    return found


def stated_numbers(source: str) -> list[tuple[str, float, float]]:
    """Return (text, value, unit of its last digit) for each number that prose states: "69 %" is 0.69.

    Numbers up to 2 are words ("one", "the second half") more often than results, so they are left out.
    """
    text = UNSTATED.sub(" ", MARKDOWN_LINK.sub(r" \2 ", prose(source)))
    found = []
    for match in STATED.finditer(text):
        whole, digits, percent = match[1], match[2] or "", match[3]
        scale = 0.01 if percent else 1.0
        if percent or digits or int(whole.replace(",", "")) > 2:
            value = float(whole.replace(",", "") + digits)
            found.append((match[0], value * scale, 10.0 ** -max(len(digits) - 1, 0) * scale))
    return found


def comes_from(stated: tuple[str, float, float], shown: set[float]) -> bool:
    """Return True if one of the numbers `shown` rounds to the value of `stated`."""
    _, value, unit = stated
    return any(abs(value - number) <= 0.5001 * unit for number in shown)


def start_bones(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """M0: something to play with almost at once; the minutes it takes, and sections."""
    kinds = [cell.cell_type for cell in notebook.cells]
    if "code" not in kinds:
        yield "no cell runs"
    before = notebook.cells[: kinds.index("code")] if "code" in kinds else []
    words = sum(count_words(cell.source) for cell in before)
    if words > MAX_FIRST_WORDS:
        yield f"{words} words before the first cell that runs, at most {MAX_FIRST_WORDS}"
    if not any("minutes" in cell.source.lower() for _, cell in numbered(notebook, "markdown")):
        yield "does not say how many minutes it takes"
    if sum(level == 2 for _, level, _ in headings(notebook)) < 2:
        yield "fewer than two sections"


GENERIC = [
    counts, constructs, errors, machine_paths, compared, size, widget_state,
    alt_text, words_for_pictures, outline, links, anchors, listed, instructor_notes,
]  # fmt: skip
COURSE = [core_or_deeper, known_tags, short_prose]
BONES = [
    title, promise, ideas, spoilers, explorer, exercises, open_code, retrieval, real_data_switch, glossary, numbers,
    way_to_quiz, ending,
]  # fmt: skip
START = [title, start_bones]
ALL = list(dict.fromkeys(chain(GENERIC, COURSE, BONES, START)))
