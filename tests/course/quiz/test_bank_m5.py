"""M5's questions: keys agree with brute force on bags of words, and with chains of trigrams over several seeds."""

import re
from itertools import islice, pairwise

import numpy as np
import pytest

from collapse_edu import generations, metrics, run
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.question import Headline, Numeric
from collapse_edu.datasets import mingle, moby_dick, state_of_the_union
from collapse_edu.loop import regimes
from collapse_edu.measures import MinorityShare, types_alive
from collapse_edu.metrics import KneserNey
from collapse_edu.models import NGram
from collapse_edu.theory import drift
from tests.course.quiz.right import right_outcome
from tests.evidence import assert_within

BY_ID = {question.id: question for question in bank.questions("M5")}
E = {exercise.id: exercise for exercise in bank.exercises("M5")}
LEARNERS = range(200)
CHAINS = 8
LAST = 20


def extremes(question, many=4):
    """Return parameters of a few learners, from the smallest key to the largest."""
    ranked = sorted(LEARNERS, key=question.right_answer)
    return [question.values(ranked[i]) for i in np.linspace(0, len(ranked) - 1, many).astype(int)]


@pytest.fixture(scope="module")
def book():
    return moby_dick(marks=True).passages()


@pytest.fixture(scope="module")
def once(book):
    return np.bincount(book.real.ravel(), minlength=book.n_types) == 1


@pytest.fixture(scope="module")
def plain(book, once):
    """Eight chains of trigrams at temperature 1: what the lesson measures, in a few generations."""
    scorer = KneserNey(order=3, n_types=book.n_types).fit(book.real)
    found = {}
    for chain in range(CHAINS):
        rng = np.random.default_rng([5, chain])
        source = book.source.open(rng)
        for g in islice(generations(NGram(3, book.n_types), source, regimes.replace, rng, len(book.real)), LAST):
            if g.t in (1, 10, LAST):
                smoothed = KneserNey(order=3, n_types=book.n_types).fit(g.training)
                numbers = {
                    "types": types_alive(g, source),
                    "held-out": metrics.perplexity(smoothed.log_probabilities(book.held_out)),
                    "own": metrics.perplexity(scorer.log_probabilities(g.synthetic)),
                    "per passage": np.mean([len(set(row)) for row in g.synthetic.tolist()]),
                    "once": once[g.synthetic].mean(),
                    "once alive": once[np.unique(g.synthetic)].sum(),
                }
                for name, value in numbers.items():
                    found.setdefault((name, g.t), []).append(value)
    return {key: np.array(values) for key, values in found.items()}


def alive(book, regime, last=LAST, chains=CHAINS, order=3, **settings):
    """Return the types alive in each chain, in all generations."""
    model = NGram(order, book.n_types, **settings)
    return run(
        model, book.source, regime, generations=last, chains=chains, measures={"types": types_alive}, seed=50
    )["types"]  # fmt: skip


@pytest.fixture(scope="module")
def ends(book, plain):
    """Types alive in generation 20 of the five chains of M5.05, in its order."""
    return [
        alive(book, regimes.replace, temperature=0.8)[-1],
        plain["types", LAST],
        alive(book, regimes.replace, temperature=1.2)[-1],
        alive(book, regimes.preserve(0.1))[-1],
        alive(book, regimes.anchor, chains=4)[-1],
    ]


# ---------------------------------------------------------------- the set of questions


def test_m5_has_twelve_questions_of_many_kinds():
    assert len(BY_ID) == 12
    assert len({type(question) for question in BY_ID.values()}) == 6
    assert sum(question.figure is not None for question in BY_ID.values()) == 2
    assert sum(isinstance(question, Numeric) and bool(question.parameters) for question in BY_ID.values()) == 4
    assert sum(isinstance(question, Headline) for question in BY_ID.values()) == 2


# ---------------------------------------------------------------- predictions


def test_p1_a_trigram_keeps_as_many_types_as_a_bag_of_words(book, plain):
    counts = np.bincount(book.real.ravel())
    expected = drift.expected_types(counts, np.arange(LAST + 1))
    assert expected[0] == pytest.approx(17_400, rel=0.01)
    for t in (1, 10, LAST):
        assert plain["types", t].mean() == pytest.approx(expected[t], rel=0.01)
    assert plain["types", LAST].mean() == pytest.approx(4200, rel=0.02)
    assert (plain["types", LAST] > 3500).all()
    assert (plain["types", LAST] < 5000).all()
    assert right_outcome("M5.p1").value == 4200


