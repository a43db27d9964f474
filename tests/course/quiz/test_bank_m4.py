"""The bank of M4: keys agree with brute force, orderings with chains of several seeds, and predictions come true."""

from itertools import pairwise

import numpy as np
import pytest

from collapse_edu import PCAGaussian, PCAMixture, datasets, metrics, run
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.bank import m4
from collapse_edu.course.quiz.question import Function, Headline, MultipleChoice, Numeric, Ordering, SingleChoice
from collapse_edu.datasets import recorded_vae
from collapse_edu.loop import regimes
from collapse_edu.measures import ClassShares, Quality, nearest_real
from tests.evidence import assert_within

BY_ID = {question.id: question for question in bank.questions("M4") + bank.exercises("M4")}
LEARNERS = range(200)
CHAINS = 6


@pytest.fixture(scope="module")
def source():
    return datasets.digits().source


@pytest.fixture(scope="module")
def chains(source):
    """Return a function: model, regime → history of several chains over 12 generations, each run only once."""
    quality, known = Quality(reference=source.reserve), {}
    measured = {name: getattr(quality, name) for name in ("recall", "precision", "coverage")}

    def of(model, regime=regimes.replace):
        key = str(model), regimes.name(regime)
        if key not in known:
            known[key] = run(model, source, regime, generations=12, chains=CHAINS, measures=measured, seed=31)
        return known[key]

    return of


def ends(history, metric):
    return history[metric][-1]


# ---------------------------------------------------------------- the bank


def test_m4_has_twelve_questions_of_all_kinds():
    questions = bank.questions("M4")
    assert len(questions) == 12
    assert {type(question) for question in questions} == {
        SingleChoice, MultipleChoice, Numeric, Ordering, Function, Headline
    }  # fmt: skip
    assert sum(question.figure is not None for question in questions) >= 2
    assert sum(isinstance(question, Numeric) and bool(question.parameters) for question in questions) >= 3


# ---------------------------------------------------------------- predictions


def right(name, side):
    return [place for place, each in enumerate(m4.PREDICTIONS[name][side], 1) if each.right]


def test_p1_recall_halves_and_precision_hardly_moves(chains):
    history = chains(PCAMixture())
    recall, precision = history["recall"], history["precision"]
    assert (recall[0] > 0.75).all()
    assert precision[0] == pytest.approx(0.46, abs=0.06)
    assert (recall[-1] < 0.65 * recall[0]).all()
    assert abs(np.median(precision[-1]) - 0.45) < abs(np.median(precision[-1]) - 0.25) / 2
    assert np.median(recall[-1]) == pytest.approx(m4.PREDICTIONS["M4.p1"]["outcomes"][2].value, abs=0.1)
    assert right("M4.p1", "outcomes") == [3]
    assert right("M4.p1", "causes") == [2]


def test_p1_the_total_variance_hardly_changes(source):
    """What is said against averaging: the images differ as much as before."""
    variance = {"variance": lambda generation, source: generation.synthetic.var(axis=0).sum()}
    spread = run(PCAMixture(), source, generations=12, chains=3, measures=variance, seed=32)["variance"]
    assert np.median(spread[-1] / spread[0]) == pytest.approx(1, abs=0.1)


def test_p2_a_sampling_bias_raises_precision_and_kills_recall(chains):
    faithful, biased = chains(PCAMixture()), chains(PCAMixture(sampling_bias=0.8))
    assert (ends(biased, "precision") > 0.95).all()
    assert (ends(biased, "recall") < 0.02).all()
    assert ends(biased, "precision").min() > ends(faithful, "precision").max()
    assert ends(biased, "recall").max() < ends(faithful, "recall").min()
    assert right("M4.p2", "outcomes") == [2]
    assert right("M4.p2", "causes") == [1]


def test_p3_means_end_in_one_blob_and_sampled_pixels_do_not():
    films = recorded_vae().films
    first, last = ({name: film[t].var(axis=0).sum() for name, film in films.items()} for t in (0, -1))
    assert first["means"] == pytest.approx(first["decoded"], rel=0.1)
    assert last["means"] < 0.01 * first["means"]
    assert 0.25 < last["decoded"] / first["decoded"] < 0.45  # "about a third"
    assert recorded_vae().effective_classes["means"][-1] < 1.1
    assert right("M4.p3", "outcomes") == [3]
    assert right("M4.p3", "causes") == [3]


def test_p3_the_grain_of_sampled_pixels_is_not_independent():
    """No blob with noise: the ink of an image still varies more than independent pixels would let it."""
    last = recorded_vae().films["sampled"][-3:]
    for images in last:
        ink, black = images.sum(axis=1), images.mean(axis=0)
        assert ink.var(ddof=1) > 1.8 * (black * (1 - black)).sum()


