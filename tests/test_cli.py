"""The command line, through ``main``: what it writes, what it refuses, and that nothing gets lost."""

import io
import json
import os
import re
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import collapse_edu
from collapse_edu import History, accumulate, adapt, datasets, measures, mix, replace, run
from collapse_edu.cli import main
from collapse_edu.cli.models import MODELS
from collapse_edu.cli.regimes import usage
from collapse_edu.cli.report import changes
from collapse_edu.loop.chain import generations
from collapse_edu.loop.regimes import REGISTER
from collapse_edu.loop.seeding import generators
from collapse_edu.loop.source import FiniteData
from collapse_edu.models import VAE, Categorical, NGram, PCAGaussian, PCAMixture

ROOT = Path(collapse_edu.__file__).parent.parent


# As little of fresh rows as there may be.
OFFERED = ["replace", "accumulate", "subsample", "anchor", "preserve:0.2", "mix:0.2", "contaminated:0.9:0.1"]


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
        monkeypatch.setattr("matplotlib.figure.Figure.savefig", _touched)


def _touched(figure, target, **how):
    """Draw nothing: an empty file, or no bytes."""
    if not isinstance(target, io.BytesIO):
        Path(target).touch()


@pytest.fixture
def toy(tmp_path):
    """A text with words of count 30, 20, 10, 5, 2 and forty of count 1."""
    counts = {"the": 30, "whale": 20, "sea": 10, "ship": 5, "harpoon": 2} | dict.fromkeys(names(40), 1)
    path = tmp_path / "toy.txt"
    path.write_text(" ".join(word for word, count in counts.items() for _ in range(count)), encoding="utf-8")
    return path


@pytest.fixture
def novel(tmp_path, rng):
    """A text of 30 passages, of 200 words and two marks; one of its words is unfit for a class."""
    words = np.array(["the", "sea", ",", ".", "strumpet", *names(197)])
    path = tmp_path / "novel.txt"
    path.write_text(" ".join(rng.choice(words, size=30 * 64)), encoding="utf-8")
    return path


@pytest.fixture
def drawings(tmp_path, rng):
    """Images of 4 x 3 pixels, with two labels."""
    path = tmp_path / "drawings.npz"
    labels = np.arange(80) % 2
    np.savez(path, images=(0.3 * rng.random((80, 4, 3)) + 0.5 * labels[:, None, None]), labels=labels)
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
    for measure in history.measures:
        assert (tmp_path / "out" / f"{measure}.png").read_bytes().startswith(b"\x89PNG")


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


def test_what_a_text_lacks_is_what_the_table_of_measures_lacks(toy, tmp_path, capsys):
    """The model of generation 10 learned from text 9; the measures look at text 10."""
    assert go(toy, tmp_path / "out", "--regime", "replace", "--regime", "anchor") == 0
    history, out = History.load(tmp_path / "out" / "history.csv"), capsys.readouterr().out
    for regime in ("replace", "anchor"):
        line = next(line for line in out.splitlines() if line.startswith(f"Under {regime}, the model of"))
        assert line.endswith(f" Its text lacks {45 - history[regime, 'types_alive'][-1].mean():,.0f}.")


def test_mix_holds_back_half_of_a_text_for_all_regimes(toy, tmp_path, capsys):
    more = ["--regime", "mix:0.1", "--regime", "replace", "--chains", "2"]
    assert go(toy, tmp_path / "out", *more) == 0
    assert "Real set: 54; held back as fresh: 53." in capsys.readouterr().out
    settings = History.load(tmp_path / "out" / "history.csv").settings
    assert [settings[regime]["n_real"] for regime in ("mix(0.1)", "replace")] == [54, 54]
    assert [settings[regime]["n_reserve"] for regime in ("mix(0.1)", "replace")] == [53, 53]
    table = words_of(tmp_path / "out")
    assert table.groupby("regime")["count"].sum().to_dict() == {"mix(0.1)": 54, "replace": 54}


