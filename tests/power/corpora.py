"""Real short documents from packages of Debian and Python: 20 to 80 words, each once, as the monitor's reader has them.

A document is a paragraph (of a changelog: what one version says), in the words that the monitor's reader finds in it,
lower-cased, with a space between: every test reads the same text. Longer ones are cut after a number of words by lot,
from 20 to 80, as all writers' documents are cut at lengths of real ones. Of each corpus that was tuned on, two
documents of five are for that; the final run uses the other three, and the whole of those that are held out.
"""

import ast
import gzip
import hashlib
import html
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import numpy as np

from collapse_edu.datasets.words import words_of

FOLDER = Path("/tmp/power")
HERE = Path(__file__).parent
SHORTEST, LONGEST = 20, 80  # words
MOST = 20_000  # documents of a corpus
PACKAGES = {
    "fortunes": ["fortunes", "fortunes-min"],
    "manpages": ["manpages", "manpages-dev"],
    "changelogs": [],  # of the packages that are installed
    "kernel": ["linux-doc-6.1"],
    "anarchism": ["anarchism"],
    "bible": ["bible-kjv", "bible-kjv-text"],
    "docstrings": [],  # of the Python packages that are installed
    "foldoc": ["dict-foldoc"],
    "manpages_de": ["manpages-de"],
}
TUNED = ("fortunes", "manpages", "changelogs", "kernel")
HELD_OUT = ("anarchism", "bible", "docstrings", "foldoc", "manpages_de")
PROMPTS = 400  # the last documents: what a language model is asked to write anew; no case has them
_PARTS = {"dev": range(2), "final": range(2, 5)}  # of five


def documents(name: str, part: str = "final") -> list[str]:
    """Return the documents of a corpus in an order by lot: of a part, or of a corpus that is held out, all."""
    lines = (FOLDER / "corpora" / f"{name}.{part if name in TUNED else 'final'}.txt").read_text("utf-8")
    return lines.splitlines()


def make() -> None:
    """Fetch the packages, cut them into documents, and write down what came out."""
    told = {}
    (FOLDER / "corpora").mkdir(parents=True, exist_ok=True)
    for name, packages in PACKAGES.items():
        found = _once(_CUT[name]([_unpacked(package) for package in packages]))
        parts = {part: [text for text in found if _fifth(text) in fifths] for part, fifths in _PARTS.items()}
        for part, texts in (parts if name in TUNED else {"final": found}).items():
            content = "".join(f"{text}\n" for text in texts)
            (FOLDER / "corpora" / f"{name}.{part}.txt").write_text(content, "utf-8")
            words = [text.count(" ") + 1 for text in texts]
            told[f"{name}.{part}"] = {
                "packages": packages,
                "documents": len(texts),
                "mean_words": round(float(np.mean(words)), 1),
                "sha256": hashlib.sha256(content.encode()).hexdigest(),
            }
    (HERE / "corpora.json").write_text(json.dumps(told, indent=2) + "\n", "utf-8")


def _unpacked(package):
    """Return the folder of the files of a package of Debian."""
    folder = FOLDER / "packages" / package
    if not folder.is_dir():
        folder.mkdir(parents=True)
        subprocess.run(["apt-get", "download", package], cwd=folder, check=True, stderr=subprocess.DEVNULL)
        subprocess.run(["dpkg", "-x", next(folder.glob("*.deb")), folder], check=True)
    return folder


def _once(texts: Iterable[str]) -> list[str]:
    """Return documents of the right length, each once, at most ``MOST``, in an order by lot."""
    found = {}
    for text in texts:
        words = words_of(text)
        if len(words) > LONGEST:
            words = words[: SHORTEST + _hash(" ".join(words))[0] % (LONGEST - SHORTEST + 1)]
        if len(words) >= SHORTEST:
            line = " ".join(words)
            found[_hash(line)] = line
    return [found[key] for key in sorted(found)][:MOST]


def _hash(line):
    return hashlib.sha256(line.encode()).digest()


def _fifth(line):
    return _hash(line)[-1] % 5


def _read(path):
    raw = path.read_bytes()
    return (gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw).decode("utf-8", "replace")


def _files(folders, pattern):
    return sorted(path for folder in folders for path in Path(folder).glob(pattern) if path.is_file())


def _paragraphs(text: str) -> list[str]:
    return re.split(r"\n\s*\n", text)


