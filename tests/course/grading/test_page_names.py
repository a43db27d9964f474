"""What pages are called: any disk takes it, and no two share one."""

import re

import pytest

from collapse_edu.course.grading.page_names import page_names


def one(learner, lesson="M2"):
    return page_names({"only": (learner, lesson)})["only"]


@pytest.mark.parametrize(
    ("learner", "name"),
    [
        ("Ada Lovelace", "Ada Lovelace_M2"),
        ("李小龙", "李小龙_M2"),
        ("O'Brien, Émile", "O'Brien, Émile_M2"),
        ("../../etc/passwd", "etc passwd_M2"),
        ("C:\\Windows\\x", "C Windows x_M2"),
        ("-rf", "rf_M2"),
        (".hidden.", "hidden_M2"),
        ("a\nb\x00c\u202ed", "a b c d_M2"),
        ("\ud800", "nobody_M2"),
        ("", "nobody_M2"),
        ("???", "nobody_M2"),
        ("CON.txt", "_CON.txt_M2"),
        ("com¹. x", "_com¹. x_M2"),
    ],
)
def test_a_name_that_any_disk_takes(learner, name):
    assert one(learner) == name


@pytest.mark.parametrize("learner", ["a" * 300, "李" * 300, "🜁" * 300, "e\u0301" * 300])
def test_long_names_are_cut(learner):
    """A file system takes 255 bytes, or 143 where names are encrypted, the ending included."""
    assert len(f"{one(learner)} (123456).html".encode()) <= 143
    assert "\ufffd" not in one(learner)


@pytest.mark.parametrize(
    ("first", "second"),
    [("Ada", "Ada"), ("Ada", "ADA"), ("Straße", "STRASSE"), ("É", "E\u0301"), ("ﬁ", "fi"), ("a/b", "a b")],
)
def test_twins_are_told_apart_on_every_disk(first, second):
    names = page_names({"1": (first, "M2"), "2": (second, "M2"), "3": ("Ed", "M2"), "4": (first, "M3")})
    assert len({name.casefold() for name in names.values()}) == 4
    assert names["3"] == "Ed_M2"
    assert names["4"].endswith("_M3")
    assert all(re.fullmatch(r".+_M2 \([0-9a-f]{6}\)", names[key]) for key in "12")


def test_a_name_that_looks_like_a_twins_mark_is_nobodys():
    twins = {"1": ("Ada", "M2"), "2": ("Ada", "M2")}
    marked = page_names(twins)["1"]
    names = page_names({**twins, "3": ("Ada", marked.removeprefix("Ada_"))})
    assert len(set(names.values())) == 3
    assert names["3"] == marked


def test_a_late_paper_renames_nobody_else():
    before = page_names({"1": ("Ada", "M2"), "2": ("Ada", "M2"), "3": ("Bo", "M2")})
    after = page_names({"0": ("Ada", "M2"), "1": ("Ada", "M2"), "2": ("Ada", "M2"), "3": ("Bo", "M2")})
    assert before.items() <= after.items()
