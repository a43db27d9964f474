"""A plan: all assumptions of a product, checked, each with where it is from."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pandas as pd

from collapse_edu import checks
from collapse_edu.production.economics.assumptions import ASSUMPTIONS, PARTS, Assumption, assumption_of, unknown
from collapse_edu.production.economics.currencies import currency_label

__all__ = ["OPTIMISATIONS", "Plan", "checked_plan"]

OPTIMISATIONS = ("caching", "batching", "smaller model", "routing")
_OLD_NAMES = {"kinds": "request_types", "kinds_exponent": "request_exponent"}  # until 1.0.0
_NEEDED = {"model": ("share", "price_in", "price_out"), "feature": ("use", "value")}


class Plan:
    """All assumptions of a product, and which optimisations are switched on.

    Parameters
    ----------
    currency : str
        One of ``CURRENCIES``, in capitals or not; codes that are not listed are refused, so that a slip of the pen is
        no currency. Defaults and ranges of amounts follow the order of magnitude of its unit. Nothing is converted: who
        changes the currency enters prices in the new one, too.
    optimisations : sequence of str
        Any of ``OPTIMISATIONS``: caching, batching, smaller model, routing.
    **values
        Assumptions that differ from their default, by name: numbers, or texts that can be read in one way ("1,50").
        More models and single features are declared by names with points: see :meth:`with_model` and
        :meth:`with_feature`.

    Attributes
    ----------
    currency : str
    optimisations : tuple of str
    declared : dict
        Name → :class:`Assumption` with the range and default that hold in this plan.
    sources : dict
        Name → where a value is from, for those that are no default.

    Raises
    ------
    TypeError, ValueError
        One line that names the parameter, what is allowed, and what came.

    Examples
    --------
    >>> plan = Plan(users=1000, price_per_user="3,20")
    >>> plan["users"], plan["price_per_user"], plan["price_in"], plan.but(users=2000)["users"]
    (1000, 3.2, 2.0, 2000)
    >>> Plan("JPY")["price_in"], Plan("JPY").sources, Plan("JPY").declared["price_in"].source
    (200.0, {}, 'assumed, 100 times the euros')
    >>> Plan(users=-5)
    Traceback (most recent call last):
    ...
    ValueError: users must be an integer from 0 to 1000000000000; got -5
    >>> Plan(user=5)
    Traceback (most recent call last):
    ...
    ValueError: assumption must be a name in ASSUMPTIONS; got 'user': did you mean 'users'?
    """

    @checks.renamed(**_OLD_NAMES)
    def __init__(self, currency: str = "EUR", optimisations: Collection[str] = (), **values: float | str) -> None:
        self.currency = currency_label(currency)
        self.optimisations = _optimisations(optimisations)
        known = dict(ASSUMPTIONS)
        for name in values:
            if name not in known:
                known[name] = _declared(name)
        known = {name: assumption.within(self.currency) for name, assumption in known.items()}
        own = {name: known[name].checked(value) for name, value in values.items()}
        own |= _completed(own)
        self.sources = dict.fromkeys(values, "yours")
        self._values = {name: known[name].default for name in ASSUMPTIONS} | own
        order = [*ASSUMPTIONS, *_all_parts(own)]
        known |= {name: _declared(name).within(self.currency) for name in order if name not in known}
        self.declared: Mapping[str, Assumption] = MappingProxyType(
            _limited(self, {name: known[name] for name in order})
        )
        if features := self.names_of("feature"):
            self._values["features"] = len(features)
            self.sources["features"] = "declared by name"

    def __getitem__(self, name: str) -> float:
        name = _OLD_NAMES.get(name, name)
        if name not in self._values:
            raise KeyError(unknown(name))
        return self._values[name]

    @checks.renamed(**_OLD_NAMES)
    def but(self, **changes: float | str | Collection[str]) -> "Plan":
        """Return a plan that differs in some assumptions, in ``currency`` or in ``optimisations``.

        With another currency, what was never set gets the defaults of that currency; what was set stays as it is.
        """
        return self.but_from("yours", changes)

    def but_from(self, source: str | Mapping[str, str], changes: Mapping[str, object]) -> "Plan":
        """Return a plan that differs, as :meth:`but` does, and that says where the changes are from.

        Parameters
        ----------
        source : str or dict
            Of all changes, or of each by name.
        changes : dict
            Name → value.

        Returns
        -------
        Plan

        Examples
        --------
        >>> Plan().but_from("invoice of May", {"platform_cost": 1820}).sources
        {'platform_cost': 'invoice of May'}
        """
        own = {name: self._values[name] for name in self.sources}
        values: dict[str, Any] = {"currency": self.currency, "optimisations": self.optimisations, **own, **changes}
        plan = Plan(**values)
        said = source if isinstance(source, Mapping) else dict.fromkeys(changes, source)
        plan.sources |= self.sources | {name: said[name] for name in changes if name in plan.declared}
        return plan

    def with_model(
        self, name: str, *, share: float | str, price_in: float | str, price_out: float | str,
        price_cached: float | str | None = None,
    ) -> "Plan":  # fmt: skip
        """Return a plan in which one more model answers a share of the requests.

        What is left of the requests goes to the model of ``price_in`` and ``price_out``. The optimisations
        start from what all models cost together: "smaller_price" and "route_price" are shares of that.

        Parameters
        ----------
        name : str
        share : float
            Of the requests, from 0 to 1; all models together at most 1.
        price_in, price_out : float
            Of a million tokens, in the plan's currency.
        price_cached : float, optional
            Of a million tokens from the provider's prompt cache; ``price_in``, if not given.

        Returns
        -------
        Plan

        Raises
        ------
        TypeError, ValueError
            If a number is not as above.

        Examples
        --------
        >>> plan = Plan("USD").with_model("mini", share=0.7, price_in=0.4, price_out="1,60")
        >>> plan["model.mini.price_out"], plan.names_of("model")
        (1.6, ['mini'])
        """
        given = {"share": share, "price_in": price_in, "price_out": price_out, "price_cached": price_cached}
        return self._with("model", name, given)

    def with_feature(self, name: str, *, use: float | str, value: float | str, cost: float | str = 1.0) -> "Plan":
        """Return a plan that knows one more feature: how much it is used, what it earns and what it costs.

        All three are weights: only their size against those of the other features counts. ``features`` becomes the
        number of features that are declared, and ``feature_skew`` is not used.

        Parameters
        ----------
        name : str
        use : float
            Requests to this feature.
        value : float
            What users pay for it: revenue, or points in a survey.
        cost : float
            Inference of one request to it.

        Returns
        -------
        Plan

        Raises
        ------
        TypeError, ValueError
            If a number is not one of at least 0.

        Examples
        --------
        >>> plan = Plan().with_feature("search", use=60, value=20).with_feature("drafts", use=40, value=80, cost=3)
        >>> plan["features"], plan["feature.drafts.cost"]
        (2, 3.0)
        """
        return self._with("feature", name, {"use": use, "value": value, "cost": cost})

    def _with(self, kind, name, given):
        if not isinstance(name, str):
            raise TypeError(f"name of a {kind} must be a text; got {name!r}")
        return self.but(**{f"{kind}.{name}.{part}": value for part, value in given.items() if value is not None})

    def names_of(self, kind: str) -> list[str]:
        """Return the names of the models or features that are declared.

        Parameters
        ----------
        kind : str
            "model" or "feature".
        """
        return _names_of(kind, self._values)

    def assumptions(self) -> pd.DataFrame:
        """Return all assumptions as a pandas.DataFrame: what, value, unit, low, high, source.

        The source is that of the default, "yours" for what was set, "computed for … times the users", or a price list.
        """
        columns = {
            "assumption": self.declared,
            "what it is": [assumption.description for assumption in self.declared.values()],
            "value": [self[name] for name in self.declared],
            "unit": [assumption.unit.replace("money", self.currency) for assumption in self.declared.values()],
            "low": [assumption.low for assumption in self.declared.values()],
            "high": [assumption.high for assumption in self.declared.values()],
            "source": [self.sources.get(name, assumption.source) for name, assumption in self.declared.items()],
        }
        # whole numbers stay whole
        return pd.DataFrame({name: pd.Series(list(column), dtype=object) for name, column in columns.items()})

    def __repr__(self) -> str:
        changed = [f"{name}={self[name]!r}" for name in ASSUMPTIONS if self[name] != self.declared[name].default]
        pointed = {name: self[name] for name in self.declared if name not in ASSUMPTIONS}
        last = [f"**{pointed!r}"] if pointed else []
        return f"Plan({', '.join([repr(self.currency), repr(list(self.optimisations)), *changed, *last])})"


def checked_plan(value: object) -> Plan:
    """Return ``value`` if it is a plan.

    Raises
    ------
    TypeError
        One line, if it is none.

    Examples
    --------
    >>> checked_plan(Plan())
    Plan('EUR', [])
    """
    if not isinstance(value, Plan):
        raise TypeError(f"plan must be a Plan, such as Plan(users=1000); got {type(value).__name__}")
    return value


def _optimisations(names: Collection[str]) -> tuple[str, ...]:
    """Return the names of optimisations in the order of ``OPTIMISATIONS``."""
    several = isinstance(names, tuple | list | set | frozenset)
    if not several or not all(name in OPTIMISATIONS for name in names):
        raise ValueError(f"optimisations must be a list of any of {', '.join(OPTIMISATIONS)}; got {names!r}")
    return tuple(name for name in OPTIMISATIONS if name in names)


def _declared(name):
    """Return the assumption of a model or feature."""
    found = assumption_of(name)
    if found is None:
        raise ValueError(unknown(name))
    return found


def _names_of(kind, values):
    """Return the names of the declared models or features, in the order in which they came."""
    found = [name.removeprefix(f"{kind}.").rpartition(".")[0] for name in values if name.startswith(f"{kind}.")]
    return list(dict.fromkeys(found))


def _completed(own):
    """Return what may be left out of a declared model or feature; refuse what may not."""
    more = {}
    for kind, needed in _NEEDED.items():
        for name in _names_of(kind, own):
            for part in needed:
                if f"{kind}.{name}.{part}" not in own:
                    raise ValueError(f"{kind}.{name}.{part} must be given, too: {kind} {name!r} is declared")
    for name in _names_of("model", own):
        more.setdefault(f"model.{name}.price_cached", own[f"model.{name}.price_in"])
    for name in _names_of("feature", own):
        more.setdefault(f"feature.{name}.cost", 1.0)
    for part in ("use", "value") if _names_of("feature", own) else ():
        if not any(own[f"feature.{name}.{part}"] for name in _names_of("feature", own)):
            raise ValueError(f"feature.NAME.{part} must be above 0 for one feature at least; got 0 for all")
    return {name: value for name, value in more.items() if name not in own}


def _all_parts(own):
    """Return the names of all parts of the declared models and features, in order."""
    return [
        f"{kind}.{declared}.{part}"
        for kind, parts in PARTS.items()
        for declared in _names_of(kind, own)
        for part in parts
    ]


def _limited(plan, declared):
    """Return the assumptions, with the shares of the models limited by each other."""
    shares = {name: plan[name] for name in (f"model.{model}.share" for model in plan.names_of("model"))}
    total = sum(shares.values())
    if total > 1 + 1e-9:
        raise ValueError(f"shares of the models must add to at most 1; got {total:g}: {', '.join(shares)}")
    limits = {name: replace(declared[name], high=min(1.0, 1 - total + share)) for name, share in shares.items()}
    return declared | {name: limit for name, limit in limits.items() if limit.high >= plan[name]}
