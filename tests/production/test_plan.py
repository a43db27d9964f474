"""Plans in other currencies, of several models and features; numbers as people write them; what cannot be."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collapse_edu.production.economics import (
    ASSUMPTIONS,
    CURRENCIES,
    OPTIMISATIONS,
    Plan,
    at_volume,
    gross_margin,
    inference_cost,
    price_of_tokens,
    price_presets,
    sensitivities,
    unit_costs,
    viable_volumes,
    warnings,
    with_prices,
)
from collapse_edu.production.economics.currencies import MAGNITUDES
from collapse_edu.production.economics.readings import readings, written

# ---------------------------------------------------------------- numbers as texts


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,50", 1.5), ("1.50", 1.5), (" 1,5 ", 1.5), ("0,500", 0.5), ("0.125", 0.125), ("1 500", 1500),
        ("1\u00a0500,25", 1500.25), ("1\u202f500", 1500), ("1'500", 1500), ("1.234,56", 1234.56), ("1,234.56", 1234.56),
        ("1.234.567", 1234567), ("12,345,678", 12345678), ("1_000", 1000), ("2e3", 2000), (".5", 0.5), ("1500", 1500),
        ("1234.567", 1234.567), ("1.2345", 1.2345),
    ],
)  # fmt: skip
def test_texts_with_one_reading(text, value):
    assert readings(text) == [value]
    assert Plan(price_per_user=text)["price_per_user"] == value


@pytest.mark.parametrize(
    ("text", "one", "other"), [("1,500", "1.5", "1500"), ("1.500", "1.5", "1500"), ("12.345", "12.3450", "12345")]
)
def test_texts_with_two_readings_are_refused_with_both(text, one, other):
    with pytest.raises(ValueError, match=f"^price_in may be {one} or {other}; got '{text}': write {one} or {other}$"):
        Plan(price_in=text)
    assert readings(one) == [float(one)]


@pytest.mark.parametrize(
    "text", ["", "much", "1,2,3", "1 50", "1.2.3", "12,34,567", "1,500.", "€5", "0x10", "nan", "--1"]
)
def test_texts_without_a_reading(text):
    assert readings(text) == []
    with pytest.raises(TypeError, match=r"^price_in must be a number in \[0, 1e\+09\]; got "):
        Plan(price_in=text)


def test_a_text_is_read_by_what_is_allowed_there():
    plan = Plan(users="1,500", human_rows="2.750", cached_share="40 %", checked_share="0,125")
    assert [plan[name] for name in ("users", "human_rows", "cached_share", "checked_share")] == [1500, 2750, 0.4, 0.125]
    with pytest.raises(ValueError, match=r"^users may be 20 or 20000; got '20,000': write 20 or 20000$"):
        Plan(users="20,000")
    assert plan.sources["users"] == "yours"
    with pytest.raises(ValueError, match=r"^price_in must be a number in \[0, 1e\+09\]; got -1.5$"):
        Plan(price_in="-1,5")
    with pytest.raises(ValueError, match=r"^checked_share must be a number in \[0, 1\]; got 1.2$"):
        Plan(checked_share="120 %")


@given(st.one_of(st.integers(-(10**12), 10**12), st.floats(-1e12, 1e12)))
def test_what_is_written_has_one_reading_and_it_is_the_number(value):
    assert readings(written(value)) == [value]


# ---------------------------------------------------------------- currencies


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_currency_changes_amounts_and_no_ratio(currency):
    plan, euros = Plan(currency), Plan()
    assert gross_margin(plan) == pytest.approx(gross_margin(euros))
    times = MAGNITUDES.get(currency, 1)
    assert inference_cost(plan) == pytest.approx(times * 0.009)
    for name, assumption in plan.declared.items():
        assert assumption.low <= plan[name] <= assumption.high
        assert ("times the euros" in assumption.source) == (times > 1 and ASSUMPTIONS[name].is_money)


def test_yen_have_a_range_of_their_own_and_say_that_they_are_assumed():
    assert Plan("JPY", training_cost=2 * 10**10)["training_cost"] == 2 * 10**10
    with pytest.raises(ValueError, match=r"^training_cost must be a number in \[0, 1e\+09\]; got 20000000000$"):
        Plan("EUR", training_cost=2 * 10**10)
    table = Plan("JPY", price_in=300).assumptions().set_index("assumption")
    assert table.loc["price_out", ["value", "unit", "source"]].tolist() == [
        1000.0, "JPY per million tokens", "assumed, 100 times the euros",
    ]  # fmt: skip
    assert table.loc["price_in", "source"] == "yours"
    (line,) = warnings(Plan("JPY", price_in=300))
    amounts = sum(assumption.is_money for assumption in ASSUMPTIONS.values())
    assert line.startswith(f"{amounts - 1} amounts in JPY are assumed, 100 times the euros")


def test_what_was_never_set_follows_another_currency():
    plan = Plan("EUR", price_in=3).but(currency="JPY")
    assert (plan["price_in"], plan["price_out"]) == (3, 1000)
    assert any(line.startswith("price_in: as small as amounts in euros") for line in warnings(plan))
    assert plan.but(currency="EUR")["price_out"] == 10


# ---------------------------------------------------------------- several models, single features


def test_new_assumptions_change_nothing_until_they_are_used():
    plan = Plan(optimisations=OPTIMISATIONS)
    same = plan.but(cached_share=0, price_cached=7, retries=0, retry_price=3).with_model(
        "idle", share=0, price_in=1, price_out=1
    )
    assert inference_cost(same) == inference_cost(plan)
    assert unit_costs(same).equals(unit_costs(plan))


def test_models_grow_with_the_volume_and_move_the_margin():
    plan = Plan().with_model("mini", share=0.5, price_in=1, price_out=2)
    assert plan["model.mini.price_cached"] == 1
    ten = at_volume(plan, 10)
    assert ten["model.mini.price_in"] == pytest.approx(0.9)
    assert price_of_tokens(ten) == pytest.approx(0.9 * price_of_tokens(plan))
    moves = sensitivities(plan)
    assert moves.loc["model.mini.share", "higher"] == pytest.approx(
        gross_margin(plan.but(**{"model.mini.share": 0.625}))
    )
    whole = (
        Plan().with_model("a", share=0.9, price_in=1, price_out=2).with_model("b", share=0.1, price_in=1, price_out=3)
    )
    assert whole.declared["model.a.share"].high == pytest.approx(0.9)
    assert "price_in" not in sensitivities(whole).index
    assert sensitivities(whole).loc["model.b.share", "higher"] == pytest.approx(gross_margin(whole))


def test_a_plan_with_models_prints_as_code_that_makes_it():
    plan = Plan("USD", users=5).with_model("gpt-4.1 mini", share=0.5, price_in=1, price_out=2)
    plan = plan.with_feature("search", use=1, value=2)
    again = eval(repr(plan), {"Plan": Plan})
    assert repr(again) == repr(plan)
    assert again.assumptions().drop(columns="source").equals(plan.assumptions().drop(columns="source"))
    assert plan.but(**{"model.gpt-4.1 mini.price_in": 3})["model.gpt-4.1 mini.price_cached"] == 3  # until it is set


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"model.mini.share": 0.4}, "model.mini.price_in must be given, too: model 'mini' is declared"),
        (
            {f"model.{name}.{part}": 0.6 for name in "ab" for part in ("share", "price_in", "price_out")},
            "shares of the models must add to at most 1; got 1.2: model.a.share, model.b.share",
        ),
        ({"model.mini.price": 3}, "assumption must be a name in ASSUMPTIONS; got 'model.mini.price': did you mean "),
        ({"model..share": 3}, "assumption must be a name in ASSUMPTIONS; got 'model..share': did you mean "),
        ({"model.=cmd.share": 1}, "assumption must be a name in ASSUMPTIONS; got 'model.=cmd.share'"),
        ({"feature.a.use": 0, "feature.a.value": 1}, "feature.NAME.use must be above 0 for one feature at least"),
        ({"feature.a.use": 1}, "feature.a.value must be given, too"),
    ],
)  # fmt: skip
def test_a_bad_declaration_gets_one_line(values, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}[^\n]*$"):
        Plan(**values)


# ---------------------------------------------------------------- volumes


def test_an_end_of_the_search_says_so():
    (found,) = viable_volumes(Plan(price_per_user=10_000.0))
    assert found == (0.01, 1000.0)
    assert str(found) == "from below 0.01 to beyond 1000 times the users"
    (found,) = viable_volumes(Plan())
    assert (found.opens_below, found.opens_above) == (False, False)
    assert "beyond" not in str(found)


def test_the_search_ends_where_an_assumption_would_leave_its_range():
    (found,) = viable_volumes(Plan(users=10**11))
    assert str(found).startswith("from below 0.01 to beyond ")
    assert found[1] <= 10
    assert viable_volumes(Plan(platform_cost=10**9, users=10**10))  # the platform would be above a thousand million


# ---------------------------------------------------------------- price lists


def test_each_price_that_comes_with_the_package_has_a_source_and_a_date():
    for name, preset in price_presets().items():
        assert preset.name == name
        assert preset.source.startswith("https://")
        assert len(preset.date) == len("2026-10-01")
        assert preset.note.endswith("as a third party reports it")
        assert 0 < preset.price_cached < preset.price_in < preset.price_out
        assert preset.currency == "USD"


def test_prices_come_with_their_source_into_the_plan():
    preset = price_presets()["gpt-6.1-sol"]
    plan = with_prices(Plan("EUR"), preset, rate=1.25)
    assert [plan[name] for name in ("price_in", "price_out", "price_cached")] == [1.6, 8, 0.08]
    assert (
        plan.sources["price_in"] == f"price list in EUR, from USD at 1.25: gpt-6.1-sol, {preset.date}, {preset.source}"
    )
    with pytest.raises(ValueError, match=r"^rate must be a number in \(0, 1e\+09\]; got 0$"):
        with_prices(Plan(), preset, rate=0)
    assert warnings(plan) == []
    dollars = with_prices(Plan("USD"), preset)
    assert warnings(dollars.but(currency="GBP")) == [
        "price_in, price_out, price_cached: from a price list in USD; the plan is in GBP"
    ]


@pytest.mark.parametrize("ending", [".csv", ".json"])
def test_a_price_list_of_ones_own(tmp_path, ending):
    path = tmp_path / f"own{ending}"
    row = {"name": "own", "price_in": "0,50", "price_out": 2, "currency": "eur", "date": "May", "source": "contract"}
    path.write_text(
        json.dumps([row]) if ending == ".json" else "\n".join(";".join(map(str, line)) for line in (row, row.values()))
    )
    preset = price_presets(path)["own"]
    assert (preset.price_in, preset.price_cached, preset.currency, preset.provider) == (0.5, 0.5, "EUR", "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,price_in\na,1", "price 1: price_out must be given; got nothing"),
        ("name,price_in,price_out,currency,date,source\na,cheap,1,USD,x,y", "price 1: price_in must be a number in"),
        ("name,price_in,price_out,currency,date,source\na,1,1,XYZ,x,y", "price 1: currency must be one of"),
        ("", "must have at least one price; got none"),
    ],
)
def test_a_bad_price_list_gets_one_line(tmp_path, text, message):
    path = tmp_path / "own.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=f"^{re.escape(str(path))}.*{re.escape(message)}"):
        price_presets(path)
    path.with_suffix(".json").write_text("{")
    with pytest.raises(ValueError, match="must be a list"):
        price_presets(path.with_suffix(".json"))


# ---------------------------------------------------------------- what cannot be


@pytest.mark.parametrize(
    ("plan", "part"),
    [
        (Plan(users=10**9), "no platform of this size serves 20,000,000,000 requests a month"),
        (Plan(users=10**11), "users is 100,000,000,000: there are about 8,000,000,000 people"),
        (Plan(users=0), "nobody asks anything"),
        (Plan(price_per_user=0), "nobody pays"),
        (Plan(price_in=0, price_out=0), "the models' answers cost nothing"),
        (Plan(price_per_user=1000), "costs are 0.0% of the revenue"),
        (Plan(price_per_user=1000), "from below 0.01 to beyond 1000 times the users: the search ended there"),
        (Plan(users=10**8, checked_share=1, platform_cost=10**6), "needs 200,000 people who check"),
        (Plan(retries=2), "each answer is asked for 3 times"),
        (Plan(cached_share=0.5, price_cached=3), "price_cached is above price_in"),
        (
            Plan().with_model("a", share=0.9, price_in=1, price_out=1),
            "the shares of the models add to 90%: the other 10%",
        ),
        (
            Plan(optimisations=["routing"]).with_model("a", share=1, price_in=1, price_out=1),
            "routing comes on top of several models",
        ),
        (Plan(optimisations=["smaller model"], smaller_price=1, smaller_feeds_back=0), "smaller model costs 288 EUR"),
        (Plan(optimisations=["routing"], human_rows=500, training_rows=100), "the rest is paid for and not used"),
        (Plan("JPY", price_in=2), "price_in: as small as amounts in euros, and the plan is in JPY"),
    ],
    ids=str,
)
def test_a_plan_that_cannot_be_is_told(plan, part):
    assert [line for line in warnings(plan) if part in line], warnings(plan)


def test_a_plan_that_can_be_has_no_warning():
    assert warnings(Plan()) == []
    assert warnings(Plan("USD", OPTIMISATIONS, users=2_000_000, platform_cost=30_000, price_per_user=0.3)) == []
