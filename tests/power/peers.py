"""Other tests of whether a batch of documents is like the reference: each gives a score, the higher the less alike.

=====================  =================================================================================================
``KS``                 two-sample Kolmogorov-Smirnov on six features of a document: length, mean length of a word, types
                       per token, share of the reference's 50 most frequent words, compression, share of words that
                       occur in no (other) document of the reference. Score: -log10 of the least p times six.
``Evidently``          0.7: its drift test for numbers (normed Wasserstein distance for references of more than 1,000
                       documents, else KS) on its descriptors of a text (text length, word count) and the six features.
                       Score: the largest distance, or -log10 of the least p. Default: drift if half of the columns
                       drift, at .1 or .05. What its descriptors of sentiment and unknown words need, it downloads.
``Evidently, domain``  its drift test for texts: ROC AUC of a tf-idf classifier. Default: more than .55 (or the 95th
                       percentile of guessing for references of at most 1,000).
``river ADWIN``        on the six features, after the reference. Score: -log10 of the least delta of a grid that alarms
                       in one of the six. Default: delta = .002.
``river KSWIN``        the same with its windows of 100 and 30. Score: -log10 of the least p. Default: alpha = .005.
``river PageHinkley``  the same on features in spreads. Score: its largest sum. Default: 50.
``domain classifier``  tf-idf of words, logistic regression, cross-fitted in two halves. Score: ROC AUC.
``monitor before``     version 0.16 of this project's monitor with windows of 10: how many windows alert.
``monitor before, p``  the same readings, pooled: least p of eight rank tests of the windows' deviations, times eight.
=====================  =================================================================================================

Features that need only the document are measured once for each document. Where a peer's own call is slow and its result
can be computed for many batches at once (KSWIN, PageHinkley, the domain classifier of Evidently), this is done, and
:func:`check` compares it with the peer's own.
"""

import zlib
from collections import Counter
from itertools import chain
from math import log10

import numpy as np
from scipy.stats import ks_2samp, mannwhitneyu

SIX = ("length", "word length", "types per token", "function words", "compression", "new words")
_DELTAS = 10.0 ** np.arange(-12, -0.5, 1.0)


class Six:
    """The six features, of the documents of a reference and of others."""

    def __init__(self, reference: list[str]) -> None:
        in_documents = Counter(chain.from_iterable(set(text.split()) for text in reference))
        counts = Counter(chain.from_iterable(text.split() for text in reference))
        self._frequent = {word for word, _ in counts.most_common(50)}
        self._in = in_documents
        self.reference = self._measure(reference, 1)
        self.centre, self.spread = self.reference.mean(axis=0), self.reference.std(axis=0) + 1e-9

    def of(self, texts: list[str]) -> np.ndarray:
        """Return one row for each document."""
        return self._measure(texts, 0)

    def _measure(self, texts, own):
        return np.array([self._row(text, text.split(), own) for text in texts])

    def _row(self, text, words, own):
        n = len(words)
        return (
            n,
            np.mean([len(word) for word in words]),
            len(set(words)) / n,
            sum(word in self._frequent for word in words) / n,
            len(zlib.compress(text.encode())) / len(text.encode()),
            sum(self._in[word] <= own for word in words) / n,
        )


def ks(case, batches, six):
    """Score batches, arrays of places in the case's texts; ``six`` are reference rows, and those of all texts."""
    reference, texts = six.reference, six.texts
    return [
        -log10(max(1e-300, 6 * min(_ks_p(reference[:, j], texts[b][:, j]) for j in range(6)))) for b in batches
    ]  # fmt: skip


def _ks_p(a, b):
    return ks_2samp(a, b, method="asymp").pvalue