def test_the_classifier_sees_many_classes_where_there_is_no_shape():
    """The lesson's warning: the number of classes of grainy images means nothing."""
    images = datasets.mnist()
    black = recorded_vae().films["sampled"][-3:].mean(axis=(0, 1))
    shapeless = np.random.default_rng(1).random((2000, black.size)) < black
    assert ClassShares(images).effective_classes_of(shapeless) > 5


# ---------------------------------------------------------------- questions


def test_m4_01_the_numbers_of_the_prompt(chains):
    history = chains(PCAMixture(sampling_bias=0.8, residual=False))
    numbers = {"precision": (0.96, 1.00), "recall": (0.21, 0.00), "coverage": (0.85, 0.56)}
    prompt = BY_ID["M4.01"].prompt.replace(" in generation 12", "").replace(" in generation 1", "")
    for name, shown in numbers.items():
        assert np.median(history[name], axis=1)[[0, -1]] == pytest.approx(shown, abs=0.02), name
        assert " and ".join(f"{number:.2f}" for number in shown) in prompt
    assert (history["coverage"][-1] < 0.8 * history["coverage"][0]).all()  # variety that it had is lost


def test_m4_01_precision_is_one_recall_is_zero_and_most_classes_are_left(chains):
    classes = ClassShares(datasets.digits())
    history = run(
        PCAMixture(sampling_bias=0.8, residual=False),
        datasets.digits().source,
        generations=12,
        chains=4,
        measures={"classes": classes.effective_classes},
        seed=33,
    )
    biased = chains(PCAMixture(sampling_bias=0.8))
    assert np.median(biased["precision"][7]) > 0.95
    assert np.median(biased["recall"][7]) < 0.05
    assert np.median(ends(history, "classes")) == pytest.approx(9, abs=0.7)


def test_m4_02_the_reference_is_that_of_broadcasting():
    question = BY_ID["M4.02"]
    for learner in range(20):
        for (real, synthetic, radius), outcome in zip(
            question.cases(learner), question.right_answer(learner), strict=True
        ):
            distances = np.linalg.norm(np.array(synthetic)[:, None] - np.array(real), axis=2)
            assert outcome["value"] == pytest.approx(np.mean((distances < radius).any(axis=1)))


def test_m4_02_the_starter_is_no_answer_and_the_solution_is_right():
    question, names = BY_ID["M4.02"], {}
    exec(question.starter, names)
    assert question.judge(names[question.name], "Ada").right is None
    exec(question.starter.replace("return ...", "return (distances < radius).any(axis=1).mean()"), names)
    for learner in LEARNERS:
        assert question.judge(names[question.name], learner).right is True
    assert "(distances < radius).any(axis=1).mean()" in question.solve("Ada")


@pytest.mark.parametrize("law", ["normal", "uniform"])
def test_m4_03_coverage_of_a_perfect_model(law, rng):
    question = BY_ID["M4.03"]
    for learner in (0, 1, 2):
        values = question.values(learner)
        draw = getattr(rng, "normal" if law == "normal" else "uniform")
        found = [
            metrics.density_coverage(draw(size=(values["n"], 3)), draw(size=(values["m"], 3)), k=3).coverage
            for _ in range(60)
        ]
        assert_within(found, question.key(**values), resolves=0.05)


def test_m4_04_the_effective_number_of_classes():
    question = BY_ID["M4.04"]
    for learner in LEARNERS:
        values = question.values(learner)
        shares = np.array([values["lead"]] + [(100 - values["lead"]) / values["others"]] * values["others"]) / 100
        assert question.key(**values) == pytest.approx(np.exp(-(shares * np.log(shares)).sum()))


