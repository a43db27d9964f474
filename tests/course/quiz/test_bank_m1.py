"""M1's questions and predictions: keys agree with exact ensembles."""

from itertools import islice

import numpy as np
import pytest

from collapse_edu import ensemble, theory
from collapse_edu.course.explorers import bag_of
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.question import Function, Headline, MultipleChoice, Numeric, Ordering, SingleChoice
from collapse_edu.loop import regimes
from tests.course.quiz.right import right_outcome
from tests.evidence import assert_within

BY_ID = {question.id: question for question in bank.questions("M1")}
EXERCISES = {exercise.id: exercise for exercise in bank.exercises("M1")}
LEARNERS = range(200)
CHAINS = 20_000


def extremes(question, many=4):
    """Return parameters of a few learners, from the smallest key to the largest."""
    ranked = sorted(LEARNERS, key=question.right_answer)
    return [question.values(ranked[i]) for i in np.linspace(0, len(ranked) - 1, many).astype(int)]


@pytest.fixture(scope="module")
def words():
    return bag_of("moby-dick", 100)[1]


def step_at(t, counts, regime=regimes.replace, chains=CHAINS, seed=1):
    steps = ensemble.categorical_counts(counts, regime, chains=chains, rng=np.random.default_rng(seed))
    return next(islice(steps, t - 1, None))


def test_eleven_questions_of_all_kinds():
    kinds = {SingleChoice, MultipleChoice, Numeric, Ordering, Function, Headline}
    assert {type(question) for question in BY_ID.values()} == kinds
    assert len(BY_ID) == 11
    assert any(question.figure for question in BY_ID.values())


def test_p1_nearly_all_tables_lose_a_side_and_heads_as_often_as_tails():
    step = step_at(30, [5, 5])
    lost = step.types_alive == 1
    exact = np.linalg.matrix_power(theory.fixation.transition_matrix(10), 30)[5]
    assert_within(lost, exact[0] + exact[10])
    assert 0.93 < lost.mean() < 0.96  # "about 94 of 100"
    heads = np.where(step.types == 0, step.synthetic, 0).sum(axis=1)
    assert_within(heads[lost] == 10, 0.5)
    assert right_outcome("M1.p1").text == "nearly always ten heads or ten tails"


def test_p2_about_six_words_are_left(words):
    assert (len(words), (words == 1).sum()) == (69, 54)
    left = theory.drift.expected_types(words, [1, 3, 30])
    assert left.round() == pytest.approx([48, 31, 6])  # "loses 21 of the 69", "about 30", "about 6"
    assert 37 < step_at(30, words, chains=2000).synthetic.max(axis=1).mean() < 43  # "about 40 %"
    assert right_outcome("M1.p2").value == 6


def test_p3_about_45_words_are_seen(words):
    assert step_at(30, words, regimes.anchor, chains=4000).types_alive.mean() == pytest.approx(45, abs=1)
    assert right_outcome("M1.p3").value == 45


@pytest.mark.parametrize("values", extremes(BY_ID["M1.02"]), ids=str)
def test_m1_02_the_chance_to_be_missed(values):
    n, copies = values["n"], values["copies"]
    missed = step_at(1, [copies, n - copies]).survival[0]
    key = BY_ID["M1.02"].key(**values)
    assert abs(1 - missed - key) < 4 * np.sqrt(key * (1 - key) / CHAINS)


@pytest.mark.parametrize("values", extremes(BY_ID["M1.03"]), ids=str)
def test_m1_03_who_wins(values):
    n, heads = values["n"], values["heads"]
    last = step_at(20 * n, [heads, n - heads], chains=4000)
    assert np.mean(last.types_alive == 1) > 0.9999
    won = np.where(last.types == 0, last.synthetic, 0).sum(axis=1) == n
    assert_within(won, BY_ID["M1.03"].key(**values))
    assert heads / n == pytest.approx(BY_ID["M1.03"].key(**values))  # a share is a martingale


def test_m1_05_the_chances_of_the_four_words():
    chances = [
        theory.drift.probability_alive(copies, t, 100) for copies, t in ((1, 30), (2, 10), (1, 1), (5, 1))
    ]  # fmt: skip
    assert chances == pytest.approx([0.06, 0.30, 0.63, 0.99], abs=0.006)


def test_m1_06_the_solution_is_right_and_the_starter_is_no_answer():
    question, names = BY_ID["M1.06"], {}
    exec(question.starter, names)
    assert question.judge(names["words_left"], "Ada").right is None
    written = question.starter.replace("bag = ...  # the next bag", "bag = [bag[i] for i in picks]").replace(
        "numbers.append(...)", "numbers.append(len(set(bag)))"
    )
    exec(written, names)
    assert all(question.judge(names["words_left"], learner).right for learner in LEARNERS)


@pytest.mark.parametrize("values", extremes(BY_ID["M1.08"]), ids=str)
def test_m1_08_how_many_are_seen(values):
    n, once = values["n"], values["once"]
    counts = [1] * once + [n - once]
    assert_within(step_at(1, counts, chains=4000).types_alive, BY_ID["M1.08"].key(**values))
    assert theory.drift.expected_types(counts, 1) == pytest.approx(BY_ID["M1.08"].key(**values))


@pytest.mark.parametrize("seed", [0, 1, 999])
def test_m1_09_two_lines_stay_and_two_fall(seed):
    picture = BY_ID["M1.09"].figure(seed)
    lines = {line.split(":")[0]: line for line in picture.description.split(". ")[1:]}
    at = {name: [int(part.split()[0]) for part in lines[name].split(": ")[1].split(", ")] for name in "ABCD"}
    assert all(abs(at[name][4] - at[name][2]) <= 1 for name in "AC")
    assert all(at[name][4] < 0.75 * at[name][2] for name in "BD")
    assert at["C"][4] < at["A"][4]  # "C loses a little more than A"
    assert at["D"][0] > at["A"][0]  # "D starts higher"


def test_m1_10_which_regimes_lose_all_words_but_one(words):
    assert step_at(1500, words, chains=200).types_alive.max() == 1
    kept = {
        rule: step_at(300, words, rule, chains=400).types_alive.mean()
        for rule in (regimes.accumulate, regimes.anchor, regimes.preserve(0.1))
    }
    assert min(kept.values()) > 20
    assert kept[regimes.preserve(0.1)] == pytest.approx(24, abs=1)


def test_m1_11_a_rare_word_wins_one_game_in_a_hundred(words):
    last = step_at(2500, words, chains=4000)
    assert last.types_alive.max() == 1
    winner = np.broadcast_to(last.types, last.synthetic.shape)[last.synthetic > 0]
    assert_within(words[winner] == 1, 0.54)


@pytest.mark.parametrize("name", ["M1.e1", "M1.e2"])
def test_the_printed_solutions_of_the_exercises_are_right(name):
    exercise, names = EXERCISES[name], {}
    body = exercise.solution.partition("return ")[2].partition(". ")[0]
    arguments = {"M1.e1": "bag, picks", "M1.e2": "last_hour, picks, originals"}[name]
    exec(f"def written({arguments}):\n    return {body}", names)
    assert all(exercise.judge(names["written"], learner).right for learner in LEARNERS)
