"""The form of M9: each assumption has a box, texts are read or refused, and what it shows is the plan's."""

import base64
import re
from datetime import UTC, datetime
from html import unescape

import pytest

from collapse_edu.course.explorers import PlanForm, plan_form
from collapse_edu.production.economics import (
    ASSUMPTIONS,
    GROUPS,
    OPTIMISATIONS,
    Plan,
    read_plan,
    unit_costs,
    write_plan,
)
from collapse_edu.production.premium import premium


@pytest.fixture
def form(monkeypatch):
    """A form that shows no pictures, which take time."""
    monkeypatch.setattr(plan_form, "_results", lambda plan, models: repr(plan))
    made = PlanForm(Plan(optimisations=OPTIMISATIONS), models=2)
    yield made
    made.close()


def lines(form):
    """Return what the form says beside its boxes."""
    said = [form._line, *form._said.values()]
    return [unescape(re.sub("<[^>]+>", "", each.value)) for each in said if "><" not in each.value and each.value]


def test_each_assumption_has_a_box_with_its_words_unit_and_value(form):
    assert form.boxes.keys() == ASSUMPTIONS.keys()
    assert {name for names in GROUPS.values() for name in names} == ASSUMPTIONS.keys()
    assert form.boxes["price_in"].description == "price of tokens sent (EUR per million tokens)"
    assert form.boxes["users"].value == "20000"
    assert form._folds.titles == (
        "what is sold", "inference", "models", "features by name", "checks", "training", "platform", "optimisations",
        "scale", "forgetting",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("price_per_user", "1,50", 1.5), ("users", "20 000", 20_000), ("checked_share", "40 %", 0.4),
        ("platform_cost", "1.234,56", 1234.56), ("contamination", " 0.3 ", 0.3), ("users", "", 20_000),
    ],
)  # fmt: skip
def test_what_people_write_is_read(form, name, text, value):
    form.boxes[name].value = text
    assert form.plan[name] == value
    assert not form.refused
    assert lines(form) == []


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("users", "many", "users must be an integer from 0 to 1000000000000; got 'many'"),
        ("price_per_user", "1,500", "price_per_user may be 1.5 or 1500; got '1,500': write 1.5 or 1500"),
        ("checked_share", "1.5", "checked_share must be a number in [0, 1]; got 1.5"),
        ("row_cost", "<b>", "row_cost must be a number in [0, 1e+09]; got '<b>'"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line_and_the_plan_stays(form, name, text, said):
    before, results = form.plan, form._results.value
    form.boxes[name].value = text
    assert (form.plan, form._results.value, lines(form)) == (before, results, [said])
    assert form.boxes[name].value == text  # to be mended
    form.boxes["features"].value = "9"
    assert form.plan["features"] == 9
    assert lines(form) == [said]
    form.boxes[name].value = "1"
    assert form.plan[name] == 1
    assert lines(form) == []


def test_results_follow_the_boxes():
    form = PlanForm(Plan(optimisations=OPTIMISATIONS))
    form.boxes["price_per_user"].value = "2"
    assert f"{100 * unit_costs(form.plan)['gross margin']:.0f} %" in form._results.value
    form._models.value = 6
    assert f"pays up to {premium(form.plan, models=6).next_row:.2f} EUR" in form._results.value
    assert form._results.value.count("<img") == 2
    form.set(optimisations=[], retrainings=0)
    assert not any(switch.value for switch in form._switches.values())
    assert "<img" not in form._results.value


def test_a_switch_is_an_optimisation(form):
    form._switches["routing"].value = False
    assert form.plan.optimisations == ("caching", "batching", "smaller model")


def test_amounts_and_ranges_follow_the_currency(form):
    form.boxes["price_per_user"].value = "3"
    form._currency.value = "JPY"
    assert form.plan.currency == "JPY"
    assert form.boxes["price_in"].value == "200"  # was never filled in
    assert form.boxes["price_per_user"].value == "3"
    assert form.boxes["price_in"].description.endswith("(JPY per million tokens)")
    form.boxes["platform_cost"].value = "50 000 000 000"
    form._currency.value = "EUR"
    assert "platform_cost must be a number in [0, 1e+09]" in lines(form)[0]
    assert form._currency.value == form.plan.currency == "JPY"


def test_more_models_and_features_get_boxes(form):
    name = form._folds.children[2].children[-1].children[0]
    name.value = "mini"
    assert form.plan.names_of("model") == ["mini"]
    before = unit_costs(form.plan)["cost"]
    form.boxes["model.mini.share"].value = "50 %"
    form.boxes["model.mini.price_out"].value = "1,6"
    assert unit_costs(form.plan)["cost"] < before
    form._folds.children[3].children[-1].children[0].value = "search"
    form.boxes["feature.search.value"].value = "80"
    assert form.plan["feature.search.value"] == 80


def files(form):
    form._make_files()
    return {
        name: base64.b64decode(data)
        for name, data in re.findall(r'download="(.+?)" href=".+?base64,(.+?)"', form._files.value)
    }


def test_files_hold_the_plan(form, tmp_path):
    form.boxes["users"].value = "3000"
    made = files(form)
    assert made.keys() == {"plan.csv", "plan.xlsx", "report.html"}
    for name in ("plan.csv", "plan.xlsx"):
        (tmp_path / name).write_bytes(made[name])
        assert repr(read_plan(tmp_path / name)) == repr(form.plan)
    assert b"users 3,000" in made["report.html"]
    form.boxes["users"].value = "4000"
    assert form._files.value == ""  # files of another plan


def test_a_sheet_is_read(form, tmp_path):
    sheet = write_plan(Plan("USD", users=123), tmp_path / "plan.csv").read_bytes()
    file = {"name": "my.csv", "type": "text/csv", "size": 1, "last_modified": datetime.now(tz=UTC)}
    form._sheet.value = ({**file, "content": memoryview(sheet)},)
    assert repr(form.plan) == repr(Plan("USD", users=123))
    assert form.boxes["users"].value == "123"
    form._sheet.value = ({**file, "content": memoryview(b"x")},)
    assert len(lines(form)) == 1
    assert form.plan["users"] == 123


@pytest.mark.parametrize(
    "plan", [Plan(users=0), Plan(price_per_user=0), Plan(contamination=1), Plan("IDR", ["routing"])]
)
def test_any_plan_has_results(plan):
    shown = PlanForm(plan)._repr_mimebundle_()
    for kind in ("text/plain", "text/html"):
        assert not re.search(r"\b(nan|inf)\b", re.sub(r'"data:.+?"', "", shown[kind]).lower())
    assert "gross margin" in shown["text/plain"]
    assert "human_row_cost" in shown["text/html"]


def test_bad_settings_get_one_line(form):
    with pytest.raises(ValueError, match=r"^users must be an integer from 0"):
        form.set(users=-1)
    with pytest.raises(TypeError, match=r"^plan must be a Plan"):
        PlanForm({"users": 5})
