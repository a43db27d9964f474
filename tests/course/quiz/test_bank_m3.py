"""M3's questions and predictions: keys agree with exact chains of counts."""

from itertools import islice

import numpy as np
import pytest
from scipy.special import polygamma

from collapse_edu import ensemble, theory
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.question import Function, Headline, MultipleChoice, Numeric, Ordering, SingleChoice
from collapse_edu.datasets import moby_dick
from collapse_edu.loop import regimes
from tests.course.quiz.right import right_outcome
from tests.evidence import assert_within

BY_ID = {question.id: question for question in bank.questions("M3")}
EXERCISES = {exercise.id: exercise for exercise in bank.exercises("M3")}
LEARNERS = range(200)
N = 100_000  # words of a long text


def extremes(question, many=4):
    """Return parameters of a few learners, from the smallest key to the largest."""
    ranked = sorted(LEARNERS, key=question.right_answer)
    return [question.values(ranked[i]) for i in np.linspace(0, len(ranked) - 1, many).astype(int)]


def step_at(t, counts, chains=20_000, seed=1):
    steps = ensemble.categorical_counts(counts, regimes.replace, chains=chains, rng=np.random.default_rng(seed))
    return next(islice(steps, t - 1, None))


def share_alive(count, t):
    """Return how many of 20,000 chains know a word with this count in generation t, as a share."""
    return step_at(t, [count, N - count]).survival[0]


def test_eleven_questions_of_all_kinds():
    kinds = {SingleChoice, MultipleChoice, Numeric, Ordering, Function, Headline}
    assert {type(question) for question in BY_ID.values()} == kinds
    assert len(BY_ID) == 11
    assert any(question.figure for question in BY_ID.values())


def test_the_words_of_the_predictions():
    book = moby_dick()
    counts = dict(zip(book.vocabulary, np.bincount(book.tokens, minlength=len(book.vocabulary)), strict=True))
    assert [counts[word] for word in ("dream", "until", "ramadan")] == [10, 10, 10]
    assert sum(counts.values()) == 209_259


def test_p1_half_are_lost_by_generation_27():
    assert theory.drift.forgetting_time(10) == 27
    assert share_alive(10, 26) > 0.49 > share_alive(10, 28)
    assert right_outcome("M3.p1").value == 27


def test_p2_equal_counts_have_equal_chances():
    survival = step_at(30, [10, 10, N - 20]).survival
    error = np.sqrt(2 * 0.47 * 0.53 / 20_000)
    assert abs(survival[0] - survival[1]) < 4 * error
    assert right_outcome("M3.p2").text == "both do equally well"


def test_p3_the_expressivity_error_is_made_once():
    """Words that the model holds come three times or more, and shares only grow when others go."""
    counts = np.array([1, 1, 2, 3, 3, 10, 980])
    shares, left = counts / 1000, []
    for _ in range(5):
        shares = np.where(shares * 1000 > 2.5, shares, 0)
        shares = shares / shares.sum()
        left.append(np.count_nonzero(shares))
    assert left == [4] * 5
    assert right_outcome("M3.p3").text == "it stays where it is"


@pytest.mark.parametrize("values", extremes(BY_ID["M3.01"], 3), ids=str)
def test_m3_01_half_of_them(values):
    key = BY_ID["M3.01"].key(**values)
    alive = share_alive(values["count"], key)
    assert abs(alive - 0.5) < 4 * 0.5 / np.sqrt(20_000) + 0.5 * 0.69 / key  # the date is a whole number


@pytest.mark.parametrize("values", extremes(BY_ID["M3.02"]), ids=str)
def test_m3_02_still_there(values):
    key = BY_ID["M3.02"].key(**values)
    alive = share_alive(values["count"], values["t"])
    assert abs(alive - key) < 4 * np.sqrt(key * (1 - key) / 20_000)
    assert key == pytest.approx(theory.drift.probability_alive(values["count"], values["t"], N), rel=2e-3)


def test_m3_03_and_07_the_medians_that_they_name():
    assert theory.drift.forgetting_time([8, 25]).tolist() == [22, 70]
    lost = 1 - theory.drift.probability_alive(25, 50, N)
    assert abs(150 - 400 * lost) < 2 * np.sqrt(400 * lost * (1 - lost))  # the report is a likely run


def test_m3_05_the_shares_of_the_four_groups():
    shares = theory.drift.poisson_survival([2, 10, 10, 100], [40, 60, 20, 60])
    assert shares == pytest.approx([0.09, 0.275, 0.60, 0.96], abs=0.005)


def test_m3_06_the_solution_is_right_and_the_starter_is_no_answer():
    question, names = BY_ID["M3.06"], {}
    exec(question.starter, names)
    assert question.judge(names["survival"], "Ada").right is None
    written = question.starter.replace(
        "return ...", "return sum(date is None or date > t for date in mine) / len(mine)"
    )
    exec(written, names)
    assert all(question.judge(names["survival"], learner).right for learner in LEARNERS)


