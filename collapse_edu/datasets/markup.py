"""The text of a page, a book, a letter: HTML, EPUB, Word, PDF. Tags and styles are no text.

The standard library reads the first three, under a limit for what an archive may unpack to; a PDF needs pypdf.
"""

import logging
import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
import zlib
from html.parser import HTMLParser
from io import BytesIO
from urllib.parse import unquote
from xml.parsers.expat import ExpatError, ParserCreate

__all__ = [
    "DAMAGED",
    "LIMIT",
    "TAGGED",
    "TOO_LARGE",
    "UnreadableError",
    "archive_of",
    "decoded",
    "docx_text",
    "epub_text",
    "html_text",
    "is_tagged",
    "pdf_text",
]

LIMIT = 2**28  # bytes of a file, packed or not
TOO_LARGE = f"is larger than {LIMIT // 2**20} MB, unpacked: cut it into several files, or make JSON lines of it"
DAMAGED = "is damaged: it cannot be unpacked"
TAGGED = "a tenth of the text or more is tags such as <p>, whose names count as words: take them out first"
_TAG = re.compile("</?[A-Za-z][^<>]*>")
_MARK = b"\xef\xbb\xbf"  # of UTF-8, at the start of a file
_CHARSET = re.compile(rb"""<meta[^>]{,200}charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_SILENT = {"script", "style", "template", "title", "noscript"}
_INLINE = re.compile(
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|nobr|q|s|samp|small|span|strike|"
    "strong|sub|sup|time|tt|u|var|wbr"
)
_WORD = (  # a document of Word, and one that is saved as "Strict Open XML"
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",
)
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TEXT, _PARAGRAPH = {f"{space}t" for space in _WORD}, {f"{space}p" for space in _WORD}
_BREAKS = {f"{space}{tag}": "\t" if tag == "tab" else "\n" for space in _WORD for tag in ("p", "br", "cr", "tab")}


class UnreadableError(ValueError):
    """What holds no text that can be read: a file, or a record of one.

    Parameters
    ----------
    why : str
        In a few words, to be counted.
    sentence : str, optional
        What its reader can do, to stand after the name of the file.
    """

    def __init__(self, why: str, sentence: str | None = None) -> None:
        super().__init__(sentence or f"cannot be read: {why}")
        self.why = why


def decoded(raw: bytes, charset: str = "utf-8") -> str:
    """Return bytes as text.

    Parameters
    ----------
    raw : bytes
    charset : str
        What it should be.

    Returns
    -------
    str

    Raises
    ------
    UnreadableError
        If it is another encoding, or no text.
    """
    try:
        text = raw.removeprefix(_MARK).decode(charset)
    except UnicodeDecodeError as error:
        byte = error.start + len(_MARK) * raw.startswith(_MARK)
        guess = ": it looks like UTF-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
        raise UnreadableError(
            "not UTF-8",
            f"must be UTF-8 text; byte {byte} is not{guess} (save it as UTF-8 in your editor, and try again)",
        ) from None
    except (UnicodeError, LookupError):  # "undefined" is an encoding, too
        raise UnreadableError("no known encoding", f"must be UTF-8; it says that it is {charset!r:.40}") from None
    if "\0" in text:
        raise UnreadableError("no text", "must be UTF-8 text; it has bytes that are 0, as binary files and UTF-16 have")
    return text


def is_tagged(text: str) -> bool:
    """Return whether a tenth of a text or more is tags: a page that nobody took the text out of.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool

    Examples
    --------
    >>> is_tagged("<p class=x>The whale</p>"), is_tagged("The whale <3 the sea")
    (True, False)
    """
    return 10 * sum(map(len, _TAG.findall(text))) >= len(text) > 0


def html_text(raw: bytes) -> str:
    """Return what a reader of a page sees: no tags, scripts and styles; blocks stand on lines of their own.

    Parameters
    ----------
    raw : bytes
        In UTF-8, or in what its ``meta`` tag names.

    Returns
    -------
    str

    Raises
    ------
    UnreadableError

    Examples
    --------
    >>> html_text("<style>p {}</style><p class=x>Die <b>W</b>&auml;hler<p>nahmen<br>Platz".encode()).split()
    ['Die', 'Wähler', 'nahmen', 'Platz']
    """
    try:
        page = decoded(raw)
    except UnreadableError:
        said = _CHARSET.search(raw[:4096])
        if said is None:
            raise
        page = decoded(raw, said[1].decode("ascii", "replace"))
    parser = _Page()
    parser.feed(page)
    parser.close()
    return "".join(parser.parts)


class _Page(HTMLParser):
    """Collects the text between tags."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts, self._silent = [], None

    def handle_starttag(self, tag, attrs):
        if self._silent is None and tag in _SILENT:
            self._silent = tag
        self._end_line(tag)

    def handle_startendtag(self, tag, attrs):
        self._end_line(tag)

    def handle_endtag(self, tag):
        if tag == self._silent:
            self._silent = None
        self._end_line(tag)

    def handle_data(self, data):
        if self._silent is None:
            self.parts.append(data)

    def _end_line(self, tag):
        if not _INLINE.fullmatch(tag):
            self.parts.append("\n")


def docx_text(raw: bytes) -> str:
    """Return the body of a Word document: paragraphs and tables; no notes, headers, comments or deleted words.

    Parameters
    ----------
    raw : bytes

    Returns
    -------
    str

    Raises
    ------
    UnreadableError
    """
    with archive_of(raw) as archive:
        body = _member(archive, "word/document.xml", LIMIT)
    parts, within_fallback = [], 0
    for event, element in _elements(body):
        if element.tag == _FALLBACK:
            within_fallback += 1 if event == "start" else -1
        elif event == "end" and not within_fallback:
            parts.append(element.text or "" if element.tag in _TEXT else _BREAKS.get(element.tag, ""))
            if element.tag in _PARAGRAPH:
                element.clear()
    return "".join(parts)


def _elements(raw):
    """Yield (event, element) of an XML file that defines no entities, in whatever encoding."""
    try:
        _check_head(raw)
        yield from ET.iterparse(BytesIO(raw), ("start", "end"))
    except (ET.ParseError, ExpatError):
        raise UnreadableError("damaged", DAMAGED) from None


class _RootError(Exception):
    """The root begins: no entity can be defined any more."""


def _check_head(raw):
    """Refuse entities: a few lines of them can stand for gigabytes."""

    def refuse(*_):
        raise UnreadableError("damaged", DAMAGED)

    def stop(*_):
        raise _RootError

    parser = ParserCreate()
    parser.EntityDeclHandler, parser.StartElementHandler = refuse, stop
    try:
        parser.Parse(raw, True)
    except _RootError:
        return


def epub_text(raw: bytes) -> str:
    """Return the chapters of a book, in the order of its spine.

    Parameters
    ----------
    raw : bytes

    Returns
    -------
    str

    Raises
    ------
    UnreadableError
    """
    chapters, room = [], LIMIT
    with archive_of(raw) as archive:
        for name in _spine(archive):
            chapter = _member(archive, name, room)
            room -= len(chapter)
            chapters.append(html_text(chapter))
    return "\n".join(chapters)


def _spine(archive):
    """Return the names of the chapters; a book that names one twice is no longer for it."""
    container = _found(archive, "META-INF/container.xml", "rootfile")
    package = container[0].get("full-path", "") if container else ""
    folder = posixpath.dirname(package)
    hrefs = {item.get("id"): item.get("href", "") for item in _found(archive, package, "item")}
    names = [hrefs.get(item.get("idref"), "") for item in _found(archive, package, "itemref")]
    return dict.fromkeys(posixpath.normpath(posixpath.join(folder, unquote(name))) for name in names)


def _found(archive, name, tag):
    """Return the elements of this name in an XML file of an archive, whatever their namespace."""
    found = _elements(_member(archive, name, LIMIT))
    return [element for event, element in found if event == "end" and element.tag.rpartition("}")[2] == tag]


def archive_of(raw: bytes) -> zipfile.ZipFile:
    """Return a zip archive, opened; it is to be closed.

    Parameters
    ----------
    raw : bytes

    Returns
    -------
    zipfile.ZipFile

    Raises
    ------
    UnreadableError
    """
    try:
        return zipfile.ZipFile(BytesIO(raw))
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise UnreadableError("damaged", DAMAGED) from None


def _member(archive, name, room):
    """Return a file of an archive, unless it is locked, damaged, or larger than there is room for."""
    try:
        with archive.open(name) as file:
            found = file.read(room + 1)
    except RuntimeError:
        raise UnreadableError("locked", "is locked with a password: save it without") from None
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError):
        raise UnreadableError("damaged", DAMAGED) from None
    if len(found) > room:
        raise UnreadableError("too large", TOO_LARGE)
    return found


def pdf_text(raw: bytes) -> str:
    """Return the pages of a PDF, as far as they are text: a scan is a picture.

    Parameters
    ----------
    raw : bytes

    Returns
    -------
    str

    Raises
    ------
    UnreadableError
        If pypdf is not there, too.
    """
    try:
        from pypdf import PdfReader
    except ImportError:
        raise UnreadableError(
            "PDF, which needs pypdf",
            "is a PDF, which needs pypdf: pip install 'collapse-edu[documents]', or save the PDF as .txt",
        ) from None
    log = logging.getLogger("pypdf")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableError("locked", "is locked with a password: save it without")
        text = "\n".join(page.extract_text() for page in reader.pages)
    except UnreadableError:
        raise
    except Exception:  # whatever a damaged file brings about inside pypdf
        raise UnreadableError("damaged", "is damaged: pypdf cannot read it") from None
    finally:
        log.setLevel(level)
    if not text.strip():
        raise UnreadableError("no text", "has no text on its pages: a scan must go through text recognition first")
    return text
