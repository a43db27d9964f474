"""A class without names: pseudonyms that stay the same, and a key to them that lies apart.

Names, ids, addresses, file names and records are taken out of everything: also of what learners wrote, and of what is
remarked. What remains is the time of each paper, and whatever else of themselves learners wrote into their code.
"""

import re
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any
from unicodedata import combining, normalize

from collapse_edu.course.grading.gradebook import write_tables
from collapse_edu.course.grading.grades import Grade
from collapse_edu.course.grading.pages import write_pages
from collapse_edu.course.grading.returned import zipped
from collapse_edu.course.grading.roster import Person, lms_owner
from collapse_edu.course.grading.table import as_text, csv_bytes, read
from collapse_edu.files import PRIVATE, write_atomically

__all__ = ["anonymous", "write_anonymous"]

_LETTER = r"[^\W_]"
_LETTERS = "bcdfghjkmnpqrstvwxz"  # no vowels: no words
# Letters of a name, or signs of an id, that can be told from other text; the same, of a part of a name.
_SHORTEST, _SHORTEST_PART = 2, 3


def anonymous(grades: Sequence[Grade], key: Path) -> list[Grade]:
    """Return the grades under pseudonyms. The key is made, or grows, and only its owner may read it.

    Parameters
    ----------
    grades : sequence of Grade
    key : Path
        CSV with the pseudonym of each learner. It must not lie where others read.

    Returns
    -------
    list of Grade
        Texts of learners and remarks hold nobody's name, id, e-mail, file name or record. The `learner` of an answer
        stays, since it gives the numbers of the question: never show it.

    Raises
    ------
    OSError
    TableError
        If the key was changed into something else.
    """
    known, identities = _read(key), _identities(grades)
    names: dict[str, str] = {}
    for who in dict.fromkeys(identities.values()):
        names[who] = known.get(as_text(who)) or _new(set(known.values()) | set(names.values()))
    about = {as_text(identities[grade.learner]): grade.name for grade in grades}
    kept = known | {as_text(who): name for who, name in names.items()}  # as the table has it, and is read again
    rows = [[name, who, about.get(who, "")] for who, name in sorted(kept.items())]
    write_atomically(key, csv_bytes([["pseudonym", "who", "name"], *rows]), mode=PRIVATE)
    called = {learner: names[who] for learner, who in identities.items()}
    hide = _hider(grades, called)
    papers: dict[str, Iterator[int]] = defaultdict(partial(count, 1))
    return [_hidden(grade, name, hide, papers[name]) for grade in grades if (name := called[grade.learner])]


def write_anonymous(grades: Sequence[Grade], bank: ModuleType, out: Path) -> None:
    """Write ``anonymous/`` and ``anonymous.zip``, which others may see, and ``anonymous_key.csv``, which they may not.

    Parameters
    ----------
    grades : sequence of Grade
    bank : module
    out : Path
        A folder that exists.

    Raises
    ------
    OSError
    """
    folder = out / "anonymous"
    folder.mkdir(exist_ok=True)
    hidden = anonymous(grades, out / "anonymous_key.csv")
    papers = [paper for grade in hidden for paper in (grade.result, *grade.others) if paper]
    write_tables(hidden, folder, write_pages(hidden, papers, bank, folder))
    for kept in (folder / "reports").glob("*.json"):
        kept.unlink()  # it says whose numbers the questions have
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    entries = ((path.relative_to(folder).as_posix(), path.read_bytes()) for path in files)
    write_atomically(out / "anonymous.zip", zipped(entries), mode=PRIVATE)


def _read(key):
    if not key.exists():
        return {}
    rows = read(key, ("pseudonym", "who"), optional=("name",))
    return {row.cells["who"]: row.cells["pseudonym"] for row in rows}


def _new(taken):
    while (name := "learner-" + "".join(secrets.choice(_LETTERS) for _ in range(6))) in taken:
        pass
    return name


def _identities(grades):
    """Return for each learner's number what they are known by again; a lesson without a paper says nothing."""
    found: dict[int, str] = {}
    for grade in grades:
        if grade.person or grade.result:
            found.setdefault(grade.learner, _identity(grade))
    return found


def _identity(grade):
    """Return what a learner is known by again: as the roster has them, else by record and name, else by the file."""
    if grade.person:
        return "roster " + (grade.person.id or grade.person.email or grade.person.login or grade.person.name)
    if grade.result.learner:
        return f"record {grade.result.learner} {grade.name}"
    return f"file {grade.result.submission}"


# Words that say who somebody is.