@pytest.mark.parametrize("t", [30, 80, 150])
def test_m3_08_the_picture_tells_the_generation(t):
    """Half of the words are left where the exact curve passes one half."""
    picture = BY_ID["M3.08"].figure(t, seed=3)
    shares = {
        int(part.split(":")[0].removeprefix("count ")): float(part.split(":")[1])
        for part in picture.description.partition("their count: ")[2].split(", ")
    }
    numbers, values = np.array(list(shares)), np.array(list(shares.values()))
    half = np.interp(0.5, np.maximum.accumulate(values), numbers)
    assert half * 2.885 == pytest.approx(t, rel=0.08)


def test_m3_09_the_share_of_rare_words_stays():
    start = np.concatenate([np.ones(500, dtype=int), [10, 490]])
    step = step_at(20, start, chains=2000)
    types = np.broadcast_to(step.types, step.synthetic.shape)
    rare = np.where(types < 500, step.synthetic, 0).sum(axis=1) / 1000
    assert_within(rare, 0.5)


@pytest.mark.parametrize("values", extremes(BY_ID["M3.11"], 3), ids=str)
def test_m3_11_a_small_library(values):
    n, t = values["n"], values["t"]
    step = step_at(t, np.ones(n, dtype=int), chains=4000)
    assert_within(step.heterozygosity, BY_ID["M3.11"].key(**values))


@pytest.mark.parametrize("name", ["M3.e1", "M3.e2"])
def test_the_printed_solutions_of_the_exercises_are_right(name):
    exercise, names = EXERCISES[name], {}
    written = {
        "M3.e1": (
            "def written(alive):\n    dates = []\n    for word in range(len(alive[0])):\n        "
            + exercise.solution.partition(". None:")[0]
            + "\n    return dates"
        ),
        "M3.e2": (
            "def written(hours):\n    "
            + exercise.solution.partition(", and then: return ")[0]
            + "\n    return ranked[len(ranked) // 2]"
        ),
    }[name]
    exec(written, names)
    assert all(exercise.judge(names["written"], learner).right for learner in LEARNERS)


def test_the_rule_of_2_9_is_for_forty_generations_or_more():
    """Idea 1 says how far the exponent of e^(-2c/t) is off, and where it is good."""
    t = np.array([10, 40, 41, 1000])
    off = 2 / t / theory.drift.survival_rate(t) - 1
    assert (round(off[0], 2), round(off[1], 2)) == (0.16, 0.05)
    assert (off[1:] < 0.052).all()
    assert (off > 0).all()


def test_the_distance_of_the_last_word_is_forty_nine_on_average_alone():
    """A deeper part: what is left is word i with chance p_i, and the distance is then 1/p_i - 1."""
    p = np.arange(1, 51.0) ** -1
    p /= p.sum()
    ends = np.array([((q - p) ** 2 / p).sum() for q in np.eye(50)])
    assert ends == pytest.approx(1 / p - 1)
    assert (round(ends.min(), 1), round(ends.max())) == (3.5, 224)
    assert p @ ends == pytest.approx(theory.drift.expected_chi_square(10**6, 200, 50)) == pytest.approx(49)


@pytest.mark.parametrize("g", [1, 2])
def test_the_squared_distance_is_one_and_a_half_times_a_small_sum(g):
    """M2, a deeper part: for g = 0 the sum is 15, and the ratio is not 1.5."""
    sizes = 20 * np.arange(1, 301) ** g
    distance = theory.changing_sizes.expected_squared_w2(sizes)[-1]
    assert distance / (1 / sizes).sum() == pytest.approx(1.5, abs=0.02)


def test_with_sets_that_grow_the_variance_stays(rng):
    """M2: "with probability 1" is for a fixed n. With 20 j² samples in set j the median stays near 0.93."""
    sizes = 20 * np.arange(1, 201) ** 2
    steps = np.array([rng.chisquare(n - 1, 20_000) / (n - 1) for n in sizes])  # the unbiased variance of n rows
    mean = theory.changing_sizes.expected_log_variance(sizes)[-1]
    spread = theory.changing_sizes.variance_of_log_variance(sizes)[-1]
    assert_within(np.log(steps).sum(axis=0), mean)  # within 0.012, so 1.2 % of the variance
    median = np.exp(mean - polygamma(2, (sizes - 1) / 2).sum() / spread / 6)  # a skew law, to first order
    assert median == pytest.approx(0.928, abs=0.002)
    assert np.median(np.prod(steps, axis=0)) == pytest.approx(median, abs=0.014)
    divided_by_n = np.prod(steps[:30] * (1 - 1 / sizes[:30, None]), axis=0)
    assert_within(divided_by_n, theory.changing_sizes.expected_variance(sizes[:30], ddof=0)[-1], resolves=0.02)
