"""Who is in the class, and which paper is whose.

A roster is a table as Moodle or Canvas give it, or one of the instructor's own. A paper is matched to a person by the
folder or file name that the system made, by what the paper says, and by its path; where that fits two people, or two
things contradict each other, a person decides.
"""

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from collapse_edu.course.grading.lms_names import canvas_name, moodle_name
from collapse_edu.course.grading.result import Result

__all__ = [
    "Owner", "Person", "RosterError", "lms_owner", "lms_place", "matched", "name_forms", "name_words", "numbers",
    "points_possible", "read_roster",
]  # fmt: skip

LARGEST = 20 << 20  # bytes of a roster
SHORTEST = 4  # characters of a number that counts where it stands in a path: `Q2 (2)` is nobody's

_NOBODYS = re.compile(r"(?i)(readme|licen[cs]e)[^/]*|[^/]*\.(csv|tsv|log)")  # what instructors and systems put there

# What a person has → the columns in which it may stand (Moodle, Canvas, one's own), the most telling first.
_COLUMNS = {
    "name": ("full name", "fullname", "student", "name"),
    "first": ("first name", "firstname", "given name"),
    "last": ("last name", "lastname", "surname", "family name"),
    "id": ("id number", "idnumber", "sis user id", "student number", "student id", "id"),
    "email": ("email address", "e-mail address", "email", "e-mail", "mail"),
    "login": ("username", "user name", "sis login id", "login id", "login"),
}
# Numbers by which Moodle ("Participant 12345") and Canvas name folders and files.
_NUMBERS = ("identifier", "id", "user id", "userid")


@dataclass(frozen=True)
class Person:
    """A learner as the roster has them.

    Attributes
    ----------
    name : str
        As people say it: first name first.
    id, email, login : str
        Empty where the roster does not say.
    row : dict
        Name of each column of the roster → what stands there, as it came: gradebooks give it back.
    """

    name: str
    id: str = ""
    email: str = ""
    login: str = ""
    row: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Owner:
    """Whose a file is by the name that a learning-management system gave its folder or itself.

    Attributes
    ----------
    name : str
        As it stands there: Canvas runs the last and the first name together.
    id : str
        The system's own number.
    """

    name: str
    id: str


class RosterError(ValueError):
    """The roster cannot be used; its message is one line."""


# ---------------------------------------------------------------- reading


def read_roster(path: str | Path, say: Callable[[str], object] | None = None) -> list[Person]:
    """Read a table of learners: participants or a grading worksheet of Moodle, a gradebook of Canvas, or one's own.

    Parameters
    ----------
    path : path
        CSV with commas, semicolons or tabs, in UTF-8 or Windows-1252. Its first row names the columns: a name, or first
        and last names, or an id, an e-mail address or a login.
    say : callable, optional
        Gets a line where the encoding was guessed.

    Returns
    -------
    list of Person
        In the order of the table.

    Raises
    ------
    RosterError

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "class.csv")
    ...     _ = file.write_text("name;id\\nLovelace, Ada;17\\n")
    ...     [(person.name, person.id) for person in read_roster(file)]
    [('Ada Lovelace', '17')]
    """
    rows = list(_rows(_text(Path(path), say), path))
    if not rows:
        raise RosterError(f"{path}: there is nobody in it")
    columns = _columns(rows[0], path)
    people = [_person(row, columns) for row in rows if not _is_of_canvas(row)]
    people = [person for person in people if person.name or person.id or person.email or person.login]
    if not people:
        raise RosterError(f"{path}: there is nobody in it")
    return people


def points_possible(path: str | Path) -> dict[str, str]:
    """Return the row of a gradebook of Canvas that says how many points there are: column → text; empty without one.

    Raises
    ------
    RosterError
    """
    rows = _rows(_text(Path(path), None), path)
    return next((dict(row) for row in rows if row.get("Student") == "Points Possible"), {})