def _hider(grades, called) -> Callable[[str, bool], str]:
    """Return a function that takes from a text all that says who somebody is: of code, also single names."""
    whole: dict[str, str] = {}
    parts: dict[str, str] = {}
    for grade in grades:
        for word in filter(None, _words(grade)):
            _enter(whole, word, called[grade.learner], _SHORTEST)
        for word in re.findall(r"[^\W\d_]+", " ".join(_names(grade))):
            _enter(parts, word, called[grade.learner], _SHORTEST_PART)
    everything = parts | whole
    return lambda text, own: _replaced(text, everything if own else whole)


def _enter(words, word, name, shortest):
    """Enter a word in all its spellings; one that two people share stands for neither."""
    for spelling in {word, normalize("NFC", word), normalize("NFD", word), _plain(word)}:
        if len(spelling) >= shortest:
            words[spelling.casefold()] = name if words.get(spelling.casefold(), name) == name else "somebody"


def _plain(word):
    return "".join(letter for letter in normalize("NFKD", word) if not combining(letter))


def _names(grade):
    yield grade.name
    for paper in (grade.result, *grade.others):
        if paper:
            yield paper.name or ""
            yield owner.name if (owner := lms_owner(paper.submission)) else ""


def _words(grade) -> Iterable[str]:
    yield from _names(grade)
    if grade.person:
        yield from (grade.person.id, grade.person.email, grade.person.login, *_handles(grade.person))
    for paper in (grade.result, *grade.others):
        if paper:
            owner = lms_owner(paper.submission)
            yield from (paper.learner or "", paper.submission, paper.submission.rpartition("/")[2], paper.sha256)
            yield from (folder for folder in paper.submission.split("/")[:-1] if _names_somebody(folder, grade))
            yield from (answer.learner or "" for answer in paper.answers.values())
            yield owner.id if owner else ""


def _handles(person: Person):
    """Yield what of the roster's row is an address or a number of a person: what holds a digit or an ``@``."""
    return (
        value for value in person.row.values() if re.search(r"[@\d]", value) and not re.fullmatch(r"[\d.,]+", value)
    )


def _names_somebody(folder, grade):
    return any(word and word.casefold() in folder.casefold() for word in _names(grade))


def _replaced(text, words: Mapping[str, str]):
    folded = text.casefold()
    there = sorted((word for word in words if word in folded), key=len, reverse=True)
    if not there:
        return text
    found = re.compile("|".join(map(_as_a_word, there)), re.IGNORECASE)
    return found.sub(lambda match: words.get(match[0].casefold(), "somebody"), text)


def _as_a_word(word):
    """Return a pattern of a word that is no part of a longer one; scripts without capitals do not part words."""
    before, after = (
        _LETTER if letter.upper() != letter.lower() or letter.isdigit() else "" for letter in (word[0], word[-1])
    )
    return f"{before and f'(?<!{before})'}{re.escape(word)}{after and f'(?!{after})'}"


# What is said under a pseudonym.


def _hidden(grade, name, hide, numbers):
    papers = [paper for paper in (grade.result, *grade.others) if paper]
    shown = [_hidden_paper(paper, f"{name} paper {next(numbers)}", name, hide) for paper in papers]
    return replace(
        grade,
        name=name,
        person=Person(name) if grade.person else None,
        result=shown[0] if grade.result else None,
        others=tuple(shown[1:]),
        comment=hide(grade.comment, True),
        remarks=tuple(hide(remark, False) for remark in grade.remarks),
    )


def _hidden_paper(paper, place, name, hide):
    return replace(
        paper,
        submission=place,
        sha256="",
        learner=paper.learner and name,
        name=name,
        fault=paper.fault and hide(paper.fault, False),
        notes=tuple(hide(note, False) for note in paper.notes),
        asides=tuple(hide(aside, False) for aside in paper.asides),
        doubts=tuple(hide(doubt, False) for doubt in paper.doubts),
        answers={question: _hidden_answer(answer, hide) for question, answer in paper.answers.items()},
    )


def _hidden_answer(answer, hide):
    return replace(
        answer,
        answer=_hidden_data(answer.answer, hide),
        source=answer.source and hide(answer.source, True),
        reason=hide(answer.reason, True),
        next_step=hide(answer.next_step, False),
    )


def _hidden_data(data: Any, hide):
    if isinstance(data, str):
        return hide(data, True)
    if isinstance(data, list | tuple):
        return [_hidden_data(part, hide) for part in data]
    if isinstance(data, dict):
        return {hide(key, True): _hidden_data(part, hide) for key, part in data.items()}
    return data
