"""The concept inventory: sound items, a quiet first time, answers that are kept, and gains on matched pairs."""

import itertools
import json
import subprocess
import sys
from pathlib import Path

import ipywidgets as widgets
import numpy as np
import pytest
from scipy import stats

from collapse_edu.course.desk.record import Record
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.bank.inventory_items import CONFIDENCE, ITEMS, SHORT
from collapse_edu.course.quiz.bank.misconceptions import INVENTORY
from collapse_edu.course.quiz.concept_inventory import gain, inventory, inventory_notebook
from collapse_edu.course.quiz.learning_gain import (
    FEWEST,
    by_id,
    class_gain,
    form,
    given,
    mean_difference,
    normalised_gain,
)

TIERS = ("answers", "reasons")


def key(item):
    """Return the ids of the right options of both tiers."""
    return [next(own for own, o in by_id(getattr(item, tier)).items() if o.right) for tier in TIERS]


def wrong(item):
    """Return ids of options of both tiers that express the misconception."""
    return [next(own for own, o in by_id(getattr(item, tier)).items() if o.misconception) for tier in TIERS]


def secrets():
    """Return every text that must not be seen before the second time is complete."""
    texts = {o.why for item in ITEMS for tier in TIERS for o in getattr(item, tier)}
    return texts | {text for item in ITEMS for text in (item.instead, item.belief, item.settles)}


def texts_of(widget):
    """Return all that a widget shows."""
    shown = [str(getattr(widget, "value", "")), str(getattr(widget, "options", ""))]
    return "\n".join(shown + [texts_of(child) for child in getattr(widget, "children", ())])


# ---------------------------------------------------------------- the bank


def test_fifteen_items_one_for_each_misconception_in_order():
    assert [item.misconception for item in ITEMS] == list(INVENTORY)
    assert [item.id for item in ITEMS] == [f"I.{number:02}" for number in range(1, 16)]
    assert set(SHORT) < {item.id for item in ITEMS}
    assert len(SHORT) == 5


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_item_is_sound(item):
    for tier in TIERS:
        options = getattr(item, tier)
        assert 3 <= len(options) <= 4
        assert sum(option.right for option in options) == 1
        assert len({option.text for option in options}) == len(options)
        held = [option for option in options if option.misconception]
        assert held
        assert all(option.misconception == item.misconception and not option.right for option in held)
        assert all(option.why.strip().endswith(".") for option in options)
        assert not any(option.text.endswith(".") or len(option.text) > 92 for option in options)
        assert all(option.why.startswith("Yes") == option.right for option in options)
    lengths = [len(option.text) for option in item.reasons]
    assert max(lengths) < 1.5 * min(lengths)
    assert item.prompt.endswith("?") or "? Compare" in item.prompt
    regimes = ("Regime replace", "Regime accumulate", "Regime mix", "One training, no chain")
    assert item.prompt.startswith(regimes)
    assert any(character.isdigit() for character in item.prompt)
    assert all((item.instead, item.settles, item.lesson))
    assert not any(f" {number} " in f" {item.settles} " for number in ("G1", "G4", "G7", "G8", "W4", "W5", "F1", "F3"))


def test_the_key_cannot_be_guessed_from_its_place_or_its_length():
    for tier, tested in ((TIERS[0], 0), (TIERS[1], 1)):
        places = [key(item)[tested] for item in ITEMS]
        assert {places.count(own) for own in ("o1", "o2", "o3", "o4")} <= {2, 3, 4, 5}
        longest = [max(getattr(item, tier), key=lambda option: len(option.text)).right for item in ITEMS]
        assert sum(longest) <= 6


def test_collapse_is_never_said_without_a_regime():
    for item in ITEMS:
        for text in (item.prompt, item.instead, *(o.text for tier in TIERS for o in getattr(item, tier))):
            assert "collapse" not in text.lower()


def test_the_bank_of_questions_does_not_hold_the_inventory():
    assert "I" not in bank.LESSONS


