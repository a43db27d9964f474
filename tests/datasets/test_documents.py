"""Files of every kind: what is read of them, what is refused, and in which words."""

import gzip
import io
import json
import os
import sys
import zipfile

import pytest

from collapse_edu.datasets import documents, markup, read_text
from collapse_edu.datasets.documents import documents_of, kind_by_name
from collapse_edu.datasets.markup import UnreadableError

WORDS = ["Die Wähler nahmen Platz.", "Über Nacht kam Schnee."]
PAGE = (
    "<!DOCTYPE html><title>x</title><style>p {color: red}</style><p class=a>Die <b>W</b>&auml;hler nahmen<br>Platz.</p>"
)


def archive(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return buffer.getvalue()


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(body, word=WORD, head="", encoding="UTF-8"):
    spaces = f'xmlns:w="{word}" '
    spaces += 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    content = f"<?xml version='1.0' encoding='{encoding}'?>{head}<w:document {spaces}><w:body>{body}</w:body>"
    content += "</w:document>"
    return archive(**{"[Content_Types].xml": "<Types/>", "word/document.xml": content.encode(encoding)})


def epub(times=1, **chapters):
    items = "".join(f'<item id="{name}" href="text/{name}%20.xhtml"/>' for name in chapters)
    spine = "".join(f'<itemref idref="{name}"/>' for name in reversed(chapters)) * times
    files = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfiles><rootfile full-path="O/b.opf"/></rootfiles></container>',
        "O/b.opf": f'<package xmlns="http://www.idpf.org/2007/opf"><manifest>{items}</manifest><spine>{spine}</spine>'
        "</package>",
    }
    return archive(**files, **{f"O/text/{name} .xhtml": page for name, page in chapters.items()})


def pdf(line):
    stream = f"BT /F1 12 Tf 72 720 Td ({line}) Tj ET".encode()
    objects = [
        b"<</Type /Catalog /Pages 2 0 R>>",
        b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
        b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
    ]
    content, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer <</Size 6 /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(content)
    return content + b"xref\n0 6\n0000000000 65535 f \n" + table + end


LETTER = "<w:p><w:r><w:t>Wäh</w:t></w:r><w:r><w:t>ler</w:t><w:tab/></w:r></w:p><w:p><w:r><w:t>x</w:t></w:r></w:p>"
EDITED = (
    "<w:p><w:del><w:r><w:delText>nie</w:delText></w:r></w:del><mc:Fallback><w:t>zwei</w:t></mc:Fallback>"
    "<w:r><w:t>y</w:t></w:r></w:p>"
)
LINES = "".join(json.dumps({"text": text}) + "\n" for text in WORDS).encode()


@pytest.mark.parametrize(
    ("name", "raw", "kind", "texts"),
    [
        ("a.txt", "Wähler".encode(), "plain text", ["Wähler"]),
        ("a.txt", b"{braces} and [brackets]", "plain text", ["{braces} and [brackets]"]),
        ("a.jsonl", LINES, "JSON lines", WORDS),
        ("a.ndjson", b"\xef\xbb\xbf" + LINES + b"\n", "JSON lines", WORDS),
        ("a.txt", LINES, "JSON lines", WORDS),
        ("a.json", LINES, "JSON", WORDS),
        ("a.json", json.dumps([{"text": WORDS[0]}, WORDS[1]], indent=1).encode(), "JSON", WORDS),
        ("a.json", json.dumps({"text": WORDS[0]}, indent=1).encode(), "JSON", WORDS[:1]),
        ("a.txt", json.dumps([{"text": WORDS[0]}], indent=1).encode(), "JSON", WORDS[:1]),
        ("a.csv", 'id;text\n1;"Die; Wähler"\n2;"Zwei\nZeilen"\n'.encode(), "CSV", ["Die; Wähler", "Zwei\nZeilen"]),
        ("a.csv", b"\xef\xbb\xbftext,id\r\nNA,1\r\n", "CSV", ["NA"]),
        ("a.tsv", "id\ttext\n1\tDie, Wähler\n".encode(), "TSV", ["Die, Wähler"]),
        ("a.jsonl.gz", gzip.compress(LINES, mtime=0), "JSON lines", WORDS),
        ("a.jsonl", gzip.compress(LINES, mtime=0), "JSON lines", WORDS),
        ("a.pdf", "Wähler".encode(), "plain text", ["Wähler"]),
        ("a.jsonl", json.dumps(WORDS).encode(), "JSON", WORDS),
        ("a.csv", b"\xef\xbb\xbf" + LINES, "JSON lines", WORDS),
        ("a.html", LINES, "JSON lines", WORDS),
        ("a.csv", b'id, text\n1, "a, b"\n2,c', "CSV", ["a, b", "c"]),
        ("a.csv", b"sep=|\r\nid|text\r\n1|a, b\r\n", "CSV", ["a, b"]),
        ("a.csv", b'text\n"a\nend"\nend', "CSV", ["a\nend", "end"]),
        ("a.txt", b"<ann> hello\n<bob> <3", "plain text", ["<ann> hello\n<bob> <3"]),
        ("a.txt", b"<https://a.org/> </3", "plain text", ["<https://a.org/> </3"]),
    ],
)
def test_what_a_file_holds(name, raw, kind, texts):
    found, read = documents_of(name, raw)
    assert (found, list(read)) == (kind, texts)


