"""Words and passages: read as the module says; a learner's own text, and what may be wrong with it."""

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
        ("鯨が泳ぐ。", ["鯨", "が", "泳", "ぐ"]),
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
    with pytest.raises(ValueError, match=f"{tmp_path.name} holds no documents"):
        datasets.read_text(tmp_path)


@pytest.mark.skipif(getattr(os, "geteuid", int)() == 0, reason="the superuser may read everything")
def test_no_permission(tmp_path):
    path = tmp_path / "own.txt"
    path.write_text(ENOUGH)
    path.chmod(0)
    with pytest.raises(PermissionError):
        datasets.read_text(path)


# ---------------------------------------------------------------- marks


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Stop! Who goes there?", ["stop", "!", "who", "goes", "there", "?"]),
        ("sea; whale: ship, end.", ["sea", ";", "whale", ":", "ship", ",", "end", "."]),
        ("in 1,000 days at 3.15, 1851.", ["in", "days", "at", ",", "."]),
        ("“Aye,” he—cried--'tis!'", ["aye", ",", "he", "cried", "tis", "!"]),
        ("Oh...", ["oh", ".", ".", "."]),
    ],
)
def test_marks_are_tokens_of_their_own(text, tokens):
    cut = Text.from_string("toy", text, marks=True)
    assert [cut.vocabulary[token] for token in cut.tokens] == tokens


def test_marks_leave_the_words_as_they_are():
    for load in (datasets.moby_dick, datasets.state_of_the_union):
        plain, marked = load(), load(marks=True)
        words = [marked.vocabulary[token] for token in marked.tokens if marked.vocabulary[token] not in ".,;:!?"]
        assert words == [plain.vocabulary[token] for token in plain.tokens]
        assert set(marked.vocabulary) - set(plain.vocabulary) == set(".,;:!?")


def test_marks_do_not_make_a_text_long_enough(tmp_path):
    path = tmp_path / "own.txt"
    path.write_bytes(b"whale, " * 99)
    with pytest.raises(ValueError, match="must have at least 100 words; got 99"):
        datasets.read_text(path, marks=True)
    path.write_bytes(b"whale, " * 100)
    assert len(datasets.read_text(path, marks=True).tokens) == 200


# ---------------------------------------------------------------- passages


def test_passages_are_windows_of_the_text_and_each_is_used_once():
    text = datasets.moby_dick(marks=True)
    passages = text.passages(length=64, held_out=0.1, reserve=0.2)
    n = len(text.tokens) // 64
    assert [len(passages.real), len(passages.held_out), len(passages.reserve)] == [2650, round(n * 0.1), round(n * 0.2)]
    rows = np.concatenate([passages.real, passages.held_out, passages.reserve])
    assert rows.dtype == np.int32
    windows = text.tokens[: n * 64].reshape(n, 64)
    np.testing.assert_array_equal(np.unique(rows, axis=0), np.unique(windows, axis=0))
    position = {row.tobytes(): i for i, row in enumerate(windows.astype(np.int32))}
    for part in (passages.real, passages.held_out, passages.reserve):
        assert (np.diff([position[row.tobytes()] for row in part]) > 0).all()
    assert not passages.origin.any()
    assert passages.names == ("Moby-Dick",)
    assert passages.n_types == len(text.vocabulary)


def test_passages_are_the_same_each_time_and_feed_a_chain(rng):
    one, two = (datasets.moby_dick().passages(reserve=0.1) for _ in range(2))
    np.testing.assert_array_equal(one.held_out, two.held_out)
    source = one.source.open(rng)
    np.testing.assert_array_equal(source.real, one.real)
    fresh = source.draw(len(one.reserve), rng)
    np.testing.assert_array_equal(np.unique(fresh, axis=0), np.unique(one.reserve, axis=0))
    with pytest.raises(ValueError, match="no fresh human data left"):
        source.draw(1, rng)


def test_nothing_is_put_aside_unless_asked():
    passages = Text.from_string("toy", "a b c d e f g").passages(length=2, held_out=0)
    assert passages.real.shape == (3, 2)
    assert passages.held_out.shape == passages.reserve.shape == (0, 2)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"length": 0}, ValueError, "length must be an integer of at least 1; got 0"),
        ({"length": 2.0}, TypeError, "length must be an integer of at least 1; got 2.0"),
        ({"held_out": 1.5}, ValueError, "held_out must be a number in [0, 1]; got 1.5"),
        ({"reserve": -0.1}, ValueError, "reserve must be a number in [0, 1]; got -0.1"),
        (
            {"length": 200},
            ValueError,
            "must leave a passage in each part; got 0.1 held out and 0 reserve of 1 passages",
        ),
        (
            {"length": 500},
            ValueError,
            "must leave a passage in each part; got 0.1 held out and 0 reserve of 0 passages",
        ),
        ({"held_out": 0.5, "reserve": 0.5}, ValueError, "held_out and reserve must leave a passage in each part"),
        ({"held_out": 0.001}, ValueError, "held_out must leave a passage in each part; got 0.001 held out"),
    ],
)
def test_bad_passages_get_one_line(arguments, error, words):
    with pytest.raises(error) as caught:
        Text.from_string("toy", "sea whale " * 150).passages(**arguments)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