@pytest.mark.parametrize(("name", "order"), [("bigram", 2), ("trigram", 3)])
def test_history_of_passages_is_that_of_the_library(novel, tmp_path, capsys, pictures, name, order):
    more = ["--model", name, "--temperature", "0.9", "--generations", "3", "--chains", "2", "--seed", "5"]
    assert go(novel, tmp_path / "out", *more) == 0
    passages = datasets.read_text(novel, marks=True).passages(64, held_out=0.1)
    watched = {
        "types_alive": measures.types_alive,
        "held_out_perplexity": measures.HeldOutPerplexity(passages.held_out, passages.n_types, order),
    }
    model = NGram(order, passages.n_types, temperature=0.9)
    alone = run(model, passages.source, generations=3, chains=2, seed=5, measures=watched)
    history = History.load(tmp_path / "out" / "history.csv")
    assert history.measures == list(watched)
    for key, values in alone.values.items():
        assert np.array_equal(history[key], values)
    assert "Real set: 27; held back to score: 3, as fresh: 0." in capsys.readouterr().out
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "held_out_perplexity.png", "history.csv", "passages.txt", "progress.npz", "report.html",
        "types_alive.png", "words.csv",
    ]  # fmt: skip


def test_passages_are_those_of_the_first_chain_and_unfit_words_are_masked_and_counted(novel, tmp_path, capsys):
    more = ["--model", "trigram", "--generations", "5", "--chains", "2", "--seed", "1"]
    assert go(novel, tmp_path / "out", *more) == 0
    passages = datasets.read_text(novel, marks=True).passages(64, held_out=0.1)
    rng = generators(1, 2)[0]
    chain = generations(NGram(n_types=passages.n_types), passages.source.open(rng), replace, rng, passages.source.n)
    drawn = [generation.synthetic[:3] for generation in islice(chain, 5)]
    text = (tmp_path / "out" / "passages.txt").read_text(encoding="utf-8")
    parts = ["real", "replace, generation 1", "replace, generation 3", "replace, generation 5"]
    shown = [passages.real[:3], drawn[0], drawn[2], drawn[4]]
    expected = [line for name, rows in zip(parts, shown, strict=True) for line in (name, *map(passages.read, rows))]
    head, *blocks = text.strip().split("\n\n")
    assert [block.replace("\n", " ").strip("= ") for block in blocks] == [line.strip("= ") for line in expected]
    masked = sum(map(passages.n_masked, shown))
    assert masked > 0
    assert head.endswith(f"Masked as unfit for a class: {masked} words.")
    assert "strumpet" not in text + capsys.readouterr().out
    assert "strumpet" in set(words_of(tmp_path / "out")["word"])  # the data are not changed


def test_words_of_passages_are_counted_as_by_hand(novel, tmp_path):
    assert go(novel, tmp_path / "out", "--model", "bigram", "--generations", "12", "--chains", "1") == 0
    passages = datasets.read_text(novel, marks=True).passages(64, held_out=0.1)
    (rng,) = generators(0, 1)
    chain = generations(NGram(2, passages.n_types), passages.source.open(rng), replace, rng, passages.source.n)
    last_known = {}
    for generation in islice(chain, 12):
        last_known |= dict.fromkeys(np.unique(generation.training), generation.t)
    table = words_of(tmp_path / "out")
    assert {word: lost_in for word, lost_in in zip(table["word"], table["lost_in"], strict=True)} == {
        passages.vocabulary[word]: "alive" if t == 12 else str(t) for word, t in last_known.items()
    }
    assert table["count"].sum() == passages.real.size
    assert 0 < (table["lost_in"] != "alive").sum() < len(table)


def test_mix_holds_back_half_of_the_passages_that_are_not_held_out(novel, tmp_path, capsys):
    more = ["--model", "trigram", "--regime", "mix:0.1", "--generations", "3", "--chains", "1"]
    assert go(novel, tmp_path, *more) == 0
    assert "Real set: 13; held back to score: 3, as fresh: 14." in capsys.readouterr().out


def image_measures(reference):
    quality = measures.Quality(5, reference)
    return {
        "coverage": quality.coverage,
        "recall": quality.recall,
        "precision": quality.precision,
        "sample_variance": measures.sample_variance,
        "frechet_distance": measures.frechet_distance,
    }


def kernel_density():
    from sklearn.neighbors import KernelDensity

    return adapt(KernelDensity(bandwidth=0.1))


