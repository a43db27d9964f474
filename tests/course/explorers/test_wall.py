"""The word wall marks what cards share, and counts it."""

import re

import pytest

from collapse_edu.course.explorers.wall import WordWall, most_shared, wall_html, wall_numbers
from collapse_edu.datasets import Passage

from .recorded import stand_in

RECORDED = stand_in()
SHARED = "the public debt of France is paid"


def cards(*texts):
    return [Passage("", text) for text in texts]


@pytest.fixture
def wall():
    shown = WordWall(n=5, recorded=RECORDED)
    yield shown
    shown.close()


def frame(wall, t):
    return wall._player.frames[t].value


def test_a_phrase_is_marked_from_three_cards_on():
    assert "<mark>" not in wall_html(cards(SHARED, SHARED, "a navy"))
    html = wall_html(cards(SHARED, f"and {SHARED.title()}, too", SHARED))
    assert html.count("<mark>") == 3
    assert "and <mark>The Public Debt Of France Is Paid</mark>, too" in html


def test_a_phrase_that_one_card_repeats_is_not_shared():
    assert "<mark>" not in wall_html(cards("of the United States of the United States of the United States", "a", "b"))


def test_two_phrases_that_meet_are_one_mark_and_those_apart_are_two():
    one, two = "one two three four", "five six seven eight"
    others = [one] * 2 + [two] * 2
    assert f"<mark>{one} {two}</mark>" in wall_html(cards(f"{one} {two}", *others))
    assert f"<mark>{one}</mark>, x; <mark>{two}</mark>." in wall_html(cards(f"{one}, x; {two}.", *others))


def test_words_of_the_speech_are_not_marked():
    html = wall_html([Passage("the public debt of", " France")] * 3)
    assert "<mark>" not in html
    assert "<i>… the public debt of</i> France" in html


def test_what_a_model_writes_is_text_and_no_html():
    html = wall_html([Passage("<b>", "<script>alert(1)</script> of the United States <i>")] * 3)
    assert not re.search(r"<script>|<b>|States <i>", html)


def test_the_text_is_there_whole():
    passages = RECORDED.passages("replace, T = 0.7", 4)[:40]
    shown = re.sub(r"<[^>]+>", "", "\n".join(re.findall(r"<li.*?</li>", wall_html(passages), re.DOTALL)))
    assert shown == "\n".join(f"… {p.prompt.lstrip()}{p.text}" for p in passages)


def test_numbers_by_hand():
    first = cards("we met Adams in the city of Boston. The end", "we met Adams in the snow")
    assert wall_numbers(first, first) == (10, pytest.approx(2 / 10), 2, 2)
    assert wall_numbers(cards("nobody saw Boston again, nor Algiers"), first) == (6, 0, 2, 1)


def test_names_begin_no_sentence():
    text = cards("Peace reigns. We saw Algiers, Tripoli and\nMr. Adams. “Union” was said of the U.S. by I. Then war")
    assert wall_numbers(text, text).names == 2  # Algiers, Tripoli


def test_the_most_shared_phrase_is_quoted_as_it_is_written():
    assert most_shared(cards("a b c d a b c d a b c d", "Of the\nUnited States", "and of the United States")) == (
        "Of the United States",
        2,
    )


def test_all_generations_of_the_arm_are_there(wall):
    assert wall._player.last == 4
    assert [frame(wall, t).count("<li") for t in range(5)] == [5] * 5
    numbers = wall_numbers(wall.passages(3), wall.passages(1))
    first = wall_numbers(wall.passages(1), wall.passages(1))
    assert f"{first.distinct_words} →</span> {numbers.distinct_words}</b>different words" in frame(wall, 3)
    assert f"{first.names} →</span> {numbers.names}</b>different names" in frame(wall, 3)


def test_names_are_called_kept_only_beside_another_sample_of_generation_1(wall):
    first, others = (RECORDED.passages("replace, T = 0.7", 1)[places] for places in (slice(5), slice(5, 10)))
    kept, by_chance = wall_numbers(wall.passages(3), first).kept, wall_numbers(others, first).kept
    assert f"{kept} are here; 5 other passages of generation 1 have {by_chance} of them." in frame(wall, 3)
    assert "are here" not in frame(wall, 0) + frame(wall, 1)
    whole = WordWall(n=60, recorded=RECORDED)
    assert "are here" not in frame(whole, 3)
    whole.close()


def test_the_film_begins_with_real_passages_and_nothing_of_its_end(wall):
    assert wall._player.at == 0
    assert not re.search(r"Generation|generation|→", frame(wall, 0))
    assert RECORDED.real[4].text in frame(wall, 0)
    assert "→" not in frame(wall, 1)


def test_another_arm_makes_other_walls_and_real_passages_stay(wall):
    real, before = frame(wall, 0), frame(wall, 2)
    wall._arm.value = "replace, T = 1"
    assert frame(wall, 0) == real
    assert frame(wall, 2) != before
    assert "replace, T = 1" in frame(wall, 2)


def test_an_arm_with_fewer_generations_ends_sooner():
    recorded = stand_in()
    recorded._rows["replace, T = 1"] = recorded._rows["replace, T = 1"][:3]
    wall = WordWall(n=5, recorded=recorded)
    wall._player.at = 4
    wall._arm.value = "replace, T = 1"
    assert (wall._player.at, wall._player.last) == (3, 3)
    wall.close()


def test_a_chain_can_be_chosen():
    walls = [WordWall(n=5, chain=chain, recorded=RECORDED).passages(1) for chain in (0, 2)]
    assert walls[1] == RECORDED.passages("replace, T = 0.7", 1, 2)[:5]
    assert walls[0] != walls[1]


def test_the_switch_lets_all_cards_be_read(wall):
    assert "ce-afar" in wall.widget._dom_classes
    wall._afar.value = False
    assert "ce-afar" not in wall.widget._dom_classes


def test_the_page_without_widgets_folds_the_generations(wall):
    bundle = wall._repr_mimebundle_()
    before, folded = bundle["text/html"].split("<details>")
    assert "eneration" not in re.sub(r"<style>.*?</style>", "", before, flags=re.DOTALL)
    assert "Generation <span>1 →</span> 4" in folded
    assert bundle["text/plain"].startswith("Real speeches")


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"arm": "replace"}, "arm must be"),
        ({"n": 61}, "n must be an integer from 1 to 60; got 61"),
        ({"chain": 3}, "chain must be an integer from 0 to 2; got 3"),
    ],
)
def test_bad_settings_get_one_line(settings, line):
    with pytest.raises(ValueError, match=line):
        WordWall(recorded=RECORDED, **settings)
