"""M6's questions and predictions: keys agree with exact ensembles, with sums, and with the definitions themselves."""

from functools import cache
from itertools import islice

import numpy as np
import pytest
from evidence import assert_within

from collapse_edu import Categorical, Memoriser, Regression, ensemble, measures, run, theory
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.question import Function, Headline, MultipleChoice, Numeric, Ordering, SingleChoice
from collapse_edu.datasets import moby_dick
from collapse_edu.loop import regimes
from collapse_edu.loop.history import History
from collapse_edu.loop.source import linear, types
from collapse_edu.measures.definitions import DEFINITIONS, all_definitions, any_increase, diverging_risk
from tests.course.quiz.right import right_outcome

BY_ID = {question.id: question for question in bank.questions("M6")}
EXERCISES = {exercise.id: exercise for exercise in bank.exercises("M6")}
LEARNERS = range(200)


def extremes(question, many=4):
    """Return parameters of a few learners, from the smallest key to the largest."""
    ranked = sorted(LEARNERS, key=question.right_answer)
    return [question.values(ranked[i]) for i in np.linspace(0, len(ranked) - 1, many).astype(int)]


def errors_at(t, regime, chains=40_000, **settings):
    """Return the test errors of all chains in generation t."""
    fits = ensemble.regression_fits(regime, chains=chains, rng=np.random.default_rng(7), **settings)
    return next(islice(fits, t - 1, None)).test_error


def grown(t, n=50, d=5, chains=400, power=1):
    """Return test errors in generation t of chains that learn from t^power n synthetic rows alone, by the loop."""

    def more_each_time(source, pool, synthetic, rng):
        t = pool + 1 if isinstance(pool, int) else 2
        return t, synthetic[: t**power * len(source.real)], None

    w = np.ones(d)
    history = run(
        Regression(),
        linear(n, w),
        more_each_time,
        generations=t,
        chains=chains,
        n_samples=t**power * n,
        measures={"e": measures.ExcessError(w)},
    )
    return history["e"][-1]


@cache
def words_of_m3():
    """Return a history of the count models of M3 under replace."""
    measured = {
        "test_error": measures.lost_mass,
        "types_alive": measures.types_alive,
        "heterozygosity": measures.heterozygosity,
        "unseen_mass": measures.unseen_mass,
    }
    return run(Categorical(), moby_dick().source, generations=12, chains=5, measures=measured, seed=9)


def test_thirteen_questions_of_all_kinds():
    kinds = {SingleChoice, MultipleChoice, Numeric, Ordering, Function, Headline}
    assert {type(question) for question in BY_ID.values()} == kinds
    assert len(BY_ID) == 13
    assert any(question.figure for question in BY_ID.values())


# ---------------------------------------------------------------- which prediction comes true


def test_p1_the_error_under_accumulate_ends_near_1_6():
    unit = theory.regression.replace_error(1, 50, 5)
    assert_within(errors_at(50, regimes.accumulate, n=50, d=5) / unit, theory.pathways.accumulate_error(50))
    assert theory.pathways.accumulate_error(50) == pytest.approx(1.6, abs=0.03)
    assert theory.pathways.accumulate_error(100) == pytest.approx(1.6, abs=0.04)
    assert theory.pathways.growing_replace_error(50) == pytest.approx(4.5, abs=0.01)  # what another outcome describes
    assert theory.pathways.replace_error(50) == 50
    assert right_outcome("M6.p1").value == 1.6


def test_p2_a_hundred_times_the_rows_end_at_the_floor():
    p = theory.tails.zipf_law(100_000, 1.5)
    cut = theory.tails.cut_law(p, 100)
    assert theory.tails.expected_error([1000, 100_000], p, cut) == pytest.approx([0.097, 0.074], abs=5e-4)
    assert theory.tails.expected_error(10**6, p, cut) == pytest.approx(0.074, abs=5e-4)
    assert theory.tails.expected_error(100_000, p) == pytest.approx(0.018, abs=5e-4)
    assert 100 * (1 - cut[:100]) ** 10_000 @ np.ones(100) / 100 < 1.1  # at most one or so of 100 is still unknown
    rng, labels = np.random.default_rng(3), np.zeros(len(p), dtype=int)
    model = Memoriser().fit(types(100_000, cut, labels).open(rng).real)
    assert p @ (model.predict(np.arange(len(p))) != 0) == pytest.approx(0.074, abs=5e-4)
    assert right_outcome("M6.p2").value == 0.074