@pytest.mark.parametrize(
    ("options", "model"),
    [
        (["--model", "mixture"], PCAMixture()),
        (["--model", "mixture", "--sampling-bias", "0.8"], PCAMixture(sampling_bias=0.8)),
        (["--model", "gaussian"], PCAGaussian()),
        (["--model", "pca", "--sampling-bias", "0.5"], PCAGaussian(sampling_bias=0.5)),
        (["--model", "kde"], kernel_density()),
    ],
)
def test_history_of_digits_is_that_of_the_library(options, model, tmp_path, capsys, pictures):
    assert go("digits", tmp_path, *options, "--n-samples", "40", "--generations", "2", "--chains", "1") == 0
    source = datasets.digits().source
    watched = image_measures(source.reserve)
    alone = run(model, source, n_samples=40, generations=2, measures=watched)
    history = History.load(tmp_path / "history.csv")
    assert history.measures == list(watched)
    for key, values in alone.values.items():
        assert np.array_equal(history[key], values)
    assert "Real set: 898; held back to compare with: 899." in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "coverage.png", "frechet_distance.png", "history.csv", "precision.png", "progress.npz", "recall.png",
        "report.html",
        "sample_variance.png", "samples.png",
    ]  # fmt: skip


def test_mix_compares_with_images_that_it_never_draws(tmp_path, capsys):
    more = ["--regime", "mix:0.5", "--regime", "replace", "--n-samples", "40", "--generations", "3", "--chains", "2"]
    assert go("digits", tmp_path, *more) == 0
    rows = datasets.digits().rows
    source, watched = FiniteData(rows[:898], rows[898 + 449 :]), image_measures(rows[898 : 898 + 449])
    history = History.load(tmp_path / "history.csv")
    for rule in (mix(0.5), replace):
        alone = run(PCAMixture(), source, rule, n_samples=40, generations=3, chains=2, measures=watched)
        for key, values in alone.values.items():
            assert np.array_equal(history[key], values)
    assert history.settings["mix(0.5)"]["n_samples"] == 40
    assert "Real set: 898; held back to compare with: 449, as fresh: 450." in capsys.readouterr().out


@pytest.mark.parametrize("warm", [False, True])
def test_autoencoder(drawings, tmp_path, capsys, warm):
    more = ["--warm"] if warm else []
    assert go(drawings, tmp_path / "out", "--model", "vae", "--generations", "2", "--chains", "2", *more) == 0
    images = datasets.load_images(drawings)
    watched = {
        "effective_classes": measures.ClassShares(images).effective_classes,
        "sample_variance": measures.sample_variance,
        "frechet_distance": measures.frechet_distance,
    }
    alone = run(VAE(), images.source, generations=2, chains=2, measures=watched, warm=warm)
    history = History.load(tmp_path / "out" / "history.csv")
    assert history.measures == list(watched)
    for key, values in alone.values.items():
        assert np.array_equal(history[key], values)
    assert "Real set: 40; held back as fresh: 40." in capsys.readouterr().out


@pytest.mark.parametrize("regime", OFFERED)
def test_autoencoder_under_each_regime(drawings, tmp_path, regime):
    more = ["--model", "vae", "--regime", regime, "--generations", "3", "--chains", "1"]
    assert go(drawings, tmp_path / "out", *more) == 0


def test_recall_and_precision_do_not_fit_drawn_pixels(rng):
    """Why an autoencoder gets other measures: the mean picture alone has full recall, real images no precision."""
    source = datasets.digits().source
    quality = measures.Quality(5, source.reserve)
    real, mean = SimpleNamespace(), SimpleNamespace()
    real.synthetic = rng.random(source.real.shape) < source.real
    mean.synthetic = rng.random(source.real.shape) < source.real.mean(axis=0)
    assert quality.precision(real, source) < 0.1
    assert quality.recall(mean, source) > 0.9


def test_mnist(tmp_path, capsys):
    more = ["--model", "gaussian", "--n-samples", "6", "--generations", "1", "--chains", "1"]
    assert go("mnist", tmp_path, *more) == 0
    assert "MNIST: 10,000 images of 28 x 28 pixels. Real set: 5,000" in capsys.readouterr().out


