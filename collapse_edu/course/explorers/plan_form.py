"""All assumptions of a plan as a form: a box for each, with costs, margin, savings and the premium beside them."""

import base64
from collections.abc import Callable
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import ipywidgets as widgets
import pandas as pd

from collapse_edu.course.desk import live
from collapse_edu.course.desk.style import STYLE, as_kept, live_region
from collapse_edu.course.explorers.controls import dropdown, slider_with_box
from collapse_edu.plots import plot_premium, plot_waterfall
from collapse_edu.plots.picture import img
from collapse_edu.plots.premium import amount
from collapse_edu.production.board import report_html
from collapse_edu.production.economics import (
    CURRENCIES,
    GROUPS,
    OPTIMISATIONS,
    Plan,
    feedback_share,
    monthly_costs,
    read_plan,
    unit_costs,
    warnings,
    waterfall,
    write_plan,
)
from collapse_edu.production.economics.plan import checked_plan
from collapse_edu.production.economics.readings import written
from collapse_edu.production.feedback import expected_bill
from collapse_edu.production.premium import premium, premium_curve

__all__ = ["PlanForm"]

_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
}
_PARTS = {"model": "models", "feature": "features by name"}  # what any number can be declared of → its fold
_SAID = {
    "model": "More models; the rest of the requests goes to the prices above.",
    "feature": "Single features; use, value and cost are weights.",
}
_ADDED = {"model": {"share": 0.0}, "feature": {"use": 1.0, "value": 1.0}}  # what a new one starts from