def test_p3_three_of_six_definitions_hold():
    table = all_definitions(words_of_m3()).set_index("definition")["holds"]
    measured = table[[holds is not None for holds in table]]
    assert len(measured) == 6
    assert set(measured.index[measured.astype(bool)]) == {"any_increase", "diverging_risk", "vanishing_tail"}
    heterozygosity = words_of_m3()["heterozygosity"]
    assert np.abs(heterozygosity[-1] / heterozygosity[0] - 1).max() < 0.01  # "the variance stays"
    assert (words_of_m3()["unseen_mass"] == 0).all()
    assert (words_of_m3()["types_alive"][-1] < 0.5 * words_of_m3()["types_alive"][0]).all()
    assert right_outcome("M6.p3").text == "a lost tail only"


# ---------------------------------------------------------------- questions


@pytest.mark.parametrize("values", extremes(BY_ID["M6.01"]), ids=str)
def test_m6_01_a_chain_of_labels(values):
    settings = {"n": values["n"], "d": values["d"]}
    key = BY_ID["M6.01"].key(**values)
    assert_within(errors_at(values["t"], regimes.replace, **settings), key, resolves=0.03)


@pytest.mark.parametrize("t", [3, 6])
def test_m6_02_all_labels_kept(t):
    unit = theory.regression.replace_error(1, 30, 3)
    key = BY_ID["M6.02"].key(e=0.5, t=t)
    assert_within(0.5 * errors_at(t, regimes.accumulate, n=30, d=3) / unit, key, resolves=0.03)


def test_m6_03_a_little_too_low():
    unit = theory.regression.replace_error(1, 30, 10)
    found = errors_at(20, regimes.accumulate, n=30, d=10, design="fresh") / unit
    error = found.std(ddof=1) / 200
    assert found.mean() == pytest.approx(1.433, abs=4 * error)
    assert error == pytest.approx(0.004, abs=0.001)
    assert (theory.pathways.accumulate_error(20) - found.mean()) / error == pytest.approx(40, abs=4)
    assert theory.regression.accumulate_error(20, 30, 10, design="fresh") / unit == pytest.approx(1.433, abs=1e-3)


def test_m6_04_and_07_bounded_or_not():
    n, d = 30, 3
    unit = theory.regression.replace_error(1, n, d)
    for regime, expected in ((regimes.accumulate, 1.635), (regimes.anchor, 4 / 3), (regimes.replace, 100)):
        found = errors_at(100, regime, chains=20_000, n=n, d=d) / unit
        assert_within(found, expected * (1 - 1e-4), n_se=4.5)
    exact = theory.regression.growing_replace_error(8, 50, 5, design="fresh")
    assert_within(grown(8), exact, resolves=0.2)
    j, unit = np.arange(1, 9), theory.regression.replace_error(1, 50, 5)
    squares = 5 / (j**2 * 50 - 6)  # a fit to t² n new rows that are all synthetic
    assert_within(grown(8, power=2), squares.sum(), resolves=0.2)
    assert squares.sum() / unit < np.pi**2 / 6
    assert theory.pathways.growing_replace_error(100) == pytest.approx(5.2, abs=0.02)
    assert theory.pathways.growing_replace_error(10**6) > 14  # and so on, like log t


@pytest.mark.parametrize("values", extremes(BY_ID["M6.05"]), ids=str)
def test_m6_05_two_points_of_a_law(values):
    b = BY_ID["M6.05"].key(**values)
    assert values["first"] * values["factor"] ** -b == pytest.approx(values["second"])


@pytest.mark.parametrize("k", BY_ID["M6.06"].parameters["k"][::10])
def test_m6_06_the_floor_can_be_read_from_the_words(k):
    words = BY_ID["M6.06"].figure(k).description.partition("B: ")[2]
    last = float(words.split(", ")[-1].partition(" with")[0])
    question = BY_ID["M6.06"]
    assert last == pytest.approx(question.key(k), rel=question.tolerance)
    assert f"cut at rank {k}" not in BY_ID["M6.06"].figure(k).description


def test_m6_08_a_reader_ends_where_its_writer_does():
    p, rng = theory.tails.zipf_law(2000, 1.5), np.random.default_rng(5)
    everything, labels = np.arange(2000), np.zeros(2000, dtype=int)
    writer = Memoriser().fit(types(300, p, labels).open(rng).real)
    readers = [Memoriser().fit(writer.sample(n, rng)) for n in (100_000, 200_000)]
    own, *others = (p @ (model.predict(everything) != 0) for model in (writer, *readers))
    assert others == pytest.approx([own, own], rel=1e-6)


def test_m6_09_the_reference_is_the_recursion_of_the_library():
    """One coordinate of fits on the same rows: a step for each generation, whole or divided by t."""
    errors = BY_ID["M6.09"].reference
    steps = np.random.default_rng(1).standard_normal((20_000, 6))
    for keep, pathway in ((False, theory.pathways.replace_error), (True, theory.pathways.accumulate_error)):
        ends = np.array([errors(list(row), keep)[-1] for row in steps])
        assert_within(ends**2, pathway(6), resolves=0.05)


