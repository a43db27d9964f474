"""The page for a board: its numbers are those of the calculator, for any plan, and it is one page of plain HTML."""

import html
import re

import numpy as np
import pytest

from collapse_edu.production.board import report_html, write_report
from collapse_edu.production.economics import OPTIMISATIONS, Plan, unit_costs, warnings, waterfall
from collapse_edu.production.feedback import feedback
from collapse_edu.production.maturity import DIMENSIONS, Assessment
from collapse_edu.production.premium import premium

PLAN = Plan(optimisations=OPTIMISATIONS, users=50_000, price_per_user="1,90", human_rows=300, failure_cost=0.15)
TEAM = Assessment(dict.fromkeys(DIMENSIONS, "measured") | {"monitoring": "unaware"})


def words(page):
    """Return the text of a page, without marks and with single spaces."""
    body = page[page.index("<main>") :]
    return re.sub(r" ([.,;])", r"\1", " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split()))


@pytest.fixture(scope="module")
def page():
    return report_html(
        PLAN, models=12, assessment=TEAM, weights={"edge cases": 3, "scale": 1}, scores={"rules": {"scale": 3}},
        dollar_rate=1.1,
    )  # fmt: skip


def test_it_says_what_a_user_a_request_and_a_feature_cost(page):
    units = unit_costs(PLAN)
    for one in ("user", "request", "feature"):
        cost = units[f"cost per {one}"]
        said = re.search(rf"([\d,.]+) EUR a {one}", words(page))[1]
        assert float(said.replace(",", "")) == pytest.approx(cost, rel=0.03)
    assert f"{100 * units['gross margin']:.0f} % gross margin" in words(page)


def test_it_says_which_savings_feed_back(page):
    for step in waterfall(PLAN):
        assert f"{step.name} −{step.saves:,.0f}{' ↺' if step.feeds_back else ''}" in words(page)


def test_the_bars_lead_from_one_cost_to_the_next(page):
    bars = [
        (float(left), float(width)) for left, width in re.findall(r"margin-left: ([\d.]+)%; width: ([\d.]+)%", page)
    ]
    (first, start), *steps, (last, end) = bars
    assert first == last == 0
    assert start == 100
    heights = [start, *(left for left, _ in steps)]
    assert [left + width for left, width in steps] == pytest.approx(heights[:-1], abs=0.02)
    assert heights[-1] == pytest.approx(end, abs=0.02)


def test_it_says_the_bill_and_the_premium(page):
    result, worth = feedback(PLAN, models=12, chains=50, seed=0), premium(PLAN, models=12)
    assert f"types cost {np.median(result.bill[-1]):,.0f} a month more" in words(page)
    assert f"Nothing is left from model {result.eaten_by} on." in words(page)
    assert f"One more verified human row pays up to {worth.next_row:.2f} EUR; it costs 2.00." in words(page)
    assert f"the first row {worth.first_row:.2f}" in words(page)
    assert f"{worth.best_rows:,} rows for each new model save most" in words(page)


def test_it_says_the_team_the_choice_and_what_is_no_default(page):
    assert "Next, monitoring: Somebody reads samples of what the model writes" in words(page)
    assert '<td class="count own">3</td>' in page
    assert "Weights: edge cases 3, scale 1." in words(page)
    assert (
        "Set for this plan: users 50,000, price per user 1.9 EUR, human rows 300, failure cost 0.15 EUR. All others"
        in words(page)
    )


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (Plan(), "No model of this plan learns from model text: there is no bill."),
        (Plan(retrainings=0), "No new model is trained, so none forgets"),
        (Plan(users=0), "– EUR a user"),
        (Plan(price_per_user=0), "Nothing: there is no revenue."),
        (Plan(optimisations=["routing"], human_rows=500, training_rows=100), "more than the 100 that it learns from."),
        (Plan(contamination=1, human_rows=0), "requests of forgotten types cost"),
        (Plan(optimisations=["routing"], human_rows=100, training_rows=100), "At 2.00 a row,"),
        (Plan("JPY", row_cost=500), "one more pays at any share of model text"),
        (Plan(users=10**9), "no platform of this size"),
        (Plan().with_feature("search", use=1, value=2), "feature.search.value 2"),
    ],
    ids=repr,
)
def test_any_plan_has_a_page(plan, said):
    page = report_html(plan, models=3)
    assert said in words(page)
    assert not re.search(r"\b(nan|inf|None|True|False)\b", words(page))
    assert words(page).count("Check:") == len(warnings(plan))


def test_it_is_one_file_that_loads_nothing(page, tmp_path):
    assert write_report(PLAN, tmp_path / "report.html", models=2) == tmp_path / "report.html"
    assert "<script" not in page
    assert not re.search(r'(src|href)="(?!data:)', page)
    assert len(page) < 200_000


def test_one_seed_one_page():
    assert report_html(PLAN, models=2) == report_html(PLAN, models=2)


def test_bad_input_gets_one_line(tmp_path):
    with pytest.raises(ValueError, match=r"^path must end in \.html; got 'report\.pdf'$"):
        write_report(PLAN, tmp_path / "report.pdf")
    with pytest.raises(ValueError, match=r"^models must be an integer of at least 2; got 1"):
        report_html(PLAN, models=1)
    with pytest.raises(TypeError, match=r"^plan must be a Plan"):
        report_html({"users": 5})
    with pytest.raises(TypeError, match=r"^assessment must be an Assessment; got dict"):
        report_html(PLAN, assessment={"regime": "aware"})