def test_p2_one_perplexity_rises_and_the_other_hardly_moves(plain):
    assert (plain["held-out", LAST] > 3 * plain["held-out", 1]).all()
    change = plain["own", LAST] / plain["own", 1]
    assert abs(np.median(change) - 1) < 0.1
    assert (np.abs(change - 1) < 0.2).all()
    assert right_outcome("M5.p2").text == "that of real text rises, that of its own text hardly moves"


def test_p2_a_passage_looks_the_same(plain):
    """As many types in a passage; once-only words keep their share on average, though most of them are lost."""
    assert plain["per passage", LAST] == pytest.approx(plain["per passage", 1], rel=0.02)
    assert plain["per passage", 1] == pytest.approx(50, abs=0.5)
    assert_within(plain["once", LAST], 0.0385, n_se=4)
    assert plain["once", LAST].mean() == pytest.approx(0.04, abs=0.004)
    assert (plain["once alive", LAST] < 0.2 * plain["once alive", 1]).all()


def test_p3_temperature_below_one_ends_in_a_few_types(ends):
    cold, plain, *_ = ends
    assert (cold < 100).all()
    assert np.median(cold) < 50
    assert (plain > 4000).all()


def test_p3_its_number_is_the_median_of_the_lesson_and_fits_each_chain_best(book):
    model = NGram(order=3, n_types=book.n_types, temperature=0.8)
    history = run(model, book.source, generations=LAST, chains=8, measures={"types": types_alive}, seed=2)
    last = history["types"][-1]
    assert np.median(last) == 5  # of 48 chains it is 4, and the mean of the logarithms that of 6
    outcomes = bank.prediction("M5.p3")["outcomes"]
    right = right_outcome("M5.p3").value
    assert right == pytest.approx(np.median(last), abs=1)
    for rival in (option.value for option in outcomes if not option.right):
        assert (np.abs(np.log(last / right)) < np.abs(np.log(last / rival))).all()


def test_p4_tokens_have_no_direction_and_passages_go_at_once():
    both = mingle(moby_dick(marks=True), state_of_the_union(marks=True), share=0.1)
    minority = MinorityShare(both.real, both.origin == 1, both.n_types)
    assert minority.accuracy_ > 0.95
    history = run(
        NGram(3, both.n_types), both.source, generations=10, chains=16, seed=51,
        measures={"tokens": minority.tokens, "passages": minority.passages},
    )  # fmt: skip
    assert minority.of_tokens(both.real) == pytest.approx(0.1, rel=0.01)
    assert_within(history["tokens"][-1], minority.of_tokens(both.real))
    assert (history["passages"][0] < 0.03).all()
    assert right_outcome("M5.p4").text == "tokens stay near 10 %, passages drop at once"


# ---------------------------------------------------------------- numeric keys


@pytest.mark.parametrize("values", extremes(BY_ID["M5.01"]), ids=str)
def test_m5_01_the_first_loss(values, rng):
    once, twice = values["once"], values["twice"]
    rest = 40_000 - once - 2 * twice
    shares = np.repeat([1, 2, rest], [once, twice, 1]) / 40_000
    missed = [(rng.multinomial(40_000, shares) == 0).sum() for _ in range(2000)]
    assert_within(missed, BY_ID["M5.01"].key(**values))
    rule = once * 0.368 + twice * 0.135
    assert BY_ID["M5.01"].key(**values) == pytest.approx(rule, rel=0.002)


@pytest.mark.parametrize("count", [20, 40, 70])
def test_m5_02_the_median_date(count, rng):
    key = BY_ID["M5.02"].key(count=count)
    copies = np.full(40_000, count)
    lost = []
    for _ in range(key):
        copies = rng.binomial(250_000, copies / 250_000)
        lost.append(np.mean(copies == 0))
    slack = 4 * 0.5 / np.sqrt(40_000)
    assert lost[-2] - slack < 0.5 < lost[-1] + slack
    assert abs(lost[-1] - 0.5) < slack + 0.02
    assert 0.35 < lost[2 * count - 1] < 0.4  # at the typical wrong time


