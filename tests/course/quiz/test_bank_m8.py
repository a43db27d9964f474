"""M8's questions and predictions: keys agree with brute force and with streams."""

from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
from evidence import assert_within
from scipy.stats import betabinom

from collapse_edu import ensemble, theory
from collapse_edu.course.experiments.monitoring_mistakes import score_jumps
from collapse_edu.course.explorers import MonitorExplorer, monitored_stream
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.question import Function, Headline, MultipleChoice, Numeric, Ordering, SingleChoice
from collapse_edu.datasets import moby_dick, state_of_the_union
from collapse_edu.loop.regimes import mix
from collapse_edu.loop.source import FiniteData
from collapse_edu.models import NGram
from collapse_edu.production import (
    Detector,
    Monitor,
    exhaust,
    limits_from_memory,
    ngram_counts,
    precision_at,
    share_from_flags,
)
from collapse_edu.production.monitoring.statistics import STATISTICS
from tests.course.quiz.right import right_outcome

LESSON = Path(__file__).parents[3] / "lessons" / "M8_detect_trace_monitor.py"

BY_ID = {question.id: question for question in bank.questions("M8")}
EXERCISES = {exercise.id: exercise for exercise in bank.exercises("M8")}
LEARNERS = range(200)


def extremes(question, many=3):
    """Return parameters of a few learners, from the smallest key to the largest."""
    ranked = sorted(LEARNERS, key=question.right_answer)
    return [question.values(ranked[i]) for i in np.linspace(0, len(ranked) - 1, many).astype(int)]


def test_twelve_questions_of_all_kinds():
    kinds = {SingleChoice, MultipleChoice, Numeric, Ordering, Function, Headline}
    assert {type(question) for question in BY_ID.values()} == kinds
    assert len(BY_ID) == 12
    assert any(question.figure for question in BY_ID.values())


def test_p1_fifteen_per_cent_of_the_flags_are_right(rng):
    synthetic = rng.random(500_000) < 0.01
    flagged = rng.random(500_000) < np.where(synthetic, 0.9, 0.05)
    assert_within(synthetic[flagged], precision_at(0.01, 0.9, 0.05), resolves=0.1)
    assert precision_at(0.01, 0.9, 0.05) == pytest.approx(0.15, abs=0.005)
    assert precision_at(0.05, 0.9, 0.05) == pytest.approx(0.5, abs=0.02)  # what the second outcome says
    assert precision_at(0.5, 0.9, 0.05) == pytest.approx(0.95, abs=0.005)  # and the third cause
    assert right_outcome("M8.p1").value == 0.15


def crawls(seed, human, synthetic):
    """Return the crawls of eight years, of which the first has 40 real documents."""
    rng = np.random.default_rng(seed)
    book = moby_dick()
    real = rng.permutation(book.tokens[: 1700 * 120].reshape(-1, 120))
    source = FiniteData(real[:40], reserve=real).open(rng)
    return list(exhaust(NGram(3, len(book.vocabulary)), source, human, synthetic, rng))


def test_p2_with_people_writing_on_forty_documents_hold_somewhat_fewer_words():
    kept = []
    for seed in range(8):
        years = crawls(seed, 40, [0, 20, 40, 80, 160, 360, 720])
        first, last = years[0], years[-1]
        assert last.share == pytest.approx(0.947, abs=0.001)
        words = len(np.unique(first.documents))
        kept.append(len(np.unique(last.documents[:40])) / words)
        assert len(np.unique(last.documents[last.is_real])) == pytest.approx(words, rel=0.1)
    assert 0.8 < np.mean(kept) < 0.92
    assert max(kept) < 0.97
    assert right_outcome("M8.p2").text == "somewhat fewer"


def test_p2_pushed_out_nearly_half_of_the_words_go():
    """The same shares, of 40 documents: as in the lesson."""
    book, kept = moby_dick(), []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        real = rng.permutation(book.tokens[: 1700 * 120].reshape(-1, 120))
        source = FiniteData(real[:40], reserve=real[40:]).open(rng)
        crawl = first = source.real
        for amount in [0, 20, 40, 80, 160, 360, 720]:
            pushed = round(40 * amount / (40 + amount))
            written = NGram(3, len(book.vocabulary)).fit(crawl).sample(pushed, rng) if pushed else crawl[:0]
            crawl = np.concatenate([source.draw(40 - pushed, rng), written])
        kept.append(len(np.unique(crawl)) / len(np.unique(first)))
    assert 0.5 < np.mean(kept) < 0.62


def test_idea_1_a_detector_of_bags_of_words_is_a_coin_for_pairs():
    book = moby_dick()
    rows = np.random.default_rng(8).permutation(book.tokens[: 1743 * 120].reshape(-1, 120))
    public, new, rng = rows[:1100], rows[1100:], np.random.default_rng(1)
    bag, pairs = (NGram(order, len(book.vocabulary)).fit(public) for order in (1, 2))
    detector = Detector(ngram_counts).fit(public, bag.sample(1100, rng))
    false, true, _ = detector.roc(new, pairs.sample(643, rng))
    assert np.interp(0.05, false, true) < 0.09


