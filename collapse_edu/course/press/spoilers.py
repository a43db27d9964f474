"""Spoilers: what gives the right option of a prediction away, within reach of the learner who is asked.

Four rules, each told in one line for each fault:

* a text shares content words with the right option that its rivals lack. Words are compared by their stems, and by what
  they mean in this course: *falls* and *shrinks* are one word, so are *lost* and *gone*. So are numbers, in digits or
  in words, and pairs of words that stand near each other; words of the reason help;
* a heading of the section says something, where it should ask;
* the title of a figure says how it comes out, where it should say what is shown;
* an explanation can be read while the learner still chooses: only one cell stands between, and it is not folded.

Words are compared, and not what they say: of 20 free paraphrases, held out, 5 are found (``tests/course/press``).

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
from pathlib import Path

from nbformat import NotebookNode

from collapse_edu.course.press.reading import MARKDOWN_LINK, headings, numbered, prose, syntax, tags, text_of
from collapse_edu.course.quiz import bank
from collapse_edu.course.register import lesson_called

__all__ = ["content_words", "giving_away", "shared_words", "spoilers"]

ENOUGH, LEAST = 1.5, 1.25  # shared words that tell; and where the right option has few of its own
WORN, REASONED, PROMPTED = 0.5, 0.25, 0.25  # what words count that tell less: see giving_away
MANY = 1 / 5  # of all predictions
NEAR = 3  # content words: so far apart are two that make a pair
ALIKE = 0.03  # relative distance of two numbers that count as one
FAR = 2  # cells that do something, between a prediction and an explanation that is open
ASKED = re.compile(r"""\bpredict\(["'](M\d+\.p\d+)["']\)""")
EXPLAINED = re.compile(r"\bexplain\(|\.explain\(\)")
ASKING = re.compile(r"\W*(?:compute|predict|say)(?: \S+){0,3} (?:how|what|where|whether|which)\b", re.IGNORECASE)
TITLES = re.compile(r".*title$")  # what a keyword, a variable or a method is called
LABELS = re.compile(r".*(?:label|text|annotate)$")
DETAILS = re.compile(r"<details\b.*?</details>", re.DOTALL | re.IGNORECASE)
SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n\s*\n|\n\s*(?=[*|] )")
TOKEN = re.compile(r"(?<![\w.])(\d+(?:,\d{3})*(?:\.\d+)?)( ?%| per cent)?|([^\W\d_][\w’']*)")
ENDINGS = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("er", ""), ("est", ""), ("ly", ""), ("s", ""))
EMPTY = (
    "a about after all also an and any are as at be because been before between both but by can cannot could did do "
    "does each every few for from had has have he her him his how i if in into is it its just may more most much must "
    "near nearly no nor not of on one only or other others our out over she since so some such than that the their "
    "them then there these they this those to too under until us very was we were what when where which while who "
    "whose why will with would yes you your "
)
NUMERALS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty"
)
SAME = (  # each line one meaning
    "lost lose loss gone go vanish die dead disappear extinct forgotten forget miss missed drop",
    "fall fell shrink decline decrease sink fewer less lower small narrow down",
    "rise rose risen grow grew growth increase large larger higher up",
    "stay hold held keep kept remain settle level constant still stand stood stop flat left alive live survive",
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
    move|mend|fake|flatten|tell|win|help|need|survive|drop|sink|disappear)s?|lost|gone|left|triples|never|always|hardly|
    better|worse|best|worst|closer|fewer|less|faster|slower|higher|lower|(?<!one\ )more|most)\b""",
    re.VERBOSE | re.IGNORECASE,
)


def content_words(text: str) -> set[str]:
    """Return the stems of the words of `text` that mean something, one for all words of one meaning, and its numbers.

    Examples
    --------
    >>> sorted(content_words("The words stay, the passages go"))
    ['lost', 'stay', 'text', 'word']
    >>> content_words("The tokens are gone") == content_words("a type vanishes")
    True
    >>> sorted(content_words("about 1,000, or 7.4 %, or π²/6"))
    ['1.64', '1000', '7.4%']
    """
    return set(_in_order(text))


def _in_order(text):
    """Return the content words and the numbers of `text`, one after the other."""
    found = []
    for number, percent, word in TOKEN.findall(_plain(text)):
        if number:
            found.append(number.replace(",", "") + "%" * bool(percent))
        elif word in _NUMERALS:
            found.append(_NUMERALS[word])
        elif word not in _EMPTY and len(word) > 1:
            stem = _stem(word)
            found.append(_MEANING.get(stem, stem))
    return found


def _plain(text):
    return re.sub(r"\b(?:hardly|do(?:es)? not) moves?\b", "stay", text.lower().replace("π²/6", "1.64"))


def _pairs(text):
    """Return the content words that stand near each other: "words stay, texts go" is not "texts stay, words go"."""
    words = _in_order(text)
    return {f"{one} {other}" for i, one in enumerate(words) for other in words[i + 1 : i + 1 + NEAR] if one != other}


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


_NUMERALS = {word: str(i) for i, word in enumerate(NUMERALS.split(), 2)}
_EMPTY = frozenset(EMPTY.split())
_MEANING = {_stem(word): line.split()[0] for line in SAME for word in line.split()}


@cache
def giving_away(name: str) -> list[dict[str, float]]:
    """Return what gives the right outcome and the right cause of a prediction away: word → how much it counts.

    Parameters
    ----------
    name : str
        Such as ``"M2.p1"``.

    Returns
    -------
    list of dict of str to float
        Numbers, words, and pairs of near words of the right option that no rival has: 1, or 1/2 for a word that the
        prompt has, too, or many predictions do. Words of its reason that neither rivals nor the prompt have: 1/2.
        A number tells little without what it is the number of. So if there are only numbers, each word of the prompt is
        there, too, and counts 1/4.
    """
    content = bank.prediction(name)
    return [_apart(options, content["prompt"]) for options in filter(None, (content["outcomes"], content["causes"]))]


def _apart(options, said):
    """Return what sets the right one of `options` apart."""
    prompt = content_words(said)
    (right,) = (option for option in options if option.right)
    others = [option for option in options if not option.right]
    rivals = " | ".join(option.text for option in others)
    told = content_words(" | ".join(option.why for option in others) + rivals) | prompt
    worn = prompt | {word for word in _words_of_the_course() if not _is_number(word)}
    words = content_words(right.text) - content_words(rivals)
    pairs = {pair for pair in _pairs(right.text) - _pairs(rivals) - _pairs(said) if not words >= set(pair.split())}
    apart = {pair: WORN if words and worn & set(pair.split()) else 1.0 for pair in pairs}
    apart |= {word: WORN if word in worn else 1.0 for word in words}
    if (not words <= prompt and (sum(apart.values()) < ENOUGH or all(map(_is_number, words)))) or not words:
        context = {word for word in prompt - content_words(rivals) if not _is_number(word)}
        apart = dict.fromkeys(context, PROMPTED) | apart
    return dict.fromkeys(content_words(right.why) - told, REASONED) | apart


def _is_number(word):
    return word[0].isdigit() and " " not in word


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
    if _asks(text):
        return []
    words = content_words(text)
    shared = {word for word in apart if word in words or (_is_number(word) and any(_alike(word, w) for w in words))}
    shared |= _pairs(text) & apart.keys()
    weights = [apart[word] for word in shared]
    best = max(weights, default=0.0)
    whole = sum(weight for weight in apart.values() if weight >= WORN)
    needed = min(ENOUGH + 0.25 * (best < 1), max(LEAST, whole))
    says = VERDICT.search(text) or any(map(_is_number, shared))
    if best < WORN or sum(weights) < needed or not says:
        return []
    return sorted(shared)


def _asks(text):
    """Tell whether a text asks, or says what is shown and not how it comes out."""
    if text.rstrip().endswith("?"):
        return not text.lower().startswith("why")
    return bool(ASKING.match(text)) or (text.startswith("What is shown") and not VERDICT.search(text[len("What is") :]))


def _alike(one, other):
    """Tell whether two numbers are nearly the same: one is rounded, as 4,200 for 4,215."""
    if not _is_number(other) or one.endswith("%") != other.endswith("%"):
        return False
    a, b = float(one.rstrip("%")), float(other.rstrip("%"))
    return abs(a - b) <= ALIKE * a


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
        html = DETAILS.sub(" ", text_of(data.get("text/html", "")))
        tables = re.findall(r"<table\b.*?</table>", html, re.DOTALL)
        yield from (re.sub(r"<[^>]*>|\s+", " ", table) for table in tables)
        html = re.sub(r"<[^>]*>", " ", html)
        shown = (text_of(out.get("text", "")), html or text_of(data.get("text/plain", "")))
        yield from (line for text in shown for line in text.splitlines())


def _strings(cell):
    """Yield the titles and labels in a code cell, and strings and comments that say how something comes out."""
    if cell.cell_type != "code":
        return
    tree = syntax(cell) or ast.Module([], [])
    strings = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    strings += re.findall(r"(?<!['\"])# +(.+)$", cell.source, re.MULTILINE)
    yield from (text for text in strings if VERDICT.search(text))
    yield from _named(tree, TITLES)
    yield from _named(tree, LABELS)


def _answers(cell):
    """Yield the headings of a cell that do not ask, and the titles that say how it comes out."""
    if cell.cell_type == "markdown":
        for text in re.findall(r"^#{2,} +(.+?) *$", prose(cell.source), re.MULTILINE):
            if not text.endswith("?"):
                yield f"heading {_short(text)} does not ask"
        return
    for text in _named(syntax(cell) or ast.Module([], []), TITLES):
        if VERDICT.search(text) and not text.endswith("?") and not text.startswith("What "):
            yield f"title {_short(text)} says how it comes out"


def _named(tree, names):
    """Yield the strings that are passed on as, or get, one of these names (``title``), or go to a method of it."""
    for node in ast.walk(tree):
        name, values = "", []
        if isinstance(node, ast.keyword):
            name, values = node.arg or "", [node.value]
        elif isinstance(node, ast.Assign):
            name, values = ast.unparse(node.targets[0]), [node.value]
        elif isinstance(node, ast.Call):
            name, values = ast.unparse(node.func).rpartition(".")[2], node.args
        if names.match(name):
            yield from (each.value for each in values if isinstance(each, ast.Constant) and isinstance(each.value, str))


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