def test_neither_numpy_nor_widgets_are_loaded_to_take_it():
    code = (
        "import sys, json\n"
        "from collapse_edu.course.quiz.concept_inventory import inventory, gain\n"
        "inventory('before').answer('I.01', 'a', 'b', 'sure'); repr(inventory('after')); repr(gain())\n"
        "print(json.dumps([name for name in ('numpy', 'ipywidgets', 'scipy') if name in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


# ---------------------------------------------------------------- taking it


@pytest.mark.parametrize(("when", "short"), list(itertools.product(("before", "after"), (False, True))))
def test_nothing_is_given_away(when, short):
    taken = inventory(when, short=short)
    everything = repr(taken) + taken._repr_html_() + texts_of(taken.widget) + str(taken._repr_mimebundle_())
    for name, item in taken.items.items():
        everything += repr(taken.answer(name, *wrong(item), 4)) + repr(taken.answer(name, *key(item), 1))
    everything += texts_of(taken.widget) + taken.status
    for text in secrets():
        assert text not in everything
    assert "right answers are shown after the second time" in everything.lower()


def test_a_right_and_a_wrong_answer_get_the_same_words():
    taken = inventory("before")
    one = taken.answer("I.05", *key(taken.items["I.05"]), 3).text
    assert one == taken.answer("I.05", *wrong(taken.items["I.05"]), 3).text


def test_answers_are_kept_replaced_and_shown_again():
    inventory("before").answer("I.03", "o2", "o3", confidence=3)
    inventory("before").answer("I.03", " O4 ", "o1", confidence="Guessing")
    again = inventory("before")
    found = again.given()["I.03"]
    assert (found.answer, found.reason, found.confidence) == ("o4", "o1", 1)
    assert len(again.missing) == 14
    assert [radio.value for radio in again._rows["I.03"].radios] == ["o4", "o1", 1]
    assert inventory("after").given() == {}
    assert len(Record().events()) == 2
    again.answer("I.03", "o4", "o1", 1)  # the same once more is not one more event
    assert len(Record().events()) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("I.16", "a", "a", 1), "item must be one of I.01"),
        ((3, "a", "a", 1), "item must be one of I.01"),
        (("I.01", "e", "a", 1), "answer must be one of a, b, c, d; got 'e'"),
        (("I.01", "a", None, 1), "reason must be one of a, b, c, d; got None"),
        (("I.01", "a", "a", 0), "confidence must be one of 1 (guessing), 2 (unsure), 3 (sure), 4 (certain); got 0"),
        (("I.01", "a", "a", True), "confidence must be one of"),
        (("I.01", "a", "a", "very"), "confidence must be one of"),
        (("I.01", ["a"], "a", 1), "answer must be one of"),
    ],
)
def test_bad_answers_get_one_line_and_are_not_kept(arguments, said):
    message = inventory("before").answer(*arguments).text
    assert said in message
    assert message.endswith("Nothing was kept.")
    assert "\n" not in message
    assert Record().events() == []


def test_learners_see_reasons_in_orders_of_their_own_and_numbers_in_theirs(monkeypatch):
    shown = {}
    for learner in ("Ada", "Bob"):
        monkeypatch.setenv("COLLAPSE_EDU_LEARNER", learner)
        monkeypatch.setenv("COLLAPSE_EDU_HOME", f"{Record().path.parent}-{learner}")
        taken = inventory("before")
        radios = taken._rows["I.01"].radios
        shown[learner] = [[text.partition(") ")[2] for text in radio._options_labels] for radio in radios]
        letter = "abcd"[shown[learner][1].index(ITEMS[0].reasons[1].text)]
        taken.answer("I.01", "c", letter, 3)
        assert taken.given()["I.01"].right
        assert [radio.value for radio in inventory("after")._rows["I.01"].radios] == [None] * 3
        assert [radio.value for radio in inventory("before")._rows["I.01"].radios] == ["o3", "o2", 3]
        assert f"  {letter}) {ITEMS[0].reasons[1].text}" in repr(taken)
    assert shown["Ada"][0] == shown["Bob"][0] == [option.text for option in ITEMS[0].answers]
    assert shown["Ada"][1] != shown["Bob"][1]
    assert sorted(shown["Ada"][1]) == sorted(shown["Bob"][1])