# ---------------------------------------------------------------- reading


def test_a_passage_reads_like_text():
    passages = Text.from_string("toy", "Who? I; said the sea: go, now! Yes.", marks=True).passages(14, held_out=0)
    assert passages.read(passages.real[0]) == "who? i; said the sea: go, now! yes."


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("squaw", "▇▇▇"),
        ("squaw's", "▇▇▇"),
        ("squaw’s", "▇▇▇"),
        ("negro-savage", "▇▇▇"),
        ("negroes", "▇▇▇"),
        ("savages", "▇▇▇"),
        ("savage", "savage"),
        ("queer", "queer"),
        ("sperm", "sperm"),
        ("raccoon", "raccoon"),
        ("montenegro", "montenegro"),
        ("dick", "dick"),
        ("slutter", "slutter"),
    ],
)
def test_words_unfit_for_a_class_are_masked_and_no_others(word, shown):
    text = Text.from_string("toy", f"the {word} and the sea")
    passages = text.passages(5, held_out=0)
    assert passages.read(passages.real[0]) == f"the {shown} and the sea"
    assert passages.n_masked(passages.real) == (shown != word)
    assert passages.vocabulary[passages.real[0, 1]] == word  # the data stay as they are
    assert shown in text.display


def test_masked_words_of_the_novel_are_few():
    passages = datasets.moby_dick(marks=True).passages(held_out=0)
    masked = {word for word, shown in zip(passages.vocabulary, passages.display, strict=True) if word != shown}
    assert masked == {"fagot", "harlot", "negro", "negro's", "negro-savage", "negroes", "savages", "squaw"}
    read = " ".join(passages.read(row) for row in passages.real)
    assert read.count("▇▇▇") == passages.n_masked(passages.real) == 37


# ---------------------------------------------------------------- two texts


@pytest.mark.parametrize("share", [0.05, 0.1, 0.25, 0.5])
def test_mingled_texts_have_their_shares(share):
    texts = datasets.moby_dick(marks=True), datasets.state_of_the_union(marks=True)
    both = datasets.mingle(*texts, share=share, held_out=0.1, reserve=0.1)
    for origin, rows in ((both.origin, both.real), (both.held_out_origin, both.held_out)):
        assert len(origin) == len(rows)
        assert origin.sum() == round(share * len(rows))
    rows = np.concatenate([both.real, both.held_out, both.reserve])
    assert len(np.unique(rows, axis=0)) == len(rows)
    windows = [len(text.tokens) // 64 for text in texts]
    n = len(rows)
    assert min(windows[0] - (1 - share) * n, windows[1] - share * n) < 2  # as many as both allow
    assert both.names == ("Moby-Dick", "early presidents")
    known = [{" ".join(text.vocabulary[i] for i in row) for row in text.passages(held_out=0).real} for text in texts]
    for row, origin in zip(both.real[::-97], both.origin[::-97], strict=True):
        assert " ".join(both.vocabulary[i] for i in row) in known[origin]


def test_mingled_texts_share_one_vocabulary():
    one, two = Text.from_string("one", "the sea the whale " * 20), Text.from_string("two", "congress the union " * 20)
    both = datasets.mingle(one, two, share=0.5, length=3, held_out=0)
    assert both.vocabulary == ("the", "sea", "whale", "congress", "union")
    assert both.read(both.real[-1]) == "congress the union"


@pytest.mark.parametrize(
    ("share", "length", "words"),
    [
        (0, 3, "share must be a number in (0, 1]; got 0"),
        (1, 3, "share must leave passages of both texts, which have 20 and 20; got 1"),
        (0.001, 3, "share must leave passages of both texts, which have 20 and 20; got 0.001"),
        (0.5, 70, "share must leave passages of both texts, which have 0 and 0; got 0.5"),
        (0.5, 60, "held_out must leave a passage in each part"),
    ],
)
def test_bad_shares_get_one_line(share, length, words):
    one, two = Text.from_string("one", "a sea whale " * 20), Text.from_string("two", "a great union " * 20)
    with pytest.raises(ValueError, match="must") as caught:
        datasets.mingle(one, two, share=share, length=length)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


# ---------------------------------------------------------------- the recorded writer


def test_the_recorded_text_is_what_the_loop_writes():
    from itertools import islice

    from collapse_edu import generations, replace
    from collapse_edu.models import NGram

    recorded = datasets.recorded_text()
    book = datasets.moby_dick(marks=True).passages()
    rng = np.random.default_rng(1)
    loop = generations(NGram(3, book.n_types, 0.8), book.source.open(rng), replace, rng, len(book.real))
    texts = [book.real, *(generation.synthetic for generation in islice(loop, 16))]
    assert [book.read(rows[0]) for rows in texts] == list(recorded.passages)
    for rows, count in zip(texts, recorded.words["replace"], strict=True):
        assert len({book.vocabulary[token] for token in np.unique(rows)} - set(".,;:!?")) == count


def test_the_recorded_text_shows_what_it_is_for():
    words = datasets.recorded_text().words
    assert words["replace"][0] == words["preserved"][0] == 17_410
    assert words["replace"][-1] == 3
    assert words["preserved"][-1] > 7_000
