"""The command line, through ``main``: what it writes, what it refuses, and that nothing gets lost."""

import io
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import collapse_edu
from collapse_edu import History, accumulate, datasets, measures, replace, run
from collapse_edu.chain import generations
from collapse_edu.cli import main
from collapse_edu.models import Categorical
from collapse_edu.seeding import generators

ROOT = Path(collapse_edu.__file__).parent.parent


def names(n):
    """Return n different words."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return ["q" + letters[i // 676] + letters[i // 26 % 26] + letters[i % 26] for i in range(n)]


@pytest.fixture
def pictures():
    """Ask for this to have pictures drawn."""


@pytest.fixture(autouse=True)
def _no_pictures(request, monkeypatch):
    """Leave out what takes most of the time."""
    if "pictures" not in request.fixturenames:
        monkeypatch.setattr("matplotlib.figure.Figure.savefig", lambda figure, path: Path(path).touch())


@pytest.fixture
def toy(tmp_path):
    """A text with words of count 30, 20, 10, 5, 2 and forty of count 1."""
    counts = {"the": 30, "whale": 20, "sea": 10, "ship": 5, "harpoon": 2} | dict.fromkeys(names(40), 1)
    path = tmp_path / "toy.txt"
    path.write_text(" ".join(word for word, count in counts.items() for _ in range(count)), encoding="utf-8")
    return path


def go(data, out, *more):
    return main(["run", "--data", str(data), "--out", str(out), *more])


def words_of(out):
    return pd.read_csv(out / "words.csv", keep_default_na=False)


# What it writes


def test_history_is_that_of_the_library(toy, tmp_path, capsys, pictures):
    more = ["--generations", "6", "--chains", "3", "--seed", "5", "--regime", "replace", "--regime", "accumulate"]
    assert go(toy, tmp_path / "out", *more) == 0
    text = datasets.read_text(toy)
    history = History.load(tmp_path / "out" / "history.csv")
    assert history.regimes == ["replace", "accumulate"]
    for rule in (replace, accumulate):
        alone = run(Categorical(len(text.vocabulary)), text.source, rule, generations=6, chains=3, seed=5)
        for key, values in alone.values.items():
            assert np.array_equal(history[key], values)
        assert history.settings[rule.__name__]["data"] == "toy.txt"
        assert history.settings[rule.__name__]["seed"] == 5
    out = capsys.readouterr().out
    assert history.describe("types_alive") in out
    assert "107 words, 45 different" in out
    for metric in history.metrics:
        assert (tmp_path / "out" / f"{metric}.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("chains", [1, 4, 5])
def test_words_are_counted_as_by_hand(toy, tmp_path, chains):
    assert go(toy, tmp_path / "out", "--generations", "8", "--chains", str(chains)) == 0
    text = datasets.read_text(toy)
    last_known = {word: [] for word in text.vocabulary}
    for rng in generators(0, chains):
        trainings = [
            {text.vocabulary[i] for i in generation.training[:, 0]}
            for generation in islice(
                generations(Categorical(45), text.source.open(rng), replace, rng, len(text.tokens)), 8
            )
        ]
        for word, seen in last_known.items():
            seen.append(max(t for t, training in enumerate(trainings, 1) if word in training))
    table = words_of(tmp_path / "out")
    assert list(table["word"]) == list(text.vocabulary)
    for row in table.itertuples():
        seen = sorted(last_known[row.word])
        middle = seen[chains // 2]
        assert row.lost_in == ("alive" if middle == 8 else str(middle))
        assert row.chains_lost == sum(t < 8 for t in seen)
        assert row.chains == chains
        assert row.count == text.counts[text.vocabulary.index(row.word)]


def test_one_word_lives_for_ever_and_one_generation_loses_nothing(toy, tmp_path):
    single = tmp_path / "single.txt"
    single.write_text("whale " * 100)
    assert go(single, tmp_path / "a", "--generations", "50", "--chains", "2") == 0
    assert words_of(tmp_path / "a").to_numpy().tolist() == [["replace", "whale", 100, "alive", 0, 2]]
    assert go(toy, tmp_path / "b", "--generations", "1") == 0
    assert set(words_of(tmp_path / "b")["lost_in"]) == {"alive"}


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_rare_word_is_lost_at_once_with_the_right_chance(tmp_path, count):
    types = 2000
    path = tmp_path / "rare.txt"
    path.write_text(" ".join(names(types) * count + ["the"] * 2000))
    assert go(path, tmp_path / "out", "--generations", "2", "--chains", "1", "--seed", str(count)) == 0
    table = words_of(tmp_path / "out").query("word != 'the'")
    n = types * count + 2000
    chance = (1 - count / n) ** n
    assert chance == pytest.approx(np.exp(-count), rel=0.01)
    # Losses of two words are negatively correlated, so the binomial standard error is a little too wide.
    standard_error = np.sqrt(chance * (1 - chance) / types)
    assert abs((table["lost_in"] == "1").mean() - chance) < 4 * standard_error


def test_where_all_real_data_stay_no_word_is_lost(toy, tmp_path, capsys):
    assert go(toy, tmp_path / "out", "--regime", "accumulate", "--regime", "anchor") == 0
    table = words_of(tmp_path / "out")
    assert set(table["regime"]) == {"accumulate", "anchor"}
    assert set(table["lost_in"]) == {"alive"}
    out = capsys.readouterr().out
    assert "Under anchor, the model of generation 10 has forgotten 0 of 45 words" in out
    assert "commonest to go" not in out


def test_it_tells_the_commonest_word_that_died(toy, tmp_path, capsys):
    assert go(toy, tmp_path / "out", "--generations", "40", "--chains", "1") == 0
    table = words_of(tmp_path / "out").query("lost_in != 'alive'")
    top = table.loc[table["count"].idxmax()]
    out = capsys.readouterr().out
    assert f"commonest to go: {top['word']} (count {top['count']}), after generation {top['lost_in']}." in out
    assert f"has forgotten {len(table)} of 45 words." in out


def test_mix_holds_back_half_of_a_text_for_all_regimes(toy, tmp_path, capsys):
    more = ["--regime", "mix:0.1", "--regime", "replace", "--chains", "2"]
    assert go(toy, tmp_path / "out", *more) == 0
    assert "Real set: 54; held back as fresh: 53." in capsys.readouterr().out
    settings = History.load(tmp_path / "out" / "history.csv").settings
    assert [settings[regime]["n_real"] for regime in ("mix(0.1)", "replace")] == [54, 54]
    assert [settings[regime]["n_reserve"] for regime in ("mix(0.1)", "replace")] == [53, 53]
    table = words_of(tmp_path / "out")
    assert table.groupby("regime")["count"].sum().to_dict() == {"mix(0.1)": 54, "replace": 54}


@pytest.mark.parametrize("model", ["mixture", "gaussian", "kde"])
def test_digits(model, tmp_path, pictures):
    more = ["--model", model, "--n-samples", "40", "--generations", "2", "--chains", "1", "--regime", "mix:0.5"]
    assert go("digits", tmp_path, *more) == 0
    history = History.load(tmp_path / "history.csv")
    assert history.metrics == ["sample_variance", "frechet_distance"]
    assert history["sample_variance"].shape == (2, 1)
    assert history.settings["mix(0.5)"]["n_samples"] == 40
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "frechet_distance.png", "history.csv", "sample_variance.png", "samples.png",
    ]  # fmt: skip


def test_samples_of_digits_go_from_the_first_to_the_last_generation(tmp_path, monkeypatch):
    from matplotlib.axes import Axes

    labels = []
    monkeypatch.setattr(Axes, "set_ylabel", lambda ax, text, **kwargs: labels.append(text))
    more = ["--model", "gaussian", "--n-samples", "4", "--generations", "5", "--chains", "2"]
    assert go("digits", tmp_path, *more) == 0
    assert labels[:4] == ["real", "replace, generation 1", "replace, generation 3", "replace, generation 5"]


def test_the_same_seed_gives_the_same_bytes(toy, tmp_path, pictures):
    for out, seed in (("a", "3"), ("b", "3"), ("c", "4")):
        assert go(toy, tmp_path / out, "--seed", seed, "--generations", "3", "--regime", "mix:0.1") == 0
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == ["heterozygosity.png", "history.csv", "types_alive.png", "words.csv"]
    for name in files:
        a, b, c = ((tmp_path / out / name).read_bytes() for out in "abc")
        assert a == b
        assert a != c


def test_a_text_and_a_folder_of_any_language(tmp_path, monkeypatch):
    path = tmp_path / "Größe der Wörter.txt"
    path.write_text("Straße größer Mädchen λόγος θάλασσα " * 30 + "Ωμέγα", encoding="utf-8")
    out = tmp_path / "Ergebnis α" / "mit Leerzeichen"
    console = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", console)
    assert go(path, out, "--generations", "30", "--chains", "1") == 0
    console.flush()
    assert b"Gr??e der W?rter.txt: 151 words, 6 different" in console.buffer.getvalue()
    assert {"straße", "größer", "mädchen", "λόγος", "θάλασσα", "ωμέγα"} == set(words_of(out)["word"])
    assert (out / "words.csv").read_bytes().startswith("\ufeffregime,word".encode())


# Nothing gets lost


def test_results_are_not_overwritten_unless_asked(toy, tmp_path, capsys):
    (tmp_path / "diary.txt").write_text("mine")
    (tmp_path / "words.csv").write_text("mine")
    assert go(toy, tmp_path) == 2
    assert "holds results already (words.csv): choose another folder, or add --force" in capsys.readouterr().err
    assert (tmp_path / "words.csv").read_text() == "mine"
    assert not (tmp_path / "history.csv").exists()
    assert go(toy, tmp_path, "--force", "--generations", "2") == 0
    assert len(words_of(tmp_path)) == 45
    assert (tmp_path / "diary.txt").read_text() == "mine"


def stop_after(monkeypatch, turns):
    """Press Ctrl-C in a later turn of the loop."""
    done = []

    def types_alive(generation, source):
        if len(done) == turns:
            raise KeyboardInterrupt
        done.append(generation)
        return len(np.unique(generation.synthetic))

    monkeypatch.setattr(measures, "types_alive", types_alive)


def test_what_was_done_is_kept_when_it_is_stopped(toy, tmp_path, monkeypatch, capsys, pictures):
    assert go(toy, tmp_path / "one", "--generations", "5", "--chains", "1") == 0
    stop_after(monkeypatch, 7)  # in the second of three chains
    more = ["--generations", "5", "--chains", "3", "--regime", "replace", "--regime", "accumulate"]
    assert go(toy, tmp_path / "out", *more) == 130
    history = History.load(tmp_path / "out" / "history.csv")
    assert history.regimes == ["replace"]
    assert history.settings["replace"]["stopped_after"] == 7
    assert np.count_nonzero(np.isfinite(history["types_alive"])) == 7
    assert (tmp_path / "out" / "types_alive.png").exists()
    assert words_of(tmp_path / "out").equals(words_of(tmp_path / "one"))  # the one chain that came to its end
    assert "Written to" in capsys.readouterr().out


def test_stopped_in_a_later_regime_keeps_both(toy, tmp_path, monkeypatch):
    stop_after(monkeypatch, 7)
    more = ["--generations", "5", "--chains", "1", "--regime", "replace", "--regime", "anchor"]
    assert go(toy, tmp_path, *more) == 130
    assert History.load(tmp_path / "history.csv").regimes == ["replace", "anchor"]


@pytest.mark.parametrize("done_before", [0, 5])
def test_a_regime_of_which_nothing_was_done_leaves_no_trace(toy, tmp_path, monkeypatch, capsys, done_before):
    stop_after(monkeypatch, done_before)
    more = ["--generations", "5", "--chains", "1", "--regime", "replace", "--regime", "anchor"]
    assert go(toy, tmp_path / "out", *more) == 130
    if done_before:
        assert History.load(tmp_path / "out" / "history.csv").regimes == ["replace"]
        assert set(words_of(tmp_path / "out")["regime"]) == {"replace"}
        assert "anchor" not in capsys.readouterr().out
    else:
        assert "nothing is written" in capsys.readouterr().err
        assert not list((tmp_path / "out").iterdir())


def test_stopped_while_it_reads(toy, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(datasets, "read_text", lambda path: (_ for _ in ()).throw(KeyboardInterrupt))
    assert go(toy, tmp_path / "out") == 130
    assert capsys.readouterr().err == "collapse-edu: stopped\n"


# The user's mistakes: one line, status 2


def complaint(capsys, status):
    captured = capsys.readouterr()
    assert status == 2
    assert captured.out == ""
    assert captured.err.startswith("collapse-edu: ")
    assert captured.err.count("\n") == 1
    return captured.err


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "must have at least 100 words; got 0"),
        (b"far too short", "must have at least 100 words; got 3"),
        ("größer ".encode("latin-1") * 200, "must be UTF-8 text; byte 2 is not"),
        ("whale ".encode("utf-16") * 200, "must be UTF-8 text; byte 0 is not"),
        (bytes(range(256)), "must be UTF-8 text"),
    ],
)
def test_files_that_are_no_texts(tmp_path, capsys, content, line):
    (tmp_path / "bad.txt").write_bytes(content)
    assert line in complaint(capsys, go(tmp_path / "bad.txt", tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_files_that_cannot_be_read(tmp_path, capsys, monkeypatch):
    out = tmp_path / "out"
    line = complaint(capsys, go(tmp_path / "none.txt", out))
    assert "no file" in line
    assert "moby-dick, presidents, digits" in line
    assert "cannot read" in complaint(capsys, go(tmp_path, out))

    def denied(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)
    assert "cannot read secret.txt: Permission denied" in complaint(capsys, go("secret.txt", out))


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--regime", "foo"], "regime must be replace, accumulate, subsample, anchor, preserve:SHARE or mix:SHARE"),
        (["--regime", ""], "regime must be"),
        (["--regime", "mix"], "regime mix needs a share from 0 to 1 after a colon, such as mix:0.1; got 'mix'"),
        (["--regime", "preserve:half"], "regime preserve needs a share"),
        (["--regime", "preserve:1.5"], "got 'preserve:1.5'"),
        (["--regime", "preserve:-0.1"], "got 'preserve:-0.1'"),
        (["--regime", "preserve:nan"], "got 'preserve:nan'"),
        (["--regime", "replace:0.1"], "regime replace takes nothing after its name"),
        (["--regime", "mix:0.1", "--generations", "50"], "no fresh human data left: mix(0.1) needs 5 fresh rows"),
        (["--regime", "mix:0.001"], "share of 0.001 is less than one of 54 rows; take a larger share"),
        (
            ["--regime", "preserve:0.5", "--n-samples", "500"],
            "preserve(0.5) needs 250 real rows",
        ),
        (["--model", "gaussian"], "model for words must be categorical; got 'gaussian'"),
        (["--generations", "0"], "--generations: must be an integer of at least 1; got '0'"),
        (["--generations", "2.5"], "--generations: must be an integer of at least 1; got '2.5'"),
        (["--chains", "-1"], "--chains"),
        (["--n-samples", "0"], "--n-samples"),
        (["--seed", "-1"], "--seed: must be an integer of at least 0"),
        (["--see", "1"], "unrecognized arguments"),
        (["--regime"], "--regime: expected one argument"),
    ],
)
def test_options_that_make_no_sense(toy, tmp_path, capsys, options, line):
    assert line in complaint(capsys, go(toy, tmp_path / "out", *options))
    assert not (tmp_path / "out").exists()


def test_a_mix_that_lasts_just_long_enough_runs(toy, tmp_path, capsys):
    more = ["--regime", "mix:0.1", "--chains", "1", "--generations"]
    assert "try --generations 11," in complaint(capsys, go(toy, tmp_path / "out", *more, "12"))  # 53 rows, 5 each
    assert go(toy, tmp_path / "out", *more, "11") == 0


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--model", "categorical"], "model for digits must be mixture or gaussian or kde; got 'categorical'"),
        (["--model", "foo"], "got 'foo'"),
        (["--n-samples", "9"], "--n-samples must be at least 10 for the model mixture; got 9"),
        (["--model", "kde", "--n-samples", "1"], "--n-samples must be at least 2 for the model kde"),
        (["--regime", "mix:1", "--generations", "5"], "and 899 are held back; try --generations 2"),
    ],
)
def test_options_that_do_not_fit_digits(tmp_path, capsys, options, line):
    assert line in complaint(capsys, go("digits", tmp_path / "out", *options))


def test_folders_that_cannot_be_written(toy, tmp_path, capsys, monkeypatch):
    assert "--out must be a folder" in complaint(capsys, go(toy, toy))
    assert "cannot write to" in complaint(capsys, go(toy, toy / "below a file"))
    assert "cannot write to" in complaint(capsys, go(toy, tmp_path / ("long" * 200)))

    def full(history, path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(History, "save", full)
    assert go(toy, tmp_path / "full", "--generations", "2") == 2
    captured = capsys.readouterr()
    assert "No space left on device" in captured.err.splitlines()[-1]
    assert "the model of generation 2 has forgotten" in captured.out  # the numbers are told all the same


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission(toy, tmp_path, capsys):
    (tmp_path / "locked").mkdir(mode=0o500)
    assert "Permission denied" in complaint(capsys, go(toy, tmp_path / "locked"))


def test_more_than_fits_into_memory(toy, tmp_path, capsys):
    assert go(toy, tmp_path, "--n-samples", str(10**15)) == 2
    assert "not enough memory" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("argv", [["foo"], ["run"], ["--foo"], ["run", "--data", "digits"], ["check", "--foo"]])
def test_usage(argv, capsys):
    assert "--help" in complaint(capsys, main(argv))


@pytest.mark.parametrize("error", [ValueError, TypeError, OSError, RuntimeError])
def test_a_bug_shows_itself(toy, tmp_path, monkeypatch, error):
    def broken(generation, source):
        raise error("a bug")

    monkeypatch.setattr(measures, "types_alive", broken)
    with pytest.raises(error, match="a bug"):
        go(toy, tmp_path / "out")


# The rest


def test_version_and_help(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"collapse-edu {collapse_edu.__version__}\n"
    assert main([]) == 0
    assert "collapse-edu run --data moby-dick" in capsys.readouterr().out
    for argv in (["--help"], ["run", "--help"]):
        with pytest.raises(SystemExit) as end:
            main(argv)
        assert end.value.code == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 115


def test_help_loads_nothing_heavy():
    code = "import sys; from collapse_edu.cli import main; main([]); print({'numpy', 'sklearn'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("set()\n")


def test_check_is_the_check_of_the_environment(monkeypatch):
    from collapse_edu import environment

    monkeypatch.setattr(environment, "main", lambda arguments: arguments)
    assert main(["check"]) == []
    assert main(["check", "--optional"]) == ["--optional"]
