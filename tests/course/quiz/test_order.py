"""Options in an order of each learner's own: the same answer for all, kept by its id; and questions that come back."""

import json
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from collapse_edu.course.desk.record import Record
from collapse_edu.course.quiz import ask, bank, check, hand_in, solution
from collapse_edu.course.quiz.order import learner_again, learners_order
from collapse_edu.course.quiz.question import Lettered, MultipleChoice, Ordering, Question, SingleChoice

LEARNERS = [f"learner {number}" for number in range(200)]
QUESTIONS = [question for lesson in bank.LESSONS for question in bank.questions(lesson)]
CHOICES = [question for question in QUESTIONS if isinstance(question, SingleChoice)]
SHUFFLED = [question for question in CHOICES if not question.ordered]


@pytest.fixture(params=["Ada", "Bob"])
def learner(request, monkeypatch):
    """Two learners, who see M2.01 in different orders."""
    monkeypatch.setenv("COLLAPSE_EDU_LEARNER", request.param)
    return request.param


def letters_for(question, answer, learner):
    """Return the letters that a learner writes for an answer that is given by ids."""
    letter_of = {own: letter for letter, own in question.letters(learner).items()}
    return [letter_of[own] for own in ([answer] if isinstance(answer, str) else answer)]


def test_an_order_is_fixed_for_ever():
    """Answers in notebooks hang on it."""
    assert learners_order("M2.01", "course", 4) == [3, 1, 2, 0]
    assert learners_order("M2.p1 outcomes", "Ada", 5) == [4, 2, 3, 0, 1]


@pytest.mark.parametrize(
    "question", [each for each in QUESTIONS if isinstance(each, Lettered)], ids=lambda question: question.id
)
def test_letters_mean_the_same_for_each_learner(question):
    """The right answer is right, and each distractor wrong for its own reason, in the order that the learner sees."""
    for learner in LEARNERS:
        assert sorted(question.choices(learner).values()) == sorted(question.texts(learner).values())
        known = [(question.right_answer(learner), None), *question.wrong_answers(learner)]
        for answer, reason in known:
            letters = letters_for(question, answer, learner)
            for written in (letters, "".join(letters), ", ".join(letters).upper()):
                assert question.as_kept(written, learner) == answer
            verdict = question.judge(answer, learner)
            assert verdict.right is (reason is None)
            assert reason is None or reason in verdict.reason
            shown = [question.choices(learner)[letter] for letter in letters]
            in_words = question.in_words(answer, learner).split("; ")
            assert sorted(in_words) == sorted("; ".join(shown).split("; "))


@pytest.mark.parametrize("question", SHUFFLED, ids=lambda question: question.id)
def test_no_place_tells_the_right_option(question):
    """Over 200 learners each place holds a given option as often as any other, within four standard errors."""
    share = 1 / len(question.options)
    bound = 4 * (len(LEARNERS) * share * (1 - share)) ** 0.5
    for own in question.ids:
        places = Counter(question.order(learner).index(own) for learner in LEARNERS)
        assert all(abs(places[place] - len(LEARNERS) * share) < bound for place in range(len(question.options)))


def test_over_the_bank_the_right_option_stands_at_each_place_equally_often():
    """For each learner, over the questions with four options and one right one."""
    four = [each for each in SHUFFLED if len(each.options) == 4 and not isinstance(each, MultipleChoice)]
    places = Counter(each.order(learner).index(each.right_answer(None)) for each in four for learner in LEARNERS)
    total = places.total()
    assert total == 200 * len(four) > 5_000
    assert max(abs(count / total - 0.25) for count in places.values()) < 4 * (0.25 * 0.75 / total) ** 0.5


@pytest.mark.parametrize("question", [each for each in CHOICES if each.ordered], ids=lambda question: question.id)
def test_what_has_an_order_keeps_it(question):
    assert {tuple(question.order(learner)) for learner in LEARNERS} == {tuple(question.ids)}