def evidently(case, batches, six):
    import pandas as pd
    from evidently.legacy.calculations.stattests.ks_stattest import ks_stat_test
    from evidently.legacy.calculations.stattests.registry import _impls  # noqa: F401 - registers what is below
    from evidently.legacy.calculations.stattests.wasserstein_distance_norm import wasserstein_stat_test
    from evidently.legacy.core import ColumnType

    is_large = len(case.reference) > 1000
    test = wasserstein_stat_test if is_large else ks_stat_test
    reference = [pd.Series(column) for column in _columns(case.reference, six.reference)]
    texts = _columns(case.texts, six.texts)
    scores = []
    for b in batches:
        values = [
            test(known, pd.Series(column[b]), feature_type=ColumnType.Numerical, threshold=None).drift_score
            for known, column in zip(reference, texts, strict=True)
        ]
        drifted = np.mean([value >= 0.1 if is_large else value < 0.05 for value in values])
        scores.append((max(values) if is_large else -log10(max(1e-300, min(values))), drifted >= 0.5))
    return scores


def _columns(texts, six):
    return [np.array([len(text) for text in texts], dtype=float), *six.T]


def _counted(case, **options):
    from sklearn.feature_extraction.text import CountVectorizer

    counts = CountVectorizer(**options).fit_transform([*case.reference, *case.texts]).astype(float)
    return counts[: len(case.reference)], counts[len(case.reference) :]


def evidently_domain(case, batches, six):
    """The computation of evidently.legacy.utils.data_drift_utils.calculate_text_drift_score, words counted once."""
    from scipy.sparse import vstack
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.linear_model import SGDClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import train_test_split

    reference, texts = _counted(case, stop_words="english")
    n = reference.shape[0]
    scores = []
    for b in batches:
        X, y = vstack([reference, texts[b]]).tocsr(), np.repeat([0, 1], [n, len(b)])
        train, test = train_test_split(np.arange(len(y)), test_size=0.5, random_state=42, shuffle=True)
        df = np.bincount(X[train].indices, minlength=X.shape[1])
        known = np.flatnonzero((df > 0) & (df <= 0.5 * len(train)))
        X = X[:, known]
        weigh = TfidfTransformer(sublinear_tf=True).fit(X[train])
        classifier = SGDClassifier(alpha=0.0001, max_iter=50, penalty="l1", loss="modified_huber", random_state=42)
        classifier.fit(weigh.transform(X[train]), y[train])
        auc = roc_auc_score(y[test], classifier.predict_proba(weigh.transform(X[test]))[:, 1])
        scores.append((auc, auc > 0.55))
    return scores


def domain(case, batches, six):
    """Cross-fitted in two halves; with as few documents of the reference as of the batch, power is lost: all are in."""
    from scipy.sparse import vstack
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    reference, texts = _counted(case, token_pattern=r"\S+", min_df=2)
    X = TfidfTransformer(sublinear_tf=True).fit(reference).transform(vstack([reference, texts]).tocsr())
    n, scores = reference.shape[0], []
    for b in batches:
        rows, y = np.concatenate([np.arange(n), n + b]), np.repeat([0, 1], [n, len(b)])
        half = np.arange(len(rows)) % 2
        told = np.empty(len(rows))
        for side in range(2):
            model = LogisticRegression(solver="liblinear", class_weight="balanced")
            model.fit(X[rows[half == side]], y[half == side])
            told[half != side] = model.decision_function(X[rows[half != side]])
        scores.append(np.mean([roc_auc_score(y[half == side], told[half == side]) for side in range(2)]))
    return scores


def adwin(case, batches, six):
    from copy import deepcopy

    from river.drift import ADWIN

    scaled = (six.texts - six.centre) / six.spread
    warm = []
    for delta in _DELTAS:
        row = []
        for column in ((six.reference - six.centre) / six.spread).T:
            detector = ADWIN(delta=delta)
            for value in column:
                detector.update(value)
            row.append(detector)
        warm.append(row)
    return [-log10(_least_delta(warm, scaled[b], deepcopy)) for b in batches]