def test_m6_09_the_solution_is_right_and_the_starter_is_no_answer():
    question, names = BY_ID["M6.09"], {}
    exec(question.starter, names)
    assert question.judge(names["errors"], "Ada").right is None
    exec(question.starter.replace("error = ...", question.solution), names)
    assert all(question.judge(names["errors"], learner).right for learner in LEARNERS)


def test_m6_10_one_and_a_half_times():
    claimed = History({("some regime", "test_error"): np.linspace(1, 1.5, 20)[:, None]})
    assert any_increase(claimed).holds is True
    # Two rules that give 1.5 at generation 20 or soon after: one is bounded, one is not.
    assert theory.pathways.accumulate_error([10, 20])[1] > 1.5
    assert theory.pathways.growing_replace_error([2, 20]).round(1).tolist() == [1.5, 3.6]


def test_m6_11_a_run_and_its_definitions():
    t = np.arange(1.0, 41)
    risk = np.interp(t, [1, 5, 20, 40], [1, 3.3, 10, 20])
    run_of_the_prompt = {
        ("r", "test_error"): risk[:, None],
        ("r", "variance"): np.ones((40, 1)),
        ("r", "tail_survival"): np.linspace(1, 0.3, 40)[:, None],
        ("r", "unseen_mass"): np.zeros((40, 1)),
    }
    table = all_definitions(History(run_of_the_prompt)).set_index("definition")["holds"]
    options = {option.text: option.right for option in BY_ID["M6.11"].options}
    said = {
        "any_increase": "any increase of the error",
        "catastrophic_increase": "catastrophe: ten times within five generations",
        "diverging_risk": "still growing at the end, our sign of divergence",
        "collapsing_variance": "the variance goes to 0",
        "vanishing_tail": "loss of the tail: below 90 % of generation 1",
    }
    assert {name: table[name] for name in said} == {name: options[text] for name, text in said.items()}
    assert table["entangled_modes"] is None
    assert not options["entanglement of modes"]
    assert set(said) | {"entangled_modes", "hallucinated_data", "changed_scaling_law"} == set(DEFINITIONS)


def test_m6_12_the_expectation_is_not_seen_in_a_long_run():
    shown, means = [], []
    for seed in range(20):
        history = ensemble.gaussian(n=20, generations=600, chains=2000, seed=seed)
        assert diverging_risk(history).holds is False
        shown.append(diverging_risk(history, centre="mean").holds)
        means.append(history["squared_w2"][-1].mean())
    assert np.mean(shown) < 0.25
    expected = theory.gaussian.expected_squared_w2(np.arange(1, 601), 20)
    assert np.median(means) < expected[-1] / 3  # "far below"
    assert diverging_risk(History({("theory", "squared_w2"): expected[:, None]})).holds is True


def test_m6_13_what_was_measured():
    table = all_definitions(words_of_m3()).set_index("definition")
    said = {"diverging_risk": True, "vanishing_tail": True, "collapsing_variance": False, "hallucinated_data": False}
    assert {name: table["holds"][name] for name in said} == said
    assert table["holds"]["entangled_modes"] is None
    assert "types alive" in table["sentence"]["vanishing_tail"]
    assert "heterozygosity" in table["sentence"]["collapsing_variance"]
    assert (words_of_m3()["test_error"] <= 1).all()  # a share; and no count model can make a word that it never saw:
    regimes_of_all = run(
        Categorical(), moby_dick().source, regimes.anchor, generations=3, measures={"u": measures.unseen_mass}
    )
    assert (regimes_of_all["u"] == 0).all()


def test_m6_e2_an_index_one_too_late_is_named():
    exercise = EXERCISES["M6.e2"]

    def late(errors, floor):
        return np.log((errors[-1] - floor) / (errors[len(errors) // 2] - floor)) / np.log(2)

    for learner in list(LEARNERS)[:20]:
        assert "errors[0] is month 1" in exercise.judge(late, learner).reason


def test_m6_e2_a_fit_through_the_whole_second_half_is_right_too():
    def fitted(errors, floor):
        t = np.arange(1, len(errors) + 1)[len(errors) // 2 - 1 :]
        return np.polyfit(np.log(t), np.log(np.array(errors)[len(errors) // 2 - 1 :] - floor), 1)[0]

    assert all(EXERCISES["M6.e2"].judge(fitted, learner).right for learner in LEARNERS)


@pytest.mark.parametrize("name", ["M6.e1", "M6.e2"])
def test_the_printed_solutions_of_the_exercises_are_right(name):
    exercise, names = EXERCISES[name], {"np": np}
    written = {
        "M6.e1": "def written(n_1, e_1, n_2, e_2):\n    " + exercise.solution,
        "M6.e2": "def written(errors, floor):\n    " + exercise.solution.replace("; then ", "\n    "),
    }[name]
    exec(written, names)
    assert all(exercise.judge(names["written"], learner).right for learner in LEARNERS)
