"""The result of a run: its table, its sentences, and a file that comes back to the bit."""

import os
import stat
import sys

import numpy as np
import pandas as pd
import pytest

from collapse_edu import History


@pytest.fixture
def history():
    return History(
        {
            ("replace", "variance"): [[1.0, 2.0], [0.5, 1.5], [0.1, np.nan]],
            ("replace", "mean"): [[0.0, 0.1], [0.2, 0.3], [0.4, np.nan]],
            ("mix(0.1)", "variance"): [[1.0, 2.0], [1.0, 1.9], [1.1, 1.8]],
        },
        {"seed": 3},
    )


def test_table_is_tidy(history):
    table = history.table
    assert list(table.columns) == ["generation", "chain", "regime", "measure", "value"]
    assert len(table) == 18
    row = table.query("generation == 3 and chain == 1 and regime == 'mix(0.1)' and measure == 'variance'")
    assert row["value"].tolist() == [1.8]
    assert not table.duplicated(["generation", "chain", "regime", "measure"]).any()
    assert table["generation"].min() == 1
    assert History({}).table.empty


def test_values_by_name(history):
    assert history.regimes == ["replace", "mix(0.1)"]
    assert history.measures == ["variance", "mean"]
    assert history["mix(0.1)", "variance"][2, 1] == 1.8
    assert History({("replace", "mean"): [[1.0]]})["mean"] == [[1.0]]
    with pytest.raises(KeyError, match=r"no 'variance' here; there is"):
        history["variance"]
    with pytest.raises(KeyError, match=r"no .* here; there is"):
        history["replace", "nothing"]


def test_summary_is_over_chains(rng):
    values = rng.exponential(size=(4, 300))
    summary = History({("replace", "variance"): values}).summary("variance")
    np.testing.assert_allclose(summary["median"], np.median(values, axis=1))
    np.testing.assert_allclose(summary["mean"], values.mean(axis=1))
    np.testing.assert_allclose(summary["low"], np.quantile(values, 0.05, axis=1))
    np.testing.assert_allclose(summary["high"], np.quantile(values, 0.95, axis=1))
    assert summary["generation"].tolist() == [1, 2, 3, 4]


def test_summary_leaves_out_what_was_not_reached(history):
    history.values["replace", "variance"][1:] = np.nan
    summary = history.summary("variance")
    assert summary.query("regime == 'replace'")["generation"].tolist() == [1]
    assert len(summary.query("regime == 'mix(0.1)'")) == 3
    with pytest.raises(KeyError, match=r"no measure 'perplexity' here; there is"):
        history.summary("perplexity")


@pytest.mark.parametrize(
    ("row", "low", "median", "high"),
    [
        ([1, 2, np.inf], 1.1, 2, np.inf),
        ([1, 2, np.inf, np.nan], 1.1, 2, np.inf),
        ([np.inf, 1, 2, 3, np.inf], 1.2, 3, np.inf),
        ([1, np.inf], np.inf, np.inf, np.inf),
        ([np.inf, np.inf], np.inf, np.inf, np.inf),
        ([-np.inf, 1, 2], -np.inf, 1, 1.9),
        ([np.inf], np.inf, np.inf, np.inf),
    ],
)
@pytest.mark.filterwarnings("error")
def test_infinite_numbers_are_larger_than_all_others(row, low, median, high):
    # A perplexity is infinite by design; NaN is what was not reached.
    found = History({("replace", "perplexity"): [row, [1.0] * len(row)]}).summary("perplexity")
    np.testing.assert_allclose(found[["low", "median", "high"]].to_numpy()[0], [low, median, high])
    assert found["median"][1] == 1
    assert ("inf" in History({("replace", "perplexity"): [row]}).describe()) == np.isinf(median)


def test_quantiles_of_finite_numbers_have_the_bits_of_numpy(rng):
    values = rng.normal(size=(20, 7))
    values[3, 2] = np.nan
    found = History({("replace", "mean"): values}).summary("mean")[["low", "median", "high"]].to_numpy()
    np.testing.assert_array_equal(found.T, np.nanquantile(values, [0.05, 0.5, 0.95], axis=1))


