"""The subcommand ``collapse-edu plan``: what a product costs and earns, from a sheet of assumptions."""

import argparse
import json
from math import isnan
from pathlib import Path

from collapse_edu.cli import Parser, UsageError
from collapse_edu.cli.numbers import above_zero

__all__ = ["add"]

_HELP = """\
Read a sheet of assumptions, and print what a user, a request and a feature cost, what is left, what each optimisation
saves, where the plan stands, and what in it cannot be.

examples:
  collapse-edu plan --new plan.xlsx                         # a sheet with all assumptions: fill it in
  collapse-edu plan plan.xlsx                               # its results
  collapse-edu plan plan.xlsx --set users=50000 --set caching=1
  collapse-edu plan --currency USD --preset gpt-6.1-sol --xlsx results.xlsx

the sheet:
  .csv, .tsv or .xlsx with the columns "assumption" and "value", in any order; the others are for people. A row that is
  missing, or empty, has its default. .xlsx needs openpyxl: the extra "tables".
  currency                     all amounts are in it; nothing is converted
  caching, batching, smaller model, routing       1 on, 0 off
  model.NAME.share, .price_in, .price_out, .price_cached      one more model, and its share of the requests
  feature.NAME.use, .value, .cost                             one feature, against the other ones

--set takes the same names. Amounts may be written 1.50, 1,50, 1 500 or 1.234,50; what can be read in two ways, such as
1,500, is refused.

--prices FILE is a price list of your own, CSV or JSON: name, price_in, price_out, price_cached, currency, date, source.
The prices that come with the program are as third parties reported them on a date: --show-prices.
"""
_SHOWN = {"with use": "grows with use", "fixed": "fixed"}
_MODELS = 24


