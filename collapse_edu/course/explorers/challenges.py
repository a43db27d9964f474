"""Challenges: a goal that the learner reaches with an explorer's own controls, as cheaply as they can."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from collapse_edu import theory
from collapse_edu.course.desk.record import Record
from collapse_edu.production.economics import ASSUMPTIONS

__all__ = ["CHALLENGES", "Challenge", "challenge_of"]


@dataclass(frozen=True)
class Challenge:
    """A goal, and what it costs the learner to reach it.

    Attributes
    ----------
    id : str
        Such as ``"M2.c1"``, as the register of lessons has it.
    goal : str
        One sentence.
    reached : callable
        ``reached(result, settings)``: whether the goal is reached.
    cost : callable
        ``cost(result, settings)``: what should be small.
    said : str
        How the cost is told, as a format of Python.
    best : float, optional
        The least cost that reaches the goal, where it is known.
    rules : dict
        Parameter → value that it must have.
    """

    id: str
    goal: str
    reached: Callable[[Any, Mapping[str, Any]], bool]
    cost: Callable[[Any, Mapping[str, Any]], float]
    said: str
    best: float | None = None
    rules: Mapping[str, Any] = field(default_factory=dict)

    def verdict(self, result: Any, settings: Mapping[str, Any]) -> str:
        """Say in one sentence whether a result reaches the goal, and at which cost; keep the learner's best.

        Parameters
        ----------
        result
            What the explorer computed.
        settings : dict
            Its parameters.

        Returns
        -------
        str
        """
        for name, value in self.rules.items():
            if settings[name] != value:
                return f"For the challenge, set {name.replace('_', ' ')} to {value}."
        cost = self.cost(result, settings)
        now = self.said.format(cost)
        if not self.reached(result, settings):
            return f"Not yet, with {now}. {self._so_far()}".strip()
        best = self.kept()
        if best is None or cost < best:
            Record().add("challenge", self.id, best=cost, done=True)
        if self.best is not None and cost <= self.best:
            return f"★ Done with {now}. It cannot be done with less."
        return f"★ Done with {now}. {self._so_far()} Can you do it with less?"

    def kept(self) -> float | None:
        """Return the learner's best so far; None before the goal was reached."""
        events = [event for event in Record().events(self.id) if event["what"] == "challenge"]
        costs = [event["best"] for event in events if isinstance(event.get("best"), int | float)]
        return min(costs, default=None)

    def _so_far(self):
        best = self.kept()
        return "" if best is None else f"Your best: {self.said.format(best)}."


def challenge_of(challenge: "str | Challenge | None") -> Challenge | None:
    """Return a challenge, given itself or its id.

    Raises
    ------
    ValueError
        If there is none with this id.

    Examples
    --------
    >>> challenge_of("M2.c1").best
    88
    """
    if not isinstance(challenge, str):
        return challenge
    if challenge not in CHALLENGES:
        raise ValueError(f"challenge must be one of {', '.join(CHALLENGES)}; got {challenge!r}")
    return CHALLENGES[challenge]


def _both_sides_live(game, settings):
    """Say so by the exact chance: 1,000 games may have luck."""
    real, n = game.bags[0], settings["n"]
    return bool(np.sum(1 - theory.drift.probability_alive(real, settings["generations"], n)) < 0.25)


def _is_nearly_best(weighted, settings):
    """Say so by theory: the valley is flat, and a simulation has luck."""
    weights, t = np.arange(1, 101) / 100, settings["generations"]
    errors = [float(theory.pathways.weighted_error(t, weight, settings["ratio"])) for weight in weights]
    return weighted.weight > 0 and errors[weighted.weight - 1] <= 1.01 * min(errors)


def _keeps_its_variance(history, settings):
    """Say so by the closed form: the median of 1,000 chains may have luck."""
    return bool(theory.gaussian.variance_quantile(0.5, settings["generations"], settings["n"]) > 0.5)


_GIVEN = ("users", "requests_per_user", "price_per_user", "failure_cost")
CHALLENGES = {
    challenge.id: challenge
    for challenge in (
        Challenge(
            "M1.c1",
            "Keep no real data. In fewer than 1 of 4 games one side of the coin is lost within 30 generations: "
            "with how few draws?",
            reached=_both_sides_live,
            cost=lambda game, settings: settings["n"],
            said="{:.0f} draws",
            best=48,
            rules={"bag": "coin", "regime": "replace", "generations": 30},
        ),
        Challenge(
            "M2.c1",
            "Keep no real data. By theory, the median variance is above one half after 60 generations: with how few "
            "samples?",
            reached=_keeps_its_variance,
            cost=lambda history, settings: settings["n"],
            said="{:.0f} samples",
            best=88,
            rules={"regime": "replace", "generations": 60},
        ),
        Challenge(
            "M7.c1",
            "Give the fresh real samples as little weight as you can; after 30 generations the expected error may be "
            "at most 1 in 100 above the smallest.",
            reached=_is_nearly_best,
            cost=lambda weighted, settings: settings["weight"],
            said="a weight of {:.0f} %",
            best=58,
            rules={"ratio": 1.0, "generations": 30},
        ),
        Challenge(
            "M9.c1",
            "Buy human rows, and change nothing else: after 24 new models, less than 1,500 EUR is lost in a month. "
            "How little can it be?",
            reached=lambda result, settings: bool(np.median(result.net[-1]) > -1500),
            cost=lambda result, settings: float(-np.median(result.net[-1])),
            said="{:,.0f} EUR lost in a month",
            rules={name: ASSUMPTIONS[name].default for name in _GIVEN}
            | {"switches": "all four", "times": 1, "currency": "EUR", "models": 24, "seed": 1},
        ),
    )
}