def test_neighbours_break_what_mixed_documents_keep():
    """False alarms of windows of ten neighbours, and of ten random documents, at 1 % asked for."""
    rows, rates = moby_dick().tokens[: 1740 * 120].reshape(-1, 120), []
    for seed in range(12):
        rng = np.random.default_rng([82, seed])
        for mixed in (rng.permutation(rows.reshape(-1, 10, 120)).reshape(-1, 120), rng.permutation(rows)):
            monitor = Monitor(mixed[:1240].tolist(), window=10, false_alarms=0.01)
            rates.append(np.mean([reading.alert for reading in monitor.watch(mixed[1240:].tolist(), at_once=50)]))
    neighbours, mixed = np.array(rates).reshape(-1, 2).T
    assert neighbours.min() > 0
    assert neighbours.mean() > 0.2
    assert abs(mixed.mean() - 0.01) < 4 * betabinom(50, 1, 99).std() / 50 / np.sqrt(12)


@pytest.fixture(scope="module")
def streams():
    """Deviations of forty windows after the change, and the limits of single statistics, for fifteen books."""
    found = []
    for seed in range(15):
        reference, stream = monitored_stream(0.2, seed=1000 + seed)
        monitor = Monitor(reference, window=10, false_alarms=0.01)
        changed = np.array([reading.deviations for reading in monitor.watch(stream, at_once=50)])[10:]
        limits = np.array([monitor.limit_of(name) for name in STATISTICS])
        found.append(np.abs(changed) > limits)
    return np.array(found)


def first(streams, name):
    raised = streams[:, :, list(STATISTICS).index(name)]
    return np.where(raised.any(axis=1), raised.argmax(axis=1) + 1, np.inf)


def test_p3_and_09_who_raises_the_alert_first(streams):
    names = ("distinct_2", "vocabulary", "tail_recall", "log_probability")
    medians = [np.median(first(streams, name)) for name in names]
    assert all(early + 3 < late for early, late in pairwise(medians))
    assert np.median(first(streams, "tail_mass")) == np.inf
    assert medians[:3] == pytest.approx([8, 18, 26], abs=4)  # what the solution says, of 1,000 streams
    assert right_outcome("M8.p3").text == "the number of different pairs"


def test_p3_09_and_11_say_what_the_scorer_has_seen():
    """Under a scorer of other text nothing; under one of the generator's own text a jump, and no direction after it."""
    jumps = score_jumps(np.random.default_rng(5), repetitions=5)["jump"]
    assert jumps["other real text"].abs().max() < 1.5
    own = jumps["the generator's training text"]
    assert own.min() > 30
    assert abs(own[10] - own[1]) < 1.5  # M8.11: ten versions under the first one
    assert "learned real text that none of the writing models has seen" in BY_ID["M8.09"].prompt
    above, _, _ = LESSON.read_text(encoding="utf-8").partition('predict("M8.p3")')
    assert "*other* real text, which none of these models saw" in above.rpartition("# %% [markdown]")[2]
    assert "the stream described above" in bank.prediction("M8.p3")["prompt"]
    assert "under its first version" in BY_ID["M8.11"].prompt


def test_11_the_mean_score_is_outside_seldom(streams):
    at_the_end = streams[:, -10:]
    share = {name: at_the_end[:, :, i].mean() for i, name in enumerate(STATISTICS)}
    assert share["distinct_2"] > 0.95
    assert share["log_probability"] < 0.2


@pytest.mark.parametrize("values", extremes(BY_ID["M8.01"]), ids=str)
def test_m8_01_counted(rng, values):
    share, found, wrong = (values[name] / 100 for name in ("share", "found", "wrong"))
    synthetic = rng.random(400_000) < share
    flagged = rng.random(400_000) < np.where(synthetic, found, wrong)
    assert_within(synthetic[flagged], BY_ID["M8.01"].key(**values), resolves=0.06)


@pytest.mark.parametrize("values", extremes(BY_ID["M8.03"]), ids=str)
def test_m8_03_the_share_gives_as_many_flags(rng, values):
    share, found, wrong = BY_ID["M8.03"].key(**values), values["found"] / 100, values["wrong"] / 100
    assert 2000 * (share * found + (1 - share) * wrong) == pytest.approx(values["flagged"])
    assert share_from_flags(values["flagged"], 2000, found, wrong).share == share


@pytest.mark.parametrize("values", extremes(BY_ID["M8.04"]), ids=str)
def test_m8_04_kept_in_exact_chains(rng, values):
    share, n = values["real"] / 100, 20_000
    count = round(values["copies"] / 100 / share)
    chains = ensemble.categorical_counts([count, n - count], mix(share), chains=20_000, rng=rng)
    alive = next(islice(chains, 150, None)).survival[0]
    expected = theory.immigration.probability_kept(share * count, share)
    assert abs(alive - expected) < 4 * np.sqrt(expected * (1 - expected) / 20_000) + 1e-3
    if count * share == values["copies"] / 100:
        assert BY_ID["M8.04"].key(**values) == pytest.approx(expected)