def test_a_history_of_nothing_can_be_looked_at():
    for nothing in (History({}), History({("replace", "variance"): np.full((3, 2), np.nan)})):
        assert nothing.summary().empty
        assert nothing.describe() == "Nothing was measured."
        assert "Nothing was measured." in nothing._repr_html_()
        assert repr(nothing).startswith("History: ")


def test_describe_says_what_the_numbers_say(history):
    history.values["replace", "variance"][2, 1] = 0.2
    assert history.describe("variance") == (
        "Under replace, the median variance of 2 chains goes from 1.5 in generation 1 to 0.15 in generation 3. "
        "Under mix(0.1), the median variance of 2 chains goes from 1.5 in generation 1 to 1.45 in generation 3."
    )
    one = History({("anchor", "types_alive"): [[8.0], [5.0]]})
    assert one.describe() == "Under anchor, the types alive goes from 8 in generation 1 to 5 in generation 2."


def test_describe_does_not_pass_one_chain_off_as_all(history):
    replaced, mixed = history.describe("variance").split(" Under ")
    assert "1 of them" in replaced  # the other chain was interrupted before generation 3
    assert "of them" not in mixed


def test_describe_after_a_stop_counts_the_chains_that_were_begun():
    values = [[1.0, 2.0, np.nan], [0.5, np.nan, np.nan], [np.nan] * 3]
    assert History({("replace", "variance"): values}).describe() == (
        "Under replace, the median variance of 2 chains goes from 1.5 in generation 1 to 0.5 in generation 2, "
        "which 1 of them reached (3 of 9 numbers are there)."
    )
    first_alone = History({("replace", "variance"): [[1.0, np.nan], [0.5, np.nan]]})
    assert first_alone.describe() == (
        "Under replace, the variance goes from 1 in generation 1 to 0.5 in generation 2 (2 of 4 numbers are there)."
    )


@pytest.mark.parametrize("values", [[1.0, 0.5], 1.0, [[[1.0]]]])
def test_an_array_that_is_no_table_gets_one_line(values):
    with pytest.raises(
        ValueError, match=r"^values of \('replace', 'variance'\) must have shape \(generations, chains\); got"
    ):
        History({("replace", "variance"): values})


@pytest.mark.parametrize("key", ["variance", ("variance",), ("replace", 1), ("a", "b", "c")])
def test_a_key_that_is_no_pair_of_names_gets_one_line(key):
    with pytest.raises(ValueError, match=r"^values must have keys \(regime, measure\), two strings; got "):
        History({key: [[1.0]]})


def test_settings_are_plain_at_once():
    settings = History({}, {"n": np.int64(3), "bias": np.float32(0.5), "shape": (8, 8)}).settings
    assert settings == {"n": 3, "bias": 0.5, "shape": [8, 8]}
    assert type(settings["n"]) is int
    with pytest.raises(TypeError, match=r"^settings must contain what JSON can: .*; got object$"):
        History({}, {"model": object()})


def test_html_holds_sentence_and_milestones(history):
    html = history._repr_html_()
    assert history.describe() in html
    assert "95 %" in html
    long = History({("replace", "variance"): np.ones((100, 2))})._repr_html_()
    assert long.count("<tr") == 6  # a head and five generations


def test_together(history):
    other = History({("anchor", "variance"): [[1.0]]}, {"seed": 4})
    both = History.together(history, other)
    assert both.regimes == ["replace", "mix(0.1)", "anchor"]
    assert both.settings["anchor"] == {"seed": 4}
    assert both.settings["replace"] == {"seed": 3}
    with pytest.raises(ValueError, match=r"^histories must differ; got .* twice, with the same numbers$"):
        History.together(history, history)


def test_regimes_of_one_name_are_numbered():
    one, two, three = (History({("halved", "variance"): [[value]]}, {"seed": value}) for value in (1.0, 2.0, 3.0))
    both = History.together(one, two, three)
    assert both.regimes == ["halved", "halved (2)", "halved (3)"]
    assert both["halved (3)", "variance"] == [[3.0]]
    assert both.settings == {"halved": {"seed": 1.0}, "halved (2)": {"seed": 2.0}, "halved (3)": {"seed": 3.0}}
    other = History({("halved", "mean"): [[0.0]]})
    assert History.together(one, other).regimes == ["halved"]  # other numbers of the same regime
    more = History.together(History.together(one, two), three)
    assert more.values == both.values


