"""The bank: complete, unambiguous, and right: keys agree with exact ensembles, for every learner."""

import re
from itertools import combinations, pairwise
from math import isclose
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from nbformat import read

from collapse_edu import ensemble, theory
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.bank.inventory_items import ITEMS
from collapse_edu.course.quiz.bank.misconceptions import INVENTORY, MISCONCEPTIONS
from collapse_edu.course.quiz.question import (
    Function,
    Headline,
    MultipleChoice,
    Numeric,
    Ordering,
    SingleChoice,
)
from collapse_edu.loop import regimes
from tests.evidence import assert_within

ROOT = Path(__file__).resolve().parents[3]
LEARNERS = range(200)
QUESTIONS = [question for lesson in bank.LESSONS for question in bank.questions(lesson)]
EXERCISES = [exercise for lesson in bank.LESSONS for exercise in bank.exercises(lesson)]
BY_ID = {question.id: question for question in QUESTIONS}


def of_kind(*kinds):
    """Return pytest's parameters: the questions of these kinds, and the exercises."""
    found = [question for question in QUESTIONS + EXERCISES if isinstance(question, kinds)]
    return pytest.mark.parametrize("question", found, ids=lambda question: question.id)


each_question = of_kind(object)


def learners(question):
    """Return learners that between them get all values of the parameters worth a test; figures take time."""
    return LEARNERS if question.parameters else range(1)


# ---------------------------------------------------------------- complete


def test_the_ids_are_in_order():
    for lesson in bank.LESSONS:
        ids = [question.id for question in bank.questions(lesson)]
        assert ids == [f"{lesson}.{number:02}" for number in range(1, len(ids) + 1)]


def test_m2_has_twelve_questions_of_all_seven_kinds():
    questions = bank.questions("M2")
    assert len(questions) == 12
    assert {type(question) for question in questions} == {
        SingleChoice, MultipleChoice, Numeric, Ordering, Function, Headline
    }  # fmt: skip
    assert sum(question.figure is not None for question in questions) >= 2  # the seventh kind: read the plot
    assert sum(isinstance(question, Numeric) and bool(question.parameters) for question in questions) >= 3


@each_question
def test_nothing_is_missing(question):
    texts = [question.title, question.objective, question.prompt, question.solution, *question.hints]
    for option in getattr(question, "options", ()):
        texts += [option.text, option.why]
    for misreading in getattr(question, "misreadings", ()):
        texts.append(misreading.why)
    texts += [*getattr(question, "items", ()), *getattr(question, "because", ())]
    assert all(isinstance(text, str) and text == text.strip() and text for text in texts)
    assert 2 <= len(question.hints) <= 3
    assert all(text[-1] in ".!?)" for text in (question.prompt, question.solution, *question.hints))


def test_no_question_of_a_quiz_needs_a_probe():
    """Marking calls a learner's function itself; a probe is for the exercises, which are not handed in."""
    asked = [question for lesson in bank.QUIZZES for question in bank.questions(lesson)]
    assert not [question.id for question in asked if getattr(question, "probe", None)]


@each_question
def test_every_wrong_answer_names_a_misconception_and_every_tag_is_known(question):
    tags = [misreading.misconception for misreading in getattr(question, "misreadings", ())]
    tags += [option.misconception for option in getattr(question, "options", ()) if not option.right]
    tags += getattr(question, "misconceptions", ())
    tags += [option.misconception for option in getattr(question, "options", ()) if option.misconception]
    assert tags
    assert set(tags) <= MISCONCEPTIONS.keys()
    if isinstance(question, Ordering):
        assert len(question.items) - 1 == len(question.because) == len(question.misconceptions)
        assert len(set(question.items)) == len(question.items)


