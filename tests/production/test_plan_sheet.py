"""A plan as CSV and XLSX: there and back, in any order, as people write it; one line for what cannot be read."""

import datetime
import re
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from collapse_edu.production.economics import ASSUMPTIONS, CURRENCIES, OPTIMISATIONS, Plan, read_plan, write_plan
from collapse_edu.production.economics.prices import price_presets, with_prices
from collapse_edu.production.economics.sheet import FORMATS, read_sheet, write_tables


def whole_plan():
    plan = Plan("USD", ["caching", "routing"], users=1234, price_per_user=2.125, row_cost=1e-7)
    plan = plan.with_model("mini 4.1", share=0.25, price_in=0.4, price_out=1.6)
    plan = plan.with_feature("search", use=3, value=1).with_feature("drafts", use=1, value=2, cost=5)
    return with_prices(plan, price_presets()["gpt-6-luna"])


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("plan", [Plan(), Plan("JPY", OPTIMISATIONS), whole_plan()], ids=["default", "yen", "whole"])
def test_there_and_back(tmp_path, ending, plan):
    path = write_plan(plan, tmp_path / f"plan{ending}")
    sheet = read_sheet(path)
    again = sheet.plan
    assert repr(again) == repr(plan)
    assert again.assumptions().drop(columns="source").equals(plan.assumptions().drop(columns="source"))
    own = {name: source for name, source in plan.sources.items() if name != "features"}
    assert {name: source for name, source in again.sources.items() if name in own} == own
    assert sheet.missing == ()


values = st.fixed_dictionaries(
    {},
    optional={
        "users": st.integers(0, 10**12), "price_per_user": st.floats(0, 1e9), "checked_share": st.floats(0, 1),
        "price_in": st.floats(0, 1e9), "training_rows": st.integers(1, 10**6),
    },
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(values, st.sampled_from(CURRENCIES), st.sets(st.sampled_from(OPTIMISATIONS)))
def test_any_plan_comes_back_to_the_bit(tmp_path, own, currency, chosen):
    plan = Plan(currency, chosen, **own)
    again = read_plan(write_plan(plan, tmp_path / "plan.csv"))
    assert all(again[name] == plan[name] for name in ASSUMPTIONS)
    assert (again.currency, again.optimisations) == (plan.currency, plan.optimisations)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_rows_in_any_order_as_a_person_writes_them(tmp_path, mark):
    path = tmp_path / "plan.csv"
    price = '"1,50"' if mark == "," else "1,50"
    rows = ["Value|assumption", f"{price}|price_per_user", "yes|caching", "|tokens_in", "1 500|users", "gbp|currency"]
    path.write_text("my plan\n\n" + "\n".join(rows).replace("|", mark), encoding="utf-16" if mark == "\t" else "utf-8")
    sheet = read_sheet(path)
    assert repr(sheet.plan) == "Plan('GBP', ['caching'], users=1500)"
    assert set(ASSUMPTIONS) - set(sheet.missing) == {"users", "price_per_user"}
    assert sheet.plan.sources == {"price_per_user": "yours", "users": "yours"}


def book(path, rows, title="plan"):
    workbook = Workbook()
    workbook.active.title = "notes"
    workbook["notes"].append(["about this plan"])
    sheet = workbook.create_sheet(title)
    for row in rows:
        sheet.append(row)
    workbook.save(path)
    return path


def test_a_spreadsheet_with_other_sheets_and_texts(tmp_path):
    path = book(
        tmp_path / "plan.xlsx", [["Assumption", "Value"], ["users", "2 000"], ["cached_share", 0.25], [None, 3]]
    )
    assert repr(read_plan(path)) == "Plan('EUR', [], users=2000, cached_share=0.25)"


def test_formulas_count_by_their_stored_value(tmp_path):
    """openpyxl stores none, as a spreadsheet program does, so the value is put into the file by hand."""
    import zipfile

    path = book(tmp_path / "plan.xlsx", [["assumption", "value"], ["users", "=1000*3"]])
    with pytest.raises(ValueError, match=r"the formula in B2 has no stored value: open the file and save it once$"):
        read_plan(path)
    stored = tmp_path / "stored.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(stored, "w") as new:
        for name in old.namelist():
            new.writestr(name, re.sub(rb"(<f>1000\*3</f>)<v ?/?>(</v>)?", rb"\1<v>3000</v>", old.read(name)))
    assert read_plan(stored)["users"] == 3000


def test_a_spreadsheet_has_numbers_as_numbers_and_no_formulas(tmp_path):
    import pandas as pd

    path = write_tables({"one": pd.DataFrame({"a": ["=1+1", "b"], "n": [1.5, float("nan")]})}, tmp_path / "t.xlsx")
    sheet = load_workbook(path)["one"]
    assert [(cell.value, cell.data_type) for cell in sheet[2]] == [("=1+1", "s"), (1.5, "n")]
    assert sheet["B3"].value is None


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("users,5\nuser,5\nfoo,1", "has rows that are no assumption: 'user' (did you mean 'users'?), 'foo'"),
        ("users,5\nprice_in,2\nusers,6", ", row 4: 'users' comes twice, in row 2, too"),
        ("users,many", ": users must be an integer from 0 to 1000000000000; got 'many'"),
        ('price_in,"1,500"', ": price_in may be 1.5 or 1500; got '1,500': write 1.5 or 1500"),
        ("caching,perhaps", ", row 2: caching must be 1 (on) or 0 (off); got 'perhaps'"),
        ("currency,EURO", ": currency must be one of"),
        ("model.mini.share,0.5", ": model.mini.price_in must be given, too"),
    ],
)
def test_a_bad_row_gets_one_line(tmp_path, rows, message):
    path = tmp_path / "plan.csv"
    path.write_text(f"assumption,value\n{rows}\n")
    with pytest.raises(ValueError, match=f"^{re.escape(str(path))} ?{re.escape(message)}[^\\n]*$"):
        read_plan(path)


