"""The bank says which predictions a film answers, and lets the learner draw on the axes of that film."""

import ast
from pathlib import Path

import pytest

from collapse_edu.course import explorers
from collapse_edu.course.films.film import Stage
from collapse_edu.course.quiz import bank
from collapse_edu.course.register import LESSONS
from tests.course.quiz.toy_prediction import ALL

LESSON_FILES = [Path(__file__).parents[3] / "lessons" / f"{lesson.name}.py" for lesson in LESSONS]


def explorers_of_lessons():
    """Return prediction → the explorer of its film, and the settings that the lesson gives it."""
    found = {}
    for path in LESSON_FILES:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("Explorer"):
                given = {part.arg: part.value for part in call.keywords}
                asked = given.pop("prediction", None)
                if isinstance(asked, ast.Constant):
                    plain = {name: ast.literal_eval(value) for name, value in given.items() if name != "seed"}
                    found[asked.value] = (ast.unparse(call.func), plain)
    return found


FILMS = explorers_of_lessons()


def test_the_bank_says_which_predictions_have_a_film():
    assert {name for name in ALL if bank.prediction(name).get("film")} == FILMS.keys()


@pytest.mark.parametrize("name", [name for name in FILMS if "draw" in bank.prediction(name)])
def test_the_axes_to_draw_on_are_those_of_the_film(name, monkeypatch):
    seen, drawn = [], Stage.draw_said

    def note(self, prediction, curve, at, low, high, *more):
        seen.append((self._marked.get_yscale() == "log", at, low, high))
        return drawn(self, prediction, curve, at, low, high, *more)

    monkeypatch.setattr(Stage, "draw_said", note)
    kind, settings = FILMS[name]
    getattr(explorers, kind)(**settings)
    is_log, last, low, high = seen[-1]
    axes = bank.prediction(name)["draw"]
    assert axes["x"]["range"] == [0, last]
    assert axes["y"].get("log", False) == is_log
    near = 0 if is_log else 0.03 * (high - low)  # where words are counted, the bank has a round number
    assert axes["y"]["range"] == pytest.approx([low, high], abs=near)
