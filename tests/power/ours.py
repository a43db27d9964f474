"""The monitor under measurement, as it is delivered: windows of 10, evidence gathered, an error of 1 % over the stream."""

_ENOUGH = 4.0  # evidence, beyond every threshold: what comes later makes no difference


def monitor(case, batches, six=None):
    """Score batches: the most evidence, whether it was an alarm, and after how many documents (0: none)."""
    from collapse_edu.production.monitoring.monitor import Monitor

    watcher = Monitor(
        [text.split() for text in case.reference],
        window=10, false_alarms=0.01, per="ever", accumulate=True, seed=case.number,
    )  # fmt: skip
    texts = [text.split() for text in case.texts]
    return [_score(watcher.fresh().watch(texts[i] for i in b)) for b in batches]


def _score(readings):
    most, alarm = -300.0, 0
    for reading in readings:
        most = max(most, reading.verdict.evidence)
        alarm = alarm or (reading.documents if reading.verdict.alarm else 0)
        if most > _ENOUGH:
            break
    return most, float(alarm > 0), float(alarm)