def test_a_date_that_a_spreadsheet_made_of_a_price_gets_one_line(tmp_path):
    path = book(tmp_path / "plan.xlsx", [["assumption", "value"], ["price_in", datetime.datetime(2026, 5, 1)]])
    with pytest.raises(ValueError, match=r"price_in must be a number in \[0, 1e\+09\]; got datetime"):
        read_plan(path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"users,5\n", "must have columns 'assumption' and 'value'"),
        ("a.csv", b"", "must have columns 'assumption' and 'value'"),
        ("a.xlsx", b"no zip", "is no spreadsheet that can be read"),
        ("a.ods", b"", "must end in .csv, .tsv, .xlsx"),
        ("a.csv", b"\x00\xff\x00assumption", "must have columns 'assumption' and 'value'"),
    ],
)
def test_a_file_that_is_no_plan_gets_one_line(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"^{re.escape(str(path))} {re.escape(message)}"):
        read_plan(path)


def test_without_openpyxl_one_line_says_what_to_install(tmp_path, monkeypatch):
    path = write_plan(Plan(), tmp_path / "plan.xlsx")
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    for call in (lambda: read_plan(path), lambda: write_plan(Plan(), path)):
        with pytest.raises(ModuleNotFoundError, match=r"^for .xlsx, install openpyxl \(the extra 'tables'\)"):
            call()


def test_a_number_that_a_comma_cut_in_two_is_refused(tmp_path):
    path = tmp_path / "plan.csv"
    path.write_text("assumption,value\nprice_per_user,1,500\n")
    with pytest.raises(ValueError, match="row 2 has 3 cells, and the heads are 2: put a number with a comma "):
        read_plan(path)
    path.write_text('assumption,value,\nprice_per_user,"1,50",\n')
    assert read_plan(path)["price_per_user"] == 1.5
