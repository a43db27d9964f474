"""Spoilers: what gives the right option of a prediction away, within reach of the learner who is asked.

Four rules, each told in one line for each fault:

* a text shares content words with the right option that its rivals lack. Words are compared by their stems, and by what
  they mean in this course: *falls* and *shrinks* are one word, so are *lost* and *gone*; so is a number;
* a heading of the section says something, where it should ask;
* the title of a figure says how it comes out, where it should say what is shown;
* an explanation can be read while the learner still chooses: only one cell stands between, and it is not folded.

Within reach are the lesson's promise (its first cell, and what the register says one sees), all of its headings, since
they are in the table of contents, and the section of the prediction down to its explanation: prose, the strings and
comments of code, and what cells above the prediction print. What cells below it print comes when they are run. What is
in closed ``<details>`` is out of reach.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path

from nbformat import NotebookNode

from collapse_edu.course.press.reading import MARKDOWN_LINK, headings, numbered, prose, syntax, tags, text_of
from collapse_edu.course.quiz import bank
from collapse_edu.course.register import lesson_called

__all__ = ["content_words", "giving_away", "shared_words", "spoilers"]

ENOUGH = 1.5  # shared words that tell; a word of the prompt, or one that many predictions use, counts half
MANY = 1 / 5  # of all predictions
SHARE = 1 / 3  # of all words that set the right option apart
FAR = 2  # cells that do something, between a prediction and an explanation that is open
ASKED = re.compile(r"""\bpredict\(["'](M\d+\.p\d+)["']\)""")
EXPLAINED = re.compile(r"\bexplain\(|\.explain\(\)")
DETAILS = re.compile(r"<details\b.*?</details>", re.DOTALL | re.IGNORECASE)
SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n\s*\n|\n\s*(?=[*|] )")
TOKEN = re.compile(r"(?<![\w.])(\d+(?:,\d{3})*(?:\.\d+)?)( ?%| per cent)?|([^\W\d_][\w’']*)")
ENDINGS = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("er", ""), ("est", ""), ("ly", ""), ("s", ""))
EMPTY = (
    "a about after all also an and any are as at be because been before between both but by can cannot could did do "
    "does each every for from had has have he her him his how i if in into is it its just may more most much must "
    "near nearly no nor not of on one only or other others our out over she since so some such than that the their "
    "them then there these they this those to too two under until us very was we were what when where which while who "
    "whose why will with would yes you your "
)
SAME = (  # each line one meaning
    "lost lose loss gone go vanish die dead disappear extinct forgotten forget miss missed drop",
    "fall fell shrink decline decrease sink fewer less lower small narrow down",
    "rise rose risen grow grew growth increase large larger higher up",
    "stay hold held keep kept remain settle level constant still stand stood stop flat",
    "same equal equally alike identical even",
    "half halve halved",
    "number count amount",
    "share part fraction rate portion",
    "chance odds probability luck",
    "image picture",
    "word type token",
    "rare rarer rarest seldom",
    "common commonest commonly frequent often",
    "original real",
    "text passage document",
    "first once",
    "wrong false",
)
# What says how something comes out.
VERDICT = re.compile(
    r"""\b(?:is|are|was|were|does|do|has|have|cannot|
    (?:fall|rise|grow|shrink|stop|hold|keep|end|stay|go|come|lose|die|vanish|settle|halve|double|return|remain|depend|
    move|mend|fake|flatten|tell|win|help|need)s?|lost|gone|left|triples|never|always|hardly|
    better|worse|best|worst|closer|fewer|less|faster|slower|higher|lower|(?<!one\ )more|most)\b""",
    re.VERBOSE | re.IGNORECASE,
)


def content_words(text: str) -> set[str]:
    """Return the stems of the words of `text` that mean something, one for all words of one meaning, and its numbers.

    Examples
    --------
    >>> sorted(content_words("The words stay, the passages go"))
    ['lost', 'stay', 'text', 'word']
    >>> content_words("Two tokens are gone") == content_words("a type vanishes")
    True
    >>> sorted(content_words("about 1,000, or 7.4 %, or π²/6"))
    ['1.64', '1000', '7.4%']
    """
    return set(_in_order(text))


def _in_order(text):
    """Return the content words and the numbers of `text`, one after the other."""
    found = []
    for number, percent, word in TOKEN.findall(text.lower().replace("π²/6", "1.64")):
        if number:
            found.append(number.replace(",", "") + "%" * bool(percent))
        elif word not in _EMPTY and len(word) > 1:
            stem = _stem(word)
            found.append(_MEANING.get(stem, stem))
    return found


def _pairs(text):
    """Return the neighbours among the content words: they tell "words stay, texts go" from "texts stay, words go"."""
    return {f"{one} {other}" for one, other in pairwise(_in_order(text))}


def _stem(word):
    """Return a word without its ending: rough, but the same for all forms of nearly every word."""
    word = re.sub(r"[’']\w*$", "", word)
    for ending, instead in ENDINGS:
        if word.endswith(ending) and not word.endswith("ss") and len(word) - len(ending) > 2:
            word = word.removesuffix(ending) + instead
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "ls":
        word = word[:-1]
    return word.rstrip("e") if len(word) > 3 else word


_EMPTY = frozenset(EMPTY.split())
_MEANING = {_stem(word): line.split()[0] for line in SAME for word in line.split()}


def giving_away(name: str) -> list[dict[str, float]]:
    """Return what gives the right outcome and the right cause of a prediction away: word → how much it counts.

    Parameters
    ----------
    name : str
        Such as ``"M2.p1"``.

    Returns
    -------
    list of dict of str to float
        The words of the right option that no rival has: 1, or 1/2 if the prompt has it, too, or if many predictions do.
        Where rivals have all of its words, pairs of neighbours take their place.
        A number tells little without what it is the number of. So if there are only numbers, each word of the prompt is
        there, too, and counts 1/4.
    """
    content = bank.prediction(name)
    prompt, found = content_words(content["prompt"]), []
    worn = prompt | _words_of_the_course()
    for options in filter(None, (content["outcomes"], content["causes"])):
        (right,) = (option.text for option in options if option.right)
        rivals = " | ".join(option.text for option in options if not option.right)
        apart = {word: 0.5 if word in worn else 1.0 for word in content_words(right) - content_words(rivals)}
        if not apart:
            apart = dict.fromkeys(_pairs(right) - _pairs(rivals), 1.0)
        elif all(word[0].isdigit() for word in apart):
            apart = dict.fromkeys(prompt - content_words(rivals), 0.25) | apart
        found.append(apart)
    return found


@cache
def _words_of_the_course():
    """Return the words that many predictions use: they tell less."""
    found: Counter[str] = Counter()
    names = [name for lesson in bank.LESSONS for name in bank.predictions(lesson)]
    for content in map(bank.prediction, names):
        options = (*content["outcomes"], *content["causes"])
        found.update(content_words(" ".join([content["prompt"], *(option.text for option in options)])))
    return {word for word, n in found.items() if n >= MANY * len(names)}


def shared_words(text: str, apart: Mapping[str, float]) -> list[str]:
    """Return the words by which `text` gives an option away; [] if it does not, or asks.

    Parameters
    ----------
    text : str
        A sentence, a heading, a string.
    apart : mapping of str to float
        The words that set this option apart, as :func:`giving_away` returns them.
    """
    shared = (content_words(text) | _pairs(text)) & apart.keys()
    weights = [apart[word] for word in shared]
    best = max(weights, default=0.0)
    needed = max(ENOUGH, SHARE * sum(weight for weight in apart.values() if weight > 0.25)) + 0.5 * (best < 1)
    asks = text.rstrip().endswith("?") and not text.lower().startswith("why")
    if asks or best < 0.5 or sum(weights) < needed:
        return []
    return sorted(shared)


def spoilers(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """Nothing within reach of a prediction gives its right option away."""
    for name, section in _asked(notebook):
        if name not in bank.predictions(name.partition(".")[0]):
            yield f"{section[-1][0]}: the bank has no prediction {name}"
            continue
        told = [*_promise(notebook, path), *_contents(notebook), *_texts(section)]
        for text, label in {text: label for label, text in reversed(told)}.items():
            for apart in giving_away(name):
                if shared := shared_words(text, apart):
                    yield f"{label}: {_short(text)} spoils {name}: it shares {', '.join(shared)} with what is right"
        for label, cell in section:
            yield from (f"{label}: {fault}, and spoils {name}" for fault in _answers(cell))
    yield from _too_near(notebook)


def _asked(notebook):
    """Yield each prediction: its name and its section, from the heading to the explanation, as (label, cell)."""
    cells = list(numbered(notebook))
    for place, (_, cell) in enumerate(cells):
        if cell.cell_type == "code" and (found := ASKED.search(cell.source)):
            first = next((i for i in range(place, -1, -1) if _begins(cells[i][1])), 0)
            last = next((i for i in range(place + 1, len(cells)) if _explains(cells[i][1])), place + 1)
            near = enumerate(cells[first:last], first)
            yield found[1], [(label, _cut(each, above=i < place)) for i, (label, each) in near]


def _begins(cell):
    return cell.cell_type == "markdown" and re.search(r"^## ", cell.source, re.MULTILINE)


def _explains(cell):
    return "explain" in tags(cell) or (cell.cell_type == "code" and EXPLAINED.search(cell.source)) or _begins(cell)


def _cut(cell, above):
    """Return what of a cell is within reach: from its last section on; without outputs below the prediction."""
    cell = NotebookNode(cell)
    if _begins(cell):
        cell.source = cell.source[cell.source.rindex("\n## ") + 1 if "\n## " in cell.source else 0 :]
    if cell.cell_type == "code" and not above:
        cell.outputs = []
    return cell


def _promise(notebook, path):
    """Yield what is promised at the top, and where the lessons are listed, as (label, text)."""
    lesson = lesson_called(path.stem)
    yield from (("the register", text) for text in _sentences(lesson.sees if lesson else ""))
    if notebook.cells and notebook.cells[0].cell_type == "markdown":
        yield from (("cell 1", text) for text in _sentences(notebook.cells[0].source))


def _contents(notebook):
    """Yield all headings, as (label, text)."""
    return ((label, text) for label, _, text in headings(notebook))


def _texts(section):
    """Yield what can be read in a section, as (label, text)."""
    for label, cell in section:
        read = cell.source if cell.cell_type == "markdown" else "\n\n".join(_printed(cell))
        yield from ((label, text) for text in _sentences(read))
        yield from ((label, text) for text in _strings(cell))


def _sentences(source):
    text = MARKDOWN_LINK.sub(r" \2 ", DETAILS.sub(" ", prose(source)))
    text = re.sub(r"^ *#+ |[*`]", "", text, flags=re.MULTILINE)
    return [sentence.strip(" |\n") for sentence in SENTENCE.split(text)]


def _printed(cell):
    """Yield the outputs of a code cell, as text."""
    for out in cell.outputs:
        data = out.get("data", {})
        html = re.sub(r"<[^>]*>", " ", DETAILS.sub(" ", text_of(data.get("text/html", ""))))
        shown = (text_of(out.get("text", "")), html or text_of(data.get("text/plain", "")))
        yield from (line for text in shown for line in text.splitlines())


def _strings(cell):
    """Yield the titles in a code cell, and those strings and comments that say how something comes out."""
    if cell.cell_type != "code":
        return
    tree = syntax(cell) or ast.Module([], [])
    strings = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    strings += re.findall(r"(?<!['\"])# +(.+)$", cell.source, re.MULTILINE)
    yield from (text for text in strings if VERDICT.search(text))
    yield from _titles(tree)


def _answers(cell):
    """Yield the headings of a cell that do not ask, and the titles that say how it comes out."""
    if cell.cell_type == "markdown":
        for text in re.findall(r"^#{2,} +(.+?) *$", prose(cell.source), re.MULTILINE):
            if not text.endswith("?"):
                yield f"heading {_short(text)} does not ask"
        return
    for text in _titles(syntax(cell) or ast.Module([], [])):
        if VERDICT.search(text) and not text.endswith("?") and not text.startswith("What "):
            yield f"title {_short(text)} says how it comes out"


def _titles(tree):
    """Yield the titles of figures: what is passed on as ``title``, or gets this name."""
    for node in ast.walk(tree):
        name = ""
        if isinstance(node, ast.keyword):
            name = node.arg or ""
        elif isinstance(node, ast.Assign):
            name = ast.unparse(node.targets[0])
        if name.endswith("title") and isinstance(node.value, ast.Constant):
            yield str(node.value.value)


def _too_near(notebook):
    """Yield explanations that stand open right below what they explain."""
    name, between = "", 0
    for label, cell in numbered(notebook):
        if cell.cell_type == "code":
            found = ASKED.search(cell.source)
            name, between = (found[1], 0) if found else (name, between + (not _explains(cell)))
        elif name and "explain" in tags(cell):
            first = DETAILS.sub("", prose(cell.source).strip().partition("\n\n")[0])
            if between < FAR and not first.startswith("<details"):
                yield f"{label}: the explanation of {name} stands open, {between} cell below it: fold it in <details>"
            name = ""


def _short(text):
    return repr(text if len(text) <= 60 else text[:57] + "…")
