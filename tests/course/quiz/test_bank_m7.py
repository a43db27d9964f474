"""M7's questions and predictions: keys agree with exact ensembles, and with the words of the lesson."""

from itertools import islice, pairwise

import numpy as np
import pytest

from collapse_edu import Curated, Gaussian, PCAMixture, datasets, ensemble, generations, run, theory
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.question import Function, Headline, MultipleChoice, Numeric, Ordering, SingleChoice
from collapse_edu.loop import regimes
from collapse_edu.loop.source import FiniteData, KnownDistribution, normal
from collapse_edu.measures import Quality, fitted_mean, fitted_variance
from tests.course.quiz.right import right_outcome
from tests.evidence import assert_within

BY_ID = {question.id: question for question in bank.questions("M7")}
EXERCISES = {exercise.id: exercise for exercise in bank.exercises("M7")}
LEARNERS = range(200)
WITH_REAL = [
    regimes.accumulate, regimes.subsample, regimes.preserve(0.1), regimes.anchor, regimes.mix(0.1)
]  # fmt: skip


def extremes(question, many=4):
    """Return parameters of a few learners, from the smallest key to the largest."""
    ranked = sorted(LEARNERS, key=question.right_answer)
    return [question.values(ranked[i]) for i in np.linspace(0, len(ranked) - 1, many).astype(int)]


def test_twelve_questions_of_all_kinds():
    kinds = {SingleChoice, MultipleChoice, Numeric, Ordering, Function, Headline}
    assert {type(question) for question in BY_ID.values()} == kinds
    assert len(BY_ID) == 12
    assert any(question.figure for question in BY_ID.values())


# ---------------------------------------------------------------- the map


def kept(values):
    medians = np.median(values, axis=1)
    return medians[-1] / medians[0]


def words_kept(regime, chains=32):
    book = datasets.moby_dick()
    law = np.bincount(book.tokens) / len(book.tokens)
    real = np.random.default_rng(7).multinomial(20_000, law, size=chains)
    fresh = {"distribution": law} if isinstance(regime, regimes.mix) else {}
    return kept(ensemble.categorical(real, regime, generations=12, chains=chains, seed=8, **fresh)["types_alive"])


def variance_kept(regime, chains=20_000):
    return kept(ensemble.gaussian(regime, n=50, generations=12, chains=chains, seed=9)["variance"])


def test_p1_accumulate_and_anchor_alone_keep_the_words():
    found = {regimes.name(regime): words_kept(regime) for regime in WITH_REAL}
    assert {name for name, share in found.items() if share >= 0.9} == {"accumulate", "anchor"}
    assert found["preserve(0.1)"] == pytest.approx(0.57, abs=0.01)  # M7.07 and M7.08 state these
    assert found["mix(0.1)"] == pytest.approx(0.62, abs=0.01)
    assert words_kept(regimes.replace) == pytest.approx(0.33, abs=0.01)
    assert right_outcome("M7.p1").text == "accumulate and anchor"


COVERED = {"anchor": (regimes.anchor, 0.96), "replace": (regimes.replace, 0.61)} | {
    "preserve": (regimes.preserve(0.1), 0.71), "mix": (regimes.mix(0.1), 0.69)
}  # fmt: skip


@pytest.mark.parametrize(("regime", "kept_share"), COVERED.values(), ids=COVERED)
def test_p1_the_digits_that_are_covered(regime, kept_share):
    """The median of eight chains, as in the lesson; the shares are the means of three seeds."""
    images = datasets.digits().rows
    digits = FiniteData(images[:500], reserve=images[500:1100])
    measured = {"coverage": Quality(reference=images[1100:]).coverage}
    history = run(PCAMixture(), digits, regime, generations=12, chains=8, measures=measured, seed=4)
    assert kept(history["coverage"]) == pytest.approx(kept_share, abs=0.08)


