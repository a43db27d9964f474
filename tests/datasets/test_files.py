"""The data files that come with the course: unharmed, or one clear line."""

import gzip
import shutil
from pathlib import Path

import pytest

import collapse_edu
from collapse_edu import datasets
from collapse_edu.datasets import _files, recorded_model_classes

DATA = Path(collapse_edu.__file__).parent / "datasets" / "data"
NAMES = ["moby_dick.txt.gz", "state_of_the_union_1790_1808.txt.gz", "mnist_10k.npz", "recorded_vae.npz"]
NAMES += ["recorded_model_classes.npz", "recorded_text.json.gz", "recorded_writer.npz"]


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """Data files that may be damaged."""
    shutil.copytree(DATA, tmp_path / "data")
    monkeypatch.setattr(_files, "files", lambda package: tmp_path)
    return tmp_path / "data"


def test_all_data_files_are_what_they_should_be():
    assert list(datasets.verify()) == [(name, True) for name in NAMES]
    assert {path.name for path in DATA.iterdir() if path.suffix in (".gz", ".npz")} == set(NAMES)


def test_the_provenance_has_a_row_for_each_file():
    assert list(_files._hashes()) == NAMES


def damaged(name, content):
    """Return ways to spoil a file, by name."""
    flipped = bytearray(content)
    flipped[len(flipped) // 2] ^= 255
    other = gzip.compress(b"Call me Ahab.") if name.endswith(".gz") else content[:-30]
    return {"cut": content[: len(content) // 2], "flipped": bytes(flipped), "empty": b"", "text": b"hi", "other": other}


@pytest.mark.parametrize("how", ["cut", "flipped", "empty", "text", "other"])
@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_file_gets_its_line(copied, name, how):
    path = copied / name
    path.write_bytes(damaged(name, path.read_bytes())[how])
    assert dict(datasets.verify()) == {other: other != name for other in NAMES}
    loads = datasets.moby_dick, datasets.state_of_the_union, datasets.mnist, datasets.recorded_vae
    kept = (recorded_model_classes.__wrapped__, datasets.recorded_text, datasets.recorded_writer.__wrapped__)
    loads += kept  # each anew
    load = dict(zip(NAMES, loads, strict=True))[name]
    with pytest.raises(ValueError, match=f"^{name} is damaged: its content has changed. Install the course again.$"):
        load()


def test_a_missing_file_is_noticed(copied):
    (copied / NAMES[0]).unlink()
    assert dict(datasets.verify())[NAMES[0]] is False
    with pytest.raises(FileNotFoundError):
        datasets.moby_dick()