def _fortunes(folders) -> Iterator[str]:
    for path in _files(folders, "usr/share/games/fortunes/*"):
        if path.suffix not in (".dat", ".u8"):
            yield from re.split(r"^%$", _read(path), flags=re.MULTILINE)


_MACRO = re.compile(r"^[.'](PP|P|LP|SH|SS|TP|IP|TH|RS|RE|nf|fi|Pp|Sh|Ss|It)\b.*", re.MULTILINE)
_FONT = re.compile(r"^[.'](B|I|BR|IR|RB|RI|BI|IB|SM|SB)\s+", re.MULTILINE)
_ESCAPE = re.compile(r"\\f\(..|\\f\[.*?\]|\\f.|\\\*\(..|\\s[+-]?\d|\\[&/,|^%]")


def _manuals(pattern):
    def cut(folders) -> Iterator[str]:
        for path in _files(folders, pattern):
            text = re.sub(r"^[.']\\\".*$", "", _read(path), flags=re.MULTILINE)
            text = _FONT.sub("", _MACRO.sub("\n", text))
            text = re.sub(r"^[.'].*$", "", text, flags=re.MULTILINE)
            yield from _paragraphs(_ESCAPE.sub("", text).replace("\\-", "-").replace("\\(aq", "'"))

    return cut


def _manuals_en(folders) -> Iterator[str]:
    """English manual pages of the two packages."""
    yield from _manuals("usr/share/man/man[1-8]/*.gz")(folders)


def _changelogs(folders) -> Iterator[str]:
    for path in _files(["/usr/share/doc"], "*/changelog*.gz"):
        cut = _versions if path.name == "changelog.Debian.gz" else _paragraphs
        yield from cut(_read(path)[:200_000])


def _versions(text):
    """Return what a changelog of Debian says of each version."""
    entries = re.split(r"^\S.*\(.*\).*;.*$", text, flags=re.MULTILINE)
    return [re.sub(r"^ -- .*$", "", entry, flags=re.MULTILINE) for entry in entries]


def _kernel(folders) -> Iterator[str]:
    for path in _files(folders, "usr/share/doc/linux-doc-6.1/Documentation/**/*.rst.gz"):
        if "translations" not in path.parts:
            yield from _paragraphs(_read(path))


def _pages(folders) -> Iterator[str]:
    for path in _files(folders, "usr/share/doc/anarchism/html/*.html"):
        for paragraph in re.split(r"</?(?:p|h\d|li|blockquote|div|td)\b[^>]*>", _read(path), flags=re.IGNORECASE):
            yield html.unescape(re.sub(r"<[^>]+>", "", paragraph))


def _bible(folders) -> Iterator[str]:
    program, data = Path(folders[0], "usr/bin/bible"), Path(folders[1], "usr/lib")
    asked = subprocess.run(
        [program, "-l10000", "-p", data], input=b"gen1:1-rev22:21\nq\n", capture_output=True, check=True
    )  # fmt: skip
    verses = re.findall(r"^\s*\d+ (.*)$", asked.stdout.decode("utf-8", "replace"), re.MULTILINE)
    yield from (" ".join(verses[i : i + 2]) for i in range(0, len(verses), 2))


def _docstrings(folders) -> Iterator[str]:
    site = next(path for path in sys.path if path.endswith("site-packages"))
    for path in _files([site], "*/**/*.py"):
        try:
            tree = ast.parse(path.read_text("utf-8"))
        except (SyntaxError, ValueError):
            continue
        kinds = ast.Module, ast.ClassDef, ast.FunctionDef
        for node in ast.walk(tree):
            if isinstance(node, kinds) and (doc := ast.get_docstring(node)):
                yield from _paragraphs(doc)


def _foldoc(folders) -> Iterator[str]:
    lines = _read(next(Path(folders[0]).glob("usr/share/dictd/foldoc.dict.dz"))).split("\n")
    for is_body, run in groupby(lines, key=lambda line: not line or line.startswith(" ")):
        if is_body:
            yield from _paragraphs("\n".join(run))


_CUT = {
    "fortunes": _fortunes,
    "manpages": _manuals_en,
    "changelogs": _changelogs,
    "kernel": _kernel,
    "anarchism": _pages,
    "bible": _bible,
    "docstrings": _docstrings,
    "foldoc": _foldoc,
    "manpages_de": _manuals("usr/share/man/de/man[1-8]/*.gz"),
}