class PlanForm:
    """Fill in a plan: all of its assumptions, in folds, and see at once what it costs and what a human row is worth.

    A box takes what people write, such as "1,50" or "40 %"; what has two readings, or is out of range, is refused in
    one line, and the plan stays as it was. An empty box means the default. With another currency the defaults and
    ranges of amounts follow; what was filled in stays.

    Parameters
    ----------
    plan : Plan, optional
        What the form starts from.
    models : int
        New models over which the bill and the premium are counted, from 2 to 60.

    Attributes
    ----------
    plan : Plan
        The plan as it is filled in: use it in the next cell.
    boxes : dict
        Name → the box of an assumption, an ipywidgets.Text.
    refused : dict
        Name → why the text in its box is not taken; "" for what is in no box of an assumption.
    widget : ipywidgets.VBox

    Examples
    --------
    >>> form = PlanForm(Plan("JPY"))
    >>> form.boxes["price_per_user"].value = "1 500"
    >>> form.plan["price_per_user"], form.refused
    (1500.0, {})
    >>> form.boxes["users"].value = "many"
    >>> form.refused["users"]
    "users must be an integer from 0 to 1000000000000; got 'many'"
    """

    def __init__(self, plan: Plan | None = None, *, models: int = 24) -> None:
        self.plan = checked_plan(Plan() if plan is None else plan)
        self.refused: dict[str, str] = {}
        self.boxes: dict[str, widgets.Text] = {}
        self._said: dict[str, widgets.HTML] = {}
        self._quiet = False  # whether boxes change because the plan did
        self._build(models)
        self._show()
        live.take_place(self)

    def set(self, **changes: float | str | list[str]) -> None:
        """Change assumptions, ``currency`` or ``optimisations``, as the boxes do.

        Raises
        ------
        TypeError, ValueError
            As :class:`~collapse_edu.production.economics.Plan`; nothing is changed then.
        """
        self.plan = self.plan.but(**changes)
        self.refused = {name: line for name, line in self.refused.items() if name and name not in changes}
        self._show()

    def close(self) -> None:
        """Give all widgets back."""
        live.close_family(self.widget)

    # --- the form --------------------------------------------------------------------------------------------

    def _build(self, models):
        self._currency = dropdown("currency", list(CURRENCIES), value=self.plan.currency)
        self._switches = {name: widgets.Checkbox(description=name, indent=False) for name in OPTIMISATIONS}
        self._models = slider_with_box("new models ahead", value=models, low=2, high=60)
        for control in (self._currency, self._models, *self._switches.values()):
            control.observe(live.at_home(self._controlled), "value")
        self._results, self._files, self._line = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self._results.add_class("ce-results")
        self._line.add_class("ce-refused")
        make = widgets.Button(description="make files to download")
        make.on_click(live.at_home(lambda _button: self._make_files()))
        self._sheet = widgets.FileUpload(description="read a sheet", accept=".csv,.tsv,.xlsx", multiple=False)
        self._sheet.observe(live.at_home(lambda _change: self._read_sheet()), "value")
        self._folds = widgets.Accordion()
        self._folds.add_class("ce-more")
        top = _settings(self._currency, *self._switches.values(), self._models.row)
        files = _settings(make, self._sheet)
        style = widgets.HTML(STYLE, layout={"display": "none"})
        parts = [top, self._folds, self._results, files, self._line, self._files, style]
        self.widget = widgets.VBox(parts)
        self.widget.add_class("ce-explorer")
        self.widget.add_class("ce-form")

    def _lay_folds(self):
        """Lay a box for each assumption that the plan has; what is there stays, and so does the fold that is open."""
        if not self._folds.children:
            folds = {group: [self._row(name) for name in names] for group, names in GROUPS.items()}
            first, second, *rest = folds
            order = [first, second, *_PARTS.values(), *rest]
            self._folds.children = [widgets.VBox(folds.get(fold, [])) for fold in order]
            self._folds.titles = order
        for kind, fold in _PARTS.items():
            self._folds.children[self._folds.titles.index(fold)].children = self._parts(kind)

    def _parts(self, kind):
        """Return the rows of all models or features with a name, and a box for one more."""
        names = [name for name in self.plan.declared if name.startswith(f"{kind}.")]
        name = widgets.Text(description=f"name of one more {kind}", continuous_update=False)
        name.observe(live.at_home(lambda change: self._add(kind, change["new"].strip())), "value")
        return [widgets.HTML(_SAID[kind]), *(self._row(each) for each in names), _row(name)]

    def _row(self, name):
        if name not in self.boxes:
            box = self.boxes[name] = widgets.Text(continuous_update=False)
            box.add_class(f"ce-param-{name.replace('.', '-')}")
            box.observe(live.at_home(lambda change: self._filled_in(name, change["new"])), "value")
            self._said[name] = widgets.HTML()
            self._said[name].add_class("ce-refused")
        return _row(self.boxes[name], self._said[name])

    # --- what is filled in -----------------------------------------------------------------------------------

    def _filled_in(self, name, text):
        if not self._quiet:
            self._try(lambda: self.plan.but(**{name: text.strip() or self.plan.declared[name].default}), name)

    def _controlled(self, _change):
        if not self._quiet:
            on = [name for name, switch in self._switches.items() if switch.value]
            self._try(lambda: self.plan.but(currency=self._currency.value, optimisations=on))

    def _add(self, kind, name):
        start = dict(_ADDED[kind])
        if kind == "model":
            start |= {part: self.plan[part] for part in ("price_in", "price_out", "price_cached")}
        add = self.plan.with_model if kind == "model" else self.plan.with_feature
        if name:
            self._try(lambda: add(name, **start))

    def _read_sheet(self):
        for file in self._sheet.value:
            with TemporaryDirectory() as folder:
                path = Path(folder, Path(file["name"]).name)
                path.write_bytes(bytes(file["content"]))
                self.refused.clear()
                self._try(lambda path=path: read_plan(path))

    def _try(self, make: Callable[[], Plan], name: str = "") -> None:
        """Take the plan that this makes; where it makes none, say why, and keep the one that is there."""
        self.refused.pop("", None)
        self.refused.pop(name, None)
        try:
            self.plan = make()
        except (TypeError, ValueError, OSError, ModuleNotFoundError) as error:
            self.refused[name] = str(error).partition("\n")[0]
        self._show()

    # --- what is shown ---------------------------------------------------------------------------------------

    def _show(self):
        """Let boxes, results and words follow the plan; a text that was refused stays in its box."""
        self._quiet = True
        try:
            self._currency.value = self.plan.currency
            for name, switch in self._switches.items():
                switch.value = name in self.plan.optimisations
            if not self.boxes.keys() >= self.plan.declared.keys() or not self._folds.children:
                self._lay_folds()
            for name, assumption in self.plan.declared.items():
                unit = assumption.unit.replace("money", self.plan.currency)
                self.boxes[name].description = f"{assumption.description} ({unit})"
                if name not in self.refused:
                    self.boxes[name].value = written(self.plan[name])
                self._said[name].value = live_region(escape(self.refused[name])) if name in self.refused else ""
        finally:
            self._quiet = False
        self._line.value = live_region(escape(self.refused.get("", "")))
        self._files.value = ""
        self._results.value = _results(self.plan, self._models.value)

    def _make_files(self):
        """Make links that hold the files themselves: nothing is written beside the notebook."""
        links = []
        with TemporaryDirectory() as folder:
            for ending in ("csv", "xlsx"):
                try:
                    content = write_plan(self.plan, Path(folder, f"plan.{ending}")).read_bytes()
                    links.append(_link(f"plan.{ending}", content))
                except ModuleNotFoundError as error:
                    links.append(escape(str(error)))
        page = report_html(self.plan, models=self._models.value)
        self._files.value = live_region(" · ".join([*links, _link("report.html", page.encode("utf-8"))]))

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = dict(self.widget._repr_mimebundle_() or {})
        table = self.plan.assumptions()[["assumption", "what it is", "value", "unit"]]
        bundle["text/plain"] = f"{_words(self.plan, self._models.value)}\n\n{_costs(self.plan).to_string(index=False)}"
        bundle["text/html"] = (
            f"{_results(self.plan, self._models.value)}<details><summary>All assumptions</summary>"
            f"{table.to_html(index=False, border=0)}</details>"
        )
        return as_kept(bundle)