def test_m5_02_the_rule_of_thumb_is_right():
    question = BY_ID["M5.02"]
    for learner in LEARNERS:
        assert question.judge(2.9 * question.values(learner)["count"], learner).right


def test_m5_03_the_numbers_in_its_words(book):
    assert drift.probability_alive(1, 1, book.real.size) == pytest.approx(1 - 0.37, abs=0.005)
    assert np.sqrt(1000) / 1000 == pytest.approx(0.03, abs=0.002)
    alive_once = drift.probability_alive(1, 10, book.real.size)
    assert alive_once < 0.5  # "most words that came once are lost"


def test_m5_03_a_longer_context_keeps_no_more(book):
    means = [alive(book, regimes.replace, last=5, order=order)[-1].mean() for order in (1, 2, 3, 4)]
    assert max(means) < 1.01 * means[0]
    assert min(means) > 0.96 * means[0]


def test_m5_04_the_solution_is_right_and_the_starter_is_no_answer():
    question, names = BY_ID["M5.04"], {}
    exec(question.starter, names)
    assert question.judge(names[question.name], "Ada").right is None
    written = question.starter.replace("... for p", "p ** (1 / temperature) for p").replace(
        "... for b", "b / sum(bent) for b"
    )
    exec(written, names)
    for learner in LEARNERS:
        assert question.judge(names[question.name], learner).right is True


def test_m5_04_is_what_the_model_does():
    """The probabilities of a bag of words at a temperature are those of the reference."""
    for temperature in (0.5, 0.8, 1.2):
        model = NGram(order=1, temperature=temperature).fit([[0] * 5 + [1] * 3 + [2] * 2])
        shares = np.exp(model.log_probabilities([[0], [1], [2]])[:, 0])
        assert shares == pytest.approx(BY_ID["M5.04"].reference([0.5, 0.3, 0.2], temperature))


def test_m5_05_the_order(ends):
    for low, high in pairwise(ends):
        assert low.max() < high.min()
    medians = [np.median(end) for end in ends]
    assert medians[1:] == pytest.approx([4200, 5800, 8500, 13_200], rel=0.02)
    assert 3 < medians[0] < 40


def test_m5_06_what_changes_and_what_does_not(plain):
    changes = {
        name: np.median(plain[name, LAST] / plain[name, 1])
        for name in ("held-out", "per passage", "types", "own", "once")
    }
    moved = [abs(np.log2(change)) > 1 for change in changes.values()]
    assert moved == [option.right for option in BY_ID["M5.06"].options]
    assert all(abs(np.log2(change)) < 0.4 for name, change in changes.items() if name not in ("held-out", "types"))
    assert np.median(plain["types", 1]) == pytest.approx(13_800, rel=0.01)


def test_m5_07_the_perplexity_is_the_cube_root():
    for learner in LEARNERS:
        values = BY_ID["M5.07"].values(learner)
        assert BY_ID["M5.07"].right_answer(learner) == pytest.approx(np.prod(list(values.values())) ** (1 / 3))


@pytest.mark.parametrize("learner", range(0, 200, 20))
def test_m5_08_the_count_can_be_read_from_the_picture(learner):
    question = BY_ID["M5.08"]
    words = question.picture(learner).description
    readings = [(float(share), int(t)) for share, t in re.findall(r"(\d\.\d\d) in generation (\d+)", words)]
    for (above, before), (below, after) in pairwise(readings):
        if above >= 0.5 > below:
            passed = before + (above - 0.5) / (above - below) * (after - before)
            break
    assert question.judge(passed / 2.9, learner).right
    assert question.judge(passed, learner).misconception == "count_fixes_date"


def test_m5_09_the_numbers_of_the_team(plain):
    assert np.median(plain["own", 1]) == pytest.approx(12.0, abs=0.2)
    assert np.median(plain["own", 10]) == pytest.approx(12.7, abs=0.2)
    assert np.median(plain["own", LAST]) == pytest.approx(12.8, abs=0.3)
    assert np.median(plain["types", 10]) < 0.5 * np.median(plain["types", 1])  # "lost half of its words"


