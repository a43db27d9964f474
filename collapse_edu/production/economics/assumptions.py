"""The numbers that a plan computes with: each has a name, a unit, a range and a source.

Amounts of money are those of euros, dollars and other currencies of about this worth. In a currency whose unit is worth
about a hundredth, defaults and ranges are a hundred times as large: see :mod:`.currencies`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from types import MappingProxyType

from collapse_edu import checks
from collapse_edu.checks import number
from collapse_edu.production.economics.currencies import magnitude
from collapse_edu.production.economics.readings import read_number

__all__ = ["ASSUMPTIONS", "GROUPS", "PARTS", "Assumption", "assumption_of", "unknown"]


@dataclass(frozen=True)
class Assumption:
    """One number that the calculator computes with.

    Attributes
    ----------
    name : str
        As a :class:`Plan` takes it.
    description : str
        What it is, in words.
    default : float
    unit : str
        "money" stands for the currency of the plan, as in "money per row".
    low, high : float
        The range that is allowed.
    source : str
        Where the default is from; all of these are "assumed".
    whole : bool
        Whether it must be a whole number; 1000.0 is one.
    """

    name: str
    description: str
    default: float
    unit: str
    low: float
    high: float
    source: str = "assumed"
    whole: bool = False

    @property
    def is_money(self) -> bool:
        """Whether it is an amount in the currency of the plan."""
        return self.unit.startswith("money")

    def allows(self, value: float) -> bool:
        """Return whether a number is in the range, and whole where it must be.

        Examples
        --------
        >>> ASSUMPTIONS["users"].allows(1.5), ASSUMPTIONS["users"].allows(1500)
        (False, True)
        """
        return self.low <= value <= self.high and not (self.whole and value % 1)

    def within(self, currency: str) -> "Assumption":
        """Return the assumption as a plan in this currency has it: money by the order of magnitude of its unit.

        Examples
        --------
        >>> yen = ASSUMPTIONS["price_per_user"].within("JPY")
        >>> yen.default, yen.high, yen.source
        (150.0, 100000000000, 'assumed, 100 times the euros')
        """
        times = magnitude(currency)
        if times == 1 or not self.is_money:
            return self
        source = f"assumed, {times:,} times the euros"
        default = float(f"{self.default * times:.12g}")  # 0.002 times 100 is 0.2
        return replace(self, default=default, low=self.low * times, high=self.high * times, source=source)

    def checked(self, value: float | str) -> float:
        """Return the value if it is allowed.

        Parameters
        ----------
        value : float or str
            Texts such as "1,50" are read where only one reading is allowed.

        Returns
        -------
        float
            An int, if the assumption is a whole number.

        Raises
        ------
        TypeError, ValueError
            One line that says which assumption, what is allowed, and what came.

        Examples
        --------
        >>> ASSUMPTIONS["price_per_user"].checked("1,50"), ASSUMPTIONS["users"].checked("20 000")
        (1.5, 20000)
        """
        if isinstance(value, str):
            value = read_number(self.name, value, self.allows, share=self.unit == "share")
        if self.whole:
            value = int(value) if isinstance(value, float) and value.is_integer() else value
            return checks.integer(self.name, value, int(self.low), int(self.high))
        return number(self.name, value, self.low, self.high)


_MOST = 10**9
_BY_GROUP = {
    "what is sold": (
        Assumption("users", "paying users", 20_000, "users", 0, 10**12, whole=True),
        Assumption("requests_per_user", "requests of a user in a month", 20, "per user and month", 0, 10**5),
        Assumption("price_per_user", "what a user pays in a month", 1.5, "money per user and month", 0, _MOST),
        Assumption("features", "features that share the requests", 8, "features", 1, 1000, whole=True),
        Assumption("feature_skew", "use of feature k falls as 1/k to this power", 1.0, "exponent", 0, 5),
    ),
    "inference": (
        Assumption("tokens_in", "tokens that a request sends", 2000, "per request", 0, 10**7),
        Assumption("tokens_out", "tokens that an answer has", 500, "per request", 0, 10**7),
        Assumption("price_in", "price of tokens sent", 2.0, "money per million tokens", 0, _MOST),
        Assumption("price_out", "price of tokens answered", 10.0, "money per million tokens", 0, _MOST),
        Assumption("cached_share", "tokens sent that the provider's prompt cache holds", 0.0, "share", 0, 1),
        Assumption("price_cached", "price of tokens from that cache", 0.2, "money per million tokens", 0, _MOST),
        Assumption("retries", "answers of a model that are asked for again", 0.0, "per answer", 0, 100),
        Assumption("retry_price", "asking again, against asking first", 1.0, "factor", 0, 10),
    ),
    "checks": (
        Assumption("checked_share", "answers that a person checks", 0.01, "share", 0, 1),
        Assumption("check_cost", "one check by a person", 0.4, "money per check", 0, _MOST),
    ),
    "training": (
        Assumption("retrainings", "new models in a month", 1.0, "per month", 0, 100),
        Assumption("training_cost", "computing for one new model", 800.0, "money per model", 0, _MOST),
        Assumption("training_rows", "rows that a new model learns from", 20_000, "per model", 1, 10**6, whole=True),
        Assumption("row_cost", "collecting and cleaning a row, writer unknown", 0.05, "money per row", 0, _MOST),
        Assumption("synthetic_row_cost", "letting a model write a row", 0.002, "money per row", 0, _MOST),
        Assumption("human_rows", "verified human rows bought in a month", 200, "per month", 0, 10**6, whole=True),
        Assumption("human_row_cost", "a row that a person surely wrote", 2.0, "money per row", 0, _MOST),
    ),
    "platform": (
        Assumption("platform_cost", "servers, monitoring, people on call", 1500.0, "money per month", 0, _MOST),
    ),
    "optimisations": (
        Assumption("cache_share", "requests that a stored answer fits", 0.25, "share", 0, 1),
        Assumption("cache_price", "a stored answer, against a model's", 0.02, "share", 0, 1),
        Assumption("batch_share", "requests that can wait", 0.3, "share", 0, 1),
        Assumption("batch_discount", "what waiting saves", 0.5, "share", 0, 1),
        Assumption("smaller_price", "smaller model, against the present one", 0.4, "share", 0, 1),
        Assumption("smaller_redo", "its answers that the present one must redo", 0.08, "share", 0, 1),
        Assumption("route_share", "easy requests, sent to a small model", 0.6, "share", 0, 1),
        Assumption("route_price", "that small model, against the present one", 0.1, "share", 0, 1),
        Assumption("route_overhead", "the router, against the present model", 0.02, "share", 0, 1),
        Assumption(
            "smaller_feeds_back", "smaller model learns from answers: 1 yes, 0 no", 1, "0 or 1", 0, 1, whole=True
        ),
        Assumption(
            "route_feeds_back",
            "routed model learns from answers: 1 yes, 0 no",
            1,
            "0 or 1",
            0,
            1,
            whole=True,
        ),
    ),
    "scale": (
        Assumption("price_at_ten", "price of a user, at ten times the users", 0.7, "factor", 0, 10),
        Assumption("tokens_at_ten", "price of tokens, at ten times the users", 0.9, "factor", 0, 10),
        Assumption("fixed_at_ten", "platform and training, at ten times the users", 1.5, "factor", 0, 100),
        Assumption("human_at_ten", "human rows, at ten times the users", 1.0, "factor", 0, 100),
        Assumption("least_margin", "gross margin that you call viable", 0.7, "share", 0, 1),
    ),
    "forgetting": (
        Assumption("request_types", "different types of requests", 2000, "types", 1, 10**5, whole=True),
        Assumption("request_exponent", "type k is asked as often as 1/k to this power", 1.1, "exponent", 0, 5),
        Assumption("failure_cost", "a request of an unknown type", 0.1, "money per request", 0, _MOST),
        Assumption("contamination", "model text in what is collected", 0.0, "share", 0, 1),
    ),
}
ASSUMPTIONS = MappingProxyType({assumption.name: assumption for group in _BY_GROUP.values() for assumption in group})
# What belongs together → names, in the order of ASSUMPTIONS.
GROUPS = MappingProxyType({group: tuple(each.name for each in members) for group, members in _BY_GROUP.items()})

# Any number of these may be declared, each with a name of its own: "model.mini.share" is the share of a model "mini".
PARTS: Mapping[str, Mapping[str, Assumption]] = MappingProxyType(
    {
        "model": {
            "share": Assumption("share", "requests that go to this model", 0.0, "share", 0, 1),
            "price_in": Assumption("price_in", "its price of tokens sent", 0.0, "money per million tokens", 0, _MOST),
            "price_out": Assumption("price_out", "its price of answers", 0.0, "money per million tokens", 0, _MOST),
            "price_cached": Assumption(
                "price_cached", "its price of cached tokens", 0.0, "money per million tokens", 0, _MOST
            ),
        },
        "feature": {
            "use": Assumption("use", "requests to this feature, against the others", 1.0, "weight", 0, _MOST),
            "value": Assumption("value", "what users pay for it, against the others", 1.0, "weight", 0, _MOST),
            "cost": Assumption("cost", "inference of one request, against the others", 1.0, "weight", 0, _MOST),
        },
    }
)


_NAME = re.compile(r"\w[\w .+/-]{0,59}")  # no sign that a spreadsheet takes for a formula


def assumption_of(name: str) -> Assumption | None:
    """Return the assumption of this name: one of ``ASSUMPTIONS``, or of a model or feature; None if there is none.

    Examples
    --------
    >>> assumption_of("model.mini.share").description
    'requests that go to this model (mini)'
    >>> assumption_of("model.mini.colour") is None
    True
    """
    if name in ASSUMPTIONS:
        return ASSUMPTIONS[name]
    kind, _, rest = name.partition(".")
    own, _, part = rest.rpartition(".")
    found = PARTS.get(kind, {}).get(part)
    if not found or not _NAME.fullmatch(own):
        return None
    return replace(found, name=name, description=f"{found.description} ({own})")


def unknown(name: object) -> str:
    """Return one line that says that no assumption has this name, and what may have been meant.

    Examples
    --------
    >>> unknown("user")
    "assumption must be a name in ASSUMPTIONS; got 'user': did you mean 'users'?"
    """
    patterns = [f"{kind}.NAME.{part}" for kind, parts in PARTS.items() for part in parts]
    near = get_close_matches(str(name), [*ASSUMPTIONS, *patterns], n=1)
    return f"assumption must be a name in ASSUMPTIONS; got {name!r}" + (f": did you mean {near[0]!r}?" if near else "")
