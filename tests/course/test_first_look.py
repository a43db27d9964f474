"""The three screens of M0: what a press shows, what is kept, and what stands where nothing can be pressed."""

import re
from html import unescape

import pytest

from collapse_edu.course.desk.record import Record
from collapse_edu.course.first_look import REAL_DIGITS, WatchDigits, WatchTheSwitch, WatchWords
from collapse_edu.datasets import mnist, recorded_text


@pytest.fixture(autouse=True)
def own_record(tmp_path, monkeypatch):
    monkeypatch.setenv("COLLAPSE_EDU_HOME", str(tmp_path))
    monkeypatch.setenv("COLLAPSE_EDU_LEARNER", "course")


def pressed(screen):
    for _ in screen.frames[1:]:
        screen.press()
    return screen


def outside_details(html):
    return re.sub(r"<details>.*?</details>", "", html, flags=re.DOTALL)


# ---------------------------------------------------------------- a press


def test_the_first_digits_are_those_that_are_named():
    assert ", ".join(map(str, mnist().labels[:8])) == REAL_DIGITS


@pytest.mark.parametrize("kind", [WatchDigits, WatchWords])
def test_each_press_shows_one_frame_more_and_the_last_one_stays(kind):
    screen = kind()
    for index, frame in enumerate(screen.frames[1:], 1):
        assert not screen._button.disabled
        screen.press()
        assert screen._stack.selected_index == index
        assert screen._button.description == frame.invitation
        assert frame.words.split(".")[0][:20] in screen._said.value
    assert screen._button.disabled
    screen.press()
    assert screen._stack.selected_index == len(screen.frames) - 1


def test_each_press_adds_a_column_of_digits():
    assert [frame.html.count("<img") for frame in WatchDigits().frames] == list(range(1, 12))


def test_the_words_are_counted_down_to_three():
    counts = [int(re.search(r"<b>([\d,]+)</b>", f.html)[1].replace(",", "")) for f in WatchWords().frames]
    assert counts == sorted(counts, reverse=True)
    assert (counts[0], counts[-1]) == (17_410, 3)


def test_the_question_comes_with_the_last_column():
    screen = WatchDigits()
    assert screen._guess.widget.layout.display == "none"
    assert pressed(screen)._guess.widget.layout.display is None


# ---------------------------------------------------------------- the guess


def guess(number):
    WatchDigits()._guess._radio.value = number


def test_a_guess_is_kept_by_its_number_in_the_bank_and_is_there_again():
    guess(3)
    assert Record().latest("M0.p1")["answer"] == {"outcome": 3}
    again = WatchDigits()._guess
    assert again._radio.value == 3
    assert "kept" in again._thanks.value


def test_a_guess_can_be_changed_until_the_switch_has_answered_it():
    screen = WatchDigits()
    screen._guess._radio.value = 1
    screen._guess._radio.value = 2
    assert not screen._guess._radio.disabled
    WatchTheSwitch().turn(True)
    assert screen._guess._radio.disabled
    assert Record().latest("M0.p1")["answer"] == {"outcome": 2}


def test_learners_see_the_options_in_orders_of_their_own(monkeypatch, tmp_path):
    orders = set()
    for learner in "abcdef":
        monkeypatch.setenv("COLLAPSE_EDU_HOME", str(tmp_path / learner))
        monkeypatch.setenv("COLLAPSE_EDU_LEARNER", learner)
        orders.add(tuple(number for _, number in WatchDigits()._guess._radio.options))
    assert len(orders) > 1
    assert all(sorted(order) == [1, 2, 3, 4] for order in orders)


# ---------------------------------------------------------------- the switch


def test_the_switch_shows_that_it_holds_and_back():
    screen = WatchTheSwitch()
    screen.turn(True)
    assert "About 9 kinds of digit after ten models" in screen.answer
    novel = "the sixteenth model still writes 7,418 of the novel's 17,410 different words, instead of 3"
    assert novel in unescape(screen.answer)
    screen.turn(False)
    assert "It holds" not in screen.answer


@pytest.mark.parametrize(("number", "said"), [(3, "You guessed it"), (1, "You guessed: “The net"), (None, "What went")])
def test_the_switch_answers_the_guess(number, said):
    if number is not None:
        guess(number)
    screen = WatchTheSwitch()
    screen.turn(True)
    assert said in screen.answer
    assert "No model after the first saw a real digit" in screen.answer


def test_the_reasons_are_true_of_the_recorded_runs():
    from collapse_edu.datasets import recorded_vae

    classes = recorded_vae().effective_classes
    assert max(abs(after - before) for before, after in zip(classes["means"], classes["means"][1:], strict=False)) < 3
    assert classes["means"][0] > 9
    assert (classes["means"][:-1] >= classes["means"][1:]).all()
    assert {round(kinds) for kinds in classes["preserved"]} == {9}


def test_each_screen_names_what_is_handed_on():
    """Means of a decoder, and words at a low temperature: M4 and M5 show the same loop with other settings."""
    assert "cleaned-up pictures (M4)" in WatchDigits().frames[10].words
    assert "prefers likely words (M5)" in WatchWords().frames[-1].html
    assert "draw" not in str([frame.words for frame in WatchDigits().frames])


def test_the_switch_does_not_claim_to_keep_all_words():
    """Half real data keep about 7,000 words of this writer's, in the long run too (three seeds, sixty models)."""
    screen = WatchTheSwitch()
    screen.turn(True)
    kept = recorded_text().words["preserved"]
    assert min(kept[-4:]) > 0.9 * max(kept[-4:])
    assert "With half of each training text kept real" in screen.answer


# ---------------------------------------------------------------- where nothing can be pressed


@pytest.mark.parametrize("kind", [WatchDigits, WatchWords, WatchTheSwitch])
def test_the_static_form_asks_first_and_folds_the_result(kind):
    bundle = kind()._repr_mimebundle_()
    seen = outside_details(bundle["text/html"])
    assert "?" in seen
    assert "No button to press?" in seen
    for result in ("alike", "Model 16", "It holds"):
        assert result not in seen
    assert "<details><summary>" in bundle["text/html"]
    assert bundle["text/plain"] == kind()._repr_mimebundle_()["text/plain"]


def test_what_is_compared_has_all_numbers():
    assert "9.4, 9.0, 8.7, 8.6, 8.2, 6.8, 4.2, 1.7, 1.0, 1.0" in WatchDigits()._repr_mimebundle_()["text/plain"]
    assert "Model 16: 3 different words." in WatchWords()._repr_mimebundle_()["text/plain"]
    assert "7,418 of the novel's 17,410 different words" in WatchTheSwitch()._repr_mimebundle_()["text/plain"]


def test_a_closed_screen_leaves_no_widget():
    screens = [WatchDigits(), WatchWords(), WatchTheSwitch()]
    for screen in screens:
        screen.close()
        assert screen.widget.comm is None
        assert screen._stack.comm is None
