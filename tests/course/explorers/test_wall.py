"""The word wall marks what cards share, and counts it."""

import pytest

from collapse_edu.course.explorers.wall import WordWall, wall_html, wall_numbers
from collapse_edu.datasets import Passage

from .recorded import stand_in

RECORDED = stand_in()


def cards(*texts):
    return [Passage("", text) for text in texts]


def test_a_phrase_is_marked_from_three_cards_on():
    shared = "the public debt of France is paid"
    assert "<mark>" not in wall_html(cards(shared, shared, "a navy"))
    html = wall_html(cards(shared, f"and {shared.title()}, too", shared))
    assert html.count("<mark>") == 3
    assert "and <mark>The Public Debt Of France Is Paid</mark>, too" in html


def test_a_phrase_that_one_card_repeats_is_not_shared():
    assert "<mark>" not in wall_html(cards("of the United States of the United States of the United States", "a", "b"))


def test_what_a_model_writes_is_text_and_no_html():
    assert "<script>" not in wall_html(cards("<script>alert(1)</script> of the United States") * 3)


def test_numbers_by_hand():
    first = cards("we met Adams in the city of Boston. The end", "we met Adams in the snow")
    assert wall_numbers(first, first) == (10, pytest.approx(2 / 10), 2)
    assert wall_numbers(cards("nobody saw Boston again"), first).names == 1


def test_generations_of_the_arm_are_shown():
    wall = WordWall(n=5, recorded=RECORDED)
    assert wall._player.last == 4
    assert wall._player.frames[2].value.count("<p>") == 6  # a sentence and five cards
    before = wall._player.frames[2].value
    wall._arm.value = "replace, T = 1"
    assert wall._player.frames[2].value != before
    wall.close()


def test_the_page_without_widgets_folds_the_last_generation():
    bundle = WordWall(n=5, recorded=RECORDED)._repr_mimebundle_()
    assert "Generation 4" not in bundle["text/html"].split("<details>")[0]
    assert bundle["text/plain"].startswith("Real speeches")


def test_an_unknown_arm_gets_one_line():
    with pytest.raises(ValueError, match="arm must be"):
        WordWall("replace", 5, recorded=RECORDED)