def test_p1_a_tenth_of_the_digits_does_little_better_than_none_and_anchor_keeps_them():
    share = {name: kept_share for name, (_, kept_share) in COVERED.items()}
    assert max(share["preserve"], share["mix"]) < share["replace"] + 0.15 < 0.9 < share["anchor"]
    assert "about 70 % of the coverage, and 60 % of the words" in str(bank.prediction("M7.p1"))


def words_in_a_text(n, m, chains=100):
    """Return the share of different words that a late model shows in 1,000 words."""
    book = datasets.moby_dick()
    law = np.bincount(book.tokens) / len(book.tokens)
    behind = ensemble.ancestors(1000, n, m, chains=chains, rng=np.random.default_rng(14))
    real, *shown = ((1 - (1 - law) ** k).sum() for k in (1000, *behind))
    return np.array(shown) / real


def test_in_texts_of_equal_length_the_number_of_fresh_words_decides():
    """The lesson's table, and the reason of M7.08."""
    kept_words = {(n, m): words_in_a_text(n, m).mean() for n, m in SETS}
    assert kept_words == pytest.approx(SETS, abs=0.006)
    assert "39 % of the different words with sets of 1,000, and 91 % with sets of 20,000" in " ".join(
        option.why for option in BY_ID["M7.08"].options
    )


# Words in the set, fresh ones → what is kept of the different words of 1,000, by chains of counts, too (the next test).
SETS = {(1000, 100): 0.390, (5000, 100): 0.430, (20_000, 100): 0.438, (5000, 500): 0.731, (20_000, 2000): 0.910}


@pytest.mark.parametrize(("n", "m", "t"), [(1000, 100, 40), (2000, 200, 30)])
def test_the_words_of_a_late_model_by_chains_of_counts(n, m, t):
    chains = 16
    book = datasets.moby_dick()
    law = np.bincount(book.tokens) / len(book.tokens)
    rng = np.random.default_rng(15)
    real = rng.multinomial(n, law, size=chains)
    steps = ensemble.categorical_counts(real, regimes.mix(m / n), chains=chains, rng=rng, distribution=law)
    shares = next(islice(steps, t - 1, None)).training / n
    shown = (1 - (1 - shares) ** 1000).sum(axis=1) / (1 - (1 - law) ** 1000).sum()
    assert_within(shown, words_in_a_text(n, m).mean())


def test_p1_all_five_keep_the_variance():
    assert all(variance_kept(regime) > 0.9 for regime in WITH_REAL if regime is not regimes.subsample)
    subsample = run(Gaussian(), normal(50), regimes.subsample, generations=12, chains=400, seed=10)
    assert kept(subsample["variance"]) > 0.9
    assert variance_kept(regimes.preserve(0.1)) == pytest.approx(0.92, abs=0.01)
    first, last = (theory.gaussian.variance_quantile(0.5, t, 50) for t in (1, 12))
    assert last / first == pytest.approx(0.80, abs=0.005)
    assert variance_kept(regimes.replace) == pytest.approx(last / first, abs=0.025)  # 4 errors of two medians


# ---------------------------------------------------------------- number or share


def long_run(n, m, t, chains=4000):
    return ensemble.gaussian(regimes.mix(m / n), n=n, generations=t, chains=chains, ddof=0, seed=11)["variance"][-1]


def test_p2_ten_of_a_thousand_keep_as_much_as_ten_of_a_hundred():
    for n, t in ((100, 100), (1000, 800)):
        limit, _ = theory.mixing.stationary_moments(n, 10, ddof=0)
        assert limit == pytest.approx(0.95, abs=0.003)
        assert_within(long_run(n, 10, t), limit)
    assert right_outcome("M7.p2").value == 0.95