def test_letters_of_older_versions_mean_the_order_of_the_bank():
    old = {"answer": "c", "reason": "b", "confidence": 2, "hash": ITEMS[0].content_hash}
    Record().add("inventory", "I.01", when="before", short=False, **old)
    found = inventory("before").given()["I.01"]
    assert found.options == (ITEMS[0].answers[2], ITEMS[0].reasons[1])
    inventory("before").answer("I.01", found.answer, found.reason, 2)  # the same is not kept again
    assert len(Record().events()) == 1


def test_bad_forms_get_one_line():
    with pytest.raises(ValueError, match="when must be 'before' or 'after'; got 'later'"):
        inventory("later")
    with pytest.raises(TypeError, match="short must be True or False; got 5"):
        inventory("before", short=5)


def test_the_widget_keeps_an_answer_once_all_three_parts_are_chosen():
    taken = inventory("before", short=True)
    row = taken._rows["I.07"]
    taken.widget  # noqa: B018, builds it
    row.radios[0].value, row.radios[1].value = "o1", "o2"
    assert Record().events() == []
    row.radios[2].value = 4
    (event,) = Record().events()
    assert (event["what"], event["question"], event["when"]) == ("inventory", "I.07", "before")
    assert (event["answer"], event["reason"], event["confidence"]) == ("o1", "o2", 4)
    assert "I.07 is kept: 1 of 5" in row.status.value
    assert 'role="status"' in row.status.value
    assert "1 of 5" in taken._progress.value
    row.radios[0].value = "o3"
    assert inventory("before").given()["I.07"].answer == "o3"


def test_the_widget_names_each_question_just_above_its_choices():
    taken = inventory("before")
    rows = taken.widget.children[1:-1]
    assert len(rows) == 15
    for row, item in zip(rows, ITEMS, strict=True):
        kinds = [type(child) for child in row.children]
        assert kinds == [widgets.HTML, widgets.RadioButtons] * 3 + [widgets.HTML]
        assert item.id in row.children[0].value
        assert all(item.id in row.children[i].value for i in (2, 4))
        assert all(child.value is None for child in row.children if isinstance(child, widgets.RadioButtons))


def test_the_committed_form_is_blank_whatever_is_on_record():
    blank = repr(inventory("before")), inventory("before")._repr_html_()
    inventory("before").answer("I.01", "a", "a", 2)
    assert (repr(inventory("before")), inventory("before")._repr_html_()) == blank
    bundle = inventory("before")._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == blank[0]
    assert bundle["text/html"] == f'<div class="ce-kept">{blank[1]}</div>'


# ---------------------------------------------------------------- two times, one learner


def answer_all(when, choose, short=False, confidence=3):
    taken = inventory(when, short=short)
    for name, item in taken.items.items():
        taken.answer(name, *choose(item), confidence)
    return taken


def test_no_gain_before_the_second_time_is_complete():
    assert not gain().ready
    answer_all("before", wrong)
    assert "0 of 15 items" in repr(gain())
    taken = inventory("after")
    for item in ITEMS[:-1]:
        taken.answer(item.id, *key(item), 4)
    for shown in (repr(gain()), gain()._repr_html_()):
        assert "14 of 15 items are answered. Missing: I.15." in shown
        assert not any(text in shown for text in secrets())
    assert gain().pairs == {}
    taken.answer("I.15", *key(ITEMS[-1]), 4)
    assert gain().ready
    assert repr(gain()) == repr(gain())  # looking at it changes nothing


