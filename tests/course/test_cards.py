"""Summary cards: numbers and pictures say what the library computes, and a page of them can be printed."""

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from collapse_edu import datasets, ensemble
from collapse_edu.course.quiz import Record, bank, card, cards
from collapse_edu.course.register import LESSONS
from collapse_edu.loop.regimes import mix, replace
from collapse_edu.measures import ClassShares
from collapse_edu.models import Categorical

ALL = list(cards())
REGIMES = ("replace", "accumulate", "anchor", "mix", "flag", "real row")


class Tags(HTMLParser):
    """Collects the tags of a page, and sees whether each one is closed."""

    def __init__(self, html):
        super().__init__()
        self.seen, self.open = [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_each_lesson_with_a_quiz_has_a_card():
    assert [each.lesson for each in ALL] == list(bank.QUIZZES)
    for each in ALL:
        assert card(each.lesson).title == f"{each.lesson} · {next(x.title for x in LESSONS if x.id == each.lesson)}"


@pytest.mark.parametrize("lesson", [each for each in LESSONS if each.quiz], ids=lambda lesson: lesson.id)
def test_each_lesson_shows_its_card_before_its_take_aways(lesson):
    source = Path(__file__).parents[2].joinpath("lessons", f"{lesson.name}.py").read_text(encoding="utf-8")
    shown = source.index(f'\ncard("{lesson.id}")\n')
    assert source.count("\ncard(") == 1
    assert shown < source.index("# ## Take-aways")
    assert f'hand_in("{lesson.id}")' in source
    assert "progress()" in source


def numbers(made):
    return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", made.number)]


def test_the_telephone_game(rng):
    model, missing = Categorical().fit(np.arange(100)[:, None]), 0
    for _ in range(2_000):
        missing += 100 - len(np.unique(model.sample(100, rng)))
    assert numbers(card("M1")) == [pytest.approx(missing / 2_000, abs=1)]


def test_the_median_variance_halves():
    history = ensemble.gaussian(replace, n=100, generations=80, chains=20_000, seed=1)
    medians = np.median(history["variance"], axis=1)
    halved = np.flatnonzero(medians < 0.5)[0] + 1
    assert numbers(card("M2")) == [pytest.approx(halved, abs=2)]


def test_a_word_lives_in_proportion_to_its_count(rng):
    """Wright's chain of counts, drawn: a word with 300 of 100,000 tokens."""
    counts, lost = np.full(4_000, 300), np.zeros(4_000)
    for t in range(1, 3_000):
        counts = rng.binomial(100_000, counts / 100_000)
        lost[(counts == 0) & (lost == 0)] = t
        if np.mean(lost > 0) > 0.5:
            break
    assert numbers(card("M3")) == [pytest.approx(t / 300, abs=0.2)]
    assert "nine in ten are lost between generation 6 and 388" in card("M3").caveat


def test_the_recorded_digits():
    found = datasets.recorded_vae().effective_classes["means"]
    assert numbers(card("M4")) == [round(found[0]), round(found[-1])]


def test_the_count_of_classes_does_not_see_shapes():
    """Six for noise, against seven: said as it is, and not as a success of sampled pixels."""
    recorded = datasets.recorded_vae()
    blackness = recorded.films["sampled"][-3:].mean(axis=(0, 1))
    classes = ClassShares(datasets.mnist())
    noise = [
        classes.effective_classes_of(np.random.default_rng(seed).random((2000, 784)) < blackness) for seed in (1, 2)
    ]
    assert noise == [pytest.approx(6, abs=0.5)] * 2
    assert recorded.effective_classes["sampled"][-1] == pytest.approx(7, abs=0.5)
    assert "With sampled pixels it ends at 7, but images without any shape get 6" in card("M4").caveat


def test_the_words_that_are_left():
    """As in the lesson and in M5.p1: 17,400 types, of which 4,200 are left."""
    tokens = datasets.moby_dick(marks=True).passages().real
    alive = ensemble.categorical(np.bincount(tokens.ravel()), replace, generations=20, chains=3, seed=3)["types_alive"]
    assert len(np.unique(tokens)) == 17_416
    assert numbers(card("M5")) == [pytest.approx(100 * alive[-1].mean() / 17_416, abs=1)]
    assert alive[-1].mean() == pytest.approx(4_200, abs=100)
    assert "17.4 thousand at first" in card("M5").picture.description
    assert "4.2 thousand in generation 20" in card("M5").picture.description


def test_a_tenth_of_real_text_makes_the_loss_of_words_level_off():
    counts = np.bincount(datasets.moby_dick(marks=True).passages().real.ravel())
    alive = ensemble.categorical(counts, mix(0.1), generations=60, chains=2, seed=3)["types_alive"].mean(axis=1)
    lost = -np.diff(alive[[0, 20, 40, 59]])
    assert lost[1] < 0.2 * lost[0]
    assert lost[2] < 0.1 * lost[0]


def test_the_bound_of_the_error():
    assert numbers(card("M6")) == [pytest.approx(sum(1 / t**2 for t in range(1, 100_000)), abs=0.006)]


def test_ten_fresh_samples():
    for n in (100, 1000):
        share = mix(10 / n)
        history = ensemble.gaussian(share, n=n, generations=400, chains=2_000, seed=4, ddof=0)
        assert numbers(card("M7")) == [pytest.approx(100 * history["variance"][-1].mean(), abs=2)]


def test_flags_that_are_right():
    right, wrong = 0.01 * 0.9, 0.99 * 0.05
    assert numbers(card("M8")) == [round(100 * right / (right + wrong))]


def test_the_row_that_is_worth_most():
    rows = np.linspace(0.1, 8, 8_000)
    assert numbers(card("M9")) == [pytest.approx(rows[(rows * np.exp(-rows)).argmax()], abs=0.05)]


def test_later_models_need_commoner_kinds():
    """A row's kind lives on for nine more rounds with the chance of Poisson's branching; its inverse is the best."""
    alive = 1.0
    for _ in range(9):
        alive = 1 - np.exp(-alive)
    assert f"for model 10 under replace at {1 / alive:.1f}" in card("M9").picture.description
    assert 1 / alive > 5
    assert "to the first model" in card("M9").sentence


@pytest.mark.parametrize("made", ALL, ids=lambda made: made.lesson)
def test_a_card_has_a_picture_a_sentence_a_number_and_a_caveat(made):
    said = f"{made.sentence} {made.picture.description} {made.says}"
    assert any(word in said for word in REGIMES)
    assert "collapses" not in said
    for text in (made.sentence, made.caveat, made.picture.description):
        assert text.endswith(".")
    html = made._repr_html_()
    tags = Tags(html)
    assert tags.open == []
    (picture,) = [attributes for tag, attributes in tags.seen if tag == "svg"]
    assert (picture["role"], picture["aria-label"]) == ("img", made.picture.description)
    assert all(float(size) >= 10 for size in re.findall(r"font-size: ([\d.]+)pt", html))
    assert len(html) < 12_000


@pytest.mark.parametrize("made", ALL, ids=lambda made: made.lesson)
def test_all_points_lie_on_the_picture(made):
    """Nothing is cut off: each line has all its points between the axes' ends."""
    for line in made.picture.lines:
        assert np.min(line.x) >= 0
        assert np.max(line.x) <= made.picture.x_top
        assert np.min(line.y) >= 0
        assert np.max(line.y) <= made.picture.y_top
    assert len({line.label for line in made.picture.lines}) == len(made.picture.lines) <= 3


def test_a_card_says_what_was_done_in_the_lesson():
    assert repr(card("M6")).endswith("Your lesson: not begun: 3 predictions, 2 exercises, 13 questions.")
    Record().add("prediction", "M6.p1", answer={"outcome": 1})
    assert repr(card("M6")).endswith(
        "Your lesson: 1 of 3 predictions, 0 of 2 exercises, 0 of 13 questions, next: prediction M6.p2."
    )
    assert "Your lesson" not in repr(cards())


@pytest.mark.parametrize("name", ["m2", "Q2", "M2_gaussian_collapse.ipynb"])
def test_a_card_is_found_by_whatever_people_call_its_lesson(name):
    assert card(name).lesson == "M2"


@pytest.mark.parametrize("name", ["M0", "M77", None])
def test_a_lesson_without_a_card_gets_one_line(name):
    with pytest.raises(ValueError, match=r"^lesson must be one of M[01].*; got "):
        card(name)


def test_all_cards_are_written_into_one_page(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = cards().save()
    assert path == Path("cards.html")
    page = path.read_text(encoding="utf-8")
    assert Tags(page.removeprefix("<!DOCTYPE html>")).open == []
    assert all(each.title in page for each in ALL)
    assert not re.search(r'(?:src|href)="', page)  # it needs nothing else
    assert cards().save(tmp_path / "mine.html").exists()