def test_two_learners_choose_the_same_and_the_record_keeps_the_same(learner):
    question = bank.question("M2.01")
    assert question.choices("Ada") != question.choices("Bob")
    (letter,) = (letter for letter, text in question.choices(learner).items() if text == question.options[3].text)
    assert check("M2.01", letter).right
    assert Record().latest("M2.01")["answer"] == "o4"
    assert f"{letter}: It is one course of many." in repr(solution("M2.01"))
    asked = ask("M2.01")
    assert asked.answer == "o4"  # restored
    asked.answer = letter
    assert asked.check().right
    first, second = Record().attempts("M2.01")
    assert {**first, "id": 0, "time": 0} == {**second, "id": 0, "time": 0}


def test_the_widget_and_check_agree_on_every_letter(learner):
    for question in (bank.question("M2.01"), bank.question("M2.03"), bank.question("M2.07")):
        for answer, _ in question.wrong_answers(learner):
            letters = letters_for(question, answer, learner)
            verdict = check(question.id, "".join(letters))
            asked = ask(question.id)
            asked.answer = letters
            assert asked.answer == answer
            shown = asked.check()
            assert verdict.reason.endswith(shown.reason)
            assert replace(verdict, reason=shown.reason) == shown


def test_a_verdict_on_letters_says_which_options_were_read(learner):
    """A letter of an older notebook may mean another option now: that is seen."""
    question = bank.question("M2.01")
    for letter, text in question.choices(learner).items():
        why = question.by_id[question.letters(learner)[letter]].why
        assert check("M2.01", letter).reason == f"You chose: {text} {why.removeprefix('Yes. ')}"
    assert check("M2.01", "o4").reason == question.by_id["o4"].why.removeprefix("Yes. ")
    assert check("M2.01", "z").reason.startswith("The answer must use letters")
    asked = bank.question("M2.03")
    words = asked.in_words(asked.as_kept("ab", learner), learner)
    assert check("M2.03", ["a", "b"]).reason.startswith(f"You chose: {words}")


@pytest.mark.parametrize(("name", "kept", "read"), [("M2.01", "b", "o2"), ("M2.03", "e, b", ["o2", "o5"])])
def test_a_letter_in_an_older_record_means_the_order_of_the_bank(learner, name, kept, read):
    Record().add("attempt", name, answer=kept, right=True, hash=bank.question(name).content_hash)
    assert ask(name).answer == read
    assert ask(name).check() == bank.question(name).judge(read, learner)


def test_a_cell_of_an_older_notebook_that_runs_again_means_what_it_meant(learner):
    """Run All after an update: a right answer stays right. What is answered after that means the new order."""
    question = bank.question("M2.01")
    Record().add("attempt", "M2.01", answer="d", right=True, hash=question.content_hash)
    assert question.letters(learner)["d"] != "o4"
    for _ in range(3):
        verdict = check("M2.01", "d")
        assert verdict.right
        assert verdict.reason.startswith(f"You chose: {question.options[3].text}")
        assert Record().latest("M2.01")["answer"] == "o4"
    check("M2.01", "a" if question.letters(learner)["a"] != "o4" else "b")
    assert not check("M2.01", "d").right
    assert Record().latest("M2.01")["answer"] == question.letters(learner)["d"]


@pytest.mark.parametrize("letter", ["a", "b", "c"])
def test_a_wrong_answer_of_an_older_notebook_stays_wrong_when_it_runs_again(learner, letter):
    question = bank.question("M2.01")
    Record().add("attempt", "M2.01", answer=letter, right=False, hash=question.content_hash)
    for _ in range(2):
        assert check("M2.01", letter).right is False
        assert Record().latest("M2.01")["answer"] == f"o{'abc'.index(letter) + 1}"
    (own,) = letters_for(question, "o4", learner)
    if own != letter:
        assert check("M2.01", own).right


def test_the_letters_of_an_older_ordering_mean_what_was_shown(learner):
    question = bank.question("M2.07")
    letters = letters_for(question, question.right_answer(learner), learner)
    Record().add("attempt", question.id, answer="".join(letters), right=True, hash=question.content_hash)
    assert ask(question.id).answer == question.ids
    assert ask(question.id).check().right