def test_own_images_without_labels_and_too_large_for_a_frechet_distance(tmp_path, rng, monkeypatch):
    from matplotlib.axes import Axes
    from PIL import Image

    greys = []
    monkeypatch.setattr(Axes, "imshow", lambda ax, image, cmap, **kwargs: greys.append((cmap, image)))
    folder = tmp_path / "photos"
    folder.mkdir()
    for i in range(50):
        Image.fromarray(rng.integers(200, 256, (33, 32), dtype=np.uint8)).save(folder / f"{i}.png")
    assert go(folder, tmp_path / "a", "--model", "gaussian", "--generations", "2", "--chains", "1") == 0
    assert History.load(tmp_path / "a" / "history.csv").measures == [
        "coverage", "recall", "precision", "sample_variance",
    ]  # fmt: skip
    assert greys[0][0] == "gray"  # light stays light
    assert greys[0][1].shape == (33, 10 * 32)
    assert go(folder, tmp_path / "b", "--model", "vae", "--generations", "2", "--chains", "1") == 0
    assert History.load(tmp_path / "b" / "history.csv").measures == ["sample_variance"]


def test_samples_of_digits_go_from_the_first_to_the_last_generation(tmp_path, monkeypatch):
    from matplotlib.axes import Axes

    labels = []
    monkeypatch.setattr(Axes, "set_ylabel", lambda ax, text, **kwargs: labels.append(text))
    more = ["--model", "gaussian", "--n-samples", "6", "--generations", "5", "--chains", "2"]
    assert go("digits", tmp_path, *more) == 0
    assert labels[:4] == ["real", "replace, generation 1", "replace, generation 3", "replace, generation 5"]


def test_the_same_seed_gives_the_same_bytes(toy, tmp_path, pictures):
    for out, seed in (("a", "3"), ("b", "3"), ("c", "4")):
        assert go(toy, tmp_path / out, "--seed", seed, "--generations", "3", "--regime", "mix:0.1") == 0
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == ["heterozygosity.png", "history.csv", "progress.npz", "report.html", "types_alive.png", "words.csv"]
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


def test_a_script_without_spaces_is_cut_into_letters_and_told(tmp_path, capsys):
    path = tmp_path / "verse.txt"
    path.write_text("春眠不觉晓，处处闻啼鸟。" * 20, encoding="utf-8")
    assert go(path, tmp_path / "out", "--generations", "2") == 0
    table = words_of(tmp_path / "out").drop_duplicates("word").set_index("word")["count"]
    assert table.to_dict() == dict.fromkeys("春眠不觉晓闻啼鸟", 20) | {"处": 40}
    captured = capsys.readouterr()
    assert "verse.txt: 200 words, 9 different" in captured.out
    assert "collapse-edu: verse.txt: most words are single letters" in captured.err
    assert go(path, tmp_path / "passages", "--model", "bigram", "--generations", "2") == 2  # 240 words and marks
    path.write_text("春眠不觉晓，处处闻啼鸟。" * 60, encoding="utf-8")
    assert go(path, tmp_path / "passages", "--model", "bigram", "--generations", "2") == 0
    assert "春眠不觉晓，处处闻啼鸟。春眠" in (tmp_path / "passages" / "passages.txt").read_text(encoding="utf-8")


def test_right_to_left_words_keep_their_place_in_a_sentence(tmp_path, capsys):
    path = tmp_path / "verse.txt"
    path.write_text("שלום עולם " * 60 + "אחד שתיים שלוש ארבע", encoding="utf-8")
    assert go(path, tmp_path / "out", "--generations", "9") == 0
    said = re.search(r"Among the first to go, after generation 1: (.+)\.", capsys.readouterr().out)[1]
    assert all(re.fullmatch("\u2068[א-ת]+\u2069", word) for word in said.split(", "))


def test_documents_are_read_as_documents(tmp_path, capsys):
    (tmp_path / "docs").mkdir()
    text = "the whale and the sea\n" * 30
    (tmp_path / "docs" / "a.html").write_text(f"<!doctype html><p class=a>{text}</p>")
    (tmp_path / "docs" / "b.jsonl").write_text(json.dumps({"text": text}) + "\nnonsense\n")
    (tmp_path / "docs" / "notes.xlsx").write_text("")
    assert go(tmp_path / "docs", tmp_path / "out", "--generations", "2") == 0
    assert set(words_of(tmp_path / "out")["word"]) == {"the", "whale", "and", "sea"}
    captured = capsys.readouterr()
    assert "docs: 300 words, 4 different" in captured.out
    assert "docs: 2 documents; 2 records skipped (1 not JSON, 1 of another kind)" in captured.err
    assert go(tmp_path / "docs" / "b.jsonl", tmp_path / "one", "--generations", "2") == 0
    assert "b.jsonl: 150 words, 4 different" in capsys.readouterr().out


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

    monkeypatch.setattr("collapse_edu.models.categorical.types_alive", types_alive)


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