def _least_delta(warm, rows, copy):
    """Return the least delta that alarms: alarms are monotone in delta, so the search is by halves."""
    low, high = 0, len(_DELTAS)
    while low < high:
        middle = (low + high) // 2
        if any(_alarms(copy(detector), column) for detector, column in zip(warm[middle], rows.T, strict=True)):
            high = middle
        else:
            low = middle + 1
    return _DELTAS[low] if low < len(_DELTAS) else 1.0


def _alarms(detector, column):
    for value in column:
        detector.update(value)
        if detector.drift_detected:
            return True
    return False


def kswin(case, batches, six):
    """KSWIN of windows of 100: the last 30 values against 30 of the 70 before them, drawn by lot, at every document."""
    rng = np.random.default_rng(0)
    table = _p_of_distance(30)
    scores = []
    for b in batches:
        least = 1.0
        for known, column in zip(six.reference.T, six.texts[b].T, strict=True):
            runs = np.lib.stride_tricks.sliding_window_view(np.concatenate([known[-99:], column]), 100)
            drawn = np.argsort(rng.random((len(runs), 70)), axis=1)[:, :30]
            least = min(least, table[_distance(runs[:, 70:], np.take_along_axis(runs, drawn, 1)).max()])
        scores.append(-log10(least))
    return scores


def _distance(a, b):
    """Return 30 times the largest distance of two distribution functions, row by row."""
    both = np.concatenate([a, b], axis=1)
    order = np.argsort(both, axis=1, kind="stable")
    steps = np.where(order < a.shape[1], 1, -1).cumsum(axis=1)
    values = np.take_along_axis(both, order, 1)
    is_last = np.diff(values, axis=1, append=np.inf) > 0
    return np.abs(np.where(is_last, steps, 0)).max(axis=1)


def _p_of_distance(n):
    return [1.0, *(ks_2samp(np.arange(n), np.arange(n) + d - 0.5, method="exact").pvalue for d in range(1, n + 1))]


def page_hinkley(case, batches, six):
    """Its sums (delta = .005, alpha = .9999, both directions) at every document, for all batches at once."""
    known = (six.reference - six.centre) / six.spread
    rows = np.array([(six.texts[b] - six.centre) / six.spread for b in batches])
    mean, up, down = np.zeros((3, len(batches), 6))
    lowest = highest = None
    largest = np.zeros(len(batches))
    n_known = len(known)
    for t in range(n_known + rows.shape[1]):
        x = known[t] if t < n_known else rows[:, t - n_known]
        mean = mean + (x - mean) / (t + 1)
        up = 0.9999 * up + x - mean - 0.005
        down = 0.9999 * down + x - mean + 0.005
        lowest = up if lowest is None else np.minimum(lowest, up)
        highest = down if highest is None else np.maximum(highest, down)
        if t >= n_known:
            largest = np.maximum(largest, np.maximum(up - lowest, highest - down).max(axis=1))
    return largest.tolist()


def before(case, batches, six):
    """The monitor as it was: how many windows of a batch alert, and what its readings say when they are pooled."""
    from collapse_edu.production.monitoring.monitor import Monitor

    monitor = Monitor([text.split() for text in case.reference], window=10, false_alarms=0.01, seed=case.number)
    texts = [text.split() for text in case.texts]
    scores = []
    for b in batches:
        windows = [[texts[i] for i in b[at : at + 10]] for at in range(0, len(b), 10)]
        deviations = monitor._deviations(monitor.reference.measure(windows))
        count = int((np.abs(deviations).max(axis=1) > monitor.limit).sum())
        least = min(mannwhitneyu(deviations[:, j], monitor.calibration[:, j]).pvalue for j in range(8))
        scores.append((count, -log10(max(1e-300, 8 * least))))
    return scores


PEERS = {
    "KS": ks,
    "Evidently": evidently,
    "Evidently, domain": evidently_domain,
    "river ADWIN": adwin,
    "river KSWIN": kswin,
    "river PageHinkley": page_hinkley,
    "domain classifier": domain,
    "monitor before": before,
}
