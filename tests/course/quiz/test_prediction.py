"""Predictions: chosen, locked in, recorded, watched; before that they keep quiet, after it they explain everything."""

import numpy as np
import pytest

from collapse_edu import ensemble
from collapse_edu.course.desk.record import Record
from collapse_edu.course.quiz import Option, bank, explain, predict, prediction, said
from collapse_edu.course.quiz.prediction import Choice
from collapse_edu.loop import regimes

from .toy_prediction import ALL, AXES, coin, is_seen


def kept(what="prediction"):
    return [event for event in Record().events() if event["what"] == what]


@pytest.fixture
def another_kernel(monkeypatch):
    """Forget what stands in this one."""
    return lambda: monkeypatch.setattr(prediction, "_LIVE", {})


# ---------------------------------------------------------------- locked in, and recorded


def test_what_is_locked_in_is_there_again():
    guess = coin(draw=AXES)
    assert (guess.locked, guess.value, guess.curve) == (False, None, None)
    guess.choose(2, 1, sure=4, curve=[(0, 1), (10, 0.5)])
    again = coin(draw=AXES)
    assert again.choice == Choice(2, 1, 4, [[0, 1], [10, 0.5]])
    assert (again.locked, again.value, again.curve) == (True, 0.0, [[0, 1], [10, 0.5]])
    (event,) = kept()
    assert (event["answer"], event["sure"]) == ({"outcome": 2, "cause": 1}, 4)


def test_showing_a_prediction_records_nothing():
    guess = coin(draw=AXES)
    guess._repr_mimebundle_()
    guess.explain()._repr_mimebundle_()
    guess.reveal()
    assert Record().events() == []


def test_the_same_choice_is_recorded_once():
    coin().choose(1, 2).choose(1, 2)
    assert len(kept()) == 1


def test_without_a_name_nothing_is_recorded():
    guess = coin(name=None).choose(1)
    guess.reveal()
    guess.keep_surprise("all of it")
    assert guess.value == 1.0
    assert Record().events() == []


def test_one_may_change_ones_mind_until_the_answer_is_seen():
    guess = coin().choose(1)
    guess.unlock()
    assert guess.value is None
    assert guess.choose(2).value == 0.0
    guess.reveal()
    guess.unlock()
    assert guess.choose(2).value == 0.0
    with pytest.raises(ValueError, match="choice must stay as it is once the answer has been shown; got "):
        guess.choose(3)
    assert coin().revealed
    assert coin().value == 0.0


def test_who_saw_the_film_first_may_choose_once():
    guess = coin()
    guess.reveal()
    assert guess.choose(2).explain().is_open
    assert coin().revealed


@pytest.mark.parametrize(
    "event", [{}, {"answer": {"outcome": 2}, "hash": "?"}, {"answer": {"outcome": 2, "cause": 1}, "hash": None}]
)
def test_a_choice_between_other_things_is_none(event):
    Record().add("prediction", "X.p1", **event)
    assert not coin().locked


@pytest.mark.parametrize("answer", [{"outcome": 9, "cause": "x"}, {}, "b", None, [1], {"outcome": [1]}, {"cause": 1}])
def test_a_recorded_choice_that_makes_no_sense_is_none(answer):
    Record().add("prediction", "X.p1", answer=answer, hash=coin()._hash)
    assert coin().value is None


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"sure": 9, "curve": "up"},
        {"sure": "very", "curve": [[0, 1], [10, 99]]},
        {"sure": [1], "curve": [[0, None]]},
    ],
)
def test_an_older_choice_counts_without_what_it_does_not_say(more):
    Record().add("prediction", "X.p1", answer={"outcome": 2, "cause": 7}, hash=coin()._hash, **more)
    assert coin(draw=AXES).choice == Choice(2)


def test_the_hash_does_not_hang_on_which_is_right():
    """As it was before options of a prediction said so: older choices come back."""
    options = [Option("heads", "Not for sure.", value=1.0), Option("tails", "It is not due.", value=0.0)]
    unmarked = coin(outcomes=[*options, Option("either", "It has no memory.", value=0.5)])
    assert unmarked._hash == coin()._hash == coin(ordered=True, draw=AXES)._hash
    assert unmarked._hash != coin(prompt="And now?")._hash