@pytest.mark.parametrize("values", extremes(BY_ID["M7.01"]), ids=str)
def test_m7_01_one_fresh_sample_less_is_not_enough(values):
    n, share, m = values["n"], values["percent"] / 100, BY_ID["M7.01"].key(**values)
    assert theory.mixing.stationary_moments(n, m - 1, ddof=0)[0] < share <= theory.mixing.stationary_moments(n, m, 0)[0]


def test_m7_01_the_rule_of_the_hint_is_good_enough():
    for learner in LEARNERS:
        share = BY_ID["M7.01"].values(learner)["percent"] / 100
        assert BY_ID["M7.01"].judge((1 / (1 - share) - 1) / 2, learner).right


def test_m7_01_the_library_is_right_about_the_long_run():
    assert_within(long_run(2000, 22, 400, chains=2000), theory.mixing.stationary_moments(2000, 22, ddof=0)[0])


def test_m7_02_the_numbers_of_the_two_teams():
    a, b = (theory.mixing.stationary_moments(n, 20, ddof=0)[0] for n in (200, 20_000))
    assert (round(float(a), 3), round(float(b), 3)) == (0.974, 0.976)
    biased = [theory.mixing.stationary_moments(n, 20, ddof=0, sampling_bias=0.99)[0] for n in (200, 20_000)]
    assert np.allclose(biased, [0.90, 0.09], atol=0.005)  # the solution
    halfway = []  # the generation in which half of the loss is there
    for n, limit, last in ((200, a, 100), (20_000, b, 2000)):
        t = np.arange(1, last + 1)
        loss = 1 - theory.mixing.expected_moments(t, n, 20, ddof=0)[0]
        halfway.append(np.argmax(loss > (1 - limit) / 2) + 1)
    assert halfway[1] > 50 * halfway[0]


@pytest.mark.parametrize("learner", range(0, 200, 20))
def test_m7_03_the_number_can_be_read_from_the_words(learner):
    question = BY_ID["M7.03"]
    words = question.picture(learner).description
    loss = float(words.rpartition(", ")[2].split(" %")[0]) / 100
    assert question.judge((1 / loss - 1) / 2, learner).right
    assert question.judge(1 / loss, learner).misconception == "one_over_loss"


@pytest.mark.parametrize(("n_real", "helpful", "harmful"), [(1000, 100, 200), (100, 80, 100)])
def test_with_a_bias_of_0_8_more_samples_help_up_to_the_turn(n_real, helpful, harmful):
    """The lesson's table, in which the theory's 173 lies between its columns, and the turn of 100 real samples."""
    worth = {}
    for added in (helpful, harmful):
        rows = n_real + added
        settings = {"n": n_real, "n_samples": rows, "generations": 60, "chains": 5000, "sampling_bias": 0.8, "seed": 15}
        distance = ensemble.gaussian(regimes.mix(n_real / rows), **settings)["squared_w2"][-30:].mean()
        worth[added] = theory.effective_size.equivalent_sample_size(distance) / n_real
    assert worth[helpful] > 1.02
    assert worth[harmful] < 0.98
    assert 100 < theory.effective_size.synthetic_rows_threshold(0.8) < 200


# ---------------------------------------------------------------- the weight


def test_p3_the_best_weight_lies_between_one_half_and_one():
    weights = [0.5, 0.618, 0.75, 1.0]
    steps = ensemble.weighted_means(weights, chains=100_000, rng=np.random.default_rng(12))
    squares = np.square(next(islice(steps, 29, None)))
    assert squares.mean(axis=1).argmin() == 1
    for values, target in zip(squares, [2 / 3, 0.618, 0.66667, 1], strict=True):
        assert_within(values, target)
    assert right_outcome("M7.p3").value == 0.62