def files_of(out):
    return {path.name: path.read_bytes() for path in out.iterdir() if path.suffix in (".csv", ".txt")}


@pytest.mark.parametrize("model", ["categorical", "trigram"])
def test_a_run_that_was_stopped_goes_on_and_ends_with_the_same_bytes(novel, tmp_path, monkeypatch, capsys, model):
    more = ["--model", model, "--generations", "4", "--chains", "2", "--regime", "replace", "--regime", "anchor"]
    assert go(novel, tmp_path / "whole", *more) == 0
    with monkeypatch.context() as patch:
        patch.setattr("collapse_edu.cli.run.partial", lambda call, *given: stopping(call, given, after=11))
        assert go(novel, tmp_path / "out", *more) == 130
    assert History.load(tmp_path / "out" / "history.csv").regimes == ["replace", "anchor"]
    capsys.readouterr()
    assert go(novel, tmp_path / "out", *more, "--resume") == 0
    assert "done before: replace\n" in capsys.readouterr().err
    assert files_of(tmp_path / "out") == files_of(tmp_path / "whole")


def stopping(call, given, after):
    """Return ``call`` with its arguments; all such calls together are answered so often, and then Ctrl-C is pressed."""

    def counted(*more):
        stopping.calls = getattr(stopping, "calls", 0) + 1
        if stopping.calls > after:
            del stopping.calls
            raise KeyboardInterrupt
        return call(*given, *more)

    return counted


def test_a_run_goes_on_with_the_same_settings_only(toy, tmp_path, capsys):
    assert go(toy, tmp_path, "--generations", "2") == 0
    assert go(toy, tmp_path, "--generations", "3", "--resume") == 2
    assert "its generations was 2, and is now 3" in capsys.readouterr().err
    (tmp_path / "progress.npz").write_bytes(b"no archive")
    assert go(toy, tmp_path, "--generations", "2", "--resume") == 2
    assert "is not what a run keeps" in capsys.readouterr().err


def test_sigterm_keeps_what_is_done(toy, tmp_path):
    """A scheduler ends a real process: the first regime, and what was done of the second one, are there."""
    command = [sys.executable, "-c", "import sys; from collapse_edu.cli import main; sys.exit(main(sys.argv[1:]))"]
    more = ["--regime", "replace", "--regime", "accumulate", "--generations", "3000", "--chains", "1"]
    process = subprocess.Popen([*command, "run", "--data", str(toy), "--out", str(tmp_path / "out"), *more])
    deadline = time.monotonic() + 60
    while not (tmp_path / "out" / "progress.npz").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.terminate()
    assert process.wait(60) == 143
    assert "replace" in History.load(tmp_path / "out" / "history.csv").regimes