def test_a_verdict_names_no_letter():
    question = bank.question("M2.03")
    for answer, _ in question.wrong_answers("Ada"):
        (off,) = set(answer) ^ set(question.right_answer("Ada"))
        assert question.judge(answer, "Ada").reason.startswith(f"“{question.by_id[off].text}” is off. ")


# ---------------------------------------------------------------- questions that come back

RETRIEVED = {
    call.split('"')[1]
    for path in (Path(__file__).parents[3] / "lessons").glob("*.py")
    for call in path.read_text("utf-8").splitlines()
    if call.startswith("ask(") and "again=True" in call
}


def test_lessons_ask_again():
    assert len(RETRIEVED) == 17


@pytest.mark.parametrize("name", sorted(RETRIEVED))
def test_a_question_comes_back_otherwise(name):
    question = bank.question(name)
    for learner in LEARNERS[:20]:
        asked = [learner_again(question, learner, again) for again in range(4)]
        assert asked[0] == learner
        assert len(set(asked)) == 4
        shown = [(question.ask(each), question.choices(each)) for each in asked]
        if question.parameters or not getattr(question, "ordered", False):
            assert all(one != other for one, other in pairwise(shown))
        for each in asked:
            assert question.judge(question.right_answer(each), each).right


@pytest.fixture
def without_pictures(monkeypatch):
    """Questions without their pictures, which take long."""
    monkeypatch.setattr(Question, "picture", lambda self, learner: None)


def test_fresh_numbers_come_once_the_last_ones_were_right(learner, without_pictures):
    question = bank.question("M1.02")
    first = ask("M1.02", again=True)
    assert ask("M1.02", again=True).learner == first.learner != learner
    assert question.ask(first.learner) in first._repr_mimebundle_()[0]["text/plain"]
    first.answer = "-1" if question.allowed is None else str(2 * question.right_answer(first.learner))
    assert not first.check().right
    same = ask("M1.02", again=True)
    assert same.learner == first.learner
    assert same.answer == first.answer  # it is there again
    same.answer = str(question.right_answer(first.learner))
    assert same.check().right
    assert same.check().right
    fresh = ask("M1.02", again=True)
    assert question.ask(fresh.learner) != question.ask(first.learner)
    assert fresh.answer == ""


def test_what_is_asked_again_is_no_answer_to_the_quiz(learner, tmp_path, without_pictures):
    asked = ask("M1.02", again=True)
    asked.answer = str(bank.question("M1.02").right_answer(asked.learner))
    assert asked.check().right
    assert Record().attempts() == []
    assert Record().learner == learner
    assert ask("M1.02").answer == ""
    assert "no verdict yet" in repr(check("M1.02"))
    (event,) = Record().events()
    assert (event["what"], event["again"], event["right"], event["learner"]) == ("recall", 1, True, learner)
    receipt = hand_in("M1", tmp_path)
    assert "M1.02" in receipt.missing
    assert receipt.others == []
    assert json.loads(receipt.path.read_text())["answers"] == {}


def test_a_solution_has_the_numbers_that_are_shown(without_pictures):
    asked, question = ask("M1.02", again=True), bank.question("M1.02")
    asked.solution()
    assert "Show it without an attempt?" in asked.solution.__self__._help.value
    assert question.solve(asked.learner) in repr(asked.solution())


def test_the_marker_takes_no_notice_of_what_is_asked_again():
    assert ask("M2.01", again=True)._repr_mimebundle_()[1] == {}
    told = {"learner": Record().learner, **bank.question("M2.01").in_notebook}
    assert ask("M2.01")._repr_mimebundle_()[1]["collapse_edu"] == told
    assert (told["order"], told["hash"][16:]) == ("own", ":own")


def test_an_ordering_never_stands_in_the_right_order():
    for question in QUESTIONS:
        if isinstance(question, Ordering):
            assert all(question.order(learner) != question.ids for learner in LEARNERS)


def test_hints_have_the_numbers_that_are_shown(without_pictures):
    question = bank.question("M4.04")  # its second hint has a number of the learner's
    asked = ask("M4.04", again=True)
    asked.hint()
    assert question.ladder(asked.learner)[1] in repr(asked.hint())
