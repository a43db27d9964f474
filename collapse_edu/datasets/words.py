"""What a word is, in any script.

A text becomes words like this. It is lower-cased, in Unicode's form NFC before and after. A word is a run of letters
and their accents, in any script, with single apostrophes or hyphens inside it ("don't", "sperm-whale"). Everything else
(spaces, digits, dashes, quotation marks, emoji) only separates words. What cannot be seen does neither: soft hyphens,
marks of the direction, variation selectors and what else Unicode lets no reader see go, and so does the line that makes
an Arabic word longer (tatweel); a joiner or non-joiner inside a word stays, as Persian needs it.
A double quotation mark between two Hebrew letters is a gershayim, and part of the word.

Some scripts put no spaces between words. Where a word ends there, only a dictionary can say, and dictionaries differ.
The default rules of Unicode need none, and hold here: in Han, hiragana, Thai, Lao, Khmer, Burmese and the other scripts
of the line-breaking class "complex context", each letter with its accents and signs (its grapheme cluster) is a word of
its own; in katakana, each run is. A text can say itself where its words end, with zero-width spaces (U+200B), as Khmer
texts do: where there is one for every twenty letters or more, nothing is cut but there.

With ``marks=True`` each of the marks . , ; : ! ? and of their counterparts in other scripts is a word of its own,
unless it stands between two digits ("1,000"), so that generated passages can be read; without, marks only separate
words too.

References
----------
Unicode Standard Annex 29, *Unicode Text Segmentation*, for word boundaries and grapheme clusters; Annex 14 for the
class "complex context".
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache

__all__ = ["MARKS", "caution", "line_of", "words_of"]

_WIDE = "。，、；：！？"  # they bring their own space
MARKS = ".,;:!?" + _WIDE + "،؛؟۔" + "।॥" + "։" + "።፣፤፥" + "។" + "၊။"
_INSIDE = "'’-"
_GERSHAYIM = "\u05f4"
_JOINED = _INSIDE + "\u05f3" + _GERSHAYIM + "\u200c\u200d"  # with geresh, non-joiner and joiner
# What Unicode calls default-ignorable, but for the joiners and the zero-width space: soft hyphen, marks of the
# direction, grapheme joiner, fillers of Hangul, variation selectors, tags. And tatweel: a letter by its category (Lm),
# it has no sound, and only makes an Arabic word longer on the line.
_TATWEEL = 0x640
_UNSEEN = {
    *map(chr, (0xAD, 0x34F, 0x61C, _TATWEEL, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x200E, 0x200F, 0x3164, 0xFEFF, 0xFFA0)),
    *map(chr, (*range(0x180B, 0x1810), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10))),
    *map(chr, (*range(0xFFF0, 0xFFF9), *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B), *range(0xE0000, 0xE1000))),
}
_ZERO_WIDTH_SPACE = "\u200b"
_SPARSE = 20  # letters for each zero-width space
_FIRST_WITHOUT_SPACES = "\u0e01"  # Thai, in the order of Unicode
_LETTER = r"[\p{Line_Break=SA}\p{Script=Han}\p{Script=Hiragana}\p{Script=Bopomofo}]"
_KATAKANA = r"\p{Word_Break=Katakana}"
_LONG = 25  # letters: where spaces stand between words, most are shorter, in every language


def words_of(text: str, marks: bool = False) -> list[str]:
    """Return the words of a string, cut as this module says.

    Parameters
    ----------
    text : str
    marks : bool
        Whether the marks . , ; : ! ? and their counterparts in other scripts are words too.

    Returns
    -------
    list of str
        Empty if there are none.

    Examples
    --------
    >>> words_of("Call me Ishmael. Some years ago--never mind")
    ['call', 'me', 'ishmael', 'some', 'years', 'ago', 'never', 'mind']
    >>> words_of("春眠不觉晓，", marks=True)
    ['春', '眠', '不', '觉', '晓', '，']
    >>> words_of("\\u200b".join(["春", "眠", "不觉", "晓"]))
    ['春', '眠', '不觉', '晓']
    """
    text = unicodedata.normalize("NFC", text).lower()
    cut = _may_lack_spaces(text) and not _says_where_words_end(text)
    text = re.sub('"(?<=[א-ת].)(?=[א-ת])', _GERSHAYIM, text)
    marked = MARKS if marks else ""
    if marks:
        text = re.sub(rf"[{MARKS}](?<=\d.)(?=\d)", " ", text)
    text = text.translate({ord(c): _instead(c, marked) for c in set(text) if c in _UNSEEN or not c.isalpha()})
    text = unicodedata.normalize("NFC", text)  # small letters, and what stood apart, may make one character
    text = re.sub(f"[{_INSIDE}]{{2,}}", " ", text)
    if cut:
        text = _letters().sub(r" \g<0> ", text)
    words = (word if word[0].isalpha() or word in marked else _from_first_letter(word) for word in text.split())
    return [word.rstrip(_JOINED) for word in words if word]


def _instead(c, marked):
    """Return what stands for a character that is no letter: nothing, itself, or something that separates."""
    if c in _UNSEEN:
        return ""
    if c in marked:
        return f" {c} "
    return c if c in _JOINED or unicodedata.category(c).startswith("M") else " "


def _from_first_letter(word):
    """Return a word without what belongs to no letter of it: an apostrophe before it, the accent of an emoji."""
    return word[next((i for i, c in enumerate(word) if c.isalpha()), len(word)) :]


def _may_lack_spaces(text):
    return any(c >= _FIRST_WITHOUT_SPACES and c.isalpha() for c in set(text))


def _says_where_words_end(text):
    spaces = text.count(_ZERO_WIDTH_SPACE)
    return spaces > 0 and _SPARSE * spaces >= sum(c >= _FIRST_WITHOUT_SPACES and c.isalpha() for c in text)


@cache
def _letters():
    """Return a pattern for the words of scripts without spaces."""
    import regex

    signs = r"\p{Word_Break=Extend}*"
    return regex.compile(rf"(?:{_KATAKANA}{signs})+|(?={_LETTER})\X{signs}")


@cache
def _needless_space():
    import regex

    other = rf"{_LETTER}|{_KATAKANA}"
    return regex.compile(rf"(?<={other}|[{_WIDE}]) (?={other})|(?<=[{_WIDE}]) ")


def line_of(words: Iterable[str]) -> str:
    """Return words and marks as a line to read: no space before a mark, none between letters of scripts without spaces.

    Parameters
    ----------
    words : iterable of str

    Returns
    -------
    str

    Examples
    --------
    >>> line_of(["call", "me", "ishmael", "."]), line_of(words_of("春眠不觉晓，处处闻啼鸟。", marks=True))
    ('call me ishmael.', '春眠不觉晓，处处闻啼鸟。')
    """
    line = re.sub(f" ([{MARKS}])", r"\1", " ".join(words))
    return _needless_space().sub("", line) if _may_lack_spaces(line) else line


def caution(counts: Mapping[str, int]) -> str | None:
    """Return one sentence, if most words of a text are not what a reader would call a word.

    Parameters
    ----------
    counts : mapping
        Word → how often it occurs.

    Returns
    -------
    str or None

    Examples
    --------
    >>> caution({"the": 60, "whale": 10})
    >>> caution({"欣": 2, "此": 1})
    'most words are single letters: where a script puts no spaces between words, each letter counts as a word'
    """
    most = sum(counts.values()) / 2
    if sum(many for word, many in counts.items() if len(word) >= _LONG) > most:
        return f"most words are as long as a sentence ({_LONG} letters or more): put spaces between words first"
    if sum(many for word, many in counts.items() if _may_lack_spaces(word[:1]) and _letters().fullmatch(word)) > most:
        return (
            "most words are single letters: where a script puts no spaces between words, each letter counts as a word"
        )
    return None