@pytest.mark.parametrize(
    ("outcome", "cause", "sure", "line"),
    [
        (0, 1, 1, "outcome must be a number from 1 to 3; got 0"),
        (None, 1, 1, "outcome must be a number from 1 to 3; got None"),
        (1, 9, 1, "cause must be a number from 1 to 2; got 9"),
        ("2", None, None, "outcome must be a number from 1 to 3; got '2'"),
        (1, 1, 5, "sure must be a number from 1 to 4; got 5"),
    ],
)
def test_a_choice_that_is_not_there_gets_one_line(outcome, cause, sure, line):
    with pytest.raises(ValueError, match=line):
        coin().choose(outcome, cause, sure)
    assert Record().events() == []


@pytest.mark.parametrize(
    "curve",
    [[], [(0, 1)], [(0, 1), (0, 2)], [(5, 1), (1, 1)], [(0, 1), (11, 1)], [(0, 1), (10, 3)], [(0, np.nan), (1, 1)],
     [1, 2], "ab", [(0, 1), (1, "x")], 3],
)  # fmt: skip
def test_a_curve_off_the_axes_gets_one_line(curve):
    with pytest.raises(ValueError, match=r"curve must be two or more .* rising from 0 to 10, y between 0 and 2; got "):
        coin(draw=AXES).choose(1, curve=curve)


def test_a_curve_where_none_is_asked_for_gets_one_line():
    with pytest.raises(ValueError, match="curve must be None"):
        coin().choose(1, curve=[(0, 1), (1, 1)])


# ---------------------------------------------------------------- known everywhere in a kernel


def test_there_is_one_of_each_name(another_kernel):
    first = predict("M2.p1")
    assert predict("M2.p1") is first
    first.choose(1)
    assert said("M2.p1") == 1.0
    another_kernel()
    assert predict("M2.p1") is not first
    assert said("M2.p1") == 1.0


def test_another_record_has_predictions_of_its_own(tmp_path, monkeypatch):
    predict("M2.p1").choose(1)
    monkeypatch.setenv("COLLAPSE_EDU_HOME", str(tmp_path / "another"))
    assert said("M2.p1") is None


@pytest.mark.parametrize("given", ["", "ada"])
def test_a_record_that_was_deleted_leaves_nothing(monkeypatch, given):
    """Not even where the next one is the same learner's."""
    monkeypatch.setenv("COLLAPSE_EDU_LEARNER", given)
    predict("M2.p1").choose(1)
    Record().delete()
    assert said("M2.p1") is None
    assert not predict("M2.p1").locked
    assert said("M2.p1") is None


def test_who_watches_is_told_of_each_change():
    guess, seen = coin(), []
    stop = guess.watch(lambda: seen.append((guess.value, guess.revealed)))
    guess.choose(1)
    guess.unlock()
    guess.choose(2)
    guess.reveal()
    guess.reveal()
    assert seen == [(1.0, False), (None, False), (0.0, False), (0.0, True)]
    stop()
    stop()
    assert len(seen) == 4


def test_a_film_is_waited_for():
    guess = coin(film=True)
    assert guess.waits
    guess.reveal()
    assert not guess.waits
    assert not coin(name="X.p2").waits


def test_what_was_taken_back_stays_so():
    guess = coin().choose(1)
    guess.unlock()
    guess.unlock()
    assert [event["answer"] for event in kept()] == [{"outcome": 1}, None]
    assert not coin().locked
    assert Record().latest("X.p1") is None
    guess.choose(2)
    assert coin().choice == Choice(2)
    assert Record().latest("X.p1")["answer"] == {"outcome": 2}


def test_a_choice_after_the_answer_is_late_for_good():
    guess = coin()
    guess.choose(1)
    assert not guess.late
    guess.unlock()
    guess.reveal()
    guess.choose(2)
    assert guess.late
    assert coin().late
    assert [event.get("late") for event in kept()] == [None, None, True]