def test_equality(history):
    twin = History(history.values, history.settings)
    assert history == twin
    assert history != History(history.values, {"seed": 4})
    changed = {key: array.copy() for key, array in history.values.items()}
    changed["replace", "mean"][0, 0] = np.nextafter(0, 1)
    assert history != History(changed, history.settings)
    assert history != "history"


def test_numbers_are_floats_and_none_is_a_gap():
    found = History({("replace", "x"): [[1, None]], ("replace", "y"): [[1, 2]]})
    np.testing.assert_array_equal(found["x"], [[1.0, np.nan]])
    assert found["x"].dtype == found["y"].dtype == float


def test_what_was_put_together_before_keeps_the_settings_of_each_regime():
    one, two, three = (History({(name, "x"): [[1.0]]}, {"seed": seed}) for seed, name in enumerate("abc"))
    found = History.together(History.together(one, two), three)
    assert found.settings == {"a": {"seed": 0}, "b": {"seed": 1}, "c": {"seed": 2}}
    assert found == History.together(one, two, three)


# ---------------------------------------------------------------- files

AWKWARD = [
    0.1, 1 / 3, np.pi, 1e-308, 5e-324, 1.7976931348623157e308, -0.0, np.nextafter(1, 2), 123456789.123456789,
    np.inf, -np.inf, np.nan,
]  # fmt: skip


def test_file_comes_back_to_the_bit(tmp_path, rng):
    values = np.concatenate([AWKWARD, rng.standard_normal(500), 10.0 ** rng.uniform(-300, 300, 500)])
    history = History({("replace", "x"): values[:, None]}, {"seed": 1, "bias": 0.8, "note": "größer"})
    loaded = History.load(history.save(tmp_path / "history.csv"))
    assert loaded == history
    np.testing.assert_array_equal(loaded["x"].view(np.uint64), history["x"].view(np.uint64))


def test_a_file_without_gaps_comes_back_to_the_bit(tmp_path, rng):
    # Where no number is missing a reader may take the column for floats and read them less exactly.
    values = np.concatenate([AWKWARD[:-3], rng.standard_normal(5000), 10.0 ** rng.uniform(-300, 300, 5000)])
    history = History({("007", "1e5"): values[:, None]})  # and all names for numbers
    loaded = History.load(history.save(tmp_path / "history.csv"))
    np.testing.assert_array_equal(loaded["007", "1e5"].view(np.uint64), history["1e5"].view(np.uint64))


@pytest.mark.parametrize(
    "name", ["NA", "None", "nan", "null", "", "01", "1e5", 'é, "x"\n', " pad ", "# c", "鯨", "mix(0.1)"]
)
def test_names_come_back(tmp_path, name):
    history = History({(name, "m"): [[1.0, np.nan]], ("other", name): [[2.0, 3.0]]})
    assert History.load(history.save(tmp_path / "history.csv")) == history


def test_a_generation_that_was_not_reached_comes_back(tmp_path):
    history = History({("b", "y"): [[1.0, 2.0], [np.nan, np.nan]], ("a", "x"): [[1.0], [2.0]]})
    loaded = History.load(history.save(tmp_path / "history.csv"))
    assert loaded == history
    assert loaded.regimes == ["b", "a"]


def test_a_spreadsheet_can_read_the_file(tmp_path, history):
    table = pd.read_csv(history.save(tmp_path / "history.csv"), comment="#")
    assert table.shape == (18, 5)


