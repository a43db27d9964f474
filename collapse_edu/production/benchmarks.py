"""Four benchmarks that the field quotes, and where a number of one's own stands on them.

The figures are those of an industry glossary. It names no sample and no method, so they are no measurement: they show
what a business will be compared with.
"""

from dataclasses import dataclass

from collapse_edu.checks import number
from collapse_edu.production.economics import Plan, features, unit_costs

__all__ = ["BENCHMARKS", "Benchmark", "Position", "positions"]


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
    """Return where a plan stands on the scales.

    Whether a feature is profitable follows from the plan's split of the revenue by requests: see
    :func:`~collapse_edu.production.economics.features`.

    Parameters
    ----------
    plan : Plan
        With users who pay and ask.
    dollar_rate : float, optional
        Dollars for one unit of the plan's currency. Without it, a plan that is not in dollars has no place on the scale
        in dollars, and that scale is left out.

    Returns
    -------
    list of Position
        In the order of ``BENCHMARKS``.

    Raises
    ------
    TypeError, ValueError
        If the plan has no revenue, or the rate is no number above 0 (and 1 for dollars).

    Examples
    --------
    >>> from collapse_edu.production.economics import Plan
    >>> for position in positions(Plan("USD", optimisations=["routing"])):
    ...     print(position.benchmark.metric, position.benchmark.with_unit(position.value), position.place)
    AI cost of goods sold / revenue 20 % median
    inference cost per request $0.00432 elite
    model-routing coverage 60 % median
    AI features that are profitable 100 % elite
    >>> [position.benchmark.with_unit(position.value) for position in positions(Plan("JPY"))]  # no rate, no dollars
    ['30 %', '0 %', '100 %']
    """
    units = unit_costs(plan)
    if not units["revenue"] > 0:
        raise ValueError("users and price_per_user must be above 0 for a place on the scales; got no revenue")
    if dollar_rate is not None:
        dollar_rate = number("dollar_rate", dollar_rate, 0, 1e9, open_low=True)
    if plan.currency == "USD":
        if dollar_rate not in (None, 1):
            raise ValueError(f"dollar_rate must be 1 for a plan in dollars; got {dollar_rate:g}")
        dollar_rate = 1.0
    values = (
        100 * units["cost / revenue"],
        None if dollar_rate is None else dollar_rate * units["inference per request"],
        100 * plan["route_share"] if "routing" in plan.optimisations else 0.0,
        100 * float((features(plan)["margin"] > 0).mean()),
    )
    pairs = zip(BENCHMARKS, values, strict=True)
    return [Position(benchmark, float(value)) for benchmark, value in pairs if value is not None]
