"""Words: read as the module says; a learner's own text, and what may be wrong with it."""

import os

import numpy as np
import pytest

from collapse_edu import datasets
from collapse_edu.datasets import Text


def test_moby_dick():
    text = datasets.moby_dick()
    assert text.vocabulary[:5] == ("the", "of", "and", "a", "to")
    assert len(text.tokens) == 209_259
    assert len(text.vocabulary) == 18_318
    assert "call me ishmael" in " ".join(text.vocabulary[token] for token in text.tokens[:1000])
    assert text.counts[text.vocabulary.index("ishmael")] > 10


def test_state_of_the_union():
    text = datasets.state_of_the_union()
    assert len(text.tokens) == 43_265
    assert text.vocabulary[0] == "the"
    assert {"congress", "treasury", "militia"} <= set(text.vocabulary)


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't sperm-whale", ["don't", "sperm-whale"]),
        ("whale--sea", ["whale", "sea"]),
        ("'Tis the whale's' tail-", ["tis", "the", "whale's", "tail"]),
        ("a_b 3rd x2y 1851", ["a", "b", "rd", "x", "y"]),
        ("naïve CAFÉ Großmutter ΩΜΕΓΑ", ["naïve", "café", "großmutter", "ωμεγα"]),
        ("I’m mother-in-law", ["i’m", "mother-in-law"]),
        ("one\ntwo\r\nthree\tfour\u00a0five", ["one", "two", "three", "four", "five"]),
        ("鯨が泳ぐ。", ["鯨が泳ぐ"]),
        ("", []),
        ("1, 2, 3!", []),
    ],
)
def test_what_a_word_is(text, words):
    cut = Text.from_string("toy", text)
    assert [cut.vocabulary[token] for token in cut.tokens] == words


def test_texts_and_images_can_be_compared():
    text = Text.from_string("toy", "a whale")
    assert text in [text]
    assert text != Text.from_string("toy", "a whale")  # one object, one text
    assert datasets.digits() != datasets.digits()


def test_types_are_ordered_by_count_and_then_by_the_alphabet():
    text = Text.from_string("toy", "b a c c d B")
    assert text.vocabulary == ("b", "c", "a", "d")
    np.testing.assert_array_equal(text.counts, [2, 2, 1, 1])
    np.testing.assert_array_equal(text.tokens, [0, 2, 1, 1, 3, 0])
    source = text.source
    assert source.n == 6
    np.testing.assert_array_equal(source.real[:, 0], text.tokens)


# ---------------------------------------------------------------- a text of the learner's own

ENOUGH = "the whale and the sea " * 30


@pytest.mark.parametrize(
    "content",
    [
        ENOUGH.encode(),
        b"\xef\xbb\xbf" + ENOUGH.encode(),
        ENOUGH.replace(" and ", "\r\nand\r\n").encode(),
        ENOUGH.replace(" and ", "\rand\r").encode(),
    ],
    ids=["plain", "byte order mark", "CRLF", "CR"],
)
def test_read_text(tmp_path, content):
    path = tmp_path / "mein Text ü.txt"
    path.write_bytes(content)
    text = datasets.read_text(path)
    assert text.name == "mein Text ü.txt"
    assert text.vocabulary == ("the", "and", "sea", "whale")
    assert len(text.tokens) == 150
    assert len(datasets.read_text(str(path)).tokens) == 150


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (("été " * 200).encode("latin-1"), "must be UTF-8 text; byte 0 is not (save it as UTF-8 in your editor"),
        (("whale é " * 200).encode("cp1252"), "must be UTF-8 text; byte 6 is not"),
        ((ENOUGH * 2).encode("utf-16"), "must be UTF-8 text; byte 0 is not"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "must be UTF-8 text; byte 0 is not"),
        (b"", "must have at least 100 words; got 0"),
        (b"\xef\xbb\xbf", "must have at least 100 words; got 0"),
        (b"1 2 3 " * 200, "must have at least 100 words; got 0"),
        (b"whale " * 99, "must have at least 100 words; got 99"),
    ],
)
def test_a_text_that_will_not_do_gets_one_line(tmp_path, content, words):
    path = tmp_path / "own.txt"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"own\.txt ") as caught:
        datasets.read_text(path)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_hundred_words_will_do(tmp_path):
    path = tmp_path / "own.txt"
    path.write_bytes(b"whale " * 100)
    assert len(datasets.read_text(path).tokens) == 100


def test_no_file_and_a_folder(tmp_path):
    with pytest.raises(FileNotFoundError):
        datasets.read_text(tmp_path / "nothing.txt")
    with pytest.raises(OSError, match=tmp_path.name):
        datasets.read_text(tmp_path)


@pytest.mark.skipif(getattr(os, "geteuid", int)() == 0, reason="the superuser may read everything")
def test_no_permission(tmp_path):
    path = tmp_path / "own.txt"
    path.write_text(ENOUGH)
    path.chmod(0)
    with pytest.raises(PermissionError):
        datasets.read_text(path)