@pytest.mark.parametrize(
    ("name", "raw", "words"),
    [
        ("a.html", PAGE.encode(), "Die Wähler nahmen Platz."),
        ("a.txt", PAGE.encode(), "Die Wähler nahmen Platz."),
        ("a.htm", b"just <i>w</i>ords<script>if (a < b) {}</script>", "just words"),
        *(("a.txt", f"<{tag}>whale".encode(), "whale") for tag in ("main", "b", "a href=x", "img src=x", "pre", "br/")),
        ("a.md", b"<!-- no --> whale", "whale"),
        ("a.txt", b"<!-- " + b"no " * 5000 + b"--> whale", "whale"),
        ("a.html", b"<my-page>whale</my-page>", "whale"),
        ("a.html", '<meta charset="latin-1"><p>Wähler'.encode("latin-1"), "Wähler"),
        ("a.docx", docx(LETTER), "Wähler x"),
        ("a.zip", docx(EDITED), "y"),
        ("a.docx", docx(LETTER, "http://purl.oclc.org/ooxml/wordprocessingml/main"), "Wähler x"),
        ("a.docx", docx("<m:t xmlns:m='math'>z</m:t>" + LETTER, encoding="UTF-16"), "Wähler x"),
        ("a.epub", epub(two="<html><p>zwei</p>", one="<html><p>eins</p>"), "eins zwei"),
    ],
)  # fmt: skip
def test_markup_is_no_text(name, raw, words):
    _, read = documents_of(name, raw)
    assert " ".join(" ".join(read).split()) == words


def test_a_chapter_is_read_once_however_often_a_book_names_it():
    _, read = documents_of("a.epub", epub(1000, one="<p>eins"))
    assert "".join(read).split() == ["eins"]


def test_a_pdf():
    pytest.importorskip("pypdf")
    kind, read = documents_of("a.pdf", pdf("The whale and the sea"))
    assert (kind, [text.strip() for text in read]) == ("PDF", ["The whale and the sea"])
    with pytest.raises(UnreadableError, match="a scan must go through text recognition first"):
        documents_of("a.pdf", pdf(""))
    with pytest.raises(UnreadableError, match="is damaged"):
        documents_of("a.pdf", b"%PDF-1.4 nothing")


def test_a_pdf_without_pypdf(monkeypatch):
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(UnreadableError, match=r"is a PDF, which needs pypdf: pip install 'collapse-edu\[documents\]'"):
        documents_of("a.pdf", pdf("The whale"))


SMALL = 10_000


