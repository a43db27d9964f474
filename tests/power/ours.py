"""The monitor under measurement, as it is delivered: windows of 10, evidence gathered, an error of 1 % over the stream."""

import numpy as np


def monitor(case, batches, six=None):
    """Score batches: the most evidence, whether it was an alarm, and after how many documents (0: none)."""
    from collapse_edu.production.monitoring.monitor import Monitor

    watcher = Monitor(
        [text.split() for text in case.reference],
        window=10, false_alarms=0.01, per="ever", accumulate=True, seed=case.number,
    )  # fmt: skip
    texts = [text.split() for text in case.texts]
    return [_score(list(watcher.fresh().watch([texts[i] for i in b], at_once=50))) for b in batches]


def _score(readings):
    evidence, documents = zip(*((reading.verdict.evidence, reading.documents) for reading in readings), strict=True)
    alarms = [at for at, reading in zip(documents, readings, strict=True) if reading.verdict.alarm]
    return float(np.max(evidence)), float(bool(alarms)), float(alarms[0] if alarms else 0)
