"""Four benchmarks that the field quotes, and where a number of one's own stands on them.

The figures are those of an industry glossary. It names no sample and no method, so they are no measurement: they show
what a business will be compared with.
"""

from dataclasses import dataclass

from collapse_edu.checks import number
from collapse_edu.production.economics import Plan, features, requests, unit_costs

__all__ = ["BENCHMARKS", "Benchmark", "Position", "positions", "unknown"]


@dataclass(frozen=True)
class Benchmark:
    """One scale: low, median, elite.

    Attributes
    ----------
    sector, metric : str
    low : float
        Beyond it lies what the glossary calls low.
    median : tuple of float
        From, to.
    elite : float
        Beyond it lies what the glossary calls elite.
    unit : str
        "%" or "$".
    ends : tuple of float
        Where a picture of the scale begins and ends.
    log : bool
        Whether it is drawn on a logarithmic axis.
    """

    sector: str
    metric: str
    low: float
    median: tuple[float, float]
    elite: float
    unit: str
    ends: tuple[float, float]
    log: bool = False

    @property
    def less_is_better(self) -> bool:
        """Whether elite lies below low."""
        return self.elite < self.low

    def place(self, value: float) -> str:
        """Return the name of the place where a value stands.

        Parameters
        ----------
        value : float
            At least 0; in per cent or dollars, as the unit says.

        Returns
        -------
        str
            "low", "between low and median", "median", "between median and elite" or "elite".

        Raises
        ------
        TypeError, ValueError
            If the value is no number of at least 0.

        Examples
        --------
        >>> [BENCHMARKS[0].place(share) for share in (50, 30, 20, 12, 5)]
        ['low', 'between low and median', 'median', 'between median and elite', 'elite']
        >>> BENCHMARKS[3].place(85)
        'elite'
        """
        value = number(self.metric, value, 0, float("inf"))
        sign = 1 if self.less_is_better else -1
        ends = sorted(self.median, key=lambda end: sign * end)
        if sign * value > sign * self.low:
            return "low"
        if sign * value > sign * ends[1]:
            return "between low and median"
        if sign * value >= sign * ends[0]:
            return "median"
        return "between median and elite" if sign * value >= sign * self.elite else "elite"

    def with_unit(self, value: float) -> str:
        """Return a value with its unit.

        Examples
        --------
        >>> BENCHMARKS[0].with_unit(29.67), BENCHMARKS[1].with_unit(0.009)
        ('30 %', '$0.009')
        """
        return f"{value:.0f} %" if self.unit == "%" else f"${value:.3g}"


BENCHMARKS = (
    Benchmark("AI-first SaaS", "AI cost of goods sold / revenue", 40, (15, 25), 10, "%", (0, 60)),
    Benchmark("enterprise AI", "inference cost per request", 0.10, (0.01, 0.05), 0.005, "$", (0.001, 0.5), log=True),
    Benchmark("consumer AI", "model-routing coverage", 30, (50, 70), 85, "%", (0, 100)),
    Benchmark("all sectors", "AI features that are profitable", 30, (50, 60), 80, "%", (0, 100)),
)


@dataclass(frozen=True)
class Position:
    """A benchmark, and where a plan stands on it.

    Attributes
    ----------
    benchmark : Benchmark
    value : float
        In the unit of the benchmark.
    """

    benchmark: Benchmark
    value: float

    @property
    def place(self) -> str:
        """The name of the place."""
        return self.benchmark.place(self.value)


def positions(plan: Plan, dollar_rate: float | None = None) -> list[Position]:
    """Return where a plan stands on the scales; a scale on which the plan tells nothing is left out.

    Parameters
    ----------
    plan : Plan
    dollar_rate : float, optional
        Dollars for one unit of the plan's currency. Without it, a plan that is not in dollars has no place on the scale
        in dollars.

    Returns
    -------
    list of Position
        In the order of ``BENCHMARKS``. What is left out, and why: :func:`unknown`.

    Raises
    ------
    TypeError, ValueError
        If the rate is no number above 0 (and 1 for dollars).

    Examples
    --------
    >>> from collapse_edu.production.economics import Plan
    >>> plan = Plan("USD", optimisations=["routing"])
    >>> plan = plan.with_feature("search", use=60, value=95).with_feature("drafts", use=40, value=5, cost=3)
    >>> for position in positions(plan):
    ...     print(position.benchmark.metric, position.benchmark.with_unit(position.value), position.place)
    AI cost of goods sold / revenue 20 % median
    inference cost per request $0.00432 elite
    model-routing coverage 60 % median
    AI features that are profitable 50 % median
    >>> [position.benchmark.with_unit(position.value) for position in positions(Plan("JPY"))]  # no rate, no features
    ['30 %', '0 %']
    """
    return [Position(benchmark, found) for benchmark, found in _found(plan, dollar_rate) if not isinstance(found, str)]


def unknown(plan: Plan, dollar_rate: float | None = None) -> dict[str, str]:
    """Return the scales on which a plan has no place, and why.

    Parameters
    ----------
    plan : Plan
    dollar_rate : float, optional
        As in :func:`positions`.

    Returns
    -------
    dict
        Metric → what the plan does not say.

    Raises
    ------
    TypeError, ValueError
        As :func:`positions`.

    Examples
    --------
    >>> from collapse_edu.production.economics import Plan
    >>> unknown(Plan("USD"))
    {'AI features that are profitable': 'the plan does not say what each feature earns'}
    >>> set(unknown(Plan("USD", users=0)).values())
    {'nobody asks anything'}
    """
    return {benchmark.metric: found for benchmark, found in _found(plan, dollar_rate) if isinstance(found, str)}


def _found(plan, dollar_rate):
    """Return each benchmark with the plan's value, or with the reason why there is none."""
    rate = _rate(plan, dollar_rate)
    if not requests(plan):
        return [(benchmark, "nobody asks anything") for benchmark in BENCHMARKS]
    units = unit_costs(plan)
    earns = units["revenue"] > 0
    values = (
        float(100 * units["cost / revenue"]) if earns else "nobody pays",
        float(rate * units["inference per request"]) if rate else f"no rate says what a dollar is in {plan.currency}",
        _routed(plan),
        _profitable(plan) if earns else "nobody pays",
    )
    return list(zip(BENCHMARKS, values, strict=True))


def _rate(plan, dollar_rate):
    if dollar_rate is not None:
        dollar_rate = number("dollar_rate", dollar_rate, 0, 1e9, open_low=True)
    if plan.currency != "USD":
        return dollar_rate
    if dollar_rate not in (None, 1):
        raise ValueError(f"dollar_rate must be 1 for a plan in dollars; got {dollar_rate:g}")
    return 1.0


def _routed(plan):
    """Return the share that a router sends on; shares of several models do not say whether a router makes them."""
    if "routing" in plan.optimisations:
        return 100 * plan["route_share"]
    return "the plan does not say whether a router chooses among its models" if plan.names_of("model") else 0.0


def _profitable(plan):
    """Return the share of the declared features that earn more than they cost."""
    if not plan.names_of("feature"):
        return "the plan does not say what each feature earns"
    return 100 * float((features(plan)["margin"] > 0).mean())