def test_the_gain_of_one_learner():
    answer_all("before", wrong, confidence=4)
    taken = inventory("before")
    taken.answer("I.01", *key(ITEMS[0]), 2)  # right before
    taken.answer("I.02", *key(ITEMS[1]), 2)
    second = answer_all("after", key)
    second.answer("I.01", *wrong(ITEMS[0]), 4)  # lost, and sure
    second.answer("I.09", key(ITEMS[8])[0], wrong(ITEMS[8])[1], 1)  # right answer, wrong reason
    found = gain()
    assert found.lost == ["I.01"]
    assert found.won == [item.id for item in ITEMS if item.id not in ("I.01", "I.02", "I.09")]
    assert list(found.remaining) == ["falls_in_every_run", "share_falls_on_average"]
    assert found.overconfident == ["I.01"]
    text, html = repr(found), found._repr_html_()
    assert text.startswith("Answer and reason right: 2 of 15 items before, 13 after.")
    assert ITEMS[8].belief in text
    for item in ITEMS:
        right = [next(o for o in getattr(item, tier) if o.right) for tier in TIERS]
        assert all(option.text in text for option in right)
        assert item.settles in text
    assert html.count("<details>") == 15


def test_answers_are_closed_once_they_can_no_longer_count():
    answer_all("before", wrong)
    inventory("after").answer("I.01", *wrong(ITEMS[0]), 2)
    said = inventory("before").answer("I.01", *key(ITEMS[0]), 2).text
    assert said == "I.01: The second time has begun, so the first answers are closed."
    assert not given(Record().events(), "before")["I.01"].right
    assert all(radio.disabled for row in inventory("before")._rows.values() for radio in row.radios)
    answer_all("after", wrong)
    gain()
    said = inventory("after").answer("I.01", *key(ITEMS[0]), 2).text
    assert "You have seen the right answers" in said
    assert gain().won == []
    assert sum(event["question"] == "results" for event in Record().events()) == 1


def test_an_answer_forged_after_the_key_was_seen_does_not_count():
    answer_all("before", wrong)
    answer_all("after", wrong)
    gain()
    Record().add("inventory", "I.01", when="after", answer="c", reason="b", confidence=4)
    Record().add("inventory", "I.01", when="before", answer="c", reason="b", confidence=4)
    assert not gain().after["I.01"].right
    assert not gain().before["I.01"].right


def test_the_short_form_compares_its_five_items():
    answer_all("before", wrong)  # the full form first
    answer_all("after", key, short=True)
    found = gain()
    assert list(found.pairs) == list(SHORT)
    assert found.won == list(SHORT)
    hidden = next(item for item in ITEMS if item.id not in SHORT)
    assert hidden.instead not in repr(found) + found._repr_html_()


def test_five_answers_of_the_full_form_do_not_open_the_key():
    answer_all("before", wrong)
    taken = inventory("after")
    for name in SHORT:
        taken.answer(name, *key(taken.items[name]), 2)
    assert not gain().ready


def test_without_a_first_time_nothing_is_compared_but_all_is_explained():
    taken = inventory("after", short=True)
    assert "closes the first time" in texts_of(taken.widget).replace("\n", " ")
    answer_all("after", key, short=True)
    assert gain().pairs == {}
    assert "5 items have no first answer" in repr(gain())
    assert ITEMS[1].settles in repr(gain())


def test_what_is_no_answer_is_passed_over():
    good = {"what": "inventory", "question": "I.01", "when": "before", "answer": "c", "reason": "b", "confidence": 2}
    bad = [
        None,
        {},
        {"what": "inventory"},
        good | {"question": ["I.01"]},
        good | {"question": "I.99"},
        good | {"answer": "z"},
        good | {"answer": ["c"]},
        good | {"confidence": 9},
        good | {"confidence": True},
        good | {"when": "between"},
        good | {"what": "attempt"},
    ]
    assert given(bad, "before") == {}
    assert list(given([*bad, good], "before")) == ["I.01"]


# ---------------------------------------------------------------- a class