def test_m5_10_a_tenth_of_real_text_levels_off(book):
    types = alive(book, regimes.preserve(0.1), last=40)
    assert types[39].mean() == pytest.approx(types[19].mean(), rel=0.02)
    assert types[19].mean() == pytest.approx(8500, rel=0.02)
    expected = drift.expected_types(np.bincount(book.real.ravel()), [20, 40])
    assert expected == pytest.approx([4200, 2700], rel=0.03)


def test_m5_11_equal_counts_equal_fate_and_a_minority_has_more_rare_words():
    both = mingle(moby_dick(marks=True), state_of_the_union(marks=True), share=0.1)
    counts = np.bincount(both.real.ravel(), minlength=both.n_types)
    theirs = np.bincount(both.real[both.origin == 1].ravel(), minlength=both.n_types)
    groups = [(counts > 0) & (theirs == 0), (counts > 0) & (theirs == counts)]
    rare = [np.mean(counts[group] <= 2) for group in groups]
    assert rare[1] > 1.1 * rare[0]
    survived = {c: [] for c in (1, 2)}
    whole = []
    for chain in range(16):
        rng = np.random.default_rng([52, chain])
        source = both.source.open(rng)
        loop = generations(NGram(3, both.n_types), source, regimes.replace, rng, len(both.real))
        left = np.zeros(both.n_types, dtype=bool)
        left[next(islice(loop, 9, None)).synthetic] = True
        whole.append(left[groups[0]].mean() - left[groups[1]].mean())
        for c in survived:
            survived[c].append(left[groups[0] & (counts == c)].mean() - left[groups[1] & (counts == c)].mean())
    for c in survived:
        assert abs(np.mean(survived[c])) < 0.03
    assert (np.array(whole) > 0).all()


@pytest.mark.parametrize("learner", [0, 7, 31])
def test_m5_12_two_lines_leave_the_line_of_drift(learner):
    words = BY_ID["M5.12"].picture(learner).description
    lines = {}
    for name in ("A", "B", "C", "D", "drift, theory"):
        part = re.search(rf"{name}: ([^:]+)\.", words)[1]
        lines[name] = [float(v.replace(",", "")) for v in re.findall(r"([\d,]+) in generation", part)]
    theory = np.array(lines.pop("drift, theory"))
    off = {name: abs(np.array(values) / theory - 1).max() for name, values in lines.items()}
    assert [off[name] > 0.2 for name in "ABCD"] == [option.right for option in BY_ID["M5.12"].options]
    assert max(off["B"], off["D"]) < 0.08
    assert lines["A"][-1] < theory[-1] < lines["C"][-1]


# ---------------------------------------------------------------- exercises


def test_e2_a_tenth_that_is_chosen_keeps_more_types():
    """What the lesson's cell shows to who solved the exercise."""
    addresses = state_of_the_union(marks=True).passages()

    def rescue(source, pool, synthetic, rng):
        n = len(synthetic) // 10
        best = np.argsort(E["M5.e2"].reference(source.real, synthetic), kind="stable")[-n:]
        return None, np.concatenate([synthetic[n:], source.real[best]]), None

    chosen, random = (alive(addresses, regime)[-1] for regime in (rescue, regimes.preserve(0.1)))
    assert chosen.min() > 1.1 * random.max()


def test_the_solutions_of_the_exercises_are_right():
    names = {"np": np}
    exec(
        "def date_of(word, texts):\n"
        "    for t, text in enumerate(texts):\n"
        "        if word not in text: return t\n"
        "    return None\n"
        "def lost_tokens(real, synthetic):\n"
        "    is_lost = ~np.isin(real, synthetic)\n"
        "    return is_lost.sum(axis=1)\n",
        names,
    )
    for learner in LEARNERS:
        assert E["M5.e1"].judge(names["date_of"], learner).right is True
        assert E["M5.e2"].judge(names["lost_tokens"], learner).right is True
    assert E["M5.e2"].judge(lambda real, synthetic: ..., 0).right is None
    assert E["M5.e1"].judge(lambda word, texts: ..., 0).right is None