def test_each_misconception_is_used_and_is_a_sentence():
    used = {item.misconception for item in ITEMS}
    for question in QUESTIONS + EXERCISES:
        used |= {option.misconception for option in getattr(question, "options", ())}
        used |= {misreading.misconception for misreading in getattr(question, "misreadings", ())}
        used |= set(getattr(question, "misconceptions", ()))
    assert used - {None} == MISCONCEPTIONS.keys()
    assert len(INVENTORY) == 15
    assert all(sentence[0].isupper() and sentence[-1] == "." for sentence in MISCONCEPTIONS.values())
    assert len(set(MISCONCEPTIONS.values())) == len(MISCONCEPTIONS)


@of_kind(SingleChoice)
def test_the_number_of_right_options(question):
    right = [option.right for option in question.options]
    if isinstance(question, MultipleChoice):
        assert 2 <= sum(right) < len(right)
    else:
        assert sum(right) == 1
    assert 3 <= len(right) <= 6
    assert len({option.text for option in question.options}) == len(right)


def test_place_and_length_do_not_give_the_right_option_away():
    questions = [
        question
        for lesson in bank.QUIZZES
        for question in bank.questions(lesson)
        if isinstance(question, SingleChoice) and not isinstance(question, MultipleChoice)
    ]
    places, longest, shortest = [], 0, 0
    for question in questions:
        lengths = [len(option.text) for option in question.options]
        place = [option.right for option in question.options].index(True)
        places.append(place)
        longest += lengths[place] == max(lengths)
        shortest += lengths[place] == min(lengths)
    assert len(set(places)) >= 3
    assert max(map(places.count, places)) <= len(questions) / 2
    assert longest <= len(questions) / 2
    assert shortest <= len(questions) / 2


# ---------------------------------------------------------------- the way back


def notebook_of(question):
    name, _, anchor = question.lesson.partition("#")
    return read(ROOT / "notebooks" / name, as_version=4), anchor


