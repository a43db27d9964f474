"""What the table does not say: the rate over quiet streams, delays, and how fast a stream is read."""

import resource
import time
import warnings
from itertools import cycle, islice

import numpy as np

from power import corpora, measure, ours
from power.streams import TUNED, Case

_STREAMS = {name: TUNED[name] for name in ("trigram T=1, 5 %", "trigram T=1, 10 %", "trigram T=1, 20 %")}
_LONG = 2000  # documents
_FIRST = 100  # number of the first case: none of the table's


def quiet() -> str:
    """Return how many of the quiet streams of the final run raised an alarm; 1 % was asked of each."""
    alarms = [
        [alarm for _, alarm, _ in this["quiet"]]
        for name in corpora.PACKAGES
        for this in measure.load("final", name, "monitor")
    ]
    rates = np.array(alarms).mean(axis=1)
    error = rates.std(ddof=1) / len(rates) ** 0.5
    return f"{np.sum(alarms):.0f} of {np.size(alarms):,} quiet streams, {rates.mean():.4f} ± {error:.4f}"


def _case(name, number, streams):
    return Case(name, number, corpora.documents(name)[: -corpora.PROMPTS], streams)


def delays(name: str, cases: int = 8, batches: int = 5) -> list[str]:
    """Return rows: stream, median and 95th percentile of the documents to the alarm, in streams of 2,000 documents."""
    found = {stream: [] for stream in _STREAMS}
    for number in range(_FIRST, _FIRST + cases):
        case = _case(name, number, _STREAMS)
        for stream, told in found.items():
            scores = ours.monitor(case, [case.batch(stream, i, _LONG) for i in range(batches)])
            told += [documents or np.inf for _, _, documents in scores]
    return [f"{name} | {stream} | {_told(told, 0.5)} | {_told(told, 0.95)}" for stream, told in found.items()]


def _told(documents, share):
    at = np.quantile(documents, share, method="higher")
    return f"not within {_LONG:,}" if np.isinf(at) else f"{at:.0f}"


def features(name: str, cases: int = 5, batches: int = 8, quiet: int = 40) -> dict[str, dict[str, float]]:
    """Return feature → stream → share of batches found by the evidence of that feature alone, at 1 % of quiet ones.

    On the part of a corpus that was for tuning.
    """
    told: dict[str, list[dict]] = {}
    for number in range(cases):
        case = measure.case(name, "dev", number)
        of = {stream: [case.batch(stream, i) for i in range(batches)] for stream in case.streams}
        of["quiet"] = [case.batch("quiet", i) for i in range(quiet + batches)]
        for feature, score in _alone(case):
            told.setdefault(feature, []).append({stream: [score(b) for b in bs] for stream, bs in of.items()})
    return {
        feature: {stream: measure.power(found, stream, 0, quiet)[0] for stream in found[0]}
        for feature, found in told.items()
    }


def _alone(case):
    """Yield each feature, and a function that scores a batch by it alone."""
    from copy import deepcopy

    from collapse_edu.production.monitoring.evidence import Evidence
    from collapse_edu.production.monitoring.features import Features

    reference, texts = ([text.split() for text in some] for some in (case.reference, case.texts))
    half = len(reference) // 2
    known = Features(reference[:half])
    calibration = known.fresh()
    ranked, rows = calibration.measure(reference[half:]), known.fresh().measure(texts)
    look_back = {}
    for place, name in enumerate(known.names):
        quiet = Evidence(ranked[:, [place]], names=[name], false_alarms=0.01, per="ever", window=ours.WINDOW)

        def values(batch, place=place, name=name):
            if name not in ours.OF_STREAM:
                return rows[batch][:, [place]]
            key = batch.tobytes()
            if key not in look_back:
                look_back[key] = calibration.fresh()._earlier.read([texts[i] for i in batch])
            return look_back[key][:, [ours.OF_STREAM.index(name)]]

        def score(batch, quiet=quiet, values=values):
            evidence, column = deepcopy(quiet), values(batch)
            ends = range(ours.WINDOW, len(batch) + 1, ours.WINDOW)
            return ours.score((end, evidence.update(column[end - ours.WINDOW : end])) for end in ends)

        yield name, score


def speed(which: str, n: int = 100_000) -> str:
    """Return documents per second, after the start, and the memory of a process that reads so many with one program."""
    warnings.simplefilter("ignore")
    texts = corpora.documents("kernel")
    reference, stream = texts[:2000], islice(cycle(texts[2000:]), n)
    watch = {"monitor": _monitor, "river": _river, "Evidently": _evidently}[which](reference)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    watch(stream)
    took = time.process_time() - began
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    memory = f"{before / 1024:.0f} MB before the stream, {after / 1024:.0f} MB at most"
    return f"{which}: {n / took:,.0f} documents a second, {memory}"


def _monitor(reference):
    from collapse_edu.production.monitoring.monitor import Monitor

    watcher = Monitor([text.split() for text in reference], accumulate=True, per="thousand")
    return lambda stream: [None for _ in watcher.watch((text.split() for text in stream), at_once=50)]


def _river(reference):
    from river.drift import ADWIN

    from power.peers import Six

    six = Six(reference)
    detectors = [ADWIN() for _ in range(6)]

    def watch(stream):
        for text in stream:
            for detector, value in zip(detectors, six.of([text])[0], strict=True):
                detector.update(value)

    return watch


def _evidently(reference):
    import pandas as pd
    from evidently import DataDefinition, Dataset, Report
    from evidently.descriptors import TextLength, WordCount
    from evidently.presets import DataDriftPreset

    def dataset(texts):
        return Dataset.from_pandas(
            pd.DataFrame({"text": texts}),
            data_definition=DataDefinition(text_columns=["text"]),
            descriptors=[TextLength("text", alias="TextLength"), WordCount("text", alias="WordCount")],
        )

    known = dataset(reference)

    def watch(stream):
        while batch := list(islice(stream, 500)):
            Report([DataDriftPreset(columns=["TextLength", "WordCount"])]).run(dataset(batch), known)

    return watch