@pytest.mark.parametrize(
    ("name", "raw", "line"),
    [
        ("a.txt", "é ".encode("latin-1"), "must be UTF-8 text; byte 0 is not (save it as UTF-8"),
        ("a.txt", "whale ".encode("utf-16"), "byte 0 is not: it looks like UTF-16 (save it as UTF-8"),
        ("a.txt", "whale ".encode("utf-16-le"), "it has bytes that are 0, as binary files and UTF-16 have"),
        ("a.csv", b"id,body\n1,x\n", 'must have a column "text"; got id, body'),
        ("a.csv", b"id,text\n1,x,y,z\n1\n", "holds no documents; 2 records skipped (2 not the columns of the header)"),
        ("a.csv", b"", 'must have a column "text"; got '),
        ("a.rtf", b"{\\rtf1 whale}", "is RTF: save it as .txt"),
        ("a.doc", b"\xd0\xcf\x11\xe0" + bytes(9), "is an old Office file, or a locked one: save it as .txt"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + bytes(9), "is an old Office file, or a locked one"),
        ("a.xml", b"<?xml version='1.0'?><TEI>x</TEI>", "is XML: save its text without tags as .txt"),
        ("a.txt", b"<rss><item>x</item></rss>", "is XML"),
        ("a.txt", b"<!-- a --> <!DOCTYPE TEI><TEI><p/></TEI>", "is XML"),
        ("a.csv", b'id,text\n1,x\n2,"y\n3,z\n', "cannot be read: row 3 opens a quotation mark that nothing closes"),
        ("a.csv", b'text\n"x', "row 2 opens a quotation mark"),
        ("a.parquet", b"PAR1" + bytes(9), "is damaged: it cannot be unpacked"),
        ("a.zip", archive(a="x"), "is a zip archive, but no .docx or .epub: unpack it"),
        ("a.docx", docx("<w:p>")[:200], "is damaged"),
        ("a.docx", docx("<w:p>"), "is damaged"),
        ("a.docx", docx("").replace(b"PK\x01\x02\x14\x03\x14", b"PK\x01\x02\x14\x03\xd7"), "is damaged"),
        ("a.epub", archive(**{"META-INF/container.xml": "<container/>"}), "is damaged"),
        ("a.epub", archive(**{"META-INF/container.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), "is damaged"),
        ("a.docx", docx("<w:p>&b;</w:p>", head="<!DOCTYPE a [<!ENTITY b 'c'>]>", encoding="UTF-16"), "is damaged"),
        ("a.html", b"<meta charset=undefined><p>\xe9", "must be UTF-8; it says that it is 'undefined'"),
        ("a.html", b"<meta charset=punycode><p>\xe9.b", "must be UTF-8"),
        ("a.gz", gzip.compress(gzip.compress(b"whale", mtime=0), mtime=0), "is packed twice"),
        ("a.gz", gzip.compress(b"whale" * 99, mtime=0)[:-20], "is damaged"),
        ("a.gz", gzip.compress(bytes(SMALL + 1), mtime=0), "MB, unpacked"),
        ("a.docx", docx(f"<w:p>{' ' * SMALL}</w:p>"), "MB, unpacked"),
        ("a.epub", epub(a="<p>" + " " * 6000, b="<p>" + " " * 6000), "MB, unpacked"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_one_line(tmp_path, monkeypatch, name, raw, line):
    monkeypatch.setattr(markup, "LIMIT", SMALL)
    monkeypatch.setattr(documents, "LIMIT", SMALL)
    path = tmp_path / name
    path.write_bytes(raw)
    with pytest.raises(ValueError, match=name) as caught:
        read_text(path)
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(documents, "LIMIT", SMALL)
    path = tmp_path / "a.txt"
    path.write_text("whale " * 2000)
    with pytest.raises(ValueError, match="is larger than 256 MB, unpacked: cut it into several files"):
        read_text(path)


def test_a_folder_of_all_kinds(tmp_path):
    (tmp_path / "b.html").write_text(PAGE * 20, encoding="utf-8")
    (tmp_path / "a.jsonl").write_bytes(LINES * 20 + b"nonsense\n{}\n")
    (tmp_path / "c.txt").write_bytes(b"\xff")
    (tmp_path / "d.xlsx").write_bytes(b"")
    (tmp_path / "e.txt").mkdir()
    os.mkfifo(tmp_path / "f.txt")
    (tmp_path / "g.csv").write_text('text\n"whale\n')
    (tmp_path / "h.md").write_text("whale")
    (tmp_path / "i.png").write_bytes(b"")
    (tmp_path / ".hidden").write_text("whale")
    text = read_text(tmp_path)
    assert {text.vocabulary[i] for i in text.tokens[:4]} == {"die", "wähler", "nahmen", "platz"}
    assert len(text.tokens) == 20 * 8 + 20 * 4 + 1
    told = (
        '2 of another kind, 2 cannot be read, 1 not JSON, 1 no key "text", 1 not UTF-8, 1 ends inside quotation marks'
    )
    assert text.remarks == (f"42 documents; 8 records skipped ({told})",)


def test_a_folder_is_of_documents_or_of_pictures_whichever_are_more(tmp_path):
    (tmp_path / "a.png").write_bytes(b"")
    (tmp_path / "README.txt").write_text("pictures")
    assert not documents.holds_documents(tmp_path)
    (tmp_path / "b.html").write_text(PAGE)
    assert documents.holds_documents(tmp_path)


def test_records_that_are_skipped_are_told(tmp_path):
    path = tmp_path / "new.jsonl"
    path.write_bytes(LINES * 20 + b"nonsense\n")
    assert read_text(path).remarks == ("40 documents; 1 records skipped (1 not JSON)",)
    path.write_bytes(b'{"body": "whale"}\n' * 3)
    with pytest.raises(ValueError, match=r'new\.jsonl holds no documents; 3 records skipped \(3 no key "text"\)'):
        read_text(path)


def test_a_name_that_says_something_else_is_told(tmp_path):
    path = tmp_path / "page.txt"
    path.write_text(PAGE * 30, encoding="utf-8")
    assert read_text(path).remarks == ("read as HTML, and not as plain text",)
    assert read_text(path.rename(tmp_path / "page")).remarks == ()


def test_a_text_of_tags_is_told(tmp_path):
    path = tmp_path / "new.jsonl"
    path.write_text(json.dumps({"text": '<p class="a">The whale and the <b>sea</b></p> ' * 50}))
    assert read_text(path).remarks == (markup.TAGGED,)
    path.write_text(
        json.dumps({"text": "The whale <3 the <sea> and a < b > c, and so does the ship of the captain " * 50})
    )
    assert read_text(path).remarks == ()


def test_a_name_may_say_the_kind():
    assert [kind_by_name(name) for name in ("A.TXT", "a.csv.gz", "a.gz", "a")] == ["plain text", "CSV", None, None]