def events(right_before, right_after, items=ITEMS, confidence=(2, 3)):
    """Return the events of a learner with the first so many items right, first and second time."""
    found = []
    for when, n_right, sure in (("before", right_before, confidence[0]), ("after", right_after, confidence[1])):
        for number, item in enumerate(items):
            answer, reason = (key if number < n_right else wrong)(item)
            found.append(
                {"what": "inventory", "question": item.id, "when": when, "confidence": sure}
                | {"answer": answer, "reason": reason, "time": f"2026-01-01T00:00:{len(found):02}+00:00"}
            )
    return found


def test_no_statistics_on_fewer_than_ten_learners():
    found = class_gain([events(3, 9)] * 9 + [events(3, 9)[:-1]] * 5)
    assert repr(found) == (
        "No statistics: 9 of 14 learners answered all 15 items before and after, and it takes at least 10."
    )
    assert found.difference is None
    assert found.items is None
    assert "<table" not in found._repr_html_()
    assert class_gain([]).matched == 0
    assert FEWEST == 10


def test_a_class_by_hand():
    """Ten learners with 3 of 15 right before; five of them have 9 after, five 12; one more has no second time."""
    classroom = [events(3, 9)] * 5 + [events(3, 12)] * 5 + [events(3, 0)[:15]]
    found = class_gain(classroom)
    assert (found.learners, found.matched, found.asked) == (11, 10, 15)
    assert found.before == pytest.approx(0.2)
    assert found.after == pytest.approx(0.7)
    # differences: five of 0.4, five of 0.6; SD = 0.1 * sqrt(10/9); t(9) = 2.262157
    reach = 2.262157 * 0.1 * np.sqrt(10 / 9) / np.sqrt(10)
    assert found.difference.value == pytest.approx(0.5)
    assert found.difference.low == pytest.approx(0.5 - reach)
    assert found.difference.high == pytest.approx(0.5 + reach)
    # nobody differs before, so the gain is the difference over 0.8
    assert found.gain.value == pytest.approx(0.625)
    assert found.gain.low == pytest.approx((0.5 - reach) / 0.8)
    assert found.gain.high == pytest.approx((0.5 + reach) / 0.8)
    old, now = found.items["I.10"]  # the tenth: right after for those with 12
    assert (old.right, now.right, old.shows, now.shows) == (0.0, 0.5, 1.0, 0.5)
    # before: 150 answers at confidence 2, 30 right; after: 150 at 3, 105 right
    assert found.calibration[0][2] == (150, pytest.approx(0.2))
    assert found.calibration[1][3] == (150, pytest.approx(0.7))
    assert found.calibration[1][4] == (0, None)
    assert found.overconfident == (0.0, pytest.approx(0.3))
    assert found.table()[0][4] == 1.0  # the misconception that remains most often comes first
    text = repr(found)
    assert "10 of 11 learners" in text
    assert "Mean difference: 0.50 (95 % interval 0.42 to 0.58)" in text
    assert "no control group" in text
    assert found._repr_html_().count("<table>") == 3
    assert found.unmatched == {"11": (15, 0)}
    right_answer = next(choice for choice in found.choices["I.10"] if choice.option.right)
    assert (right_answer.tier, right_answer.before, right_answer.after) == ("answer", 0, 5)
    for name, item in form().items():
        assert [choice.option for choice in found.choices[name]] == [*item.answers, *item.reasons]
        assert sum(choice.before for choice in found.choices[name]) == 2 * 10  # one of each tier


def test_the_short_form_of_a_class_takes_those_with_the_full_form_too():
    five = [item for item in ITEMS if item.id in SHORT]
    classroom = [events(0, 15)] * 6 + [events(0, 5, five)] * 6
    assert class_gain(classroom, short=True).matched == 12
    assert class_gain(classroom, short=True).after == 1.0
    assert class_gain(classroom).matched == 6
    assert class_gain(classroom).items is None