def test_what_needs_more_memory_than_it_may_take_is_refused_before_it_begins(toy, tmp_path, capsys):
    assert go(toy, tmp_path / "out", "--max-memory", "0.1") == 2
    assert "needs about 0.3 GB of memory, and --max-memory allows 0.1" in capsys.readouterr().err
    assert not (tmp_path / "out" / "history.csv").exists()


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
    monkeypatch.setattr(datasets, "read_text", lambda path, **settings: (_ for _ in ()).throw(KeyboardInterrupt))
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
        (b"{\\rtf1 whale}", "is RTF: save it as .txt or as JSON lines, and try again"),
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
    assert "moby-dick, presidents, digits, mnist" in line
    assert "no file" in complaint(capsys, go(tmp_path / "none.npz", out))
    assert "cannot read" in complaint(capsys, go("long" * 200, out))
    assert "--data must be a file, a folder, or moby-dick" in complaint(capsys, go("", out))

    def denied(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("collapse_edu.datasets.documents.read_file", denied)
    assert "cannot read secret.txt: Permission denied" in complaint(capsys, go("secret.txt", out))


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (
            ["--regime", "foo"],
            "regime must be replace, accumulate, subsample, anchor, preserve:SHARE, mix:SHARE, ",
        ),
        (["--regime", ""], "regime must be"),
        (["--regime", "mix"], "regime mix must be written mix:SHARE, such as mix:0.1; got 'mix'"),
        (["--regime", "preserve:half"], "regime preserve must be written preserve:SHARE, such as preserve:0.1; got"),
        (["--regime", "preserve:1.5"], "got 'preserve:1.5': share must be a number in [0, 1]; got 1.5"),
        (["--regime", "preserve:-0.1"], "got 'preserve:-0.1'"),
        (["--regime", "preserve:nan"], "got 'preserve:nan'"),
        (["--regime", "contaminated"], "contaminated:START[:GROWTH], such as contaminated:0.1:0.1; got 'contaminated'"),
        (["--regime", "weighted:0.5:old"], 'real must be "fresh" or "original"; got \'old\''),
        (
            ["--regime", "weighted:0.5:original:1"],
            "written weighted:WEIGHT[:REAL], such as weighted:0.618; got",
        ),
        (
            ["--regime", "weighted:0.5"],
            "fresh human data left: weighted(0.5) needs 486 fresh rows in 10 generations",
        ),
        (["--regime", "contaminated:0.1"], "no fresh human data left: contaminated(0.1) needs 441 fresh rows"),
        (["--regime", "replace:0.1"], "regime replace takes nothing after its name"),
        (["--regime", "mix:0.1", "--generations", "50"], "no fresh human data left: mix(0.1) needs 245 fresh rows"),
        (["--regime", "mix:0.001"], "share of 0.001 is less than one of 54 rows; take a larger share"),
        (
            ["--regime", "preserve:0.5", "--n-samples", "500"],
            "preserve(0.5): share of 0.5 asks for 250 real rows of 500; the real set has 107",
        ),
        (["--model", "gaussian"], "model for words must be categorical or bigram or trigram; got 'gaussian'"),
        (
            ["--model", "trigram"],
            "toy.txt must have at least 384 words and marks for this model, 6 passages of 64; got",
        ),
        (["--temperature", "0.5"], "the model categorical takes no --temperature"),
        (["--model", "bigram", "--sampling-bias", "0.5"], "the model bigram takes no --sampling-bias"),
        (["--temperature", "0"], "--temperature: must be a number above 0; got '0'"),
        (["--temperature", "nan"], "--temperature: must be a number above 0; got 'nan'"),
        (["--temperature", "inf"], "--temperature: must be a number above 0; got 'inf'"),
        (["--temperature", "warm"], "--temperature: must be a number above 0; got 'warm'"),
        (["--generations", "0"], "--generations: must be an integer from 1 to 100,000,000; got '0'"),
        (["--generations", "2.5"], "--generations: must be an integer from 1 to 100,000,000; got '2.5'"),
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
        (["--model", "categorical"], "model for images must be mixture or gaussian or pca or vae or kde; got"),
        (["--model", "foo"], "got 'foo'"),
        (["--n-samples", "9"], "--n-samples must be at least 10 for the model mixture; got 9"),
        (["--model", "kde", "--n-samples", "5"], "--n-samples must be at least 6 for the model kde"),
        (["--model", "vae", "--regime", "weighted:0.5:original"], "weighs its rows, and this model takes no weights"),
        (["--warm"], "--warm: the model mixture cannot start from its predecessor"),
        (["--model", "vae", "--n-samples", "1"], "--n-samples must be at least 2 for the model vae"),
        (["--regime", "mix:0.5", "--generations", "5"], "and 450 are held back; try --generations 2,"),
        (["--model", "kde", "--sampling-bias", "0.5"], "the model kde takes no --sampling-bias"),
        (["--model", "gaussian", "--temperature", "0.5"], "the model gaussian takes no --temperature"),
        (["--sampling-bias", "1.5"], "--sampling-bias: must be a number above 0 and at most 1; got '1.5'"),
        (["--sampling-bias", "0"], "--sampling-bias: must be a number above 0 and at most 1; got '0'"),
    ],
)
def test_options_that_do_not_fit_digits(tmp_path, capsys, options, line):
    assert line in complaint(capsys, go("digits", tmp_path / "out", *options))


