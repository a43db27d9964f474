"""Costs day by day: the rate that is asked for, what is found and said, and tables that are read or refused."""

import gzip
import json

import numpy as np
import pandas as pd
import pytest

from collapse_edu.production.economics import Plan
from collapse_edu.production.monitoring.costs import Costs, read_costs


def table(rng, n, dearer=1.0, start="2026-01-01", features=("search", "chat")):
    """Return days of a product whose cost per request of the first feature is ``dearer`` times as high."""
    days = pd.date_range(start, periods=n).strftime("%Y-%m-%d")
    parts = []
    for feature in features:
        users = rng.poisson(200, n)
        requests = rng.poisson(10 * users)
        cost = requests * 0.009 * rng.lognormal(0, 0.05, n) * (dearer if feature == features[0] else 1)
        parts.append(
            pd.DataFrame({"date": days, "feature": feature, "users": users, "requests": requests, "cost": cost})
        )
    return pd.concat(parts).sort_values("date", kind="stable", ignore_index=True)


def test_quiet_days_raise_the_two_alarms_at_the_rate_asked_for():
    gathered = sudden = days = 0
    for seed in range(2):
        rng = np.random.default_rng(seed)
        costs = Costs(table(rng, 79), false_alarms=0.05, seed=seed)
        for reading in costs.watch(table(rng, 300, start="2026-06-01")):
            gathered, sudden, days = gathered + reading.verdict.alarm, sudden + reading.sudden, days + 1
        assert costs.rate == 0.05
    assert abs(gathered - 0.05 * days) < 4 * np.sqrt(0.05 * days)
    assert sudden < 0.05 * days * 2  # the rate is the mean over quiet periods: of two, it varies


def test_a_day_alone_is_ranked_exactly():
    """The mean over quiet periods of the share of days that are called sudden is the rate."""
    rng = np.random.default_rng(0)
    costs, called = Costs(table(rng, 39), false_alarms=0.1, per="ever"), []
    for _ in range(1000):
        costs._past = rng.normal(size=(39, 9)) + rng.normal(size=(39, 1))
        called.append(costs._alone(rng.normal(size=9) + rng.normal())[0] <= costs.rate)
    assert costs.rate == 0.1
    assert abs(np.mean(called) - 0.1) < 4 * np.sqrt(0.1 * 0.9 / 1000)


def test_what_grew_dearer_is_said_with_the_plan():
    rng = np.random.default_rng(0)
    costs = Costs(table(rng, 100), plan={"cost per request of search": 0.009}, false_alarms=0.01)
    readings = list(costs.watch(table(rng, 20, dearer=1.3, start="2026-06-01")))
    assert costs.off_plan == ()
    gathered = [reading for reading in readings if reading.verdict.alarm]
    assert any("of search has been above" in reading.sentence for reading in gathered)
    assert any("cost per request of search is above the plan on" in reading.sentence for reading in readings)
    assert costs.n_alerts == sum(reading.alert for reading in readings) <= costs.n_days == 20


def test_a_plan_that_was_missed_before_is_told():
    costs = Costs(table(np.random.default_rng(1), 60), plan={"cost per request of chat": 0.006}, per="ever")
    (told,) = costs.off_plan
    assert told.startswith("cost per request of chat was above the plan before: 0.00")
    assert told.endswith(" against 0.006")


def test_a_whole_plan_gives_what_all_features_should_cost():
    costs = Costs(table(np.random.default_rng(2), 30), plan=Plan(), per="ever")
    assert costs.expected["cost per request of all features"] == pytest.approx(0.02225)
    assert len(costs.off_plan) == 3


def test_a_feature_that_is_gone_is_a_change():
    rng = np.random.default_rng(3)
    costs = Costs(table(rng, 100), per="ever")
    readings = list(costs.watch(table(rng, 5, start="2026-06-01", features=("search",))))
    assert readings[0].sudden
    assert "chat" in readings[0].cause or "all features" in readings[0].cause


def test_the_state_goes_on():
    rng = np.random.default_rng(4)
    past, now = table(rng, 40), table(rng, 12, start="2026-06-01")
    whole, first, second = (Costs(past, per="ever") for _ in range(3))
    expected = list(whole.watch(now))
    list(first.watch(now[:12]))
    second.restore(json.loads(json.dumps(first.state())))
    assert list(second.watch(now)) == expected[6:]
    assert second.n_days == 12


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_tables_are_read(tmp_path, separator, packed):
    text = separator.join(["cost", "requests", "users", "feature", "date", "other"]) + "\n"
    text += separator.join(['"1,50"', "50", "10", "search", "2026-03-04", "x"]) + "\n"
    path = tmp_path / ("costs.csv.gz" if packed else "costs.csv")
    raw = ("\ufeff" + text).encode()
    path.write_bytes(gzip.compress(raw) if packed else raw)
    assert read_costs(path).to_numpy().tolist() == [["2026-03-04", "search", 10.0, 50.0, 1.5]]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('2026-03-04,search,10,50,"1,500"', "line 2: cost must be a number of at least 0"),
        ("2026-03-04,search,10,50,-1", "line 2: cost must be a number of at least 0"),
        ("2026-03-04,search,10,many,1", "line 2: requests must be a number"),
        ("4.3.2026,search,10,50,1", "line 2: date must be a day such as 2026-03-04"),
        ("2026-03-04,,10,50,1", "line 2: feature must be a name"),
        ("2026-03-04,search,10", "line 2: requests must be a number"),
    ],
)
def test_what_may_mean_two_things_is_refused(tmp_path, line, says):
    path = tmp_path / "costs.csv"
    path.write_text(f"date,feature,users,requests,cost\n{line}\n")
    with pytest.raises(ValueError, match=says):
        read_costs(path)


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "costs.csv"
    path.write_text("date,cost\n")
    with pytest.raises(ValueError, match="feature, users, requests is missing"):
        read_costs(path)
    path.write_bytes(b"\x1f\x8b damaged")
    with pytest.raises(ValueError, match="it is damaged"):
        read_costs(path)
    with pytest.raises(TypeError, match="costs must be a table"):
        Costs([1, 2])
    with pytest.raises(ValueError, match="at least 20 rows"):
        Costs(table(np.random.default_rng(0), 5))
    with pytest.raises(ValueError, match="plan must be"):
        Costs(table(np.random.default_rng(0), 30), plan={"cost per click": 1})