def test_m8_05_the_solution_is_right_and_the_starter_is_no_answer():
    question, names = BY_ID["M8.05"], {}
    exec(question.starter, names)
    assert question.judge(names["ledger_share"], "Ada").right is None
    written = question.starter.replace("        ...", "        n * right / seen").replace(
        "return ...", "return sum(found) / sum(documents)"
    )
    exec(written, names)
    assert all(question.judge(names["ledger_share"], learner).right for learner in LEARNERS)


def in_the_machines_part(copies, real):
    """Return the chance that the synthetic part of a crawl holds a word: the convention of M8.06 and the lesson."""
    real = np.asarray(real)
    return theory.immigration.probability_kept(copies, real, samples_per_row=1 - real)


def test_m8_06_each_statement():
    shares = [0.5, 0.1, 0.01]
    two, five = in_the_machines_part(2, shares), in_the_machines_part(5, shares)
    assert two[0] == pytest.approx(0.77, abs=0.005)
    assert (two > 0.75).all()  # "in most years"
    assert (np.diff(two) > 0).all()
    assert (five > 0.97).all()
    # For the same human text the models write 99 times as much at 99 % as at 50 %.
    assert [share / (1 - share) for share in (0.5, 0.99)] == pytest.approx([1, 99])
    # Pushed out: the fresh copies fall with the real share.
    assert in_the_machines_part(2 * 0.05, 0.05) < in_the_machines_part(2, 0.05) / 2
    quoted = " ".join(option.text + option.why for option in BY_ID["M8.06"].options)
    assert all(number in quoted for number in ("97 %", "0.77", "99 times"))


def test_idea_2_five_fresh_copies_are_nearly_safe_and_a_tenth_of_one_is_not():
    assert in_the_machines_part(5, [0.5, 0.1, 0.01]).min() > 0.97
    assert in_the_machines_part(0.1, [0.5, 0.1]).max() < 0.3


def test_m8_07_limits_from_the_known(rng):
    assert limits_from_memory(rng, repetitions=3)["false alarms, in %"]["limits from the memory"] > 90


def test_m8_08_the_largest_of_m_minus_1():
    rng = np.random.default_rng(1)
    for m in (20, 60):
        scores = rng.standard_normal((40_000, m))
        assert_within(scores[:, -1] > scores[:, :-1].max(axis=1), 1 / m)


@pytest.mark.parametrize("learner", range(0, 200, 25))
def test_m8_10_can_be_read_from_the_words(learner):
    question = BY_ID["M8.10"]
    words = question.picture(learner).description
    rate = float(words.partition(" at 0.1,")[0].rpartition(" ")[2])
    share = question.values(learner)["share"] / 100
    assert question.judge(precision_at(share, rate, 0.1), learner).right
    assert question.judge(rate, learner).misconception == "flag_is_verdict"


def test_m8_12_presidents_bring_new_words_and_repeat_themselves():
    book, addresses = moby_dick(), state_of_the_union()
    rows = np.random.default_rng(8).permutation(book.tokens[: 1743 * 120].reshape(-1, 120))
    melville = [[book.vocabulary[i] for i in row] for row in rows]
    presidents = [[addresses.vocabulary[i] for i in row] for row in addresses.tokens[:3600].reshape(-1, 120)]
    explorer = MonitorExplorer(own=(melville[:1238], melville[1238:1268] + presidents), window=5, false_alarms=0.05)
    causes = [reading.causes for reading in explorer.result.readings[6:]]
    assert sum("new_words" in each for each in causes) >= 4
    assert sum("distinct_2" in each for each in causes) >= 3
    assert not any(reading.alert for reading in explorer.result.readings[:6])


@pytest.mark.parametrize(
    ("name", "written"),
    [
        (
            "synthetic_share_of",
            "def synthetic_share_of(flagged, n, true_positive, false_positive):\n"
            "    share = (flagged / n - false_positive) / (true_positive - false_positive)\n"
            "    return min(1, max(0, share))",
        ),
        (
            "alert_limit",
            "def alert_limit(quiet, m):\n    most = sorted(quiet, reverse=True)\n"
            "    k = (len(quiet) + 1) // m\n    return most[k - 1] if k else None",
        ),
    ],
)
def test_the_printed_solutions_of_the_exercises_are_right(name, written):
    exercise, names = next(each for each in EXERCISES.values() if each.name == name), {}
    for line in written.splitlines()[-1:]:
        assert line.strip() in exercise.solution
    exec(written, names)
    assert all(exercise.judge(names[name], learner).right for learner in LEARNERS)


def test_the_limit_of_the_bakery_keeps_its_promise(rng):
    """Exactly k of B + 1 quiet days, in the mean."""
    for days, m in ((59, 20), (40, 10)):
        draws = rng.random((40_000, days + 1))
        k = (days + 1) // m
        limits = np.sort(draws[:, :-1], axis=1)[:, -k]
        assert_within(draws[:, -1] > limits, k / (days + 1))
        assert EXERCISES["M8.e2"].reference(draws[0, :-1].tolist(), m) == limits[0]
