"""Scores of all tests on all batches, one file for each case and test: what is there is not measured again."""

import json
import pickle
import warnings

import numpy as np

from power import corpora, peers
from power.streams import HELD_OUT, TUNED, Case

CASES = 8  # of a corpus: as many references
BATCHES, FEW = 25, 10  # of a stream of a case; for slow tests
QUIET = 50  # batches more of the quiet stream: thresholds come from them
SLOW = "Evidently, domain", "river KSWIN", "domain classifier", "monitor before"


def streams(part: str) -> dict:
    """Return the streams of a part: those that are held out are for the final run."""
    return TUNED if part == "dev" else TUNED | HELD_OUT


def case(name: str, part: str, number: int) -> Case:
    """Return a case; its texts are kept in a file."""
    path = corpora.FOLDER / "cases" / f"{name}.{part}.{number}.pickle"
    if not path.is_file():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(
            pickle.dumps(Case(name, number, corpora.documents(name, part)[: -corpora.PROMPTS], streams(part)))
        )
    return pickle.loads(path.read_bytes())


def batches(case: Case, few: bool = False) -> dict[str, list[np.ndarray]]:
    """Return the batches of each stream; of the quiet one, those for thresholds come first."""
    n = FEW if few else BATCHES
    return {stream: [case.batch(stream, i) for i in range(n + QUIET * (stream == "quiet"))] for stream in case.streams}


def with_six(case: Case) -> peers.Six:
    """Return the six features, of the reference and of all texts of a case."""
    six = peers.Six(case.reference)
    six.texts = six.of(case.texts)
    return six


def measure(part: str, names: list[str], who: dict, cases: int = CASES) -> None:
    """Write the scores of some tests, a function each, on the cases of some corpora."""
    warnings.simplefilter("ignore")
    for number in range(cases):
        for name in names:
            todo = {test: score for test, score in who.items() if not _path(part, name, number, test).is_file()}
            if not todo:
                continue
            this = case(name, part, number)
            six = with_six(this)
            for test, score in todo.items():
                found = batches(this, few=test in SLOW)
                scores = iter(score(this, [b for stream in found.values() for b in stream], six))
                told = {stream: [next(scores) for _ in bs] for stream, bs in found.items()}
                _path(part, name, number, test).parent.mkdir(exist_ok=True)
                _path(part, name, number, test).write_text(json.dumps(told, default=float), "utf-8")
            print(part, name, number, flush=True)


def _path(part, name, number, test):
    return corpora.FOLDER / "scores" / f"{part}.{name}.{number}.{test}.json"


def load(part: str, name: str, test: str) -> list[dict]:
    """Return for each case: stream → scores."""
    paths = [_path(part, name, number, test) for number in range(CASES)]
    return [json.loads(path.read_text("utf-8")) for path in paths if path.is_file()]


def power(cases: list[dict], stream: str, of: int | None = None) -> tuple[float, float]:
    """Return the share of batches that are found, with its standard error over cases, at 1 % of quiet batches.

    The threshold of a case comes from the quiet batches of the other cases, so the rate is over references, too: of B
    scores it is the k-th largest, k = floor((B + 1)/100), at least 1.
    """
    shares = []
    for i, this in enumerate(cases):
        quiet = np.sort([_score(s, of) for j, that in enumerate(cases) if j != i for s in that["quiet"][:QUIET]])
        threshold = quiet[-max(1, (len(quiet) + 1) // 100)]
        batches = this[stream][QUIET if stream == "quiet" else 0 :]
        shares.append(np.mean([_score(s, of) > threshold for s in batches]))
    return float(np.mean(shares)), float(np.std(shares, ddof=1) / len(shares) ** 0.5)


def default(cases: list[dict], stream: str, rule) -> float:
    """Return the share of batches that are found with the test's own threshold."""
    return float(np.mean([rule(s) for this in cases for s in this[stream][QUIET if stream == "quiet" else 0 :]]))


def _score(score, of):
    return score if of is None else score[of]
