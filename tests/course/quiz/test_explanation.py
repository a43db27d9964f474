"""Explanations: closed until the answer can be seen; then the learner's own choice first, and all the others."""

import pytest

from collapse_edu.course.desk.record import Record
from collapse_edu.course.quiz import Option, bank, explain, predict

from .toy_prediction import ALL, coin, is_seen

SKIP, SURPRISE = 2, 3  # places in the widget


def shown(explanation):
    """Return what the learner reads, whether there is a button to skip, and whether a surprise is asked for."""
    _, text, skip, surprise = explanation.widget.children
    return text.value, skip.description if is_seen(skip) else None, is_seen(surprise)


def test_before_the_choice_it_asks_for_one():
    explanation = coin().explain()
    text, skip, surprise = shown(explanation)
    assert "Choose above first" in text
    assert (skip, surprise, explanation.is_open) == ("show it anyway", False, False)


def test_it_may_be_shown_anyway():
    guess = coin()
    explanation = guess.explain()
    explanation.widget.children[SKIP].click()
    text, skip, surprise = shown(explanation)
    assert "<b>It was:</b> “either”. It has no memory." in text
    assert "You said" not in text
    assert (skip, surprise, explanation.is_open, guess.revealed, guess.locked) == (None, False, True, True, False)
    guess.choose(1)
    assert "You said" in shown(explanation)[0]


def test_it_waits_for_the_film():
    guess = coin(film=True)
    explanation = guess.explain()
    guess.choose(1)
    text, skip, surprise = shown(explanation)
    assert "Play the film above to its end, or skip" in text
    assert (skip, surprise, explanation.is_open) == ("skip to the answer", False, False)
    guess.reveal()
    text, skip, surprise = shown(explanation)
    assert "You said" in text
    assert (skip, surprise, explanation.is_open) == (None, True, True)


def test_the_film_may_be_skipped():
    guess = coin(film=True).choose(1)
    explanation = guess.explain()
    explanation.widget.children[SKIP].click()
    assert guess.revealed
    assert "You said" in shown(explanation)[0]


def test_on_the_next_day_it_waits_for_a_film_that_has_not_run_yet():
    coin(film=True).choose(1)
    explanation = coin(film=True).explain()
    assert "Play the film above to its end, or skip" in shown(explanation)[0]
    assert not explanation.is_open
    assert not coin(film=True).revealed


def test_a_choice_after_the_answer_is_no_joy():
    guess = coin(film=True)
    guess.reveal()
    guess.choose(3, 1)
    line = "✓ You said, after the answer was shown: “either”. It has no memory."
    assert repr(guess.explain()).splitlines()[0] == line
    assert repr(coin().explain()).splitlines()[0] == line


def test_without_a_film_it_opens_at_once():
    guess = coin()
    explanation = guess.explain()
    guess.choose(1)
    assert explanation.is_open
    assert guess.revealed


def test_a_wrong_choice_is_answered_first():
    assert repr(coin().choose(2, 2, sure=4).explain()) == (
        "You said (sure): “tails”. It is not due.\n"
        "It was: “either”. It has no memory.\n"
        "Your reason: “it is due”. A coin keeps no book.\n"
        "The reason: “chance”. Each time anew.\n"
        "Other outcomes:\n"
        "  “heads”. Not for sure."
    )


def test_a_right_choice_is_a_joy():
    own, why, *rest = repr(coin().choose(3, 1, sure=1).explain()).splitlines()
    assert own.startswith("✓ ")
    assert own.endswith(" You said (a guess): “either”. It has no memory.")
    assert why == "✓ And for this reason: “chance”. Each time anew."
    assert rest[0] == "Other outcomes:"


def test_a_sentence_has_one_end():
    guess = coin(outcomes=[Option("It is a coin.", "Of course.")], causes=[])
    assert repr(guess.choose(1).explain()) == "You said: “It is a coin.” Of course."


def test_without_a_right_option_each_is_told():
    options = [Option("heads", "Perhaps."), Option("tails", "Perhaps, too.")]
    assert repr(coin(outcomes=options, causes=[]).choose(1).explain()) == (
        "You said: “heads”. Perhaps.\nOther outcomes:\n  “tails”. Perhaps, too."
    )


@pytest.mark.parametrize("name", ALL)
def test_every_option_is_explained_once_whatever_was_chosen(name):
    content = bank.prediction(name)
    options = (*content["outcomes"], *content["causes"])
    for explanation in (explain(name), predict(name).choose(1).explain()):
        bundle = explanation._repr_mimebundle_()
        for text in (bundle["text/plain"], bundle["text/html"]):
            assert text.count("“") >= len(options)
        assert all(bundle["text/plain"].count(f"“{option.text}”") == 1 for option in options)


def test_where_it_is_not_live_all_is_folded_until_it_was_chosen():
    guess = coin()
    html = guess.explain()._repr_mimebundle_()["text/html"]
    before, folded = html.split("<details>")
    assert "either" not in before
    assert folded.startswith("<summary>What happens, and why</summary><p><b>It was:</b> “either”.")
    assert "chose nothing" not in html
    guess.choose(1)
    html = guess.explain()._repr_mimebundle_()["text/html"]
    assert "<p><b>You said:</b> “heads”." in html.split("<details>")[0]


def test_what_others_wrote_cannot_break_the_page():
    guess = coin(outcomes=[Option("<b>", "a < b", right=True)], prompt="<i>")
    html = guess._repr_mimebundle_()["text/html"] + guess.explain()._repr_mimebundle_()["text/html"]
    assert "<i>" not in html
    assert "“&lt;b&gt;”. A &lt; b" in html


def test_a_surprise_is_kept_and_there_again():
    guess = coin().choose(1)
    field, keep, said = guess.explain().widget.children[SURPRISE].children
    assert field.value == ""
    field.value = "  that it \n forgets "
    keep.click()
    assert "Kept ✓" in said.value
    events = [event for event in Record().events() if event["what"] == "surprise"]
    assert [event["answer"] for event in events] == ["that it forgets"]
    again = coin()
    assert again.value == 1.0
    assert again.explain().widget.children[SURPRISE].children[0].value == "that it forgets"
    assert coin(prompt="And now?").surprise == ""


def test_a_surprise_that_is_no_text_is_none():
    Record().add("surprise", "X.p1", answer=[1], hash=coin()._hash)
    assert coin().surprise == ""


def test_what_is_closed_hears_nothing_more():
    guess = coin()
    explanation = guess.explain()
    explanation.close()
    guess.choose(1)
    assert not guess.revealed