def add(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add the subcommand to the parsers of ``collapse-edu``.

    Parameters
    ----------
    commands : object
        What ``add_subparsers`` of argparse returned.
    """
    parser = commands.add_parser("plan", help="compute what a product costs, from a sheet of assumptions", epilog=_HELP)
    parser.add_argument("sheet", nargs="?", type=Path, metavar="FILE", help="the assumptions (all defaults)")
    parser.add_argument("--new", type=Path, metavar="FILE", help="write the assumptions as a sheet, and end")
    parser.add_argument(
        "--set", action="append", default=[], type=_setting, metavar="NAME=VALUE", help="change an assumption"
    )
    parser.add_argument("--currency", metavar="CODE", help="of all amounts, such as USD")
    parser.add_argument("--preset", metavar="NAME", help="take the prices of tokens from a price list")
    parser.add_argument("--prices", type=Path, metavar="FILE", help="a price list of your own")
    parser.add_argument("--show-prices", action="store_true", help="print the price list, and end")
    parser.add_argument(
        "--dollar-rate", type=above_zero(1e9), metavar="X", help="dollars for one unit of the plan's currency"
    )
    parser.add_argument("--csv", type=Path, metavar="OUT", help="write the results as tables, below each other")
    parser.add_argument("--xlsx", type=Path, metavar="OUT", help="write the results as tables, a sheet each")
    parser.add_argument("--json", action="store_true", help="print the results as one JSON object")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write a page (HTML) for a board")
    parser.set_defaults(do=_plan)


def _setting(text):
    name, mark, value = text.partition("=")
    if not mark or not name.strip() or not value.strip():
        raise argparse.ArgumentTypeError(f"must be NAME=VALUE, such as users=5000; got {text!r}")
    return name.strip(), value.strip()


def _plan(args):
    """Read, change, compute, tell; what the user got wrong is one line."""
    try:
        return _told(args)
    except OSError as error:
        raise UsageError(f"cannot use {error.filename or 'the file'}: {error.strerror or error}") from None
    except (ValueError, TypeError) as error:
        raise UsageError(error) from None
    except ModuleNotFoundError as error:
        if error.name != "openpyxl":
            raise
        raise UsageError(error.msg) from None


def _told(args):
    if args.show_prices:
        print(_price_list(args.prices))
        return 0
    _check_files(args)
    plan, missing = _changed(args)
    if args.new:
        return _write_new(plan, args.new)
    tables = _tables(plan, args.dollar_rate)
    if args.json:
        print(json.dumps(_as_json(plan, tables, missing), indent=2, allow_nan=False))
    else:
        print(_text(plan, tables, missing, args.sheet))
    for path in _written(args, plan, tables):
        if not args.json:
            print(f"written: {path}")
    return 0


def _check_files(args):
    """Refuse an output that has another ending, or is what is read."""
    for option, *endings in (("csv", ".csv"), ("xlsx", ".xlsx"), ("report", ".html"), ("new", ".csv", ".tsv", ".xlsx")):
        path = getattr(args, option)
        if path is None:
            continue
        if path.suffix.lower() not in endings:
            raise UsageError(f"--{option} must end in {' or '.join(endings)}; got {path}")
        if not path.parent.is_dir():
            raise UsageError(f"--{option} {path}: there is no folder {path.parent}")
        if args.sheet is not None and path.resolve() == args.sheet.resolve():
            raise UsageError(f"--{option} {path} is the sheet itself: give the results a file of their own")
    if args.new and (args.csv or args.xlsx or args.report or args.json):
        raise UsageError("--new writes the assumptions and ends: say the command again for results")


def _changed(args):
    """Return the plan with all that the command line changes, and the names that have no row in the sheet."""
    from collapse_edu.production.economics import Plan, price_presets, with_prices
    from collapse_edu.production.economics.sheet import read_sheet

    if args.sheet is None:
        plan, missing = Plan(), ()
    else:
        sheet = read_sheet(args.sheet)
        plan, missing = sheet.plan, sheet.missing
    if args.currency:
        plan = plan.but(currency=args.currency)
    if args.prices and not args.preset:
        raise UsageError("--prices is a list to choose from: add --preset NAME, or --show-prices")
    if args.preset:
        presets = price_presets(args.prices)
        if args.preset not in presets:
            raise UsageError(f"--preset must be one of {', '.join(presets)}; got {args.preset!r}")
        preset = presets[args.preset]
        plan = with_prices(plan, preset, rate=args.dollar_rate if preset.currency == "USD" else None)
    return _with_settings(plan, args.set), missing


def _with_settings(plan, settings):
    """Return the plan with what --set says; the last one of the same name counts."""
    from collapse_edu.production.economics import OPTIMISATIONS
    from collapse_edu.production.economics.sheet import is_on

    own = dict(settings)
    if "currency" in own:
        plan = plan.but(currency=own.pop("currency"))
    on = {name: is_on(f"--set {name}", own.pop(name)) for name in OPTIMISATIONS if name in own}
    chosen = [name for name in OPTIMISATIONS if on.get(name, name in plan.optimisations)]
    return plan.but_from("yours", own | {"optimisations": chosen})


def _write_new(plan, path):
    from collapse_edu.production.economics import write_plan

    if path.exists():
        raise UsageError(f"--new {path} is there already, and stays as it is: give another name")
    write_plan(plan, path)
    print(f"{path}: {len(plan.declared)} assumptions; fill in the column 'value', then: collapse-edu plan {path}")
    return 0


def _price_list(path):
    from collapse_edu.production.economics import price_presets

    lines = ["prices of a million tokens, as the source had them on the date: check them before you count on them"]
    for preset in price_presets(path).values():
        amounts = f"in {preset.price_in:g}, out {preset.price_out:g}, cached {preset.price_cached:g} {preset.currency}"
        note = f" ({preset.note})" if preset.note else ""
        lines.append(f"  {preset.name:18} {amounts}; {preset.date}, {preset.source}{note}")
    return "\n".join(lines)


# ---------------------------------------------------------------- results


def _tables(plan, dollar_rate):
    """Return the results as tables, by name."""
    import pandas as pd

    from collapse_edu.production import economics
    from collapse_edu.production.economics.sheet import plan_rows

    costs = economics.monthly_costs(plan).rename_axis("part").reset_index()
    units = economics.unit_costs(plan).rename_axis("unit").rename("value").reset_index()
    features = economics.features(plan).rename_axis("feature").reset_index()
    savings = pd.DataFrame(
        [(step.name, step.saves, step.feeds_back) for step in economics.waterfall(plan)],
        columns=["optimisation", "saves", "feeds model text back"],
    )
    moves = economics.sensitivities(plan).rename_axis("assumption").reset_index()
    return {
        "costs": costs,
        "units": units,
        "features": features,
        "savings": savings,
        "later": _later(plan),
        "volumes": _volumes(plan),
        "sensitivities": moves,
        "benchmarks": _benchmarks(plan, dollar_rate),
        "warnings": pd.DataFrame({"warning": economics.warnings(plan)}, dtype=object),
        "plan": plan_rows(plan),
    }


def _later(plan):
    """Return what models that learn from model text cost later, and what a verified human row is worth."""
    import numpy as np
    import pandas as pd

    from collapse_edu.production.economics import exposed_share
    from collapse_edu.production.feedback import feedback
    from collapse_edu.production.premium import premium

    rows = []
    if not plan["retrainings"]:
        rows.append(("no new model is trained", None))
    else:
        if exposed_share(plan):
            bill = feedback(plan, models=_MODELS, chains=50)
            rows.append(("saving that feeds model text back", bill.saving))
            rows.append((f"bill in a month of model {_MODELS}, median", float(np.median(bill.bill[-1]))))
            rows.append(("first model whose bill and human rows cost more than the saving", bill.eaten_by))
        rows.append(("highest price at which one more verified human row pays", premium(plan).next_row))
    return pd.DataFrame(rows, columns=["later", "value"], dtype=object)


def _volumes(plan):
    """Return the plan at several volumes, those at which no assumption leaves its range."""
    from collapse_edu.production.economics import possible_volumes, volumes

    return volumes(plan, possible_volumes(plan, (0.1, 1, 10, 100))).rename_axis("times the users").reset_index()


def _benchmarks(plan, dollar_rate):
    import pandas as pd

    from collapse_edu.production.benchmarks import BENCHMARKS, positions, unknown

    own = {
        each.benchmark.metric: (each.value, each.benchmark.unit, each.place) for each in positions(plan, dollar_rate)
    }
    why = unknown(plan, dollar_rate)
    return pd.DataFrame(
        [
            (
                scale.sector,
                scale.metric,
                *own.get(scale.metric, (None, scale.unit, f"not known: {why.get(scale.metric)}")),
            )
            for scale in BENCHMARKS
        ],
        columns=["sector", "metric", "value", "unit", "place"],
    )


def _written(args, plan, tables):
    """Write what was asked for, and yield the paths."""
    from collapse_edu.production.economics.sheet import write_tables

    for path in (args.csv, args.xlsx):
        if path is not None:
            yield write_tables(tables, path)
    if args.report is not None:
        from collapse_edu.production.board import write_report

        yield write_report(plan, args.report, dollar_rate=args.dollar_rate)


def _as_json(plan, tables, missing):
    """Return the results as plain data; what is not known is null."""
    data = {
        name: json.loads(table.to_json(orient="records", double_precision=15))
        for name, table in tables.items()
        if name != "warnings"
    }
    return {
        "currency": plan.currency,
        "optimisations": list(plan.optimisations),
        "defaults": list(missing),
        "warnings": list(tables["warnings"]["warning"]),
        **data,
    }


# ---------------------------------------------------------------- words


def _text(plan, tables, missing, sheet):
    """Return the results for people."""
    parts = [_first_line(plan, missing, sheet), _costs(plan, tables), _units(plan, tables)]
    if plan.names_of("feature"):
        parts.append(_feature_lines(plan, tables["features"]))
    if plan.optimisations:
        parts.append(_saving_lines(plan, tables["savings"]))
    parts += [_later_lines(plan, tables["later"]), _volume_lines(plan, tables["volumes"]), _moves(tables)]
    parts += [_benchmark_lines(tables["benchmarks"]), _warning_lines(tables["warnings"])]
    return "\n\n".join(parts)


def _first_line(plan, missing, sheet):
    own = sum(name in plan.sources for name in plan.declared)
    line = f"{sheet or 'defaults'}: {own} of {len(plan.declared)} assumptions are your own; amounts in {plan.currency}"
    return f"{line}\nno row or no value, so the default: {', '.join(missing)}" if missing else line


def _costs(plan, tables):
    costs = tables["costs"]
    total = costs["cost"].sum()
    lines = [f"costs of a month, {plan.currency}"]
    for row in costs.itertuples():
        share = f"{row.cost / total:4.0%}" if total else "   –"
        lines.append(f"  {row.part:16}{_amount(row.cost):>16}  {share}  {_SHOWN[row.grows]}")
    return "\n".join([*lines, f"  {'all':16}{_amount(total):>16}"])


def _units(plan, tables):
    units = tables["units"].set_index("unit")["value"]
    lines = [f"one of each, {plan.currency} a month"]
    for name in ("cost per user", "cost per request", "inference per request", "cost per feature"):
        lines.append(f"  {name:24}{_amount(units[name]):>14}")
    margin = units["gross margin"]
    revenue = _amount(units["revenue"])
    left = "no revenue, so no gross margin" if isnan(margin) else f"revenue {revenue}, gross margin {margin:.1%}"
    return "\n".join([*lines, f"  {left}"])


def _feature_lines(plan, table):
    lines = [f"features, {plan.currency} a month"]
    for row in table.itertuples():
        lines.append(
            f"  {row.feature!s:20} {row.share:4.0%} of requests, revenue {_amount(row.revenue)}, "
            f"cost {_amount(row.cost)}, margin {_amount(row.margin)}"
        )
    return "\n".join(lines)


def _saving_lines(plan, table):
    lines = [f"what each optimisation saves after those before it, {plan.currency} a month"]
    for name, saves, fed in table.itertuples(index=False):
        lines.append(f"  {name:16}{_amount(saves):>16}{'  feeds model text back' if fed else ''}")
    return "\n".join(lines)


def _later_lines(plan, table):
    lines = [f"later, {plan.currency}"]
    for name, value in table.itertuples(index=False):
        said = "" if value is None else f": {value if isinstance(value, int) else _amount(value)}"
        none = f": none of {_MODELS}" if name.startswith("first model") and value is None else said
        lines.append(f"  {name}{none}")
    return "\n".join(lines)


def _volume_lines(plan, table):
    from collapse_edu.production.economics import revenue, viable_volumes

    lines = ["at other volumes"]
    for row in table.to_dict("records"):
        margin = "–" if isnan(row["gross margin"]) else f"{row['gross margin']:.0%}"
        lines.append(
            f"  {row['times the users']:6g} times: margin {margin}, a user costs {_amount(row['cost per user'])}"
        )
    if revenue(plan):
        found = [str(each) for each in viable_volumes(plan)]
        lines.append(
            f"  margin of at least {plan['least_margin']:.0%}: {'; '.join(found) or 'at none of these volumes'}"
        )
    return "\n".join(lines)


def _moves(tables):
    lines = ["what moves the margin most: 25 % lower, 25 % higher"]
    for row in tables["sensitivities"].head(5).itertuples():
        lines.append(f"  {row.assumption:20} {row.lower:.1%}, {row.higher:.1%}")
    return "\n".join(lines) if len(lines) > 1 else "no margin that something could move"


def _benchmark_lines(table):
    lines = ["scales of an industry glossary, which names no sample"]
    for row in table.to_dict("records"):
        known = row["value"] is not None and not isnan(row["value"])
        value = f"{row['value']:.0f} %, " if known and row["unit"] == "%" else f"${row['value']:.3g}, " if known else ""
        lines.append(f"  {row['metric']:36} {value}{row['place']}")
    return "\n".join(lines)


def _warning_lines(table):
    return "\n".join(f"warning: {line}" for line in table["warning"]) or "no warnings"


def _amount(value):
    """Return an amount with as many places as it needs."""
    value = float(value)
    if isnan(value):
        return "–"
    places = ",.0f" if abs(value) >= 10**5 else ",.2f" if abs(value) >= 1 or value == 0 else ".4g"
    return format(value, places)
