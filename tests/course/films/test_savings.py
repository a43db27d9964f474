"""The film of savings and their bill."""

from collapse_edu.course.films import savings_film
from collapse_edu.course.films.savings import _Stage, _title
from collapse_edu.production.economics import Saving

STEPS = [Saving("caching", 300, False), Saving("routing", 200, True), Saving("smaller model", -50, True)]


def film(regime="replace", **more):
    bill = [[0.0, 0.0], [60.0, 80.0], [100.0, 140.0]]
    settings = {"start": 1000, "models": 5, "currency": "EUR", "highest": 300}
    return savings_film(STEPS, bill, regime=regime, **settings | more)


def test_human_rows_lower_the_line_and_what_is_left():
    paid = film(human=400.0)
    free = film()
    assert [paid.frame(t) for t in range(1, 4)] != [free.frame(t) for t in range(1, 4)]
    assert _title(2, 150 - 400 - 70, "EUR") == "Model 2: −320 EUR left"
    assert _title(2, -0.2, "EUR") == "Model 2: 0 EUR left"
    assert _title(0, 0, "EUR") == "Before the first new model"
    ax = _Stage(("routing",), 1000.0, -400.0, 300.0, 24, 2.0, "EUR", "#0072B2").right
    assert ax.get_ylim()[0] < -400
    assert ax.get_xticks()[0] == 1
    assert ax.get_xticks().max() == 24
    assert ax.get_xlabel() == "new model (one every 2 months)"