def _text(path, say):
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RosterError(f"cannot read the roster {path}: {error.strerror or error}") from None
    if len(data) > LARGEST:
        raise RosterError(f"{path}: a roster has at most {LARGEST >> 20} MB")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:1000]:
        raise RosterError(f"{path}: it is no CSV in UTF-8; save it as CSV UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        if say:
            say(f"{path}: it is not UTF-8, and was read as Windows-1252: look whether the names are right")
        return data.decode("cp1252", errors="replace")


def _refuse_twins(path, columns):
    """Stop where two columns say who somebody is under one name: only the last one would be read."""
    telling = {column for columns in _COLUMNS.values() for column in columns}
    twice = next((column for column in columns if columns.count(column) > 1 and column in telling), None)
    if twice:
        raise RosterError(f"{path}: two columns are called {twice!r}: keep one")


def _rows(text, path):
    """Yield name of column → text, for each row that is not empty."""
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        table = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        _refuse_twins(path, [column.strip().casefold() for column in table.fieldnames or () if column])
        for row in table:
            kept = {column.strip(): value.strip() for column, value in row.items() if column and value}
            if any(kept.values()):
                yield {column.strip(): "" for column in table.fieldnames or () if column} | kept
    except csv.Error as error:
        raise RosterError(f"{path}: it is no CSV ({error})") from None


def _columns(row, path):
    """Return what a person has → the column where it stands."""
    there = {column.casefold(): column for column in row}
    fitting = {what: [there[name] for name in names if name in there] for what, names in _COLUMNS.items()}
    found = {what: columns[0] for what, columns in fitting.items() if columns}
    if not found:
        got = ", ".join(row)
        raise RosterError(
            f"{path}: its first row must name the columns, such as name, id, email (or Moodle's or Canvas's in "
            f"English); got {got:.100}"
        )
    return found


def _person(row, columns):
    said = {what: row[column] for what, column in columns.items()}
    parts = " ".join(filter(None, (said.get("first"), said.get("last"))))
    name = parts or _first_name_first(said.get("name", ""))
    return Person(name, said.get("id", ""), said.get("email", ""), said.get("login", ""), row)


def _first_name_first(name):
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() else name


def _is_of_canvas(row):
    """Return whether a row of a gradebook of Canvas is about no learner: the points possible, the test student."""
    student = next((value for column, value in row.items() if column.casefold() == "student"), None)
    return student is not None and (student in ("", "Points Possible", "Student, Test", "Test Student"))


# ---------------------------------------------------------------- whose a paper is


def lms_owner(submission: str) -> Owner | None:
    """Return whose a file is by the names that Moodle and Canvas give folders and files; None where they gave none.

    Parameters
    ----------
    submission : str
        Its path.

    Examples
    --------
    >>> lms_owner("all.zip/Ada Lovelace_12345_assignsubmission_file/Q2.ipynb")
    Owner(name='Ada Lovelace', id='12345')
    >>> lms_owner("lovelaceada_LATE_77_901_Q2.ipynb").id
    '77'
    >>> lms_owner("handin_M2_Ada.json")
    """
    found = _named_by_system(submission)
    return found and Owner(found[1]["name"], found[1]["id"])


def lms_place(submission: str) -> str | None:
    """Return where a system put a file, the same in each download; None where no system did.

    Examples
    --------
    >>> lms_place("again.zip/Ada Lovelace_12345_assignsubmission_file/Q2.ipynb")
    'Ada Lovelace_12345_assignsubmission_file/Q2.ipynb'
    """
    found = _named_by_system(submission)
    return found and "/".join(submission.split("/")[found[0] :])


def _named_by_system(submission):
    """Return the number of the outermost part of a path that a system named, and what is in it; None where none did.

    What lies deeper, such as in a learner's own archive, has no say.
    """
    parts, in_folder = submission.split("/"), False
    for number, part in enumerate(parts):
        is_archive = part.casefold().endswith(".zip")
        found = moodle_name(part)
        if not found and not in_folder and (is_archive or number == len(parts) - 1):
            found = canvas_name(part)
        if found:
            return number, found
        in_folder = in_folder or not is_archive
    return None


def matched(results: Sequence[Result], people: Sequence[Person]) -> list[tuple[Result, Person | None]]:
    """Return each result with the person whose it is.

    Parameters
    ----------
    results : list of Result
    people : list of Person
        The roster; where it is empty, nothing is known of anybody.

    Returns
    -------
    list of (Result, Person or None)
        In the same order. Where it is not certain whose a result is, or where a file that is no paper is all that a
        learner handed in, its ``doubts`` say so.

    Examples
    --------
    >>> paper = Result("Lovelace_Ada.json")
    >>> [(result, person)] = matched([paper], [Person("Ada Lovelace"), Person("Bo")])
    >>> person.name
    'Ada Lovelace'
    """
    if not people:
        found = list(_with_other_names_doubted(results))
    else:
        known = _Known(people)
        found = list(_with_several_records_doubted([_match(result, known) for result in results]))
    return _settled(list(_with_shared_records_doubted(found)))


def _match(result, known):
    places, contradiction = set(), None
    for found in known.evidence(result):
        if places and found and not places & found:
            contradiction = contradiction or found
        elif found:
            places = places & found or found
    by_path = known.narrowed(set(), result)
    if places and by_path and not places & by_path:
        contradiction = contradiction or by_path
    places = places if len(places) == 1 else known.narrowed(places, result)
    if len(places) == 1:
        (place,) = places
        return _doubted(result, _contradicted(known, place, contradiction)), known.people[place]
    return _doubted(result, _unknown(result, known, places)), None


def _contradicted(known, place, contradiction):
    if contradiction:
        others = " or ".join(sorted(known.people[other].name for other in contradiction))
        return _two_owners(known.people[place].name, others)
    return None


def _two_owners(one, other):
    return f"whose it is: folder, name and record point to {one} and to {other}"


def _unknown(result, known, places):
    if places:
        them = "; ".join(known.said(place) for place in sorted(places))
        return f"it may be of {len(places)} people of the roster: {them}"
    if result.status == "left out" and not lms_owner(result.submission):
        return None  # such as a README.txt: nobody's
    return "nobody of the roster fits it"


def _doubted(result, doubt):
    """Return a result with one more doubt, said once."""
    new = doubt and doubt not in result.doubts
    return replace(result, doubts=(*result.doubts, doubt)) if new else result


def _with_several_records_doubted(found):
    """Say where papers of several records are taken for one person's, and no system says so."""
    records = defaultdict(set)
    for result, person in found:
        if person and result.learner and not lms_owner(result.submission):
            records[id(person)].add(result.learner)
    for result, person in found:
        theirs = records[id(person)] if person else ()
        if len(theirs) > 1 and result.learner in theirs:
            doubt = f"{len(theirs)} records are taken for {person.name}'s: {', '.join(sorted(theirs))}"
            result = _doubted(result, doubt)
        yield result, person


def _with_other_names_doubted(results):
    """Yield results without a person; doubt what lies in one learner's place, and names another one who has a place."""
    owners = {result.submission: lms_owner(result.submission) for result in results}
    forms = {owner: name_forms(owner.name) for owner in filter(None, owners.values())}
    called = defaultdict(set)
    for owner, theirs in forms.items():
        for form in theirs:
            called[form].add(owner.name)
    for result in results:
        owner, said = owners[result.submission], name_forms(result.name or "")
        others = set().union(*(called.get(form, ()) for form in said))
        if owner and others and not said & forms[owner]:
            result = _doubted(result, _two_owners(owner.name, " or ".join(sorted(others))))
        yield result, None


def _with_shared_records_doubted(found):
    """Doubt papers of one record for one lesson that came from several people: one of them handed in another's."""
    came = defaultdict(dict)
    for result, person in found:
        who = person or lms_owner(result.submission)
        if who and result.learner and result.lesson:
            came[result.learner, result.lesson][id(person) if person else who] = who.name
    for result, person in found:
        names = came[result.learner, result.lesson].values()
        if len(names) > 1 and (person or lms_owner(result.submission)):
            doubt = f"papers of one record, {result.learner}, came from {' and from '.join(sorted(names))}"
            result = _doubted(result, doubt)
        yield result, person


def _settled(found):
    """Doubt files that are no papers where they are all that a learner handed in; elsewhere they need no look."""
    marked, learners = set(), defaultdict(set)
    for result, person in found:
        if result.status == "marked":
            marked.add(_whose(result, person))
            learners[_whose(result, person)].add(result.learner or result.submission)
    several = {whose for whose, them in learners.items() if len(them) > 1 and isinstance(whose, str)}
    return [(_settle(result, _whose(result, person), marked - several), person) for result, person in found]


def _settle(result, whose, marked):
    if result.kind or result.status == "marked" or result.turn < result.turns:
        return result
    if whose in marked:
        return replace(result, status="left out")
    nobodys = _NOBODYS.fullmatch(result.submission.rpartition("/")[2]) and not isinstance(whose, int | Owner)
    return result if nobodys or result.status != "left out" else _doubted(result, "no paper of this learner is here")


def _whose(result, person):
    """Return what a learner's files have in common: the person, what the system says, or the folder; else the file."""
    folder = result.submission.rpartition("/")[0]
    while folder.casefold().endswith(".zip"):
        folder = folder.rpartition("/")[0]
    return id(person) if person else lms_owner(result.submission) or folder or result.submission


class _Known:
    """The people of a roster, by everything that may name one."""

    def __init__(self, people):
        self.people = people
        self._numbers = _index((place, numbers(person)) for place, person in enumerate(people))
        self._exact = _index((place, _exact_names(person)) for place, person in enumerate(people))
        self._loose = _index((place, name_forms(person.name)) for place, person in enumerate(people))
        self._handles = _index((place, _handles(person)) for place, person in enumerate(people))
        self._in_paths = [[list(forms(person)) for forms in (_handles_in_paths, _names_in_paths)] for person in people]

    def evidence(self, result: Result) -> Iterable[set[int]]:
        """Yield the places of the people whom the system, and then the paper itself, name."""
        if owner := lms_owner(result.submission):
            yield self._numbers.get(owner.id, set())
            yield self._called(owner.name)
        for said in filter(None, (result.name, result.learner)):
            yield self._handles.get(said.casefold(), set()) or self._called(said)

    def narrowed(self, places: set[int], result: Result) -> set[int]:
        """Return those of some places (of all, where there are none) whose name, number or address the path holds."""
        words = f" {' '.join(name_words(result.submission))} "
        asked = places or range(len(self.people))
        for kind in (0, 1):  # numbers and addresses first: they tell namesakes apart
            found = {place for place in asked if any(f" {form} " in words for form in self._in_paths[place][kind])}
            if found:
                return found
        return places

    def said(self, place: int) -> str:
        """Return a person in words that tell them from a namesake."""
        person = self.people[place]
        about = ", ".join(filter(None, (person.id, person.email, person.login)))
        return f"{person.name} ({about})" if about else person.name

    def _called(self, name):
        exact = self._exact.get(name.casefold()) or self._exact.get(_first_name_first(name).casefold())
        return exact or set().union(*(self._loose.get(form, set()) for form in name_forms(name)))


def _index(pairs):
    found = defaultdict(set)
    for place, keys in pairs:
        for key in filter(None, keys):
            found[key].add(place)
    return found


def numbers(person: Person) -> Iterator[str]:
    """Yield the numbers by which Moodle and Canvas may name a person's folder or file."""
    for column, value in person.row.items():
        if column.casefold() in _NUMBERS and (number := re.fullmatch(r"(?:\D+ )?(\d+)", value)):
            yield number[1]


def _exact_names(person):
    return {unicodedata.normalize("NFC", person.name).casefold()}


def _handles(person):
    return {person.id.casefold(), person.email.casefold(), person.login.casefold()}


def _names_in_paths(person):
    words = name_words(person.name)
    if words:
        yield " ".join(words)
        yield " ".join([*words[-1:], *words[:-1]])


def _handles_in_paths(person):
    """Yield the numbers and addresses that are not so short that they stand in any path."""
    for handle in (person.id, person.email, person.login):
        if len(handle) >= SHORTEST:
            yield " ".join(name_words(handle))


def name_words(text: str) -> list[str]:
    """Return the words of a name or a path, without accents, in small letters.

    Examples
    --------
    >>> name_words("O'Brien-Müller, ZOË")
    ['o', 'brien', 'muller', 'zoe']
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return re.findall(r"[^\W_]+", "".join(letter for letter in plain if not unicodedata.combining(letter)))


def name_forms(name: str) -> set[str]:
    """Return the forms by which a name is found: without accents and signs, in any order, and run together.

    Examples
    --------
    >>> sorted(name_forms("Lovelace, Ada"))
    ['ada lovelace', 'adalovelace', 'lovelace ada', 'lovelaceada']
    """
    words = name_words(name)
    turned = [words[start:] + words[:start] for start in range(len(words))]
    return {gap.join(form) for form in [sorted(words), *turned] for gap in (" ", "")} - {""}