@pytest.mark.parametrize("values", extremes(BY_ID["M7.04"], 3), ids=str)
def test_m7_04_no_other_weight_is_better(values):
    ratio, key = values["real"] / values["synthetic"], BY_ID["M7.04"].key(**values)
    weights = np.arange(1, 101) / 100
    errors = theory.pathways.weighted_error_limit(weights, ratio)
    assert abs(weights[errors.argmin()] - key) <= 0.01
    assert key**2 + ratio * key - ratio == pytest.approx(0)  # the hint
    steps = ensemble.weighted_means([key], ratio=ratio, chains=40_000, rng=np.random.default_rng(13))
    assert_within(np.square(next(islice(steps, 59, None)))[0], key)  # the smallest error is the weight


def test_m7_05_what_changes_the_weight_and_what_does_not():
    assert theory.pathways.optimal_weight(0.25) == pytest.approx(0.39, abs=0.005)
    assert theory.pathways.optimal_weight(1) == theory.pathways.optimal_weight(5000 / 5000)
    real = np.random.default_rng(14).standard_normal((20_000, 30)).mean(axis=1)  # 30 real sets kept
    assert_within(np.square(real), 1 / 30)


def test_m7_06_the_reference_is_the_theory_and_the_solution_is_right():
    question, names = BY_ID["M7.06"], {}
    t = np.arange(1, 9)
    for weight, ratio in ((0.3, 1), (0.618, 0.25), (1, 4)):
        assert question.reference(weight, ratio, 8) == pytest.approx(theory.pathways.weighted_error(t, weight, ratio))
    exec(question.starter, names)
    assert question.judge(names["errors"], "Ada").right is None
    exec(question.starter.replace("found.append(...)", question.solution.partition(". With")[0]), names)
    assert all(question.judge(names["errors"], learner).right for learner in LEARNERS)


# ---------------------------------------------------------------- selection


@pytest.mark.parametrize(("m", "t"), [(2, 3), (3, 6), (4, 11)])
def test_m7_09_the_best_of_several(m, t):
    """A smaller n has the same expectation."""
    best = Curated(Gaussian(), reward=lambda rows, model: rows[:, 0], m=m)
    history = run(best, normal(30), generations=t, chains=1500, measures={"variance": fitted_variance}, seed=15)
    assert_within(history["variance"][-1], BY_ID["M7.09"].key(t=t, m=m))


def test_m7_10_which_verifiers_give_the_right_labels_the_majority():
    question, good = BY_ID["M7.10"], []
    for option, error in zip(question.options, (0, 0.1, 0.5, 0.8), strict=True):
        assert f"{error:.0%}".replace("%", " %") in option.text or error == 0
        good.append(0.6 * error < 0.4 * 0.9)
    assert good == [True, True, True, False]
    assert [option.right for option in question.options] == [False, False, True, False]


# ---------------------------------------------------------------- remedies


def real_samples(regime, n=100, t=20):
    drawn = []

    def sample(size, rng):
        drawn.append(size)
        return rng.standard_normal((size, 1))

    rng = np.random.default_rng(16)
    chain = generations(Gaussian(), KnownDistribution(sample, n).open(rng), regime, rng, n)
    learned = [len(generation.training) for generation in islice(chain, t)]
    return sum(drawn), sum(learned)


def test_m7_11_real_samples_in_twenty_generations():
    rules = [regimes.accumulate, regimes.mix(0.01), regimes.mix(0.1), regimes.mix(1)]
    counts = [real_samples(rule)[0] for rule in rules]
    assert counts == [100, 119, 290, 2000]
    assert all(a < b for a, b in pairwise(counts))


def test_m7_12_accumulate_bounds_chance_and_no_bias():
    biased = ensemble.gaussian(
        regimes.accumulate, n=100, generations=1000, chains=400, sampling_bias=0.8, seed=17
    )["variance"]  # fmt: skip
    assert np.median(biased[-1]) == pytest.approx(0.26, abs=0.015)
    assert np.all(np.diff(np.median(biased, axis=1)[[9, 99, 999]]) < -0.1)
    assert theory.accumulate.variance_limit(100, ddof=0) == pytest.approx(0.98, abs=0.005)
    assert real_samples(regimes.accumulate)[1] == 100 * 20 * 21 / 2