@pytest.mark.parametrize("ask", [predict, explain, said])
def test_an_unknown_prediction_gets_one_line(ask):
    with pytest.raises(ValueError, match=r"prediction must be one of M2\.p1, .*; got 'M2.p9'"):
        ask("M2.p9")


# ---------------------------------------------------------------- what the learner sees


def test_each_learner_has_an_order(monkeypatch):
    orders = set()
    for learner in "abcdefgh":
        monkeypatch.setattr(Record, "learner", learner)
        guess = coin()
        numbers = [number for number, _ in guess.shown("outcomes")]
        assert all(guess.outcomes[number - 1] is option for number, option in guess.shown("outcomes"))
        assert [number for number, _ in coin().shown("outcomes")] == numbers
        assert [number for number, _ in coin(ordered=True).shown("outcomes")] == [1, 2, 3]
        orders.add((*numbers, *(number for number, _ in guess.shown("causes"))))
    assert len(orders) > 4


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_given_away_before_the_choice(name):
    guess = predict(name)
    bundle = guess._repr_mimebundle_()
    told = bundle["text/plain"] + bundle["text/html"]
    for part in ("outcomes", "causes"):
        texts = [option.text for _, option in guess.shown(part)]
        places = [f"{bundle['text/plain']}\n".index(f"- {text}\n") for text in texts]
        assert places == sorted(places)
        assert all(option.why not in told for option in getattr(guess, part))


def radios(guess):
    return [section.children[-1] for section in guess.widget.children[1:4]]


def button(guess, description):
    return next(each for each in guess.widget.children[-1].children if getattr(each, "description", "") == description)


def test_one_question_comes_after_the_other():
    guess = coin(draw=AXES)
    outcome, sure, cause = radios(guess)
    sections = guess.widget.children
    lock, change = button(guess, "lock in"), button(guess, "change my mind")
    assert [is_seen(each) for each in sections] == [True, True, False, False, False, False]
    outcome.value = 2
    assert [is_seen(each) for each in sections] == [True, True, True, False, False, False]
    sure.value = 3
    cause.value = 1
    assert all(map(is_seen, sections))
    sections[4].children[-1].points = [[0, 1], [10, 2]]
    assert not guess.locked
    lock.click()
    assert guess.choice == Choice(2, 1, 3, [[0, 1], [10, 2]])
    assert all(radio.disabled for radio in (outcome, sure, cause))
    assert sections[4].children[-1].locked
    assert "Locked in ✓" in sections[-1].children[1].value
    assert (is_seen(lock), is_seen(change)) == (False, True)
    change.click()
    assert not guess.locked
    assert (is_seen(lock), is_seen(change), outcome.disabled, outcome.value) == (True, False, False, 2)
    lock.click()
    guess.reveal()
    assert not is_seen(change)


def test_labels_have_no_numbers_that_tell_the_banks_order():
    outcome, _, cause = radios(coin())
    assert {label for label, _ in (*outcome.options, *cause.options)} == {
        "heads", "tails", "either", "chance", "it is due",
    }  # fmt: skip


def test_a_change_that_comes_late_still_counts():
    """In the browser a pressed button can overtake what was chosen just before it."""
    guess = coin()
    outcome, sure, cause = radios(guess)
    outcome.value, sure.value, cause.value = 1, 1, 1
    button(guess, "lock in").click()
    cause.value = 2
    assert guess.choice == Choice(1, 2, 1)
    guess.reveal()
    outcome.value = 3
    assert guess.value == 1.0
    assert outcome.value == 1


def test_what_is_missing_is_said():
    guess = coin()
    button(guess, "lock in").click()
    assert "Choose an outcome first." in guess.widget.children[-1].children[1].value
    assert not guess.locked


def test_a_bad_curve_from_the_browser_is_said():
    guess = coin(draw=AXES)
    for radio in radios(guess):
        radio.value = 1
    guess.widget.children[4].children[-1].points = [[0, 1], [0, 5]]
    button(guess, "lock in").click()
    assert "curve must be" in guess.widget.children[-1].children[1].value
    assert not guess.locked


