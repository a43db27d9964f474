"""Papers that are alike, and names that are: each has its own row, and a person decides."""

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from collapse_edu.course.grading.result import Result
from collapse_edu.course.grading.roster import name_words

__all__ = ["noted"]

# Small letters of Cyrillic and Greek that look like a Latin one, above it. Unicode's own list of confusable characters
# has thousands, of every script, at 1 MB; names of a class need those that keyboards hold.
_LOOKALIKES = str.maketrans("авеікмнорстухјѕԁһԛԝёαεικνορτυχγ", "abeikmhopctyxjsdhqweaeikvoptuxy")


def noted(results: Sequence[Result]) -> list[Result]:
    """Return results with asides: of papers that are the same to the byte, and of names that look alike.

    Several papers of one learner, and learners of one name, are told apart by :func:`.grades.grades`.

    Parameters
    ----------
    results : list of Result

    Returns
    -------
    list of Result
        In the same order.

    Examples
    --------
    >>> papers = [Result("a", learner="1", name="Ada"), Result("b", learner="2", name="\\u0410da")]
    >>> noted(papers)[1].asides
    ('its name mixes letters of Cyrillic and Latin', 'its name looks like that of a: Ada')
    """
    same, alike = _same_bytes(results), _alike(results)
    found = []
    for result in results:
        asides = [*_about_bytes(result, same), *_about_name(result, alike)]
        found.append(replace(result, asides=(*result.asides, *asides)))
    return found


def _same_bytes(results):
    same = defaultdict(list)
    for result in results:
        if result.kind and result.sha256:
            same[result.sha256].append(result.submission)
    return same


def _about_bytes(result, same):
    others = [name for name in same.get(result.sha256, ()) if name != result.submission]
    if result.kind and others:
        more = f" and {len(others) - 3} more" if len(others) > 3 else ""
        yield f"the same file, to the byte, as {', '.join(others[:3])}{more}"


def _alike(results):
    alike = defaultdict(dict)
    for result in results:
        if result.name:
            alike[_looks(result.name)].setdefault(" ".join(name_words(result.name)), result)
    return alike


def _about_name(result, alike):
    if not result.name:
        return
    scripts = {script for word in result.name.split() for script in _mixed(word)}
    if scripts:
        yield f"its name mixes letters of {' and '.join(sorted(scripts))}"
    for name, other in alike[_looks(result.name)].items():
        if name != " ".join(name_words(result.name)):
            yield f"its name looks like that of {other.submission}: {other.name}"


def _looks(name):
    """Return a name as it looks: letters of other scripts as the Latin ones that they look like."""
    return " ".join(name_words(name)).translate(_LOOKALIKES)


def _mixed(word):
    """Return the scripts of a word, where it mixes two of those that look alike."""
    scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in word if letter.isalpha()}
    scripts &= {"LATIN", "CYRILLIC", "GREEK"}
    return {script.title() for script in scripts} if len(scripts) > 1 else set()