@pytest.mark.parametrize("learner", range(0, 200, 25))
def test_m4_05_the_words_below_the_picture_are_enough(learner):
    question = BY_ID["M4.05"]
    words = question.picture(learner).description.split()
    near, _, many = words[words.index("Right:") + 1 :][:3]
    assert question.judge(f"{near}/{many}", learner).right
    near, _, many = words[words.index("Left:") + 1 :][:3]
    assert question.judge(f"{near}/{many}", learner).misconception == "precision_or_recall"
    assert "recall" not in words
    assert "precision" not in words
    real, synthetic = m4._points(**question.values(learner))
    assert (synthetic[:, 0] < 2.81).all()  # "no synthetic point lies in the cloud on the right"
    assert (real[len(real) // 2 :, 0] > 2.99).all()


def test_m4_05_recall_is_hardly_ever_above_one_half():
    recalls = [BY_ID["M4.05"].right_answer(learner) for learner in LEARNERS]
    assert max(recalls) < 0.55
    assert np.mean(np.array(recalls) > 0.5) < 0.05


_REGIMES = {
    "replace, 12 generations": regimes.replace,
    "preserve(0.1), 12 generations": regimes.preserve(0.1),
    "anchor, 12 generations": regimes.anchor,
}


def test_m4_06_the_order_holds_for_every_pair_of_chains(chains, source):
    longest, *others = BY_ID["M4.06"].items
    assert longest == "replace, 20 generations"
    measured = {"recall": Quality(reference=source.reserve).recall}
    history = run(PCAMixture(), source, generations=20, chains=CHAINS, measures=measured, seed=31)
    recalls = [ends(history, "recall"), *(ends(chains(PCAMixture(), _REGIMES[item]), "recall") for item in others)]
    assert all(low.max() < high.min() for low, high in pairwise(recalls))
    assert [np.median(recall) for recall in recalls] == pytest.approx([0.2, 0.4, 0.7, 0.8], abs=0.06)
    covered = [np.median(ends(chains(PCAMixture(), _REGIMES[item]), "coverage")) for item in others]
    assert covered == pytest.approx([0.25, 0.30, 0.34], abs=0.03)
    clean = chains(PCAMixture(residual=False))
    assert np.median(ends(clean, "recall")) == pytest.approx(0.1, abs=0.06)  # and yet it covers most
    assert np.median(ends(clean, "coverage")) == pytest.approx(0.7, abs=0.04)


def test_with_a_sampling_bias_coverage_rises_first_and_recall_falls_at_once(chains):
    """The lesson: coverage is slow to see what recall sees, as recall is blind to noise."""
    faithful, biased = chains(PCAMixture()), chains(PCAMixture(sampling_bias=0.8))
    assert np.median(biased["coverage"][[0, 3, 11]], axis=1) == pytest.approx([0.50, 0.68, 0.54], abs=0.04)
    assert np.median(biased["coverage"][-1]) > np.median(faithful["coverage"][-1])
    assert np.median(biased["recall"][3]) < 0.2


def test_with_a_tenth_of_real_images_recall_settles(source):
    """The lesson: a tenth does more than slow the loss."""
    quality = Quality(reference=source.reserve)
    measured = {"recall": quality.recall}
    settings = {"generations": 30, "chains": CHAINS, "measures": measured, "seed": 36}
    recall = np.median(run(PCAMixture(), source, regimes.preserve(0.1), **settings)["recall"], axis=1)
    assert recall[19] == pytest.approx(0.67, abs=0.025)
    assert recall[29] == pytest.approx(recall[19], abs=0.025)
    assert recall[11] - recall[29] < 0.05


def test_m4_07_the_more_flexible_the_model_the_faster_it_loses(chains):
    models = [PCAGaussian(), PCAMixture(n_mixture=3), PCAMixture(), PCAMixture(n_mixture=30)]
    recalls = [np.median(ends(chains(model), "recall")) for model in models]
    precisions = [np.median(ends(chains(model), "precision")) for model in models]
    assert recalls == pytest.approx([0.7, 0.6, 0.4, 0.25], abs=0.06)
    assert precisions == pytest.approx([0.2, 0.3, 0.4, 0.55], abs=0.07)
    assert all(high > low for high, low in pairwise(recalls))
    first = [np.median(chains(models[i])["precision"][0]) for i in (0, -1)]
    assert first == pytest.approx([0.2, 0.6], abs=0.05)
    start = [np.median(chains(models[i])["recall"][0]) for i in (0, -1)]
    assert start[0] == pytest.approx(start[1], abs=0.06)
    covered = [np.median(chains(models[i])["coverage"][[0, -1]], axis=1) for i in (0, -1)]
    assert covered[0] == pytest.approx([0.09, 0.09], abs=0.015)
    assert covered[1] == pytest.approx([0.47, 0.30], abs=0.025)


@pytest.mark.parametrize("learner", [0, 1, 2])
def test_m4_08_only_a_bias_moves_precision(learner):
    words = BY_ID["M4.08"].picture(learner).description
    moved = {}
    for part in words.split("replace. ")[1].split(". "):
        name, _, readings = part.partition(": ")
        precision = readings.partition("precision ")[2].partition(";")[0].split(", ")
        first, last = (float(reading.split()[0]) for reading in (precision[0], precision[-1]))
        moved[name] = last - first
    assert {name for name, change in moved.items() if change > 0.2} == {"A", "C"}
    assert max(abs(moved[name]) for name in "BD") < 0.1
    assert moved["C"] > moved["A"]
    assert [option.text for option in BY_ID["M4.08"].options if option.right] == ["A", "C"]


def test_m4_08_without_residual_noise_recall_is_lower_and_coverage_is_higher(chains):
    noisy, clean = chains(PCAGaussian()), chains(PCAGaussian(residual=False))
    assert clean["recall"][0].max() < noisy["recall"][0].min()
    assert clean["coverage"].min() > 2 * noisy["coverage"].max()


def test_m4_11_what_larger_samples_real_data_and_clipping_mend(chains, source):
    class Clipped(PCAGaussian):
        def sample(self, n, rng):
            return super().sample(n, rng).clip(0, 1)

    one = chains(PCAGaussian())
    assert np.median(one["precision"][0]) == pytest.approx(0.2, abs=0.05)
    assert np.median(one["recall"][0]) == pytest.approx(0.85, abs=0.03)
    assert np.median(ends(one, "recall")) == pytest.approx(0.7, abs=0.05)
    kept = chains(PCAGaussian(), regimes.anchor)
    assert ends(kept, "recall").min() > ends(one, "recall").max()
    assert np.median(ends(kept, "precision")) < 0.25
    clipped = chains(Clipped())
    assert ends(clipped, "precision").min() > 0.5
    assert ends(clipped, "recall").max() < 0.02


def test_m4_11_ten_times_as_many_images_slow_the_fall(source):
    """The same law in generation 1, scored with equally many images; then ten times as many in each generation."""
    quality = Quality(reference=source.reserve)
    measured = {"recall": lambda generation, source: quality.recall(_first(generation), source)}
    few, many = (
        run(PCAGaussian(), source, generations=12, chains=4, n_samples=n, measures=measured, seed=34)["recall"]
        for n in (898, 8980)
    )
    assert np.median(many[0] - many[-1]) < 0.5 * np.median(few[0] - few[-1])


def _first(generation):
    from types import SimpleNamespace

    return SimpleNamespace(synthetic=generation.synthetic[:898])


def test_m4_12_the_copier_gets_the_numbers_of_the_prompt(source):
    quality = Quality(reference=source.reserve)
    measured = {"recall": quality.recall, "precision": quality.precision, "nearest": nearest_real}
    history = run(m4._Copier(), source, generations=12, chains=CHAINS, measures=measured, seed=35)
    assert np.median(history["precision"][0]) == pytest.approx(0.96, abs=0.015)
    assert np.median(history["recall"][0]) == pytest.approx(0.91, abs=0.015)
    assert (history["nearest"] == 0).all()
    assert (np.median(history["precision"], axis=1) > 0.94).all()
    assert np.median(ends(history, "recall")) == pytest.approx(0.5, abs=0.1)


# ---------------------------------------------------------------- exercises


def test_e1_equals_the_library(rng):
    types = rng.integers(0, 7, size=500)
    shares = np.bincount(types, minlength=8) / 500
    assert m4._effective_classes(shares) == pytest.approx(metrics.effective_types(types))
    assert m4._effective_classes([0.1] * 10) == pytest.approx(10)


def test_e1_the_solution_is_right():
    def effective_classes(shares):
        p = np.array(shares)
        p = p[p > 0]
        return np.exp(-np.sum(p * np.log(p)))

    for learner in LEARNERS:
        assert BY_ID["M4.e1"].judge(effective_classes, learner).right is True


class Silent(m4._Copier):
    def fit(self, X, sample_weight=None):
        self.rows_ = X


class Flat(m4._Copier):
    def sample(self, n, rng):
        return self.rows_[:n, 0]


class OwnRandomness(m4._Copier):
    def sample(self, n, rng):
        return super().sample(n, np.random.default_rng())


class Invents(m4._Copier):
    def sample(self, n, rng):
        return super().sample(n, rng) + 0.5


class Favours(m4._Copier):
    def sample(self, n, rng):
        return self.rows_[np.minimum(rng.integers(len(self.rows_) + 1, size=n), len(self.rows_) - 1)]


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (Silent, "fit must return self"),
        (Flat, "has the shape"),
        (OwnRandomness, "draw with rng alone"),
        (Invents, "no rows that fit has seen"),
        (Favours, "500 are expected"),
    ],
)
def test_e2_says_what_is_wrong(model, reason):
    verdict = BY_ID["M4.e2"].judge(model, "Ada")
    assert verdict.right is False
    assert reason in verdict.reason
    assert verdict.reason.startswith("Copier, fitted to 4 rows: ")


def test_e2_dots_are_no_answer_and_equal_chance_is_not_refused():
    class Dots:
        def fit(self, X, sample_weight=None):
            self.rows_ = ...
            return self

        def sample(self, n, rng):
            return ...

    assert BY_ID["M4.e2"].judge(Dots, "Ada").right is None
    for learner in LEARNERS:
        assert BY_ID["M4.e2"].judge(m4._Copier, learner).right is True