def test_a_choice_in_python_shows_on_the_screen():
    guess = coin(draw=AXES)
    widget = guess.widget
    guess.choose(2, curve=[(0, 1), (10, 0)])
    outcome, sure, cause = radios(guess)
    assert (outcome.value, sure.value, cause.value) == (2, None, None)
    assert [is_seen(each) for each in widget.children] == [True, True, False, False, True, True]


def test_without_causes_none_is_asked_for():
    guess = coin(causes=[])
    outcome, sure, _ = radios(guess)
    outcome.value, sure.value = 3, 1
    button(guess, "lock in").click()
    assert guess.choice == Choice(3, None, 1)
    assert "Why?" not in guess._repr_mimebundle_()["text/plain"]


def test_the_true_curve_comes_with_the_answer():
    guess = coin(draw=AXES | {"truth": lambda t: 1 / (1 + t)})
    assert "truth" not in guess.axes
    guess.choose(1, curve=[(0, 1), (10, 1)])
    assert guess.truth == guess.widget.children[4].children[-1].truth == []
    guess.reveal()
    assert guess.truth[0] == [0, 1]
    assert guess.truth[-1] == [10, 1 / 11]
    assert guess.widget.children[4].children[-1].truth == guess.truth


# ---------------------------------------------------------------- the bank


@pytest.mark.parametrize("name", [name for name in ALL if "draw" in bank.prediction(name)])
def test_axes_to_draw_on_hold_start_and_truth(name):
    guess = predict(name)
    (x_low, x_high), (y_low, y_high) = (guess.axes[axis]["range"] for axis in "xy")
    assert y_low > 0 or not guess.axes["y"].get("log")
    (x, y) = guess.axes["start"]
    assert x_low <= x < x_high
    assert y_low <= y <= y_high
    values = [option.value for option in guess.outcomes if option.value is not None]
    assert all(y_low <= value <= y_high for value in values) or guess._truth is not None
    guess.choose(1, curve=[(x, y), (x_high, y_low)])
    guess.reveal()
    assert all(y_low <= y <= y_high for _, y in guess.truth)


@pytest.mark.parametrize("name", [name for name in ALL if bank.prediction(name).get("ordered")])
def test_ordered_outcomes_have_an_order(name):
    values = [option.value for option in predict(name).outcomes if option.value is not None]
    assert values in (sorted(values), sorted(values, reverse=True))


@pytest.mark.parametrize(
    ("name", "regime", "n", "t"), [("M2.p2", regimes.replace, 100, 100), ("M2.p3", regimes.accumulate, 30, 60)]
)
def test_the_right_outcome_is_the_one_that_happens(name, regime, n, t):
    """On the log scale, the median of the ensemble is nearer to the right outcome than to any other."""
    median = np.median(ensemble.gaussian(regime, n=n, generations=t, chains=20_000, seed=1)["variance"][-1])
    values = [choice.value for choice in predict(name).outcomes]
    assert predict(name).outcomes[np.argmin(np.abs(np.log(values) - np.log(median)))].right


def test_the_mean_of_a_thousand_chains_usually_lies_well_below_1():
    """M2.p4, in 200 repetitions: near 0.1, and now and then far above 1."""
    ends = ensemble.gaussian(n=10, generations=100, chains=200_000, seed=5)["variance"][-1]
    means = ends.reshape(200, 1000).mean(axis=1)
    assert 0.05 < np.median(means) < 0.2
    assert np.mean(means < 0.5) > 0.75
    assert means.max() > 2
    assert predict("M2.p4").outcomes[0].right


def test_of_forty_chains_most_fall_and_some_rise():
    """The right outcome of M2.p1, in nearly every class of forty."""
    ends = ensemble.gaussian(n=30, generations=60, chains=40_000, seed=2)["variance"][-1].reshape(1000, 40)
    low, high = (ends < 0.7).sum(axis=1), (ends > 1.4).sum(axis=1)
    assert np.mean((low > 20) & (low < 40) & (high > 0)) > 0.98
    assert predict("M2.p1").outcomes[2].right