def test_images_that_are_none(tmp_path, capsys):
    out = tmp_path / "out"
    (tmp_path / "empty").mkdir()
    assert "must contain PNG or JPEG files; got no files" in complaint(capsys, go(tmp_path / "empty", out))
    (tmp_path / "bad.npz").write_bytes(b"no arrays")
    assert "is broken, or no .npz file" in complaint(capsys, go(tmp_path / "bad.npz", out))
    np.savez(tmp_path / "few.npz", images=np.zeros((49, 2, 2)))
    assert "must have at least 50 images; got 49" in complaint(capsys, go(tmp_path / "few.npz", out))
    assert not out.exists()


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


def test_more_than_fits_into_memory(toy, tmp_path, monkeypatch, capsys):
    def too_large(self, n, rng):
        raise MemoryError

    monkeypatch.setattr("collapse_edu.models.Categorical.sample", too_large)
    assert go(toy, tmp_path, "--n-samples", str(10**5)) == 2
    assert "not enough memory" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("argv", [["foo"], ["run"], ["--foo"], ["run", "--data", "digits"], ["check", "--foo"]])
def test_usage(argv, capsys):
    assert "--help" in complaint(capsys, main(argv))


@pytest.mark.parametrize("error", [ValueError, TypeError, OSError, RuntimeError])
def test_a_bug_shows_itself(toy, tmp_path, monkeypatch, error):
    def broken(generation, source):
        raise error("a bug")

    monkeypatch.setattr("collapse_edu.models.categorical.types_alive", broken)
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


def test_the_help_of_run_has_a_row_for_each_thing_that_can_be_chosen(capsys):
    with pytest.raises(SystemExit):
        main(["run", "--help"])
    rows = [line.split()[0].rstrip(",") for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    written = [usage(regime) for regime in REGISTER]
    assert not {*datasets.DATA_SETS, *MODELS, *written} - {"pca"} - set(rows)


@pytest.mark.parametrize("regime", [*OFFERED, "weighted:0.5:original"])
@pytest.mark.parametrize("model", [name for name in MODELS if name != "vae"])
def test_each_model_runs_under_each_regime(novel, drawings, tmp_path, model, regime):
    if regime.startswith("weighted") and not MODELS[model].weighs:
        pytest.skip("it is refused: see test_options_that_do_not_fit_digits")
    data = novel if MODELS[model].kind == "words" else drawings
    more = ["--model", model, "--regime", regime, "--generations", "3", "--chains", "1"]
    assert go(data, tmp_path / "out", *more) == 0


def test_help_loads_nothing_heavy():
    code = "import sys; from collapse_edu.cli import main; main([]); print({'numpy', 'sklearn'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("set()\n")


def test_check_is_the_check_of_the_environment(monkeypatch):
    from collapse_edu.course.desk import machine as environment

    monkeypatch.setattr(environment, "main", lambda arguments: arguments)
    assert main(["check"]) == []
    assert main(["check", "--optional"]) == ["--optional"]


def test_the_page_of_a_run_tells_the_largest_change_first_and_no_noise(novel, tmp_path):
    more = ["--model", "trigram", "--generations", "6", "--chains", "2", "--regime", "replace"]
    assert go(novel, tmp_path, *more) == 0
    history = History.load(tmp_path / "history.csv")
    first, *_ = changes(history)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert not first.is_noise
    assert first.meaning in page.replace("&#39;", "'")
    assert f"the {first.measure.replace('_', ' ')} {first.times}" in " ".join(page.split())
    assert "--model trigram --regime replace --generations=6 --chains=2 --seed=0 --out again" in page
    assert "http" not in page.replace("http-equiv", "")


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [(0.992, 0.992, "hardly changes"), (365.0, 740.0, "grows 2 times"), (0.8, 0.2, "falls to 25 % of what it was")],
)
def test_changes_in_words(first, last, said):
    (change,) = changes(History({("replace", "recall"): [[first, first], [last, last]]}))
    assert change.times == said
    assert bool(change.meaning) == (said != "hardly changes")
