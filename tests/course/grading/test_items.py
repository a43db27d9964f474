"""Item statistics, computed again in other ways: pandas and SciPy, covariances, and counting by hand."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from collapse_edu.course.grading.items import (
    can_show,
    cronbach_alpha,
    item_rest_correlations,
    misconception_shares,
    quiz_statistics,
)
from collapse_edu.course.grading.result import MarkedAnswer, Result
from collapse_edu.course.quiz import bank
from course.grading import classroom

QUESTIONS = bank.questions("M2")


@pytest.fixture(scope="module")
def results():
    return list(classroom.results())


@pytest.fixture(scope="module")
def quiz(results):
    return quiz_statistics(results, QUESTIONS)


@pytest.fixture(scope="module")
def table(results):
    """The marks as pandas sees them: learners × questions, no answer as 0."""
    rows = [{name: answer.status == "right" for name, answer in result.answers.items()} for result in results]
    return pd.DataFrame(rows, dtype=float)


def paper(number=0, **answers):
    """Return a result with answers by status or in full; M2_01 stands for M2.01."""
    full = {question.id: MarkedAnswer("no answer") for question in QUESTIONS}
    for name, answer in answers.items():
        full[name.replace("_", ".")] = MarkedAnswer(answer) if isinstance(answer, str) else answer
    return Result(f"{number}.json", learner=str(number), lesson="M2", answers=full)


def marked(statuses, **more):
    """Return papers with an answer each to M2.01 and M2.02."""
    return [paper(number, M2_01=one, M2_02=two, **more) for number, (one, two) in enumerate(statuses)]


def test_difficulty_is_the_share_right(quiz, table):
    assert quiz.learners == 200
    for name, share in table.mean().items():
        assert quiz.items[name].difficulty == pytest.approx(share)


def test_discrimination_is_the_correlation_with_the_rest(quiz, table):
    for name in table:
        rest = table.drop(columns=name).sum(axis=1)
        assert quiz.items[name].discrimination == pytest.approx(table[name].corr(rest), abs=1e-9)
        assert quiz.items[name].discrimination == pytest.approx(stats.pearsonr(table[name], rest).statistic, abs=1e-9)


def test_alpha_from_all_covariances(quiz, table):
    """k/(k-1) · (1 - trace/sum) of the covariance matrix; KR-20 has p(1-p) in the place of variances."""
    covariance, k = table.cov().to_numpy(), table.shape[1]
    assert quiz.alpha.value == pytest.approx(k / (k - 1) * (1 - np.trace(covariance) / covariance.sum()))
    p = table.mean()
    kr20 = k / (k - 1) * (1 - (p * (1 - p)).sum() / table.sum(axis=1).var(ddof=0))
    assert quiz.alpha.value == pytest.approx(kr20)
    assert quiz.complete == 200


def test_the_interval_of_alpha_holds_what_it_should():
    """Of parallel questions, whose alpha is known; ours is exact there for normal scores."""
    rng, k, learners = np.random.default_rng(0), 8, 60
    known = k * 0.3 / (1 + (k - 1) * 0.3)  # Spearman and Brown, of correlations of 0.3
    able, noise = rng.standard_normal((1000, learners, 1)), rng.standard_normal((1000, learners, k))
    found = [cronbach_alpha(scores) for scores in np.sqrt(0.3) * able + np.sqrt(0.7) * noise]
    inside = np.mean([alpha.low <= known <= alpha.high for alpha in found])
    assert inside == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 1000))


def test_alpha_as_pingouin_has_it():
    """pingouin 0.7.0: cronbach_alpha(data=DataFrame(scores)) gives (0.7058823529411766, [-0.486, 0.967])."""
    alpha = cronbach_alpha([[1, 1, 1], [0, 0, 0], [1, 1, 0], [0, 0, 1], [1, 1, 1]])
    assert alpha.value == pytest.approx(0.7058823529411766)
    assert (round(alpha.low, 3), round(alpha.high, 3)) == (-0.486, 0.967)


@pytest.mark.parametrize("scores", [[[1, 0]], [[1], [0]], [[1, 0], [0, 1]], [[1, 1], [1, 1]]])
def test_no_alpha_without_differences(scores):
    assert cronbach_alpha(scores) is None


def test_a_constant_question_has_no_discrimination():
    quiz = quiz_statistics(marked([("right", "right"), ("right", "wrong")] * 6), QUESTIONS)
    assert quiz.items["M2.01"].discrimination is None
    assert quiz.items["M2.01"].without == "everybody right"
    assert quiz.items["M2.03"].without == "nobody right"
    assert quiz.items["M2.02"].without == "no differences to compare with"
    assert item_rest_correlations([[1, 0], [1, 1]]) == [None, None]


def test_no_answer_counts_as_not_right():
    blank = quiz_statistics(marked([("right", "right"), ("no answer", "wrong"), ("right", "wrong")] * 5), QUESTIONS)
    wrong = quiz_statistics(marked([("right", "right"), ("wrong", "wrong"), ("right", "wrong")] * 5), QUESTIONS)
    assert blank.alpha == wrong.alpha
    assert blank.items["M2.01"].difficulty == wrong.items["M2.01"].difficulty == pytest.approx(2 / 3)
    assert blank.items["M2.01"].counts == {"right": 10, "no answer": 5}


def test_what_could_not_be_marked_counts_as_nothing():
    whole = marked([("right", "right"), ("wrong", "right"), ("wrong", "wrong"), ("right", "wrong")] * 10)
    spoiled = [paper(99, M2_01="not marked", M2_02="right")]
    before, after = quiz_statistics(whole, QUESTIONS), quiz_statistics(whole + spoiled, QUESTIONS)
    assert after.alpha == before.alpha
    assert after.items["M2.01"].difficulty == before.items["M2.01"].difficulty
    assert after.items["M2.02"].difficulty > before.items["M2.02"].difficulty
    assert (after.learners, after.complete) == (41, 40)


def test_a_question_that_cannot_be_marked_costs_no_other_its_numbers():
    """Code where there is no sandbox: nobody's is marked, and nobody's other answers are lost for it."""
    papers = marked([("right", "right"), ("wrong", "right"), ("wrong", "wrong")] * 5, M2_03="not marked")
    quiz = quiz_statistics(papers, QUESTIONS)
    assert quiz.left_out == ("M2.03",)
    assert quiz.complete == 15
    assert quiz.items["M2.03"].difficulty is None
    assert quiz.items["M2.01"].discrimination == pytest.approx(0.5)


def test_under_ten_learners_there_are_counts_alone():
    quiz = quiz_statistics(marked([("right", "wrong")] * 9), QUESTIONS)
    assert quiz.withheld
    assert quiz.alpha is None
    assert quiz.items["M2.01"].counts == {"right": 9}
    assert {item.difficulty for item in quiz.items.values()} == {None}
    assert not any(item.chosen for item in quiz.items.values())


def test_chosen_options_with_their_misconceptions(results, quiz):
    for question in QUESTIONS:
        answers = [result.answers[question.id] for result in results]
        answered = [answer for answer in answers if answer.status in ("right", "wrong")]
        for option in quiz.items[question.id].chosen:
            assert option.share == pytest.approx(option.count / len(answered))
        if question.kind in ("single choice", "judge a headline"):
            by_hand = Counter(answer.answer for answer in answered)
            assert [option.count for option in quiz.items[question.id].chosen] == [
                by_hand[name] for name in question.ids
            ]
            assert {option.misconception for option in quiz.items[question.id].chosen} >= can_show(question)
        elif question.kind != "multiple choice":
            by_hand = Counter(answer.misconception for answer in answered)
            assert {each.misconception: each.count for each in quiz.items[question.id].chosen if not each.right} == {
                tag: many for tag, many in by_hand.items() if tag
            }


def test_letters_of_older_papers_are_read():
    question = bank.question("M2.01")
    letter = MarkedAnswer("wrong", answer="b", learner="ada")
    quiz = quiz_statistics([paper(number, M2_01=letter) for number in range(10)], QUESTIONS)
    assert [option.count for option in quiz.items["M2.01"].chosen] == [0, 10, 0, 0]
    odd = replace(letter, answer={"no": "option"})
    quiz = quiz_statistics([paper(number, M2_01=odd) for number in range(10)], QUESTIONS)
    assert sum(option.count for option in quiz.items[question.id].chosen) == 0


def test_time_is_the_median_since_the_answer_before():
    def timed(number):
        clock = {"M2_01": "08:00:00", "M2_02": f"08:0{number % 3 + 1}:00", "M2_03": "09:30:00"}
        return paper(
            number, **{name: MarkedAnswer("right", time=f"2026-05-04T{time}+00:00") for name, time in clock.items()}
        )

    items = quiz_statistics([timed(number) for number in range(12)], QUESTIONS).items
    assert items["M2.01"].minutes is None  # nothing before it
    assert items["M2.02"].minutes == 2
    assert items["M2.03"].minutes is None  # everybody was away
    items = quiz_statistics([paper(n, M2_01=MarkedAnswer("right", time="noon")) for n in range(12)], QUESTIONS).items
    assert items["M2.01"].minutes is None


def test_a_misconception_is_a_share_of_those_who_could_show_it(results):
    tag = "one_run_proves"
    shares = {share.tag: share for share in misconception_shares(((each.learner, each) for each in results), bank)}
    asks = [question.id for question in QUESTIONS if tag in can_show(question)]
    could = {each.learner for each in results if any(each.answers[name].status in ("right", "wrong") for name in asks)}
    held = {each.learner for each in results if any(a.misconception == tag for a in each.answers.values())}
    assert (shares[tag].learners, shares[tag].could) == (len(held), len(could))
    assert 0 < shares[tag].share < 1
    assert set(shares[tag].questions) <= set(asks)


def test_a_learner_of_two_lessons_is_one_and_few_give_no_share():
    wrong = MarkedAnswer("wrong", misconception="mean_is_typical")
    papers = [("ada", paper(M2_01=wrong)), ("ada", paper(M2_03=wrong)), ("bob", paper(M2_04="right"))]
    (share,) = misconception_shares(papers, bank)
    assert (share.learners, share.could, share.share, share.questions) == (1, 1, None, ("M2.01", "M2.03"))


def test_questions_that_the_course_no_longer_asks():
    wrong = MarkedAnswer("wrong", misconception="a_tag_of_old")
    (share,) = misconception_shares([("ada", Result("a", answers={"M2.99": wrong}))], bank)
    assert (share.words, share.learners, share.could) == ("a_tag_of_old", 1, 1)


def test_a_quiz_has_questions():
    with pytest.raises(ValueError, match="questions must hold at least one"):
        quiz_statistics([], [])