# ---------------------------------------------------------------- exercises


@pytest.mark.parametrize("name", ["M7.e1", "M7.e2"])
def test_the_printed_solutions_of_the_exercises_are_right(name):
    exercise, names = EXERCISES[name], {"theory": theory}
    first, _, second = exercise.solution.partition(", and then: ")
    written = {
        "M7.e1": (
            "def written(n, share):\n    for m in range(1, n + 1):\n"
            "        variance = theory.mixing.stationary_moments(n, m, ddof=0)[0]\n        "
            + exercise.solution.partition(". The loop")[0]
        ),
        "M7.e2": (
            "def written(plans, enough, price_real, price_learn):\n    costs = {}\n"
            "    for name, kept_share, real, learned in plans:\n        if kept_share >= enough:\n            "
            f"{first}\n    {second.partition('. The last')[0]}"
        ),
    }[name]
    exec(written, names)
    assert all(exercise.judge(names["written"], learner).right for learner in LEARNERS)


def test_no_two_plans_of_e2_cost_the_same():
    """So whoever keeps the first or the last of the cheapest ones is right."""
    for learner in LEARNERS:
        for plans, _, price_real, price_learn in EXERCISES["M7.e2"].cases(learner):
            costs = {price_real * real + price_learn * learned for _, _, real, learned in plans}
            assert len(costs) == len(plans)

    def last_of_the_cheapest(plans, enough, price_real, price_learn):
        best = None, float("inf")
        for name, kept, real, learned in plans:
            if kept >= enough and price_real * real + price_learn * learned <= best[1]:
                best = name, price_real * real + price_learn * learned
        return best[0]

    assert all(EXERCISES["M7.e2"].judge(last_of_the_cheapest, learner).right for learner in LEARNERS)


def test_e2_has_different_answers_at_90_per_cent():
    answers = [EXERCISES["M7.e2"].reference(*case) for case in EXERCISES["M7.e2"].cases("Ada")[:4]]
    assert answers == ["fresh", "anchor", None, "replace"]


def test_a_bias_brings_the_share_back():
    """The lesson's table, against chains."""
    for n, last in ((100, 60), (1000, 300)):
        rule = regimes.mix(10 / n)
        history = ensemble.gaussian(
            rule, n=n, generations=last, chains=2000, ddof=0, sampling_bias=0.95, seed=18
        )  # fmt: skip
        assert_within(history["variance"][-1], theory.mixing.stationary_moments(n, 10, ddof=0, sampling_bias=0.95)[0])


def test_synthetic_sets_that_are_kept_hold_what_is_left():
    """The advice for those without a real sample: accumulate from the first synthetic set on."""
    variance = np.median(
        ensemble.gaussian(regimes.accumulate, n=100, generations=61, chains=4000, seed=19)["variance"], 1
    )
    assert variance[60] / variance[0] > 0.96


def test_anchor_and_the_best_of_two_end_where_the_lesson_says():
    shift, shrink = theory.selection.best_of_moments(2)
    wide = 0.5 / (1 - shrink / 2 - shift**2)
    assert (round(shift * wide**0.5, 2), round(wide, 2)) == (0.68, 1.47)
    best = Curated(Gaussian(), reward=lambda rows, model: rows[:, 0], m=2)
    both = {"mean": fitted_mean, "variance": fitted_variance}
    history = run(best, normal(2000), regimes.anchor, generations=30, chains=40, measures=both, seed=20)
    assert_within(history["mean"][-1], shift * wide**0.5)
    assert_within(history["variance"][-1], wide)


def test_the_blank_exercises_are_no_answer():
    blank = {"M7.e1": lambda n, share: ..., "M7.e2": lambda plans, enough, price_real, price_learn: ...}
    assert [EXERCISES[name].judge(answer, "Ada").right for name, answer in blank.items()] == [None, None]