def _settings(*controls):
    box = widgets.HBox(controls)
    box.add_class("ce-settings")
    return box


def _row(*parts):
    row = widgets.HBox(parts)
    row.add_class("ce-row")
    return row


def _link(name, content):
    data = base64.b64encode(content).decode()
    kind = _TYPES[name.rpartition(".")[2]]
    return f'<a download="{name}" href="data:{kind};base64,{data}">{name}</a>'


def _costs(plan):
    """Return what a user, a request and a feature cost, and the margin, as a table of texts."""
    units = unit_costs(plan)
    shown = {name: units[name] for name in units.index if name.startswith("cost per")}
    rows = [(f"{name}, {plan.currency}", _or_dash(cost, amount)) for name, cost in shown.items()]
    rows += [
        (f"cost of a month, {plan.currency}", amount(units["cost"])),
        (f"revenue of a month, {plan.currency}", amount(units["revenue"])),
        ("gross margin", _or_dash(units["gross margin"], lambda share: f"{100 * share:.0f} %".replace("-", "−"))),
    ]
    return pd.DataFrame(rows, columns=["of this plan", "now"])


def _or_dash(value, text):
    return "–" if pd.isna(value) else text(value)


def _words(plan: Plan, models: int) -> str:
    """Return the bill and the premium in a sentence or two."""
    if not plan["retrainings"]:
        return "No new model is trained, so none forgets, and no row is worth anything."
    money, worth, bill = plan.currency, premium(plan, models=models), expected_bill(plan, models)[-1]
    rows = f"At {amount(plan['human_row_cost'])} {money} a row, {worth.best_rows:,} rows for each new model save most."
    return (
        f"With new model {models}, forgotten requests cost {amount(bill)} {money} a month more than with the first. "
        f"One more verified human row pays up to {amount(worth.next_row)} {money}. {rows}"
    )


def _results(plan: Plan, models: int) -> str:
    """Return costs, warnings, savings and premium as HTML."""
    checks = "".join(f"<p><b>Check:</b> {escape(line)}.</p>" for line in warnings(plan))
    return "".join(
        [
            live_region(escape(_words(plan, models))),
            checks,
            _costs(plan).to_html(index=False, border=0, header=False),
            *_pictures(plan, models),
        ]
    )


def _pictures(plan, models):
    if plan.optimisations:
        start = float(monthly_costs(plan.but(optimisations=()))["cost"].sum())
        title = "Savings by step; hatched: fed with model text"
        fall = plot_waterfall(waterfall(plan), start=start, currency=plan.currency, title=title)
        yield img(fall.png(), fall.description)
    if plan["retrainings"]:
        own = (1.0 if feedback_share(plan) else plan["contamination"], premium(plan, models=models).next_row)
        worth = plot_premium(
            premium_curve(plan, models=models), price=plan["human_row_cost"], currency=plan.currency, own=own,
            title=f"What one more verified human row is worth, over {models} new models",
        )  # fmt: skip
        yield img(worth.png(), worth.description)