def test_a_failure_leaves_the_old_file(tmp_path, history, monkeypatch):
    path = history.save(tmp_path / "history.csv")
    before = path.read_bytes()

    def full_disk(handle):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        History({("anchor", "variance"): [[9.0]]}).save(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["history.csv"]


def test_an_interruption_leaves_the_old_file(tmp_path, history, monkeypatch):
    path = history.save(tmp_path / "history.csv")
    before = path.read_bytes()

    def interrupted(one, other):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        History({}).save(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["history.csv"]


def test_settings_that_do_not_fit_leave_the_old_file(tmp_path, history):
    path = history.save(tmp_path / "history.csv")
    history.settings["model"] = object()
    with pytest.raises(TypeError, match="JSON"):
        history.save(path)
    del history.settings["model"]
    assert History.load(path) == history
    assert os.listdir(tmp_path) == ["history.csv"]


def test_a_saved_file_takes_the_place_of_the_old_one(tmp_path, history):
    path = history.save(tmp_path / "history.csv")
    other = History({("anchor", "variance"): [[9.0]]})
    assert History.load(str(other.save(str(path)))) == other


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no umask")
def test_others_may_read_the_file_as_any_other_file(tmp_path, history):
    (tmp_path / "plain").write_text("x")
    saved = history.save(tmp_path / "history.csv")
    assert stat.S_IMODE(saved.stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


HEAD = "# {}\ngeneration,chain,regime,measure,value\n"


def test_a_file_of_an_older_version_is_read(tmp_path):
    path = tmp_path / "kept.csv"
    path.write_text('# {"seed": 0}\ngeneration,chain,regime,metric,value\n1,0,replace,variance,0.1\n')
    assert History.load(path) == History({("replace", "variance"): [[0.1]]}, {"seed": 0})


def test_metric_goes_on_as_the_old_name_of_measure(history):
    assert history.metrics == history.measures
    pd.testing.assert_frame_equal(history.summary(metric="mean"), history.summary(measure="mean"))
    assert history.describe(metric="mean") == history.describe("mean")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello, world\n",
        b"\xff\xfe\x00",
        b"# {}\n",
        b"# {}\na,b\n1,2\n",
        b"1\n2\n",
        f"{HEAD}1,0,r,m,abc\n".encode(),
        f"{HEAD}1,0,r,m,1\n1,0,r,m,2\n".encode(),
        f"{HEAD}1,0,r,m,1\n1,2,3,4,5,6,7\n".encode(),
        HEAD.replace("{}", "[1]").encode() + b"1,0,r,m,1\n",
        b'{"cells": [], "nbformat": 4}\n',
    ],
)
def test_what_is_no_history_gets_one_line(tmp_path, content):
    path = tmp_path / "other.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"other\.csv is not a saved history: ") as caught:
        History.load(path)
    assert "\n" not in str(caught.value).strip()


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        History.load(tmp_path / "nothing.csv")


@pytest.mark.parametrize("gaps", [False, True])
def test_any_double_comes_back_to_the_bit(tmp_path, rng, gaps):
    values = rng.integers(0, 2**64, size=20_000, dtype=np.uint64).view(float)  # subnormal ones, too
    values = np.where(np.isfinite(values), values, 5e-324).reshape(100, 200)
    values[50] /= 2**1000
    if gaps:
        values[rng.random(values.shape) < 0.1] = np.nan
        values[3, :2] = np.inf, -np.inf
    loaded = History.load(History({("r", "x"): values}).save(tmp_path / "history.csv"))
    np.testing.assert_array_equal(loaded["x"].view(np.uint64), values.view(np.uint64))


def test_rows_of_a_file_may_come_in_any_order(tmp_path, history):
    path = history.save(tmp_path / "history.csv")
    head, names, *rows = path.read_text().splitlines(keepends=True)
    path.write_text("".join([head, names, *reversed(rows)]))
    assert History.load(path) == history


def test_tables_of_several_regimes_have_all_rows_in_order(history):
    table = history.table
    np.testing.assert_array_equal(table["value"], np.concatenate([array.ravel() for array in history.values.values()]))
    assert [str(kind) for kind in table.dtypes] == ["int64", "int64", "str", "str", "float64"]
    assert table["chain"].tolist() == [0, 1] * 9
    assert table["generation"].tolist() == [1, 1, 2, 2, 3, 3] * 3
    assert table["regime"].tolist() == ["replace"] * 12 + ["mix(0.1)"] * 6