def test_records_and_doubles():
    answer_all("before", wrong)
    answer_all("after", key)
    one = Record()
    others = [events(0, 15)] * 9
    assert class_gain([one, *others]).matched == 10
    assert class_gain([one, one.events(), one, *others]).matched == 10  # handed in three times
    assert class_gain({"ada": one, **dict(enumerate(others))}).matched == 10
    for entry in ("ada", None, ["ada"], {"events": []}):
        with pytest.raises(TypeError, match="learners must be records, or lists of events; one of them is"):
            class_gain([entry])
    with pytest.raises(TypeError, match="learners must be a list of records, or of lists of events; got int"):
        class_gain(10)


def test_all_right_before_leaves_no_gain_to_speak_of():
    found = class_gain([events(15, 15)] * 12)
    assert found.gain is None
    assert "none, all was right before" in repr(found)
    assert found.difference.value == 0
    nearly = class_gain([events(15, 15)] * 11 + [events(14, 15)])
    assert nearly.gain.low is None
    assert "too little room" in repr(nearly)


def test_the_difference_is_the_paired_t_interval_of_scipy(rng):
    before, after = rng.random(20), rng.random(20)
    interval = stats.ttest_rel(after, before).confidence_interval()
    mine = mean_difference(before, after)
    assert (mine.low, mine.high) == pytest.approx((interval.low, interval.high))


def test_fiellers_interval_holds_what_a_paired_t_test_does_not_reject(rng):
    before = rng.binomial(15, 0.3, 25) / 15
    after = rng.binomial(15, 0.7, 25) / 15
    mine = normalised_gain(before, after)
    for g in (mine.low, mine.high):
        assert stats.ttest_1samp((after - before) - g * (1 - before), 0).pvalue == pytest.approx(0.05)


@pytest.mark.parametrize("n", [10, 30])
def test_the_intervals_cover(n, rng):
    """Learners differ in ability, and items are right by chance: 95 % of the intervals hold the truth, within 2 %."""
    runs, hits = 3000, np.zeros(2)
    # ability θ is uniform; before: θ/2 right on average, after: (1 + θ)/2; so means 1/4 and 3/4, gain 2/3
    for _ in range(runs):
        ability = rng.random(n)
        before, after = rng.binomial(15, ability / 2) / 15, rng.binomial(15, (1 + ability) / 2) / 15
        for i, (interval, truth) in enumerate(((mean_difference, 0.5), (normalised_gain, 2 / 3))):
            found = interval(before.tolist(), after.tolist())
            hits[i] += found.low <= truth <= found.high
    assert np.all(np.abs(hits / runs - 0.95) < 0.02), hits / runs


def test_confidence_has_a_word_for_each_number():
    assert list(CONFIDENCE) == [1, 2, 3, 4]
    assert len(form()) == 15


# ---------------------------------------------------------------- the notebook


def test_the_notebook_asks_twice_and_gives_nothing_away():
    notebook = inventory_notebook()
    sources = [cell["source"] for cell in notebook["cells"]]
    text = "\n".join(sources)
    assert text.index('inventory("before")') < text.index('inventory("after")') < text.index("gain()")
    assert "15 minutes" in text
    assert not any(secret in text for secret in secrets())
    assert sources[0].startswith("# ")


def test_the_committed_notebook_is_this_one_executed_and_blank(monkeypatch):
    monkeypatch.setenv("COLLAPSE_EDU_LEARNER", "course")
    path = Path(__file__).resolve().parents[3] / "quizzes" / "concept_inventory.ipynb"
    text = path.read_text(encoding="utf-8")
    cells = json.loads(text)["cells"]
    assert ["".join(cell["source"]) for cell in cells] == [cell["source"] for cell in inventory_notebook()["cells"]]
    shown = ["".join(out["data"]["text/plain"]) for cell in cells for out in cell.get("outputs", ())]
    assert shown == [repr(inventory("before")), repr(gain())]
    assert not any(secret in text or json.dumps(secret)[1:-1] in text for secret in secrets())