@each_question
def test_the_way_back_leads_to_a_heading(question):
    """JupyterLab's anchor of a heading is its text, with hyphens for spaces."""
    notebook, anchor = notebook_of(question)
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    headings = re.findall(r"^#{1,6} +(.+?) *$", prose, re.MULTILINE)
    assert anchor in {heading.replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(
    "question", [asked for lesson in bank.QUIZZES for asked in bank.questions(lesson)], ids=lambda question: question.id
)
def test_the_objective_is_one_of_the_lesson(question):
    notebook, _ = notebook_of(question)
    bullets = re.findall(r"^\* +(.+?)[;.]?$", notebook.cells[0].source, re.MULTILINE)
    assert question.objective in bullets


def test_each_objective_of_a_lesson_is_asked_for():
    for lesson in bank.QUIZZES:
        notebook, _ = notebook_of(bank.questions(lesson)[0])
        part = notebook.cells[0].source.partition("**Objectives.**")[2].partition("**Minutes.**")[0]
        bullets = re.findall(r"^\* +(.+?)[;.]?$", part, re.MULTILINE)
        assert {question.objective for question in bank.questions(lesson)} == set(bullets)


# ---------------------------------------------------------------- for every learner


@each_question
def test_the_reference_answer_is_right_and_its_reason_is_complete(question):
    for learner in learners(question):
        verdict = question.judge(question.right_answer(learner), learner)
        assert verdict.right is True
        assert "{" not in verdict.reason


@each_question
def test_every_known_wrong_answer_is_wrong_with_its_own_reason(question):
    for learner in learners(question):
        wrong = question.wrong_answers(learner)
        assert wrong
        assert len({reason for _, reason in wrong}) == len(wrong)
        for answer, reason in wrong:
            verdict = question.judge(answer, learner)
            assert verdict.right is False
            assert reason in verdict.reason
            assert not any(other in verdict.reason for _, other in wrong if other != reason)
            assert verdict.misconception in MISCONCEPTIONS or not hasattr(question, "misreadings")
            assert verdict.next_step


@each_question
def test_words_are_filled_in_for_every_learner(question):
    for learner in learners(question):
        texts = [question.ask(learner), question.solve(learner), question.shown_key(learner)]
        texts += question.choices(learner).values()
        gaps = r"[{}]|nan|\*\w" if "None" in question.prompt else r"[{}]|nan|None|\*\w"
        assert not any(re.search(gaps, text) for text in texts)
        if question.parameters and not isinstance(question, MultipleChoice):
            shown = [str(value) for name, value in question.values(learner).items() if name != "seed"]
            assert all(value in question.ask(learner) + question.solve(learner) for value in shown)


@each_question
def test_whatever_is_shown_has_no_gap_in_it(question):
    for learner in ("Ada", "Bob", "Zoë O'Neill"):
        reasons = [misreading.why for misreading in getattr(question, "misreadings", ())]
        if not isinstance(question, Function):
            reasons = [reason for _, reason in question.wrong_answers(learner)]
        texts = [question.ask(learner), question.solve(learner), *question.ladder(learner), *reasons]
        texts += [question.title, *question.choices(learner).values(), *getattr(question, "because", ())]
        assert not any(set("{}") & set(text) for text in texts)


def test_hints_have_the_learners_numbers():
    question = BY_ID["M1.02"]
    n = question.values("Ada")["n"]
    assert question.ladder("Ada")[1] == f"All {n} draws must miss it. Chances multiply."


@pytest.mark.parametrize("name", ["M2.03", "m2.03", "Q2.03", " q2.3 ", "2.3", "M2-03", "M02.003"])
def test_an_id_is_read_as_people_write_it(name):
    assert bank.question(name) is BY_ID["M2.03"]


def test_exercises_and_predictions_are_found_as_well():
    assert bank.question("m2.E1").id == bank.question("Q2 e1").id == "M2.e1"
    assert bank.prediction("q2.P1") is bank.prediction("M2.p1")
    with pytest.raises(ValueError, match=r"^prediction must be one of M2.p1, .*; got 'M2.p9'; did you mean M2.p\d\?$"):
        bank.prediction("M2.p9")


@each_question
def test_the_prompt_keeps_quiet(question):
    for learner in learners(question):
        before = question.ask(learner) + " ".join(question.choices(learner).values())
        for option in getattr(question, "options", ()):
            assert option.why.format(**question.values(learner)) not in before
        if isinstance(question, Numeric):
            assert question.shown_key(learner).split()[0] not in re.findall(r"\d[\d.]*\d", before)


# ---------------------------------------------------------------- numbers of every learner


@pytest.mark.parametrize(
    "question",
    [each for lesson in bank.QUIZZES for each in bank.questions(lesson) if isinstance(each, Numeric)],
    ids=lambda question: question.id,
)
def test_keys_are_sane_and_neighbours_get_different_ones(question):
    keys = [question.right_answer(learner) for learner in LEARNERS]
    low, high = question.allowed
    assert all(low < key < high for key in keys)
    assert all(key > 0 for key in keys)
    assert len({f"{key:.4g}" for key in keys}) >= 20
    assert np.mean([f"{a:.4g}" != f"{b:.4g}" for a, b in pairwise(keys)]) > 0.9
    # Copying from the neighbour seldom helps.
    assert np.mean([isclose(a, b, rel_tol=question.tolerance) for a, b in pairwise(keys)]) < 0.25


@of_kind(Numeric)
def test_key_and_wrong_numbers_are_clearly_apart(question):
    """Their bands of tolerance do not even touch, so no answer can be taken for another one."""
    for learner in LEARNERS:
        numbers = [question.right_answer(learner), *(answer for answer, _ in question.wrong_answers(learner))]
        low, high = question.allowed
        assert all(low <= number <= high for number in numbers)
        for one, other in combinations(numbers, 2):
            assert not isclose(one, other, rel_tol=2.05 * question.tolerance), (question.values(learner), one, other)


@of_kind(Numeric)
def test_rounding_as_the_prompt_asks_costs_no_mark(question):
    """Three digits are always enough; whole generations and whole samples are, too."""
    for learner in LEARNERS:
        key = question.right_answer(learner)
        assert question.judge(f"{key:.3g}", learner).right
        if question.unit:
            assert question.judge(int(key) + 1, learner).right
            assert question.judge(f"{int(key) + 1} {question.unit}", learner).right


# ---------------------------------------------------------------- the science, by simulation

CHAINS = 40_000


def extremes(question, many=6):
    """Return parameters of a few learners, from the smallest key to the largest."""
    ranked = sorted(LEARNERS, key=question.right_answer)
    return [question.values(ranked[i]) for i in np.linspace(0, len(ranked) - 1, many).astype(int)]


def test_m2_01_the_chain_of_the_prompt_is_not_rare():
    ends = ensemble.gaussian(n=30, generations=60, chains=CHAINS, seed=11)["variance"][-1]
    assert_within(ends > 1, 0.16, n_se=6)
    assert_within(ends > 2.6, 0.07, n_se=6)
    assert np.quantile(ends, 0.5) < 0.2  # "most end far below 1"
    assert theory.gaussian.expected_log_variance(60, 30) == pytest.approx(-2.1, abs=0.05)
    assert theory.gaussian.variance_of_log_variance(60, 30) ** 0.5 == pytest.approx(2.1, abs=0.05)


def test_m2_02_the_reference_is_the_chain_of_the_library():
    question = BY_ID["M2.02"]
    for learner in range(20):
        for (real, noise), outcome in zip(question.cases(learner), question.right_answer(learner), strict=True):
            data, variances = np.array(real), []
            for z in [*noise, None]:
                variances.append(np.var(data, ddof=1))
                if z is not None:
                    data = np.mean(data) + np.std(data, ddof=1) * np.array(z)
            assert outcome["value"] == pytest.approx(variances, rel=1e-9)


def test_m2_02_the_starter_is_no_answer_and_the_solution_is_right():
    question = BY_ID["M2.02"]
    names = {}
    exec(question.starter, names)
    assert question.judge(names[question.name], "Ada").right is None
    written = question.starter.replace(
        "data = ...  # the next synthetic set", "data = data.mean() + data.std(ddof=1) * np.array(z)"
    ).replace("variances.append(...)", "variances.append(data.var(ddof=1))")
    exec(written, names)
    for learner in LEARNERS:
        assert question.judge(names[question.name], learner).right is True
    assert "data.mean() + data.std(ddof=1) * np.array(z)" in question.solve("Ada")


def test_m2_03_each_statement_holds_or_does_not():
    history = ensemble.gaussian(n=30, generations=30, chains=CHAINS, seed=12)["variance"]
    assert_within(history[-1] > 1, theory.gaussian.probability_above(1, 30, 30), n_se=4.5)
    assert 0.22 < np.mean(history[-1] > 1) < 0.26  # a and c: about a quarter, neither a half nor none
    assert_within(history[-1], 1)  # b
    medians = np.median(history, axis=1)
    assert abs(np.argmax(medians < 0.5) + 1 - 20) <= 1  # e
    fits = ensemble.gaussian(n=30, generations=300, chains=1000 * 40, seed=13)["variance"][-1]
    means = fits.reshape(40, 1000).mean(axis=1)  # d: 40 ensembles of 1,000 chains
    assert np.median(means) < 0.5
    assert np.mean(np.abs(means - 1) < 0.2) < 0.15


@pytest.mark.parametrize("values", extremes(BY_ID["M2.04"]), ids=str)
def test_m2_04_the_share_above_the_start(values):
    """The key is that of the normal law of the log variance; its error is bounded in the theory's docstring."""
    n, t = values["n"], values["t"]
    key = BY_ID["M2.04"].key(**values)
    above = ensemble.gaussian(n=n, generations=t, chains=CHAINS, seed=14)["variance"][-1] > 1
    error = np.sqrt(key * (1 - key) / CHAINS)
    assert abs(above.mean() - key) < 4 * error + 0.07 * np.sqrt(2 / (n - 2)) / np.sqrt(t)
    # An ensemble as large as the prompt says is enough: within four of its standard errors.
    assert "at least 50,000 chains" in BY_ID["M2.04"].prompt
    assert 4 * np.sqrt(key * (1 - key) / 50_000) < BY_ID["M2.04"].tolerance * key


def test_m2_05_the_coin():
    ends = 1.5 ** (heads := np.arange(11)) * 0.5 ** (10 - heads)
    shares = np.array([1, 10, 45, 120, 210, 252, 210, 120, 45, 10, 1]) / 1024
    assert ends @ shares == pytest.approx(1)
    assert shares[:5].sum() < 0.5 < shares[:6].sum()
    assert ends[5] == pytest.approx(0.24, abs=0.005)
    assert shares[ends > 1].sum() == pytest.approx(0.17, abs=0.005)
    assert ends[6] == pytest.approx(0.71, abs=0.005)
    assert ends[7] == pytest.approx(2.1, abs=0.05)


@pytest.mark.parametrize("values", extremes(BY_ID["M2.06"], 4), ids=str)
def test_m2_06_the_half_life_of_the_median(values):
    """The share of chains below one half, at the key, is one half: within 4 SE and the bound of the normal law."""
    key, n = BY_ID["M2.06"].key(**values), values["n"]
    history = ensemble.gaussian(n=n, generations=int(key) + 1, chains=CHAINS, seed=15)["variance"]
    before, after = (np.mean(row < 0.5) for row in history[-2:])
    share = before + (after - before) * (key % 1)
    assert abs(share - 0.5) < 4 * 0.5 / np.sqrt(CHAINS) + 0.07 * np.sqrt(2 / (n - 2)) / np.sqrt(key)


@of_kind(Numeric)
def test_the_rules_of_thumb_in_the_words_are_right(question):
    if question.id in ("M2.06", "M2.08"):
        for learner in LEARNERS:
            n = question.values(learner)["n"]
            assert theory.gaussian.half_life(n) == pytest.approx(0.69 * (n - 1), rel=0.02)
            rule = 0.69 * (n - 1) if question.id == "M2.06" else theory.gaussian.half_life(n) / 0.69 + 1
            assert question.judge(rule, learner).right


def test_m2_06_what_happens_at_the_typical_wrong_times():
    history = ensemble.gaussian(n=76, generations=110, chains=CHAINS, seed=16)["variance"]
    assert np.median(history[74]) == pytest.approx(np.exp(-1), rel=0.03)  # after n - 1
    assert np.median(np.sqrt(history[103])) == pytest.approx(0.5, rel=0.03)  # after two half-lives


def test_m2_07_the_order_of_the_medians():
    medians = []
    for item in BY_ID["M2.07"].items:
        regime, n, fit = re.fullmatch(r"(\w+), n = (\d+), ([\w ]+)", item).groups()
        history = ensemble.gaussian(
            getattr(regimes, regime),
            n=int(n),
            generations=60,
            chains=10_000,
            ddof={"unbiased": 1, "maximum likelihood": 0}[fit],
            seed=17,
        )
        medians.append(np.median(history["variance"][-1]))
    assert all(2 * low < high for low, high in pairwise(medians[:3]))
    assert all(1.5 * low < high for low, high in pairwise(medians))
    assert medians == pytest.approx([0.001, 0.13, 0.3, 0.55, 0.94], rel=0.12)


@pytest.mark.parametrize("learner", range(0, 200, 20))
def test_m2_08_n_can_be_read_from_the_picture(learner):
    """Somebody who only has the words below the picture gets it right."""
    question = BY_ID["M2.08"]
    words = question.picture(learner).description
    readings = [(float(v), int(t)) for v, t in re.findall(r"(\d\.\d\d) in generation (\d+)", words)]
    for (above, before), (below, after) in pairwise(readings):
        if above >= 0.5 > below:
            passed = before + (above - 0.5) / (above - below) * (after - before)
            break
    assert question.judge(passed / 0.69 + 1, learner).right
    assert question.judge(passed, learner).misconception == "rate_is_half_life"
    assert str(question.values(learner)["n"]) not in words.replace("10,000", "").split()[:4]


def test_m2_09_ten_times_the_data():
    assert theory.gaussian.half_life([100, 1000]) == pytest.approx([68, 692], abs=0.5)
    median = np.median(ensemble.gaussian(n=1000, generations=692, chains=4000, seed=18)["variance"][-1])
    assert median == pytest.approx(0.5, rel=0.1)


@pytest.mark.parametrize("values", extremes(BY_ID["M2.10"], 4), ids=str)
def test_m2_10_where_accumulation_ends(values):
    n, key = values["n"], BY_ID["M2.10"].key(**values)
    steps = 150
    ends = ensemble.gaussian(regimes.accumulate, n=n, generations=steps, chains=20_000, ddof=0, seed=19)["variance"][-1]
    rest = key / theory.accumulate.expected_variance(steps, n, ddof=0)  # what is still lost after the last step
    assert 0.998 < rest < 1
    assert_within(ends * rest, key, resolves=0.05)


@pytest.mark.parametrize("learner", range(0, 200, 20))
def test_m2_11_two_settings_go_on_falling_and_two_stop(learner):
    words = BY_ID["M2.11"].picture(learner).description
    for name, stops in zip("ABCD", (False, True, False, True), strict=True):
        part = re.search(rf"{name}: ([^:]+)\.", words)[1]
        medians = {int(t): float(v) for v, t in re.findall(r"(\d\.\d\d) in generation (\d+)", part)}
        assert (medians[100] > 0.9 * medians[20]) == stops
        assert (medians[100] > 0.8) == stops
        if not stops:
            assert medians[100] < 0.8 * medians[60] < 0.8 * 0.8 * medians[20]
    assert [option.text for option in BY_ID["M2.11"].options if option.right] == ["B", "D"]


def test_m2_12_replace_alone_goes_to_zero():
    ends = {
        regime: ensemble.gaussian(getattr(regimes, regime), n=10, generations=1000, chains=1000, seed=20)["variance"]
        for regime in ("replace", "accumulate", "anchor")
    }
    assert (ends["replace"][-1] < 1e-6).all()
    for regime in ("accumulate", "anchor"):
        assert (ends[regime][-1] > 0.01).all()
        assert np.median(ends[regime][-1]) == pytest.approx(np.median(ends[regime][99]), rel=0.1)


# ---------------------------------------------------------------- pictures


@pytest.mark.parametrize(
    "question", [question for question in QUESTIONS if question.figure], ids=lambda question: question.id
)
def test_a_picture_renders_and_is_described(question, tmp_path):
    pictures = [question.picture(learner) for learner in ("Ada", "Ada", "Bob")]
    words = [picture.description for picture in pictures]
    assert words[0] == words[1] != words[2]
    for picture in pictures[1:]:
        assert len(picture.description.split()) > 30
        assert "replace: n" not in picture.description
        bundle = picture._repr_mimebundle_()
        assert 'alt="' in bundle["text/html"]
        picture.savefig(tmp_path / "picture.png")
        pixels = imread(tmp_path / "picture.png")[..., :3]
        assert pixels.std() > 0.03  # not blank
        for text in picture.findobj(lambda artist: hasattr(artist, "get_fontsize") and artist.get_text()):
            assert text.get_fontsize() >= 10


def test_questions_without_a_picture_have_none():
    assert BY_ID["M2.01"].picture("Ada") is None


# ---------------------------------------------------------------- the door


def test_unknown_names_get_one_line():
    with pytest.raises(ValueError, match=r"^question must be one of M2\.01, .*; got 'M2.99'; did you mean M2.09\?$"):
        bank.question("M2.99")
    with pytest.raises(ValueError, match=r"^id must start with one of M0, M1.*; got 'Q.01'$"):
        bank.question("Q.01")


def test_every_solution_is_shown_with_its_key():
    for question in QUESTIONS:
        if not isinstance(question, Function) and question.id != "M2.08":
            assert question.shown_key("Ada") in question.solve("Ada")
