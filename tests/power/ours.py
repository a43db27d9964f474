"""The monitor under measurement, as it is delivered: windows of 10, evidence gathered, an error of 1 % over the stream.

A document is measured once, for all batches that have it; only what looks back at the stream is read in each of them. A
test compares the result with that of ``Monitor.watch``.
"""

import numpy as np

WINDOW = 10
_ENOUGH = 4.0  # evidence, beyond every threshold: what comes later makes no difference
OF_STREAM = "repeated", "copied"


def monitor(case, batches, six=None):
    """Score batches: the most evidence, whether it was an alarm, and after how many documents (0: none)."""
    return scores(of(case), case, batches)


def scores(watcher, case, batches):
    """Score batches of a case by its monitor."""
    texts = [text.split() for text in case.texts]
    rows = watcher.fresh().features.measure(texts)
    columns = [watcher.features.names.index(name) for name in OF_STREAM]
    return [score(verdicts(watcher.fresh(), texts, rows, columns, b)) for b in batches]


def of(case):
    """Return the monitor of a case."""
    from collapse_edu.production.monitoring.monitor import Monitor

    return Monitor(
        [text.split() for text in case.reference],
        window=WINDOW, false_alarms=0.01, per="ever", accumulate=True, seed=case.number,
    )  # fmt: skip


def verdicts(watcher, texts, rows, columns, batch):
    """Yield the documents of the batch so far, and the verdict on them, window by window."""
    for end in range(WINDOW, len(batch) + 1, WINDOW):
        window = batch[end - WINDOW : end]
        values = rows[window]
        values[:, columns] = watcher.features._earlier.read([texts[i] for i in window])
        yield end, watcher.evidence.update(values)


def score(found):
    """Return the most evidence, whether it was an alarm, and after how many documents."""
    most, alarm = -np.inf, 0
    for documents, verdict in found:
        most = max(most, verdict.evidence)
        alarm = alarm or (documents if verdict.alarm else 0)
        if most > _ENOUGH:
            break
    return most, float(alarm > 0), float(alarm)
